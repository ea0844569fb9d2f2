"""What is worth doing: marginal pay, the quadratic program, and colleagues who pull each other along."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, optimize

from territory.domain.policy_rules import YearRules
from territory.policy import Behaviour, PolicyProblem, simulate
from territory.policy._world import incentives as worth
from territory.policy._world.draws import Draws
from territory.policy._world.effort import BOUNDED, best_deviation, cost_matrix, with_peers
from territory.policy._world.incentives import bonus_slope
from territory.policy._world.months import turn_page
from territory.policy._world.people import ORDINARY_EFFORT
from territory.policy._world.state import World
from territory.policy.result import ACTIVITIES
from territory.units import FloatArray
from tests.policy.policy_towns import SETTLED, alike, policy

BEHAVIOUR = Behaviour()
marginals = hnp.arrays(np.float64, (len(ACTIVITIES), 5), elements=st.floats(-0.5, 0.5, allow_subnormal=False))


def first_morning(problem: PolicyProblem, **sections: Any) -> World:
    world = World.start(problem, policy(**sections), Draws.of(problem, seed=1, replication=0))
    turn_page(world, 0)
    return world


def test_effort_is_the_optimum_that_a_numeric_solver_finds() -> None:
    cost = cost_matrix(BEHAVIOUR)
    marginal = np.random.default_rng(5).normal(0.02, 0.10, (len(ACTIVITIES), 60))
    found = best_deviation(marginal, BEHAVIOUR)
    bounds = [(0, None) if j in BOUNDED else (None, None) for j in range(len(ACTIVITIES))]
    at_bound = 0
    for slot in range(60):
        b = marginal[:, slot]
        exact = optimize.minimize(
            lambda d, b=b: -(b @ d) + 0.5 * d @ cost @ d,
            np.zeros(len(ACTIVITIES)),
            jac=lambda d, b=b: cost @ d - b,
            bounds=bounds,
            method="L-BFGS-B",
            options={"ftol": 1e-15, "gtol": 1e-12},
        )
        np.testing.assert_allclose(found[:, slot], exact.x, atol=1e-6)
        at_bound += int((exact.x[list(BOUNDED)] == 0).any())
    assert at_bound > 10


@given(marginals, st.floats(0.2, 4.0), st.floats(0.0, 0.9))
def test_nobody_could_gain_by_doing_anything_more_or_less(
    marginal: FloatArray, curvature: float, substitution: float
) -> None:
    """The conditions of Karush, Kuhn and Tucker, which a convex program's optimum alone fulfils."""
    behaviour = replace(BEHAVIOUR, effort_curvature=curvature, effort_substitution=substitution)
    deviation = best_deviation(marginal, behaviour)
    left = marginal - cost_matrix(behaviour) @ deviation
    free = [j for j in range(len(ACTIVITIES)) if j not in BOUNDED]
    np.testing.assert_allclose(left[free], 0.0, atol=1e-9)
    bounded, own = left[list(BOUNDED)], deviation[list(BOUNDED)]
    assert (own >= 0).all()
    assert (bounded <= 1e-9).all()
    np.testing.assert_allclose(bounded * own, 0.0, atol=1e-9)


def test_nothing_to_gain_is_nothing_changed() -> None:
    assert not best_deviation(np.zeros((len(ACTIVITIES), 3)), BEHAVIOUR).any()
    harmless = np.zeros((len(ACTIVITIES), 3))
    harmless[list(BOUNDED)] = -0.1
    assert not best_deviation(harmless, BEHAVIOUR).any()


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=9),
    st.floats(0.0, 0.9),
    st.integers(0, 2**31),
)
def test_peers_solve_the_linear_system(groups: list[int], rho: float, seed: int) -> None:
    of_slot = np.array(groups)
    rng = np.random.default_rng(seed)
    own, seen = rng.normal(0, 0.3, len(groups)), rng.normal(0, 0.2, len(groups))
    same = of_slot[:, None] == of_slot[None, :]
    np.fill_diagonal(same, False)
    weights = same / np.maximum(1, same.sum(axis=1, keepdims=True))
    expected = np.linalg.solve(np.eye(len(groups)) - rho * weights, own + rho * weights @ seen)
    np.testing.assert_allclose(with_peers(own, seen=seen, of_slot=of_slot, rho=rho), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rho", [0.05, 0.15, 0.5])
@pytest.mark.parametrize("size", [2, 5, 40])
def test_a_team_that_deviates_alike_is_multiplied(rho: float, size: int) -> None:
    moved = with_peers(np.full(size, 0.2), seen=np.zeros(size), of_slot=np.zeros(size, dtype=np.int64), rho=rho)
    np.testing.assert_allclose(moved, 0.2 / (1 - rho), rtol=0, atol=1e-12)


def test_who_is_alone_is_not_pulled() -> None:
    alone = with_peers(np.full(3, 0.2), seen=np.ones(3), of_slot=np.arange(3), rho=0.5)
    np.testing.assert_array_equal(alone, 0.2)


@pytest.mark.parametrize("visibility", ["team", "all", "none"])
def test_in_the_year_too_a_talk_with_everybody_is_multiplied_by_those_who_see_it(visibility: str) -> None:
    year = YearRules(**SETTLED, visibility=visibility)
    equal = {"egalitarian_pool": {"egalitarian_share": 1.0}, "ladder": {"meritocracy": 0.0}}
    problem = alike(year=year)
    effort = simulate(problem, policy(**equal, review={"goal_talk": 1.0}), seed=1, replication=0).effort
    alone = problem.behaviour.talk_effort
    expected = alone if visibility == "none" else alone / (1 - problem.behaviour.peer_effort)
    np.testing.assert_allclose(effort[:, :, 0], 1 + expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(effort[:, :, 1:], np.broadcast_to(ORDINARY_EFFORT[1:], effort[:, :, 1:].shape))


@pytest.mark.parametrize("needed", [-0.6, -0.2, 0.0, 0.1, 0.5])
@pytest.mark.parametrize("sd", [0.1, 0.25])
def test_the_bonus_slope_is_the_derivative_of_its_chance(needed: float, sd: float) -> None:
    step = 1e-4

    def density(z: float) -> float:
        return math.exp(-0.5 * (z / sd) ** 2) / (sd * math.sqrt(2 * math.pi))

    def chance(need: float) -> float:
        near = [point for point in (-3 * sd, 0.0, 3 * sd) if need < point]
        return float(integrate.quad(density, need, 4.0, epsabs=1e-13, points=near)[0])

    numeric = (chance(needed - step) - chance(needed + step)) / (2 * step)
    assert bonus_slope(needed=np.array([needed]), sd=sd)[0] == pytest.approx(numeric, rel=1e-4, abs=1e-9)


def test_a_bonus_tempts_most_near_its_threshold_and_not_at_all_far_from_it() -> None:
    needed = np.linspace(-2, 2, 81)
    slope = bonus_slope(needed=needed, sd=0.25)
    assert needed[np.argmax(slope)] == pytest.approx(0.0, abs=1e-12)
    assert slope[[0, -1]].max() < 1e-6 * slope.max()


def mean_pay(pay: Any, sd: float, log_sales: float, kinks: list[float]) -> float:
    """Expected pay when the log of attainment varies by `sd` around `log_sales`, by quadrature."""
    points = sorted(z for z in ((math.log(kink) - log_sales) / sd for kink in kinks if kink > 0) if -8 < z < 8)
    return float(
        integrate.quad(
            lambda z: pay(math.exp(log_sales + sd * z)) * math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi),
            -8.0,
            8.0,
            points=points,
            epsabs=1e-12,
            limit=200,
        )[0]
    )


@pytest.mark.parametrize("months_left", [1, 3])
@pytest.mark.parametrize("attained", [0.85, 1.0, 1.2])
def test_the_kink_of_a_threshold_bonus_is_worth_what_quadrature_says(months_left: int, attained: float) -> None:
    """At the start of a period of one or three months, for reps who expect so much of the target."""
    share = 0.4
    problem = alike(year=YearRules(**SETTLED))
    world = first_morning(
        problem, bonus={"share": share, "period_months": months_left}, targets={"level": 1.0 / attained}
    )
    sd = worth._sales_sd(world) / math.sqrt(months_left)
    found = worth._bonus_slope(world, worth.expected_attainment(world))

    def pay(reached: float) -> float:
        return share * (reached >= 1.0)

    step = 1e-3
    up, down = (mean_pay(pay, sd[0], math.log(attained) + sign * step, [1.0]) for sign in (1, -1))
    np.testing.assert_allclose(found, (up - down) / (2 * step), rtol=1e-3)


@pytest.mark.parametrize("attained", [0.7, 1.0, 1.3])
def test_the_slope_of_a_commission_between_floor_and_cap_is_near_quadrature(attained: float) -> None:
    lever = {"share": 0.5, "floor": 0.5, "cap": 1.5, "accelerator_share": 0.3, "accelerator_from": 1.0}
    problem = alike(year=YearRules(**SETTLED), behaviour=replace(BEHAVIOUR, month_sd=0.10, company_sd=0.0))
    world = first_morning(problem, commission=lever, targets={"level": 1.0 / attained})
    found = worth._commission_slope(world, worth.expected_attainment(world))

    def pay(reached: float) -> float:
        counted = max(0.0, min(reached, 1.5) - 0.5)
        return 0.5 * counted + 0.3 * max(0.0, reached - 1.0)

    step = 1e-3
    up, down = (mean_pay(pay, 0.10, math.log(attained) + sign * step, [0.5, 1.0, 1.5]) for sign in (1, -1))
    np.testing.assert_allclose(found, (up - down) / (2 * step), rtol=0.03)
