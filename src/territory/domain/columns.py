"""Columns: read-only arrays and categorical labels. Forty thousand outlets are columns, not objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from territory.units import IntArray

NONE = -1


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
    """A read-only copy of `values` as `dtype` (no copy when it is one already)."""
    array = np.asarray(values, dtype=dtype)
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """A categorical column: `codes[i]` is the position in `names`, or -1 where the cell is empty."""

    codes: IntArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozen(self.codes, np.int64))
        if self.codes.size and not (self.codes.min() >= NONE and self.codes.max() < len(self.names)):
            raise ValueError("a label code points outside the names")

    @classmethod
    def of(cls, cells: Iterable[str | None], names: Sequence[str] | None = None) -> Labels:
        """From text cells; empty cells get -1. Names are sorted unless given (unknown cells then fail)."""
        texts = ["" if cell is None else str(cell) for cell in cells]
        known = tuple(names) if names is not None else tuple(sorted({text for text in texts if text}))
        place = {name: code for code, name in enumerate(known)}
        codes = np.array([place[text] if text else NONE for text in texts], dtype=np.int64)
        return cls(codes=codes, names=known)

    @classmethod
    def empty(cls, length: int) -> Labels:
        """A column with no labels at all."""
        return cls(codes=np.full(length, NONE, dtype=np.int64), names=())

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, position: int) -> str:
        code = int(self.codes[position])
        return "" if code == NONE else self.names[code]

    def take(self, positions: IntArray) -> Labels:
        """The column for some positions, with the same names."""
        return Labels(codes=self.codes[positions], names=self.names)

    def texts(self) -> list[str]:
        """All cells as text; empty cells as ''."""
        return ["" if code == NONE else self.names[code] for code in self.codes.tolist()]
