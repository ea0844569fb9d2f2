"""Sheets of strange data come out whole: the small, always-run part of `python -m benchmarks sheets`."""

from __future__ import annotations

import logging
from itertools import islice

import pytest

from benchmarks.instances.fuzzed_sheets import LONGEST_NAME, MOST_VISITS, fuzzed_sheets
from benchmarks.quality.printed_pages import (
    Word,
    are_panels_in_order,
    collisions,
    has_poppler,
    missing_glyphs,
    pages_of,
    words_of,
)
from benchmarks.quality.sheet_families import inspected
from territory.report.sheet_check import check_sheets
from territory.report.sheet_pdf import press_for, sheets_pdf
from territory.sheet.content import MAX_TASKS

EACH = 9


@pytest.fixture(autouse=True)
def _quiet():
    """Characters without a glyph are meant here."""
    logging.getLogger("territory.report").setLevel(logging.ERROR)
    yield
    logging.getLogger("territory.report").setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def sheets():
    return list(fuzzed_sheets(EACH, 3))


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_every_fuzzed_sheet_is_one_page_with_six_panels_no_empty_glyph_and_nothing_clipped(sheets, lang):
    pdf = sheets_pdf(sheets, lang=lang)
    assert {kind: count for kind, count in inspected(sheets, pdf, lang).items() if count} == {}
    assert sheets_pdf(sheets, lang=lang) == pdf


def test_the_fuzz_reaches_the_extremes(sheets):
    visits = {len(day.visits) for sheet in sheets for day in sheet.days}
    assert {0, MOST_VISITS} <= visits
    assert {len(sheet.tasks) for sheet in sheets} >= {0, MAX_TASKS}
    names = [visit.name for sheet in sheets for day in sheet.days for visit in day.visits]
    assert any(len(name) == LONGEST_NAME for name in names)
    assert all(any(rare in name for name in names) for rare in "䶮㛃")


def test_the_same_seed_makes_the_same_sheets():
    assert list(islice(fuzzed_sheets(3, 5), 3)) == list(fuzzed_sheets(3, 5))


def test_a_glyph_that_the_font_lacks_is_counted_when_nobody_replaces_it(sheets):
    press = press_for(None)
    inputs = press.inputs(press.pages(sheets[:1], "zh"), "zh")
    inputs["sheets"] = inputs["sheets"].replace("营销目标", "营销\\ud83d\\ude00标", 1)
    (page,) = pages_of(compiled(inputs))
    assert missing_glyphs(page) == 1


def test_a_heading_that_is_not_there_is_missed(sheets):
    press = press_for(None)
    inputs = press.inputs(press.pages(sheets[:1], "zh"), "zh")
    inputs["sheets"] = inputs["sheets"].replace("沟通绿色通道", "通道")
    (page,) = pages_of(compiled(inputs))
    assert missing_glyphs(page) == 0
    assert not are_panels_in_order(page, "zh")


def compiled(inputs: dict[str, str]) -> bytes:
    press = press_for(None)
    return bytes(press.compiler.compile(press.template, format="pdf", sys_inputs=inputs, timestamp=0, pdf_tags=False))


@pytest.mark.skipif(not has_poppler(), reason="pdftotext is not installed")
def test_poppler_sees_as_many_pages_and_finds_words_that_lie_on_each_other(sheets):
    words = words_of(sheets_pdf(sheets[:2], lang="en"))
    assert len(words) == 2
    assert min(map(len, words)) > 100
    assert [text for page in words for text in collisions(page)] == []


def test_two_words_on_each_other_and_one_beyond_the_margin_are_collisions():
    first, second = Word(20, 20, 30, 23, "one"), Word(28, 20.5, 40, 23.5, "two")
    assert list(collisions([first, second])) == ["one | two"]
    assert list(collisions([Word(195, 20, 206, 23, "out")])) == ["beyond the margin: out"]


def test_codes_of_up_to_sixty_visits_on_five_days_are_all_listed(sheets):
    """Ids as the trade has them: eleven digits. Nothing of the day is hidden."""
    press = press_for(None)
    for sheet, page in zip(sheets, press.pages(sheets, "both"), strict=True):
        ids = [visit.code for day in sheet.days for visit in day.visits if not visit.in_full]
        if len(sheet.days) > 6 or any(len(code) > 5 for code in ids):
            continue
        texts = [line.text for line in page.lines]
        assert [code for code in ids if code not in texts] == []
        assert not any("未列" in text for text in texts)


def test_the_checker_agrees_that_the_sheets_are_whole(sheets):
    assert check_sheets(sheets, "both") == []
