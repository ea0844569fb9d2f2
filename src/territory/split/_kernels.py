"""The compiled heart of the search: annealing over border moves that never breaks a territory apart.

All arrays are prepared by `_search`. Costs are points (see `SplitProblem`); imbalance and a broken move cap are
priced and must be zero in an incumbent; contiguity holds at every step.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.units import BoolArray, FloatArray, IntArray

_EPSILON = 1e-10


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
def _stays_connected(
    u: int, indptr: IntArray, indices: IntArray, label: IntArray, stamp: IntArray, queue: IntArray, clock: int
) -> bool:
    """Is u's territory still in one piece without u? `stamp` marks with clock (wanted) and clock + 1 (seen)."""
    home = label[u]
    wanted = 0
    first = -1
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
def _excess(load: float, lower: float, upper: float, target: float) -> float:
    """How far a load lies outside its band, as a share of the target."""
    if load > upper:
        return (load - upper) / target
    if load < lower:
        return (lower - load) / target
    return 0.0


@njit(cache=True, nogil=True)
def anneal(
    indptr: IntArray,
    indices: IntArray,
    flow_ptr: IntArray,
    flow_idx: IntArray,
    flow_pts: FloatArray,
    amount: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    target: FloatArray,
    linear: FloatArray,
    moved: FloatArray,
    moved_cap: float,
    allowed: BoolArray,
    exempt: BoolArray,
    label: IntArray,
    best: IntArray,
    best_cost: float,
    steps: int,
    hot: float,
    cold: float,
    price_low: float,
    price_high: float,
    seed: int,
) -> float:
    """
    Anneal `label` in place; keep the cheapest feasible labelling seen in `best`; return its cost.

    Parameters
    ----------
    indptr, indices
        Neighbourhood of units (CSR); exempt units have no neighbours.
    flow_ptr, flow_idx, flow_pts
        Symmetric flow between units in points (CSR), no diagonal.
    amount
        Loads, shape (num_units, num_measures); `lower`, `upper`, `target` are (num_territories, num_measures).
    linear, moved
        Points, and share of sales moved, when a unit goes to a territory; shape (num_units, num_territories).
    best_cost
        Cost of `best` on entry (infinite when it is not feasible).
    hot, cold
        Temperatures in points, falling geometrically; `price_low` to `price_high` is the rising price of one
        target's worth of imbalance.
    """
    n, k = linear.shape
    num_measures = amount.shape[1]
    state = np.empty(1, dtype=np.uint64)
    state[0] = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    stamp = np.zeros(n, dtype=np.int64)
    queue = np.empty(n + 1, dtype=np.int64)
    clock = 1
    conn = np.zeros((n, k))
    load = np.zeros((k, num_measures))
    size = np.zeros(k, dtype=np.int64)
    cost = 0.0
    moved_now = 0.0
    forbidden = 0
    for u in range(n):
        a = label[u]
        cost += linear[u, a]
        moved_now += moved[u, a]
        size[a] += 1
        if not allowed[u, a]:
            forbidden += 1
        for m in range(num_measures):
            load[a, m] += amount[u, m]
        for e in range(flow_ptr[u], flow_ptr[u + 1]):
            v = flow_idx[e]
            conn[u, label[v]] += flow_pts[e]
            if label[v] != a and u < v:
                cost += flow_pts[e]
    imbalance = 0.0
    for t in range(k):
        for m in range(num_measures):
            imbalance += _excess(load[t, m], lower[t, m], upper[t, m], target[t, m])
    over_cap = max(0.0, moved_now - moved_cap)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    rising = (price_high / price_low) ** (1.0 / max(1, steps))
    heat, price = hot, price_low
    if forbidden == 0 and imbalance <= _EPSILON and over_cap <= _EPSILON and cost < best_cost - _EPSILON:
        best_cost = cost
        best[:] = label
    for _ in range(steps):
        heat *= cooling
        price *= rising
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
        change = conn[u, a] - conn[u, b] + linear[u, b] - linear[u, a]
        moved_new = moved_now - moved[u, a] + moved[u, b]
        over_new = max(0.0, moved_new - moved_cap)
        imbalance_change = 0.0
        for m in range(num_measures):
            w = amount[u, m]
            imbalance_change += (
                _excess(load[a, m] - w, lower[a, m], upper[a, m], target[a, m])
                - _excess(load[a, m], lower[a, m], upper[a, m], target[a, m])
                + _excess(load[b, m] + w, lower[b, m], upper[b, m], target[b, m])
                - _excess(load[b, m], lower[b, m], upper[b, m], target[b, m])
            )
        total = change + price * (imbalance_change + over_new - over_cap)
        if not allowed[u, a]:
            total -= 1e9
        if total > 0 and (total > 40.0 * heat or _uniform(state) >= np.exp(-total / heat)):
            continue
        if not exempt[u]:
            clock += 2
            if not _stays_connected(u, indptr, indices, label, stamp, queue, clock):
                continue
        if not allowed[u, a]:
            forbidden -= 1
        label[u] = b
        size[a] -= 1
        size[b] += 1
        for m in range(num_measures):
            load[a, m] -= amount[u, m]
            load[b, m] += amount[u, m]
        for e in range(flow_ptr[u], flow_ptr[u + 1]):
            v = flow_idx[e]
            conn[v, a] -= flow_pts[e]
            conn[v, b] += flow_pts[e]
        cost += change
        imbalance += imbalance_change
        moved_now, over_cap = moved_new, over_new
        if forbidden == 0 and imbalance <= _EPSILON and over_cap <= _EPSILON and cost < best_cost - _EPSILON:
            # running sums drift; an incumbent is only what a fresh sum confirms
            imbalance = 0.0
            for t in range(k):
                for m in range(num_measures):
                    imbalance += _excess(load[t, m], lower[t, m], upper[t, m], target[t, m])
            if imbalance <= _EPSILON:
                best_cost = cost
                best[:] = label
    return best_cost
