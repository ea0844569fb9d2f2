"""Carriers filled in without their programs: what a spreadsheet, the page or an editor would leave behind."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import openpyxl

from territory.io.cells import safe_text
from territory.io.sheet_csv import write_sheet_csv
from territory.report.sheet_workbook import write_workbook
from territory.sheet.content import SheetContent
from territory.sheet.form import FieldKind, Form, FormLang, sheet_form
from territory.sheet.form_words import day_name
from tests.sheet.filling import Values


def shown(form: Form, key: str, value: str) -> str:
    """A value as the drop-downs show it."""
    field, lang = form.by_key[key], form.head.lang
    if not value or field.kind in (FieldKind.TEXT, FieldKind.NUMBER):
        return value
    if field.kind is FieldKind.TICK:
        return "√"
    if field.kind is FieldKind.DATE:
        name = day_name(dt.date.fromisoformat(value))
        return {"zh": name.zh, "en": name.en, "both": f"{name.zh.split()[0]} {name.en}"}[lang]
    label = next(choice.label for choice in field.choices if choice.value == value)
    return {"zh": label.zh, "en": label.en, "both": label.zh if label.zh == label.en else f"{label.zh} {label.en}"}[
        lang
    ]


def box_cells(path: Path, sheet: str) -> dict[str, str]:
    """The cell of each box by key, by the workbook's own names and hidden description."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    chunks = [cell.value.split(" ", 2)[2] for cell in page["A"] if str(cell.value).startswith("territory-form")]
    keys = json.loads("".join(chunks))["boxes"]
    return {
        key: page.defined_names[f"tf_{n}"].attr_text.rpartition("!")[2].replace("$", "")
        for n, key in enumerate(keys, start=1)
    }


def filled_workbook(content: SheetContent, values: Values, path: Path, *, lang: FormLang = "both") -> Path:
    """A workbook filled in by its drop-downs, numbers as numbers."""
    form = sheet_form(content, lang=lang)
    write_workbook([content], path, lang=lang)
    book = openpyxl.load_workbook(path)
    page = book.active
    for key, cell in box_cells(path, page.title).items():
        value = values.get(key, "")
        if value:
            is_number = form.by_key[key].kind is FieldKind.NUMBER
            page[cell].value = float(value) if is_number else shown(form, key, value)
            page[cell].data_type = "n" if is_number else "s"
    book.save(path)
    return path


def exported(content: SheetContent, values: Values, *, lang: FormLang = "both") -> dict[str, object]:
    """What the page exports."""
    form = sheet_form(content, lang=lang)
    fixed = {field.key: field.printed for field in form.fields if field.kind is FieldKind.FIXED}
    boxes = {field.key: values.get(field.key, "") for field in form.fields if field.kind is not FieldKind.FIXED}
    return {"head": form.head.rows(), "fixed": fixed, "values": boxes, "saved": "2026-12-04T10:00:00.000Z"}


def filled_export(content: SheetContent, values: Values, path: Path, *, lang: FormLang = "both") -> Path:
    """The file the page exports."""
    path.write_text(json.dumps(exported(content, values, lang=lang), ensure_ascii=False), encoding="utf-8")
    return path


def filled_csv(
    content: SheetContent, values: Values, path: Path, *, lang: FormLang = "both", encoding: str = "utf-8-sig"
) -> Path:
    """A CSV form filled in with an editor, shown words in place of values."""
    form = sheet_form(content, lang=lang)
    write_sheet_csv([content], path, lang=lang)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows[1:]:
        if values.get(row[1]):
            row[5] = safe_text(shown(form, row[1], values[row[1]]))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path
