"""Panel 2, right: a column per day with its facts, its single worst gap, its visits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from territory.language import Text
from territory.report.sheet_canvas import Box, Canvas, Ink, Style
from territory.report.sheet_form import BODY, HEAVY_SMALL, PITCH, SMALL, SOFT, Tongue
from territory.sheet import words
from territory.sheet.content import Day, SheetContent, Visit
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

_HEAD = 5.2
_PAD = 1.0
_TALLEST = 13.4
_TIGHT = 2.52
_LEAST = 8.3
_BLANK_SLOTS = 9
_CODE_TICK = 2.1
_CODE_PITCH = 3.15
_CODE_TIGHT = 2.6
_MORE = 3.5
_NOTES = {"off": words.DAY_OFF, "holiday": words.HOLIDAY}


def day_columns(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box) -> None:
    """The columns side by side, all of one width."""
    each = box.w / max(len(content.days), 1)
    for number, day in enumerate(content.days):
        column = Box(box.x + number * each, box.y, each, box.h)
        if number:
            canvas.down(column.x, column.y, column.h)
        with canvas.region(column):
            _day(canvas, tongue, day, column)


def note_of(day: Day) -> Text | None:
    """What stands in place of visits; None on a day that has some."""
    return None if day.visits else _NOTES.get(day.status, words.NO_VISITS)


def count_of(day: Day) -> Text:
    """How many visits."""
    return Text(f"{len(day.visits)} call{'' if len(day.visits) == 1 else 's'}", f"{len(day.visits)} 户")


def _day(canvas: Canvas, tongue: Tongue, day: Day, column: Box) -> None:
    inner = Box(column.x + _PAD, column.y, column.w - 2 * _PAD, column.h)
    _heading(canvas, tongue, day, column)
    y = _facts(canvas, tongue, day, inner, column.y + _HEAD)
    y = _worst_gap(canvas, tongue, day, inner, y)
    room = Box(inner.x, y, inner.w, column.bottom - y - 0.4)
    full = [visit for visit in day.visits if visit.in_full]
    codes = _Codes.fitted(canvas, [visit.code for visit in day.visits if not visit.in_full], room, len(full))
    slots = len(full) if codes.count else max(len(full), _BLANK_SLOTS)
    each = min(_TALLEST, (room.h - codes.height) / max(slots, 1))
    for number, visit in enumerate(full):
        _visit(canvas, tongue, visit, Box(room.x, room.y + number * each, room.w, each))
    if codes.count:
        codes.draw(canvas, tongue, room.y + len(full) * each)
    elif day.status == "work":
        for number in range(len(full), slots):
            _blank(canvas, Box(room.x, room.y + number * each, room.w, each))


def _heading(canvas: Canvas, tongue: Tongue, day: Day, column: Box) -> None:
    works = day.status == "work"
    canvas.tint(Box(column.x, column.y, column.w, _HEAD), 60 if works else 235)
    ink: Ink = "white" if works else "ink"
    weekday = day.date.weekday()
    name, plain = Style(8.0, ink, 0.2), Style(7.0, ink)
    y = column.y + (_HEAD - name.height) / 2
    date = f"{day.date:%m-%d}"
    date_width = canvas.width(date, plain)
    canvas.write(column.right - _PAD - date_width, y + 0.15, date_width, date, plain, "right")
    room = column.w - 2 * _PAD - date_width - 1.0
    text = Text(WEEKDAYS_EN[weekday], WEEKDAYS_ZH[weekday])
    taken = canvas.write(column.x + _PAD, y, room, tongue.first(text), name)
    second, style = tongue.second(text), Style(6.5, ink)
    if second and taken + 1.0 + canvas.width(second, style) <= room:
        canvas.write(column.x + _PAD + taken + 1.0, y + 0.3, room - taken - 1.0, second, style)


def _facts(canvas: Canvas, tongue: Tongue, day: Day, box: Box, y: float) -> float:
    """Visits and driving, where, the day's focus; or why there are none."""
    lines = 4 if tongue.is_both else 3
    bottom = y + 0.7 + lines * PITCH
    note = note_of(day)
    if note is not None:
        tongue.write_stack(canvas, box.x, y + 0.7, box.w, note, SOFT)
        return bottom
    count = tongue.first(count_of(day))
    taken = canvas.write(box.x, y + 0.7, box.w, count, HEAVY_SMALL)
    if day.drive_min is not None:
        drive = Text(f"{day.drive_min} min drive", f"行车 {day.drive_min} 分")
        short = Text(f"{day.drive_min} min", f"{day.drive_min} 分")
        room = box.w - taken - 1.0
        shown = tongue.first(drive if canvas.width(tongue.first(drive), SMALL) <= room else short)
        canvas.write(box.x + taken + 1.0, y + 0.7, room, shown, SMALL, "right")
    canvas.write(box.x, y + 0.7 + PITCH, box.w, day.place, SMALL)
    if day.focus is not None:
        tongue.write_stack(canvas, box.x, y + 0.7 + 2 * PITCH, box.w, day.focus, SMALL)
    return bottom


def _worst_gap(canvas: Canvas, tongue: Tongue, day: Day, box: Box, y: float) -> float:
    """The day's single worst gap: whose and how much, or lines to write it on."""
    lines = 4 if tongue.is_both else 3
    height = 1.1 + lines * PITCH
    canvas.tint(Box(box.x - _PAD, y, box.w + 2 * _PAD, height), 243)
    canvas.across(box.x - _PAD, y, box.w + 2 * _PAD)
    canvas.across(box.x - _PAD, y + height, box.w + 2 * _PAD, strong=True)
    top = y + 0.6
    if not day.visits and day.status != "work":
        return y + height
    tongue.write_pair(canvas, box.x, top, box.w, words.DAY_WORST_GAP, HEAVY_SMALL)
    name = next((visit.name or visit.outlet_id for visit in day.visits if visit.outlet_id == day.worst_gap_outlet), "")
    if day.worst_gap is None:
        for number in range(1, lines - 1):
            canvas.rule(box.x, top + PITCH + number * (lines - 1) * PITCH / (lines - 2) - 0.2, box.w)
    else:
        canvas.write(box.x, top + PITCH, box.w, name, SMALL)
        tongue.write_stack(canvas, box.x, top + 2 * PITCH, box.w, day.worst_gap, SMALL)
    return y + height


def _visit(canvas: Canvas, tongue: Tongue, visit: Visit, box: Box) -> None:
    canvas.across(box.x, box.bottom, box.w)
    tier = f"{visit.tier}·" if visit.tier else ""
    first, second = tier + _focus(visit, tongue.first), _focus(visit, tongue.second)
    is_beside = canvas.width(first, SMALL) + 0.8 + canvas.width(second, SOFT) <= box.w
    capacity = int((box.h - 0.6) / _TIGHT)
    names = canvas.lines(visit.name, box.w, BODY, 2 if capacity >= 4 else 1)
    has_own = bool(second) and not is_beside and capacity >= 3 + len(names)
    pitch = min(3.0, (box.h - 0.6) / (2 + len(names) + has_own))
    y = box.y + 0.6
    canvas.tick(box.x, y - 0.05, 2.3)
    code = canvas.width(visit.code, SOFT)
    canvas.write(box.right - code, y + 0.1, code, visit.code, SOFT, "right")
    room = box.w - 3.1 - code - 0.8
    numbered = f"{visit.order}  {visit.time}"
    shown = numbered if canvas.width(numbered, SMALL) <= room else visit.time
    if canvas.width(shown, SMALL) <= room:
        canvas.write(box.x + 3.1, y + 0.1, room, shown, SMALL)
    y = canvas.write_lines(box.x, y + pitch, names, BODY, w=box.w, pitch=pitch)
    taken = canvas.write(box.x, y, box.w, first, SMALL)
    if second and is_beside:
        canvas.write(box.x + taken + 0.8, y, box.w - taken - 0.8, second, SOFT)
    elif has_own:
        canvas.write(box.x, y + pitch, box.w, second, SOFT)


def _focus(visit: Visit, of: Callable[[Text], str]) -> str:
    """Focus and the figure behind it, in one language; empty where that language has nothing of its own to say."""
    focus, detail = of(visit.focus), of(visit.detail) if visit.detail is not None else ""
    return f"{focus} {detail}".strip() if focus else ""


def _blank(canvas: Canvas, box: Box) -> None:
    canvas.across(box.x, box.bottom, box.w)
    canvas.tick(box.x, box.y + 0.7, 2.4)
    canvas.rule(box.x, box.y + box.h * 0.64, box.w)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Codes:
    """Visits printed as code and tick box: how many per row, how close, how many are listed."""

    codes: list[str]
    listed: int
    per_row: int
    pitch: float
    box: Box

    @property
    def count(self) -> int:
        return len(self.codes)

    @property
    def height(self) -> float:
        if not self.codes:
            return 0.0
        rows = -(-self.listed // self.per_row)
        hidden = PITCH if self.listed < self.count else 0.0
        return _MORE + rows * self.pitch + hidden + 0.3

    @classmethod
    def fitted(cls, canvas: Canvas, codes: list[str], box: Box, num_full: int) -> _Codes:
        """As many codes as fit beside the visits in full; the rest is counted."""
        widest = max((canvas.width(code, SMALL) for code in codes), default=0.0)
        cell = widest + _CODE_TICK + 0.5
        room = box.h - num_full * _LEAST - _MORE - 0.3
        for per_row in (2, 3, 1):
            if per_row * cell > box.w + 0.6 and per_row > 1:
                continue
            rows = -(-len(codes) // per_row)
            if rows * _CODE_TIGHT <= room:
                pitch = min(_CODE_PITCH, room / max(rows, 1))
                return cls(codes=codes, listed=len(codes), per_row=per_row, pitch=pitch, box=box)
        per_row = next((n for n in (3, 2) if n * cell <= box.w + 0.6), 1)
        rows = max(0, int((room - PITCH) / _CODE_TIGHT))
        return cls(codes=codes, listed=min(len(codes), rows * per_row), per_row=per_row, pitch=_CODE_TIGHT, box=box)

    def draw(self, canvas: Canvas, tongue: Tongue, y: float) -> None:
        """The count, the codes, and how many had no room."""
        box = self.box
        tongue.write_pair(canvas, box.x, y + 0.5, box.w, words.more_visits(self.count), HEAVY_SMALL)
        top, cell = y + _MORE, box.w / self.per_row
        for number, code in enumerate(self.codes[: self.listed]):
            x, at = box.x + number % self.per_row * cell, top + number // self.per_row * self.pitch
            canvas.tick(x, at, _CODE_TICK)
            canvas.write(x + _CODE_TICK + 0.4, at - 0.02, cell - _CODE_TICK - 0.4, code, SMALL)
        hidden = self.count - self.listed
        if hidden:
            rows = -(-self.listed // self.per_row)
            canvas.write(box.x, top + rows * self.pitch, box.w, tongue.first(words.not_listed(hidden)), SMALL)
