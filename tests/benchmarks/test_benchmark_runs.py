"""The command line on tiny folders, and the smoke run."""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.contract import KEYS
from benchmarks.harness import rows as rows_of
from benchmarks.instances.small import grid
from benchmarks.smoke import smoke_cases


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def square_folder(tmp_path) -> Path:
    """An 8 x 8 grid with flow in the plain layout, and as county_ZZ."""
    instance, folder = grid(8, flow_seed=1), tmp_path / "square"
    folder.mkdir()
    names = instance.unit_names
    nodes = "".join(f"{name},1,{x},{y}\n" for name, (x, y) in zip(names, instance.xy, strict=True))
    edges = "u,v\n" + "".join(f"{names[u]},{names[v]}\n" for u, v in instance.edges)
    flows = zip(instance.flows, instance.flow_weight, strict=True)
    (folder / "nodes.csv").write_text("id,weight,x,y\n" + nodes)
    (folder / "edges.csv").write_text(edges)
    (folder / "flows.csv").write_text(
        "from,to,weight\n" + "".join(f"{names[u]},{names[v]},{float(amount)}\n" for (u, v), amount in flows)
    )
    (folder / "county_ZZ_nodes.csv").write_text("node,pop,x,y\n" + nodes)
    (folder / "county_ZZ_edges.csv").write_text(edges)
    return folder


@pytest.mark.slow
def test_smoke_keeps_every_rule_and_reaches_every_known_optimum(tmp_path, capsys):
    out, begun = tmp_path / "smoke.jsonl", time.perf_counter()
    assert main(["smoke", "--json", str(out)]) == 0
    assert time.perf_counter() - begun < 60
    rows = lines(out)
    assert "0 violations" in capsys.readouterr().out
    assert all(tuple(row)[: len(KEYS)] == KEYS for row in rows)
    assert {row["kind"] for row in rows} == {"quality", "speed"}
    assert all(row["violations"] == 0 and row["objective"] is not None for row in rows)
    known = [row for row in rows if row["reference"] is not None]
    assert len(known) == 3
    assert all(row["gap"] == pytest.approx(0.0, abs=1e-9) for row in known)


def test_a_seed_gives_the_same_objective_again():
    quality = [made for made in smoke_cases(None, argparse.Namespace()) if made.options["kind"] == "quality"]
    first, again = ([row["objective"] for row in rows_of("smoke", quality, seeds=1, seconds=None)] for _ in range(2))
    assert len(first) == 7
    assert first == again


def test_a_broken_rule_ends_with_exit_code_one(monkeypatch):
    monkeypatch.setattr("benchmarks.__main__._run", lambda *_words, **_screens: [{"violations": 0}, {"violations": 2}])
    assert main(["smoke"]) == 1


def test_partition_writes_one_object_per_instance_parts_and_seed(tmp_path, square_folder, capsys):
    out = tmp_path / "out.jsonl"
    words = ["partition", str(square_folder), "--instance", "square", "--parts", "2", "4", "--tolerance", "0.03"]
    assert main([*words, "--connected", "--seeds", "2", "--seconds", "0.3", "--json", str(out)]) == 0
    rows = lines(out)
    assert [(row["parts"], row["seed"]) for row in rows] == [(2, 1), (2, 2), (4, 1), (4, 2)]
    assert all(row["family"] == "partition" and row["budget_s"] == 0.3 for row in rows)
    assert all(row["connected"] is True and row["tolerance"] == 0.03 for row in rows)
    assert [row["objective"] for row in rows] == [8, 8, 16, 16]
    assert all(row["bound"] <= row["objective"] for row in rows)
    assert "square" in capsys.readouterr().out


def test_flow_reports_the_kept_share_of_all_flow(tmp_path, square_folder):
    out = tmp_path / "out.jsonl"
    assert main(["flow", str(square_folder), "--parts", "4", "--seconds", "0.3", "--json", str(out)]) == 0
    (row,) = lines(out)
    assert (row["instance"], row["sense"], row["tolerance"], row["units"]) == ("square", "max", 0.05, 64)
    assert 0.5 < row["kept_between"] < row["objective"] <= row["bound"] <= 1.0


def test_districting_knows_level_and_state(tmp_path, square_folder):
    out = tmp_path / "out.jsonl"
    words = ["districting", str(square_folder), "--level", "county", "--state", "ZZ", "--parts", "4"]
    assert main([*words, "--seconds", "0.3", "--json", str(out)]) == 0
    (row,) = lines(out)
    assert (row["instance"], row["level"], row["state"], row["parts"]) == ("county_ZZ", "county", "ZZ", 4)
    assert row["objective"] == 16
    assert row["reference"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["districting", "{}", "--state", "ZY"], "no instance 'ZY'; there is ZZ"),
        (["districting", "{}", "--level", "tract"], "holds no tract graphs"),
        (["districting", "{}"], "no value is known"),
        (["flow", "{}"], "no value is known for square"),
        (["partition", "{}", "--instance", "sqare"], "did you mean 'square'?"),
        (["partition", "{}/none"], "there is no folder"),
        (["scenario", "{}"], "scenario.toml"),
        (["partition", "{}", "--parts", "4", "--seconds", "0.1", "--json", "{}"], "cannot write"),
    ],
)
def test_a_wrong_command_is_told_what_would_be_right(square_folder, capsys, words, said):
    assert main([word.format(square_folder) for word in words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--parts", "1"], ["--tolerance", "3"], ["--seeds", "0"], ["--seconds", "-1"]])
def test_numbers_out_of_range_are_refused(square_folder, capsys, words):
    with pytest.raises(SystemExit) as stopped:
        main(["partition", str(square_folder), *words])
    assert stopped.value.code == 2
    assert words[1] in capsys.readouterr().err


def test_an_instance_no_split_can_serve_is_a_row_not_a_crash(tmp_path, square_folder):
    (square_folder / "county_ZZ_nodes.csv").write_text(
        (square_folder / "county_ZZ_nodes.csv").read_text().replace("0-0,1,", "0-0,1000,")
    )
    out = tmp_path / "out.jsonl"
    words = ["districting", str(square_folder), "--state", "ZZ", "--parts", "4", "--seconds", "0.1"]
    assert main([*words, "--json", str(out)]) == 0
    (row,) = lines(out)
    assert (row["status"], row["objective"], row["gap"]) == ("INFEASIBLE", None, None)
    assert "0-0 alone" in row["note"]


@pytest.fixture
def scenario_folder(tmp_path) -> Path:
    """Twelve weekly outlets 1 km apart on a line; two reps whose outlets alternate today."""
    folder = tmp_path / "line"
    folder.mkdir()
    (folder / "scenario.toml").write_text(
        'schema = "territory/scenario@1"\nname = "line"\ncrs = "wgs84"\n'
        "[split]\nworkload_tolerance = 0.2\npotential_tolerance = 0.2\nmax_area_share = 10\n"
    )
    outlets = [f"A{i:02d},shop {i},30.0,{100 + i / 100},A{i:02d},100,4,R{i % 2}\n" for i in range(12)]
    (folder / "outlets.csv").write_text(
        "outlet_id,name,lat,lon,area,sales_cny,visits_per_cycle,rep_id\n" + "".join(outlets)
    )
    (folder / "reps.csv").write_text("rep_id,name,lat,lon\nR0,a,30.0,100.02\nR1,b,30.0,100.09\n")
    flows = [f"A{i:02d},A{i + 1:02d},5\n" for i in range(11)]
    (folder / "flows.csv").write_text("from,to,weight\n" + "".join(flows))
    return folder


def test_a_scenario_folder_is_split_and_compared_with_today(tmp_path, scenario_folder):
    out = tmp_path / "out.jsonl"
    assert main(["scenario", str(scenario_folder), "--seconds", "0.3", "--json", str(out)]) == 0
    (row,) = lines(out)
    assert (row["instance"], row["parts"], row["units"]) == ("line", 2, 12)
    assert row["kept_between"] == pytest.approx(10 / 11)
    assert row["kept_between_today"] == 0
    assert row["parts_in_pieces"] == 0
    assert row["workload_deviation"] <= 0.2
    assert row["bound"] <= row["objective"]


@pytest.mark.parametrize("split", ["today", "redrawn"])
def test_visits_are_planned_rep_by_rep(tmp_path, scenario_folder, split):
    out = tmp_path / "out.jsonl"
    words = ["visits", str(scenario_folder), "--split", split, "--seconds", "0.3", "--json", str(out)]
    assert main(words) == 0
    rows = lines(out)
    assert [row["instance"] for row in rows] == ["line/R0", "line/R1"]
    assert [row["split"] for row in rows] == [split] * 2
    assert sum(row["visits_due"] for row in rows) == 48
    assert all(row["visits_placed"] == row["visits_due"] for row in rows)
    assert all(0 < row["bound"] <= row["objective"] for row in rows)
    assert main([*words, "--instance", "R1"]) == 0
    assert [row["instance"] for row in lines(out)] == ["line/R1"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "units", "reference"),
    [
        (["districting", "us_dual_graphs", "--state", "ME"], 16, 16),
        (["flow", "labour_market_areas", "--instance", "sardinia", "--parts", "6"], 375, 0.8735),
        (["partition", "walshaw", "--instance", "3elt", "--parts", "8"], 4720, 351),
        (["flow", "us_county_commuting", "--parts", "20"], 3105, 0.9776),
    ],
)
def test_published_instances_have_the_size_their_references_were_measured_on(tmp_path, words, units, reference):
    data = os.environ.get("TERRITORY_DATA")
    if data is None:
        pytest.skip("TERRITORY_DATA names no folder with the published instances")
    out = tmp_path / "out.jsonl"
    name, folder, *options = words
    assert main([name, str(Path(data) / "territory" / folder), *options, "--seconds", "1", "--json", str(out)]) == 0
    (row,) = lines(out)
    assert (row["units"], row["reference"]) == (units, reference)
    assert row["violations"] == 0


@pytest.mark.parametrize("words", [["--help"], ["kernel", "--help"]])
def test_help_is_printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Per cent signs in what a family is about are text."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert "95 % intervals" in " ".join(capsys.readouterr().out.split())
