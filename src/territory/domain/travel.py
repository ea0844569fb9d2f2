"""Travel times between places. The ways to compute them live in `roads`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from territory.domain.columns import frozen
from territory.domain.outlets import Outlets
from territory.domain.reps import Reps
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Points one can travel between: ids (unique over outlets and reps of a scenario) and degrees."""

    ids: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "lat", frozen(self.lat, np.float64))
        object.__setattr__(self, "lon", frozen(self.lon, np.float64))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of_outlets(cls, outlets: Outlets, idcs: IntArray) -> Places:
        """Some outlets as places."""
        return cls(
            ids=tuple(outlets.outlet_ids[i] for i in idcs.tolist()), lat=outlets.lat[idcs], lon=outlets.lon[idcs]
        )

    @classmethod
    def of_reps(cls, reps: Reps, idcs: IntArray) -> Places:
        """Homes of some reps as places."""
        return cls(ids=tuple(reps.rep_ids[i] for i in idcs.tolist()), lat=reps.lat[idcs], lon=reps.lon[idcs])

    def take(self, idcs: IntArray) -> Places:
        """Some of the places, in the order of `idcs`; repetitions allowed."""
        return Places(ids=tuple(self.ids[i] for i in idcs.tolist()), lat=self.lat[idcs], lon=self.lon[idcs])

    def __add__(self, other: Places) -> Places:
        return Places(
            ids=self.ids + other.ids,
            lat=np.concatenate([self.lat, other.lat]),
            lon=np.concatenate([self.lon, other.lon]),
        )


class Travel(Protocol):
    """A way to compute travel times; may be asymmetric."""

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Whole seconds of driving, shape (len(frm), len(to)); 0 between a place and itself."""

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Minutes of driving from `frm[i]` to `to[i]`, shape (len(frm),); unrounded, for estimates."""

    def describe(self) -> dict[str, object]:
        """For the run card: what the times were computed from."""
