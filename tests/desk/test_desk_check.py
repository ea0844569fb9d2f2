"""The desk's checker, by sabotage: one planted fault, and the rule that it breaks; a clean assessment breaks none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.desk import DeskProblem, DeskResult, assess, check
from territory.desk.check import RULES
from tests.desk.offices import RULES as LEVERS
from tests.desk.offices import two_offices

# The first month lies in the year before: its scores are in no mean of the year that is closed.
PROBLEM = two_offices(rules=LEVERS | {"team_award": {"score_bonus_points": 3.0, "individual": 0.5}})
RESULT = assess(PROBLEM)
Sabotage = Callable[[DeskResult], DeskResult]


def month(at: int, **changed: Any) -> Sabotage:
    """A month with some arrays changed: name -> (place, new value), or a plain value."""

    def sabotaged(result: DeskResult) -> DeskResult:
        scores = result.months[at]
        fields = {name: _put(getattr(scores, name), value) for name, value in changed.items()}
        months = (*result.months[:at], replace(scores, **fields), *result.months[at + 1 :])
        return replace(result, months=months)

    return sabotaged


def year(**changed: Any) -> Sabotage:
    """The year with some arrays changed."""

    def sabotaged(result: DeskResult) -> DeskResult:
        fields = {name: _put(getattr(result.year, name), value) for name, value in changed.items()}
        return replace(result, year=replace(result.year, **fields))

    return sabotaged


def pairs(change: Callable[[Any], dict[str, Any]]) -> Sabotage:
    """The pairs with some fields changed."""
    return lambda result: replace(result, pairs=replace(result.pairs, **change(result.pairs)))


def _put(values: Any, change: Any) -> Any:
    if not isinstance(change, tuple):
        return change
    place, value = change
    changed = values.copy()
    changed[place] = value(changed[place]) if callable(value) else value
    return changed


def plus(amount: float) -> Callable[[Any], Any]:
    return lambda value: value + amount


LOSER = int(np.argmin([RESULT.months[1].score[PROBLEM.team_idx[1] == team].mean() for team in (0, 1)]))
NAMED = int(np.argmin(RESULT.months[0].score))
RANKING = np.argsort(RESULT.year.place)
SWAP = [int(np.flatnonzero(RESULT.year.place == place)[0]) for place in (1, 2)]
TOP, LAST = int(RANKING[0]), int(RANKING[-1])

SABOTAGE: dict[str, Sabotage] = {
    "assessed": month(0, is_assessed=(3, False)),
    "sources": month(0, has_component=(1, False)),
    "measures": month(0, visits=(3, plus(0.01))),
    "components": month(0, judged=((3, 0), plus(0.001))),
    "behaviour": month(0, judged=((3, 3), plus(0.001))),
    "weights": month(0, weights=((3, 1), plus(0.01))),
    "plain": month(0, plain=(3, plus(0.001))),
    "forced": month(0, shift=(3, plus(0.001))),
    "award_team": month(0, award_team=(3, 3.0)),
    "award_pairs": month(0, award_pairs=(3, 2.0)),
    "score": month(0, score=(3, plus(1e-6))),
    "rank": month(0, rank=(3, plus(1))),
    "winner": month(3, winner=1 - RESULT.months[3].winner),
    "recognised": month(0, is_recognised=(NAMED, True)),
    "ranked": year(is_ranked=(3, False)),
    "annual": year(annual=(3, plus(1e-6))),
    "committee": year(committee=(3, plus(1e-6))),
    "stars": year(stars=(3, lambda stars: 1 + stars % 5)),
    "standing": year(standing=(3, plus(1e-6))),
    "places": year(place=(SWAP, RESULT.year.place[SWAP][::-1])),
    "caps": year(grade_next=(TOP, lambda grade: grade - 1)),
    "grades": year(grade_next=([TOP, LAST], RESULT.year.grade_next[[LAST, TOP]])),
    "steps": year(step_next=(3, plus(1))),
    "held_back": year(is_held_back=(LAST, True)),
    "replaced": year(is_replaced=(TOP, True)),
    "promoted_out": year(is_promoted_out=(LAST, True)),
    "verdicts": pairs(lambda p: {"verdicts": (replace(p.verdicts[0], end="renewals"), *p.verdicts[1:])}),
    "pairs_number": pairs(lambda p: {"wanted": p.wanted + 1}),
    "pairs_allowed": pairs(
        lambda p: {"proposed": (replace(p.proposed[0], mentor=p.proposed[0].mentee, mentee=p.proposed[0].mentor),)}
    ),
    "pairs_numbers": pairs(
        lambda p: {"proposed": (replace(p.proposed[0], gap=p.proposed[0].gap + 0.1), *p.proposed[1:])}
    ),
    "pairs_best": pairs(lambda p: {"proposed": p.proposed[:-1]}),
}
# What rests on the planted fault is broken, too: a place or a grade carries others along.
ALONG = {
    "assessed": {"score", "components", "behaviour", "weights", "measures", "plain", "forced", "rank", "winner"},
    "components": {"plain"},
    "behaviour": {"plain"},
    "plain": {"score", "forced"},
    "forced": {"score"},
    "award_team": {"score"},
    "award_pairs": {"score"},
    "annual": {"standing"},
    "standing": set(),
    "places": {"grades", "held_back"},
    "caps": {"steps", "held_back", "grades"},
    "grades": {"steps", "held_back"},
    "replaced": {"promoted_out"},
}


def broken(result: DeskResult, problem: DeskProblem = PROBLEM) -> set[str]:
    return {violation.rule for violation in check(problem, result).violations}


def test_every_rule_has_its_sabotage() -> None:
    assert set(SABOTAGE) == set(RULES)


def test_an_assessment_breaks_no_rule() -> None:
    assert broken(RESULT) == set()


@pytest.mark.parametrize("rule", list(SABOTAGE))
def test_a_planted_fault_is_found(rule: str) -> None:
    found = broken(SABOTAGE[rule](RESULT))
    assert rule in found
    assert found - {rule} <= ALONG.get(rule, set())


@pytest.mark.parametrize("rule", [rule for rule in SABOTAGE if rule not in ALONG])
def test_most_faults_break_one_rule_once(rule: str) -> None:
    violations = check(PROBLEM, SABOTAGE[rule](RESULT)).violations
    assert len(violations) == 1
    assert violations[0].amount > 0 and violations[0].unit
    assert violations[0].in_("zh") != str(violations[0])


def test_a_policy_in_other_words_is_noticed() -> None:
    """The result of one policy, checked under another: weights, awards and the ladder differ."""
    other = two_offices(rules=LEVERS | {"outcome_weight": {"normal": 0.6}, "team_award": {"score_bonus_points": 1.0}})
    assert {"weights", "plain", "award_team"} <= broken(RESULT, other)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(["strong_weak", "strong_weak_in_team", "skill_gap", "random"]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.booleans(),
    st.integers(2, 12),
)
def test_whatever_the_numbers_solver_and_checker_agree(
    seed: int, rule: str, merit: float, redistribute: bool, people: int
) -> None:
    """`assess` ends by calling the checker, which raises where the two disagree."""
    rng = np.random.default_rng(seed)
    rules = LEVERS | {
        "mentoring": LEVERS["mentoring"] | {"rule": rule},
        "ladder": LEVERS["ladder"] | {"meritocracy": merit},
        "targets": {"team_share": 0.3},
    }
    problem = two_offices(rules=rules, seed=seed, people=people, pairs=())
    judged = np.round(problem.judged / 10) * 10  # ties
    judged[rng.integers(0, 4), :, rng.integers(0, 5)] = np.nan
    there = rng.random((4, people)) < 0.9
    days = np.where(rng.random((4, people)) < 0.1, 5, 21)
    problem = replace(
        problem,
        judged=judged,
        is_there=there,
        days_present=days,
        is_staff=rng.random(people) < 0.9,
        team_idx=rng.integers(-1, 2, (4, people)),
        grade=rng.integers(0, 3, (4, people)),
        redistribute=redistribute,
    )
    assert len(assess(problem).months) == 4
