"""
Periodic instances in Cordeau's format, and their solution files.

Line 1 is `type vehicles customers days` with type 1; then per day `longest-duration capacity` (0: no limit); then per
place `number x y service demand frequency combinations code...`, the depot first. A code is a set of days as a binary
number, the most significant bit for day 1. Distances are straight lines, unrounded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.instances.routing.lines import Line, Lines
from benchmarks.instances.routing.model import DaySet, RoutingInstance, Vehicle, straight
from benchmarks.instances.routing.recount import Route

PERIODIC = 1
SCALE = 10_000


def read_cordeau(path: Path) -> RoutingInstance:
    """
    The periodic instance in a file.

    A customer who lies on the depot and fills a whole vehicle is left out, as in the published solutions: the file of
    p01 has one, who adds nothing to any distance but takes a vehicle.

    Raises
    ------
    BenchmarkError
        When a line is not as described above.
    """
    lines = Lines(path)
    head = lines.next("'1 vehicles customers days'")
    kind, vehicles, customers, days = head.whole(least=4)[:4]
    if kind != PERIODIC:
        raise head.error(f"type {PERIODIC} is a periodic instance; this is type {kind}")
    limits = [lines.next("'duration capacity' of a day") for _ in range(days)]
    for line in limits:
        if line.numbers(least=2)[:2] != limits[0].numbers(least=2)[:2]:
            raise line.error("all days must have the same limits")
    duration, capacity = limits[0].numbers(least=2)[:2]
    rows = [lines.next(f"place {place} of {customers}") for place in range(customers + 1)]
    for line in lines.rest():
        raise line.error(f"more lines than the {customers} customers of line {head.number}")
    found = [line.numbers(least=7) for line in rows]
    depot = found[0]
    keep = [0] + [
        place
        for place in range(1, len(found))
        if not (found[place][1:3] == depot[1:3] and found[place][4] == capacity > 0)
    ]
    table = np.array([found[place][:5] for place in keep])
    places = len(keep)
    vehicle = Vehicle(home=0, shift=(0.0, np.inf), max_duration=duration or None, capacity=capacity or None)
    return RoutingInstance(
        name=path.stem,
        family="pvrp",
        num_days=days,
        vehicles=(vehicle,) * vehicles,
        num_homes=1,
        labels=tuple(str(int(number)) for number in table[:, 0]),
        xy=table[:, 1:3],
        cost=straight(table[:, 1:3]),
        scale=SCALE,
        service=table[:, 3],
        demand=table[:, 4],
        window=np.tile([0.0, np.inf], (places, 1)),
        patterns=((), *(_patterns(rows[place], days) for place in keep[1:])),
        allowed=np.ones((places, vehicles), dtype=np.bool_),
        score=np.zeros(places),
        note="" if places == len(found) else "without the customer on the depot who fills a vehicle",
    )


def _patterns(line: Line, days: int) -> tuple[DaySet, ...]:
    values = line.whole(frm=5, least=2)
    frequency, count, codes = values[0], values[1], values[2:]
    if len(codes) != count or not codes:
        raise line.error(f"{count} combinations of days are promised, {len(codes)} are there")
    found = tuple(tuple(day for day in range(days) if code >> (days - 1 - day) & 1) for code in codes)
    for code, chosen in zip(codes, found, strict=True):
        if not 0 < code < 1 << days:
            raise line.error(f"{code} is no set of {days} days")
        if len(chosen) != frequency:
            raise line.error(f"combination {code} has {len(chosen)} days, the frequency is {frequency}")
    return found


def read_cordeau_solution(path: Path, instance: RoutingInstance) -> tuple[float, tuple[Route, ...]]:
    """The published cost and the routes of a `.res` file: `day vehicle duration load 0 customer... 0` per route."""
    lines = Lines(path)
    cost = lines.next("the cost").numbers(least=1)[0]
    place_of = {label: place for place, label in enumerate(instance.labels)}
    routes = []
    for line in lines.rest():
        if len(line.words) < 6 or line.words[4] != "0" or line.words[-1] != "0":
            raise line.error("a route is 'day vehicle duration load 0 customer... 0'")
        unknown = [word for word in line.words[5:-1] if word not in place_of]
        if unknown:
            raise line.error(f"there is no customer {unknown[0]}")
        routes.append(
            Route(
                vehicle=int(line.words[1]) - 1,
                day=int(line.words[0]) - 1,
                customers=tuple(place_of[word] for word in line.words[5:-1]),
            )
        )
    return cost, tuple(routes)
