"""A picture of differences: rows of what was changed, columns of measures, each with its interval against zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from territory.language import Lang, Text
from territory.report.amounts import Scale, scale_of
from territory.report.policy_view import Cell, ScoreRow, Spread
from territory.report.svg import (
    BAD,
    GOOD,
    GRID,
    INK,
    SOFT,
    WIDTH,
    Mark,
    lines_of,
    mark,
    path,
    picture,
    text,
    whisker,
    width_of,
)

SHOWN = ("true_sales", "profit", "payroll", "turnover", "gaming_index")
IN_PERCENT = ("true_sales", "recorded_sales", "payroll", "gross_margin")
_KEY: tuple[tuple[Mark, str, Text], ...] = (
    ("up", GOOD, Text("better", "更好")),
    ("down", BAD, Text("worse", "更差")),
    ("dot", INK, Text("changed", "有变化")),
    ("open", SOFT, Text("no difference shown", "未显示差异")),
)
_NAMES, _EDGE, _HEAD, _ROW, _FOOT = 176.0, 12.0, 118.0, 54.0, 44.0
_GAP = 14.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixRow:
    """
    One thing that was changed.

    Attributes
    ----------
    cells
        One per measure; those without a change are left empty.
    is_total
        A line is drawn above it: it is the sum of the rows before.
    """

    label: str
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """One measure: its place in pixels and its numbers in words."""

    measure: ScoreRow
    left: float
    width: float
    reach: float
    scale: Scale

    @property
    def zero(self) -> float:
        """Pixels of no change."""
        return self.left + self.width / 2

    def x(self, value: float) -> float:
        """Pixels of a change."""
        return self.zero + (value / self.reach if self.reach else 0.0) * (self.width / 2 - 6)


def matrix_svg(
    *,
    title: str,
    note: str,
    measures: Sequence[ScoreRow],
    rows: Sequence[MatrixRow],
    beside: Sequence[MatrixRow] = (),
    lang: Lang = "en",
) -> str:
    """
    The picture as SVG text.

    Parameters
    ----------
    measures
        The columns: labels, units, directions, and the first policy's level, which per cents refer to.
    rows
        As many cells each as there are measures.
    beside
        Rows of other pictures that share the scale of this one.
    """
    columns = _columns(measures, [*rows, *beside], lang)
    height = _HEAD + _ROW * len(rows) + _FOOT
    parts = [text(_EDGE, 26, title, size=18, bold=True), text(_EDGE, 46, note, size=12.5, fill=SOFT)]
    for column in columns:
        parts += _column_head(column, lang, height)
    for place, row in enumerate(rows):
        top = _HEAD + place * _ROW
        stroke, wide = (INK, 1.4) if row.is_total else (GRID, 1.0)
        parts.append(path(f"M{_EDGE:.0f} {top:.0f}H{WIDTH - _EDGE:.0f}", stroke=stroke, wide=wide))
        names = lines_of(row.label, width=_NAMES - _EDGE - 8, size=13)
        middle = top + _ROW / 2 + 5 - 8 * (len(names) - 1)
        parts += [text(_EDGE, middle + 16 * at, line, bold=True) for at, line in enumerate(names)]
        for column, cell in zip(columns, row.cells, strict=True):
            parts += _cell(column, cell, top)
    return picture(height=height, title=title, parts=[*parts, *mark_key(_KEY, _NAMES, height - 16, lang)])


def measures_shown(rows: Sequence[ScoreRow], names: Sequence[str] = SHOWN) -> list[ScoreRow]:
    """The measures that management reads first, those of them that there are."""
    found = {row.name: row for row in rows}
    return [found[name] for name in names if name in found]


def change_scale(measure: ScoreRow, reach: float, lang: Lang) -> Scale:
    """How differences up to `reach` are written: sales and pay in per cent of the first policy's, else in the unit."""
    share = measure.relative(reach)
    if measure.name in IN_PERCENT and share is not None:
        base = abs(measure.cells[0].level.mean)
        return Scale(divisor=0.01 * base, digits=1 if share >= 0.01 else 2, unit="%")
    return scale_of(reach, measure.unit, lang, is_money=measure.is_money, is_change=True)


def mark_of(cell: Cell, change: Spread, direction: str) -> tuple[Mark, str]:
    """Sign and colour of a difference: up for better, down for worse, a dot where neither, open where not told."""
    if not cell.is_told_apart:
        return "open", SOFT
    if direction == "none":
        return "dot", INK
    return ("up", GOOD) if (change.mean > 0) == (direction == "up") else ("down", BAD)


def mark_key(entries: Sequence[tuple[Mark, str, Text]], x: float, y: float, lang: Lang) -> list[str]:
    """What the marks mean, in one line."""
    parts = []
    for kind, colour, words in entries:
        parts += [mark(x, y - 4, kind, colour=colour), text(x + 12, y, words.in_(lang), size=12.5, fill=SOFT)]
        x += 40 + width_of(words.in_(lang), 12.5)
    return parts


def _columns(measures: Sequence[ScoreRow], rows: Sequence[MatrixRow], lang: Lang) -> list[_Column]:
    width = (WIDTH - _NAMES - _EDGE) / max(1, len(measures)) - _GAP
    found = []
    for place, measure in enumerate(measures):
        changes = [row.cells[place].change for row in rows]
        reach = max((max(abs(c.low), abs(c.high), abs(c.mean)) for c in changes if c is not None), default=0.0)
        left = _NAMES + place * (width + _GAP) + _GAP / 2
        found.append(_Column(measure, left, width, reach, change_scale(measure, reach, lang)))
    return found


def _column_head(column: _Column, lang: Lang, height: float) -> list[str]:
    label = lines_of(column.measure.label.in_(lang), width=column.width, size=12.5, most=3)
    first = _HEAD - 14 - 15 * len(label)
    return [
        *(
            text(column.zero, first + 15 * at, line, size=12.5, anchor="middle", bold=True)
            for at, line in enumerate(label)
        ),
        text(column.zero, _HEAD - 10, column.scale.unit, size=12, anchor="middle", fill=SOFT),
        path(f"M{column.zero:.1f} {_HEAD:.0f}V{height - _FOOT:.0f}", stroke=SOFT, dash="2 3"),
    ]


def _cell(column: _Column, cell: Cell, top: float) -> list[str]:
    change = cell.change
    if change is None:
        return []
    kind, colour = mark_of(cell, change, column.measure.direction)
    y = top + _ROW / 2 + 10
    value = column.scale.shown(change.mean, signed=True)
    half = width_of(value, 13) / 2 + 3
    return [
        f'<rect x="{column.zero - half:.1f}" y="{top + 6:.1f}" width="{2 * half:.1f}" height="16" fill="#ffffff"/>',
        text(column.zero, top + 19, value, anchor="middle", fill=INK if cell.is_told_apart else SOFT),
        whisker(column.x(change.low), column.x(change.high), y, colour=colour),
        mark(column.x(change.mean), y, kind, colour=colour),
    ]
