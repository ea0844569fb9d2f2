"""A published routing instance as a problem of `territory.visits`, and its plans as routes of the instance.

One vehicle is one rep, all in one pool; day 1 of the instance is day 0 of the cycle; a "second" is one unit of the
instance's scaled matrix.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.contract import BenchmarkError
from benchmarks.instances.routing.model import ALMOST, RoutingInstance, Vehicle
from benchmarks.instances.routing.recount import Route
from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.rules import VisitRules
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN, FloatArray, IntArray
from territory.visits import VisitsProblem
from territory.visits.model import ANYONE, Choice

LARGE = 10  # longest arcs that a visit which must be made is worth: more than leaving it out can save
CLOSED = -1
DEMAND_DECIMALS = 3
RULES = VisitRules(lunch_min=0, access_min=0, price_balance=0, first_drive_paid=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class MatrixTravel:
    """Travel times from a matrix of whole units; several ids may be at one place."""

    units: IntArray
    place_of: Mapping[str, int]

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Units of travel, shape (len(frm), len(to))."""
        return np.asarray(self.units[np.ix_(self._places(frm), self._places(to))])

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Sixtieths of the units from `frm[i]` to `to[i]`."""
        return np.asarray(self.units[self._places(frm), self._places(to)] / SECONDS_PER_MIN)

    def describe(self) -> dict[str, object]:
        """For the run card."""
        return {"kind": "published matrix", "places": len(self.units)}

    def _places(self, places: Places) -> IntArray:
        return np.array([self.place_of[name] for name in places.ids], dtype=np.int64)


def problem_of(instance: RoutingInstance, *, fleet: int | None = None) -> VisitsProblem:
    """
    The instance as a visits problem.

    Parameters
    ----------
    fleet
        Use the first so many vehicles only; None for all of them.

    Raises
    ------
    BenchmarkError
        When the instance has more days than a cycle.
    """
    if instance.num_days > DAYS_PER_CYCLE:
        raise BenchmarkError(f"{instance.name} has {instance.num_days} days; a cycle has {DAYS_PER_CYCLE}")
    vehicles = instance.vehicles[:fleet]
    customers = np.array(instance.customers, dtype=np.int64)
    n, reps = len(customers), len(vehicles)
    homes = np.array([vehicle.home for vehicle in vehicles], dtype=np.int64)
    customer_ids = tuple(f"c{instance.labels[place]}" for place in customers.tolist())
    rep_ids = tuple(f"v{number + 1}" for number in range(reps))
    places = (*customers.tolist(), *homes.tolist())
    days = np.tile(np.arange(DAYS_PER_CYCLE) < instance.num_days, (reps, 1))
    carried, carry_limit = _loads(instance, vehicles, customers)
    return VisitsProblem(
        outlet_idcs=np.arange(n),
        outlets=Places(ids=customer_ids, lat=instance.xy[customers, 1], lon=instance.xy[customers, 0]),
        frequency=np.ones(n, dtype=np.int64),
        service_s=_up(instance.service[customers] * instance.scale),
        windows_s=_windows(instance, customers),
        priority=np.zeros(n),
        skill=Labels.empty(n),
        tier=Labels.empty(n),
        rep_of_outlet=np.zeros(n, dtype=np.int64),
        rep_idcs=np.arange(reps),
        homes=Places(ids=rep_ids, lat=instance.xy[homes, 1], lon=instance.xy[homes, 0]),
        shift_s=_shifts(instance, vehicles),
        works=days[:, :DAYS_PER_WEEK],
        rep_skills=(frozenset(),) * reps,
        pool_of_rep=np.zeros(reps, dtype=np.int64),
        calendar=Calendar(start=dt.date(2024, 1, 1)),
        rules=RULES,
        travel=MatrixTravel(
            units=instance.travel_units, place_of=dict(zip((*customer_ids, *rep_ids), places, strict=True))
        ),
        explicit=tuple(
            tuple(Choice(rep=ANYONE, days=chosen) for chosen in instance.patterns[place])
            for place in customers.tolist()
        ),
        reps_allowed=instance.allowed[customers, :reps],
        works_days=days,
        carried=carried,
        carry_limit=carry_limit,
        visit_value_s=visit_values(instance)[customers],
        longest_day_s=_longest_days(instance, vehicles),
    )


def routes_of(instance: RoutingInstance, plan: VisitPlan) -> tuple[Route, ...]:
    """The stops of a plan of the instance's problem, in their order."""
    stops: dict[tuple[int, int], list[int]] = {}
    for rep, day, outlet in zip(plan.rep_idx.tolist(), plan.day.tolist(), plan.outlet_idx.tolist(), strict=True):
        stops.setdefault((rep, day), []).append(outlet + instance.num_homes)
    return tuple(Route(vehicle=rep, day=day, customers=tuple(found)) for (rep, day), found in stops.items())


def visit_values(instance: RoutingInstance) -> IntArray:
    """
    Units that one missing visit is worth, shape (places,).

    Where scores are collected, one point is worth more than all tours can travel, so that score comes first.
    """
    if instance.is_mandatory:
        return np.full(len(instance.labels), LARGE * int(instance.travel_units.max()), dtype=np.int64)
    return np.asarray(np.round(instance.score).astype(np.int64) * point_value(instance))


def point_value(instance: RoutingInstance) -> int:
    """Units that one point of score is worth."""
    shifts = _shifts(instance, instance.vehicles)
    return int((shifts[:, 1] - shifts[:, 0]).sum()) + 1


def bound_of(instance: RoutingInstance, bound_min: float) -> float:
    """
    The planner's bound (drive minutes of scaled units) in the unit of the instance's objective.

    Notes
    -----
    A sum of costs that were rounded up exceeds the published one by less than one unit per drive, of which there are
    at most as many as visits and routes. Of scores, at least the whole part of bound / value of a point is missed,
    since all travel together is worth less than a point.
    """
    units = bound_min * SECONDS_PER_MIN
    if not instance.is_mandatory:
        missed = math.floor(units / point_value(instance) + 1e-12)
        return float(instance.score.sum()) - max(0, missed)
    if not instance.is_exact:
        visits = sum(max(map(len, patterns), default=0) for patterns in instance.patterns)
        units -= visits + len(instance.vehicles) * instance.num_days
    return max(0.0, units) / instance.scale


def _shifts(instance: RoutingInstance, vehicles: tuple[Vehicle, ...]) -> IntArray:
    """
    Earliest departure and latest return in units, shape (vehicles, 2).

    A longest duration is a shift of that length where a home is always open, else `_longest_days`.
    """
    shifts = []
    for vehicle in vehicles:
        earliest, latest = vehicle.shift
        if math.isinf(latest) and vehicle.max_duration is not None:
            latest = earliest + vehicle.max_duration
        first = math.ceil(earliest * instance.scale - ALMOST)
        last = first + _longest_day(instance)
        shifts.append((first, last if math.isinf(latest) else math.floor(latest * instance.scale + ALMOST)))
    return np.array(shifts, dtype=np.int64)


def _longest_days(instance: RoutingInstance, vehicles: tuple[Vehicle, ...]) -> IntArray | None:
    """Longest duration of a route in units where homes are open longer than that, shape (vehicles,)."""
    if not any(vehicle.max_duration is not None and math.isfinite(vehicle.shift[1]) for vehicle in vehicles):
        return None
    longest = [
        vehicle.shift[1] - vehicle.shift[0] if vehicle.max_duration is None else vehicle.max_duration
        for vehicle in vehicles
    ]
    return np.array([math.floor(length * instance.scale + ALMOST) for length in longest], dtype=np.int64)


def _longest_day(instance: RoutingInstance) -> int:
    """Units in which one vehicle could visit everybody."""
    return int(instance.travel_units.max(axis=1).sum() + _up(instance.service * instance.scale).sum())


def _windows(instance: RoutingInstance, customers: IntArray) -> IntArray:
    """Windows in units, the same on all weekdays, shape (n, 7, 2, 2)."""
    opens = instance.window[customers, 0] * instance.scale
    closes = instance.window[customers, 1] * instance.scale
    latest = int(_shifts(instance, instance.vehicles)[:, 1].max())
    windows = np.full((len(customers), DAYS_PER_WEEK, 2, 2), CLOSED, dtype=np.int64)
    windows[:, :, 0, 0] = _up(opens)[:, None]
    windows[:, :, 0, 1] = np.floor(np.minimum(closes, latest) + ALMOST).astype(np.int64)[:, None]
    return windows


def _loads(
    instance: RoutingInstance, vehicles: tuple[Vehicle, ...], customers: IntArray
) -> tuple[IntArray | None, IntArray | None]:
    """Demand and capacity in whole units, or nothing where vehicles carry any amount."""
    if all(vehicle.capacity is None for vehicle in vehicles):
        return None, None
    factor = 1.0 if not (instance.demand % 1).any() else 10.0**DEMAND_DECIMALS
    carried = _up(instance.demand[customers] * factor)
    everything = int(carried.sum()) * instance.num_days
    limits = [
        everything if vehicle.capacity is None else math.floor(vehicle.capacity * factor + ALMOST)
        for vehicle in vehicles
    ]
    return carried, np.array(limits, dtype=np.int64)


def _up(values: FloatArray) -> IntArray:
    """Whole units, rounded up."""
    return np.ceil(values - ALMOST).astype(np.int64)
