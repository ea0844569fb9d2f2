"""What is agreed or known about the visits of each outlet, beyond how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from territory.domain.columns import NONE, frozen
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, MIN_PER_DAY, WEEKS_PER_CYCLE, BoolArray, IntArray

SETTLED_WEEKS = 1 << 20
FIXED_TIME_TOLERANCE_MIN = 15
CLOSED = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Promises:
    """
    Agreements of all outlets, as columns of length `num_outlets`; days and weeks are those of the cycle.

    Attributes
    ----------
    last_visit_days_ago
        Days from the last real visit to day 0; 0 where none is known.
    weeks_open
        Weeks from the first whole week after opening to the cycle's first week; negative: that week is still to
        come, and there are no visits before it. `SETTLED_WEEKS` where the outlet is not new.
    delivery
        Shape (num_outlets, 7): goods come on that weekday, so no visit is made.
    fixed_days
        Shape (num_outlets, 28): days agreed for visits; none: any day.
    fixed_time_min
        Minutes after midnight at which service is to start, -1 for any time; the tolerance is
        `FIXED_TIME_TOLERANCE_MIN` both ways.
    promotion
        Shape (num_outlets, 4): one visit more in that week.
    """

    last_visit_days_ago: IntArray
    weeks_open: IntArray
    delivery: BoolArray
    fixed_days: BoolArray
    fixed_time_min: IntArray
    promotion: BoolArray

    def __post_init__(self) -> None:
        for name, (shape, kind) in _COLUMNS.items():
            column = frozen(getattr(self, name), kind)
            if column.shape != (len(self), *shape):
                raise ValueError(f"{name} has shape {column.shape}")
            object.__setattr__(self, name, column)
        if len(self) and self.last_visit_days_ago.min() < 0:
            raise ValueError("the last visit lies before the cycle")
        if len(self) and not (self.fixed_time_min.min() >= NONE and self.fixed_time_min.max() <= MIN_PER_DAY):
            raise ValueError("a fixed time is a time of day")

    @classmethod
    def none(cls, num_outlets: int) -> Promises:
        """Nothing is agreed with anybody."""
        return cls(
            last_visit_days_ago=np.zeros(num_outlets, dtype=np.int64),
            weeks_open=np.full(num_outlets, SETTLED_WEEKS, dtype=np.int64),
            delivery=np.zeros((num_outlets, DAYS_PER_WEEK), dtype=np.bool_),
            fixed_days=np.zeros((num_outlets, DAYS_PER_CYCLE), dtype=np.bool_),
            fixed_time_min=np.full(num_outlets, NONE, dtype=np.int64),
            promotion=np.zeros((num_outlets, WEEKS_PER_CYCLE), dtype=np.bool_),
        )

    def __len__(self) -> int:
        return len(self.last_visit_days_ago)

    @property
    def are_none(self) -> bool:
        """Nothing is agreed with anybody."""
        nothing = Promises.none(len(self))
        return all(np.array_equal(getattr(self, name), getattr(nothing, name)) for name in _COLUMNS)

    def take(self, outlets: IntArray) -> Promises:
        """The promises of some outlets."""
        return Promises(**{column.name: getattr(self, column.name)[outlets] for column in fields(self)})

    def blobs(self) -> tuple[bytes, ...]:
        """All columns, for hashing."""
        return tuple(np.ascontiguousarray(getattr(self, name)).tobytes() for name in _COLUMNS)

    def windows_min(self, opening_min: IntArray) -> IntArray:
        """
        When service may start: opening windows without days of delivery, and around the fixed time only.

        Parameters
        ----------
        opening_min
            Minutes after midnight, shape (num_outlets, 7, windows, 2), -1 where there is no window.
        """
        opens, closes = opening_min[..., 0], opening_min[..., 1]
        at = self.fixed_time_min[:, None, None]
        first = np.where(at == NONE, opens, np.maximum(opens, at - FIXED_TIME_TOLERANCE_MIN))
        last = np.where(at == NONE, closes, np.minimum(closes, at + FIXED_TIME_TOLERANCE_MIN))
        is_window = (opens != CLOSED) & ~self.delivery[:, :, None] & (first <= last)
        return np.where(is_window[..., None], np.stack([first, last], axis=-1), CLOSED)


_COLUMNS: Mapping[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "last_visit_days_ago": ((), np.int64),
    "weeks_open": ((), np.int64),
    "delivery": ((DAYS_PER_WEEK,), np.bool_),
    "fixed_days": ((DAYS_PER_CYCLE,), np.bool_),
    "fixed_time_min": ((), np.int64),
    "promotion": ((WEEKS_PER_CYCLE,), np.bool_),
}
