"""VROOM on a published day of routes: its widest search, on one thread, which ends by itself and knows no seeds."""

from __future__ import annotations

import datetime as dt
import importlib

import numpy as np

from benchmarks.instances.routing.model import RoutingInstance
from benchmarks.instances.routing.recount import Route
from benchmarks.peers.one_day import OneDay, VehicleKind, is_shorter_than_shift

WIDEST = 5  # exploration level
MOST_PRIORITY = 100


def vroom_routes(day: OneDay, *, seconds: float) -> tuple[Route, ...]:
    """The routes that it finds within `seconds`; a single thread's wall seconds, which is the only clock it has."""
    vroom = importlib.import_module("vroom")
    problem = vroom.Input()
    problem.set_durations_matrix("car", day.travel.astype(np.uint32))
    groups = list(dict.fromkeys(_kinds_of(day, at) for at in range(day.num_customers)))
    for at, kind in enumerate(day.kinds):
        for member in kind.members:
            problem.add_vehicle(
                vroom.Vehicle(
                    member,
                    start=kind.home,
                    end=kind.home,
                    capacity=[] if kind.capacity is None else [kind.capacity],
                    time_window=vroom.TimeWindow(*kind.shift),
                    skills={number for number, group in enumerate(groups) if at in group},
                )
            )
    for at in range(day.num_customers):
        problem.add_job(
            vroom.Job(
                at,
                day.num_homes + at,
                default_service=int(day.service[at]),
                delivery=[] if day.kinds[0].capacity is None else [int(day.demand[at])],
                priority=0 if day.is_mandatory else int(day.score[at]),
                time_windows=[vroom.TimeWindow(int(day.window[at, 0]), int(day.window[at, 1]))],
                skills={groups.index(_kinds_of(day, at))},
            )
        )
    found = problem.solve(exploration_level=WIDEST, nb_threads=1, timeout=dt.timedelta(seconds=seconds))
    steps = found.routes[found.routes["type"] == "job"]
    kind_of = {member: kind for kind, of in enumerate(day.kinds) for member in of.members}
    return day.routes((kind_of[int(vehicle)], _jobs(rows["id"])) for vehicle, rows in steps.groupby("vehicle_id"))


def _kinds_of(day: OneDay, customer: int) -> frozenset[int]:
    """The kinds of vehicles that may visit the customer."""
    return frozenset(at for at, kind in enumerate(day.kinds) if _may_visit(kind, customer))


def _may_visit(kind: VehicleKind, customer: int) -> bool:
    return kind.allowed is None or customer in kind.allowed


def _jobs(ids: object) -> list[int]:
    return [int(job) for job in np.asarray(ids, dtype=np.int64)]


def what_it_lacks(instance: RoutingInstance) -> str | None:
    """A rule of the instance that VROOM does not know; None where it knows them all."""
    if any(is_shorter_than_shift(vehicle) for vehicle in instance.vehicles):
        return "VROOM knows no longest day that is shorter than the shift"
    if not instance.is_mandatory and instance.score.max() > MOST_PRIORITY:
        return f"VROOM knows priorities up to {MOST_PRIORITY}"
    return None
