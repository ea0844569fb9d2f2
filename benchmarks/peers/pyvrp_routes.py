"""PyVRP on a published day of routes, at its own settings, for so many CPU seconds."""

from __future__ import annotations

import importlib
import time
import warnings
from dataclasses import dataclass

import numpy as np

from benchmarks.instances.routing.recount import Route
from benchmarks.peers.one_day import OneDay, VehicleKind
from territory.units import IntArray


def pyvrp_routes(day: OneDay, *, seconds: float, seed: int) -> tuple[Route, ...]:
    """The routes of its best solution, feasible or not, after `seconds` of CPU time."""
    pyvrp, exceptions = map(importlib.import_module, ("pyvrp", "pyvrp.exceptions"))
    profiles = list(dict.fromkeys(kind.allowed for kind in day.kinds))
    matrices = [_matrix(day, allowed, too_far=pyvrp.constants.MAX_VALUE) for allowed in profiles]
    carries = day.kinds[0].capacity is not None
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in range(len(day.travel))],
        [
            pyvrp.Client(
                day.num_homes + at,
                delivery=[int(day.demand[at])] if carries else [],
                service_duration=int(day.service[at]),
                tw_early=int(day.window[at, 0]),
                tw_late=int(day.window[at, 1]),
                prize=0 if day.is_mandatory else int(day.value[at]),
                required=day.is_mandatory,
            )
            for at in range(day.num_customers)
        ],
        [pyvrp.Depot(home) for home in range(day.num_homes)],
        [pyvrp.VehicleType(**_vehicle(kind), profile=profiles.index(kind.allowed)) for kind in day.kinds],
        matrices,
        matrices,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.PenaltyBoundWarning)  # the recount says what is broken
        best = pyvrp.solve(data, stop=_CpuSeconds.from_now(seconds), seed=seed, collect_stats=False).best
    found = []
    for route in best.routes():
        clients = [activity.idx for activity in route if activity.is_client()]
        found.append((route.vehicle_type(), clients))
    return day.routes(found)


def _vehicle(kind: VehicleKind) -> dict[str, object]:
    told: dict[str, object] = {
        "num_available": len(kind.members),
        "start_depot": kind.home,
        "end_depot": kind.home,
        "tw_early": kind.shift[0],
        "tw_late": kind.shift[1],
        "capacity": [] if kind.capacity is None else [kind.capacity],
    }
    return told if kind.longest is None else {**told, "shift_duration": kind.longest}


def _matrix(day: OneDay, allowed: frozenset[int] | None, *, too_far: int) -> IntArray:
    """Travel of vehicles that may visit these customers; to others it is too far for any day."""
    if allowed is None:
        return day.travel
    travel = np.array(day.travel)
    strangers = [day.num_homes + at for at in range(day.num_customers) if at not in allowed]
    travel[:, strangers] = travel[strangers, :] = too_far
    np.fill_diagonal(travel, 0)
    return travel


@dataclass(frozen=True, slots=True)
class _CpuSeconds:
    """PyVRP's stopping criterion; its own one reads the wall clock."""

    until_s: float

    @classmethod
    def from_now(cls, seconds: float) -> _CpuSeconds:
        return cls(time.process_time() + seconds)

    def __call__(self, _best_cost: float) -> bool:
        return time.process_time() >= self.until_s
