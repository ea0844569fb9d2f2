"""When, for whom and how strongly a lever acts: the strengths that a year records."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import LEVERS, YearRules
from territory.policy import PolicyProblem, YearResult, simulate
from territory.units import FloatArray
from tests.policy.policy_towns import policy, two_teams

REVIEW = {"hours_per_month": 4.0}


@pytest.fixture(scope="module")
def small() -> PolicyProblem:
    """Three teams of two and two without a team, eight months, nobody leaves."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0, horizon_months=8)
    return two_teams(
        8,
        year=year,
        team_idx=np.array([0, 0, 1, 1, 2, 2, -1, -1]),
        team_ids=("T1", "T2", "T3"),
        tenure_months=np.array([0.0, 5, 10, 20, 30, 40, 50, 60]),
    )


def year_of(problem: PolicyProblem, *, seed: int = 1, replication: int = 0, **lever: Any) -> YearResult:
    return simulate(problem, policy(review=REVIEW | lever), seed=seed, replication=replication)


def strength(problem: PolicyProblem, **lever: Any) -> FloatArray:
    """How strongly the review acted, shape (M, S)."""
    return np.asarray(year_of(problem, **lever).strength[:, LEVERS.index("review")])


@pytest.mark.parametrize(
    ("lever", "months"),
    [
        ({}, [1, 1, 1, 1, 1, 1, 1, 1]),
        ({"strength": 0.25}, [0.25] * 8),
        ({"start_month": 3, "stop_month": 5}, [0, 0, 1, 1, 1, 0, 0, 0]),
        ({"start_month": 2, "ramp_months": 3}, [0, 0.25, 0.5, 0.75, 1, 1, 1, 1]),
        ({"start_month": 9}, [0] * 8),
    ],
    ids=str,
)
def test_a_lever_follows_its_calendar_and_its_ramp(
    lever: dict[str, Any], months: list[float], small: PolicyProblem
) -> None:
    np.testing.assert_allclose(strength(small, **lever), np.array(months)[:, None] * np.ones(8))


def test_teams_start_one_after_the_other_and_whoever_has_none_with_the_first(small: PolicyProblem) -> None:
    begun = (strength(small, rollout_months=4) > 0).argmax(axis=0)
    assert begun.tolist() == [0, 0, 2, 2, 4, 4, 0, 0]
    ramped = strength(small, rollout_months=4, ramp_months=1, start_month=2)
    assert ramped[:, 2].tolist() == [0, 0, 0, 0.5, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("lever", "covered"),
    [
        ({"grades": ["mid"]}, [0, 1, 0, 0, 1, 0, 0, 1]),
        ({"grades": ["junior", "senior"]}, [1, 0, 1, 1, 0, 1, 1, 0]),
        ({"teams": ["T2"]}, [0, 0, 1, 1, 0, 0, 0, 0]),
        ({"teams": ["T3", "nobody"]}, [0, 0, 0, 0, 1, 1, 0, 0]),
        ({"contract": "formal"}, [1, 0, 0, 0, 0, 1, 0, 0]),
        ({"contract": "contract"}, [0, 1, 1, 1, 1, 0, 1, 1]),
        ({"min_tenure_months": 20}, [0, 0, 0, 1, 1, 1, 1, 1]),
        ({"max_tenure_months": 20}, [1, 1, 1, 1, 0, 0, 0, 0]),
        ({"min_tenure_months": 5, "max_tenure_months": 30, "contract": "contract"}, [0, 1, 1, 1, 1, 0, 0, 0]),
    ],
    ids=str,
)
def test_a_lever_covers_whom_it_names(lever: dict[str, Any], covered: list[int], small: PolicyProblem) -> None:
    assert strength(small, **lever)[0].tolist() == covered


def test_tenure_is_counted_month_by_month(small: PolicyProblem) -> None:
    acts = strength(small, min_tenure_months=3)
    assert acts[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]


def test_an_arm_stays_the_same_all_year_and_is_drawn_anew_by_seed() -> None:
    problem = two_teams(200, year=YearRules(horizon_months=3))
    arms = [year_of(problem, seed=seed, covered_share=0.3).strength[:, LEVERS.index("review")] for seed in (1, 2)]
    assert all((arm == arm[0]).all() for arm in arms)
    assert not np.array_equal(arms[0], arms[1])
    assert all(0.2 < arm.mean() < 0.4 for arm in arms)


def test_a_condition_switches_on_in_the_month_after_it_first_held(small: PolicyProblem) -> None:
    """Dumping and pulling forward begin with a commission in April; the review answers in May."""
    sections = {
        "egalitarian_pool": {"egalitarian_share": 0.0, "start_month": 4},
        "commission": {"share": 0.6, "start_month": 4},
    }
    before = simulate(small, policy(), seed=1, replication=0)
    pushed = simulate(small, policy(**sections), seed=1, replication=0)
    share = [year.dumped_out.sum(axis=1) / year.true_sales.sum(axis=(1, 2)) for year in (before, pushed)]
    limit = float((share[0].max() + share[1][3:].min()) / 2)
    assert share[0].max() < limit < share[1][3:].min()
    when = {"measure": "gaming", "above": limit}
    answered = simulate(small, policy(**sections, review=REVIEW | {"when": when}), seed=1, replication=0)
    assert answered.strength[:, LEVERS.index("review"), 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    ended = simulate(small, policy(**sections, review=REVIEW | {"stop_when": when}), seed=1, replication=0)
    assert ended.strength[:, LEVERS.index("review"), 0].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("measure", ["sales_attainment", "visit_completion", "turnover", "gaming"])
def test_every_measure_can_be_a_condition(measure: str) -> None:
    problem = two_teams(8, year=YearRules(turnover_contract=0.9, turnover_formal=0.9, horizon_months=4))
    always = strength(problem, when={"measure": measure, "below": 1e9})
    assert always[:, 0].tolist() == [0, 1, 1, 1]
    never = strength(problem, when={"measure": measure, "above": 1e9})
    assert not never.any()


def test_costs_are_fixed_and_per_covered_person_and_by_strength(small: PolicyProblem) -> None:
    lever = {"cost_per_month": 100.0, "cost_per_person_month": 10.0, "teams": ["T1", "T2"], "strength": 0.5}
    year = year_of(small, **lever, stop_month=3)
    column = year.costs[:, LEVERS.index("review")]
    np.testing.assert_allclose(column, [120.0] * 3 + [0.0] * 5)
    assert not np.delete(year.costs, LEVERS.index("review"), axis=1).any()


def test_half_strength_is_half_way(small: PolicyProblem) -> None:
    """Of a setting that enters the records as it is: the target, and the minutes of the review."""
    full, half, none = (
        simulate(
            small,
            policy(review=REVIEW | {"strength": part}, targets={"level": 1.4, "strength": part}),
            seed=1,
            replication=0,
        )
        for part in (1.0, 0.5, 0.0)
    )
    np.testing.assert_allclose(half.target, (full.target + none.target) / 2, rtol=1e-12)
    np.testing.assert_allclose(half.minutes[:, :, 3], (full.minutes[:, :, 3] + none.minutes[:, :, 3]) / 2, atol=1e-9)


def test_a_piece_is_charged_when_it_is_delivered() -> None:
    problem = two_teams(8, year=YearRules(turnover_contract=0.7, vacancy_months=0.5))
    rules = policy(
        onboarding={"cost_per_hire": 7.0},
        hiring={"cost_per_hire": 11.0},
        anti_gaming={"audit_rate": 0.3, "cost_per_audit": 13.0},
    )
    year = simulate(problem, rules, seed=1, replication=0)
    hires = year.hires.sum(axis=1)
    assert hires.sum() > 0
    for name, expected in (
        ("onboarding", 7.0 * hires),
        ("hiring", 11.0 * hires),
        ("anti_gaming", 13.0 * year.audited.sum(axis=1)),
    ):
        np.testing.assert_allclose(year.costs[:, LEVERS.index(name)], expected)


def test_course_days_of_a_year_are_shared_among_its_courses() -> None:
    """Six days in March, or three in March and three in September."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0)
    problem = two_teams(8, year=year)
    lever = {"days_per_year": 6.0, "month": 3, "cost_per_day": 1.0}
    column = LEVERS.index("training")
    at_once = simulate(problem, policy(training=lever), seed=1, replication=0).costs[:, column]
    twice = simulate(problem, policy(training=lever | {"refreshers": 1}), seed=1, replication=0).costs[:, column]
    assert at_once[2] == at_once.sum() == pytest.approx(48.0)
    assert twice[[2, 8]].tolist() == pytest.approx([24.0, 24.0])
    assert twice.sum() == pytest.approx(48.0)
