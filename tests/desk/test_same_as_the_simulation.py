"""The desk, fed with the facts of a simulated year, finds the simulation's own scores, stars, grades and verdicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.desk import assess
from territory.domain.policy_rules import YearRules
from territory.policy import YearResult, simulate
from tests.desk.simulated import desk_of, holders
from tests.policy.policy_towns import policy, two_teams

# Evaluators without noise: what they say can be worked out from the facts.
EXACT: dict[str, Any] = {"evaluators": {"noise": 0.0}}
STAYING: dict[str, Any] = {"turnover_contract": 0.0, "turnover_formal": 0.0}
PAIRS: dict[str, Any] = {"pairs_share": 0.2, "joint_points": 2.0, "target_gain_points": 1.0}

POLICIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the ordinary situation": ({}, {}),
    "people come and go": ({}, {"turnover_contract": 0.4, "turnover_formal": 0.3}),
    "weights by grade, four groups of evaluators": (
        {
            "component_weights": {"junior": [0.7, 0.2, 0.1], "mid": [0.1, 0.8, 0.1], "senior": [0.0, 0.5, 0.5]},
            "evaluators": {"noise": 0.0, "bias": 0.3, "inspection": 0.1, "service_centre": 0.2, "peers": 0.3},
        },
        STAYING,
    ),
    "abnormal months by a shock of supply": (
        {"outcome_weight": {"abnormal": 0.3, "abnormal_below": 0.9}, "supply": {"shock_months": [3, 5]}},
        STAYING,
    ),
    "a forced distribution": ({"ladder": {"forced_distribution": 0.6}}, STAYING),
    "targets of the team": ({"targets": {"team_share": 0.5}}, STAYING),
    "a red flag every month": ({"team_award": {"score_bonus_points": 5.0}}, {}),
    "a red flag every quarter, best fifth named": (
        {"team_award": {"score_bonus_points": 5.0, "period_months": 3, "individual": 0.5}},
        STAYING,
    ),
    "pairs of strong and weak": ({"mentoring": PAIRS}, {}),
    "pairs inside teams, juniors only": (
        {"mentoring": PAIRS | {"rule": "strong_weak_in_team", "grades": ["junior"]}},
        STAYING,
    ),
    "pairs by skill, renewed once": (
        {"mentoring": PAIRS | {"rule": "skill_gap", "max_renewals": 1, "target_gain_points": 20.0}},
        STAYING,
    ),
    "pairs for half a year": ({"mentoring": PAIRS | {"stop_month": 6, "target_gain_points": 30.0}}, STAYING),
    "levers that come later, team by team, for some": (
        {
            "component_weights": {"mid": [0.0, 1.0, 0.0], "start_month": 4, "ramp_months": 3, "rollout_months": 2},
            "outcome_weight": {"normal": 0.2, "contract": "formal"},
            "team_award": {"score_bonus_points": 4.0, "teams": ["T2"], "min_tenure_months": 20},
            "targets": {"team_share": 0.5, "when": {"measure": "sales_attainment", "below": 1.01}},
        },
        STAYING,
    ),
    "a ladder of merit with ways out": (
        {
            "ladder": {
                "meritocracy": 1.0,
                "jump_share": 0.3,
                "bottom_elimination": 0.15,
                "management_track": 0.2,
                "senior": 0.3,
                "mid": 0.4,
            }
        },
        {},
    ),
    "a ladder of seniority": ({"ladder": {"meritocracy": 0.0}, "stars": {"sales": 0.6, "monopoly": 0.0}}, STAYING),
}


def year_of(name: str, months: int = 12) -> YearResult:
    levers, year = POLICIES[name]
    rules = policy(**(EXACT | levers))
    return simulate(two_teams(20, year=YearRules(horizon_months=months, **year)), rules, seed=2, replication=0)


def slots_of(result: YearResult, month: int) -> Any:
    """Positions of the desk's people who hold a slot in a month, in the order of slots that are held."""
    who = holders(result)
    people = sorted({(int(h), s) for m in range(len(who)) for s, h in enumerate(who[m])})
    at = {person: place for place, person in enumerate(people)}
    held = result.is_filled_day.reshape(len(who), -1, len(who[0]))[month, -1]
    slots = np.flatnonzero(held)
    return slots, np.array([at[int(who[month, slot]), int(slot)] for slot in slots])


@pytest.mark.parametrize("name", list(POLICIES))
def test_the_desk_finds_the_simulations_scores_to_the_last_bit(name: str) -> None:
    result = year_of(name)
    problem = two_teams(20, year=YearRules(**POLICIES[name][1]))
    desk = assess(desk_of(problem, result))
    for month, scores in enumerate(desk.months):
        slots, people = slots_of(result, month)
        np.testing.assert_array_equal(scores.is_assessed[people], result.is_assessed[month, slots])
        np.testing.assert_array_equal(scores.plain[people], result.plain_score[month, slots])
        award = scores.award_team[people] + scores.award_pairs[people]
        np.testing.assert_array_equal(award, result.award_points[month, slots])
        np.testing.assert_array_equal(scores.score[people], result.score[month, slots])
        assert scores.is_abnormal == result.is_abnormal[month]


@pytest.mark.parametrize("name", list(POLICIES))
def test_the_desk_finds_the_simulations_stars_grades_and_steps(name: str) -> None:
    result = year_of(name)
    found = assess(desk_of(two_teams(20, year=YearRules(**POLICIES[name][1])), result)).year
    slots, people = slots_of(result, 11)
    ranked = found.is_ranked[people]
    slots, people = slots[ranked], people[ranked]
    assert len(people) > 10 and not found.is_preview
    np.testing.assert_array_equal(found.annual[people], result.annual_score[0, slots])
    np.testing.assert_array_equal(found.stars[people], result.star[0, slots])
    np.testing.assert_array_equal(found.grade_next[people], result.grade_next[0, slots])
    np.testing.assert_array_equal(found.step_next[people], result.step_next[0, slots])
    np.testing.assert_array_equal(found.is_replaced[people], result.eliminated[11, slots] > 0)
    np.testing.assert_array_equal(found.is_promoted_out[people], result.promoted_out[11, slots] > 0)
    assert result.eliminated[11].sum() == found.is_replaced.sum()


def test_the_second_years_ranking_starts_from_the_first_ones_grades() -> None:
    result = year_of("a ladder of merit with ways out", months=24)
    problem = two_teams(20, year=YearRules(horizon_months=24, **POLICIES["a ladder of merit with ways out"][1]))
    found = assess(desk_of(problem, result)).year
    slots, people = slots_of(result, 23)
    ranked = found.is_ranked[people]
    slots, people = slots[ranked], people[ranked]
    assert (result.grade[1, slots] != problem.grade[slots]).any()
    np.testing.assert_array_equal(found.annual[people], result.annual_score[1, slots])
    np.testing.assert_array_equal(found.grade_next[people], result.grade_next[1, slots])
    np.testing.assert_array_equal(found.step_next[people], result.step_next[1, slots])
    np.testing.assert_array_equal(found.stars[people], result.star[1, slots])


@pytest.mark.parametrize("name", [name for name in POLICIES if name.startswith("pairs")])
def test_the_desks_verdicts_on_pairs_are_the_simulations(name: str) -> None:
    result = year_of(name)
    problem = desk_of(two_teams(20, year=YearRules(**POLICIES[name][1])), result)
    verdicts = assess(problem).pairs.verdicts
    assert len(result.pair_start) > 3
    for pair in range(len(result.pair_start)):
        told = [verdict for verdict in verdicts if verdict.pair == pair]
        assert [verdict.month for verdict in told] == list(
            range(result.pair_start[pair], result.pair_start[pair] + len(told))
        )
        assert told[-1].month == result.pair_end[pair]
        assert told[-1].renewals == result.pair_renewals[pair]
        assert told[-1].has_reached == result.pair_success[pair]
        assert not any(verdict.has_reached for verdict in told[:-1])
        assert all(verdict.end for verdict in told[-1:]) or told[-1].month == 11


@pytest.mark.parametrize(
    ("rule", "months"), [("strong_weak", 4), ("strong_weak_in_team", 4), ("strong_weak", 9), ("strong_weak_in_team", 7)]
)
def test_the_desk_proposes_as_many_pairs_for_the_same_mentees_as_the_simulation(rule: str, months: int) -> None:
    """Who with whom is the desk's own; who is taught and who teaches is the simulation's rule."""
    lever = PAIRS | {"rule": rule, "target_gain_points": 6.0, "max_renewals": 2}
    town = two_teams(20, year=YearRules(**STAYING))
    result = simulate(town, policy(mentoring=lever, **EXACT), seed=5, replication=1)
    found = assess(desk_of(town, result, months)).pairs
    begun = result.pair_start == months
    assert begun.any()
    assert found.wanted == begun.sum()
    assert {pair.mentee for pair in found.proposed} <= set(result.pair_mentee[begun].tolist())
    assert {pair.mentor for pair in found.proposed} <= set(result.pair_mentor[begun].tolist())
