"""A measure is a named number with unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory.language import Text

Direction = Literal["up", "down", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One number a reader compares before and after; `direction` says which way is better."""

    name: str
    value: float
    unit: str
    direction: Direction
    label: Text

    def shown(self) -> str:
        """The value with a sensible number of digits and its unit."""
        if self.unit == "%":
            almost_all = 99.95 <= self.value < 100.0  # must not read as all of it
            return f"{self.value:.{2 if almost_all else 1}f} %"
        is_count = self.unit == "" and self.value == round(self.value)
        digits = 0 if is_count or abs(self.value) >= 1000 else 1 if abs(self.value) >= 10 else 2
        number = f"{self.value:,.{digits}f}"
        return f"{number} {self.unit}" if self.unit else number
