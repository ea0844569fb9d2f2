"""The panels of the page to fill in, in the page's order."""

from __future__ import annotations

import datetime as dt

from territory.language import Text
from territory.report import sheet_page_words as said
from territory.report.sheet_markup import Markup
from territory.sheet import words
from territory.sheet.content import MAX_TASKS, Day, Goal, KeyTask, Visit
from territory.sheet.form import (
    CHANNEL_MEANS,
    CHANNEL_PARTS,
    CHANNEL_TICKS,
    DAY_PARTS,
    NUM_OWN_GOALS,
    NUM_PROBLEMS,
    goal_number,
    num_extra_visits,
    visit_root,
)
from territory.sheet.form_words import LABELS
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

_SAFE_LINKS = ("https://", "http://")


def bar(m: Markup) -> str:
    """What stands above the form: whose week it is, and what can be done with the page."""
    content = m.form.content
    week = f"{content.iso_week}  {content.first_day:%m-%d} – {content.last_day:%m-%d}"
    where = " · ".join(part for part in (content.scenario, content.team) if part)
    lang = m.form.head.lang
    switch = "".join(
        f'<button type="button" data-lang="{code}" aria-pressed="{str(code == lang).lower()}">{name}</button>'
        for code, name in (("zh", "中文"), ("en", "English"), ("both", "中文 English"))
    )
    tools = {"export": said.EXPORT, "export-csv": said.EXPORT_CSV, "import": said.IMPORT, "print": said.PRINT}
    buttons = "".join(
        m.say(text, tag="button", attributes=f' type="button" id="{name}"')
        for name, text in (tools | {"clear": said.CLEAR}).items()
    )
    file = f'<input type="file" id="file" accept=".json,application/json" hidden {m.both(said.IMPORT, "aria-label")}>'
    return (
        f'<a class="skip" href="#form" {m.both(said.SKIP)}>{m.shown(said.SKIP)}</a>'
        f'<div class="name"><h1>{m.say(words.TITLE)}</h1>'
        f'<p><b>{m.plain(content.rep_name)} {m.plain(content.rep_id)}</b> <span class="nowrap">{m.plain(week)}</span>'
        f"<small>{m.plain(where)} {m.say(content.territory)}</small></p></div>"
        f'<div class="tools"><span role="group" {m.both(said.LANGUAGE, "aria-label")}>{switch}</span>'
        f"{buttons}{file}</div>"
        f'<p id="status" role="status" aria-live="polite"></p>'
        f'<p id="notice" role="alert" hidden><span></span> <button type="button" id="older" hidden></button></p>'
        f"<noscript><p>{m.shown(said.NO_SCRIPT)}</p></noscript>"
        f'<p class="hint">{m.say(said.HINT)} <span id="filled"></span></p>'
    )


def _steps(m: Markup) -> str:
    """The PDCA strip."""
    return "".join(f"<li>{m.say(label)}{f' <b>{pdca}</b>' if pdca else ''}</li>" for label, pdca in words.STEPS)


def panels(m: Markup) -> str:
    """All six panels."""
    return (
        f'<div class="pair">{_panel(m, 1, _goals(m))}{_panel(m, 4, _measures(m))}</div>'
        f'<ol class="steps">{_steps(m)}</ol>'
        f"{_panel(m, 2, _tasks(m) + _days(m) + _extra(m))}"
        f"{_panel(m, 3, _tracking(m))}"
        f'<div class="pair">{_panel(m, 5, _channel(m))}{_panel(m, 6, _links(m))}</div>'
        f'<p class="imprint">{m.plain(_imprint(m))}</p>'
    )


def _panel(m: Markup, number: int, inside: str) -> str:
    panel = words.PANELS[number - 1]
    pdca = f"<b>{panel.pdca}</b>" if panel.pdca else ""
    return (
        f'<section class="panel" id="panel{number}" aria-labelledby="head{number}">'
        f'<h2 id="head{number}"><i>{number}</i> {m.say(panel.heading)} {pdca}</h2>{inside}</section>'
    )


def _table(m: Markup, columns: tuple[Text, ...], rows: list[str], kind: str) -> str:
    head = "".join(m.say(column, tag="th", attributes=' scope="col"') for column in columns)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _row(m: Markup, root: str, *parts: str) -> str:
    boxes = (m.box(f"{root}.{part}", show_hint=True) for part in parts)
    return f"<tr>{''.join(f'<td>{box}</td>' for box in boxes)}</tr>"


def _goals(m: Markup) -> str:
    rows = []
    for goal in m.form.content.goals:
        root, amount = f"goal.{goal.key}", goal_number(goal)
        target = m.plain(goal.goal or amount) if amount else m.box(f"{root}.goal")
        rows.append(
            f'<tr><th scope="row">{m.say(goal.label)}{_known(m, goal)}</th>'
            f'<td class="number">{target} <small>{m.say(goal.unit)}</small></td>'
            f"<td>{m.box(f'{root}.actual')}</td>"
            f'<td class="number" data-gap="{m.plain(root)}"></td></tr>'
        )
    for n in range(1, NUM_OWN_GOALS + 1):
        root = f"own_goal.{n}"
        boxes = "".join(f"<td>{m.box(f'{root}.{part}', show_hint=True)}</td>" for part in ("name", "goal", "actual"))
        rows.append(f'<tr>{boxes}<td class="number" data-gap="{root}"></td></tr>')
    worst = f'<label class="wide">{m.say(words.WORST_GAP, tag="b")} {m.box("worst_gap", rows=2)}</label>'
    more = m.form.content.more_goals
    told = m.say(words.more_goals(more), tag="p") if more else ""
    return _table(m, words.GOAL_COLUMNS, rows, "goals") + told + worst


def _known(m: Markup, goal: Goal) -> str:
    facts = [m.plain(goal.span)] if goal.span else []
    facts += [
        f"{m.say(label)} {m.plain(value)}"
        for label, value in ((said.LAST_WEEK, goal.last_actual), (said.GAP, goal.last_gap), (said.MONTH, goal.month))
        if value is not None
    ]
    return f"<small>{' · '.join(facts)}</small>" if facts else ""


def _measures(m: Markup) -> str:
    work = f'<label class="wide">{m.say(words.MEASURE_BLOCKS[0], tag="b")} {m.box("work", rows=3)}</label>'
    rows = [_row(m, f"problem.{n}", "text", "measure", "closed") for n in range(1, NUM_PROBLEMS + 1)]
    return work + _table(m, (*words.MEASURE_BLOCKS[1:], LABELS["closed"]), rows, "lines")


def _tasks(m: Markup) -> str:
    content, rows, n = m.form.content, [], 1
    while f"carried.{n}.closed" in m.form.by_key:
        root = f"carried.{n}"
        text = (
            m.plain(content.carried[n - 1].text) if n <= len(content.carried) else m.box(f"{root}.text", show_hint=True)
        )
        measure = m.box(f"{root}.measure", show_hint=True)
        rows.append(f"<tr><td>{text}</td><td>{measure}</td><td>{m.box(f'{root}.closed')}</td></tr>")
        n += 1
    carried = _table(m, (words.CARRIED_IN, LABELS["measure"], LABELS["closed"]), rows, "lines")
    tasks = [_task(m, n) for n in range(1, MAX_TASKS + 1)]
    return carried + _checklist(m) + _table(m, (words.HOW, LABELS["note"], LABELS["done"]), tasks, "lines")


def _task(m: Markup, n: int) -> str:
    root, content = f"task.{n}", m.form.content
    if n <= len(content.tasks):
        task: KeyTask = content.tasks[n - 1]
        top = f"<small>{m.say(words.TOP_TASK)}</small> " if n == 1 else ""
        what = f"<b>{n} {m.say(task.what)}</b> {top}<p>{m.say(task.how)}</p>"
    else:
        what = f'<span class="own"><b>{n}</b> {m.box(f"{root}.item")} {m.box(f"{root}.what", show_hint=True)}</span>'
    note = m.box(f"{root}.note", rows=2, show_hint=True)
    return f"<tr><td>{what}</td><td>{note}</td><td>{m.box(f'{root}.done')}</td></tr>"


def _checklist(m: Markup) -> str:
    ticked = {(task.item, task.sub_item): n for n, task in enumerate(m.form.content.tasks, start=1)}
    items = []
    for i, item in enumerate(m.form.content.checklist):
        subs = " ".join(
            f'<span class="sub">{f"<i>{ticked[i, j]}</i>" if (i, j) in ticked else "<u></u>"}{m.say(sub)}</span>'
            for j, sub in enumerate(item.sub_items)
        )
        items.append(f"<li>{m.say(item.label)} {subs}</li>")
    return f'<div class="checklist">{m.say(words.CHECKLIST_TITLE, tag="b")}<ol>{"".join(items)}</ol></div>'


def _days(m: Markup) -> str:
    return f'<div class="days">{"".join(_day(m, day) for day in m.form.content.days)}</div>'


def _day(m: Markup, day: Day) -> str:
    date = day.date.isoformat()
    facts = []
    if day.visits:
        facts.append(m.say(said.load(len(day.visits), day.drive_min)))
        facts += [m.plain(day.place)] if day.place else []
        facts += [m.say(day.focus)] if day.focus else []
    else:
        facts.append(m.say({"off": words.DAY_OFF, "holiday": words.HOLIDAY}.get(day.status, words.NO_VISITS)))
    if day.worst_gap is not None:
        facts.append(f"<b>{m.say(said.WORST)}</b> {m.say(day.worst_gap)}")
    visits = "".join(_visit(m, day, visit) for visit in day.visits)
    return (
        f'<section class="day {m.plain(day.status)}" aria-labelledby="day{date}">'
        f'<h3 id="day{date}">{_day_name(m, day.date)}</h3>'
        f'<p class="facts">{"<br>".join(facts)}</p><ol>{visits}</ol></section>'
    )


def _day_name(m: Markup, date: dt.date) -> str:
    weekday = date.weekday()
    return f'{m.say(Text(WEEKDAYS_EN[weekday], WEEKDAYS_ZH[weekday]))} <span class="date">{date:%m-%d}</span>'


def _visit(m: Markup, day: Day, visit: Visit) -> str:
    root = visit_root(day.date, visit.order)
    tier = f"{m.plain(visit.tier)} · " if visit.tier else ""
    detail = f" {m.say(visit.detail)}" if visit.detail is not None else ""
    return (
        f"<li><div><b>{visit.order}</b> {m.plain(visit.time)} <small>{m.plain(visit.outlet_id)}</small></div>"
        f'<div class="outlet">{m.plain(visit.name)}</div><small>{tier}{m.say(visit.focus)}{detail}</small>'
        f'<div class="boxes">{m.box(f"{root}.outcome")}{m.box(f"{root}.note", show_hint=True)}'
        f"{m.box(f'{root}.made_on', show_label=True)}</div></li>"
    )


def _extra(m: Markup) -> str:
    rows = [_row(m, f"extra.{n}", "outlet", "date", "note") for n in range(1, num_extra_visits(m.form.content) + 1)]
    table = _table(m, (LABELS["outlet"], LABELS["date"], LABELS["note"]), rows, "lines extras")
    is_open = "" if m.form.content.num_visits else " open"
    return f'<details class="extra"{is_open}><summary>{m.say(said.EXTRA)}</summary>{table}</details>'


def _tracking(m: Markup) -> str:
    rows = []
    for day in m.form.content.days:
        date = day.date.isoformat()
        boxes = "".join(f"<td>{m.box(f'day.{date}.{part}', rows=2, show_hint=True)}</td>" for part in DAY_PARTS)
        rows.append(
            f'<tr><th scope="row">{_day_name(m, day.date)}</th><td class="count">{len(day.visits) or "–"}</td>'
            f'<td class="count" data-done="visit.{date}."></td>{boxes}</tr>'
        )
    return _table(m, words.TRACKING_COLUMNS, rows, "tracking")


def _channel(m: Markup) -> str:
    blocks = []
    for part, about in zip(CHANNEL_PARTS, words.CHANNEL_PARTS, strict=True):
        root = f"channel.{part}"
        ticks = "".join(_tick(m, f"{root}.tick.{name}") for name in CHANNEL_TICKS)
        means = "".join(_tick(m, f"{root}.means.{name}") for name in CHANNEL_MEANS)
        blocks.append(
            f'<fieldset><legend>{m.say(about)}</legend><div class="ticks">{ticks}</div>'
            f'{m.box(f"{root}.content", rows=2, show_label=True)}<div class="ticks">{means}</div></fieldset>'
        )
    return "".join(blocks)


def _tick(m: Markup, key: str) -> str:
    return f"<label>{m.box(key)} {m.say(m.form.by_key[key].short)}</label>"


def _links(m: Markup) -> str:
    items = []
    for link in m.form.content.links:
        label = m.say(link.label)
        if link.url.startswith(_SAFE_LINKS):
            label = f'<a href="{m.plain(link.url)}" rel="noopener noreferrer" target="_blank">{label}</a>'
        fact = f"<br>{m.say(link.fact)}" if link.fact is not None else ""
        items.append(f"<li>{label}{fact}</li>")
    return f'<ul class="links">{"".join(items)}</ul>'


def _imprint(m: Markup) -> str:
    head = m.form.head
    return "  ·  ".join(
        part for part in (head.sheet_id, f"plan {head.plan_id}" if head.plan_id else "", f"form {head.form}") if part
    )
