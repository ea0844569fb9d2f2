"""Family `sheets`: the one-page weekly sheet under data that nobody would write, printed in bulk.

Three witnesses look at every page: the package's own checker (`report.sheet_check`, which has the typesetter measure
each text), pypdf (pages, headings in order, empty glyphs), and poppler where it is installed (words on each other).
The clock runs while pages are laid out and set, in batches as a team's week is; making and inspecting them is not
counted.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.contract import Case, Outcome
from benchmarks.instances.fuzzed_sheets import fuzzed_sheets
from benchmarks.options import count
from benchmarks.quality.printed_pages import (
    are_panels_in_order,
    collisions,
    has_poppler,
    missing_glyphs,
    pages_of,
    words_of,
)
from territory.effort import Effort
from territory.report.sheet_check import check_sheets
from territory.report.sheet_layout import SheetLang
from territory.report.sheet_pdf import sheets_pdf
from territory.sheet.content import MAX_TASKS, SheetContent

log = logging.getLogger(__name__)

SHEETS = 2_000
BATCH = 50
LANGUAGES: tuple[SheetLang, ...] = ("zh", "en", "both")
FAULTS = (
    *("pages", "panels_out_of_order", "missing_glyphs", "clipped", "outside", "overlapping", "small", "many_tasks"),
    *("collisions", "changed_bytes"),
)
_KINDS = {
    "too_wide": "clipped",
    "outside": "outside",
    "overlap": "overlapping",
    "too_small": "small",
    "panel_order": "panels_out_of_order",
    "too_many_tasks": "many_tasks",
}


def declare_sheets(parser: argparse.ArgumentParser) -> None:
    """Options of `sheets`."""
    parser.add_argument(
        "--sheets", type=count, default=SHEETS, metavar="N", help=f"sheets over all languages (default: {SHEETS})"
    )


def sheet_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per language, with its part of the sheets."""
    parts = [len(range(place, options.sheets, len(LANGUAGES))) for place in range(len(LANGUAGES))]
    return [
        Case(
            instance=lang,
            sense="min",
            unit="CPU ms/sheet",
            run=partial(_printed, lang, number),
            prepare=_warm_up,
            options={"sheets": number, "batch": BATCH},
            iterations=1,
            is_fixed_work=True,
        )
        for lang, number in zip(LANGUAGES, parts, strict=True)
        if number
    ]


def _warm_up() -> None:
    """Load the fonts."""
    sheets_pdf(list(fuzzed_sheets(1, 0)), lang="zh")


def _printed(lang: SheetLang, number: int, _effort: Effort, seed: int) -> Outcome:
    logging.getLogger("territory.report").setLevel(logging.ERROR)  # strange characters are meant here
    faults: Counter[str] = Counter()
    spent_s, num_bytes, slowest_s = 0.0, 0, 0.0
    sheets = fuzzed_sheets(number, seed)
    first = ""
    while batch := list(islice(sheets, BATCH)):
        begun = time.process_time()
        pdf = sheets_pdf(batch, lang=lang)
        took = time.process_time() - begun
        spent_s += took
        slowest_s = max(slowest_s, took / len(batch))
        num_bytes += len(pdf)
        first = first or hashlib.sha256(pdf).hexdigest()
        faults["changed_bytes"] += sheets_pdf(batch, lang=lang) != pdf
        faults += inspected(batch, pdf, lang)
    faults["changed_bytes"] += first != _elsewhere(lang, min(number, BATCH), seed)
    shown = {name: faults[name] for name in FAULTS}
    return Outcome(
        objective=1000 * spent_s / number,
        bound=None,
        violations=sum(faults.values()),
        status="FEASIBLE",
        measures={**shown, "kb_per_sheet": num_bytes / number / 1000, "slowest_batch_ms": 1000 * slowest_s},
        note="" if has_poppler() else "poppler is not installed: words were not looked at by it",
    )


def inspected(batch: list[SheetContent], pdf: bytes, lang: SheetLang) -> Counter[str]:
    """Everything wrong with the printed pages of some sheets, by kind."""
    pages = pages_of(pdf)
    found: Counter[str] = Counter()
    found["pages"] = abs(len(pages) - len(batch))
    found["panels_out_of_order"] = sum(not are_panels_in_order(page, lang) for page in pages)
    found["missing_glyphs"] = sum(missing_glyphs(page) for page in pages)
    found["many_tasks"] = sum(len(sheet.tasks) > MAX_TASKS for sheet in batch)
    found.update(_KINDS[fault.kind] for fault in check_sheets(batch, lang))
    if has_poppler():
        seen = [text for words in words_of(pdf) for text in collisions(words)]
        found["collisions"] = len(seen)
        for text in seen:
            log.warning("collision: %s", text)
    return found


def _elsewhere(lang: SheetLang, number: int, seed: int) -> str:
    """Digest of the first batch, printed by another process under another hash seed."""
    code = (
        "import hashlib, sys; from benchmarks.instances.fuzzed_sheets import fuzzed_sheets; "
        "from territory.report.sheet_pdf import sheets_pdf; "
        f"print(hashlib.sha256(sheets_pdf(list(fuzzed_sheets({number}, {seed})), lang='{lang}')).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "17", "PYTHONPATH": os.pathsep.join(sys.path)}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return made.stdout.strip()
