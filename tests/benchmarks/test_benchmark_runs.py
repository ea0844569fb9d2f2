"""The command line on tiny folders, and the smoke run."""

import json
import os
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.contract import KEYS
from benchmarks.instances.small import grid
from benchmarks.speed.rates import speed_cases


def lines(path: Path) -> list[dict[str, object]]:
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


def test_smoke_keeps_every_rule_and_reaches_every_known_optimum(tmp_path, capsys):
    out = tmp_path / "smoke.jsonl"
    assert main(["smoke", "--json", str(out)]) == 0
    rows = lines(out)
    assert "0 violations" in capsys.readouterr().out
    assert all(tuple(row)[: len(KEYS)] == KEYS for row in rows)
    assert {row["kind"] for row in rows} == {"quality", "speed"}
    assert all(row["violations"] == 0 and row["objective"] is not None for row in rows)
    known = [row for row in rows if row["reference"] is not None]
    assert len(known) == 3
    assert all(row["gap"] == pytest.approx(0.0, abs=1e-9) for row in known)
    assert sum(float(str(row["wall_s"])) for row in rows) < 60


def test_a_seed_gives_the_same_objective_again(tmp_path):
    found = []
    for name in ("a", "b"):
        assert main(["smoke", "--seeds", "2", "--json", str(tmp_path / name)]) == 0
        rows = lines(tmp_path / name)
        found.append([(row["instance"], row["seed"], row["objective"]) for row in rows if row["kind"] == "quality"])
    assert found[0] == found[1]


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
        (["districting", "{}", "--state", "ZY"], "did you mean 'ZZ'?"),
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


def test_rates_are_positive_and_their_plans_clean():
    for made in speed_cases(None, None):
        made.prepare()
    assert [made.instance for made in speed_cases(None, None)] == [
        "split_moves_2500x10",
        "split_checks_2500x10",
        "visit_iterations_100",
        "policy_years_12",
    ]


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
