"""Each case is the valid town broken in one way: refused with exactly these issues, or loaded to these values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from territory.errors import Issue, ScenarioError
from territory.io import check_folder, read_scenario
from territory.io.messages import MESSAGES
from territory.io.messages_desk import DESK_MESSAGES
from territory.io.messages_export import EXPORT_MESSAGES
from territory.io.messages_forms import FORM_MESSAGES
from territory.io.messages_loop import LOOP_MESSAGES
from tests.io.broken_cells import BROKEN_CELLS
from tests.io.broken_files import BROKEN_FILES
from tests.io.broken_sheet import BROKEN_SHEET
from tests.io.broken_ties import BROKEN_TIES
from tests.io.changes import Loaded, Refused
from tests.io.peculiar_folders import LOADED, is_the_town
from tests.io.town_folder import town, workbook

REFUSED = [*BROKEN_FILES, *BROKEN_CELLS, *BROKEN_TIES, *BROKEN_SHEET]

XLSX_ROWS: list[list[object]] = [
    ["rep_id", "lat", "lon", "name"],
    ["R1", 31.23, 121.41, "Ann"],
    ["R2", 31.23, 121.42, "Bo"],
]


def _merged(book: Any, sheet: Any) -> None:
    sheet.merge_range(1, 3, 2, 3, "Ann")


def _formula_error(book: Any, sheet: Any) -> None:
    sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_broken_folder_is_refused_with_every_issue_in_its_place(case: Refused, tmp_path: Path) -> None:
    it = town()
    case.change(it)
    checked = check_folder(it.write(tmp_path / "town"))
    assert checked.scenario is None
    found = sorted(((issue.code, issue.file, issue.row, issue.column) for issue in checked.issues), key=str)
    assert found == sorted(case.issues, key=str)
    assert checked.errors
    for issue in checked.issues:
        assert_worded(issue)


def about_braces(issue: Issue) -> bool:
    """Texts of the sheet and links of panel 6 have placeholders in braces, which their messages name."""
    return issue.file == "sheet_rules.toml" or (issue.column or "").startswith("sheet.links")


def assert_worded(issue: Issue) -> None:
    """A problem and a remedy in both languages, no blank left unfilled."""
    for text in (issue.problem, issue.remedy):
        assert text.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), text.zh
        if not about_braces(issue):
            assert "{" not in text.en + text.zh
    assert issue.line("en") != issue.line("zh")


@pytest.mark.parametrize(
    ("change", "code", "row", "column"),
    [(_merged, "merged_cells", 2, "D"), (_formula_error, "formula_error", 3, "D")],
)
def test_a_workbook_with_cells_that_cannot_be_trusted_is_refused(
    change: Callable[..., None], code: str, row: int, column: str, tmp_path: Path
) -> None:
    it = town()
    it.left_out.add("reps.csv")
    it.files["reps.xlsx"] = workbook(tmp_path / "made.xlsx", {"reps": XLSX_ROWS}, change)
    checked = check_folder(it.write(tmp_path / "town"))
    assert [(issue.code, issue.file, issue.row, issue.column) for issue in checked.errors] == [
        (code, "reps.xlsx", row, column)
    ]


@pytest.mark.parametrize("case", LOADED, ids=lambda case: case.name)
def test_a_folder_with_a_peculiarity_is_read_to_the_right_values(case: Loaded, tmp_path: Path) -> None:
    it = town()
    case.change(it)
    checked = check_folder(it.write(tmp_path / "town"))
    found = sorted(((issue.code, issue.file, issue.row, issue.column) for issue in checked.issues), key=str)
    assert found == sorted(case.warnings, key=str)
    for issue in checked.issues:
        assert_worded(issue)
    assert checked.scenario is not None
    assert case.holds(checked.scenario)


def test_a_town_in_workbooks_is_the_same_town(tmp_path: Path) -> None:
    it = town()
    for table in ("outlets", "reps"):
        rows: list[list[object]] = [list(it.tables[table][0]), *[list(row.values()) for row in it.tables[table]]]
        it.files[f"{table}.xlsx"] = workbook(tmp_path / f"{table}.xlsx", {"说明": [["x"]], table: rows})
        it.left_out.add(f"{table}.csv")
    checked = check_folder(it.write(tmp_path / "town"))
    assert not checked.issues
    assert checked.scenario is not None
    assert is_the_town(checked.scenario)


def test_a_workbook_of_unnamed_sheets_is_read_from_the_first_with_a_warning(tmp_path: Path) -> None:
    it = town()
    it.left_out.add("reps.csv")
    it.files["reps.xlsx"] = workbook(tmp_path / "made.xlsx", {"Sheet1": XLSX_ROWS, "Sheet2": [["x"]]})
    checked = check_folder(it.write(tmp_path / "town"))
    assert [issue.code for issue in checked.issues] == ["several_sheets"]
    assert checked.scenario is not None


def test_numeric_ids_of_a_workbook_stay_whole_and_text_keeps_its_zeros(tmp_path: Path) -> None:
    it = town()
    it.left_out |= {"outlets.csv", "flows.csv", "adjacency.csv", "travel.csv"}
    rows: list[list[object]] = [
        ["outlet_id", "name", "lat", "lon"],
        [123.0, "a", 31.2, 121.4],
        ["00123", "b", 31.2, 121.4],
        [310108123456, "c", 31.2, 121.4],
    ]
    it.files["outlets.xlsx"] = workbook(tmp_path / "made.xlsx", {"outlets": rows})
    scenario = read_scenario(it.write(tmp_path / "town"))
    assert scenario.outlets.outlet_ids == ("123", "00123", "310108123456")


def test_every_message_has_a_case_that_raises_it() -> None:
    """Those about plans that come back are covered in `test_plans_come_back`, about sheets in `test_sheet_forms`."""
    covered = {place[0] for case in REFUSED for place in case.issues}
    covered |= {place[0] for case in LOADED for place in case.warnings}
    covered |= {"merged_cells", "formula_error", "several_sheets"}
    elsewhere = {"more", "unknown_outlet", "missing_outlet", "outside_cycle", "bad_time", "route_ends"}
    elsewhere |= set(EXPORT_MESSAGES)
    elsewhere |= set(FORM_MESSAGES)
    elsewhere |= set(DESK_MESSAGES)
    elsewhere |= set(LOOP_MESSAGES)
    assert set(MESSAGES) - covered - elsewhere == set()


def test_there_are_at_least_sixty_hostile_folders() -> None:
    assert len(REFUSED) >= 60
    assert len({case.name for case in REFUSED}) == len(REFUSED)


def test_a_town_without_errors_is_read_and_one_with_errors_raises_them_all(tmp_path: Path) -> None:
    assert read_scenario(town().write(tmp_path / "right")).name == "town"
    it = town()
    it.outlets[0]["lat"] = it.outlets[1]["lon"] = "?"
    with pytest.raises(ScenarioError) as caught:
        read_scenario(it.write(tmp_path / "wrong"))
    assert [(issue.row, issue.column) for issue in caught.value.issues] == [(2, "lat"), (3, "lon")]


def test_a_folder_that_is_not_there_is_an_issue_not_a_crash(tmp_path: Path) -> None:
    assert [issue.code for issue in check_folder(tmp_path / "nowhere").issues] == ["missing_file"]


def test_the_hash_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    first = read_scenario(town().write(tmp_path / "first")).input_hashes
    it = town()
    it.outlets[0]["name"] = "other"
    second = read_scenario(it.write(tmp_path / "second")).input_hashes
    assert [name for name in first if first[name] != second[name]] == ["outlets.csv"]
    assert len(first) == 7
