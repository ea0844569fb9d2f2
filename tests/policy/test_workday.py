"""A day resolved at once equals a day walked visit by visit, and so does the whole year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.policy_rules import YearRules
from territory.policy import simulate
from territory.policy._world.workday import DayTask, DayWork, day_block, day_by_events
from tests.policy.policy_towns import BUSY, policy, two_teams
from tests.policy.year_laws import assert_close


def assert_same(one: DayWork, other: DayWork) -> None:
    assert np.array_equal(one.done, other.done)
    np.testing.assert_allclose(one.drive_min, other.drive_min, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.service_min, other.service_min, rtol=1e-9, atol=1e-9)


@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(1, 4), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_blocks_and_events_make_the_same_visits(seed: int, slots: int, classes: int, wide: int) -> None:
    rng = np.random.default_rng(seed)
    task = DayTask(
        due=rng.integers(0, 9, (slots, classes)),
        budget_min=rng.uniform(0, 400, slots),
        drive_min=rng.uniform(0, 15, slots),
        service_min=rng.uniform(1, 30, (slots, classes)),
        drive_factor=rng.lognormal(0, 0.4, (slots, wide)).astype(np.float32),
        service_factor=rng.lognormal(0, 0.4, (slots, wide)).astype(np.float32),
    )
    block = day_block(task)
    assert_same(block, day_by_events(task))
    assert (block.done <= task.due).all()
    assert (block.drive_min + block.service_min <= task.budget_min + 1e-9).all()


POLICIES: dict[str, dict[str, Any]] = {
    "baseline": {},
    "busy": BUSY,
    "pay for results and pairs": {
        "egalitarian_pool": {"egalitarian_share": 0.2},
        "bonus": {"share": 0.1},
        "mentoring": {"pairs_share": 0.5},
    },
    "many short visits": {"visit_rules": {"frequency_factor": 2.0, "rigidity": 1.0, "class_weight": -0.5}},
    "few long visits": {"visit_rules": {"frequency_factor": 0.5, "minimum_min": 45.0, "class_weight": 1.0}},
    "much schooling": {
        "onboarding": {"classroom_weeks": 3, "shadow_weeks": 3, "exam_threshold": 80.0},
        "training": {"days_per_year": 20.0, "refreshers": 2},
    },
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_year_walked_visit_by_visit_is_the_same_year(name: str) -> None:
    """Counts to the last visit, numbers to 1e-9: minutes are summed in another order."""
    problem = two_teams(5, year=YearRules(turnover_contract=0.6, vacancy_months=0.5, horizon_months=5))
    rules = policy(**POLICIES[name])
    blocks = simulate(problem, rules, seed=2, replication=0)
    events = simulate(problem, rules, seed=2, replication=0, mode="visits")
    assert_close(events, blocks)
    assert blocks.done_visits.sum() > 1000


def test_important_outlets_come_first_and_the_rest_waits() -> None:
    task = DayTask(
        due=np.array([[1, 2]]),
        budget_min=np.array([50.0]),
        drive_min=np.array([5.0]),
        service_min=np.array([[20.0, 10.0]]),
        drive_factor=np.ones((1, 4), dtype=np.float32),
        service_factor=np.ones((1, 4), dtype=np.float32),
    )
    work = day_block(task)
    assert work.done.tolist() == [[1, 1]]
    assert work.drive_min.tolist() == [10.0]
    assert work.service_min.tolist() == [30.0]


def test_more_visits_than_a_block_holds_are_made_another_day() -> None:
    task = DayTask(
        due=np.array([[9]]),
        budget_min=np.array([1e6]),
        drive_min=np.array([5.0]),
        service_min=np.array([[20.0]]),
        drive_factor=np.ones((1, 4), dtype=np.float32),
        service_factor=np.ones((1, 4), dtype=np.float32),
    )
    assert day_block(task).done.tolist() == day_by_events(task).done.tolist() == [[4]]
