"""Travel times from a given table; pairs the table leaves out are computed by another model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from territory.domain.columns import frozen
from territory.domain.travel import Places, Travel
from territory.standing import digest
from territory.units import FloatArray, IntArray, seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelTable:
    """
    Minutes between named places, directed.

    Attributes
    ----------
    place_of
        Position of each id in the matrix; the matrix has one more row and column, empty, for ids it lacks.
    entry_of
        CSR matrix, shape (num_ids + 1, num_ids + 1): 1 + position in `minutes`, 0 where the table says nothing.
    minutes
        Minutes per table row, shape (num_rows,).
    """

    place_of: dict[str, int]
    entry_of: sp.csr_matrix
    minutes: FloatArray

    @classmethod
    def of(cls, *, frm: Sequence[str], to: Sequence[str], minutes: npt.ArrayLike) -> TravelTable:
        """
        From columns of equal length. Each (from, to) pair may stand once; rows from a place to itself count for
        nothing, that time is 0.

        Raises
        ------
        ValueError
            When a pair stands twice, or a time is negative or not finite.
        """
        values = frozen(minutes, np.float64)
        if values.size and not (np.isfinite(values).all() and values.min() >= 0):
            raise ValueError("travel minutes are finite and not negative")
        place_of = {name: place for place, name in enumerate(dict.fromkeys([*frm, *to]))}
        size = len(place_of) + 1
        rows = np.array([place_of[name] for name in frm], dtype=np.int64)
        cols = np.array([place_of[name] for name in to], dtype=np.int64)
        if len(np.unique(rows * size + cols)) < len(rows):
            raise ValueError("a pair of places stands twice in the travel table")
        apart = np.flatnonzero(rows != cols)
        entry_of = sp.csr_matrix((apart + 1, (rows[apart], cols[apart])), shape=(size, size), dtype=np.int64)
        return cls(place_of=place_of, entry_of=entry_of, minutes=np.asarray(values, dtype=np.float64))

    def positions(self, places: Places) -> IntArray:
        """Matrix row of each place; the empty last one for a place the table does not know."""
        unknown = len(self.place_of)
        return np.array([self.place_of.get(name, unknown) for name in places.ids], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.minutes)


@dataclass(frozen=True, slots=True)
class TableTravel:
    """Minutes of `table` where it has the directed pair, of `fallback` elsewhere."""

    table: TravelTable
    fallback: Travel

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Whole seconds of driving, shape (len(frm), len(to))."""
        computed = self.fallback.seconds(frm, to)
        block = self.table.entry_of[self.table.positions(frm)][:, self.table.positions(to)]
        entry = np.asarray(block.toarray())
        if not entry.any():
            return computed
        given = seconds(self.table.minutes)
        return np.where(entry > 0, given[entry - 1], computed)

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Minutes from `frm[i]` to `to[i]`, shape (len(frm),); unrounded."""
        computed = self.fallback.pair_minutes(frm, to)
        if not len(frm):
            return computed
        entry = np.asarray(self.table.entry_of[self.table.positions(frm), self.table.positions(to)]).ravel()
        if not entry.any():
            return computed
        return np.where(entry > 0, self.table.minutes[entry - 1], computed)

    def describe(self) -> dict[str, object]:
        """Rows and content hash of the table, and the model for the other pairs."""
        entry_of = self.table.entry_of
        content = digest(
            "\n".join(self.table.place_of).encode(),
            np.asarray(entry_of.indptr, dtype=np.int64).tobytes(),
            np.asarray(entry_of.indices, dtype=np.int64).tobytes(),
            entry_of.data.tobytes(),
            self.table.minutes.tobytes(),
        )
        return {"kind": "table", "rows": len(self.table), "digest": content, "fallback": self.fallback.describe()}
