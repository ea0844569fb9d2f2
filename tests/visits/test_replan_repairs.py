"""Which of several repairs is taken: few moves, and nearly as good as the best."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from territory.effort import CancelToken, Effort
from territory.standing import StopReason, Term
from territory.visits import plan_visits
from territory.visits._open_visits import Cause, ChangePrices, Ground, grounds
from territory.visits._repair_mix import Mix
from territory.visits._repairs import BETWEEN, LADDER, MOST_MOVED, Repair, chosen, mixed, moves_few, repairs
from territory.visits._replan_search import Placed, Routes
from territory.visits.replan import Events, Ill, Now, replan
from tests.visits.towns import clustered

QUICK = Effort(iterations=500)
TUESDAY = Now(day=1, minute=11 * 60)
ILL = Events(ill=(Ill(rep_idx=0, day=3), Ill(rep_idx=0, day=4)))


@cache
def ground() -> Ground:
    problem = clustered(outlets=75, seed=5, reps=1, pooled=False, service_min=25.0)
    plan = plan_visits(problem, effort=Effort(iterations=1500), seed=1).require_plan()
    (found,) = grounds(problem, plan, ILL, TUESDAY, ChangePrices())
    return found


def repair(*, moved: int, drive: float, missing: float = 0.0, change: float = 0.0) -> Repair:
    points = {"drive": drive, "balance": 0.0, "missing": missing, "change": change}
    return Repair(
        placed=Placed(routes={}, missing={}, stopped_by=StopReason.EFFORT),
        moved=moved,
        terms=tuple(Term(name=name, amount=value, unit="min", points=value) for name, value in points.items()),
    )


def test_the_fewest_moves_among_those_nearly_as_good_as_the_best() -> None:
    free = int(ground().free.sum())
    too_many = int(MOST_MOVED * free) + 1
    best, near, far = (repair(moved=m, drive=d) for m, d in ((too_many, 1000.0), (3, 1009.0), (0, 1011.0)))
    assert chosen(ground(), [best, near, far]) is near
    assert chosen(ground(), [far, near]) is far
    assert chosen(ground(), [best]) is best


def test_where_no_good_one_moves_few_the_best_of_those_that_do() -> None:
    free = int(ground().free.sum())
    many = repair(moved=free // 2, drive=1000.0)
    some, none = repair(moved=2, drive=1050.0), repair(moved=0, drive=1070.0)
    assert chosen(ground(), [many, none, some]) is some


def test_nobody_is_left_out_to_spare_a_move() -> None:
    # what may be given away is a share of the driving, however dear the visits that are missing anyhow
    two_missing, three_missing = (
        repair(moved=3, drive=990.0, missing=9000.0),
        repair(moved=1, drive=970.0, missing=9050.0),
    )
    assert chosen(ground(), [two_missing, three_missing]) is two_missing


def test_the_price_of_changes_is_no_part_of_the_choice() -> None:
    dear, cheap = repair(moved=2, drive=1000.0, change=90.0), repair(moved=3, drive=1000.0, change=1.0)
    assert chosen(ground(), [dear, cheap]) is dear


def test_few_is_below_a_twentieth_and_nothing_is_always_few() -> None:
    free = int(ground().free.sum())
    limit = -(-free * 5 // 100)  # the first number that is 5 % or more
    assert moves_few(ground(), repair(moved=limit - 1, drive=0.0))
    assert not moves_few(ground(), repair(moved=limit, drive=0.0))
    assert moves_few(ground(), repair(moved=0, drive=0.0))


def test_each_price_is_tried_and_more_only_while_no_good_one_moves_few() -> None:
    found = list(repairs(ground(), ground().part.drive_s(), effort=QUICK, seed=1, cancel=None))
    assert len(LADDER) <= len(found) <= len(LADDER) + BETWEEN
    assert moves_few(ground(), chosen(ground(), found))


def test_prices_between_are_tried_where_too_many_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("territory.visits._repairs.moves_few", lambda _, repair: False)
    found = list(repairs(ground(), ground().part.drive_s(), effort=QUICK, seed=1, cancel=None))
    assert len(found) == len(LADDER) + BETWEEN


def test_a_cancelled_repair_is_the_last_one() -> None:
    token = CancelToken()
    token.cancel()
    found = list(repairs(ground(), ground().part.drive_s(), effort=QUICK, seed=1, cancel=token))
    assert [repair.placed.stopped_by for repair in found] == [StopReason.CANCELLED]


def test_what_moving_more_would_save_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stay = repair(moved=1, drive=1060.0)
    go = repair(moved=60, drive=1000.0)
    monkeypatch.setattr("territory.visits.replan.chosen", lambda _, found: replace(found[-1], terms=stay.terms))
    monkeypatch.setattr("territory.visits.replan.mixed", lambda *_, **__: [])
    monkeypatch.setattr("territory.visits.replan.repairs", lambda here, *_, **__: _as(here, [go, stay]))
    here = ground()
    result = replan(here.part, here.plan, here.events, TUESDAY, effort=QUICK, seed=1)
    assert (result.freer.moved, result.freer.saved_min) == (60, 60.0)


def _as(here: Ground, values: list[Repair]) -> list[Repair]:
    """Repairs with these numbers whose plan is a real one."""
    (real, *_) = repairs(here, here.part.drive_s(), effort=QUICK, seed=1, cancel=None)
    return [replace(one, placed=real.placed) for one in values]


def test_days_of_several_repairs_are_put_together() -> None:
    here = ground()
    drive_s = here.part.drive_s()
    found = list(repairs(here, drive_s, effort=QUICK, seed=1, cancel=None))
    made = mixed(here, drive_s, found, seed=1)
    assert made
    (cheapest, *_) = made
    assert cheapest.value <= min(one.value for one in found) + 1.0  # balance is weighed against one repair's mean
    driven = {(lane, tuple(route)) for one in found for lane, route in one.placed.routes.items()}
    for one in made:
        assert sorted([*one.placed.missing, *(at for route in one.placed.routes.values() for at in route)]) == list(
            range(len(here.visits))
        )
        assert {
            (lane, tuple(route)) for lane, route in one.placed.routes.items()
        } - driven == set() or one.placed.missing
    assert mixed(here, drive_s, found, seed=1) == made


def test_the_mix_finds_what_no_repair_has_by_itself() -> None:
    # two repairs, each with one good day and one bad one that are driven there and back once more
    here = ground()
    drive_s = here.part.drive_s()
    (good, *_) = repairs(here, drive_s, effort=QUICK, seed=1, cancel=None)
    routes = good.placed.routes
    first, second = [lane for lane, route in sorted(routes.items()) if len(route) > 3][:2]
    worse = [{**routes, lane: routes[lane][1::2] + routes[lane][::2]} for lane in (first, second)]
    assert Mix(here, drive_s, worse, seed=1).cheapest() == routes


def test_the_mix_keeps_the_limit_of_moves() -> None:
    here = ground()
    drive_s = here.part.drive_s()
    found = list(repairs(here, drive_s, effort=QUICK, seed=1, cancel=None))
    mix = Mix(here, drive_s, [one.placed.routes for one in found], seed=1)

    def moved(routes: Routes) -> int:
        there = {at: lane for lane, route in routes.items() for at in route}
        return sum(
            visit.cause is Cause.NONE and there.get(at) != (visit.rep, visit.day)
            for at, visit in enumerate(here.visits)
        )

    least = min(one.moved for one in found)
    kept = mix.cheapest(most_moved=least)
    assert kept is not None
    assert moved(kept) <= least
    assert mix.fewest_moves(most_min=0.0) is None


def test_an_effort_is_divided_into_equal_parts() -> None:
    assert Effort(iterations=100).divided(11) == Effort(iterations=10)
    assert Effort(seconds=11.0).divided(11) == Effort(seconds=1.0)
    assert Effort(cpu_seconds=5.5).divided(11) == Effort(cpu_seconds=0.5)
