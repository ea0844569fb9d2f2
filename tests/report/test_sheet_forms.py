import dataclasses
import io
import re
import zipfile

import openpyxl
import pytest

from territory.language import Text
from territory.report import sheet_grid, sheet_page_words, sheet_panels
from territory.report.sheet_page import sheet_page
from territory.report.sheet_page_words import PAGE_WORDS
from territory.report.sheet_workbook import workbook_bytes
from territory.sheet import boxes, filled_words, form_words, week_sheet, week_sheets
from territory.sheet.filled_words import Fault
from territory.sheet.form import FieldKind, sheet_form
from territory.sheet.form_words import Choice
from tests.sheet.filling import carrying
from tests.sheet.town import town

_TOWN = town(visits_per_day=3)
CONTENT = carrying(week_sheet(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, rep_idx=3, week=0))
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "http://example.org", "007", "_x0041_", "'quoted")


def book_of(contents, lang="both"):
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(contents, lang=lang)))


def named(name):
    """The sheet with this name in every place a name can stand."""
    day = CONTENT.days[0]
    visit = dataclasses.replace(day.visits[0], name=name, outlet_id=name)
    task = dataclasses.replace(CONTENT.tasks[0], what=dataclasses.replace(CONTENT.tasks[0].what, zh=name, en=name))
    days = (dataclasses.replace(day, place=name, visits=(visit, *day.visits[1:])), *CONTENT.days[1:])
    return dataclasses.replace(CONTENT, rep_name=name, team=name, tasks=(task, *CONTENT.tasks[1:]), days=days)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_name_becomes_a_formula_a_number_or_a_link(name):
    page = book_of([named(name)]).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    shown = [str(cell.value) for cell in cells if cell.data_type == "s"]
    assert any(name in text for text in shown)
    formulas = {str(cell.value)[:8] for cell in cells if cell.data_type == "f"}
    assert formulas <= {"=IF(OR(G", "=IF(OR(H", "=IF(OR(I", "=COUNTIF"} | {
        text for text in formulas if text.startswith("=IF(")
    }
    assert not any(cell.data_type == "f" and name in str(cell.value) for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_the_same_sheets_give_the_same_bytes():
    assert workbook_bytes([CONTENT], lang="zh") == workbook_bytes([CONTENT], lang="zh")
    assert sheet_page(CONTENT, lang="zh") == sheet_page(CONTENT, lang="zh")


def test_only_boxes_are_unlocked_and_choices_have_their_drop_down():
    form = sheet_form(CONTENT)
    page = book_of([CONTENT]).active
    boxes = {
        name: page[defined.attr_text.rpartition("!")[2].replace("$", "")]
        for name, defined in page.defined_names.items()
        if name.startswith("tf_")
    }
    wanted = [field for field in form.fields if field.kind is not FieldKind.FIXED]
    assert len(boxes) == len(wanted)
    assert page.protection.sheet
    unlocked = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    merged = {cell for area in page.merged_cells.ranges for row in area.rows for cell in row}
    anchors = {cell.coordinate for cell in boxes.values()}
    assert anchors <= unlocked
    assert {cell for cell in unlocked if cell not in anchors} <= {page.cell(*place).coordinate for place in merged}
    lists = {str(area) for rule in page.data_validations.dataValidation if rule.type == "list" for area in rule.sqref}
    chosen = [field for field in wanted if field.choices or field.kind is FieldKind.TICK]
    assert len(lists) == len(chosen)


def test_worksheets_of_odd_or_equal_ids_have_names_that_excel_takes():
    ids = ["a/b:c*?[x]\\", "A-B-C---X--", "x" * 40, "x" * 41, "History", "'", "", "01"]
    contents = [dataclasses.replace(CONTENT, rep_id=rep, sheet_id=f"{rep} {CONTENT.iso_week}") for rep in ids]
    names = book_of(contents).sheetnames
    assert len({name.casefold() for name in names}) == len(ids)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert names[-1] == "01"


def test_the_list_of_worksheets_is_locked_and_the_page_is_one_a4():
    data = workbook_bytes(week_sheets(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, week=0), lang="zh")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b'<workbookProtection lockStructure="1"/>' in parts.read("xl/workbook.xml")
    for page in openpyxl.load_workbook(io.BytesIO(data)):
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "portrait")
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in ((None, None), (1, 1))
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.freeze_panes == "A3"
        assert page.column_dimensions["A"].hidden


def test_the_panels_stand_in_the_workbook_and_the_page_in_order():
    texts = [str(cell.value) for row in book_of([CONTENT], "zh").active.iter_rows() for cell in row if cell.value]
    heads = [text[2:].split("  ")[0].split(" [")[0] for text in texts if text[:1] in "①②③④⑤⑥"]
    assert heads == ["营销目标", "改进措施", "工作任务", "执行跟踪", "沟通绿色通道", "信息系统链接区"]
    page = sheet_page(CONTENT, lang="zh")
    found = re.findall(r'<h2 id="head\d"><i>\d</i> <span [^>]*data-zh="([^"]*)"', page)
    assert found == heads


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_workbook_in_one_language_has_no_word_of_the_other(lang):
    plain = week_sheet(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, rep_idx=3, week=0)
    names = set(_TOWN.scenario.outlets.names) | {day.place for day in plain.days}
    names |= {plain.rep_name, plain.team, plain.scenario} | set(_TOWN.scenario.reps.names)
    texts = [
        str(cell.value)
        for row in book_of([plain], lang).active.iter_rows(min_col=2)
        for cell in row
        if cell.value and cell.data_type == "s" and not any(name and name in str(cell.value) for name in names)
    ]
    chinese = [text for text in texts if re.search(r"[一-鿿]", text)]
    english = [text for text in texts if re.search(r"[A-Za-z]{3,}", text)]
    assert (chinese if lang == "en" else [t for t in english if not re.search(r"plan|form|Delete", t)]) == []


def test_the_page_asks_nothing_of_any_server():
    page = sheet_page(CONTENT, lang="both")
    assert re.findall(r"(?:src|href|action)=\"(?!#|data:)[^\"]*\"", page) == []
    assert "default-src 'none'" in page
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(", page)


def _texts(value):
    """Every text in a constant of a module."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, Choice):
        return [value.label]
    if isinstance(value, Fault):
        return [value.problem, value.remedy]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return [text for part in parts for text in _texts(part)]


@pytest.mark.parametrize("module", [form_words, filled_words, sheet_page_words, sheet_panels, sheet_grid, boxes])
def test_every_word_of_the_forms_is_in_both_languages(module):
    texts = [text for value in vars(module).values() for text in _texts(value)]
    assert texts
    for text in texts:
        assert text.en == text.zh == "–" or (re.search("[A-Za-z]", text.en) and re.search("[一-鿿]", text.zh)), text
        assert not re.search("[一-鿿]", text.en), text


def test_every_word_of_the_page_is_there_in_both_languages_with_the_same_blanks():
    for text in PAGE_WORDS.values():
        assert text.en
        assert re.search(r"[一-鿿]", text.zh)
        assert set(re.findall(r"\{\w+\}", text.en)) == set(re.findall(r"\{\w+\}", text.zh))
