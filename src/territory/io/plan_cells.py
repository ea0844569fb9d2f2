"""Cells of plans that come back from a spreadsheet: dates of the cycle, clock times, counts, reasons."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason
from territory.io.column_reader import ColumnReader, parse_date
from territory.language import Text
from territory.units import DAYS_PER_CYCLE, IntArray

REASONS = {
    UnplacedReason.NO_TIME: Text("no_time", "时间排满"),
    UnplacedReason.CLOSED: Text("closed", "无合适日期"),
    UnplacedReason.SKILL: Text("skill", "缺少技能"),
    UnplacedReason.WINDOW: Text("window", "营业时间不符"),
    UnplacedReason.TOO_FAR: Text("too_far", "路程过远"),
}
"""The word of each reason in tables, English and Chinese; both are read."""

_CLOCK = re.compile(r"(\d{1,3})[:：]([0-5]\d)(?:[:：]([0-5]\d))?\Z")


def clock(seconds: int) -> str:
    """HH:MM:SS."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def seconds_in(cell: str) -> int | None:
    """Seconds of a clock time or a duration, HH:MM or HH:MM:SS; None when the cell is neither."""
    match = _CLOCK.match(cell)
    return None if match is None else int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def require(reader: ColumnReader, name: str, rows: IntArray) -> None:
    """Every one of these rows has something in this column; an empty cell is an issue."""
    cells = reader.table.column(name)
    for position in rows.tolist():
        if not cells[position]:
            reader.add("missing_value", position, name)


def days(reader: ColumnReader, scenario: Scenario, rows: IntArray) -> IntArray:
    """Cycle day of these rows, shape (num_rows of the table,); a date outside the cycle is an issue and counts as 0."""
    require(reader, "date", rows)
    found = np.zeros(len(reader.table), dtype=np.int64)
    first = scenario.calendar.start
    last = first + dt.timedelta(days=DAYS_PER_CYCLE - 1)
    cells = reader.table.column("date")
    for position in rows.tolist():
        date = parse_date(cells[position])
        if date is None:
            if cells[position]:
                reader.add("bad_date", position, "date")
        elif first <= date <= last:
            found[position] = (date - first).days
        else:
            reader.add("outside_cycle", position, "date", first=first.isoformat(), last=last.isoformat())
    return found


def seconds(reader: ColumnReader, name: str, rows: IntArray, *, empty: int | None = None) -> IntArray:
    """
    Seconds of clock times or durations of these rows, shape (num_rows of the table,).

    Parameters
    ----------
    empty
        What an empty cell means; None: it is an issue.
    """
    found = np.zeros(len(reader.table), dtype=np.int64)
    cells = reader.table.column(name)
    for position in rows.tolist():
        number = empty if empty is not None and not cells[position] else seconds_in(cells[position])
        if number is None:
            reader.add("bad_time", position, name)
        else:
            found[position] = number
    return found


def counts(reader: ColumnReader, rows: IntArray) -> IntArray:
    """Numbers of visits, from 1 on, shape (num_rows of the table,)."""
    found = np.zeros(len(reader.table), dtype=np.int64)
    cells = reader.table.column("visits")
    for position in rows.tolist():
        if cells[position].isdecimal() and 0 < int(cells[position]) <= DAYS_PER_CYCLE:
            found[position] = int(cells[position])
        else:
            wanted = Text(f"a whole number from 1 to {DAYS_PER_CYCLE}", f"1 到 {DAYS_PER_CYCLE} 的整数")
            reader.add("out_of_range", position, "visits", wanted=wanted)
    return found


def reasons(reader: ColumnReader, rows: IntArray) -> list[UnplacedReason]:
    """Reasons of these rows; an unknown word is an issue and left out."""
    found: list[UnplacedReason] = []
    known = {word: reason for reason, text in REASONS.items() for word in (reason.value, text.zh)}
    for position in rows.tolist():
        reason = known.get(reader.table.column("reason")[position])
        if reason is None:
            wanted = Text(", ".join(text.en for text in REASONS.values()), "、".join(t.zh for t in REASONS.values()))
            reader.add("bad_word", position, "reason", wanted=wanted)
        else:
            found.append(reason)
    return found
