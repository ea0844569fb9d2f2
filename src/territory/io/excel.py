"""Reading one sheet of a workbook as text, the way its owner sees the cells."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from territory.io.cells import plain_text
from territory.io.issues import IssueLog

_ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"')
_BLANK_FORMULA = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_SHEET = re.compile(r"<sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")


def read_sheet(content: bytes, *, file: str, table: str, log: IssueLog) -> list[tuple[str, ...]] | None:
    """
    The rows of the sheet named like the table, else of the first sheet; None when the workbook cannot be read.

    Whole numbers lose Excel's ``.0`` (an id 123 is "123"); text keeps its leading zeros.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        chosen = next((name for name in names if name.strip().casefold() == table), names[0] if names else None)
        if chosen is None:
            return []
        sheet = workbook.get_sheet_by_name(chosen)
        rows = [tuple(cell_text(cell) for cell in cells) for cells in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError) as error:
        log.add("unreadable_file", file=file, reason=str(error))
        return None
    if len(names) > 1 and chosen.strip().casefold() != table:
        log.add("several_sheets", file=file, used=chosen, wanted=table)
    _report_merged(sheet, file=file, log=log)
    report_formula_errors(content, chosen, file=file, log=log)
    return rows


def sheet_names(content: bytes, *, file: str, log: IssueLog) -> tuple[str, ...] | None:
    """Names of a workbook's sheets; None, and an issue, when it cannot be read."""
    try:
        return tuple(CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        log.add("unreadable_file", file=file, reason=str(error))
        return None


def _report_merged(sheet: CalamineSheet, *, file: str, log: IssueLog) -> None:
    for (top, left), _ in sheet.merged_cell_ranges or ():
        log.add("merged_cells", file=file, row=top + 1, column=column_letters(left))


def column_letters(place: int) -> str:
    """The letters a spreadsheet shows for column `place` (0 is A)."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(cell: object) -> str:
    """One cell as text."""
    if isinstance(cell, str):
        return plain_text(cell.strip())
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        whole = round(cell.total_seconds())
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return str(cell)


def report_formula_errors(content: bytes, sheet: str, *, file: str, log: IssueLog) -> None:
    """Error values such as #N/A read as empty cells, so they are looked up in the workbook's own XML."""
    for match in _ERROR_CELL.finditer(_xml_of(content, sheet)):
        log.add("formula_error", file=file, row=int(match[2]), column=match[1].decode())


def blank_formulas(content: bytes, sheet: str) -> frozenset[str]:
    """Cells with a formula that nothing has worked out: they read as empty, although something was written."""
    return frozenset(match[1].decode() for match in _BLANK_FORMULA.finditer(_xml_of(content, sheet)))


def _xml_of(content: bytes, sheet: str) -> bytes:
    """The cells of a sheet as they stand in an .xlsx; nothing for workbooks laid out another way."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        path = part_of_sheet(parts, sheet)
        return b"" if path is None else parts.read(path)


def part_of_sheet(parts: zipfile.ZipFile, sheet: str) -> str | None:
    """Where in an .xlsx the sheet's cells are; None in workbooks laid out another way."""
    names = parts.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    sheets = _SHEET.findall(parts.read("xl/workbook.xml").decode("utf-8", "replace"))
    relations = _RELATION.findall(parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace"))
    key = next((attribute(tag, "r:id") for tag in sheets if attribute(tag, "name") == sheet), None)
    target = next((attribute(tag, "Target") for tag in relations if key and attribute(tag, "Id") == key), None)
    if target is None:
        return None
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return path if path in names else None


def attribute(tag: str, name: str) -> str | None:
    """The value of an attribute in an XML tag."""
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else None
