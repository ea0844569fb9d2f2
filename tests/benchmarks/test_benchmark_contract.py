"""The contract of the harness: keys, signs, files, exit codes."""

import json
import math

import pytest

from benchmarks import best_known
from benchmarks.__main__ import main
from benchmarks.contract import KEYS, BenchmarkError, Case, Clocked, Outcome, Reference, gap_to, row_of
from benchmarks.harness import rows
from benchmarks.registry import FAMILIES, family
from territory.effort import Effort


def case(**columns) -> Case:
    base = {
        "instance": "one",
        "sense": "min",
        "unit": "km",
        "run": lambda effort, seed: Outcome(objective=10.0 + seed, bound=9.0, violations=0, status="FEASIBLE"),
        "options": {"parts": 8},
        "reference": Reference(value=10.0, source="a book"),
        "iterations": 5,
    }
    return Case(**(base | columns))


@pytest.mark.parametrize(
    ("sense", "objective", "gap"),
    [("min", 11.0, 0.1), ("min", 9.0, -0.1), ("max", 9.0, 0.1), ("max", 11.0, -0.1), ("min", 10.0, 0.0)],
)
def test_a_positive_gap_is_worse_whichever_way_is_better(sense, objective, gap):
    assert gap_to(10.0, objective, sense) == pytest.approx(gap)


def test_kept_share_gap_is_the_missing_share_over_the_reference():
    assert gap_to(0.98, 0.97, "max") == pytest.approx((0.98 - 0.97) / 0.98)


@pytest.mark.parametrize(("reference", "objective"), [(None, 1.0), (1.0, None), (0.0, 1.0)])
def test_no_gap_without_plan_or_reference(reference, objective):
    assert gap_to(reference, objective, "min") is None


def test_a_row_has_all_keys_and_the_options_and_is_strict_json():
    outcome = Outcome(
        objective=11.0, bound=-math.inf, violations=2, status="FEASIBLE", measures={"worst": math.nan}, note="two"
    )
    row = row_of("fam", case(), seed=3, budget_s=1.5, clocked=Clocked(outcome=outcome, cpu_s=2.0, wall_s=1.0))
    assert tuple(row)[: len(KEYS)] == KEYS
    assert row | {"parts": 8, "gap": pytest.approx(0.1), "bound": None, "worst": None, "violations": 2} == row
    assert json.loads(json.dumps(row, allow_nan=False))["reference_source"] == "a book"


def test_a_family_may_not_use_a_key_of_the_contract():
    outcome = Outcome(objective=1.0, bound=None, violations=0, status="FEASIBLE", measures={"gap": 0.0})
    with pytest.raises(ValueError, match="gap is a key of the contract"):
        row_of("fam", case(), seed=1, budget_s=None, clocked=Clocked(outcome=outcome, cpu_s=0.0, wall_s=0.0))


def test_every_case_runs_with_seeds_one_to_n_after_one_preparation():
    prepared, efforts = [], []

    def run(effort: Effort, seed: int) -> Outcome:
        efforts.append((effort, seed))
        return Outcome(objective=1.0, bound=None, violations=0, status="FEASIBLE")

    made = case(prepare=lambda: prepared.append(1), run=run)
    found = list(rows("fam", [made], seeds=3, seconds=0.5))
    assert [row["seed"] for row in found] == [1, 2, 3]
    assert [row["budget_s"] for row in found] == [0.5] * 3
    assert prepared == [1]
    assert efforts == [(Effort(seconds=0.5), seed) for seed in (1, 2, 3)]


def test_without_seconds_a_case_runs_its_own_iterations_and_has_no_budget_in_seconds():
    (row,) = rows("fam", [case()], seeds=1, seconds=None)
    assert row["budget_s"] is None
    with pytest.raises(BenchmarkError, match="--seconds"):
        next(rows("fam", [case(iterations=None)], seeds=1, seconds=None))


def test_a_case_may_have_seconds_of_its_own():
    (row,) = rows("fam", [case(iterations=None, seconds=7.0)], seeds=1, seconds=None)
    assert row["budget_s"] == 7.0
    (row,) = rows("fam", [case(iterations=None, seconds=7.0)], seeds=1, seconds=2.0)
    assert row["budget_s"] == 2.0


def test_fixed_work_has_no_budget_even_when_seconds_are_given():
    (row,) = rows("fam", [case(is_fixed_work=True)], seeds=1, seconds=3.0)
    assert row["budget_s"] is None


def test_an_unknown_family_is_refused_with_the_nearest(capsys):
    assert main(["partitions", "somewhere"]) == 2
    assert "did you mean 'partition'?" in capsys.readouterr().err
    assert main(["zzz"]) == 2
    assert "there is smoke, speed" in capsys.readouterr().err


def test_family_names_are_unique_and_found():
    assert [family(entry.name) for entry in FAMILIES] == list(FAMILIES)


def test_known_values_fit_name_size_parts_and_tolerance():
    def value(**changes):
        wanted = {"units": 99, "parts": 4, "tolerance": 0.005} | changes
        return best_known.reference_for("districting", "county_IA", **wanted, sense="min")

    known = value()
    assert known is not None
    assert known.value == 33
    assert "Validi" in known.source
    assert value(units=98) is value(parts=5) is value(tolerance=0.01) is None


def test_the_best_of_several_known_values_is_the_reference():
    cut = best_known.reference_for("partition", "3elt", units=4720, parts=16, tolerance=0.03, sense="min")
    kept = best_known.reference_for("flow", "us_counties", units=3105, parts=20, tolerance=0.05, sense="max")
    assert cut is not None
    assert kept is not None
    assert (cut.value, kept.value) == (574, 0.9776)


def test_recalled_values_are_marked():
    known = best_known.reference_for("partition", "3elt", units=4720, parts=8, tolerance=0.0, sense="min")
    assert known is not None
    assert "(recalled, unverified)" in known.source
