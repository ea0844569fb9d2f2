"""A month's score by hand: what counts how much, what is missing, who is assessed, what is added."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.desk import DeskProblem, assess
from territory.desk.gaps import gaps
from territory.desk.statement import statement
from tests.desk.offices import plain_month, two_offices

NOBODY = np.full((1, 2, 5), np.nan)


def judged(**points: float) -> Any:
    """Points by source for both reps; 80 where nothing is said, nothing where NaN is."""
    names = ("quality", "inspection", "service_centre", "head", "peers")
    return np.tile([points.get(name, 80.0) for name in names], (1, 2, 1))


def score(problem: DeskProblem) -> float:
    return float(assess(problem).latest.score[0])


def test_a_month_in_which_everything_is_as_asked_scores_80() -> None:
    assert score(plain_month()) == pytest.approx(80.0, abs=1e-12)


def test_a_score_is_worked_out_as_on_paper() -> None:
    """90 of 100 visits, 110 % of the target, quality 70; inspection 60, service centre 85, head 95."""
    problem = plain_month(
        visits_done=np.full((1, 2), 90),
        sales=np.full((1, 2), 110_000.0),
        judged=judged(quality=70.0, inspection=60.0, service_centre=85.0, head=95.0),
    )
    outcome = 0.5 * 72.0 + 0.3 * 88.0 + 0.2 * 70.0
    behaviour = 0.3 * 60.0 + 0.3 * 85.0 + 0.4 * 95.0
    assert score(problem) == pytest.approx(0.75 * outcome + 0.25 * behaviour, abs=1e-12)


def test_in_a_month_of_short_supply_behaviour_counts_half() -> None:
    problem = plain_month(supply=np.array([0.85]), judged=judged(inspection=100.0, head=100.0))
    assert assess(problem).latest.is_abnormal
    assert score(problem) == pytest.approx(0.5 * 80.0 + 0.5 * (30.0 + 24.0 + 40.0), abs=1e-12)


def test_more_than_a_quarter_above_the_target_is_worth_nothing_more() -> None:
    at_the_limit = plain_month(sales=np.full((1, 2), 125_000.0))
    beyond = plain_month(sales=np.full((1, 2), 300_000.0))
    assert assess(at_the_limit).latest.judged[0, 1] == assess(beyond).latest.judged[0, 1] == 100.0


def test_what_has_no_source_costs_its_weight_unless_the_weight_is_shared_out() -> None:
    """Nobody judged quality (a fifth of a junior's outcome): 0.75 * 0.2 * 100 points cannot be had."""
    problem = plain_month(judged=judged(quality=np.nan))
    found = assess(problem).latest
    assert found.score[0] == pytest.approx(0.75 * (0.5 + 0.3) * 80.0 + 0.25 * 80.0, abs=1e-12)
    assert found.highest[0] == pytest.approx(85.0)
    shared = plain_month(judged=judged(quality=np.nan), redistribute=True)
    assert score(shared) == pytest.approx(80.0, abs=1e-12)
    np.testing.assert_allclose(assess(shared).latest.weights[0], [0.625, 0.375, 0.0])


def test_where_all_of_behaviour_is_missing_and_shared_out_outcome_counts_whole() -> None:
    nothing = judged(inspection=np.nan, service_centre=np.nan, head=np.nan)
    no_visits: dict[str, Any] = {"visits_asked": np.zeros((1, 2)), "judged": nothing}
    found = assess(plain_month(redistribute=True, **no_visits)).latest
    # Colleagues judged, but have no weight.
    assert found.has_group.tolist() == [False, False, False, True] and found.outcome[0] == 1.0
    assert found.score[0] == pytest.approx(80.0)
    left_out = assess(plain_month(**no_visits)).latest
    assert left_out.score[0] == pytest.approx(0.75 * 0.5 * 80.0)


def test_a_service_centre_that_nobody_asked_counts_visits() -> None:
    problem = plain_month(visits_done=np.full((1, 2), 50), judged=judged(service_centre=np.nan))
    found = assess(problem).latest
    assert found.is_service_centre_counted
    assert found.seen[0].tolist() == [80.0, 40.0, 80.0, 80.0]


def test_a_source_that_covers_some_of_the_assessed_is_a_gap_and_none_that_covers_nobody() -> None:
    some = judged()
    some[0, 1, 0] = np.nan
    assert [(gap.column, gap.person) for gap in gaps(plain_month(judged=some))] == [("quality", 1)]
    assert gaps(plain_month(judged=judged(quality=np.nan))) == []
    with pytest.raises(ValueError, match="cells are missing"):
        assess(plain_month(judged=some))


def test_a_judgement_without_weight_is_not_asked_for() -> None:
    some = judged()
    some[0, 1, 4] = np.nan
    assert gaps(plain_month(judged=some)) == []


def test_a_month_without_anything_to_score_by_is_a_gap() -> None:
    nothing = plain_month(
        judged=NOBODY, visits_asked=np.zeros((1, 2)), sales=np.full((1, 2), np.nan), target=np.full((1, 2), np.nan)
    )
    assert [gap.column for gap in gaps(nothing)] == [""]


def test_who_was_there_for_fewer_than_ten_days_is_not_assessed_and_needs_no_judgement() -> None:
    some = judged()
    some[0, 1] = np.nan
    found = assess(plain_month(days_present=np.array([[21, 9]]), judged=some))
    assert found.latest.is_assessed.tolist() == [True, False]
    assert found.latest.rank.tolist() == [1, 0]
    line = statement(plain_month(days_present=np.array([[21, 9]]), judged=some), found, 0, 1)
    assert len(line) == 1 and "9 working days" in line[0].how.en and "9 天" in line[0].how.zh


def test_equal_scores_share_a_rank() -> None:
    assert assess(plain_month()).latest.rank.tolist() == [1, 1]


def test_the_red_flag_of_a_month_counts_in_the_next() -> None:
    problem = two_offices()
    found = assess(problem)
    for before, scores in zip(found.months[:-1], found.months[1:], strict=True):
        team = problem.team_idx[0]
        means = [before.score[team == at].mean() for at in (0, 1)]
        assert before.winner == int(np.argmax(means))
        np.testing.assert_array_equal(scores.award_team, 3.0 * (team == before.winner))
    assert not found.months[0].award_team.any()


def test_a_contest_over_a_quarter_is_decided_by_the_mean_of_its_months() -> None:
    rules = {"team_award": {"score_bonus_points": 5.0, "period_months": 3, "individual": 1.0}}
    found = assess(two_offices(first="2027-01", months=4, rules=rules, pairs=()))
    assert [scores.winner >= 0 for scores in found.months] == [False, False, True, False]
    mean = np.mean([scores.score for scores in found.months[:3]], axis=0)
    assert set(np.flatnonzero(found.months[2].is_recognised)) == set(np.argsort(-mean)[:2])
    assert found.months[3].award_team.max() == 5.0


def test_the_lines_of_a_statement_add_up_to_the_score() -> None:
    problem = two_offices()
    found = assess(problem)
    for month in range(4):
        for person in range(10):
            lines = {line.key: line for line in statement(problem, found, month, person)}
            parts = [lines[key].product or 0.0 for key in ("baseline", "marketing", "management") if key in lines]
            assert lines["outcome"].points == pytest.approx(sum(parts))
            total = (lines["outcome"].product or 0.0) + (lines["behaviour"].product or 0.0)
            for key in ("forced", "award_team", "award_pairs"):
                total += (lines[key].product or 0.0) if key in lines else 0.0
            assert lines["score"].product == pytest.approx(min(100.0, total))


@pytest.mark.parametrize("redistribute", [False, True])
def test_a_missing_source_is_told_with_its_weight_in_both_languages(redistribute: bool) -> None:
    problem = plain_month(judged=judged(quality=np.nan, head=np.nan), redistribute=redistribute)
    told = {line.key: line for line in statement(problem, assess(problem), 0, 0)}
    for key, weight in (("management", "20 %"), ("head", "40 %")):
        assert told[key].points is None
        assert weight in told[key].how.en and weight in told[key].how.zh
        assert ("shared out among" in told[key].how.en) == redistribute
