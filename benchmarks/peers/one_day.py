"""A published day of routes as other programs take it: the whole numbers that our planner gets, vehicles by kind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.instances.routing.model import RoutingInstance, Vehicle
from benchmarks.instances.routing.recount import Route
from territory.units import IntArray
from territory.visits import VisitsProblem


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleKind:
    """
    Vehicles that are alike.

    Attributes
    ----------
    members
        Their positions among the instance's vehicles.
    longest
        Longest time from departure to return; None for as long as the shift.
    allowed
        Customers (from 0) whom they may visit; None for all of them.
    """

    members: tuple[int, ...]
    home: int
    shift: tuple[int, int]
    longest: int | None
    capacity: int | None
    allowed: frozenset[int] | None


@dataclass(frozen=True, kw_only=True, eq=False)
class OneDay:
    """
    A day of routes in whole units; homes are the first places, customers follow.

    Attributes
    ----------
    travel
        Shape (places, places); time and cost at once.
    service, demand, value
        Per customer. `value` is what leaving it out costs, in units of travel; its `score` is the published one.
    window
        Earliest and latest start of service, shape (customers, 2).
    """

    travel: IntArray
    num_homes: int
    service: IntArray
    demand: IntArray
    window: IntArray
    value: IntArray
    score: IntArray
    is_mandatory: bool
    kinds: tuple[VehicleKind, ...]

    @property
    def num_customers(self) -> int:
        """How many there are to visit."""
        return len(self.service)

    def routes(self, found: Iterable[tuple[int, list[int]]]) -> tuple[Route, ...]:
        """Routes of the instance from (kind, customers from 0); each takes the next vehicle of its kind."""
        free: list[Iterator[int]] = [iter(kind.members) for kind in self.kinds]
        return tuple(
            Route(vehicle=next(free[kind]), day=0, customers=tuple(self.num_homes + at for at in customers))
            for kind, customers in found
        )


def one_day(instance: RoutingInstance, problem: VisitsProblem) -> OneDay:
    """What our planner gets, for another program."""
    n = len(instance.customers)
    return OneDay(
        travel=instance.travel_units,
        num_homes=instance.num_homes,
        service=problem.service_s,
        demand=np.zeros(n, dtype=np.int64) if problem.carried is None else problem.carried,
        window=problem.windows_s[:, 0, 0, :],
        value=problem.missing_price_s,
        score=np.round(instance.score[instance.num_homes :]).astype(np.int64),
        is_mandatory=instance.is_mandatory,
        kinds=tuple(_kinds(instance, problem)),
    )


def is_shorter_than_shift(vehicle: Vehicle) -> bool:
    """Has the vehicle a longest duration that its shift does not say already?"""
    earliest, latest = vehicle.shift
    return vehicle.max_duration is not None and math.isfinite(latest) and vehicle.max_duration < latest - earliest


def _kinds(instance: RoutingInstance, problem: VisitsProblem) -> Iterator[VehicleKind]:
    """The vehicles, those that are alike together, in the order of each kind's first one."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for rep in range(problem.num_reps):
        key = (
            instance.vehicles[rep].home,
            tuple(problem.shift_s[rep].tolist()),
            None if problem.longest_day_s is None else int(problem.longest_day_s[rep]),
            None if problem.carry_limit is None else int(problem.carry_limit[rep]),
            None if problem.reps_allowed is None else problem.reps_allowed[:, rep].tobytes(),
        )
        alike.setdefault(key, []).append(rep)
    for members in alike.values():
        rep = members[0]
        longest = None if problem.longest_day_s is None else int(problem.longest_day_s[rep])
        allowed = np.ones(problem.num_outlets) if problem.reps_allowed is None else problem.reps_allowed[:, rep]
        yield VehicleKind(
            members=tuple(members),
            home=instance.vehicles[rep].home,
            shift=tuple(problem.shift_s[rep].tolist()),
            longest=longest if is_shorter_than_shift(instance.vehicles[rep]) else None,
            capacity=None if problem.carry_limit is None else int(problem.carry_limit[rep]),
            allowed=None if allowed.all() else frozenset(np.flatnonzero(allowed).tolist()),
        )
