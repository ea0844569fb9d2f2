"""A page as it is drawn: lines of text, each in its slot, above a ground of rules, boxes and codes. Millimetres.

The canvas knows nothing of sheets. Every text is one line that fits its slot: `write` cuts it, and what had to be
cut ends in an ellipsis. `sheet_check` looks at the finished page again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple

from territory.report.typesetting import MM_PER_POINT, Type, clean

Align = Literal["left", "center", "right"]
Ink = Literal["ink", "soft", "white"]

LINE_EM = 0.94
"""Height of a line as a share of its size: 0.78 above the baseline, 0.16 below."""

GREYS = {"ink": 20, "soft": 85, "white": 255}
SMALLEST = 6.5


class Style(NamedTuple):
    """Size in points, ink, and the stroke in points that stands in for a bold face."""

    size: float
    ink: Ink = "ink"
    stroke: float = 0.0

    @property
    def height(self) -> float:
        """Millimetres of one line."""
        return self.size * LINE_EM * MM_PER_POINT


class Box(NamedTuple):
    """A rectangle on the page."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.h


class Line(NamedTuple):
    """A text in its slot: `region` is the box it belongs to, `slot` the room it has, `width` what it takes of it."""

    text: str
    slot: Box
    align: Align
    style: Style
    region: Box
    width: float


class Anchor(NamedTuple):
    """A place that leads somewhere on a screen."""

    box: Box
    url: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """
    A drawn page.

    Attributes
    ----------
    lines
        In reading order.
    marks
        Boxes to tick and codes: places that no text may cover.
    ground
        Everything that is not text, as SVG.
    """

    lines: tuple[Line, ...]
    marks: tuple[Box, ...]
    anchors: tuple[Anchor, ...]
    ground: str


class Canvas:
    """Collects what is drawn on one page."""

    def __init__(self, width: float, height: float, letters: Type) -> None:
        self.letters = letters
        self._size = (width, height)
        self._region = Box(0.0, 0.0, width, height)
        self._lines: list[Line] = []
        self._marks: list[Box] = []
        self._anchors: list[Anchor] = []
        self._tints: dict[str, list[str]] = {}
        self._paths: dict[str, list[str]] = {}

    def page(self) -> Page:
        """The page as drawn so far."""
        width, height = self._size
        looks = [*self._tints.items(), *self._paths.items()]
        paths = "".join(f'<path {look} d="{"".join(parts)}"/>' for look, parts in looks)
        return Page(
            lines=tuple(self._lines),
            marks=tuple(self._marks),
            anchors=tuple(self._anchors),
            ground=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}mm" height="{height:g}mm">{paths}</svg>',
        )

    @contextmanager
    def region(self, box: Box) -> Iterator[Box]:
        """What is written inside belongs to `box` and must not leave it."""
        before, self._region = self._region, box
        try:
            yield box
        finally:
            self._region = before

    # -- text ------------------------------------------------------------------------------------------------------
    def width(self, text: str, style: Style) -> float:
        """Millimetres of a line."""
        return self.letters.width(clean(text), style.size)

    def write(self, x: float, y: float, w: float, text: str, style: Style, align: Align = "left") -> float:
        """One line in a slot of width `w` whose upper edge is at `y`; returns the width it takes."""
        shown = self.letters.cut(clean(text), w, style.size)
        if not shown or w <= 0:
            return 0.0
        width = self.letters.width(shown, style.size)
        self._lines.append(Line(shown, Box(x, y, w, style.height), align, style, self._region, width))
        return width

    def write_lines(self, x: float, y: float, texts: Sequence[str], style: Style, *, w: float, pitch: float) -> float:
        """Lines one below the other; returns the y below the last one's pitch."""
        for number, text in enumerate(texts):
            self.write(x, y + number * pitch, w, text, style)
        return y + len(texts) * pitch

    def lines(self, text: str, w: float, style: Style, most: int) -> list[str]:
        """The text broken into at most `most` lines of width `w`."""
        return self.letters.lines(clean(text), w, style.size, most)

    def anchor(self, box: Box, url: str) -> None:
        """Make a box lead to an address."""
        self._anchors.append(Anchor(box, url))

    # -- ground ----------------------------------------------------------------------------------------------------
    def rule(self, x: float, y: float, w: float) -> None:
        """A dotted line to write on."""
        self._draw('fill="none" stroke="#8c8c8c" stroke-width="0.16" stroke-dasharray="0.16 0.55"', _h(x, y, w))

    def across(self, x: float, y: float, w: float, *, strong: bool = False) -> None:
        """A thin line from left to right."""
        self._draw(_STRONG if strong else _HAIR, _h(x, y, w))

    def down(self, x: float, y: float, h: float, *, strong: bool = False) -> None:
        """A thin line from top to bottom."""
        self._draw(_STRONG if strong else _HAIR, f"M{_n(x)} {_n(y)}v{_n(h)}")

    def frame(self, box: Box) -> None:
        """The outline of a panel."""
        self._draw('fill="none" stroke="#282828" stroke-width="0.25"', _rect(box))

    def outline(self, box: Box) -> None:
        """The thin outline of a small box."""
        self._draw('fill="none" stroke="#141414" stroke-width="0.2"', _rect(box))

    def tint(self, box: Box, grey: int) -> None:
        """A filled area; it lies below everything else."""
        self._tints.setdefault(f'fill="#{grey:02x}{grey:02x}{grey:02x}"', []).append(_rect(box))

    def tick(self, x: float, y: float, size: float = 2.4) -> None:
        """An empty box to tick."""
        box = Box(x, y, size, size)
        self._marks.append(box)
        self._draw(_TICK, _rect(box))

    def ticked(self, x: float, y: float, number: int, size: float = 2.7) -> None:
        """A ticked box that says which task ticked it."""
        self._draw('fill="#141414"', _rect(Box(x, y, size, size)))
        style = Style(SMALLEST, "white")
        self.write(x, y + (size - style.height) / 2, size, str(number), style, "center")

    def chip(self, x: float, y: float, number: int, size: float = 3.2) -> None:
        """A filled disc with a number."""
        r = size / 2
        self._draw(
            'fill="#141414"',
            f"M{_n(x)} {_n(y + r)}a{_n(r)} {_n(r)} 0 1 0 {_n(size)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(-size)} 0z",
        )
        style = Style(SMALLEST, "white")
        self.write(x, y + (size - style.height) / 2, size, str(number), style, "center")

    def arrow(self, x: float, y: float) -> None:
        """A small triangle that points to the right."""
        self._draw('fill="#6e6e6e"', f"M{_n(x)} {_n(y)}l1.4 1l-1.4 1z")

    def dashed(self, box: Box) -> None:
        """An empty square for something that is stuck on."""
        self._draw('fill="none" stroke="#8c8c8c" stroke-width="0.16" stroke-dasharray="0.8 0.6"', _rect(box))

    def squares(self, x: float, y: float, size: float, matrix: Sequence[Sequence[int]]) -> None:
        """A code of black and white squares of `size`, its first one at (x, y)."""
        self._marks.append(Box(x, y, size * len(matrix), size * len(matrix)))
        runs: list[str] = []
        for row, cells in enumerate(matrix):
            column = 0
            while column < len(cells):
                length = 0
                while column + length < len(cells) and cells[column + length]:
                    length += 1
                if length:
                    runs.append(_rect(Box(x + column * size, y + row * size, length * size, size)))
                column += max(length, 1)
        self._draw('fill="#000"', "".join(runs))

    def _draw(self, look: str, path: str) -> None:
        self._paths.setdefault(look, []).append(path)


_HAIR = 'fill="none" stroke="#969696" stroke-width="0.12"'
_STRONG = 'fill="none" stroke="#282828" stroke-width="0.25"'
_TICK = 'fill="#fff" stroke="#141414" stroke-width="0.19"'


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def _h(x: float, y: float, w: float) -> str:
    return f"M{_n(x)} {_n(y)}h{_n(w)}"


def _rect(box: Box) -> str:
    return f"M{_n(box.x)} {_n(box.y)}h{_n(box.w)}v{_n(box.h)}h{_n(-box.w)}z"
