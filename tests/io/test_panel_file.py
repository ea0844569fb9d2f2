"""The rep-month panel as a file: what is written comes back, and a broken one is told cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from territory.domain.panel import COLUMNS, RepMonth, VisitCounts, columns
from territory.errors import ScenarioError
from territory.io.panel_file import read_panel, write_panel

ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    RepMonth(
        month="2026-12",
        rep_id="007",
        rep_name="=SUM(A1)",
        team_id="T1",
        grade="mid",
        step=3,
        star=4,
        contract="formal",
        tenure_years=2.5,
        ability=1.1,
        is_closed=True,
        capacity_min=9000.0,
        outlets=150,
        normal_sales_per_week=1234.5,
        sheets_due=5,
        sheets_received=4,
        sheets_late=1,
        days_planned=20,
        days_worked=19,
        visits=VisitCounts(planned=10, made=6, made_up=2, missed=1, pending=1),
        visits_closed=1,
        visits_extra=2,
        visits_waiting=1,
        drive_min=None,
        service_min=300.0,
        goals_set=5,
        goals_reported=4,
        goals_met=2,
        goal_completion=0.9,
        sales_target=100.0,
        sales_actual=None,
        tasks_set=5,
        tasks_done=3,
        by_tier={
            "A": VisitCounts(planned=6, made=4, made_up=1, missed=1),
            "特级": VisitCounts(planned=4, made=2, made_up=1, pending=1),
        },
    ),
    RepMonth(month="2026-12", rep_id="008"),
)


def test_a_panel_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read_panel(write_panel(ROWS, tmp_path / "panel.csv")) == ROWS


def test_columns_by_tier_stand_last_and_every_row_has_them(tmp_path: Path) -> None:
    head, first, second = write_panel(ROWS, tmp_path / "panel.csv").read_text(encoding="utf-8-sig").splitlines()
    assert tuple(head.split(",")) == columns(ROWS)
    assert columns(ROWS)[: len(COLUMNS)] == COLUMNS
    assert second.endswith(",0,0,0,0,0,0,0,0")
    assert first.startswith("2026-12,007,'=SUM(A1),")


def test_every_column_is_documented() -> None:
    page = (ROOT / "docs" / "panel.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if name not in page] == []


def changed(cell: str, to: str) -> Callable[[str], str]:
    return lambda text: text.replace(cell, to, 1)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_month", changed("2026-12,007", "December,007")),
        ("missing_value", changed("2026-12,007", "2026-12,")),
        ("double_month", changed("2026-12,008", "2026-12,007")),
        ("not_a_number", changed("9000.0", "much")),
        ("visits_sum", changed(",10,6,2,1,1,", ",10,6,2,1,0,")),
        ("bad_word", changed(",yes,", ",perhaps,")),
        ("missing_column", changed("visits_planned,", "visits_planed,")),
        ("negative_number", changed(",1234.5,", ",-5,")),
    ],
)
def test_a_broken_panel_is_told(code: str, change: Callable[[str], str], tmp_path: Path) -> None:
    path = write_panel(ROWS, tmp_path / "panel.csv")
    path.write_text(change(path.read_text(encoding="utf-8-sig")), encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        read_panel(path)
    assert code in {issue.code for issue in raised.value.issues}


def test_a_panel_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_panel(tmp_path / "none.csv")
    assert [issue.code for issue in raised.value.issues] == ["missing_file"]


def test_counts_that_do_not_add_up_are_no_counts() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        VisitCounts(planned=2, made=1)
    with pytest.raises(ValueError, match="negative"):
        VisitCounts(planned=0, made=-1, missed=1)
