"""Measures are computed from the records, with unit and direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.policy import PolicyProblem, YearResult
from territory.policy.kpi import gini, gross_margin, measures, payroll, programme_cost


def test_gini_of_equal_unequal_and_no_pay() -> None:
    assert gini(np.full(5, 3.0)) == pytest.approx(0.0, abs=1e-12)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert gini(np.array([1.0, 2.0, 3.0])) == pytest.approx(2 / 9)
    assert gini(np.zeros(3)) == gini(np.zeros(0)) == 0.0


def test_every_measure_has_a_finite_value_a_name_of_its_own_and_two_labels(
    restless_town: PolicyProblem, busy_year: YearResult
) -> None:
    found = measures(restless_town, busy_year)
    assert len({measure.name for measure in found}) == len(found)
    for measure in found:
        assert np.isfinite(measure.value)
        assert measure.label.en
        assert measure.label.zh
        assert measure.label.en != measure.label.zh


def test_names_depend_on_the_problem_alone(
    restless_town: PolicyProblem, busy_year: YearResult, quiet_year: YearResult
) -> None:
    busy, quiet = (measures(restless_town, year) for year in (busy_year, quiet_year))
    assert [m.name for m in busy] == [m.name for m in quiet]


def test_profit_is_margin_less_pay_and_programmes(restless_town: PolicyProblem, busy_year: YearResult) -> None:
    value = {measure.name: measure.value for measure in measures(restless_town, busy_year)}
    assert value["profit"] == pytest.approx(value["gross_margin"] - value["payroll"] - value["programme_cost"])
    assert value["payroll"] == pytest.approx(payroll(busy_year))
    assert payroll(busy_year) == pytest.approx(busy_year.pay.sum() + busy_year.supervisor_pay.sum())
    assert value["programme_cost"] == pytest.approx(programme_cost(busy_year))
    dumped = busy_year.dumped_out.sum()
    late = 0.01 * busy_year.overdue.sum()
    expected = 0.12 * (busy_year.true_sales.sum() + 0.10 * dumped) - 0.05 * dumped - late
    assert gross_margin(restless_town, busy_year) == pytest.approx(expected)


def test_shares_are_counted_by_hand(restless_town: PolicyProblem, busy_year: YearResult) -> None:
    value = {measure.name: measure.value for measure in measures(restless_town, busy_year)}
    assert value["visits_done"] == pytest.approx(100 * busy_year.done_visits.sum() / busy_year.due_visits.sum())
    drive, service = busy_year.minutes[:, :, 0].sum(), busy_year.minutes[:, :, 1].sum()
    assert value["drive_share"] == pytest.approx(100 * drive / (drive + service))
    assert value["vacant_days"] == pytest.approx(100 * (1 - busy_year.is_filled_day.mean()))
    headcount = busy_year.is_filled_day.sum() / 252
    assert value["turnover"] == pytest.approx(100 * busy_year.quits.sum() / headcount)


def test_conduct_and_careers_are_counted_by_hand(restless_town: PolicyProblem, busy_year: YearResult) -> None:
    value = {measure.name: measure.value for measure in measures(restless_town, busy_year)}
    made, claimed = busy_year.done_visits.sum(), busy_year.reported_visits.sum()
    assert value["padded_visits"] == pytest.approx(100 * (claimed - made) / claimed)
    pushed = busy_year.dumped_out.sum() + busy_year.pulled.sum()
    assert value["gaming_index"] == pytest.approx(100 * pushed / busy_year.true_sales.sum())
    assert value["eliminated"] == busy_year.eliminated.sum()
    assert value["pairs"] == len(busy_year.pair_start)
    assert value["pairs_succeeded"] == pytest.approx(100 * busy_year.pair_success.mean())
    assert value["promotions"] == (busy_year.grade_next[0] > busy_year.grade[0])[busy_year.grade[0] >= 0].sum()


def test_a_town_where_nothing_is_sold_has_finite_measures(restless_town: PolicyProblem, quiet_year: YearResult) -> None:
    nothing = replace(quiet_year, true_sales=np.zeros_like(quiet_year.true_sales))
    assert all(np.isfinite(measure.value) for measure in measures(restless_town, nothing))
