"""The desk's tables: as people write them, and what is said about every cell that cannot be used."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from territory.domain.panel import RepMonth, VisitCounts, columns
from territory.io import write_rows
from territory.io.desk_tables import (
    parse_month,
    read_committee,
    read_judgements,
    read_pairs,
    read_panel,
    read_supply,
)
from territory.io.issues import IssueLog

READERS: dict[str, Callable[[Path, IssueLog], Any]] = {
    "panel": read_panel,
    "judgements": read_judgements,
    "committee": read_committee,
    "pairs": read_pairs,
    "supply": read_supply,
}


def faults(folder: Path, table: str, text: str) -> list[tuple[str, int | None, str | None]]:
    """(code, row, column) of every error, and both languages say something."""
    path = folder / f"{table}.csv"
    path.write_text(text, encoding="utf-8")
    log = IssueLog()
    READERS[table](path, log)
    found = [issue for issue in log.issues() if issue.severity == "error"]
    for issue in found:
        assert issue.problem.en != issue.problem.zh and issue.remedy.en != issue.remedy.zh
        assert "{" not in issue.line("en") + issue.line("zh")
    return [(issue.code, issue.row, issue.column) for issue in found]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-03", "2027-03"),
        ("2027/3", "2027-03"),
        ("2027年3月", "2027-03"),
        ("2027-03-01", "2027-03"),
        ("2027-13", None),
        ("March", None),
        ("2027", None),
    ],
)
def test_months_are_read_as_people_write_them(written: str, read: str | None) -> None:
    assert parse_month(written) == read


def test_a_panel_may_be_headed_in_chinese_and_written_by_a_chinese_spreadsheet(tmp_path: Path) -> None:
    text = "月份,工号,姓名,职级,计划拜访,完成拜访,补访,销售目标,实际销售,用工形式\n"
    text += "2027年3月,007,张三,高级,100,90,4,1000,1100,合同制\n"
    (tmp_path / "panel.csv").write_bytes(text.encode("gb18030"))
    log = IssueLog()
    panel = read_panel(tmp_path / "panel.csv", log)
    assert panel is not None and not log.has_errors
    (row,) = panel.rows
    assert (row.month, row.rep_id, row.name, row.grade) == ("2027-03", "007", "张三", "senior")
    assert (row.visits_planned, row.visits_done, row.days_planned) == (100, 94, None)
    assert (row.sales_target, row.sales_actual, row.contract) == (1000.0, 1100.0, "contract")
    assert panel.header("visits_made") == "完成拜访"


def test_the_panel_that_a_review_writes_is_read(tmp_path: Path) -> None:
    """Every column of the contract, those by tier among them, and numbers that nobody wrote down."""
    month = RepMonth(
        month="2027-03",
        rep_id="007",
        rep_name="张三",
        team_id="T1",
        grade="mid",
        is_closed=True,
        capacity_min=9000.0,
        days_planned=20,
        visits=VisitCounts(planned=100, made=80, made_up=6, missed=10, pending=4),
        drive_min_planned=2000.0,
        service_min_planned=3000.0,
        sales_target=1000.0,
        by_tier={"A": VisitCounts(planned=100, made=80, made_up=6, missed=10, pending=4)},
    )
    words = {True: "yes", False: "no"}
    cells = {name: words[value] if isinstance(value, bool) else value for name, value in month.cells().items()}
    write_rows([{name: cells[name] for name in columns([month])}], tmp_path / "panel.csv")
    log = IssueLog()
    panel = read_panel(tmp_path / "panel.csv", log)
    assert panel is not None and not log.has_errors
    (row,) = panel.rows
    assert (row.rep_id, row.team_id, row.grade, row.step, row.is_closed) == ("007", "T1", "mid", 0, True)
    assert (row.visits_planned, row.visits_done, row.visits_pending, row.days_planned) == (100, 86, 4, 20)
    assert (row.sales_target, row.work_min, row.capacity_min) == (1000.0, 5000.0, 9000.0)
    assert math.isnan(row.sales_actual) and math.isnan(row.tenure_years)


def test_a_workbook_keeps_zeros_and_reads_dates_as_months(tmp_path: Path) -> None:
    path = tmp_path / "judgements.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row, cells in enumerate([("rep_id", "month", "quality", "head"), ("007", "2027-03-01", 80, None)]):
        sheet.write_row(row, 0, cells)
    book.close()
    log = IssueLog()
    found = read_judgements(path, log)
    assert found is not None and not log.has_errors
    assert (found.rows[0].rep_id, found.rows[0].month, found.rows[0].points[0]) == ("007", "2027-03", 80.0)
    assert math.isnan(found.rows[0].points[3])


@pytest.mark.parametrize(
    ("table", "text", "code", "row", "column"),
    [
        ("panel", "month,rep_id,visits_made\n2027-03,R1,5", "missing_column", 1, "visits_planned"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,R1,5,many", "not_a_number", 2, "visits_made"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,R1,5,", "missing_value", 2, "visits_made"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,R1,5,2.5", "not_whole", 2, "visits_made"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,R1,5,-2", "negative_number", 2, "visits_made"),
        ("panel", "month,rep_id,visits_planned,visits_made\n,R1,5,2", "missing_value", 2, "month"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-14,R1,5,2", "not_a_month", 2, "month"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,,5,2", "missing_value", 2, "rep_id"),
        ("panel", "month,rep_id,visits_planned,visits_made\n2027-03,R1,5,2\n2027/3,R1,5,2", "row_twice", 3, "rep_id"),
        (
            "panel",
            "month,rep_id,visits_planned,visits_made,visits_pending\n2027-03,R1,5,2,6",
            "pending_above_planned",
            2,
            "visits_pending",
        ),
        ("panel", "month,rep_id,visits_planned,visits_made,grade\n2027-03,R1,5,2,boss", "bad_word", 2, "grade"),
        ("panel", "month,rep_id,visits_planned,visits_made,step\n2027-03,R1,5,2,12", "out_of_range", 2, "step"),
        ("panel", "", "empty_table", None, None),
        ("judgements", "rep_id,month,quality\nR1,2027-03,101", "out_of_range", 2, "quality"),
        ("judgements", "rep_id,month,head\nR1,2027-03,good", "not_a_number", 2, "head"),
        ("judgements", "rep_id,month,head\nR1,2027-03,80\nR1,2027-03,90", "judged_twice", 3, "rep_id"),
        ("committee", "rep_id,year,sales\nR1,27,80", "bad_year", 2, "year"),
        ("committee", "rep_id,year,sales\nR1,2027,80\nR1,2027年,70", "row_twice", 3, "rep_id"),
        ("committee", "rep_id,year,sales\nR1,2027,-1", "out_of_range", 2, "sales"),
        ("pairs", "mentor_id,mentee_id,since\nR1,R1,2027-03", "pair_with_self", 2, "mentee_id"),
        ("pairs", "mentor_id,mentee_id,since\nR1,R2,", "missing_value", 2, "since"),
        ("pairs", "mentor_id,mentee_id,since,until\nR1,R2,2027-03,2027-02", "pair_order", 2, "until"),
        ("pairs", "mentor_id,mentee_id,since,score_at_start\nR1,R2,2027-03,110", "out_of_range", 2, "score_at_start"),
        ("supply", "month,supply\n2027-03,85", "out_of_range", 2, "supply"),
        ("supply", "month,supply\n2027-03,0.8\n2027-03,0.9", "row_twice", 3, "month"),
    ],
)
def test_every_fault_has_its_row_and_column(
    tmp_path: Path, table: str, text: str, code: str, row: int | None, column: str | None
) -> None:
    assert (code, row, column) in faults(tmp_path, table, text)


@pytest.mark.parametrize("table", list(READERS))
def test_a_table_that_is_not_there_is_an_issue(tmp_path: Path, table: str) -> None:
    log = IssueLog()
    assert READERS[table](tmp_path / "nowhere.csv", log) is None
    assert [issue.code for issue in log.issues()] == ["missing_table"]


def test_several_judges_may_judge_the_same_month(tmp_path: Path) -> None:
    text = "rep_id,month,judge,peers\nR1,2027-03,Wang,80\nR1,2027-03,Li,90\n"
    assert faults(tmp_path, "judgements", text) == []
