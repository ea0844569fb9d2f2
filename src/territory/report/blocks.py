"""Pages as blocks: headings, paragraphs, tables and pictures in one language, before anybody sets them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "soft", "strong", "warning"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the page."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a table; a group row heads the rows below it."""

    cells: tuple[str, ...]
    is_group: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """
    A table.

    Attributes
    ----------
    head
        One word or more per column.
    numeric
        Positions of the columns that are set to the right.
    """

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    numeric: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.head):
                raise ValueError(f"a row has {len(row.cells)} cells, the head {len(self.head)}: {row.cells}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A still picture: SVG text, the file name it gets without ending, and what it shows, for who cannot see it."""

    name: str
    svg: str
    alt: str


Block = Heading | Paragraph | Bullets | Table | Picture


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()) -> Table:
    """A table of plain rows."""
    return Table(head=tuple(head), rows=tuple(Row(cells=tuple(row)) for row in rows), numeric=tuple(numeric))


def markdown(blocks: Sequence[Block], *, pictures: str = "") -> str:
    """
    The blocks as Markdown.

    Parameters
    ----------
    pictures
        Folder of the picture files, as a link sees it.
    """
    return "\n\n".join(_markdown(block, pictures) for block in blocks) + "\n"


def _markdown(block: Block, pictures: str) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_escaped(block.text)}"
    if isinstance(block, Paragraph):
        shown = _escaped(block.text)
        return f"**{shown}**" if block.tone == "strong" else f"> {shown}" if block.tone == "warning" else shown
    if isinstance(block, Bullets):
        return "\n".join(f"- {_escaped(item)}" for item in block.items)
    if isinstance(block, Picture):
        return f"![{_escaped(block.alt)}]({pictures}{block.name}.svg)"
    marks = ["---:" if place in block.numeric else "---" for place in range(len(block.head))]
    rows = [block.head, tuple(marks), *(row.cells for row in block.rows)]
    first = {id(row.cells) for row in block.rows if row.is_group}
    lines = []
    for cells in rows:
        shown_cells = cells if cells is rows[1] else tuple(_cell(cell) for cell in cells)
        if id(cells) in first:
            shown_cells = tuple(f"**{cell}**" if cell else "" for cell in shown_cells)
        lines.append("| " + " | ".join(shown_cells) + " |")
    return "\n".join(lines)


def _escaped(content: str) -> str:
    """Text that Markdown leaves as it is, names with underscores among it."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", content)


def _cell(content: str) -> str:
    return _escaped(content).replace("\n", "<br>")
