"""Outlets: the places that are visited, as columns."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from territory.domain.columns import Labels, frozen
from territory.domain.promises import CLOSED, Promises
from territory.units import DAYS_PER_WEEK, BoolArray, FloatArray, IntArray

__all__ = ["CLOSED", "MAX_WINDOWS", "Outlets", "always_open"]

MAX_WINDOWS = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlets:
    """
    All outlets of a scenario. Every column has length `num_outlets`.

    Attributes
    ----------
    lat, lon
        Degrees, WGS-84.
    district, area
        Administrative district and market area.
    segment, tier
        Kind of outlet; importance class ("A", "B", "C", ...).
    sales_per_week
        Mean sales per week in the scenario's currency.
    service_min
        Minutes one visit takes at the outlet, without the access minutes of the visit rules.
    visits_per_cycle
        Visits due in a four-week cycle (0 = served but not visited).
    windows_min
        Minutes after midnight, shape (num_outlets, 7, MAX_WINDOWS, 2): weekday (Monday 0), window,
        [opens, closes]; `CLOSED` where there is no window. A visit's service must *start* inside a window.
    priority
        Worth of a visit when time is short, 0 to 100.
    skill
        Skill the visiting rep must have; empty for none.
    rep_idx
        Today's rep, -1 where nobody serves the outlet.
    locked
        True: the outlet stays with today's rep.
    group
        Outlets of one group go to one rep (same owner, same chain contract).
    team
        The team whose reps alone may serve the outlet (contract column `territory`); empty for any.
    apart
        Outlets with the same label go to different territories (rival brands, relatives, exclusive contracts);
        empty for none. Left out: no outlet has one.
    promises
        What is agreed about visits: days, times, new outlets, promotions. Left out: nothing.
    """

    outlet_ids: tuple[str, ...]
    names: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    district: Labels
    area: Labels
    segment: Labels
    tier: Labels
    sales_per_week: FloatArray
    service_min: FloatArray
    visits_per_cycle: IntArray
    windows_min: IntArray
    priority: FloatArray
    skill: Labels
    rep_idx: IntArray
    locked: BoolArray
    group: Labels
    team: Labels
    apart: Labels = field(default_factory=lambda: Labels.empty(0))
    promises: Promises = field(default_factory=lambda: Promises.none(0))

    def __post_init__(self) -> None:
        n = len(self.outlet_ids)
        if not len(self.apart):
            object.__setattr__(self, "apart", Labels.empty(n))
        if not len(self.promises):
            object.__setattr__(self, "promises", Promises.none(n))
        for name in ("lat", "lon", "sales_per_week", "service_min", "priority"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        for name in ("visits_per_cycle", "windows_min", "rep_idx"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        object.__setattr__(self, "locked", frozen(self.locked, np.bool_))
        for column in fields(self):
            if len(getattr(self, column.name)) != n:
                raise ValueError(f"column {column.name} has another length than outlet_ids")
        if self.windows_min.shape != (n, DAYS_PER_WEEK, MAX_WINDOWS, 2):
            raise ValueError(f"windows_min has shape {self.windows_min.shape}")

    def __len__(self) -> int:
        return len(self.outlet_ids)

    @property
    def num_outlets(self) -> int:
        """Number of outlets."""
        return len(self.outlet_ids)

    def is_open(self) -> BoolArray:
        """Shape (num_outlets, 7): the outlet has a window on that weekday."""
        return np.asarray((self.windows_min[:, :, :, 0] != CLOSED).any(axis=2))


def always_open(num_outlets: int, *, opens_min: int = 0, closes_min: int = 24 * 60) -> IntArray:
    """Windows for outlets that are open every day from `opens_min` to `closes_min`."""
    windows = np.full((num_outlets, DAYS_PER_WEEK, MAX_WINDOWS, 2), CLOSED, dtype=np.int64)
    windows[:, :, 0, 0] = opens_min
    windows[:, :, 0, 1] = closes_min
    return windows
