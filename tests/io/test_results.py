"""Answers as files."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.errors import Issue
from territory.io import (
    check_folder,
    write_assignment,
    write_geojson,
    write_issues,
    write_json,
    write_rows,
    write_tables,
)
from territory.io.cells import plain_text, safe_text
from territory.io.scenario_writer import csv_bytes
from territory.language import Text

BOM = b"\xef\xbb\xbf"


@given(st.text(max_size=8) | st.text(alphabet="'=+-@1.e", max_size=6))
def test_safe_text_is_undone_by_plain_text(text: str) -> None:
    assert plain_text(safe_text(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@x", "-1+1", "\t=1"])
def test_what_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["-12", "-0.5", "+3", "1e5", "a=b", "", "店"])
def test_harmless_text_and_numbers_stay(text: str) -> None:
    assert safe_text(text) == text


def test_tables_are_utf8_with_bom_and_safe_from_formulas() -> None:
    content = csv_bytes(pd.DataFrame({"name": ["=1", "店", None], "amount": [-1.5, 0.1, np.nan]}))
    assert content == BOM + "name,amount\n'=1,-1.5\n店,0.1\n,\n".encode()


def test_rows_are_written_in_their_own_order(tmp_path: Path) -> None:
    path = write_rows([{"b": 1, "a": "=x"}, {"b": 2, "a": "y"}], tmp_path / "moved.csv")
    assert path.read_bytes() == BOM + b"b,a\n1,'=x\n2,y\n"
    assert write_rows([], path, columns=["b", "a"]).read_bytes() == BOM + b"b,a\n"


def test_geojson_holds_a_point_for_each_outlet_with_both_reps(scenario: Scenario, tmp_path: Path) -> None:
    plan = Assignment(rep_of_outlet=np.array([1, 0, 0, 1, 1, -1]))
    data = json.loads(write_geojson(scenario, plan, tmp_path / "map.geojson").read_text("utf-8"))
    assert len(data["features"]) == 6
    first, last = data["features"][0], data["features"][-1]
    assert first["geometry"] == {"type": "Point", "coordinates": [121.445, 31.225]}
    assert first["properties"] == {
        "outlet_id": "001",
        "name": "店1",
        "area": "north",
        "rep_before": "R1",
        "rep_after": "R2",
        "moved": True,
    }
    assert (last["properties"]["rep_after"], last["properties"]["moved"]) == ("", True)


def test_an_outlet_without_a_rep_today_does_not_count_as_moved(scenario: Scenario, tmp_path: Path) -> None:
    outlets = replace(scenario.outlets, rep_idx=np.array([-1, 0, 0, 1, 1, 1]))
    plan = Assignment(rep_of_outlet=np.array([1, 0, 0, 1, 1, 0]))
    path = write_assignment(replace(scenario, outlets=outlets), plan, tmp_path / "assignment.csv")
    moved = [line.split(",")[7] for line in path.read_text("utf-8-sig").splitlines()]
    assert moved == ["moved", "0", "0", "0", "0", "0", "1"]


def test_issues_are_a_table_in_the_readers_language(tmp_path: Path) -> None:
    issue = Issue(
        code="x",
        file="outlets.csv",
        row=4,
        column="lat",
        value="=1",
        problem=Text("wrong", "错误"),
        remedy=Text("mend", "修正"),
    )
    english = write_issues([issue], tmp_path / "en.csv", "en").read_text("utf-8-sig").splitlines()
    chinese = write_issues([issue], tmp_path / "zh.csv", "zh").read_text("utf-8-sig").splitlines()
    assert english == ["severity,code,file,row,column,value,problem,remedy", "error,x,outlets.csv,4,lat,'=1,wrong,mend"]
    assert chinese == ["级别,代码,文件,行,列,值,问题,处理办法", "error,x,outlets.csv,4,lat,'=1,错误,修正"]


@dataclass(frozen=True)
class Card:
    seed: int
    when: dt.date


def test_json_takes_what_results_are_made_of(tmp_path: Path) -> None:
    content = {
        "card": Card(seed=1, when=dt.date(2026, 11, 30)),
        "array": np.array([1.5, np.inf]),
        "number": np.int64(3),
        "nothing": float("nan"),
        "path": Path("a") / "b",
        "names": frozenset({"b", "a"}),
        "中": (True, None),
    }
    text = write_json(content, tmp_path / "run.json").read_text("utf-8")
    assert json.loads(text) == {
        "card": {"seed": 1, "when": "2026-11-30"},
        "array": [1.5, None],
        "number": 3,
        "nothing": None,
        "path": "a/b",
        "names": ["a", "b"],
        "中": [True, None],
    }
    assert "中" in text


def test_json_refuses_what_it_cannot_say(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        write_json({"what": object()}, tmp_path / "run.json")
    assert not (tmp_path / "run.json").exists()


def test_a_written_folder_reads_back(tmp_path: Path) -> None:
    outlets = pd.DataFrame(
        {"outlet_id": ["01", "02"], "name": ["-a", "=b"], "lat": [31.1, 31.123456789012345], "lon": 121.4}
    )
    outlets["area"] = ["x", "y"]
    outlets["apart"] = "r"
    folder = write_tables(
        tmp_path / "made",
        outlets=outlets,
        reps=pd.DataFrame({"rep_id": ["R1", "R2"], "lat": 31.1, "lon": 121.4, "seed_outlet": ["02", None]}),
        flows=pd.DataFrame({"from": ["x"], "to": ["y"], "weight": [0.1]}),
        affinities=pd.DataFrame({"outlet_id": ["02"], "rep_id": ["R1"], "affinity": [0.3]}),
        toml_text='schema = "territory/scenario@1"\ncrs = "wgs84"\n[split]\nprice_affinity = 1\n',
    )
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["affinities.csv", "flows.csv", "outlets.csv", "reps.csv", "scenario.toml"]
    checked = check_folder(folder)
    assert checked.scenario is not None
    assert checked.scenario.outlets.names == ("-a", "=b")
    assert checked.scenario.outlets.outlet_ids == ("01", "02")
    assert checked.scenario.outlets.lat.tolist() == outlets["lat"].tolist()
    assert checked.scenario.flow.weight[0, 1] == 0.1
    assert checked.scenario.outlets.apart.texts() == ["r", "r"]
    assert checked.scenario.reps.seed_outlet_idx.tolist() == [1, -1]
    assert checked.scenario.affinity is not None
    assert checked.scenario.affinity.toarray().tolist() == [[0.0, 0.0], [0.3, 0.0]]
