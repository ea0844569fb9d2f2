"""Tables of the assessment desk: the rep-month panel, judgements, the committee's points, pairs, supply."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from territory.io.column_reader import ColumnReader, parse_date
from territory.io.headers import Headers
from territory.io.issues import IssueLog
from territory.io.reps_table import CONTRACT_WORDS, GRADE_WORDS
from territory.io.tables import Table, read_table
from territory.language import Text
from territory.standing import digest

_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?\Z")
_YEAR = re.compile(r"(\d{4})年?\Z")
_POINTS = Text("a number from 0 to 100", "0 到 100 之间的数")
_SUPPLY = Text("a share of normal supply such as 0.85, at most 5", "相对正常货源的比例,如 0.85,不超过 5")
JUDGED = ("quality", "inspection", "service_centre", "head", "peers")
MEMBERS = ("monopoly", "sales", "logistics", "call_centre")
COUNTS = ("visits_planned", "visits_made", "visits_made_up", "visits_pending")


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelRow:
    """
    One rep's month; numbers that are not given are NaN, words "".

    Attributes
    ----------
    row
        Row of the file.
    days_planned
        None without the column or in an empty cell.
    work_min
        Planned minutes of driving and service, NaN where not given.
    """

    row: int
    month: str
    rep_id: str
    name: str
    team_id: str
    grade: str
    step: int
    star: int
    contract: str
    tenure_years: float
    is_closed: bool
    days_planned: int | None
    visits_planned: int
    visits_done: int
    visits_pending: int
    sales_target: float
    sales_actual: float
    capacity_min: float
    work_min: float


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgementRow:
    """What one judge says about a rep's month: points by JUDGED, NaN where nothing is said."""

    row: int
    rep_id: str
    month: str
    judge: str
    points: tuple[float, ...]
    days_present: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommitteeRow:
    """Points of a rep's year by MEMBERS, NaN where a member gave none."""

    row: int
    rep_id: str
    year: int
    points: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRow:
    """A mentoring pair: months ``YYYY-MM``, "" where it has no end; the score to start from, NaN where not given."""

    row: int
    mentor_id: str
    mentee_id: str
    since: str
    until: str
    score_at_start: float


Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class DeskFile(Generic[Row]):
    """
    One table: its file name, hash and rows.

    Attributes
    ----------
    columns
        Headers of the file by column name.
    """

    file: str
    digest: str
    rows: tuple[Row, ...]
    columns: Mapping[str, str]

    def header(self, name: str) -> str:
        """The column's header in the file, or its documented name."""
        return self.columns.get(name, name)


def read_panel(path: Path, log: IssueLog) -> DeskFile[PanelRow] | None:
    """The panel; None when the file cannot be used at all. Every other fault is an issue."""
    opened = _opened(path, "panel", log)
    if opened is None:
        return None
    table, content = opened
    reader = ColumnReader(table, log)
    ids, months = _required_ids(reader, "rep_id"), list(_months(reader, "month", is_required=True))
    _once(reader, "rep_id", [f"{rep} {month}" for rep, month in zip(ids, months, strict=True)])
    counts = {name: _counts(reader, name, is_required=name in ("visits_planned", "visits_made")) for name in COUNTS}
    days = _counts(reader, "days_planned")
    numbers = {
        name: reader.numbers(name, at_least=0).tolist()
        for name in ("tenure_years", "capacity_min", "drive_min_planned", "service_min_planned")
    }
    sales = {name: reader.numbers(name, at_least=0).tolist() for name in ("sales_target", "sales_actual")}
    grades, contracts = reader.words("grade", GRADE_WORDS), reader.words("contract", CONTRACT_WORDS)
    steps = reader.wholes("step", at_most=9, wanted=Text("a whole number from 1 to 9", "1 到 9 的整数"))
    stars = reader.wholes("star", at_most=5, wanted=Text("a whole number from 1 to 5", "1 到 5 的整数"))
    closed = reader.yes_or_no("is_closed") if "is_closed" in table else [True] * len(table)
    rows = []
    for at, row in enumerate(table.rows):
        planned, made, made_up, pending = (counts[name][at] or 0 for name in COUNTS)
        if pending > planned:
            reader.add("pending_above_planned", at, "visits_pending", pending=pending, planned=planned)
        rows.append(
            PanelRow(
                row=row,
                month=months[at],
                rep_id=ids[at],
                name=table.column("rep_name")[at],
                team_id=table.column("team_id")[at],
                grade=grades[at],
                step=steps[at],
                star=stars[at],
                contract=contracts[at],
                tenure_years=numbers["tenure_years"][at],
                is_closed=bool(closed[at]),
                days_planned=days[at],
                visits_planned=planned,
                visits_done=made + made_up,
                visits_pending=pending,
                sales_target=sales["sales_target"][at],
                sales_actual=sales["sales_actual"][at],
                capacity_min=numbers["capacity_min"][at],
                work_min=numbers["drive_min_planned"][at] + numbers["service_min_planned"][at],
            )
        )
    return _file(table, content, rows)


def read_judgements(path: Path, log: IssueLog) -> DeskFile[JudgementRow] | None:
    """Judgements; the same judge may not judge the same rep's month twice."""
    opened = _opened(path, "judgements", log)
    if opened is None:
        return None
    table, content = opened
    reader = ColumnReader(table, log)
    ids, months = _required_ids(reader, "rep_id"), list(_months(reader, "month", is_required=True))
    points = [reader.numbers(name, at_least=0, at_most=100, wanted=_POINTS).tolist() for name in JUDGED]
    days = _counts(reader, "days_present")
    judges = table.column("judge")
    first: dict[tuple[str, str, str], int] = {}
    for at, key in enumerate(zip(ids, months, judges, strict=True)):
        if key in first and key[0] and key[1]:
            reader.add("judged_twice", at, "rep_id", rep=key[0], month=key[1], first=table.rows[first[key]])
        first.setdefault(key, at)
    rows = [
        JudgementRow(
            row=row,
            rep_id=ids[at],
            month=months[at],
            judge=judges[at],
            points=tuple(column[at] for column in points),
            days_present=days[at],
        )
        for at, row in enumerate(table.rows)
    ]
    return _file(table, content, rows)


def read_committee(path: Path, log: IssueLog) -> DeskFile[CommitteeRow] | None:
    """The committee's points of a year, one row for each rep."""
    opened = _opened(path, "committee", log)
    if opened is None:
        return None
    table, content = opened
    reader = ColumnReader(table, log)
    ids, years = _required_ids(reader, "rep_id"), list(_years(reader))
    _once(reader, "rep_id", [f"{rep} {year or ''}" for rep, year in zip(ids, years, strict=True)])
    points = [reader.numbers(name, at_least=0, at_most=100, wanted=_POINTS).tolist() for name in MEMBERS]
    rows = [
        CommitteeRow(row=row, rep_id=ids[at], year=years[at], points=tuple(column[at] for column in points))
        for at, row in enumerate(table.rows)
    ]
    return _file(table, content, rows)


def read_pairs(path: Path, log: IssueLog) -> DeskFile[PairRow] | None:
    """Mentoring pairs by their starts."""
    opened = _opened(path, "pairs", log)
    if opened is None:
        return None
    table, content = opened
    reader = ColumnReader(table, log)
    mentors, mentees = _required_ids(reader, "mentor_id"), _required_ids(reader, "mentee_id")
    since, until = list(_months(reader, "since", is_required=True)), list(_months(reader, "until"))
    starts = reader.numbers("score_at_start", at_least=0, at_most=100, wanted=_POINTS).tolist()
    rows = []
    for at, row in enumerate(table.rows):
        if mentors[at] and mentors[at] == mentees[at]:
            reader.add("pair_with_self", at, "mentee_id")
        if since[at] and until[at] and until[at] < since[at]:
            reader.add("pair_order", at, "until")
        rows.append(
            PairRow(
                row=row,
                mentor_id=mentors[at],
                mentee_id=mentees[at],
                since=since[at],
                until=until[at],
                score_at_start=starts[at],
            )
        )
    return _file(table, content, rows)


def read_supply(path: Path, log: IssueLog) -> DeskFile[tuple[str, float]] | None:
    """Supply of months against normal sales."""
    opened = _opened(path, "supply", log)
    if opened is None:
        return None
    table, content = opened
    reader = ColumnReader(table, log)
    months = list(_months(reader, "month", is_required=True))
    _once(reader, "month", months)
    supply = reader.numbers("supply", is_required=True, at_least=0, at_most=5, wanted=_SUPPLY).tolist()
    return _file(table, content, [pair for pair in zip(months, supply, strict=True) if pair[0]])


def parse_month(text: str) -> str | None:
    """``YYYY-MM`` of a month as people and spreadsheets write it (2027-03, 2027/3, 2027年3月, 2027-03-01), or None."""
    match = _MONTH.match(text)
    if match is not None:
        return f"{match[1]}-{int(match[2]):02d}" if 1 <= int(match[2]) <= 12 else None
    date = parse_date(text)
    return None if date is None else f"{date.year:04d}-{date.month:02d}"


def _opened(path: Path, kind: str, log: IssueLog) -> tuple[Table, bytes] | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "missing_table" if isinstance(error, FileNotFoundError) else "unreadable_file"
        log.add(code, file=path.name, value=str(path), reason=error.strerror or type(error).__name__)
        return None
    table = read_table(content, file=path.name, headers=Headers(kind, ""), log=log)
    return None if table is None else (table, content)


def _file(table: Table, content: bytes, rows: list[Row]) -> DeskFile[Row]:
    return DeskFile(file=table.file, digest=digest(content), rows=tuple(rows), columns=table.headers)


def _required_ids(reader: ColumnReader, name: str) -> list[str]:
    cells = reader.references(name)
    for at, cell in enumerate(cells):
        if not cell:
            reader.add("missing_value", at, name)
    return cells


def _once(reader: ColumnReader, name: str, keys: list[str]) -> None:
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        if key.strip() and key in first:
            reader.add("row_twice", at, name, what=key, first=reader.table.rows[first[key]])
        first.setdefault(key, at)


def _months(reader: ColumnReader, name: str, *, is_required: bool = False) -> Iterator[str]:
    """Months, "" where a cell is empty or no month (which is an issue)."""
    for at, cell in enumerate(reader.table.column(name)):
        month = parse_month(cell) if cell else None
        if cell and month is None:
            reader.add("not_a_month", at, name)
        elif not cell and is_required:
            reader.add("missing_value", at, name)
        yield month or ""


def _years(reader: ColumnReader) -> Iterator[int]:
    """Years, 0 where a cell is empty or no year (which is an issue)."""
    for at, cell in enumerate(reader.table.column("year")):
        match = _YEAR.match(cell)
        if not cell:
            reader.add("missing_value", at, "year")
        elif match is None:
            reader.add("bad_year", at, "year")
        yield int(match[1]) if match else 0


def _counts(reader: ColumnReader, name: str, *, is_required: bool = False) -> list[int | None]:
    """Whole numbers of 0 or more; None for empty cells and for those with an issue."""
    found: list[int | None] = []
    for at, number in enumerate(reader.numbers(name, is_required=is_required, at_least=0).tolist()):
        if math.isfinite(number) and number != int(number):
            reader.add("not_whole", at, name)
            number = math.nan
        found.append(int(number) if math.isfinite(number) else None)
    return found
