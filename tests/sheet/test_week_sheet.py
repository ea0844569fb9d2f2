import dataclasses
import datetime as dt

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.calendar import Calendar
from territory.errors import ConfigError
from territory.sheet import week_sheet, week_sheets
from territory.sheet.border import BorderFlow
from territory.sheet.content import MAX_VISITS_IN_FULL, short_codes, visits_in_full
from territory.sheet.words import CHECKLIST, PANELS, STEPS
from tests.sheet.town import Town, town


@pytest.fixture(scope="module")
def small() -> Town:
    return town()


def sheet(case: Town, *, rep_idx: int = 3, week: int = 0):
    return week_sheet(case.scenario, case.assignment, case.plan, rep_idx=rep_idx, week=week)


def task(content, rule):
    return next((task for task in content.tasks if task.rule == rule), None)


def test_the_form_has_six_panels_six_steps_and_seven_checklist_items_in_the_trades_words():
    assert [panel.heading.zh for panel in PANELS] == [
        "营销目标",
        "工作任务",
        "执行跟踪",
        "改进措施",
        "沟通绿色通道",
        "信息系统链接区",
    ]
    assert [panel.pdca for panel in PANELS] == ["P", "P/D", "C", "A", "", ""]
    assert [step.zh for step, _ in STEPS] == [
        "确认营销目标",
        "明确工作任务",
        "跟踪执行痕迹",
        "填写沟通信息",
        "提出改进措施",
        "链接信息系统",
    ]
    assert [item.label.zh for item in CHECKLIST] == [
        "服务客户",
        "市场分析",
        "信息采集",
        "终端建设",
        "诚信互助小组",
        "获取工商协同信息",
        "其他及临时工作",
    ]
    assert all(item.sub_items for item in CHECKLIST)


def test_sales_goal_is_the_mean_week_of_the_reps_outlets(small):
    served = small.assignment.outlets_of(3)
    expected = f"{small.scenario.outlets.sales_per_week[served].sum():,.0f}"
    goals = {goal.label.en: goal.goal for goal in sheet(small).goals}
    assert goals["Sales, territory"] == expected
    stops = (small.plan.rep_idx == 3) & (small.plan.day < 7)
    assert goals["Visits"] == str(int(stops.sum()))
    assert goals["Outlets visited"] == str(len(np.unique(small.plan.outlet_idx[stops])))


def test_without_sales_the_sales_goals_stay_blank():
    content = sheet(town(with_sales=False))
    goals = {goal.label.en: goal.goal for goal in content.goals}
    assert goals["Sales, territory"] is None
    assert goals["Sales, visited"] is None
    assert goals["Visits"] is not None


def test_an_empty_plan_gives_days_without_visits_focus_or_drive():
    content = sheet(town(visits_per_day=0))
    assert content.num_visits == 0
    assert [(day.focus, day.leave, day.drive_min, day.visits) for day in content.days] == [(None, None, None, ())] * 5
    assert {goal.label.en: goal.goal for goal in content.goals}["Driving"] is None
    assert task(content, "key_outlets") is None


def test_at_most_five_tasks_are_ticked_and_each_has_a_place_in_the_checklist(small):
    for content in week_sheets(small.scenario, small.assignment, small.plan, week=0):
        assert len(content.tasks) <= 5
        places = [(each.item, each.sub_item) for each in content.tasks]
        assert all(CHECKLIST[item].sub_items[sub_item] for item, sub_item in places)
        assert all(each.what.zh and each.what.en and each.how.zh and each.how.en for each in content.tasks)


def test_six_tasks_are_refused(small):
    content = sheet(small)
    with pytest.raises(ValueError, match="room for 5"):
        dataclasses.replace(content, tasks=(content.tasks * 6)[:6])


def test_taken_over_outlets_are_introduced_on_their_first_visit_and_not_again(small):
    seen: set[str] = set()
    for week in range(4):
        found = task(sheet(small, week=week), "take_over")
        ids = set(found.outlet_ids) if found else set()
        assert not ids & seen
        seen |= ids
    outlets = small.scenario.outlets
    taken = {
        outlets.outlet_ids[i]
        for i in small.assignment.outlets_of(3).tolist()
        if outlets.rep_idx[i] not in (-1, 3) and i in small.plan.outlet_idx[small.plan.rep_idx == 3]
    }
    assert seen == taken
    assert taken


def test_hand_over_is_a_task_of_the_first_week_only(small):
    first, second = sheet(small, rep_idx=0, week=0), sheet(small, rep_idx=0, week=1)
    outlets = small.scenario.outlets
    given = np.flatnonzero((outlets.rep_idx == 0) & (small.assignment.rep_of_outlet != 0))
    assert task(first, "hand_over").outlet_ids == tuple(sorted(outlets.outlet_ids[i] for i in given))
    assert task(second, "hand_over") is None


def test_a_split_that_moves_nothing_asks_for_no_hand_over(small):
    today = Assignment.today(small.scenario.outlets)
    for rep_idx in range(6):
        content = week_sheet(small.scenario, today, small.plan, rep_idx=rep_idx, week=0)
        assert task(content, "take_over") is None
        assert task(content, "hand_over") is None


def test_unplaced_visits_are_caught_up_with_the_plans_own_reason(small):
    rep_idx = int(small.assignment.rep_of_outlet[small.plan.unplaced_outlet_idx[0]])
    found = task(sheet(small, rep_idx=rep_idx), "catch_up")
    assert small.scenario.outlets.outlet_ids[small.plan.unplaced_outlet_idx[0]] in found.outlet_ids
    assert any(reason in found.how.en for reason in ("no time", "too far"))


@pytest.mark.parametrize("level", ["area", "outlet"])
def test_border_flow_equals_the_sum_over_all_pairs(level):
    case = town(num_outlets=60, num_reps=4, flow_level=level)
    scenario, reps = case.scenario, case.assignment.rep_of_outlet
    weight = scenario.flow.weight.toarray()
    places = np.arange(60) if level == "outlet" else scenario.outlets.area.codes
    sales = scenario.outlets.sales_per_week if level == "area" else np.ones(60)
    share = np.zeros((len(weight), 4))
    np.add.at(share, (places, reps), sales)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    flow = BorderFlow.of(scenario, case.assignment)
    for rep in range(4):
        for place in flow.strongest(rep, strong_share=0.25):
            both = weight[place.place] + weight[:, place.place]
            both[place.place] = 0.0
            across = share[place.place, rep] * (both * (1 - share[:, rep])).sum()
            assert place.weight == pytest.approx(across)
            assert place.share == pytest.approx(across / (share[place.place, rep] * both.sum()))
            assert place.share >= 0.25
            assert place.other_rep_idx != rep


def test_visits_are_in_driving_order_with_times_and_the_key_ones_in_full():
    case = town(visits_per_day=15)
    for day in sheet(case).days:
        assert [visit.order for visit in day.visits] == list(range(1, len(day.visits) + 1))
        assert [visit.time for visit in day.visits] == sorted(visit.time for visit in day.visits)
        assert sum(visit.in_full for visit in day.visits) == visits_in_full(len(day.visits))
        shown = [visit.focus.en for visit in day.visits if visit.in_full]
        hidden = [visit.focus.en for visit in day.visits if not visit.in_full]
        if "Key outlet" in hidden or "Introduce" in hidden:
            assert "Routine" not in shown


@pytest.mark.parametrize("count", [0, 1, 12, 13, 15, 40, 65, 66, 500])
def test_a_days_column_never_needs_more_room_than_twelve_full_visits(count):
    full = visits_in_full(count)
    assert full == count if count <= MAX_VISITS_IN_FULL else 1 <= full < MAX_VISITS_IN_FULL
    if MAX_VISITS_IN_FULL < count <= 65:
        assert full + -(-(count - full + 2) // 6) <= MAX_VISITS_IN_FULL


def test_short_codes_tell_every_outlet_apart():
    ids = ("41010000001", "41020000001", "7", "41010000002")
    codes = short_codes(ids)
    assert len(set(codes.values())) == 4
    assert codes["7"] == "7"
    assert all(code == "7" or code.startswith("-") or code in ids for code in codes.values())


def test_a_weekend_day_appears_when_the_rep_works_it():
    content = sheet(town(days_off=(0, 6)))
    assert [day.date.weekday() for day in content.days] == [0, 1, 2, 3, 4, 5]
    assert content.days[0].status == "off"
    assert content.days[5].visits


def test_a_holiday_is_marked(small):
    calendar = Calendar(start=small.scenario.calendar.start, holidays=frozenset({dt.date(2026, 12, 2)}))
    scenario = dataclasses.replace(small.scenario, calendar=calendar)
    content = week_sheet(scenario, small.assignment, small.plan, rep_idx=0, week=0)
    assert [day.status for day in content.days] == ["work", "work", "holiday", "work", "work"]


def test_a_day_of_leave_is_off(small):
    reps = small.scenario.reps
    leave = reps.leave.copy()
    leave[0, 3] = True
    scenario = dataclasses.replace(small.scenario, reps=dataclasses.replace(reps, leave=leave))
    content = week_sheet(scenario, small.assignment, small.plan, rep_idx=0, week=0)
    assert [day.status for day in content.days] == ["work", "work", "work", "off", "work"]


@pytest.mark.parametrize(("rep_idx", "week"), [(-1, 0), (6, 0), (0, -1), (0, 4)])
def test_a_rep_or_week_that_is_not_there_is_refused(small, rep_idx, week):
    with pytest.raises(ConfigError):
        sheet(small, rep_idx=rep_idx, week=week)


def test_one_by_one_or_all_at_once_is_the_same(small):
    together = week_sheets(small.scenario, small.assignment, small.plan, week=2)
    assert together == [sheet(small, rep_idx=rep, week=2) for rep in range(6)]
