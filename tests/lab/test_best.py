"""Which policy is best: comparisons with the best, and the probability of being it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from territory.lab.best import POSSIBLE_WORLDS, best, comparisons_with_the_best, probability_of_being_best

MEANS = np.array([1.0, 1.2, 1.25, 0.4])


def matched(means: np.ndarray, n: int, rng: np.random.Generator, own: float = 0.3) -> np.ndarray:
    """Replications with a shared part; the arms' own parts differ in size, as under common random numbers."""
    k = len(means)
    return means + 2.0 * rng.standard_normal((n, 1)) + own * np.linspace(0.2, 2.0, k) * rng.standard_normal((n, k))


def test_all_intervals_hold_at_once_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    truth = np.array([MEANS[i] - np.delete(MEANS, i).max() for i in range(4)])
    hold = 0
    for _ in range(1000):
        low, high = comparisons_with_the_best(matched(MEANS, 10, rng))
        hold += bool(((low <= truth) & (truth <= high)).all())
    assert hold >= 945


def test_the_true_best_is_hardly_ever_ruled_out() -> None:
    rng = np.random.default_rng(5)
    kept = sum(comparisons_with_the_best(matched(np.zeros(5), 10, rng))[1][0] > 0 for _ in range(1000))
    assert kept >= 945


def test_a_clear_winner_is_named_and_the_others_are_ruled_out() -> None:
    found = best("abcd", matched(np.array([0.0, 9.0, 1.0, 2.0]), 12, np.random.default_rng(1)), direction="up", seed=1)
    assert found is not None
    assert found.policy == "b"
    assert [entry.may_be_best for entry in found.entries] == [False, True, False, False]
    assert [entry.high for entry in found.entries if entry.policy != "b"] == [0.0, 0.0, 0.0]
    assert found.entries[1].low == 0.0
    assert found.entries[1].probability == 1.0
    assert found.said.en == "b is best"


def test_no_winner_while_another_may_be_best() -> None:
    found = best("ab", matched(np.zeros(2), 12, np.random.default_rng(1)), direction="up", seed=1)
    assert found is not None
    assert found.policy is None
    assert all(entry.low < 0 < entry.high for entry in found.entries)
    assert found.said.en == "any of these may be best: a, b"
    assert found.said.zh


def test_few_replications_name_no_winner() -> None:
    found = best("ab", np.array([[0.0, 9.0], [0.1, 9.0], [0.0, 9.2]]), direction="up", seed=1)
    assert found is not None
    assert found.policy is None
    assert found.said.en.startswith("no verdict: 3 replications")


def test_of_two_policies_the_probability_is_that_of_the_paired_t_test() -> None:
    values = matched(np.array([0.0, 0.15]), 10, np.random.default_rng(7))
    one_sided = stats.ttest_rel(values[:, 1], values[:, 0], alternative="greater").pvalue
    found = probability_of_being_best(values, seed=3)
    assert found.sum() == pytest.approx(1.0)
    assert found[1] == pytest.approx(1 - one_sided, abs=3 / np.sqrt(4 * POSSIBLE_WORLDS))


def test_policies_that_are_the_same_share_the_probability_and_stay_possible() -> None:
    values = matched(np.array([0.0, 3.0]), 10, np.random.default_rng(7))
    found = best("abc", values[:, [0, 1, 1]], direction="up", seed=3)
    assert found is not None
    assert [entry.probability for entry in found.entries] == [0.0, 0.5, 0.5]
    assert [entry.may_be_best for entry in found.entries] == [False, True, True]
    assert (found.entries[1].low, found.entries[1].high) == (0.0, 0.0)


def test_the_order_of_policies_does_not_matter() -> None:
    values = matched(MEANS, 10, np.random.default_rng(9))
    order = [2, 0, 3, 1]
    assert np.array_equal(
        probability_of_being_best(values, seed=1)[order], probability_of_being_best(values[:, order], seed=1)
    )
    for straight, turned in zip(
        comparisons_with_the_best(values), comparisons_with_the_best(values[:, order]), strict=True
    ):
        assert straight[order] == pytest.approx(turned)


def test_where_less_is_better_the_smallest_wins() -> None:
    values = matched(np.array([0.0, 3.0]), 10, np.random.default_rng(7))
    up = best("ab", values, direction="up", seed=1)
    down = best("ab", -values, direction="down", seed=1)
    assert up is not None
    assert up == down


def test_nothing_is_ranked_without_a_better_direction_or_a_second_policy() -> None:
    values = matched(np.zeros(2), 10, np.random.default_rng(7))
    assert best("ab", values, direction="none", seed=1) is None
    assert best("a", values[:, :1], direction="up", seed=1) is None
    assert best("ab", values[:1], direction="up", seed=1) is None
