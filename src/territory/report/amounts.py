"""Amounts as management reads them: few digits, money in thousands and millions (万, 亿), a true minus sign."""

from __future__ import annotations

import math
from dataclasses import dataclass

from territory.language import Lang, Text

MINUS = "\u2212"
DASH = "\u2013"
_SCALES: dict[Lang, tuple[tuple[float, str], ...]] = {
    "en": ((1e9, "bn"), (1e6, "M"), (1e3, "k"), (1.0, "")),
    "zh": ((1e8, "亿"), (1e4, "万"), (1.0, "")),
}
_DIGITS, _MOST_DECIMALS = 3, 4  # of the largest number shown side by side
_POINTS = Text("points", "百分点")
_UNITS = {
    "people": Text("people", "人"),
    "pairs": Text("pairs", "对"),
    "points": Text("points", "分"),
    "months": Text("months", "个月"),
    "ideas": Text("ideas", "条"),
    "month": Text("month", "月"),
    "CNY": Text("CNY", "元"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """
    How the numbers of one row are written, so that they can be compared by eye.

    Attributes
    ----------
    divisor, digits
        Numbers are divided by `divisor` and shown with so many decimals.
    unit
        Written once, beside the row's name: "M CNY", "%", "points".
    """

    divisor: float
    digits: int
    unit: str

    def shown(self, value: float | None, *, signed: bool = False) -> str:
        """The number alone; a dash for None and for what is not finite."""
        if value is None or not math.isfinite(value):
            return DASH
        text = f"{abs(value) / self.divisor:,.{self.digits}f}"
        is_nothing = not text.strip("0.,")
        sign = MINUS if value < 0 and not is_nothing else "+" if signed and not is_nothing else ""
        return sign + text


def scale_of(largest: float, unit: str, lang: Lang, *, is_money: bool = False, is_change: bool = False) -> Scale:
    """
    The scale for numbers up to `largest` in absolute value.

    Parameters
    ----------
    is_money
        Amounts are divided by thousands or millions (ten thousands or hundred millions in Chinese).
    is_change
        A difference of percentages is written in percentage points.
    """
    size = abs(largest) if math.isfinite(largest) else 0.0
    divisor, word = next(((d, w) for d, w in _SCALES[lang] if size >= d), (1.0, "")) if is_money else (1.0, "")
    shown_unit = _POINTS.in_(lang) if is_change and unit == "%" else _unit(unit, lang)
    return Scale(divisor=divisor, digits=_digits(size / divisor), unit=_joined(word, shown_unit, lang))


def _unit(unit: str, lang: Lang) -> str:
    """A unit in words, what stands below a stroke as well: CNY/month."""
    return "/".join(_UNITS.get(part, Text(part, part)).in_(lang) for part in unit.split("/"))


def _digits(size: float) -> int:
    """Three digits of the number in all; two of one below 1, up to four decimals."""
    if size >= 1 or size == 0:
        return max(0, _DIGITS - max(1, len(str(int(size)))))
    return min(_MOST_DECIMALS, 1 - math.floor(math.log10(size)))


def _joined(word: str, unit: str, lang: Lang) -> str:
    return " ".join(part for part in (word, unit) if part) if lang == "en" else f"{word}{unit}"
