"""What the policy report shows: plain values, filled by the pipeline, so that pictures and pages know no other room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import frozen
from territory.language import Text
from territory.measure import Direction
from territory.report.data import Fact
from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A mean with the interval that holds for all policies at once."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyEntry:
    """
    One policy that was simulated.

    Attributes
    ----------
    name, why
        As the file has them.
    settings
        What it changes against the ordinary situation, one line for each lever.
    """

    name: str
    why: str
    settings: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """
    One policy on one measure.

    Attributes
    ----------
    change, reading
        Paired difference from the first policy and what it shows, in words; None for the first policy.
    is_told_apart
        The words rank the two policies: enough replications, and the interval does not cover 0.
    chance_best
        Probability that this policy is the best of all on the measure; None where it was not asked.
    """

    level: Spread
    change: Spread | None = None
    reading: Text | None = None
    is_told_apart: bool = False
    chance_best: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """One measure under all policies, in their order."""

    name: str
    label: Text
    unit: str
    direction: Direction
    is_money: bool
    cells: tuple[Cell, ...]

    def relative(self, change: float) -> float | None:
        """A change as a share of the first policy's mean; None without one, and for measures that are shares."""
        base = self.cells[0].level.mean
        return change / abs(base) if base and self.unit != "%" else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnRow:
    """
    What one policy costs and brings against the first one, over the horizon.

    Attributes
    ----------
    margin, cost, net
        Extra gross margin; extra pay, programmes and hiring; the first less the second; currency.
    ratio
        Net gain per unit of extra cost; None where the policy costs no more than the first.
    payback
        When the extra cost has come back, in words.
    """

    policy: str
    margin: Spread
    cost: Spread
    net: Spread
    ratio: Spread | None
    payback: Text


@dataclass(frozen=True, kw_only=True, eq=False)
class MonthCurves:
    """
    One quantity month by month, P policies and M months.

    Attributes
    ----------
    mean, low, high
        Of each policy, shape (P, M); the band holds for all months of a policy at once.
    change, change_low, change_high
        Against the first policy, shape (P, M); the band holds for all months at once; the first row is 0.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    change: FloatArray
    change_low: FloatArray
    change_high: FloatArray

    def __post_init__(self) -> None:
        for name in ("mean", "low", "high", "change", "change_low", "change_high"):
            object.__setattr__(self, name, np.asarray(frozen(getattr(self, name), np.float64)))
            if getattr(self, name).shape != self.mean.shape or self.mean.ndim != 2:
                raise ValueError(f"{name} has another shape than mean")


@dataclass(frozen=True, kw_only=True, eq=False)
class Months:
    """True and recorded sales month by month, currency per month."""

    true_sales: MonthCurves
    recorded_sales: MonthCurves

    @property
    def num_months(self) -> int:
        """Months of the horizon."""
        return int(self.true_sales.mean.shape[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRow:
    """
    One group of positions, as they were at the start.

    Attributes
    ----------
    changes
        By policy other than the first, in their order: change as a share of the group's amount under the first
        policy; None where the group has none.
    told_apart
        Whether the words rank the group's two amounts, as in `Cell`.
    """

    label: Text
    size: int
    changes: tuple[Spread | None, ...]
    told_apart: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """A way to group positions: by grade, by tenure, by team."""

    label: Text
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTable:
    """
    Who gains and who loses on one measure.

    Attributes
    ----------
    in_points
        The measure is a percentage, and changes are percentage points in place of shares of the group's amount.
    """

    name: str
    label: Text
    direction: Direction
    in_points: bool
    groupings: tuple[Grouping, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialLine:
    """
    One number in both arms of a trial.

    Attributes
    ----------
    difference
        Covered less control, over all replications.
    spread
        Standard error of the difference in one trial.
    found_share
        Share of the trials that find a difference; None where nothing can differ.
    """

    label: Text
    unit: str
    is_money: bool
    covered: float
    control: float
    difference: Spread
    spread: float
    found_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialTable:
    """A lever that a policy tries out on a part of the positions; how many each arm has, on average."""

    policy: str
    lever: str
    num_covered: float
    num_control: float
    lines: tuple[TrialLine, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class TimeUse:
    """Where the working time goes: shares by policy and kind, shape (policies, kinds), rows add up to 1."""

    kinds: tuple[Text, ...]
    shares: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", np.asarray(frozen(self.shares, np.float64)))


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyReport:
    """
    Everything the policy report shows; the first policy is the one that all others are compared with.

    Attributes
    ----------
    ground
        Which split and which routes the year was simulated on.
    policies, rows, returns
        What was compared, and what came out.
    note
        The standing note on effects in a regulated year.
    warnings
        Settings outside what studies cover, one line each.
    months, groups, time_use
        Details; None or empty where they were not recorded.
    trials
        Levers that are tried out on a part of the positions.
    """

    scenario: str
    currency: str
    ground: Text
    horizon_months: int
    replications: int
    policies: tuple[PolicyEntry, ...]
    rows: tuple[ScoreRow, ...]
    returns: tuple[ReturnRow, ...]
    note: Text
    warnings: tuple[Text, ...] = ()
    months: Months | None = None
    groups: tuple[GroupTable, ...] = ()
    time_use: TimeUse | None = None
    trials: tuple[TrialTable, ...] = ()
    run_card: tuple[Fact, ...] = ()

    @property
    def others(self) -> tuple[PolicyEntry, ...]:
        """All policies but the first."""
        return self.policies[1:]

    def row(self, name: str) -> ScoreRow | None:
        """The row of a measure, None when there is none."""
        return next((row for row in self.rows if row.name == name), None)
