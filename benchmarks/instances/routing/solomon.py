"""
Vehicle routing with time windows in Solomon's format.

A name, a `VEHICLE` block with number and capacity, a `CUSTOMER` block with `number x y demand ready due service`, the
depot first. Distances are cut after one decimal, the convention of CVRPLIB and the DIMACS challenge; they are travel
times, too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.instances.routing.lines import Line, Lines
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, once, rounded_down, straight

DECIMALS = 1


def read_solomon(path: Path) -> RoutingInstance:
    """
    The instance in a file.

    Raises
    ------
    BenchmarkError
        When a block is missing or a row is not as described above.
    """
    lines = Lines(path)
    lines.next("the name")
    _expect(lines.next("VEHICLE"), "VEHICLE")
    _expect(lines.next("NUMBER CAPACITY"), "NUMBER")
    vehicles, capacity = lines.next("the number of vehicles and their capacity").whole(least=2)[:2]
    _expect(lines.next("CUSTOMER"), "CUSTOMER")
    _expect(lines.next("the headings of the customers"), "CUST")
    rows = lines.rest()
    if len(rows) < 2:
        raise lines.next("a depot and a customer").error("a depot and a customer belong here")
    table = np.array([line.numbers(least=7)[:7] for line in rows])
    for line, (ready, due) in zip(rows, table[:, 4:6].tolist(), strict=True):
        if ready > due:
            raise line.error("the window closes before it opens")
    places = len(table)
    table[0, [3, 6]] = 0.0
    vehicle = Vehicle(home=0, shift=(table[0, 4], table[0, 5]), capacity=float(capacity))
    return RoutingInstance(
        name=path.stem,
        family="vrptw",
        num_days=1,
        vehicles=(vehicle,) * vehicles,
        num_homes=1,
        labels=tuple(str(int(number)) for number in table[:, 0]),
        xy=table[:, 1:3],
        cost=rounded_down(straight(table[:, 1:3]), DECIMALS),
        scale=10**DECIMALS,
        service=table[:, 6],
        demand=table[:, 3],
        window=table[:, 4:6],
        patterns=once(1, places),
        allowed=np.ones((places, vehicles), dtype=np.bool_),
        score=np.zeros(places),
    )


def _expect(line: Line, word: str) -> None:
    if not line.words[0].upper().startswith(word):
        raise line.error(f"{word} should stand here")
