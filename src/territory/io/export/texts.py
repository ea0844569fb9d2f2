"""Text for files with rules of their own: one line, and nothing that XML or a calendar cannot hold."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]+")


def one_line(text: str) -> str:
    """`text` on one line, without control characters; runs of spaces become one."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())
