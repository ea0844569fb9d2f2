"""A generated city: many reps with full months, outlets that open late, close for lunch, or open mornings only."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.outlets import CLOSED
from territory.domain.rules import TravelRules, VisitRules
from territory.domain.travel import Places
from territory.roads.great_circle import GreatCircleTravel
from territory.streams import Streams
from territory.units import EARTH_RADIUS_KM, FloatArray, IntArray, round_half_up
from territory.visits import VisitsProblem

CITY_SEED = 1
CITY_REPS = 244
SAMPLE_REPS = 12
FEWEST, MOST = 100, 250
VISITS = (8, 4, 2, 1)
TIERS = ("A", "B", "C", "D")
SHARES = (0.15, 0.50, 0.25, 0.10)
SERVICE_RATIO = (1.5, 1.0, 0.8, 0.7)
FILL = 0.90
SHIFT_H = (8.5, 17.5)
LUNCH_H = 1.0
DAYS = 20
LUNCH_BREAK_SHARE, MORNING_SHARE, CLOSED_DAY_SHARE = 1 / 3, 0.10, 0.15
ALL_DAY = ((8.0, 20.0),)
WITH_BREAK = ((8.5, 12.0), (14.0, 18.5))
MORNING = ((8.0, 12.0),)
LEAST_SERVICE_MIN = 2.0
LAT, LON = 30.6, 114.3
KM_PER_DEGREE = EARTH_RADIUS_KM * math.pi / 180.0
STREET_SHARE, STREETS, STREET_KM = 0.6, 5, 0.35
TOUR = 0.55
"""Length of a day's tour over sqrt(stops x area), as plans of this city have it; streets make it shorter than 0.71."""


def city(num_reps: int = CITY_REPS, *, seed: int = CITY_SEED) -> VisitsProblem:
    """
    The first `num_reps` reps of the city, each with a territory and a home of their own.

    A rep is drawn from the seed and the rep's number alone, so that a smaller city holds the same reps. Service
    minutes follow the tier and are scaled for each rep, so that service, access and an estimate of the drive fill
    `FILL` of the month.
    """
    found = [_territory(rep, seed) for rep in range(num_reps)]
    sizes = [len(visits) for _, visits, _, _ in found]
    rep_of_outlet = np.repeat(np.arange(num_reps), sizes)
    n = len(rep_of_outlet)
    degrees = np.concatenate([places for places, _, _, _ in found])
    homes = np.array([home for _, _, home, _ in found])
    frequency = np.concatenate([visits for _, visits, _, _ in found])
    rules = VisitRules()
    service_min = np.concatenate([_service_min(places, visits, rules) for places, visits, _, _ in found])
    ids = tuple(f"O{rep + 1:03d}-{at + 1:03d}" for rep, size in enumerate(sizes) for at in range(size))
    rep_ids = tuple(f"R{rep + 1:03d}" for rep in range(num_reps))
    return VisitsProblem(
        outlet_idcs=np.arange(n),
        outlets=Places(ids=ids, lat=degrees[:, 0], lon=degrees[:, 1]),
        frequency=frequency,
        service_s=round_half_up((service_min + rules.access_min) * 60.0),
        windows_s=np.concatenate([windows for _, _, _, windows in found]),
        priority=np.full(n, 50.0),
        skill=Labels.empty(n),
        tier=Labels.of([TIERS[VISITS.index(visits)] for visits in frequency.tolist()]),
        rep_of_outlet=rep_of_outlet,
        rep_idcs=np.arange(num_reps),
        homes=Places(ids=rep_ids, lat=homes[:, 0], lon=homes[:, 1]),
        shift_s=np.tile([int(hour * 3600) for hour in SHIFT_H], (num_reps, 1)),
        works=np.tile([True] * 5 + [False] * 2, (num_reps, 1)),
        rep_skills=tuple(frozenset[str]() for _ in range(num_reps)),
        pool_of_rep=np.arange(num_reps),
        calendar=Calendar(start=dt.date(2026, 11, 30)),
        rules=rules,
        travel=GreatCircleTravel(TravelRules()),
    )


def sample_of(parts: tuple[VisitsProblem, ...]) -> tuple[VisitsProblem, ...]:
    """A dozen reps spread over the sizes: the middles of as many equal shares of all reps, smallest first."""
    ordered = sorted(parts, key=lambda part: (part.num_outlets, part.name))
    count = min(SAMPLE_REPS, len(ordered))
    return tuple(ordered[(2 * at + 1) * len(ordered) // (2 * count)] for at in range(count))


def _territory(rep: int, seed: int) -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
    """Degrees of the outlets, their visits, the home, and the windows."""
    rng = Streams(seed).rng("benchmarks.city", rep)
    size = int(rng.integers(FEWEST, MOST + 1))
    radius_km = float(rng.uniform(1.5, 4.5))
    middle = LAT + rng.uniform(-15.0, 15.0) / KM_PER_DEGREE, LON + rng.uniform(-18.0, 18.0) / KM_PER_DEGREE
    streets = _disc(rng, STREETS, 0.85 * radius_km)
    on_street = rng.random(size) < STREET_SHARE
    along = streets[rng.integers(0, STREETS, size)] + rng.normal(0.0, STREET_KM, (size, 2))
    km = np.where(on_street[:, None], along, _disc(rng, size, radius_km))
    visits = np.asarray(rng.choice(VISITS, size, p=SHARES), dtype=np.int64)
    home = _degrees(_disc(rng, 1, 0.8 * radius_km), middle)[0]
    return _degrees(km, middle), visits, home, _windows(rng, size)


def _disc(rng: np.random.Generator, count: int, radius_km: float) -> FloatArray:
    """Points [north, east] evenly over a disc, kilometres."""
    angle, far = rng.uniform(0.0, 2 * math.pi, count), radius_km * np.sqrt(rng.random(count))
    return np.column_stack([far * np.sin(angle), far * np.cos(angle)])


def _degrees(km: FloatArray, middle: tuple[float, float]) -> FloatArray:
    """[lat, lon] of points around the middle of a territory."""
    lat = middle[0] + km[:, 0] / KM_PER_DEGREE
    return np.column_stack([lat, middle[1] + km[:, 1] / (KM_PER_DEGREE * math.cos(math.radians(middle[0])))])


def _windows(rng: np.random.Generator, size: int) -> IntArray:
    """Seconds after midnight, shape (size, 7, 2, 2)."""
    windows = np.full((size, 7, 2, 2), CLOSED, dtype=np.int64)
    kind, closed = rng.random(size), rng.random(size)
    off = rng.integers(0, 5, size)
    for outlet in range(size):
        spans: tuple[tuple[float, float], ...] = ALL_DAY
        if kind[outlet] < MORNING_SHARE:
            spans = MORNING
        elif kind[outlet] < MORNING_SHARE + LUNCH_BREAK_SHARE:
            spans = WITH_BREAK
        for at, (opens_h, closes_h) in enumerate(spans):
            windows[outlet, :, at] = int(opens_h * 3600), int(closes_h * 3600)
        if closed[outlet] < CLOSED_DAY_SHARE:
            windows[outlet, off[outlet]] = CLOSED
    return windows


def _service_min(degrees: FloatArray, visits: IntArray, rules: VisitRules) -> FloatArray:
    """Minutes per visit by tier, so that the month is as full as it should be; whole half minutes."""
    ratio = np.array([SERVICE_RATIO[VISITS.index(count)] for count in visits.tolist()])
    month_min = DAYS * 60.0 * (SHIFT_H[1] - SHIFT_H[0] - LUNCH_H)
    left_min = FILL * month_min - _drive_min(degrees, visits) - rules.access_min * float(visits.sum())
    scale = left_min / float((visits * ratio).sum())
    return np.maximum(LEAST_SERVICE_MIN, round_half_up(2.0 * scale * ratio) / 2.0)


def _drive_min(degrees: FloatArray, visits: IntArray) -> float:
    """Drive minutes of a month, guessed from the number of stops a day and the area they lie in."""
    travel = TravelRules()
    spread_km = KM_PER_DEGREE * degrees.std(axis=0) * [1.0, math.cos(math.radians(LAT))]
    area_km2 = (
        4.0 * math.pi * float(spread_km[0] * spread_km[1])
    )  # a disc of radius r has a standard deviation of r / 2
    tour_km = TOUR * math.sqrt(float(visits.sum()) / DAYS * area_km2)
    return DAYS * tour_km * travel.town_circuity / travel.town_kmh * 60.0
