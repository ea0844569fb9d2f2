"""Tasks, service focus and the single worst gap: each rule on a town where one outlet is planted to meet it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache

import numpy as np
import pytest

from territory.domain.records import CarriedIn, ProblemRecord
from territory.domain.sheet_rules import SheetLinks, SheetRules
from territory.domain.sheet_texts import TASK_NAMES
from territory.domain.targets import OutletFacts
from territory.io.issues import IssueLog
from territory.io.sheet_rules_file import parse_sheet_rules
from territory.sheet import week_sheet
from territory.sheet.content import MAX_TASKS, SheetContent
from tests.sheet.town import Town, town

SUNDAY = dt.date(2026, 12, 6)
ALL_CONDITIONS = ("complaints", "falling", "understocked", "overstocked", "display_due")


@cache
def quiet_town() -> Town:
    """A town whose split moves nothing and whose plan places everything: no rule of the plan finds anything."""
    case = town()
    outlets = dataclasses.replace(case.scenario.outlets, rep_idx=case.assignment.rep_of_outlet)
    plan = dataclasses.replace(
        case.plan,
        unplaced_outlet_idx=np.zeros(0, dtype=np.int64),
        unplaced_visits=np.zeros(0, dtype=np.int64),
        unplaced_reason=(),
    )
    return Town(scenario=dataclasses.replace(case.scenario, outlets=outlets), assignment=case.assignment, plan=plan)


def visited(week: int = 0) -> list[int]:
    """Outlets of the rep visited in a week, in the order of the visits."""
    plan = quiet_town().plan
    mine = (plan.rep_idx == 3) & (plan.day >= 7 * week) & (plan.day < 7 * week + 7)
    return list(dict.fromkeys(plan.outlet_idx[mine].tolist()))


def rules(text: str) -> SheetRules:
    log = IssueLog()
    found = parse_sheet_rules(text.encode(), file="sheet_rules.toml", log=log)
    assert log.issues() == ()
    return found


def facts(**columns: dict[int, object]) -> OutletFacts:
    """Facts known about some outlets only."""
    none = OutletFacts.none(len(quiet_town().scenario.outlets))
    changed: dict[str, object] = {}
    for name, cells in columns.items():
        values = list(getattr(none, name))
        for place, value in cells.items():
            values[place] = value
        changed[name] = tuple(values) if name in ("complaint", "focus") else np.array(values)
    return dataclasses.replace(none, **changed)


def sheet(
    known: OutletFacts | None = None, *, own: str = "", week: int = 0, last: CarriedIn | None = None
) -> SheetContent:
    case = quiet_town()
    scenario = dataclasses.replace(case.scenario, outlet_facts=known, sheet_rules=rules(own))
    carried = {} if last is None else {"R04": last}
    return week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=week, carried=carried)


def rules_found(content: SheetContent) -> list[str]:
    return [task.rule for task in content.tasks]


def visit_of(content: SheetContent, outlet_idx: int):
    outlet_id = quiet_town().scenario.outlets.outlet_ids[outlet_idx]
    return next(visit for day in content.days for visit in day.visits if visit.outlet_id == outlet_id)


def test_a_town_without_facts_has_no_task_from_facts():
    assert set(rules_found(sheet())) <= {"key_outlets", "border_flow", "once_a_cycle"}
    assert all(day.worst_gap is None and day.worst_gap_outlet == "" for day in sheet().days)


PLANTED = {
    "falling": {"sales_last_4w": 700.0, "sales_before_4w": 1000.0},
    "understocked": {"stock_days": 1.0},
    "overstocked": {"stock_days": 45.0},
    "display_due": {"last_display_check": dt.date(2026, 11, 8).toordinal()},
    "complaints": {"complaints_open": 2, "complaint": "缺货未补"},
}
NEARLY = {
    "falling": {"sales_last_4w": 801.0, "sales_before_4w": 1000.0},
    "understocked": {"stock_days": 3.0},
    "overstocked": {"stock_days": 30.0},
    "display_due": {"last_display_check": dt.date(2026, 11, 9).toordinal()},
    "complaints": {"complaints_open": 0, "complaint": "已答复"},
}
FIGURES = {
    "falling": ("销量下滑", "降 30 %", "−30 %"),
    "understocked": ("库存不足", "1 天", "1 d"),
    "overstocked": ("库存积压", "45 天", "45 d"),
    "display_due": ("陈列检查", "28 天未查", "28 d ago"),
    "complaints": ("投诉处理", "2 件", "2 open"),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_the_outlet_that_meets_a_rule_gives_a_task_and_its_own_focus_with_the_figure(rule):
    outlet = visited()[3]
    content = sheet(facts(**{name: {outlet: value} for name, value in PLANTED[rule].items()}))
    (task,) = [task for task in content.tasks if task.rule == rule]
    assert task.outlet_ids == (quiet_town().scenario.outlets.outlet_ids[outlet],)
    assert quiet_town().scenario.outlets.names[outlet] in task.how.zh
    visit = visit_of(content, outlet)
    focus, zh, en = FIGURES[rule]
    assert (visit.focus.zh, visit.detail.zh, visit.detail.en) == (focus, zh, en)
    assert visit.kinds[0] == rule


@pytest.mark.parametrize("rule", NEARLY)
def test_the_outlet_just_short_of_a_rule_gives_nothing(rule):
    outlet = visited()[3]
    content = sheet(facts(**{name: {outlet: value} for name, value in NEARLY[rule].items()}))
    assert rule not in rules_found(content)
    assert rule not in visit_of(content, outlet).kinds


@pytest.mark.parametrize("rule", [name for name in PLANTED if name != "complaints"])
def test_an_outlet_not_visited_this_week_is_no_task_of_this_week(rule):
    elsewhere = next(i for i in visited(1) if i not in visited(0))
    known = facts(**{name: {elsewhere: value} for name, value in PLANTED[rule].items()})
    assert rule not in rules_found(sheet(known))
    assert rule in rules_found(sheet(known, week=1))


def test_a_complaint_cannot_wait_for_a_visit():
    elsewhere = next(i for i in quiet_town().assignment.outlets_of(3).tolist() if i not in visited(0))
    (task, *_) = sheet(facts(complaints_open={elsewhere: 1}, complaint={elsewhere: "缺货未补"})).tasks
    assert task.rule == "complaints"
    assert "(缺货未补)" in task.how.zh
    assert task.how.zh.endswith("拜访:无。")
    assert "1 open complaint at 1 outlet" in task.what.en


def test_a_display_check_falls_due_in_the_week_in_which_its_days_are_over():
    outlet = next(i for i in visited(0) if i in visited(1))
    known = facts(last_display_check={outlet: dt.date(2026, 11, 9).toordinal()})
    assert "display_due" not in rules_found(sheet(known))
    assert "display_due" in rules_found(sheet(known, week=1))


def test_new_outlets_are_those_opened_less_than_so_many_weeks_ago():
    case, outlet = quiet_town(), visited()[0]
    promises = case.scenario.outlets.promises
    for weeks, is_new in ((0, True), (7, True), (8, False), (-1, False)):
        open_for = promises.weeks_open.copy()
        open_for[outlet] = weeks
        outlets = dataclasses.replace(
            case.scenario.outlets, promises=dataclasses.replace(promises, weeks_open=open_for)
        )
        scenario = dataclasses.replace(case.scenario, outlets=outlets)
        content = week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=0)
        assert ("new_outlets" in rules_found(content)) is is_new


# -- missed visits and problems ----------------------------------------------------------------------------------------
def carried(*missed: int, problems: tuple[ProblemRecord, ...] = ()) -> CarriedIn:
    ids = quiet_town().scenario.outlets.outlet_ids
    return CarriedIn(iso_week="2026-W48", missed=tuple(ids[i] for i in missed), problems=problems)


def test_missed_visits_come_first_and_stand_at_their_visits():
    outlet = visited()[5]
    known = facts(complaints_open={visited()[1]: 1})
    content = sheet(known, last=carried(outlet))
    assert rules_found(content)[:2] == ["make_up", "complaints"]
    assert content.tasks[0].how.zh.startswith("已排入本周:")
    assert visit_of(content, outlet).focus.zh == "补访"


def test_missed_visits_that_are_not_planned_are_named():
    outside = next(i for i in quiet_town().assignment.outlets_of(3).tolist() if i not in visited(0))
    task = sheet(last=carried(outside, visited()[0])).tasks[0]
    assert quiet_town().scenario.outlets.names[outside] in task.how.zh
    assert task.how.zh.startswith("未排入的 1 户")
    assert len(task.outlet_ids) == 2


def test_an_outlet_that_is_gone_is_not_made_up():
    last = CarriedIn(iso_week="2026-W48", missed=("gone",))
    assert "make_up" not in rules_found(sheet(last=last))


def test_open_problems_are_carried_in_and_other_reps_are_not():
    problem = ProblemRecord(key="R04 2026-W48/problem.1", text="外来烟", measure="核查")
    content = sheet(last=carried(problems=(problem,)))
    assert content.carried == (problem,)
    assert content.carried_week == "2026-W48"
    assert sheet().carried == ()


# -- the single worst gap ----------------------------------------------------------------------------------------------
def test_the_days_worst_gap_is_its_largest_amount_in_money():
    first, second, third = visited()[:3]  # one day
    sales = quiet_town().scenario.outlets.sales_per_week
    known = facts(
        sales_last_4w={first: 600.0},
        sales_before_4w={first: 1000.0},
        stock_days={second: 1.0, third: 40.0},
    )
    amounts = {first: 100.0, second: 2 * sales[second] / 7, third: 10 * sales[third] / 7}
    worst = max(amounts, key=amounts.__getitem__)
    day = sheet(known).days[0]
    assert day.worst_gap_outlet == quiet_town().scenario.outlets.outlet_ids[worst]
    assert f"{amounts[worst]:,.0f} 元" in day.worst_gap.zh
    assert f"{amounts[worst]:,.0f} CNY" in day.worst_gap.en
    assert [later.worst_gap for later in sheet(known).days[1:] if not {first, second, third} & ids_of(later)] == [
        None for later in sheet(known).days[1:] if not {first, second, third} & ids_of(later)
    ]


def ids_of(day) -> set[int]:
    place = {text: i for i, text in enumerate(quiet_town().scenario.outlets.outlet_ids)}
    return {place[visit.outlet_id] for visit in day.visits}


def test_a_gap_of_a_rule_that_is_off_does_not_compete():
    outlet = visited()[0]
    known = facts(sales_last_4w={outlet: 600.0}, sales_before_4w={outlet: 1000.0})
    assert sheet(known).days[0].worst_gap.zh == "周销降 100 元"
    assert sheet(known, own='order = ["overstocked"]').days[0].worst_gap is None


# -- the manager's rules -----------------------------------------------------------------------------------------------
def everything() -> OutletFacts:
    """Every condition of the facts holds somewhere."""
    some = visited()
    return facts(
        sales_last_4w={some[0]: 600.0},
        sales_before_4w={some[0]: 1000.0},
        stock_days={some[1]: 1.0, some[2]: 60.0},
        last_display_check={some[3]: 1},
        complaints_open={some[4]: 1},
    )


def test_the_order_of_the_rules_is_the_order_of_the_tasks_and_five_is_the_most():
    backwards = ", ".join(f'"{name}"' for name in reversed(TASK_NAMES))
    forth, back = rules_found(sheet(everything())), rules_found(sheet(everything(), own=f"order = [{backwards}]"))
    assert len(forth) == len(back) == MAX_TASKS
    assert forth == [name for name in TASK_NAMES if name in ALL_CONDITIONS]
    assert back == sorted(back, key=TASK_NAMES.index, reverse=True)


def test_a_rule_that_is_left_out_gives_neither_task_nor_focus():
    content = sheet(everything(), own='order = ["key_outlets", "overstocked"]')
    assert set(rules_found(content)) <= {"key_outlets", "overstocked"}
    assert {kind for day in content.days for visit in day.visits for kind in visit.kinds} <= {
        "key_outlets",
        "overstocked",
    }


def test_thresholds_move_what_counts():
    outlet = visited()[0]
    known = facts(stock_days={outlet: 10.0})
    assert "understocked" not in rules_found(sheet(known))
    assert "understocked" in rules_found(sheet(known, own="[task.understocked]\nlow_stock_days = 11\n"))
    assert "overstocked" in rules_found(sheet(known, own="[task.overstocked]\nhigh_stock_days = 9.5\n"))


def test_a_rule_may_want_several_outlets():
    some = visited()
    own = "[task.understocked]\nleast = 2\n"
    assert "understocked" not in rules_found(sheet(facts(stock_days={some[0]: 1.0}), own=own))
    assert "understocked" in rules_found(sheet(facts(stock_days={some[0]: 1.0, some[1]: 0.0}), own=own))


def test_texts_and_the_checklist_place_are_the_managers():
    own = """
[task.understocked]
item = "other"
sub_item = 2
what = { zh = "{count} 户断货 {{急}}", en = "{outlets} out of stock" }
focus = { zh = "断货", en = "Out" }
[checklist.other]
sub_items = [{ zh = "移交", en = "Hand over" }, { zh = "断货处理", en = "Stock-outs" }]
[channel]
chat = { zh = "企业微信", en = "WeCom" }
"""
    outlet = visited()[0]
    content = sheet(facts(stock_days={outlet: 1.0}), own=own)
    (task,) = [task for task in content.tasks if task.rule == "understocked"]
    assert (task.what.zh, task.what.en) == ("1 户断货 {急}", "1 outlet out of stock")
    assert content.checklist[task.item].sub_items[task.sub_item].zh == "断货处理"
    assert visit_of(content, outlet).focus.zh == "断货"
    assert content.channel_means[2].en == "WeCom"


def test_a_focus_set_by_hand_comes_before_every_rule():
    outlet = visited()[0]
    content = sheet(facts(focus={outlet: "换证提醒"}, complaints_open={outlet: 1}))
    visit = visit_of(content, outlet)
    assert (visit.focus.zh, visit.focus.en, visit.detail) == ("换证提醒", "换证提醒", None)
    assert visit.kinds[:2] == ("own", "complaints")
    assert "complaints" in rules_found(content)


def test_urgent_visits_are_those_printed_in_full():
    case = town(visits_per_day=30)
    plan = case.plan
    last = int(plan.outlet_idx[(plan.rep_idx == 3) & (plan.day == 0)][-1])
    none = OutletFacts.none(len(case.scenario.outlets))
    complaints = none.complaints_open.copy()
    complaints[last] = 1
    known = dataclasses.replace(none, complaints_open=complaints)
    scenario = dataclasses.replace(case.scenario, outlet_facts=known)
    day = week_sheet(scenario, case.assignment, plan, rep_idx=3, week=0).days[0]
    assert day.visits[-1].in_full


# -- links -------------------------------------------------------------------------------------------------------------
def links(**addresses: str):
    case = quiet_town()
    scenario = dataclasses.replace(case.scenario, sheet_links=SheetLinks(**addresses))
    found = week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=0).links
    return {link.key: link for link in found}


def test_without_an_address_only_the_archive_has_a_code_and_it_is_the_sheets_id():
    found = links()
    assert {key: (link.url, link.code) for key, link in found.items()} == {
        "area": ("", ""),
        "customers": ("", ""),
        "history": ("", ""),
        "archive": ("", "R04 2026-W49"),
    }


def test_a_base_makes_all_four_addresses_and_an_own_one_stands_before_it():
    found = links(base="https://a.example/s/", history="https://b.example/?rep={rep_id}&w={iso_week}")
    assert found["archive"].url == "https://a.example/s/archive/R04%202026-W49"
    assert found["archive"].code == found["archive"].url
    assert found["area"].url == "https://a.example/s/area/R04%202026-W49"
    assert found["history"].url == "https://b.example/?rep=R04&w=2026-W49"
