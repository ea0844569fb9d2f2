"""The year at the desk: stars, grades under their caps, who is held back, who goes; and what is only a preview."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.desk import DeskProblem, assess
from territory.desk.year import held_back
from tests.desk.offices import two_offices

MERIT: dict[str, Any] = {"ladder": {"meritocracy": 1.0, "jump_share": 0.2}}


def ranked_by(scores: list[float], **changes: Any) -> DeskProblem:
    """Ten reps in one December whose scores come in this order: all that counts is their visits."""
    weights = {"junior": [1, 0, 0], "mid": [1, 0, 0], "senior": [1, 0, 0]}
    rules = {"component_weights": weights, "outcome_weight": {"normal": 1.0}} | MERIT | changes.pop("rules", {})
    done = np.array([scores]).astype(np.int64)
    return two_offices(months=1, first="2027-12", rules=rules, visits_done=done, pairs=(), **changes)


def test_a_cap_of_a_tenth_leaves_one_senior_and_tells_who_is_held_back() -> None:
    """R00 to R02 are senior, R03 to R05 mid. R03 has the best score, R00 the second, R04 the third."""
    found = assess(ranked_by([99, 60, 50, 100, 98, 70, 80, 40, 30, 20])).year
    assert found.places.tolist() == [3, 6, 1]
    assert found.grade_next.tolist() == [1, 1, 1, 2, 1, 1, 1, 0, 0, 0]
    # Three are senior today: R04 would be the third. R00, first without a place, is one today and goes down.
    # R07 is the first one who is not mid.
    assert np.flatnonzero(found.is_held_back).tolist() == [4, 7]
    assert found.step_next[[3, 0]].tolist() == [1, 1]


def test_the_first_one_out_is_held_back_even_if_the_grade_has_grown() -> None:
    place, grade = np.arange(1, 5), np.array([2, 1, 1, 0])
    after, places = np.array([2, 1, 1, 0]), np.array([1, 2, 1])
    assert held_back(place=place, grade=grade, after=after, places=places).tolist() == [False, True, False, True]


def test_steps_jump_for_the_best_and_stand_still_for_the_last() -> None:
    found = assess(ranked_by([100, 70, 60, 95, 90, 85, 80, 50, 40, 30], grade=np.full((1, 10), 1))).year
    stays = found.grade_next == 1
    up = (found.step_next - found.step)[stays]
    assert found.grade_next[0] == 2 and found.step_next[0] == 1
    # R03 is among the best fifth; the last one is no longer mid.
    assert up[found.place[stays] == 2].tolist() == [2]
    assert set(up[found.place[stays] > 2].tolist()) == {1}


def test_the_bottom_is_proposed_for_replacement_and_the_best_senior_for_management() -> None:
    rules = {"ladder": {"meritocracy": 1.0, "bottom_elimination": 0.1, "management_track": 0.2}}
    grade = np.array([[2, 2, 2, 2, 2, 1, 1, 0, 0, 0]])
    found = assess(ranked_by([10, 60, 50, 90, 98, 70, 80, 40, 30, 20], rules=rules, grade=grade)).year
    assert np.flatnonzero(found.is_replaced).tolist() == [0]
    # A fifth of the four seniors who are left is less than one; of five it is one.
    assert not found.is_promoted_out.any()
    found = assess(ranked_by([61, 60, 50, 90, 98, 70, 80, 40, 30, 20], rules=rules, grade=grade)).year
    assert np.flatnonzero(found.is_promoted_out).tolist() == [4]


def test_seniority_counts_as_far_as_the_ladder_says() -> None:
    by_service = ranked_by(list(range(10, 110, 10)), rules={"ladder": {"meritocracy": 0.0}})
    served = np.arange(10)[::-1].astype(float)
    by_service = ranked_by(
        list(range(10, 110, 10)), rules={"ladder": {"meritocracy": 0.0}}, tenure_months=served[None, :]
    )
    assert assess(by_service).year.place.tolist() == list(range(1, 11))


def test_stars_go_by_the_committee_and_there_are_none_without_it() -> None:
    points = np.zeros((1, 10, 4))
    points[0] = np.arange(10)[:, None] * 5.0
    found = assess(ranked_by([100] * 10, committee=points)).year
    assert found.stars.tolist() == [1, 2, 2, 3, 3, 3, 3, 4, 4, 5]
    nobody = assess(ranked_by([100] * 10, committee=np.full((1, 10, 4), np.nan))).year
    assert not nobody.stars.any() and not nobody.has_member.any()


def test_a_member_who_gave_no_points_costs_the_weight_unless_it_is_shared_out() -> None:
    """Monopoly .25, sales .35, logistics .20, call centre .20."""
    points = np.full((1, 10, 4), 80.0)
    points[0, :, 3] = np.nan
    found = assess(ranked_by([100] * 10, committee=points)).year
    assert found.committee == pytest.approx(np.full(10, 64.0))
    shared = assess(ranked_by([100] * 10, committee=points, redistribute=True)).year
    assert shared.committee == pytest.approx(np.full(10, 80.0))


def test_a_year_is_a_preview_until_its_twelve_months_are_there() -> None:
    assert assess(two_offices(months=11, first="2027-01", pairs=())).year.is_preview
    whole = assess(two_offices(months=12, first="2027-01", pairs=())).year
    assert not whole.is_preview and whole.num_months.tolist() == [12] * 10


def test_a_year_counts_its_own_months_only() -> None:
    found = assess(two_offices(months=4, first="2026-12"))
    assert found.year.months == (1, 2, 3)
    mean = np.mean([scores.score for scores in found.months[1:]], axis=0)
    np.testing.assert_allclose(found.year.annual, mean)


def test_who_left_the_scenario_is_scored_and_not_ranked() -> None:
    staff = np.ones(10, dtype=bool)
    staff[3] = False
    found = assess(two_offices(is_staff=staff))
    assert found.latest.is_assessed[3] and found.year.place[3] == 0 and found.year.grade_next[3] == -1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 16), st.sampled_from([0.0, 0.4, 1.0]))
def test_grades_fill_their_caps_and_everybody_held_back_would_rise_with_enough_places(
    seed: int, people: int, merit: float
) -> None:
    rng = np.random.default_rng(seed)
    problem = two_offices(
        months=1, people=people, seed=seed, pairs=(), rules={"ladder": {"meritocracy": merit}},
        grade=rng.integers(0, 3, (1, people)), tenure_months=rng.permutation(people)[None, :].astype(float),
    )  # fmt: skip
    found = assess(problem).year
    assert np.bincount(found.grade_next, minlength=3).tolist() == found.places.tolist()
    for person in np.flatnonzero(found.is_held_back):
        higher = found.grade_next[person] + 1
        ahead = found.places[higher:].sum()
        # Behind the last place of the grade that is asked for, and below that grade today.
        assert found.place[person] > ahead and found.grade[person] < higher
    first_out = [p for p in (found.places[2], found.places[1:].sum()) if 0 < p < people]
    for place in first_out:
        person = int(np.flatnonzero(found.place == place + 1)[0])
        falls = found.grade[person] > found.grade_next[person]
        assert found.is_held_back[person] or falls
