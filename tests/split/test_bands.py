"""The border of two territories divided anew: equals brute force over the free units, keeps every rule, repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from territory.split import SplitProblem
from territory.split._annealing import Found, breach_of, cost_of, measured
from territory.split._bands import Division, _free_units, _kept, division_of_band, resplit_band
from territory.split._instance import instance_of
from territory.split._part import Part, part_of
from territory.split._starts import grown
from tests.towns import grid_of_shops

ROWS, COLUMNS = 3, 8


def two_territories(seed: int, *, rows: int = ROWS, columns: int = COLUMNS, tolerance: float = 0.3) -> Part:
    """A grid cut from north to south, with a dent, with prices on units and uneven load."""
    rng = np.random.default_rng(seed)
    instance = instance_of(SplitProblem.of(grid_of_shops(rows, columns, 2, seed=seed, price_travel=0.3)))
    amount = rng.uniform(0.5, 1.5, (instance.num_units, 1)) * instance.amount.mean()
    target = np.full((2, 1), amount.sum() / 2)
    instance = replace(
        instance, amount=amount, target=target, lower=target * (1 - tolerance), upper=target * (1 + tolerance)
    )
    r, c = np.divmod(np.arange(rows * columns), columns)
    label = (c >= columns // 2 + (r == rng.integers(rows)) * rng.integers(-1, 2)).astype(np.int64)
    return part_of(instance, label, np.array([0, 1]))


def with_side_rules(part: Part, seed: int) -> Part:
    """A cap on moved sales, units that only one side may serve, two units apart, one that need not touch anything."""
    rng = np.random.default_rng([seed, 1])
    n, label = part.instance.num_units, part.label
    moved = np.zeros((n, 2))
    moved[np.arange(n), 1 - label] = rng.uniform(0.0, 2.0 / n, n)
    allowed = np.ones((n, 2), dtype=np.bool_)
    pinned = rng.choice(n, 2, replace=False)
    allowed[pinned, 1 - label[pinned]] = False
    # beside the border, where flow would join them
    column = np.arange(n) % COLUMNS
    u, v = (int(rng.choice(np.flatnonzero((label == side) & (abs(column - 3.5) < 2)))) for side in (0, 1))
    apart = sp.csr_matrix((np.ones(2), ([u, v], [v, u])), shape=(n, n))
    exempt = np.zeros(n, dtype=np.bool_)
    exempt[rng.choice(n)] = True
    keeps = sp.diags((~exempt).astype(np.float64))
    graph = sp.csr_matrix(keeps @ part.instance.graph @ keeps)
    graph.eliminate_zeros()
    rules = {"moved": moved, "moved_cap": 0.06, "allowed": allowed, "apart": apart, "exempt": exempt}
    return replace(part, instance=replace(part.instance, graph=graph, **rules))


def free_units(part: Part, hops: int = 2, most_free: int = 150) -> np.ndarray:
    free = _free_units(part.instance, part.label, hops, most_free, 2_000)
    for side in (0, 1):
        root = _kept(part.instance, part.label, free, side)
        assert root is not None
        free[root] = False
    return np.flatnonzero(free)


def cheapest_by_trying(part: Part, free: np.ndarray) -> Found | None:
    """The cheapest labelling over all sides of the free units that keeps the rules."""
    instance = part.instance
    side = np.arange(2 ** len(free))[:, None] >> np.arange(len(free)) & 1
    labels = np.tile(part.label, (len(side), 1))
    labels[:, free] = side
    flow = sp.triu(instance.flow).tocoo()
    cost = np.zeros(len(labels))
    for u, v, points in zip(flow.row, flow.col, flow.data, strict=True):
        cost += points * (labels[:, u] != labels[:, v])
    for u in range(instance.num_units if len(instance.linear) else 0):
        cost += instance.linear[u, labels[:, u]]
    load = labels @ instance.amount
    total = instance.amount.sum(axis=0)
    fits = ((load <= instance.upper[1]) & (load >= instance.lower[1])).all(axis=1)
    fits &= ((total - load <= instance.upper[0]) & (total - load >= instance.lower[0])).all(axis=1)
    cost[~fits] = np.inf
    order = np.argsort(cost, kind="stable")
    for at in (
        at for chunk in np.split(order, range(1000, len(order), 1000)) for at in in_one_piece(part, labels, chunk)
    ):
        if not np.isfinite(cost[at]):
            return None
        if breach_of(instance, labels[at]) == 0:
            assert cost[at] == pytest.approx(cost_of(instance, labels[at]), abs=1e-9)
            return measured(instance, labels[at])
    return None


def in_one_piece(part: Part, labels: np.ndarray, chosen: np.ndarray) -> list[int]:
    """Those of the chosen labellings in which each side's regular units hang together."""
    graph, regular = part.instance.graph.toarray(), ~part.instance.exempt
    connected = np.ones(len(chosen), dtype=np.bool_)
    for side in (0, 1):
        member = (labels[chosen] == side) & regular
        reached = np.zeros_like(member)
        reached[np.arange(len(chosen)), member.argmax(axis=1)] = True
        for _ in range(len(regular)):
            reached |= (reached @ graph > 0) & member
        connected &= (reached == member).all(axis=1)
    return chosen[connected].tolist()


def assert_equals_brute_force(part: Part, division: Division, free: np.ndarray) -> None:
    best, before = cheapest_by_trying(part, free), measured(part.instance, part.label)
    assert division.is_proved
    if best is None or best.cost >= before.cost - 1e-9:
        assert division.found is None
        return
    assert division.found is not None
    assert division.found.cost == pytest.approx(best.cost, abs=1e-6)
    assert breach_of(part.instance, division.found.label) == 0
    changed = np.flatnonzero(division.found.label != part.label)
    assert np.isin(changed, free).all()


@pytest.mark.parametrize("seed", range(8))
def test_equals_brute_force_over_the_free_units(seed: int) -> None:
    part = two_territories(seed, tolerance=0.1 + 0.05 * (seed % 3))
    free = free_units(part)
    assert 12 <= len(free) <= 16
    assert_equals_brute_force(part, division_of_band(part), free)


@pytest.mark.parametrize("seed", range(16))
def test_equals_brute_force_with_caps_permissions_units_apart_and_exempt_ones(seed: int) -> None:
    part = with_side_rules(two_territories(seed, tolerance=0.6), seed)
    assert_equals_brute_force(part, division_of_band(part), free_units(part))


@pytest.mark.parametrize("seed", range(6))
def test_free_units_that_the_best_division_joins_are_kept_apart(seed: int) -> None:
    part = two_territories(seed, tolerance=0.5)
    free = free_units(part)
    best = division_of_band(part).found
    assert best is not None
    joined = [(u, v) for u in free for v in free if best.label[u] == best.label[v] and part.label[u] < part.label[v]]
    ends = np.array(joined)
    apart = sp.csr_matrix((np.ones(2 * len(ends)), (ends.ravel(), ends[:, ::-1].ravel())), shape=(24, 24))
    parted = replace(part, instance=replace(part.instance, apart=apart))
    division = division_of_band(parted)
    assert_equals_brute_force(parted, division, free)
    assert division.found is None or division.found.cost > best.cost + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_a_division_in_pieces_is_mended_and_separators_do_it(seed: int) -> None:
    """Flow pulls every other unit to the far side, so that the program without separators falls into pieces."""
    part = two_territories(seed, tolerance=0.5)
    n = part.instance.num_units
    checkered = (np.arange(n) // COLUMNS + np.arange(n) % COLUMNS) % 2
    linear = np.zeros((n, 2))
    linear[np.arange(n), 1 - checkered] = 5.0
    part = replace(part, instance=replace(part.instance, linear=linear, flow=sp.csr_matrix((n, n))))
    free = free_units(part)
    assert_equals_brute_force(part, division_of_band(part), free)
    jagged = part.label.copy()
    jagged[free[part.label[free] == 0][-1]] = 1
    jagged[free[part.label[free] == 1][0]] = 0
    broken = replace(part, label=jagged)
    assert_equals_brute_force(broken, division_of_band(broken), free_units(broken))


def test_fewer_hops_when_too_many_units_would_be_free() -> None:
    part = two_territories(1, rows=6, columns=12)
    two, one = (_free_units(part.instance, part.label, 2, most, 2_000) for most in (150, 20))
    assert one.any()
    assert one.sum() < two.sum()
    assert (two[one]).all()
    few_pairs = _free_units(part.instance, part.label, 2, 150, int(one.sum()) ** 2 // 2)
    assert (few_pairs == one).all()
    assert not _free_units(part.instance, part.label, 2, 3, 2_000).any()
    assert division_of_band(part, most_free=3).found is None
    assert not division_of_band(part, most_free=3).is_proved


def test_twice_the_same_and_silent(capfd: pytest.CaptureFixture[str]) -> None:
    part = two_territories(3, rows=8, columns=10)
    first, second = (resplit_band(part, node_limit=20, seconds=100.0) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.label == second.label).all()
    assert first.is_better_than(measured(part.instance, part.label))
    assert capfd.readouterr() == ("", "")


def test_compactness_is_not_linear_and_left_alone() -> None:
    part = two_territories(3)
    priced = replace(part, instance=replace(part.instance, moments=np.ones((part.instance.num_units, 4))))
    assert division_of_band(priced).found is None


def test_only_two_territories_with_every_unit_served_have_a_band() -> None:
    part = two_territories(3)
    with pytest.raises(ValueError, match="two territories"):
        resplit_band(replace(part, label=np.where(np.arange(len(part.label)) == 0, -1, part.label)))
    three = instance_of(SplitProblem.of(grid_of_shops(6, 6, 3)))
    with pytest.raises(ValueError, match="two territories"):
        resplit_band(part_of(three, grown(three), np.array([0, 1, 2])))
