"""From what stands in the boxes of a form to a `SheetRecord`: tolerant of how people write, silent about nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from territory.domain.records import (
    ChannelRecord,
    DayRecord,
    GoalRecord,
    ProblemRecord,
    SheetRecord,
    TaskRecord,
    VisitOutcome,
    VisitRecord,
)
from territory.errors import Issue
from territory.sheet.boxes import Boxes, Entry, shown
from territory.sheet.filled_words import place_of
from territory.sheet.form import CHANNEL_PARTS, DAY_PARTS, SCHEMA, form_digest
from territory.sheet.form_words import CLOSED_PROBLEM, DONE_TASK, OUTCOMES
from territory.sheet.typed import CLOSED_WORDS, DONE_WORDS, OUTCOME_WORDS, number_of

_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """
    One form out of a file, not yet understood.

    Attributes
    ----------
    head
        Rows of `FormHead` by name; some may be missing.
    file
        Name of the file (and sheet) for messages and `SheetRecord.source`.
    """

    head: Mapping[str, str]
    entries: tuple[Entry, ...]
    file: str


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The record, None where there is nothing to record, and everything that is not in it or doubtful."""

    record: SheetRecord | None
    issues: tuple[Issue, ...]


def understood(form: FilledForm) -> Understood:
    """
    The record of a filled-in form.

    Notes
    -----
    Every entry ends in the record or in an issue. A day on which a visit was made says that it was made, whatever
    its outcome says; a warning tells so. Goals, tasks and carried-in problems of the sheet are in the record even
    when nothing is written to them; visits, days and channels only when something is.
    """
    boxes = Boxes(
        form.entries, file=form.file, monday=_monday(form.head) or dt.date.min, lang=form.head.get("lang", "both")
    )
    head_fault = _fault_of_head(form.head)
    if head_fault is not None:
        boxes.issues.clear()
        boxes.add(head_fault[0], None, **head_fault[1])
        return Understood(record=None, issues=tuple(boxes.issues))
    if not boxes.unread:
        boxes.add("sheet_empty", None)
        return Understood(record=None, issues=tuple(boxes.issues))
    _check_structure(form, boxes)
    record = SheetRecord(
        sheet_id=form.head["sheet_id"],
        rep_id=form.head["rep_id"],
        iso_week=form.head["iso_week"],
        plan_id=form.head.get("plan_id", ""),
        goals=(*_goals(boxes), *_own_goals(boxes)),
        tasks=_tasks(boxes),
        visits=(*_visits(boxes), *_extra_visits(boxes)),
        days=_days(boxes),
        problems=(*_carried(boxes, form.head["sheet_id"]), *_problems(boxes, form.head["sheet_id"])),
        channel=_channel(boxes),
        worst_gap=boxes.take("worst_gap"),
        work=boxes.take("work"),
        source=form.file,
    )
    for key in [key for key in boxes.entries if key in boxes.unread]:
        boxes.report(key, "sheet_unknown_place")
    return Understood(record=record, issues=tuple(boxes.issues))


def _monday(head: Mapping[str, str]) -> dt.date | None:
    """First day of the sheet's week; None when the head names no week."""
    week = _WEEK.match(head.get("iso_week", ""))
    try:
        return dt.date.fromisocalendar(int(week[1]), int(week[2]), 1) if week else None
    except ValueError:
        return None


def _fault_of_head(head: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """Code and fields of what makes a head useless."""
    if head.get("schema") != SCHEMA:
        return "sheet_schema", {"found": head.get("schema") or "-", "wanted": SCHEMA}
    if _monday(head) is None:
        return "sheet_head", {"name": "iso_week"}
    if not head.get("rep_id"):
        return "sheet_head", {"name": "rep_id"}
    if head.get("sheet_id") != f"{head['rep_id']} {head['iso_week']}":
        return "sheet_head", {"name": "sheet_id"}
    return None


def _check_structure(form: FilledForm, boxes: Boxes) -> None:
    """Whether the form came back with the places it was printed with."""
    wanted = form.head.get("num_fields", "")
    missing = int(wanted) - len(boxes.entries) if re.fullmatch("[0-9]{1,5}", wanted) else 0
    if missing > 0:
        boxes.add("sheet_rows_missing", None, missing=missing, wanted=wanted)
    elif form.head.get("form") != form_digest(
        (entry.key, entry.text if entry.is_fixed else None) for entry in boxes.entries.values()
    ):
        boxes.add("sheet_printed_changed", None)


def _goals(boxes: Boxes) -> list[GoalRecord]:
    found = []
    for name in boxes.names(r"goal\.(.+)\.(?:goal|unit|actual)"):
        root, unit = f"goal.{name}", boxes.fixed(f"goal.{name}.unit")
        printed = boxes.fixed(f"{root}.goal")
        goal = number_of(printed, unit) if printed else boxes.number(f"{root}.goal", unit)
        found.append(GoalRecord(key=name, goal=goal, actual=boxes.number(f"{root}.actual", unit)))
    return found


def _own_goals(boxes: Boxes) -> list[GoalRecord]:
    found = []
    for root in (f"own_goal.{n}" for n in boxes.numbers("own_goal")):
        if boxes.line_stands(root, "name"):
            name = boxes.take(f"{root}.name")
            goal, actual = boxes.number(f"{root}.goal", ""), boxes.number(f"{root}.actual", "")
            found.append(GoalRecord(key=f"own:{name}", goal=goal, actual=actual))
    return found


def _tasks(boxes: Boxes) -> tuple[TaskRecord, ...]:
    found = []
    for n in boxes.numbers("task"):
        root, rule, what = f"task.{n}", boxes.fixed(f"task.{n}.rule"), ""
        if not rule:
            if not boxes.line_stands(root, "what"):
                continue
            item, what = boxes.item(f"{root}.item"), boxes.take(f"{root}.what")
            rule = f"own.{item}" if item else "own"
        done = boxes.yes_or_no(f"{root}.done", DONE_WORDS, DONE_TASK)
        found.append(TaskRecord(number=n, rule=rule, done=done, note=boxes.take(f"{root}.note"), what=what))
    return tuple(found)


def _visits(boxes: Boxes) -> list[VisitRecord]:
    found = []
    for name in boxes.names(r"visit\.(\d{4}-\d{2}-\d{2}\.[1-9]\d{0,3})\.\w+"):
        day, order = name.split(".")
        date, outlet_id = _parsed(day), boxes.fixed(f"visit.{name}.outlet")
        visit = _visit(boxes, f"visit.{name}", outlet_id, date, int(order)) if date and outlet_id else None
        if visit is not None:  # entries of a visit without day or outlet stay unread, and are reported so
            found.append(visit)
    return sorted(found, key=lambda visit: (visit.date, visit.order))


def _visit(boxes: Boxes, root: str, outlet_id: str, date: dt.date, order: int) -> VisitRecord | None:
    """What became of one planned visit; None where its boxes are empty or do not say."""
    value = boxes.word(f"{root}.outcome", OUTCOME_WORDS, OUTCOMES)
    outcome = None if value is None else VisitOutcome(value)
    made_on = boxes.date(f"{root}.made_on")
    if made_on is not None and outcome is not VisitOutcome.DONE:
        code = "sheet_made_without_outcome" if outcome is None else "sheet_made_after_all"
        boxes.add(code, boxes.entries[f"{root}.made_on"], place=place_of(f"{root}.outcome"))
        outcome = VisitOutcome.DONE
    if outcome is None:
        if f"{root}.note" in boxes.unread:
            boxes.report(f"{root}.note", "sheet_note_alone", wanted=shown(OUTCOMES))
        return None
    return VisitRecord(
        outlet_id=outlet_id,
        date=date,
        order=order,
        outcome=outcome,
        made_on=None if made_on == date else made_on,
        note=boxes.take(f"{root}.note"),
    )


def _extra_visits(boxes: Boxes) -> list[VisitRecord]:
    found = []
    for root in (f"extra.{n}" for n in boxes.numbers("extra")):
        date = boxes.date(f"{root}.date") if f"{root}.outlet" in boxes.unread else None
        if date is not None:
            outlet_id, note = boxes.take(f"{root}.outlet"), boxes.take(f"{root}.note")
            visit = VisitRecord(outlet_id=outlet_id, date=date, order=0, outcome=VisitOutcome.EXTRA, note=note)
            found.append(visit)
            continue
        for key in [f"{root}.{part}" for part in ("outlet", "date", "note")]:
            if key in boxes.unread:
                boxes.report(key, "sheet_extra_incomplete")
    return found


def _days(boxes: Boxes) -> tuple[DayRecord, ...]:
    found = []
    for name in boxes.names(r"day\.(\d{4}-\d{2}-\d{2})\.\w+"):
        date = _parsed(name)
        texts = {part: boxes.take(f"day.{name}.{part}") for part in DAY_PARTS} if date else {}
        if date is not None and any(texts.values()):
            found.append(DayRecord(date=date, **texts))
    return tuple(sorted(found, key=lambda day: day.date))


def _carried(boxes: Boxes, sheet_id: str) -> list[ProblemRecord]:
    found = []
    for root in (f"carried.{n}" for n in boxes.numbers("carried")):
        key = boxes.fixed(f"{root}.key")
        if key:
            found.append(_problem(boxes, root, key, boxes.fixed(f"{root}.text")))
        elif boxes.line_stands(root, "text"):
            found.append(_problem(boxes, root, f"{sheet_id}/{root}", boxes.take(f"{root}.text")))
    return found


def _problems(boxes: Boxes, sheet_id: str) -> list[ProblemRecord]:
    return [
        _problem(boxes, root, f"{sheet_id}/{root}", boxes.take(f"{root}.text"))
        for root in (f"problem.{n}" for n in boxes.numbers("problem"))
        if boxes.line_stands(root, "text")
    ]


def _problem(boxes: Boxes, root: str, key: str, text: str) -> ProblemRecord:
    closed = boxes.yes_or_no(f"{root}.closed", CLOSED_WORDS, CLOSED_PROBLEM)
    return ProblemRecord(key=key, text=text, measure=boxes.take(f"{root}.measure"), closed=closed)


def _channel(boxes: Boxes) -> tuple[ChannelRecord, ...]:
    found = []
    for part in CHANNEL_PARTS:
        ticks, means = boxes.ticks(f"channel.{part}.tick."), boxes.ticks(f"channel.{part}.means.")
        content = boxes.take(f"channel.{part}.content")
        if ticks or means or content:
            found.append(ChannelRecord(part=part, ticks=ticks, content=content, means=means))
    return tuple(found)


def _parsed(day: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        return None
