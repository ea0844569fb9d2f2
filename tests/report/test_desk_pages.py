"""Pages of an assessment: every text in both languages, every number where it belongs, also where little is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.desk import DeskProblem, assess
from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Table
from territory.report.blocks_html import page_html
from territory.report.blocks_pdf import blocks_pdf
from territory.report.desk_pages import company_blocks
from territory.report.desk_rep_page import rep_blocks
from territory.report.desk_view import DeskView, number, share
from tests.desk.offices import RULES, two_offices

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
NO_COMMITTEE = Text("No points of the committee.", "没有评审委员会打分。")


def view_of(problem: DeskProblem, **changes: Any) -> DeskView:
    fields: dict[str, Any] = {
        "scenario": "county",
        "problem": problem,
        "result": assess(problem),
        "why": "Results count.",
        "shows_year": True,
        "score_notes": (Text("Something is missing.", "缺少数据。"),),
        "notes": (Text("Somebody is away.", "有人缺席。"),),
        "committee_note": None,
        "facts": ((Text("seed", "随机种子"), Text("1", "1")),),
    }
    return DeskView(**(fields | changes))


def texts(blocks: Sequence[Block]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        elif isinstance(block, Table):
            found += [*block.head, *(cell for row in block.rows for cell in row.cells)]
    return found


CONTEST = {"team_award": {"score_bonus_points": 3.0, "individual": 1.0}}
RICH = two_offices(months=12, first="2027-01", rules=RULES | CONTEST, seed=2)
BARE = two_offices(
    months=1,
    people=2,
    rules={},
    pairs=(),
    judged=np.full((1, 2, 5), np.nan),
    sales=np.full((1, 2), np.nan),
    days_present=np.array([[21, 3]]),
    committee=np.full((1, 2, 4), np.nan),
)
VIEWS = {
    "a whole year with everything": view_of(RICH),
    "a month in which little is known": view_of(BARE, committee_note=NO_COMMITTEE, why=""),
    "weights shared out": view_of(replace(BARE, redistribute=True), shows_year=False),
    "nobody assessed": view_of(replace(BARE, days_present=np.zeros((1, 2), dtype=np.int64)), shows_year=False),
}


@pytest.mark.parametrize("name", list(VIEWS))
def test_chinese_pages_are_chinese_and_english_ones_english(name: str) -> None:
    view = VIEWS[name]
    for page in (company_blocks, *(lambda v, lang, s=s: rep_blocks(v, s, lang) for s in (0, 1))):
        english, chinese = texts(page(view, "en")), texts(page(view, "zh"))
        assert not [text for text in english if re.search("[\u4e00-\u9fff]", text)]
        # What is not Chinese on a Chinese page is a number, an id, or the user's own words.
        words = re.compile(r"[a-z]{3,}")
        own = {"county", "as written", "Results count"}
        odd = [text for text in chinese if words.search(_without(text, own))]
        assert odd == []
        assert len(page(view, "en")) == len(page(view, "zh"))


def _without(text: str, words: set[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


@pytest.mark.parametrize("name", list(VIEWS))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_can_be_printed_and_read_offline(name: str, lang: Lang) -> None:
    blocks = company_blocks(VIEWS[name], lang)
    assert blocks_pdf(blocks, lang).startswith(b"%PDF")
    page = page_html({key: company_blocks(VIEWS[name], key) for key in LANGUAGES}, lang)
    assert "http" not in page.replace("http-equiv", "")


def test_a_reps_page_shows_each_step_and_the_score() -> None:
    view = VIEWS["a whole year with everything"]
    told = texts(rep_blocks(view, 0, "en"))
    scores = view.result.latest
    for value in (scores.judged[0, 0], scores.plain[0], scores.score[0], view.result.year.annual[0]):
        assert number(float(value)) in told
    assert "= Outcome" in told and "= Score" in told


def test_a_reps_page_names_nobody_else_than_the_own_pair() -> None:
    view = VIEWS["a whole year with everything"]
    for person in range(10):
        partners = {
            view.problem.rep_ids[other]
            for pair in [*view.problem.pairs, *view.result.pairs.proposed]
            if person in (pair.mentor, pair.mentee)
            for other in (pair.mentor, pair.mentee)
        }
        named = set(re.findall(r"R\d\d", " ".join(texts(rep_blocks(view, person, "en")))))
        assert named <= partners | {view.problem.rep_ids[person]}


def test_everybody_held_back_or_moved_is_told_why() -> None:
    view = VIEWS["a whole year with everything"]
    year, told = view.result.year, " ".join(texts(company_blocks(view, "en")))
    held = [view.problem.rep_ids[s] for s in np.flatnonzero(year.is_held_back)]
    assert held
    assert all(f"{rep} would be" in told for rep in held)
    for person in np.flatnonzero((year.grade != year.grade_next) & year.is_ranked):
        rep = view.problem.rep_ids[person]
        assert f"{rep} becomes" in told or f"{rep} goes down" in told
    replaced = [view.problem.rep_ids[s] for s in np.flatnonzero(year.is_replaced)]
    assert all(f"{rep} is among the lowest" in told for rep in replaced) and replaced


def test_a_grade_with_one_place_has_one_place() -> None:
    told = " ".join(texts(company_blocks(VIEWS["a whole year with everything"], "en")))
    assert "1 places" not in told and "1 pairs" not in told


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (np.nan, "–"), (-0.36, "−0.36"), (0.0, "0.00"), (1234.5, "1,234.50")]
)
def test_numbers_are_written_with_a_true_minus(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_shares_are_written_without_needless_decimals() -> None:
    assert [share(value) for value in (0.75, 0.375, 1.0)] == ["75 %", "37.5 %", "100 %"]
