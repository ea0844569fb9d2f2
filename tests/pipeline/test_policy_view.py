"""From a comparison to its report: the same numbers, and words that fit them."""

from __future__ import annotations

import numpy as np
import pytest

from territory.domain.policy_rules import PolicyRules
from territory.lab import Comparison, compare
from territory.lab.estimates import estimate
from territory.lab.money import MoneyEffect, Payback
from territory.lab.series import band
from territory.language import Text
from territory.pipeline.policy_tables import group_rows, money_rows, month_rows
from territory.pipeline.policy_view import is_told_apart, payback_words, policy_report, time_shares
from territory.policy import PolicyProblem
from territory.policy.kpi import measures
from territory.policy.result import MINUTE_KINDS
from territory.policy.simulate import simulate
from territory.report.policy_view import PolicyReport
from tests.policy.policy_towns import policy, two_teams

POLICIES: dict[str, PolicyRules] = {
    "as_it_is": policy(why="as it is"),
    "same": policy(mentoring={"pairs_share": 0.0, "hours_per_week": 9.0}),
    "pay": policy(egalitarian_pool={"egalitarian_share": 0.2}, commission={"share": 0.2}),
}
REPLICATIONS = 10


@pytest.fixture(scope="module")
def town() -> PolicyProblem:
    return two_teams(6)


@pytest.fixture(scope="module")
def comparison(town: PolicyProblem) -> Comparison:
    return compare(town, POLICIES, replications=REPLICATIONS, seed=5)


@pytest.fixture(scope="module")
def report(town: PolicyProblem, comparison: Comparison) -> PolicyReport:
    return policy_report(
        comparison, POLICIES, scenario="town", currency="CNY", ground=Text("here", "此处"), year=town.year
    )


def test_the_reports_numbers_are_the_comparisons(comparison: Comparison, report: PolicyReport) -> None:
    for row in report.rows:
        found = comparison.row(row.name)
        for cell, item in zip(row.cells, found.policies, strict=True):
            assert cell.level.mean == item.level.mean
            if item.difference is not None:
                assert cell.change is not None
                assert (cell.change.low, cell.change.high) == (
                    item.difference.low_together,
                    item.difference.high_together,
                )
                assert cell.reading == item.verdict
                assert cell.is_told_apart == (not item.difference.covers_zero)


def test_a_policy_that_changes_nothing_is_told_from_nothing_nowhere(report: PolicyReport) -> None:
    for row in report.rows:
        assert row.cells[1].reading == Text("identical", "完全相同")
        assert not row.cells[1].is_told_apart
    assert report.returns[0].payback.en == "costs no more"


def test_few_replications_tell_nothing_apart() -> None:
    assert not is_told_apart(estimate(np.array([1.0, 1.01, 0.99])))
    assert is_told_apart(estimate(np.linspace(0.99, 1.01, 10)))


def test_months_add_up_to_the_year(comparison: Comparison, report: PolicyReport) -> None:
    assert report.months is not None
    year = comparison.of_measure("true_sales").mean(axis=0)
    assert report.months.true_sales.mean.sum(axis=1) == pytest.approx(year)
    change = comparison.row("recorded_sales").policies[2].difference
    assert change is not None
    assert report.months.recorded_sales.change[2].sum() == pytest.approx(change.mean)
    assert not report.months.true_sales.change[0].any()


def test_time_shares_are_those_of_the_recorded_minutes(town: PolicyProblem, comparison: Comparison) -> None:
    shares = time_shares(comparison)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    parts = []
    for number in range(REPLICATIONS):
        minutes = simulate(town, POLICIES["pay"], seed=5, replication=number).minutes.sum(axis=(0, 1))
        order = [MINUTE_KINDS.index(kind) for kind in ("drive", "service", "admin")]
        parts.append(minutes[order] / minutes.sum())
    assert shares[2, :3] == pytest.approx(np.mean(parts, axis=0))


def test_groups_change_in_shares_of_their_own_amount(comparison: Comparison, report: PolicyReport) -> None:
    pay = next(table for table in report.groups if table.name == "pay")
    grades = next(grouping for grouping in pay.groupings if grouping.label.en == "Grade")
    for row, found in zip(grades.rows, comparison.groups.of("grade", "pay"), strict=True):
        assert row.size == found.num_slots
        assert row.changes[1] is not None
        assert row.changes[1].mean == pytest.approx(found.policies[1].difference.mean / found.baseline.mean)


def test_tables_hold_every_policy_month_and_group(comparison: Comparison) -> None:
    assert [row["policy"] for row in money_rows(comparison)] == ["same", "pay"]
    months = [row for row in month_rows(comparison) if row["series"] == "true_sales"]
    assert len(months) == 3 * 12
    assert {row["month"] for row in months} == set(range(1, 13))
    assert {row["dimension"] for row in group_rows(comparison)} == {"grade", "tenure", "ability", "contract", "team"}


def test_the_first_policy_alone_makes_a_report_without_groups(town: PolicyProblem) -> None:
    alone = {"as_it_is": POLICIES["as_it_is"]}
    found = compare(town, alone, replications=2, seed=5)
    report = policy_report(found, alone, scenario="town", currency="CNY", ground=Text("", ""), year=town.year)
    assert report.others == ()
    assert report.groups == ()
    assert report.returns == ()


def _effect(month: int | None, earliest: int | None, latest: int | None) -> MoneyEffect:
    nothing = estimate(np.zeros(10))
    return MoneyEffect(
        policy="p",
        extra_margin=nothing,
        extra_cost=nothing,
        net=nothing,
        returns=None,
        payback=Payback(
            month=month, earliest=earliest, latest=latest, share_by_month=np.zeros(12), net=band(np.zeros((10, 12)))
        ),
    )


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ((3, 3, 3), "month 3"),
        ((4, 3, 6), "month 4 (3 to 6)"),
        ((4, 3, None), "month 4 (3, or not within 12)"),
        ((None, 9, None), "not shown within 12 months; month 9 at the earliest"),
        ((None, None, None), "not within 12 months"),
    ],
)
def test_payback_says_when_and_how_sure(months: tuple[int | None, int | None, int | None], said: str) -> None:
    words = payback_words(_effect(*months), 12)
    assert words.en == said
    assert all(str(month) in words.zh for month in months if month is not None)


def test_measures_that_are_shown_exist(town: PolicyProblem, report: PolicyReport) -> None:
    names = {measure.name for measure in measures(town, simulate(town, PolicyRules(), seed=1, replication=0))}
    wanted = {
        "true_sales",
        "recorded_sales",
        "profit",
        "visits_done",
        "payroll",
        "turnover",
        "gaming_index",
        "pay_gini",
    }
    assert wanted <= names
    assert wanted <= {row.name for row in report.rows}
