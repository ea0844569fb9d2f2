"""
Periodic collection with intermediate facilities, where vehicles unload, on measured road times (GeoJSON).

`info` holds fleet and horizon, `features` the places (one depot, customers, facilities), `duration` the minutes
between them. A vehicle leaves empty, unloads when it must and once more before it comes back; the objective is travel
time. A customer who is due f times in d days is visited every d / f days.

We do not know places where a vehicle unloads during the day. An instance is expressible when one load per vehicle and
day is enough: the way home then leads through the facility where that is shortest. Its solutions are legal in the
published problem, which allows more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contract import BenchmarkError
from benchmarks.instances.routing.model import DaySet, RoutingInstance, Vehicle
from territory.units import FloatArray

DEPOT, CUSTOMER, FACILITY = "depot", "customer", "intermediateFacility"


def read_intermediate(path: Path) -> RoutingInstance:
    """
    The instance in a file, with the last unloading as part of the way home.

    Raises
    ------
    BenchmarkError
        When the file is no such GeoJSON, or when one load per vehicle and day cannot be enough.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BenchmarkError(f"{path.name} line {error.lineno}: {error.msg}") from None
    try:
        return _instance(path, data)
    except (KeyError, TypeError, ValueError) as error:
        raise BenchmarkError(f"{path.name} line 1: {type(error).__name__} {error}: not as it should be") from None


def _loads(data: Any) -> float:
    """Vehicle loads that the demand of all days makes."""
    found = [feature["properties"] for feature in data["features"]]
    demand = sum(float(place["demand"]) * float(place["frequency"]) for place in found)
    return demand / float(data["info"]["maxCapacity"])


def _instance(path: Path, data: Any) -> RoutingInstance:
    info, features = data["info"], [feature["properties"] for feature in data["features"]]
    days, vehicles = int(info["planningHorizon"]), int(info["numVehicles"])
    kinds = [feature["type"] for feature in features]
    depots = [place for place, kind in enumerate(kinds) if kind == DEPOT]
    customers = [place for place, kind in enumerate(kinds) if kind == CUSTOMER]
    facilities = [place for place, kind in enumerate(kinds) if kind == FACILITY]
    if len(depots) != 1 or not facilities:
        raise BenchmarkError(f"{path.name} line 1: one depot and some facilities belong in the features")
    loads, vehicle_days = _loads(data), vehicles * days
    if loads > vehicle_days:
        raise BenchmarkError(
            f"{path.name} line 1: {loads:.2f} loads and {vehicle_days} days of vehicles; unloading during the day "
            "is not in our model"
        )
    minutes = np.array(data["duration"], dtype=np.float64)
    if minutes.shape != (len(features), len(features)):
        raise BenchmarkError(f"{path.name} line 1: duration is not {len(features)} x {len(features)}")
    keep = [depots[0], *customers]
    cost = minutes[np.ix_(keep, keep)]
    cost[1:, 0] = _way_home(minutes, customers, facilities, depots[0])
    coordinates = np.array([feature["geometry"]["coordinates"] for feature in data["features"]], dtype=np.float64)
    service = np.array([float(features[place]["service"]) for place in keep])
    demand = np.array([float(features[place]["demand"]) for place in keep])
    vehicle = Vehicle(
        home=0,
        shift=(0.0, np.inf),
        max_duration=float(info["maxDuration"]),
        capacity=float(info["maxCapacity"]),
    )
    return RoutingInstance(
        name=path.stem,
        family="pvrp_if",
        num_days=days,
        vehicles=(vehicle,) * vehicles,
        num_homes=1,
        labels=tuple(str(features[place]["id"]) for place in keep),
        xy=coordinates[keep],
        cost=cost,
        scale=1 if not (cost % 1).any() else 1000,
        service=service,
        demand=demand,
        window=np.tile([0.0, np.inf], (len(keep), 1)),
        patterns=((), *(_every(path, features[place], days) for place in customers)),
        allowed=np.ones((len(keep), vehicles), dtype=np.bool_),
        score=np.zeros(len(keep)),
        unit="minutes",
        note="one load per vehicle and day; the published problem allows more",
    )


def _way_home(minutes: FloatArray, customers: list[int], facilities: list[int], depot: int) -> FloatArray:
    through = minutes[np.ix_(customers, facilities)] + minutes[facilities, depot][None, :]
    return np.asarray(through.min(axis=1))


def _every(path: Path, customer: Any, days: int) -> tuple[DaySet, ...]:
    """Sets of days with the same distance; the first day is free."""
    frequency = int(customer["frequency"])
    if frequency <= 0 or days % frequency:
        raise BenchmarkError(f"{path.name} line 1: customer {customer['id']} has {frequency} visits in {days} days")
    step = days // frequency
    return tuple(tuple(range(first, days, step)) for first in range(step))
