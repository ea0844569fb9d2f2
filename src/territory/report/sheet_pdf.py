"""The one-page sheet as A4 PDF: set by typst from `sheet.typ`, Chinese font included, the same bytes every time."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.language import Lang
from territory.report.fonts import NO_GLYPH, SheetFonts, _typst, sheet_fonts
from territory.report.sheet_layout import SheetLang, laid_out
from territory.sheet.content import SheetContent

log = logging.getLogger(__name__)

_MADE = 0  # seconds since 1970 written into the PDF: a fixed time, so that a rerun gives the same bytes
_REMEMBERED_RUNS = 10
_UNSAFE = re.compile(r"[^\w.-]+")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


def write_sheets(
    contents: Sequence[SheetContent], out: Path, *, lang: SheetLang, font: Path | None = None
) -> list[Path]:
    """
    One PDF of exactly one A4 page per sheet, named ``sheet_<rep id>_<iso week>.pdf``, in the order of `contents`.

    Parameters
    ----------
    out
        Folder; made when absent.
    lang
        "zh", "en", or "both": Chinese with English beneath.
    font
        A font file to use instead of the installed one.

    Raises
    ------
    MissingExtraError
        When the typesetter or a Chinese font is not installed.

    Notes
    -----
    A character that no font has is printed as 〓, the printer's mark for it, and logged with its code point;
    `missing_characters` tells beforehand.
    """
    written: list[Path] = []
    for name, content in zip(file_names(contents), contents, strict=True):
        written.append(write_week([content], out / f"{name}.pdf", lang=lang, font=font))
    return written


def write_week(contents: Sequence[SheetContent], path: Path, *, lang: SheetLang, font: Path | None = None) -> Path:
    """One PDF with a page per sheet: what is sent to the printer on Friday."""
    write_bytes_atomically(path, _press(font).pdf(contents, lang))
    return path


def missing_characters(
    contents: Sequence[SheetContent], *, lang: SheetLang, font: Path | None = None
) -> dict[str, tuple[str, ...]]:
    """Characters the fonts lack, by sheet id; sheets that lack none are left out."""
    fonts = sheet_fonts(font)
    found = {content.sheet_id: fonts.missing(_strings(laid_out(content, lang))) for content in contents}
    return {sheet: characters for sheet, characters in found.items() if characters}


def file_names(contents: Sequence[SheetContent]) -> list[str]:
    """``sheet_<rep id>_<iso week>`` for each sheet, safe for every file system and all different."""
    names: list[str] = []
    taken: set[str] = set()
    for content in contents:
        name = f"sheet_{safe_name(content.rep_id)}_{content.iso_week}"
        stem, number = name, 2
        while name.casefold() in taken:  # two ids that differ only in letters a file name cannot hold
            name = f"{stem}_{number}"
            number += 1
        taken.add(name.casefold())
        names.append(name)
    return names


def safe_name(text: str) -> str:
    """`text` with every character a file system may refuse replaced by "-"."""
    name = _UNSAFE.sub("-", text).strip(".-") or "rep"
    return f"{name}-" if _RESERVED.match(name) else name[:80]


@lru_cache(maxsize=2)
def _press(font: Path | None) -> _Press:
    """One press per process: loading the fonts costs more than a page."""
    return _Press(sheet_fonts(font))


class _Press:
    """The typesetter, set up once for many sheets."""

    def __init__(self, fonts: SheetFonts) -> None:
        self.template = resources.files("territory.report").joinpath("sheet.typ").read_bytes()
        self.fonts = fonts
        self.compiler: Any = _typst().Compiler(font_paths=fonts.book)

    def pdf(self, contents: Sequence[SheetContent], lang: SheetLang) -> bytes:
        pages = [laid_out(content, lang) for content in contents]
        missing = self.fonts.missing(text for page in pages for text in _strings(page))
        if missing:
            log.warning("no font has %s; printed as %s", ", ".join(f"U+{ord(c):04X}" for c in missing), NO_GLYPH)
            table = str.maketrans(dict.fromkeys(missing, NO_GLYPH))
            pages = [_translated(page, table) for page in pages]
        first: Lang = "en" if lang == "en" else "zh"
        inputs = {
            "sheets": json.dumps(pages, ensure_ascii=False),
            "fonts": json.dumps(self.fonts.families),
            "lang": first,
        }
        made = bytes(self.compiler.compile(self.template, format="pdf", sys_inputs=inputs, timestamp=_MADE))
        if len(contents) > 1:
            self._forget()
        return made

    def _forget(self) -> None:
        """The typesetter keeps what its last ten runs laid out, 8 MB a page: ten empty runs set it free."""
        for _ in range(_REMEMBERED_RUNS):
            self.compiler.compile(b" ", format="pdf", timestamp=_MADE)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return []


def _translated(value: Any, table: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {key: _translated(part, table) for key, part in value.items()}
    if isinstance(value, list):
        return [_translated(part, table) for part in value]
    return value
