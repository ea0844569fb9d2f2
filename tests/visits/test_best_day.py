"""The best day for one more visit: true detours, true obstacles, whole patterns, fast."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from territory.domain.columns import NONE
from territory.domain.promises import Promises
from territory.domain.rules import VisitRules
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.visits import VisitsProblem, plan_visits
from territory.visits._timetable import timetable
from territory.visits.best_day import BestDays, NewPlace, Obstacle, best_days
from tests.visits.towns import clustered, make_problem, windows

STOPS = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s")
PLAIN = VisitRules(lunch_min=0.0, price_balance=0.0)


def planned(problem: VisitsProblem) -> VisitPlan:
    return plan_visits(problem, effort=Effort(iterations=300), seed=1).require_plan()


def new_place(x: float, y: float, *, service_min: float = 15.0, hours: tuple[int, int] = (0, 24)) -> NewPlace:
    return NewPlace(
        place=Places(ids=("new",), lat=np.array([y]), lon=np.array([x])),
        service_s=int(service_min * 60),
        windows_s=windows(1, hours)[0],
    )


def test_a_visit_on_the_way_costs_no_detour() -> None:
    problem = make_problem(xy=[(20.0, 0.0)], frequency=[4], rules=PLAIN)
    plan = planned(problem)
    best = best_days(problem, plan, new_place(10.0, 0.0)).days[0]
    assert (best.detour_s, best.day in plan.day.tolist(), best.fits) == (0, True, True)


def test_an_empty_day_costs_there_and_back() -> None:
    problem = make_problem(xy=[(20.0, 0.0)], frequency=[4], rules=PLAIN)
    plan = planned(problem)
    free = next(o for o in best_days(problem, plan, new_place(0.0, 30.0)).days if o.fits and o.day not in plan.day)
    assert free.detour_min == pytest.approx(60.0)


def test_days_that_fit_come_first_by_detour_and_every_day_is_accounted_for() -> None:
    problem = clustered(outlets=60, seed=4)
    offers = best_days(problem, planned(problem), new_place(5.0, 5.0)).days
    detours = [o.detour_s for o in offers if o.fits]
    assert len(offers) == 28
    assert [o.fits for o in offers] == sorted((o.fits for o in offers), reverse=True)
    assert detours == sorted(detours)


def test_every_offer_is_what_trying_all_positions_on_the_full_clock_says() -> None:
    problem = clustered(outlets=70, seed=6, service_min=25.0)
    plan, drive_s = planned(problem), problem.drive_s()
    outlet = 3
    for offer in best_days(problem, plan, outlet).days:
        if offer.obstacle in (Obstacle.DAY_OFF, Obstacle.CLOSED, Obstacle.PLANNED):
            continue
        stops = plan.outlet_idx[plan.stops_of(0, offer.day)].tolist()
        tried = []
        for at in range(len(stops) + 1):
            longer = [*stops[:at], outlet, *stops[at:]]
            if timetable(problem, drive_s, rep=0, day=offer.day, stops=longer) is not None:
                tried.append(_length_s(drive_s, longer) - _length_s(drive_s, stops))
        assert offer.fits == bool(tried)
        assert not tried or offer.detour_s == min(tried)


def _length_s(drive_s: np.ndarray, stops: list[int]) -> int:
    home = len(drive_s) - 1
    path = [home, *stops, home]
    return int(drive_s[path[:-1], path[1:]].sum()) if stops else 0


def obstacles(found: BestDays) -> dict[int, Obstacle | None]:
    return {offer.day: offer.obstacle for offer in found.days}


def test_obstacles_are_named() -> None:
    problem = make_problem(xy=[(5.0, 0.0)], frequency=[4], rules=PLAIN, service_min=400.0)
    plan = planned(problem)
    busy = int(plan.day[0])
    assert obstacles(best_days(problem, plan, new_place(0.0, 5.0, service_min=200.0)))[busy] is Obstacle.NO_TIME
    assert obstacles(best_days(problem, plan, new_place(0.0, 5.0)))[5] is Obstacle.DAY_OFF
    assert obstacles(best_days(problem, plan, new_place(0.0, 400.0)))[busy] is Obstacle.TOO_FAR
    assert obstacles(best_days(problem, plan, new_place(0.0, 5.0, hours=(20, 21))))[busy] is Obstacle.WINDOW
    assert obstacles(best_days(problem, plan, 0))[busy] is Obstacle.PLANNED


def test_a_pattern_adds_up_the_detours_of_its_days() -> None:
    problem = clustered(outlets=60, seed=4)
    found = best_days(problem, planned(problem), new_place(5.0, 5.0), frequency=4)
    detour_s = {offer.day: offer.detour_s for offer in found.days if offer.fits}
    assert found.patterns
    for pattern in found.patterns:
        assert len(pattern.days) == 4 and len({day % 7 for day in pattern.days}) == 1
        assert pattern.detour_s == sum(detour_s[day] for day in pattern.days)
    assert [p.detour_s for p in found.patterns] == sorted(p.detour_s for p in found.patterns)


def test_patterns_keep_agreed_days_and_leave_and_pay_for_other_weekdays() -> None:
    rules = PLAIN.model_copy(update={"same_weekday": False, "price_weekday_min": 7.0})
    problem = make_problem(xy=[(20.0, 0.0), (0.0, 20.0)], frequency=[4, 4], rules=rules)
    plan = planned(problem)
    days = np.zeros((2, 28), dtype=bool)
    days[1, [1, 2, 8, 15, 22]] = True
    agreed = replace(problem, promises=replace(Promises.none(2), fixed_days=days))
    free = replace(plan, **{name: getattr(plan, name)[plan.outlet_idx == 0] for name in STOPS})
    found = best_days(agreed, free, 1, frequency=4).patterns
    assert {pattern.days: pattern.price_s for pattern in found} == {(1, 8, 15, 22): 0, (2, 8, 15, 22): 7 * 60}
    assert found[0].days == (1, 8, 15, 22)
    worked = problem.works_on()
    worked[0, 1] = False
    away = best_days(replace(agreed, works_days=worked), free, 1, frequency=4).patterns
    assert {pattern.days for pattern in away} == {(8, 15, 22), (2, 8, 15, 22)}


def test_a_day_never_grows_longer_than_the_longest_one() -> None:
    problem = make_problem(xy=[(20.0, 0.0)], frequency=[4], rules=PLAIN, service_min=30.0)
    plan = planned(problem)
    short = replace(problem, longest_day_s=np.array([80 * 60]))
    busy = int(plan.day[0])
    assert obstacles(best_days(short, plan, new_place(10.0, 0.0, service_min=10.0)))[busy] is None
    assert obstacles(best_days(short, plan, new_place(10.0, 0.0, service_min=10.1)))[busy] is Obstacle.NO_TIME


def test_a_place_so_far_that_the_longest_day_is_too_short_for_it_alone_is_too_far() -> None:
    problem = make_problem(xy=[(20.0, 0.0)], frequency=[4], rules=PLAIN, service_min=30.0)
    plan = planned(problem)
    short = replace(problem, longest_day_s=np.array([80 * 60]))
    there, beyond = (best_days(short, plan, new_place(x, 0.0, service_min=10.0)) for x in (35.0, 35.1))
    assert Obstacle.TOO_FAR not in obstacles(there).values()
    assert set(obstacles(beyond).values()) == {Obstacle.TOO_FAR, Obstacle.DAY_OFF}


def test_a_new_place_is_offered_to_the_reps_around_it() -> None:
    xy = [(float(x), float(y)) for x in (0, 40) for y in range(12)]
    problem = make_problem(
        xy=xy, frequency=[1] * 24, homes=((0, 0), (40, 0)), rep_of_outlet=[0] * 12 + [1] * 12, rules=PLAIN
    )
    offers = best_days(problem, planned(problem), new_place(39.0, 3.0)).days
    assert {offer.rep_idx for offer in offers} == {1}


def test_an_unknown_outlet_is_refused() -> None:
    problem = make_problem(xy=[(5.0, 0.0)], frequency=[4], rules=PLAIN)
    with pytest.raises(ValueError, match="outlet 9"):
        best_days(problem, planned(problem), 9)
    with pytest.raises(ValueError, match="rep"):
        best_days(problem, planned(problem), 0, reps=[NONE])


def test_four_weeks_of_a_rep_take_less_than_a_tenth_of_a_cpu_second() -> None:
    problem = clustered(outlets=150, seed=2)
    plan = planned(problem)
    best_days(problem, plan, new_place(5.0, 5.0))
    began = time.process_time()
    best_days(problem, plan, new_place(6.0, 6.0), frequency=4)
    assert time.process_time() - began < 0.1
