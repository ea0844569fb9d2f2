"""Parts of the still pictures: text, lines, marks and round axis numbers, in colours that also print in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Literal

INK, SOFT, GRID, BAND = "#1c2430", "#5d6878", "#e2e7ed", "#d3dbe4"
ACCENT, GOOD, BAD = "#1d5fa6", "#12659c", "#b4480f"
FONT = "Inter, 'Segoe UI', 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
WIDTH = 860.0
ELLIPSIS = "…"
_MARK_WIDE = 14.0
Mark = Literal["up", "down", "dot", "open"]
Anchor = Literal["start", "middle", "end"]


def picture(*, height: float, title: str, parts: Sequence[str], defs: str = "", width: float = WIDTH) -> str:
    """A whole picture on white, readable on its own; the same text for the same parts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="{FONT}"><title>{escape(title)}</title>{f"<defs>{defs}</defs>" if defs else ""}'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = 13,
    anchor: Anchor = "start",
    fill: str = INK,
    bold: bool = False,
) -> str:
    """One line of text; `y` is its baseline."""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{side}{weight} fill="{fill}">{escape(content)}</text>'


def path(d: str, *, stroke: str = INK, wide: float = 1.0, dash: str = "", fill: str = "none") -> str:
    """A stroked path."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{wide:g}"{dashes} stroke-linejoin="round"/>'


def curve(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Path data through the points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))


def ribbon(xs: Sequence[float], low: Sequence[float], high: Sequence[float], *, fill: str = BAND) -> str:
    """The area between two curves."""
    back = "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(reversed(xs), reversed(low), strict=True))
    return f'<path d="{curve(xs, high)}L{back}Z" fill="{fill}"/>'


def mark(x: float, y: float, kind: Mark, *, colour: str, size: float = 5.0) -> str:
    """A triangle up or down, a full dot, or an open one: told apart without colour."""
    if kind in ("up", "down"):
        tip, foot = (-1.15, 0.8) if kind == "up" else (1.15, -0.8)
        d = f"M{x:.1f} {y + tip * size:.1f}L{x + size:.1f} {y + foot * size:.1f}L{x - size:.1f} {y + foot * size:.1f}Z"
        return f'<path d="{d}" fill="{colour}"/>'
    if kind == "dot":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.9 * size:.1f}" fill="{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.85 * size:.1f}" fill="#fff" stroke="{colour}" stroke-width="1.8"/>'


def whisker(low: float, high: float, y: float, *, colour: str) -> str:
    """A horizontal interval with caps, in pixels; none where it would vanish behind a mark and blur its shape."""
    if high - low < _MARK_WIDE:
        return ""
    d = f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4:.1f}v8M{high:.1f} {y - 4:.1f}v8"
    return path(d, stroke=colour, wide=1.6)


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Round numbers from at most `low` to at least `high`, about `most` steps."""
    raw = max(high - low, 1e-9 * max(abs(high), abs(low), 1e-6)) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, max(last, first + 1) + 1)]


def width_of(content: str, size: float) -> float:
    """About how wide a text is in pixels; a Chinese character is as wide as it is high."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in content)


def lines_of(content: str, *, width: float, size: float, most: int = 2) -> list[str]:
    """The text broken at blanks, hyphens and underscores (Chinese anywhere) to fit; the last line may end in "…"."""
    pieces: list[str] = []
    for letter in content:
        if pieces and pieces[-1] and pieces[-1][-1] not in " _-/" and ord(letter) <= 0x2E7F:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    lines = [""]
    for piece in pieces:
        if lines[-1] and width_of(lines[-1] + piece.rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece
    kept = [line.strip() for line in lines]
    if len(kept) > most:
        kept = [*kept[: most - 1], " ".join(kept[most - 1 :])]
    return [shortened(line, width=width, size=size) for line in kept]


def shortened(content: str, *, width: float, size: float) -> str:
    """The text, cut with "…" where it is too wide."""
    if width_of(content, size) <= width:
        return content
    while content and width_of(content + ELLIPSIS, size) > width:
        content = content[:-1]
    return content.rstrip() + ELLIPSIS
