"""The sheet as a plain table, one row per field, and back; also a table that was saved as a workbook since.

Spreadsheets turn ids into numbers when they open a CSV. Printed values that look like one therefore begin with a "#".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.io.cells import plain_text, safe_text
from territory.io.issues import IssueLog
from territory.io.tables import Row, decoded
from territory.language import Text
from territory.sheet.boxes import Entry
from territory.sheet.content import SheetContent
from territory.sheet.filled import FilledForm
from territory.sheet.form import Field, FieldKind, Form, FormLang, sheet_form

COLUMNS = {
    "sheet_id": Text("sheet_id", "表编号"),
    "key": Text("key", "位置"),
    "kind": Text("kind", "类型"),
    "what": Text("what", "填写项"),
    "choices": Text("choices", "可选"),
    "value": Text("value", "填写"),
}
HEAD = "head."
FIXED = FieldKind.FIXED.value
_GUARD = "#"
_GUARDED = re.compile(r"[#0-9+\-.=@]")
_DELIMITERS = (",", ";", "\t")
_NAMES = {word.casefold(): name for name, text in COLUMNS.items() for word in (name, text.zh)}


def write_sheet_csv(contents: Sequence[SheetContent], path: Path, *, lang: FormLang) -> Path:
    """One CSV (UTF-8 with BOM) with the forms of one rep, or of all, one after the other."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow([_shown(text, "zh" if lang == "zh" else "en") for text in COLUMNS.values()])
    for content in contents:
        for row in _rows(sheet_form(content, lang=lang)):
            rows.writerow([safe_text(cell) for cell in row])
    write_bytes_atomically(path, out.getvalue().encode("utf-8-sig"))
    return path


def _shown(text: Text, lang: str) -> str:
    if lang == "both":
        return text.zh if text.zh == text.en else f"{text.zh} {text.en}"
    return text.zh if lang == "zh" else text.en


def _rows(form: Form) -> Iterator[list[str]]:
    sheet_id, lang = form.head.sheet_id, form.head.lang
    for name, value in form.head.rows().items():
        yield [sheet_id, HEAD + name, FIXED, "", "", guarded(value)]
    for each in form.fields:
        yield [
            sheet_id,
            each.key,
            each.kind.value,
            _shown(each.label, lang),
            _choices(each, lang),
            guarded(each.printed),
        ]


def _choices(each: Field, lang: str) -> str:
    if each.kind is FieldKind.TICK:
        return "√"
    return " / ".join(_shown(choice.label, lang) for choice in each.choices)


def guarded(value: str) -> str:
    """A printed value as no spreadsheet takes it for a number or a formula."""
    return _GUARD + value if _GUARDED.match(value) else value


def unguarded(value: str) -> str:
    """The inverse of `guarded`."""
    return value.removeprefix(_GUARD)


def read_sheet_csv(content: bytes, *, file: str, log: IssueLog) -> list[FilledForm]:
    """The forms in a CSV."""
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return []
    return forms_in_rows(_csv_rows(text, file=file, log=log), file=file, log=log)


def _csv_rows(text: str, *, file: str, log: IssueLog) -> list[Row]:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda mark: sum(_name(cell) is not None for cell in first.split(mark)))
    rows: list[Row] = []
    try:
        rows.extend(map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        log.add("bad_csv", file=file, row=len(rows) + 1, reason=str(error))
    return rows


def _name(cell: str) -> str | None:
    """Which column a header cell names."""
    return _NAMES.get(cell.strip().strip('"\ufeff').casefold())


def is_table_of_fields(header: Iterable[str]) -> bool:
    """Whether a table's header is that of a form."""
    return {"key", "kind", "value"} <= {_name(cell) for cell in header}


@dataclass
class _Draft:
    head: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


def forms_in_rows(rows: Sequence[Row], *, file: str, log: IssueLog) -> list[FilledForm]:
    """The forms in a table of fields; the first row is its header."""
    if not rows or not is_table_of_fields(rows[0]):
        log.add("sheet_not_a_sheet", file=file)
        return []
    places = {name: place for place, cell in enumerate(rows[0]) if (name := _name(cell)) is not None}
    drafts: dict[str, _Draft] = {}
    sheet_id = ""
    for number, cells in enumerate(rows[1:], start=2):
        padded = cells + ("",) * (len(rows[0]) - len(cells))
        cell = {name: plain_text(padded[place].strip()) for name, place in places.items()}
        for spilled in filter(str.strip, padded[len(rows[0]) :]):
            log.add("sheet_spilled_cell", file=file, row=number, value=spilled)
        sheet_id = cell.get("sheet_id") or sheet_id
        if not cell["key"]:
            if cell["value"]:
                log.add(
                    "sheet_row_without_key", file=file, row=number, column=rows[0][places["value"]], value=cell["value"]
                )
            continue
        draft = drafts.setdefault(sheet_id, _Draft())
        if cell["key"].startswith(HEAD):
            draft.head[cell["key"].removeprefix(HEAD)] = unguarded(cell["value"])
            continue
        is_fixed = cell.get("kind", "") == FIXED
        value = unguarded(cell["value"]) if is_fixed else cell["value"]
        place = f"{rows[0][places['value']]} {cell['key']}"
        draft.entries.append(Entry(key=cell["key"], text=value, is_fixed=is_fixed, row=number, column=place))
    if not drafts:
        log.add("sheet_not_a_sheet", file=file)
    names = {sheet: f"{file} [{sheet}]" if len(drafts) > 1 else file for sheet in drafts}
    return [
        FilledForm(head=draft.head, entries=tuple(draft.entries), file=names[sheet]) for sheet, draft in drafts.items()
    ]
