"""Bounds of a day's drive: never above the least drive, and proofs where they are due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.effort import Effort
from territory.visits._order import best_order
from territory.visits._order_bound import order_bound
from tests.visits.order_days import LUNCH, days, enumerate_day, scattered


@given(days(most=6), st.integers(0, 60), st.sampled_from([0, 1, 20, 2000]))
@settings(max_examples=200, deadline=None)
def test_a_bound_is_never_above_the_least_drive(day, above_s, iterations):
    least = enumerate_day(day)
    if least is None:
        return
    bound = order_bound(day, upper_s=least + above_s, effort=Effort(iterations=iterations))
    assert bound.bound_s <= least
    assert bound.is_proved == (bound.bound_s == least + above_s)
    assert not bound.is_proved or above_s == 0


@given(days(most=6))
@settings(max_examples=150, deadline=None)
def test_without_lunch_and_second_windows_a_tiny_day_is_proved(day):
    windows = day.windows_s.copy()
    windows[:, 1] = -1
    plain = replace(day, windows_s=windows, lunch_length_s=0)
    least = enumerate_day(plain)
    above = order_bound(plain, upper_s=1000 if least is None else least + 7, effort=Effort(iterations=3000))
    assert above.bound_s == (1000 if least is None else least)
    if least is not None:
        assert order_bound(plain, upper_s=least, effort=Effort(iterations=3000)).is_proved


@pytest.mark.parametrize("seed", range(5))
def test_a_field_day_without_hours_is_proved(seed):
    day = scattered(23, seed=seed, width_s=20000, lunch=LUNCH)
    windows = day.windows_s.copy()
    windows[:, 0] = 0, 86400
    free = replace(day, windows_s=windows)
    found = best_order(free, seed=seed, effort=Effort(iterations=20000))
    assert order_bound(free, upper_s=found.drive_s, effort=Effort(iterations=100_000)).is_proved


@pytest.mark.parametrize("seed", range(5))
def test_a_field_day_with_hours_is_proved(seed):
    day = scattered(23, seed=seed, width_s=7200, lunch=None)
    found = best_order(day, seed=seed, effort=Effort(iterations=20000))
    assert order_bound(day, upper_s=found.drive_s, effort=Effort(iterations=200_000)).is_proved


def test_the_same_iterations_give_the_same_bound():
    day = scattered(25, seed=1, width_s=30000, lunch=None)
    upper_s = best_order(day, seed=1, effort=Effort(iterations=2000)).drive_s
    bounds = [order_bound(day, upper_s=upper_s, effort=Effort(iterations=3000)) for _ in range(2)]
    assert bounds[0] == bounds[1]


def test_a_day_longer_than_a_word_has_a_bound():
    day = scattered(70, seed=1, width_s=3000, lunch=None)
    found = best_order(day, seed=1, effort=Effort(iterations=3000))
    bound = order_bound(day, upper_s=found.drive_s, effort=Effort(iterations=2000))
    assert 0 < bound.bound_s <= found.drive_s


def test_an_empty_day_drives_nothing_at_least():
    day = scattered(0, seed=1, width_s=100, lunch=None)
    bound = order_bound(day, upper_s=0, effort=Effort(iterations=1))
    assert bound.bound_s == 0
    assert bound.is_proved


def test_stops_one_of_which_must_follow_the_other_both_ways_have_no_order():
    day = scattered(2, seed=1, width_s=100, lunch=None)
    windows = np.array([[[100, 100], [-1, -1]], [[100, 100], [-1, -1]]])
    clash = replace(day, windows_s=windows, leave_s=0, start_s=0, service_s=np.array([50, 50]))
    assert order_bound(clash, upper_s=77, effort=Effort(iterations=10)).is_proved
