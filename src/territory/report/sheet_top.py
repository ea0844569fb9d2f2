"""The head of the page, the steps' strip, panel 1 (goals) and panel 4 (improvement measures)."""

from __future__ import annotations

from dataclasses import dataclass

from territory.language import Text
from territory.report.sheet_canvas import Box, Canvas, Style
from territory.report.sheet_form import (
    BAR,
    BODY,
    FOOTER_BOX,
    HEAVY,
    HEAVY_SMALL,
    NUMBER,
    PAD,
    PANEL_BOXES,
    PITCH,
    SMALL,
    SOFT,
    STRIP_BOX,
    TITLE_BOX,
    WIDTH,
    Tongue,
    panel,
)
from territory.report.typesetting import clean
from territory.sheet import words
from territory.sheet.content import MAX_GOALS, Goal, SheetContent

_GAP = 1.0
_WORST = 5.6


def head(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """Title, whose sheet, which week, where."""
    title, right = Style(15.0, "ink", 0.3), 102.0
    with canvas.region(TITLE_BOX):
        taken = canvas.write(0.0, 2.6, WIDTH - right - 2.0, tongue.first(words.TITLE), title)
        if second := tongue.second(words.TITLE):
            canvas.write(taken + 2.0, 5.0, WIDTH - right - 4.0 - taken, second, Style(8.0, "soft"))
        week = f"{content.iso_week}   {content.first_day:%m-%d} — {content.last_day:%m-%d}"
        bold, plain = Style(10.0, "ink", 0.2), Style(9.0)
        room = right - canvas.width(week, plain) - 4.0
        canvas.write(WIDTH - right, 2.2, room, f"{content.rep_name}  {content.rep_id}", bold, "right")
        canvas.write(WIDTH - right, 2.45, right, week, plain, "right")
        where = [content.scenario, content.team, tongue.first(content.territory)]
        if content.plan_id:
            where.append(tongue.first(words.plan_name(content.plan_id)))
        canvas.write(WIDTH - right, 6.3, right, "  ·  ".join(part for part in where if part), SOFT, "right")


def foot(canvas: Canvas, tongue: Tongue) -> None:
    """The rule for days with too many visits."""
    with canvas.region(FOOTER_BOX):
        tongue.write_pair(canvas, 0.0, FOOTER_BOX.y, WIDTH, words.OVERFLOW_RULE, SOFT, gap=2.0)


def strip(canvas: Canvas, tongue: Tongue) -> None:
    """The six steps with their PDCA letters."""
    box = STRIP_BOX
    canvas.frame(box)
    each = (WIDTH - 2 * PAD) / len(words.STEPS)
    with canvas.region(box):
        for number, (step, pdca) in enumerate(words.STEPS):
            x, room = box.x + PAD + number * each, each - 6.6
            second = tongue.second(step)
            y = box.y + (box.h - (2 * PITCH if second else HEAVY.height)) / 2
            canvas.chip(x, box.y + (box.h - 3.2) / 2, number + 1)
            taken = canvas.write(x + 4.4, y, room, tongue.first(step), HEAVY)
            if pdca and taken + 0.9 + canvas.width(pdca, SOFT) <= room:
                canvas.write(x + 4.4 + taken + 0.9, y + 0.12, room - taken - 0.9, pdca, SOFT)
            if second:
                canvas.write(x + 4.4, y + PITCH + 0.2, room, second, SOFT)
            if number:
                canvas.arrow(x - 2.3, box.y + box.h / 2 - 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    label: Text
    width: float
    kind: str


def goals(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """Panel 1: a line per goal; the week's actual and gap, and the single worst gap, are left to the hand."""
    box = panel(canvas, tongue, 1)
    _span_note(canvas, tongue, content.goals)
    columns = _columns(content.goals)
    label_width = box.w - sum(column.width for column in columns)
    head_height = 6.2 if tongue.is_both else 4.2
    each = (box.h - _WORST - head_height) / MAX_GOALS
    with canvas.region(box):
        lines = 2 * PITCH if tongue.is_both else SOFT.height
        y = box.y + (head_height - lines) / 2
        tongue.write_stack(canvas, box.x + PAD, y, label_width - PAD - _GAP, words.GOAL_COLUMNS[0], SOFT)
        for x, column in _placed(box.x + label_width, columns):
            canvas.down(x, box.y, box.h - _WORST)
            tongue.write_stack(canvas, x + 0.4, y, column.width - 0.8, column.label, SOFT, align="center")
        for number in range(MAX_GOALS):
            top = box.y + head_height + number * each
            canvas.across(box.x, top, box.w)
            if number < len(content.goals):
                _goal(canvas, tongue, content.goals[number], columns, Box(box.x, top, label_width, each))
        bottom = box.bottom - _WORST
        canvas.across(box.x, bottom, box.w)
        canvas.tint(Box(box.x, bottom, box.w, _WORST), 245)
        _worst(canvas, tongue, content, Box(box.x, bottom, box.w, _WORST))


def _span_note(canvas: Canvas, tongue: Tongue, goals: tuple[Goal, ...]) -> None:
    """In the heading: which days the goals with a star are for."""
    spans = sorted({goal.span for goal in goals if goal.span})
    if spans:
        box = PANEL_BOXES[0]
        text = f"* {spans[0]}" if len(spans) == 1 else f"* {tongue.first(words.PART_OF_WEEK)}"
        with canvas.region(box):
            canvas.write(box.right - 40.0, box.y + (BAR - SOFT.height) / 2, 30.0, text, SOFT, "right")


def _columns(goals: tuple[Goal, ...]) -> list[_Column]:
    """Only the columns that have something to say; the fewer, the wider."""
    has_month = any(goal.month for goal in goals)
    has_last = any(goal.last_actual for goal in goals)
    goal, actual, gap = {0: (20.0, 18.0, 15.0), 1: (16.0, 15.5, 12.5), 2: (16.0, 14.0, 12.0)}.get(
        has_month + 2 * has_last, (14.5, 11.5, 9.5)
    )
    found = []
    if has_month:
        found.append(_Column(label=words.MONTH_TARGET, width=14.5 if not has_last else 13.5, kind="month"))
    if has_last:
        found.append(_Column(label=words.LAST_ACTUAL, width=13.0, kind="last"))
        found.append(_Column(label=words.LAST_GAP, width=11.5, kind="last_gap"))
    names = words.GOAL_COLUMNS[1:]
    for name, width, kind in zip(names, (goal, actual, gap), ("goal", "actual", "gap"), strict=True):
        found.append(_Column(label=name, width=width, kind=kind))
    return found


def _placed(x: float, columns: list[_Column]) -> list[tuple[float, _Column]]:
    found = []
    for column in columns:
        found.append((x, column))
        x += column.width
    return found


def _goal(canvas: Canvas, tongue: Tongue, goal: Goal, columns: list[_Column], box: Box) -> None:
    y = box.y + (box.h - BODY.height) / 2
    room = box.w - PAD - _GAP
    _label(canvas, tongue, goal, box.x + PAD, y, room)
    values = {"month": goal.month, "last": goal.last_actual, "last_gap": goal.last_gap, "goal": goal.goal}
    for x, column in _placed(box.right, columns):
        text = values.get(column.kind)
        if text:
            style = NUMBER if column.kind == "goal" else BODY
            room = column.width - 1.4 - (canvas.width("*", style) if column.kind == "goal" else 0.0)
            style = style if canvas.width(text, style) <= room else SMALL
            text = text if canvas.width(text, style) <= room else _in_millions(text)
            text += "*" if column.kind == "goal" and goal.span else ""
            canvas.write(x + 0.6, box.y + (box.h - style.height) / 2, column.width - 1.4, text, style, "right")


def _in_millions(text: str) -> str:
    """A number too long for its column, in whole millions: a cut one would lie."""
    sign, digits = ("−", text[1:]) if text.startswith("−") else ("", text)
    try:
        return f"{sign}{float(digits.replace(',', '')) / 1e6:,.0f}M"
    except ValueError:
        return text


def _label(canvas: Canvas, tongue: Tongue, goal: Goal, x: float, y: float, room: float) -> None:
    """The goal's name, its unit in brackets, its name in the second language: as much of this as has room."""
    name, unit = clean(tongue.first(goal.label)), clean(tongue.first(goal.unit))
    unit = "" if unit.casefold() in name.casefold() else unit  # "Outlets visited" need not say that it counts outlets
    shown = f"{name} ({unit})" if unit and tongue.lang == "en" else f"{name}({unit})" if unit else name
    if canvas.width(shown, BODY) > room:
        tail = f"({unit})" if unit and len(unit) < len(name) else ""
        shown = canvas.letters.cut(name, room - canvas.width(tail, BODY), BODY.size) + tail
    taken = canvas.write(x, y, room, shown, BODY)
    second = tongue.second(goal.label)
    if second and taken + _GAP + min(canvas.width(second, SOFT), 12.0) <= room:
        canvas.write(x + taken + _GAP, y + 0.12, room - taken - _GAP, second, SOFT)


def _worst(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box) -> None:
    y = box.y + (box.h - HEAVY.height) / 2
    more = tongue.first(words.more_goals(content.more_goals)) if content.more_goals else ""
    right = canvas.width(more, SOFT) + 2.0 if more else 0.0
    taken = tongue.write_pair(canvas, box.x + PAD, y, box.w / 2, words.WORST_GAP, HEAVY)
    if more:
        canvas.write(box.right - PAD - right, y + 0.1, right, more, SOFT, "right")
    x = box.x + PAD + taken + 1.5
    canvas.rule(x, box.bottom - 1.4, box.right - PAD - right - x)


def measures(canvas: Canvas, tongue: Tongue) -> None:
    """Panel 4: three blocks of ruled lines."""
    box = panel(canvas, tongue, 4)
    each = box.h / len(words.MEASURE_BLOCKS)
    with canvas.region(box):
        for number, block in enumerate(words.MEASURE_BLOCKS):
            top = box.y + number * each
            if number:
                canvas.across(box.x, top, box.w)
            tongue.write_pair(canvas, box.x + PAD, top + 0.8, box.w - 2 * PAD, block, HEAVY_SMALL)
            for share in (0.56, 0.88):
                canvas.rule(box.x + PAD, top + each * share, box.w - 2 * PAD)
