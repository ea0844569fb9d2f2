"""Selection with a guarantee: the procedure itself, on synthetic numbers."""

from __future__ import annotations

import numpy as np
import pytest

from territory.errors import ConfigError
from territory.lab.race import Survivors, keep_the_best


class Numbers:
    """A table of replications that remembers what it was asked for."""

    def __init__(self, table: np.ndarray) -> None:
        self.table, self.asked = table, []

    def __call__(self, alternatives: tuple[int, ...], replications: range) -> np.ndarray:
        self.asked.append((alternatives, replications))
        return self.table[replications.start : replications.stop][:, list(alternatives)].copy()


def slippage(rng: np.random.Generator, n: int, k: int, *, gap: float, shared: float) -> np.ndarray:
    """The best is ahead of all others by just `gap`: the hardest case the guarantee covers."""
    means = np.r_[gap, np.zeros(k - 1)]
    return means + shared * rng.standard_normal((n, 1)) + rng.standard_normal((n, k))


def race(table: np.ndarray, *, delta: float = 0.5, **settings: int) -> Survivors:
    most = settings.pop("most", len(table))
    return keep_the_best(Numbers(table), table.shape[1], indifference=lambda _: delta, most=most, **settings)


def by_the_book(table: np.ndarray, *, delta: float, first: int, alpha: float = 0.05) -> tuple[int, int]:
    """Kim and Nelson's procedure written down on means, step by step: the survivor and when the race was over."""
    k = table.shape[1]
    h2 = 2 * 0.5 * ((2 * alpha / (k - 1)) ** (-2 / (first - 1)) - 1) * (first - 1)
    left, r = list(range(k)), first
    while True:
        mean = table[:r].mean(axis=0)
        still = []
        for i in left:
            fine = True
            for j in left:
                if j != i:
                    s2 = np.var(table[:first, i] - table[:first, j], ddof=1)
                    w = max(0.0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
                    fine = fine and mean[i] >= mean[j] - w
            if fine:
                still.append(i)
        left = still
        if len(left) == 1:
            return left[0], r
        r += 1


@pytest.mark.parametrize("case", range(8))
def test_it_is_the_published_procedure(case: int) -> None:
    table = slippage(np.random.default_rng(case), 4000, 2 + case % 4, gap=0.5, shared=2.0)
    found = race(table)
    assert (found.survivors[0], found.replications) == by_the_book(table, delta=0.5, first=10)
    assert found.status == "selected"


@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_the_best_is_selected_as_often_as_promised(shared: float) -> None:
    rng = np.random.default_rng(11)
    right = sum(race(slippage(rng, 1200, 4, gap=1.0, shared=shared), delta=1.0).survivors == (0,) for _ in range(400))
    assert right / 400 >= 0.95


def test_common_random_numbers_end_the_race_sooner() -> None:
    def mean_length(*, is_matched: bool) -> float:
        rng = np.random.default_rng(2)
        lengths = []
        for _ in range(20):
            table = slippage(rng, 6000, 3, gap=0.5, shared=3.0)
            if not is_matched:
                table = np.stack([rng.permutation(column) for column in table.T], axis=1)
            lengths.append(race(table).replications)
        return float(np.mean(lengths))

    assert mean_length(is_matched=True) < 0.3 * mean_length(is_matched=False)


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_how_the_work_is_cut_does_not_change_the_answer(batch: int) -> None:
    table = slippage(np.random.default_rng(3), 3000, 5, gap=0.5, shared=2.0)
    assert race(table, batch=batch) == race(table, batch=5)


def test_who_dropped_out_is_not_asked_again() -> None:
    numbers = Numbers(np.array([2.0, 0.0, 1.9]) + np.random.default_rng(3).standard_normal((3000, 3)))
    found = keep_the_best(numbers, 3, indifference=lambda _: 0.3, most=3000)
    assert found.eliminations[0].position == 1
    dropped = found.eliminations[0].replications
    assert all(1 not in asked for asked, replications in numbers.asked if replications.start >= dropped)
    assert found.used[1] == dropped
    assert found.means[1] == pytest.approx(numbers.table[:dropped, 1].mean())


def test_every_alternative_survives_or_drops_out_once_outrun_by_another() -> None:
    found = race(slippage(np.random.default_rng(5), 3000, 6, gap=0.8, shared=1.0))
    gone = [out.position for out in found.eliminations]
    assert sorted([*gone, *found.survivors]) == list(range(6))
    assert all(out.position != out.outrun_by for out in found.eliminations)
    assert [out.replications for out in found.eliminations] == sorted(out.replications for out in found.eliminations)


def test_alternatives_that_are_the_same_end_with_the_first() -> None:
    column = np.random.default_rng(1).standard_normal((40, 1))
    found = race(np.hstack([column, column, column - 5]))
    assert found.status == "selected"
    assert found.survivors == (0,)


def test_it_is_undecided_when_the_replications_run_out() -> None:
    found = race(np.random.default_rng(1).standard_normal((12, 3)), delta=0.01)
    assert (found.status, found.replications) == ("undecided", 12)
    assert len(found.survivors) == 3
    means = [found.means[position] for position in found.survivors]
    assert means == sorted(means, reverse=True)


def test_a_zero_indifference_is_refused() -> None:
    with pytest.raises(ConfigError, match="positive"):
        race(np.random.default_rng(1).standard_normal((12, 3)), delta=0.0)


@pytest.mark.parametrize("settings", [{"first": 1}, {"most": 5}])
def test_a_race_without_a_start_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        race(np.zeros((20, 2)), **settings)
