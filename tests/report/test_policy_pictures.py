"""The policy report's pictures: well-formed, in both languages, everything at its place, readable without colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from territory.language import Lang, Text
from territory.report.matrix_svg import MatrixRow, matrix_svg, measures_shown
from territory.report.model_svg import model_svg
from territory.report.policy_months import changes_svg, levels_svg
from territory.report.policy_people import groups_svg, time_svg
from territory.report.policy_view import Cell, MonthCurves, Months, PolicyEntry, PolicyReport, ScoreRow, Spread
from territory.report.svg import lines_of, shortened, ticks, width_of
from tests.report.policy_example import OPEN, example_policies, spread

SVG = "{http://www.w3.org/2000/svg}"


def matrix(report: PolicyReport, lang: Lang = "en") -> str:
    measures = measures_shown(report.rows)
    rows = [
        MatrixRow(label=entry.name, cells=tuple(row.cells[place] for row in measures))
        for place, entry in enumerate(report.others, start=1)
    ]
    return matrix_svg(title="changes", note="", measures=measures, rows=rows, lang=lang)


PICTURES: dict[str, Callable[[PolicyReport, Lang], str]] = {
    "matrix": matrix,
    "levels": levels_svg,
    "changes": changes_svg,
    "groups": lambda report, lang: groups_svg(report, report.groups[0], lang=lang),
    "time": time_svg,
    "model": lambda report, lang: model_svg(lang),
}


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def one_measure(change: Spread | None, *, is_told_apart: bool, direction: str = "up") -> str:
    cells = (
        Cell(level=spread(100.0, 1.0)),
        Cell(level=spread(100.0, 1.0), change=change, reading=OPEN, is_told_apart=is_told_apart),
    )
    row = ScoreRow(
        name="true_sales",
        label=Text("Sales", "销售"),
        unit="CNY",
        direction=direction,  # type: ignore[arg-type]
        is_money=True,
        cells=cells,
    )
    return matrix_svg(title="t", note="", measures=[row], rows=[MatrixRow(label="a", cells=cells[1:])])


def drawn(svg: str) -> str:
    """Everything above the key at the foot."""
    return svg.split('font-size="12.5" fill="#5d6878">better')[0].rsplit("<path", 1)[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", list(PICTURES))
def test_every_picture_is_well_formed_and_inside_its_frame(name: str, lang: Lang) -> None:
    root = ET.fromstring(PICTURES[name](example_policies(), lang))
    width, height = (float(part) for part in root.get("viewBox", "").split()[2:])
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "nan")) <= width
        assert 0 <= float(text.get("y", "nan")) <= height


@pytest.mark.parametrize("name", list(PICTURES))
def test_the_two_languages_differ(name: str) -> None:
    english, chinese = (PICTURES[name](example_policies(), lang) for lang in ("en", "zh"))  # type: ignore[arg-type]
    assert english != chinese
    assert any(ord(letter) > 0x2E7F for letter in "".join(words(chinese)))
    assert all(ord(letter) <= 0x2E7F for letter in "".join(words(english)))


def test_better_points_up_worse_down_and_the_undecided_is_open() -> None:
    better = drawn(one_measure(spread(2.0, 1.0), is_told_apart=True))
    worse = drawn(one_measure(spread(-2.0, 1.0), is_told_apart=True))
    undecided = drawn(one_measure(spread(2.0, 3.0), is_told_apart=False))
    fewer_is_better = drawn(one_measure(spread(-2.0, 1.0), is_told_apart=True, direction="down"))

    def tip(svg: str) -> float:
        """How far the triangle's first corner stands above its others."""
        found = re.search(r'd="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)L[\d.]+ [\d.]+Z"', svg)
        assert found is not None
        return float(found[2]) - float(found[1])

    assert tip(better) > 0 > tip(worse)
    assert tip(fewer_is_better) > 0
    assert "Z" not in undecided
    assert 'fill="#fff"' in undecided


def test_a_gain_stands_right_of_nothing_and_a_loss_left() -> None:
    def place(change: Spread) -> tuple[float, float]:
        svg = one_measure(change, is_told_apart=False)
        zero = re.search(r'd="M([\d.]+) 118V', svg)
        dot = re.search(r'<circle cx="([\d.]+)"', svg)
        assert zero is not None
        assert dot is not None
        return float(dot[1]), float(zero[1])

    gain, zero = place(spread(1.0, 2.0))
    loss, _ = place(spread(-1.0, 2.0))
    nothing, _ = place(spread(0.0, 2.0))
    assert loss < nothing == zero < gain
    assert gain - zero == pytest.approx(zero - loss)


def test_recorded_sales_are_dashed_so_that_grey_paper_tells_them_apart() -> None:
    for svg in (levels_svg(example_policies()), changes_svg(example_policies())):
        assert 'stroke-dasharray="6 4"' in svg


def test_each_policy_has_its_panel() -> None:
    report = example_policies()
    assert levels_svg(report).count('stroke-dasharray="6 4"') == len(report.policies) + 1
    assert changes_svg(report).count('stroke-dasharray="6 4"') == len(report.others) + 1


def test_months_told_from_nothing_are_full_dots() -> None:
    report = example_policies()
    assert report.months is not None
    curves = report.months.true_sales
    sure = replace(curves, change_low=curves.change - 1e-3, change_high=curves.change + 1e-3)
    unsure = replace(curves, change_low=curves.change - 1e9, change_high=curves.change + 1e9)

    def full(true_sales: MonthCurves) -> int:
        months = Months(true_sales=true_sales, recorded_sales=report.months.recorded_sales)  # type: ignore[union-attr]
        svg = changes_svg(replace(report, months=months))
        return len(re.findall(r'<circle [^>]*r="3.1" fill="#1c2430"/>', svg))

    assert full(sure) == 23  # in the first month, mentoring changes nothing
    assert full(unsure) == 0


def test_bars_of_time_are_all_equally_long() -> None:
    report = example_policies()
    bars = [rect for rect in ET.fromstring(time_svg(report)).iter(f"{SVG}rect") if rect.get("height") == "26"]
    lengths = np.array([float(bar.get("width", "nan")) for bar in bars]).reshape(len(report.policies), -1).sum(axis=1)
    assert lengths == pytest.approx(lengths[0], abs=0.3)


def test_a_wild_interval_of_one_small_group_does_not_leave_the_picture() -> None:
    report = example_policies()
    table = report.groups[0]
    rows = list(table.groupings[0].rows)
    rows[0] = replace(rows[0], changes=(Spread(mean=0.1, low=-9.0, high=9.0), None), told_apart=(False, False))
    wild = replace(table, groupings=(replace(table.groupings[0], rows=tuple(rows)), *table.groupings[1:]))
    root = ET.fromstring(groups_svg(report, wild))
    numbers = [float(n) for p in root.iter(f"{SVG}path") for n in re.findall(r"M(-?[\d.]+)", p.get("d", ""))]
    assert min(numbers) >= 0
    assert max(numbers) <= 860


def test_names_of_policies_cannot_become_markup() -> None:
    report = example_policies()
    evil = PolicyEntry(name="<script>alert(1)</script>", why="")
    svg = levels_svg(replace(report, policies=(report.policies[0], evil, report.policies[2])))
    assert "<script>" not in svg
    ET.fromstring(svg)


@pytest.mark.parametrize("text", ["flow_split_team_pay_and_much_more_of_it", "政策名称很长很长很长很长很长很长", "a b"])
def test_broken_lines_fit_and_lose_nothing_but_the_end(text: str) -> None:
    lines = lines_of(text, width=100, size=13)
    assert len(lines) <= 2
    assert all(width_of(line, 13) <= 100 for line in lines)
    joined = "".join(lines).replace(" ", "").rstrip("…")
    assert text.replace(" ", "").startswith(joined)


def test_a_text_that_fits_is_left_alone() -> None:
    assert shortened("big_pot", width=100, size=13) == "big_pot"
    assert shortened("big_pot", width=20, size=13).endswith("…")


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 7.9), (41e6, 58e6), (0.0, 0.0), (-1e-7, 1e-7)])
def test_axis_numbers_reach_from_below_the_lowest_to_above_the_highest(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 9
    assert np.diff(found) == pytest.approx(np.diff(found)[0])


def test_an_interval_narrower_than_its_mark_does_not_blur_it() -> None:
    wide = drawn(one_measure(spread(2.0, 1.0), is_told_apart=True))
    narrow = drawn(one_measure(spread(2.0, 0.01), is_told_apart=True))
    caps = re.compile(r"v8M")
    assert caps.search(wide)
    assert not caps.search(narrow)
