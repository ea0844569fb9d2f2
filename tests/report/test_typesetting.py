from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.report.fonts import _typst, sheet_fonts
from territory.report.typesetting import Type, clean

FONTS = sheet_fonts()
LETTERS = Type(FONTS)
SIZE = 7.0
texts = st.text(st.sampled_from("国王李䶮㛃便民超市 abcWil.,;:()—…·《》“”0123456789-é"), max_size=70)
widths = st.floats(3.0, 60.0)


@given(texts, widths)
def test_what_was_cut_fits_and_says_so(text, width):
    shown = LETTERS.cut(text, width, SIZE)
    assert LETTERS.width(shown, SIZE) <= width + 1e-6
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(texts, widths, st.integers(1, 5))
def test_lines_hold_all_of_the_text_or_end_in_an_ellipsis(text, width, most):
    lines = LETTERS.lines(clean(text), width, SIZE, most)
    assert len(lines) <= most
    assert all(LETTERS.width(line, SIZE) <= width + 1e-6 for line in lines)
    joined = "".join(lines).replace(" ", "")
    whole = clean(text).replace(" ", "")
    assert joined == whole or (joined.endswith("…") and whole.startswith(joined[:-1]))


@settings(max_examples=20, deadline=None)
@given(st.lists(texts, min_size=1, max_size=20), st.sampled_from(["zh", "en"]))
def test_the_typesetter_never_makes_a_line_wider(some, lang):
    source = (
        "#let s = json(bytes(sys.inputs.s))\n#set text(font: json(bytes(sys.inputs.f)), fallback: false, size: 7pt,"
        f' lang: "{lang}", kerning: false, ligatures: false, cjk-latin-spacing: none)\n'
        "#context [#metadata(s.map(it => measure(it).width / 1mm)) <w>]"
    )
    inputs = {"s": json.dumps([clean(text) for text in some]), "f": json.dumps(FONTS.families)}
    compiler = _typst().Compiler(source.encode(), font_paths=FONTS.book, sys_inputs=inputs)
    found = json.loads(compiler.query("<w>", field="value", one=True))
    assert all(width <= LETTERS.width(clean(text), SIZE) + 0.02 for width, text in zip(found, some, strict=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a  b\t\nc", "a b c"), ("  老街\u3000副食店 ", "老街 副食店"), ("a\u200bb\ufeff\x07", "ab"), ("", "")],
)
def test_blanks_become_single_and_control_characters_go(text, shown):
    assert clean(text) == shown


def test_a_line_is_broken_at_a_blank_or_between_chinese_characters():
    assert LETTERS.lines("Give the contacts and credit", 22.0, SIZE, 3)[0] == "Give the contacts"
    assert LETTERS.lines("先向李敏了解情况上门", 13.0, SIZE, 3) == ["先向李敏了", "解情况上门"]


def test_punctuation_never_begins_a_line_and_one_character_never_stands_alone():
    assert LETTERS.lines("先向李敏了，解情况", 12.5, SIZE, 3) == ["先向李敏", "了，解情况"]
    assert LETTERS.lines("其他及临时工作", 15.0, SIZE, 2) == ["其他及临时", "工作"]
