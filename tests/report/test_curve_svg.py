"""The picture of the curve: every point at its place, both languages, well-formed, and nothing claimed too much."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from territory.report.curve_svg import CurveMark, CurveView, curve_svg, write_curve_svg

SVG = "{http://www.w3.org/2000/svg}"
VIEW = CurveView(
    scenario="A & B",
    today=21.4,
    marks=(
        CurveMark(cap=0.0, moved=0.0, kept=21.4, bound=21.4),
        CurveMark(cap=5.0, moved=4.5, kept=22.6, bound=23.0),
        CurveMark(cap=10.0, moved=None, kept=None, bound=23.5),
    ),
    free=CurveMark(cap=100.0, moved=30.0, kept=24.0, bound=25.0),
)


def circles(view: CurveView) -> list[tuple[float, float]]:
    root = ET.fromstring(curve_svg(view))
    return [(float(c.get("cx", "nan")), float(c.get("cy", "nan"))) for c in root.iter(f"{SVG}circle")]


def texts(view: CurveView, lang: str = "en") -> str:
    root = ET.fromstring(curve_svg(view, lang))  # type: ignore[arg-type]
    return " | ".join(text.text or "" for text in root.iter(f"{SVG}text"))


def test_today_stands_at_zero_and_more_flow_stands_higher() -> None:
    five, today = circles(VIEW)
    assert today[0] < five[0]
    assert five[1] < today[1]


def test_twice_the_moves_stand_twice_as_far() -> None:
    (near, today), (far, _) = circles(VIEW), circles(_with_moved(9.0))
    assert far[0] - today[0] == pytest.approx(2 * (near[0] - today[0]), abs=0.2)


def _with_moved(moved: float) -> CurveView:
    marks = (VIEW.marks[0], CurveMark(cap=5.0, moved=moved, kept=22.6, bound=23.0), VIEW.marks[2])
    return CurveView(scenario="A & B", today=21.4, marks=marks, free=VIEW.free)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("today 21.4", "22.6", "free to move", "no split", "A & B")), ("zh", ("现状 21.4", "不限调动", "无解"))],
)
def test_both_languages_name_what_is_shown(lang: str, words: tuple[str, ...]) -> None:
    said = texts(VIEW, lang)
    assert all(word in said for word in words)


def test_a_bound_far_above_is_told_in_words() -> None:
    marks = (VIEW.marks[0], CurveMark(cap=5.0, moved=4.5, kept=22.6, bound=60.0))
    said = texts(CurveView(scenario="x", today=21.4, marks=marks, free=VIEW.free))
    assert "60.0" in said
    assert "above the picture" in said


def test_without_any_free_split_the_picture_still_stands(tmp_path: Path) -> None:
    free = CurveMark(cap=100.0, moved=None, kept=None, bound=80.0)
    view = CurveView(scenario="x", today=21.4, marks=VIEW.marks, free=free)
    assert "free to move" not in texts(view)
    path = write_curve_svg(view, tmp_path / "curve.svg")
    assert path.read_text(encoding="utf-8") == curve_svg(view)
