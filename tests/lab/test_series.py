"""Monthly series and their bands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from territory.lab.series import SERIES, band, monthly, series_bands, stacked
from territory.policy.kpi import gross_margin
from tests.lab.fakes import MONTHS, FakePolicy, company, facts

TOWN = company()
YEAR = facts(TOWN, FakePolicy(dumped=0.2, raise_share=0.1, cost_per_month=7.0), seed=1, replication=0)
FOUND = monthly(TOWN, YEAR)  # type: ignore[arg-type]


def test_every_series_has_a_month_for_every_month() -> None:
    assert set(FOUND) == set(SERIES)
    assert all(series.shape == (MONTHS,) for series in FOUND.values())
    assert stacked(FOUND).shape == (len(SERIES), MONTHS)


def test_months_add_up_to_the_year() -> None:
    assert FOUND["true_sales"].sum() == pytest.approx(YEAR.true_sales.sum())
    assert FOUND["recorded_sales"].sum() == pytest.approx(YEAR.recorded_sales.sum())
    assert FOUND["payroll"].sum() == pytest.approx(YEAR.pay.sum() + YEAR.supervisor_pay.sum())
    assert FOUND["programme_cost"].sum() == pytest.approx(12 * 12.0)
    assert FOUND["turnover"].sum() * len(TOWN.slot_ids) == pytest.approx(100 * YEAR.quits.sum())


def test_monthly_margins_add_up_to_the_margin_of_the_measures() -> None:
    assert FOUND["gross_margin"].sum() == pytest.approx(gross_margin(TOWN, YEAR), rel=1e-12)  # type: ignore[arg-type]


def test_shares_are_shares_of_their_month() -> None:
    assert FOUND["gaming"] == pytest.approx(np.full(MONTHS, 20.0))
    first = YEAR.done_visits[0].sum() / YEAR.due_visits[0].sum()
    assert FOUND["visits_done"][0] == pytest.approx(100 * first)


def test_skill_is_that_of_holders_and_nothing_divides_by_zero() -> None:
    year = facts(TOWN, FakePolicy(), seed=1, replication=0)
    year.is_filled = np.zeros_like(year.is_filled)
    year.is_filled[1:, 2] = True
    year.due_visits = year.done_visits = 0 * year.due_visits
    found = monthly(TOWN, year)  # type: ignore[arg-type]
    assert found["skill"][0] == 0.0
    assert found["skill"][1:] == pytest.approx(np.full(MONTHS - 1, TOWN.ability[2]))
    assert found["visits_done"].tolist() == [0.0] * MONTHS


def test_a_band_is_the_bonferroni_interval_of_every_month() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, (11, 4))
    found = band(values)
    low, high = stats.t.interval(1 - 0.05 / 4, 10, values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(11))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


def test_a_band_holds_in_all_months_at_once_as_often_as_it_says() -> None:
    rng, hold = np.random.default_rng(3), 0
    for _ in range(1000):
        curves = np.cumsum(rng.standard_normal((10, 12)), axis=1)
        found = band(curves)
        hold += bool(((found.low <= 0) & (found.high >= 0)).all())
    assert hold >= 945


def test_a_month_without_spread_has_no_band_and_one_replication_an_endless_one() -> None:
    still = band(np.array([[3.0, 1.0], [3.0, 2.0]]))
    assert (still.low[0], still.high[0]) == (3.0, 3.0)
    assert np.isinf(band(np.ones((1, 3))).high).all()


def test_a_band_tells_the_months_that_are_apart_from_zero() -> None:
    values = np.array([0.0, 5.0, -5.0]) + 0.1 * np.random.default_rng(1).standard_normal((10, 3))
    assert band(values).is_apart.tolist() == [False, True, True]


def test_differences_are_paired_and_the_first_policy_has_none() -> None:
    policies = [FakePolicy(), FakePolicy(gain=0.1)]
    table = np.array(
        [
            [stacked(monthly(TOWN, facts(TOWN, policy, seed=1, replication=number))) for policy in policies]  # type: ignore[arg-type]
            for number in range(10)
        ]
    )
    found = {(row.name, row.policy): row for row in series_bands(["now", "more"], table, "CNY")}
    assert len(found) == 2 * len(SERIES)
    assert found["true_sales", "now"].difference is None
    more = found["true_sales", "more"]
    assert more.unit == "CNY"
    assert more.difference is not None
    assert more.difference.mean == pytest.approx(more.level.mean - found["true_sales", "now"].level.mean)
    assert (more.difference.high - more.difference.low < 0.3 * (more.level.high - more.level.low)).all()
    with pytest.raises(ValueError, match="read-only"):
        more.level.mean[0] = 0.0
