"""A plan as CSV files, one per table, and as one JSON document."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from territory.compute import write_bytes_atomically
from territory.io.export.columns import SCHEMA, TABLES, Cell, PlanColumn, Row
from territory.io.export.content import PlanContent, facts_of, rows_of
from territory.io.plan_cells import clock
from territory.io.scenario_writer import write_table


def write_csv(content: PlanContent, folder: Path) -> list[Path]:
    """`assignment.csv`, `visits.csv`, `routes.csv`, `unplaced.csv`, `reps.csv` and `meta.csv`, UTF-8 with BOM."""
    rows = rows_of(content)
    written: list[Path] = []
    for table in TABLES:
        names = [column.header(content.lang) for column in table.columns]
        cells = [[_csv_cell(row.get(column.name), column) for column in table.columns] for row in rows[table.name]]
        written.append(write_table(pd.DataFrame(cells, columns=names, dtype=object), folder / f"{table.name}.csv"))
    return written


def _csv_cell(value: Cell, column: PlanColumn) -> Cell:
    if value is None:
        return ""
    if column.kind in ("time", "duration"):
        return clock(int(value))
    return value


def write_json(content: PlanContent, path: Path) -> Path:
    """One document: what it is, then the records of every table. Times are HH:MM:SS, durations (`_s`) seconds."""
    rows = rows_of(content)
    document: dict[str, object] = {"schema": SCHEMA, "meta": facts_of(content)}
    for table in TABLES:
        if table.name != "meta":
            document[table.name] = [record(row, table.columns) for row in rows[table.name]]
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    write_bytes_atomically(path, text.encode("utf-8"))
    return path


def record(row: Row, columns: tuple[PlanColumn, ...]) -> dict[str, Cell]:
    """A row as JSON has it."""
    found: dict[str, Cell] = {}
    for column in columns:
        value = row.get(column.name)
        found[column.key] = clock(int(value)) if column.kind == "time" and value is not None else value
    return found
