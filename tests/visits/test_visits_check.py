"""The checker, by sabotage: one planted fault, exactly one rule broken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.visits._timetable import Missing, build_plan
from territory.visits.check import RULES, check
from territory.visits.model import VisitsProblem
from tests.visits.towns import MONDAY, make_problem, windows

MON, TUE, WED, THU = 0, 1, 2, 3
LINE = ((10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
FREQUENCY = (4, 8, 2)
DAYS = {0: (0, 7, 14, 21), 1: (0, 3, 7, 10, 14, 17, 21, 24), 2: (1, 15)}


@dataclass(frozen=True)
class Fault:
    problem: VisitsProblem
    plan: VisitPlan
    amount: float | None = None


def line(**changes: object) -> VisitsProblem:
    """Three outlets on a line, ten minutes apart: weekly, twice a week, fortnightly."""
    return make_problem(**({"xy": LINE, "frequency": FREQUENCY} | changes))


def plan_of(
    problem: VisitsProblem,
    days: dict[int, tuple[int, ...]] = DAYS,
    *,
    rep: Callable[[int, int], int] = lambda outlet, day: 0,
    missing: tuple[Missing, ...] = (),
) -> VisitPlan:
    """The plan that visits outlets on the given days, nearest to home first."""
    routes: dict[tuple[int, int], list[int]] = {}
    for outlet, chosen in days.items():
        for day in chosen:
            routes.setdefault((rep(outlet, day), day), []).append(outlet)
    return build_plan(problem, problem.drive_s(), routes=routes, missing=missing)


def edited(plan: VisitPlan, column: str, row: int, change: int) -> VisitPlan:
    """The plan with one number changed."""
    values = getattr(plan, column).copy()
    values[row] += change
    return replace(plan, **{column: values})


def with_stop(plan: VisitPlan, *, rep: int, day: int, outlet: int, at: int, new_route: bool) -> VisitPlan:
    """The plan with a stop row more (late in the day), and a route row for it."""
    row = {"rep_idx": rep, "day": day, "outlet_idx": outlet, "drive_s": 0, "start_s": 60_000, "service_s": 900}
    changes = {name: np.insert(getattr(plan, name), at, value) for name, value in row.items()}
    if new_route:
        route = {
            "route_rep_idx": rep,
            "route_day": day,
            "leave_s": 0,
            "return_drive_s": 0,
            "return_s": 0,
            "lunch_s": -1,
        }
        changes |= {name: np.append(getattr(plan, name), value) for name, value in route.items()}
    return replace(plan, **changes)


LONG_DAY = {"xy": LINE, "frequency": (1, 1, 1), "service_min": 120.0}
ONE_DAY = {0: (0,), 1: (0,), 2: (0,)}


def unknown_rep() -> Fault:
    plan = plan_of(line())
    return Fault(line(), with_stop(plan, rep=7, day=0, outlet=0, at=plan.num_stops, new_route=True))


def unknown_outlet() -> Fault:
    return Fault(line(), with_stop(plan_of(line()), rep=0, day=0, outlet=9, at=2, new_route=False))


def day_range() -> Fault:
    plan = plan_of(line())
    return Fault(line(), with_stop(plan, rep=0, day=28, outlet=0, at=plan.num_stops, new_route=True), 28)


def row_order() -> Fault:
    plan = plan_of(line())
    names = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")
    order = np.r_[1, 0, 2 : len(plan.route_day)]
    return Fault(line(), replace(plan, **{name: getattr(plan, name)[order] for name in names}), 1)


def route_rows() -> Fault:
    plan = plan_of(line())
    names = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")
    return Fault(line(), replace(plan, **{name: getattr(plan, name)[1:] for name in names}), 1)


def wrong_rep() -> Fault:
    two = line(homes=((0, 0), (0, 5)), rep_of_outlet=(0, 0, 1))
    return Fault(two, plan_of(two, rep=lambda outlet, day: 0), 2)


def several_reps() -> Fault:
    pool = line(homes=((0, 0), (0, 5)), pooled=True)
    return Fault(pool, plan_of(pool, rep=lambda outlet, day: int(outlet == 0 and day == 7)), 1)


def skill() -> Fault:
    skilled = line(skills=("", "", "cold"))
    return Fault(skilled, plan_of(skilled), 1)


def twice_a_day() -> Fault:
    return Fault(line(), plan_of(line(), DAYS | {0: (0, 0, 7, 14, 21)}), 1)


def holiday() -> Fault:
    return Fault(line(holidays=[MONDAY + dt.timedelta(days=8)]), plan_of(line(), DAYS | {2: (8, 22)}), 1)


def closed_day() -> Fault:
    opening = windows(3, (0, 24))
    opening[2, TUE] = -1
    return Fault(line(windows_s=opening), plan_of(line()), 2)


def day_off() -> Fault:
    return Fault(line(weekdays=(MON, WED, THU)), plan_of(line()), 2)


def weekday_pattern() -> Fault:
    return Fault(line(), plan_of(line(), DAYS | {0: (0, 8, 14, 21)}), 4)


def spacing() -> Fault:
    near = (0, 1, 7, 8, 14, 15, 21, 22)
    return Fault(line(), plan_of(line(), DAYS | {1: near}), 4)


def visit_missing() -> Fault:
    return Fault(line(), plan_of(line(), DAYS | {0: (0, 7, 14)}), 1)


def visit_surplus() -> Fault:
    return Fault(line(), plan_of(line(), DAYS | {0: (0, 3, 7, 14, 21)}), 1)


def false_reason() -> Fault:
    absent = Missing(outlet=2, visits=2, reason=UnplacedReason.NO_TIME)
    return Fault(line(), plan_of(line(), {0: DAYS[0], 1: DAYS[1]}, missing=(absent,)), 2)


def service_time() -> Fault:
    return Fault(line(), edited(plan_of(line()), "service_s", 0, -120), 2)


def drive_time() -> Fault:
    return Fault(line(), edited(plan_of(line()), "drive_s", 1, 60), 1)


def window() -> Fault:
    opening = windows(3, (0, 24))
    opening[2] = windows(1, (0, 9))[0]
    open_all_day = plan_of(line(), DAYS | {2: (7, 21)})  # third on Mondays: 8:30 + 10 + 15 + 10 + 15 + 10 = 9:30
    return Fault(line(windows_s=opening), open_all_day, 2 * 30)


def time_order() -> Fault:
    return Fault(line(), edited(plan_of(line()), "start_s", 0, -60), 1)


def return_drive() -> Fault:
    return Fault(line(), edited(plan_of(line()), "return_drive_s", 0, 60), 1)


def return_time() -> Fault:
    return Fault(line(), edited(plan_of(line()), "return_s", 0, 60), 1)


def shift_start() -> Fault:
    return Fault(line(), edited(plan_of(line()), "leave_s", 0, -600), 10)


def shift_end() -> Fault:
    late = line(frequency=(1, 1, 1))
    early = line(frequency=(1, 1, 1), shift=(510, 600))  # home again at 8:30 + 30 + 45 + 30 = 10:15
    return Fault(early, plan_of(late, ONE_DAY), 15)


def lunch_missing() -> Fault:
    long = make_problem(**LONG_DAY)
    plan = plan_of(long, ONE_DAY)
    return Fault(long, replace(plan, lunch_s=np.array([-1])), 60)


def lunch_time() -> Fault:
    plan = plan_of(make_problem(**LONG_DAY), ONE_DAY)
    lunch_min = int(plan.lunch_s[0]) // 60
    until = f"{(lunch_min - 10) // 60:02d}:{(lunch_min - 10) % 60:02d}"
    rules = VisitRules(lunch_from="11:00", lunch_until=until)
    return Fault(make_problem(**LONG_DAY, rules=rules), plan, 10)


def lunch_overlap() -> Fault:
    long = make_problem(**LONG_DAY)
    return Fault(long, edited(plan_of(long, ONE_DAY), "lunch_s", 0, -300), None)


def carry_limit() -> Fault:
    laden = replace(line(), carried=np.array([1, 1, 3]), carry_limit=np.array([4]))
    return Fault(laden, plan_of(line(), DAYS | {2: (0, 14)}), 2)


def longest_day() -> Fault:
    # Mondays: 40 minutes of driving and two visits of 15 minutes; Tuesdays: 60 minutes and one
    free = line(rules=VisitRules(lunch_min=0))
    return Fault(replace(free, longest_day_s=np.array([72 * 60])), plan_of(free), 6)


SABOTAGE = {
    fault.__name__: fault
    for fault in (
        unknown_rep, unknown_outlet, day_range, row_order, route_rows, wrong_rep, several_reps, skill, twice_a_day,
        holiday, closed_day, day_off, weekday_pattern, spacing, visit_missing, visit_surplus, false_reason,
        service_time, drive_time, window, time_order, return_drive, return_time, shift_start, shift_end,
        longest_day, carry_limit, lunch_missing, lunch_time, lunch_overlap,
    )
}  # fmt: skip


def test_the_plan_that_is_sabotaged_is_clean():
    assert check(line(), plan_of(line())).is_clean


def test_the_long_day_that_is_sabotaged_is_clean():
    long = make_problem(**LONG_DAY)
    assert check(long, plan_of(long, ONE_DAY)).is_clean


@pytest.mark.parametrize("rule", RULES)
def test_one_planted_fault_breaks_exactly_its_rule(rule):
    fault = SABOTAGE[rule]()
    found = check(fault.problem, fault.plan).violations
    assert {violation.rule for violation in found} == {rule}, found
    if fault.amount is not None:
        assert sum(violation.amount for violation in found) == pytest.approx(fault.amount)


@pytest.mark.parametrize("rule", RULES)
def test_every_broken_rule_is_told_in_both_languages(rule):
    fault = SABOTAGE[rule]()
    for violation in check(fault.problem, fault.plan).violations:
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in str(violation))
        chinese = violation.in_("zh").replace(f"({rule})", "")
        for name in (*fault.problem.homes.ids, *fault.problem.outlets.ids):
            chinese = chinese.replace(name, "")
        assert not re.search("[A-Za-z]", chinese), chinese


def test_terms_are_drive_balance_and_missing_in_drive_minutes():
    problem = make_problem(xy=((10.0, 0.0),), frequency=(1,), service_min=15.0)
    terms = {term.name: term for term in check(problem, plan_of(problem, {0: (0,)})).terms}
    assert terms["drive"].points == pytest.approx(20.0)
    assert terms["balance"].amount == pytest.approx(35.0 * 19 / 20)  # one day of 35 minutes, nineteen empty ones
    assert terms["balance"].points == pytest.approx(terms["balance"].amount * problem.rules.price_balance)
    assert terms["missing"].points == 0


def test_a_visit_left_out_costs_its_price():
    problem = make_problem(xy=((500.0, 0.0),), frequency=(2,), priority=(100.0,))
    plan = plan_of(problem, {}, missing=(Missing(outlet=0, visits=2, reason=UnplacedReason.TOO_FAR),))
    report = check(problem, plan)
    assert report.is_clean
    assert report.objective == pytest.approx(2 * problem.missing_price_s[0] / 60)


def test_a_lower_frequency_is_legal_when_the_missing_visits_are_stated_and_true():
    full_but_two = make_problem(
        xy=((0.0, 1.0), (0.0, 2.0)), frequency=(4, 20), service_min=(300.0, 300.0), shift=(480, 840)
    )
    plan = plan_of(full_but_two, {1: tuple(7 * w + d for w in range(4) for d in range(5))})
    missing = Missing(outlet=0, visits=4, reason=UnplacedReason.NO_TIME)
    full = replace(plan, **_missing_columns(missing))
    assert check(full_but_two, full).is_clean
    weekly = plan_of(line(), DAYS | {0: (0, 14)}, missing=(Missing(outlet=0, visits=2, reason=UnplacedReason.NO_TIME),))
    assert [v.rule for v in check(line(), weekly).violations] == ["false_reason"]  # the pattern is legal, there is room
    odd = plan_of(line(), DAYS | {0: (0, 7)}, missing=(Missing(outlet=0, visits=2, reason=UnplacedReason.NO_TIME),))
    assert {v.rule for v in check(line(), odd).violations} == {"weekday_pattern", "false_reason"}


def test_visits_of_an_outlet_that_is_not_due_are_surplus():
    never = line(frequency=(4, 8, 0))
    found = check(never, plan_of(line())).violations
    assert [(v.rule, v.amount) for v in found] == [("visit_surplus", 2.0)]


def test_an_unplaced_entry_for_an_unknown_outlet_is_reported():
    plan = replace(plan_of(line()), **_missing_columns(Missing(outlet=9, visits=1, reason=UnplacedReason.SKILL)))
    assert [v.rule for v in check(line(), plan).violations] == ["unknown_outlet"]


def test_lunch_may_be_at_home_before_or_after_the_day():
    afternoon = make_problem(xy=((10.0, 0.0),), frequency=(1,), shift=(12 * 60, 18 * 60))
    plan = plan_of(afternoon, {0: (0,)})
    for lunch_s, leave_s in ((11.5 * 3600, 13 * 3600), (-1, 15 * 3600)):
        start_s = int(leave_s) + 600
        moved = replace(
            plan,
            leave_s=np.array([int(leave_s)]),
            start_s=np.array([start_s]),
            return_s=np.array([start_s + 900 + 600]),
            lunch_s=np.array([int(lunch_s)]),
        )
        assert check(afternoon, moved).is_clean


def test_an_unpaid_first_drive_may_lie_outside_the_shift():
    rules = VisitRules(first_drive_paid=False, lunch_min=0)
    far = make_problem(xy=((120.0, 0.0),), frequency=(1,), service_min=500.0, rules=rules)
    plan = plan_of(far, {0: (0,)})
    assert check(far, plan).is_clean
    paid = make_problem(xy=((120.0, 0.0),), frequency=(1,), service_min=500.0, rules=VisitRules(lunch_min=0))
    assert {v.rule for v in check(paid, plan).violations} == {"shift_start", "shift_end"}


def _missing_columns(entry: Missing) -> dict[str, object]:
    return {
        "unplaced_outlet_idx": np.array([entry.outlet]),
        "unplaced_visits": np.array([entry.visits]),
        "unplaced_reason": (entry.reason,),
    }
