import csv
import dataclasses
import io
import json
import random
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.instances.fuzzed_sheets import fuzzed_sheets
from territory.io import sheet_book, sheet_forms
from territory.io.messages_forms import FORM_MESSAGES
from territory.io.sheet_csv import guarded, unguarded, write_sheet_csv
from territory.io.sheet_forms import read_sheets
from territory.report.sheet_workbook import workbook_bytes, write_workbook
from territory.sheet import week_sheet, week_sheets
from territory.sheet.form import sheet_form
from tests.sheet.carriers import box_cells, exported, filled_csv, filled_export, filled_workbook
from tests.sheet.filling import carrying, consistent, expected, full_values, some_values
from tests.sheet.town import town

_TOWN = town(visits_per_day=2)
CONTENT = carrying(week_sheet(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, rep_idx=3, week=0))
FORM = sheet_form(CONTENT)
FULL = consistent(full_values(FORM))
CARRIERS = {".xlsx": filled_workbook, ".json": filled_export, ".csv": filled_csv}


def codes(found):
    return [issue.code for issue in found.issues]


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
@pytest.mark.parametrize("suffix", list(CARRIERS))
def test_a_full_form_comes_back_complete(suffix, lang, tmp_path):
    path = CARRIERS[suffix](CONTENT, FULL, tmp_path / f"form{suffix}", lang=lang)
    found = read_sheets([path])
    assert found.issues == ()
    assert found.records == (expected(FORM, FULL, source=path.name),)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(["zh", "en", "both"]))
def test_the_same_entries_give_the_same_record_in_every_carrier(tmp_path_factory, data, lang):
    values = data.draw(some_values(FORM))
    folder = tmp_path_factory.mktemp("carriers")
    records = []
    for suffix, fill in CARRIERS.items():
        found = read_sheets([fill(CONTENT, values, folder / f"form{suffix}", lang=lang)])
        if any(values.values()):
            assert found.issues == ()
        records += found.records
    assert len({repr(dataclasses.replace(record, source="")) for record in records}) <= 1
    assert len(records) == (3 if any(values.values()) else 0)
    assert all(dataclasses.replace(record, source="") == expected(FORM, values) for record in records)


def test_sheets_of_strange_data_come_back_complete(tmp_path):
    for n, content in enumerate(fuzzed_sheets(6, 11, most_visits=9)):
        form = sheet_form(content, lang=("zh", "en", "both")[n % 3])
        values = consistent(full_values(form, seed=n))
        for suffix, fill in CARRIERS.items():
            path = fill(content, values, tmp_path / f"form{suffix}", lang=form.head.lang)
            found = read_sheets([path])
            assert found.issues == ()
            assert found.records == (expected(form, values, source=path.name),)


def test_a_csv_saved_by_a_chinese_spreadsheet_is_read(tmp_path):
    path = filled_csv(CONTENT, FULL, tmp_path / "form.csv", encoding="gb18030")
    assert read_sheets([path]).records == (expected(FORM, FULL, source="form.csv"),)


def test_a_csv_opened_in_a_spreadsheet_and_saved_as_a_workbook_is_read(tmp_path):
    path = filled_csv(CONTENT, FULL, tmp_path / "form.csv")
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    book.save(tmp_path / "form.xlsx")
    found = read_sheets([tmp_path / "form.xlsx"])
    assert found.issues == ()
    assert found.records == (expected(FORM, FULL, source="form.xlsx"),)


@given(st.text())
def test_printed_values_survive_their_guard(value):
    assert unguarded(guarded(value)) == value


def test_all_reps_in_one_file_come_back_apart(tmp_path):
    contents = week_sheets(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, week=0)
    write_workbook(contents, tmp_path / "all.xlsx", lang="zh")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    for content in contents[:2]:
        cell = box_cells(tmp_path / "all.xlsx", content.rep_id)["work"]
        book[content.rep_id][cell].value = f"done by {content.rep_id}"
    book.save(tmp_path / "all.xlsx")
    found = read_sheets([tmp_path / "all.xlsx"])
    assert [(record.rep_id, record.work) for record in found.records] == [
        ("R01", "done by R01"),
        ("R02", "done by R02"),
    ]
    assert [record.source for record in found.records] == ["all.xlsx [R01]", "all.xlsx [R02]"]
    assert codes(found) == ["sheet_empty"] * (len(contents) - 2)

    write_sheet_csv(contents, tmp_path / "all.csv", lang="zh")
    text = (tmp_path / "all.csv").read_bytes().decode("utf-8-sig")
    at = text.index("R02 2026-W49,work,")
    end = text.index("\r", at)
    (tmp_path / "all.csv").write_bytes((text[:end] + "by hand" + text[end:]).encode())
    found = read_sheets([tmp_path / "all.csv"])
    assert [(record.rep_id, record.work) for record in found.records] == [("R02", "by hand")]


def test_a_folder_gives_its_sheets_and_tells_what_is_none(tmp_path):
    (tmp_path / "R04").mkdir()
    filled_export(CONTENT, FULL, tmp_path / "R04" / "a.json")
    (tmp_path / "sheet.pdf").write_bytes(b"%PDF")
    (tmp_path / "~$a.xlsx").write_bytes(b"lock")
    (tmp_path / "page.html").write_text("<html>")
    (tmp_path / "photo.jpg").write_bytes(b"jpg")
    found = read_sheets([tmp_path, tmp_path / "nowhere"])
    assert len(found.records) == 1
    assert codes(found) == ["sheet_page_sent", "sheet_file_type", "sheet_not_there"]


def test_a_sheet_that_comes_twice_is_told(tmp_path):
    filled_export(CONTENT, FULL, tmp_path / "a.json")
    filled_workbook(CONTENT, FULL, tmp_path / "b.xlsx")
    filled_csv(CONTENT, {"work": "other"}, tmp_path / "c.csv")
    found = read_sheets([tmp_path])
    assert [record.source for record in found.records] == ["a.json", "c.csv"]
    assert codes(found) == ["sheet_came_again", "sheet_came_twice"]


# -- broken files: each fault gives its issue, nothing raises --------------------------------------------------------


def _faults(folder):
    """By code: the files that must give it."""
    book = filled_workbook(CONTENT, {"work": "x"}, folder / "whole.xlsx")
    content = book.read_bytes()
    loaded = exported(CONTENT, {"work": "x"})

    def save(name, data):
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def edited(name, edit):
        opened = openpyxl.load_workbook(book)
        edit(opened, opened.active)
        opened.save(folder / name)
        return folder / name

    def without_names(opened, page):
        for name in list(page.defined_names):
            del page.defined_names[name]

    def lose_one(opened, page):
        page.defined_names["tf_1"].attr_text = "#REF!"

    def damage(opened, page):
        page["A1"] = page["A1"].value[:-40]

    def scribble(opened, page):
        page["AC70"] = "Tell the boss! " * 20

    def work_out(opened, page):
        page[box_cells(book, "R04")["goal.visits.actual"]] = "=70+2"

    def add_sheet(opened, page):
        opened.create_sheet("mine")["A1"] = "private"

    csv_form = filled_csv(CONTENT, {"work": "x"}, folder / "whole.csv").read_bytes().decode("utf-8-sig")
    return {
        "sheet_not_there": folder / "nothing.xlsx",
        "sheet_none_found": _made(folder / "empty"),
        "sheet_file_type": save("form.docx", b"PK"),
        "sheet_other_table": save("form.ods", content),
        "sheet_page_sent": save("form.html", "<html>"),
        "sheet_too_large": save("large.csv", b" " * 10_000_001),
        "sheet_unreadable": save("cut.xlsx", content[: len(content) // 2]),
        "sheet_empty_file": save("nothing.csv", b""),
        "sheet_formula_blank": edited("formula.xlsx", work_out),
        "sheet_not_a_sheet": save("other.csv", "a,b\n1,2\n"),
        "sheet_worksheet_ignored": edited("more.xlsx", add_sheet),
        "sheet_keys_missing": edited("damaged.xlsx", damage),
        "sheet_keys_missing ": edited("nameless.xlsx", without_names),
        "sheet_box_lost": edited("lost.xlsx", lose_one),
        "sheet_outside_box": edited("scribbled.xlsx", scribble),
        "sheet_bad_json": save("bad.json", json.dumps(loaded)[:-30]),
        "sheet_bad_json ": save("other.json", '{"a": [1]}'),
        "sheet_bad_json  ": save("deep.json", "[" * 100_000),
        "sheet_bad_json   ": save("none.json", "[]"),
        "sheet_spilled_cell": save("spilled.csv", csv_form.replace(",x\r\n", ",x,and more\r\n")),
        "sheet_row_without_key": save("keyless.csv", csv_form + ",,,,,lost words\r\n"),
        "sheet_came_twice": _made(folder / "twice", loaded, exported(CONTENT, {"work": "y"})),
        "sheet_came_again": _made(folder / "again", loaded, loaded),
        "encoding": save("utf16.csv", csv_form.encode("utf-16")),
        "encoding ": save("utf16.json", json.dumps(loaded).encode("utf-16")),
        "bad_csv": save("quoted.csv", csv_form + '"' + "x" * 200_000),
    }


def _made(folder, *exports):
    folder.mkdir()
    for n, export in enumerate(exports):
        (folder / f"{n}.json").write_text(json.dumps(export))
    return folder


def test_every_fault_of_a_file_is_told_and_only_that(tmp_path):
    faults = _faults(tmp_path)
    assert set(FORM_MESSAGES) <= {code.strip() for code in faults}
    for code, path in faults.items():
        found = read_sheets([path])
        told = set(codes(found)) - {"sheet_rows_missing"}  # a lost box is also a missing one
        assert told == {code.strip()}, path.name
        assert all(issue.problem.zh and issue.remedy.en and "{" not in issue.line("en") for issue in found.issues)


def test_what_is_scribbled_beside_the_form_is_told_whole(tmp_path):
    path = _faults(tmp_path)["sheet_outside_box"]
    found = read_sheets([path])
    assert found.issues[0].value == "Tell the boss! " * 20
    assert (found.issues[0].row, found.issues[0].column) == (70, "AC")
    assert found.records[0].work == "x"


def test_rows_and_columns_put_in_do_not_move_entries(tmp_path):
    """openpyxl moves cells without their names, as no spreadsheet does; so the names are moved by hand."""
    path = filled_workbook(CONTENT, FULL, tmp_path / "form.xlsx")
    with zipfile.ZipFile(path) as parts:
        before = {name: parts.read(name) for name in parts.namelist()}
    book = before["xl/workbook.xml"].decode()
    moved = book.replace(">'R04'!$", ">R04!$")  # another program writes references without quotes
    assert moved != book
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in before.items():
            parts.writestr(name, moved.encode() if name == "xl/workbook.xml" else data)
    assert read_sheets([path]).records == (expected(FORM, FULL, source="form.xlsx"),)


def test_an_error_in_a_box_is_told(tmp_path):
    path = filled_workbook(CONTENT, {"work": "x"}, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    cell = box_cells(path, "R04")["goal.visits.actual"]
    book.active[cell].value = "#N/A"
    book.active[cell].data_type = "e"
    book.save(path)
    found = read_sheets([path])
    assert codes(found) == ["formula_error"]
    assert found.records[0].work == "x"


def test_a_cell_far_away_is_refused_before_it_eats_the_memory(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "far.xlsx") as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "territory-form 1/1 {}")
        page.write_string(1_048_575, 16_383, "far")
    assert codes(read_sheets([tmp_path / "far.xlsx"])) == ["sheet_too_large"]


@pytest.mark.parametrize("says_so", [True, False])
def test_a_zip_bomb_is_refused(says_so, tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_book, "MOST_UNPACKED_MB", 3)
    made = io.BytesIO(workbook_bytes([CONTENT], lang="zh"))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/image1.png", b"\0" * 8_000_000)
    data = made.getvalue()
    if not says_so:  # the directory lies about the size
        data = data.replace((8_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    (tmp_path / "bomb.xlsx").write_bytes(data)
    found = read_sheets([tmp_path / "bomb.xlsx"])
    assert codes(found) == ["sheet_too_large" if says_so else "sheet_unreadable"]
    assert found.records == ()


def test_a_large_file_is_not_even_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_forms, "MOST_MB", 0)
    path = filled_workbook(CONTENT, FULL, tmp_path / "form.xlsx")
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: pytest.fail("opened"))
    assert codes(read_sheets([path])) == ["sheet_too_large"]


@pytest.mark.parametrize("suffix", list(CARRIERS))
def test_damaged_files_never_raise(suffix, tmp_path):
    """Bytes flipped, cut out, doubled: an issue or a record, never an exception."""
    whole = CARRIERS[suffix](CONTENT, FULL, tmp_path / f"form{suffix}").read_bytes()
    draw = random.Random(5)
    for n in range(120):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 1, 4, 40])):
            place, kind = draw.randrange(len(data)), draw.randrange(4)
            if kind == 0:
                data[place] = draw.randrange(256)
            elif kind == 1:
                del data[place : place + draw.randrange(1, 200)]
            elif kind == 2:
                data[place:place] = data[place : place + draw.randrange(1, 200)]
            else:
                data[place:place] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 20)))
            data = data or bytearray(b"x")
        path = tmp_path / f"damaged{n}{suffix}"
        path.write_bytes(bytes(data))
        found = read_sheets([path])
        assert found.records or found.issues


def test_damaged_parts_of_a_workbook_never_raise(tmp_path):
    """The same inside the zip, where its checksums do not protect."""
    path = filled_workbook(CONTENT, FULL, tmp_path / "form.xlsx")
    with zipfile.ZipFile(path) as parts:
        whole = {name: parts.read(name) for name in parts.namelist()}
    draw = random.Random(6)
    for n in range(150):
        name = draw.choice([name for name in whole if name.endswith((".xml", ".rels"))])
        data = bytearray(whole[name])
        for _ in range(draw.choice([1, 3, 20])):
            place = draw.randrange(len(data))
            if draw.random() < 0.5:
                data[place] = draw.randrange(256)
            else:
                del data[place : place + draw.randrange(1, 60)]
            data = data or bytearray(b"<")
        broken = tmp_path / f"broken{n}.xlsx"
        with zipfile.ZipFile(broken, "w") as parts:
            for part, content in whole.items():
                if part != name or draw.random() < 0.9:
                    parts.writestr(part, bytes(data) if part == name else content)
        found = read_sheets([broken])
        assert found.records or found.issues


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["head", "fixed", "values", "work", "schema"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_answered(tmp_path_factory, loaded):
    path = tmp_path_factory.mktemp("json") / "any.json"
    path.write_text(json.dumps(loaded))
    found = read_sheets([path])
    assert found.issues
    assert found.records == ()
