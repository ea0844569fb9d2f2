"""Pictures of the year month by month: true and recorded sales, and their differences with bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory.language import Lang, Text
from territory.report.amounts import Scale, scale_of
from territory.report.policy_view import Months, PolicyReport
from territory.report.svg import (
    BAD,
    BAND,
    GRID,
    INK,
    SOFT,
    WIDTH,
    curve,
    mark,
    path,
    picture,
    ribbon,
    shortened,
    text,
    ticks,
)
from territory.units import FloatArray

_LEVELS = Text("Sales month by month", "逐月销售额")
_LEVELS_NOTE = Text(
    "{unit} a month; bands hold for all months at once (95 %); the axis does not begin at 0",
    "每月,{unit};阴影带对所有月份同时成立(95 %);纵轴不从 0 开始",
)
_CHANGES = Text("What changes month by month", "逐月变化")
_CHANGES_NOTE = Text(
    "against {name}, % of its month; bands hold for all months at once (95 %); full dots: told from 0",
    "与 {name} 相比,占其当月 %;阴影带对所有月份同时成立(95 %);实心点:与 0 有别",
)
_TRUE = Text("true sales", "真实销售额")
_RECORDED = Text("recorded sales", "账面销售额")
_BASE = Text("true sales under {name}", "{name} 的真实销售额")
_MONTH = Text("month", "月份")
_EDGE, _LEFT, _GAP, _TOP, _PANEL, _BETWEEN = 12.0, 52.0, 30.0, 88.0, 124.0, 56.0
_COLUMNS = 2
_MANY_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Panel:
    """One policy's small picture: from month and amount to pixels."""

    left: float
    top: float
    width: float
    months: int
    axis: Sequence[float]
    per: Callable[[float], str]

    def x(self, month: int) -> float:
        """Pixels of a month, from 0."""
        return self.left + self.width * (month + 0.5) / self.months

    def xs(self) -> list[float]:
        """Pixels of all months."""
        return [self.x(month) for month in range(self.months)]

    def y(self, value: float) -> float:
        """Pixels of an amount."""
        low, high = self.axis[0], self.axis[-1]
        return self.top + _PANEL * (high - value) / (high - low)

    def ys(self, values: FloatArray) -> list[float]:
        """Pixels of a row of amounts."""
        return [self.y(float(value)) for value in values]


def levels_svg(report: PolicyReport, lang: Lang = "en", *, places: Sequence[int] | None = None) -> str:
    """
    A panel per policy: true sales with their band, recorded sales dashed, the first policy's true sales thin.

    Parameters
    ----------
    places
        Positions of the policies that get a panel, on the scale of all; None: all of them.
    """
    months = _of(report)
    shown = range(len(report.policies)) if places is None else places
    true, recorded = months.true_sales, months.recorded_sales
    low = min(float(true.low.min()), float(recorded.mean.min()))
    high = max(float(true.high.max()), float(recorded.mean.max()))
    axis = ticks(low, high, most=4)
    scale = _for_axis(scale_of(high, report.currency, lang, is_money=True), axis)
    panels = _panels(len(shown), months.num_months, axis, scale, signed=False)
    base = _BASE.in_(lang).format(name=report.policies[0].name)
    parts = _head(_LEVELS.in_(lang), _LEVELS_NOTE.in_(lang).format(unit=scale.unit))
    parts += _key(lang, extra=base)
    for panel, place in zip(panels, shown, strict=True):
        parts += _axes(panel, report.policies[place].name, lang)
        parts.append(ribbon(panel.xs(), panel.ys(true.low[place]), panel.ys(true.high[place])))
        if place:
            parts.append(path(curve(panel.xs(), panel.ys(true.mean[0])), stroke=SOFT, wide=1.0))
        parts.append(path(curve(panel.xs(), panel.ys(true.mean[place])), stroke=INK, wide=2.0))
        parts.append(path(curve(panel.xs(), panel.ys(recorded.mean[place])), stroke=BAD, wide=2.0, dash="6 4"))
    return picture(height=_height(len(shown)), title=_LEVELS.in_(lang), parts=parts)


def changes_svg(report: PolicyReport, lang: Lang = "en", *, places: Sequence[int] | None = None) -> str:
    """
    A panel per policy but the first: difference of true sales with its band, of recorded sales dashed.

    Parameters
    ----------
    places
        Positions of the policies that get a panel, on the scale of all; None: all but the first.
    """
    months = _of(report)
    shown = range(1, len(report.policies)) if places is None else places
    base = np.where(months.true_sales.mean[0] > 0, months.true_sales.mean[0], 1.0)
    true, recorded = months.true_sales, months.recorded_sales
    mean, low, high = (100 * rows / base for rows in (true.change, true.change_low, true.change_high))
    booked = 100 * recorded.change / base
    bottom = min(float(rows[1:].min(initial=0.0)) for rows in (low, booked))
    top = max(float(rows[1:].max(initial=0.0)) for rows in (high, booked))
    axis = ticks(bottom, max(top, bottom + 1e-6), most=4)
    scale = _for_axis(Scale(divisor=1.0, digits=0, unit="%"), axis)
    panels = _panels(len(shown), months.num_months, axis, scale, signed=True)
    parts = _head(_CHANGES.in_(lang), _CHANGES_NOTE.in_(lang).format(name=report.policies[0].name)) + _key(lang)
    for panel, place in zip(panels, shown, strict=True):
        parts += _axes(panel, report.policies[place].name, lang)
        parts.append(ribbon(panel.xs(), panel.ys(low[place]), panel.ys(high[place])))
        parts.append(path(f"M{panel.left:.1f} {panel.y(0):.1f}h{panel.width:.1f}", stroke=SOFT))
        parts.append(path(curve(panel.xs(), panel.ys(booked[place])), stroke=BAD, wide=1.8, dash="6 4"))
        parts.append(path(curve(panel.xs(), panel.ys(mean[place])), stroke=INK, wide=2.0))
        told = (low[place] > 0) | (high[place] < 0)
        parts += [
            mark(x, y, "dot" if is_told else "open", colour=INK, size=3.4)
            for x, y, is_told in zip(panel.xs(), panel.ys(mean[place]), told.tolist(), strict=True)
        ]
    return picture(height=_height(len(shown)), title=_CHANGES.in_(lang), parts=parts)


def _of(report: PolicyReport) -> Months:
    if report.months is None:
        raise ValueError("this report has no months")
    return report.months


def _for_axis(scale: Scale, axis: Sequence[float]) -> Scale:
    """The scale with as many decimals as the steps of an axis need."""
    step = (axis[1] - axis[0]) / scale.divisor
    digits = next((digits for digits in range(4) if abs(round(step, digits) - step) < 1e-6), 4)
    return replace(scale, digits=digits)


def _panels(count: int, months: int, axis: Sequence[float], scale: Scale, *, signed: bool) -> list[_Panel]:
    width = (WIDTH - _EDGE - _COLUMNS * _LEFT - (_COLUMNS - 1) * _GAP) / _COLUMNS

    def shown(value: float) -> str:
        return scale.shown(value, signed=signed)

    return [
        _Panel(
            left=_LEFT + (place % _COLUMNS) * (width + _LEFT + _GAP),
            top=_TOP + 26 + (place // _COLUMNS) * (_PANEL + _BETWEEN),
            width=width,
            months=months,
            axis=axis,
            per=shown,
        )
        for place in range(count)
    ]


def _height(count: int) -> float:
    rows = -(-count // _COLUMNS)
    return _TOP + 26 + rows * (_PANEL + _BETWEEN) - 14


def _head(title: str, note: str) -> list[str]:
    return [text(_EDGE, 26, title, size=18, bold=True), text(_EDGE, 46, note, size=12.5, fill=SOFT)]


def _key(lang: Lang, *, extra: str | None = None) -> list[str]:
    """What the lines are, once for all panels."""
    entries = [(_TRUE.in_(lang), INK, 2.0, ""), (_RECORDED.in_(lang), BAD, 2.0, "6 4")]
    if extra is not None:
        entries.append((extra, SOFT, 1.0, ""))
    parts, x = [], _EDGE
    for place, (words, colour, wide, dash) in enumerate(entries):
        if place == 0:
            parts.append(f'<rect x="{x:.0f}" y="58" width="30" height="14" fill="{BAND}"/>')
        parts.append(path(f"M{x:.0f} 65h30", stroke=colour, wide=wide, dash=dash))
        parts.append(text(x + 37, 69.5, words, size=12.5, fill=INK))
        x += 60 + 7.4 * len(words) * (1.75 if lang == "zh" else 1)
    return parts


def _axes(panel: _Panel, name: str, lang: Lang) -> list[str]:
    parts = [text(panel.left, panel.top - 10, shortened(name, width=panel.width, size=13.5), size=13.5, bold=True)]
    for tick in panel.axis:
        y = panel.y(tick)
        parts.append(path(f"M{panel.left:.1f} {y:.1f}h{panel.width:.1f}", stroke=GRID))
        parts.append(text(panel.left - 7, y + 4, panel.per(tick), size=12, anchor="end", fill=SOFT))
    every = 1 if panel.months <= _MANY_MONTHS else 3
    foot = panel.top + _PANEL + 16
    parts += [
        text(panel.x(month), foot, str(month + 1), size=11.5, anchor="middle", fill=SOFT)
        for month in range(0, panel.months, every)
    ]
    parts.append(text(panel.left - 7, foot, _MONTH.in_(lang), size=11.5, anchor="end", fill=SOFT))
    return parts
