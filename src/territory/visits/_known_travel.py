"""Travel times that are known already, looked up by the places' names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.travel import Places
from territory.units import SECONDS_PER_MIN, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownTravel:
    """Travel times that are known already: rows of a table by the places' names."""

    rows: dict[str, int]
    table_s: IntArray

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Whole seconds of driving, shape (len(frm), len(to))."""
        return self.table_s[np.ix_(self._rows(frm), self._rows(to))]

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Minutes of driving from each place to the one at the same position."""
        return np.asarray(self.table_s[self._rows(frm), self._rows(to)] / SECONDS_PER_MIN, dtype=np.float64)

    def describe(self) -> dict[str, object]:
        """For the run card."""
        return {"kind": "known"}

    def _rows(self, places: Places) -> list[int]:
        return [self.rows[name] for name in places.ids]
