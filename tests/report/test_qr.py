from __future__ import annotations

import re

import pytest
import segno

from territory.report.fonts import sheet_fonts
from territory.report.qr import LARGEST_VERSION, MODULE_MM, QUIET, qr_matrix
from territory.report.sheet_canvas import Canvas
from territory.report.typesetting import Type


def test_a_sheets_id_is_the_smallest_code_with_strong_correction():
    matrix = qr_matrix("R04 2026-W49")
    assert len(matrix) == 21
    assert segno.make("R04 2026-W49", micro=False, error="l", boost_error=True).error in ("Q", "H")


@pytest.mark.parametrize("length", [20, 60, 106])
def test_addresses_up_to_the_largest_code_are_drawn(length):
    text = ("https://crm.example.com/" + "a" * length)[:length]
    assert len(qr_matrix(text)) <= 4 * LARGEST_VERSION + 17


@pytest.mark.parametrize("text", ["https://a.example/" + "a" * 100, "a" * 5000, "汉" * 60])
def test_what_does_not_fit_is_no_code(text):
    assert qr_matrix(text) is None


def test_the_drawn_squares_are_the_codes_squares():
    matrix = qr_matrix("R04 2026-W49")
    canvas = Canvas(60.0, 60.0, Type(sheet_fonts()))
    canvas.squares(5.0, 7.0, 0.5, matrix)
    (path,) = re.findall(r' d="([^"]*)"', canvas.page().ground)
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, width, height in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z", path):
        assert float(height) == 0.5
        row, first = round((float(y) - 7.0) / 0.5), round((float(x) - 5.0) / 0.5)
        for column in range(first, first + round(float(width) / 0.5)):
            drawn[row][column] = 1
    assert tuple(map(tuple, drawn)) == matrix


def test_the_largest_code_with_its_border_fits_into_panel_six():
    side = (4 * LARGEST_VERSION + 17 + 2 * QUIET) * MODULE_MM
    assert side <= 28.0 - 5.4 - 0.8 - 2 * 2.62
