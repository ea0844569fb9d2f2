"""Replications until a stated half-width: when it stops, and how often what it reports holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from territory.errors import ConfigError
from territory.lab.estimates import estimate
from territory.lab.stopping import StoppingRule, allowance, half_width_share, run_until

EXPERIMENTS = 2000


def coverage(*, cv: float, share: float, rule: StoppingRule | None = None, seed: int = 3) -> float:
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(EXPERIMENTS):
        found = run_until(iter(rng.normal(1.0, cv, 400)), share=share, rule=rule).estimate
        hits += found.low <= 1.0 <= found.high
    return hits / EXPERIMENTS


@pytest.mark.parametrize(("cv", "share"), [(0.10, 0.042), (0.019, 0.005)])
def test_the_reported_interval_covers_the_truth_as_often_as_it_says(cv: float, share: float) -> None:
    assert 0.94 <= coverage(cv=cv, share=share) <= 0.96


def test_stopping_at_the_first_success_alone_covers_less(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = coverage(cv=0.10, share=0.042)
    monkeypatch.setattr("territory.lab.stopping.STOPPING_ALLOWANCE", 0.0)
    naive = coverage(cv=0.10, share=0.042, rule=StoppingRule(step=1, look_ahead=0))
    assert naive < 0.942 < ours


def test_it_takes_no_more_numbers_than_it_needs() -> None:
    source = itertools.count(1)
    found = run_until((100.0 + 1e-6 * (number % 2) for number in source), share=0.01)
    assert found.is_reached
    assert found.estimate.replications == 15
    assert next(source) == 16
    assert [look.replications for look in found.looks] == [10, 15]


def test_a_success_that_does_not_last_through_the_look_ahead_does_not_stop() -> None:
    quiet, wild = [1.0, 1.001] * 5, [2.0, 0.1, 1.9, 0.2, 1.0]
    found = run_until([*quiet, *wild, *([1.0] * 15)], share=0.05)
    assert found.looks[0].half_width_share < 0.05 < found.looks[1].half_width_share
    assert not found.is_reached
    assert found.estimate.replications == 30


def test_when_the_allowed_replications_run_out_it_says_so_and_widens_nothing() -> None:
    numbers = np.random.default_rng(1).normal(1.0, 0.5, 100)
    found = run_until(numbers, share=1e-6, most=23)
    assert (found.is_reached, found.estimate.replications) == (False, 23)
    assert found.estimate == estimate(numbers[:23])


def test_the_half_width_at_the_end_is_the_asked_one_or_less_but_for_the_allowance() -> None:
    found = run_until(np.random.default_rng(2).normal(1.0, 0.1, 500), share=0.03)
    assert found.is_reached
    last = found.looks[-1]
    assert last.half_width_share <= 0.03
    factor = allowance(last.half_width_share / 0.03, last.replications)
    assert found.estimate.half_width == pytest.approx(factor * last.half_width_share * found.estimate.mean, rel=1e-12)
    assert 1.0 < factor < 1.07


def test_a_mean_of_zero_is_never_known_to_a_share_of_itself_unless_nothing_varies() -> None:
    assert half_width_share(0.1, 0.0) == np.inf
    assert half_width_share(0.0, 0.0) == 0.0
    assert run_until([0.0] * 15, share=0.01).is_reached


def test_numbers_are_taken_lazily() -> None:
    def endless() -> Iterator[float]:
        yield from itertools.cycle([1.0, 1.01])

    assert run_until(endless(), share=0.1).estimate.replications == 15


@pytest.mark.parametrize("settings", [{"first": 9}, {"step": 0}, {"look_ahead": -1}])
def test_rules_that_would_decide_on_too_little_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        StoppingRule(**settings)


def test_one_number_is_not_enough() -> None:
    with pytest.raises(ConfigError, match="at least 2"):
        run_until([1.0], share=0.1)


@pytest.mark.parametrize(("step", "look_ahead", "in_a_row"), [(5, 5, 2), (5, 0, 1), (1, 5, 6), (4, 5, 3), (5, 11, 4)])
def test_the_look_ahead_counts_replications(step: int, look_ahead: int, in_a_row: int) -> None:
    rule = StoppingRule(step=step, look_ahead=look_ahead)
    assert rule.in_a_row == in_a_row
    assert rule.is_enough([9.0] + [1.0] * in_a_row)
    assert not rule.is_enough([1.0] * (in_a_row - 1))
    assert not rule.is_enough([1.0] * in_a_row + [1.1])
