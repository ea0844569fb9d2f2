"""Bounds by prices: never above the best plan, better from round to round, exact where the answer is plain."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from territory.domain.assignment import Assignment
from territory.effort import CancelToken, Effort
from territory.split import SplitProblem, check
from territory.split._centre_kernels import knapsack, screen
from territory.split._centre_problem import CentreProblem
from territory.split._gathering import connected_cores, gathered, inertia_of
from territory.split._instance import Instance, instance_of
from territory.split._lagrangian import compactness_bound, compactness_points
from territory.split._linear_bound import linear_points
from territory.units import FloatArray, IntArray
from tests.towns import grid_of_shops

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
ROUNDS = Effort(iterations=300)


def points_problem(seed: int, n: int, parts: int, tolerance: float) -> CentreProblem:
    """Random points with random weights; the load is another random amount."""
    rng = np.random.default_rng(seed)
    amount = rng.uniform(0.5, 2.0, n)
    mean = float(amount.sum()) / parts
    return CentreProblem.of_points(
        rng.uniform(-5, 5, (n, 2)) + 40.0,
        rng.uniform(0.2, 3.0, n),
        amount=amount,
        lower=mean * (1 - tolerance),
        upper=mean * (1 + tolerance),
        parts=parts,
    )


def cheapest_plan(model: CentreProblem) -> float:
    """Least inertia about the best own points over all labellings inside the band; infinite when there is none."""
    n, weight = len(model.amount), model.moments[:, 0]
    square = ((model.centre[:, None] - model.centre[None]) ** 2).sum(axis=2) * weight[:, None]
    best = np.inf
    for label in itertools.product(range(model.parts), repeat=n):
        own = np.array(label)
        load = np.bincount(own, weights=model.amount, minlength=model.parts)
        if (load < model.lower).any() or (load > model.upper).any() or len(set(label)) < model.parts:
            continue
        cost = sum(square[np.ix_(own == t, own == t)].sum(axis=0).min() for t in range(model.parts))
        best = min(best, float(cost))
    return best


@settings(max_examples=60, deadline=None, phases=NO_SHRINK)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(3, 7),
    parts=st.integers(2, 3),
    tolerance=st.sampled_from([0.1, 0.4, 0.9]),
)
def test_the_bound_is_never_above_the_cheapest_plan(seed: int, n: int, parts: int, tolerance: float) -> None:
    model = points_problem(seed, n, parts, tolerance)
    best = cheapest_plan(model)
    assert compactness_bound(model, effort=ROUNDS).value <= best * (1 + 1e-9)
    if np.isfinite(best):
        assert compactness_bound(model, effort=ROUNDS, known=best).value <= best
        assert compactness_bound(model, effort=ROUNDS, known=2 * best).value <= best * (1 + 1e-9)


@settings(max_examples=12, deadline=None, phases=NO_SHRINK)
@given(seed=st.integers(0, 10_000), size=st.sampled_from([(2, 2), (1, 5)]), parts=st.integers(2, 3))
def test_the_bound_of_a_split_is_never_above_the_checkers_compactness(
    seed: int, size: tuple[int, int], parts: int
) -> None:
    problem = replace(
        SplitProblem.of(grid_of_shops(*size, parts, seed=seed, workload_tolerance=0.4)), price_compactness=0.7
    )
    bound = compactness_points(instance_of(problem), effort=ROUNDS)
    loosest = np.inf
    for label in itertools.product(range(parts), repeat=problem.num_units):
        report = check(problem, Assignment(rep_of_outlet=np.array(label)[problem.unit_of_outlet]))
        if report.is_clean:
            loosest = min(loosest, next(term.points for term in report.terms if term.name == "compactness"))
    assert bound.value <= loosest * (1 + 1e-9)
    assert bound.value > 0 or loosest == np.inf


def test_one_part_is_exact() -> None:
    model = replace(points_problem(3, 8, 1, 0.5), parts=1)
    assert compactness_bound(model, effort=Effort(iterations=3000)).value == pytest.approx(
        cheapest_plan(model), rel=1e-3
    )


def test_far_towns_are_exact_and_their_centres_are_the_hint() -> None:
    rng = np.random.default_rng(5)
    xy = np.concatenate([rng.uniform(0, 1, (4, 2)), rng.uniform(0, 1, (4, 2)) + 100.0])
    model = CentreProblem.of_points(xy, np.ones(8), amount=np.ones(8), lower=4.0, upper=4.0, parts=2)
    found = compactness_bound(model, effort=Effort(iterations=3000))
    assert found.value == pytest.approx(cheapest_plan(model), rel=1e-2)
    assert (found.centres[-1] // 4).tolist() == [0, 1]


def test_a_town_too_many_for_one_part_and_too_few_for_two_is_seen_by_splitting_on_centres() -> None:
    rng = np.random.default_rng(5)
    xy = np.concatenate([rng.uniform(0, 1, (5, 2)), rng.uniform(0, 1, (3, 2)) + 100.0])
    model = CentreProblem.of_points(xy, np.ones(8), amount=np.ones(8), lower=4.0, upper=4.0, parts=2)
    best = cheapest_plan(model)  # one unit travels from town to town: about 20,000
    found = compactness_bound(model, effort=Effort(iterations=4000))
    assert found.leaves > 1
    assert 0.9 * best < found.value <= best * (1 + 1e-9)


def test_gathering_keeps_the_band_and_finds_the_two_towns() -> None:
    rng = np.random.default_rng(5)
    xy = np.concatenate([rng.uniform(0, 1, (30, 2)), rng.uniform(0, 1, (30, 2)) + 100.0])
    model = CentreProblem.of_points(xy, np.ones(60), amount=np.ones(60), lower=29.0, upper=31.0, parts=2)
    hints = compactness_bound(model, effort=ROUNDS).centres
    label = gathered(model, [*hints, np.array([0, 1])])
    assert label is not None
    assert len(set(label[:30].tolist())) == len(set(label[30:].tolist())) == 1
    assert label[0] != label[30]
    assert inertia_of(model, label) == pytest.approx(
        sum(((part - part.mean(axis=0)) ** 2).sum() for part in (xy[:30], xy[30:]))
    )
    assert gathered(replace(model, lower=100.0, upper=200.0), hints) is None


def test_strays_of_a_part_are_let_go() -> None:
    line = sp.csr_matrix(np.eye(6, k=1) + np.eye(6, k=-1))
    label = np.array([0, 0, 1, 0, 1, 1])
    assert connected_cores(label, line, np.ones(6)).tolist() == [0, 0, -1, -1, 1, 1]


def test_a_known_optimum_is_proved_and_never_passed() -> None:
    model = points_problem(11, 7, 2, 0.4)
    best = cheapest_plan(model)
    found = compactness_bound(model, effort=Effort(iterations=5000), known=best)
    assert found.value <= best
    assert found.is_proved == (found.value == best)


def test_every_report_is_better_than_the_one_before() -> None:
    told: list[float] = []
    found = compactness_bound(points_problem(2, 60, 4, 0.05), effort=ROUNDS, on_bound=told.append)
    assert len(told) > 5
    assert all(later > earlier for earlier, later in itertools.pairwise(told))
    assert told[-1] == found.value


def test_a_later_ascent_goes_on_from_the_prices_of_an_earlier_one() -> None:
    model = points_problem(2, 60, 4, 0.05)
    first = compactness_bound(model, effort=ROUNDS)
    again = compactness_bound(model, effort=Effort(iterations=1), price=first.price)
    assert again.value == pytest.approx(first.value, rel=1e-9)


def test_the_answer_does_not_depend_on_the_number_of_threads() -> None:
    model = points_problem(4, 80, 5, 0.05)
    one, two = (compactness_bound(model, effort=ROUNDS, threads=threads) for threads in (1, 2))
    assert (one.value, one.rounds) == (two.value, two.rounds)
    assert [hint.tolist() for hint in one.centres] == [hint.tolist() for hint in two.centres]


def test_a_cancelled_or_empty_ascent_still_holds() -> None:
    stop = CancelToken()
    stop.cancel()
    model = points_problem(4, 30, 3, 0.05)
    assert compactness_bound(model, effort=ROUNDS, cancel=stop).value == 0.0
    assert compactness_bound(model, effort=Effort(iterations=0)).value == 0.0


def test_a_band_that_all_units_together_cannot_reach_has_no_plan() -> None:
    model = replace(points_problem(4, 6, 2, 0.1), lower=1e6, upper=2e6)
    assert compactness_bound(model, effort=ROUNDS).value == np.inf


def test_compactness_without_a_price_costs_nothing() -> None:
    instance = instance_of(SplitProblem.of(grid_of_shops(3, 3, 2)))
    assert compactness_points(instance, effort=ROUNDS).value == 0.0


@settings(max_examples=80, deadline=None, phases=NO_SHRINK)
@given(seed=st.integers(0, 100_000), n=st.integers(1, 9), low=st.floats(0.0, 0.9), width=st.floats(0.0, 0.5))
def test_a_knapsack_equals_the_linear_program_and_the_screen_never_exceeds_it(
    seed: int, n: int, low: float, width: float
) -> None:
    rng = np.random.default_rng(seed)
    amount = np.where(rng.random(n) < 0.2, 0.0, rng.integers(1, 5, n).astype(np.float64))
    weight, rest = np.zeros(n), rng.integers(-5, 5, n).astype(np.float64)
    lower, upper = low * float(amount.sum()), (low + width) * float(amount.sum())
    buffers = (np.empty(n), np.empty(n), np.empty(n, dtype=np.int64))
    taken = np.empty(n)
    value, price = knapsack(weight, weight, weight, rest, amount, 0.0, 0.0, lower, upper, *buffers, taken)
    exact = linprog(rest, A_ub=np.stack([amount, -amount]), b_ub=[upper, -lower], bounds=(0, 1))
    assert value == pytest.approx(exact.fun, abs=1e-7)
    assert rest @ taken == pytest.approx(value, abs=1e-7)
    screened = np.zeros(1)
    for slope in (price, 0.0, price + 1.0, price - 1.0):
        at = np.array([slope])
        screen(weight, weight, weight, rest, amount, np.zeros((1, 2)), at, lower, upper, 0, 1, screened)
        assert screened[0] <= value + 1e-7
        if slope == price:
            assert screened[0] == pytest.approx(value, abs=1e-7)


def cheapest_labelling(instance: Instance) -> float:
    """Least linear points over all labellings inside bands and cap, contiguity left out."""
    n, k = instance.num_units, instance.num_territories
    rows, best = np.arange(n), np.inf
    allowed, cost = instance.may_serve(slice(None)), instance.costs(slice(None))
    for label in itertools.product(range(k), repeat=n):
        own: IntArray = np.array(label)
        load: FloatArray = np.stack([np.bincount(own, weights=column, minlength=k) for column in instance.amount.T], 1)
        inside = bool(((load >= instance.lower) & (load <= instance.upper)).all()) and bool(allowed[rows, own].all())
        if len(instance.moved):
            inside = inside and float(instance.moved[rows, own].sum()) <= instance.moved_cap
        if inside:
            best = min(best, float(cost[rows, own].sum()))
    return best


@settings(max_examples=40, deadline=None, phases=NO_SHRINK)
@given(seed=st.integers(0, 10_000), cap=st.sampled_from([0.2, 1.0]), parts=st.integers(2, 3))
def test_linear_points_lie_between_the_cheapest_territories_and_the_best_labelling(
    seed: int, cap: float, parts: int
) -> None:
    scenario = grid_of_shops(
        2, 3, parts, seed=seed, workload_tolerance=0.35, price_travel=0.5, price_moved=0.2, max_moved_share=cap
    )
    instance = instance_of(SplitProblem.of(scenario))
    bound = linear_points(instance, effort=Effort(iterations=200))
    cheapest = float(instance.costs(slice(None)).min(axis=1).sum())
    assert cheapest * (1 - 1e-8) <= bound <= cheapest_labelling(instance) * (1 + 1e-9)


def test_linear_points_rise_when_all_units_want_the_same_territory() -> None:
    scenario = grid_of_shops(2, 4, 2, workload_tolerance=0.01, price_travel=1.0)
    instance = instance_of(SplitProblem.of(scenario))
    crowded = np.column_stack([np.zeros(8), np.ones(8)])
    known = replace(instance, linear=crowded)
    assert linear_points(known, effort=Effort(iterations=400)) == pytest.approx(4.0, rel=0.02)
