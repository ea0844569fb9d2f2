"""Paired comparisons."""

from __future__ import annotations

import concurrent.futures as futures
from pathlib import Path

import numpy as np
import pytest

from territory.compute import Journal, local_executor
from territory.domain.policy_rules import PolicyRules, YearRules
from territory.effort import CancelToken
from territory.errors import CancelledError, ConfigError
from territory.lab import Comparison, HalfWidthStop, compare
from territory.lab.compare import _paired
from territory.policy import PolicyProblem, simulate
from territory.policy.kpi import measures
from tests.policy.policy_towns import policy, two_teams

POLICIES = {
    "baseline": policy(why="as it is"),
    "same": policy(mentoring={"pairs_share": 0.0, "hours_per_week": 9.0}),
    "pay": policy(pay={"egalitarian_share": 0.2, "commission_share": 0.2}),
}


@pytest.fixture(scope="module")
def town() -> PolicyProblem:
    return two_teams(6)


@pytest.fixture(scope="module")
def comparison(town: PolicyProblem) -> Comparison:
    return compare(town, POLICIES, replications=10, seed=5)


def test_a_policy_against_itself_differs_by_exactly_nothing(comparison: Comparison) -> None:
    for row in comparison.rows:
        cell = row.policies[1]
        assert cell.difference is not None
        assert cell.verdict is not None
        assert (cell.difference.mean, cell.difference.sd, cell.difference.half_width) == (0.0, 0.0, 0.0)
        assert cell.verdict.en == "identical"


def test_the_first_policy_has_levels_and_no_difference(comparison: Comparison) -> None:
    assert comparison.policies == ("baseline", "same", "pay")
    assert comparison.whys[0] == "as it is"
    for row in comparison.rows:
        assert row.policies[0].difference is None
        assert row.policies[0].verdict is None


def test_pay_for_results_sells_more_and_moves_goods_over_the_border(comparison: Comparison) -> None:
    for name, said in (("true_sales", "better"), ("gaming_index", "worse"), ("recorded_sales", "higher")):
        verdict = comparison.row(name).policies[2].verdict
        assert verdict is not None
        assert verdict.en == said


def test_values_are_those_of_single_years(comparison: Comparison, town: PolicyProblem) -> None:
    year = simulate(town, POLICIES["pay"], seed=5, replication=3)
    assert comparison.values[3, 2].tolist() == [measure.value for measure in measures(town, year)]


def test_differences_are_paired(comparison: Comparison) -> None:
    names = [row.name for row in comparison.rows]
    sales = comparison.values[:, :, names.index("true_sales")]
    difference = comparison.row("true_sales").policies[2].difference
    assert difference is not None
    assert difference.mean == pytest.approx((sales[:, 2] - sales[:, 0]).mean())
    assert difference.sd == pytest.approx((sales[:, 2] - sales[:, 0]).std(ddof=1))
    assert difference.sd < sales[:, 0].std(ddof=1)


def test_what_is_compared_beside_a_policy_changes_nothing(town: PolicyProblem, comparison: Comparison) -> None:
    fewer = compare(town, {"baseline": POLICIES["baseline"], "pay": POLICIES["pay"]}, replications=10, seed=5)
    assert np.array_equal(fewer.values, comparison.values[:, [0, 2]])


def test_the_return_is_the_gain_per_extra_cost(comparison: Comparison) -> None:
    names = [row.name for row in comparison.rows]
    mean = comparison.values.mean(axis=0)
    gain = mean[2] - mean[0]
    cost = gain[names.index("payroll")] + gain[names.index("programme_cost")]
    found = comparison.returns["pay"]
    assert found is not None
    assert found.mean == pytest.approx((gain[names.index("gross_margin")] - cost) / cost)
    assert comparison.returns["same"] is None


def test_the_journal_keeps_finished_replications(town: PolicyProblem, comparison: Comparison, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = compare(town, POLICIES, replications=4, seed=5, journal=journal)
    assert len(list(tmp_path.iterdir())) == 4
    again = compare(town, POLICIES, replications=10, seed=5, journal=journal)
    assert again == comparison
    assert np.array_equal(first.values, again.values[:4])
    assert hash(again) == hash(comparison)


def test_a_journal_of_another_policy_is_not_used(town: PolicyProblem, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    compare(town, {"a": policy()}, replications=2, seed=5, journal=journal)
    compare(town, {"a": POLICIES["pay"]}, replications=2, seed=5, journal=journal)
    compare(town, {"a": policy()}, replications=2, seed=6, journal=journal)
    assert len(list(tmp_path.iterdir())) == 6


def test_threads_give_the_same_answer(town: PolicyProblem, comparison: Comparison) -> None:
    with futures.ThreadPoolExecutor(2) as executor:
        assert compare(town, POLICIES, replications=10, seed=5, executor=executor) == comparison


@pytest.mark.slow
def test_one_process_or_two_give_the_same_answer(town: PolicyProblem, comparison: Comparison) -> None:
    with local_executor(2) as executor:
        assert compare(town, POLICIES, replications=10, seed=5, executor=executor) == comparison


def test_it_stops_early_once_the_difference_is_known(town: PolicyProblem) -> None:
    rules = {"baseline": policy(), "pay": POLICIES["pay"]}
    rough = compare(town, rules, replications=40, seed=5, stop=HalfWidthStop(share=0.5))
    assert rough.replications == 10
    fine = compare(town, rules, replications=17, seed=5, stop=HalfWidthStop(share=1e-9))
    assert fine.replications == 17
    assert np.array_equal(fine.values[:10], rough.values)


def test_few_replications_give_no_verdict(town: PolicyProblem) -> None:
    few = compare(town, {"baseline": policy(), "pay": POLICIES["pay"]}, replications=3, seed=5)
    verdict = few.row("true_sales").policies[1].verdict
    assert verdict is not None
    assert verdict.en.startswith("no verdict: 3 replications")


def test_without_noise_the_difference_has_no_spread() -> None:
    still = two_teams(6, year=YearRules(noise=0.0))
    found = compare(still, {"baseline": policy(), "pay": POLICIES["pay"]}, replications=3, seed=5)
    for row in found.rows:
        assert row.policies[1].difference is not None
        assert row.policies[1].difference.sd == 0.0


def test_rounding_is_not_a_difference() -> None:
    baseline = np.array([806448.4131, 3.0, 0.0])
    nearly = baseline * (1 + 1e-15) + np.array([0.0, 1.0, 0.0])
    assert _paired(nearly, baseline).tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)
    assert _paired(nearly, baseline)[0] == 0.0


def test_an_unknown_measure_has_no_row(comparison: Comparison) -> None:
    with pytest.raises(KeyError):
        comparison.row("happiness")


@pytest.mark.parametrize(
    ("policies", "replications", "stop", "message"),
    [
        ({}, 10, None, "no policy"),
        ({"a": policy()}, 1, None, "at least 2"),
        ({"a": policy()}, 12, HalfWidthStop(measure="happiness"), "no measure 'happiness'"),
    ],
)
def test_impossible_experiments_are_refused(
    town: PolicyProblem, policies: dict[str, PolicyRules], replications: int, stop: HalfWidthStop | None, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        compare(town, policies, replications=replications, seed=1, stop=stop)


def test_cancelling_keeps_what_was_finished(town: PolicyProblem, tmp_path: Path) -> None:
    cancel = CancelToken()

    class CancelAfterTwo:
        def started(self, stage: str, total: int) -> None: ...

        def stepped(self, stage: str, done: int, total: int) -> None:
            if done == 2:
                cancel.cancel()

        def incumbent(self, stage: str, objective: float, bound: float | None) -> None: ...

        def ended(self, stage: str, note: str) -> None: ...

    with pytest.raises(CancelledError):
        compare(
            town,
            {"a": policy()},
            replications=5,
            seed=1,
            journal=Journal(tmp_path),
            progress=CancelAfterTwo(),
            cancel=cancel,
        )
    assert len(list(tmp_path.iterdir())) == 2
