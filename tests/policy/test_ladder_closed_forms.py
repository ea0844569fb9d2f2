"""The yearly ranking: grades up to their caps, steps, who is replaced and who is promoted away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from territory.domain.policy_rules import YearRules
from territory.policy import YearResult, simulate
from territory.policy.ladder_rules import grades_after_ranking, steps_after_ranking
from territory.policy.result import PAY_PARTS
from territory.units import IntArray
from tests.policy.policy_towns import SETTLED, alike, policy, two_teams

CAPS = (0.3, 0.6, 0.1)
MERIT = {"meritocracy": 1.0}


def ranked_grades(score: Any, caps: tuple[float, float, float] = CAPS) -> IntArray:
    number = len(score)
    everyone = np.ones(number, dtype=np.bool_)
    return grades_after_ranking(score=np.asarray(score), is_ranked=everyone, caps=caps, tie=np.arange(number))


@pytest.mark.parametrize(("number", "places"), [(10, (3, 6, 1)), (12, (4, 7, 1)), (7, (2, 4, 1)), (1, (0, 1, 0))])
def test_grades_fill_their_caps_by_largest_remainder(number: int, places: tuple[int, int, int]) -> None:
    after = ranked_grades(np.arange(number, dtype=float))
    assert tuple(np.bincount(after, minlength=3)) == places
    assert (np.diff(after) >= 0).all()


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 60), st.integers(0, 2**31))
def test_grade_counts_are_within_one_of_their_caps_and_fill_all_places(a: int, b: int, number: int, seed: int) -> None:
    low, high = sorted((a, b))
    caps = (low / 100, (high - low) / 100, (100 - high) / 100)
    counts = np.bincount(ranked_grades(np.random.default_rng(seed).random(number), caps), minlength=3)
    assert counts.sum() == number
    assert (np.abs(counts - np.array(caps) * number) < 1 + 1e-9).all()


def test_who_is_not_ranked_gets_no_grade_and_ties_go_to_the_first_row() -> None:
    after = grades_after_ranking(
        score=np.full(4, 50.0),
        is_ranked=np.array([True, True, False, True]),
        caps=(0.0, 0.67, 0.33),
        tie=np.array([2, 0, 1, 3]),
    )
    assert after.tolist() == [1, 2, -1, 1]


def test_with_random_scores_the_ladder_is_the_markov_chain_of_its_caps() -> None:
    """Every grade moves to grade g with the probability of g's cap; so one year on, the distribution is the caps."""
    rng = np.random.default_rng(2)
    number, years = 10, 4000
    grade, moves = np.arange(number) % 3, np.zeros((3, 3))
    for _ in range(years):
        after = ranked_grades(rng.random(number))
        np.add.at(moves, (grade, after), 1)
        grade = after
    assert tuple(np.bincount(grade, minlength=3)) == (3, 6, 1)
    expected = moves.sum(axis=1, keepdims=True) * np.array(CAPS)
    assert stats.chi2.sf(((moves - expected) ** 2 / expected).sum(), df=4) > 0.01
    chain = np.tile(CAPS, (3, 1))
    np.testing.assert_allclose(np.linalg.matrix_power(chain, 5), chain, atol=1e-12)


def test_without_noise_every_years_grades_are_the_markov_chains() -> None:
    problem = alike(20, year=YearRules(**SETTLED, horizon_months=36), ability=1 + 0.01 * np.arange(20))
    year = simulate(problem, policy(ladder=MERIT), seed=1, replication=0)
    for after in year.grade_next:
        assert tuple(np.bincount(after, minlength=3)) == (6, 12, 2)
    np.testing.assert_array_equal(year.grade[1:], year.grade_next[:-1])
    np.testing.assert_array_equal(year.grade[0], problem.grade)
    np.testing.assert_array_equal(year.grade_next[1:], year.grade_next[:-1])


def test_steps_go_up_one_for_most_two_for_the_best_and_none_for_the_last_tenth() -> None:
    step, score = np.full(20, 4), np.arange(20.0)
    moved = np.zeros(20, dtype=np.bool_)
    moved[10] = True
    after = steps_after_ranking(
        step=step, score=score, is_ranked=np.ones(20, dtype=np.bool_), moved=moved, jump_share=0.1
    )
    assert after.tolist() == [4] * 2 + [5] * 8 + [1] + [5] * 7 + [6] * 2
    top = steps_after_ranking(
        step=np.full(3, 9),
        score=np.arange(3.0),
        is_ranked=np.array([True, True, False]),
        moved=np.zeros(3, dtype=bool),
        jump_share=1.0,
    )
    assert top.tolist() == [9, 9, 9]


@pytest.fixture(scope="module")
def ranked_year() -> YearResult:
    """Thirteen months without leavers: one ranking with replacement and promotion away, and what comes of it."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0, horizon_months=13)
    problem = two_teams(20, year=year, grade=np.full(20, 2))
    ladder = MERIT | {"bottom_elimination": 0.15, "management_track": 0.1, "jump_share": 0.2}
    return simulate(problem, policy(ladder=ladder, stars={"prize_share": 0.5}), seed=2, replication=0)


def test_the_lowest_are_replaced_and_the_best_seniors_leave_for_management(ranked_year: YearResult) -> None:
    order = np.argsort(ranked_year.annual_score[0])
    assert set(np.flatnonzero(ranked_year.eliminated[11])) == set(order[:3])
    # A tenth of the 17 seniors who stay, rounded down.
    assert set(np.flatnonzero(ranked_year.promoted_out[11])) == {order[-1]}
    assert not ranked_year.eliminated[[*range(11), 12]].any()
    gone = (ranked_year.eliminated + ranked_year.promoted_out)[11] > 0
    assert not ranked_year.is_filled[11][gone].any()
    assert ranked_year.is_filled[11][~gone].all()


def test_nobody_moves_in_grade_and_up_in_step_at_once(ranked_year: YearResult) -> None:
    moved = ranked_year.grade_next[0] != ranked_year.grade[0]
    assert moved.any()
    assert (ranked_year.step_next[0][moved] == 1).all()
    gained = (ranked_year.step_next - ranked_year.step)[0][~moved]
    assert ((gained >= 0) & (gained <= 2)).all()


def test_the_year_that_does_not_end_has_no_ranking(ranked_year: YearResult) -> None:
    for name in ("grade", "grade_next", "step", "step_next"):
        assert (getattr(ranked_year, name)[1] == -1).all(), name
    assert not ranked_year.annual_score[1].any()
    assert not ranked_year.star[1].any()


def test_stars_are_handed_out_by_their_shares_and_paid_above_three(ranked_year: YearResult) -> None:
    assert np.bincount(ranked_year.star[0], minlength=6).tolist() == [0, 2, 4, 8, 4, 2]
    best_first = np.argsort(-ranked_year.stars_points[0])
    assert (np.diff(ranked_year.star[0][best_first]) <= 0).all()
    paid = ranked_year.pay[:, :, PAY_PARTS.index("stars")]
    expected = 0.5 * np.maximum(0, ranked_year.star[0] - 3) * ranked_year.base_pay[11]
    np.testing.assert_allclose(paid[11], expected)
    assert not np.delete(paid, 11, axis=0).any()


@pytest.mark.parametrize("meritocracy", [0.0, 1.0])
def test_what_promotes_is_seniority_or_the_years_score(meritocracy: float) -> None:
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0)
    problem = two_teams(10, year=year)
    ranked = simulate(problem, policy(ladder={"meritocracy": meritocracy}), seed=2, replication=0)
    by = ranked.annual_score[0] if meritocracy else problem.tenure_months
    np.testing.assert_array_equal(ranked.grade_next[0], ranked_grades(by))


def test_where_the_ladder_covers_one_grade_its_share_is_of_that_grade() -> None:
    """A fifth of the five seniors, not of all twenty reps."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0)
    grade = np.where(np.arange(20) < 5, 2, 1)
    lever = {"bottom_elimination": 0.2, "management_track": 0.2, "grades": ["senior"]}
    ranked = simulate(two_teams(20, year=year, grade=grade), policy(ladder=lever), seed=2, replication=0)
    assert ranked.eliminated[11].sum() == 1
    assert not ranked.eliminated[11][grade != 2].any()
    # Of the four who are left.
    assert ranked.promoted_out[11].sum() == 0


def test_who_scored_nothing_all_year_is_ranked_all_the_same() -> None:
    """Half of the reps have no time for visits, and visits are all that counts."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0)
    problem = two_teams(20, year=year, workday_min=np.where(np.arange(20) < 10, 0.0, 480.0))
    visits_only = {"junior": (1, 0, 0), "mid": (1, 0, 0), "senior": (1, 0, 0)}
    rules = policy(component_weights=visits_only, outcome_weight={"normal": 1.0, "abnormal": 1.0})
    after = simulate(problem, rules, seed=2, replication=0)
    assert tuple(np.bincount(after.grade_next[0], minlength=3)) == (6, 12, 2)
