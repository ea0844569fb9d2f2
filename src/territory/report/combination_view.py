"""What the report on splits, routes and policies together shows: plain values, filled by the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory.language import Text
from territory.measure import Measure
from territory.report.data import Fact
from territory.report.policy_view import Cell, PolicyEntry, ScoreRow

Kind = Literal["alone", "together", "beyond"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroundEntry:
    """
    One split with one kind of routes.

    Attributes
    ----------
    measures
        What couples it to the policies: flow across borders, drive share, visits planned. Same order for all grounds.
    """

    label: Text
    measures: tuple[Measure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EffectRow:
    """
    What one change adds, or several together.

    Attributes
    ----------
    kind
        "alone": one thing changed against today; "together": several at once; "beyond": what they add together
        beyond the sum of what each adds alone.
    cells
        One per measure of the report.
    """

    label: Text
    kind: Kind
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmRow:
    """One combination: its split, routes and policy, and its level on every measure of the report."""

    split: Text
    routes: Text
    policy: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class CombinationReport:
    """
    Everything the report on combinations shows.

    Attributes
    ----------
    measures
        The columns: their cells are those of the first combination alone, which all effects are measured against.
    effects, arms
        What each change adds; every combination that was simulated.
    """

    scenario: str
    currency: str
    horizon_months: int
    replications: int
    grounds: tuple[GroundEntry, ...]
    policies: tuple[PolicyEntry, ...]
    measures: tuple[ScoreRow, ...]
    effects: tuple[EffectRow, ...]
    arms: tuple[ArmRow, ...]
    note: Text
    warnings: tuple[Text, ...] = ()
    run_card: tuple[Fact, ...] = ()
