"""How wide text is, and what of it fits: known from the font alone, so that nothing is measured while pages are set."""

from __future__ import annotations

import unicodedata

from territory.report.fonts import SheetFonts

MM_PER_POINT = 25.4 / 72
ELLIPSIS = "…"
_ROUNDING = 1e-9
_WIDER = {"—": 1.0, "…": 1.06, "\u302e": 1.25, "\u302f": 1.25}
"""Characters that fonts replace by wider forms beside Chinese or Latin ones: the wider one counts."""

_CLOSING = frozenset(",.;:!?)]}%，。、；：！？）》」』】”’…·")
_OPENING = frozenset("([{（《「『【“‘")


def clean(text: str) -> str:
    """One line of visible characters: blanks and line breaks become single blanks, control characters go."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join(seen.split())


class Type:
    """
    Widths in millimetres and cutting to fit; sizes in points.

    Pages are set without kerning and ligatures, so a line is as wide as the sum of its characters; `sheet_check` has
    the typesetter measure what this class says.
    """

    def __init__(self, fonts: SheetFonts) -> None:
        self._fonts = fonts
        self._em = dict(_WIDER)

    def width(self, text: str, size: float) -> float:
        """Millimetres of one line."""
        em = self._em
        total = 0.0
        for character in text:
            width = em.get(character)
            if width is None:
                width = em[character] = self._fonts.advance_em(character)
            total += width
        return total * size * MM_PER_POINT

    def cut(self, text: str, width: float, size: float) -> str:
        """The line, with an ellipsis where it had to be cut to fit; nothing where not even that fits."""
        if len(self._head(text, width, size, least=0)) == len(text):
            return text
        room = width - self.width(ELLIPSIS, size)
        return self._head(text, room, size, least=0).rstrip() + ELLIPSIS if room >= 0 else ""

    def lines(self, text: str, width: float, size: float, most: int) -> list[str]:
        """At most `most` lines that fit; the last one ends in an ellipsis where text was left over."""
        found: list[str] = []
        rest = text
        while rest and len(found) < most:
            if len(found) == most - 1:
                found.append(self.cut(rest, width, size))
                return found
            head = self._broken(rest, width, size)
            if len(head) == len(rest):
                found.append(rest)
                return found
            found.append(head.rstrip())
            rest = rest[len(head) :].lstrip()
        return found

    def _head(self, text: str, width: float, size: float, *, least: int = 1) -> str:
        """As many characters as fit, and at least `least`; never parting a letter from its accents."""
        room = width / (size * MM_PER_POINT) + _ROUNDING
        known, used = self._em, 0.0
        for position, character in enumerate(text):
            if character not in known:
                self.width(character, size)
            used += known[character]
            if used > room:
                while position > 1 and unicodedata.combining(text[position]):
                    position -= 1
                return text[: max(position, least)]
        return text

    def _broken(self, text: str, width: float, size: float) -> str:
        """The first line: broken at a blank or between two Chinese characters, else wherever it must be."""
        head = self._head(text, width, size)
        if len(head) == len(text):
            return text
        alone = len(text) - len(head) == 1 and _is_wide(text[-1])  # one character must not stand alone in a line
        for position in range(len(head) - alone, len(head) // 2, -1):
            if _may_break(text, position):
                return text[:position]
        return head


def _may_break(text: str, position: int) -> bool:
    """True when a new line may start at `position`."""
    before, after = text[position - 1], text[position]
    if before == " " or after == " ":
        return True
    if after in _CLOSING or before in _OPENING:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
