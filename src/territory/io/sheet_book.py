"""A filled-in workbook: the boxes are found by their names, wherever they stand now."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from python_calamine import CalamineWorkbook

from territory.io.excel import attribute, blank_formulas, cell_text, column_letters, report_formula_errors
from territory.io.issues import IssueLog
from territory.io.sheet_csv import forms_in_rows, is_table_of_fields
from territory.io.tables import Row
from territory.sheet.boxes import Entry
from territory.sheet.filled import FilledForm
from territory.sheet.form import FORM_MARK, text_mark

MOST_UNPACKED_MB = 60
MOST_PARTS = 4000
MOST_ROWS = 5000
MOST_COLUMNS = 256

_MB = 1_000_000
_BOOK = "xl/workbook.xml"
_CHUNK = re.compile(rf"{FORM_MARK} (\d{{1,3}})/(\d{{1,3}}) (.*)\Z", re.DOTALL)
_NAME = re.compile(r"<definedName\b([^>]*)>([^<]*)</definedName>")
_BOX = re.compile(r"t([fc])_(\d{1,6})\Z")
_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?[A-Z]{1,3}\$?\d{1,7})?\Z")
_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']\s*([A-Za-z]{1,9})(\d{1,9})")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"']\s*(\d{1,9})[^>]*[^/]>(?!\s*</)")

_Place = tuple[int, int]  # row and column from 0


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Where the named cells of a worksheet are: boxes by number, and cells that the spreadsheet works out."""

    boxes: Mapping[int, _Place]
    computed: frozenset[_Place]


def read_sheet_book(content: bytes, *, file: str, log: IssueLog) -> list[FilledForm]:
    """The forms in a workbook, one per worksheet that holds one."""
    book = _checked_book(content, file=file, log=log)
    tables = None if book is None else _tables(content, file=file, log=log)
    if book is None or tables is None:
        return []
    names = _names(book)
    used = [name for name, rows in tables.items() if any(map(any, rows))]
    if not used:
        log.add("sheet_not_a_sheet", file=file)
    found: list[FilledForm] = []
    for index, (name, rows) in enumerate(tables.items()):
        where = f"{file} [{name}]" if len(used) > 1 else file
        if rows and is_table_of_fields(rows[0]):
            found += forms_in_rows(rows, file=where, log=log)
        elif name in used:
            form = _form(rows, names.get(index, _NO_NAMES), file=where, log=log)
            if form is not None:
                report_formula_errors(content, name, file=where, log=log)
                _report_blank_formulas(form, blank_formulas(content, name), log=log)
                found.append(form)
    return found


def _checked_book(content: bytes, *, file: str, log: IssueLog) -> str | None:
    """
    The part of the file that lists worksheets and names; None when the file is broken or a danger.

    Every part is unpacked once, which proves that it is no larger than the file says, before anything else reads it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = parts.infolist()
            unpacked = sum(info.file_size for info in infos)
            if unpacked > MOST_UNPACKED_MB * _MB or len(infos) > MOST_PARTS:
                log.add("sheet_too_large", file=file, found=unpacked // _MB, most=MOST_UNPACKED_MB)
                return None
            data = {info.filename: parts.read(info) for info in infos}
    except Exception as error:  # whatever comes to the unpacking library's mind about foreign bytes
        log.add("sheet_unreadable", file=file, reason=_reason(error))
        return None
    for name, part in data.items():
        if name.startswith("xl/worksheets/") and not _has_room(part):
            log.add("sheet_too_large", file=file, found=f">{MOST_ROWS} x {MOST_COLUMNS}", most=MOST_UNPACKED_MB)
            return None
    if _BOOK not in data:
        log.add("sheet_unreadable", file=file, reason=f"no {_BOOK}")
        return None
    return data[_BOOK].decode("utf-8", "replace")


def _tables(content: bytes, *, file: str, log: IssueLog) -> dict[str, list[Row]] | None:
    """The cells of each worksheet as text, from cell A1 on."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__module__ == "pyo3_runtime":  # it panics on some broken files
            log.add("sheet_unreadable", file=file, reason=_reason(error))
            return None
        raise
    return {
        name: [tuple(cell if isinstance(cell, str) else cell_text(cell) for cell in row) for row in rows]
        for name, rows in cells.items()
    }


def _reason(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__


def _has_room(worksheet: bytes) -> bool:
    """Whether every cell lies where a form's cells can: one far away would be read as millions of empty ones."""
    cells = ((_column(letters.decode().upper()), int(row)) for letters, row in _REFERENCE.findall(worksheet))
    rows = (int(row) for row in _ROW.findall(worksheet))
    return all(column < MOST_COLUMNS and row <= MOST_ROWS for column, row in cells) and all(
        row <= MOST_ROWS for row in rows
    )


def _column(letters: str) -> int:
    """Position of a column, from 0; -1 for none."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


_NO_NAMES = _Names(boxes={}, computed=frozenset())


def _names(book: str) -> dict[int, _Names]:
    """Names of boxes by the position of their worksheet."""
    order = [html.unescape(name) for name in re.findall(r'<sheet\b[^>]*?\bname="([^"]*)"', book)]
    boxes: dict[int, dict[int, _Place]] = {}
    computed: dict[int, set[_Place]] = {}
    for tag, reference in _NAME.findall(book):
        name, local = attribute(tag, "name"), attribute(tag, "localSheetId")
        box, cell = _BOX.match(name or ""), _CELL.match(html.unescape(reference).strip())
        if box is None or cell is None:
            continue
        sheet = (cell[1] or "").replace("''", "'") or cell[2]
        index = int(local) if local and local.isdecimal() else order.index(sheet) if sheet in order else -1
        place = (int(cell[4]) - 1, _column(cell[3]))
        if box[1] == "f":
            boxes.setdefault(index, {})[int(box[2])] = place
        else:
            computed.setdefault(index, set()).add(place)
    return {
        index: _Names(boxes=boxes.get(index, {}), computed=frozenset(computed.get(index, set())))
        for index in boxes.keys() | computed.keys()
    }


def _form(rows: list[Row], names: _Names, *, file: str, log: IssueLog) -> FilledForm | None:
    """The form on one worksheet; None where it has none that can be read."""
    chunks = list(_chunks(rows))
    if not chunks and not names.boxes:
        log.add("sheet_worksheet_ignored" if file.endswith("]") else "sheet_not_a_sheet", file=file)
        return None
    description = _description([match for _, match in chunks])
    if description is None or not names.boxes:
        log.add("sheet_keys_missing", file=file)
        return None
    entries = [Entry(key=key, text=text, is_fixed=True) for key, text in description.fixed.items()]
    taken = {place for place, _ in chunks} | names.computed
    for number, key in enumerate(description.boxes, start=1):
        place = names.boxes.get(number)
        if place is None:
            log.add("sheet_box_lost", file=file, column=key)
            continue
        taken.add(place)
        row, column = place
        text = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        cell = f"{column_letters(column)}{row + 1}"
        entries.append(Entry(key=key, text=text, row=row + 1, column=f"{cell} {key}"))
    _report_outside(rows, taken, description.printed, file=file, log=log)
    return FilledForm(head=description.head, entries=tuple(entries), file=file)


def _report_blank_formulas(form: FilledForm, blank: frozenset[str], *, log: IssueLog) -> None:
    """Boxes that look filled in to their owner and are empty in the file."""
    for entry in form.entries:
        if entry.column is not None and not entry.text and entry.column.partition(" ")[0] in blank:
            log.add("sheet_formula_blank", file=form.file, row=entry.row, column=entry.column)


def _chunks(rows: list[Row]) -> Iterator[tuple[_Place, re.Match[str]]]:
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text.startswith(FORM_MARK) and (match := _CHUNK.match(text)) is not None:
                yield (row, column), match


@dataclass(frozen=True, kw_only=True)
class _Description:
    head: Mapping[str, str]
    boxes: tuple[str, ...]
    fixed: Mapping[str, str]
    printed: frozenset[int]


def _description(chunks: list[re.Match[str]]) -> _Description | None:
    """What the hidden column says; None where it is damaged."""
    by_number = {int(match[1]): match[3] for match in chunks}
    wanted = {int(match[2]) for match in chunks}
    if len(chunks) != len(by_number) or wanted != {len(chunks)}:
        return None
    try:
        loaded = json.loads("".join(by_number[n] for n in sorted(by_number)))
        marks = loaded["printed"]
        return _Description(
            head={str(name): str(value) for name, value in loaded["head"].items()},
            boxes=tuple(str(key) for key in loaded["boxes"]),
            fixed={str(key): str(text) for key, text in loaded["fixed"].items()},
            printed=frozenset(int(marks[start : start + 8], 16) for start in range(0, len(marks), 8)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _report_outside(rows: list[Row], taken: set[_Place], printed: frozenset[int], *, file: str, log: IssueLog) -> None:
    """Texts that are neither printed nor in a box."""
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text and (row, column) not in taken and text_mark(text) not in printed:
                log.add("sheet_outside_box", file=file, row=row + 1, column=column_letters(column), value=text)
