"""The order of one day: the best one on days that can be enumerated, running totals that equal recomputation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.effort import Effort
from territory.visits import _order as order_room
from territory.visits import _order_clock_kernels as clock
from territory.visits import _order_kernels as kernels
from territory.visits._order import Day, best_order, tables_of
from territory.visits._order_clock_kernels import COUNT, DRIVE, NEVER, PLACE
from tests.visits.order_days import LUNCH, days, drive_of, enumerate_day, keeps_clock, scattered


@given(days(most=6))
@settings(max_examples=150, deadline=None)
def test_a_tiny_day_gets_the_order_that_enumeration_finds(day):
    found = best_order(day, seed=1, effort=Effort(iterations=200))
    least = enumerate_day(day)
    assert found.is_feasible == (least is not None)
    if found.stops is not None:
        assert found.drive_s == least == drive_of(day, found.stops)
        assert keeps_clock(day, found.stops)


@given(days(most=6), st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_the_search_alone_finds_it_too(day, seed):
    kept = order_room.MOST_TRIED
    order_room.MOST_TRIED = -1
    try:
        found = best_order(day, seed=seed, effort=Effort(iterations=2000))
    finally:
        order_room.MOST_TRIED = kept
    least = enumerate_day(day)
    assert found.is_feasible == (least is not None)
    if found.stops is not None:
        assert found.drive_s == least == drive_of(day, found.stops)
        assert keeps_clock(day, found.stops)


@pytest.mark.parametrize("has_lunch", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_running_totals_equal_recomputation(seed, has_lunch):
    day = scattered(30, seed=seed, width_s=9000, lunch=LUNCH if has_lunch else None)
    search = order_room._Search(day, seed)
    search.begin(None)
    search.run(order_room._Pace(Effort(iterations=3001), None))
    route = search._now
    before = [route.path.copy(), int(route.number[DRIVE])]
    clock.refresh(search._tables, route)
    used = route.number[COUNT] + 1
    assert route.number[DRIVE] == before[1]
    assert np.array_equal(route.path[:4, :used], before[0][:4, :used])
    assert np.array_equal(route.path[[0, 4, 5], 1 : used + 1], before[0][[0, 4, 5], 1 : used + 1])
    everything = sorted([*route.path[PLACE, 1:used].tolist(), *route.aside[: route.number[2]].tolist()])
    assert everything == list(range(1, 31))


@pytest.mark.parametrize("has_lunch", [False, True])
def test_a_moved_string_changes_the_drive_as_promised_and_keeps_the_clock(has_lunch):
    day = scattered(20, seed=3, width_s=20000, lunch=LUNCH if has_lunch else None)
    search = order_room._Search(day, 3)
    search.begin(best_order(day, seed=3, effort=Effort(iterations=500)).stops)
    moved = 0
    for _ in range(2000):
        drive_s = int(search._now.number[DRIVE])
        if kernels.move_string(search._tables, search._now, 300.5, search._random):
            moved += 1
            stops = (search._now.path[PLACE, 1:21] - 1).tolist()
            assert sorted(stops) == list(range(20))
            assert drive_of(day, stops) == search._now.number[DRIVE] < drive_s + 300.5
            assert keeps_clock(day, stops)
    assert moved > 100


@pytest.mark.parametrize("seed", range(4))
def test_a_long_day_with_narrow_windows_gets_an_order_that_keeps_the_clock(seed):
    day = scattered(60, seed=seed, width_s=1500, lunch=LUNCH if seed % 2 else None)
    found = best_order(day, seed=seed, effort=Effort(iterations=20000))
    assert found.stops is not None
    assert sorted(found.stops) == list(range(60))
    assert keeps_clock(day, found.stops)
    assert drive_of(day, found.stops) == found.drive_s


def test_the_same_seed_and_iterations_give_the_same_order():
    day = scattered(25, seed=5, width_s=7000, lunch=LUNCH)
    assert best_order(day, seed=9, effort=Effort(iterations=3000)) == best_order(
        day, seed=9, effort=Effort(iterations=3000)
    )


def test_the_answer_is_never_worse_than_a_start_that_keeps_the_clock():
    day = scattered(25, seed=6, width_s=7000, lunch=LUNCH)
    good = best_order(day, seed=1, effort=Effort(iterations=5000))
    assert good.stops is not None
    assert best_order(day, start=good.stops, seed=2, effort=Effort(iterations=0)) == good
    assert best_order(day, start=good.stops, seed=2, effort=Effort(iterations=300)).drive_s <= good.drive_s


def test_effort_in_seconds_ends():
    assert best_order(
        scattered(12, seed=1, width_s=20000, lunch=None), seed=1, effort=Effort(cpu_seconds=0.02)
    ).is_feasible


def test_an_empty_day_drives_nothing():
    day = scattered(0, seed=1, width_s=100, lunch=None)
    assert best_order(day, seed=1, effort=Effort(iterations=10)).stops == ()
    assert best_order(day, seed=1, effort=Effort(iterations=10)).drive_s == 0


def test_a_stop_without_windows_cannot_be_made():
    day = scattered(12, seed=1, width_s=20000, lunch=None)
    windows = day.windows_s.copy()
    windows[4] = -1
    closed = Day(
        drive_s=day.drive_s, windows_s=windows, service_s=day.service_s,
        leave_s=day.leave_s, start_s=day.start_s, end_s=day.end_s, return_s=day.return_s,
    )  # fmt: skip
    found = best_order(closed, seed=1, effort=Effort(iterations=500))
    assert not found.is_feasible
    assert found.stops is None


def test_windows_that_overlap_count_as_one_and_never_means_none():
    windows = np.array([[[100, 500], [300, 400]], [[NEVER, -1], [50, 80]]])
    day = Day(
        drive_s=np.zeros((3, 3), dtype=np.int64), windows_s=windows, service_s=np.zeros(2, dtype=np.int64),
        leave_s=0, start_s=60, end_s=450, return_s=1000,
    )  # fmt: skip
    starts = tables_of(day).window
    assert starts[1].tolist() == [100, 450, NEVER, -NEVER]
    assert starts[2].tolist() == [60, 80, NEVER, -NEVER]


def test_a_start_that_leaves_out_a_stop_is_refused():
    with pytest.raises(ValueError, match="not an order"):
        best_order(scattered(3, seed=1, width_s=100, lunch=None), start=[0, 1], seed=1, effort=Effort(iterations=5))
