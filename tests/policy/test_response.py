"""The response curve of decision calculus, and the calls that pay best."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.policy.response import (
    CallClass,
    Response,
    best_calls,
    equal_calls,
    fit_response,
    plan_of,
)

MANAGERS_EFFORT = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
MANAGERS_SALES = (50.0, 53.0, 55.0, 75.0, 100.0, 120.0, 127.0, 132.0, 135.0)


@st.composite
def curves(draw: st.DrawFn) -> Response:
    low = draw(st.floats(20.0, 90.0))
    return Response(
        low=low,
        high=low + draw(st.floats(20.0, 150.0)),
        shape=draw(st.floats(0.6, 6.0)),
        half=draw(st.floats(0.3, 3.0)),
    )


@st.composite
def small_markets(draw: st.DrawFn) -> list[CallClass]:
    return [
        CallClass(
            name=name,
            outlets=draw(st.integers(1, 4)),
            calls_today=draw(st.floats(0.5, 4.0)),
            sales_today=draw(st.floats(1.0, 1000.0)),
            response=draw(curves()),
        )
        for name in ("A", "B", "C")
    ]


def test_the_managers_table_is_met_within_two_points() -> None:
    fit = fit_response(MANAGERS_EFFORT, MANAGERS_SALES)
    assert fit.max_error < 2.0
    assert float(fit.response.elasticity(1.0)) == pytest.approx(0.94, abs=0.02)
    assert (fit.response.low, fit.response.high) == (pytest.approx(51.1, abs=0.2), pytest.approx(137.1, abs=0.3))


@settings(deadline=None, max_examples=40)
@given(curves())
def test_a_table_made_by_a_curve_gives_back_its_sales(curve: Response) -> None:
    fit = fit_response(MANAGERS_EFFORT, curve.sales(MANAGERS_EFFORT).tolist())
    assert fit.max_error < 0.02 * (curve.high - curve.low)


@given(curves(), st.floats(0.1, 3.0))
def test_elasticity_is_the_slope_of_logarithms(curve: Response, effort: float) -> None:
    step = 1e-5
    up, down = np.log(curve.sales(effort * (1 + step))), np.log(curve.sales(effort * (1 - step)))
    slope = (up - down) / (np.log1p(step) - np.log1p(-step))
    assert float(curve.elasticity(effort)) == pytest.approx(float(slope), abs=1e-6)


@pytest.mark.parametrize(
    ("effort", "sales", "said"),
    [
        ((0.0, 1.0, 2.0), (50.0, 100.0, 120.0), "at least 4"),
        ((0.0, 1.0, 1.0, 1.0), (50.0, 100.0, 100.0, 100.0), "at least 4"),
        ((0.0, 1.0, 2.0, 3.0), (50.0, 100.0, 120.0), "do not make a table"),
        ((-1.0, 0.0, 1.0, 2.0), (1.0, 2.0, 3.0, 4.0), "no effort below 0"),
        ((0.0, 0.5, 1.0, 2.0), (1.0, float("nan"), 3.0, 4.0), "finite"),
    ],
)
def test_a_table_that_is_none_is_refused(effort: tuple[float, ...], sales: tuple[float, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit_response(effort, sales)


@settings(deadline=None, max_examples=60)
@given(small_markets(), st.integers(0, 12))
def test_the_best_plan_is_the_best_of_all_whole_plans(market: list[CallClass], total: int) -> None:
    plans = (plan_of(market, calls) for calls in itertools.product(range(total + 1), repeat=3) if sum(calls) == total)
    best = max(plan.sales for plan in plans)
    assert best_calls(market, total).sales == pytest.approx(best, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(small_markets(), st.floats(0.0, 40.0))
def test_the_best_plan_keeps_to_its_calls(market: list[CallClass], total: float) -> None:
    plan = best_calls(market, total)
    assert sum(plan.calls) <= total + 1e-9
    assert min(plan.calls) >= 0.0


def test_concave_classes_end_with_equal_marginal_returns() -> None:
    curve = Response(low=38.0, high=162.0, shape=1.0, half=1.0)
    market = [
        CallClass(name="A", outlets=20, calls_today=4.0, sales_today=900.0, response=curve),
        CallClass(name="B", outlets=60, calls_today=2.0, sales_today=600.0, response=curve),
    ]
    plan = best_calls(market, 1500.0)
    marginal = [
        float((each.sales(calls + 1.0) - each.sales(calls - 1.0)) / 2)
        for each, calls in zip(market, plan.calls, strict=True)
    ]
    assert marginal[0] == pytest.approx(marginal[1], rel=0.01)


def test_the_best_plan_beats_equal_calls_where_outlets_differ() -> None:
    curve = fit_response(MANAGERS_EFFORT, MANAGERS_SALES).response
    market = [
        CallClass(name="A", outlets=20, calls_today=2.0, sales_today=1800.0, response=curve),
        CallClass(name="C", outlets=80, calls_today=2.0, sales_today=700.0, response=curve),
    ]
    assert best_calls(market, 200.0).sales > 1.02 * equal_calls(market, 200.0).sales


def test_a_plan_needs_classes_and_calls() -> None:
    with pytest.raises(ValueError, match="no class"):
        best_calls([], 10.0)
    with pytest.raises(ValueError, match="shared out"):
        best_calls([CallClass(name="A", outlets=1, calls_today=1.0, sales_today=1.0, response=_ANY)], -1.0)


_ANY = Response(low=0.0, high=1.0, shape=1.0, half=1.0)
