"""The generated city, its sample, long runs kept in a file, what knobs cost, and runs side by side."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.contract import BenchmarkError
from benchmarks.harness import rows as rows_of
from benchmarks.instances import city as made
from benchmarks.instances.city import city, sample_of
from benchmarks.quality.city_families import day_load_spread, same_weekday_share
from benchmarks.quality.city_reference import Entry, append, best_of, read_entries
from benchmarks.registry import FAMILIES
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.visits import check, plan_visits
from tests.benchmarks.test_benchmark_contract import case
from tests.visits.towns import make_problem


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_rep_of_the_city_is_the_same_in_a_smaller_city():
    small, large = city(3).parts(), city(5).parts()
    assert [part.content_digest() for part in large[:2]] != [part.content_digest() for part in large[1:3]]
    for one, other in zip(small, large, strict=False):
        assert np.array_equal(one.windows_s, other.windows_s)
        assert np.array_equal(one.drive_s(), other.drive_s())
        assert np.array_equal(one.service_s, other.service_s)
    assert city(1, seed=2).parts()[0].content_digest() != small[0].content_digest()


def test_the_city_has_the_sizes_frequencies_and_hours_that_were_asked_for():
    whole = city()
    sizes = np.bincount(whole.rep_of_outlet)
    assert (len(sizes), sizes.min() >= 100, sizes.max() <= 250, sizes.mean() > 165) == (244, True, True, True)
    shares = [float((whole.frequency == visits).mean()) for visits in made.VISITS]
    assert shares == pytest.approx(made.SHARES, abs=0.01)
    first = whole.windows_s[:, :5].max(axis=1)
    has_break = first[:, 1, 0] >= 0
    mornings = ~has_break & (first[:, 0, 1] <= 12 * 3600)
    assert has_break.mean() == pytest.approx(1 / 3, abs=0.01)
    assert mornings.mean() == pytest.approx(0.10, abs=0.01)
    assert (~whole.is_open[:, :5]).any(axis=1).mean() == pytest.approx(made.CLOSED_DAY_SHARE, abs=0.01)
    assert all(whole.choices(outlet) for outlet in range(0, whole.num_outlets, 97))


def test_the_sample_is_spread_over_the_sizes():
    parts = city().parts()
    sizes = [part.num_outlets for part in sample_of(parts)]
    assert sizes == sorted(sizes)
    assert len(sizes) == 12
    assert sizes[0] < 115
    assert sizes[-1] > 235
    assert len(sample_of(parts[:3])) == 3


def test_a_month_of_the_city_is_nearly_full_and_every_visit_finds_its_place():
    part = sample_of(city(8).parts())[4]
    plan = plan_visits(part, effort=Effort(iterations=400), seed=1).require_plan()
    assert check(part, plan).is_clean
    assert plan.num_unplaced == 0
    month_s = 20 * 8 * 3600
    fill = float(plan.drive_s.sum() + plan.return_drive_s.sum() + plan.service_s.sum()) / month_s
    assert fill == pytest.approx(made.FILL, abs=0.04)


def test_a_whole_city_is_one_row_whatever_the_workers(tmp_path):
    found = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.jsonl"
        words = ["city", "--reps", "2", "--effort", "50", "--workers", workers, "--json", str(out)]
        assert main(words) == 0
        (row,) = lines(out)
        assert (row["instance"], row["reps"], row["workers"]) == ("city_2", 2, int(workers))
        assert row["visits_placed"] == row["visits_due"] > 800
        assert row["drive_min"] <= row["objective"]
        assert row["wall_s"] > 0 < row["cpu_s"]
        found.append(row["objective"])
    assert found[0] == found[1]


def test_long_runs_are_kept_one_by_one_and_the_best_is_the_reference(tmp_path):
    known, out = tmp_path / "known.jsonl", tmp_path / "out.jsonl"
    words = ["city", "--reps", "2", "--reference", str(known), "--seconds", "0.2", "--json", str(out)]
    assert main([*words, "--seeds", "1"]) == 0
    assert [row["stored"] for row in lines(out)] == [False, False]
    with known.open("a") as file:
        file.write('{"rep": "R00')  # as a kill leaves it
    assert main([*words, "--seeds", "2"]) == 0
    assert [(row["seed"], row["stored"]) for row in lines(out)] == [(1, True), (2, False), (1, True), (2, False)]
    assert all(row["budget_s"] == 0.2 for row in lines(out))
    entries = read_entries(known)
    assert len(entries) == 4

    assert main(["city", "--reps", "2", "--sample", "--known", str(known), "--effort", "20", "--json", str(out)]) == 0
    for row in lines(out):
        best = min(entry.objective for entry in entries if entry.rep == row["instance"])
        assert row["reference"] == best
        assert row["gap"] == pytest.approx(row["objective"] / best - 1.0)
        assert row["reference_source"] == "best of 2 runs, 0.2 cpu_seconds each"


def test_values_of_another_problem_are_no_reference(tmp_path):
    file = tmp_path / "known.jsonl"
    entry = Entry(rep="R001", digest="a", seed=1, budget="1 cpu_seconds", objective=5.0)
    append(file, entry)
    append(file, replace(entry, seed=2, objective=4.0))
    best = best_of(read_entries(file), "a")
    assert best is not None
    assert best.value == 4.0
    assert best_of(read_entries(file), "b") is None


def test_a_file_of_something_else_is_refused(tmp_path, capsys):
    file = tmp_path / "known.jsonl"
    file.write_text('{"other": 1}\n')
    with pytest.raises(BenchmarkError, match="no file of"):
        read_entries(file)
    assert main(["city", "--sample", "--known", str(tmp_path / "none")]) == 2
    assert "there is no file" in capsys.readouterr().err


def test_knobs_are_compared_with_the_plan_without_them(tmp_path):
    out = tmp_path / "out.jsonl"
    main(["city", "--reps", "1", "--knobs", "--effort", "60", "--json", str(out)])
    rows = {row["instance"].split("/")[0]: row for row in lines(out)}
    assert {"same_weekday_hard", "same_weekday_free"} < set(rows)
    assert {f"price_balance_{price}" for price in ("0", "0.5", "1", "2", "4")} < set(rows)
    assert rows["same_weekday_hard"]["same_weekday_share"] == 1.0
    assert 0.0 < rows["same_weekday_free"]["same_weekday_share"] <= 1.0
    assert rows["same_weekday_free"]["travel_extra"] == rows["price_balance_0"]["travel_extra"] == 0.0
    hard, free = rows["same_weekday_hard"], rows["same_weekday_free"]
    assert hard["base_drive_min"] == free["objective"]
    assert hard["travel_extra"] == pytest.approx(hard["objective"] / free["objective"] - 1.0)
    assert rows["price_balance_4"]["day_load_spread"] < rows["price_balance_0"]["day_load_spread"]


def two_weeklies(day: tuple[int, ...]) -> tuple[Any, VisitPlan]:
    """Two outlets visited twice, ten minutes of service and five of driving each way, on the days given."""
    problem = make_problem(xy=((5, 0), (5, 0)), frequency=(2, 2), weekdays=(0, 1))
    stops, days = len(day), sorted(set(day))
    return problem, VisitPlan(
        rep_idx=np.zeros(stops), day=np.array(day), outlet_idx=np.array([0, 1, 0, 1]),
        drive_s=np.full(stops, 300), start_s=np.full(stops, 40_000), service_s=np.full(stops, 600),
        route_rep_idx=np.zeros(len(days)), route_day=np.array(days), leave_s=np.zeros(len(days)),
        return_drive_s=np.full(len(days), 300), return_s=np.zeros(len(days)), lunch_s=np.full(len(days), -1),
        unplaced_outlet_idx=np.zeros(0), unplaced_visits=np.zeros(0), unplaced_reason=(),
    )  # fmt: skip


def test_the_share_of_one_weekday_counts_outlets():
    assert same_weekday_share(*two_weeklies((0, 0, 14, 14))) == 1.0
    assert same_weekday_share(*two_weeklies((0, 0, 14, 15))) == 0.5


def test_the_spread_of_day_loads_counts_empty_working_days():
    # eight working days; two carry 2 x (300 + 600) + 300 = 2100 seconds, six nothing
    assert day_load_spread(*two_weeklies((0, 0, 14, 14))) == pytest.approx(2100 / (2 * 2100 / 8))


def test_runs_side_by_side_are_those_of_one_process_in_the_same_order(tmp_path):
    found = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.jsonl"
        words = ["city", "--reps", "3", "--sample", "--effort", "30", "--seeds", "2", "--workers", workers]
        assert main([*words, "--json", str(out)]) == 0
        found.append([(row["instance"], row["seed"], row["objective"]) for row in lines(out)])
    assert len(found[0]) == 6
    assert len({objective for _, _, objective in found[0]}) > 3
    assert found[0] == found[1]


def test_seconds_are_cpu_seconds_where_the_family_says_so():
    efforts = []

    def run(effort, seed):
        efforts.append(effort)
        return case().run(effort, seed)

    (row,) = rows_of("fam", [case(run=run)], seeds=1, seconds=2.0, clock="cpu")
    assert row["budget_s"] == 2.0
    list(rows_of("fam", [case(run=run, iterations=None, seconds=7.0)], seeds=None, seconds=None, clock="cpu"))
    list(rows_of("fam", [case(run=run)], seeds=None, seconds=None, clock="cpu"))
    assert efforts == [Effort(cpu_seconds=2.0), Effort(cpu_seconds=7.0), Effort(iterations=5)]


def test_a_case_may_ask_for_several_seeds():
    made_rows = list(rows_of("fam", [case(seeds=3)], seeds=None, seconds=None))
    assert [row["seed"] for row in made_rows] == [1, 2, 3]
    assert len(list(rows_of("fam", [case(seeds=3)], seeds=1, seconds=None))) == 1


@pytest.mark.parametrize("name", ["pvrp", "tsptw", "vrptw", "sdvrptw", "mdvrptw", "toptw", "pvrp_if", "city", "visits"])
def test_help_says_that_seconds_are_cpu_seconds(capsys, name):
    (entry,) = (entry for entry in FAMILIES if entry.name == name)
    assert (entry.clock, entry.is_single_threaded) == ("cpu", True)
    with pytest.raises(SystemExit):
        main([name, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "CPU seconds of search per run" in said
    assert "--workers" in said
