"""How much work an outlet is, and service minutes scaled so that the reps' days are as full as asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.legs import neighbour_leg_min
from territory.domain.travel import Places, Travel
from territory.io.scenario_file import ScenarioFile
from territory.roads.great_circle import GreatCircleTravel
from territory.streams import Streams
from territory.units import FloatArray, IntArray

_HALF_MINUTE = 2.0
_NOISE_SD = 0.15


@dataclass(frozen=True, kw_only=True, eq=False)
class Workload:
    """Service minutes per visit, and minutes per cycle of each outlet; shape (num_outlets,)."""

    service_min: FloatArray
    load_min: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceTimes:
    """Minutes usual for tiers A, B, C before scaling, and the limits after it."""

    usual_min: tuple[float, float, float]
    least_min: float
    most_min: float


def model_workload(
    *,
    lat: FloatArray,
    lon: FloatArray,
    tier: IntArray,
    visits: IntArray,
    times: ServiceTimes,
    total_min: float,
    settings: ScenarioFile,
    streams: Streams,
) -> Workload:
    """
    Service minutes drawn by tier and scaled to fill `total_min`, and the workload they make (docs/semantics).

    Parameters
    ----------
    lat, lon
        Degrees, shape (num_outlets,).
    tier, visits
        0, 1, 2 for A, B, C; visits per cycle; shape (num_outlets,).
    total_min
        Minutes per cycle that all outlets together should take.
    """
    leg_min = leg_minutes(lat, lon, GreatCircleTravel(settings.travel))
    access_min = settings.visits.access_min
    service_min = draw_service(
        np.array(times.usual_min)[tier],
        visits,
        leg_min,
        access_min=access_min,
        total_min=total_min,
        least_min=times.least_min,
        most_min=times.most_min,
        streams=streams,
    )
    return Workload(service_min=service_min, load_min=visits * (service_min + access_min + leg_min))


def leg_minutes(lat: FloatArray, lon: FloatArray, travel: Travel) -> FloatArray:
    """Estimated drive between neighbouring stops, shape (num_outlets,), as the split will estimate it."""
    return neighbour_leg_min(Places(ids=tuple(map(str, range(len(lat)))), lat=lat, lon=lon), travel)


def draw_service(
    usual_min: FloatArray,
    visits: IntArray,
    leg_min: FloatArray,
    *,
    access_min: float,
    total_min: float,
    least_min: float,
    most_min: float,
    streams: Streams,
) -> FloatArray:
    """
    Service minutes per visit in half minutes, scaled so that all workload comes as near to `total_min` as limits allow.

    Parameters
    ----------
    usual_min
        Minutes usual for the outlet's tier, shape (num_outlets,); a log-normal factor (sd 0.15) is drawn on top.
    visits, leg_min
        Visits per cycle and estimated drive per visit, shape (num_outlets,).
    total_min
        Minutes per cycle for all outlets: visits x (service + access + leg).
    least_min, most_min
        Limits of the service minutes.
    """
    drawn = usual_min * np.exp(_NOISE_SD * streams.rng("service").standard_normal(len(usual_min)))
    fixed = float(visits @ (access_min + leg_min))

    def scaled(factor: float) -> FloatArray:
        return np.asarray(np.clip(np.round(drawn * factor * _HALF_MINUTE) / _HALF_MINUTE, least_min, most_min))

    low, high = 0.01, 100.0
    for _ in range(40):
        factor = float(np.sqrt(low * high))
        if fixed + float(visits @ scaled(factor)) < total_min:
            low = factor
        else:
            high = factor
    return scaled(low)
