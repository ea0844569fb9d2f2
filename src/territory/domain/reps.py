"""Reps (account managers) and their teams, as columns."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from territory.domain.columns import NONE, Labels, frozen
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, BoolArray, FloatArray, IntArray

ROLES = ("communication", "analysis", "key_account")
"""What members of a pooled team may specialise in."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Teams:
    """Teams of reps. A pooled team serves its outlets together; otherwise each rep has a territory."""

    team_ids: tuple[str, ...]
    names: tuple[str, ...]
    pooled: BoolArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "pooled", frozen(self.pooled, np.bool_))
        if not len(self.team_ids) == len(self.names) == len(self.pooled):
            raise ValueError("team columns differ in length")

    def __len__(self) -> int:
        return len(self.team_ids)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reps:
    """
    All reps. Every column has length `num_reps`.

    Attributes
    ----------
    lat, lon
        Home or office where the day starts and ends; degrees, WGS-84.
    team_idx
        Position in `Teams`, -1 for none.
    shift_min
        Shape (num_reps, 2): minutes after midnight when the shift starts and ends.
    works
        Shape (num_reps, 7): works on that weekday (Monday 0).
    capacity_min
        Minutes of work per four-week cycle (service, access and travel; lunch is not in it).
    skills
        Skills each rep has.
    grade, contract
        Career grade ("junior", "mid", "senior"); contract kind ("formal", "contract").
    step, star
        Step inside the grade (1 to 9); star rating (1 to 5); 0 where unknown.
    tenure_years
        Years since hiring at the start of the cycle.
    ability
        Selling ability relative to the mean rep (1.0).
    seed_outlet_idx
        Position of the outlet that must lie in the rep's territory (a seed point), -1 for none. Left out: none.
    role_skill
        Skill in each of `ROLES`, 0 to 100, shape (num_reps, 3). Left out: 0.
    leave
        Shape (num_reps, 28): on leave that day of the cycle. Left out: never.
    """

    rep_ids: tuple[str, ...]
    names: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    team_idx: IntArray
    shift_min: IntArray
    works: BoolArray
    capacity_min: FloatArray
    skills: tuple[frozenset[str], ...]
    grade: Labels
    contract: Labels
    step: IntArray
    star: IntArray
    tenure_years: FloatArray
    ability: FloatArray
    seed_outlet_idx: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    role_skill: FloatArray = field(default_factory=lambda: np.zeros((0, len(ROLES))))
    leave: BoolArray = field(default_factory=lambda: np.zeros((0, DAYS_PER_CYCLE), dtype=np.bool_))

    def __post_init__(self) -> None:
        if not len(self.seed_outlet_idx):
            object.__setattr__(self, "seed_outlet_idx", np.full(len(self.rep_ids), NONE, dtype=np.int64))
        if not len(self.role_skill):
            object.__setattr__(self, "role_skill", np.zeros((len(self.rep_ids), len(ROLES))))
        if not len(self.leave):
            object.__setattr__(self, "leave", np.zeros((len(self.rep_ids), DAYS_PER_CYCLE), dtype=np.bool_))
        for name in ("lat", "lon", "capacity_min", "tenure_years", "ability", "role_skill"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        for name in ("team_idx", "shift_min", "step", "star", "seed_outlet_idx"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.int64))
        for name in ("works", "leave"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.bool_))
        for column in fields(self):
            if len(getattr(self, column.name)) != len(self.rep_ids):
                raise ValueError(f"column {column.name} has another length than rep_ids")
        if self.shift_min.shape != (len(self), 2) or self.works.shape != (len(self), DAYS_PER_WEEK):
            raise ValueError("shift_min is (num_reps, 2) and works is (num_reps, 7)")
        if self.leave.shape != (len(self), DAYS_PER_CYCLE):
            raise ValueError("leave is (num_reps, 28)")

    def __len__(self) -> int:
        return len(self.rep_ids)

    @property
    def num_reps(self) -> int:
        """Number of reps."""
        return len(self.rep_ids)
