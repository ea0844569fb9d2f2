"""
The travelling salesman with time windows: `n`, n rows of travel times, n rows `earliest latest`, the depot first.

Lines that begin with # are comments. Service is part of the travel times; waiting is free, the objective is travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.instances.routing.lines import Line, Lines
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, once
from benchmarks.instances.routing.recount import Route


def read_tsptw(path: Path) -> RoutingInstance:
    """
    The instance in a file; the scale keeps all decimals of the file.

    Raises
    ------
    BenchmarkError
        When a row is too short or too long, a window is empty or there are more lines.
    """
    lines = Lines(path, comment="#")
    head = lines.next("the number of places")
    places = head.whole(least=1)[0]
    if places < 2:
        raise head.error("there is no customer")
    rows = [lines.next(f"row {row + 1} of {places} of the travel times") for row in range(places)]
    windows = [lines.next(f"window {row + 1} of {places}") for row in range(places)]
    for line in lines.rest():
        raise line.error(f"more lines than {places} rows and {places} windows")
    cost = np.array([_exactly(line, places) for line in rows])
    if cost.min() < 0:
        raise rows[int(np.argwhere(cost < 0)[0, 0])].error("travel times are not negative")
    window = np.array([_exactly(line, 2) for line in windows])
    for line, (ready, due) in zip(windows, window.tolist(), strict=True):
        if ready > due:
            raise line.error("the window closes before it opens")
    np.fill_diagonal(cost, 0.0)
    return RoutingInstance(
        name=path.stem if path.suffix in {".tw", ".txt"} else path.name,
        family="tsptw",
        num_days=1,
        vehicles=(Vehicle(home=0, shift=(window[0, 0], window[0, 1])),),
        num_homes=1,
        labels=tuple(map(str, range(places))),
        xy=np.zeros((places, 2)),
        cost=cost,
        scale=10 ** max(map(_decimals, (*rows, *windows))),
        service=np.zeros(places),
        demand=np.zeros(places),
        window=window,
        patterns=once(1, places),
        allowed=np.ones((places, 1), dtype=np.bool_),
        score=np.zeros(places),
        unit="travel",
    )


def tour(permutation: Sequence[int]) -> tuple[Route, ...]:
    """The one route through the customers in this order."""
    return (Route(vehicle=0, day=0, customers=tuple(permutation)),)


def _exactly(line: Line, count: int) -> list[float]:
    found = line.numbers()
    if len(found) != count:
        raise line.error(f"{count} numbers belong here, {len(found)} are there")
    return found


def _decimals(line: Line) -> int:
    return max(len(word.partition(".")[2]) for word in line.words)
