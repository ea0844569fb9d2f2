"""What an experiment showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from territory.lab.best import Best
from territory.lab.estimates import Estimate
from territory.lab.groups import GroupEffects
from territory.lab.money import MoneyEffect
from territory.lab.series import SeriesBands
from territory.lab.stopping import Look
from territory.lab.trials import TrialEffect
from territory.lab.variance import VarianceReduction, variance_reduction
from territory.language import Text
from territory.measure import Direction
from territory.standing import RunCard, digest
from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True)
class PolicyEstimate:
    """
    One policy on one measure.

    Attributes
    ----------
    level
        The measure under the policy.
    difference
        Policy less first policy on matched replications; None for the first policy itself.
    verdict
        What the difference shows, in words; None for the first policy.
    """

    policy: str
    level: Estimate
    difference: Estimate | None
    verdict: Text | None


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """
    One measure under all policies, in their order.

    Attributes
    ----------
    best
        Which policy is best on this measure, and how sure that is; None where neither direction is better or there
        is but one policy.
    """

    name: str
    label: Text
    unit: str
    direction: Direction
    policies: tuple[PolicyEstimate, ...]
    best: Best | None = None


@dataclass(frozen=True, kw_only=True)
class Precision:
    """
    How well the watched measure is known.

    Attributes
    ----------
    asked_share
        Half-width asked for, as a share of the first policy's mean; None: the number of replications was given.
    achieved_share
        By policy other than the first: half-width of its paired difference (all at once), as a share of the first
        policy's mean. With a single policy: of its own mean.
    is_reached
        Whether the asked half-width ended the run; None when none was asked for.
    looks
        The widest of them at every look, in order.
    """

    measure: str
    asked_share: float | None
    achieved_share: Mapping[str, float]
    is_reached: bool | None
    looks: tuple[Look, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """
    What the experiment showed.

    Attributes
    ----------
    policies, whys
        Names in order, the first is the baseline; the sentence each policy states for itself.
    rows
        One per measure.
    returns
        By policy other than the first: extra gross margin less extra pay and programme cost, per unit of that extra
        cost (1.0 = the cost comes back twice). None where the policy costs no more than the first.
    values
        Every measure of every replication, shape (replications, policies, measures).
    precision
        Half-widths asked for and achieved on the watched measure.
    money
        By policy other than the first: extra margin and cost, return and payback.
    groups
        Who gains and who loses.
    series
        Monthly series with bands, one per series and policy.
    trials
        Levers that a policy tries out on a part of the positions: what the arms show, and what one trial would find.
    """

    policies: tuple[str, ...]
    whys: tuple[str, ...]
    replications: int
    rows: tuple[MeasureRow, ...]
    returns: Mapping[str, Estimate | None]
    values: FloatArray
    run_card: RunCard
    precision: Precision
    money: tuple[MoneyEffect, ...]
    groups: GroupEffects
    series: tuple[SeriesBands, ...]
    trials: tuple[TrialEffect, ...] = ()

    def row(self, name: str) -> MeasureRow:
        """The row of one measure.

        Raises
        ------
        KeyError
            When there is no measure of that name.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def monthly(self, name: str) -> tuple[SeriesBands, ...]:
        """One series under all policies, in their order; empty when there is none of that name."""
        return tuple(series for series in self.series if series.name == name)

    def of_measure(self, name: str) -> FloatArray:
        """One measure in every replication, shape (replications, policies)."""
        return self.values[:, :, [row.name for row in self.rows].index(name)]

    def variance_reduction(self, measure: str) -> dict[str, VarianceReduction]:
        """By policy other than the first: what the shared draws are worth on this measure."""
        values = self.of_measure(measure)
        return {
            name: variance_reduction(values[:, position], values[:, 0])
            for position, name in enumerate(self.policies[1:], start=1)
        }

    def digest(self) -> str:
        """Content hash of all measures of all replications, whatever the order of the policies."""
        columns = {name: np.ascontiguousarray(self.values[:, i]) for i, name in enumerate(self.policies)}
        return digest(*(part for name in sorted(columns) for part in (name.encode(), columns[name].tobytes())))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Comparison)
            and self.policies == other.policies
            and self.rows == other.rows
            and self.groups == other.groups
            and np.array_equal(self.values, other.values)
        )

    def __hash__(self) -> int:
        return hash((self.policies, self.values.tobytes()))
