"""Ends of routes exchanged: in time, where they may go, the cheapest there is, and undone to the last number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.rules import VisitRules
from territory.effort import Effort
from territory.visits import _kernels as kernels
from territory.visits import _layout as lay
from territory.visits import _tail_kernels as tails
from territory.visits._filling import anything
from territory.visits._search import find_plan
from territory.visits._start import Setup, new_state, set_up
from territory.visits.check import check
from territory.visits.model import ANYONE, Choice, VisitsProblem
from tests.visits.towns import make_problem, windows

HOURS = {"open": (0, 24), "morning": (8, 11), "noon": (10, 14), "afternoon": (13, 17)}


def team(
    seed: int,
    *,
    outlets: int = 24,
    reps: int = 3,
    lunch_min: float = 30.0,
    with_windows: bool = True,
    limit: int | None = None,
    strangers: bool = False,
    longest_min: int | None = None,
) -> VisitsProblem:
    """Reps who leave from one home, on two days; visits once by anyone, some on one of the days only."""
    rng = np.random.default_rng(seed)
    windows_s = windows(outlets, (0, 24))
    if with_windows:
        for outlet, name in enumerate(rng.choice(list(HOURS), outlets, p=[0.4, 0.2, 0.2, 0.2])):
            windows_s[outlet] = windows(1, HOURS[name])[0]
    longest_s = None if longest_min is None or lunch_min else np.full(reps, longest_min * 60)
    works = np.zeros((reps, 28), dtype=bool)
    works[:, :2] = True
    days = [((0,), (1,)) if seldom < 0.7 else ((0,),) for seldom in rng.random(outlets)]
    allowed = np.ones((outlets, reps), dtype=bool)
    if strangers:
        allowed[rng.random((outlets, reps)) < 0.25] = False
        allowed[:, 0] = True
    return replace(
        make_problem(
            xy=[tuple(point) for point in rng.uniform(-25, 25, (outlets, 2)).tolist()],
            frequency=[1] * outlets,
            homes=[(0.0, 0.0)] * reps,
            service_min=12.0,
            pooled=True,
            windows_s=windows_s,
            rules=VisitRules(lunch_min=lunch_min, access_min=0, price_balance=0.0),
        ),
        works_days=works,
        reps_allowed=allowed,
        explicit=tuple(tuple(Choice(rep=ANYONE, days=day) for day in chosen) for chosen in days),
        carried=None if limit is None else rng.integers(1, 5, outlets),
        carry_limit=None if limit is None else np.full(reps, limit),
        longest_day_s=longest_s,
    )


def begun(problem: VisitsProblem, seed: int) -> tuple[Setup, lay.State]:
    """A first plan."""
    setup = set_up(problem, problem.drive_s())
    state = new_state(setup, seed=seed)
    order = np.random.default_rng(seed).permutation(problem.num_outlets)
    state.objective[lay.PRESSURE] = np.inf
    kernels.construct(setup.tables, state, order, anything(problem), 0.0)
    kernels.settle(setup.tables, state)
    return setup, state


def stops_of(state: lay.State, lane: int) -> list[int]:
    return state.stops[lane, lay.PLACE, 1 : state.lane[lane, lay.LENGTH] + 1].tolist()


teams = st.builds(
    team,
    st.integers(0, 500),
    reps=st.integers(2, 4),
    lunch_min=st.sampled_from([0.0, 45.0]),
    with_windows=st.booleans(),
    limit=st.sampled_from([None, 25]),
    strangers=st.booleans(),
    longest_min=st.sampled_from([None, 300, 420]),
)


@given(teams, st.integers(1, 10_000))
@settings(max_examples=60, deadline=None)
def test_an_exchange_is_in_time_within_limits_where_visits_may_go_and_can_be_undone(problem, seed):
    setup, state = begun(problem, seed)
    tables = setup.tables
    for _ in range(25):
        kernels.begin(state)
        before = {name: getattr(state, name).copy() for name in ("stops", "lane", "placed", "option")}
        if not tails.exchange_tails(tables, state):
            assert state.memo[lay.LANES, -1] == 0
            continue
        first, second = state.memo[lay.LANES, :2].tolist()
        assert tables.lane[first, lay.TWIN] == tables.lane[second, lay.TWIN]
        met = stops_of(state, first) + stops_of(state, second)
        assert sorted(met) == sorted(
            before["stops"][lane, lay.PLACE, at]
            for lane in (first, second)
            for at in range(1, before["lane"][lane, lay.LENGTH] + 1)
        )
        for lane in (first, second):
            assert state.lane[lane, lay.WORKS]
            assert state.lane[lane, lay.CARRY] <= tables.lane[lane, lay.LIMIT]
            rep = setup.routes[lane][0]
            for outlet in stops_of(state, lane):
                assert problem.reps_allowed[outlet, rep]
                assert state.placed[outlet, 0] == lane
        kept = {name: getattr(state, name).copy() for name in before}
        kernels.put_back(tables, state)
        state.lane[:, lay.TOUCHED] = 0
        before["lane"][:, lay.TOUCHED] = 0
        used = lay.HUNGRY if tables.lane[first, lay.PLAIN] else lay.PURE
        used = lay.STOP_FIELDS if tables.lane[first, lay.LONGEST] < lay.NEVER else used
        for lane in range(len(state.lane)):
            end = state.lane[lane, lay.LENGTH] + 2
            assert np.array_equal(state.stops[lane, :used, :end], before["stops"][lane, :used, :end])
        for name in ("lane", "placed", "option"):
            assert np.array_equal(getattr(state, name), before[name])
        for name, array in kept.items():  # go on from the exchange
            getattr(state, name)[:] = array


@given(teams, st.integers(1, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_exchange_of_a_stop_is_the_cheapest_that_trying_every_one_finds(problem, seed):
    setup, state = begun(problem, seed)
    best: dict[tuple[int, int], int] = {}
    for lane in range(len(state.lane)):
        for here in range(1, state.lane[lane, lay.LENGTH] + 1):
            best[lane, here] = cheapest(setup, state, lane, here)
    start = {name: getattr(state, name).copy() for name in ("stops", "lane", "placed", "option")}
    driven = int(state.lane[:, lay.DRIVE].sum())
    seen: dict[tuple[int, int], int] = {}
    for _ in range(300):
        kernels.begin(state)
        if tails.exchange_tails(setup.tables, state):
            lane = int(state.memo[lay.LANES, 0])
            was = start["stops"][lane, lay.PLACE, 1:].tolist()
            same = [a == b for a, b in zip(stops_of(state, lane), was, strict=False)]
            here = same.index(False) if False in same else len(same)
            added = int(state.lane[:, lay.DRIVE].sum()) - driven
            seen[lane, here] = min(added, seen.get((lane, here), added))
            assert added >= best[lane, here]
        for name, array in start.items():
            getattr(state, name)[:] = array
    # one in five near stops is passed over, so of many draws nearly every stop has had its cheapest exchange
    assert sum(seen[key] == best[key] for key in seen) >= 0.8 * len(seen)


def cheapest(setup: Setup, state: lay.State, lane: int, here: int) -> int:
    """Least drive seconds that an exchange behind the stop adds, by laying out every pair of routes."""
    tables, problem, found = setup.tables, setup.problem, lay.NEVER
    mine = stops_of(state, lane)
    for other in range(len(state.lane)):
        if other == lane or tables.lane[other, lay.TWIN] != tables.lane[lane, lay.TWIN]:
            continue
        theirs = stops_of(state, other)
        for there in range(len(theirs)):
            routes = {lane: mine[:here] + theirs[there:], other: theirs[:there] + mine[here:]}
            if all(may(problem, setup.routes[at][0], route) for at, route in routes.items()):
                driven_s = laid_out(setup, state, routes)
                if driven_s is not None:
                    found = min(found, driven_s - int(state.lane[[lane, other], lay.DRIVE].sum()))
    return found


def may(problem: VisitsProblem, rep: int, route: list[int]) -> bool:
    carries = 0 if problem.carried is None else problem.carried[route].sum()
    limit = 0 if problem.carry_limit is None else problem.carry_limit[rep]
    return bool(problem.reps_allowed[route, rep].all()) and carries <= limit


def laid_out(setup: Setup, state: lay.State, routes: dict[int, list[int]]) -> int | None:
    """Drive seconds of the routes; None when one is not in time."""
    tables, stops, lanes = setup.tables, state.stops.copy(), state.lane.copy()
    for lane, route in routes.items():
        if len(route) + 2 > stops.shape[2]:
            return None
        lanes[lane, lay.LENGTH] = len(route)
        stops[lane, lay.PLACE, 1 : len(route) + 1] = route
        kernels.refresh(tables.drive, tables.outlet, tables.lane, lane, stops, lanes)
        if not lanes[lane, lay.WORKS]:
            return None
    return int(lanes[list(routes), lay.DRIVE].sum())


@pytest.mark.parametrize("seed", range(12))
def test_plans_of_such_teams_are_legal_and_claim_what_they_cost(seed):
    longest_min = 400 if seed % 4 == 0 else None
    lunch_min = 30.0 * (longest_min is None)
    limit = 25 if seed % 2 else None
    problem = team(seed, lunch_min=lunch_min, limit=limit, strangers=seed % 3 == 0, longest_min=longest_min)
    found = find_plan(problem, effort=Effort(iterations=700), seed=seed)
    report = check(problem, found.plan)
    assert report.is_clean
    assert report.objective == pytest.approx(found.objective)


def test_only_lanes_of_a_day_that_are_alike_are_twins():
    alike = team(1)
    apart = replace(alike, homes=replace(alike.homes, lat=np.array([0.0, 1.0, 2.0])))
    uneven = replace(team(1, lunch_min=0.0), longest_day_s=np.array([3, 4, 5]) * 3600)
    for problem, expected in ((alike, True), (apart, False), (uneven, False), (team(1, reps=1), False)):
        assert tails.has_twins(set_up(problem, problem.drive_s()).tables) == expected
