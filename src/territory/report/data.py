"""What the report shows: plain values, filled by the pipeline, so that the report knows no other room's results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from territory.domain.columns import frozen
from territory.domain.outlets import Outlets
from territory.domain.reps import Reps, Teams
from territory.domain.visit_plan import VisitPlan
from territory.language import Text
from territory.measure import Direction, Measure
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class OutletTable:
    """
    The outlets on the map; every column has one entry per outlet.

    Attributes
    ----------
    ids, names
        As in the outlet table; names may be empty.
    lat, lon
        Degrees, WGS-84.
    tier, area
        Importance class and market area as text; "" where unknown.
    sales_per_week
        Mean sales per week in the report's currency; 0 where unknown.
    workload_min
        Minutes per cycle, as the split counts them.
    rep_before, rep_after
        Position in `RepTable` of who serves the outlet today and after the redraw; -1 for nobody.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    tier: tuple[str, ...]
    area: tuple[str, ...]
    sales_per_week: FloatArray
    workload_min: FloatArray
    rep_before: IntArray
    rep_after: IntArray

    def __post_init__(self) -> None:
        _freeze(self, floats=("lat", "lon", "sales_per_week", "workload_min"), ints=("rep_before", "rep_after"))

    @classmethod
    def of(
        cls, outlets: Outlets, *, workload_min: FloatArray, rep_before: IntArray, rep_after: IntArray
    ) -> OutletTable:
        """From the domain's columns."""
        return cls(
            ids=outlets.outlet_ids,
            names=outlets.names,
            lat=outlets.lat,
            lon=outlets.lon,
            tier=tuple(outlets.tier.texts()),
            area=tuple(outlets.area.texts()),
            sales_per_week=outlets.sales_per_week,
            workload_min=workload_min,
            rep_before=rep_before,
            rep_after=rep_after,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class RepTable:
    """
    The reps; every column has one entry per rep.

    Attributes
    ----------
    lat, lon
        Home or office, degrees, WGS-84.
    team
        Name of the team; "" for none.
    target_min
        Workload the rep should have, minutes per cycle; 0 where there is no target.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    team: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    target_min: FloatArray

    def __post_init__(self) -> None:
        _freeze(self, floats=("lat", "lon", "target_min"))

    @classmethod
    def of(cls, reps: Reps, teams: Teams, *, target_min: FloatArray) -> RepTable:
        """From the domain's columns."""
        return cls(
            ids=reps.rep_ids,
            names=reps.names,
            team=tuple(teams.names[i] if i >= 0 else "" for i in reps.team_idx.tolist()),
            lat=reps.lat,
            lon=reps.lon,
            target_min=target_min,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class RouteTable:
    """
    The visit plan: stops sorted by (rep, day, order), and one line per route (a rep's day).

    Attributes
    ----------
    rep_idx, day, outlet_idx
        Per stop: who, on which day of the cycle (0 to 27), at which outlet.
    drive_s, start_s, service_s
        Per stop: seconds driven from the place before, start of service in seconds after midnight, seconds there.
    route_rep_idx, route_day, leave_s, return_drive_s, return_s
        Per route: who, when; leaving home, the last drive, arriving at home.
    paid_s
        Per route: seconds of work, that is drive, service and waiting without lunch.
    """

    rep_idx: IntArray
    day: IntArray
    outlet_idx: IntArray
    drive_s: IntArray
    start_s: IntArray
    service_s: IntArray
    route_rep_idx: IntArray
    route_day: IntArray
    leave_s: IntArray
    return_drive_s: IntArray
    return_s: IntArray
    paid_s: IntArray

    def __post_init__(self) -> None:
        stops = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
        for names in (stops, tuple(field.name for field in fields(self) if field.name not in stops)):
            _freeze(self, ints=names)

    @classmethod
    def of(cls, plan: VisitPlan, *, lunch_min: float) -> RouteTable:
        """From a visit plan; `lunch_min` is taken on the routes that have a lunch."""
        lunch_s = np.where(plan.lunch_s >= 0, int(lunch_min * 60), 0)
        names = [field.name for field in fields(cls) if field.name != "paid_s"]
        return cls(**{name: getattr(plan, name) for name in names}, paid_s=plan.return_s - plan.leave_s - lunch_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class UnplacedTable:
    """Visits that are due and not in the plan: outlet, how many, why."""

    outlet_idx: IntArray
    visits: IntArray
    reason: tuple[Text, ...]

    def __post_init__(self) -> None:
        _freeze(self, ints=("outlet_idx", "visits"))


@dataclass(frozen=True, kw_only=True, eq=False)
class ReasonColumn:
    """One number behind every move, such as flow gained; `values` has one entry per moved outlet."""

    label: Text
    unit: str
    direction: Direction
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, np.float64))


@dataclass(frozen=True, kw_only=True, eq=False)
class MovedTable:
    """The outlets that change rep, most important first, with the reasons in numbers."""

    outlet_idx: IntArray
    reasons: tuple[ReasonColumn, ...] = ()

    def __post_init__(self) -> None:
        _freeze(self, ints=("outlet_idx",))
        if any(len(reason.values) != len(self.outlet_idx) for reason in self.reasons):
            raise ValueError("a reason column has another length than the moved outlets")


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """One of the numbers at the top.

    `before` is today's value, None when there is none; `interval` is the 95 % interval of a difference (its
    value is then shown with a sign, and as undecided when the interval covers 0); `note` says what it is about.
    """

    measure: Measure
    before: float | None = None
    interval: tuple[float, float] | None = None
    note: Text | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRow:
    """
    One policy's paired difference from the baseline on one measure.

    Attributes
    ----------
    measure
        Name, unit, direction and label of the measure; its value is the baseline's mean.
    difference, low, high
        Mean paired difference and its 95 % interval, in the measure's unit.
    reading
        What the difference shows, in words; with how many replications would settle it where it is open.
    is_decided
        The words rank the two policies.
    chance_best
        Probability that the policy is the best of all on the measure; None where it was not asked.
    """

    policy: Text
    measure: Measure
    difference: float
    low: float
    high: float
    reading: Text
    is_decided: bool
    chance_best: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyMoney:
    """
    What one policy brings and costs against the baseline: amounts and their 95 % intervals.

    Attributes
    ----------
    margin, cost, net
        Extra gross margin; extra pay, programmes and hiring; the first less the second: mean, low, high.
    returns
        Net gain per unit of extra cost; None where the policy costs no more.
    payback
        When the extra cost has come back, in words.
    """

    policy: Text
    margin: tuple[float, float, float]
    cost: tuple[float, float, float]
    net: tuple[float, float, float]
    returns: float | None
    payback: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyTable:
    """
    All differences from one baseline, over so many replications on common random numbers.

    Attributes
    ----------
    money
        Cost and return, policy by policy, in `currency`.
    page
        File beside the report that tells it all; empty: none.
    """

    baseline: Text
    replications: int
    rows: tuple[PolicyRow, ...]
    money: tuple[PolicyMoney, ...] = ()
    currency: str = "CNY"
    page: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How good one job's answer is: status, why the search stopped, objective, bound and gap (a fraction)."""

    job: Text
    status: str
    stopped_by: str
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line of the run card."""

    label: Text
    value: str


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportData:
    """
    Everything one report shows.

    Attributes
    ----------
    scenario
        The scenario's name, shown as it is.
    currency
        Of the sales columns, such as "CNY".
    start
        Monday of the cycle.
    headlines
        The numbers that matter, five at best.
    outlets, reps
        What is on the map.
    measures_before, measures_after
        Matched by `Measure.name`, shown in the order of `measures_after`; a measure that only one side has is
        shown with a dash on the other.
    routes, unplaced
        The visit plan; None when none was made.
    moved
        Outlets that change rep; None: the report lists them by sales, without reasons.
    policies
        Comparison of policies; None when none was run.
    standings, run_card
        How good the answers are; what is needed to repeat them.
    """

    scenario: str
    currency: str
    start: dt.date
    headlines: tuple[Headline, ...]
    outlets: OutletTable
    reps: RepTable
    measures_before: tuple[Measure, ...]
    measures_after: tuple[Measure, ...]
    routes: RouteTable | None = None
    unplaced: UnplacedTable | None = None
    moved: MovedTable | None = None
    policies: PolicyTable | None = None
    standings: tuple[Standing, ...] = ()
    run_card: tuple[Fact, ...] = ()

    def moved_outlets(self) -> MovedTable:
        """The given table, else every outlet that changes rep, by sales."""
        if self.moved is not None:
            return self.moved
        table = self.outlets
        changed = np.flatnonzero((table.rep_before >= 0) & (table.rep_before != table.rep_after))
        order = np.lexsort((changed, -table.sales_per_week[changed]))
        return MovedTable(outlet_idx=changed[order])


def _freeze(table: object, *, floats: Sequence[str] = (), ints: Sequence[str] = ()) -> None:
    """Make the named columns read-only arrays and see that all of them have one length."""
    for name in floats:
        object.__setattr__(table, name, frozen(getattr(table, name), np.float64))
    for name in ints:
        object.__setattr__(table, name, frozen(getattr(table, name), np.int64))
    names = [*floats, *ints]
    if floats:
        names += [name for name in ("ids", "names", "tier", "area", "team") if hasattr(table, name)]
    if len({len(getattr(table, name)) for name in names}) > 1:
        raise ValueError(f"columns of {type(table).__name__} differ in length")
