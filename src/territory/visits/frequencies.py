"""How often should each outlet be visited? Marginal gains of a concave response, under each rep's minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Literal

import numpy as np

from territory.domain.calendar import LEGAL_VISITS
from territory.domain.columns import frozen
from territory.domain.visit_plan import VisitPlan
from territory.errors import InfeasibleError
from territory.language import Text
from territory.units import SECONDS_PER_MIN, BoolArray, FloatArray, IntArray
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem

LEVELS = np.array(LEGAL_VISITS, dtype=np.int64)  # 0, 1, 2, 4, 8, 12, 20
DAILY = int(LEVELS[-1])
TOLERANCE_MIN = 1e-6


@dataclass(frozen=True, kw_only=True)
class Response:
    """
    How sales of a cycle grow with visits: sales(f) = potential x share(f).

    Attributes
    ----------
    form
        "saturating": share(f) = 1 - exp(-rate f). "elastic": share(f) = (f / 20) ** rate; 1 % more visits bring
        `rate` % more sales. Both are 0 without visits.
    rate_by_tier
        By tier; above 0, for "elastic" 1 at most.
    rate
        Of tiers that are not named, and of no tier.
    """

    form: Literal["saturating", "elastic"]
    rate_by_tier: Mapping[str, float]
    rate: float

    def __post_init__(self) -> None:
        rates = (self.rate, *self.rate_by_tier.values())
        if min(rates) <= 0 or (self.form == "elastic" and max(rates) > 1):
            raise ValueError("rates are above 0; those of an elastic response 1 at most")

    def share(self, problem: VisitsProblem, visits: FloatArray) -> FloatArray:
        """Part of the potential at `visits`, shape (num_outlets,) or (num_outlets, k)."""
        rates = np.array([self.rate_by_tier.get(tier, self.rate) for tier in problem.tier.texts()])
        rates = rates.reshape(-1, *(1,) * (visits.ndim - 1))
        if self.form == "saturating":
            return np.asarray(-np.expm1(-rates * visits))
        return np.asarray((visits / DAILY) ** rates)


@dataclass(frozen=True, kw_only=True, eq=False)
class FrequencyProblem:
    """
    What visits bring and cost.

    Attributes
    ----------
    sales
        Expected sales of a cycle at each of `LEVELS`, shape (num_outlets, 7), any currency.
    minutes_per_visit
        Service and the drive of one visit, shape (num_outlets,).
    allowed
        Shape (num_outlets, 7): levels that may be suggested.
    rep_of_outlet, capacity_min
        Whose minutes, shape (num_outlets,); minutes of a cycle for visits, shape (num_reps,).
    given
        Visits due by rule, shape (num_outlets,).
    """

    sales: FloatArray
    minutes_per_visit: FloatArray
    allowed: BoolArray
    rep_of_outlet: IntArray
    capacity_min: FloatArray
    given: IntArray

    def __post_init__(self) -> None:
        for name in ("sales", "minutes_per_visit", "capacity_min"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        for name in ("rep_of_outlet", "given"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        object.__setattr__(self, "allowed", frozen(self.allowed, np.bool_))
        if self.sales.shape != (len(self.given), len(LEVELS)) or self.allowed.shape != self.sales.shape:
            raise ValueError("sales and allowed are (num_outlets, 7)")
        if len(self.given) and not self.allowed.any(axis=1).all():
            raise ValueError("every outlet needs one allowed level at least")
        if len(self.given) and self.minutes_per_visit.min() <= 0:
            raise ValueError("a visit takes some time")


@dataclass(frozen=True, kw_only=True, eq=False)
class Suggestion:
    """
    Suggested visits, beside those given.

    Attributes
    ----------
    visits
        Per cycle, shape (num_outlets,).
    sales, bound
        Expected sales of a cycle; no legal visits under the same minutes bring more than `bound`.
    given_sales
        Expected at the visits given by rule, be there time for them or not.
    sales_of_outlet, given_sales_of_outlet
        The same per outlet.
    used_min, given_min
        Minutes of a cycle per rep, shape (num_reps,).
    worth_per_hour
        What one more hour of each rep would bring at the margin (price of the bound), shape (num_reps,).
    """

    visits: IntArray
    sales: float
    bound: float
    given_sales: float
    sales_of_outlet: FloatArray
    given_sales_of_outlet: FloatArray
    used_min: FloatArray
    given_min: FloatArray
    worth_per_hour: FloatArray

    @property
    def gap(self) -> float:
        """(bound - sales) / bound."""
        return (self.bound - self.sales) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _OneRep:
    """Level of each outlet of one rep, the bound on sales, sales per minute at the margin."""

    level: IntArray
    bound: float
    per_min: float


def suggest_frequencies(problem: FrequencyProblem) -> Suggestion:
    """
    Visits that bring the most under each rep's minutes.

    Raises
    ------
    InfeasibleError
        When even the lowest allowed visits take more minutes than a rep has.

    Notes
    -----
    A multiple-choice knapsack per rep. Levels under the concave hull of (minutes, sales) are set aside; the others are
    taken one step at a time, the step with the most sales per minute first, while they fit; a step that does not fit
    ends its outlet's climb, smaller ones go on. The bound is the Lagrangian one: at the sales per minute of the
    first step that did not fit, every outlet picks its best level for itself, and the rep's minutes are sold at that
    price. Sales fall short of it by no more than that step would bring.
    """
    level = np.zeros(len(problem.given), dtype=np.int64)
    worth, bound = np.zeros(len(problem.capacity_min)), 0.0
    for rep in range(len(problem.capacity_min)):
        mine = np.flatnonzero(problem.rep_of_outlet == rep)
        if len(mine):
            found = _one_rep(problem, mine, rep)
            level[mine], worth[rep] = found.level, found.per_min * 60.0
            bound += found.bound
    of_outlet, visits = problem.sales[np.arange(len(level)), level], LEVELS[level]
    given_level = np.searchsorted(LEVELS, problem.given)
    given_of_outlet = problem.sales[np.arange(len(level)), given_level]
    return Suggestion(
        visits=visits,
        sales=float(of_outlet.sum()),
        bound=bound,
        given_sales=float(given_of_outlet.sum()),
        sales_of_outlet=of_outlet,
        given_sales_of_outlet=given_of_outlet,
        used_min=_minutes(problem, visits),
        given_min=_minutes(problem, problem.given),
        worth_per_hour=worth,
    )


def _minutes(problem: FrequencyProblem, visits: IntArray) -> FloatArray:
    weights = visits * problem.minutes_per_visit
    return np.bincount(problem.rep_of_outlet, weights=weights, minlength=len(problem.capacity_min)).astype(np.float64)


def _one_rep(problem: FrequencyProblem, mine: IntArray, rep: int) -> _OneRep:
    hulls = [_hull(problem.sales[at], problem.allowed[at]) for at in mine.tolist()]
    minutes = problem.minutes_per_visit[mine]
    level = np.array([hull[0] for hull in hulls], dtype=np.int64)
    capacity_min = float(problem.capacity_min[rep])
    left_min = capacity_min - float((LEVELS[level] * minutes).sum())
    if left_min < -TOLERANCE_MIN:
        raise InfeasibleError(
            Text(
                f"rep {rep + 1} has {capacity_min:.0f} minutes for visits in the cycle, the fewest allowed visits take "
                f"{capacity_min - left_min:.0f}; allow fewer visits or give outlets to another rep",
                f"第 {rep + 1} 名客户经理每周期可用于拜访 {capacity_min:.0f} 分钟,最低拜访次数需要 "
                f"{capacity_min - left_min:.0f} 分钟;请允许更少的拜访或调整客户归属",
            )
        )

    def step(at: int, place: int) -> tuple[float, int, int]:
        frm, to = hulls[at][place], hulls[at][place + 1]
        gain = float(problem.sales[mine[at], to] - problem.sales[mine[at], frm])
        return (-gain / float((LEVELS[to] - LEVELS[frm]) * minutes[at]), at, place)

    waiting = [step(at, 0) for at in range(len(mine)) if len(hulls[at]) > 1]
    heapify(waiting)
    per_min: float | None = None
    while waiting:
        worth, at, place = heappop(waiting)
        to = hulls[at][place + 1]
        takes_min = float((LEVELS[to] - LEVELS[level[at]]) * minutes[at])
        if takes_min > left_min + TOLERANCE_MIN:
            per_min = -worth if per_min is None else per_min
            continue
        left_min -= takes_min
        level[at] = to
        if place + 2 < len(hulls[at]):
            heappush(waiting, step(at, place + 1))
    price = per_min or 0.0
    reduced = np.where(problem.allowed[mine], problem.sales[mine] - price * LEVELS * minutes[:, None], -np.inf)
    return _OneRep(level=level, bound=float(reduced.max(axis=1).sum() + price * capacity_min), per_min=price)


def _hull(sales: FloatArray, allowed: BoolArray) -> list[int]:
    """Levels on the upper concave hull of (visits, sales), ascending as long as sales grow."""
    hull: list[int] = []
    for level in np.flatnonzero(allowed).tolist():
        if hull and sales[level] <= sales[hull[-1]]:
            continue
        while len(hull) > 1:
            slope = (sales[hull[-1]] - sales[hull[-2]]) / (LEVELS[hull[-1]] - LEVELS[hull[-2]])
            if (sales[level] - sales[hull[-1]]) / (LEVELS[level] - LEVELS[hull[-1]]) < slope:
                break
            hull.pop()
        hull.append(level)
    return hull


def frequency_problem(
    problem: VisitsProblem,
    plan: VisitPlan,
    *,
    potential: FloatArray,
    response: Response,
    least: IntArray | None = None,
) -> FrequencyProblem:
    """
    The problem of suggesting frequencies for a plan's outlets and reps.

    Parameters
    ----------
    potential
        Sales of a cycle as visits become ever more (saturating) or at 20 visits (elastic), shape (num_outlets,).
    least
        Fewest visits that may be suggested, shape (num_outlets,); left out: none.

    Notes
    -----
    A visit costs service and half of the drives to and from it, as the plan drives them on the mean; an outlet without
    a visit in the plan costs its rep's mean drive. A rep's minutes are those of the worked days without lunch and the
    other halves of the first and last drives. More visits make drives shorter and fewer make them longer; that is not
    in it, so plan the suggestion before it is believed.
    """
    drive_min, home_min = _drive_minutes(problem, plan)
    lunch_min = problem.lunch.length_s / SECONDS_PER_MIN
    shift_min = (problem.shift_s[:, 1] - problem.shift_s[:, 0]) / SECONDS_PER_MIN
    day_min = np.maximum(0.0, shift_min - lunch_min)
    return FrequencyProblem(
        sales=np.asarray(potential)[:, None]
        * response.share(problem, np.tile(LEVELS.astype(np.float64), (problem.num_outlets, 1))),
        minutes_per_visit=np.maximum(problem.service_s / SECONDS_PER_MIN + drive_min, 1.0),
        allowed=_allowed(problem, least),
        rep_of_outlet=problem.rep_of_outlet,
        capacity_min=np.maximum(0.0, day_min * problem.works_on().sum(axis=1) - home_min),
        given=problem.frequency,
    )


def potential_of_sales(problem: VisitsProblem, *, sales_per_cycle: FloatArray, response: Response) -> FloatArray:
    """Potential at which the response gives today's sales at the visits due; of unvisited outlets, the sales."""
    share = response.share(problem, problem.frequency.astype(np.float64))
    return np.asarray(np.where(share > 0, sales_per_cycle / np.where(share > 0, share, 1.0), sales_per_cycle))


def _drive_minutes(problem: VisitsProblem, plan: VisitPlan) -> tuple[FloatArray, FloatArray]:
    """Mean drive of a visit per outlet, and what of the drives from and to home belongs to no visit, per rep."""
    outlet, rep = positions(problem.outlet_idcs, plan.outlet_idx), positions(problem.rep_idcs, plan.rep_idx)
    same_day = (plan.rep_idx[1:] == plan.rep_idx[:-1]) & (plan.day[1:] == plan.day[:-1])
    is_first, is_last = np.append(True, ~same_day)[: len(outlet)], np.append(~same_day, True)[: len(outlet)]
    after_s = np.append(plan.drive_s[1:], 0)[: len(outlet)].astype(np.float64)
    after_s[is_last] = plan.return_drive_s
    half_min = (plan.drive_s + after_s) / 2 / SECONDS_PER_MIN
    total = np.bincount(outlet, weights=half_min, minlength=problem.num_outlets)
    count = np.bincount(outlet, minlength=problem.num_outlets)
    of_rep = np.bincount(rep, weights=half_min, minlength=problem.num_reps)
    mean = of_rep / np.maximum(np.bincount(rep, minlength=problem.num_reps), 1)
    drive_min = np.where(count > 0, total / np.maximum(count, 1), mean[problem.rep_of_outlet])
    home_s = np.bincount(rep[is_first], weights=plan.drive_s[is_first], minlength=problem.num_reps) + np.bincount(
        rep[is_last], weights=after_s[is_last], minlength=problem.num_reps
    )
    return drive_min, home_s / 2 / SECONDS_PER_MIN


def _allowed(problem: VisitsProblem, least: IntArray | None) -> BoolArray:
    """Levels with a legal set of days, not below the least; what is given is allowed where nothing else is."""
    allowed = np.zeros((problem.num_outlets, len(LEVELS)), dtype=np.bool_)
    problem = replace(problem, explicit=None)  # what the rules allow, whatever this cycle's choices are
    known: dict[tuple[object, ...], bool] = {}
    for outlet in range(problem.num_outlets):
        for level, visits in enumerate(LEVELS.tolist()):
            kind = problem.kind_of_choices(outlet, visits)
            if kind not in known:
                known[kind] = visits == 0 or bool(problem.choices(outlet, visits))
            allowed[outlet, level] = known[kind]
    if least is not None:
        allowed &= least[:, None] <= LEVELS
    lost = ~allowed.any(axis=1)
    allowed[lost, np.searchsorted(LEVELS, problem.frequency[lost])] = True
    return allowed
