"""Re-planning: started work stays, little moves, what cannot be kept is explained, and the checker sees every fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from territory.domain.columns import NONE
from territory.domain.promises import Promises
from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.effort import CancelToken, Effort
from territory.errors import ConfigError
from territory.standing import StopReason
from territory.visits import VisitsProblem, _open_visits, plan_visits
from territory.visits.replan import (
    REPLAN_RULES,
    Cause,
    ChangeKind,
    Closed,
    Events,
    Ill,
    Missed,
    Now,
    ReplanResult,
    Urgent,
    check_replan,
    replan,
)
from tests.visits.towns import clustered, make_problem, windows

QUICK = Effort(iterations=1500)
WEDNESDAY = Now(day=2, minute=11 * 60)
STOPS = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
ROUTES = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")


@cache
def town(*, reps: int = 1, pooled: bool = False) -> VisitsProblem:
    return clustered(outlets=75 * reps, seed=5, reps=reps, pooled=pooled, service_min=25.0)


@cache
def running(problem: VisitsProblem) -> VisitPlan:
    return plan_visits(problem, effort=Effort(iterations=1500), seed=1).require_plan()


def again(problem: VisitsProblem, events: Events, now: Now = WEDNESDAY) -> ReplanResult:
    return replan(problem, running(problem), events, now, effort=QUICK, seed=1)


def stops(plan: VisitPlan, rows: np.ndarray) -> list[tuple[int, ...]]:
    return sorted(zip(*(getattr(plan, name)[rows].tolist() for name in STOPS), strict=True))


def outlets_on(plan: VisitPlan, day: int, rep: int = 0) -> list[int]:
    return plan.outlet_idx[plan.stops_of(rep, day)].tolist()


def test_without_events_nothing_changes() -> None:
    result = again(town(), Events())
    assert result.plan == running(town())
    assert result.changes == ()


def test_shifts_that_started_or_start_within_two_hours_stay_as_they_are() -> None:
    events = Events(ill=(Ill(rep_idx=0, day=4),))
    before = running(town())
    for now, last_fixed in ((WEDNESDAY, 2), (Now(day=3, minute=6 * 60), 2), (Now(day=3, minute=7 * 60), 3)):
        after = again(town(), events, now).plan
        fixed = np.flatnonzero(before.day <= last_fixed)
        assert stops(before, fixed) == stops(after, np.flatnonzero(after.day <= last_fixed))


def test_an_ill_rep_has_no_visits_and_a_lone_reps_visits_move_or_carry_a_reason() -> None:
    problem = town()
    result = again(problem, Events(ill=tuple(Ill(rep_idx=0, day=day) for day in (3, 4))))
    before = running(problem)
    lost = sum(len(outlets_on(before, day)) for day in (3, 4))
    assert lost > 5
    assert not np.isin(result.plan.day, (3, 4)).any()
    ill = [change for change in result.changes if change.cause is Cause.ILL]
    assert len(ill) == lost
    assert {change.kind for change in ill} <= {ChangeKind.MOVED, ChangeKind.DROPPED}
    assert result.plan.num_stops + result.plan.num_unplaced == before.num_stops + before.num_unplaced
    assert all(change.why.en and change.why.zh for change in result.changes)


def test_a_rep_who_leaves_early_keeps_the_visits_that_are_over_by_then() -> None:
    problem, before = town(), running(town())
    rows = before.stops_of(0, 2)
    leaves_min = int(before.start_s[rows[2]] // 60) + 1
    result = again(problem, Events(ill=(Ill(rep_idx=0, day=2, from_min=leaves_min),)))
    kept = result.plan.stops_of(0, 2)
    assert stops(result.plan, kept) == stops(before, rows[:2])


def test_a_lost_visit_does_not_make_another_day_longer_than_the_longest_one() -> None:
    # five outlets twenty minutes around the home, one a weekday: two on a day would take longer than allowed
    xy = [(20.0 * math.cos(turn), 20.0 * math.sin(turn)) for turn in range(5)]
    free = make_problem(xy=xy, frequency=[4] * 5, rules=VisitRules(lunch_min=0), service_min=30.0)
    short, long = (replace(free, longest_day_s=np.array([minutes * 60])) for minutes in (80, 150))
    ill = Events(ill=(Ill(rep_idx=0, day=3),))
    for problem, kind in ((long, ChangeKind.MOVED), (short, ChangeKind.DROPPED)):
        result = replan(problem, running(short), ill, WEDNESDAY, effort=QUICK, seed=1)
        assert [change.kind for change in result.changes if change.cause is Cause.ILL] == [kind]


def test_a_lost_visit_of_a_new_outlet_keeps_the_distances_of_its_busiest_week() -> None:
    once = make_problem(xy=[(10.0, 0.0)], frequency=[1])
    problem = replace(once, promises=replace(Promises.none(1), weeks_open=np.array([0])))
    before = running(problem).day.tolist()
    assert [sum(day // 7 == week for day in before) for week in range(4)] == [3, 3, 2, 2]
    lost = before[6]
    result = replan(problem, running(problem), Events(ill=(Ill(rep_idx=0, day=lost),)), WEDNESDAY, effort=QUICK, seed=1)
    assert [(change.kind, change.day_before) for change in result.changes] == [(ChangeKind.MOVED, lost)]
    assert np.diff(np.sort(result.plan.day)).min() >= 2


def test_before_it_opens_an_outlet_gets_no_visit() -> None:
    weekly = make_problem(xy=[(10.0, 0.0)], frequency=[4])
    problem = replace(weekly, promises=replace(Promises.none(1), weeks_open=np.array([-2])))
    first = int(running(problem).day.min())
    away = tuple(Ill(rep_idx=0, day=day) for day in range(first, first + 2))
    result = replan(problem, running(problem), Events(ill=away), WEDNESDAY, effort=QUICK, seed=1)
    assert result.changes
    assert result.plan.day.min() >= 14


def test_nothing_but_a_loss_moves_a_visit_off_its_agreed_days() -> None:
    # one visit fills a day; the lost one can only go to the other's Tuesday
    opening = windows(2, (8, 20))
    opening[0, 2:] = NONE
    either = make_problem(
        xy=[(5.0, 0.0), (0.0, 5.0)],
        frequency=[4, 4],
        windows_s=opening,
        rules=VisitRules(lunch_min=0),
        service_min=400.0,
    )
    tuesdays = np.arange(28) % 7 == 1
    agreed = replace(either, promises=replace(Promises.none(2), fixed_days=np.array([0 * tuesdays, tuesdays], bool)))
    lost = Events(ill=(Ill(rep_idx=0, day=7),))
    free, bound = (replan(p, running(agreed), lost, WEDNESDAY, effort=QUICK, seed=1).plan for p in (either, agreed))
    assert not tuesdays[free.day[free.outlet_idx == 1]].all()
    assert tuesdays[bound.day[bound.outlet_idx == 1]].all()


def test_mates_of_a_pool_take_over_on_the_same_day() -> None:
    daily = make_problem(xy=[(5.0, 0.0), (0.0, 5.0)], frequency=[20, 20], homes=((0, 0), (0, 0)), pooled=True)
    rep = int(running(daily).rep_idx[0])
    result = replan(daily, running(daily), Events(ill=(Ill(rep_idx=rep, day=3),)), WEDNESDAY, effort=QUICK, seed=1)
    lost = [change for change in result.changes if change.cause is Cause.ILL]
    assert {change.kind for change in lost} == {ChangeKind.OTHER_REP}
    assert {(change.rep_before, change.rep) for change in lost} == {(rep, 1 - rep)}


def test_reps_who_share_no_pool_keep_their_plan() -> None:
    problem, before = town(reps=3), running(town(reps=3))
    after = again(problem, Events(ill=(Ill(rep_idx=0, day=3),))).plan
    assert stops(before, before.rep_idx != 0) == stops(after, after.rep_idx != 0)


def test_nobody_comes_to_a_closed_outlet_even_on_a_shift_that_started() -> None:
    problem, before = town(), running(town())
    last_today = outlets_on(before, 2)[-1]
    tomorrow = outlets_on(before, 3)[0]
    events = Events(closed=(Closed(outlet_idx=last_today, day=2), Closed(outlet_idx=tomorrow, day=3)))
    result = again(problem, events)
    assert outlets_on(result.plan, 2) == outlets_on(before, 2)[:-1]
    assert tomorrow not in outlets_on(result.plan, 3)
    assert {change.outlet_idx for change in result.changes if change.cause is Cause.CLOSED} == {last_today, tomorrow}


def test_an_urgent_visit_comes_on_top_unless_one_is_planned_in_time() -> None:
    problem, before = town(), running(town())
    soon = set(before.outlet_idx[(before.day >= 2) & (before.day <= 4)].tolist())
    later = next(outlet for outlet in range(problem.num_outlets) if outlet not in soon)
    planned = outlets_on(before, 4)[0]
    result = again(problem, Events(urgent=(Urgent(outlet_idx=later, by_day=4), Urgent(outlet_idx=planned, by_day=4))))
    added = [change for change in result.changes if change.kind is ChangeKind.ADDED]
    assert [(change.outlet_idx, change.cause) for change in added] == [(later, Cause.URGENT)]
    assert 2 < added[0].day <= 4
    days = result.plan.day[result.plan.outlet_idx == planned]
    assert ((days >= 2) & (days <= 4)).any()


def test_an_urgent_visit_of_an_outlet_without_regular_visits_is_placed() -> None:
    problem = make_problem(xy=[(5.0, 0.0), (6.0, 0.0)], frequency=[4, 0])
    result = replan(
        problem, running(problem), Events(urgent=(Urgent(outlet_idx=1, by_day=8),)), WEDNESDAY, effort=QUICK, seed=1
    )
    assert [(change.kind, change.outlet_idx) for change in result.changes] == [(ChangeKind.ADDED, 1)]


def test_a_missed_visit_is_made_up_and_keeps_its_distance_to_the_next() -> None:
    problem = make_problem(xy=[(float(x), 3.0) for x in range(8)], frequency=[4] * 8)
    plan = running(problem)
    outlet = outlets_on(plan, int(plan.day[0]))[0]
    first = int(plan.day[plan.outlet_idx == outlet][0])
    missed = Events(missed=(Missed(outlet_idx=outlet, day=first),))
    result = replan(problem, plan, missed, Now(day=first + 1, minute=420), effort=QUICK, seed=1)
    change = next(change for change in result.changes if change.cause is Cause.MISSED)
    assert change.kind is ChangeKind.MOVED
    days = np.sort(result.plan.day[result.plan.outlet_idx == outlet])
    assert len(days) == 4 and np.diff(days).min() >= 3
    assert first not in days


def test_a_visit_that_fits_nowhere_is_dropped_with_its_true_reason() -> None:
    problem = make_problem(xy=[(5.0, 0.0), (9.0, 0.0)], frequency=[20, 4])
    result = replan(problem, running(problem), Events(ill=(Ill(rep_idx=0, day=3),)), WEDNESDAY, effort=QUICK, seed=1)
    dropped = [change for change in result.changes if change.kind is ChangeKind.DROPPED]
    assert [change.outlet_idx for change in dropped] == [0]  # daily: no day is left without a visit of its own
    assert result.plan.unplaced_reason == (UnplacedReason.CLOSED,)


def test_few_visits_move_that_nothing_happened_to() -> None:
    problem = town(reps=3, pooled=True)
    rng = np.random.Generator(np.random.PCG64(1))
    closed = tuple(Closed(outlet_idx=int(o), day=d) for o in rng.permutation(problem.num_outlets)[:13] for d in (3, 4))
    for events in (Events(ill=(Ill(rep_idx=1, day=3), Ill(rep_idx=1, day=4))), Events(closed=closed)):
        result = again(problem, events)
        assert result.untouched > 100
        assert result.moved_share < 0.05


def test_in_a_large_team_days_long_after_the_events_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_open_visits, "MOST_VISITS", 20)
    before = running(town())
    after = again(town(), Events(ill=(Ill(rep_idx=0, day=3),))).plan
    late = 3 + _open_visits.DAYS_AFTER
    assert stops(before, before.day > late) == stops(after, after.day > late)
    assert stops(before, before.day <= late) != stops(after, after.day <= late)


def test_the_same_seed_gives_the_same_answer() -> None:
    events = Events(ill=(Ill(rep_idx=0, day=3),), urgent=(Urgent(outlet_idx=7, by_day=4),))
    assert again(town(), events) == again(town(), events)


def test_a_cancelled_search_still_gives_a_checked_plan() -> None:
    token = CancelToken()
    token.cancel()
    events = Events(ill=(Ill(rep_idx=0, day=3),))
    result = replan(town(), running(town()), events, WEDNESDAY, effort=QUICK, seed=1, cancel=token)
    assert result.stopped_by is StopReason.CANCELLED
    assert not (result.plan.day == 3).any()


def test_all_wrong_events_are_told_at_once() -> None:
    events = Events(
        ill=(Ill(rep_idx=9, day=3),),
        urgent=(Urgent(outlet_idx=0, by_day=1),),
        missed=(Missed(outlet_idx=999, day=1), Missed(outlet_idx=0, day=6)),
    )
    with pytest.raises(ConfigError) as caught:
        again(town(), events)
    assert len(caught.value.in_("en").splitlines()) >= 4
    assert len(caught.value.in_("zh").splitlines()) >= 4


# Sabotage: a good new plan, broken in one way.

POOL_EVENTS = Events(ill=(Ill(rep_idx=0, day=3),), closed=(Closed(outlet_idx=0, day=4), Closed(outlet_idx=1, day=4)))
Fault = Callable[[VisitsProblem, VisitPlan], VisitPlan]


@cache
def good() -> tuple[VisitsProblem, VisitPlan]:
    """Two pooled reps, and a third one on their own; the first is ill on day 3."""
    pool = town(reps=3)
    problem = replace(pool, pool_of_rep=np.array([0, 0, 2]), rules=VisitRules(price_balance=0.5))
    plan = running(problem)
    return problem, replan(problem, plan, POOL_EVENTS, WEDNESDAY, effort=QUICK, seed=1).plan


def without(plan: VisitPlan, row: int) -> VisitPlan:
    return replace(plan, **{name: np.delete(getattr(plan, name), row) for name in STOPS})


def copied(plan: VisitPlan, row: int, **other: int) -> VisitPlan:
    """One more stop like `row`, put at the end of its columns and sorted in."""
    columns = {name: np.append(getattr(plan, name), other.get(name, getattr(plan, name)[row])) for name in STOPS}
    order = np.lexsort((columns["start_s"], columns["day"], columns["rep_idx"]))
    return replace(plan, **{name: column[order] for name, column in columns.items()})


def row_on(plan: VisitPlan, *, rep: int, after: int = 4) -> int:
    return int(np.flatnonzero((plan.rep_idx == rep) & (plan.day > after))[0])


def dropped_reason(plan: VisitPlan, row: int, reason: UnplacedReason) -> VisitPlan:
    outlet = int(plan.outlet_idx[row])
    order = np.argsort(np.append(plan.unplaced_outlet_idx, outlet), kind="stable")
    reasons = (*plan.unplaced_reason, reason)
    return replace(
        without(plan, row),
        unplaced_outlet_idx=np.append(plan.unplaced_outlet_idx, outlet)[order],
        unplaced_visits=np.append(plan.unplaced_visits, 1)[order],
        unplaced_reason=tuple(reasons[at] for at in order.tolist()),
    )


def moved_far(problem: VisitsProblem, plan: VisitPlan) -> VisitPlan:
    """A weekly outlet's last visit on the day of the one before."""
    outlet = next(o for o in np.flatnonzero(problem.frequency == 4).tolist() if problem.rep_of_outlet[o] < 2)
    rows = np.flatnonzero(plan.outlet_idx == outlet)
    rows = rows[np.argsort(plan.day[rows])]
    day, rep = int(plan.day[rows[-2]]), int(plan.rep_idx[rows[-2]])
    return copied(without(plan, int(rows[-1])), int(rows[-2] - (rows[-1] < rows[-2])), day=day, rep_idx=rep)


def ill_rep(problem: VisitsProblem, plan: VisitPlan) -> VisitPlan:
    return copied(plan, row_on(plan, rep=0), day=3)


def closed_outlet(problem: VisitsProblem, plan: VisitPlan) -> VisitPlan:
    return copied(plan, row_on(plan, rep=1), day=4, outlet_idx=0)


FAULTS: dict[str, Fault] = {
    "started_changed": lambda problem, plan: without(plan, int(plan.stops_of(1, 1)[0])),
    "untouched_changed": lambda problem, plan: without(plan, row_on(plan, rep=2)),
    "ill_rep": ill_rep,
    "closed_outlet": closed_outlet,
    "wrong_rep": lambda problem, plan: copied(
        plan, row_on(plan, rep=1), outlet_idx=int(plan.outlet_idx[row_on(plan, rep=2)])
    ),
    "day_off": lambda problem, plan: copied(plan, row_on(plan, rep=1), day=5),
    "window_of_days": moved_far,
    "visit_missing": lambda problem, plan: without(plan, row_on(plan, rep=1)),
    "visit_surplus": lambda problem, plan: copied(plan, row_on(plan, rep=1)),
    "false_reason": lambda problem, plan: dropped_reason(plan, row_on(plan, rep=1), UnplacedReason.NO_TIME),
}


def rules_broken(plan: VisitPlan) -> set[str]:
    problem, _ = good()
    report = check_replan(problem, running(problem), plan, POOL_EVENTS, WEDNESDAY)
    assert all(violation.amount > 0 for violation in report.violations)
    return {violation.rule for violation in report.violations}


def test_a_good_new_plan_breaks_no_rule() -> None:
    assert rules_broken(good()[1]) == set()


@pytest.mark.parametrize("rule", sorted(REPLAN_RULES))
def test_the_checker_sees_a_plan_broken_in_one_way(rule: str) -> None:
    problem, plan = good()
    assert rule in rules_broken(FAULTS[rule](problem, plan))


def test_the_checker_replays_the_clock_of_days_that_changed() -> None:
    problem, plan = good()
    before = running(problem)
    changed = next(
        (int(rep), int(day))
        for rep, day in zip(plan.route_rep_idx, plan.route_day, strict=True)
        if day > 3 and stops(plan, plan.stops_of(rep, day)) != stops(before, before.stops_of(rep, day))
    )
    row = int(plan.stops_of(*changed)[0])
    start_s = plan.start_s.copy()
    start_s[row] = 0
    assert {"time_order", "shift_start"} & rules_broken(replace(plan, start_s=start_s))


def test_closed_hours_of_the_outlet_hold_for_visits_that_move() -> None:
    problem = make_problem(
        xy=[(5.0, 0.0), (9.0, 0.0)], frequency=[4, 2], windows_s=windows(2, (9, 12), weekdays=(0, 3))
    )
    plan = running(problem)
    first = int(plan.day[plan.outlet_idx == 1][0])
    missed = Events(missed=(Missed(outlet_idx=1, day=first),))
    result = replan(problem, plan, missed, Now(day=first + 1, minute=400), effort=QUICK, seed=1)
    change = next(change for change in result.changes if change.outlet_idx == 1)
    assert change.day == NONE or change.day % 7 in (0, 3)
