"""Which tasks are ticked this week. Each rule reads the data; a rule that finds nothing ticks nothing.

`SheetRules.order` says which rules count and how urgent they are; the first five that find something are ticked.
What each rule looks for stands in `domain.sheet_tasks` (its class) and `sheet.conditions` (the figures). Rules
about conditions count outlets that are visited this week, because the task is done there; complaints count at all
of the rep's outlets, because they cannot wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from territory.domain.sheet_texts import ITEM_NAMES, TaskName, Words
from territory.domain.visit_plan import UnplacedReason
from territory.language import Text
from territory.sheet.conditions import GAPS
from territory.sheet.content import MAX_TASKS, KeyTask
from territory.sheet.facts import WeekFacts
from territory.units import DAYS_PER_WEEK, WEEKDAYS_EN, WEEKDAYS_ZH, IntArray

REASONS = {
    UnplacedReason.NO_TIME: Text("no time", "无空余时间"),
    UnplacedReason.CLOSED: Text("closed", "不营业"),
    UnplacedReason.SKILL: Text("skill", "缺技能"),
    UnplacedReason.WINDOW: Text("hours", "营业时段不符"),
    UnplacedReason.TOO_FAR: Text("too far", "路程过远"),
}
NO_DAY = Text("none", "无")
UNKNOWN = Text("—", "—")


def key_tasks(facts: WeekFacts) -> tuple[KeyTask, ...]:
    """At most five tasks, by the rules above."""
    found = [task for name in facts.rules.order if (task := _RULES[name](facts, name)) is not None]
    return tuple(found[:MAX_TASKS])


def _made(
    facts: WeekFacts, name: TaskName, outlet_idcs: IntArray, *, how: Words | None = None, **values: Text
) -> KeyTask | None:
    """The task of a rule about these outlets, its texts filled; None when they are too few."""
    rule = facts.rules.task.rule(name)
    if len(outlet_idcs) < rule.least:
        return None
    count = len(outlet_idcs)
    shared = {
        "count": _same(count),
        "outlets": Text(_n(count, "outlet"), f"{count} 户"),
        "named": _named(facts, outlet_idcs, name),
        "days": _days(facts, outlet_idcs),
    }
    filled = shared | values
    return KeyTask(
        rule=name,
        item=ITEM_NAMES.index(rule.item),
        sub_item=rule.sub_item - 1,
        what=rule.what.filled(**filled),
        how=(how or rule.how).filled(**filled),
        outlet_ids=facts.ids(outlet_idcs),
    )


def _visited(facts: WeekFacts, name: TaskName) -> IntArray:
    return facts.visited[facts.kinds[name][facts.visited]]


def _make_up(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    unplanned = facts.missed[~np.isin(facts.missed, facts.visited)]
    rule = facts.rules.task.make_up
    return _made(
        facts,
        name,
        facts.missed,
        how=rule.how_unplanned if len(unplanned) else rule.how,
        unplanned=_same(len(unplanned)),
        unplanned_named=_names(facts, unplanned[: facts.rules.named_outlets]),
    )


def _complaints(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    here = facts.served[facts.kinds[name][facts.served]]
    if not len(here):
        return None
    known = facts.conditions.facts
    count = int(known.complaints_open[here].sum())
    most = int(here[np.lexsort((here, -facts.scenario.outlets.sales_per_week[here], -known.complaints_open[here]))[0]])
    shop, about = _name(facts, most), known.complaint[most]
    first = Text(f"{shop} ({about})", f"{shop}({about})") if about else _same(shop)
    return _made(facts, name, here, complaints=Text(_n(count, "open complaint"), f"{count} 件投诉"), first=first)


def _take_over(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    new = _visited(facts, name)
    if not len(new):
        return None
    former = _most(facts.scenario.outlets.rep_idx[new], facts.scenario.reps.names)
    return _made(facts, name, new, former=_same(former))


def _catch_up(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    if not len(facts.unplaced):
        return None
    plan = facts.plan
    outlet_idcs = np.unique(plan.unplaced_outlet_idx[facts.unplaced])
    visits = int(plan.unplaced_visits[facts.unplaced].sum())
    reason = Counter(plan.unplaced_reason[i] for i in facts.unplaced.tolist())
    main = REASONS[min(reason, key=lambda key: (-reason[key], key.value))]
    return _made(facts, name, outlet_idcs, visits=Text(_n(visits, "unplaced visit"), f"{visits} 次"), reason=main)


def _gap(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    here = _visited(facts, name)
    task = facts.rules.task
    limits = {"understocked": task.understocked.low_stock_days, "overstocked": task.overstocked.high_stock_days}
    amount = float(facts.conditions.gap[name][here].sum())
    limit = _same(f"{limits[name]:g}") if name in limits else Text(*2 * (_percent(task.falling.fall_share),))
    return _made(facts, name, here, amount=facts.in_money(amount) if amount > 0 else UNKNOWN, limit=limit)


def _display_due(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    return _made(facts, name, _visited(facts, name), limit=_same(facts.rules.task.display_due.display_days))


def _plain(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    return _made(facts, name, _visited(facts, name))


def _key_outlets(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    key = _visited(facts, name)
    sales = facts.scenario.outlets.sales_per_week
    total = float(sales[facts.served].sum())
    share = _percent(float(sales[key].sum()) / total) if total > 0 else ""
    worth = Text(f" ({share} of sales)", f"(占销售 {share})") if share else Text("", "")
    return _made(facts, name, key, worth=worth)


def _border_flow(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    here = _visited(facts, name)
    if not len(here):
        return None
    scenario = facts.scenario
    place = facts.border[0]
    level = scenario.flow.level
    where = scenario.outlets.area.names[place.place] if level == "area" else scenario.outlets.outlet_ids[place.place]
    other = scenario.reps.names[place.other_rep_idx]
    return _made(facts, name, here, place=_same(where), share=_same(_percent(place.share)), other=_same(other))


def _hand_over(facts: WeekFacts, name: TaskName) -> KeyTask | None:
    if facts.week != 0 or not len(facts.given):
        return None
    to = _most(facts.assignment.rep_of_outlet[facts.given], facts.scenario.reps.names)
    return _made(facts, name, facts.given, to=_same(to))


_RULES: Mapping[TaskName, Callable[[WeekFacts, TaskName], KeyTask | None]] = {
    "make_up": _make_up,
    "complaints": _complaints,
    "take_over": _take_over,
    "catch_up": _catch_up,
    "falling": _gap,
    "understocked": _gap,
    "overstocked": _gap,
    "display_due": _display_due,
    "new_outlets": _plain,
    "key_outlets": _key_outlets,
    "border_flow": _border_flow,
    "hand_over": _hand_over,
    "once_a_cycle": _plain,
}


def _same(value: object) -> Text:
    """A number or a name: the same in both languages."""
    return Text(str(value), str(value))


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _most(rep_idcs: IntArray, names: tuple[str, ...]) -> str:
    """The rep named most often; ties go to the first."""
    counts: Counter[int] = Counter(rep_idcs.tolist())
    return names[min(counts, key=lambda rep: (-counts[rep], rep))]


def _name(facts: WeekFacts, outlet_idx: int) -> str:
    outlets = facts.scenario.outlets
    return " ".join(outlets.names[outlet_idx].split()) or outlets.outlet_ids[outlet_idx]


def _names(facts: WeekFacts, outlet_idcs: IntArray) -> Text:
    names = [_name(facts, i) for i in outlet_idcs.tolist()]
    return Text(", ".join(names), "、".join(names)) if names else NO_DAY


def _named(facts: WeekFacts, outlet_idcs: IntArray, rule: TaskName) -> Text:
    """The few outlets with the largest gap, else with the most sales, by name."""
    sales = facts.scenario.outlets.sales_per_week[outlet_idcs]
    first = -facts.conditions.gap[rule][outlet_idcs] if rule in GAPS else np.zeros(len(outlet_idcs))
    order = np.lexsort((outlet_idcs, -sales, first))[: facts.rules.named_outlets]
    return _names(facts, outlet_idcs[order])


def _days(facts: WeekFacts, outlet_idcs: IntArray) -> Text:
    """On which days the outlets are visited: "Mon 3, Thu 1"."""
    days = facts.plan.day[facts.stops][np.isin(facts.plan.outlet_idx[facts.stops], outlet_idcs)] % DAYS_PER_WEEK
    counts = sorted(Counter(days.tolist()).items())
    if not counts:
        return NO_DAY
    return Text(
        ", ".join(f"{WEEKDAYS_EN[day]} {count}" for day, count in counts),
        "、".join(f"{WEEKDAYS_ZH[day]} {count} 户" for day, count in counts),
    )
