"""Panel 3 (execution tracking), panel 5 (communication green channel) and panel 6 (links)."""

from __future__ import annotations

from territory.language import Text
from territory.report.qr import MODULE_MM, QUIET, qr_matrix
from territory.report.sheet_canvas import Box, Canvas
from territory.report.sheet_days import count_of, note_of
from territory.report.sheet_form import BODY, HEAVY, HEAVY_SMALL, PAD, PITCH, SMALL, SOFT, Tongue, panel
from territory.sheet import words
from territory.sheet.content import Link, SheetContent
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

_TRACKING = (17.0, 28.0, 13.0, 33.0, 26.0)
_LARGEST_MODULE = 0.52


def tracking(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """A row per day: what is planned stands there, what was done is left to the hand."""
    box = panel(canvas, tongue, 3)
    height = 6.6 if tongue.is_both else 4.6
    rest = (box.w - sum(_TRACKING)) / 2
    widths = (*_TRACKING, rest, rest)
    each = (box.h - height) / max(len(content.days), 1)
    with canvas.region(box):
        x = box.x
        lines = 2 * PITCH if tongue.is_both else SOFT.height
        for number, (width, column) in enumerate(zip(widths, words.TRACKING_COLUMNS, strict=True)):
            if number:
                canvas.down(x, box.y, box.h)
            top = box.y + (height - lines) / 2
            tongue.write_stack(canvas, x + 0.4, top, width - 0.8, column, SOFT, align="center")
            x += width
        for number, day in enumerate(content.days):
            top = box.y + height + number * each
            canvas.across(box.x, top, box.w)
            y = top + (each - BODY.height) / 2
            weekday = day.date.weekday()
            name = Text(WEEKDAYS_EN[weekday], WEEKDAYS_ZH[weekday])
            canvas.write(box.x + PAD, y, 8.0, tongue.first(name), HEAVY)
            canvas.write(box.x + PAD + 6.0, y + 0.1, widths[0] - PAD - 7.0, f"{day.date:%m-%d}", SMALL, "right")
            left, room = box.x + widths[0] + 1.4, widths[1] - 2.8
            note = note_of(day)
            if note is not None:
                canvas.write(left, y + 0.1, room, tongue.first(note), SOFT)
                continue
            hours = f"{day.leave}–{day.home}" if day.leave and day.home else ""
            canvas.write(left, y, room, tongue.first(count_of(day)), BODY)
            canvas.write(left, y + 0.1, room, hours, SOFT, "right")


def channel(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """Three parts: who was spoken to, about what, by which means; the content is left to the hand."""
    box = panel(canvas, tongue, 5)
    with canvas.region(box):
        if tongue.is_both:
            _channel_table(canvas, tongue, content, box)
        else:
            _channel_lines(canvas, tongue, content, box)


def _channel_lines(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box) -> None:
    each = box.h / len(words.CHANNEL_PARTS)
    for number, part in enumerate(words.CHANNEL_PARTS):
        top = box.y + number * each
        if number:
            canvas.across(box.x, top, box.w)
        left = _labelled(
            canvas, [tongue.first(text) for text in content.channel_ticks], box.right - PAD, top + 0.8, 70.0
        )
        canvas.write(box.x + PAD, top + 0.8, left - box.x - PAD - 1.0, tongue.first(part), HEAVY)
        y = top + 0.8 + 3.45
        left = _labelled(canvas, [tongue.first(text) for text in content.channel_means], box.right - PAD, y, 45.0)
        taken = canvas.write(box.x + PAD, y + 0.1, 14.0, tongue.first(words.CHANNEL_CONTENT), SOFT)
        canvas.rule(box.x + PAD + taken + 1.2, top + each - 0.75, left - box.x - PAD - taken - 3.2)


def _labelled(canvas: Canvas, texts: list[str], right: float, y: float, room: float) -> float:
    """Boxes to tick with their labels, from `right` to the left, in at most `room`; returns the left edge."""
    each = (room - 1.8 * (len(texts) - 1)) / len(texts)
    x = right
    for text in reversed(texts):
        width = min(canvas.width(text, SMALL), each - 3.0)
        x -= width
        canvas.write(x, y + 0.1, width, text, SMALL)
        x -= 3.0
        canvas.tick(x, y, 2.4)
        x -= 1.8
    return x + 1.8


def _channel_table(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box) -> None:
    """Both languages: the ticks' labels stand once, at the top."""
    head, first, each = 6.1, 25.2, 9.85
    rest = box.w - first - each * len(content.channel_ticks)
    row = (box.h - head) / len(words.CHANNEL_PARTS)
    for number, text in enumerate(content.channel_ticks):
        x = box.x + first + number * each
        canvas.down(x, box.y, box.h)
        tongue.write_stack(canvas, x + 0.15, box.y + 0.45, each - 0.3, text, SOFT, align="center")
    x = box.right - rest
    canvas.down(x, box.y, box.h)
    by = ", ".join(tongue.second(text) or tongue.first(text) for text in content.channel_means)
    means = Text(f"{words.CHANNEL_CONTENT.en} ({by})", words.CHANNEL_CONTENT.zh)
    tongue.write_stack(canvas, x + 0.4, box.y + 0.45, rest - 0.8, means, SOFT, align="center")
    for number, part in enumerate(words.CHANNEL_PARTS):
        top = box.y + head + number * row
        canvas.across(box.x, top, box.w)
        y = top + (row - 2 * PITCH) / 2
        canvas.write(box.x + PAD, y, first - PAD - 0.4, part.zh, HEAVY_SMALL)
        canvas.write(box.x + PAD, y + PITCH, first - PAD - 0.4, part.en, SOFT)
        for tick in range(len(content.channel_ticks)):
            canvas.tick(box.x + first + (tick + 0.5) * each - 1.2, top + row / 2 - 1.2, 2.4)
        _labelled(
            canvas, [tongue.first(text) for text in content.channel_means], box.right - 1.2, top + 0.5, rest - 2.0
        )
        canvas.rule(x + 1.2, top + row - 0.7, rest - 2.4)


def links(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """Four entries: what is known, then the code that leads there; lines to write on where there is none."""
    box = panel(canvas, tongue, 6)
    each = box.w / max(len(content.links), 1)
    for number, link in enumerate(content.links):
        cell = Box(box.x + number * each, box.y, each, box.h)
        if number:
            canvas.down(cell.x, cell.y, cell.h)
        with canvas.region(cell):
            _link(canvas, tongue, link, cell)


def _link(canvas: Canvas, tongue: Tongue, link: Link, cell: Box) -> None:
    x, room, y = cell.x + 0.8, cell.w - 1.4, cell.y + 0.8
    canvas.write(x, y, room, tongue.first(link.label), HEAVY_SMALL)
    y += PITCH
    if second := tongue.second(link.label):
        canvas.write(x, y, room, second, SOFT)
        y += PITCH
    if link.url:
        canvas.anchor(cell, link.url)
    matrix = qr_matrix(link.code) if link.code else None
    side = 0.0 if matrix is None else (len(matrix) + 2 * QUIET) * MODULE_MM
    fact = tongue.first(link.fact) if link.fact else ""
    if fact and cell.bottom - y - PITCH >= side:
        canvas.write(x, y, room, fact, SMALL)
        y += PITCH
    free = cell.bottom - y
    if matrix is None:
        for number in range(3):
            canvas.rule(x, y + (number + 1) * free / 3 - 1.2, room)
        return
    module = min(_LARGEST_MODULE, free / (len(matrix) + 2 * QUIET), room / (len(matrix) + 2 * QUIET) * 1.08)
    size = module * len(matrix)
    canvas.squares(cell.x + (cell.w - size) / 2, y + (free - size) / 2, module, matrix)
