"""The page of a review: the answer first, every debt on it, both languages alike, shapes told apart without colour."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from territory.domain.panel import VisitCounts
from territory.domain.records import ChannelRecord
from territory.language import Lang
from territory.report.blocks import Block, Bullets, Heading, Table
from territory.report.blocks_html import page_html
from territory.report.blocks_pdf import blocks_pdf
from territory.report.review_pages import headlines, review_blocks, totals_table
from territory.report.review_parts import amount, percent
from territory.report.review_svg import VisitBar, visits_svg
from territory.review import day_period, month_period, review
from tests.report.test_policy_pages import words
from tests.review.test_totals import FILLED, week
from tests.review.weeks import day, history, line, sheet

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
SEEN = review(FILLED, week(), today=day(20))
MONTH = month_period("2026-12")
assert MONTH is not None
PERIODS = (week(), day_period(day(1)), MONTH)


def headings(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Heading)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_stands_first_and_adds_up(lang: Lang) -> None:
    blocks = review_blocks(SEEN, lang)
    answer = next(block for block in blocks if isinstance(block, Bullets))
    assert blocks.index(answer) == 2
    numbers = [
        int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.%])", headlines(SEEN, lang)[0].replace(",", ""))
    ]
    planned, done = numbers[:2]
    assert (planned, done) == (3, 2)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.kind)
def test_both_languages_have_the_same_parts(period: object) -> None:
    seen = review(FILLED, period)  # type: ignore[arg-type]
    english, chinese = review_blocks(seen, "en"), review_blocks(seen, "zh")
    assert [type(block) for block in english] == [type(block) for block in chinese]
    tables = [(a, b) for a, b in zip(english, chinese, strict=True) if isinstance(a, Table)]
    assert all(isinstance(b, Table) and len(a.head) == len(b.head) and len(a.rows) == len(b.rows) for a, b in tables)
    assert not re.search(r"[\u4e00-\u9fff]", words(english))
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in headings(chinese))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_debt_and_every_sheet_outstanding_is_on_the_page(lang: Lang) -> None:
    past = history(sheet("R01", 0, line("A0", 1, "missed", note="流感"), line("C0", 3, "closed")))
    seen = review(past, week(), today=day(40))
    page = words(review_blocks(seen, lang))
    assert "A0 Shop A0" in page and "C0 Shop C0" in page and "流感" in page
    assert page.count("overdue" if lang == "en" else "超期") >= 2
    assert "R02" in page


def test_a_week_without_anything_says_so_and_is_a_page_all_the_same() -> None:
    seen = review(history(), week())
    for lang in LANGUAGES:
        page = words(review_blocks(seen, lang))
        assert ("No outlet waits" if lang == "en" else "没有待补访的客户") in page
        assert "nan" not in page and "None" not in page
        assert blocks_pdf(review_blocks(seen, lang), lang).startswith(b"%PDF")


def test_the_page_needs_nothing_else_and_escapes_what_people_write() -> None:
    channel = (ChannelRecord(part="customers", ticks=("ideas",), content="<script>alert(1)</script> 䶮"),)
    past = history(sheet("R01", 0, line("A0", 1), channel=channel))
    seen = review(past, week())
    page = page_html({lang: review_blocks(seen, lang) for lang in LANGUAGES}, "zh")
    assert "<script" not in page and "&lt;script&gt;" in page
    assert set(re.findall(r"https?://[^\"' )<]+", page)) == {"http://www.w3.org/2000/svg"}
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(blocks_pdf(review_blocks(seen, "zh"), "zh"))).pages)
    assert "䶮" in text and "〓" not in text


def test_made_made_up_missed_and_pending_are_told_apart_by_shade_and_hatching() -> None:
    counts = VisitCounts(planned=4, made=1, made_up=1, missed=1, pending=1)
    svg = visits_svg("t", [VisitBar(label="R01", visits=counts, waiting=1)], "en")
    fills = re.findall(r'<rect x="[^>]*fill="([^"]+)" stroke', svg)
    assert len(fills) == 8 and fills[:4] == fills[4:]
    assert len(set(fills)) == 4
    assert 'id="missed-en"' in svg and "url(#missed-en)" in svg
    zh = visits_svg("t", [VisitBar(label="R01", visits=counts, waiting=1)], "zh")
    assert 'id="missed-zh"' in zh and "missed-en" not in zh


def test_columns_of_a_day_leave_out_what_is_weekly() -> None:
    assert len(totals_table(review(FILLED, day_period(day(1))), "en").head) == 8
    assert len(totals_table(SEEN, "en").head) == 12


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "–"), (1.0, "100.0 %"), (0.9999, "99.9 %"), (0.0, "0.0 %"), (0.5, "50.0 %")]
)
def test_what_is_short_of_all_is_not_shown_as_all(share: float | None, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(("value", "shown"), [(1234.5, "1,234"), (12.34, "12.3"), (-7.0, "−7"), (0.0, "0")])
def test_amounts_have_the_decimals_that_matter(value: float, shown: str) -> None:
    assert amount(value) == shown
