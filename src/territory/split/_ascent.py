"""The climb of the prices of the compactness bound: one relaxation per round, an averaged subgradient, a step.

With prices p on "unit i goes to exactly one centre" and fees f on "so many centres lie in region R" Hess' model falls
apart into one knapsack per possible centre,

    v[j] = min sum_i (c[i, j] - p[i]) x[i]   subject to   L <= sum_i a[i] x[i] <= U,   0 <= x <= 1,

and sum_i p[i] + (the k smallest v[j] + sum of f over the regions of j) - sum_R f[R] count[R] is a lower bound.
By duality of the knapsack, for every t,

    v[j] >= sum_i min(0, c[i, j] - p[i] - t a[i]) + (t L where t > 0, t U where t < 0),

with equality at the best t. With the t of a centre's last knapsack the right side rules out nearly all centres in one
pass over the units; only the others are solved anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from territory.split._centre_kernels import cheapest_centres, screen
from territory.split._centre_problem import CentreProblem, centroids, groups, lloyd_squares
from territory.units import BoolArray, FloatArray, IntArray

# Runs screening jobs, perhaps side by side.
Each = Callable[[Callable[[tuple[int, int]], None], Sequence[tuple[int, int]]], None]

_MEMORY = 0.9
_PATIENCE = 50
_SHORTER = 0.7
_SHORTEST, _AGAIN = 2e-3, 0.05
# Lengths that a long stride tries: from a small part of a part's width to far beyond any region's.
_DOUBLINGS = 40
# How much of the past the shares of centres remember.
_KEPT = 0.99
# A bound is stated lower by this share of all that was added up; a centre is ruled out later by so much more.
_LOST, _SURELY = 1e-12, 1e-8
# Units are used exactly once when the root mean square of what is missing is below this.
_NOTHING = 1e-6
# Above twice as many units the first prices come from so many groups of them, after so many rounds.
_COARSE, _COARSE_ROUNDS = 600, 800


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """
    A limit on the number of centres in a region.

    Attributes
    ----------
    centre, unit
        Inside, shapes (m,) and (n,).
    count, is_most
        At most so many centres, or at least so many.
    """

    centre: BoolArray
    unit: BoolArray
    count: int
    is_most: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Prices:
    """Prices of units, shape (n,), and fees of regions, shape (number of regions,)."""

    unit: FloatArray
    region: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Relaxed:
    """A relaxation: its value, the centres chosen, and how often each unit is used."""

    value: float
    chosen: IntArray
    used: FloatArray


class Ascent:
    """
    The relaxations of one problem under some regions, and the best bound they gave so far.

    Parameters
    ----------
    known
        Cost of a known plan: centres that cannot be in a cheaper one are left out.
    each
        Runs the screening of spans of centres.
    """

    def __init__(self, model: CentreProblem, *, known: float, start: FloatArray, each: Each) -> None:
        m0, m1, m2, m3 = model.moments.T
        heavy = max(float(m0.sum()), 1e-300)
        x, y = float(m1.sum()) / heavy, float(m2.sum()) / heavy  # about the centroid: little is lost to rounding
        self.model, self.known, self.each = model, known, each
        self.regions: tuple[Region, ...] = ()
        self.best, self.is_over = -np.inf, False
        self.at = Prices(unit=start, region=np.zeros(0))
        self.best_at = self.at
        self.hint = self.last = np.arange(min(model.parts, len(model.centre)))
        self.share = np.zeros(len(model.centre))
        self._weight = np.ascontiguousarray(m0)
        self._twice_x, self._twice_y = 2.0 * (m1 - m0 * x), 2.0 * (m2 - m0 * y)
        self._own = m3 - 2.0 * (m1 * x + m2 * y) + m0 * (x * x + y * y)
        self._amount = np.ascontiguousarray(model.amount, dtype=np.float64)
        self._scale = np.maximum(self._weight, 1e-9 * heavy / len(m0))
        # No plan costs more than everything going as far as the region is wide: a higher bound means there is none.
        points = np.concatenate([model.centre, centroids(model.moments)[1]])
        self._ceiling = 2.0 * float((np.ptp(points, axis=0) ** 2).sum()) * heavy + float(self._own.sum())
        self._open = np.arange(len(model.centre))
        self._centre = np.ascontiguousarray(model.centre - (x, y))
        self._slope = np.zeros(len(self._open))
        self._target = known if np.isfinite(known) else 1.1 * max(float(start.sum()), 1e-300)
        self._begin(1.0)

    def _begin(self, step: float) -> None:
        self._step, self._stalled = step, 0
        self._mean: tuple[FloatArray, FloatArray] | None = None

    def under(self, region: Region) -> Ascent:
        """The same problem with one region more, to be climbed from the best prices here."""
        child = copy(self)
        child.regions = (*self.regions, region)
        child.at = replace(self.best_at, region=np.append(self.best_at.region, 0.0))
        child.best_at, child._slope = child.at, self._slope.copy()
        child.share = np.zeros(len(self.share))
        child._begin(0.5)
        return child

    def climb(self) -> None:
        """One round: relax at the present prices, remember, step."""
        found = self.relax(self.at)
        self.share *= _KEPT
        self.share[found.chosen] += 1.0 - _KEPT
        self.last = found.chosen if len(found.chosen) else self.last
        self._stalled = 0 if found.value > self.best + 1e-7 * abs(found.value) else self._stalled + 1
        self._remember(found, self.at)
        if not self.is_over:
            self._move(found)

    def stride(self, number: int) -> int:
        """
        Shift all prices inside a region together, as far as that helps; relaxations done.

        When a count cuts off what the prices were used to, the best ones may lie as far away as the next town, squared;
        rounds alone would creep there.
        """
        region, before = self.regions[number], self.best
        mean_load = float(self._amount.sum()) / self.model.parts
        reach = float(self._own.sum()) / max(float(self._weight.sum()), 1e-300) / (20.0 * self.model.parts)
        per_load = float(self._weight.sum()) / max(float(self._amount.sum()), 1e-300)
        done = 0
        for sign in (-1.0, 1.0):
            for doubled in range(_DOUBLINGS):
                length, top = reach * 2.0**doubled, self.best
                unit = self.best_at.unit + sign * length * self._scale * region.unit
                for fee in (sign * length * mean_load * per_load, 0.0):
                    fees = self.best_at.region.copy()
                    fees[number] += fee
                    at = Prices(unit=unit, region=self._allowed(fees))
                    self._remember(self.relax(at), at)
                    done += 1
                if self.is_over or self.best <= top + 1e-9 * abs(top):
                    break
            if self.best > before:
                break
        if self.best > before:
            self.at, self._mean = self.best_at, None
        return done

    def relax(self, at: Prices) -> Relaxed:
        """The relaxation at some prices."""
        model, k = self.model, self.model.parts
        fee = np.zeros(len(self._open))
        for region, price in zip(self.regions, at.region.tolist(), strict=True):
            fee += price * region.centre[self._open]
        arrays = (self._weight, self._twice_x, self._twice_y, self._own - at.unit, self._amount)
        value = np.zeros(len(fee))

        def one(span: tuple[int, int]) -> None:
            screen(*arrays, self._centre, self._slope, model.lower, model.upper, *span, value)

        self.each(one, _spans(len(value)))
        value += fee
        chosen, chosen_value, used = np.zeros(k, dtype=np.int64), np.zeros(k), np.zeros(len(at.unit))
        order = np.argsort(value, kind="stable")
        found = cheapest_centres(
            *arrays, self._centre, fee, self._slope, value, order, model.lower, model.upper, chosen, chosen_value, used
        )
        if found < k:
            return Relaxed(value=np.inf, chosen=self.hint[:0], used=used)
        given = float(sum(price * region.count for region, price in zip(self.regions, at.region, strict=True)))
        total = float(at.unit.sum() + chosen_value.sum()) - given
        added = np.abs(at.unit).sum() + np.abs(chosen_value).sum() + self._own.sum() + abs(given)
        total -= _LOST * float(added)
        result = Relaxed(value=total, chosen=self._open[chosen], used=used)
        self._rule_out(total - float(chosen_value[-1]) + value)
        return result

    def _remember(self, found: Relaxed, at: Prices) -> None:
        if found.value > self.best:
            self.best, self.best_at = found.value if found.value <= self._ceiling else np.inf, at
            self.hint = found.chosen if len(found.chosen) else self.hint
        self.is_over = self.best >= self.known or self.best == np.inf

    def _rule_out(self, with_it: FloatArray) -> None:
        """Close the centres for which even the best choice with them, `with_it`, costs more than `known`."""
        hopeful: BoolArray = with_it <= self.known * (1.0 + _SURELY)
        if not hopeful.all():
            self._open, self._slope = self._open[hopeful], self._slope[hopeful]
            self._centre = np.ascontiguousarray(self._centre[hopeful])

    def _move(self, found: Relaxed) -> None:
        """Step along the averaged subgradient, by the units' weight; shorter when it has not helped for long."""
        if self._stalled >= _PATIENCE:
            self._stalled = 0
            self._step *= _SHORTER
            if self._step < _SHORTEST:
                self.at = self.best_at
                self._begin(_AGAIN)
                return
        if not np.isfinite(self.known) and self.best > 0.98 * self._target:
            self._target = 1.05 * self.best
        missing = 1.0 - found.used
        inside = [float(region.centre[found.chosen].sum() - region.count) for region in self.regions]
        crowded = np.array(inside, dtype=np.float64)
        old = self._mean
        mean = missing if old is None else _MEMORY * old[0] + (1.0 - _MEMORY) * missing
        mean_crowded = crowded if old is None else _MEMORY * old[1] + (1.0 - _MEMORY) * crowded
        per_region = float(self._scale.sum()) / self.model.parts
        least = _NOTHING**2 * float(self._scale.sum())
        length = float(self._scale @ mean**2) + per_region * float(mean_crowded @ mean_crowded)
        if length <= least:
            mean, mean_crowded = missing, crowded
            length = float(self._scale @ mean**2) + per_region * float(mean_crowded @ mean_crowded)
        if length <= least:
            self.is_over = not self.regions  # every unit is used exactly once: these prices are the best ones
            self._begin(_AGAIN)
            return
        self._mean = (mean, mean_crowded)
        stride = self._step * (1.0 - _MEMORY) * max(self._target - found.value, 1e-9 * self._target) / length
        fees = self._allowed(self.at.region + stride * per_region * mean_crowded)
        self.at = Prices(unit=self.at.unit + stride * self._scale * mean, region=fees)

    def _allowed(self, fees: FloatArray) -> FloatArray:
        """Fees of the right sign: at most so many centres may only cost, at least so many may only pay."""
        is_most = np.array([region.is_most for region in self.regions], dtype=np.bool_)
        return np.asarray(np.where(is_most, np.maximum(fees, 0.0), np.minimum(fees, 0.0)), dtype=np.float64)


def first_prices(model: CentreProblem) -> FloatArray:
    """What a unit costs at Lloyd's centres; where units are many, what an ascent over coarser units ends with."""
    moments = model.moments
    weight, spot, own = centroids(moments)
    if len(moments) <= 2 * _COARSE:
        return np.asarray(own + moments[:, 0] * lloyd_squares(spot, moments[:, 0], model.parts), dtype=np.float64)
    group = groups(spot, moments[:, 0], _COARSE)
    merged, load = np.zeros((_COARSE, 4)), np.zeros(_COARSE)
    np.add.at(merged, group, moments)
    np.add.at(load, group, model.amount)
    heavy, middle, inside = centroids(merged)
    coarse = replace(model, moments=merged, amount=load, centre=middle)
    ascent = Ascent(coarse, known=np.inf, start=first_prices(coarse), each=one_by_one)
    for _ in range(_COARSE_ROUNDS):
        if ascent.is_over:
            break
        ascent.climb()
    return np.asarray(own + weight * ((ascent.best_at.unit - inside) / heavy)[group], dtype=np.float64)


def one_by_one(job: Callable[[tuple[int, int]], None], spans: Sequence[tuple[int, int]]) -> None:
    """Screen span after span."""
    for span in spans:
        job(span)


def _spans(count: int) -> list[tuple[int, int]]:
    """Halves: as many as there are threads on the machines this is for."""
    return [(0, count // 2), (count // 2, count)]
