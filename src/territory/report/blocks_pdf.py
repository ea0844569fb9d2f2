"""Blocks as A4 pages: set by typst from `blocks.typ`, Chinese font included, the same bytes every time."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.language import Lang
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Table
from territory.report.fonts import NO_GLYPH, SheetFonts, _typst, sheet_fonts
from territory.report.svg import FONT, width_of

_MADE = 0  # seconds since 1970 written into the PDF: a fixed time, so that a rerun gives the same bytes
# in heights of the type: a line of the page, a long cell, the widest column that shares the line
_FULL_LINE, _LONG, _WIDEST = 58.0, 18.0, 30


def write_pdf(blocks: Sequence[Block], path: Path, lang: Lang = "en") -> Path:
    """
    Write the blocks as A4 pages.

    Raises
    ------
    MissingExtraError
        When the typesetter or a Chinese font is not installed.
    """
    write_bytes_atomically(path, blocks_pdf(blocks, lang))
    return path


def blocks_pdf(blocks: Sequence[Block], lang: Lang = "en") -> bytes:
    """The PDF's bytes; a character that no font has is printed as 〓."""
    fonts = sheet_fonts()
    template = resources.files("territory.report").joinpath("blocks.typ").read_bytes()
    content = json.dumps([_plain(block, fonts) for block in blocks], ensure_ascii=False)
    missing = fonts.missing([content])
    content = content.translate({ord(letter): NO_GLYPH for letter in missing})
    title = next((block.text for block in blocks if isinstance(block, Heading)), "territory")
    inputs = {"blocks": content, "fonts": json.dumps(fonts.families), "lang": lang, "title": title}
    compiler: Any = _typst().Compiler(font_paths=fonts.book)
    return bytes(compiler.compile(template, format="pdf", sys_inputs=inputs, timestamp=_MADE))


def _plain(block: Block, fonts: SheetFonts) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "tone": block.tone}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": list(block.items), "tone": block.tone}
    if isinstance(block, Picture):
        # the typesetter knows the fonts it was given, and no others
        families = ", ".join(f"'{family}'" for family in fonts.families)
        return {"kind": "picture", "svg": block.svg.replace(FONT, families), "alt": block.alt}
    return {
        "kind": "table",
        "head": list(block.head),
        "numeric": list(block.numeric),
        "widths": _widths(block),
        "rows": [{"cells": list(row.cells), "group": row.is_group} for row in block.rows],
    }


def _widths(block: Table) -> list[int]:
    """
    0 where a column is as wide as its text, else its share of what is left.

    Notes
    -----
    A table that fits gives the first column what is left. In one that does not, columns of long lines, and of heads
    much longer than what stands below, share what the others leave, and are broken.
    """
    cells = [_longest_line([row.cells[place] for row in block.rows if not row.is_group]) for place in _places(block)]
    heads = [width_of(words, 1.0) for words in block.head]
    if sum(max(pair) for pair in zip(cells, heads, strict=True)) <= _FULL_LINE:
        return [1 if place == 0 else 0 for place in _places(block)]
    words = [max(width_of(word, 1.0) for word in re.split(r"[ _]", head)) for head in block.head]
    return [
        max(4, min(_WIDEST, math.ceil(max(cell, word)))) if cell > _LONG or head > max(cell, _LONG / 2) else 0
        for cell, head, word in zip(cells, heads, words, strict=True)
    ]


def _places(block: Table) -> range:
    return range(len(block.head))


def _longest_line(cells: Sequence[str]) -> float:
    """In widths of the type's height."""
    return max((width_of(line, 1.0) for cell in cells for line in cell.split("\n")), default=0.0)
