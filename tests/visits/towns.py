"""Small drawable problems: points on a plane in minutes of driving, x and y kept in lon and lat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.rules import VisitRules
from territory.domain.travel import Places
from territory.units import FloatArray, IntArray, round_half_up
from territory.visits.model import VisitsProblem

MONDAY = dt.date(2026, 11, 30)
MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class PlaneTravel:
    """Driving in a straight line: one degree is `minutes_per_degree`."""

    minutes_per_degree: float = 1.0

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        return np.hypot(frm.lat - to.lat, frm.lon - to.lon) * self.minutes_per_degree

    def seconds(self, frm: Places, to: Places) -> IntArray:
        gap = np.hypot(frm.lat[:, None] - to.lat[None, :], frm.lon[:, None] - to.lon[None, :])
        return round_half_up(gap * self.minutes_per_degree * 60)

    def describe(self) -> dict[str, object]:
        return {"kind": "plane"}


@dataclass(frozen=True, kw_only=True)
class TableOfSeconds:
    """Driving times between places named o0, o1, ..., r0, ... from a matrix; may be asymmetric."""

    names: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        return np.diagonal(self.seconds(frm, to)) / 60.0

    def seconds(self, frm: Places, to: Places) -> IntArray:
        rows = [self.names.index(name) for name in frm.ids]
        columns = [self.names.index(name) for name in to.ids]
        return np.array(self.table, dtype=np.int64)[np.ix_(rows, columns)]

    def describe(self) -> dict[str, object]:
        return {"kind": "table"}


def windows(num_outlets: int, *spans: tuple[int, int], weekdays: Sequence[int] = range(7)) -> IntArray:
    """The same windows for everyone, hours, shape (num_outlets, 7, 2, 2)."""
    table = np.full((num_outlets, 7, 2, 2), -1, dtype=np.int64)
    for weekday in weekdays:
        for at, (opens, closes) in enumerate(spans):
            table[:, weekday, at] = (opens * 3600, closes * 3600)
    return table


def make_problem(
    *,
    xy: Sequence[tuple[float, float]],
    frequency: Sequence[int],
    homes: Sequence[tuple[float, float]] = ((0.0, 0.0),),
    rep_of_outlet: Sequence[int] | None = None,
    service_min: float | Sequence[float] = 15.0,
    windows_s: IntArray | None = None,
    priority: Sequence[float] | None = None,
    skills: Sequence[str] | None = None,
    rep_skills: Sequence[frozenset[str]] | None = None,
    shift: tuple[int, int] | Sequence[tuple[int, int]] = (510, 1050),
    weekdays: Sequence[int] = range(5),
    pooled: bool = False,
    holidays: Sequence[dt.date] = (),
    rules: VisitRules | None = None,
    travel: object = None,
    tiers: Sequence[str] | None = None,
) -> VisitsProblem:
    """A problem from plain numbers; `shift` in minutes after midnight, places in minutes of driving."""
    n, reps = len(xy), len(homes)
    points, home_points = np.array(xy, dtype=float).reshape(-1, 2), np.array(homes, dtype=float).reshape(-1, 2)
    works = np.zeros((reps, 7), dtype=bool)
    works[:, list(weekdays)] = True
    shifts = np.array(shift, dtype=np.int64).reshape(-1, 2) * 60
    chosen = rules or VisitRules(price_balance=0.5)
    return VisitsProblem(
        outlet_idcs=np.arange(n),
        outlets=Places(ids=tuple(f"o{i}" for i in range(n)), lat=points[:, 1], lon=points[:, 0]),
        frequency=np.array(frequency, dtype=np.int64),
        service_s=round_half_up(np.broadcast_to(np.asarray(service_min, dtype=float), (n,)) * 60),
        windows_s=windows(n, (0, 24)) if windows_s is None else windows_s,
        priority=np.full(n, 50.0) if priority is None else np.array(priority, dtype=float),
        skill=Labels.of(skills or [None] * n),
        tier=Labels.of(tiers or ["A"] * n),
        rep_of_outlet=np.zeros(n, dtype=np.int64) if rep_of_outlet is None else np.array(rep_of_outlet),
        rep_idcs=np.arange(reps),
        homes=Places(ids=tuple(f"r{i}" for i in range(reps)), lat=home_points[:, 1], lon=home_points[:, 0]),
        shift_s=np.broadcast_to(shifts, (reps, 2)),
        works=works,
        rep_skills=tuple(rep_skills or [frozenset()] * reps),
        pool_of_rep=np.zeros(reps, dtype=np.int64) if pooled else np.arange(reps),
        calendar=Calendar(start=MONDAY, holidays=frozenset(holidays)),
        rules=chosen,
        travel=travel or PlaneTravel(),
    )


def clustered(
    *,
    outlets: int,
    seed: int,
    reps: int = 1,
    pooled: bool = False,
    service_min: float = 12.0,
    with_windows: bool = True,
) -> VisitsProblem:
    """A believable part: clusters in 20 x 20 km at 35 km/h on crooked roads; 20/45/35 % weekly/fortnightly/monthly."""
    rng = np.random.Generator(np.random.PCG64(seed))
    side_min = 20.0 * 1.35 / 35.0 * 60.0  # minutes to cross the square
    centres = rng.uniform(0, side_min, (max(4, outlets // 20), 2))
    xy = np.clip(centres[rng.integers(0, len(centres), outlets)] + rng.normal(0, 2.0, (outlets, 2)), 0, side_min)
    frequency = rng.choice([4, 2, 1], outlets, p=[0.2, 0.45, 0.35])
    homes = rng.uniform(side_min * 0.25, side_min * 0.75, (reps, 2))
    nearest = np.argmin(((xy[:, None] - homes[None]) ** 2).sum(axis=2), axis=1)
    opening = windows(outlets, (8, 20))
    if with_windows:
        short = rng.random(outlets)
        opening[short < 0.3] = windows(1, (8, 12), (14, 18))[0]
        opening[short < 0.1] = windows(1, (9, 13))[0]
    return make_problem(
        xy=[tuple(point) for point in xy.tolist()],
        frequency=frequency.tolist(),
        homes=[tuple(point) for point in homes.tolist()],
        rep_of_outlet=nearest.tolist(),
        service_min=service_min,
        windows_s=opening,
        pooled=pooled,
        tiers=[{4: "A", 2: "B", 1: "C"}[f] for f in frequency.tolist()],
    )
