"""A lower bound on compactness, contiguity left out, by Lagrangian relaxation; valid at every stop.

Hess' model: choose k centres; every unit goes to one of them; the load of a centre lies in its band.
With a price p[i] on "unit i goes to exactly one centre" the model falls apart into one knapsack per possible centre,

    v[j](p) = min sum_i (c[i, j] - p[i]) x[i]   subject to   L <= sum_i a[i] x[i] <= U,   0 <= x <= 1,

and sum_i p[i] + (the k smallest v[j]) is a lower bound for every p. By duality of the knapsack, for every t,

    v[j](p) >= sum_i min(0, c[i, j] - p[i] - t a[i]) + (t L where t > 0, t U where t < 0),

with equality at the best t. With the t of a centre's last knapsack the right side rules out nearly all centres in one
pass over the units; only the others are solved anew. Prices climb along averaged subgradients, Polyak's step.

References
----------
Hess, Lagrange-districting (docs/sources.md). Departs from them by the screening, and by continuous knapsacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import cKDTree

from territory.effort import CancelToken, Effort, Meter
from territory.split._centre_kernels import cheapest_centres, screen
from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray

_MEMORY = 0.9
_PATIENCE = 50
_SHORTER = 0.7
_SHORTEST, _AGAIN = 1e-3, 0.05
_LLOYD_ROUNDS = 40
# Above twice as many units the first prices come from so many groups of them, after so many rounds.
_COARSE, _COARSE_ROUNDS = 600, 800
# Sums of many floats: bands are taken wider, a bound is stated lower and a centre ruled out later by such a share.
_ROUNDING, _LOST = 1e-9, 1e-12
# Units are used exactly once when the root mean square of what is missing is below this.
_NOTHING = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreProblem:
    """
    Units to be gathered around `parts` centres.

    Attributes
    ----------
    moments
        Columns weight, weight x, weight y, weight (x^2 + y^2) per unit, shape (n, 4).
    amount, lower, upper
        Load of each unit, shape (n,), and the band of a part's load.
    centre
        Every point that may be a centre, shape (m, 2), in the plane of the moments; each at most once.
    """

    moments: FloatArray
    amount: FloatArray
    lower: float
    upper: float
    parts: int
    centre: FloatArray

    @classmethod
    def of_points(
        cls, xy: FloatArray, weight: FloatArray, *, amount: FloatArray, lower: float, upper: float, parts: int
    ) -> CentreProblem:
        """Units that are points, each of which may be a centre; `xy` has shape (n, 2)."""
        columns = (weight, weight * xy[:, 0], weight * xy[:, 1], weight * (xy**2).sum(axis=1))
        return cls(moments=np.column_stack(columns), amount=amount, lower=lower, upper=upper, parts=parts, centre=xy)

    @classmethod
    def of_instance(cls, instance: Instance) -> CentreProblem:
        """The compactness of a split in points; a territory's centre is one of its own outlets."""
        amount, lower, upper = np.ones(instance.num_units), 0.0, np.inf
        if instance.target.shape[1]:
            low, high = instance.lower.min(axis=0), instance.upper.max(axis=0)
            tight = int(np.argmin((high - low) / np.maximum(high + low, 1e-300)))
            amount, lower, upper = instance.amount[:, tight], float(low[tight]), float(high[tight])
        return cls(
            moments=instance.moments,
            amount=amount,
            lower=max(0.0, lower) * (1.0 - _ROUNDING),
            upper=upper * (1.0 + _ROUNDING),
            parts=instance.num_territories,
            centre=instance.spot,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreBound:
    """
    What is known at the end.

    Attributes
    ----------
    value
        No choice of centres and units within the band costs less; infinite when there is none.
    centre
        Positions of the centres in the best relaxation, ascending, shape (parts,): a hint where to start.
    price
        Price of each unit, shape (n,): where a later ascent may go on.
    rounds
        Knapsack rounds done.
    is_proved
        The bound has met `known`: nothing cheaper exists.
    """

    value: float
    centre: IntArray
    price: FloatArray
    rounds: int
    is_proved: bool


def compactness_points(
    instance: Instance,
    *,
    effort: Effort,
    known: float = np.inf,
    price: FloatArray | None = None,
    threads: int = 1,
    on_bound: Callable[[float], None] | None = None,
    cancel: CancelToken | None = None,
) -> CentreBound:
    """
    Points that compactness costs at least, whatever the split; 0 when it has no price.

    See `compactness_bound`; `known` are points of compactness that every plan worth looking for stays below.
    """
    if not len(instance.moments):
        nothing, nowhere = np.zeros(instance.num_units), np.zeros(0, dtype=np.int64)
        return CentreBound(value=0.0, centre=nowhere, price=nothing, rounds=0, is_proved=True)
    model = CentreProblem.of_instance(instance)
    return compactness_bound(
        model, effort=effort, known=known, price=price, threads=threads, on_bound=on_bound, cancel=cancel
    )


def compactness_bound(
    model: CentreProblem,
    *,
    effort: Effort,
    known: float = np.inf,
    price: FloatArray | None = None,
    threads: int = 1,
    on_bound: Callable[[float], None] | None = None,
    cancel: CancelToken | None = None,
) -> CentreBound:
    """
    A lower bound on the inertia about the best centres, contiguity left out.

    Parameters
    ----------
    effort
        Rounds (an iteration is one round of knapsacks; repeats exactly) or seconds.
    known
        Cost of a known plan. Centres that cannot be in a cheaper one are left out, which also tightens the bound; it
        then never exceeds `known`.
    price
        Unit prices to begin with, shape (n,), from an earlier bound of the same units.
    threads
        Threads for the screening; the answer does not depend on it.
    on_bound
        Told every better bound.
    """
    ascent = _Ascent(model=model, known=known, price=_first_prices(model) if price is None else price.copy())
    meter = Meter(effort)
    with _workers(threads) as pool:
        while not (meter.is_spent or ascent.is_over or (cancel is not None and cancel.is_cancelled)):
            meter.iterations += 1
            if ascent.climb(pool, threads) and on_bound is not None:
                on_bound(ascent.value)
    return CentreBound(
        value=ascent.value,
        centre=np.sort(ascent.hint),
        price=ascent.best_price,
        rounds=meter.iterations,
        is_proved=bool(ascent.value >= known),
    )


@dataclass(kw_only=True, eq=False)
class _Ascent:
    """The climb of the prices; `climb` is one round."""

    model: CentreProblem
    known: float
    price: FloatArray
    best: float = -np.inf
    step: float = 1.0
    stalled: int = 0
    is_over: bool = False
    hint: IntArray = field(init=False)
    best_price: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        model = self.model
        m0, m1, m2, m3 = model.moments.T
        heavy = max(float(m0.sum()), 1e-300)
        middle = np.array([m1.sum(), m2.sum()]) / heavy  # about the centroid, so that little is lost to rounding
        x, y = middle
        self._centre = np.ascontiguousarray(model.centre - middle)
        self._weight = np.ascontiguousarray(m0)
        self._twice_x, self._twice_y = 2.0 * (m1 - m0 * x), 2.0 * (m2 - m0 * y)
        self._own = m3 - 2.0 * (m1 * x + m2 * y) + m0 * (x * x + y * y)
        self._amount = np.ascontiguousarray(model.amount, dtype=np.float64)
        self._scale = np.maximum(self._weight, 1e-9 * heavy / len(m0))
        self._slope = np.zeros(len(model.centre))
        self._open = np.arange(len(model.centre))
        self._direction: FloatArray | None = None
        self._target = self.known if np.isfinite(self.known) else 1.1 * max(float(self.price.sum()), 1e-300)
        self.hint = np.arange(min(model.parts, len(model.centre)))
        self.best_price = self.price.copy()

    @property
    def value(self) -> float:
        """The bound so far: costs are not negative, and nothing below `known` is left when it is met."""
        if self.best == np.inf:
            return self.known
        return min(self.known, max(0.0, self.best))

    def climb(self, pool: Executor | None, threads: int) -> bool:
        """One round: price, solve, step. True when the bound is better than before."""
        before = self.value
        value, used, chosen = self._solve(pool, threads)
        if value > self.best:
            self.stalled = 0 if value > self.best + 1e-7 * abs(value) else self.stalled + 1
            self.best, self.best_price, self.hint = value, self.price.copy(), chosen
        else:
            self.stalled += 1
        self.is_over = self.best == np.inf or self.value >= self.known
        if not self.is_over:
            self._move(value, 1.0 - used)
        return self.value > before

    def _solve(self, pool: Executor | None, threads: int) -> tuple[float, FloatArray, IntArray]:
        """Bound at the present prices, how often each unit is used, and the centres."""
        model, k = self.model, self.model.parts
        rest = self._own - self.price
        arrays = (self._weight, self._twice_x, self._twice_y, rest, self._amount)
        centre, slope, value = self._centre, self._slope, np.zeros(len(self._slope))
        cuts = np.linspace(0, len(value), threads + 1).astype(int)
        spans = list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))

        def one(span: tuple[int, int]) -> None:
            screen(*arrays, centre, slope, model.lower, model.upper, *span, value)

        for _ in map(one, spans) if pool is None else pool.map(one, spans):
            pass
        chosen, chosen_value, used = np.zeros(k, dtype=np.int64), np.zeros(k), np.zeros(len(rest))
        order = np.argsort(value, kind="stable")
        found = cheapest_centres(
            *arrays, centre, np.zeros(len(value)), slope, value, order, model.lower, model.upper, chosen, chosen_value, used
        )
        if found < k:
            return np.inf, used, self.hint
        total = float(self.price.sum() + chosen_value.sum())
        total -= _LOST * float(np.abs(self.price).sum() + np.abs(chosen_value).sum() + self._own.sum())
        hint = self._open[chosen]
        self._rule_out(total - float(chosen_value[-1]) + value)
        return total, used, hint

    def _rule_out(self, with_it: FloatArray) -> None:
        """Close the centres for which even the best choice with them, `with_it`, costs more than `known`."""
        hopeful: BoolArray = with_it <= self.known * (1.0 + 10 * _ROUNDING)
        if not hopeful.all():
            self._open, self._slope = self._open[hopeful], self._slope[hopeful]
            self._centre = np.ascontiguousarray(self._centre[hopeful])

    def _move(self, value: float, missing: FloatArray) -> None:
        """Step along the averaged subgradient `missing`, by the unit's weight; shorter when it has not helped."""
        if self.stalled >= _PATIENCE:
            self.stalled = 0
            self.step *= _SHORTER
            if self.step < _SHORTEST:
                self.step, self.price, self._direction = _AGAIN, self.best_price.copy(), None
                return
        if not np.isfinite(self.known) and self.best > 0.98 * self._target:
            self._target = 1.05 * self.best
        old = self._direction
        self._direction = missing if old is None else _MEMORY * old + (1.0 - _MEMORY) * missing
        length, least = float(self._scale @ self._direction**2), _NOTHING**2 * float(self._scale.sum())
        if length <= least:
            self._direction, length = missing, float(self._scale @ missing**2)
        if length <= least:
            self.is_over = True  # every unit is used exactly once: the prices are the best ones
            return
        far = max(self._target - value, 1e-9 * self._target)
        self.price = self.price + self.step * (1.0 - _MEMORY) * far / length * self._scale * self._direction


def _first_prices(model: CentreProblem) -> FloatArray:
    """What a unit costs at Lloyd's centres; where units are many, what an ascent over coarser units ends with."""
    moments = model.moments
    weight, spot, own = _centroids(moments)
    if len(moments) <= 2 * _COARSE:
        return own + moments[:, 0] * _lloyd_squares(spot, moments[:, 0], model.parts)
    group = _groups(spot, moments[:, 0], _COARSE)
    merged, load = np.zeros((_COARSE, 4)), np.zeros(_COARSE)
    np.add.at(merged, group, moments)
    np.add.at(load, group, model.amount)
    heavy, middle, inside = _centroids(merged)
    coarse = replace(model, moments=merged, amount=load, centre=middle)
    price = compactness_bound(coarse, effort=Effort(iterations=_COARSE_ROUNDS)).price
    return np.asarray(own + weight * ((price - inside) / heavy)[group], dtype=np.float64)


def _centroids(moments: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weight (never 0), centroid and inertia about it of each row of moments."""
    weight = np.maximum(moments[:, 0], 1e-300)
    spot = moments[:, 1:3] / weight[:, None]
    return weight, spot, np.maximum(moments[:, 3] - weight * (spot**2).sum(axis=1), 0.0)


def _lloyd_squares(spot: FloatArray, weight: FloatArray, parts: int) -> FloatArray:
    """Squared distance of each point to the nearest of `parts` centres, after Lloyd's rounds; shape (n,)."""
    nearest = _groups(spot, weight, parts)
    centre = np.tile(spot.mean(axis=0), (parts, 1))
    far = np.zeros(len(spot))
    for _ in range(_LLOYD_ROUNDS):
        load = np.bincount(nearest, weights=weight, minlength=parts)
        sums = np.column_stack([np.bincount(nearest, weights=weight * axis, minlength=parts) for axis in spot.T])
        centre = np.where(load[:, None] > 0, sums / np.maximum(load, 1e-300)[:, None], centre)
        before = nearest
        distance, at = cKDTree(centre).query(spot)
        far, nearest = np.asarray(distance, dtype=np.float64), np.asarray(at, dtype=np.int64)
        if np.array_equal(before, nearest):
            break
    return far**2


def _groups(spot: FloatArray, weight: FloatArray, count: int) -> IntArray:
    """Points cut again and again across their longer side into `count` groups of like weight; shape (n,)."""
    group = np.zeros(len(spot), dtype=np.int64)
    waiting = [(np.arange(len(spot)), 0, count)]
    while waiting:
        members, first, many = waiting.pop()
        if many == 1 or len(members) < 2:
            group[members] = first
            continue
        axis = int(np.argmax(np.ptp(spot[members], axis=0)))
        ordered = members[np.lexsort((spot[members, 1 - axis], spot[members, axis]))]
        running = np.cumsum(weight[ordered])
        half = many // 2
        place = int(np.searchsorted(running, running[-1] * half / many)) + 1
        place = min(max(place, 1), len(ordered) - 1)
        waiting += [(ordered[place:], first + half, many - half), (ordered[:place], first, half)]
    return group


@contextmanager
def _workers(threads: int) -> Iterator[Executor | None]:
    if threads <= 1:
        yield None
    else:
        with ThreadPoolExecutor(threads) as pool:
            yield pool
