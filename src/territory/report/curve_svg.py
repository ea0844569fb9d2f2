"""The flow-against-moves curve as a picture: what each share of moved sales buys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.language import Lang, Text

_WIDTH, _HEIGHT = 860.0, 500.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 78.0, 150.0, 66.0, 70.0
_INK, _SOFT, _GRID = "#1c2430", "#6b7684", "#e6eaef"
_LINE, _BOUND, _TODAY = "#4477aa", "#c3d3e3", "#cc3311"
_FONT = "Inter, 'Segoe UI', 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"

_TITLE = Text("What moving customers buys", "调动客户换来多少流量")
_X = Text("sales that change rep, %", "更换客户经理的销售额,%")
_Y = Text("flow kept between areas, %", "区域间流量保留率,%")
_NOW = Text("today", "现状")
_FREE = Text("free to move", "不限调动")
_LIMIT = Text("no split keeps more", "任何划分都不可能更高")
_LIMIT_ABOVE = Text("bound from {low} to {high} %, above the picture", "上界 {low} 至 {high} %,在图外上方")
_NONE = Text("no split", "无解")


@dataclass(frozen=True, kw_only=True, slots=True)
class CurveMark:
    """
    One cap of the curve; all numbers in percent.

    Attributes
    ----------
    moved, kept
        None where there is no split under the cap.
    bound
        What no split under the cap exceeds.
    """

    cap: float
    moved: float | None
    kept: float | None
    bound: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CurveView:
    """The marks by rising cap, the free one apart (None: there is no free split), and today's share kept, percent."""

    scenario: str
    today: float
    marks: tuple[CurveMark, ...]
    free: CurveMark


def write_curve_svg(view: CurveView, path: Path, lang: Lang = "en") -> Path:
    """Write the picture."""
    write_bytes_atomically(path, curve_svg(view, lang).encode())
    return path


def curve_svg(view: CurveView, lang: Lang = "en") -> str:
    """The picture as SVG text; the same text for the same view."""
    frame = _Frame(view)
    parts = [
        f'<text x="{_LEFT:.0f}" y="32" font-size="18" font-weight="600" fill="{_INK}">'
        f"{escape(_TITLE.in_(lang))} · {escape(view.scenario)}</text>",
        *_axes(frame, lang),
        *_bound(view, frame, lang),
        *_free(view, frame, lang),
        *_curve(view, frame, lang),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" font-family="{_FONT}">'
        f"<title>{escape(_TITLE.in_(lang))}: {escape(view.scenario)}</title>"
        f'<defs><clipPath id="inside"><rect x="{_LEFT:.0f}" y="{_TOP:.0f}" width="{frame.width:.0f}" '
        f'height="{frame.height:.0f}"/></clipPath></defs>'
        f'<rect width="100%" height="100%" rx="14" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


class _Frame:
    """From percent to pixels; the found splits fill the picture, a far bound may leave it above."""

    def __init__(self, view: CurveView) -> None:
        kept = [view.today, *(mark.kept for mark in (*view.marks, view.free) if mark.kept is not None)]
        low, high = min(kept), max(kept)
        room = max(0.25 * (high - low), 0.2)
        self.x_ticks = _ticks(0.0, max([mark.cap for mark in view.marks] + [1.0]))
        self.y_ticks = _ticks(max(0.0, low - room), min(100.0, high + 1.6 * room))
        self.width, self.height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(self, percent: float) -> float:
        """Pixels from the left edge."""
        return _LEFT + self.width * percent / self.x_ticks[-1]

    def y(self, percent: float) -> float:
        """Pixels from the upper edge."""
        low, high = self.y_ticks[0], self.y_ticks[-1]
        return _TOP + self.height * (high - percent) / (high - low)


def _axes(frame: _Frame, lang: Lang) -> list[str]:
    parts = []
    for tick in frame.y_ticks:
        y = frame.y(tick)
        parts.append(
            f'<path d="M{_LEFT:.0f} {y:.1f}h{frame.width:.0f}" stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 10:.0f}" y="{y + 4.5:.1f}" font-size="13" text-anchor="end" fill="{_SOFT}">'
            f"{tick:g}</text>"
        )
    for tick in frame.x_ticks:
        x, foot = frame.x(tick), _HEIGHT - _BOTTOM
        parts.append(
            f'<path d="M{x:.1f} {foot:.0f}v5" stroke="{_SOFT}"/>'
            f'<text x="{x:.1f}" y="{foot + 22:.0f}" font-size="13" text-anchor="middle" fill="{_SOFT}">{tick:g}</text>'
        )
    foot = _HEIGHT - _BOTTOM
    parts.append(f'<path d="M{_LEFT:.0f} {foot:.0f}h{frame.width:.0f}" stroke="{_SOFT}"/>')
    parts.append(
        f'<text x="{_LEFT + frame.width / 2:.0f}" y="{_HEIGHT - 20:.0f}" font-size="14" text-anchor="middle" '
        f'fill="{_INK}">{escape(_X.in_(lang))}</text>'
        f'<text x="{_LEFT:.0f}" y="{_TOP - 12:.0f}" font-size="14" fill="{_INK}">{escape(_Y.in_(lang))}</text>'
    )
    return parts


def _bound(view: CurveView, frame: _Frame, lang: Lang) -> list[str]:
    """Stepped, because a bound for a cap holds for every smaller share, and nothing is claimed in between."""
    path = f"M{frame.x(0):.1f} {frame.y(view.marks[0].bound):.1f}"
    for mark in view.marks:
        path += f"V{frame.y(mark.bound):.1f}H{frame.x(mark.cap):.1f}"
    parts = [
        f'<g clip-path="url(#inside)"><path d="{path}" fill="none" stroke="{_BOUND}" stroke-width="2.5"/></g>',
    ]
    right = _LEFT + frame.width
    seen = [mark for mark in view.marks if mark.cap > 0 and mark.bound <= frame.y_ticks[-1]]
    if seen:
        last = seen[-1]
        x, y = frame.x(last.cap), frame.y(last.bound)
        is_left = x < _LEFT + frame.width / 2
        parts.append(
            f'<text x="{x + 8 if is_left else x:.1f}" y="{y + 4 if is_left else y - 8:.1f}" font-size="12.5" '
            f'text-anchor="{"start" if is_left else "end"}" fill="{_SOFT}">{escape(_LIMIT.in_(lang))}</text>'
        )
    else:
        high = [mark.bound for mark in view.marks if mark.cap > 0] or [view.free.bound]
        note = _LIMIT_ABOVE.in_(lang).format(low=f"{min(high):.1f}", high=f"{max(high):.1f}")
        parts.append(
            f'<text x="{right:.0f}" y="{_TOP + 16:.0f}" font-size="12.5" text-anchor="end" fill="{_SOFT}">'
            f"{escape(note)}</text>"
        )
    return parts


def _free(view: CurveView, frame: _Frame, lang: Lang) -> list[str]:
    if view.free.kept is None or view.free.moved is None:
        return []
    y = frame.y(view.free.kept)
    words = (_FREE.in_(lang), f"{view.free.kept:.1f} % ({view.free.moved:.0f} %)")
    return [
        f'<path d="M{_LEFT:.0f} {y:.1f}h{frame.width:.0f}" stroke="{_LINE}" stroke-width="1.5" '
        f'stroke-dasharray="2 5" stroke-linecap="round"/>',
        *(
            f'<text x="{_LEFT + frame.width + 10:.0f}" y="{y - 2 + 17 * line:.1f}" font-size="13" fill="{_LINE}">'
            f"{escape(word)}</text>"
            for line, word in enumerate(words)
        ),
    ]


def _curve(view: CurveView, frame: _Frame, lang: Lang) -> list[str]:
    found = [
        (mark.moved, mark.kept, mark.cap) for mark in view.marks if mark.kept is not None and mark.moved is not None
    ]
    parts = []
    if len(found) > 1:
        path = "M" + "L".join(f"{frame.x(moved):.1f} {frame.y(kept):.1f}" for moved, kept, _ in found)
        parts.append(f'<path d="{path}" fill="none" stroke="{_LINE}" stroke-width="2.5" stroke-linejoin="round"/>')
    drawn: list[tuple[float, float]] = []
    for moved, kept, cap in found:
        x, y = frame.x(moved), frame.y(kept)
        if cap <= 0 or any(math.hypot(x - a, y - b) < 2 for a, b in drawn):
            continue
        drawn.append((x, y))
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="{_LINE}" stroke-width="2.5"/>'
            f'<text x="{x + 4:.1f}" y="{y + 22:.1f}" font-size="13" font-weight="600" fill="{_INK}">{kept:.1f}</text>'
        )
    parts += [
        f'<text x="{frame.x(mark.cap):.1f}" y="{_HEIGHT - _BOTTOM - 8:.0f}" font-size="12" '
        f'text-anchor="middle" fill="{_TODAY}">{escape(_NONE.in_(lang))}</text>'
        for mark in view.marks
        if mark.kept is None
    ]
    x, y = frame.x(0.0), frame.y(view.today)
    parts.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{_TODAY}"/>'
        f'<text x="{x + 12:.1f}" y="{y + 20:.1f}" font-size="13" font-weight="600" fill="{_TODAY}">'
        f"{escape(_NOW.in_(lang))} {view.today:.1f}</text>"
    )
    return parts


def _ticks(low: float, high: float) -> Sequence[float]:
    """Round numbers from at most `low` to at least `high`, four to nine of them."""
    raw = max(high - low, 1e-6) / 6.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= raw)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, max(last, first + 1) + 1)]
