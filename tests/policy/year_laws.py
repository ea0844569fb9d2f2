"""What must be true of the facts of any year under any policy, counted again from the facts alone."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import GRADES, LEVERS, MONTHS_PER_YEAR
from territory.policy import PolicyProblem, YearResult
from territory.policy.check import check
from territory.policy.kpi import measures, payroll, programme_cost
from territory.policy.model import DAYS_PER_MONTH
from territory.policy.result import ACTIVITIES, FACTS, JUDGED, MINUTE_KINDS, PAY_PARTS, REWARDS
from territory.units import FloatArray

MONEY, MINUTES = 1e-9, 1e-6


def by_month(daily: np.ndarray) -> FloatArray:
    """Sums of daily facts, shape (M, S)."""
    return np.asarray(daily.reshape(-1, DAYS_PER_MONTH, daily.shape[1]).sum(axis=1), dtype=np.float64)


def assert_lawful(problem: PolicyProblem, year: YearResult) -> None:
    """All laws below, and nothing for the checker to find."""
    assert check(problem, year).violations == ()
    for law in LAWS:
        law(problem, year)


def assert_close(found: YearResult, expected: YearResult) -> None:
    """The same counts, and numbers that differ by rounding at most."""
    for fact in FACTS:
        ours, theirs = getattr(found, fact), getattr(expected, fact)
        if theirs.dtype == np.float64:
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=fact)
        else:
            np.testing.assert_array_equal(ours, theirs, err_msg=fact)


def all_numbers_are_finite(problem: PolicyProblem, year: YearResult) -> None:
    for name in FACTS:
        assert np.isfinite(getattr(year, name)).all(), name
    for measure in measures(problem, year):
        assert np.isfinite(measure.value), measure.name


def positions_are_filled_or_vacant_each_day(problem: PolicyProblem, year: YearResult) -> None:
    """Leavers less newcomers are the change in vacancies, month by month."""
    gone = year.quits + year.exam_failures + year.eliminated + year.promoted_out
    vacant = (~year.is_filled).astype(np.int64)
    change = np.diff(np.vstack([np.zeros((1, problem.num_slots), dtype=np.int64), vacant]), axis=0)
    np.testing.assert_array_equal(gone - year.hires, change)
    assert (
        (gone > 0) <= (year.is_filled_day.reshape(-1, DAYS_PER_MONTH, problem.num_slots).any(axis=1) | gone > 0)
    ).all()
    at_most_one = year.quits + year.eliminated + year.promoted_out
    assert at_most_one.max(initial=0) <= 1


def pay_is_the_sum_of_its_parts_and_the_pool_is_handed_out(problem: PolicyProblem, year: YearResult) -> None:
    pool = year.pay[:, :, PAY_PARTS.index("pool")].sum(axis=1)
    np.testing.assert_allclose(pool, year.pool, rtol=MONEY, atol=MONEY)
    parts = sum(float(year.pay[:, :, part].sum()) for part in range(len(PAY_PARTS)))
    np.testing.assert_allclose(payroll(year), parts + year.supervisor_pay.sum(), rtol=MONEY, atol=MONEY)
    assert year.pay[:, :, : len(REWARDS)].min(initial=0) >= 0
    assert year.pay[:, :, len(REWARDS) :].max(initial=0) <= 0


def nothing_is_late_that_was_not_sold(problem: PolicyProblem, year: YearResult) -> None:
    sold = year.true_sales.sum(axis=2) + year.dumped_out + year.pulled
    assert (year.overdue <= sold * (1 + MONEY) + MONEY).all()
    assert year.overdue.min(initial=0) >= 0
    assert 0 <= year.lapsed.min(initial=0) <= year.lapsed.max(initial=0) <= 1


def levers_never_cost_more_than_the_budget(problem: PolicyProblem, year: YearResult) -> None:
    assert programme_cost(year) >= 0
    if year.policy.budget_per_year is None:
        return
    levers = year.costs[:, : len(LEVERS)].sum(axis=1)
    for first in range(0, len(levers), MONTHS_PER_YEAR):
        assert levers[first : first + MONTHS_PER_YEAR].sum() <= year.policy.budget_per_year * (1 + MONEY)


def goods_are_conserved(problem: PolicyProblem, year: YearResult) -> None:
    """What is dumped displaces sales elsewhere or leaks; what is pulled forward is missing a month later."""
    true = year.true_sales.sum(axis=2)
    kept = 1 - problem.year.leak_share
    np.testing.assert_allclose(
        year.dumped_in.sum(axis=1), kept * year.dumped_out.sum(axis=1), rtol=MONEY, atol=MONEY * true.max(initial=1.0)
    )
    leaked = year.dumped_out.sum() - year.dumped_in.sum()
    booked = year.recorded_sales.sum() - year.pulled[-1].sum()
    np.testing.assert_allclose(booked, true.sum() + leaked, rtol=MONEY)
    assert min(true.min(), year.dumped_out.min(), year.dumped_in.min(), year.pulled.min()) >= 0


def visits_and_minutes_keep_to_their_limits(problem: PolicyProblem, year: YearResult) -> None:
    assert (year.done_visits >= 0).all()
    assert (year.done_visits <= year.due_visits).all()
    assert (year.used_min_day <= year.budget_min_day + MINUTES).all()
    worked = problem.workday_min * by_month(year.is_filled_day)
    np.testing.assert_allclose(year.minutes.sum(axis=2), worked, rtol=MONEY, atol=MINUTES)
    assert year.minutes.min() >= -MINUTES
    in_field = year.minutes[:, :, [MINUTE_KINDS.index("drive"), MINUTE_KINDS.index("service")]].sum(axis=2)
    np.testing.assert_allclose(in_field + year.cover_min, by_month(year.used_min_day), rtol=MONEY, atol=MINUTES)
    assert (year.reported_visits >= year.done_visits.sum(axis=2)).all()


def scores_are_points_and_conduct_is_bounded(problem: PolicyProblem, year: YearResult) -> None:
    for points in (year.judged, year.score, year.plain_score, year.annual_score, year.stars_points):
        assert points.min(initial=0.0) >= 0
        assert points.max(initial=0.0) <= 100 + 1e-9
    assert year.judged.shape[2] == len(JUDGED)
    harmful = year.effort[:, :, [ACTIVITIES.index(name) for name in ("game", "pad", "sabotage")]]
    assert harmful.max(initial=0.0) <= 1
    assert year.effort.min(initial=0.0) >= 0
    assert year.goodwill.min() >= 0
    assert min(year.skill.min(), year.quality.min()) >= 0


def grades_and_steps_are_on_the_ladder(problem: PolicyProblem, year: YearResult) -> None:
    assert ((year.holder_grade >= 0) & (year.holder_grade < len(GRADES))).all()
    for name, low, high in (("grade", -1, 2), ("grade_next", -1, 2), ("step", -1, 9), ("step_next", -1, 9)):
        values = getattr(year, name)
        assert ((values >= low) & (values <= high)).all(), name
    assert ((year.star >= 0) & (year.star <= 5)).all()
    held = (year.grade >= 0) & (year.grade_next >= 0)
    up_twice = (year.grade_next != year.grade) & (year.step_next != 1)
    assert not (held & up_twice).any()


def levers_act_in_their_months_and_at_most_with_their_strength(problem: PolicyProblem, year: YearResult) -> None:
    for row, name in enumerate(LEVERS):
        lever = year.policy.lever(name)
        for month in range(problem.num_months):
            acting = year.strength[month, row]
            assert acting.min() >= 0
            assert acting.max() <= (lever.strength if lever.is_in_force(month + 1) else 0.0), name


LAWS = (
    all_numbers_are_finite,
    positions_are_filled_or_vacant_each_day,
    pay_is_the_sum_of_its_parts_and_the_pool_is_handed_out,
    nothing_is_late_that_was_not_sold,
    levers_never_cost_more_than_the_budget,
    goods_are_conserved,
    visits_and_minutes_keep_to_their_limits,
    scores_are_points_and_conduct_is_bounded,
    grades_and_steps_are_on_the_ladder,
    levers_act_in_their_months_and_at_most_with_their_strength,
)
