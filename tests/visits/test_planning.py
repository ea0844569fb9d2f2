"""What a scenario asks to be planned: buffers by quantile, prices of missing visits by value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.visits import VisitsProblem, planned_problem
from territory.visits.planning import mean_problem, planned_service_s
from tests.towns import line_of_shops


def asked(**rules: object) -> tuple[Scenario, Assignment]:
    """A town under other rules."""
    case = line_of_shops(6, 2)
    return replace(case, visits=case.visits.model_copy(update=rules)), Assignment.today(case.outlets)


def test_without_rules_the_problem_is_the_plain_one() -> None:
    case, today = asked()
    assert planned_problem(case, today).content_digest() == VisitsProblem.of(case, today).content_digest()


def test_at_a_quantile_visits_and_drives_take_longer_and_the_mean_stays() -> None:
    case, today = asked(plan_quantile=0.8)
    plain, planned = mean_problem(case, today), planned_problem(case, today)
    assert (planned.service_s > plain.service_s).all()
    assert planned.drive_s().sum() > plain.drive_s().sum()
    assert plain.content_digest() == VisitsProblem.of(case, today).content_digest()
    service_min = float(case.outlets.service_min[planned.outlet_idcs[0]])
    assert planned_service_s(case.visits, service_min) == planned.service_s[0]


def test_without_spread_a_quantile_changes_nothing() -> None:
    case, today = asked(plan_quantile=0.9, service_cv=0.0, drive_cv=0.0, traffic_cv=0.0)
    plain, planned = mean_problem(case, today), planned_problem(case, today)
    assert np.array_equal(plain.service_s, planned.service_s)
    assert np.array_equal(plain.drive_s(), planned.drive_s())


def test_by_value_sales_and_a_long_wait_make_a_missing_visit_dear() -> None:
    case, today = asked(missing="value")
    sales, ago = np.full(len(case.outlets), 100.0), np.zeros(len(case.outlets), dtype=np.int64)
    sales[1], ago[2] = 400.0, 84
    promises = replace(case.outlets.promises, last_visit_days_ago=ago)
    outlets = replace(case.outlets, sales_per_week=sales, promises=promises, visits_per_cycle=np.full(len(sales), 1))
    value_s = planned_problem(replace(case, outlets=outlets), today).visit_value_s
    assert value_s is not None
    assert value_s[1] == pytest.approx(4 * value_s[0], rel=1e-3)
    assert value_s[2] == pytest.approx(3 * value_s[0], rel=1e-3)
