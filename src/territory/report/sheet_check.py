"""Looks at a laid-out page again, knowing nothing of how it was made: is every text whole, in its place, in order?

Two witnesses. The typesetter measures each text itself (`too_wide`): a text wider than its slot would be clipped or
run into its neighbour. Geometry (`misplaced`): no text leaves the box it belongs to or the page, no two texts lie on
each other, and none lies on a box to tick or a code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from territory.report.fonts import _typst
from territory.report.sheet_canvas import SMALLEST, Box, Line, Page
from territory.report.sheet_form import HEIGHT, PANEL_BOXES, WIDTH
from territory.report.sheet_layout import SheetLang
from territory.report.sheet_pdf import press_for
from territory.sheet.content import MAX_TASKS, SheetContent
from territory.sheet.words import PANELS

Kind = Literal["too_wide", "outside", "overlap", "too_small", "panel_order", "too_many_tasks"]
TOLERANCE_MM = 0.12
_MARK = "[ ]"
FOOT_MM = 4.0
"""The line below the frame lies in the page's margin, this far at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing wrong with a page: what, by how many millimetres, which text."""

    sheet_id: str
    kind: Kind
    amount_mm: float
    text: str

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.kind} {self.amount_mm:.2f} mm: {self.text}"


def check_sheets(contents: Sequence[SheetContent], lang: SheetLang, *, font: Path | None = None) -> list[Fault]:
    """Everything wrong with the pages of these sheets; an empty list when they may be printed."""
    press = press_for(font)
    pages = press.pages(contents, lang)
    faults = [fault for content, page in zip(contents, pages, strict=True) for fault in check_page(content, page, lang)]
    widths = measured(pages, lang, font=font)
    for content, page, known in zip(contents, pages, widths, strict=True):
        faults += too_wide(content.sheet_id, page, known)
    return faults


def check_page(content: SheetContent, page: Page, lang: SheetLang) -> list[Fault]:
    """What can be seen without the typesetter: places, sizes, order, number of tasks."""
    faults = [*misplaced(content.sheet_id, page)]
    if len(content.tasks) > MAX_TASKS:
        faults.append(_fault(content.sheet_id, "too_many_tasks", 0.0, str(len(content.tasks))))
    faults += [
        _fault(content.sheet_id, "too_small", 0.0, line.text) for line in page.lines if line.style.size < SMALLEST
    ]
    if panel_order(page, lang) != list(range(len(PANELS))):
        faults.append(_fault(content.sheet_id, "panel_order", 0.0, str(panel_order(page, lang))))
    return faults


def panel_order(page: Page, lang: SheetLang) -> list[int]:
    """Panels by their headings, in the order in which the texts stand."""
    headings = [panel.heading.en if lang == "en" else panel.heading.zh for panel in PANELS]
    large = [line for line in page.lines if line.style.size == 9.0 and line.text in headings]
    return [headings.index(line.text) for line in large if line.slot.y > PANEL_BOXES[0].y]


def measured(pages: Sequence[Page], lang: SheetLang, *, font: Path | None = None) -> list[list[float]]:
    """The width of each text in millimetres, as the typesetter measures it."""
    press = press_for(font)
    asked = _typst().Compiler(
        press.template, font_paths=press.fonts.book, sys_inputs=press.inputs(pages, lang) | {"measured": "yes"}
    )
    found: list[list[float]] = json.loads(asked.query("<widths>", field="value", one=True))
    return found


def too_wide(sheet_id: str, page: Page, widths: Iterable[float]) -> list[Fault]:
    """Texts wider than their slots."""
    return [
        _fault(sheet_id, "too_wide", width - line.slot.w, line.text)
        for line, width in zip(page.lines, widths, strict=True)
        if width > line.slot.w + TOLERANCE_MM
    ]


def misplaced(sheet_id: str, page: Page) -> list[Fault]:
    """Texts outside of their box or the page, on each other, or on a box to tick or a code."""
    paper = Box(0.0, 0.0, WIDTH, HEIGHT + FOOT_MM)
    faults = []
    for line in page.lines:
        out = max(_outside(line.slot, line.region), _outside(line.slot, paper))
        if out > TOLERANCE_MM:
            faults.append(_fault(sheet_id, "outside", out, line.text))
    inked = [(_inked(line), line.text) for line in page.lines] + [(mark, _MARK) for mark in page.marks]
    inked.sort(key=lambda item: item[0].y)
    for place, (box, text) in enumerate(inked):
        for other, other_text in inked[place + 1 :]:
            if other.y >= box.bottom - TOLERANCE_MM:
                break
            if text is other_text is _MARK:
                continue
            across = min(box.right, other.right) - max(box.x, other.x)
            down = min(box.bottom, other.bottom) - other.y
            if across > TOLERANCE_MM and down > TOLERANCE_MM:
                faults.append(_fault(sheet_id, "overlap", min(across, down), f"{text} | {other_text}"))
    return faults


def _inked(line: Line) -> Box:
    """The part of the slot that the text covers."""
    width = min(line.width, line.slot.w)
    left = {"left": 0.0, "center": (line.slot.w - width) / 2, "right": line.slot.w - width}[line.align]
    return Box(line.slot.x + left, line.slot.y, width, line.slot.h)


def _outside(inner: Box, outer: Box) -> float:
    return max(outer.x - inner.x, outer.y - inner.y, inner.right - outer.right, inner.bottom - outer.bottom)


def _fault(sheet_id: str, kind: Kind, amount_mm: float, text: str) -> Fault:
    return Fault(sheet_id=sheet_id, kind=kind, amount_mm=amount_mm, text=text)
