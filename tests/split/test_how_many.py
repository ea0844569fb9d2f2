"""The number of territories: fewer than reps, more than reps, and a range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.effort import Effort
from territory.errors import ConfigError
from territory.split import SplitProblem, check, redraw
from territory.split.how_many import numbers_wanted, redraw_numbers, vanishing, with_vacancy
from tests.towns import grid_of_shops, line_of_shops

EFFORT = Effort(iterations=400_000)


def test_absent_one_number_or_a_range() -> None:
    def wanted(**rules: object) -> list[int] | None:
        found = numbers_wanted(line_of_shops(6, 2, **rules))
        return None if found is None else list(found)

    assert wanted() is None
    assert wanted(territories=3) == [3]
    assert wanted(territories=[2, 4]) == [2, 3, 4]


def test_every_number_of_a_range_is_split_and_checked() -> None:
    scenario = grid_of_shops(7, 7, 4, seed=1, territories=[3, 5])
    answer = redraw_numbers(scenario, range(3, 6), effort=EFFORT, seed=1)
    assert [one.territories for one in answer.tried] == [3, 4, 5]
    for one in answer.tried:
        plan = one.result.require_plan()
        assert check(one.staffed.problem, plan).is_clean
        assert len(np.unique(plan.rep_of_outlet)) == one.territories
    assert answer.best.points == min(one.points for one in answer.tried)


def test_a_territory_vanishes_with_its_rep_and_the_others_take_its_work() -> None:
    scenario = grid_of_shops(7, 7, 4, seed=1)
    (one,) = redraw_numbers(scenario, [3], effort=EFFORT, seed=1).tried
    (gone,) = one.staffed.vanished
    rep = scenario.reps.rep_ids.index(gone)
    assert rep not in one.result.require_plan().rep_of_outlet
    targets = one.staffed.problem.measures[0].target
    assert targets.sum() == pytest.approx(SplitProblem.of(scenario).measures[0].target.sum())


def test_the_greedy_choice_is_the_least_loss_of_all_single_absences() -> None:
    scenario = grid_of_shops(2, 5, 3, seed=6, workload_tolerance=0.5)
    whole = SplitProblem.of(scenario)
    (one,) = redraw_numbers(scenario, [2], effort=EFFORT, seed=1).tried
    losses = {}
    for t, name in enumerate(whole.territory_ids):
        plan = redraw(vanishing(whole, t), effort=EFFORT, seed=1).require_plan()
        losses[name] = check(whole, plan).objective
    assert losses[one.staffed.vanished[0]] == pytest.approx(min(losses.values()))
    assert one.points == pytest.approx(min(losses.values()))


def test_more_territories_than_reps_are_vacant_positions_with_a_useful_home() -> None:
    # both reps live in the west; the east is far from every home
    scenario = line_of_shops(12, 2)
    west = scenario.reps.lon.min()
    leave = np.zeros((2, 28), dtype=bool)
    leave[:, 3] = True
    reps = replace(scenario.reps, lon=np.array([west, west]), leave=leave)
    scenario = with_vacancy(replace(scenario, reps=reps), number=1)
    assert scenario.reps.rep_ids[-1] == "vacant-1"
    assert scenario.reps.leave.any(axis=1).tolist() == [True, True, False]
    assert scenario.reps.lon[-1] > np.median(scenario.outlets.lon)
    problem = SplitProblem.of(scenario)
    plan = redraw(problem, effort=EFFORT, seed=1).require_plan()
    assert (plan.rep_of_outlet == 2).any()
    assert not (Assignment.today(scenario.outlets).rep_of_outlet == 2).any()


def test_a_price_per_territory_favours_fewer() -> None:
    free = redraw_numbers(grid_of_shops(6, 6, 3, seed=1), [2, 3, 4], effort=EFFORT, seed=1)
    dear = redraw_numbers(grid_of_shops(6, 6, 3, seed=1, price_territory=1e6), [2, 3, 4], effort=EFFORT, seed=1)
    assert dear.best.territories == 2
    assert [one.points for one in dear.tried] == [one.points for one in free.tried]


def test_below_one_is_refused_with_the_reason() -> None:
    with pytest.raises(ConfigError, match="1 or more"):
        redraw_numbers(grid_of_shops(3, 3, 2), [0], effort=EFFORT, seed=1)
