import dataclasses
import datetime as dt
import logging
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

import territory.report.fonts as fonts_module
from territory.errors import ConfigError, MissingExtraError
from territory.report.fonts import NO_GLYPH, sheet_fonts
from territory.report.sheet_pdf import file_names, missing_characters, write_sheets, write_week
from territory.sheet import week_sheet, week_sheets
from territory.sheet.words import PANELS, STEPS
from tests.sheet.town import town

A4_POINTS = (595.28, 841.89)


def content(visits_per_day: int = 8, rep_idx: int = 3):
    case = town(visits_per_day=visits_per_day)
    return week_sheet(case.scenario, case.assignment, case.plan, rep_idx=rep_idx, week=0)


@pytest.fixture(scope="module")
def ordinary():
    return content()


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
@pytest.mark.parametrize("visits_per_day", [0, 8, 12, 15, 40])
def test_a_sheet_is_exactly_one_a4_page_with_six_headings(tmp_path, lang, visits_per_day):
    (path,) = write_sheets([content(visits_per_day)], tmp_path, lang=lang)
    reader = PdfReader(path)
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(A4_POINTS, abs=0.1)
    assert_panels_in_order(reader.pages[0].extract_text(), lang)


def assert_panels_in_order(text: str, lang: str) -> None:
    """Six headings, one after the other, behind the strip of steps (whose words are theirs)."""
    text = flat(text)
    last_step = STEPS[-1][0]
    place = text.index(flat(last_step.en if lang == "en" else last_step.zh))
    for panel in PANELS:
        heading = panel.heading
        for part in {"zh": [heading.zh], "en": [heading.en]}.get(lang, [heading.zh, heading.en]):
            place = text.index(flat(part), place)


def test_more_visits_than_fit_are_counted(tmp_path):
    (zh,) = write_sheets([content(40)], tmp_path / "zh", lang="zh")
    (en,) = write_sheets([content(40)], tmp_path / "en", lang="en")
    assert flat(PdfReader(zh).pages[0].extract_text()).count("另34户") == 5
    assert flat(PdfReader(en).pages[0].extract_text()).count("34more") == 5


def test_a_week_of_seven_days_and_ninety_visits_stays_on_one_page_and_counts_what_it_leaves_out(tmp_path):
    case = town(num_outlets=900, visits_per_day=90, days_off=())
    full = week_sheet(case.scenario, case.assignment, case.plan, rep_idx=2, week=0)
    (path,) = write_sheets([full], tmp_path, lang="zh")
    pages = PdfReader(path).pages
    assert len(pages) == 1
    text = flat(pages[0].extract_text())
    assert text.count("另89户") == 7
    left_out = [int(count) for count in re.findall(r"其中(\d+)户未列", text)]
    assert len(left_out) == 7
    codes = {visit.code for day in full.days for visit in day.visits}
    assert all(len(code) == 5 for code in codes)
    assert len(re.findall(r"-\d{4}", re.sub(r"\d\d-\d\d(?!\d)", "", text))) >= 7 * 90 - sum(left_out)


def test_the_same_sheet_gives_the_same_bytes(tmp_path, ordinary):
    (first,) = write_sheets([ordinary], tmp_path / "a", lang="both")
    (second,) = write_sheets([content()], tmp_path / "b", lang="both")
    assert first.read_bytes() == second.read_bytes()


def test_no_text_is_smaller_than_six_and_a_half_points(tmp_path, ordinary):
    (path,) = write_sheets([ordinary], tmp_path, lang="both")
    sizes = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            sizes.append(size)

    PdfReader(path).pages[0].extract_text(visitor_text=visit)
    assert min(sizes) >= 6.5 - 1e-6


def test_rare_name_characters_are_printed(tmp_path, ordinary):
    rare = dataclasses.replace(ordinary, rep_name="刘䶮 杨㛃")
    (path,) = write_sheets([rare], tmp_path, lang="zh")
    text = PdfReader(path).pages[0].extract_text()
    assert "䶮" in text
    assert "㛃" in text
    assert NO_GLYPH not in text
    assert missing_characters([rare], lang="zh") == {}


def test_a_character_no_font_has_becomes_a_geta_mark_and_is_logged(tmp_path, ordinary, caplog):
    odd = dataclasses.replace(ordinary, rep_name="王😀")
    assert missing_characters([odd], lang="zh") == {odd.sheet_id: ("😀",)}
    with caplog.at_level(logging.WARNING):
        (path,) = write_sheets([odd], tmp_path, lang="zh")
    assert "U+1F600" in caplog.text
    assert f"王{NO_GLYPH}" in PdfReader(path).pages[0].extract_text()


def test_typst_markup_in_names_is_printed_as_it_is(tmp_path, ordinary):
    hostile = "#panic() $x$ *b*"
    (path,) = write_sheets([dataclasses.replace(ordinary, rep_name=hostile)], tmp_path, lang="en")
    assert flat(hostile) in flat(PdfReader(path).pages[0].extract_text())


@pytest.mark.parametrize(
    ("rep_id", "name"),
    [
        ("R07", "sheet_R07_2026-W49"),
        ("../../etc", "sheet_etc_2026-W49"),
        ("a/b:c*?", "sheet_a-b-c_2026-W49"),
        ("王 一", "sheet_王-一_2026-W49"),
        ("", "sheet_rep_2026-W49"),
    ],
)
def test_file_names_are_safe(ordinary, rep_id, name):
    assert file_names([dataclasses.replace(ordinary, rep_id=rep_id)]) == [name]


def test_two_reps_whose_ids_clean_to_one_name_get_two_files(tmp_path, ordinary):
    pair = [dataclasses.replace(ordinary, rep_id=rep_id) for rep_id in ("a/b", "a:b")]
    paths = write_sheets(pair, tmp_path, lang="en")
    assert len(set(paths)) == 2
    assert all(path.exists() for path in paths)


def test_a_week_in_one_file_has_a_page_per_rep(tmp_path):
    case = town()
    contents = week_sheets(case.scenario, case.assignment, case.plan, week=1)
    path = write_week(contents, tmp_path / "week.pdf", lang="zh")
    pages = PdfReader(path).pages
    assert len(pages) == 6
    for page, each in zip(pages, contents, strict=True):
        assert each.rep_id in page.extract_text()


def test_the_pdf_carries_a_fixed_time(tmp_path, ordinary):
    (path,) = write_sheets([ordinary], tmp_path, lang="en")
    made = PdfReader(path).metadata.creation_date
    assert made == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def test_the_font_package_covers_what_a_named_font_file_covers():
    package = sheet_fonts()
    path = next(Path(font.path) for font in package.book.fonts() if font.family == "Noto Sans SC")
    named = sheet_fonts(path)
    assert named.families == ("Noto Sans SC",)
    assert all(named.has(character) for character in "国䶮㛃Aé·—…")
    assert not named.has("😀")


def test_a_file_that_is_no_font_is_refused(tmp_path):
    path = tmp_path / "font.otf"
    path.write_text("no font")
    with pytest.raises(ConfigError, match=r"font\.otf"):
        sheet_fonts(path)


def test_no_font_anywhere_says_what_to_install(monkeypatch):
    def missing(name):
        if name.startswith("pylopdf"):
            raise ModuleNotFoundError(name)
        return real(name)

    real = fonts_module.import_module
    monkeypatch.setattr(fonts_module, "import_module", missing)
    monkeypatch.setattr(fonts_module, "SYSTEM_FAMILIES", ("No Such Font",))
    with pytest.raises(MissingExtraError, match="pip install pylopdf-fonts-zh-cn"):
        sheet_fonts()


def test_no_typesetter_says_what_to_install(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(fonts_module, "import_module", missing)
    with pytest.raises(MissingExtraError, match="pip install typst"):
        sheet_fonts()
