"""A published routing instance in neutral words: places, vehicles, days, and costs as they were published."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from territory.domain.columns import frozen
from territory.units import BoolArray, FloatArray, IntArray

DaySet = tuple[int, ...]
ALMOST = 1e-6  # of a unit of the scaled matrix: what floating point may add to a whole number


@dataclass(frozen=True, kw_only=True, slots=True)
class Vehicle:
    """
    One vehicle, which makes at most one route a day.

    Attributes
    ----------
    home
        Place it leaves and comes back to.
    shift
        Earliest departure and latest return, in the instance's units; infinity where there is no limit.
    max_duration
        Longest time from departure to return, service and waiting included; None for no limit.
    capacity
        Most demand of a route; None for no limit.
    """

    home: int
    shift: tuple[float, float]
    max_duration: float | None = None
    capacity: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class RoutingInstance:
    """
    Who is to be visited when and by which vehicles, in the units of the published values.

    Attributes
    ----------
    num_homes
        Places 0 to num_homes - 1 are homes; customers follow.
    labels
        Places' names in the file.
    xy
        Coordinates, shape (places, 2); zeros where the file has none. Only a hint where things are.
    cost
        Travel time and published cost at once, shape (places, places), by the published convention of rounding.
    scale
        The engine counts whole units of 1 / scale.
    service, demand, score
        Shape (places,); 0 at homes.
    window
        Earliest and latest start of service, shape (places, 2).
    patterns
        Per place the sets of days that are allowed; empty for homes.
    allowed
        May the vehicle visit the place? Shape (places, vehicles).
    is_mandatory
        Must every customer be visited? If not, the objective is the score collected.
    unit
        Of the objective.
    note
        What a reader of results must know.
    """

    name: str
    family: str
    num_days: int
    vehicles: tuple[Vehicle, ...]
    num_homes: int
    labels: tuple[str, ...]
    xy: FloatArray
    cost: FloatArray
    scale: int
    service: FloatArray
    demand: FloatArray
    window: FloatArray
    patterns: tuple[tuple[DaySet, ...], ...]
    allowed: BoolArray
    score: FloatArray
    is_mandatory: bool = True
    unit: str = "distance"
    note: str = field(default="")

    def __post_init__(self) -> None:
        for name in ("xy", "cost", "service", "demand", "window", "score"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        object.__setattr__(self, "allowed", frozen(self.allowed, np.bool_))
        places = len(self.labels)
        shapes = {
            "xy": (places, 2),
            "cost": (places, places),
            "service": (places,),
            "demand": (places,),
            "window": (places, 2),
            "allowed": (places, len(self.vehicles)),
            "score": (places,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}; it should be {shape}")
        if self.service[: self.num_homes].any() or self.demand[: self.num_homes].any():
            raise ValueError("homes have no service and no demand")
        if len(self.patterns) != places:
            raise ValueError("patterns does not have one entry per place")

    @property
    def customers(self) -> range:
        """Positions of the customers among the places."""
        return range(self.num_homes, len(self.labels))

    @cached_property
    def travel_units(self) -> IntArray:
        """
        The matrix in whole units of 1 / scale, rounded up, shape (places, places).

        Rounded up so that a day which is in time in whole units is in time in the published ones.
        """
        return frozen(np.ceil(self.cost * self.scale - ALMOST), np.int64).astype(np.int64)

    @cached_property
    def is_exact(self) -> bool:
        """Is the scaled matrix free of rounding?"""
        return bool(np.abs(self.travel_units - self.cost * self.scale).max(initial=0.0) <= ALMOST)


def rounded_down(length: FloatArray, decimals: int) -> FloatArray:
    """Lengths cut after so many decimals."""
    factor = 10.0**decimals
    return np.asarray(np.floor(length * factor + 1e-9) / factor)


def straight(xy: FloatArray) -> FloatArray:
    """Straight-line distances, shape (places, places)."""
    apart = xy[:, None, :] - xy[None, :, :]
    return np.asarray(np.sqrt((apart**2).sum(axis=2)))


def once(num_homes: int, places: int, days: tuple[DaySet, ...] = ((0,),)) -> tuple[tuple[DaySet, ...], ...]:
    """The patterns of customers who may all choose between the same sets of days."""
    return tuple(() if place < num_homes else days for place in range(places))
