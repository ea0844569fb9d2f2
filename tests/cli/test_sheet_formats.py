"""`territory sheet` in every format: made for all reps by one command, filled in, read back, never overwritten."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from territory.io import read_scenario
from territory.io.sheet_forms import read_sheets
from territory.pipeline.checking import visits_in
from territory.pipeline.sheets import formats_named, plan_id_of
from tests.cli.test_verbs import call
from tests.sheet.carriers import box_cells


@pytest.fixture(scope="module")
def made(tables: Path, planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forms")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRITORY_LANG", "zh")
        with pytest.raises(SystemExit) as left:
            from territory.cli import main

            arguments = ["sheet", str(tables), "--plan", str(planned), "--week", "1", "--out", str(out), "--quiet"]
            main([*arguments, "--format", "xlsx,html", "--format", "csv，PDF"])
    assert not left.value.code
    return out / "sheets"


def test_one_command_makes_every_form_for_all_reps(made: Path, tables: Path) -> None:
    reps = read_scenario(tables).reps.rep_ids
    week = made / "2026-W49"
    for ending in ("pdf", "xlsx", "html", "csv"):
        assert {path.stem for path in week.glob(f"*.{ending}")} == {f"sheet_{rep}_2026-W49" for rep in reps}
    assert openpyxl.load_workbook(made / "2026-W49_all.xlsx").sheetnames == list(reps)
    assert (made / "2026-W49_all.csv").exists()
    assert not list(made.glob("*.html"))


def test_a_sheet_that_comes_back_names_its_plan(made: Path, tables: Path, planned: Path, tmp_path: Path) -> None:
    scenario = read_scenario(tables)
    rep = scenario.reps.rep_ids[0]
    path = made / "2026-W49" / f"sheet_{rep}_2026-W49.xlsx"
    book = openpyxl.load_workbook(path)
    book.active[box_cells(path, book.active.title)["worst_gap"]].value = "缺货"
    book.save(tmp_path / "back.xlsx")
    found = read_sheets([tmp_path / "back.xlsx"])
    assert found.issues == ()
    assert found.records[0].plan_id == plan_id_of(scenario, visits_in(scenario, planned))
    assert (found.records[0].rep_id, found.records[0].worst_gap) == (rep, "缺货")


def test_a_form_filled_in_where_it_was_made_is_not_overwritten(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    rep = read_scenario(tables).reps.rep_ids[0]
    command = ["sheet", str(tables), "--plan", str(planned), "--week", "1", "--rep", rep, "--out", str(tmp_path)]
    assert call(capsys, *command, "--format", "csv")[0] == 0
    assert call(capsys, *command, "--format", "csv")[0] == 0
    (path,) = tmp_path.rglob("*.csv")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    at = next(row for row in rows if row[1] == "work")
    at[5] = "done"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    code, _, err = call(capsys, *command, "--format", "csv")
    assert code == 7
    assert path.name in err
    assert read_sheets([path]).records[0].work == "done"


def test_an_unknown_format_is_refused_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    command = ["sheet", str(tables), "--plan", str(planned), "--out", str(tmp_path / "out")]
    code, _, err = call(capsys, *command, "--format", "xls,docx", "--lang", "zh")
    assert code == 2
    assert "xls, docx" in err
    assert "pdf, xlsx, html, csv" in err
    assert not (tmp_path / "out").exists()


def test_formats_are_named_once_each_in_the_order_given() -> None:
    assert [one.value for one in formats_named(["XLSX, pdf", "xlsx"])] == ["xlsx", "pdf"]


def test_json_lists_the_files(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path) -> None:
    rep = read_scenario(tables).reps.rep_ids[0]
    command = ["sheet", str(tables), "--plan", str(planned), "--week", "1", "--rep", rep, "--out", str(tmp_path)]
    code, out, _ = call(capsys, *command, "--format", "html,csv", "--json")
    assert code == 0
    answer = json.loads(out)
    name = f"2026-W49/sheet_{rep}_2026-W49"
    assert answer["files"] == [f"{name}.html", f"{name}.csv"]
    assert all((Path(answer["folder"]) / file).exists() for file in answer["files"])
