"""Mentoring at the desk: verdicts that go on and end, and pairs that no other choice beats."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.desk import DeskProblem, PairRules, PairStart, assess, check
from territory.desk.check_pairs import Candidates
from territory.desk.pairs import most_worth
from tests.desk.offices import two_offices

RULE_NAMES = ("strong_weak", "strong_weak_in_team", "skill_gap", "random")


def town(rule: str = "strong_weak", *, seed: int = 1, people: int = 8, **changes: Any) -> DeskProblem:
    """One month of eight reps whom the policy pairs by `rule`."""
    lever = {"pairs_share": 0.4, "rule": rule} | changes.pop("lever", {})
    return two_offices(months=1, people=people, seed=seed, pairs=(), rules={"mentoring": lever}, **changes)


def best_by_trying(worth: dict[tuple[int, int], float]) -> tuple[int, float]:
    """Most pairs of (mentor, mentee), and the most that so many are worth, by trying all choices."""
    mentors, mentees = sorted({a for a, _ in worth}), sorted({b for _, b in worth})
    best = (0, 0.0)
    for size in range(1, min(len(mentors), len(mentees)) + 1):
        for taught in combinations(mentees, size):
            for teaching in permutations(mentors, size):
                pairs = list(zip(teaching, taught, strict=True))
                if all(pair in worth for pair in pairs):
                    best = max(best, (size, sum(worth[pair] for pair in pairs)))
    return best


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4), st.integers(1, 5), st.integers(0, 10**6), st.floats(0.2, 1.0),
)  # fmt: skip
def test_the_assignment_is_the_best_of_all(rows: int, columns: int, seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    worth, may = rng.normal(0, 30, (rows, columns)), rng.random((rows, columns)) < density
    found = most_worth(worth, may)
    assert all(may[pair] for pair in found)
    tried = best_by_trying({(int(c), int(r)): float(worth[r, c]) for r, c in np.argwhere(may)})
    assert (len(found), sum(worth[pair] for pair in found)) == pytest.approx(tried)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RULE_NAMES[:3]), st.integers(0, 10**6), st.sampled_from([0.0, 0.1, 3.0]))
def test_proposed_pairs_are_the_best_of_all_that_the_rule_allows(rule: str, seed: int, per_km: float) -> None:
    problem = town(rule, seed=seed, pair_rules=PairRules(points_per_km=per_km, points_per_load=40.0))
    found = assess(problem)
    candidates = Candidates(problem, found)
    worth = {pair: candidates.worth(*pair) for pair in candidates.pairs}
    pairs = found.pairs.proposed
    assert (len(pairs), sum(pair.worth for pair in pairs)) == pytest.approx(best_by_trying(worth))


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_as_many_pairs_are_wanted_as_the_share_of_positions_asks_for(rule: str) -> None:
    found = assess(town(rule)).pairs
    assert found.wanted == 3
    assert len(found.proposed) <= 3
    assert len({person for pair in found.proposed for person in (pair.mentor, pair.mentee)}) == 2 * len(found.proposed)


def test_pairs_inside_teams_stay_inside_teams() -> None:
    problem = town("strong_weak_in_team")
    for pair in assess(problem).pairs.proposed:
        assert problem.team_idx[0, pair.mentor] == problem.team_idx[0, pair.mentee]


def test_only_grades_that_the_lever_covers_are_taught() -> None:
    problem = town(lever={"grades": ["junior"]}, grade=np.array([[0, 0, 1, 1, 2, 2, 1, 0]]))
    proposed = assess(problem).pairs.proposed
    assert proposed
    assert {int(problem.grade[0, pair.mentee]) for pair in proposed} == {0}


def test_who_is_unwilling_or_in_a_pair_is_not_paired() -> None:
    unwilling = np.arange(8) < 2
    problem = replace(town(unwilling=unwilling), pairs=(PairStart(mentor=2, mentee=3, since=0, score_at_start=100.0),))
    found = assess(problem).pairs
    assert found.running == (0,) and found.wanted == 2
    assert not {p for pair in found.proposed for p in (pair.mentor, pair.mentee)} & {0, 1, 2, 3}


def test_a_mentor_teaches_the_item_on_which_the_mentee_is_furthest_behind() -> None:
    """Everybody has 80 on everything; R07 has 10 on the head's judgement, R00 90 on all that is judged."""
    judged = np.full((1, 8, 5), 80.0)
    judged[0, 7, 3], judged[0, 0] = 10.0, 90.0
    problem = town(
        visits_done=np.full((1, 8), 100), sales=np.full((1, 8), 100_000.0), judged=judged, lever={"pairs_share": 0.13}
    )
    found = assess(problem).pairs
    (pair,) = found.proposed
    assert (pair.mentor, pair.mentee, found.items[pair.item]) == (0, 7, "head")
    assert (pair.mentor_points, pair.mentee_points, pair.gap) == (90.0, 10.0, 80.0)


def test_distance_and_load_decide_between_mentors_who_are_alike() -> None:
    """R00 and R01 are equally strong, R06 and R07 equally weak; who lives near whom decides."""
    done = np.array([[110, 110, 90, 90, 90, 90, 60, 60]])
    place = np.column_stack([np.array([30.0, 31.0, 35, 35, 35, 35, 31.01, 30.01]), np.full(8, 112.0)])
    common: dict[str, Any] = {
        "visits_done": done,
        "sales": np.full((1, 8), 1e5),
        "judged": np.full((1, 8, 5), 80.0),
        "place": place,
        "load": np.ones(8),
        "lever": {"pairs_share": 0.25},
    }
    pairs = {(pair.mentor, pair.mentee) for pair in assess(town(**common)).pairs.proposed}
    assert pairs == {(0, 7), (1, 6)}
    far = assess(town(**common, pair_rules=PairRules(points_per_km=0.0))).pairs.proposed
    assert sum(pair.worth for pair in far) == pytest.approx(sum(pair.gap for pair in far))


def test_nobody_teaches_what_they_are_no_better_at() -> None:
    """All alike: no gaps, no pairs, and the page says that fewer were found than wanted."""
    same = town(visits_done=np.full((1, 8), 100), sales=np.full((1, 8), 1e5), judged=np.full((1, 8, 5), 80.0))
    found = assess(same).pairs
    assert found.wanted == 3 and found.proposed == () and found.reason == "nobody"


def test_without_an_item_to_compare_nobody_is_paired() -> None:
    """All that counts is the service centre's count of visits, which is no judgement of its own."""
    rules = {
        "component_weights": {grade: [0, 1, 0] for grade in ("junior", "mid", "senior")},
        "evaluators": {"inspection": 0.0, "service_centre": 1.0, "head": 0.0},
        "mentoring": {"pairs_share": 0.4},
    }
    nothing: dict[str, Any] = {"sales": np.full((1, 8), np.nan), "judged": np.full((1, 8, 5), np.nan)}
    found = assess(two_offices(months=1, people=8, pairs=(), rules=rules, **nothing)).pairs
    assert found.wanted == 3 and found.proposed == ()


def test_chance_pairs_the_same_two_for_the_same_seed_only() -> None:
    def drawn(seed: int) -> set[tuple[int, int]]:
        found = assess(replace(town("random"), seed=seed))
        return {(pair.mentor, pair.mentee) for pair in found.pairs.proposed}

    assert drawn(1) == drawn(1)
    assert len({frozenset(drawn(seed)) for seed in range(6)}) > 1


def test_a_pair_that_misses_its_target_goes_on_until_its_renewals_are_used() -> None:
    rules = {"mentoring": {"pairs_share": 0.2, "max_renewals": 2, "target_gain_points": 100.0}}
    pair = (PairStart(mentor=0, mentee=9, since=0, score_at_start=50.0),)
    found = assess(two_offices(months=4, rules=rules, pairs=pair)).pairs
    assert [(verdict.renewals, verdict.end) for verdict in found.verdicts] == [(0, ""), (1, ""), (2, "renewals")]
    assert found.running == ()


def test_a_pair_that_reaches_its_target_ends_and_both_get_points_next_month() -> None:
    rules = {"mentoring": {"pairs_share": 0.2, "joint_points": 2.0, "target_gain_points": 1.0}}
    pair = (PairStart(mentor=0, mentee=9, since=1, score_at_start=0.0),)
    found = assess(two_offices(months=4, rules=rules, pairs=pair))
    (verdict,) = found.pairs.verdicts
    assert verdict.has_reached and verdict.end == "reached" and verdict.month == 1
    assert np.flatnonzero(found.months[2].award_pairs).tolist() == [0, 9]


def test_a_pair_is_measured_from_the_mentees_last_score_before() -> None:
    pair = (PairStart(mentor=0, mentee=9, since=2),)
    found = assess(two_offices(months=4, pairs=pair))
    assert found.pairs.verdicts[0].score_at_start == found.months[1].score[9]


@pytest.mark.parametrize(
    ("end", "changes", "until", "lever"),
    [
        ("left", {"is_staff": np.arange(10) != 9}, None, {}),
        ("ended", {}, 3, {}),
        ("uncovered", {"first_year": 2026}, None, {"stop_month": 15}),
        ("", {"first_year": 2026}, None, {"stop_month": 16}),
    ],
)
def test_other_ways_in_which_pairs_end(
    end: str, changes: dict[str, Any], until: int | None, lever: dict[str, Any]
) -> None:
    """The panel's last month, March 2027, is month 15 of a policy that began in January 2026."""
    rules = {"mentoring": {"target_gain_points": 100.0} | lever}
    start = PairStart(mentor=0, mentee=9, since=3, until=until, score_at_start=50.0)
    found = assess(two_offices(months=4, rules=rules, pairs=(start,), **changes)).pairs
    assert found.verdicts[-1].end == end
    assert found.running == (() if end else (0,))


def test_an_exchange_that_gains_points_is_found_by_the_checker() -> None:
    """Swapping the mentors of two proposed pairs keeps them allowed and loses points."""
    place = np.random.default_rng(4).uniform(30.0, 31.0, (8, 2))
    problem = town(place=place, pair_rules=PairRules(points_per_km=2.0))
    found = assess(problem)
    candidates = Candidates(problem, found)
    swaps = [
        (one, two, ((two.mentor, one.mentee), (one.mentor, two.mentee)))
        for one, two in combinations(found.pairs.proposed, 2)
    ]
    one, two, pairs = next(swap for swap in swaps if set(swap[2]) <= set(candidates.pairs))
    lost = one.worth + two.worth - sum(candidates.worth(*pair) for pair in pairs)
    assert lost > 0.0
    rest = tuple(pair for pair in found.pairs.proposed if pair not in (one, two))
    proposed = (*(candidates.proposal(*pair) for pair in pairs), *rest)
    broken = check(problem, replace(found, pairs=replace(found.pairs, proposed=proposed))).violations
    assert [violation.rule for violation in broken] == ["pairs_best"]
    assert broken[0].amount == pytest.approx(lost)
    fewer = check(problem, replace(found, pairs=replace(found.pairs, proposed=rest))).violations
    assert [(violation.rule, violation.unit) for violation in fewer] == [("pairs_best", "pairs too few")]
