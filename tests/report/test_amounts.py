"""Amounts as management reads them."""

from __future__ import annotations

import pytest

from territory.report.amounts import DASH, MINUS, scale_of


@pytest.mark.parametrize(
    ("largest", "lang", "unit", "shown"),
    [
        (561.6e6, "en", "M CNY", "562"),
        (5.616e9, "en", "bn CNY", "5.62"),
        (9_120.0, "en", "k CNY", "9.12"),
        (561.6e6, "zh", "亿元", "5.62"),
        (91_200.0, "zh", "万元", "9.12"),
        (912.0, "zh", "元", "912"),
    ],
)
def test_money_is_written_with_three_digits_in_the_readers_units(
    largest: float, lang: str, unit: str, shown: str
) -> None:
    scale = scale_of(largest, "CNY", lang, is_money=True)  # type: ignore[arg-type]
    assert (scale.unit, scale.shown(largest)) == (unit, shown)


def test_a_difference_of_percentages_is_in_points() -> None:
    assert scale_of(2.4, "%", "en", is_change=True).unit == "points"
    assert scale_of(2.4, "%", "zh", is_change=True).unit == "百分点"
    assert scale_of(2.4, "%", "en").unit == "%"


def test_signs_are_true_ones_and_nothing_has_none() -> None:
    scale = scale_of(3.0, "", "en")
    assert scale.shown(-1.5) == f"{MINUS}1.50"
    assert scale.shown(1.5, signed=True) == "+1.50"
    assert scale.shown(-0.0001, signed=True) == "0.00"


@pytest.mark.parametrize("value", [None, float("inf"), float("nan")])
def test_what_is_not_known_is_a_dash(value: float | None) -> None:
    assert scale_of(3.0, "", "en").shown(value) == DASH


def test_a_unit_per_month_is_said_in_the_readers_language() -> None:
    assert scale_of(20.0, "CNY/month", "zh", is_money=True).unit == "元/月"
    assert scale_of(20_000.0, "CNY/month", "zh", is_money=True).unit == "万元/月"
    assert scale_of(20.0, "CNY/month", "en", is_money=True).unit == "CNY/month"
