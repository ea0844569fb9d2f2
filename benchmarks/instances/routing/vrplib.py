"""
VRPLIB files of one day with time windows, and their solutions, in the dialect of PyVRP's collection of instances.

`KEY: value` lines, then sections of rows that begin with a place or a vehicle, counted from 1. The depots come first.
VRPTW: distances cut after one decimal. MDVRPTW (several depots) and SDVRPTW (not every vehicle for every customer):
all numbers count thousandths, distances are rounded to the nearest one.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from benchmarks.instances.routing.lines import Line, Lines
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, once, rounded_down, straight
from benchmarks.instances.routing.recount import Route
from territory.units import BoolArray, FloatArray, IntArray

FAMILIES = {"VRPTW": "vrptw", "MDVRPTW": "mdvrptw", "SDVRPTW": "sdvrptw"}
THOUSANDTHS = 1000.0
_SECTION = re.compile(r"^[A-Z_]+_SECTION$")


def read_vrplib(path: Path) -> RoutingInstance:
    """
    The instance in a file.

    Raises
    ------
    BenchmarkError
        When a key or a section is missing, or a section has not one row for each place or vehicle.
    """
    return _File(path).instance()


class _File:
    """Keys and sections of a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys: dict[str, tuple[Line, str]] = {}
        self.sections: dict[str, tuple[Line, list[Line]]] = {}
        rows: list[Line] | None = None
        for line in Lines(path).rest():
            first, text = line.words[0], " ".join(line.words)
            if first == "EOF":
                break
            if _SECTION.match(first):
                rows = []
                self.sections[first.removesuffix("_SECTION")] = (line, rows)
            elif ":" in text:
                key, _, value = text.partition(":")
                self.keys[key.strip()] = (line, value.strip())
            elif rows is None:
                raise line.error("'KEY: value' belongs here")
            else:
                rows.append(line)

    def instance(self) -> RoutingInstance:
        kind_line, kind = self._key("TYPE")
        if kind not in FAMILIES:
            raise kind_line.error(f"{kind} is none of {', '.join(FAMILIES)}")
        factor = 1.0 if kind == "VRPTW" else THOUSANDTHS
        places, vehicles = int(self._number("DIMENSION")), int(self._number("VEHICLES"))
        xy = self._rows("NODE_COORD", places, 2)
        home_of = np.zeros(vehicles, dtype=np.int64)
        if "VEHICLES_DEPOT" in self.sections:
            home_of = self._rows("VEHICLES_DEPOT", vehicles, 1)[:, 0].astype(np.int64) - 1
        homes = self._homes(home_of)
        demand = self._rows("DEMAND", places, 1)[:, 0]
        service = self._per_row("SERVICE_TIME", places) * factor
        window = self._rows("TIME_WINDOW", places, 2) * factor
        demand[:homes] = service[:homes] = 0.0
        capacity = self._per_row("CAPACITY", vehicles)
        duration = self._number("VEHICLES_MAX_DURATION") * factor if "VEHICLES_MAX_DURATION" in self.keys else None
        exact = straight(xy)
        return RoutingInstance(
            name=self.path.stem,
            family=FAMILIES[kind],
            num_days=1,
            vehicles=tuple(
                Vehicle(
                    home=home,
                    shift=(float(window[home, 0]), float(window[home, 1])),
                    max_duration=duration,
                    capacity=float(capacity[vehicle]),
                )
                for vehicle, home in enumerate(home_of.tolist())
            ),
            num_homes=homes,
            labels=tuple(map(str, range(places))),
            xy=xy,
            cost=rounded_down(exact, 1) if kind == "VRPTW" else np.round(exact * THOUSANDTHS),
            scale=10 if kind == "VRPTW" else 1,
            service=service,
            demand=demand,
            window=window,
            patterns=once(homes, places),
            allowed=self._allowed(places, vehicles, homes),
            score=np.zeros(places),
            unit="distance" if kind == "VRPTW" else "thousandths of distance",
        )

    def _homes(self, home_of: IntArray) -> int:
        """Number of depots, which are the first places; one where the file does not say."""
        if "DEPOT" not in self.sections:
            return 1
        head, rows = self.sections["DEPOT"]
        depots = [value for line in rows for value in line.whole() if value != -1]
        if depots != list(range(1, len(depots) + 1)) or not depots:
            raise head.error("the depots must be the first places")
        if home_of.min() < 0 or home_of.max() >= len(depots):
            raise head.error("a vehicle's depot is not among these")
        return len(depots)

    def _allowed(self, places: int, vehicles: int, homes: int) -> BoolArray:
        """May the vehicle visit the place? All may where the file does not say."""
        allowed = np.ones((places, vehicles), dtype=np.bool_)
        if "VEHICLES_ALLOWED_CLIENTS" not in self.sections:
            return allowed
        allowed[homes:] = False
        head, rows = self.sections["VEHICLES_ALLOWED_CLIENTS"]
        if len(rows) != vehicles:
            raise head.error(f"{vehicles} rows belong here, {len(rows)} are there")
        for line in rows:
            vehicle, *clients = line.whole(least=1)
            if not 1 <= vehicle <= vehicles or any(not homes < client <= places for client in clients):
                raise line.error("a vehicle or a customer that is not there")
            allowed[[client - 1 for client in clients], vehicle - 1] = True
        return allowed

    def _rows(self, name: str, count: int, width: int) -> FloatArray:
        """A section with rows for 1 to count, without these numbers."""
        if name not in self.sections:
            raise self._missing(f"{name}_SECTION")
        head, rows = self.sections[name]
        if len(rows) != count:
            raise head.error(f"{count} rows belong here, {len(rows)} are there")
        values = [line.numbers(least=width + 1)[: width + 1] for line in rows]
        for number, (line, row) in enumerate(zip(rows, values, strict=True), start=1):
            if row[0] != number:
                raise line.error(f"row {number} of {name}_SECTION should begin with {number}")
        return np.array(values)[:, 1:]

    def _per_row(self, name: str, count: int) -> FloatArray:
        """A section with one number per row, or one key for all rows."""
        if name in self.sections:
            return self._rows(name, count, 1)[:, 0]
        return np.full(count, self._number(name))

    def _number(self, name: str) -> float:
        line, text = self._key(name)
        try:
            return float(text)
        except ValueError:
            raise line.error(f"{name} is a number") from None

    def _key(self, name: str) -> tuple[Line, str]:
        if name not in self.keys:
            raise self._missing(f"{name}:")
        return self.keys[name]

    def _missing(self, what: str) -> Exception:
        return Line(file=self.path.name, number=1, words=()).error(f"there is no {what} in the file")


def read_vrplib_solution(path: Path) -> tuple[float, tuple[Route, ...]]:
    """The published cost and the routes of a `.sol` file; route k is vehicle k's, customers count the depots."""
    cost, routes = None, []
    for line in Lines(path).rest():
        if line.words[0] == "Route":
            number = line.words[1]
            if not re.fullmatch(r"#\d+:", number):
                raise line.error("a route is 'Route #k: customer...'")
            rest = Line(file=line.file, number=line.number, words=line.words[2:])
            routes.append(Route(vehicle=int(number[1:-1]) - 1, day=0, customers=tuple(rest.whole())))
        elif line.words[0].rstrip(":") == "Cost":
            cost = Line(file=line.file, number=line.number, words=line.words[1:]).numbers(least=1)[0]
    if cost is None:
        raise Lines(path).next("a cost").error("there is no 'Cost:' in the file")
    return cost, tuple(routes)
