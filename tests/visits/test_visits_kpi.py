"""Measures of a plan small enough to add up by hand."""

from __future__ import annotations

import numpy as np
import pytest

from territory.domain.visit_plan import UnplacedReason
from territory.visits._timetable import Missing, build_plan
from territory.visits.kpi import measures, rep_table
from tests.visits.towns import make_problem, windows


@pytest.fixture
def morning():
    """One rep visits an outlet ten minutes away on two Mondays; it opens at nine; another outlet is too far."""
    opening = windows(2, (9, 12))
    problem = make_problem(
        xy=((10.0, 0.0), (600.0, 0.0)), frequency=(2, 1), windows_s=opening, tiers=("A", "B"), homes=((0, 0), (9, 9))
    )
    missing = Missing(outlet=1, visits=1, reason=UnplacedReason.TOO_FAR)
    plan = build_plan(problem, problem.drive_s(), routes={(0, 0): [0], (0, 14): [0]}, missing=[missing])
    return problem, plan


def test_measures_add_up(morning):
    found = {measure.name: measure.value for measure in measures(*morning)}
    assert found["visits_due"] == 3
    assert found["visits_placed"] == 2
    assert found["placed_share"] == pytest.approx(200 / 3)
    assert found["drive_min"] == 40
    assert found["service_min"] == 30
    assert found["wait_min"] == 0
    assert found["drive_share"] == pytest.approx(100 * 40 / 70)
    assert found["day_load_min"] == found["day_load_mean"] == found["day_load_max"] == 35
    assert found["overtime_min"] == 0
    assert found["placed_share_A"] == 100
    assert found["placed_share_B"] == 0


def test_the_table_has_a_row_per_rep(morning):
    table = rep_table(*morning)
    assert table.due.tolist() == [3, 0]
    assert table.placed.tolist() == [2, 0]
    assert table.days.tolist() == [2, 0]
    assert table.drive_min.tolist() == [40, 0]
    assert table.drive_min_per_visit.tolist() == [20, 0]
    assert table.mean_day_min.tolist() == [35, 0]
    assert table.longest_day_min.tolist() == [35, 0]
    assert not table.drive_min.flags.writeable


def test_waiting_and_lunch_are_told_apart():
    opening = np.concatenate([windows(1, (9, 10)), windows(1, (14, 15))])
    problem = make_problem(xy=((10.0, 0.0), (20.0, 0.0)), frequency=(1, 1), windows_s=opening)
    plan = build_plan(problem, problem.drive_s(), routes={(0, 0): [0, 1]}, missing=())
    found = {measure.name: measure.value for measure in measures(problem, plan)}
    assert found["drive_min"] == 40
    # 10:00 start, 10:15 end, ten minutes of drive and one hour of lunch before 14:00
    assert found["wait_min"] == 14 * 60 - (10 * 60 + 15) - 10 - 60


def test_an_empty_plan_has_measures_too():
    problem = make_problem(xy=((1.0, 0.0),), frequency=(0,))
    plan = build_plan(problem, problem.drive_s(), routes={}, missing=())
    found = {measure.name: measure.value for measure in measures(problem, plan)}
    assert found["placed_share"] == 100
    assert found["day_load_min"] == found["day_load_max"] == 0
