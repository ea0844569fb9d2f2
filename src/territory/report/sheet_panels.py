"""Where everything stands on the worksheet to fill in: the page's panels in the page's order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from territory.language import Text
from territory.report.sheet_grid import Grid
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
from territory.sheet.form_words import LABELS, OUTCOMES

_PER_DAY = 3  # columns of a day: outcome, made on, note
_FEWEST_DAYS = 5
_HINT = Text(
    "Fill in the tinted boxes only, save, and send this file back. Clear a box with Delete.",
    "请只填写浅色格,保存后发回本文件;填错按 Delete 清除。",
)
_LAST_WEEK = Text("Last week", "上周")
_GAP = Text("gap", "差距")
_MONTH = Text("month's target", "月目标")
_EXTRA = Text("Extra visits (outlet id, day, note)", "计划外拜访(客户编号、日期、备注)")
_WORST = Text("Worst gap", "最大差距")


def draw(grid: Grid) -> None:
    """Put the whole sheet onto the grid."""
    content = grid.form.content
    num_columns = _PER_DAY * max(len(content.days), _FEWEST_DAYS)
    grid.widths(num_columns, 8.6 if grid.is_both else 7.6)
    row = _title(grid, num_columns)
    half = -(-num_columns * 8 // 15)
    row = max(_goals(grid, row, (0, half - 1)), _measures(grid, row, (half, num_columns - 1)))
    row = _steps(grid, row, num_columns)
    row = _tasks(grid, row, num_columns)
    first_visit = row + 3
    row = _visits(grid, row, num_columns)
    row = _extra(grid, row, num_columns)
    row = _tracking(grid, row, num_columns, first_visit=first_visit)
    row = _channel_and_links(grid, row, num_columns)
    grid.print_text(row, (0, num_columns - 1), _imprint(grid), "small right")


def _parts(columns: Sequence[int], *shares: int) -> list[tuple[int, int]]:
    """The columns cut in parts about as wide as the shares say, each at least one column."""
    first, last = columns
    width, total = last - first + 1, sum(shares)
    cuts, done = [first], 0
    for n, share in enumerate(shares, start=1):
        done += share
        left = len(shares) - n
        cut = first + (width * done + total // 2) // total
        cuts.append(min(max(cut, cuts[-1] + 1), last + 1 - left))
    return [(start, stop - 1) for start, stop in itertools.pairwise(cuts)]


def _panel(grid: Grid, row: int, columns: Sequence[int], number: int) -> int:
    panel = words.PANELS[number - 1]
    pdca = f"  [{panel.pdca}]" if panel.pdca else ""
    grid.print_text(row, columns, f"{'①②③④⑤⑥'[number - 1]} {grid.say(panel.heading, '  ')}{pdca}", "panel")
    grid.height(row, 17)
    return row + 1


def _title(grid: Grid, num_columns: int) -> int:
    content = grid.form.content
    left, right = _parts((0, num_columns - 1), 8, 7)
    week = f"{content.iso_week}  {content.first_day:%m-%d} – {content.last_day:%m-%d}"
    grid.print_text(0, left, grid.say(words.TITLE, "  "), "title")
    grid.print_text(0, right, f"{content.rep_name}  {content.rep_id}    {week}", "who")
    where = "  ".join(part for part in (content.scenario, content.team, grid.say(content.territory, " / ")) if part)
    grid.print_text(1, left, grid.say(_HINT), "small")
    grid.print_text(1, right, where, "small right")
    grid.height(0, 24)
    grid.height(1, 21 if grid.is_both else 12)
    return 2


def _goals(grid: Grid, row: int, columns: Sequence[int]) -> int:
    row = _panel(grid, row, columns, 1)
    label, goal, actual, gap = _parts(columns, 7, 4, 3, 2)
    for place, text in zip((label, goal, actual, gap), words.GOAL_COLUMNS, strict=True):
        grid.print_text(row, place, grid.say(text), "head")
    grid.height(row, 22 if grid.is_both else 13)
    for each in grid.form.content.goals:
        row += 1
        root, amount = f"goal.{each.key}", goal_number(each)
        grid.print_text(row, label, _goal_label(grid, each), "label")
        grid.height(row, 23)
        target = ""
        if amount and _is_number(amount):
            target = grid.print_number(row, goal, float(amount))
        elif amount:
            grid.print_text(row, goal, amount, "gap")
        else:
            target = grid.box(row, goal, f"{root}.goal")
        done = grid.box(row, actual, f"{root}.actual")
        if target:
            grid.compute(row, gap, _gap_formula(done, target), "", "gap")
        else:
            grid.print_text(row, gap, "", "gap")
    if grid.form.content.more_goals:
        row += 1
        grid.print_text(row, columns, grid.say(words.more_goals(grid.form.content.more_goals)), "fact")
    for n in range(1, NUM_OWN_GOALS + 1):
        row += 1
        grid.box(row, label, f"own_goal.{n}.name", ask=True)
        target = grid.box(row, goal, f"own_goal.{n}.goal")
        done = grid.box(row, actual, f"own_goal.{n}.actual")
        grid.compute(row, gap, _gap_formula(done, target), "", "gap")
        grid.height(row, 15)
    head, box = _parts(columns, 4, 12)
    grid.print_text(row + 1, head, grid.say(words.WORST_GAP, "\n"), "strong small")
    grid.box(row + 1, box, "worst_gap")
    grid.height(row + 1, 30 if grid.is_both else 24)
    return row + 2


def _gap_formula(done: str, target: str) -> str:
    return f'=IF(OR({done}="",{target}="",ISTEXT({done}),ISTEXT({target})),"",ROUND({done}-{target},2))'


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _goal_label(grid: Grid, goal: Goal) -> str:
    """The goal with its unit, and in a second line what is known of last week and the month."""
    facts = [goal.span] if goal.span else []
    if goal.last_actual is not None:
        facts.append(f"{grid.say(_LAST_WEEK)} {goal.last_actual}")
    if goal.last_gap is not None:
        facts.append(f"{grid.say(_GAP)} {goal.last_gap}")
    if goal.month is not None:
        facts.append(f"{grid.say(_MONTH)} {goal.month}")
    label = f"{grid.say(goal.label)} ({grid.say(goal.unit)})"
    return f"{label}\n{'  '.join(facts)}" if facts else label


def _measures(grid: Grid, row: int, columns: Sequence[int]) -> int:
    row = _panel(grid, row, columns, 4)
    grid.print_text(row, columns, grid.say(words.MEASURE_BLOCKS[0]), "strong")
    grid.box(row + 1, columns, "work", rows=2)
    row += 3
    places = _parts(columns, 3, 3, 1)
    for place, text in zip(places, (*words.MEASURE_BLOCKS[1:], LABELS["closed"]), strict=True):
        grid.print_text(row, place, grid.say(text), "strong small")
    for n in range(1, NUM_PROBLEMS + 1):
        row += 1
        for place, part in zip(places, ("text", "measure", "closed"), strict=True):
            grid.box(row, place, f"problem.{n}.{part}")
    return row + 1


def _steps(grid: Grid, row: int, num_columns: int) -> int:
    steps = [
        f"{n} {grid.say(label)}{f' {pdca}' if pdca else ''}" for n, (label, pdca) in enumerate(words.STEPS, start=1)
    ]
    grid.print_text(row, (0, num_columns - 1), "  ▶  ".join(steps), "steps")
    grid.height(row, 24 if grid.is_both else 15)
    return row + 1


def _tasks(grid: Grid, row: int, num_columns: int) -> int:
    content, columns = grid.form.content, (0, num_columns - 1)
    row = _panel(grid, row, columns, 2)
    what, note, done = _parts(columns, 9, 4, 2)
    for place, text in ((what, words.CARRIED_IN), (note, LABELS["measure"]), (done, LABELS["closed"])):
        grid.print_text(row, place, grid.say(text), "strong small")
    for n in _lines(grid, "carried"):
        row += 1
        root = f"carried.{n}"
        lines = 1
        if n <= len(content.carried):
            problem = f"{n}  {content.carried[n - 1].text}"
            lines = grid.lines_of(problem, what)
            grid.print_text(row, what, problem, "label")
        else:
            grid.box(row, what, f"{root}.text", ask=True)
        grid.box(row, note, f"{root}.measure")
        grid.box(row, done, f"{root}.closed")
        grid.height(row, 11.5 * lines + 3.5)
    row += 1
    checklist = f"{grid.say(words.CHECKLIST_TITLE)}:  {_checklist(grid)}"
    grid.print_text(row, columns, checklist, "fact")
    grid.height(row, 10.5 * grid.lines_of(checklist, columns) + 3)
    row += 1
    for place, text in ((what, words.HOW), (note, LABELS["note"]), (done, LABELS["done"])):
        grid.print_text(row, place, grid.say(text), "strong small")
    for n in range(1, MAX_TASKS + 1):
        row += 1
        root = f"task.{n}"
        if n <= len(content.tasks):
            task = _task(grid, n, content.tasks[n - 1])
            grid.print_text(row, what, task, "label")
            grid.height(row, 11.5 * grid.lines_of(task, what) + 2)
        else:
            item, own = _parts(what, 3, 6)
            grid.box(row, item, f"{root}.item", ask=True)
            grid.box(row, own, f"{root}.what", ask=True)
            grid.height(row, 15)
        grid.box(row, note, f"{root}.note")
        grid.box(row, done, f"{root}.done")
    return row + 1


def _lines(grid: Grid, line: str) -> Iterator[int]:
    """Numbers of the form's lines of one kind."""
    n = 1
    while f"{line}.{n}.closed" in grid.form.by_key:
        yield n
        n += 1


def _task(grid: Grid, n: int, task: KeyTask) -> str:
    lead = f"{grid.say(words.TOP_TASK)}: " if n == 1 else ""
    return f"{n}  {lead}{grid.say(task.what, ' / ')}\n{grid.say(task.how, chr(10))}"


def _checklist(grid: Grid) -> str:
    """The seven items, ticked sub-items marked with the number of their task."""
    ticked = {(task.item, task.sub_item): n for n, task in enumerate(grid.form.content.tasks, start=1)}
    items = []
    for i, item in enumerate(grid.form.content.checklist):
        subs = [
            f"{'■' if (i, j) in ticked else '□'}{ticked.get((i, j), '')}{grid.say(sub)}"
            for j, sub in enumerate(item.sub_items)
        ]
        items.append(f"{i + 1} {grid.say(item.label)}: {' '.join(subs)}")
    return ";  ".join(items)


def _visits(grid: Grid, row: int, num_columns: int) -> int:
    days = grid.form.content.days
    places = [(_PER_DAY * n, _PER_DAY * n + _PER_DAY - 1) for n in range(num_columns // _PER_DAY)]
    most, tallest = max((len(day.visits) for day in days), default=0), 2
    for place, day in zip(places, days, strict=False):
        grid.print_text(row, place, grid.say_day(day.date), "day" if day.status == "work" else "day off")
        facts = _day_facts(grid, day)
        tallest = max(tallest, grid.lines_of(facts, place))
        grid.print_text(row + 1, place, facts, "fact")
        first = place[0]
        for column, part in enumerate(("outcome", "made_on", "note")):
            grid.print_text(row + 2, (first + column, first + column), grid.say(LABELS[part], "\n"), "head")
        for n, visit in enumerate(day.visits):
            at, root = row + 3 + 2 * n, visit_root(day.date, visit.order)
            grid.print_text(at, place, _visit(grid, visit), "visit")
            grid.box(at + 1, (first, first), f"{root}.outcome")
            grid.box(at + 1, (first + 1, first + 1), f"{root}.made_on")
            grid.box(at + 1, (first + 2, first + 2), f"{root}.note", small=True)
    grid.height(row, 15)
    grid.height(row + 1, 10.5 * tallest + 2)
    grid.height(row + 2, 21 if grid.is_both else 11)
    for n in range(most):
        grid.height(row + 3 + 2 * n, 33)
        grid.height(row + 4 + 2 * n, 14)
    return row + 3 + 2 * most


def _day_facts(grid: Grid, day: Day) -> str:
    if not day.visits:
        note = {"off": words.DAY_OFF, "holiday": words.HOLIDAY}.get(day.status, words.NO_VISITS)
        return grid.say(note)
    count = Text(f"{len(day.visits)} calls", f"{len(day.visits)} 户")
    facts = [grid.say(count)]
    if day.drive_min is not None:
        facts.append(grid.say(Text(f"{day.drive_min} min drive", f"行车 {day.drive_min} 分")))
    lines = ["  ".join(facts), day.place, grid.say(day.focus) if day.focus else ""]
    if day.worst_gap is not None:
        lines.append(f"{grid.say(_WORST)}: {grid.say(day.worst_gap)}")
    return "\n".join(line for line in lines if line)


def _visit(grid: Grid, visit: Visit) -> str:
    code = f"  {visit.code}" if visit.code != visit.name else ""
    about = [grid.say(visit.focus)]
    if visit.detail is not None:
        about.append(grid.say(visit.detail))
    tier = f"{visit.tier}·" if visit.tier else ""
    return f"{visit.order}  {visit.time}{code}\n{visit.name}\n{tier}{' '.join(about)}"


def _extra(grid: Grid, row: int, num_columns: int) -> int:
    grid.print_text(row, (0, num_columns - 1), grid.say(_EXTRA), "strong small")
    per_row = 3
    places = _parts((0, num_columns - 1), *([1] * per_row))
    lines = num_extra_visits(grid.form.content)
    for n in range(lines):
        at, root = row + 1 + n // per_row, f"extra.{n + 1}"
        parts = _parts(places[n % per_row], 2, 1, 2)
        for place, part in zip(parts, ("outlet", "date", "note"), strict=True):
            grid.box(at, place, f"{root}.{part}", ask=True)
        grid.height(at, 15)
    return row + 1 + -(-lines // per_row)


def _tracking(grid: Grid, row: int, num_columns: int, *, first_visit: int) -> int:
    columns = (0, num_columns - 1)
    row = _panel(grid, row, columns, 3)
    day_at, planned, done, *parts = _parts(columns, 2, 1, 1, 3, 2, 3, 3)
    for place, text in zip((day_at, planned, done, *parts), words.TRACKING_COLUMNS, strict=True):
        grid.print_text(row, place, grid.say(text), "head")
    grid.height(row, 21 if grid.is_both else 12)
    for n, day in enumerate(grid.form.content.days):
        row += 1
        grid.print_text(row, day_at, grid.say_day(day.date), "strong")
        grid.print_text(row, planned, str(len(day.visits)) if day.visits else "–", "count")
        if day.visits:
            top = grid.address(first_visit + 1, _PER_DAY * n)
            bottom = grid.address(first_visit + 2 * len(day.visits) - 1, _PER_DAY * n)
            formula = f'=COUNTIF({top}:{bottom},"{grid.shown_choice(OUTCOMES[0])}")'
            grid.compute(row, done, formula, 0, "count")
        else:
            grid.print_text(row, done, "", "label")
        for place, part in zip(parts, DAY_PARTS, strict=True):
            grid.box(row, place, f"day.{day.date.isoformat()}.{part}")
        grid.height(row, 26)
    return row + 1


def _channel_and_links(grid: Grid, row: int, num_columns: int) -> int:
    """Panel 5 left, panel 6 right."""
    width = 4 + len(CHANNEL_TICKS) + len(CHANNEL_MEANS)
    return max(_channel(grid, row, (0, width - 1)), _links(grid, row, (width, num_columns - 1)))


def _channel(grid: Grid, row: int, columns: Sequence[int]) -> int:
    content = grid.form.content
    row = _panel(grid, row, columns, 5)
    places = _parts(
        columns,
        2,
        *[1] * len(CHANNEL_TICKS),
        max(2, columns[1] + 1 - 2 - len(CHANNEL_TICKS) - len(CHANNEL_MEANS)),
        *[1] * len(CHANNEL_MEANS),
    )
    labels = (*content.channel_ticks, words.CHANNEL_CONTENT, *content.channel_means)
    grid.print_text(row, places[0], "", "head")
    for place, text in zip(places[1:], labels, strict=True):
        grid.print_text(row, place, grid.say(text, "\n"), "head")
    grid.height(row, 21 if grid.is_both else 12)
    for part, about in zip(CHANNEL_PARTS, words.CHANNEL_PARTS, strict=True):
        row += 1
        root = f"channel.{part}"
        keys = [f"tick.{name}" for name in CHANNEL_TICKS] + ["content"] + [f"means.{name}" for name in CHANNEL_MEANS]
        grid.print_text(row, places[0], grid.say(about), "strong")
        for place, key in zip(places[1:], keys, strict=True):
            grid.box(row, place, f"{root}.{key}")
        grid.height(row, 26)
    return row + 1


def _links(grid: Grid, row: int, columns: Sequence[int]) -> int:
    row = _panel(grid, row, columns, 6)
    for link in grid.form.content.links:
        text = grid.say(link.label)
        if link.fact is not None:
            text += f": {grid.say(link.fact, ' / ')}"
        grid.print_link(row, columns, text, link.url)
        row += 1
    return row


def _imprint(grid: Grid) -> str:
    head = grid.form.head
    parts = [head.sheet_id, f"plan {head.plan_id}" if head.plan_id else "", f"form {head.form}"]
    return "  ·  ".join(part for part in parts if part)
