"""The clock of one day: the trial, the timetable and the compiled state agree with trying every lunch."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.rules import VisitRules
from territory.domain.visit_plan import UnplacedReason
from territory.visits import _kernels as kernels
from territory.visits import _layout as lay
from territory.visits._reasons import DayClock, Trials, can_run, windows_on
from territory.visits._start import new_state, set_up
from territory.visits._timetable import build_plan, timetable
from territory.visits.check import check
from territory.visits.model import Choice, VisitsProblem
from tests.visits import oracle
from tests.visits.towns import TableOfSeconds, make_problem, windows

QUARTER = 900


@st.composite
def days(draw: st.DrawFn) -> VisitsProblem:
    """A day of up to five stops with windows, lunch and asymmetric drives, in quarters of an hour."""
    count = draw(st.integers(1, 5))
    opening = np.full((count, 7, 2, 2), -1, dtype=np.int64)
    for outlet in range(count):
        edges = sorted(draw(st.lists(st.integers(32, 76), min_size=4, max_size=4)))
        opening[outlet, :, 0] = (edges[0] * QUARTER, edges[1] * QUARTER)
        if draw(st.booleans()):
            opening[outlet, :, 1] = (edges[2] * QUARTER, edges[3] * QUARTER)
        if draw(st.booleans()):
            opening[outlet, :, 0] = (0, 24 * 3600)
            opening[outlet, :, 1] = -1
    size = count + 1
    cells = draw(st.lists(st.integers(0, 6), min_size=size * size, max_size=size * size))
    table = np.array(cells, dtype=np.int64).reshape(size, size) * QUARTER
    np.fill_diagonal(table, 0)
    start = draw(st.integers(32, 44))
    rules = VisitRules(
        lunch_min=draw(st.sampled_from([0.0, 30.0, 60.0])),
        lunch_from="11:30",
        lunch_until=draw(st.sampled_from(["11:30", "12:15", "13:30"])),
        first_drive_paid=draw(st.booleans()),
    )
    names = (*(f"o{i}" for i in range(count)), "r0")
    return make_problem(
        xy=[(0.0, 0.0)] * count,
        frequency=[1] * count,
        service_min=[draw(st.integers(0, 5)) * 15.0 for _ in range(count)],
        windows_s=opening,
        shift=(start * 15, (start + draw(st.integers(8, 40))) * 15),
        rules=rules,
        travel=TableOfSeconds(names=names, table=tuple(tuple(row) for row in table.tolist())),
    )


def _parts(problem: VisitsProblem, order: list[int]):
    drive_s = problem.drive_s()
    path = [problem.num_outlets, *order, problem.num_outlets]
    drives = [int(drive_s[a, b]) for a, b in itertools.pairwise(path)]
    opening = [windows_on(problem, outlet, 0) for outlet in order]
    return drives, opening, [int(problem.service_s[o]) for o in order], problem.bounds(0), problem.lunch


@given(days())
@settings(max_examples=300, deadline=None)
def test_the_trial_equals_trying_every_lunch(problem):
    parts = _parts(problem, list(range(problem.num_outlets)))
    assert can_run(*parts) == oracle.runs(*parts)


@given(days())
@settings(max_examples=300, deadline=None)
def test_the_slack_of_a_day_admits_a_stop_exactly_when_the_longer_day_can_run(problem):
    extra = problem.num_outlets - 1
    drive_s = problem.drive_s()
    stops = list(range(extra))
    clock = DayClock.of(*_parts(problem, stops))
    path = [problem.num_outlets, *stops, problem.num_outlets]
    for at in range(extra + 1):
        admitted = clock.admits(
            at,
            there_s=int(drive_s[path[at], extra]),
            back_s=int(drive_s[extra, path[at + 1]]),
            opening=windows_on(problem, extra, 0),
            service_s=int(problem.service_s[extra]),
        )
        assert admitted == oracle.runs(*_parts(problem, [*stops[:at], extra, *stops[at:]]))


@given(days())
@settings(max_examples=300, deadline=None)
def test_a_timetable_exists_exactly_when_the_day_can_run_and_the_checker_accepts_it(problem):
    order = list(range(problem.num_outlets))
    times = timetable(problem, problem.drive_s(), rep=0, day=0, stops=order)
    assert (times is not None) == oracle.runs(*_parts(problem, order))
    if times is not None:
        plan = build_plan(problem, problem.drive_s(), routes={(0, 0): order}, missing=())
        assert check(problem, plan).is_clean


@given(days(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_compiled_insertion_finds_the_shortest_detour_that_trying_every_position_finds(problem, random):
    outlets = list(range(problem.num_outlets))
    random.shuffle(outlets)
    drive_s = problem.drive_s()
    setup = set_up(problem, drive_s)
    state = new_state(setup, seed=1)
    route: list[int] = []
    lane = setup.routes.index((0, 0))
    for outlet in outlets:
        tables = setup.tables
        kernels.refresh(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane)
        detour = kernels.find_position(tables, outlet, lane, state.stops, state.lane, lay.NEVER, 0.0, state.random)
        tried = {}
        for at in range(len(route) + 1):
            longer = [*route[:at], outlet, *route[at:]]
            if oracle.runs(*_parts(problem, longer)):
                tried[at] = sum(_parts(problem, longer)[0]) - sum(_parts(problem, route)[0])
        assert detour == min(tried.values(), default=lay.NEVER)
        if tried:
            at = int(state.lane[lane, lay.POSITION])
            assert tried[at] == detour
            # a lane in two slots is tried twice: finding nothing shorter must not lose the place
            again = kernels.find_position(tables, outlet, lane, state.stops, state.lane, detour, 0.0, state.random)
            assert (again, state.lane[lane, lay.POSITION]) == (lay.NEVER, at)
            route.insert(at, outlet)
            state.lane[lane, lay.LENGTH] = len(route)
            state.stops[lane, lay.PLACE, 1 : len(route) + 1] = route
    kernels.refresh(setup.tables.drive, setup.tables.outlet, setup.tables.lane, lane, state.stops, state.lane)
    assert state.lane[lane, lay.WORKS] == 1
    assert state.lane[lane, lay.DRIVE] == sum(_parts(problem, route)[0])


def test_waiting_is_taken_out_by_leaving_home_later():
    opening = windows(2, (0, 24))
    opening[1] = windows(1, (14, 18))[0]
    problem = make_problem(xy=((10.0, 0.0), (20.0, 0.0)), frequency=(1, 1), windows_s=opening)
    plan = build_plan(problem, problem.drive_s(), routes={(0, 0): [0, 1]}, missing=())
    assert plan.start_s[1] == 14 * 3600
    waited_s = plan.start_s[1] - plan.start_s[0] - plan.service_s[0] - plan.drive_s[1]
    assert waited_s == (3600 if 0 <= plan.lunch_s[0] < plan.start_s[1] and plan.lunch_s[0] > plan.leave_s[0] else 0)


def test_an_order_that_cannot_be_driven_is_the_searchs_mistake():
    far = make_problem(xy=((500.0, 0.0),), frequency=(1,))
    with pytest.raises(AssertionError, match="cannot be driven"):
        build_plan(far, far.drive_s(), routes={(0, 0): [0]}, missing=())


def _reason(problem: VisitsProblem) -> UnplacedReason:
    return Trials(problem=problem, drive_s=problem.drive_s(), routes={}).reason(0)


def test_each_reason_is_told_apart():
    here = {"xy": ((10.0, 0.0),), "frequency": (4,)}
    assert _reason(make_problem(**here, skills=("cold",))) == UnplacedReason.SKILL
    sundays = windows(1, (0, 24), weekdays=[6])
    assert _reason(make_problem(**here, windows_s=sundays)) == UnplacedReason.CLOSED
    assert _reason(make_problem(**(here | {"xy": ((300.0, 0.0),)}))) == UnplacedReason.TOO_FAR
    assert _reason(make_problem(**here, windows_s=windows(1, (5, 6)))) == UnplacedReason.WINDOW
    assert _reason(make_problem(**here)) == UnplacedReason.NO_TIME


def test_a_place_is_found_beside_other_visits_exactly_when_there_is_one():
    problem = make_problem(
        xy=((0.0, 0.0), (0.0, 0.0)), frequency=(1, 1), service_min=200.0, shift=(480, 690), weekdays=[0],
        rules=VisitRules(lunch_min=0),
    )  # fmt: skip
    full = {(0, day): [1] for day in (0, 7, 14, 21)}
    drive_s = problem.drive_s()
    assert Trials(problem=problem, drive_s=drive_s, routes=full).place_for(0) is None
    del full[0, 14]
    assert Trials(problem=problem, drive_s=drive_s, routes=full).place_for(0) == Choice(rep=0, days=(14,))
    unpaid = replace(problem, rules=VisitRules(lunch_min=0, first_drive_paid=False))
    assert Trials(problem=unpaid, drive_s=drive_s, routes=full).place_for(0) == Choice(rep=0, days=(14,))
