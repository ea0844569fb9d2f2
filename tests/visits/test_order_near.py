"""The search near an order: never worse, the best where everything is near, and lunch is not forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from territory.effort import Effort
from territory.visits._order import Order, best_order
from territory.visits._order_near import best_near
from tests.visits.order_days import LUNCH, days, drive_of, enumerate_day, keeps_clock, scattered


@pytest.mark.parametrize("lunch", [None, LUNCH])
@pytest.mark.parametrize("seed", range(6))
def test_an_order_near_is_no_worse_and_keeps_the_clock(seed, lunch):
    day = scattered(24, seed=seed, width_s=9000, lunch=lunch)
    rough = best_order(day, seed=seed, effort=Effort(iterations=200))
    assert rough.stops is not None
    near = best_near(day, rough, effort=Effort(iterations=20_000))
    assert near.stops is not None
    assert near.drive_s <= rough.drive_s
    assert near.drive_s == drive_of(day, near.stops)
    assert keeps_clock(day, near.stops)


def test_rough_orders_are_improved():
    gains = []
    for seed in range(6):
        day = scattered(30, seed=seed, width_s=4000, lunch=None)
        rough = best_order(day, seed=seed, effort=Effort(iterations=30))
        if rough.is_feasible:
            gains.append(rough.drive_s - best_near(day, rough, effort=Effort(iterations=50_000)).drive_s)
    assert sum(gain > 0 for gain in gains) >= 2


@given(days(most=7))
@settings(max_examples=60, deadline=None)
def test_an_order_near_is_never_better_than_the_best(day):
    least = enumerate_day(day)
    found = best_order(day, seed=1, effort=Effort(iterations=200))
    if found.stops is not None:
        assert best_near(day, found, effort=Effort(iterations=2000)).drive_s == least


def test_without_effort_the_order_is_handed_back():
    day = scattered(24, seed=1, width_s=9000, lunch=None)
    rough = best_order(day, seed=1, effort=Effort(iterations=200))
    assert best_near(day, rough, effort=Effort(iterations=0)) == rough
    assert best_near(day, Order(stops=None, drive_s=0), effort=Effort(iterations=9)).stops is None
