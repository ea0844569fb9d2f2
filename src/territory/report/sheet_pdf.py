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
from territory.report.sheet_canvas import GREYS, Page, Style
from territory.report.sheet_layout import SheetLang, laid_out
from territory.report.typesetting import Type
from territory.sheet.content import SheetContent
from territory.sheet.words import TITLE

log = logging.getLogger(__name__)

_MADE = 0  # seconds since 1970 written into the PDF: a fixed time, so that a rerun gives the same bytes
_REMEMBERED_RUNS = 10
_SIDES = {"left": 0, "center": 1, "right": 2}
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
    write_bytes_atomically(path, sheets_pdf(contents, lang=lang, font=font))
    return path


def sheets_pdf(contents: Sequence[SheetContent], *, lang: SheetLang, font: Path | None = None) -> bytes:
    """The bytes of a PDF with a page per sheet; the same ones for the same sheets, fonts and typesetter."""
    press = press_for(font)
    return press.pdf(press.pages(contents, lang), lang)


def missing_characters(
    contents: Sequence[SheetContent], *, lang: SheetLang, font: Path | None = None
) -> dict[str, tuple[str, ...]]:
    """Characters the fonts lack, by sheet id; sheets that lack none are left out."""
    press = press_for(font)
    pages = zip(contents, press.pages(contents, lang), strict=True)
    found = {content.sheet_id: press.fonts.missing(line.text for line in page.lines) for content, page in pages}
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
def press_for(font: Path | None) -> Press:
    """One press per process: loading the fonts costs more than a page."""
    return Press(sheet_fonts(font))


class Press:
    """The typesetter, set up once for many sheets."""

    def __init__(self, fonts: SheetFonts) -> None:
        self.template = resources.files("territory.report").joinpath("sheet.typ").read_bytes()
        self.fonts = fonts
        self.letters = Type(fonts)
        self.compiler: Any = _typst().Compiler(font_paths=fonts.book)

    def pages(self, contents: Sequence[SheetContent], lang: SheetLang) -> list[Page]:
        """The sheets as drawn pages."""
        return [laid_out(content, lang, self.letters) for content in contents]

    def pdf(self, pages: Sequence[Page], lang: SheetLang) -> bytes:
        """The pages as one file."""
        made = bytes(
            self.compiler.compile(
                self.template,
                format="pdf",
                sys_inputs=self.inputs(pages, lang),
                timestamp=_MADE,
                pdf_tags=False,  # eight times the size, for a form that is read from paper
            )
        )
        if len(pages) > 1:
            self._forget()
        return made

    def inputs(self, pages: Sequence[Page], lang: SheetLang) -> dict[str, str]:
        """What the template reads; a character that no font has becomes the printer's mark for it."""
        missing = self.fonts.missing(line.text for page in pages for line in page.lines)
        if missing:
            log.warning("no font has %s; printed as %s", ", ".join(f"U+{ord(c):04X}" for c in missing), NO_GLYPH)
        table = str.maketrans(dict.fromkeys(missing, NO_GLYPH))
        first: Lang = "en" if lang == "en" else "zh"
        styles: dict[Style, int] = {}
        sheets = [
            {
                "ground": page.ground,
                "texts": [
                    [
                        round(line.slot.x, 3),
                        round(line.slot.y, 3),
                        round(line.slot.w, 3),
                        _SIDES[line.align],
                        styles.setdefault(line.style, len(styles)),
                        line.text.translate(table) if missing else line.text,
                    ]
                    for line in page.lines
                ],
                "links": [[*(round(side, 3) for side in anchor.box), anchor.url] for anchor in page.anchors],
            }
            for page in pages
        ]
        return {
            "sheets": json.dumps(sheets, ensure_ascii=False),
            "styles": json.dumps([[style.size, GREYS[style.ink], style.stroke] for style in styles]),
            "fonts": json.dumps(self.fonts.families),
            "lang": first,
            "title": TITLE.in_(first),
        }

    def _forget(self) -> None:
        """The typesetter keeps what its last ten runs laid out: ten empty runs set it free."""
        for _ in range(_REMEMBERED_RUNS):
            self.compiler.compile(b" ", format="pdf", timestamp=_MADE)
