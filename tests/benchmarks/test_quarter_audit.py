"""The accountant of the quarter on tables written by hand: whatever way a ledger hides a debt, it is noticed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.quality.quarter_audit import Books
from benchmarks.quality.quarter_robot import FilledSheet

START = dt.date(2026, 11, 30)
A, B = "00000001", "00000002"


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


class Weeks:
    """Outlet A is promised Tuesdays, B on the first Wednesday; one week after the other is closed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.books, self.week = folder, Books(), 0
        self.in_plan: list[tuple[str, int]] = [*((A, number) for number in (1, 8, 15, 22)), (B, 2)]
        self.books.plan(self.plan())

    def table(self, name: str, rows: Iterable[dict[str, object]], *columns: str) -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def plan(self) -> Path:
        rows = [{"kind": "stop", "outlet_id": outlet, "date": day(on)} for outlet, on in self.in_plan]
        return self.table("plan.csv", rows, "kind", "outlet_id", "date")

    def moved(self, outlet: str, frm: int, to: int) -> None:
        """A new plan."""
        self.in_plan = [(outlet, to) if one == (outlet, frm) else one for one in self.in_plan]

    def came(self, week: int, *visited: tuple[str, int]) -> None:
        """A sheet of a week, whenever it comes."""
        sheet = SimpleNamespace(sheet_id=f"R {week}", visited=frozenset((outlet, day(on)) for outlet, on in visited))
        self.books.handed_in([cast(FilledSheet, sheet)])

    def closed(self, *debts: str, cause: str = "missed") -> list[str]:
        """What the accountant says of the next week, given the outlets in the list of debts."""
        first, last = day(7 * self.week), day(7 * self.week + 6)
        printed = {(outlet, day(on)) for outlet, on in self.in_plan if first <= day(on) <= last}
        rows: list[dict[str, object]] = [{"outlet_id": outlet, "cause": cause} for outlet in debts]
        self.books.faults, self.books.until = [], last
        self.books.week_closed(
            f"week {self.week}", printed, self.table("debts.csv", rows, "outlet_id", "cause"), self.plan()
        )
        self.week += 1
        return self.books.faults

    def ends(self, *debts: str, **row: object) -> list[str]:
        """What it says of the whole, of which one row is told, given the outlets in the last list of debts."""
        whole: dict[str, Any] = {"outlet_id": A, "first_date": day(1), "date": day(1), "fate": "missed", "due": day(7)}
        names = ("outlet_id", "first_date", "date", "fate", "standing", "made_on", "planned_on", "overtaken_on", "due")
        self.books.faults, self.books.promised = [], [(A, day(1))]
        listed: list[dict[str, object]] = [{"outlet_id": outlet} for outlet in debts]
        last = self.table("debts.csv", listed, "outlet_id")
        self.books.close([self.table("visits.csv", [whole | row], *names)], last, self.plan())
        return self.books.faults


@pytest.fixture
def weeks(tmp_path: Path) -> Weeks:
    return Weeks(tmp_path)


def test_a_quarter_in_order_has_no_fault(weeks: Weeks) -> None:
    weeks.came(0, (B, 2))
    assert weeks.closed(A) == []
    weeks.moved(A, 1, 10)
    weeks.came(1, (A, 8), (A, 10))
    assert weeks.closed() == []
    assert weeks.ends(fate="made_up", made_on=day(10)) == []


def test_a_missed_visit_left_out_of_the_weeks_list(weeks: Weeks) -> None:
    assert weeks.closed(A) == [f"week 0: {B} was missed on {day(2)} and is not listed"]


def test_a_debt_that_leaves_the_list_with_nobody_there(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    weeks.came(1, (A, 8))
    assert weeks.closed() == [f"week 1: {B} has left the list of debts, and nobody was there"]


def test_a_new_day_alone_is_no_reason_to_leave_the_list(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    weeks.moved(B, 2, 16)
    weeks.came(1, (A, 8))
    assert weeks.closed() == [f"week 1: {B} has left the list of debts, and nobody was there"]


def test_one_of_two_debts_of_an_outlet_that_leaves_the_list(weeks: Weeks) -> None:
    weeks.came(0, (B, 2))
    assert weeks.closed(A) == [] and weeks.closed(A, A) == []
    assert weeks.closed(A) == [f"week 2: {A} has left the list of debts, and nobody was there"]


def test_a_visit_that_the_plan_had_dropped_and_has_again_may_leave(weeks: Weeks) -> None:
    weeks.came(0, (A, 1), (B, 2))
    assert weeks.closed(A, cause="dropped") == []
    weeks.in_plan.append((A, 17))
    weeks.came(1, (A, 8))
    assert weeks.closed() == []


def test_a_late_sheet_settles_a_debt(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    weeks.came(0, (A, 1), (B, 2))
    weeks.came(1, (A, 8))
    assert weeks.closed() == []


def test_a_day_planned_for_what_a_late_sheet_shows_as_made_is_owed_until_the_count_is_full(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    weeks.moved(A, 8, 17)  # the second visit
    weeks.moved(A, 1, 10)  # the first one, thought missed
    weeks.came(0, (A, 1), (B, 2))
    assert weeks.closed() == [f"week 1: {A} was missed on {day(10)} and is not listed"]


def test_a_visit_put_off_week_by_week_is_missed_each_time(weeks: Weeks) -> None:
    weeks.came(0, (A, 1))
    assert weeks.closed(B) == []
    for week, (frm, to) in enumerate([(2, 9), (9, 16), (16, 23)], start=1):
        weeks.moved(B, frm, to)
        weeks.came(week, (A, 7 * week + 1))
        assert weeks.closed() != []
        weeks.books.debts[B] = 1


def test_a_visit_marked_made_that_no_sheet_has(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    assert weeks.ends(fate="made", made_on=day(1)) == [f"{A}: counted as made on {day(1)}, and no sheet says so"]


def test_a_debt_at_the_end_that_the_last_list_does_not_have(weeks: Weeks) -> None:
    assert weeks.closed(A, B) == []
    assert weeks.ends(A, standing="waiting") == []
    assert weeks.ends(standing="waiting") == [f"{A} waits and is not in the last list of debts"]


@pytest.mark.parametrize(("put_off", "is_fault"), [(15, False), (16, True)])
def test_a_visit_put_off_beyond_the_end_must_stand_in_the_plan(weeks: Weeks, put_off: int, is_fault: bool) -> None:
    assert weeks.closed(A, B) == []
    faults = weeks.ends(fate="pending", date=day(put_off))
    assert faults == ([f"{A}: put off to {day(16)}, when no visit is planned"] if is_fault else [])


@pytest.mark.parametrize(("planned_on", "is_fault"), [(day(10), False), (day(20), True)])
def test_a_debt_outlives_a_visit_only_for_a_day_that_some_plan_had(
    weeks: Weeks, planned_on: dt.date, is_fault: bool
) -> None:
    assert weeks.closed(A, B) == []
    weeks.moved(A, 1, 10)
    weeks.came(1, (A, 8))
    assert weeks.closed(A, B) == []
    faults = weeks.ends(A, standing="waiting", planned_on=planned_on)
    assert [fault for fault in faults if "somebody was there" in fault] == (
        [f"{A}: waits since {day(1)}, although somebody was there"] if is_fault else []
    )
