"""The policy report as pages: the answer first, nothing claimed that is not shown, one file that needs nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Row, Table, markdown
from territory.report.blocks_html import page_html
from territory.report.blocks_pdf import blocks_pdf
from territory.report.combination_pages import combination_blocks, effect_scale
from territory.report.policy_pages import parts_of, pictures, policy_blocks, row_scale
from territory.report.policy_view import PolicyEntry, PolicyReport
from tests.report.combination_example import example_combination
from tests.report.policy_example import example_policies

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
PAGES = {
    "policies": lambda lang: policy_blocks(example_policies(), lang),
    "combinations": lambda lang: combination_blocks(example_combination(), lang),
}


def words(blocks: list[Block]) -> str:
    parts: list[str] = []
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Bullets):
            parts += block.items
        elif isinstance(block, Table):
            parts += [*block.head, *(cell for row in block.rows for cell in row.cells)]
    return "\n".join(parts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_stands_before_everything_else(lang: Lang) -> None:
    blocks = policy_blocks(example_policies(), lang)
    kinds = [type(block).__name__ for block in blocks[:5]]
    assert kinds == ["Heading", "Paragraph", "Heading", "Bullets", "Picture"]


def test_one_sentence_says_sales_profit_books_and_how_sure() -> None:
    answer = next(block for block in policy_blocks(example_policies(), "en") if isinstance(block, Bullets))
    pay, mentoring = answer.items
    assert pay.startswith("flow_split_team_pay: True sales +1.1 % (+0.9 to +1.3): better.")
    assert "The books exceed consumption by 4.20 M CNY more than under big_pot" in pay
    assert "Best on profit with probability 91 %" in pay
    assert "no difference shown; about 340 replications would settle it" in mentoring
    assert "better" not in mentoring
    assert "books" not in mentoring


def test_less_gaming_is_said_as_less() -> None:
    report = example_policies()
    recorded = report.row("recorded_sales")
    assert recorded is not None
    cell = recorded.cells[1]
    assert cell.change is not None
    fewer = replace(recorded, cells=(recorded.cells[0], replace(cell, change=replace(cell.change, mean=2e6)), cell))
    rows = tuple(fewer if row.name == "recorded_sales" else row for row in report.rows)
    answer = next(block for block in policy_blocks(replace(report, rows=rows), "en") if isinstance(block, Bullets))
    assert "by 4.20 M CNY less than under big_pot" in answer.items[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_note_and_every_warning_are_on_the_page(lang: Lang) -> None:
    report = example_policies()
    shown = words(policy_blocks(report, lang))
    assert report.note.in_(lang) in shown
    assert all(warning.in_(lang) in shown for warning in report.warnings)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_policy_measure_and_reading_is_in_the_table(lang: Lang) -> None:
    report = example_policies()
    shown = words(policy_blocks(report, lang))
    for row in report.rows:
        assert row.label.in_(lang) in shown
        assert all(cell.reading.in_(lang) in shown for cell in row.cells if cell.reading is not None)
    assert all(shown.count(entry.name) >= len(report.rows) for entry in report.policies)


def test_a_report_of_one_policy_compares_nothing() -> None:
    report = example_policies()
    alone = replace(
        report,
        policies=report.policies[:1],
        rows=tuple(replace(row, cells=row.cells[:1]) for row in report.rows),
        returns=(),
        months=None,
        groups=(),
        time_use=None,
    )
    blocks = policy_blocks(alone, "en")
    assert "nothing to compare with" in words(blocks)
    assert pictures(blocks) == []


def test_without_probabilities_there_is_no_column_of_dashes() -> None:
    report = example_policies()
    plain = tuple(
        replace(row, cells=tuple(replace(cell, chance_best=None) for cell in row.cells)) for row in report.rows
    )
    heads = [block.head for block in policy_blocks(replace(report, rows=plain), "en") if isinstance(block, Table)]
    assert all("best" not in head for head in heads)
    assert any("best" in block.head for block in policy_blocks(report, "en") if isinstance(block, Table))


def test_more_policies_than_fit_across_make_a_second_picture_of_groups() -> None:
    report = example_policies()
    table = report.groups[0]
    wide = replace(
        table,
        groupings=tuple(
            replace(
                grouping,
                rows=tuple(
                    replace(row, changes=row.changes[:1] * 5, told_apart=row.told_apart[:1] * 5)
                    for row in grouping.rows
                ),
            )
            for grouping in table.groupings
        ),
    )
    many = replace(
        report,
        policies=(report.policies[0], *(PolicyEntry(name=f"p{n}", why="") for n in range(5))),
        rows=tuple(replace(row, cells=(row.cells[0], *row.cells[1:2] * 5)) for row in report.rows),
        groups=(wide,),
        months=None,
        time_use=None,
    )
    names = [picture.name for picture in pictures(policy_blocks(many, "en"))]
    assert names == ["changes", "groups_pay", "groups_pay_2"]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("count", [0, 1, 10, 11, 27, 100])
def test_parts_hold_everything_once_and_fit_the_page(count: int) -> None:
    parts = parts_of(range(1, 1 + count), 10)
    assert [place for part in parts for place in part] == list(range(1, 1 + count))
    assert all(1 <= len(part) <= 10 for part in parts)
    assert max(map(len, parts), default=0) - min(map(len, parts), default=0) <= 1


def test_numbers_of_a_row_show_two_digits_of_the_narrowest_interval() -> None:
    report = example_policies()
    profit, gini = report.row("profit"), report.row("pay_gini")
    assert profit is not None
    assert gini is not None
    assert row_scale(profit, "en").shown(66.2e6) == "66.20"
    assert row_scale(gini, "en").shown(0.081) == "0.0810"


@pytest.mark.parametrize("name", list(PAGES))
def test_the_page_asks_nobody_for_anything(name: str) -> None:
    page = page_html({lang: PAGES[name](lang) for lang in LANGUAGES}, "en")
    assert "<script" not in page
    assert "default-src 'none'" in page
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page)) - {"http://www.w3.org/2000/svg"}
    assert addresses == set()
    assert "src=" not in page


@pytest.mark.parametrize(("lang", "checked"), [("en", "show-en"), ("zh", "show-zh")])
def test_the_page_holds_both_languages_and_opens_in_one(lang: Lang, checked: str) -> None:
    page = page_html({each: PAGES["policies"](each) for each in LANGUAGES}, lang)
    assert f'id="{checked}" checked' in page
    assert page.count(" checked>") == 1
    assert "政策模拟(一年)" in page
    assert "Policies over one year" in page


def test_texts_of_policies_cannot_become_markup() -> None:
    report = example_policies()
    evil = PolicyEntry(name="<img src=x>", why="<b>bold</b>", settings=(Text("a<b", "a<b"),))
    hurt = replace(report, policies=(report.policies[0], evil, report.policies[2]))
    page = page_html({lang: policy_blocks(hurt, lang) for lang in LANGUAGES}, "en")
    assert "<img" not in page
    assert "<b>" not in page


def test_the_same_report_is_the_same_page_and_the_same_pdf() -> None:
    first, second = (policy_blocks(example_policies(), "en") for _ in range(2))
    assert page_html({"en": first, "zh": first}, "en") == page_html({"en": second, "zh": second}, "en")
    assert blocks_pdf(first, "en") == blocks_pdf(second, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", list(PAGES))
def test_the_pdf_says_what_the_page_says(name: str, lang: Lang) -> None:
    blocks = PAGES[name](lang)
    reader = PdfReader(io.BytesIO(blocks_pdf(blocks, lang)))
    printed = "".join(page.extract_text() for page in reader.pages)
    assert 2 <= len(reader.pages) <= 6
    assert "〓" not in printed
    squeezed = re.sub(r"\s", "", printed)
    for heading in (block.text for block in blocks if isinstance(block, Heading)):
        assert re.sub(r"\s", "", heading) in squeezed


def test_markdown_keeps_names_with_underscores_and_bars() -> None:
    blocks: list[Block] = [
        Heading("a_b_c", 2),
        Paragraph("x *y* <z>", "warning"),
        Table(head=("p|q", "n"), rows=(Row(cells=("r_s", "1")), Row(cells=("g", ""), is_group=True)), numeric=(1,)),
        Picture(name="curve", svg="<svg/>", alt="a curve"),
    ]
    assert markdown(blocks, pictures="pictures/") == (
        "## a\\_b\\_c\n\n> x \\*y\\* \\<z\\>\n\n| p\\|q | n |\n| --- | ---: |\n| r\\_s | 1 |\n| **g** |  |\n\n"
        "![a curve](pictures/curve.svg)\n"
    )


def test_a_row_that_does_not_fit_its_head_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells, the head 1"):
        Table(head=("a",), rows=(Row(cells=("a", "b")),))


def test_effects_say_what_each_adds_and_the_coupling_is_shown() -> None:
    report = example_combination()
    shown = words(combination_blocks(report, "en"))
    assert "redrawn split: True sales +0.55 % (+0.41 to +0.70): better." in shown
    for ground in report.grounds:
        assert ground.label.en in shown
    assert "Flow across borders" in shown
    assert "38.0 %" in shown


def test_levels_and_effects_of_a_measure_share_one_scale() -> None:
    report: PolicyReport = example_policies()
    combination = example_combination()
    measure = combination.measures[0]
    scale = effect_scale(measure, [effect.cells[0] for effect in combination.effects], "en")
    assert (scale.unit, scale.shown(560e6), scale.shown(0.9e6, signed=True)) == ("M CNY", "560.00", "+0.90")
    assert report.rows


def test_of_many_policies_the_answer_ranks_by_profit_and_speaks_of_the_best() -> None:
    report = example_policies()
    many = replace(
        report,
        policies=(report.policies[0], *(PolicyEntry(name=f"p{n}", why="") for n in range(8))),
        rows=tuple(
            replace(row, cells=(row.cells[0], *(row.cells[1 + place % 2] for place in range(8)))) for row in report.rows
        ),
        returns=(),
        months=None,
        groups=(),
        time_use=None,
    )
    answer = next(block for block in policy_blocks(many, "en") if isinstance(block, Bullets))
    higher, neither, *best = answer.items
    assert higher == (
        "Profit after pay and programmes higher than under big_pot, k CNY: p0 (+310), p2 (+310), p4 (+310), p6 (+310)."
    )
    assert neither == "No difference shown: p1, p3, p5, p7."
    assert [sentence.split(":")[0] for sentence in best] == ["p0", "p2", "p4"]
