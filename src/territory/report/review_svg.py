"""Visits by account manager as bars: made, made up, missed, not reported; told apart by shade and hatching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from territory.domain.panel import VisitCounts
from territory.language import Lang, Text
from territory.report.svg import GRID, INK, SOFT, WIDTH, path, picture, shortened, text, ticks

_LEFT, _RIGHT, _TOP, _ROW, _BAR = 176.0, 96.0, 74.0, 24.0, 15.0
_MADE, _MADE_UP, _PENDING = "#3d5a80", "#98b3cf", "#ffffff"
# one name per language: both stand in one page, and what is hidden there lends no pattern
_HATCH = (
    '<pattern id="missed-{lang}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#ffffff"/><rect width="2.6" height="6" fill="#1c2430"/></pattern>'
)
_KEY = (
    (_MADE, Text("made on the day", "按日完成")),
    (_MADE_UP, Text("on another day", "改日补访")),
    ("url(#missed-{lang})", Text("missed", "未访")),
    (_PENDING, Text("not reported yet", "待上报")),
)
_RATE = Text("made", "完成率")


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitBar:
    """One bar: an account manager's visits by what became of them."""

    label: str
    visits: VisitCounts
    waiting: int


def visits_svg(title: str, bars: Sequence[VisitBar], lang: Lang) -> str:
    """One bar per account manager on a common scale, with the share made at its end."""
    most = max(bar.visits.planned for bar in bars)
    axis = ticks(0.0, float(most), most=5)
    wide = WIDTH - _LEFT - _RIGHT
    scale = wide / axis[-1]
    bottom = _TOP + _ROW * len(bars)
    parts = [text(12, 26, title, size=15, bold=True)]
    parts += _key(lang)
    for tick in axis:
        x = _LEFT + scale * tick
        parts.append(path(f"M{x:.1f} {_TOP - 4:.1f}V{bottom:.1f}", stroke=GRID))
        parts.append(text(x, bottom + 16, f"{tick:,.0f}", size=11.5, anchor="middle", fill=SOFT))
    parts.append(text(WIDTH - 12, _TOP - 10, _RATE.in_(lang), size=11.5, anchor="end", fill=SOFT))
    for at, bar in enumerate(bars):
        parts += _bar(bar, _TOP + _ROW * at, scale, lang)
    return picture(height=bottom + 28, title=title, parts=parts, defs=_HATCH.format(lang=lang))


def _bar(bar: VisitBar, y: float, scale: float, lang: Lang) -> list[str]:
    visits, x, middle = bar.visits, _LEFT, y + _ROW / 2
    parts = [text(_LEFT - 8, middle + 4, shortened(bar.label, width=_LEFT - 20, size=12), size=12, anchor="end")]
    counts = (visits.made, visits.made_up, visits.missed, visits.pending)
    for count, (fill, _) in zip(counts, _KEY, strict=True):
        if count:
            parts.append(_box(x, middle - _BAR / 2, scale * count, fill.format(lang=lang)))
            x += scale * count
    share = visits.compliance
    shown = "–" if share is None else f"{100 * share:.0f} %" if share in (0.0, 1.0) else f"{100 * share:.1f} %"
    parts.append(text(WIDTH - 12, middle + 4, shown, size=12, anchor="end"))
    return parts


def _box(x: float, y: float, wide: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0.8):.1f}" height="{_BAR:.1f}" fill="{fill}" '
        f'stroke="{INK}" stroke-width="0.7"/>'
    )


def _key(lang: Lang) -> list[str]:
    parts, x = [], 12.0
    for fill, words in _KEY:
        label = words.in_(lang)
        parts.append(_box(x, 39, 18, fill.format(lang=lang)))
        parts.append(text(x + 24, 51, label, size=12, fill=SOFT))
        x += 24 + 24 + sum(12.0 if ord(letter) > 0x2E7F else 6.8 for letter in label)
    return parts
