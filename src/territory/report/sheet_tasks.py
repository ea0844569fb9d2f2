"""Panel 2, left column: problems carried in, the top task, the checklist, how each key task is done."""

from __future__ import annotations

from collections.abc import Sequence

from territory.domain.records import ProblemRecord
from territory.language import Text
from territory.report.sheet_canvas import Box, Canvas, Style
from territory.report.sheet_form import BODY, HEAVY, HEAVY_SMALL, PAD, PITCH, SMALL, SOFT, Tongue
from territory.sheet import words
from territory.sheet.content import MAX_TASKS, KeyTask, SheetContent

COLUMN_WIDTH = 60.0
MOST_PROBLEMS = 4
_INNER = COLUMN_WIDTH - 2 * PAD
_TITLE = 3.9
_TICK = 2.3
_MARK = 2.4
_TIGHT = 2.5
_TOP_STYLE = Style(8.0)
_NUMBER = 2.7
_ITEM_GAP = {"zh": 1.2, "en": 0.7, "both": 0.3}
_LABEL = {"zh": 14.9, "both": 14.5}


def left_column(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box) -> None:
    """Everything in the column, from top to bottom; what room is left belongs to the tasks' ways."""
    with canvas.region(box):
        y = _carried(canvas, tongue, content, box, box.y)
        y = _top_task(canvas, tongue, content, box, y)
        y = _checklist(canvas, tongue, content, box, y)
        _ways(canvas, tongue, content, box, y)


def _title(canvas: Canvas, tongue: Tongue, box: Box, y: float, text: Text, note: str = "") -> None:
    room = _INNER
    if note:
        width = canvas.width(note, SOFT)
        canvas.write(box.x + PAD + _INNER - width, y + 0.8, width, note, SOFT, "right")
        room -= width + 1.5
    tongue.write_pair(canvas, box.x + PAD, y + 0.8, room, text, HEAVY_SMALL)


def _carried(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box, y: float) -> float:
    """Last week's problems, each with a box to tick once it is settled; two ruled lines when there is none."""
    x, problems = box.x + PAD, content.carried
    if not problems:
        _title(canvas, tongue, box, y, words.CARRIED_IN)
        bottom = y + 11.4
        canvas.rule(x, y + 7.1, _INNER)
        canvas.rule(x, bottom - 0.9, _INNER)
        canvas.across(box.x, bottom, box.w)
        return bottom
    note = tongue.first(words.SETTLED)
    if len(problems) > MOST_PROBLEMS:
        note = f"{tongue.first(words.more_problems(len(problems) - MOST_PROBLEMS))} · {note}"
    _title(canvas, tongue, box, y, words.CARRIED_IN, note)
    top = y + _TITLE
    shown = problems[:MOST_PROBLEMS]
    for problem, lines in zip(shown, _broken(canvas, shown), strict=True):
        canvas.tick(x, top, _TICK)
        top = canvas.write_lines(x + 3.2, top + 0.1, lines, SMALL, w=_INNER - 3.2, pitch=PITCH) + 0.35
        if not problem.text:
            canvas.rule(x + 3.2, top - 0.7, _INNER - 3.2)
    bottom = max(top + 0.3, y + 11.4)
    canvas.across(box.x, bottom, box.w)
    return bottom


def _broken(canvas: Canvas, problems: Sequence[ProblemRecord]) -> list[list[str]]:
    """The problems' lines: two for each when there are one or two, else one."""
    most = 2 if len(problems) <= MOST_PROBLEMS // 2 else 1
    texts = [f"{problem.text} → {problem.measure}" if problem.measure else problem.text for problem in problems]
    return [canvas.lines(text, _INNER - 3.2, SMALL, most) or [""] for text in texts]


def _top_task(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box, y: float) -> float:
    height = 9.2
    canvas.tint(Box(box.x, y, box.w, height), 243)
    _title(canvas, tongue, box, y, words.TOP_TASK)
    if content.tasks:
        tongue.write_pair(canvas, box.x + PAD, y + 4.3, _INNER, content.tasks[0].what, _TOP_STYLE)
    else:
        canvas.rule(box.x + PAD, y + height - 1.4, _INNER)
    canvas.across(box.x, y + height, box.w)
    return y + height


def _checklist(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box, y: float) -> float:
    """The seven items; a sub-item that tasks tick shows their numbers."""
    x = box.x + PAD
    note = tongue.first(words.AT_MOST_FIVE)
    _title(canvas, tongue, box, y, words.CHECKLIST_TITLE, note)
    top = y + _TITLE
    own_line = tongue.lang == "en"
    label_width = _INNER - _NUMBER if own_line else _LABEL[tongue.lang]
    room = _INNER + 0.8 - _NUMBER - (0.0 if own_line else label_width)
    label_style = BODY if own_line else SMALL
    pitch = _TIGHT if tongue.is_both else PITCH
    marks = _marks(content.tasks)
    widths = _column_widths(canvas, tongue, content, marks, room)
    for i, item in enumerate(content.checklist):
        canvas.write(x, top, _NUMBER, str(i + 1), SOFT)
        labels = canvas.lines(tongue.first(item.label), label_width - 0.4, label_style, 1 if own_line else 2)
        below = canvas.write_lines(x + _NUMBER, top, labels, label_style, w=label_width - 0.4, pitch=pitch)
        if tongue.is_both:
            canvas.write(x + _NUMBER, below, label_width - 0.4, item.short, SOFT)
            below += pitch
        at = x + _NUMBER + (0.0 if own_line else label_width)
        line = below + 0.15 if own_line else top
        for j, sub_item in enumerate(item.sub_items):
            last = j == len(item.sub_items) - 1
            width = sum(widths[j:]) if last else widths[j]
            _sub_item(canvas, tongue, sub_item, marks.get((i, j), []), Box(at, line, width, pitch))
            at += width
        lines = 1 if not tongue.is_both else 2
        top = max(below, line + lines * pitch) + _ITEM_GAP[tongue.lang]
    canvas.across(box.x, top, box.w)
    return top


def _marks(tasks: Sequence[KeyTask]) -> dict[tuple[int, int], list[int]]:
    """Numbers of the tasks that tick a sub-item."""
    found: dict[tuple[int, int], list[int]] = {}
    for number, task in enumerate(tasks, start=1):
        found.setdefault((task.item, task.sub_item), []).append(number)
    return found


def _column_widths(
    canvas: Canvas, tongue: Tongue, content: SheetContent, marks: dict[tuple[int, int], list[int]], room: float
) -> list[float]:
    """Widths of the sub-items' columns: what the longest text in each needs, and an even part of what is left."""
    needs: list[float] = []
    for i, item in enumerate(content.checklist):
        for j, sub_item in enumerate(item.sub_items):
            boxes = max(len(marks.get((i, j), [])), 1) * _MARK
            need = boxes + 0.3 + canvas.width(tongue.first(sub_item), HEAVY_SMALL) + 0.8
            need = max(need, canvas.width(tongue.second(sub_item), SOFT) + 0.3)
            if j == len(needs):
                needs.append(0.0)
            if j < len(item.sub_items) - 1 or j == 2:
                needs[j] = max(needs[j], need)
    return _shared(needs, room)


def _shared(needs: list[float], room: float) -> list[float]:
    """The room shared out: an even part of what is left over; or the widest ones cut to one width where it lacks."""
    over = sum(needs) - room
    if over <= 0:
        return [need - over / len(needs) for need in needs]
    widest = sorted(needs, reverse=True)
    for count in range(1, len(widest) + 1):
        most = (sum(widest[:count]) - over) / count
        if count == len(widest) or most >= widest[count]:
            return [min(need, most) for need in needs]
    return needs


def _sub_item(canvas: Canvas, tongue: Tongue, text: Text, numbers: list[int], box: Box) -> None:
    x = box.x
    if numbers:
        for number in numbers:
            canvas.ticked(x, box.y - 0.05, number, _TICK)
            x += _MARK
    else:
        canvas.tick(x, box.y, _TICK)
        x += _MARK
    style = HEAVY_SMALL if numbers else SMALL
    canvas.write(x + 0.3, box.y + 0.1, box.right - x - 0.3, tongue.first(text), style)
    if second := tongue.second(text):
        canvas.write(box.x, box.y + box.h, box.w - 0.2, second, SOFT)


def _ways(canvas: Canvas, tongue: Tongue, content: SheetContent, box: Box, y: float) -> None:
    """Each task with its way of doing; ruled lines for those that are left to the rep."""
    _title(canvas, tongue, box, y, words.HOW)
    top = y + _TITLE
    each = (box.bottom - top) / MAX_TASKS
    x, room = box.x + PAD, _INNER - 4.2
    pitch = _TIGHT if tongue.is_both else max(PITCH, min(2.85, (each - 0.4) / 4))
    most = max(2, int((each - 0.2) / pitch))
    for number in range(MAX_TASKS):
        at = top + number * each
        canvas.chip(x, at - 0.35, number + 1, 3.1)
        if number < len(content.tasks):
            _way(canvas, tongue, content.tasks[number], Box(x + 4.2, at, room, each), pitch, most)
        else:
            canvas.rule(x + 4.2, at + 2.9, room)
            canvas.rule(x + 4.2, at + each / 2 + 2.2, room)


def _way(canvas: Canvas, tongue: Tongue, task: KeyTask, box: Box, pitch: float, most: int) -> None:
    """What and how in at most `most` lines; where both languages stand, each has its part of them."""

    def lines(text: str, style: Style, count: int) -> list[str]:
        return canvas.lines(text, box.w, style, count)

    y = box.y
    if not tongue.is_both:
        what = lines(tongue.first(task.what), HEAVY, 2 if most >= 4 else 1)
        y = canvas.write_lines(box.x, y, what, HEAVY, w=box.w, pitch=pitch) + 0.15
        how = lines(tongue.first(task.how), SMALL, most - len(what))
        canvas.write_lines(box.x, y, how, SMALL, w=box.w, pitch=pitch)
        return
    y = canvas.write_lines(box.x, y, lines(task.what.zh, HEAVY, 1), HEAVY, w=box.w, pitch=pitch) + 0.1
    own = max(1, min(len(lines(task.how.zh, SMALL, most)), most - 3, 2))
    y = canvas.write_lines(box.x, y, lines(task.how.zh, SMALL, own), SMALL, w=box.w, pitch=pitch)
    english = lines(f"{task.what.en}. {task.how.en}", SOFT, most - 1 - own)
    canvas.write_lines(box.x, y, english, SOFT, w=box.w, pitch=pitch)
