"""Filling in a form as a test does: some value for every box, what a record must then say, and how carriers show it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

from hypothesis import strategies as st

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
from territory.sheet.boxes import Entry
from territory.sheet.content import SheetContent
from territory.sheet.filled import FilledForm
from territory.sheet.form import FieldKind, Form

Values = dict[str, str]

WORDS = (
    "缺货 3 条",
    "老板不在",
    "=1+1",
    "'=x",
    "007",
    'a,b;c"d',
    "第一行\n第二行",
    "<b>&amp;",
    "-5",
    "√",
    "䶮㛃",
    "完成",
    "12-02",
)


def carrying(content: SheetContent) -> SheetContent:
    """The sheet with two problems carried in, fewer printed tasks, and a goal that is not known."""
    problems = (
        ProblemRecord(key=f"{content.rep_id} 2026-W48/problem.1", text="雨天漏访,=SUM(A1)"),
        ProblemRecord(key=f"{content.rep_id} 2026-W47/problem.2", text="007"),
    )
    unknown = dataclasses.replace(content.goals[0], goal=None, amount=None)
    return dataclasses.replace(
        content, carried=problems, tasks=content.tasks[:3], goals=(unknown, *content.goals[1:]), plan_id="1e5f"
    )


def full_values(form: Form, seed: int = 1) -> Values:
    """Something different in every box."""
    draw = random.Random(seed)
    return {
        field.key: _value(field.kind, [choice.value for choice in field.choices], draw, n)
        for n, field in enumerate(form.fields)
        if field.kind is not FieldKind.FIXED
    }


def _value(kind: FieldKind, choices: list[str], draw: random.Random, n: int) -> str:
    if kind is FieldKind.NUMBER:
        return draw.choice([str(n), f"{n}.5", "-3", "0"])
    if kind is FieldKind.TICK:
        return "yes"
    if kind is FieldKind.TEXT:
        return f"{draw.choice(WORDS)} {n}"
    return draw.choice(choices)


@st.composite
def some_values(draw: st.DrawFn, form: Form) -> Values:
    """Any boxes filled in with anything that fits them; lines always have their names."""
    seed = draw(st.integers(0, 10_000))
    values = full_values(form, seed)
    texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
    for key in values:
        if draw(st.booleans()):
            values[key] = ""
        elif form.by_key[key].kind is FieldKind.TEXT and draw(st.integers(0, 9)) == 0:
            values[key] = draw(texts)
    return consistent(values)


def consistent(values: Values) -> Values:
    """`values` without entries that only make sense with another one that is empty."""
    kept = dict(values)
    for key in values:
        root, _, part = key.rpartition(".")
        name = {"own_goal": "name", "problem": "text", "carried": "text", "task": "what"}.get(root.partition(".")[0])
        if name and f"{root}.{name}" in values and part != name and not values[f"{root}.{name}"]:
            kept[key] = ""
        if key.startswith("extra.") and not (values[f"{root}.outlet"] and values[f"{root}.date"]):
            kept[key] = ""
        if key.startswith("visit.") and part == "made_on" and values[f"{root}.outcome"] != "done":
            kept[key] = ""
        if key.startswith("visit.") and part == "note" and not values[f"{root}.outcome"]:
            kept[key] = ""
    return kept


def expected(form: Form, values: Values, *, source: str = "") -> SheetRecord:
    """The record of a form filled in with `values` (see `consistent`), worked out from the content."""
    content, v = form.content, values

    def number(key: str) -> float | None:
        return float(v[key]) if v[key] else None

    def yes(key: str) -> bool | None:
        return {"yes": True, "no": False, "": None}[v[key]]

    goals = []
    for goal in content.goals:
        target = float(goal.goal.replace(",", "")) if goal.goal else number(f"goal.{goal.key}.goal")
        goals.append(GoalRecord(key=goal.key, goal=target, actual=number(f"goal.{goal.key}.actual")))
    if v["own_goal.1.name"]:
        own = f"own:{v['own_goal.1.name']}"
        goals.append(GoalRecord(key=own, goal=number("own_goal.1.goal"), actual=number("own_goal.1.actual")))
    tasks = []
    for n in range(1, 6):
        done, note = yes(f"task.{n}.done"), v[f"task.{n}.note"]
        if n <= len(content.tasks):
            tasks.append(TaskRecord(number=n, rule=content.tasks[n - 1].rule, done=done, note=note))
        elif v[f"task.{n}.what"]:
            rule = f"own.{v[f'task.{n}.item']}".rstrip(".")
            tasks.append(TaskRecord(number=n, rule=rule, done=done, note=note, what=v[f"task.{n}.what"]))
    visits = []
    for day in content.days:
        for visit in day.visits:
            root = f"visit.{day.date}.{visit.order}"
            if v[f"{root}.outcome"]:
                made_on = dt.date.fromisoformat(v[f"{root}.made_on"]) if v[f"{root}.made_on"] else None
                visits.append(
                    VisitRecord(
                        outlet_id=visit.outlet_id,
                        date=day.date,
                        order=visit.order,
                        outcome=VisitOutcome(v[f"{root}.outcome"]),
                        made_on=None if made_on == day.date else made_on,
                        note=v[f"{root}.note"],
                    )
                )
    visits += [
        VisitRecord(
            outlet_id=v[f"extra.{n}.outlet"],
            date=dt.date.fromisoformat(v[f"extra.{n}.date"]),
            order=0,
            outcome=VisitOutcome.EXTRA,
            note=v[f"extra.{n}.note"],
        )
        for n in range(1, 7)
        if v[f"extra.{n}.outlet"]
    ]
    days = []
    for day in content.days:
        texts = {part: v[f"day.{day.date}.{part}"] for part in ("indicators", "adhoc", "problem", "improvement")}
        if any(texts.values()):
            days.append(DayRecord(date=day.date, **texts))
    problems = []
    for n in range(1, (len(content.carried) or 2) + 1):
        rest = {"measure": v[f"carried.{n}.measure"], "closed": yes(f"carried.{n}.closed")}
        if content.carried:
            problems.append(
                ProblemRecord(key=content.carried[n - 1].key, text=content.carried[n - 1].text.strip(), **rest)
            )
        elif v[f"carried.{n}.text"]:
            problems.append(ProblemRecord(key=f"{content.sheet_id}/carried.{n}", text=v[f"carried.{n}.text"], **rest))
    problems += [
        ProblemRecord(
            key=f"{content.sheet_id}/problem.{n}",
            text=v[f"problem.{n}.text"],
            measure=v[f"problem.{n}.measure"],
            closed=yes(f"problem.{n}.closed"),
        )
        for n in range(1, 4)
        if v[f"problem.{n}.text"]
    ]
    channel = []
    for part in ("supervisor", "monopoly", "customers"):
        ticks = tuple(t for t in ("market", "ideas", "anomaly", "notice") if v[f"channel.{part}.tick.{t}"])
        means = tuple(m for m in ("talk", "phone", "chat") if v[f"channel.{part}.means.{m}"])
        if ticks or means or v[f"channel.{part}.content"]:
            channel.append(ChannelRecord(part=part, ticks=ticks, content=v[f"channel.{part}.content"], means=means))
    return SheetRecord(
        sheet_id=content.sheet_id,
        rep_id=content.rep_id,
        iso_week=content.iso_week,
        plan_id=content.plan_id,
        goals=tuple(goals),
        tasks=tuple(tasks),
        visits=tuple(visits),
        days=tuple(days),
        problems=tuple(problems),
        channel=tuple(channel),
        worst_gap=v["worst_gap"],
        work=v["work"],
        source=source,
    )


def filled(form: Form, values: Values, *, file: str = "") -> FilledForm:
    """The form with these values, as a reader hands it on."""
    entries = [
        Entry(key=field.key, text=field.printed, is_fixed=True)
        if field.kind is FieldKind.FIXED
        else Entry(key=field.key, text=values.get(field.key, ""))
        for field in form.fields
    ]
    return FilledForm(head=form.head.rows(), entries=tuple(entries), file=file)
