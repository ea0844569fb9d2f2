"""
Team orienteering with time windows: visit who is worth most with a number of tours.

Lines 1 and 2 hold the number of customers (c204 breaks the first one early) and nothing else that matters; then per
place `number x y service score f a code... opens closes`, the depot first, with `a` codes that do not matter. A tour
is back when the depot closes. Distances are cut after one decimal in Solomon's instances and after two in Cordeau's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.instances.routing.lines import Lines
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, once, rounded_down, straight


def read_toptw(path: Path, *, tours: int) -> RoutingInstance:
    """
    The instance in a file for a number of tours; files named `pr...` are Cordeau's.

    Raises
    ------
    BenchmarkError
        When there are fewer or more places than promised, or a row is not as described above.
    """
    lines = Lines(path)
    head = lines.next("'k v customers t'")
    promised = {*head.numbers(least=1), *lines.next("the second line").numbers()}
    rows = lines.rest()
    customers = len(rows) - 1
    if customers < 1 or customers not in promised:
        raise head.error(f"the number of customers is promised here; {max(customers, 0)} are there")
    found = []
    for number, line in enumerate(rows):
        # the depot's row of some files has no `f a`; only its coordinates and the window at the end count
        values = line.numbers(least=7)
        if values[0] != number:
            raise line.error(f"place {number} belongs here")
        found.append([*values[:5], *values[-2:]])
        if values[-2] > values[-1]:
            raise line.error("the window closes before it opens")
    table = np.array(found)
    if (table[1:, 4] < 0).any() or (table[:, 4] % 1).any():
        raise head.error("scores are whole and not negative")
    table[0, [3, 4]] = 0.0
    decimals = 2 if path.stem.startswith("pr") else 1
    places = customers + 1
    return RoutingInstance(
        name=path.stem,
        family="toptw",
        num_days=1,
        vehicles=(Vehicle(home=0, shift=(table[0, 5], table[0, 6])),) * tours,
        num_homes=1,
        labels=tuple(str(int(number)) for number in table[:, 0]),
        xy=table[:, 1:3],
        cost=rounded_down(straight(table[:, 1:3]), decimals),
        scale=10**decimals,
        service=table[:, 3],
        demand=np.zeros(places),
        window=table[:, 5:7],
        patterns=once(1, places),
        allowed=np.ones((places, tours), dtype=np.bool_),
        score=table[:, 4],
        is_mandatory=False,
        unit="score",
    )
