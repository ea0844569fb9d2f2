"""U3: forms filled in by the programs people use, LibreOffice Calc and Chromium, come back complete."""

from __future__ import annotations

import dataclasses
import importlib.util
import shutil
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from territory.io.sheet_forms import read_sheets
from territory.report.sheet_page import write_sheet_page
from territory.report.sheet_workbook import write_workbook
from territory.sheet import week_sheet
from territory.sheet.form import FieldKind, sheet_form
from tests.calc import SOFFICE, Calc, Order
from tests.sheet.carriers import box_cells, filled_export, shown
from tests.sheet.filling import carrying, consistent, expected, full_values
from tests.sheet.town import town

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_calc = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None, reason="Chromium or playwright is not installed"
)

_TOWN = town(visits_per_day=4)
PLAIN = week_sheet(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, rep_idx=3, week=0, plan_id="abc")
CARRYING = carrying(PLAIN)


# -- the workbook in LibreOffice -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calc(tmp_path_factory):
    return Calc(tmp_path_factory.mktemp("calc"))


def _orders(content, values, path, lang):
    """Drop-downs by their n-th entry, numbers as numbers, all else as typed."""
    form = sheet_form(content, lang=lang)
    orders = []
    for key, cell in box_cells(path, content.rep_id).items():
        field, value = form.by_key[key], values[key]
        if not value:
            continue
        if field.kind is FieldKind.TICK:
            orders.append(Order("choose", content.rep_id, cell, "0"))
        elif field.choices:
            place = [choice.value for choice in field.choices].index(value)
            orders.append(Order("choose", content.rep_id, cell, str(place)))
        elif field.kind is FieldKind.NUMBER:
            orders.append(Order("number", content.rep_id, cell, value))
        else:
            orders.append(Order("type", content.rep_id, cell, value))
    return form, orders


@needs_calc
@pytest.mark.parametrize(("content", "lang"), [(PLAIN, "both"), (CARRYING, "zh")], ids=["both", "zh"])
def test_a_workbook_filled_in_by_libreoffice_comes_back_complete(content, lang, calc, tmp_path):
    path = write_workbook([content], tmp_path / "form.xlsx", lang=lang)
    values = consistent(full_values(sheet_form(content)))
    form, orders = _orders(content, values, path, lang)
    answers = calc.fill(path, orders, tmp_path / "back.xlsx")
    for order, answer in zip(orders, answers, strict=True):
        assert order.what != "type" or answer.shown == order.value
    keys = [key for key, value in values.items() if value]
    shown_choices = {shown(form, key, values[key]) for key in keys if form.by_key[key].choices}
    assert shown_choices <= {answer.shown for answer in answers}
    found = read_sheets([tmp_path / "back.xlsx"])
    assert found.issues == ()
    assert found.records == (expected(sheet_form(content), values, source="back.xlsx"),)


@needs_calc
def test_libreoffice_keeps_the_structure_locked_and_the_boxes_open(calc, tmp_path):
    path = write_workbook([PLAIN], tmp_path / "form.xlsx", lang="both")
    sheet, cells = PLAIN.rep_id, box_cells(path, PLAIN.rep_id)
    printed = [
        cell.coordinate
        for row in openpyxl.load_workbook(path).active.iter_rows()
        for cell in row
        if cell.value and cell.coordinate not in cells.values()
    ]
    before = calc.fill(path, [Order("look", sheet, cell) for cell in printed], tmp_path / "same.xlsx")
    tried = calc.fill(path, [Order("key in", sheet, cell, "changed") for cell in printed], tmp_path / "tried.xlsx")
    assert [answer.shown for answer in tried] == [answer.shown for answer in before]
    book = openpyxl.load_workbook(path)
    book.active.protection.disable()
    book.save(tmp_path / "open.xlsx")
    orders = [Order("key in", sheet, cell, "changed") for cell in printed[:3]]
    assert {answer.shown for answer in calc.fill(tmp_path / "open.xlsx", orders, tmp_path / "o.xlsx")} == {"changed"}
    texts = [cell for key, cell in cells.items() if key.endswith((".note", "worst_gap", ".improvement"))]
    typed = calc.fill(path, [Order("key in", sheet, cell, "00123") for cell in texts], tmp_path / "typed.xlsx")
    assert {answer.shown for answer in typed} == {"00123"}


@needs_calc
def test_rows_and_columns_put_in_by_libreoffice_move_no_entry(calc, tmp_path):
    path = write_workbook([PLAIN], tmp_path / "form.xlsx", lang="en")
    values = consistent(full_values(sheet_form(PLAIN), seed=4))
    _, orders = _orders(PLAIN, values, path, "en")
    rows = [Order("insert", PLAIN.rep_id, "A1", str(row)) for row in (40, 20, 5)]
    calc.fill(path, orders + rows, tmp_path / "back.xlsx")
    found = read_sheets([tmp_path / "back.xlsx"])
    assert found.issues == ()
    assert found.records == (expected(sheet_form(PLAIN), values, source="back.xlsx"),)


@needs_calc
def test_the_workbook_prints_on_one_page(calc, tmp_path):
    busy = town(visits_per_day=16)
    content = week_sheet(busy.scenario, busy.assignment, busy.plan, rep_idx=3, week=0)
    path = write_workbook([content], tmp_path / "form.xlsx", lang="both")
    assert len(PdfReader(calc.pdf(path, tmp_path)).pages) == 1


# -- the page in Chromium --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def context(browser):
    """A browser without a network; any request but for the file itself fails the test."""
    opened = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 1200, "height": 900})
    wrong: list[str] = []
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "blob:", "data:", "about:")) else wrong.append(request.url)
        ),
    )
    opened.on("weberror", lambda error: wrong.append(str(error.error)))
    yield opened
    opened.close()
    assert wrong == []


def _open(context, path):
    page = context.new_page()
    page.on("console", lambda message: pytest.fail(message.text) if message.type == "error" else None)
    page.goto(path.resolve().as_uri())
    return page


def _type_in(page, form, values):
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    for key, value in values.items():
        if not value:
            continue
        box, kind = page.locator(f'[data-key="{key}"]'), form.by_key[key].kind
        if kind is FieldKind.TICK:
            box.check()
        elif kind is FieldKind.CHOICE:
            box.select_option(value)
        else:
            box.fill(value)


def _download(page, button, folder) -> Path:
    with page.expect_download() as waiting:
        page.locator(button).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


@needs_browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_filled_in_by_chromium_keeps_exports_and_comes_back_complete(lang, context, tmp_path):
    content = CARRYING if lang == "zh" else PLAIN
    form = sheet_form(content, lang=lang)
    path = write_sheet_page(content, tmp_path / "form.html", lang=lang)
    values = consistent(full_values(form))
    page = _open(context, path)
    _type_in(page, form, values)
    page.goto("about:blank")
    page.close()
    page = _open(context, path)  # another visit: what was typed is still there
    found = read_sheets([_download(page, "#export", tmp_path)])
    assert found.issues == ()
    assert found.records == (expected(form, values, source=f"sheet_{content.rep_id}_{content.iso_week}.json"),)
    page.locator('[data-lang="both"]').click()
    found = read_sheets([_download(page, "#export-csv", tmp_path)])
    assert found.issues == ()
    assert found.records == (expected(form, values, source=f"sheet_{content.rep_id}_{content.iso_week}.csv"),)


@needs_browser
def test_what_was_typed_last_is_kept_when_the_page_closes_at_once(context, tmp_path):
    path = write_sheet_page(PLAIN, tmp_path / "form.html", lang="en")
    page = _open(context, path)
    page.locator('[data-key="work"]').fill("typed just now")
    page.reload()
    assert page.locator('[data-key="work"]').input_value() == "typed just now"


@needs_browser
def test_an_export_goes_on_in_another_browser_and_a_foreign_one_does_not(context, tmp_path):
    path = write_sheet_page(PLAIN, tmp_path / "form.html", lang="en")
    values = consistent(full_values(sheet_form(PLAIN)))
    page = _open(context, path)
    page.locator("#file").set_input_files(filled_export(PLAIN, values, tmp_path / "mine.json", lang="en"))
    page.locator("#status", has_text="taken over").wait_for()
    found = read_sheets([_download(page, "#export", tmp_path)])
    assert found.records[0] == expected(sheet_form(PLAIN), values, source=found.records[0].source)
    other = dataclasses.replace(PLAIN, rep_id="R99", sheet_id=f"R99 {PLAIN.iso_week}")
    reprint = dataclasses.replace(PLAIN, tasks=PLAIN.tasks[:1])
    for content, told in ((other, "another sheet"), (reprint, "another print")):
        page.locator("#file").set_input_files(filled_export(content, {"work": "foreign"}, tmp_path / "f.json"))
        page.locator("#notice", has_text=told).wait_for()
        assert page.locator('[data-key="work"]').input_value() == values["work"]
    (tmp_path / "no.json").write_text("{")
    page.locator("#file").set_input_files(tmp_path / "no.json")
    page.locator("#notice", has_text="no export").wait_for()


@needs_browser
def test_entries_of_an_earlier_print_are_offered_not_mixed_in(context, tmp_path):
    form = sheet_form(PLAIN, lang="en")
    page = _open(context, write_sheet_page(PLAIN, tmp_path / "form.html", lang="en"))
    _type_in(page, form, {"work": "from the first print"})
    page.goto("about:blank")
    reprint = dataclasses.replace(PLAIN, tasks=PLAIN.tasks[:1])
    page = _open(context, write_sheet_page(reprint, tmp_path / "form.html", lang="en"))
    assert page.locator('[data-key="work"]').input_value() == ""
    found = read_sheets([_download(page, "#older", tmp_path)])
    assert found.records[0].work == "from the first print"


@needs_browser
def test_without_storage_the_page_says_so_and_still_exports(context, tmp_path):
    path = write_sheet_page(PLAIN, tmp_path / "form.html", lang="zh")
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });")
    page = _open(context, path)
    assert "无法保存" in page.locator("#notice").inner_text()
    page.locator('[data-key="work"]').fill("仍可导出")
    assert read_sheets([_download(page, "#export", tmp_path)]).records[0].work == "仍可导出"


@needs_browser
def test_every_box_is_reached_and_filled_by_keyboard_alone_and_has_a_name(context, tmp_path):
    page = _open(context, write_sheet_page(PLAIN, tmp_path / "form.html", lang="both"))
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    wanted = page.locator("[data-key]").count()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached: list[str] = []
    for _ in range(4 * wanted):  # a date box stops at its day, month, year and calendar
        page.keyboard.press("Tab")
        key = page.evaluate("document.activeElement.dataset.key || ''")
        if key and key not in reached:
            reached.append(key)
            assert page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert len(reached) == wanted
    page.locator('[data-key^="visit."][data-kind="choice"]').first.focus()
    page.keyboard.press("ArrowDown")
    with page.expect_download():
        page.keyboard.press("Control+s")
    assert page.locator('[data-key^="visit."][data-kind="choice"]').first.input_value() == "done"


@needs_browser
def test_names_are_text_and_never_markup(context, tmp_path):
    hostile = "</script><img src=x onerror=alert(1)>\"'&<b>"
    day = PLAIN.days[0]
    visit = dataclasses.replace(day.visits[0], name=hostile, outlet_id=hostile)
    link = dataclasses.replace(PLAIN.links[0], url="javascript:alert(1)")
    content = dataclasses.replace(
        carrying(PLAIN),
        rep_name=hostile,
        links=(link, *PLAIN.links[1:]),
        days=(dataclasses.replace(day, visits=(visit, *day.visits[1:])), *PLAIN.days[1:]),
    )
    page = _open(context, write_sheet_page(content, tmp_path / "form.html", lang="both"))
    assert page.locator("img").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0
    assert hostile in page.locator(".outlet").first.inner_text()
    page.locator(f'[data-key="visit.{day.date}.1.outcome"]').select_option("done")
    found = read_sheets([_download(page, "#export", tmp_path)])
    assert found.records[0].visits[0].outlet_id == hostile
