"""Text of single cells on the way to and from a spreadsheet."""

from __future__ import annotations

import re

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")


def safe_text(cell: str) -> str:
    """`cell` as a spreadsheet shows it: what a spreadsheet would run as a formula gets an apostrophe in front."""
    if cell.lstrip("'").startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.match(cell):
        return "'" + cell
    return cell


def plain_text(cell: str) -> str:
    """The inverse of `safe_text`, for cells that come back."""
    if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS):
        return cell[1:]
    return cell
