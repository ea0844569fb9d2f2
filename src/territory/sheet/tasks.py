"""Which tasks are ticked this week. Each rule reads the data; a rule that finds nothing ticks nothing.

The rules, most urgent first; the first five that find something are ticked:

1. *take over*: outlets that came from another rep and are visited for the first time in the cycle this week;
2. *catch up*: outlets with visits the plan has no room for, with the reason the plan gives;
3. *key outlets*: key outlets visited this week (first tier, else the fifth with the most sales);
4. *border flow*: places with strong flow across the territory's border that are visited this week;
5. *hand over*: outlets that went to another rep (in the first week of the cycle only);
6. *once a cycle*: outlets whose only visit of the cycle is this week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from territory.domain.visit_plan import UnplacedReason
from territory.language import Text
from territory.sheet.content import MAX_TASKS, KeyTask
from territory.sheet.facts import WeekFacts
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH, IntArray

REASONS = {
    UnplacedReason.NO_TIME: Text("no time", "无空余时间"),
    UnplacedReason.CLOSED: Text("closed", "不营业"),
    UnplacedReason.SKILL: Text("skill", "缺技能"),
    UnplacedReason.WINDOW: Text("hours", "营业时段不符"),
    UnplacedReason.TOO_FAR: Text("too far", "路程过远"),
}
NAMED_IN_HOW = 3


def key_tasks(facts: WeekFacts) -> tuple[KeyTask, ...]:
    """At most five tasks, by the rules above."""
    found = [task for rule in _RULES if (task := rule(facts)) is not None]
    return tuple(found[:MAX_TASKS])


def _take_over(facts: WeekFacts) -> KeyTask | None:
    new = facts.visited[facts.is_new[facts.visited]]
    if not len(new):
        return None
    reps = facts.scenario.reps
    former = _most(facts.scenario.outlets.rep_idx[new], reps.names)
    days = _days(facts, new)
    return KeyTask(
        rule="take_over",
        item=0,
        sub_item=0,
        what=Text(f"Introduce yourself at {_n(len(new), 'new outlet')}", f"{len(new)} 户新接客户上门介绍"),
        how=Text(
            f"Ask {former} for notes first; agree order day and contact. {days.en}.",
            f"先向{former}了解情况;上门自我介绍,确认订货日和联系方式。{days.zh}。",
        ),
        outlet_ids=facts.ids(new),
    )


def _catch_up(facts: WeekFacts) -> KeyTask | None:
    if not len(facts.unplaced):
        return None
    plan = facts.plan
    outlet_idcs = np.unique(plan.unplaced_outlet_idx[facts.unplaced])
    visits = int(plan.unplaced_visits[facts.unplaced].sum())
    reason = Counter(plan.unplaced_reason[i] for i in facts.unplaced.tolist())
    main = REASONS[min(reason, key=lambda name: (-reason[name], name.value))]
    named = _named(facts, outlet_idcs)
    return KeyTask(
        rule="catch_up",
        item=0,
        sub_item=1,
        what=Text(
            f"Catch up {_n(visits, 'unplaced visit')} at {_n(len(outlet_idcs), 'outlet')}",
            f"补访 {len(outlet_idcs)} 户(未排入 {visits} 次)",
        ),
        how=Text(
            f"Phone, or call in when a visit falls out ({main.en}): {named.en}.",
            f"电话回访,或有空档时顺路补访({main.zh}):{named.zh}。",
        ),
        outlet_ids=facts.ids(outlet_idcs),
    )


def _key_outlets(facts: WeekFacts) -> KeyTask | None:
    key = facts.visited[facts.is_key[facts.visited]]
    if not len(key):
        return None
    sales = facts.scenario.outlets.sales_per_week
    total = float(sales[facts.served].sum())
    share = f"{100 * float(sales[key].sum()) / total:.0f} %" if total > 0 else ""
    worth = Text(f" ({share} of sales)", f"(占销售 {share})") if share else Text("", "")
    named = _named(facts, key)
    return KeyTask(
        rule="key_outlets",
        item=3,
        sub_item=0,
        what=Text(f"Look after {_n(len(key), 'key outlet')}{worth.en}", f"{len(key)} 户重点户维护{worth.zh}"),
        how=Text(
            f"Check stock, display and price tags at each; start with {named.en}.",
            f"逐户查库存、陈列和明码标价;首先 {named.zh}。",
        ),
        outlet_ids=facts.ids(key),
    )


def _border_flow(facts: WeekFacts) -> KeyTask | None:
    here = facts.visited[facts.is_border[facts.visited]]
    if not len(here):
        return None
    scenario = facts.scenario
    place = facts.border[0]
    if scenario.flow.level == "area":
        name = scenario.outlets.area.names[place.place]
    else:
        name = scenario.outlets.outlet_ids[place.place]
    other = scenario.reps.names[place.other_rep_idx]
    share = f"{100 * place.share:.0f} %"
    return KeyTask(
        rule="border_flow",
        item=2,
        sub_item=0,
        what=Text(
            f"Watch border flow at {_n(len(here), 'outlet')}",
            f"{len(here)} 户边界客户跨区流动采集",
        ),
        how=Text(
            f"{name}: {share} of its flow crosses the border, mostly to {other}. Note origin, price, amount.",
            f"{name}:{share} 流动跨界,主要与{other}辖区;记来源、价格、数量。",
        ),
        outlet_ids=facts.ids(here),
    )


def _hand_over(facts: WeekFacts) -> KeyTask | None:
    if facts.week != 0 or not len(facts.given):
        return None
    reps = facts.scenario.reps
    to = _most(facts.assignment.rep_of_outlet[facts.given], reps.names)
    named = _named(facts, facts.given)
    return KeyTask(
        rule="hand_over",
        item=6,
        sub_item=0,
        what=Text(f"Hand over {_n(len(facts.given), 'outlet')}", f"移交 {len(facts.given)} 户"),
        how=Text(
            f"Give {to} contacts, credit and open promises; start with {named.en}.",
            f"向{to}移交联系方式、信用情况和未了事项;首先 {named.zh}。",
        ),
        outlet_ids=facts.ids(facts.given),
    )


def _once_a_cycle(facts: WeekFacts) -> KeyTask | None:
    rare = facts.visited[facts.is_rare[facts.visited]]
    if not len(rare):
        return None
    days = _days(facts, rare)
    return KeyTask(
        rule="once_a_cycle",
        item=1,
        sub_item=0,
        what=Text(f"Four weeks' stock at {_n(len(rare), 'outlet')}", f"{len(rare)} 户月访客户四周备货"),
        how=Text(
            f"Count stock and agree the order until the next call in four weeks. {days.en}.",
            f"盘点库存,商定到四周后下次拜访的订货量。{days.zh}。",
        ),
        outlet_ids=facts.ids(rare),
    )


_RULES: tuple[Callable[[WeekFacts], KeyTask | None], ...] = (
    _take_over,
    _catch_up,
    _key_outlets,
    _border_flow,
    _hand_over,
    _once_a_cycle,
)


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _most(rep_idcs: IntArray, names: tuple[str, ...]) -> str:
    """The rep named most often; ties go to the first."""
    counts: Counter[int] = Counter(rep_idcs.tolist())
    return names[min(counts, key=lambda rep: (-counts[rep], rep))]


def _named(facts: WeekFacts, outlet_idcs: IntArray) -> Text:
    """The few outlets with the most sales, by name."""
    outlets = facts.scenario.outlets
    order = outlet_idcs[np.lexsort((outlet_idcs, -outlets.sales_per_week[outlet_idcs]))][:NAMED_IN_HOW]
    names = [outlets.names[i] or outlets.outlet_ids[i] for i in order.tolist()]
    return Text(", ".join(names), "、".join(names))


def _days(facts: WeekFacts, outlet_idcs: IntArray) -> Text:
    """On which days the outlets are visited: "Mon 3, Thu 1"."""
    days = facts.plan.day[facts.stops][np.isin(facts.plan.outlet_idx[facts.stops], outlet_idcs)] % 7
    counts = sorted(Counter(days.tolist()).items())
    return Text(
        ", ".join(f"{WEEKDAYS_EN[day]} {count}" for day, count in counts),
        "、".join(f"{WEEKDAYS_ZH[day]} {count} 户" for day, count in counts),
    )
