"""
What do routes cost, and which rules do they break? Replayed from the instance alone, in its published units.

Shares nothing with the planner: what a planner says about its plan is not looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.instances.routing.model import RoutingInstance, Vehicle

TOLERANCE = 1e-6  # of a published unit: what floating point may add up to over a route


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The customers (positions among the places) whom a vehicle visits on a day, in order."""

    vehicle: int
    day: int
    customers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """
    One broken rule.

    Attributes
    ----------
    rule
        fleet, customer, vehicle, capacity, window, return, duration, missing, twice or pattern.
    amount
        By how much, in units of time or demand, or how many visits.
    """

    rule: str
    subject: str
    amount: float

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject} by {self.amount:g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recount:
    """
    What routes come to.

    Attributes
    ----------
    objective
        Cost of all routes, or the score collected where visits are not mandatory.
    cost
        Cost of all routes.
    unvisited
        Customers without any visit.
    """

    objective: float
    cost: float
    unvisited: int
    violations: tuple[Violation, ...]


def recount(instance: RoutingInstance, routes: Sequence[Route]) -> Recount:
    """Objective and broken rules of routes; a route without customers is a vehicle that stays at home."""
    driven = [route for route in routes if route.customers]
    broken = list(_fleet(instance, driven))
    broken += _strangers(instance, driven)
    legal = [route for route in driven if _is_known(instance, route)]
    for route in legal:
        broken += _of_route(instance, route)
    broken += _of_customers(instance, legal)
    visited = {place for route in legal for place in route.customers}
    cost = _cost(instance, legal)
    score = float(sum(instance.score[place] for place in visited))
    return Recount(
        objective=cost if instance.is_mandatory else score,
        cost=cost,
        unvisited=sum(place not in visited for place in instance.customers),
        violations=tuple(broken),
    )


def _cost(instance: RoutingInstance, routes: Sequence[Route]) -> float:
    """Summed without rounding in between: distances cut after a decimal add up to one with as many."""
    return math.fsum(
        instance.cost[frm, to]
        for route in routes
        for frm, to in pairwise(
            (instance.vehicles[route.vehicle].home, *route.customers, instance.vehicles[route.vehicle].home)
        )
    )


def _fleet(instance: RoutingInstance, routes: Sequence[Route]) -> Iterator[Violation]:
    """No vehicle and no day but those of the instance; one route per vehicle and day."""
    for (vehicle, day), count in sorted(Counter((route.vehicle, route.day) for route in routes).items()):
        subject = f"vehicle {vehicle + 1} on day {day + 1}"
        if not (0 <= vehicle < len(instance.vehicles) and 0 <= day < instance.num_days):
            yield Violation(rule="fleet", subject=f"{subject} is not there", amount=count)
        elif count > 1:
            yield Violation(rule="fleet", subject=f"{subject} has more than one route", amount=count - 1)


def _strangers(instance: RoutingInstance, routes: Sequence[Route]) -> Iterator[Violation]:
    """Only customers are visited; a route with anybody else counts for nothing."""
    for route in routes:
        for place in route.customers:
            if place not in instance.customers:
                subject = f"place {place} of vehicle {route.vehicle + 1} on day {route.day + 1} is no customer"
                yield Violation(rule="customer", subject=subject, amount=1)


def _is_known(instance: RoutingInstance, route: Route) -> bool:
    return 0 <= route.vehicle < len(instance.vehicles) and all(place in instance.customers for place in route.customers)


def _of_route(instance: RoutingInstance, route: Route) -> Iterator[Violation]:
    """Vehicles visit whom they may, carry what they can and keep windows, shift and duration."""
    vehicle = instance.vehicles[route.vehicle]
    subject = f"vehicle {route.vehicle + 1} on day {route.day + 1}"
    for place in route.customers:
        if not instance.allowed[place, route.vehicle]:
            yield Violation(rule="vehicle", subject=f"{subject} at {instance.labels[place]}", amount=1)
    load = float(sum(instance.demand[place] for place in route.customers))
    if vehicle.capacity is not None and load > vehicle.capacity + TOLERANCE:
        yield Violation(rule="capacity", subject=subject, amount=load - vehicle.capacity)
    yield from _clock(instance, route, vehicle, subject)


def _clock(instance: RoutingInstance, route: Route, vehicle: Vehicle, subject: str) -> Iterator[Violation]:
    """As early as possible first; the duration is then counted from the latest departure that returns as early."""
    now, before = vehicle.shift[0], vehicle.home
    for place in route.customers:
        arrival = now + instance.service[before] + instance.cost[before, place]
        now = max(arrival, instance.window[place, 0])
        late = float(now - instance.window[place, 1])
        if late > TOLERANCE:
            yield Violation(rule="window", subject=f"{subject} at {instance.labels[place]}", amount=late)
            now = instance.window[place, 1]
        before = place
    back = float(now + instance.service[before] + instance.cost[before, vehicle.home])
    if back > vehicle.shift[1] + TOLERANCE:
        yield Violation(rule="return", subject=subject, amount=back - vehicle.shift[1])
    if vehicle.max_duration is not None:
        duration = back - _latest_departure(instance, route, vehicle.home, back)
        if duration > vehicle.max_duration + TOLERANCE:
            yield Violation(rule="duration", subject=subject, amount=duration - vehicle.max_duration)


def _latest_departure(instance: RoutingInstance, route: Route, home: int, back: float) -> float:
    """When must the vehicle leave home to be back at `back`, at the latest?"""
    limit, after = back, home
    for place in reversed(route.customers):
        start = limit - instance.cost[place, after] - instance.service[place]
        limit, after = min(start, float(instance.window[place, 1])), place
    return float(limit - instance.cost[home, after])


def _of_customers(instance: RoutingInstance, routes: Sequence[Route]) -> Iterator[Violation]:
    """Customers get one of their sets of days, no day twice; none at all only where visits are not mandatory."""
    days: dict[int, list[int]] = {place: [] for place in instance.customers}
    for route in routes:
        for place in route.customers:
            if place in days:
                days[place].append(route.day)
    for place, visited in days.items():
        label = instance.labels[place]
        chosen = tuple(sorted(set(visited)))
        if len(visited) > len(chosen):
            yield Violation(rule="twice", subject=label, amount=len(visited) - len(chosen))
        if not visited:
            if instance.is_mandatory:
                yield Violation(rule="missing", subject=label, amount=1)
        elif chosen not in instance.patterns[place]:
            yield Violation(rule="pattern", subject=f"{label} on days {[day + 1 for day in chosen]}", amount=1)
