"""Response: what managers believe sales would be at other call rates, as a curve; and the calls that pay best.

Decision calculus: a manager writes down sales at no calls, half of today's, today's, half as many again and endless
calls; ADBUDG draws the curve through the table; calls then go where they sell most. Pure functions, no simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from territory.units import FloatArray, IntArray

FEWEST_POINTS = 4
MOST_SHAPE = 20.0
SHAPES_TRIED = (0.7, 1.0, 2.0, 4.0, 8.0)
HALVES_TRIED = (0.5, 1.0, 2.0)
MOST_STEPS = 2000


@dataclass(frozen=True, kw_only=True)
class Response:
    """
    Sales against effort, both in the units of the table they were fitted to (effort 1 = today's).

    Attributes
    ----------
    low, high
        Sales at no effort and at endless effort.
    shape
        1 or less: every call brings less than the one before; above 1: S-shaped, a few calls bring next to nothing.
    half
        Effort to the power `shape` at which half of what effort can bring is reached.

    Notes
    -----
    ADBUDG: sales(x) = low + (high - low) x^shape / (half + x^shape).
    """

    low: float
    high: float
    shape: float
    half: float

    def __post_init__(self) -> None:
        if not (self.shape > 0 and self.half > 0):
            raise ValueError(f"shape {self.shape:g} and half {self.half:g} must be above 0")

    def sales(self, effort: npt.ArrayLike) -> FloatArray:
        """Sales at `effort`, of any shape."""
        powered = np.asarray(effort, dtype=np.float64) ** self.shape
        return np.asarray(self.low + (self.high - self.low) * powered / (self.half + powered), dtype=np.float64)

    def elasticity(self, effort: npt.ArrayLike) -> FloatArray:
        """Per cent of sales for one per cent of effort, at `effort`."""
        powered = np.asarray(effort, dtype=np.float64) ** self.shape
        slope = (self.high - self.low) * self.shape * self.half * powered / (self.half + powered) ** 2
        return np.asarray(slope / self.sales(effort), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """
    A fitted curve and how far it passes from the table.

    Attributes
    ----------
    errors
        Curve less table at each point, in the unit of sales.
    """

    response: Response
    errors: tuple[float, ...]

    @property
    def max_error(self) -> float:
        """The largest distance between curve and table, in the unit of sales."""
        return max(abs(error) for error in self.errors)


def fit_response(effort: Sequence[float], sales: Sequence[float]) -> Fit:
    """
    The ADBUDG curve with the least squared distance to a table of effort and sales.

    Parameters
    ----------
    effort
        At least 4 different values, none below 0; 1 is today's.
    sales
        What managers expect there; any unit.

    Raises
    ------
    ValueError
        When the table is too short, uneven, or holds an effort below 0 or a number that is not finite.

    Notes
    -----
    For a given shape and half the curve is linear in low and high; the search starts from a grid of shapes and halves
    and goes on from the best of them, so it depends on nothing but the table.

    References
    ----------
    Little (1970) and Lodish (1971) in docs/sources.md.
    """
    x, y = np.asarray(effort, dtype=np.float64), np.asarray(sales, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"{x.size} values of effort and {y.size} of sales do not make a table")
    if not (np.isfinite(x).all() and np.isfinite(y).all()) or (x < 0).any():
        raise ValueError("a response table holds finite numbers, and no effort below 0")
    if len(np.unique(x)) < FEWEST_POINTS:
        raise ValueError(f"a curve with four numbers needs at least {FEWEST_POINTS} different values of effort")
    starts = [_line(x, y, shape, half) for shape in SHAPES_TRIED for half in HALVES_TRIED]
    start = min(starts, key=lambda curve: float(((curve.sales(x) - y) ** 2).sum()))
    spread = float(np.ptp(y)) or 1.0

    def misses(parameters: FloatArray) -> FloatArray:
        return np.asarray((_curve(parameters).sales(x) - y) / spread, dtype=np.float64)

    found = least_squares(
        misses,
        [start.low, start.high, np.log(start.shape), np.log(start.half)],
        x_scale=[spread, spread, 1.0, 1.0],
        bounds=([-np.inf, -np.inf, -np.log(MOST_SHAPE), -10.0], [np.inf, np.inf, np.log(MOST_SHAPE), 10.0]),
        xtol=1e-12,
        ftol=1e-12,
        gtol=1e-12,
        max_nfev=2000,
    )
    response = _curve(found.x)
    return Fit(response=response, errors=tuple(float(miss) for miss in response.sales(x) - y))


def _curve(parameters: FloatArray) -> Response:
    low, high, log_shape, log_half = (float(value) for value in parameters)
    return Response(low=low, high=high, shape=float(np.exp(log_shape)), half=float(np.exp(log_half)))


def _line(x: FloatArray, y: FloatArray, shape: float, half: float) -> Response:
    """The best low and high for a given shape and half."""
    part = x**shape / (half + x**shape)
    low, rise = np.linalg.lstsq(np.column_stack([np.ones_like(part), part]), y, rcond=None)[0].tolist()
    return Response(low=low, high=low + rise, shape=shape, half=half)


@dataclass(frozen=True, kw_only=True)
class CallClass:
    """
    Outlets that are called on alike.

    Attributes
    ----------
    outlets
        How many there are.
    calls_today
        Calls per outlet and month today, above 0: effort 1 of the response.
    sales_today
        Sales of the whole class today, any unit; the response scales them.
    """

    name: str
    outlets: int
    calls_today: float
    sales_today: float
    response: Response

    def __post_init__(self) -> None:
        if self.outlets < 1 or not self.calls_today > 0:
            raise ValueError(f"class {self.name}: at least one outlet, calls above 0")

    def sales(self, calls: npt.ArrayLike) -> FloatArray:
        """Sales of the class at a number of calls on all its outlets together."""
        effort = np.asarray(calls, dtype=np.float64) / (self.outlets * self.calls_today)
        today = float(self.response.sales(1.0))
        return np.asarray(self.sales_today * self.response.sales(effort) / today, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class CallPlan:
    """
    Calls on each class, in the order of the classes, and what they sell.

    Attributes
    ----------
    calls
        Calls per month on all outlets of the class together.
    calls_per_outlet
        The same per outlet.
    sales
        Sales of all classes together.
    """

    calls: tuple[float, ...]
    calls_per_outlet: tuple[float, ...]
    sales: float


def plan_of(classes: Sequence[CallClass], calls: Sequence[float]) -> CallPlan:
    """What given calls per class sell."""
    sold = sum(float(each.sales(number)) for each, number in zip(classes, calls, strict=True))
    return CallPlan(
        calls=tuple(float(number) for number in calls),
        calls_per_outlet=tuple(float(number) / each.outlets for each, number in zip(classes, calls, strict=True)),
        sales=sold,
    )


def equal_calls(classes: Sequence[CallClass], total_calls: float) -> CallPlan:
    """Every outlet gets the same number of calls."""
    outlets = sum(each.outlets for each in classes)
    return plan_of(classes, [total_calls * each.outlets / outlets for each in classes])


def best_calls(classes: Sequence[CallClass], total_calls: float) -> CallPlan:
    """
    The calls per class that sell most when `total_calls` a month are to be made at most.

    Raises
    ------
    ValueError
        When there is no class, or fewer than no calls.

    Notes
    -----
    max sum_k sales_k(n_k) subject to (1) sum_k n_k <= total, n_k >= 0. Curves may be S-shaped, where equal marginal
    returns are not enough; the best plan over whole steps (one call, or a 2000th of the total if that is more) is
    found class by class: best_k(n) = max over m of best_(k-1)(n - m) + sales_k(m). Outlets of a class share alike.

    References
    ----------
    Lodish (1971) in docs/sources.md; departs from it by the exact search in place of the concave envelope.
    """
    if not classes:
        raise ValueError("there is no class to call on")
    if not (np.isfinite(total_calls) and total_calls >= 0):
        raise ValueError(f"{total_calls:g} calls cannot be shared out")
    steps = int(min(MOST_STEPS, max(1, np.floor(total_calls))))
    levels = np.linspace(0.0, total_calls, steps + 1)
    best = np.zeros(steps + 1)
    taken: list[IntArray] = []
    for each in classes:
        sales = each.sales(levels)
        fresh = np.empty_like(best)
        choice = np.empty(steps + 1, dtype=np.int64)
        for upto in range(steps + 1):
            together = best[upto::-1] + sales[: upto + 1]
            choice[upto] = int(np.argmax(together))
            fresh[upto] = together[choice[upto]]
        best = fresh
        taken.append(choice)
    left, calls = steps, [0.0] * len(classes)
    for k in range(len(classes) - 1, -1, -1):
        calls[k] = float(levels[taken[k][left]])
        left -= int(taken[k][left])
    return plan_of(classes, calls)
