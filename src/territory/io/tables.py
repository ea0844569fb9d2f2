"""Reading a table: every cell as text, under its column's name, with the row number the spreadsheet shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from territory.io.cells import plain_text
from territory.io.excel import read_sheet
from territory.io.headers import Headers, normalised
from territory.io.issues import IssueLog

_DELIMITERS = (",", ";", "\t")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\ufffe\uffff]")
_INVISIBLE = "\ufeff\u200b"

Row = tuple[str, ...]
Rows = list[Row]  # tuples of text are nothing the garbage collector must look at again


@dataclass(frozen=True, kw_only=True)
class Table:
    """
    One table as text.

    Attributes
    ----------
    rows
        Spreadsheet row of each record; the header is row 1.
    cells
        By column name, one text per record; columns that are not in the file are not here.
    headers
        The header each column stands under in the file.
    """

    file: str
    rows: list[int]
    cells: Mapping[str, list[str]]
    headers: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return name in self.cells

    def column(self, name: str) -> list[str]:
        """The texts of a column; empty ones where the file does not have it."""
        return self.cells[name] if name in self.cells else [""] * len(self)

    def header(self, name: str) -> str:
        """The column's header in the file, or its documented name."""
        return self.headers.get(name, name)


def decoded(content: bytes) -> str | None:
    """Text in UTF-8 (with or without BOM) or GB18030, tried in this order; None when it is neither."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return None if _PRIVATE_USE.search(text) else text


def read_table(content: bytes, *, file: str, headers: Headers, log: IssueLog, sheet: str | None = None) -> Table | None:
    """
    The table in `content`, or None when it cannot be used; everything wrong with its form is logged.

    Parameters
    ----------
    file
        File name for messages; its ending says how to read it.
    sheet
        The sheet of a workbook to read; None: the one named like the table, else the first.
    """
    shown = file if sheet is None else f"{file} [{sheet}]"
    raw = read_rows(content, file=file, headers=headers, log=log, sheet=sheet)
    if raw is None:
        return None
    if not any(any(cells) for cells in raw):
        log.add("empty_table", file=shown)
        return None
    return named_table(raw, file=shown, headers=headers, log=log)


def header_of(content: bytes, headers: Headers) -> Row:
    """The first line of a CSV file as cells; none when it cannot be read."""
    text = decoded(content)
    first_line = "" if text is None else next((line for line in io.StringIO(text) if line.strip()), "")
    try:
        return tuple(map(_clean, next(csv.reader([first_line], delimiter=_delimiter(first_line, headers)), [])))
    except csv.Error:
        return ()


def read_rows(content: bytes, *, file: str, headers: Headers, log: IssueLog, sheet: str | None = None) -> Rows | None:
    """Every row as it stands there, the header first; None, and an issue, when the file cannot be read."""
    ending = Path(file).suffix.lower()
    if ending in (".xlsx", ".xls"):
        shown = file if sheet is None else f"{file} [{sheet}]"
        return read_sheet(content, file=shown, table=headers.table if sheet is None else sheet.casefold(), log=log)
    if ending in (".csv", ".tsv", ".txt"):
        return _read_csv(content, file=file, headers=headers, log=log)
    log.add("file_type", file=file)
    return None


def _read_csv(content: bytes, *, file: str, headers: Headers, log: IssueLog) -> Rows | None:
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return None
    for invisible in _INVISIBLE:
        text = text.replace(invisible, "")
    clean = _clean if "'" in text else str.strip
    delimiter = _delimiter(text, headers)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows = []
    try:
        for cells in reader:
            rows.append(tuple(map(clean, cells)))
    except csv.Error as error:
        log.add("bad_csv", file=file, row=len(rows) + 1, reason=str(error))
        return None
    return rows


def _clean(cell: str) -> str:
    return plain_text(cell.strip())


def _delimiter(text: str, headers: Headers) -> str:
    """The separator under which the first line has the most known column names (then the most cells)."""
    first_line = next((line for line in io.StringIO(text) if line.strip()), "")
    known = headers.by_header()

    def score(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first_line], delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return sum(normalised(cell) in known for cell in cells), len(cells)

    return max(_DELIMITERS, key=score)


def named_table(raw: Rows, *, file: str, headers: Headers, log: IssueLog) -> Table | None:
    """The table whose first row is the header; None, and issues, when it lacks a needed column or has no record."""
    place_of = _places_of_columns(raw[0], file=file, headers=headers, log=log)
    missing = [column for column in headers.columns if column.is_required and column.name not in place_of]
    for column in missing:
        wanted = headers.shown(column.name)
        log.add(
            "missing_column", file=file, row=1, column=wanted, wanted=wanted, aliases=", ".join(column.aliases) or "-"
        )
    records = list(_records(raw, file=file, log=log))
    is_empty = not records and not headers.may_be_empty
    if is_empty:
        log.add("empty_table", file=file)
    _warn_unnamed(raw[0], records, file=file, log=log)
    if missing or is_empty:
        return None
    return Table(
        file=file,
        rows=[row for row, _ in records],
        cells={name: [cells[place] for _, cells in records] for name, place in place_of.items()},
        headers={name: raw[0][place] for name, place in place_of.items()},
    )


def _places_of_columns(header: Row, *, file: str, headers: Headers, log: IssueLog) -> dict[str, int]:
    known = headers.by_header()
    place_of: dict[str, int] = {}
    for place, text in enumerate(header):
        if not text:
            continue
        name = known.get(normalised(text))
        if name is None:
            if headers.is_other_currency(text):
                wanted = headers.shown("sales")
                log.add("sales_currency", file=file, row=1, column=text, currency=headers.currency, wanted=wanted)
            else:
                log.add("unknown_column", file=file, row=1, column=text, hint=headers.hint(text))
        elif name in place_of:
            log.add("duplicate_column", file=file, row=1, column=text, first=header[place_of[name]], second=text)
        else:
            place_of[name] = place
    return place_of


def _records(raw: Rows, *, file: str, log: IssueLog) -> Iterator[tuple[int, Row]]:
    """Rows with something in them, as wide as the header; trailing empty cells do not count."""
    width = len(raw[0])
    last = next(place for place in range(len(raw) - 1, -1, -1) if place == 0 or any(raw[place]))
    for place in range(1, last + 1):
        cells = raw[place]
        if not any(cells):
            log.add("blank_row", file=file, row=place + 1)
            continue
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            log.add("ragged_row", file=file, row=place + 1, found=len(cells), wanted=width)
            cells += ("",) * (width - len(cells))
        yield place + 1, cells


def _warn_unnamed(header: Row, records: list[tuple[int, Row]], *, file: str, log: IssueLog) -> None:
    for place, text in enumerate(header):
        if not text:
            first = next((row for row, cells in records if cells[place]), None)
            if first is not None:
                log.add("unnamed_column", file=file, row=first)
