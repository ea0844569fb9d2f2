"""Mirrored draws: the antithetic partner of a replication."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from territory.domain.policy_rules import YearRules
from territory.policy import Draws, PolicyProblem, simulate
from territory.units import FloatArray
from tests.policy.policy_towns import policy, two_teams

PAIRS = 60


@pytest.fixture(scope="module")
def company() -> PolicyProblem:
    return two_teams(10, year=YearRules(horizon_months=4, turnover_contract=0.4))


@pytest.fixture(scope="module")
def sales(company: PolicyProblem) -> FloatArray:
    """True sales of forward and mirrored years, shape (pairs, 2)."""
    return np.array(
        [
            [
                simulate(
                    company,
                    policy(),
                    seed=6,
                    replication=number,
                    draws=Draws.of(company, seed=6, replication=number, is_mirrored=mirrored),
                ).true_sales.sum()
                for mirrored in (False, True)
            ]
            for number in range(PAIRS)
        ]
    )


def test_every_draw_is_reflected_about_its_middle(company: PolicyProblem) -> None:
    one, other = (Draws.of(company, seed=6, replication=3, is_mirrored=flag) for flag in (False, True))
    np.testing.assert_array_equal(other.normals("sales", 2), -one.normals("sales", 2))
    np.testing.assert_allclose(other.uniforms("quit", 2), 1 - one.uniforms("quit", 2), atol=1e-15)
    assert other.company("demand", 2) == -one.company("demand", 2)
    spread = company.behaviour.drive_sd
    both = np.log(one.visits(2).drive) + np.log(other.visits(2).drive)
    np.testing.assert_allclose(both, -(spread**2), atol=1e-3)


def test_mirrored_and_forward_means_agree(sales: FloatArray) -> None:
    assert stats.ttest_ind(sales[:, 0], sales[:, 1]).pvalue > 0.01


def test_the_mean_of_a_pair_varies_less_than_that_of_two_replications(sales: FloatArray) -> None:
    assert sales.mean(axis=1).var(ddof=1) < sales.var(ddof=1) / 2 / 3


def test_a_mirrored_year_repeats(company: PolicyProblem) -> None:
    years = [
        simulate(
            company, policy(), seed=6, replication=1, draws=Draws.of(company, seed=6, replication=1, is_mirrored=True)
        )
        for _ in range(2)
    ]
    assert years[0] == years[1]
    assert years[0] != simulate(company, policy(), seed=6, replication=1)
