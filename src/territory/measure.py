"""A measure is a named number with unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory.language import Lang, Text

Direction = Literal["up", "down", "none"]

UNITS_ZH = {
    "CNY": "元",
    "USD": "美元",
    "h/cycle": "小时/周期",
    "ideas": "条",
    "km": "公里",
    "min": "分钟",
    "min/cycle": "分钟/周期",
    "outlets": "家客户",
    "pairs": "对",
    "people": "人",
    "points": "分",
    "visits": "次拜访",
    "x": "倍",
}
"""Units of measures; one that is not here is written alike in both languages."""


def unit_in(unit: str, lang: Lang) -> str:
    """A unit as it stands behind a number: "of 4" is "/ 4" in Chinese."""
    if lang == "zh" and unit.startswith("of "):
        return unit.replace("of ", "/ ", 1)
    return UNITS_ZH.get(unit, unit) if lang == "zh" else unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One number a reader compares before and after; `direction` says which way is better."""

    name: str
    value: float
    unit: str
    direction: Direction
    label: Text

    def shown(self, lang: Lang = "en") -> str:
        """The value with a sensible number of digits and its unit."""
        if self.unit == "%":
            almost_all = 99.95 <= self.value < 100.0  # must not read as all of it
            return f"{self.value:.{2 if almost_all else 1}f} %"
        is_count = (self.unit == "" or self.unit.startswith("of ")) and self.value == round(self.value)
        digits = 0 if is_count or abs(self.value) >= 1000 else 1 if abs(self.value) >= 10 else 2
        number = f"{self.value:,.{digits}f}"
        return f"{number} {unit_in(self.unit, lang)}" if self.unit else number
