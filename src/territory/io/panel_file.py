"""The rep-month panel as CSV, and back; `docs/panel.md` says what each column means."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.panel import COLUMNS, TIER_COUNTS, RepMonth, VisitCounts, columns, tier_column
from territory.errors import ScenarioError
from territory.io.column_reader import ColumnReader
from territory.io.headers import Column, Headers
from territory.io.issues import IssueLog
from territory.io.results import write_rows
from territory.io.tables import Row, Table, named_table, read_rows
from territory.language import Text

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
_NEEDED = ("month", "rep_id", "visits_planned")
_TEXTS = ("rep_name", "team_id", "grade", "contract")
_MAYBE = ("tenure_years", "drive_min", "goal_completion", "sales_target", "sales_actual")
_NUMBERS = (
    "ability",
    "capacity_min",
    "normal_sales_per_week",
    "drive_min_planned",
    "service_min_planned",
    "service_min",
)
_VISITS = ("planned", "made", "made_up", "missed", "pending")
_MOST = 1_000_000
_WHOLE = Text("a whole number from 0", "0 或更大的整数")


def write_panel(rows: Sequence[RepMonth], path: Path) -> Path:
    """One row per rep and month; columns by tier last."""
    cells = [
        {name: ("yes" if value else "no") if isinstance(value, bool) else value for name, value in row.cells().items()}
        for row in rows
    ]
    names = columns(rows)
    return write_rows([{name: row.get(name, _blank(name)) for name in names} for row in cells], path, columns=names)


def _blank(name: str) -> int | None:
    """A tier that a rep does not have has no visits."""
    return 0 if ":" in name else None


def read_panel(path: Path) -> tuple[RepMonth, ...]:
    """
    The panel that `write_panel` wrote, perhaps edited since; columns that it does not know are passed over.

    `desk_tables.read_panel` is for the desk, which needs few columns and takes other people's tables, too.

    Raises
    ------
    ScenarioError
        With everything that is wrong, all at once.
    """
    log = IssueLog()
    table = _table(path, log)
    rows = () if table is None else _rows(table, log)
    errors = tuple(issue for issue in log.issues() if issue.severity == "error")
    if errors:
        raise ScenarioError(errors)
    return rows


@dataclass(frozen=True, slots=True)
class _PanelHeaders(Headers):
    """The panel's columns, and those by tier that the header row has."""

    header: Row

    @property
    def columns(self) -> tuple[Column, ...]:
        """Without the names that other people's tables may have: this is the table that `write_panel` wrote."""
        by_tier = [text for text in self.header if ":" in text and text.split(":")[0] in TIER_COUNTS]
        return tuple(Column(name, (), name in _NEEDED) for name in (*COLUMNS, *by_tier))


def _table(path: Path, log: IssueLog) -> Table | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "missing_file" if isinstance(error, FileNotFoundError) else "unreadable_file"
        log.add(code, file=path.name, wanted=path.name, reason=error.strerror or type(error).__name__)
        return None
    raw = read_rows(content, file=path.name, headers=Headers("panel", ""), log=log)
    if raw is None:
        return None
    if not any(map(any, raw)):
        log.add("empty_table", file=path.name)
        return None
    return named_table(raw, file=path.name, headers=_PanelHeaders("panel", "", raw[0]), log=log)


def _rows(table: Table, log: IssueLog) -> tuple[RepMonth, ...]:
    reader = ColumnReader(table, log)
    _check_keys(reader)
    texts = {name: table.column(name) for name in ("month", "rep_id", *_TEXTS)}
    maybe = {name: _optional(reader, name) for name in _MAYBE}
    numbers = {name: reader.numbers(name, default=1.0 if name == "ability" else 0.0, at_least=0) for name in _NUMBERS}
    taken = {"month", "rep_id", "is_closed", *_TEXTS, *_MAYBE, *_NUMBERS, *(f"visits_{name}" for name in _VISITS)}
    wholes = {name: reader.wholes(name, at_most=_MOST, wanted=_WHOLE) for name in COLUMNS if name not in taken}
    is_closed = reader.yes_or_no("is_closed")
    visits = _counts(reader, "")
    tiers = sorted({name.split(":", 1)[1] for name in table.cells if ":" in name})
    by_tier = {tier: _counts(reader, tier) for tier in tiers}
    if log.has_errors:
        return ()
    return tuple(
        RepMonth(
            **{name: column[at] for name, column in texts.items()},  # type: ignore[arg-type]
            **{name: column[at] for name, column in maybe.items()},  # type: ignore[arg-type]
            **{name: float(column[at]) for name, column in numbers.items()},  # type: ignore[arg-type]
            **{name: column[at] for name, column in wholes.items()},  # type: ignore[arg-type]
            is_closed=bool(is_closed[at]),
            visits=visits[at],
            by_tier={tier: counts[at] for tier, counts in by_tier.items() if counts[at].planned},
        )
        for at in range(len(table))
    )


def _check_keys(reader: ColumnReader) -> None:
    table = reader.table
    first: dict[tuple[str, str], int] = {}
    for at, (month, rep_id) in enumerate(zip(table.column("month"), table.column("rep_id"), strict=True)):
        if not rep_id:
            reader.add("missing_value", at, "rep_id")
        if not _MONTH.match(month):
            reader.add("bad_month", at, "month")
        elif (month, rep_id) in first:
            reader.add("double_month", at, "rep_id", first=table.rows[first[month, rep_id]])
        first.setdefault((month, rep_id), at)


def _optional(reader: ColumnReader, name: str) -> list[float | None]:
    """Numbers; None for empty cells."""
    return [None if math.isnan(value) else value for value in reader.numbers(name, at_least=0).tolist()]


def _counts(reader: ColumnReader, tier: str) -> list[VisitCounts]:
    """Visits of each row, all or of one tier; a tier's pending ones are what the others leave."""
    names = [f"visits_{name}" if not tier else tier_column(f"visits_{name}", tier) for name in _VISITS]
    columns_of = [reader.wholes(name, at_most=_MOST, wanted=_WHOLE) for name in names]
    found = []
    for at, (planned, made, made_up, missed, pending) in enumerate(zip(*columns_of, strict=True)):
        rest = planned - made - made_up - missed
        if rest < 0 or (not tier and rest != pending):
            shown = f"{planned} ≠ {made} + {made_up} + {missed}" + ("" if tier else f" + {pending}")
            reader.add("visits_sum", at, names[0], sum=shown)
            rest, planned, made, made_up, missed = 0, 0, 0, 0, 0
        found.append(VisitCounts(planned=planned, made=made, made_up=made_up, missed=missed, pending=rest))
    return found
