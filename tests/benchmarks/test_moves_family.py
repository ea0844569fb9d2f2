"""The `moves` family: a row per cap, and a recount that knows a broken plan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.quality.moves_families import rules_broken
from territory.domain.assignment import Assignment
from territory.split import SplitProblem
from tests.towns import line_of_shops, with_outlets


@pytest.fixture
def scenario_folder(tmp_path: Path) -> Path:
    """Twelve outlets on a line; one rep has eight of them today."""
    folder = tmp_path / "line"
    folder.mkdir()
    (folder / "scenario.toml").write_text(
        'schema = "territory/scenario@1"\nname = "line"\ncrs = "wgs84"\n'
        "[split]\nworkload_tolerance = 0.2\npotential_tolerance = 0.2\nmax_area_share = 10\n"
    )
    outlets = [f"A{i:02d},shop {i},30.0,{100 + i / 100},A{i:02d},100,4,R{int(i > 7)}\n" for i in range(12)]
    (folder / "outlets.csv").write_text(
        "outlet_id,name,lat,lon,area,sales_cny,visits_per_cycle,rep_id\n" + "".join(outlets)
    )
    (folder / "reps.csv").write_text("rep_id,name,lat,lon\nR0,a,30.0,100.02\nR1,b,30.0,100.09\n")
    flows = [f"A{i:02d},A{i + 1:02d},{5 if i != 5 else 1}\n" for i in range(11)]
    (folder / "flows.csv").write_text("from,to,weight\n" + "".join(flows))
    return folder


def test_a_row_for_each_cap(tmp_path: Path, scenario_folder: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["moves", str(scenario_folder), "--iterations", "60000", "--json", str(out)]) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["cap"] for row in found] == [0.0, 0.02, 0.05, 0.1, 0.2, 1.0]
    assert all(row["violations"] == 0 and row["moved_share"] <= row["cap"] + 1e-9 for row in found)
    kept = [row["objective"] for row in found]
    assert kept == sorted(kept)
    assert kept[0] == found[0]["kept_today"] < kept[-1]
    assert all(row["objective"] <= row["bound"] + 1e-12 for row in found)
    assert [found[0]["share_of_free_gain"], found[-1]["share_of_free_gain"]] == [0.0, 1.0]


def test_under_the_scenario_s_own_balance_small_caps_are_proved_empty(tmp_path: Path, scenario_folder: Path) -> None:
    out = tmp_path / "out.jsonl"
    words = ["moves", str(scenario_folder), "--iterations", "60000", "--balance", "scenario", "--json", str(out)]
    assert main(words) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["status"] for row in found[:2]] == ["INFEASIBLE", "INFEASIBLE"]
    assert "at least" in found[1]["note"]
    assert found[-1]["objective"] is not None


def test_the_recount_tells_each_broken_rule() -> None:
    problem = SplitProblem.of(
        with_outlets(line_of_shops(10, 2, workload_tolerance=0.1), rep_idx=np.array([0] * 7 + [1] * 3))
    )

    def broken(reps: list[int], cap: float = 1.0) -> set[str]:
        plan = Assignment(rep_of_outlet=np.array(reps))
        return {line.split(":")[0] for line in rules_broken(problem, plan, cap=cap, as_today=True)}

    assert broken([0] * 7 + [1] * 3) == set()
    assert broken([0] * 6 + [1] * 4) == set()
    assert broken([0] * 6 + [1] * 4, cap=0.05) == {"moved_cap"}
    assert broken([0] * 8 + [1] * 2) == {"balance"}
    assert broken([0] * 5 + [1] + [0] + [1] * 3) == {"contiguity"}
    assert broken([0] * 6 + [-1] + [1] * 3) == {"one_rep"}
