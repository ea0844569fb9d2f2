"""The form's fixed frame: where each panel lies on the A4 page, its heading, the words in one language or both."""

from __future__ import annotations

from typing import Literal

from territory.language import Text
from territory.report.sheet_canvas import SMALLEST, Box, Canvas, Style
from territory.sheet import words

SheetLang = Literal["en", "zh", "both"]

WIDTH, HEIGHT = 194.0, 281.0
HALF = 96.5
BAR = 5.4
PAD = 1.6
PITCH = 2.62
"""Millimetres from one small line to the next."""

TITLE_BOX = Box(0.0, 0.0, WIDTH, 9.0)
STRIP_BOX = Box(0.0, 51.0, WIDTH, 8.0)
FOOTER_BOX = Box(0.0, 281.6, WIDTH, 2.6)
PANEL_BOXES = (
    Box(0.0, 10.0, HALF, 40.0),
    Box(0.0, 60.0, WIDTH, 141.0),
    Box(0.0, 202.0, WIDTH, 50.0),
    Box(WIDTH - HALF, 10.0, HALF, 40.0),
    Box(0.0, 253.0, HALF, 28.0),
    Box(WIDTH - HALF, 253.0, HALF, 28.0),
)

BODY = Style(7.0)
SMALL = Style(SMALLEST)
SOFT = Style(SMALLEST, "soft")
HEAVY = Style(7.0, "ink", 0.22)
HEAVY_SMALL = Style(SMALLEST, "ink", 0.22)
NUMBER = Style(7.5)


class Tongue:
    """A text's first language on the page, and its second where both are printed: Chinese first."""

    def __init__(self, lang: SheetLang) -> None:
        self.lang = lang
        self.is_both = lang == "both"

    def first(self, text: Text) -> str:
        """In the first language."""
        return text.en if self.lang == "en" else text.zh

    def second(self, text: Text) -> str:
        """In the second language; empty when there is none, or it says the same."""
        return text.en if self.is_both and text.en != text.zh else ""

    def write_pair(
        self, canvas: Canvas, x: float, y: float, w: float, text: Text, style: Style, *, gap: float = 1.2
    ) -> float:
        """Both languages on one line, the second only where all or much of it fits; returns the width taken."""
        taken = canvas.write(x, y, w, self.first(text), style)
        second = self.second(text)
        room = w - taken - gap
        if not second or room < min(canvas.width(second, SOFT), 9.0):
            return taken
        drop = (style.height - SOFT.height) * 0.8
        return taken + gap + canvas.write(x + taken + gap, y + drop, room, second, SOFT)

    def write_stack(
        self, canvas: Canvas, x: float, y: float, w: float, text: Text, style: Style, *, align: str = "left"
    ) -> float:
        """Both languages, one below the other; returns the y below them."""
        side: Literal["left", "center", "right"] = "center" if align == "center" else "left"
        canvas.write(x, y, w, self.first(text), style, side)
        second = self.second(text)
        if not second:
            return y + PITCH
        canvas.write(x, y + PITCH, w, second, SOFT, side)
        return y + 2 * PITCH


def panel(canvas: Canvas, tongue: Tongue, number: int) -> Box:
    """Draw the frame and heading of a panel, 1 to 6; returns the room inside."""
    box = PANEL_BOXES[number - 1]
    heading, pdca = words.PANELS[number - 1]
    canvas.tint(Box(box.x, box.y, box.w, BAR), 232)
    canvas.frame(box)
    canvas.across(box.x, box.y + BAR, box.w, strong=True)
    canvas.chip(box.x + PAD, box.y + (BAR - 3.2) / 2, number)
    style = Style(9.0, "ink", 0.25)
    x, y = box.x + PAD + 4.6, box.y + (BAR - style.height) / 2
    room = box.w - 6.2 - PAD - 8.0
    taken = canvas.write(x, y, room, tongue.first(heading), style)
    if second := tongue.second(heading):
        canvas.write(x + taken + 1.6, y + 0.55, room - taken - 1.6, second, Style(7.0, "soft"))
    if pdca:
        label = Style(SMALLEST, "ink", 0.2)
        w = canvas.width(pdca, label) + 2.4
        badge = Box(box.right - PAD - w, box.y + (BAR - 3.2) / 2, w, 3.2)
        canvas.tint(badge, 255)
        canvas.outline(badge)
        canvas.write(badge.x, badge.y + (3.2 - label.height) / 2, w, pdca, label, "center")
    return Box(box.x, box.y + BAR, box.w, box.h - BAR)
