"""Random draws of one replication: fixed-shape blocks over all slots, found by purpose and month.

How many numbers a block holds depends on the problem alone, never on a policy or on what happened. The blocks of a
replication can therefore be drawn once and shared by all policies that are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from territory.policy.behaviour import Behaviour
from territory.policy.model import DAYS_PER_MONTH, PolicyProblem
from territory.streams import Streams
from territory.units import FloatArray, IntArray

Float32Array = npt.NDArray[np.float32]
QUANTILES = 2**16


@dataclass(frozen=True, kw_only=True, eq=False)
class VisitDraws:
    """Factors with mean 1 on drive and service minutes of a month's possible visits, shape (21, S, wide)."""

    drive: Float32Array
    service: Float32Array


@dataclass(kw_only=True, eq=False)
class Draws:
    """
    All draws of one replication; blocks are kept so that the next policy finds them ready.

    Attributes
    ----------
    is_mirrored
        The antithetic partner: every draw is reflected about its middle, so that luck and bad luck change places.
    """

    seed: int
    replication: int
    rows: IntArray
    scale: float
    visits_wide: int
    behaviour: Behaviour
    is_mirrored: bool = False
    _kept: dict[tuple[str, int], npt.NDArray[np.floating]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: PolicyProblem, *, seed: int, replication: int, is_mirrored: bool = False) -> Draws:
        """The draws for `problem`, whose slots take the rows `problem.stream_row` of every block."""
        return cls(
            seed=seed,
            replication=replication,
            rows=problem.stream_row,
            scale=problem.year.noise,
            visits_wide=problem.visits_wide,
            behaviour=problem.behaviour,
            is_mirrored=is_mirrored,
        )

    @property
    def _sign(self) -> float:
        return -1.0 if self.is_mirrored else 1.0

    def belong_to(self, problem: PolicyProblem, *, seed: int, replication: int) -> bool:
        """True when a year of `problem` at this address may use these blocks."""
        mine = (self.seed, self.replication, self.scale, self.visits_wide, self.behaviour)
        asked = (seed, replication, problem.year.noise, problem.visits_wide, problem.behaviour)
        return mine == asked and np.array_equal(self.rows, problem.stream_row)

    def _rng(self, purpose: str, month: int) -> np.random.Generator:
        return Streams(self.seed).rng(f"policy.{purpose}", self.replication, month)

    def normals(self, purpose: str, month: int, wide: int = 1) -> FloatArray:
        """Standard normals times the noise scale, shape (S, wide)."""
        key = (purpose, month)
        if key not in self._kept:
            block = self._rng(purpose, month).standard_normal((len(self.rows), wide))
            self._kept[key] = self._sign * self.scale * block[self.rows]
        return np.asarray(self._kept[key], dtype=np.float64)

    def uniforms(self, purpose: str, month: int) -> FloatArray:
        """Uniforms on (0, 1), drawn together around 1/2 by the noise scale (at most 1), shape (S,)."""
        key = (purpose, month)
        if key not in self._kept:
            block = self._rng(purpose, month).random(len(self.rows))
            self._kept[key] = 0.5 + self._sign * min(1.0, self.scale) * (block[self.rows] - 0.5)
        return np.asarray(self._kept[key], dtype=np.float64)

    def company(self, purpose: str, month: int) -> float:
        """One standard normal for the whole company times the noise scale."""
        key = (purpose, month)
        if key not in self._kept:
            self._kept[key] = self._sign * self.scale * self._rng(purpose, month).standard_normal(1)
        return float(self._kept[key][0])

    def visits(self, month: int) -> VisitDraws:
        """Log-normal factors for drive and service minutes."""
        return VisitDraws(
            drive=self._factors("drive", month, self.behaviour.drive_sd),
            service=self._factors("service", month, self.behaviour.service_sd),
        )

    def _factors(self, purpose: str, month: int, sd: float) -> Float32Array:
        key = (purpose, month)
        if key not in self._kept:
            # Visit by visit, so that a plan with busier days adds draws behind those that all plans share.
            shape = (self.visits_wide, DAYS_PER_MONTH, len(self.rows))
            places = self._rng(purpose, month).integers(0, QUANTILES, shape, dtype=np.uint16)
            if self.is_mirrored:
                places = np.asarray(QUANTILES - 1 - places, dtype=np.uint16)
            factors = np.empty((DAYS_PER_MONTH, len(self.rows), self.visits_wide), dtype=np.float32)
            _look_up(places, self.rows, lognormal_factors(sd * self.scale), factors)
            self._kept[key] = factors
        return np.asarray(self._kept[key], dtype=np.float32)


@lru_cache(maxsize=16)
def lognormal_factors(sd: float) -> Float32Array:
    """The log-normal with mean 1 and log standard deviation `sd` as 65,536 equally likely values in order."""
    values = np.exp(sd * ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES))
    factors = np.asarray(values / values.mean(), dtype=np.float32)
    factors.setflags(write=False)
    return factors


@nb.njit(cache=True)
def _look_up(places: npt.NDArray[np.uint16], rows: IntArray, table: Float32Array, factors: Float32Array) -> None:
    """Fill the last array, shape (21, S, wide), from places in the table, shape (wide, 21, S) before reordering."""
    for day in range(factors.shape[0]):
        for slot in range(factors.shape[1]):
            for visit in range(factors.shape[2]):
                factors[day, slot, visit] = table[places[visit, day, rows[slot]]]
