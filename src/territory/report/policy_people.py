"""Pictures of people: who gains and who loses, group by group, and where the working time goes."""

from __future__ import annotations

from collections.abc import Sequence

from territory.language import Lang, Text
from territory.report.amounts import Scale
from territory.report.matrix_svg import mark_key
from territory.report.policy_view import GroupRow, GroupTable, PolicyEntry, PolicyReport, TimeUse
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
    shortened,
    text,
    whisker,
    width_of,
)

MOST_ACROSS = 4
_GROUPS = Text("Who gains and who loses: {measure}", "谁得谁失:{measure}")
_GROUPS_NOTE = Text(
    "change against {name}, {unit}; groups as they were at the start; "
    "intervals for all groups of a kind and all policies at once (95 %)",
    "与 {name} 相比,{unit};按期初分组;区间对同类分组和所有政策同时成立(95 %)",
)
_SHARE = Text("% of the group's amount", "占该组数额 %")
_POINTS = Text("percentage points", "百分点")
_KEY: tuple[tuple[Mark, str, Text], ...] = (
    ("up", GOOD, Text("better", "改善")),
    ("down", BAD, Text("worse", "变差")),
    ("open", SOFT, Text("no difference shown", "未显示差异")),
)
_TIME = Text("Where the working time goes", "工作时间去向")
_TIME_NOTE = Text("% of all working minutes of the year", "占全年工作分钟 %")
_EDGE, _NAMES, _ROW, _TITLES = 12.0, 190.0, 21.0, 26.0
_HEAD, _FOOT = 96.0, 44.0
_BAR, _BAR_STEP, _TIME_HEAD = 26.0, 44.0, 96.0
_SHADES = ("#33475c", "#7d93a8", "#c3d0dc", "#ffffff", "#e9edf2", "#aab7c4")
_LIGHT = "#ffffff"
_LEAST_LABEL = 0.045


def groups_svg(
    report: PolicyReport, table: GroupTable, *, places: Sequence[int] | None = None, lang: Lang = "en"
) -> str:
    """
    Rows of groups, one column per policy: change with interval.

    Parameters
    ----------
    places
        Positions, among the policies other than the baseline, of the columns; None: the first `MOST_ACROSS`.
    """
    columns = range(min(MOST_ACROSS, len(report.others))) if places is None else places
    shown = [(place, report.others[place]) for place in columns]
    width = (WIDTH - _NAMES - _EDGE) / max(1, len(shown))
    rows = [row for grouping in table.groupings for row in grouping.rows]
    reach = _reach(rows, range(len(report.others)))
    height = _HEAD + sum(_TITLES + _ROW * len(grouping.rows) for grouping in table.groupings) + _FOOT
    title = _GROUPS.in_(lang).format(measure=table.label.in_(lang))
    unit = (_POINTS if table.in_points else _SHARE).in_(lang)
    note = _GROUPS_NOTE.in_(lang).format(name=report.policies[0].name, unit=unit)
    parts = [
        text(_EDGE, 26, title, size=18, bold=True),
        text(_EDGE, 46, note, size=12, fill=SOFT),
    ]
    zeros = []
    for at, (_, entry) in enumerate(shown):
        zero = _NAMES + width * (at + 0.5)
        zeros.append(zero)
        parts += _column_head(entry, zero, width, height)
    y = _HEAD
    for grouping in table.groupings:
        parts.append(path(f"M{_EDGE:.0f} {y + 2:.1f}H{WIDTH - _EDGE:.0f}", stroke=GRID))
        parts.append(text(_EDGE, y + 18, grouping.label.in_(lang), size=12.5, bold=True))
        y += _TITLES
        for row in grouping.rows:
            label = f"{row.label.in_(lang)} ({row.size})"
            parts.append(text(_EDGE + 12, y + 12, shortened(label, width=_NAMES - 40, size=12.5), size=12.5))
            for zero, (place, _) in zip(zeros, shown, strict=True):
                parts += _group_cell(
                    row, place, is_up=table.direction != "down", zero=zero, y=y + 8, width=width, reach=reach
                )
            y += _ROW
    return picture(height=height, title=title, parts=[*parts, *mark_key(_KEY, _NAMES, height - 16, lang)])


def _reach(rows: Sequence[GroupRow], places: Sequence[int]) -> float:
    """The largest change whose mark must fit; a wild interval of a small group does not squeeze the others."""
    found = [row.changes[place] for row in rows for place in places]
    means = [abs(change.mean) for change in found if change is not None]
    ends = sorted(max(abs(change.low), abs(change.high)) for change in found if change is not None)
    usual = ends[int(0.9 * (len(ends) - 1))] if ends else 0.0
    return max([*means, usual, 1e-6])


def _column_head(entry: PolicyEntry, zero: float, width: float, height: float) -> list[str]:
    names = lines_of(entry.name, width=width - 10, size=12.5)
    first = _HEAD - 8 - 15 * (len(names) - 1)
    return [
        *(text(zero, first + 15 * at, line, size=12.5, anchor="middle", bold=True) for at, line in enumerate(names)),
        path(f"M{zero:.1f} {_HEAD + 4:.0f}V{height - _FOOT:.0f}", stroke=SOFT, dash="2 3"),
    ]


def _group_cell(
    row: GroupRow, place: int, *, is_up: bool, zero: float, y: float, width: float, reach: float
) -> list[str]:
    """`is_up`: more is better."""
    change = row.changes[place]
    if change is None:
        return []
    room = width / 2 - 44

    def x(value: float) -> float:
        return zero + max(-1.0, min(1.0, value / reach)) * room

    kind: Mark = "open" if not row.told_apart[place] else "up" if (change.mean > 0) == is_up else "down"
    colour = SOFT if kind == "open" else GOOD if kind == "up" else BAD
    digits = 1 if reach < 0.1 else 0
    value = Scale(divisor=0.01, digits=digits, unit="%").shown(change.mean, signed=True)
    return [
        whisker(x(change.low), x(change.high), y, colour=colour),
        mark(x(change.mean), y, kind, colour=colour, size=4.5),
        text(zero + width / 2 - 4, y + 4.5, value, size=12, anchor="end", fill=SOFT if kind == "open" else INK),
    ]


def time_svg(report: PolicyReport, lang: Lang = "en", *, places: Sequence[int] | None = None) -> str:
    """
    A bar per policy, its parts in shades and with their numbers.

    Parameters
    ----------
    places
        Positions of the policies that get a bar; None: all of them.
    """
    use = report.time_use
    if use is None:
        raise ValueError("this report has no time use")
    shown = range(len(report.policies)) if places is None else places
    wide = WIDTH - _NAMES - _EDGE - 6
    height = _TIME_HEAD + _BAR_STEP * len(shown) + 4
    parts = [
        text(_EDGE, 26, _TIME.in_(lang), size=18, bold=True),
        text(_EDGE, 46, _TIME_NOTE.in_(lang), size=12.5, fill=SOFT),
        *_time_key(use, lang),
    ]
    for at_bar, place in enumerate(shown):
        top = _TIME_HEAD + at_bar * _BAR_STEP
        names = lines_of(report.policies[place].name, width=_NAMES - _EDGE - 12, size=13)
        first = top + _BAR / 2 + 5 - 8 * (len(names) - 1)
        parts += [text(_EDGE, first + 16 * at, line, bold=True) for at, line in enumerate(names)]
        x = _NAMES
        for kind, share in enumerate(use.shares[place].tolist()):
            parts += _part(x, top, wide * share, share, kind)
            x += wide * share
    return picture(height=height, title=_TIME.in_(lang), parts=parts)


def _part(x: float, top: float, wide: float, share: float, kind: int) -> list[str]:
    shade = _SHADES[kind % len(_SHADES)]
    parts = [
        f'<rect x="{x:.1f}" y="{top:.1f}" width="{max(0.0, wide):.1f}" height="{_BAR:.0f}" '
        f'fill="{shade}" stroke="{SOFT}" stroke-width="0.8"/>'
    ]
    if share >= _LEAST_LABEL:
        fill = _LIGHT if kind % len(_SHADES) in (0, 1) else INK
        parts.append(
            text(x + wide / 2, top + _BAR / 2 + 4.5, f"{100 * share:.1f}", size=12, anchor="middle", fill=fill)
        )
    return parts


def _time_key(use: TimeUse, lang: Lang) -> list[str]:
    parts, x = [], _NAMES
    for kind, words in enumerate(use.kinds):
        parts.append(
            f'<rect x="{x:.1f}" y="62" width="16" height="14" fill="{_SHADES[kind % len(_SHADES)]}" '
            f'stroke="{SOFT}" stroke-width="0.8"/>'
        )
        parts.append(text(x + 22, 74, words.in_(lang), size=12.5))
        x += 42 + width_of(words.in_(lang), 12.5)
    return parts
