"""A plan goes out as xlsx, csv, json or geojson and comes back equal on every field, whatever it is called."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ScenarioError
from territory.io.export import PlanContent, read_plan, write_csv, write_geojson, write_json, write_xlsx
from territory.io.messages_export import EXPORT_MESSAGES
from territory.language import Lang
from tests.io.export.random_plans import Case, cases, worst_case
from tests.io.test_hostile_folders import assert_worded
from tests.io.test_plans_come_back import ASSIGNMENT

Writer = Callable[[PlanContent, Path], Path]


def _csv_folder(content: PlanContent, path: Path) -> Path:
    return write_csv(content, path.with_suffix(""))[0].parent


WRITERS: dict[str, Writer] = {
    "xlsx": write_xlsx,
    "csv": _csv_folder,
    "json": write_json,
    "geojson": write_geojson,
}
formats = pytest.mark.parametrize("kind", list(WRITERS))
few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def written(content: PlanContent, kind: str, folder: Path) -> Path:
    return WRITERS[kind](content, folder / f"plan.{kind}")


@pytest.fixture
def content(scenario: Scenario, plan: VisitPlan) -> PlanContent:
    return PlanContent(scenario=scenario, assignment=ASSIGNMENT, plan=plan)


@formats
@few
@given(case=cases(), lang=st.sampled_from(["en", "zh"]))
def test_any_plan_comes_back_equal_on_every_field(kind: str, case: Case, lang: Lang, tmp_path: Path) -> None:
    path = written(case.content(lang=lang), kind, tmp_path)
    found = read_plan(case.scenario, [path])
    assert found.plan == case.plan
    assert found.assignment == case.assignment
    assert found.notes == ()


@formats
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_worst_ids_and_names_come_back(kind: str, lang: Lang, tmp_path: Path) -> None:
    case = worst_case()
    found = read_plan(case.scenario, [written(case.content(lang=lang), kind, tmp_path)])
    assert (found.plan, found.assignment) == (case.plan, case.assignment)


@formats
def test_the_same_plan_gives_the_same_bytes(kind: str, content: PlanContent, tmp_path: Path) -> None:
    first, second = (written(content, kind, tmp_path / name) for name in ("one", "two"))
    files = sorted(first.glob("*")) if first.is_dir() else [first]
    assert files
    for file in files:
        other = second / file.name if second.is_dir() else second
        assert file.read_bytes() == other.read_bytes()


@formats
def test_a_part_of_a_plan_is_not_taken_for_the_whole(kind: str, content: PlanContent, tmp_path: Path) -> None:
    part = PlanContent(
        scenario=content.scenario, assignment=content.assignment, plan=content.plan, reps=(0,), weeks=(0,)
    )
    path = written(part, kind, tmp_path)
    found = codes_of(content.scenario, [path])
    assert found.count("part_of_plan") == 2


def codes_of(scenario: Scenario, paths: list[Path], *, needs_clock: bool = True) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_plan(scenario, paths, needs_clock=needs_clock)
    for issue in caught.value.issues:
        assert_worded(issue)
    return [issue.code for issue in caught.value.issues]


def places_of(scenario: Scenario, paths: list[Path]) -> list[tuple[str, str, int | None, str | None]]:
    with pytest.raises(ScenarioError) as caught:
        read_plan(scenario, paths)
    return [(issue.code, issue.file, issue.row, issue.column) for issue in caught.value.issues]


def test_cells_of_a_workbook_are_typed_and_none_is_a_formula(content: PlanContent, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_xlsx(content, tmp_path / "plan.xlsx"))
    assert book.sheetnames == ["assignment", "visits", "routes", "unplaced", "reps", "meta"]
    cells = {cell.value: column[1] for column in book["visits"].columns for cell in column[:1]}
    assert cells["outlet_id"].value == "003"
    assert cells["date"].is_date and str(cells["date"].value.date()) == "2026-11-30"
    assert str(cells["start"].value) == "09:00:01"
    assert cells["drive"].value.total_seconds() == 601
    assert isinstance(cells["order"].value, int)
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert all(sheet.column_dimensions[cell.column_letter].width > 5 for cell in sheet[1])


@few
@given(case=cases())
def test_no_name_runs_as_a_formula(case: Case, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_xlsx(case.content(), tmp_path / "plan.xlsx"))
    assert [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    for file in write_csv(case.content(), tmp_path / "csv"):
        for row in csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")):
            assert [cell for cell in row if cell.startswith(("=", "@", "\t", "\r"))] == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_another_program_comes_back_equal(content: PlanContent, tmp_path: Path) -> None:
    path = write_xlsx(content, tmp_path / "plan.xlsx")
    office = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*office, "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    found = read_plan(content.scenario, [tmp_path / "saved" / "plan.xlsx"])
    assert (found.plan, found.assignment) == (content.plan, content.assignment)


def test_chinese_and_english_headings_and_sheets_are_both_read(content: PlanContent, tmp_path: Path) -> None:
    chinese = PlanContent(scenario=content.scenario, assignment=content.assignment, plan=content.plan, lang="zh")
    book = openpyxl.load_workbook(write_xlsx(chinese, tmp_path / "plan.xlsx"))
    assert book.sheetnames == ["客户分配", "拜访", "线路", "未排", "客户经理", "说明"]
    assert [cell.value for cell in book["拜访"][1]][:3] == ["客户经理编码", "客户经理", "日期"]
    assert book["未排"]["F2"].value == "时间排满"


def edited(content: PlanContent, tmp_path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    path = write_xlsx(content, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def test_every_mistake_of_every_sheet_is_told_at_once(content: PlanContent, tmp_path: Path) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["assignment"]["A3"] = "9"
        book["assignment"]["J2"] = "R7"
        book["visits"]["C2"] = "someday"
        book["visits"]["I3"] = "noon"
        book["visits"]["G4"] = None
        book["routes"]["F2"] = "early"
        book["unplaced"]["F2"] = "lazy"
        book["unplaced"]["E3"] = 0

    found = places_of(content.scenario, [edited(content, tmp_path, spoil)])
    assert found == [
        ("unknown_outlet", "plan.xlsx [assignment]", 3, "outlet_id"),
        ("unknown_rep", "plan.xlsx [assignment]", 2, "rep_id"),
        ("missing_outlet", "plan.xlsx [assignment]", None, "outlet_id"),
        ("missing_value", "plan.xlsx [visits]", 4, "outlet_id"),
        ("bad_date", "plan.xlsx [visits]", 2, "date"),
        ("bad_time", "plan.xlsx [visits]", 3, "start"),
        ("bad_time", "plan.xlsx [routes]", 2, "leave"),
        ("out_of_range", "plan.xlsx [unplaced]", 3, "visits"),
        ("bad_word", "plan.xlsx [unplaced]", 2, "reason"),
    ]


def test_a_visit_moved_to_a_day_without_a_route_is_told_unless_times_are_made_anew(
    content: PlanContent, tmp_path: Path
) -> None:
    def move(book: openpyxl.Workbook) -> None:
        book["visits"]["C4"] = "2026-12-24"

    path = edited(content, tmp_path, move)
    assert places_of(content.scenario, [path]) == [
        ("route_without_visits", "plan.xlsx [routes]", 3, "date"),
        ("no_route", "plan.xlsx [visits]", 4, "date"),
    ]
    found = read_plan(content.scenario, [path], needs_clock=False).plan
    assert (found.day.tolist(), found.route_day.tolist()) == ([0, 0, 24], [0, 24])


def test_a_day_twice_among_the_routes_is_told(content: PlanContent, tmp_path: Path) -> None:
    def double(book: openpyxl.Workbook) -> None:
        book["routes"].append([cell.value for cell in book["routes"][2]])

    assert places_of(content.scenario, [edited(content, tmp_path, double)]) == [
        ("route_twice", "plan.xlsx [routes]", 4, "date")
    ]


def test_without_clock_times_the_order_column_decides(content: PlanContent, tmp_path: Path) -> None:
    def strip(book: openpyxl.Workbook) -> None:
        for row in (2, 3):
            for column in "IKL":
                book["visits"][f"{column}{row}"] = None
        book["visits"]["F2"], book["visits"]["F3"] = 2, 1
        del book["routes"]

    path = edited(content, tmp_path, strip)
    found = read_plan(content.scenario, [path], needs_clock=False).plan
    assert found.outlet_idx.tolist() == [0, 2, 5]
    assert codes_of(content.scenario, [path]) == ["missing_plan_table", "bad_time", "bad_time"] + ["bad_time"] * 4


def test_a_table_that_is_missing_or_given_twice_is_told(content: PlanContent, tmp_path: Path) -> None:
    folder = _csv_folder(content, tmp_path / "plan.csv")
    (folder / "routes.csv").unlink()
    assert codes_of(content.scenario, [folder]) == ["missing_plan_table"]
    path = write_json(content, tmp_path / "plan.json")
    assert codes_of(content.scenario, [path, folder / "visits.csv"]) == ["table_twice"]


def test_csv_files_are_known_by_their_columns_when_they_are_renamed(content: PlanContent, tmp_path: Path) -> None:
    folder = _csv_folder(content, tmp_path / "plan.csv")
    for number, file in enumerate(sorted(folder.glob("*.csv"))):
        file.rename(folder / f"edited {number}.csv")
    files = [file for file in folder.glob("*.csv") if "team_id" not in file.read_text("utf-8-sig")]
    assert read_plan(content.scenario, sorted(files)).plan == content.plan


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("plan.json", "{", "bad_json"),
        ("plan.json", "[]", "not_a_plan"),
        ("plan.json", '{"schema": "territory/plan@9"}', "not_a_plan"),
        ("plan.json", '{"schema": "territory/plan@1", "visits": {}}', "not_a_plan"),
        ("plan.json", '{"schema": "territory/plan@1", "visits": [7]}', "not_a_record"),
        ("plan.geojson", '{"type": "FeatureCollection"}', "not_a_plan"),
        ("plan.geojson", '{"type": "FeatureCollection", "features": [1, {"properties": null}]}', "no_plan_tables"),
        ("plan.csv", "a,b\n1,2\n", "no_plan_tables"),
        ("plan.xlsx", "no workbook", "unreadable_file"),
        ("plan.pdf", "%PDF", "plan_file_type"),
        ("plan.ics", "BEGIN:VCALENDAR", "plan_file_type"),
    ],
)
def test_what_is_no_plan_is_refused(name: str, text: str, code: str, content: PlanContent, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert codes_of(content.scenario, [path])[0] == code


def test_a_file_that_is_not_there_is_told(content: PlanContent, tmp_path: Path) -> None:
    assert codes_of(content.scenario, [tmp_path / "none.xlsx"]) == ["missing_plan_file"]


def test_a_plan_of_other_tables_comes_in_with_a_note(content: PlanContent, tmp_path: Path) -> None:
    path = write_json(content, tmp_path / "plan.json")
    document = json.loads(path.read_text("utf-8"))
    document["meta"] |= {"scenario": "another town", "input outlets.csv": "changed"}
    path.write_text(json.dumps(document), "utf-8")
    found = read_plan(content.scenario, [path])
    for note in found.notes:
        assert_worded(note)
    assert [note.code for note in found.notes] == ["other_scenario", "other_inputs"]
    assert found.plan == content.plan


def test_true_is_no_number_of_seconds(content: PlanContent, tmp_path: Path) -> None:
    path = write_json(content, tmp_path / "plan.json")
    document = json.loads(path.read_text("utf-8"))
    document["visits"][0]["drive_s"] = True
    document["visits"][1]["drive_s"] = -5
    path.write_text(json.dumps(document), "utf-8")
    assert places_of(content.scenario, [path]) == [
        ("bad_time", "plan.json [visits]", 1, "drive_s"),
        ("bad_time", "plan.json [visits]", 2, "drive_s"),
    ]


def test_every_message_about_exported_plans_has_a_case_here() -> None:
    cases_here = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in EXPORT_MESSAGES if f'"{code}"' not in cases_here] == []


def test_a_workbook_of_something_else_is_refused(content: PlanContent, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "plan.xlsx")
    assert codes_of(content.scenario, [tmp_path / "plan.xlsx"]) == ["no_plan_tables"]
