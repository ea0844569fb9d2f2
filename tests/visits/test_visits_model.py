"""Legal sets of days, parts, prices."""

from __future__ import annotations

import datetime as dt
import pickle
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.rules import VisitRules
from territory.visits.model import MIDNIGHT_S, legal_day_sets, lower_frequencies
from tests.visits.towns import MONDAY, make_problem, windows

WEEK = (0, 1, 2, 3, 4)


def sets(frequency, *, weekdays=WEEK, holidays=(), gap=2, same=True):
    return legal_day_sets(frequency, weekdays=weekdays, holidays=holidays, min_gap_days=gap, same_weekday=same)


def promised(days: tuple[int, ...], frequency: int, gap: int) -> bool:
    """The promise of `docs/semantics.md`, read literally, over three cycles so that the seam counts."""
    if len(days) != frequency:
        return False
    weekdays = {day % 7 for day in days}
    weeks = {day // 7 for day in days}
    if frequency == 1:
        return True
    if frequency == 2:
        return len(weekdays) == 1 and weeks in ({0, 2}, {1, 3})
    if frequency == 4:
        return len(weekdays) == 1
    long = sorted(day + 28 * cycle for cycle in range(3) for day in days)
    return len(weekdays) == 2 and min(b - a for a, b in pairwise(long)) >= gap


@pytest.mark.parametrize("frequency", [1, 2, 4])
def test_legal_sets_are_exactly_those_that_keep_the_promise(frequency):
    worked = [7 * week + day for week in range(4) for day in WEEK]
    expected = {days for days in combinations(worked, frequency) if promised(days, frequency, 2)}
    assert set(sets(frequency)) == expected


@given(st.sets(st.integers(0, 6), min_size=2), st.integers(0, 4))
def test_twice_a_week_keeps_its_gap_around_the_week_and_the_seam(weekdays, gap):
    found = set(sets(8, weekdays=tuple(sorted(weekdays)), gap=gap))
    pairs = [tuple(7 * w + d for w in range(4) for d in pair) for pair in combinations(sorted(weekdays), 2)]
    assert found == {days for days in pairs if promised(days, 8, gap)}


def test_monday_and_thursday_is_legal_and_monday_and_tuesday_is_not():
    weekdays = [tuple(sorted({day % 7 for day in days})) for days in sets(8)]
    assert (0, 3) in weekdays
    assert (1, 4) in weekdays
    assert (0, 1) not in weekdays


def test_five_and_three_a_week_have_one_legal_set_from_monday_to_friday():
    assert sets(20) == (tuple(7 * w + d for w in range(4) for d in WEEK),)
    assert sets(12) == (tuple(7 * w + d for w in range(4) for d in (0, 2, 4)),)
    assert len(sets(20, weekdays=(0, 1, 2, 3, 4, 5))) == 6
    assert sets(20, weekdays=(0, 1, 2)) == ()


def test_no_visits_due_means_one_empty_set():
    assert sets(0) == ((),)


def test_a_holiday_drops_out_of_a_weekly_set_and_is_not_replaced():
    assert (0, 14, 21) in sets(4, holidays=(7,))
    assert (1, 8, 15, 22) in sets(4, holidays=(7,))


def test_rare_visits_avoid_holidays_as_far_as_they_can():
    assert all(len(days) == 2 for days in sets(2, holidays=(7,)))
    assert (7,) not in sets(1, holidays=(7,))
    assert sets(1, weekdays=(0,), holidays=(0, 7, 14, 21)) == ((),)


def test_without_same_weekday_a_weekly_visit_may_fall_on_one_of_two_neighbouring_weekdays():
    loose = set(sets(4, same=False))
    assert set(sets(4)) < loose
    assert (0, 8, 14, 22) in loose
    assert (0, 9, 14, 21) not in loose
    assert (4, 11, 18, 26) not in set(sets(4, same=False))  # Saturday is not worked
    assert (0, 15) in set(sets(2, same=False))
    assert sets(1, same=False) == sets(1)


def test_lower_frequencies_fall_one_after_the_other():
    assert lower_frequencies(8) == (4, 2, 1)
    assert lower_frequencies(20) == (12, 8, 4, 2, 1)
    assert lower_frequencies(1) == ()


def test_parts_are_one_per_rep_and_leave_out_outlets_that_are_not_due():
    problem = make_problem(
        xy=[(i, 0.0) for i in range(5)],
        frequency=(1, 2, 0, 4, 1),
        homes=((0, 0), (0, 1), (0, 2)),
        rep_of_outlet=(2, 0, 0, 2, 0),
    )
    parts = problem.parts()
    assert [part.name for part in parts] == ["r0", "r2"]
    assert [part.outlet_idcs.tolist() for part in parts] == [[1, 4], [0, 3]]
    assert [part.rep_of_outlet.tolist() for part in parts] == [[0, 0], [0, 0]]


def test_a_pooled_team_is_one_part_and_its_skilled_reps_may_visit():
    problem = make_problem(
        xy=((0, 0), (1, 0)),
        frequency=(1, 1),
        homes=((0, 0), (0, 1)),
        rep_of_outlet=(0, 0),
        pooled=True,
        skills=("", "cold"),
        rep_skills=(frozenset(), frozenset({"cold"})),
    )
    (part,) = problem.parts()
    assert part.name == "r0+r1"
    assert part.reps_of(0) == (0, 1)
    assert part.reps_of(1) == (1,)


def test_parts_survive_the_way_to_another_process():
    problem = make_problem(xy=((1, 2), (3, 4)), frequency=(4, 2), homes=((0, 0), (5, 5)), rep_of_outlet=(0, 1))
    part = problem.parts()[1]
    again = pickle.loads(pickle.dumps(part))
    assert again.content_digest() == part.content_digest()
    assert part.content_digest() != problem.parts()[0].content_digest()


def test_visits_due_count_the_best_legal_set_or_the_frequency_when_there_is_none():
    one_week = [MONDAY + dt.timedelta(days=7 + d) for d in range(5)]
    problem = make_problem(
        xy=((0, 0), (1, 0)), frequency=(4, 4), holidays=one_week, windows_s=np.stack(
            [windows(1, (0, 24))[0], windows(1, (0, 24), weekdays=[6])[0]]
        ),
    )  # fmt: skip
    assert problem.due.tolist() == [3, 4]


def test_a_missing_visit_costs_more_than_it_can_save_and_up_to_double_by_priority():
    problem = make_problem(xy=((0, 0), (1, 0)), frequency=(1, 1), priority=(0, 100))
    low, high = problem.missing_price_s.tolist()
    shift_s = 540 * 60
    assert low > shift_s * (1 + problem.rules.price_balance)
    assert high == 2 * low
    unpaid = make_problem(xy=((0, 0),), frequency=(1,), rules=VisitRules(first_drive_paid=False))
    assert unpaid.missing_price_s[0] > MIDNIGHT_S


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one row per outlet"):
        make_problem(xy=((0, 0), (1, 0)), frequency=(1,))
    with pytest.raises(ValueError, match="one of"):
        make_problem(xy=((0, 0),), frequency=(3,))
    with pytest.raises(ValueError, match="not there"):
        make_problem(xy=((0, 0),), frequency=(1,), rep_of_outlet=(1,))
    with pytest.raises(ValueError, match="negative"):
        make_problem(xy=((0, 0),), frequency=(1,), service_min=-1.0)
    with pytest.raises(ValueError, match="one row per rep"):
        make_problem(xy=((0, 0),), frequency=(1,), rep_skills=(frozenset(), frozenset()))
