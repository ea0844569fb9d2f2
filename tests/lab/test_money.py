"""Extra margin against extra cost: return and payback."""

from __future__ import annotations

import numpy as np
import pytest

from territory.lab.money import money_effects, payback, return_on_cost
from territory.lab.series import SERIES

NAMES = list(SERIES)


def same_every_time(curve: list[float], replications: int = 10) -> np.ndarray:
    return np.tile(np.array(curve), (replications, 1))


def table(**extra: np.ndarray) -> np.ndarray:
    """Two policies; the second differs from the first by these series."""
    n, months = next(iter(extra.values())).shape
    found = np.full((n, 2, len(SERIES), months), 100.0)
    for name, curve in extra.items():
        found[:, 1, NAMES.index(name)] += curve
    return found


def test_an_outlay_is_paid_back_in_the_month_in_which_margin_has_made_up_for_it() -> None:
    found = payback(same_every_time([0, 4, 4, 4, 4]), same_every_time([10, 0, 0, 0, 0]))
    assert (found.month, found.earliest, found.latest) == (4, 4, 4)
    assert found.share_by_month.tolist() == [0, 0, 0, 1, 1]
    assert found.net.mean.tolist() == [-10, -6, -2, 2, 6]


def test_a_month_covered_once_and_lost_again_does_not_count() -> None:
    found = payback(same_every_time([5, 0, 0, 9]), same_every_time([1, 0, 8, 0]))
    assert found.month == 4
    assert found.share_by_month.tolist() == [0, 0, 0, 1]


def test_what_is_not_covered_within_the_horizon_has_no_month() -> None:
    found = payback(same_every_time([1, 1, 1]), same_every_time([9, 0, 0]))
    assert (found.month, found.earliest, found.latest) == (None, None, None)
    assert found.share_by_month.tolist() == [0, 0, 0]


def test_nothing_is_paid_back_before_it_costs_something() -> None:
    found = payback(same_every_time([0, 0, 3, 3]), same_every_time([0, 0, 1, 1]))
    assert found.month == 3
    assert found.share_by_month.tolist() == [0, 0, 1, 1]


def test_the_month_lies_between_the_band_s_months_and_the_shares_grow() -> None:
    rng = np.random.default_rng(2)
    margin = same_every_time([2.0] * 12, 20) + rng.normal(0, 2.0, (20, 12))
    found = payback(margin, same_every_time([10.0] + [0.0] * 11, 20))
    assert found.earliest is not None
    assert found.month is not None
    assert found.latest is not None
    assert found.earliest <= found.month <= found.latest
    assert found.earliest < found.latest
    assert found.month in (5, 6)
    assert (np.diff(found.share_by_month) >= 0).all()
    assert 0 < found.share_by_month[found.month - 1] < 1
    assert found.share_by_month[-1] > 0.9


def test_pay_and_programmes_are_the_cost_and_gross_margin_the_gain() -> None:
    margin, pay, programme = (same_every_time([value] * 4) for value in (6.0, 1.0, 2.0))
    (found,) = money_effects(["now", "new"], table(gross_margin=margin, payroll=pay, programme_cost=programme))
    assert found.policy == "new"
    assert found.extra_margin.mean == pytest.approx(24)
    assert found.extra_cost.mean == pytest.approx(12)
    assert found.net.mean == pytest.approx(12)
    assert found.returns is not None
    assert found.returns.mean == pytest.approx(1.0)
    assert found.payback is not None
    assert found.payback.month == 1


def test_a_policy_that_costs_no_more_has_no_return_and_nothing_to_pay_back() -> None:
    (found,) = money_effects(
        ["now", "new"], table(gross_margin=same_every_time([5.0]), payroll=same_every_time([-2.0]))
    )
    assert (found.returns, found.payback) == (None, None)
    assert found.net.mean == pytest.approx(7.0)


def test_the_interval_of_the_return_covers_the_ratio_of_means_as_often_as_it_says() -> None:
    rng, hold = np.random.default_rng(5), 0
    for _ in range(1000):
        shared = rng.standard_normal(20)
        spent = 10 + shared
        gained = 25 + 2 * shared + rng.standard_normal(20)
        found = return_on_cost(gained, spent)
        assert found is not None
        hold += found.low <= 1.5 <= found.high
    assert 930 <= hold <= 970


def test_no_return_on_nothing_spent() -> None:
    assert return_on_cost(np.ones(3), np.zeros(3)) is None
