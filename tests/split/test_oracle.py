"""Problems small enough to enumerate: exact equals brute force, search is never better, bounds never exceed it.

One thousand of them, with every side rule: locks, groups, labels apart, seed points, teams and skills, tolerances of
workload, potential and number, caps, prices, affinities, compactness, barriers, given neighbours, pooled teams.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.effort import Effort, Meter
from territory.progress import SILENT
from territory.split import SplitProblem, check, redraw
from territory.split._evidence import permissions_by_rule
from territory.split._exact import core_reason, solve_exactly
from territory.split._instance import instance_of
from territory.split._lower import lower_bound
from territory.split._search import search
from territory.split.conflicts import proof_of_infeasibility
from territory.split.solve import to_assignment
from territory.standing import Status
from tests.split.oracle import Everything, every_split
from tests.split.random_problems import random_problem
from tests.towns import grid_of_shops

CHUNK = 50
CHUNKS = range(20)  # 1,000 problems


def numbered(chunk: int) -> range:
    return range(CHUNK * chunk, CHUNK * (chunk + 1))


@pytest.mark.parametrize("chunk", CHUNKS)
def test_the_checker_agrees_with_brute_force_on_any_labelling(chunk: int) -> None:
    """On some labellings at random, and on some that brute force holds for valid."""
    for number in numbered(chunk):
        problem = random_problem(number)
        everything = every_split(problem)
        rng = np.random.default_rng(number)
        valid = np.flatnonzero(everything.is_valid)
        positions = [*rng.integers(0, len(everything.points), 4), *rng.permutation(valid)[:3]]
        for position in map(int, positions):
            report = check(problem, to_assignment(problem, everything.label(position)))
            assert report.is_clean == everything.is_valid[position], (number, position, report.violations)
            assert report.objective == pytest.approx(everything.points[position], abs=1e-7), (number, position)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_the_exact_split_equals_brute_force_with_all_side_rules(chunk: int) -> None:
    for number in numbered(chunk):
        problem = random_problem(number)
        everything = every_split(problem)
        instance = instance_of(problem)
        proof = proof_of_infeasibility(problem)
        exact = solve_exactly(instance, deterministic_time=10.0, seed=1, permissions=permissions_by_rule(problem))
        assert exact.is_proved, number
        if everything.is_valid.any():
            assert proof is None, (number, proof)
            assert exact.label is not None, (number, exact.core)
            assert abs(exact.cost - everything.best) <= 1e-4, number
            assert exact.bound <= everything.best + 1e-6, number
            assert lower_bound(instance) <= everything.best + 1e-6, number
            report = check(problem, to_assignment(problem, exact.label))
            assert report.is_clean, (number, report.violations)
            assert report.objective == pytest.approx(exact.cost, abs=1e-7), number
        else:
            assert exact.label is None, number
            if proof is None:
                assert_excludes(problem, exact.core, number)


def assert_excludes(problem: SplitProblem, core: tuple[str, ...], number: int) -> None:
    """The rules of a core exclude one another, and none of them can be left out."""
    reason = core_reason(problem, core)
    assert len(reason.en.split(";")) >= len(core), number
    assert reason.zh
    others = [rule for rule in rules_of(problem) if rule not in core]
    assert not every_split(without(problem, others)).is_valid.any(), (number, core)
    for rule in core:
        if rule != "empty_territory":
            assert every_split(without(problem, [*others, rule])).is_valid.any(), (number, core, rule)


def rules_of(problem: SplitProblem) -> list[str]:
    limited = [measure for measure in problem.measures if measure.is_limited]
    return ["contiguity", "allowed", "locked", "seed", "apart", "moved_cap"] + [
        f"balance:{m}" for m in range(len(limited))
    ]


def without(problem: SplitProblem, rules: list[str]) -> SplitProblem:
    """The problem with some rules left out."""
    limited = [measure for measure in problem.measures if measure.is_limited]
    loose = [measure.name for m, measure in enumerate(limited) if f"balance:{m}" in rules]
    nowhere = np.full(problem.num_outlets, -1)
    return replace(
        problem,
        is_exempt=np.ones(problem.num_units, dtype=bool) if "contiguity" in rules else problem.is_exempt,
        allowed=np.ones_like(problem.allowed) if "allowed" in rules else problem.allowed,
        locked=np.zeros(problem.num_outlets, dtype=bool) if "locked" in rules else problem.locked,
        seed_territory=nowhere if "seed" in rules else problem.seed_territory,
        apart=nowhere if "apart" in rules else problem.apart,
        max_moved_share=1.0 if "moved_cap" in rules else problem.max_moved_share,
        measures=tuple(
            replace(measure, tolerance=np.inf) if measure.name in loose else measure for measure in problem.measures
        ),
    )


@pytest.mark.parametrize("chunk", CHUNKS)
def test_search_is_never_better_than_the_optimum(chunk: int) -> None:
    for number in numbered(chunk):
        problem = random_problem(number)
        if problem.num_units < problem.num_territories:
            continue
        best = every_split(problem).best
        meter = Meter(Effort(iterations=2_000))
        found = search(problem, instance_of(problem), meter, seed=2, progress=SILENT, cancel=None)
        report = check(problem, to_assignment(problem, found.label))
        if report.is_clean:
            assert report.objective >= best - 1e-6, number
        if np.isfinite(found.cost):
            assert report.is_clean, (number, report.violations)


@pytest.mark.parametrize("number", range(0, 1000, 25))
def test_the_front_door_proves_small_problems(number: int) -> None:
    problem = random_problem(number)
    everything: Everything = every_split(problem)
    result = redraw(problem, effort=Effort(iterations=2_000), seed=1)
    if result.plan is not None:
        assert result.bound <= result.objective + 1e-6
        assert check(problem, result.plan).is_clean
    if result.status is Status.OPTIMAL:
        assert abs(result.objective - everything.best) <= 1e-4
    if result.status is Status.INFEASIBLE:
        assert not everything.is_valid.any()
        assert result.reason is not None


@pytest.mark.parametrize("seed", range(25))
def test_search_finds_the_optimum_of_small_free_problems(seed: int) -> None:
    problem = SplitProblem.of(grid_of_shops(2, 4, 2, seed=seed, workload_tolerance=0.6))
    best = every_split(problem).best
    found = search(
        problem, instance_of(problem), Meter(Effort(iterations=60_000)), seed=seed, progress=SILENT, cancel=None
    )
    assert abs(found.cost - best) <= 1e-6
