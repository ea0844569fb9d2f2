"""A lower bound on what is paid unit by unit (travel from home, moves, affinity) under the bands and the move cap.

The transport problem: every unit goes to one territory at a cost, loads stay in their bands, moves below the cap.
With a price on each load and on the moved share every unit takes its cheapest territory; for every set of prices

    sum_i min_t (cost[i, t] + sum_m u[t, m] a[i, m] + w moved[i, t]) - sum (u+ upper - u- lower) - w cap

is a lower bound. At zero prices it is each unit at its cheapest territory; the prices climb from there.
"""

from __future__ import annotations

import numpy as np

from territory.effort import CancelToken, Effort, Meter
from territory.split._instance import Instance
from territory.units import FloatArray, IntArray

_MEMORY, _PATIENCE, _SHORTER, _SHORTEST = 0.8, 20, 0.7, 1e-4
_ROUNDING = 1e-9


def linear_points(
    instance: Instance, *, effort: Effort, known: float = np.inf, cancel: CancelToken | None = None
) -> float:
    """
    Points that the linear costs come to at least.

    Parameters
    ----------
    effort
        Rounds of prices (iterations; repeats exactly) or seconds.
    known
        Linear points of a known plan; only guides the steps.
    """
    if not len(instance.linear):
        return 0.0
    rows, allowed = np.arange(instance.num_units), instance.may_serve(slice(None))
    if not allowed.any(axis=1).all():
        return 0.0
    cost = np.where(allowed, instance.costs(slice(None)), np.inf)
    has_cap = len(instance.moved) > 0
    load_price, move_price = np.zeros_like(instance.target), 0.0
    scale = 1.0 / np.maximum(instance.target, 1e-300) ** 2
    move_scale = 1.0 / max(instance.moved_cap, 1e-3) ** 2 if has_cap else 0.0
    # Without a known plan the steps aim at what units cost on average.
    target = known if np.isfinite(known) else float(cost.mean(axis=1, where=allowed).sum())
    best, step, stalled = -np.inf, 1.0, 0
    slope, move_slope = np.zeros_like(load_price), 0.0
    meter = Meter(effort)
    while not (meter.is_spent or (cancel is not None and cancel.is_cancelled)):
        priced = cost + instance.amount @ load_price.T
        if has_cap:
            priced += move_price * instance.moved
        label = np.argmin(priced, axis=1)
        limit = np.where(load_price > 0, instance.upper, instance.lower)
        value = float(priced[rows, label].sum() - (load_price * limit).sum())
        value -= move_price * instance.moved_cap if has_cap else 0.0
        stalled = 0 if value > best + 1e-7 * abs(best) else stalled + 1
        best, target = max(best, value), max(target, value)
        if stalled >= _PATIENCE:
            stalled, step = 0, step * _SHORTER
            if step < _SHORTEST:
                break
        old = _MEMORY if meter.iterations else 0.0
        meter.iterations += 1
        over = float(instance.moved[rows, label].sum()) - instance.moved_cap if has_cap else 0.0
        slope = old * slope + (1.0 - old) * _load_slope(instance, label, load_price)
        move_slope = old * move_slope + (1.0 - old) * over
        length = float((scale * slope**2).sum()) + move_scale * move_slope**2
        if length <= 1e-18:
            break
        stride = step * (1.0 - _MEMORY) * max(target - value, 1e-9 * target) / length
        load_price = load_price + stride * scale * slope
        move_price = max(0.0, move_price + stride * move_scale * move_slope)
    return max(0.0, best - _ROUNDING * abs(best))


def _load_slope(instance: Instance, label: IntArray, price: FloatArray) -> FloatArray:
    """How far each load lies outside what its price pays for: above the band, below it, or by the sign of the price."""
    k = instance.num_territories
    load = np.zeros((k, instance.amount.shape[1]))
    for m in range(load.shape[1]):
        load[:, m] = np.bincount(label, weights=instance.amount[:, m], minlength=k)
    outside = np.where(load > instance.upper, load - instance.upper, np.minimum(load - instance.lower, 0.0))
    return np.asarray(
        np.where(price > 0, load - instance.upper, np.where(price < 0, load - instance.lower, outside)),
        dtype=np.float64,
    )
