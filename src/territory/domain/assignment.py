"""Assignment: which rep serves each outlet. A split hands it to the visit plan and to the policy year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import frozen
from territory.domain.outlets import Outlets
from territory.units import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """`rep_of_outlet[i]` is the position of the rep who serves outlet i; -1 where nobody does."""

    rep_of_outlet: IntArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "rep_of_outlet", frozen(self.rep_of_outlet, np.int64))

    @classmethod
    def today(cls, outlets: Outlets) -> Assignment:
        """Today's split, as the outlet table states it."""
        return cls(rep_of_outlet=outlets.rep_idx)

    def outlets_of(self, rep_idx: int) -> IntArray:
        """Positions of the rep's outlets, ascending."""
        return np.flatnonzero(self.rep_of_outlet == rep_idx)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assignment) and np.array_equal(self.rep_of_outlet, other.rep_of_outlet)

    def __hash__(self) -> int:
        return hash(self.rep_of_outlet.tobytes())
