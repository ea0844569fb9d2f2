"""A plan as one Excel workbook: typed cells, ids that keep their zeros, no text that could run as a formula."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from territory.compute import write_bytes_atomically
from territory.io.cells import plain_text, safe_text
from territory.io.export.columns import META, META_TEXTS, TABLES, Cell, PlanColumn, PlanTable, Row
from territory.io.export.content import PlanContent, rows_of
from territory.io.plan_cells import REASONS
from territory.units import SECONDS_PER_MIN

_DAY_S = 24 * 60 * SECONDS_PER_MIN
_MOST_LETTERS = 32_000  # a cell holds 32,767
_LIST_LETTERS = 255  # what a drop-down may hold when its choices stand in the rule itself
_FORMATS = {
    "id": {"num_format": "@"},
    "text": {"num_format": "@"},
    "whole": {"num_format": "0", "align": "center"},
    "number": {"num_format": "#,##0.00"},
    "degrees": {"num_format": "0.000000"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "time": {"num_format": "hh:mm:ss", "align": "center"},
    "duration": {"num_format": "[hh]:mm:ss", "align": "center"},
}


def write_xlsx(content: PlanContent, path: Path) -> Path:
    """
    One sheet per table; frozen, filtered headers, dark ones above the columns that import reads.

    Notes
    -----
    Ids and names are written as text, so that `007` stays `007` and `=cmd()` stays what it is. Dates, times and
    durations are true dates and times. The same plan gives the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    first_day = content.scenario.calendar.start
    book.set_properties(
        {"title": _shown(content.scenario.name), "created": dt.datetime(first_day.year, first_day.month, first_day.day)}
    )
    formats = {kind: book.add_format({"valign": "top", **look}) for kind, look in _FORMATS.items()}
    heads = {
        True: book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "valign": "vcenter"}),
        False: book.add_format({"italic": True, "bg_color": "#E7E6E6", "valign": "vcenter"}),
    }
    rows = rows_of(content)
    rows["meta"].append({"key": "read_back", "value": "", "meaning": META_TEXTS["read_back"].in_(content.lang)})
    for table in TABLES:
        sheet = book.add_worksheet(table.title(content.lang))
        _write_table(sheet, table, rows[table.name], content, formats, heads)
    book.close()
    write_bytes_atomically(path, buffer.getvalue())
    return path


def _write_table(
    sheet: Any,
    table: PlanTable,
    rows: list[Row],
    content: PlanContent,
    formats: dict[str, Any],
    heads: dict[bool, Any],
) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.header(content.lang), heads[column.is_read and table is not META])
        look = formats["degrees" if column.name in ("lat", "lon") else column.kind]
        sheet.set_column(place, place, column.width, look)
        for number, row in enumerate(rows, start=1):
            _write_cell(sheet, number, place, row.get(column.name), column, look, formats["duration"])
        _add_choices(sheet, place, column, len(rows), table, content)
    sheet.set_row(0, 22)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(sheet: Any, row: int, place: int, value: Cell, column: PlanColumn, look: Any, long_look: Any) -> None:
    if value is None or value == "":
        return
    if column.kind in ("id", "text"):
        sheet.write_string(row, place, _shown(str(value)), look)
    elif column.kind == "date":
        sheet.write_datetime(row, place, dt.datetime.fromisoformat(str(value)), look)
    elif column.kind in ("time", "duration"):
        seconds = float(value)
        sheet.write_number(row, place, seconds / _DAY_S, look if seconds < _DAY_S else long_look)
    else:
        sheet.write_number(row, place, float(value), look)


def _shown(text: str) -> str:
    """
    Text for a cell, as the reader of workbooks gives it back.

    Text cells need no apostrophe against formulas, but the reader takes one off that stands before what would be a
    formula; a second one makes up for it.
    """
    line = text.replace("\r\n", "\n").replace("\r", "\n")[:_MOST_LETTERS]
    return line if plain_text(line) == line else safe_text(line)


def _add_choices(
    sheet: Any, place: int, column: PlanColumn, num_rows: int, table: PlanTable, content: PlanContent
) -> None:
    """Drop-downs where a cell is one of a few words; other text is warned of, for import to judge."""
    if not num_rows or not column.is_read:
        return
    source: object
    if column.name == "rep_id":
        reps = next(other for other in TABLES if other.name == "reps")
        source = f"='{reps.title(content.lang)}'!$A$2:$A${len(content.chosen_reps) + 1}"
    elif column.name == "reason":
        source = [text.in_(content.lang) for text in REASONS.values()]
        if len(",".join(map(str, source))) > _LIST_LETTERS:
            return
    else:
        return
    rule = {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True}
    sheet.data_validation(1, place, num_rows + 200, place, rule)
