"""The week's goals: parts of the month's targets by a stated rule, with last week's completion and gap."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.calendar import Calendar
from territory.domain.records import CarriedIn, GoalRecord
from territory.domain.targets import Target
from territory.sheet import week_sheet, week_sheets
from territory.sheet.content import MAX_GOALS
from territory.sheet.goals import goal_key, printed
from tests.sheet.town import Town, town

DECEMBER, NOVEMBER, JANUARY = dt.date(2026, 12, 1), dt.date(2026, 11, 1), dt.date(2027, 1, 1)
WORKDAYS_DECEMBER = 23


@pytest.fixture(scope="module")
def case() -> Town:
    return town()


def target(number: float = 23_000.0, **changes: object) -> Target:
    base: dict[str, object] = {"month": DECEMBER, "rep_id": "R04", "measure": "sales", "category": "", "brand": ""}
    return Target(**(base | {"target": number, "unit": ""} | changes))  # type: ignore[arg-type]


def sheet(case: Town, *targets: Target, week: int = 1, last: CarriedIn | None = None, split: str = "working_days"):
    rules = case.scenario.sheet_rules
    rules = rules.model_copy(update={"goals": rules.goals.model_copy(update={"split": split})})
    scenario = dataclasses.replace(case.scenario, targets=targets, sheet_rules=rules)
    carried = {} if last is None else {"R04": last}
    return week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=week, carried=carried)


def goal(content, key: str = "target:sales"):
    return next(goal for goal in content.goals if goal.key == key)


def test_a_whole_week_gets_its_working_days_of_the_month(case):
    found = goal(sheet(case, target()))
    assert (found.amount, found.goal, found.month, found.span) == (5000.0, "5,000", "23,000", "")
    assert (found.label.zh, found.label.en, found.unit.zh) == ("销售额", "Sales", "元")


def test_a_week_with_one_day_before_the_month_says_which_days_its_goal_is_for(case):
    found = goal(sheet(case, target(), week=0))
    assert found.amount == 4000.0
    assert found.span == "12-01–12-04"


def test_a_week_in_two_months_adds_up_its_parts(case):
    found = goal(sheet(case, target(month=NOVEMBER, number=21_000.0), target(), week=0))
    assert found.amount == 1000.0 + 4000.0
    assert (found.span, found.month) == ("", None)


def test_what_is_reached_comes_off_and_the_days_counted_are_gone(case):
    reached = target(actual=7000.0, as_of=dt.date(2026, 12, 6))
    left = WORKDAYS_DECEMBER - 4
    assert goal(sheet(case, reached)).amount == pytest.approx(16_000 * 5 / left, abs=0.5)


def test_a_target_that_is_reached_asks_for_nothing_more(case):
    found = goal(sheet(case, target(actual=30_000.0, as_of=dt.date(2026, 12, 6))))
    assert (found.goal, found.amount) == ("0", 0.0)


def test_a_week_that_is_counted_already_leaves_a_blank(case):
    found = goal(sheet(case, target(actual=7000.0, as_of=dt.date(2026, 12, 20))))
    assert (found.goal, found.amount) == (None, None)


def test_holidays_and_leave_take_no_part(case):
    holidays = frozenset({dt.date(2026, 12, 8), dt.date(2026, 12, 25)})
    reps = case.scenario.reps
    leave = reps.leave.copy()
    leave[3, 9] = True  # Wednesday of the second week
    scenario = dataclasses.replace(
        case.scenario,
        calendar=Calendar(start=case.scenario.calendar.start, holidays=holidays),
        reps=dataclasses.replace(reps, leave=leave),
        targets=(target(number=20_000.0),),
    )
    content = week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=1)
    assert goal(content).amount == 20_000 * 3 / (WORKDAYS_DECEMBER - 3)


def test_shared_out_by_visits_a_week_without_visits_has_nothing_to_reach(case):
    plan = case.plan
    kept = ~((plan.rep_idx == 3) & (plan.day >= 7) & (plan.day < 14))
    columns = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
    bare = dataclasses.replace(plan, **{name: getattr(plan, name)[kept] for name in columns})
    idle = Town(scenario=case.scenario, assignment=case.assignment, plan=bare)
    assert goal(sheet(idle, target(), split="visits")).goal is None
    assert goal(sheet(idle, target(), split="working_days")).goal == "5,000"
    busy = goal(sheet(idle, target(), week=2, split="visits")).amount
    assert busy is not None
    assert busy > 5000


@cache
def small_town() -> Town:
    return town(visits_per_day=3, num_outlets=60)


@settings(deadline=None, max_examples=30)
@given(number=st.floats(1.0, 1e7), as_of=st.integers(1, 31) | st.none())
def test_the_weeks_of_a_month_add_up_to_its_rest(number, as_of):
    case = small_town()
    scenario = dataclasses.replace(case.scenario, calendar=Calendar(start=dt.date(2027, 2, 1)), reps=case.scenario.reps)
    counted = None if as_of is None else dt.date(2027, 2, min(as_of, 28))
    line = target(
        number=number, month=dt.date(2027, 2, 1), actual=None if counted is None else number / 3, as_of=counted
    )
    scenario = dataclasses.replace(scenario, targets=(line,))
    weeks = [
        goal(week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=week)).amount or 0.0 for week in range(4)
    ]
    rest = number if counted is None else number * 2 / 3
    last_workday = dt.date(2027, 2, 26)
    expected = 0.0 if counted is not None and counted >= last_workday else rest
    assert sum(weeks) == pytest.approx(expected, abs=2.1)  # each week is rounded as it is printed


def test_totals_stand_before_categories_before_brands_and_visits_always_stand(case):
    lines = [
        target(brand="黄鹤楼"),
        target(category="一类烟"),
        target(),
        target(measure="volume", unit="箱"),
        *[target(brand=f"品牌{i}") for i in range(5)],
    ]
    content = sheet(case, *lines)
    labels = [goal.label.zh for goal in content.goals]
    assert labels == ["销售额", "销量", "一类烟", "黄鹤楼", "品牌0", "拜访次数"]
    assert len(labels) == MAX_GOALS
    assert content.more_goals == 4


def test_without_targets_goals_come_from_sales_and_visits(case):
    assert [goal.key for goal in sheet(case).goals] == [
        *("sales", "sales_visited", "visits", "outlets_visited", "drive_hours"),
    ]


def test_other_reps_targets_are_not_mine(case):
    assert sheet(case, target(rep_id="R01")).goals[0].key == "sales"


def test_last_week_shows_what_was_done_and_the_gap(case):
    last = CarriedIn(
        iso_week="2026-W49",
        goals={
            "target:sales": GoalRecord(key="target:sales", goal=4000.0, actual=3250.5),
            "visits": GoalRecord(key="visits", goal=40.0, actual=43.0),
            "outlets_visited": GoalRecord(key="outlets_visited", goal=38.0, actual=None),
        },
    )
    content = sheet(case, target(), last=last)
    assert (goal(content).last_actual, goal(content).last_gap) == ("3,251", "−749")
    assert (goal(content, "visits").last_actual, goal(content, "visits").last_gap) == ("43", "+3")
    assert goal(content, "outlets_visited").last_actual is None
    assert content.carried_week == "2026-W49"


def test_a_last_week_without_goal_has_no_gap(case):
    last = CarriedIn(iso_week="2026-W49", goals={"visits": GoalRecord(key="visits", goal=None, actual=43.0)})
    found = goal(sheet(case, last=last), "visits")
    assert (found.last_actual, found.last_gap) == ("43", None)


def test_keys_are_safe_in_dotted_paths_and_tell_targets_apart():
    keys = {goal_key("sales", "", ""), goal_key("sales", "No.1", ""), goal_key("sales", "", "No.1/2")}
    assert len(keys) == 3
    assert all("." not in key for key in keys)


@pytest.mark.parametrize(
    ("amount", "text"), [(0.04, "0"), (6.25, "6.3"), (999.96, "1,000"), (1234.5, "1,235"), (1e6, "1,000,000")]
)
def test_numbers_are_whole_from_a_thousand_up(amount, text):
    assert printed(amount) == text


def test_targets_change_nothing_else_on_the_page(case):
    with_targets = dataclasses.replace(case.scenario, targets=(target(),))
    pairs = zip(
        week_sheets(case.scenario, case.assignment, case.plan, week=1),
        week_sheets(with_targets, case.assignment, case.plan, week=1),
        strict=True,
    )
    assert all(dataclasses.replace(first, goals=()) == dataclasses.replace(second, goals=()) for first, second in pairs)
