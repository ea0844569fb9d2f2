"""Folded months: who is there on which lanes, and what laying them out again keeps."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instances.city import city, sample_of
from territory.effort import Effort
from territory.visits import _kernels as kernels
from territory.visits import _layout as lay
from territory.visits import _search
from territory.visits._folding import Fold, folded, unfold
from territory.visits._search import FOLDED, MONTH, find_plan, schedule_of
from territory.visits._start import new_state, set_up
from territory.visits.check import check
from tests.visits.towns import MONDAY, make_problem

NOTHING = np.zeros(0, dtype=np.bool_)
RING = [(6 * np.cos(a), 6 * np.sin(a)) for a in np.linspace(0.0, 6.0, 24)]


def _setup(problem):
    return set_up(problem, problem.drive_s())


def _searched(fold: Fold, seed: int) -> lay.State:
    state = fold.state(seed)
    order = np.arange(len(fold.outlets))
    kernels.construct(fold.tables, state, order, np.zeros((len(order), 0), dtype=np.bool_), 0.0)
    kernels.settle(fold.tables, state)
    kernels.search(fold.tables, state, 300, 300.0, 30.0, 8, 0.01, NOTHING)
    return state


def test_a_week_stands_for_a_month_of_weekly_visits():
    fold = folded(_setup(make_problem(xy=RING, frequency=[4] * 24)), 1)
    assert fold is not None
    assert fold.lanes == tuple((0, day) for day in range(5))
    assert fold.outlets.tolist() == list(range(24))
    assert {days for _, days in fold.ways} == {(day,) for day in range(5)}


def test_of_those_who_come_every_other_week_half_are_there_and_of_the_monthly_ones_a_quarter():
    fold = folded(_setup(make_problem(xy=RING, frequency=[8] * 12 + [2] * 8 + [1] * 4)), 1)
    assert fold is not None
    there = fold.outlets
    assert [(there < 12).sum(), ((there >= 12) & (there < 20)).sum(), (there >= 20).sum()] == [12, 4, 1]


def test_in_two_weeks_the_fortnightly_ones_are_all_there():
    fold = folded(_setup(make_problem(xy=RING, frequency=[4] * 8 + [2] * 16)), 2)
    assert fold is not None
    assert len(fold.outlets) == 24
    assert len(fold.lanes) == 10


def test_a_month_of_rare_visits_is_not_folded():
    setup = _setup(make_problem(xy=RING, frequency=[1] * 24))
    assert folded(setup, 1) is None
    assert schedule_of(setup)[0] == MONTH
    assert schedule_of(_setup(make_problem(xy=RING, frequency=[4] * 24)))[0] == FOLDED


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_weekly_visits_laid_out_over_the_month_drive_four_times_the_week(seed):
    setup = _setup(make_problem(xy=RING, frequency=[4] * 24))
    fold = folded(setup, 1)
    assert fold is not None
    found, state = _searched(fold, seed), new_state(setup, seed=seed)
    unfold(fold, found, Fold.whole(setup), state)
    assert int(state.lane[:, lay.DRIVE].sum()) * 60 == pytest.approx(4 * 60 * _best_drive_s(fold, found))
    assert (state.option != lay.ABSENT).all()


def _best_drive_s(fold: Fold, found: lay.State) -> int:
    total = 0
    for lane in range(len(fold.lanes)):
        home = int(fold.tables.lane[lane, lay.HOME])
        stops = [home, *found.best[lane, 1 : int(found.best[lane, 0]) + 1].tolist(), home]
        total += sum(int(fold.tables.drive[a, b]) for a, b in pairwise(stops))
    return total


def test_an_outlet_keeps_its_days_when_it_is_laid_out():
    setup = _setup(make_problem(xy=RING, frequency=[8] * 8 + [4] * 8 + [2] * 8))
    fold = folded(setup, 1)
    assert fold is not None
    found, state = _searched(fold, 3), new_state(setup, seed=3)
    unfold(fold, found, Fold.whole(setup), state)
    for at, outlet in enumerate(fold.outlets.tolist()):
        folded_days = set(fold.ways[int(found.best_option[at])][1])
        whole_days = setup.options[int(state.option[outlet])].days
        assert {day % 7 for day in whole_days} == folded_days
        assert folded_days <= set(whole_days)


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("holidays", [(), (MONDAY, MONDAY + dt.timedelta(days=10))])
def test_months_with_holidays_and_pools_come_out_legal(pooled, holidays):
    problem = make_problem(
        xy=RING * 2,
        frequency=[8] * 12 + [4] * 24 + [2] * 8 + [1] * 4,
        homes=((0.0, 0.0), (3.0, 3.0)),
        rep_of_outlet=[0, 1] * 24,
        pooled=pooled,
        holidays=holidays,
    )
    for part in problem.parts():
        found = find_plan(part, effort=Effort(iterations=300), seed=2)
        report = check(part, found.plan)
        assert report.is_clean
        assert report.objective == pytest.approx(found.objective)


def test_many_outlets_get_a_shorter_month_by_folding(monkeypatch):
    part = sample_of(city(12).parts())[-1]

    def found() -> float:
        return sum(find_plan(part, effort=Effort(iterations=1500), seed=seed).objective for seed in range(3))

    with_folds = found()
    monkeypatch.setattr(_search, "folded", lambda setup, weeks: None)
    assert with_folds < 0.98 * found()
