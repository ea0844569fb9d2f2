"""A part that is one rep's one day: only the order is sought, and often it can be proved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort, Meter
from territory.standing import StopReason
from territory.streams import Streams
from territory.units import SECONDS_PER_MIN, IntArray
from territory.visits._order import ITERATIONS_PER_S, Day, Order, best_order
from territory.visits._order_bound import order_bound
from territory.visits._order_frame import STEPS_PER_S
from territory.visits._order_near import best_near
from territory.visits._timetable import build_plan
from territory.visits.bound import lower_bound
from territory.visits.model import ANYONE, VisitsProblem

MOST_STOPS = 250
# What is done until which share of the effort, by days of so many stops at most. A proof is tried early, because most
# days are easy; where it will hardly succeed, orders get the time.
TURNS = {
    41: (("search", 0.1), ("prove", 0.3), ("search", 0.6), ("near", 0.7), ("prove", 1.0), ("search", 1.0)),
    63: (("search", 0.1), ("prove", 0.15), ("search", 0.6), ("near", 0.95), ("search", 0.95), ("prove", 1.0)),
    MOST_STOPS: (("search", 0.1), ("prove", 0.15), ("search", 0.95), ("prove", 1.0), ("search", 1.0)),
}
LEAST_S = 0.01  # shorter turns are not begun, except for the first order
THOUSANDS_PER_ITERATION = STEPS_PER_S / ITERATIONS_PER_S / 1000  # of labels, in the time of a change of the order


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleDay:
    """A plan with every stop, its objective and its bound in drive minutes; proved when they are equal."""

    plan: VisitPlan
    objective: float
    bound: float
    stopped_by: StopReason


def plan_single_day(
    problem: VisitsProblem, drive_s: IntArray, *, effort: Effort, seed: int, cancel: CancelToken | None = None
) -> SingleDay | None:
    """
    The best order found for a part that is one day of one rep; None when the part is not, or not all its stops fit.

    Parameters
    ----------
    drive_s
        Seconds, `problem.drive_s()`.
    effort
        A tenth of it at most goes by before None is the answer; less than all of it where the order is proved.

    Notes
    -----
    A visit left out may make the rest of the day quite different, so the best order of all stops is the best plan
    only if it costs no more than any plan with a visit missing, which is bounded here; else it is not called proved.
    """
    at = _the_day(problem)
    if at is None:
        return None
    day = Day.of(problem, drive_s, rep=0, day=at, stops=range(problem.num_outlets))
    longest_s = 2 * int(drive_s.max())
    if int(problem.missing_price_s.min()) < longest_s or not _may_fit(day):
        return None
    found = _Turns(day, effort, seed, cancel).run()
    if found is None:
        return None
    order, order_bound_s = found
    price_s = sum(problem.choices(outlet)[0].price_s for outlet in range(problem.num_outlets))
    objective_s = order.drive_s + price_s
    weak_s = lower_bound(problem, drive_s) * SECONDS_PER_MIN
    bound_s = max(weak_s, min(float(order_bound_s + price_s), weak_s + _least_loss_s(problem, drive_s)))
    is_proved = bound_s >= objective_s
    stopped_by = StopReason.CANCELLED if cancel is not None and cancel.is_cancelled else StopReason.EFFORT
    return SingleDay(
        plan=build_plan(problem, drive_s, routes={(0, at): order.stops or ()}, missing=()),
        objective=order.drive_s / SECONDS_PER_MIN + price_s / SECONDS_PER_MIN,
        bound=min(bound_s, float(objective_s)) / SECONDS_PER_MIN,
        stopped_by=StopReason.PROVED if is_proved else stopped_by,
    )


def warm_up_orders(problem: VisitsProblem) -> None:
    """Compile the kernels that a part of this kind needs; nothing for other parts."""
    at = _the_day(problem)
    if at is not None:
        day = Day.of(problem, problem.drive_s(), rep=0, day=at, stops=range(problem.num_outlets))
        found, least = best_order(day, seed=0, effort=Effort(iterations=1)), Effort(iterations=1)
        order_bound(day, upper_s=found.drive_s or int(day.drive_s.sum()), effort=least)
        best_near(day, found, effort=least)


def _the_day(problem: VisitsProblem) -> int | None:
    """The day, when one rep makes every visit on it, no other day is left to choose and nothing else limits it."""
    if problem.num_reps != 1 or not 0 < problem.num_outlets <= MOST_STOPS or problem.longest_day_s is not None:
        return None
    worked = np.flatnonzero(problem.works_on()[0]).tolist()
    if problem.rules.price_balance and len(worked) != 1:
        return None
    carried, limit = problem.carried, problem.carry_limit
    if carried is not None and limit is not None and int(carried.sum()) > int(limit[0]):
        return None
    days = set[tuple[int, ...]]()
    for outlet in range(problem.num_outlets):
        choices = problem.choices(outlet)
        if len(choices) != 1 or choices[0].rep not in (ANYONE, 0) or 0 not in problem.reps_of(outlet):
            return None
        days.add(choices[0].days)
    if len(days) != 1 or len(only := days.pop()) != 1 or only[0] not in worked:
        return None
    return only[0]


def _may_fit(day: Day) -> bool:
    """Whether service and the shortest drive to each place leave it open that all stops fit."""
    drive_s = day.drive_s.copy()
    np.fill_diagonal(drive_s, drive_s.max())
    return int(day.service_s.sum() + drive_s.min(axis=0).sum()) <= day.return_s - day.leave_s


def _least_loss_s(problem: VisitsProblem, drive_s: IntArray) -> float:
    """Seconds above `lower_bound` that a plan with a visit missing costs at least: its price less its share there."""
    n = problem.num_outlets
    alone_s = (drive_s[n, :n] + drive_s[:n, n]) / 2
    day_s = float((drive_s[n, :n].min() + drive_s[:n, n].min()) / 2)
    return max(0.0, float((problem.missing_price_s - alone_s).min()) - day_s)


class _Turns:
    """Orders and bounds by turns, until the effort is spent or the order proved."""

    def __init__(self, day: Day, effort: Effort, seed: int, cancel: CancelToken | None) -> None:
        self._day, self._meter, self._cancel = day, Meter(effort=effort), cancel
        self._streams = Streams(seed)
        self._bound_s = 0

    def run(self) -> tuple[Order, int] | None:
        """The order and a bound of its drive in seconds; None when no order keeps the clock."""
        order = Order(stops=None, drive_s=0)
        turns = next(turns for most, turns in TURNS.items() if self._day.num_stops <= most)
        for turn, (kind, ends) in enumerate(turns):
            part = self._part(ends)
            if turn and _usual_s(part) < LEAST_S:
                continue
            if kind == "search":
                order = self._searched(order, part, turn)
            elif kind == "near":
                order = best_near(self._day, order, effort=_in_labels(part), cancel=self._cancel)
            else:
                order = self._proved(order, part)
            self._meter.iterations += part.iterations or 0
            if order.stops is None:
                return None
            if self._bound_s >= order.drive_s or (self._cancel is not None and self._cancel.is_cancelled):
                break
        return order, self._bound_s

    def _searched(self, order: Order, part: Effort, turn: int) -> Order:
        """A shorter order by annealing, or the same."""
        seed = self._streams.child("order", turn)
        found = best_order(self._day, start=order.stops, seed=seed, effort=part, cancel=self._cancel)
        if found.is_proved:
            self._bound_s = found.drive_s
        is_better = found.stops is not None and (order.stops is None or found.drive_s < order.drive_s)
        return found if is_better else order

    def _proved(self, order: Order, part: Effort) -> Order:
        """Raise the bound; the order, or the better one that the proof came upon."""
        found = order_bound(self._day, upper_s=order.drive_s, effort=_in_labels(part), cancel=self._cancel)
        self._bound_s = max(self._bound_s, found.bound_s)
        return order if found.stops is None else Order(stops=found.stops, drive_s=found.bound_s)

    def _part(self, until: float) -> Effort:
        """Effort from now until a share of the whole is spent."""
        effort, share = self._meter.effort, max(0.0, until - self._meter.share_spent())
        if effort.iterations is not None:
            return Effort(iterations=round(share * effort.iterations))
        if effort.seconds is not None:
            return Effort(seconds=share * effort.seconds)
        return Effort(cpu_seconds=share * (effort.cpu_seconds or 0.0))


def _in_labels(part: Effort) -> Effort:
    """Iterations in the unit of bounds."""
    return part if part.iterations is None else Effort(iterations=int(part.iterations * THOUSANDS_PER_ITERATION))


def _usual_s(part: Effort) -> float:
    """About how many seconds that is."""
    if part.iterations is not None:
        return part.iterations / ITERATIONS_PER_S
    return (part.seconds if part.cpu_seconds is None else part.cpu_seconds) or 0.0
