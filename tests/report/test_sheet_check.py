"""The checker of laid-out pages sees each kind of fault, one planted fault at a time."""

from __future__ import annotations

import dataclasses

import pytest

from territory.report.fonts import sheet_fonts
from territory.report.sheet_canvas import Box, Canvas, Page, Style
from territory.report.sheet_check import check_page, check_sheets, measured, misplaced, too_wide
from territory.report.sheet_layout import laid_out
from territory.report.typesetting import Type
from territory.sheet import week_sheet
from tests.sheet.town import town


@pytest.fixture(scope="module")
def letters() -> Type:
    return Type(sheet_fonts())


@pytest.fixture(scope="module")
def content():
    case = town()
    return week_sheet(case.scenario, case.assignment, case.plan, rep_idx=3, week=0)


@pytest.fixture
def page(content, letters) -> Page:
    return laid_out(content, "zh", letters)


def changed(page: Page, place: int, **changes: object) -> Page:
    lines = list(page.lines)
    lines[place] = lines[place]._replace(**changes)
    return dataclasses.replace(page, lines=tuple(lines))


def visit_name(page: Page, content) -> int:
    """Position of the first visit's name."""
    return [line.text for line in page.lines].index(content.days[0].visits[0].name)


def test_an_ordinary_sheet_has_no_fault(content):
    for lang in ("zh", "en", "both"):
        assert check_sheets([content], lang) == []


def test_a_text_wider_than_its_slot_is_found_by_the_typesetter(page, content):
    place = visit_name(page, content)
    wide = changed(page, place, text=page.lines[place].text * 3)
    (fault,) = too_wide("S", wide, measured([wide], "zh")[0])
    assert (fault.kind, fault.text) == ("too_wide", wide.lines[place].text)
    assert fault.amount_mm > 20


def test_a_text_that_leaves_its_column_is_found(page, content):
    place = visit_name(page, content)
    slot = page.lines[place].slot
    (fault,) = [
        f for f in misplaced("S", changed(page, place, slot=slot._replace(x=slot.x + 5))) if f.kind == "outside"
    ]
    assert fault.amount_mm == pytest.approx(4.0, abs=0.01)


def test_a_text_below_the_page_is_found(page):
    slot = page.lines[-1].slot
    lower = changed(page, -1, slot=slot._replace(y=285.0), region=Box(0, 0, 500, 500))
    assert [fault.kind for fault in misplaced("S", lower)] == ["outside"]


def test_two_texts_on_each_other_are_found(page, content):
    place = visit_name(page, content)
    below = page.lines[place + 1]
    moved = changed(page, place, slot=page.lines[place].slot._replace(y=below.slot.y - 0.5))
    faults = [fault for fault in misplaced("S", moved) if fault.kind == "overlap"]
    assert any(below.text in fault.text and page.lines[place].text in fault.text for fault in faults)


def test_texts_that_only_touch_are_no_fault(letters):
    canvas = Canvas(100.0, 100.0, letters)
    style = Style(7.0)
    for number in range(3):
        canvas.write(0.0, number * style.height, 50.0, "国国国", style)
    assert misplaced("S", canvas.page()) == []


def test_a_small_text_is_found(page, content):
    small = changed(page, visit_name(page, content), style=Style(6.0))
    assert [fault.kind for fault in check_page(content, small, "zh")] == ["too_small"]


def test_panels_in_another_order_are_found(page, content):
    turned = dataclasses.replace(page, lines=tuple(reversed(page.lines)))
    assert [fault.kind for fault in check_page(content, turned, "zh")] == ["panel_order"]


def test_a_text_on_a_box_to_tick_or_a_code_is_found(letters):
    canvas = Canvas(100.0, 100.0, letters)
    canvas.tick(20.0, 20.0)
    canvas.squares(50.0, 50.0, 0.5, [[1, 0], [0, 1]])
    canvas.write(18.5, 20.0, 20.0, "国国", Style(7.0))
    canvas.write(49.0, 50.0, 20.0, "国国", Style(7.0))
    assert [fault.kind for fault in misplaced("S", canvas.page())] == ["overlap", "overlap"]
