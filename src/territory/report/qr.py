"""QR codes for paper: black squares that a telephone reads from a laser print."""

from __future__ import annotations

from functools import lru_cache

import segno
from segno.encoder import DataOverflowError

MODULE_MM = 0.33
"""Smallest square that is printed: four dots at 300 dpi."""

QUIET = 4
"""White squares around the code."""

LARGEST_VERSION = 5
"""37 squares a side: with `QUIET`, what panel 6 has room for at `MODULE_MM`."""


@lru_cache(maxsize=4096)
def qr_matrix(text: str) -> tuple[tuple[int, ...], ...] | None:
    """
    Rows of 0 (white) and 1 (black) without the white border; None when the text is too long for `LARGEST_VERSION`.

    The strongest error correction that does not need a larger code is used.
    """
    try:
        code = segno.make(text, micro=False, error="l", boost_error=True)
    except DataOverflowError:
        return None
    if int(code.version) > LARGEST_VERSION:
        return None
    return tuple(tuple(1 if cell else 0 for cell in row) for row in code.matrix)
