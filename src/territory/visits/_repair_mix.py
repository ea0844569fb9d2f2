"""Days of several repairs put together: which route of each day, so that every visit is made once, by CP-SAT.

Repairs at different prices differ on some days only, and what one of them does well often has nothing to do with what
another one does. A set partitioning over the day routes of all of them takes the best of each: at most a dozen routes
for each open day, solved in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from territory.units import SECONDS_PER_MIN, IntArray
from territory.visits._open_visits import Cause, Ground
from territory.visits._replan_search import Routes, driven_s, load_s, load_shares

MOST_DETERMINISTIC_TIME = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRoute:
    """
    One way to drive one day of one rep.

    Attributes
    ----------
    moved
        Untouched visits on it that come from another day or rep.
    cost_s
        Seconds driven, and the price of the load above the mean.
    """

    lane: tuple[int, int]
    visits: tuple[int, ...]
    moved: int
    cost_s: int


class Mix:
    """The days of all repairs, to be put together under one limit or another."""

    def __init__(self, ground: Ground, drive_s: IntArray, found: Sequence[Routes], *, seed: int) -> None:
        self._ground = ground
        self._seed = seed
        self._routes = _day_routes(ground, drive_s, found)

    def cheapest(self, *, most_moved: int | None = None) -> Routes | None:
        """The least objective, with at most so many untouched visits moved; None when none is found in time."""
        return self._solve(most_moved=most_moved, most_s=None)

    def fewest_moves(self, *, most_min: float) -> Routes | None:
        """The fewest untouched visits moved at an objective of at most so many drive minutes."""
        return self._solve(most_moved=None, most_s=int(most_min * SECONDS_PER_MIN))

    def _solve(self, *, most_moved: int | None, most_s: int | None) -> Routes | None:
        model, visits = cp_model.CpModel(), self._ground.visits
        takes = [model.new_bool_var(f"route {at}") for at in range(len(self._routes))]
        absent = [model.new_bool_var(f"absent {at}") for at in range(len(visits))]
        by_visit: list[list[cp_model.IntVar]] = [[left] for left in absent]
        by_lane: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for take, route in zip(takes, self._routes, strict=True):
            by_lane.setdefault(route.lane, []).append(take)
            for at in route.visits:
                by_visit[at].append(take)
        for ways in by_visit:
            model.add_exactly_one(ways)
        for ways in by_lane.values():
            model.add_at_most_one(ways)
        worth_s = [int(self._ground.part.missing_price_s[visit.outlet]) for visit in visits]
        lost = [int(visit.cause is Cause.NONE) for visit in visits]
        chosen = [*takes, *absent]
        cost = cp_model.LinearExpr.weighted_sum(chosen, [*(route.cost_s for route in self._routes), *worth_s])
        moved = cp_model.LinearExpr.weighted_sum(chosen, [*(route.moved for route in self._routes), *lost])
        if most_moved is not None:
            model.add(moved <= most_moved)
        if most_s is not None:
            model.add(cost <= most_s)
            model.minimize(moved * (most_s + 1) + cost)
        else:
            model.minimize(cost)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._seed % (1 << 31)
        solver.parameters.max_deterministic_time = MOST_DETERMINISTIC_TIME
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return {
            route.lane: list(route.visits)
            for take, route in zip(takes, self._routes, strict=True)
            if route.visits and solver.boolean_value(take)
        }


def _day_routes(ground: Ground, drive_s: IntArray, found: Sequence[Routes]) -> list[DayRoute]:
    """Every route that some repair drives, once; loads are weighed against the mean of the last repair."""
    shares = load_shares(ground)
    routes: dict[tuple[tuple[int, int], tuple[int, ...]], DayRoute] = {}
    total_s = sum(load_s(ground, drive_s, lane, visits) for lane, visits in found[-1].items())
    for repair in found:
        for lane, visits in repair.items():
            if (lane, tuple(visits)) in routes:
                continue
            above_s = max(0.0, load_s(ground, drive_s, lane, visits) - total_s * float(shares[lane[0]]))
            routes[lane, tuple(visits)] = DayRoute(
                lane=lane,
                visits=tuple(visits),
                moved=sum(
                    ground.visits[at].cause is Cause.NONE and (ground.visits[at].rep, ground.visits[at].day) != lane
                    for at in visits
                ),
                cost_s=driven_s(ground, drive_s, lane, visits) + round(above_s * ground.part.rules.price_balance),
            )
    return list(routes.values())
