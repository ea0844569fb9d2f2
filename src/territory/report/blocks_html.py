"""Blocks as one HTML file that needs nothing else: both languages inside, no script, no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.language import Lang
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Row, Table

_STYLES = ("page/page.css", "page/blocks.css")
_LANGUAGES: tuple[tuple[Lang, str, str], ...] = (("en", "en", "English"), ("zh", "zh-CN", "中文"))


def write_page(pages: Mapping[Lang, Sequence[Block]], path: Path, lang: Lang = "en") -> Path:
    """Write the page; it opens in `lang` and has a switch for the other."""
    write_bytes_atomically(path, page_html(pages, lang).encode())
    return path


def page_html(pages: Mapping[Lang, Sequence[Block]], lang: Lang) -> str:
    """
    The whole page, the same text for the same blocks.

    Notes
    -----
    The content policy in its head forbids every connection and every script; texts are escaped.
    """
    style = "\n".join(
        resources.files("territory.report").joinpath(name).read_text(encoding="utf-8") for name in _STYLES
    )
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    title = next((block.text for block in pages[lang] if isinstance(block, Heading)), "territory")
    buttons = "".join(
        f'<input class="choose" type="radio" name="language" id="show-{key}"{" checked" if key == lang else ""}>'
        for key, _, _ in _LANGUAGES
    )
    labels = "".join(f'<label for="show-{key}">{name}</label>' for key, _, name in _LANGUAGES)
    mains = "".join(
        f'<main lang="{code}">{"".join(_html(block) for block in pages[key])}</main>' for key, code, _ in _LANGUAGES
    )
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{allowed}'; "
        f"base-uri 'none'; form-action 'none'\">\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{escape(title)}</title>\n<style>{style}</style>\n'
        f'</head>\n<body>\n{buttons}<nav class="languages">{labels}</nav>\n{mains}\n</body>\n</html>\n'
    )


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>\n"
    if isinstance(block, Paragraph):
        return f"<p{_tone(block.tone)}>{escape(block.text)}</p>\n"
    if isinstance(block, Bullets):
        items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
        return f"<ul{_tone(block.tone)}>{items}</ul>\n"
    if isinstance(block, Picture):
        return f'<div class="picture">{block.svg.strip()}</div>\n'
    return _table(block)


def _tone(tone: str) -> str:
    return "" if tone == "plain" else f' class="{tone}"'


def _table(block: Table) -> str:
    head = "".join(
        f'<th scope="col"{_right(place, block)}>{escape(words)}</th>' for place, words in enumerate(block.head)
    )
    rows = "".join(_row(row, block) for row in block.rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>\n'


def _row(row: Row, block: Table) -> str:
    if row.is_group:
        words = " ".join(cell for cell in row.cells if cell)
        return f'<tr class="group"><th scope="rowgroup" colspan="{len(row.cells)}">{escape(words)}</th></tr>'
    cells = "".join(f"<td{_right(place, block)}>{escape(cell)}</td>" for place, cell in enumerate(row.cells))
    return f"<tr>{cells}</tr>"


def _right(place: int, block: Table) -> str:
    return ' class="num"' if place in block.numeric else ""
