"""Intervals and verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from territory.lab.estimates import Estimate, estimate, paired, replications_to_settle, verdict

RNG = np.random.default_rng(20)


def known(mean: float, sd: float, n: int, together: int = 1) -> Estimate:
    """An estimate with exactly this mean and standard deviation."""
    z = np.random.default_rng(1).standard_normal(n)
    z = (z - z.mean()) / z.std(ddof=1)
    return estimate(mean + sd * z, together=together)


def test_the_interval_is_the_t_interval() -> None:
    values = RNG.normal(5, 2, 12)
    found = estimate(values)
    low, high = stats.t.interval(0.95, 11, values.mean(), values.std(ddof=1) / np.sqrt(12))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.half_width_together == found.half_width


def test_intervals_that_hold_together_are_wider() -> None:
    values = RNG.normal(5, 2, 12)
    found = estimate(values, together=3)
    low, high = stats.t.interval(1 - 0.05 / 3, 11, values.mean(), values.std(ddof=1) / np.sqrt(12))
    assert (found.low_together, found.high_together) == pytest.approx((low, high))
    assert found.half_width_together > found.half_width


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    hits = 0
    for values in np.random.default_rng(8).normal(1.0, 3.0, (2000, 10)):
        found = estimate(values)
        hits += found.low <= 1.0 <= found.high
    assert 0.935 < hits / 2000 < 0.965


def test_one_replication_has_no_interval() -> None:
    assert estimate(np.array([4.0])).half_width == np.inf


def test_rounding_error_is_not_a_spread() -> None:
    assert estimate(np.array([1e9, 1e9 + 1e-7, 1e9])).sd == 0.0


@pytest.mark.parametrize(
    ("mean", "sd", "n", "direction", "starts"),
    [
        (1.0, 0.5, 10, "up", "better"),
        (1.0, 0.5, 10, "down", "worse"),
        (-1.0, 0.5, 10, "down", "better"),
        (-1.0, 0.5, 10, "none", "lower"),
        (1.0, 0.5, 10, "none", "higher"),
        (1.0, 9.0, 10, "up", "no difference shown; about"),
        (1e-9, 9.0, 10, "up", "no difference shown"),
        (9.0, 0.1, 9, "up", "no verdict: 9 replications"),
        (0.0, 0.0, 4, "up", "identical"),
        (2.0, 0.0, 10, "up", "better"),
    ],
)
def test_verdicts(mean: float, sd: float, n: int, direction: str, starts: str) -> None:
    said = verdict(known(mean, sd, n), direction=direction, together=1)  # type: ignore[arg-type]
    assert said.en.startswith(starts)
    assert said.zh


def test_no_ranking_when_the_interval_for_all_covers_zero() -> None:
    alone, many = known(1.0, 1.2, 12), known(1.0, 1.2, 12, together=10)
    assert alone.low > 0
    assert many.mean < many.half_width_together
    assert verdict(many, direction="up", together=10).en.startswith("no difference shown")


@pytest.mark.parametrize("together", [1, 4])
def test_the_number_that_would_settle_it_does_and_one_less_does_not(together: int) -> None:
    found = known(1.0, 5.0, 10, together)
    needed = replications_to_settle(found, together=together)
    assert needed is not None
    for n, settles in ((needed, True), (needed - 1, False)):
        half = stats.t.ppf(1 - 0.05 / (2 * together), n - 1) * 5.0 / np.sqrt(n)
        assert bool(half < 1.0) is settles


def test_nothing_settles_a_difference_of_zero() -> None:
    assert replications_to_settle(known(0.0, 0.0, 10), together=1) is None
    assert replications_to_settle(known(1e-6, 50.0, 10), together=1) is None


def test_rounding_is_not_a_difference() -> None:
    baseline = np.array([806448.4131, 3.0, 0.0])
    nearly = baseline * (1 + 1e-15) + np.array([0.0, 1.0, 0.0])
    assert paired(nearly, baseline)[[0, 2]].tolist() == [0.0, 0.0]
    assert paired(nearly, baseline)[1] == pytest.approx(1.0)


def test_a_widened_interval_is_wider_by_that_factor_in_both_widths() -> None:
    values = RNG.normal(5, 2, 12)
    plain, widened = estimate(values, together=3), estimate(values, together=3, widened=1.1)
    assert widened.half_width == pytest.approx(1.1 * plain.half_width)
    assert widened.half_width_together == pytest.approx(1.1 * plain.half_width_together)
    assert widened.sd == plain.sd


def test_a_sign_left_open_only_by_the_widening_asks_for_more_replications_than_there_are() -> None:
    z = np.random.default_rng(1).standard_normal(12)
    z = (z - z.mean()) / z.std(ddof=1)
    half = stats.t.ppf(0.975, 11) / np.sqrt(12)
    found = estimate(1.02 * half + z, widened=1.05)
    assert estimate(1.02 * half + z).covers_zero is False
    assert found.covers_zero
    assert verdict(found, direction="up", together=1).en == "no difference shown; about 13 replications would settle it"
