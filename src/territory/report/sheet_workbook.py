"""The sheet as an Excel workbook to fill in: it looks like the page, has drop-downs, and only its boxes change.

Each box carries a name of its worksheet (``tf_1``, ``tf_2``, ...), which stays with its cell whatever is inserted
around it; a hidden column says which key each name stands for, what the fixed fields say, and which texts are printed.
`io.sheet_book` reads all that back.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.report.sheet_grid import Grid, Styles, new_workbook
from territory.report.sheet_panels import draw
from territory.sheet.content import SheetContent
from territory.sheet.form import FormLang, sheet_form

_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_LONGEST_NAME = 31
_UNSAFE_NAMES = frozenset({"history"})


def write_workbook(contents: Sequence[SheetContent], path: Path, *, lang: FormLang) -> Path:
    """One workbook with a worksheet per sheet: of one rep, or of all."""
    write_bytes_atomically(path, workbook_bytes(contents, lang=lang))
    return path


def workbook_bytes(contents: Sequence[SheetContent], *, lang: FormLang) -> bytes:
    """
    The workbook; the same bytes for the same sheets.

    Notes
    -----
    Every text is written as a string, so that nothing in a name can become a formula and ids keep their zeros.
    Worksheets are protected without a password: who must change the form can, who only fills it in cannot by mistake.
    """
    made = io.BytesIO()
    with new_workbook(made) as workbook:
        styles = Styles(workbook)
        for name, content in zip(_sheet_names(contents), contents, strict=True):
            sheet = workbook.add_worksheet(name)
            grid = Grid(workbook, sheet, sheet_form(content, lang=lang), styles)
            draw(grid)
            grid.finish()
    return _with_locked_structure(made.getvalue())


def _sheet_names(contents: Sequence[SheetContent]) -> list[str]:
    """The rep's id, as far as a worksheet may be called that; all different."""
    names: list[str] = []
    taken = set(_UNSAFE_NAMES)
    for content in contents:
        stem = _FORBIDDEN.sub("-", content.rep_id).strip() or "rep"
        name, number = stem[:_LONGEST_NAME], 2
        while name.casefold() in taken:
            tail = f" {number}"
            name = stem[: _LONGEST_NAME - len(tail)] + tail
            number += 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _with_locked_structure(content: bytes) -> bytes:
    """The workbook with its list of worksheets locked, which the writing library has no call for."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as locked:
        for part in parts.infolist():
            data = parts.read(part)
            if part.filename == "xl/workbook.xml":
                data = data.replace(b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>', 1)
            locked.writestr(part, data)
    return made.getvalue()
