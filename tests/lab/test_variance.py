"""What shared draws are worth."""

from __future__ import annotations

import numpy as np
import pytest

from territory.lab.variance import variance_reduction


def matched(rng: np.random.Generator, n: int, own: float) -> tuple[np.ndarray, np.ndarray]:
    shared = rng.standard_normal(n)
    return shared + own * rng.standard_normal(n), shared


def test_the_factor_is_that_of_runs_with_seeds_of_their_own() -> None:
    rng = np.random.default_rng(1)
    values, baseline = matched(rng, 4000, 0.2)
    apart = np.var(matched(rng, 4000, 0.2)[0] - matched(rng, 4000, 0.2)[1], ddof=1)
    found = variance_reduction(values, baseline)
    assert found.factor == pytest.approx(apart / np.var(values - baseline, ddof=1), rel=0.1)
    assert found.factor == pytest.approx(2.04 / 0.04, rel=0.1)


def test_the_interval_covers_the_true_factor_as_often_as_it_says() -> None:
    rng, hold = np.random.default_rng(2), 0
    for _ in range(300):
        found = variance_reduction(*matched(rng, 30, 0.1))
        hold += found.low <= 2.01 / 0.01 <= found.high
    assert hold >= 270


def test_unmatched_runs_gain_nothing() -> None:
    rng = np.random.default_rng(3)
    found = variance_reduction(rng.standard_normal(2000), rng.standard_normal(2000))
    assert found.low < 1.0 < found.high


@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_a_difference_that_never_varies_is_known_from_one_replication(shift: float) -> None:
    baseline = np.array([1.0, 4.0, 2.0])
    assert variance_reduction(baseline + shift, baseline).factor == np.inf


def test_the_unit_of_the_measure_does_not_matter() -> None:
    values, baseline = matched(np.random.default_rng(4), 20, 0.1)
    assert variance_reduction(1e6 * values, 1e6 * baseline).factor == pytest.approx(
        variance_reduction(values, baseline).factor
    )
