"""What a review adds up: weeks, months, teams, goals, problems, the panel, and what goes on."""

from __future__ import annotations

import datetime as dt

import pytest

from territory.domain.panel import VisitCounts
from territory.domain.records import DayRecord, GoalRecord, ProblemRecord, TaskRecord
from territory.language import Text
from territory.review import (
    carried_in,
    day_period,
    ledger,
    month_period,
    outlet_states,
    rep_months,
    replan_events,
    review,
    totals,
    week_period,
)
from territory.review.goals import goal_totals, label_of, sales_of, share_reached
from territory.review.model import History
from territory.review.period import Period, month_of_week
from territory.review.period import week_period as week_of
from territory.review.whole import Review
from tests.review.weeks import book, day, history, line, sheet


def week(name: str = "2026-W49") -> Period:
    found = week_period(name)
    assert found is not None
    return found


def month(name: str) -> Period:
    found = month_period(name)
    assert found is not None
    return found


def reviewed(past: History, period: Period, today: dt.date | None = None) -> Review:
    return review(past, period, today=today)


FILLED = history(
    sheet(
        "R01",
        0,
        line("A0", 1),
        line("C0", 3, "closed", made=4),
        goals=(GoalRecord(key="sales", goal=200.0, actual=150.0), GoalRecord(key="drive_hours", goal=2.0, actual=4.0)),
        tasks=(TaskRecord(number=1, rule="x", done=True), TaskRecord(number=2, rule="y", done=None)),
        problems=(ProblemRecord(key="R01 2026-W49/problem.1", text="no stock"),),
        days=(
            DayRecord(date=day(1), problem="rain", improvement="went by bus"),
            DayRecord(date=day(2), problem="no key"),
        ),
    ),
    sheet(
        "R01",
        1,
        line("A0", 8, "missed"),
        problems=(ProblemRecord(key="R01 2026-W49/problem.1", text="no stock", closed=True),),
    ),
    sheet("R02", 0, line("B0", 2, "missed")),
    closed=[("2026-W49", 50)],
)


def test_reps_add_up_to_their_team_and_teams_to_all() -> None:
    rows = totals(FILLED, ledger(FILLED), week())
    everybody, team, *reps = rows
    assert [row.rep_id for row in reps] == ["R01", "R02"]
    assert sum((row.visits for row in reps), VisitCounts()) == team.visits == everybody.visits
    assert everybody.visits == VisitCounts(planned=3, made=1, made_up=1, missed=1)
    assert everybody.by_tier["A"] == VisitCounts(planned=1, made=1)
    assert everybody.closed == 1


def test_compliance_leaves_out_what_nobody_has_reported_yet() -> None:
    assert VisitCounts(planned=4, made=1, made_up=1, missed=1, pending=1).compliance == pytest.approx(2 / 3)
    assert VisitCounts(planned=2, pending=2).compliance is None


@pytest.mark.parametrize(
    ("key", "goal", "actual", "share"),
    [
        ("sales", 200.0, 150.0, 0.75),
        ("sales", 200.0, 300.0, 1.0),
        ("drive_hours", 2.0, 4.0, 0.5),
        ("drive_hours", 2.0, 1.0, 1.0),
        ("sales", None, 5.0, None),
        ("sales", 200.0, None, None),
        ("sales", 0.0, 5.0, None),
    ],
)
def test_goals_are_reached_from_below_and_driving_from_above(
    key: str, goal: float | None, actual: float | None, share: float | None
) -> None:
    assert share_reached(GoalRecord(key=key, goal=goal, actual=actual)) == share


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("sales", "Sales, territory", "辖区销售额"),
        ("target:sales", "Sales", "销售额"),
        ("target:volume/一类烟/利群", "Volume · 一类烟 · 利群", "销量 · 一类烟 · 利群"),
        ("own:新品", "新品", "新品"),
        ("else", "else", "else"),
    ],
)
def test_goals_are_called_what_the_sheet_calls_them(key: str, english: str, chinese: str) -> None:
    assert label_of(key) == Text(english, chinese)


def test_the_month_s_target_of_sales_goes_before_the_mean() -> None:
    totals_of = goal_totals([GoalRecord(key=key, goal=1.0, actual=1.0) for key in ("sales", "target:sales")])
    found = sales_of(totals_of)
    assert found is not None and found.key == "target:sales"
    assert sales_of(goal_totals([])) is None


def test_goals_over_several_sheets_sum_only_those_with_both_numbers() -> None:
    (sales,) = goal_totals(
        [
            GoalRecord(key="sales", goal=100.0, actual=50.0),
            GoalRecord(key="sales", goal=100.0, actual=None),
            GoalRecord(key="sales", goal=100.0, actual=120.0),
        ]
    )
    assert (sales.goal, sales.actual, sales.num_set, sales.num_reported, sales.num_met) == (200.0, 170.0, 3, 2, 1)
    assert sales.completion == 0.75


def test_a_day_problem_with_an_improvement_is_settled_on_the_day_and_others_are_carried_on() -> None:
    problems = {one.text: one for one in ledger(FILLED).problems}
    assert problems["rain"].closed_week == "2026-W49"
    assert problems["no key"].is_open
    assert (problems["no stock"].opened_week, problems["no stock"].closed_week) == ("2026-W49", "2026-W50")


def test_problems_are_open_at_the_end_of_the_week_before_they_are_settled() -> None:
    first, second = (reviewed(FILLED, week(name)).everybody for name in ("2026-W49", "2026-W50"))
    assert (first.problems_opened, first.problems_closed, first.problems_open) == (3, 1, 2)
    assert (second.problems_opened, second.problems_closed, second.problems_open) == (0, 1, 1)


def test_visits_belong_to_the_month_of_their_day_and_weeks_to_that_of_their_thursday() -> None:
    assert month_of_week("2026-W49") == "2026-12"
    first_day = history(books=[book([("R01", "A0", 0), ("R01", "A0", 7)])])
    assert totals(first_day, ledger(first_day), month("2026-11"))[0].visits.planned == 1
    assert totals(first_day, ledger(first_day), month("2026-11"))[0].sheets_due == 0
    assert totals(first_day, ledger(first_day), month("2026-12"))[0].sheets_due == 2


def test_a_day_shows_what_its_sheet_says_of_it() -> None:
    seen = reviewed(FILLED, day_period(day(1)))
    assert [(line.rep_id, line.visits.made, line.said.problem) for line in seen.days if line.said] == [
        ("R01", 1, "rain")
    ]
    assert seen.everybody.visits.planned == 1


def test_sheets_that_have_not_come_back_are_named() -> None:
    assert reviewed(FILLED, week("2026-W50")).outstanding == ()
    assert reviewed(FILLED, week("2026-W51")).outstanding == (("R01", "2026-W51"), ("R02", "2026-W51"))
    assert reviewed(FILLED, week("2026-W51"), day(15)).outstanding == ()  # the week is not over yet


def test_a_sheet_of_somebody_whom_no_plan_knows_does_not_stand_for_one_that_is_due() -> None:
    seen = reviewed(history(sheet("R99", 0, line("A0", 1))), week())
    assert (seen.everybody.sheets_due, seen.everybody.sheets_received) == (2, 0)
    assert len(seen.outstanding) == 2


def test_late_sheets_change_a_closed_week_and_the_change_is_shown() -> None:
    from dataclasses import replace

    closed = history(closed=[("2026-W49", 50)])
    counts = {row.rep_id: row.visits for row in reviewed(closed, week()).rows if row.rep_id}
    late = history(sheet("R02", 0, line("B0", 2)), closed=[("2026-W49", 50)])
    late = replace(late, closings=(replace(late.closings[0], visits=counts),))
    (change,) = reviewed(late, week()).changes
    assert (change.rep_id, change.closed.missed, change.now.made) == ("R02", 1, 1)
    assert reviewed(late, week()).everybody.sheets_late == 1


def test_debts_are_overdue_from_the_day_after_they_are_due() -> None:
    past = history(sheet("R01", 0, line("A0", 1, "missed")))
    for today, overdue in ((day(7), 0), (day(8), 1)):
        seen = reviewed(past, week(), today)
        assert sum(seen.is_overdue(debt) for debt in seen.debts) == overdue == seen.everybody.overdue


def test_the_panel_has_a_row_per_rep_and_month_with_tiers_and_shared_out_capacity() -> None:
    rows = {(row.month, row.rep_id): row for row in rep_months(FILLED, ledger(FILLED))}
    assert set(rows) == {("2026-12", "R01"), ("2026-12", "R02")}
    row = rows["2026-12", "R01"]
    assert row.visits.planned == 5
    assert row.by_tier["none"].made_up == 1
    assert row.capacity_min == pytest.approx(8000 * 19 / 20)  # one of twenty working days lies in November
    assert row.tenure_years == pytest.approx(2.0, abs=0.01)
    assert (row.sales_target, row.sales_actual, row.tasks_set, row.tasks_done) == (200.0, 150.0, 2, 1)
    assert not row.is_closed
    assert row.drive_min == 240.0


def test_months_that_nobody_has_reported_on_and_reps_whom_no_plan_knows_are_not_in_the_panel() -> None:
    assert rep_months(history(), ledger(history())) == ()
    known = history(sheet("R01", 0, line("A0", 1)), sheet("R99", 0, line("B0", 2)), books=[book(), book(start=day(28))])
    assert {(row.month, row.rep_id) for row in rep_months(known, ledger(known))} == {
        ("2026-12", "R01"),
        ("2026-12", "R02"),
    }


def test_a_month_is_closed_when_every_day_with_visits_is() -> None:
    weeks = [(f"2026-W{number}", number) for number in range(49, 53)]
    (row, _) = rep_months(history(closed=weeks), ledger(history(closed=weeks)))
    assert row.is_closed


def test_the_next_sheet_gets_goals_open_problems_and_outlets_that_wait() -> None:
    handed = carried_in(FILLED, ledger(FILLED), week("2026-W50"))
    one = handed["R01"]
    assert one.iso_week == "2026-W49"
    assert one.goals["sales"].actual == 150.0
    assert [problem.text for problem in one.problems] == ["no key", "no stock"]
    assert handed["R02"].missed == ("B0",)
    assert carried_in(FILLED, ledger(FILLED), week("2026-W51"))["R01"].missed == ("A0",)


def test_what_waits_becomes_events_for_a_new_plan_until_it_is_planned_again() -> None:
    missed = sheet("R02", 0, line("B0", 2, "missed"))
    (event,) = replan_events(history(missed), ledger(history(missed)), day(7))
    assert (event.kind, event.outlet_id, event.date) == ("missed", "B0", day(2))
    again = [("R02", "B0", 9), ("R02", "B0", 16)]
    books = [book(), book([*again, ("R01", "A0", 1)], number=2, since=dt.datetime.combine(day(7), dt.time()))]
    planned = history(missed, books=books)
    assert [e.outlet_id for e in replan_events(planned, ledger(planned), day(7)) if e.outlet_id == "B0"] == []
    dropped = history(missed, books=[book(), book([("R02", "B0", 16)], number=2, since=books[1].since)])
    urgent = [e for e in replan_events(dropped, ledger(dropped), day(7)) if e.outlet_id == "B0"]
    assert [(e.kind, e.date) for e in urgent] == [("urgent", day(13))]


def test_the_next_cycle_knows_last_visits_and_raises_what_waits_from_its_own_priority() -> None:
    past = history(sheet("R01", 0, line("A0", 1), line("C0", 3, "missed")), closed=[("2026-W49", 50)])
    states = {
        s.outlet_id: s
        for s in outlet_states(past, ledger(past), day(28), priorities={"A0": 0.0, "B0": 0.0, "C0": 10.0})
    }
    assert (states["A0"].last_visit, states["A0"].debts, states["A0"].priority) == (day(1), 0, 0.0)
    assert (states["C0"].debts, states["C0"].own_priority) == (1, 10.0)
    assert states["C0"].priority == 10.0 + 20.0 + 3 * 5.0
    assert states["B0"].last_visit is None


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "26-W10", "W10", "", "2026-13"])
def test_weeks_that_do_not_exist_are_none(name: str) -> None:
    assert week_of(name) is None
