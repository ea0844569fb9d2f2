"""Families about a policy's year: positions made from a seed, policies of nothing, common draws, modes, repetition."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.bars import all_bars
from benchmarks.instances.lever_settings import STRONG, live_policies, rules
from benchmarks.instances.slots import REPS, TEAMS, VISITS_PER_DAY, slots
from benchmarks.quality.policy_families import (
    MOST_REDUCTION,
    NUM_SCENARIOS,
    SITUATIONS,
    WAYS,
    Years,
    agreement,
    differing_years,
    lever_variants,
    reduction,
    scenarios,
    yearly_sales,
)
from benchmarks.quality.repeat_families import Killed, run_apart
from benchmarks.quality.repeat_run import Repeated, output_hash
from benchmarks.quality.year_facts import facts_differing, relative_difference, relative_differences, year_hash
from benchmarks.speed.policy_rates import alone_case, policies_case
from territory.compute import local_executor
from territory.domain.policy_rules import LEVERS
from territory.policy import PolicyProblem, YearResult, simulate
from territory.policy.model import DAYS_PER_MONTH
from territory.streams import Streams


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def few() -> PolicyProblem:
    return slots(6, teams=2)


@pytest.fixture(scope="module")
def year(few: PolicyProblem) -> YearResult:
    return simulate(few, rules(), seed=1, replication=0)


def test_the_whole_company_has_the_size_the_bar_is_about():
    whole = slots()
    assert (whole.num_slots, len(whole.team_ids), whole.classes) == (REPS, TEAMS, ("A", "B", "C"))
    assert set(np.bincount(whole.team_idx).tolist()) <= {20, 21, REPS - 11 * 21}
    assert whole.planned_visits.sum(axis=1).mean() / DAYS_PER_MONTH == pytest.approx(VISITS_PER_DAY, rel=0.02)
    assert whole.is_formal.mean() == pytest.approx(0.08, abs=0.04)
    assert (np.bincount(whole.grade) / REPS).tolist() == pytest.approx([0.3, 0.6, 0.1], abs=0.07)
    assert (whole.cross_flow > 0).sum(axis=1).tolist() == [2] * REPS


def test_positions_are_made_from_their_seed(few: PolicyProblem):
    assert slots(6, teams=2).digest() == few.digest()
    assert slots(6, teams=2, seed=2).digest() != few.digest()
    assert slots(1).cross_flow.tolist() == [[0.0]]


def test_every_lever_has_a_strong_setting_and_acts_in_every_live_policy():
    assert tuple(STRONG) == LEVERS
    live = live_policies()
    assert len({policy.model_dump_json() for policy in live.values()}) == 8
    for lever in LEVERS:
        plain, strong = rules().lever(lever), rules({lever: STRONG[lever]}).lever(lever)
        assert strong != plain
        assert set(STRONG[lever]) <= set(type(plain).model_fields)
        assert all(policy.lever(lever).strength > 0 for policy in live.values())


def test_variants_of_nothing_name_every_lever_and_use_every_way():
    variants = lever_variants(tuple(WAYS))
    assert [variant.name.split(",")[0] for variant in variants] == list(LEVERS)
    assert {variant.name.split(", ")[1] for variant in variants} == set(WAYS)
    assert all(
        getattr(variant.policy, lever) != getattr(rules(), lever)
        for lever, variant in zip(LEVERS, variants, strict=True)
    )
    assert all(situation.policy != rules(situation.base) for situation in SITUATIONS)


def test_policies_of_nothing_change_nothing(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert main(["zero", "--years", "1", "--reps", "6", "--json", str(out)]) == 0
    found = lines(out)
    assert len(found) == len(LEVERS) + len(SITUATIONS)
    assert {(row["objective"], row["status"]) for row in found} == {(0.0, "pass")}


def test_a_policy_that_does_something_is_counted_year_by_year_and_says_where():
    years = Years(reps=4)
    outcome = differing_years(years, rules(), rules({"base_pay": {"multiplier": 1.2}}), [3, 4])
    assert (outcome.objective, outcome.violations, outcome.status) == (2.0, 2, "fail")
    assert "pay" in outcome.note
    assert differing_years(years, rules(), rules(), [3, 4]).objective == 0.0


def test_the_hash_of_a_year_sees_one_bit_of_any_fact_but_not_the_policy_s_own_words(
    few: PolicyProblem, year: YearResult
):
    assert year_hash(few, year) == year_hash(few, simulate(few, rules(), seed=1, replication=0))
    skill = year.skill.copy()
    skill[-1, -1, -1] = np.nextafter(skill[-1, -1, -1], 2.0)
    changed = replace(year, skill=skill)
    assert year_hash(few, changed) != year_hash(few, year)
    assert facts_differing(changed, year) == ("skill",)
    restated = replace(year, strength=year.strength + 1.0)
    assert year_hash(few, restated) == year_hash(few, year)
    assert facts_differing(restated, year) == ()


def test_matched_numbers_scatter_less_by_the_ratio_of_the_variances():
    rng = Streams(1).rng("test")
    common, own, other = rng.standard_normal((3, 20_000))
    assert reduction(100 + own, 100 + other).objective == pytest.approx(1.0, abs=0.05)
    shared = reduction(101 + common + 0.1 * own, 100 + common + 0.1 * other)
    assert shared.objective == pytest.approx(2 * 1.01 / 0.02, rel=0.05)
    assert shared.measures["effect_share"] == pytest.approx(0.01, abs=0.001)
    assert reduction(101 + common, 100 + common).objective == pytest.approx(MOST_REDUCTION)
    nothing = reduction(common, common)
    assert (nothing.objective, nothing.status) == (pytest.approx(MOST_REDUCTION), "no effect")


def test_each_lever_shares_its_replications_with_the_ordinary_situation(tmp_path: Path, few: PolicyProblem):
    out = tmp_path / "out.jsonl"
    words = ["crn", "--replications", "3", "--reps", "6", "--lever", "commission", "visit_rules", "--json", str(out)]
    assert main(words) == 0
    found = lines(out)
    assert [row["instance"] for row in found] == ["commission", "visit_rules"]
    assert all(row["objective"] > 1.0 and row["replications"] == 3 for row in found)
    sales = yearly_sales(6, 2, ["commission"], seed=1)
    alone = simulate(slots(6), rules(), seed=1, replication=1)
    assert sales["baseline"][1] == float(alone.true_sales.sum())
    assert (sales["commission"] != sales["baseline"]).all()


def test_one_replication_has_no_variance(capsys):
    assert main(["crn", "--replications", "1"]) == 2
    assert "2 or more" in capsys.readouterr().err


def test_relative_difference_is_of_the_larger_number():
    assert relative_difference([1.0, 0.0, -4.0], [1.0, 0.0, -5.0]) == pytest.approx(0.2)
    assert relative_difference([0.0], [1e-300]) == 1.0
    assert relative_difference([True, False], [True, True]) == 1.0
    assert relative_difference([1.0], [1.0, 2.0]) == np.inf
    assert relative_difference([], []) == 0.0


def test_twenty_scenarios_are_walked_under_all_live_policies():
    found = scenarios()
    assert len({scenario.name for scenario in found}) == len(found) == NUM_SCENARIOS
    assert {policy.model_dump_json() for policy in live_policies().values()} <= {
        scenario.policy.model_dump_json() for scenario in found
    }
    assert len({scenario.year.model_dump_json() for scenario in found}) >= 4


def test_modes_that_differ_in_one_day_fail(few: PolicyProblem, year: YearResult):
    used = year.used_min_day.copy()
    used[5, 2] *= 1 + 1e-8
    outcome = agreement(few, year, replace(year, used_min_day=used))
    assert outcome.objective == pytest.approx(1e-8, rel=1e-3)
    assert (outcome.status, outcome.violations) == ("fail", 1)
    assert "used_min_day" in outcome.note
    assert agreement(few, year, year).measures["same_bits"] is True
    assert relative_differences(year, year)["pay"] == 0.0


def test_both_modes_agree_and_walked_visits_are_counted(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert main(["modes", "--scenarios", "2", "--reps", "6", "--json", str(out)]) == 0
    *compared, rate = lines(out)
    assert [row["instance"] for row in compared] == ["scenario_01", "scenario_02"]
    assert all(row["objective"] <= 1e-9 for row in compared)
    assert rate["instance"] == "visits_per_second_reps_6"
    assert rate["objective"] == pytest.approx(rate["visits"] / rate["year_s"])


def test_years_are_timed_for_as_many_policies_and_replications_as_asked(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert main(["year", "--replications", "2", "--reps", "6", "--json", str(out)]) == 0
    alone, together = lines(out)
    assert (alone["years"], together["years"]) == (1, 16)
    assert together["objective"] == pytest.approx(16 * together["year_s"])
    assert together["instance"] == "policies_8_replications_2_reps_6"
    assert 15 < together["visits_per_rep_day"] < 30


def test_the_bar_for_years_is_about_two_hundred_replications_of_all_reps():
    timed = {policies_case(REPS, 200).instance, alone_case(REPS).instance}
    assert {bar.instance for bar in all_bars() if bar.id == "P4"} == timed


@pytest.fixture(scope="module")
def repeated() -> Repeated:
    return Repeated(seed=1, reps=5, replications=2)


def test_the_hash_of_an_experiment_forgets_order_and_chunks_but_not_the_seed(repeated: Repeated):
    expected = output_hash(repeated)
    names = list(repeated.arms())
    assert output_hash(repeated, order=names[::-1]) == expected
    assert output_hash(repeated, chunks=[range(1, 2), range(1)]) == expected
    assert output_hash(repeated, one_by_one=True) == expected
    assert output_hash(replace(repeated, seed=2)) != expected
    assert output_hash(replace(repeated, replications=1)) != expected


def test_repeat_writes_a_row_per_way(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    words = ["repeat", "--only", "again", "order", "chunks", "--reps", "5", "--replications", "1", "--json", str(out)]
    assert main(words) == 0
    found = lines(out)
    assert [(row["instance"], row["objective"], row["runs"]) for row in found] == [
        ("again", 0.0, 1),
        ("order", 0.0, 4),
        ("chunks", 0.0, 4),
    ]
    assert len({row["hash"] for row in found}) == 1


@pytest.mark.slow
def test_two_workers_and_a_cluster_come_to_the_same_hash(tmp_path: Path, repeated: Repeated):
    with local_executor(2) as executor:
        assert output_hash(repeated, executor=executor) == output_hash(repeated)
    pytest.importorskip("distributed", reason="dask.distributed is not installed (extra `cluster`)")
    out = tmp_path / "out.jsonl"
    words = ["repeat", "--only", "cluster_2", "--reps", "5", "--replications", "2", "--json", str(out)]
    assert main(words) == 0
    assert [row["objective"] for row in lines(out)] == [0.0]


@pytest.mark.slow
def test_a_killed_run_keeps_its_parts_and_comes_to_the_same_hash(tmp_path: Path):
    longer = Repeated(seed=1, reps=5, replications=12)
    killed = Killed.of(longer, tmp_path, after_s=0.4)
    assert killed.was_running
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert len(kept) == killed.parts < 4 * 12
    assert run_apart(longer, tmp_path) == output_hash(longer)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
