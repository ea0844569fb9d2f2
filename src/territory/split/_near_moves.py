"""Search near a given plan: annealing whose price of broken rules swings, so that it crosses and recrosses the limits.

Made for small caps on moved sales and for tight bands, where nearly every single move breaks a rule and only several
together pay. Territories never fall apart; a labelling counts only while every rule holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from territory.effort import CancelToken, Effort, Meter
from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray

_EPSILON = 1e-9
_SLICE = 400_000
_ROUNDS = 4
# The price of broken rules falls when more than this share of steps stood inside the rules, and rises when none did.
_WINDOW, _OFTEN = 2_000, 0.3
_CHEAPER, _DEARER = 0.93, 1.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Nearest:
    """The cheapest labelling within the rules, and its points; infinite, with the start, when there was none."""

    label: IntArray
    cost: float


def search_near(
    instance: Instance,
    start: IntArray,
    *,
    heat: float,
    effort: Effort,
    seed: int,
    cancel: CancelToken | None = None,
) -> Nearest:
    """
    The cheapest labelling found in a few annealings, each begun at the best so far.

    Parameters
    ----------
    start
        Territory of each unit, every territory connected over its regular units; may break bands and the cap.
    heat
        First temperature in multiples of a typical unit's flow to its partners.
    effort
        Moves tried (repeats exactly), or seconds.
    """
    rng = np.random.default_rng(seed)
    label, best = np.array(start, dtype=np.int64), np.array(start, dtype=np.int64)
    typical = _typical(instance)
    prices = np.array([10.0 * typical])
    cost, meter = np.inf, Meter(effort)
    for number in range(_ROUNDS):
        if number:
            label = best.copy()
        for hot, cold, steps in _schedule(meter, number):
            if cancel is not None and cancel.is_cancelled:
                return Nearest(label=best, cost=cost)
            cost = _swing_call(
                *_arrays(instance),
                label,
                best,
                cost,
                prices,
                steps,
                typical * heat * hot,
                typical * heat * cold,
                int(rng.integers(1, 2**31 - 1)),
            )
    return Nearest(label=best, cost=cost)


def _schedule(meter: Meter, number: int) -> list[tuple[float, float, int]] | _BySeconds:
    """Slices of one round: temperatures at both ends (1 falling to 0.02) and steps."""
    if meter.effort.iterations is None:
        return _BySeconds(meter, number)
    total = meter.effort.iterations // _ROUNDS
    slices = max(1, -(-total // _SLICE))
    ends = np.linspace(0, total, slices + 1).astype(int).tolist()
    falls = (0.02 ** np.linspace(0.0, 1.0, slices + 1)).tolist()
    return [(falls[i], falls[i + 1], ends[i + 1] - ends[i]) for i in range(slices)]


class _BySeconds:
    """The same for an effort in seconds: the clock says how far the round has come."""

    def __init__(self, meter: Meter, number: int) -> None:
        self._meter, self._number = meter, number

    def __iter__(self) -> _BySeconds:
        return self

    def __next__(self) -> tuple[float, float, int]:
        whole = max(self._meter.effort.seconds or 0.0, 1e-9)
        spent = self._meter.elapsed_s / whole * _ROUNDS - self._number
        if spent >= 1.0:
            raise StopIteration
        return float(0.02 ** max(spent, 0.0)), float(0.02 ** min(1.0, max(spent, 0.0) + 0.05)), _SLICE


def _typical(instance: Instance) -> float:
    """Points that a unit's place matters for, on average: its flow to all partners and the spread of its costs."""
    strength = np.asarray(instance.flow.sum(axis=1)).ravel() + np.ptp(instance.costs(slice(None)), axis=1)
    return max(float(np.mean(strength)) if len(strength) else 1.0, 1e-9)


def _arrays(instance: Instance) -> tuple[object, ...]:
    """What the kernel reads, in its order and types."""
    graph, flow, apart = instance.graph, instance.flow, instance.apart
    shape = (instance.num_units, instance.num_territories)
    moments = instance.moments if len(instance.moments) else np.zeros((instance.num_units, 4))
    return (
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int64),
        flow.indptr.astype(np.int64),
        flow.indices.astype(np.int64),
        flow.data.astype(np.float64),
        apart.indptr.astype(np.int64),
        apart.indices.astype(np.int64),
        instance.amount,
        instance.lower,
        instance.upper,
        instance.target,
        np.ascontiguousarray(instance.costs(slice(None))),
        np.ascontiguousarray(instance.moved if len(instance.moved) else np.zeros(shape)),
        float(instance.moved_cap),
        np.ascontiguousarray(instance.may_serve(slice(None))),
        instance.exempt,
        np.ascontiguousarray(moments),
    )


@njit(cache=True, nogil=True)
def _uniform(state: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> float:
    """Next uniform number in [0, 1) of a 64-bit xorshift generator kept in `state[0]`."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def _whole_without(
    u: int, indptr: IntArray, indices: IntArray, label: IntArray, stamp: IntArray, queue: IntArray, clock: int
) -> bool:
    """Is u's territory still in one piece without u? `stamp` marks with clock (wanted) and clock + 1 (seen)."""
    home, wanted, first = label[u], 0, -1
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if label[v] == home:
            wanted += 1
            stamp[v] = clock
            first = v
    if wanted <= 1:
        return True
    stamp[u] = clock + 1
    stamp[first] = clock + 1
    wanted -= 1
    queue[0] = first
    head, tail = 0, 1
    while head < tail:
        w = queue[head]
        head += 1
        for e in range(indptr[w], indptr[w + 1]):
            v = indices[e]
            if label[v] == home and stamp[v] != clock + 1:
                if stamp[v] == clock:
                    wanted -= 1
                    if wanted == 0:
                        return True
                stamp[v] = clock + 1
                queue[tail] = v
                tail += 1
    return False


@njit(cache=True, nogil=True)
def _outside(load: float, lower: float, upper: float, target: float) -> float:
    """How far a load lies outside its band, as a share of the target."""
    return (max(load - upper, 0.0) + max(lower - load, 0.0)) / target


@njit(cache=True, nogil=True)
def _inertia(weight: float, x: float, y: float, squares: float) -> float:
    """Points of a territory about its centroid; `weight` to `squares` are sums of `Instance.moments`."""
    return squares - (x * x + y * y) / weight if weight > 1e-300 else 0.0


@njit(cache=True, nogil=True)
def _swing(
    indptr: IntArray,
    indices: IntArray,
    flow_ptr: IntArray,
    flow_idx: IntArray,
    flow_pts: FloatArray,
    apart_ptr: IntArray,
    apart_idx: IntArray,
    amount: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    target: FloatArray,
    linear: FloatArray,
    moved: FloatArray,
    moved_cap: float,
    allowed: BoolArray,
    exempt: BoolArray,
    moments: FloatArray,
    label: IntArray,
    best: IntArray,
    best_cost: float,
    prices: FloatArray,
    steps: int,
    hot: float,
    cold: float,
    seed: int,
) -> float:
    """
    Anneal `label` in place; keep the cheapest labelling within all rules in `best`; return its cost.

    Parameters
    ----------
    best_cost
        Cost of `best` on entry (infinite when it is outside the rules).
    prices
        Points for one target's worth of imbalance or of sales above the cap; swings, and is carried on.
    hot, cold
        Temperatures in points, falling geometrically.
    """
    n, k = linear.shape
    num_measures = amount.shape[1]
    state = np.empty(1, dtype=np.uint64)
    state[0] = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    stamp, queue, clock = np.zeros(n, dtype=np.int64), np.empty(n + 1, dtype=np.int64), 1
    conn, load, mass = np.zeros((n, k)), np.zeros((k, num_measures)), np.zeros((k, 4))
    size = np.zeros(k, dtype=np.int64)
    cost, moved_now, forbidden, clashes = 0.0, 0.0, 0, 0
    for u in range(n):
        a = label[u]
        cost += linear[u, a]
        moved_now += moved[u, a]
        size[a] += 1
        forbidden += 0 if allowed[u, a] else 1
        for m in range(num_measures):
            load[a, m] += amount[u, m]
        for c in range(4):
            mass[a, c] += moments[u, c]
        for e in range(apart_ptr[u], apart_ptr[u + 1]):
            clashes += 1 if label[apart_idx[e]] == a else 0
        for e in range(flow_ptr[u], flow_ptr[u + 1]):
            v = flow_idx[e]
            conn[u, label[v]] += flow_pts[e]
            if label[v] != a and u < v:
                cost += flow_pts[e]
    imbalance = 0.0
    for t in range(k):
        cost += _inertia(mass[t, 0], mass[t, 1], mass[t, 2], mass[t, 3])
        for m in range(num_measures):
            imbalance += _outside(load[t, m], lower[t, m], upper[t, m], target[t, m])
    over_cap = max(0.0, moved_now - moved_cap)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat, price = hot, prices[0]
    inside, looked = 0, 0
    # the start counts, too; later labellings count when a fresh sum of loads agrees, because running sums drift
    fresh = True
    for _ in range(steps):
        is_within = forbidden == 0 and clashes == 0 and imbalance <= 1e-7 and over_cap <= _EPSILON
        if fresh and is_within and cost < best_cost - _EPSILON:
            imbalance = 0.0
            for t in range(k):
                for m in range(num_measures):
                    imbalance += _outside(load[t, m], lower[t, m], upper[t, m], target[t, m])
            if imbalance <= _EPSILON:
                best_cost = cost
                best[:] = label
        fresh = False
        heat *= cooling
        looked += 1
        inside += 1 if is_within else 0
        if looked == _WINDOW:
            price *= _DEARER if inside == 0 else _CHEAPER if inside > _OFTEN * _WINDOW else 1.0
            inside, looked = 0, 0
        u = int(_uniform(state) * n)
        a = label[u]
        if exempt[u]:
            b = int(_uniform(state) * k)
        else:
            degree = indptr[u + 1] - indptr[u]
            if degree == 0:
                continue
            b = label[indices[indptr[u] + int(_uniform(state) * degree)]]
        if b == a or not allowed[u, b] or size[a] <= 1:
            continue
        clash_change = 0
        for e in range(apart_ptr[u], apart_ptr[u + 1]):
            v = apart_idx[e]
            if v != u:
                clash_change += 2 if label[v] == b else -2 if label[v] == a else 0
        if clash_change > 0:
            continue
        change = conn[u, a] - conn[u, b] + linear[u, b] - linear[u, a]
        if moments[u, 0] > 0:
            for t, sign in ((a, -1.0), (b, 1.0)):
                change += _inertia(
                    mass[t, 0] + sign * moments[u, 0],
                    mass[t, 1] + sign * moments[u, 1],
                    mass[t, 2] + sign * moments[u, 2],
                    mass[t, 3] + sign * moments[u, 3],
                ) - _inertia(mass[t, 0], mass[t, 1], mass[t, 2], mass[t, 3])
        moved_new = moved_now - moved[u, a] + moved[u, b]
        over_new = max(0.0, moved_new - moved_cap)
        drift = 0.0
        for m in range(num_measures):
            w = amount[u, m]
            drift += (
                _outside(load[a, m] - w, lower[a, m], upper[a, m], target[a, m])
                - _outside(load[a, m], lower[a, m], upper[a, m], target[a, m])
                + _outside(load[b, m] + w, lower[b, m], upper[b, m], target[b, m])
                - _outside(load[b, m], lower[b, m], upper[b, m], target[b, m])
            )
        total = change + price * (drift + over_new - over_cap)
        if not allowed[u, a] or clash_change < 0:
            total -= 1e9
        if total > 0 and (total > 30.0 * heat or _uniform(state) >= np.exp(-total / heat)):
            continue
        if not exempt[u]:
            clock += 2
            if not _whole_without(u, indptr, indices, label, stamp, queue, clock):
                continue
        forbidden -= 0 if allowed[u, a] else 1
        clashes += clash_change
        label[u] = b
        size[a] -= 1
        size[b] += 1
        for m in range(num_measures):
            load[a, m] -= amount[u, m]
            load[b, m] += amount[u, m]
        for c in range(4):
            mass[a, c] -= moments[u, c]
            mass[b, c] += moments[u, c]
        for e in range(flow_ptr[u], flow_ptr[u + 1]):
            v = flow_idx[e]
            conn[v, a] -= flow_pts[e]
            conn[v, b] += flow_pts[e]
        cost += change
        imbalance += drift
        moved_now, over_cap = moved_new, over_new
        fresh = True
    prices[0] = price
    return best_cost


_swing_call: Callable[..., float] = _swing
