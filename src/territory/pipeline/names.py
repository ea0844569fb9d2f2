"""Names that users type: what they may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from territory.language import Text


def nearest(given: str, known: Sequence[str]) -> Text:
    """What to write instead of an id that is not known."""
    near = difflib.get_close_matches(given, known, n=1)
    if near:
        return Text(f"Did you mean {near[0]}?", f"是否应为 {near[0]}?")
    if not known:
        return Text("There are none", "没有可用的编号")
    return Text(f"Use an id such as {known[0]}", f"请使用编号,例如 {known[0]}")
