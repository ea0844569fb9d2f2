"""Plans go out as tables, are edited by hand, and come back checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.errors import ScenarioError
from territory.io import read_assignment, read_scenario, read_visit_plan, write_assignment, write_visit_plan
from territory.visits.patterns import Unmet
from tests.io.test_hostile_folders import assert_worded
from tests.io.town_folder import town, workbook

ASSIGNMENT = Assignment(rep_of_outlet=np.array([1, 0, -1, 1, 0, 0]))
Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def put_back(rows: Rows, path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), "gb18030")


def test_an_assignment_comes_back_as_it_went(scenario: Scenario, tmp_path: Path) -> None:
    path = write_assignment(scenario, ASSIGNMENT, tmp_path / "assignment.csv")
    assert read_assignment(scenario, path) == ASSIGNMENT


def test_the_assignment_table_tells_today_from_tomorrow(scenario: Scenario, tmp_path: Path) -> None:
    rows = rows_of(write_assignment(scenario, ASSIGNMENT, tmp_path / "assignment.csv"))
    assert rows[0]["outlet_id"] == "001"
    assert (rows[0]["rep_id_today"], rows[0]["rep_id"], rows[0]["rep_name"], rows[0]["moved"]) == (
        "R1",
        "R2",
        "Rep 2",
        "1",
    )
    assert (rows[2]["rep_id"], rows[2]["moved"]) == ("", "1")
    assert (rows[1]["sales_cny"], rows[1]["moved"]) == ("2000.0", "0")


def test_an_assignment_edited_in_a_workbook_comes_back(scenario: Scenario, tmp_path: Path) -> None:
    rows: list[list[object]] = [["零售户编码", "客户经理编码", "说明"]]
    rows += [[outlet_id, "R2", 1] for outlet_id in reversed(scenario.outlets.outlet_ids)]
    path = tmp_path / "edited.xlsx"
    workbook(path, {"edited": rows})
    assert read_assignment(scenario, path).rep_of_outlet.tolist() == [1] * 6


def _lost_zeros(rows: Rows) -> None:
    rows[1]["outlet_id"] = "2"


def _twice(rows: Rows) -> None:
    rows.append(rows[0])


def _unknown_rep(rows: Rows) -> None:
    rows[3]["rep_id"] = "R7"


def _left_out(rows: Rows) -> None:
    del rows[5]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (_lost_zeros, [("unknown_outlet", 3, "outlet_id"), ("missing_outlet", None, "outlet_id")]),
        (_twice, [("duplicate_id", 8, "outlet_id")]),
        (_unknown_rep, [("unknown_rep", 5, "rep_id")]),
        (_left_out, [("missing_outlet", None, "outlet_id")]),
    ],
)
def test_a_broken_assignment_is_refused(
    edit: Callable[[Rows], None], expected: list[tuple[str, int | None, str]], scenario: Scenario, tmp_path: Path
) -> None:
    path = write_assignment(scenario, ASSIGNMENT, tmp_path / "assignment.csv")
    rows = rows_of(path)
    edit(rows)
    put_back(rows, path)
    assert issues_of(lambda: read_assignment(scenario, path)) == expected


def issues_of(work: Callable[[], object]) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(ScenarioError) as caught:
        work()
    for issue in caught.value.issues:
        assert_worded(issue)
    return [(issue.code, issue.row, issue.column) for issue in caught.value.issues]


def test_a_plan_that_is_not_there_is_an_issue(scenario: Scenario, tmp_path: Path) -> None:
    assert issues_of(lambda: read_assignment(scenario, tmp_path / "none.csv")) == [("missing_file", None, None)]
    assert issues_of(lambda: read_assignment(scenario, tmp_path)) == [("unreadable_file", None, None)]


def test_a_table_that_is_no_plan_is_refused(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("outlet_id,colour\n001,red\n")
    assert issues_of(lambda: read_assignment(scenario, path)) == [("missing_column", 1, "rep_id")]


def test_a_visit_plan_comes_back_equal_in_every_field(scenario: Scenario, plan: VisitPlan, tmp_path: Path) -> None:
    path = write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv")
    assert read_visit_plan(scenario, path) == plan


def test_a_visit_plan_reads_like_a_diary(scenario: Scenario, plan: VisitPlan, tmp_path: Path) -> None:
    rows = rows_of(write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv"))
    assert [row["kind"] for row in rows] == [
        *("leave", "stop", "lunch", "stop", "return"),
        *("leave", "stop", "return"),
        *("unplaced", "unplaced"),
    ]
    first = rows[1]
    assert (first["date"], first["weekday"], first["order"]) == ("2026-11-30", "Mon", "1")
    assert (first["outlet_id"], first["drive"], first["start"], first["service"], first["end"]) == (
        *("003", "00:10:01", "09:00:01"),
        *("00:16:30", "09:16:31"),
    )
    assert (rows[2]["start"], rows[2]["end"]) == ("11:30:00", "12:30:00")
    assert (rows[6]["rep_id"], rows[6]["date"], rows[6]["service"]) == ("R2", "2026-12-25", "01:01:01")
    assert (rows[8]["outlet_id"], rows[8]["visits"], rows[8]["reason"], rows[8]["rep_id"]) == (
        "005",
        "2",
        "no_time",
        "R1",
    )


def test_a_closed_outlet_is_written_with_the_rule_that_closes_it_and_comes_back(
    plan: VisitPlan, tmp_path: Path
) -> None:
    it = town()
    it.outlets[4] |= {"visits_per_cycle": "4", "fixed_day": "2026-12-02"}
    it.outlets[3] |= {"visits_per_cycle": "8", "open": "Mon-Tue 08:00-18:00"}
    scenario = read_scenario(it.write(tmp_path / "town"))
    closed = replace(plan, unplaced_reason=(UnplacedReason.CLOSED, UnplacedReason.CLOSED))
    path = write_visit_plan(scenario, ASSIGNMENT, closed, tmp_path / "plan.csv")
    why = {row["outlet_id"]: row["why"] for row in rows_of(path)}
    assert why["005"] == f"{Unmet.FIXED_DAYS.text.en} / {Unmet.FIXED_DAYS.text.zh}"
    assert why["004"] == f"{Unmet.SPACING.text.en} / {Unmet.SPACING.text.zh}"
    assert why["003"] == ""
    assert read_visit_plan(scenario, path) == closed


def test_stops_added_at_the_end_of_the_file_take_their_place_in_the_day(
    scenario: Scenario, plan: VisitPlan, tmp_path: Path
) -> None:
    path = write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv")
    rows = rows_of(path)
    put_back([*rows[5:], *rows[3:5], *rows[:3]], path)
    assert read_visit_plan(scenario, path) == plan


def test_times_as_a_spreadsheet_shows_them_come_back(scenario: Scenario, plan: VisitPlan, tmp_path: Path) -> None:
    path = write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv")
    rows = rows_of(path)
    rows[1] |= {"date": "2026/11/30", "start": "9:00:01", "drive": "0:10:01"}
    put_back(rows, path)
    assert read_visit_plan(scenario, path) == plan


@pytest.mark.parametrize(
    ("row", "cells", "code", "column"),
    [
        (1, {"kind": "break"}, "bad_word", "kind"),
        (1, {"kind": ""}, "missing_value", "kind"),
        (1, {"rep_id": ""}, "missing_value", "rep_id"),
        (1, {"rep_id": "R9"}, "unknown_rep", "rep_id"),
        (1, {"outlet_id": ""}, "missing_value", "outlet_id"),
        (1, {"outlet_id": "7"}, "unknown_outlet", "outlet_id"),
        (1, {"date": ""}, "missing_value", "date"),
        (1, {"date": "Monday"}, "bad_date", "date"),
        (1, {"date": "2026-12-28"}, "outside_cycle", "date"),
        (1, {"start": "early"}, "bad_time", "start"),
        (1, {"drive": "10"}, "bad_time", "drive"),
        (1, {"service": "0:75:00"}, "bad_time", "service"),
        (8, {"visits": "0"}, "out_of_range", "visits"),
        (8, {"reason": "lazy"}, "bad_word", "reason"),
        (8, {"outlet_id": ""}, "missing_value", "outlet_id"),
        (7, {"kind": "leave"}, "route_ends", "kind"),
        (4, {"kind": "lunch", "start": "15:00:00"}, "route_ends", "kind"),
    ],
)
def test_a_broken_visit_plan_is_refused(
    row: int,
    cells: dict[str, str],
    code: str,
    column: str,
    scenario: Scenario,
    plan: VisitPlan,
    tmp_path: Path,
) -> None:
    path = write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv")
    rows = rows_of(path)
    rows[row] |= cells
    put_back(rows, path)
    found = issues_of(lambda: read_visit_plan(scenario, path))
    assert {(kind, place) for kind, _, place in found} == {(code, column)}
    if code != "route_ends":
        assert [place for _, place, _ in found] == [row + 2]


def test_a_day_that_begins_without_a_stop_is_refused(scenario: Scenario, plan: VisitPlan, tmp_path: Path) -> None:
    path = write_visit_plan(scenario, ASSIGNMENT, plan, tmp_path / "plan.csv")
    rows = rows_of(path)
    rows[5]["date"] = "2026-12-24"
    put_back(rows, path)
    assert issues_of(lambda: read_visit_plan(scenario, path)) == [("route_ends", 7, "kind"), ("route_ends", 8, "kind")]
