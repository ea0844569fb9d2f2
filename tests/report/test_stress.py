"""The model report's frame: twenty items in six sections, none missing, none empty."""

from __future__ import annotations

import pytest

from territory.language import Lang
from territory.report.blocks import Block, Bullets, Heading, Paragraph, table
from territory.report.stress import ITEMS, SECTIONS, Content, ModelReport, is_empty, stress_blocks


def content(words: str = "said") -> Content:
    return {"en": [Paragraph(words)], "zh": [Paragraph(words)]}


def test_there_are_twenty_items_in_six_sections() -> None:
    assert len(ITEMS) == 20
    assert len(SECTIONS) == 6
    assert {number.split(".")[0] for number in ITEMS} == {str(place) for place in range(1, 7)}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_item_and_section_gets_its_heading_in_order(lang: Lang) -> None:
    blocks = stress_blocks(ModelReport(scenario="town", items={number: content() for number in ITEMS}), lang)
    headings = [block.text.split()[0] for block in blocks if isinstance(block, Heading)][1:]
    assert headings == sorted([*ITEMS, *(str(place) for place in range(1, 7))])
    assert sum(isinstance(block, Paragraph) and block.text == "said" for block in blocks) == 20


@pytest.mark.parametrize("number", list(ITEMS))
def test_a_missing_item_is_refused(number: str) -> None:
    items = {other: content() for other in ITEMS if other != number}
    with pytest.raises(ValueError, match=f"missing items.*{number}"):
        ModelReport(scenario="town", items=items)


@pytest.mark.parametrize("nothing", [[], [Paragraph("  ")], [Bullets(())], [table(("a",), [])]])
def test_an_empty_item_is_refused(nothing: list[Block]) -> None:
    assert is_empty(nothing)
    hollow: Content = {"en": [Paragraph("said")], "zh": nothing}
    with pytest.raises(ValueError, match=r"empty items: 2\.4 \(zh\)"):
        ModelReport(scenario="town", items={number: hollow if number == "2.4" else content() for number in ITEMS})
