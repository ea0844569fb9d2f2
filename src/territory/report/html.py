"""The report as one HTML file that needs nothing else: no network, no server, opened from a folder."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from importlib import resources
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.language import Lang
from territory.report.data import ReportData
from territory.report.payload import packed

_STYLES = ("vendor/leaflet.css", "page/page.css")
_SCRIPTS = (
    "page/base.js",
    "page/words.js",
    "page/map.js",
    "page/numbers.js",
    "page/tables.js",
    "page/routes.js",
    "page/policies.js",
    "page/main.js",
)


def write_report(data: ReportData, out: Path, lang: Lang = "en") -> Path:
    """
    Write the report and return where it is.

    Parameters
    ----------
    out
        An .html file, or a folder that gets ``report.html``.
    lang
        The language it opens in; the page has a switch for the other.
    """
    path = out if out.suffix.lower() in (".html", ".htm") else out / "report.html"
    write_bytes_atomically(path, report_html(data, lang).encode())
    return path


def report_html(data: ReportData, lang: Lang) -> str:
    """
    The whole page.

    Notes
    -----
    The content policy in its head forbids every connection and every script but the two in the page, by their
    hashes. Data arrive as base64 and are only ever set as text, so no name in them can become markup.
    """
    style = "\n".join(_without_addresses(_asset(name)) for name in _STYLES)
    leaflet = _asset("vendor/leaflet.js").replace("//# sourceMappingURL=leaflet.js.map", "")
    script = '"use strict";(() => {\n' + "\n".join(_asset(name) for name in _SCRIPTS) + "\n})();"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(leaflet)} {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    title = html.escape(f"{data.scenario} · territory")
    values = {
        "LANG": "zh-CN" if lang == "zh" else "en",
        "POLICY": policy,
        "TITLE": title,
        "STYLE": style,
        "LEAFLET": leaflet,
        "DATA": packed(data, lang),
        "SCRIPT": script,
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: values[found[1]], _asset("page/page.html"))


def _asset(name: str) -> str:
    return resources.files("territory.report").joinpath(name).read_text(encoding="utf-8")


def _without_addresses(style: str) -> str:
    """Leaflet's style without the pictures of controls the report does not use."""
    return re.sub(r"[\w-]+:\s*url\((?!data:)[^)]*\)[^;}]*;?", "", style)


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
