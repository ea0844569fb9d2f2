"""Paired comparisons."""

from __future__ import annotations

import concurrent.futures as futures
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from territory.compute import Journal
from territory.domain.policy_rules import YearRules
from territory.errors import ConfigError
from territory.lab import Arm, Comparison, HalfWidthStop, StoppingRule, compare, compare_arms
from territory.lab.estimates import estimate
from territory.lab.stopping import allowance
from tests.lab.fakes import FakePolicy, company, facts, fake_measures

POLICIES = {
    "now": FakePolicy(why="as it is"),
    "same": FakePolicy(why="by another name"),
    "push": FakePolicy(gain=0.10, dumped=0.05, raise_share=0.02, cost_per_month=5.0),
    "noisy": FakePolicy(gain=0.001, own_noise=0.4),
}
TOWN = company()

pytestmark = pytest.mark.usefixtures("fake_engine")


def run(policies: dict[str, Any] = POLICIES, replications: int = 10, **settings: Any) -> Comparison:
    return compare(TOWN, policies, replications=replications, seed=settings.pop("seed", 5), **settings)  # type: ignore[arg-type]


@pytest.fixture
def comparison() -> Comparison:
    return run()


def test_a_policy_against_itself_differs_by_exactly_nothing(comparison: Comparison) -> None:
    for row in comparison.rows:
        cell = row.policies[1]
        assert cell.difference is not None
        assert cell.verdict is not None
        assert (cell.difference.mean, cell.difference.sd, cell.difference.half_width) == (0.0, 0.0, 0.0)
        assert cell.verdict.en == "identical"


def test_the_first_policy_has_levels_and_no_difference(comparison: Comparison) -> None:
    assert comparison.policies == ("now", "same", "push", "noisy")
    assert comparison.whys[0] == "as it is"
    for row in comparison.rows:
        assert row.policies[0].difference is None
        assert row.policies[0].verdict is None


def test_verdicts_follow_the_better_direction(comparison: Comparison) -> None:
    for name, said in (("true_sales", "better"), ("programme_cost", "worse"), ("recorded_sales", "higher")):
        verdict = comparison.row(name).policies[2].verdict
        assert verdict is not None
        assert verdict.en == said


def test_no_ranking_when_the_interval_covers_zero(comparison: Comparison) -> None:
    cell = comparison.row("true_sales").policies[3]
    assert cell.difference is not None
    assert cell.verdict is not None
    assert cell.difference.covers_zero
    assert cell.verdict.en.startswith("no difference shown; about")


def test_values_are_those_of_single_years(comparison: Comparison) -> None:
    year = facts(TOWN, POLICIES["push"], seed=5, replication=3)
    assert comparison.values[3, 2].tolist() == [measure.value for measure in fake_measures(TOWN, year)]


def test_differences_are_paired(comparison: Comparison) -> None:
    sales = comparison.of_measure("true_sales")
    difference = comparison.row("true_sales").policies[2].difference
    assert difference == estimate(sales[:, 2] - sales[:, 0], together=3)
    assert difference is not None
    assert difference.sd < 0.3 * sales[:, 0].std(ddof=1)


def test_what_is_compared_beside_a_policy_changes_nothing(comparison: Comparison) -> None:
    fewer = run({name: POLICIES[name] for name in ("now", "push")})
    assert np.array_equal(fewer.values, comparison.values[:, [0, 2]])


def test_the_order_of_policies_changes_neither_numbers_nor_digest(comparison: Comparison) -> None:
    turned = run({name: POLICIES[name] for name in ("noisy", "push", "now", "same")})
    assert turned.digest() == comparison.digest()
    assert run(seed=6).digest() != comparison.digest()


def test_the_return_is_the_gain_per_extra_cost(comparison: Comparison) -> None:
    mean = {row.name: [cell.level.mean for cell in row.policies] for row in comparison.rows}
    gain = mean["gross_margin"][2] - mean["gross_margin"][0]
    cost = sum(mean[name][2] - mean[name][0] for name in ("payroll", "programme_cost"))
    found = comparison.returns["push"]
    assert found is not None
    assert found.mean == pytest.approx((gain - cost) / cost)
    assert comparison.returns["same"] is None


def test_money_says_the_same_as_measures_and_returns(comparison: Comparison) -> None:
    (push,) = (money for money in comparison.money if money.policy == "push")
    found = comparison.returns["push"]
    margin = comparison.row("gross_margin").policies[2].difference
    assert found is not None
    assert margin is not None
    assert push.returns is not None
    assert push.payback is not None
    assert push.returns.mean == pytest.approx(found.mean)
    assert push.extra_margin.mean == pytest.approx(margin.mean)


def test_groups_and_months_are_those_of_the_same_years(comparison: Comparison) -> None:
    sales = comparison.of_measure("true_sales")
    months = comparison.monthly("true_sales")
    assert [series.policy for series in months] == list(comparison.policies)
    assert months[2].level.mean.sum() == pytest.approx(sales[:, 2].mean())
    grades = comparison.groups.of("grade", "true_sales")
    assert sum(row.baseline.mean * row.num_slots * 12 for row in grades) == pytest.approx(sales[:, 0].mean())
    assert [cell.policy for cell in grades[0].policies] == ["same", "push", "noisy"]
    assert comparison.monthly("happiness") == ()


def test_the_probability_of_being_best_stands_beside_every_measure_that_has_a_better_direction(
    comparison: Comparison,
) -> None:
    found = comparison.row("true_sales").best
    assert found is not None
    assert [entry.policy for entry in found.entries] == list(comparison.policies)
    assert sum(entry.probability for entry in found.entries) == pytest.approx(1.0)
    assert found.entries[2].probability > 0.95
    assert comparison.row("recorded_sales").best is None


def test_shared_draws_are_worth_many_replications(comparison: Comparison) -> None:
    found = comparison.variance_reduction("true_sales")
    assert list(found) == ["same", "push", "noisy"]
    assert found["same"].factor == np.inf
    assert found["push"].factor > 20 > found["noisy"].factor


def test_the_journal_keeps_every_policy_s_replications(comparison: Comparison, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = run(replications=4, journal=journal)
    different = 3  # "same" is "now" by another name
    assert len(list(tmp_path.iterdir())) == 4 * different
    again = run(journal=journal)
    assert again == comparison
    assert np.array_equal(first.values, again.values[:4])
    assert hash(again) == hash(comparison)


def test_threads_give_the_same_answer(comparison: Comparison) -> None:
    with futures.ThreadPoolExecutor(2) as executor:
        assert run(executor=executor) == comparison


def test_it_stops_early_once_the_difference_is_known() -> None:
    rules = {name: POLICIES[name] for name in ("now", "push")}
    rough = run(rules, 40, stop=HalfWidthStop(share=0.5))
    assert (rough.replications, rough.precision.is_reached) == (15, True)
    assert [look.replications for look in rough.precision.looks] == [10, 15]
    fine = run(rules, 17, stop=HalfWidthStop(share=1e-9))
    assert (fine.replications, fine.precision.is_reached) == (17, False)
    assert np.array_equal(fine.values[:15], rough.values)


def test_every_watched_difference_must_be_known() -> None:
    stop = HalfWidthStop(share=0.02)
    quick = run({name: POLICIES[name] for name in ("now", "push")}, 200, stop=stop)
    slow = run(POLICIES, 200, stop=stop)
    assert quick.replications == 15 < slow.replications < 200
    assert slow.precision.achieved_share["noisy"] > slow.precision.achieved_share["push"]
    assert max(slow.precision.achieved_share.values()) <= 0.02 * 1.05


def test_the_achieved_half_widths_are_those_of_the_differences_shown() -> None:
    found = run(POLICIES, 200, stop=HalfWidthStop(share=0.02))
    row = found.row("true_sales")
    for name, share in found.precision.achieved_share.items():
        difference = row.policies[found.policies.index(name)].difference
        assert difference is not None
        assert share == pytest.approx(difference.half_width_together / row.policies[0].level.mean)
    assert found.precision.asked_share == 0.02
    given = run().precision
    assert (given.asked_share, given.is_reached, len(given.looks)) == (None, None, 1)
    assert list(given.achieved_share) == ["same", "push", "noisy"]


def test_intervals_are_widened_only_where_the_half_width_ended_the_run() -> None:
    rules = {name: POLICIES[name] for name in ("now", "noisy")}
    stopped = run(rules, 200, stop=HalfWidthStop(share=0.02))
    given = run(rules, stopped.replications)
    widened, plain = (found.row("true_sales").policies[1].difference for found in (stopped, given))
    assert widened is not None
    assert plain is not None
    ratio = stopped.precision.looks[-1].half_width_share / 0.02
    assert widened.half_width == pytest.approx(plain.half_width * allowance(ratio, stopped.replications))
    assert widened.half_width > plain.half_width
    cut = run(rules, 12, stop=HalfWidthStop(share=1e-9)).row("true_sales").policies[1].difference
    assert cut == run(rules, 12).row("true_sales").policies[1].difference


def test_a_single_policy_is_run_until_its_own_mean_is_known() -> None:
    found = run({"now": POLICIES["now"]}, 400, stop=HalfWidthStop(share=0.005))
    level = found.row("true_sales").policies[0].level
    assert 15 < found.replications < 400
    assert found.precision.achieved_share == {"now": pytest.approx(level.half_width / level.mean)}
    assert found.precision.achieved_share["now"] <= 0.005 * 1.05


def test_the_stopping_rule_can_be_given() -> None:
    stop = HalfWidthStop(share=0.5, rule=StoppingRule(first=12, step=3, look_ahead=0))
    assert run(POLICIES, 40, stop=stop).replications == 12


def test_companies_with_other_territories_are_compared_side_by_side() -> None:
    redrawn = company(ability=1.05 * TOWN.ability)
    arms = {
        "today": Arm(problem=TOWN, policy=POLICIES["now"]),  # type: ignore[arg-type]
        "redrawn": Arm(problem=redrawn, policy=POLICIES["now"]),  # type: ignore[arg-type]
        "redrawn, push": Arm(problem=redrawn, policy=POLICIES["push"]),  # type: ignore[arg-type]
    }
    found = compare_arms(arms, replications=10, seed=5)
    sales = found.of_measure("true_sales").mean(axis=0)
    assert sales[1] / sales[0] == pytest.approx(1.05)
    assert sales[2] / sales[1] == pytest.approx(1.10)
    assert np.array_equal(found.values[:, 0], run({"now": POLICIES["now"]}).values[:, 0])


@pytest.mark.parametrize(
    "other",
    [company(8), company(currency="EUR"), company(year=YearRules(horizon_months=6)), company(classes=("A",))],
    ids=["people", "currency", "months", "classes"],
)
def test_companies_whose_numbers_do_not_stand_beside_each_other_are_refused(other: Any) -> None:
    arms = {"a": Arm(problem=TOWN, policy=POLICIES["now"]), "b": Arm(problem=other, policy=POLICIES["now"])}  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="compare them apart"):
        compare_arms(arms, replications=2, seed=1)


def test_few_replications_give_no_verdict() -> None:
    few = run({"now": POLICIES["now"], "push": POLICIES["push"]}, 3)
    verdict = few.row("true_sales").policies[1].verdict
    assert verdict is not None
    assert verdict.en.startswith("no verdict: 3 replications")


def test_an_unknown_measure_has_no_row(comparison: Comparison) -> None:
    with pytest.raises(KeyError):
        comparison.row("happiness")


@pytest.mark.parametrize(
    ("policies", "replications", "stop", "message"),
    [
        ({}, 10, None, "no policy"),
        ({"a": FakePolicy()}, 1, None, "at least 2"),
        ({"a": FakePolicy()}, 12, HalfWidthStop(measure="happiness"), "no measure 'happiness'"),
    ],
)
def test_impossible_experiments_are_refused(
    policies: dict[str, Any], replications: int, stop: HalfWidthStop | None, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        run(policies, replications, stop=stop)


def test_a_half_width_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="positive share"):
        HalfWidthStop(share=0.0)
