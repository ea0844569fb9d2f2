"""What a printed PDF shows to readers that know nothing of how it was made: pypdf, and poppler where it is there."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PageObject, PdfReader

from territory.report.sheet_layout import SheetLang
from territory.sheet.words import PANELS, STEPS

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_POINTS_PER_MM = 72 / 25.4
_OVERLAP_MM = 0.35
_SAME_LINE_MM = 0.05
_HALF_EM_MM = 1.4
_PUNCTUATION = frozenset("，。、；：！？）》」』】（《「『【“”‘’〓…—·")
MARGIN_MM = 8.0
FOOT_MM = 3.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word as poppler sees it: millimetres from the upper left corner of the paper."""

    x: float
    y: float
    right: float
    bottom: float
    text: str


def pages_of(pdf: bytes) -> list[PageObject]:
    """The pages of a file."""
    return list(PdfReader(io.BytesIO(pdf)).pages)


def are_panels_in_order(page: PageObject, lang: SheetLang) -> bool:
    """Six headings come out of the file as text, one after the other, behind the strip of steps."""
    text = re.sub(r"\s+", "", page.extract_text())

    def flat(words: str) -> str:
        return re.sub(r"\s+", "", words)

    last_step = STEPS[-1][0]
    place = text.find(flat(last_step.en if lang == "en" else last_step.zh))
    for panel in PANELS:
        heading = panel.heading
        for part in {"zh": (heading.zh,), "en": (heading.en,)}.get(lang, (heading.zh, heading.en)):
            place = text.find(flat(part), place) if place >= 0 else place
    return place >= 0


def missing_glyphs(page: PageObject) -> int:
    """Characters drawn with glyph 0, the empty box of a font."""
    contents = page.get_contents()
    if contents is None:
        return 0
    count = 0
    for operands, operator in contents.operations:
        strings = {b"Tj": operands, b"TJ": operands[0] if operands else []}.get(operator, [])
        for piece in strings:
            raw = getattr(piece, "original_bytes", None)
            if raw is not None:
                count += sum(raw[i] == 0 == raw[i + 1] for i in range(0, len(raw) - 1, 2))
    return count


def has_poppler() -> bool:
    """Whether `pdftotext` is installed."""
    return shutil.which("pdftotext") is not None


def words_of(pdf: bytes) -> list[list[Word]]:
    """The words of each page, by poppler."""
    made = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = made.stdout.decode("utf-8", errors="replace").split("<page ")[1:]
    return [[_word(match) for match in _WORD.finditer(page)] for page in pages]


def _word(match: re.Match[str]) -> Word:
    x, y, right, bottom = (float(match[side]) / _POINTS_PER_MM for side in range(1, 5))
    return Word(x, y, right, bottom, match[5])


def collisions(words: list[Word]) -> Iterator[str]:
    """Pairs of words that are printed on each other, and words beyond the margins."""
    for word in words:
        if word.x < MARGIN_MM - 0.3 or word.right > 210 - MARGIN_MM + 0.3 or word.bottom > 297 - FOOT_MM:
            yield f"beyond the margin: {word.text}"
    bands = sorted(
        ((word.y + (word.bottom - word.y) * 0.35, word.bottom - (word.bottom - word.y) * 0.3, word) for word in words),
        key=lambda band: band[0],
    )
    for place, (top, bottom, word) in enumerate(bands):
        for other_top, other_bottom, other in bands[place + 1 :]:
            if other_top >= bottom:
                break
            across = min(word.right, other.right) - max(word.x, other.x)
            is_one_line = abs(word.y - other.y) < _SAME_LINE_MM
            if is_one_line and across < _HALF_EM_MM and _meet_in_punctuation(word, other):
                continue  # full-width signs are set half as wide, and poppler shows their whole boxes
            if across > _OVERLAP_MM and min(bottom, other_bottom) - max(top, other_top) > _OVERLAP_MM:
                yield f"{word.text} | {other.text}"


def _meet_in_punctuation(word: Word, other: Word) -> bool:
    left, right = sorted((word, other), key=lambda each: each.x)
    return left.text[-1:] in _PUNCTUATION or right.text[:1] in _PUNCTUATION
