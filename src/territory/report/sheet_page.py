"""The sheet as one HTML file to fill in without a network: keeps what is typed in the browser and exports it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.report.sheet_markup import Markup
from territory.report.sheet_page_panels import bar, panels
from territory.report.sheet_page_words import PAGE_WORDS
from territory.report.sheet_pdf import file_names
from territory.sheet.content import SheetContent
from territory.sheet.form import FieldKind, Form, FormLang, sheet_form

_SLOT = re.compile(r"\{\{([A-Z]+)\}\}")


def write_sheet_page(content: SheetContent, path: Path, *, lang: FormLang) -> Path:
    """The page of one sheet; it opens in `lang` and has a switch for the other languages."""
    write_bytes_atomically(path, sheet_page(content, lang=lang).encode())
    return path


def sheet_page(content: SheetContent, *, lang: FormLang) -> str:
    """
    The whole page.

    Notes
    -----
    The content policy in its head forbids every connection and every script but the page's own, by its hash. Texts
    are escaped here and only ever set as text or value by the script, so no name in them can become markup.
    """
    form = sheet_form(content, lang=lang)
    markup = Markup(form)
    style, script = _asset("form.css"), _asset("form.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    slots = {
        "LANG": "en" if lang == "en" else "zh-CN",
        "POLICY": policy,
        "TITLE": html.escape(f"{content.rep_name} {content.sheet_id}"),
        "STYLE": style,
        "BAR": bar(markup),
        "PANELS": panels(markup),
        "DATA": _data(form),
        "SCRIPT": script,
    }
    markup.check_complete()
    return _SLOT.sub(lambda found: slots[found[1]], _asset("form.html"))


def _asset(name: str) -> str:
    return resources.files("territory.report").joinpath("page", name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _data(form: Form) -> str:
    """What the script reads, as JSON that cannot end the element it stands in."""
    data = {
        "head": form.head.rows(),
        "fixed": {field.key: field.printed for field in form.fields if field.kind is FieldKind.FIXED},
        "order": [field.key for field in form.fields],
        "store": f"{form.content.scenario}/{form.head.sheet_id}",
        "file": file_names([form.content])[0],
        "words": {name: [text.en, text.zh] for name, text in PAGE_WORDS.items()},
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
