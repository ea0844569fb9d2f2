"""An assessment on the terminal: the month's ranking, or one rep's arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from territory.cli.summary import padded
from territory.language import Lang

if TYPE_CHECKING:
    from territory.report.blocks import Block, Table
    from territory.report.desk_view import DeskView


def month_lines(view: DeskView, lang: Lang) -> list[str]:
    """The page as the manager reads it, without what only paper needs."""
    from territory.report.desk_pages import company_blocks

    return block_lines(company_blocks(view, lang)[:-2])


def rep_lines(view: DeskView, person: int, lang: Lang) -> list[str]:
    """One rep's page."""
    from territory.report.desk_rep_page import rep_blocks

    return block_lines(rep_blocks(view, person, lang))


def block_lines(blocks: Sequence[Block]) -> list[str]:
    """Blocks as text: tables in columns, headings set off."""
    from territory.report.blocks import Bullets, Heading, Paragraph, Picture

    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += ["", block.text] if lines else [block.text]
        elif isinstance(block, Paragraph):
            lines += block.text.split("\n")
        elif isinstance(block, Bullets):
            lines += [f"  - {item}" for item in block.items]
        elif not isinstance(block, Picture):
            lines += table_lines(block)
    return lines


def table_lines(block: Table) -> list[str]:
    """A table in columns; numbers stand to the right, Chinese characters take two columns."""
    from rich.cells import cell_len

    rows = [block.head, *(row.cells for row in block.rows)]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(block.head))]
    return [
        "  " + "  ".join(_cell(row[at], widths[at], at in block.numeric) for at in range(len(row))).rstrip()
        for row in rows
    ]


def _cell(text: str, width: int, is_number: bool) -> str:
    from rich.cells import cell_len

    return " " * (width - cell_len(text)) + text if is_number else padded(text, width)
