"""Territories of several splits mixed: never worse than the best, equals trying every mix, keeps every rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp

from territory.split import SplitProblem
from territory.split._annealing import Budget, Found, Heat, annealed, breach_of, cost_of, measured
from territory.split._columns import is_interchangeable, pool_of, recombined
from territory.split._instance import Instance, instance_of
from territory.split._starts import grown
from tests.towns import grid_of_shops

TIME = 10.0


def grid(seed: int, side: int = 6, k: int = 4, **rules: object) -> Instance:
    prices = {"price_moved": 0.0, "price_travel": 0.0} | rules
    return instance_of(SplitProblem.of(grid_of_shops(side, side, k, seed=seed, **prices)))


def quarters(instance: Instance, side: int) -> np.ndarray:
    r, c = np.divmod(np.arange(instance.num_units), side)
    return (2 * (r >= side // 2) + (c >= side // 2)).astype(np.int64)


def some_splits(instance: Instance, seed: int, num: int) -> list[np.ndarray]:
    """Short hot runs from the same start."""
    rng = np.random.default_rng(seed)
    start = grown(instance)
    return [annealed(instance, start, Heat(hot=2.0), Budget(steps=2_000), rng).label for _ in range(num)]


def halves_swapped(instance: Instance, label: np.ndarray, seed: int, num: int) -> list[np.ndarray]:
    """Labellings that divide the two upper or the two lower quarters of a map in other ways, and so can be mixed."""
    rng = np.random.default_rng(seed)
    side = round(np.sqrt(instance.num_units))
    r, c = np.divmod(np.arange(instance.num_units), side)
    found = [label]
    for _ in range(num):
        # a dent of up to one column in each row of one half
        upper = bool(rng.integers(2))
        edge = side // 2 + rng.integers(-1, 2, side)
        half = (r < side // 2) == upper
        base = found[int(rng.integers(len(found)))]
        found.append(np.where(half, 2 * (r >= side // 2) + (c >= edge[r]), base).astype(np.int64))
    return found


def best_of(instance: Instance, labels: list[np.ndarray]) -> Found:
    best = measured(instance, labels[0])
    for label in labels[1:]:
        found = measured(instance, label)
        best = found if found.is_better_than(best) else best
    return best


def cheapest_by_trying(instance: Instance, labels: list[np.ndarray]) -> float:
    """Points of the cheapest mix of territories that keeps all rules, by trying every choice; no pool, no program."""
    k = instance.num_territories
    sets = sorted({(t, tuple(np.flatnonzero(label == t).tolist())) for label in labels for t in range(k)})
    least = np.inf
    whose = [[units for s, units in sets if s == t or is_interchangeable(instance)] for t in range(k)]
    for mix in product(*whose):
        if sum(map(len, mix)) != instance.num_units or len(set().union(*mix)) != instance.num_units:
            continue
        label = np.zeros(instance.num_units, dtype=np.int64)
        for t, units in enumerate(mix):
            label[list(units)] = t
        if breach_of(instance, label) == 0:
            least = min(least, cost_of(instance, label))
    return least


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rules", ["free", "priced", "capped", "compact"])
def test_equals_trying_every_mix(rules: str, seed: int) -> None:
    columns: dict[str, dict[str, object]] = {
        "free": {"workload_tolerance": 0.12},
        "priced": {"price_travel": 0.2, "price_moved": 0.2},
        "capped": {"max_moved_share": 0.62},
        "compact": {"price_compactness": 0.3, "workload_tolerance": 0.2},
    }
    instance = grid(seed, **columns[rules])
    labels = halves_swapped(instance, quarters(instance, 6), seed, 5)
    assert is_interchangeable(instance) == (rules in ("free", "compact"))
    least, before = cheapest_by_trying(instance, labels), best_of(instance, labels)
    found = recombined(instance, labels, deterministic_time=TIME, seed=1)
    if least >= before.cost - 1e-9:
        assert found is None
        return
    assert found is not None
    assert found.cost == pytest.approx(least, abs=1e-6)
    assert found.cost == pytest.approx(cost_of(instance, found.label), abs=1e-12)
    assert breach_of(instance, found.label) == 0


@pytest.mark.parametrize("seed", range(6))
def test_rules_of_one_territory_are_kept(seed: int) -> None:
    """Permissions and units apart that some of the labellings break."""
    rng = np.random.default_rng(seed)
    plain = grid(seed)
    labels = halves_swapped(plain, quarters(plain, 6), seed, 5)
    allowed = np.ones((plain.num_units, 4), dtype=np.bool_)
    unit = int(rng.choice(np.flatnonzero(labels[0] != labels[-1])))
    allowed[unit, labels[int(rng.integers(6))][unit]] = False
    u, v = 14, 14 + int(rng.choice([1, 6]))
    apart = sp.csr_matrix((np.ones(2), ([u, v], [v, u])), shape=(plain.num_units, plain.num_units))
    instance = replace(plain, allowed=allowed, apart=apart)
    least, before = cheapest_by_trying(instance, labels), best_of(instance, labels)
    found = recombined(instance, labels, deterministic_time=TIME, seed=1)
    assert (found is None) == (not least < before.cost - 1e-9)
    if found is not None:
        assert breach_of(instance, found.label) == 0
        assert found.cost == pytest.approx(least, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_never_worse_than_the_best_of_annealed_splits(seed: int) -> None:
    instance = grid(seed, side=8, k=5)
    labels = some_splits(instance, seed, 12)
    found = recombined(instance, labels, deterministic_time=TIME, seed=1)
    before = best_of(instance, labels)
    assert found is None or (found.breach == 0 and found.cost < before.cost)


@pytest.mark.parametrize("price_travel", [0.0, 0.2])
def test_finds_the_good_halves_of_two_splits(price_travel: float) -> None:
    """One split is good in the north, the other in the south; where names mean nothing, they are mixed up, too."""
    instance = grid(3, side=8, price_travel=price_travel)
    good = quarters(instance, 8)
    r, c = np.divmod(np.arange(64), 8)
    bad = (2 * (r >= 4) + (c >= np.where(r % 2 == 0, 3, 5))).astype(np.int64)
    north, south = np.where(r < 4, good, bad), np.where(r < 4, bad, good)
    if is_interchangeable(instance):
        south = np.array([2, 3, 0, 1])[south]
    found = recombined(instance, [north, south], deterministic_time=TIME, seed=1)
    assert found is not None
    assert found.cost == pytest.approx(cost_of(instance, good), abs=1e-9)
    assert found.cost < best_of(instance, [north, south]).cost
    assert len(np.unique(np.column_stack([found.label, good]), axis=0)) == 4


def test_labellings_that_break_rules_lend_the_territories_that_keep_them() -> None:
    """The south-eastern corner is cut off in one split, the north-western one in the other; their mix is whole."""
    instance = grid(3, side=8)
    good = quarters(instance, 8)
    corner = np.arange(64)
    south_broken, north_broken = np.where(corner == 63, 2, good), np.where(corner == 0, 1, good)
    assert breach_of(instance, south_broken) > 0
    assert breach_of(instance, north_broken) > 0
    found = recombined(instance, [south_broken, north_broken], deterministic_time=TIME, seed=1)
    assert found is not None
    assert found.breach == 0
    assert (found.label == good).all()
    assert recombined(instance, [south_broken], deterministic_time=TIME, seed=1) is None


def test_the_same_split_twice_and_nothing_from_nothing() -> None:
    instance = grid(5)
    labels = halves_swapped(instance, quarters(instance, 6), 5, 5)
    first, second = (recombined(instance, labels, deterministic_time=TIME, seed=2) for _ in range(2))
    assert (first is None) == (second is None)
    assert first is None or second is None or (first.label == second.label).all()
    assert recombined(instance, [], deterministic_time=TIME, seed=1) is None
    assert recombined(instance, labels[:1], deterministic_time=TIME, seed=1) is None


def test_a_territory_is_in_the_pool_once() -> None:
    instance = grid(1)
    label = quarters(instance, 6)
    pool = pool_of(instance, [label, np.array([1, 0, 3, 2])[label]])
    assert len(pool.cost) == 4
    assert pool.cost.sum() == pytest.approx(cost_of(instance, label), abs=1e-9)
    named = grid(1, price_travel=0.2)
    assert len(pool_of(named, [label, np.array([1, 0, 3, 2])[label]]).cost) == 8


def test_territories_outside_the_band_or_in_pieces_are_not_in_the_pool() -> None:
    instance = grid(1, workload_tolerance=0.12)
    label = quarters(instance, 6)
    two_too_many = label.copy()
    two_too_many[[3, 9]] = 0  # the north-west takes two units from the north-east
    in_pieces = np.where(np.arange(36) == 35, 2, label)  # within the band, but the corner lies apart
    for other, kept in ((two_too_many, [2, 3]), (in_pieces, [0, 1])):
        pool = pool_of(instance, [other])
        assert all((held == (label == t)).all() for held, t in zip(pool.holds[:2], kept, strict=True))
    assert len(pool_of(instance, [two_too_many]).cost) == 2
    assert len(pool_of(instance, [in_pieces]).cost) == 3
