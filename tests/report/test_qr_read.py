"""The codes of a printed sheet, read back from its pixels by a reader that knows nothing of how they were drawn."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from territory.domain.sheet_rules import SheetLinks
from territory.report.sheet_layout import SheetLang
from territory.report.sheet_pdf import write_sheets
from territory.sheet import SheetContent, week_sheet
from tests.sheet.town import town

cv2 = pytest.importorskip("cv2", reason="no independent reader of QR codes (pip install opencv-python-headless)")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")]

LONGEST = 106
ADDRESSES = {
    "none": SheetLinks(),
    "base": SheetLinks(base="https://crm.example.com/sheets"),
    "own, up to the longest that is drawn": SheetLinks(
        area="https://a.example/?rep={rep_id}&week={iso_week}",
        customers="https://crm.example.com/" + "c" * (60 - 24),
        history=("https://crm.example.com/stats/" + "0123456789abcdef" * 6)[:LONGEST],
        archive="http://10.0.0.1/{sheet_id}",
    ),
}


def content(given: SheetLinks) -> SheetContent:
    case = town(visits_per_day=15)
    scenario = dataclasses.replace(case.scenario, sheet_links=given)
    return week_sheet(scenario, case.assignment, case.plan, rep_idx=3, week=0)


def pixels(pdf: Path, dpi: int) -> Any:
    """The lower right quarter of the page in grey, where panel 6 is, as a printer or scanner resolves it."""
    image = pdf.with_suffix(f".{dpi}.png")
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-png", "-singlefile", str(pdf), str(image.with_suffix(""))]
    subprocess.run(command, check=True)
    page = cv2.imread(str(image), cv2.IMREAD_GRAYSCALE)
    height, width = page.shape
    return page[height * 3 // 4 :, width // 2 :]


def read_back(page: Any, wanted: set[str]) -> set[str]:
    """What stands in the codes; as a telephone does, it looks again from nearer and less sharp until all are read."""
    found: set[str] = set()
    for zoom, blur in product((2.0, 4.0, 1.0, 3.0, 1.5), (0.0, 0.6)):
        seen = cv2.resize(page, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
        if blur:
            seen = cv2.GaussianBlur(seen, (0, 0), blur * zoom)
        found.update(text for text in cv2.QRCodeDetectorAruco().detectAndDecodeMulti(seen)[1] if text)
        if found >= wanted:
            break
    return found


@pytest.mark.parametrize("lang", ["zh", "both"])
@pytest.mark.parametrize("given", list(ADDRESSES))
def test_a_telephone_reads_from_paper_what_a_click_opens_on_a_screen(
    tmp_path: Path, given: str, lang: SheetLang
) -> None:
    sheet = content(ADDRESSES[given])
    (pdf,) = write_sheets([sheet], tmp_path, lang=lang)
    wanted = {link.code for link in sheet.links if link.code}
    assert {link.url for link in sheet.links if link.url} <= wanted and wanted
    for dpi in (150, 300):
        page = pixels(pdf, dpi)
        for black_below in (None, 128, 90):
            printed = page if black_below is None else cv2.threshold(page, black_below, 255, cv2.THRESH_BINARY)[1]
            assert read_back(printed, wanted) == wanted, f"{dpi} dpi, black below {black_below}"
