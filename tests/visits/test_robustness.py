"""The simulated days: no spread is the plan itself, more spread is worse, a quantile buys punctuality."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.visits import VisitsProblem, plan_visits
from territory.visits._driven_day import EATEN, DrivenDay, PlannedDay, drive_day
from territory.visits.model import DayBounds, Lunch
from territory.visits.robustness import Spread, Target, plan_at_quantile, plan_for_target, replay_days
from tests.visits.towns import clustered, make_problem, windows

NONE = Spread(service_cv=0.0, drive_cv=0.0, traffic_cv=0.0)
USUAL = Spread(service_cv=0.4, drive_cv=0.3, traffic_cv=0.15)
HOUR, MINUTE = 3600, 60


def planned(problem: VisitsProblem) -> VisitPlan:
    return plan_visits(problem, effort=Effort(iterations=400), seed=1).require_plan()


@pytest.fixture(scope="module")
def town() -> VisitsProblem:
    return clustered(outlets=60, reps=2, seed=4, service_min=25.0)


@pytest.fixture(scope="module")
def town_plan(town: VisitsProblem) -> VisitPlan:
    return planned(town)


def day_of(**changes: object) -> PlannedDay:
    """Two stops from 9:00, ten minutes of drive each way, half an hour of service, lunch between 12 and 13."""
    day = PlannedDay(
        leave_s=9 * HOUR,
        start_s=(9 * HOUR + 600, 10 * HOUR),
        return_s=10 * HOUR + 2400,
        lunch_gap=3,
        drive_s=(600, 600, 600),
        service_s=(1800, 1800),
        windows=[[[8 * HOUR, 18 * HOUR]], [[8 * HOUR, 12 * HOUR], [14 * HOUR, 18 * HOUR]]],
        bounds=DayBounds(leave_s=8 * HOUR, start_s=8 * HOUR, end_s=17 * HOUR, return_s=17 * HOUR),
        lunch=Lunch(from_s=12 * HOUR, until_s=13 * HOUR, length_s=HOUR),
    )
    return replace(day, **changes)  # type: ignore[arg-type]


def driven(day: PlannedDay, service_s: tuple[int, ...], *, late: str = "visit") -> DrivenDay:
    """The day once, with these services and the usual drives."""
    return drive_day(
        day,
        service_s=np.array(service_s, dtype=float)[:, None],
        drive_s=np.array(day.drive_s, dtype=float)[:, None],
        late=late,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_spread_the_days_are_the_plan(seed: int, *, paid: bool) -> None:
    problem = replace(clustered(outlets=45, seed=seed, service_min=22.0), rules=VisitRules(first_drive_paid=paid))
    result = replay_days(problem, planned(problem), spread=NONE, replications=20, seed=1)
    for name, value in (("on_time_share", 100.0), ("in_window_share", 100.0), ("visits_made_share", 100.0)):
        assert result.value(name) == value
    for name in ("days_over_share", "overtime_mean_min", "overtime_p95_min", "late_lunch_share"):
        assert result.value(name) == 0.0
    assert all(entry.low == entry.high == entry.measure.value for entry in result.estimates)


def test_without_spread_every_start_and_return_is_the_planned_one_to_the_second() -> None:
    # a shut first window makes the plan wait twice; the wait belongs to the plan
    opening = np.concatenate([windows(1, (9, 10)), windows(1, (11, 12)), windows(1, (13, 18))])
    problem = make_problem(xy=[(5, 0), (6, 0), (7, 0)], frequency=[1, 1, 1], windows_s=opening)
    plan = planned(problem)
    seen: list[float] = []
    from territory.visits import robustness

    for route, rep in enumerate(plan.route_rep_idx.tolist()):
        rows = plan.stops_of(rep, int(plan.route_day[route]))
        stops = plan.outlet_idx[rows]
        drives = [*plan.drive_s[rows].tolist(), int(plan.return_drive_s[route])]
        day = robustness._planned_day(problem, plan, rep=rep, route=route, rows=rows, stops=stops, drive_s=drives)
        out = driven(day, tuple(problem.service_s[stops].tolist()))
        seen += (out.start_s[:, 0] - plan.start_s[rows]).tolist()
    assert seen == [0.0] * 3


def test_the_same_seed_gives_the_same_days_and_another_gives_others(town: VisitsProblem, town_plan: VisitPlan) -> None:
    first, again, other = (replay_days(town, town_plan, spread=USUAL, replications=20, seed=seed) for seed in (5, 5, 6))
    assert first.estimates == again.estimates
    assert first.by_rep == again.by_rep
    assert first.estimates != other.estimates


def test_a_rep_meets_the_same_days_whoever_else_is_planned(town: VisitsProblem, town_plan: VisitPlan) -> None:
    whole = replay_days(town, town_plan, spread=USUAL, replications=20, seed=5)
    part = town.parts()[1]
    alone = replay_days(
        part,
        plan_visits(part, effort=Effort(iterations=0), seed=1).require_plan(),
        spread=NONE,
        replications=20,
        seed=5,
    )
    assert [entry.rep_id for entry in alone.by_rep] == [whole.by_rep[1].rep_id]
    mine = town_plan.rep_idx == int(part.rep_idcs[0])
    only = _rows_of(town_plan, int(part.rep_idcs[0]))
    again = replay_days(part, only, spread=USUAL, replications=20, seed=5)
    assert again.by_rep[0] == whole.by_rep[1]
    assert np.array_equal(again.on_time_of_stop, whole.on_time_of_stop[mine])


def _rows_of(plan: VisitPlan, rep: int) -> VisitPlan:
    mine, routes = plan.rep_idx == rep, plan.route_rep_idx == rep
    stops = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
    rows = ("route_rep_idx", "route_day", "leave_s", "return_drive_s", "return_s", "lunch_s")
    return replace(
        plan,
        **{name: getattr(plan, name)[mine] for name in stops},
        **{name: getattr(plan, name)[routes] for name in rows},
        unplaced_outlet_idx=np.zeros(0, dtype=np.int64),
        unplaced_visits=np.zeros(0, dtype=np.int64),
        unplaced_reason=(),
    )


def test_more_spread_is_less_punctual(town: VisitsProblem, town_plan: VisitPlan) -> None:
    little = Spread(service_cv=0.1, drive_cv=0.1, traffic_cv=0.05)
    calm, wild = (replay_days(town, town_plan, spread=s, replications=60, seed=2) for s in (little, USUAL))
    assert calm.value("on_time_share") > wild.value("on_time_share")
    assert calm.value("overtime_p95_min") <= wild.value("overtime_p95_min")


def test_intervals_hold_their_estimate_and_shrink_with_replications(town: VisitsProblem, town_plan: VisitPlan) -> None:
    few, many = (replay_days(town, town_plan, spread=USUAL, replications=r, seed=2) for r in (20, 320))
    widths = [
        next(e.high - e.low for e in result.estimates if e.measure.name == "on_time_share") for result in (few, many)
    ]
    assert 0 < widths[1] < widths[0] / 2
    assert all(entry.low <= entry.measure.value <= entry.high for entry in many.estimates)


def test_too_few_replications_are_refused(town: VisitsProblem, town_plan: VisitPlan) -> None:
    with pytest.raises(ValueError, match="20 replications"):
        replay_days(town, town_plan, spread=USUAL, replications=19, seed=1)


def test_a_visit_reached_after_closing_is_made_late_or_skipped_as_told() -> None:
    late = 8000  # ends at 11:23 and 20 s, arrives at 11:33 and 20 s
    day = day_of(windows=[[[8 * HOUR, 18 * HOUR]], [[8 * HOUR, 11 * HOUR]]])
    made = driven(day, (late, 1800))
    assert made.start_s[1, 0] == 9 * HOUR + 600 + late + 600
    assert made.in_window.ravel().tolist() == [True, False]
    skipped = driven(day, (late, 1800), late="skip")
    assert np.isnan(skipped.start_s[1, 0])
    assert not skipped.in_window[1, 0]


def test_a_window_that_opens_soon_is_waited_for_and_a_far_one_is_not() -> None:
    for opens_s, start_s in ((11 * HOUR + 1800, 11 * HOUR + 1800), (14 * HOUR, 11 * HOUR + 600 + 600)):
        windows_ = [[[8 * HOUR, 18 * HOUR]], [[8 * HOUR, 11 * HOUR], [opens_s, 18 * HOUR]]]
        out = driven(day_of(windows=windows_), (2 * HOUR, 1800))
        assert out.start_s[1, 0] == start_s


def test_who_is_late_uses_up_the_plans_waits_and_who_is_early_keeps_them() -> None:
    day = day_of(start_s=(9 * HOUR + 600, 10 * HOUR + 1200), return_s=11 * HOUR)  # half an hour of wait
    assert driven(day, (1800, 1800)).start_s[1, 0] == 10 * HOUR + 1200
    assert driven(day, (1800 + 900, 1800)).start_s[1, 0] == 10 * HOUR + 1200
    assert driven(day, (1800 + 2100, 1800)).start_s[1, 0] == 10 * HOUR + 1200 + 300
    assert driven(day, (1800 - 600, 1800)).start_s[1, 0] == 10 * HOUR + 600


def test_lunch_is_pulled_forward_when_one_more_visit_would_make_it_late() -> None:
    # without lunch on the way the plan is home at 10:40; two hours and a half later it must eat before the next visit
    day = day_of(windows=[[[8 * HOUR, 18 * HOUR]]] * 2)
    out = driven(day, (3 * HOUR + 900, 1800))  # ends 12:25; drive and visit would end at 13:05
    assert out.start_s[1, 0] == 9 * HOUR + 600 + 3 * HOUR + 900 + 600 + HOUR
    assert not out.is_lunch_late[0]
    assert driven(day, (5 * HOUR, 1800)).is_lunch_late[0]
    assert driven(replace(day, lunch_gap=EATEN), (5 * HOUR, 1800)).start_s[1, 0] == 9 * HOUR + 600 + 5 * HOUR + 600


def test_overtime_is_what_lies_beyond_the_end_of_the_day() -> None:
    day = day_of(lunch_gap=EATEN)
    out = driven(day, (1800, 6 * HOUR + 3000))  # returns at 10:00 + 6:50 + 0:10 = 17:00
    assert out.overtime_s[0] == 0
    assert driven(day, (1800, 6 * HOUR + 3000 + 720)).overtime_s[0] == 720


def test_the_problem_at_a_quantile_is_slower_above_the_median_and_the_same_without_spread(town: VisitsProblem) -> None:
    same = plan_at_quantile(town, quantile=0.9, spread=NONE)
    assert same.content_digest() == town.content_digest()
    slow, slower = (plan_at_quantile(town, quantile=q, spread=USUAL) for q in (0.65, 0.8))
    assert (slow.service_s > town.service_s).all()
    assert (slower.drive_s() >= slow.drive_s()).all()
    assert (slower.drive_s() > slow.drive_s()).any()


def test_quantile_factors_are_those_of_drawn_numbers() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    sigma = np.sqrt(np.log1p(0.4**2))
    drawn = np.exp(rng.normal(-(sigma**2) / 2, sigma, 200_000))
    assert drawn.mean() == pytest.approx(1.0, abs=0.01)
    assert drawn.std() == pytest.approx(0.4, abs=0.01)
    assert USUAL.service_factor(0.65) == pytest.approx(np.quantile(drawn, 0.65), abs=0.01)


def test_a_target_is_reached_at_a_quantile_and_the_feedback_is_kept() -> None:
    problem = clustered(outlets=40, seed=7, service_min=30.0)
    found = plan_for_target(
        problem,
        target=Target(measure="on_time_share", percent=90.0),
        spread=USUAL,
        effort=Effort(iterations=200),
        replications=40,
        seed=3,
        most_plans=4,
    )
    assert len(found.attempts) == 4
    assert found.chosen.is_met
    assert found.chosen.result.value("on_time_share") >= 90.0
    assert found.chosen.quantile == min(attempt.quantile for attempt in found.attempts if attempt.is_met)
    at_mean = replay_days(problem, planned(problem), spread=USUAL, replications=40, seed=3)
    assert at_mean.value("on_time_share") < found.chosen.result.value("on_time_share")


def test_a_target_out_of_reach_is_said_to_be_missed() -> None:
    problem = clustered(outlets=20, seed=7, service_min=30.0)
    found = plan_for_target(
        problem,
        target=Target(measure="on_time_share", percent=100.0),
        spread=Spread(service_cv=1.5, drive_cv=1.0, traffic_cv=0.5),
        effort=Effort(iterations=50),
        replications=20,
        seed=3,
        most_plans=2,
    )
    assert not found.chosen.is_met
