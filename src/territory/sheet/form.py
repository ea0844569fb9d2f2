"""The sheet as a form: every place to fill in, with a key that names it on paper, in a workbook, a page or a CSV.

`Form` is what carriers draw (`report.sheet_workbook`, `report.sheet_page`, `io.sheet_csv`) and `filled` reads back.
Printed facts that a filled-in sheet cannot be understood without (which outlet, which goal) are fields of the kind
``fixed`` and travel along, so that reading needs no plan. Keys:

==================================  ========================================================================
``goal.<goal>.goal|unit|actual``    panel 1; ``goal`` is fixed where the sheet prints one, else to fill in
``own_goal.<n>.name|goal|actual``   panel 1, a goal of the rep's own
``worst_gap``                       panel 1
``carried.<n>.key|text``            panel 2, a problem of last week, fixed; ``text`` to fill in where none is known
``carried.<n>.measure|closed``      panel 2: what was done about it, whether it is settled
``task.<n>.rule``                   panel 2, fixed
``task.<n>.item|what``              panel 2, a task of the rep's own in place of a printed one
``task.<n>.done|note``              panel 2
``visit.<date>.<order>.outlet``     panel 2, fixed
``visit.<date>.<order>.outcome|made_on|note``  panel 2
``extra.<n>.outlet|date|note``      panel 2, a visit without plan
``day.<date>.indicators|adhoc|problem|improvement``  panel 3
``work``                            panel 4, main work and completion
``problem.<n>.text|measure|closed`` panel 4
``channel.<part>.tick.<name>|content|means.<name>``  panel 5
==================================  ========================================================================
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from territory.language import Text
from territory.sheet import words
from territory.sheet.content import MAX_TASKS, Day, Goal, SheetContent, Visit
from territory.sheet.form_words import (
    CLOSED_PROBLEM,
    DONE_TASK,
    LABELS,
    OUTCOMES,
    Choice,
    day_name,
)
from territory.standing import digest

FormLang = Literal["en", "zh", "both"]

SCHEMA = "territory/sheet@1"
FORM_MARK = "territory-form"  # begins a hidden cell of a workbook that describes the form
NUM_EXTRA_VISITS = 6
NUM_EXTRA_VISITS_WITHOUT_PLAN = 18
NUM_PROBLEMS = 3
NUM_OWN_GOALS = 1
NUM_BLANK_CARRIED = 2
DAY_PARTS = ("indicators", "adhoc", "problem", "improvement")
CHANNEL_PARTS = ("supervisor", "monopoly", "customers")
CHANNEL_TICKS = ("market", "ideas", "anomaly", "notice")
CHANNEL_MEANS = ("talk", "phone", "chat")


class FieldKind(StrEnum):
    """What a field holds; every value travels as text, empty for an empty box."""

    FIXED = "fixed"  # printed, not to be changed
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"  # the value of one of `choices`
    TICK = "tick"  # "yes" or empty
    DATE = "date"  # YYYY-MM-DD


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """
    One place of the form.

    Attributes
    ----------
    key
        Names the place; unique on its sheet, the same in every carrier.
    panel
        Number of the panel it stands in, 1 to 6.
    label
        Says by itself what is asked, for screen readers and lists ("Mon 11-30, 2 老街副食店: outcome").
    short
        The same inside its table ("Outcome").
    choices
        What a choice may be; suggestions for a date.
    printed
        What a fixed field says; empty for all others.
    """

    key: str
    kind: FieldKind
    panel: int
    label: Text
    short: Text
    choices: tuple[Choice, ...] = ()
    printed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FormHead:
    """
    What every carrier says about the sheet it holds.

    Attributes
    ----------
    plan_id
        Short hash of the visit plan it was printed from; "" when not known.
    lang
        "zh", "en" or "both".
    form
        Short hash of all keys and fixed values: two prints with the same one can be filled in for each other.
    num_fields
        Fields of the form, fixed ones included.
    """

    schema: str
    sheet_id: str
    rep_id: str
    iso_week: str
    plan_id: str
    lang: str
    form: str
    num_fields: int

    def rows(self) -> dict[str, str]:
        """As text by name, the way carriers hold it."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One sheet to fill in."""

    content: SheetContent
    head: FormHead
    fields: tuple[Field, ...]

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """Fields by their keys."""
        return {field.key: field for field in self.fields}


def sheet_form(content: SheetContent, *, lang: FormLang = "both") -> Form:
    """
    The form of one sheet.

    Parameters
    ----------
    lang
        Language it is shown in first.
    """
    fields = form_fields(content)
    head = FormHead(
        schema=SCHEMA,
        sheet_id=content.sheet_id,
        rep_id=content.rep_id,
        iso_week=content.iso_week,
        plan_id=content.plan_id,
        lang=lang,
        form=form_digest((field.key, field.printed if field.kind is FieldKind.FIXED else None) for field in fields),
        num_fields=len(fields),
    )
    return Form(content=content, head=head, fields=fields)


def form_digest(entries: Iterable[tuple[str, str | None]]) -> str:
    """Short hash of keys with their fixed values (None for a place to fill in), in any order."""
    lines = sorted(repr(entry) for entry in entries)
    return digest("\n".join(lines).encode())[:12]


def text_mark(text: str) -> int:
    """A short number by which a printed text is known again, whatever a spreadsheet does to its blanks."""
    return zlib.crc32("".join(text.split()).encode("utf-8", "surrogatepass"))


def form_fields(content: SheetContent) -> tuple[Field, ...]:
    """Every place to fill in, and the fixed facts beside them, panel by panel in reading order."""
    dates = date_choices(content)
    fields = (
        *_goals(content),
        *_carried(content),
        *_tasks(content),
        *(field for day in content.days for visit in day.visits for field in _visit(day, visit, dates)),
        *_extra_visits(num_extra_visits(content), dates),
        *_days(content),
        *_measures(),
        *_channel(content),
    )
    keys = [field.key for field in fields]
    if len(set(keys)) != len(keys):
        raise ValueError(f"two fields of sheet {content.sheet_id} have one key")
    return fields


def date_choices(content: SheetContent) -> tuple[Choice, ...]:
    """The days of the sheet."""
    return tuple(Choice(value=day.date.isoformat(), label=day_name(day.date)) for day in content.days)


def goal_number(goal: Goal) -> str:
    """This week's goal as a plain number; "" where the sheet leaves a blank."""
    if goal.amount is not None:
        return f"{goal.amount:.10g}"
    return (goal.goal or "").replace(",", "").strip()


def _fixed(key: str, panel: int, label: Text, printed: str) -> Field:
    return Field(key=key, kind=FieldKind.FIXED, panel=panel, label=label, short=label, printed=printed.strip())


def _open(
    key: str, kind: FieldKind, panel: int, *, what: Text, about: Text | None = None, choices: tuple[Choice, ...] = ()
) -> Field:
    """A place to fill in: `what` is asked, `about` which line."""
    label = what if about is None else Text(f"{about.en}: {what.en}", f"{about.zh}:{what.zh}")
    return Field(key=key, kind=kind, panel=panel, label=label, short=what, choices=choices)


def _goals(content: SheetContent) -> Iterator[Field]:
    for goal in content.goals:
        root, number = f"goal.{goal.key}", goal_number(goal)
        if number:
            yield _fixed(f"{root}.goal", 1, LABELS["goal"], number)
        else:
            yield _open(f"{root}.goal", FieldKind.NUMBER, 1, what=LABELS["goal"], about=goal.label)
        yield _fixed(f"{root}.unit", 1, LABELS["unit"], f"{goal.unit.en}/{goal.unit.zh}")
        yield _open(f"{root}.actual", FieldKind.NUMBER, 1, what=LABELS["actual"], about=goal.label)
    for n in range(1, NUM_OWN_GOALS + 1):
        about = Text("Own goal", "自定指标")
        yield _open(f"own_goal.{n}.name", FieldKind.TEXT, 1, what=LABELS["name"], about=about)
        yield _open(f"own_goal.{n}.goal", FieldKind.NUMBER, 1, what=LABELS["goal"], about=about)
        yield _open(f"own_goal.{n}.actual", FieldKind.NUMBER, 1, what=LABELS["actual"], about=about)
    yield _open("worst_gap", FieldKind.TEXT, 1, what=words.WORST_GAP)


def _carried(content: SheetContent) -> Iterator[Field]:
    for n in range(1, max(len(content.carried), NUM_BLANK_CARRIED) + 1):
        root, about = f"carried.{n}", Text(f"Problem carried in {n}", f"上周问题 {n}")
        if n <= len(content.carried):
            problem = content.carried[n - 1]
            yield _fixed(f"{root}.key", 2, LABELS["problem"], problem.key)
            yield _fixed(f"{root}.text", 2, LABELS["problem"], problem.text)
            about = Text(f"{about.en}, {problem.text}", f"{about.zh},{problem.text}")
        elif content.carried:
            break
        else:
            yield _open(f"{root}.text", FieldKind.TEXT, 2, what=LABELS["problem"], about=about)
        yield _open(f"{root}.measure", FieldKind.TEXT, 2, what=LABELS["measure"], about=about)
        yield _open(f"{root}.closed", FieldKind.CHOICE, 2, what=LABELS["closed"], about=about, choices=CLOSED_PROBLEM)


def _tasks(content: SheetContent) -> Iterator[Field]:
    items = task_items(content)
    for n in range(1, MAX_TASKS + 1):
        root, about = f"task.{n}", Text(f"Task {n}", f"任务 {n}")
        if n <= len(content.tasks):
            task = content.tasks[n - 1]
            about = Text(f"Task {n}, {task.what.en}", f"任务 {n},{task.what.zh}")
            yield _fixed(f"{root}.rule", 2, LABELS["rule"], task.rule)
        else:
            yield _open(f"{root}.item", FieldKind.CHOICE, 2, what=LABELS["item"], about=about, choices=items)
            yield _open(f"{root}.what", FieldKind.TEXT, 2, what=LABELS["what"], about=about)
        yield _open(f"{root}.done", FieldKind.CHOICE, 2, what=LABELS["done"], about=about, choices=DONE_TASK)
        yield _open(f"{root}.note", FieldKind.TEXT, 2, what=LABELS["note"], about=about)


def task_items(content: SheetContent) -> tuple[Choice, ...]:
    """The checklist's sub-items, named ``<item>.<sub-item>`` from 1."""
    return tuple(
        Choice(value=f"{i}.{j}", label=Text(f"{i}.{j} {sub.en}", f"{i}.{j} {sub.zh}"))
        for i, item in enumerate(content.checklist, start=1)
        for j, sub in enumerate(item.sub_items, start=1)
    )


def visit_root(date: dt.date, order: int) -> str:
    """What the keys of one visit begin with."""
    return f"visit.{date.isoformat()}.{order}"


def _visit(day: Day, visit: Visit, dates: tuple[Choice, ...]) -> Iterator[Field]:
    root, name = visit_root(day.date, visit.order), day_name(day.date)
    who = f"{visit.order} {visit.name or visit.outlet_id}"
    about = Text(f"{name.en}, {who}", f"{name.zh} {who}")
    yield _fixed(f"{root}.outlet", 2, LABELS["outlet"], visit.outlet_id)
    yield _open(f"{root}.outcome", FieldKind.CHOICE, 2, what=LABELS["outcome"], about=about, choices=OUTCOMES)
    yield _open(f"{root}.made_on", FieldKind.DATE, 2, what=LABELS["made_on"], about=about, choices=dates)
    yield _open(f"{root}.note", FieldKind.TEXT, 2, what=LABELS["note"], about=about)


def num_extra_visits(content: SheetContent) -> int:
    """Lines for visits without plan: more where the week has no visits planned."""
    return NUM_EXTRA_VISITS if content.num_visits else NUM_EXTRA_VISITS_WITHOUT_PLAN


def _extra_visits(lines: int, dates: tuple[Choice, ...]) -> Iterator[Field]:
    for n in range(1, lines + 1):
        root, about = f"extra.{n}", Text(f"Extra visit {n}", f"计划外拜访 {n}")
        yield _open(f"{root}.outlet", FieldKind.TEXT, 2, what=LABELS["outlet"], about=about)
        yield _open(f"{root}.date", FieldKind.DATE, 2, what=LABELS["date"], about=about, choices=dates)
        yield _open(f"{root}.note", FieldKind.TEXT, 2, what=LABELS["note"], about=about)


def _days(content: SheetContent) -> Iterator[Field]:
    for day in content.days:
        for part in DAY_PARTS:
            yield _open(
                f"day.{day.date.isoformat()}.{part}", FieldKind.TEXT, 3, what=LABELS[part], about=day_name(day.date)
            )


def _measures() -> Iterator[Field]:
    yield _open("work", FieldKind.TEXT, 4, what=words.MEASURE_BLOCKS[0])
    for n in range(1, NUM_PROBLEMS + 1):
        root, about = f"problem.{n}", Text(f"Problem {n}", f"问题 {n}")
        yield _open(f"{root}.text", FieldKind.TEXT, 4, what=words.MEASURE_BLOCKS[1], about=about)
        yield _open(f"{root}.measure", FieldKind.TEXT, 4, what=words.MEASURE_BLOCKS[2], about=about)
        yield _open(f"{root}.closed", FieldKind.CHOICE, 4, what=LABELS["closed"], about=about, choices=CLOSED_PROBLEM)


def _channel(content: SheetContent) -> Iterator[Field]:
    for part, about in zip(CHANNEL_PARTS, words.CHANNEL_PARTS, strict=True):
        root = f"channel.{part}"
        for tick, what in zip(CHANNEL_TICKS, content.channel_ticks, strict=True):
            yield _open(f"{root}.tick.{tick}", FieldKind.TICK, 5, what=what, about=about)
        yield _open(f"{root}.content", FieldKind.TEXT, 5, what=words.CHANNEL_CONTENT, about=about)
        for means, what in zip(CHANNEL_MEANS, content.channel_means, strict=True):
            yield _open(f"{root}.means.{means}", FieldKind.TICK, 5, what=what, about=about)
