"""Joint visits and rides: the checkers see every planted fault, small cases agree with trying everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.language import Text
from territory.standing import Status
from territory.visits import VisitsProblem, plan_visits
from territory.visits._reasons import can_run, windows_on
from territory.visits.joint import JointResult, Wish, check_joint, joint_visits
from territory.visits.rides import Due, Manager, Ride, check_rides, rides
from tests.visits.towns import clustered, make_problem, windows

EFFORT = Effort(iterations=100)
HOUR = 3600


def planned(problem: VisitsProblem) -> VisitPlan:
    return plan_visits(problem, effort=EFFORT, seed=1).require_plan()


def two_reps(**changes: object) -> VisitsProblem:
    """Ten outlets, two neighbouring territories; r0 can sell, r1 can repair."""
    problem = make_problem(
        xy=[(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5)],
        frequency=[2, 1, 1, 2, 4, 4, 2, 1, 1, 2],
        homes=[(0, 0), (10, 0)],
        rep_of_outlet=[0] * 5 + [1] * 5,
        rep_skills=[frozenset({"sell"}), frozenset({"repair"})],
        windows_s=windows(10, (9, 12), (14, 17)),
        service_min=40.0,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def rules_of(found: object) -> list[str]:
    return sorted({violation.rule for violation in found})  # type: ignore[attr-defined]


def least_extra_s(problem: VisitsProblem, plan: VisitPlan, wish: Wish) -> int | None:
    """Least extra drive over every day, every place in the partner's day and every five minutes, all tried."""
    drive_s, best = problem.drive_s(), None
    own = int(problem.rep_of_outlet[wish.outlet])
    partner = 1 - own
    visited = plan.day[(plan.outlet_idx == wish.outlet) & (plan.rep_idx == own)].tolist()
    for day in [day for day in range(28) if problem.works_on()[[own, partner], day].all()]:
        if visited and day not in visited:
            continue
        mine = plan.outlet_idx[plan.stops_of(own, day)].tolist()
        theirs = plan.outlet_idx[plan.stops_of(partner, day)].tolist()
        options = [mine] if visited else [[*mine[:at], wish.outlet, *mine[at:]] for at in range(len(mine) + 1)]
        for one, at in product(options, range(len(theirs) + 1)):
            other = [*theirs[:at], wish.outlet, *theirs[at:]]
            extra = _length(problem, drive_s, own, one) + _length(problem, drive_s, partner, other)
            extra -= _length(problem, drive_s, own, mine) + _length(problem, drive_s, partner, theirs)
            if best is not None and extra >= best:
                continue
            if any(
                _runs(problem, drive_s, own, day, one, wish, start)
                and _runs(problem, drive_s, partner, day, other, wish, start)
                for start in range(0, 24 * HOUR, 300)
                if any(opens <= start <= closes for opens, closes in windows_on(problem, wish.outlet, day))
            ):
                best = extra
    return best


def _path(problem: VisitsProblem, rep: int, stops: list[int]) -> list[int]:
    return [problem.num_outlets + rep, *stops, problem.num_outlets + rep]


def _length(problem: VisitsProblem, drive_s: np.ndarray, rep: int, stops: list[int]) -> int:
    path = _path(problem, rep, stops)
    return int(drive_s[path[:-1], path[1:]].sum())


def _runs(
    problem: VisitsProblem, drive_s: np.ndarray, rep: int, day: int, stops: list[int], wish: Wish, start: int
) -> bool:
    path = _path(problem, rep, stops)
    services = [wish.service_s if o == wish.outlet and wish.service_s else int(problem.service_s[o]) for o in stops]
    opening = [((start, start),) if o == wish.outlet else windows_on(problem, o, day) for o in stops]
    return can_run(drive_s[path[:-1], path[1:]].tolist(), opening, services, problem.bounds(rep), problem.lunch)


@pytest.mark.parametrize("outlet", range(0, 10, 2))
@pytest.mark.parametrize("service_s", [None, 2 * HOUR])
def test_a_joint_visit_has_the_least_extra_drive_of_all_places(outlet: int, service_s: int | None) -> None:
    problem = two_reps()
    plan = planned(problem)
    wish = Wish(outlet=outlet, skills=("repair", "sell"), service_s=service_s)
    result = joint_visits(problem, plan, [wish])
    best = least_extra_s(problem, plan, wish)
    assert [visit.extra_drive_s for visit in result.visits] == ([] if best is None else [best])
    assert check_joint(problem, plan, [wish], result) == ()


def test_tight_days_agree_with_trying_everything() -> None:
    met = 0
    for seed in range(6):
        problem = clustered(outlets=24, seed=seed, reps=2, service_min=75.0)
        plan = planned(problem)
        for outlet in (0, 5, 11):
            wish = Wish(outlet=outlet)
            result = joint_visits(problem, plan, [wish])
            best = least_extra_s(problem, plan, wish)
            assert [visit.extra_drive_s for visit in result.visits] == ([] if best is None else [best])
            met += len(result.visits)
    assert met > 5


def test_an_outlet_that_is_not_in_the_plan_gets_a_stop_in_both_days() -> None:
    problem = two_reps(frequency=np.array([2, 1, 0, 2, 4, 4, 2, 1, 1, 2]))
    plan = planned(problem)
    wish = Wish(outlet=2, skills=("sell", "repair"))
    (visit,) = joint_visits(problem, plan, [wish]).visits
    assert not visit.is_planned
    assert visit.reps == (0, 1)
    assert visit.extra_drive_s == least_extra_s(problem, plan, wish)


def test_several_wishes_share_the_days_and_none_moves_another() -> None:
    problem = two_reps()
    plan = planned(problem)
    wanted = [Wish(outlet=outlet, skills=("repair", "sell"), service_s=5400) for outlet in (0, 5, 1, 6)]
    result = joint_visits(problem, plan, wanted)
    assert len(result.visits) == 4
    assert check_joint(problem, plan, wanted, result) == ()
    first = joint_visits(problem, plan, wanted[:1]).visits[0]
    assert result.visits[0] == first


def test_wishes_without_a_place_say_why() -> None:
    problem = two_reps()
    plan = planned(problem)
    works = np.zeros((2, 7), dtype=bool)
    works[0, :2], works[1, 2:5] = True, True
    apart = replace(problem, works=works)
    for case, wish, word in (
        (problem, Wish(outlet=0, skills=("fly", "")), "skills"),
        (problem, Wish(outlet=0, partners=(0,)), "skills"),
        (apart, Wish(outlet=0), "never work on a day"),
        (problem, Wish(outlet=0, service_s=9 * HOUR), "no room"),
    ):
        (unmet,) = joint_visits(case, planned(case) if case is apart else plan, [wish]).unmet
        assert word in unmet.reason.en
    with pytest.raises(ValueError, match="one wish per outlet"):
        joint_visits(problem, plan, [Wish(outlet=0), Wish(outlet=0)])


@pytest.fixture(scope="module")
def agreed() -> tuple[VisitsProblem, VisitPlan, list[Wish], JointResult]:
    problem = two_reps()
    plan = planned(problem)
    for outlet in (0, 1, 2, 3, 4):  # one whose partner has another stop that day
        wanted = [Wish(outlet=outlet, skills=("repair", "sell"))]
        result = joint_visits(problem, plan, wanted)
        if any(len(day.outlet_idx) > 1 and day.rep_idx == 1 for day in result.days):
            return problem, plan, wanted, result
    raise AssertionError("no joint visit beside another visit")


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"start_s": 12 * HOUR + 600}, ["joint_day", "joint_together"]),
        ({"extra_drive_s": 1}, ["joint_drive"]),
        ({"reps": (1, 1)}, ["joint_skills"]),
        ({"service_s": 60}, ["joint_together"]),
        ({"outlet": 5}, ["joint_rest", "joint_stops", "joint_wanted"]),
    ],
)
def test_a_fault_in_a_joint_visit_is_seen(
    agreed: tuple[VisitsProblem, VisitPlan, list[Wish], JointResult], change: dict[str, object], rules: list[str]
) -> None:
    problem, plan, wanted, result = agreed
    assert check_joint(problem, plan, wanted, result) == ()
    broken = replace(result, visits=(replace(result.visits[0], **change),))  # type: ignore[arg-type]
    assert rules_of(check_joint(problem, plan, wanted, broken)) == rules


def test_a_fault_in_a_changed_day_is_seen(
    agreed: tuple[VisitsProblem, VisitPlan, list[Wish], JointResult],
) -> None:
    problem, plan, wanted, result = agreed
    at = next(i for i, day in enumerate(result.days) if len(day.outlet_idx) > 1 and day.rep_idx == 1)
    day = result.days[at]

    def broken(**change: object) -> list[str]:
        days = list(result.days)
        days[at] = replace(day, **change)  # type: ignore[arg-type]
        return rules_of(check_joint(problem, plan, wanted, replace(result, days=tuple(days))))

    other = next(i for i, outlet in enumerate(day.outlet_idx) if outlet != wanted[0].outlet)
    moved = list(day.start_s)
    moved[other] = 8 * HOUR
    assert "window" in broken(start_s=tuple(moved))
    assert "shift_end" in broken(return_s=20 * HOUR, lunch_s=12 * HOUR) or "return_time" in broken(return_s=20 * HOUR)
    kept = [i for i in range(len(day.outlet_idx)) if i != other]
    names = ("outlet_idx", "start_s", "service_s")
    assert "joint_rest" in broken(**{name: tuple(getattr(day, name)[i] for i in kept) for name in names})
    short = replace(result, days=tuple(d for i, d in enumerate(result.days) if i != at))
    assert "joint_together" in rules_of(check_joint(problem, plan, wanted, short))


# --- rides


def region(reps: int = 4, **changes: object) -> VisitsProblem:
    """Reps with eight outlets each, visited monthly to weekly."""
    problem = make_problem(
        xy=[(20.0 * rep, i) for rep in range(reps) for i in range(8)],
        frequency=[4, 4, 4, 2, 2, 2, 1, 1] * reps,
        homes=[(20.0 * rep, 0) for rep in range(reps)],
        rep_of_outlet=[rep for rep in range(reps) for _ in range(8)],
        rules=VisitRules(price_balance=0.5),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


WEEKDAYS = np.arange(28) % 7 < 5


def due(days: list[float], score: list[float] | None = None) -> Due:
    return Due(days_since_last=np.array(days), problem_score=np.array(score or [1.0] * len(days)))


def test_the_longest_waiting_and_the_most_troubled_come_first() -> None:
    problem = region()
    manager = Manager(manager_id="m", works=WEEKDAYS, reps=(0, 1, 2, 3))
    found = rides(problem, planned(problem), managers=[manager], due=due([10, 40, 20, 30], [1, 1, 5, 1]), min_stops=1)
    assert found.status == Status.OPTIMAL
    assert [ride.rep_idx for ride in found.rides] == [2, 1, 3, 0]
    assert [ride.day // 7 for ride in found.rides] == [0, 1, 2, 3]
    assert found.free_weeks == ()
    assert found.objective == pytest.approx(found.bound)
    assert "problem score 5" in found.rides[0].reason.en


def test_nobody_is_ridden_with_twice_before_everybody_once() -> None:
    problem = region()
    plan = planned(problem)
    manager = Manager(manager_id="m", works=WEEKDAYS, reps=(0, 1, 2))
    found = rides(problem, plan, managers=[manager], due=due([1, 1, 1000, 1]), min_stops=1)
    assert sorted(ride.rep_idx for ride in found.rides) == [0, 1, 2, 2]
    far = rides(problem, plan, managers=[manager], due=due([1, 1, 1000, 1]), min_stops=1000)
    assert far.rides == ()
    assert len(far.free_weeks) == 4


def test_turns_are_kept_week_by_week_where_all_are_due_alike() -> None:
    problem = region()
    manager = Manager(manager_id="m", works=WEEKDAYS, reps=(0, 1))
    found = rides(problem, planned(problem), managers=[manager], due=due([28, 28, 28, 28]), min_stops=1)
    joined = [ride.rep_idx for ride in found.rides]
    assert [set(joined[:2]), set(joined[2:])] == [{0, 1}, {0, 1}]


def test_a_rep_who_cannot_be_ridden_with_holds_nobody_back() -> None:
    problem = region()
    plan = planned(problem)
    manager = Manager(manager_id="m", works=WEEKDAYS, reps=(0, 1))
    found = rides(problem, plan, managers=[manager], due=due([50, 0, 9, 9]), min_stops=1)  # (6): no worth
    assert [ride.rep_idx for ride in found.rides] == [0, 0, 0, 0]


def best_rides(problem: VisitsProblem, plan: VisitPlan, managers: list[Manager], given: Due, min_stops: int) -> float:
    """The most worth over all ways to fill the managers' weeks."""
    made = {(int(rep), int(day)) for rep, day in zip(plan.rep_idx, plan.day, strict=True)}
    slots = [(manager, week) for manager in managers for week in range(4)]
    choices = [
        [None, *((rep, day) for rep in manager.reps for day in range(7 * week, 7 * week + 7) if (rep, day) in made)]
        for manager, week in slots
    ]
    best = 0.0
    for pick in product(*choices):
        found = []
        for (manager, _), chosen in zip(slots, pick, strict=True):
            if chosen is not None:
                rows = plan.stops_of(*chosen)
                found.append(
                    Ride(
                        manager_id=manager.manager_id,
                        rep_idx=chosen[0],
                        day=chosen[1],
                        stops=tuple(plan.outlet_idx[rows].tolist()),
                        meet_s=int(plan.start_s[rows[0]]),
                        reason=Text(en="", zh=""),
                    )
                )
        report = check_rides(problem, plan, managers=managers, due=given, min_stops=min_stops, found=found)
        if report.is_clean:
            best = max(best, report.objective)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_small_cases_agree_with_trying_everything(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    days = np.zeros((3, 28), dtype=bool)
    days[:, [0, 1, 7, 8, 14, 21]] = rng.random((3, 6)) < 0.7
    problem = region(3, frequency=np.array([1] * 24), works_days=days)
    plan = planned(problem)
    works = np.zeros((2, 28), dtype=bool)
    works[0, [0, 7, 14]], works[1, [1, 8, 14]] = True, True
    managers = [Manager(manager_id=f"m{i}", works=works[i], reps=(i, i + 1)) for i in range(2)]
    given = due(rng.integers(0, 60, 3).tolist(), rng.integers(1, 4, 3).tolist())
    found = rides(problem, plan, managers=managers, due=given, min_stops=2)
    assert found.status == Status.OPTIMAL
    assert found.objective == pytest.approx(best_rides(problem, plan, managers, given, 2), abs=1e-6)


def test_every_broken_rule_of_a_ride_is_seen() -> None:
    problem = region()
    plan = planned(problem)
    manager = Manager(manager_id="m", works=WEEKDAYS & (np.arange(28) % 7 != 4), reps=(0, 1, 2))
    other = Manager(manager_id="n", works=WEEKDAYS, reps=(0, 1, 2))
    given = due([9, 9, 9, 9])
    days = {rep: sorted(set(plan.day[plan.rep_idx == rep].tolist())) for rep in range(4)}

    def ride(rep: int, day: int, manager_id: str = "m") -> Ride:
        rows = plan.stops_of(rep, day)
        meet_s = int(plan.start_s[rows[0]]) if len(rows) else 0
        stops = tuple(plan.outlet_idx[rows].tolist())
        return Ride(manager_id=manager_id, rep_idx=rep, day=day, stops=stops, meet_s=meet_s, reason=Text("", ""))

    def broken(*found: Ride) -> list[str]:
        report = check_rides(problem, plan, managers=[manager, other], due=given, min_stops=1, found=found)
        return rules_of(report.violations)

    free = next(day for day in range(28) if day not in days[0] and manager.works[day])
    friday = next(day for day in days[0] if day % 7 == 4)
    week = [day for day in days[0] if day < 7 and day != 4]
    good = ride(0, week[0])
    assert broken(good) == []
    assert broken(ride(3, days[3][0])) == ["ride_rep"]
    assert broken(replace(good, manager_id="x")) == ["ride_rep"]
    assert broken(ride(0, friday)) == ["ride_day"]
    assert broken(ride(0, free)) == ["ride_stops_few"]
    assert broken(replace(good, stops=good.stops[1:])) == ["ride_stops"]
    assert broken(replace(good, meet_s=0)) == ["ride_stops"]
    assert broken(good, ride(1, next(day for day in days[1] if day < 4))) == ["ride_week"]
    assert broken(good, replace(good, manager_id="n")) == ["ride_again", "ride_rep_day"]
    later = next(day for day in days[0] if day >= 7 and day % 7 != 4)
    assert broken(good, ride(0, later)) == ["ride_again"]


def test_due_and_managers_are_refused_when_they_make_no_sense() -> None:
    with pytest.raises(ValueError, match="not negative"):
        due([1, -1])
    with pytest.raises(ValueError, match="28"):
        Manager(manager_id="m", works=np.ones(7, dtype=bool), reps=())
    problem = region()
    twice = [Manager(manager_id="m", works=WEEKDAYS, reps=(0,))] * 2
    with pytest.raises(ValueError, match="different names"):
        rides(problem, planned(problem), managers=twice, due=due([1, 1, 1, 1]))
