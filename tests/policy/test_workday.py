"""A day resolved at once equals a day walked visit by visit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.policy_rules import YearRules
from territory.policy import simulate
from territory.policy._world.workday import DayTask, DayWork, day_block, day_by_events
from tests.policy.policy_towns import policy, two_teams


def assert_same(one: DayWork, other: DayWork) -> None:
    assert np.array_equal(one.done, other.done)
    assert np.array_equal(one.drive_min, other.drive_min)
    assert np.array_equal(one.service_min, other.service_min)


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


def test_a_year_walked_visit_by_visit_is_the_same_year() -> None:
    problem = two_teams(4, year=YearRules(turnover_contract=0.6))
    rules = policy(pay={"egalitarian_share": 0.2, "bonus_share": 0.1}, mentoring={"pairs_share": 0.5})
    blocks = simulate(problem, rules, seed=2, replication=0)
    events = simulate(problem, rules, seed=2, replication=0, mode="visits")
    assert events.facts_differing(blocks) == ()


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
