"""The compiled heart of the search: annealing over border moves that never breaks a territory apart.

All arrays are prepared by `_search`. Costs are points (see `SplitProblem`); imbalance, a broken move cap and broken
pairs apart are priced and must be zero in an incumbent; contiguity holds at every step.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.units import BoolArray, FloatArray, IntArray

_EPSILON = 1e-10
_FORBIDDEN = 1e9


@njit(cache=True, nogil=True, inline="always")
def _uniform(state: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> float:
    """Next uniform number in [0, 1) of a 64-bit xorshift generator kept in `state[0]`."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


_MOST_ARMS = 64


@njit(cache=True, nogil=True)
def _stays_connected(
    u: int,
    indptr: IntArray,
    indices: IntArray,
    label: IntArray,
    stamp: IntArray,
    follow: IntArray,
    arms: IntArray,
    clock: int,
    most: int,
) -> bool:
    """
    Is u's territory still in one piece without u?

    Searches outwards from all of u's neighbours in the territory at once, one unit of each in turn, until their
    searches have met (yes) or one of them has run dry (no): the work grows with the smallest piece, not with the
    territory. Gives up (no) after `most` units. A unit seen by arm i has stamp clock + i; `follow` links the queues;
    `arms` holds, per arm, the arm it joined, and head and tail of its queue, shape (3, _MOST_ARMS).
    """
    home = label[u]
    joined, head, tail = arms[0], arms[1], arms[2]
    num = 0
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if label[v] == home:
            if num == _MOST_ARMS:
                return False
            joined[num] = num
            head[num] = v
            tail[num] = v
            follow[v] = -1
            stamp[v] = clock + num
            num += 1
    if num <= 1:
        return True
    apart = num
    stamp[u] = clock + _MOST_ARMS
    seen = 0
    turn = 0
    while seen < most:
        if joined[turn] == turn:
            w = head[turn]
            if w < 0:
                return False
            seen += 1
            head[turn] = follow[w]
            if head[turn] < 0:
                tail[turn] = -1
            mine = turn
            for e in range(indptr[w], indptr[w + 1]):
                v = indices[e]
                if label[v] != home:
                    continue
                mark = stamp[v]
                if mark < clock:
                    stamp[v] = clock + mine
                    follow[v] = -1
                    if tail[mine] < 0:
                        head[mine] = v
                    else:
                        follow[tail[mine]] = v
                    tail[mine] = v
                elif mark < clock + _MOST_ARMS:
                    other = mark - clock
                    while joined[other] != other:
                        other = joined[other]
                    if other != mine:
                        apart -= 1
                        if apart == 1:
                            return True
                        joined[other] = mine
                        if head[other] >= 0:
                            if tail[mine] < 0:
                                head[mine] = head[other]
                            else:
                                follow[tail[mine]] = head[other]
                            tail[mine] = tail[other]
        turn += 1
        if turn == num:
            turn = 0
    return False


@njit(cache=True, nogil=True, inline="always")
def _excess(load: float, lower: float, upper: float, target: float) -> float:
    """How far a load lies outside its band, as a share of the target."""
    if load > upper:
        return (load - upper) / target
    if load < lower:
        return (lower - load) / target
    return 0.0


@njit(cache=True, nogil=True, inline="always")
def _inertia(weight: float, x: float, y: float, square: float) -> float:
    """Weighted squares about the centroid."""
    return max(0.0, square - (x * x + y * y) / weight) if weight > 0.0 else 0.0


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
    apart_ptr: IntArray,
    apart_idx: IntArray,
    moments: FloatArray,
    conn: FloatArray,
    most_seen: int,
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
    linear, moved, allowed, moments
        As in `Instance`; no rows where they do not matter.
    apart_ptr, apart_idx
        Pairs of units that may not share a territory (CSR).
    conn
        Room for flow from each unit to each territory, shape (num_units, num_territories); no rows: it is summed
        anew for each move, which is quicker where units have few partners.
    most_seen
        Units that the test of contiguity may look at before it gives up and refuses the move.
    best_cost
        Cost of `best` on entry (infinite when it is not feasible).
    hot, cold
        Temperatures in points, falling geometrically; `price_low` to `price_high` is the rising price of one
        target's worth of imbalance.
    """
    n = label.shape[0]
    k, num_measures = target.shape
    has_linear, has_cap, has_rules = linear.shape[0] > 0, moved.shape[0] > 0, allowed.shape[0] > 0
    has_moments, is_dense, has_apart = moments.shape[0] > 0, conn.shape[0] > 0, apart_idx.shape[0] > 0
    state = np.empty(1, dtype=np.uint64)
    state[0] = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    stamp = np.zeros(n, dtype=np.int64)
    follow = np.empty(n, dtype=np.int64)
    arms = np.empty((3, _MOST_ARMS), dtype=np.int64)
    clock = 1
    load = np.zeros((k, num_measures))
    shape = np.zeros((k, 4))
    size = np.zeros(k, dtype=np.int64)
    foreign = np.zeros(n, dtype=np.int32)
    border = np.empty(n, dtype=np.int32)
    place = np.full(n, -1, dtype=np.int32)
    num_border = 0
    cost = 0.0
    moved_now = 0.0
    forbidden = 0
    if is_dense:
        conn[:] = 0.0
    for u in range(n):
        a = label[u]
        size[a] += 1
        if has_linear:
            cost += linear[u, a]
        if has_cap:
            moved_now += moved[u, a]
        if has_rules and not allowed[u, a]:
            forbidden += 1
        for m in range(num_measures):
            load[a, m] += amount[u, m]
        if has_moments:
            for c in range(4):
                shape[a, c] += moments[u, c]
        for e in range(flow_ptr[u], flow_ptr[u + 1]):
            v = flow_idx[e]
            if is_dense:
                conn[u, label[v]] += flow_pts[e]
            if label[v] != a and u < v:
                cost += flow_pts[e]
        if has_apart:
            for e in range(apart_ptr[u], apart_ptr[u + 1]):
                if label[apart_idx[e]] == a and u <= apart_idx[e]:
                    forbidden += 1
        for e in range(indptr[u], indptr[u + 1]):
            if label[indices[e]] != a:
                foreign[u] += 1
        if foreign[u] > 0 or exempt[u]:
            place[u] = num_border
            border[num_border] = u
            num_border += 1
    changed = np.empty(n, dtype=np.int32)
    is_changed = np.zeros(n, dtype=np.bool_)
    num_changed = 0
    for u in range(n):
        if best[u] != label[u]:
            is_changed[u] = True
            changed[num_changed] = u
            num_changed += 1
    imbalance = 0.0
    for t in range(k):
        for m in range(num_measures):
            imbalance += _excess(load[t, m], lower[t, m], upper[t, m], target[t, m])
        if has_moments:
            cost += _inertia(shape[t, 0], shape[t, 1], shape[t, 2], shape[t, 3])
    over_cap = max(0.0, moved_now - moved_cap)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    rising = (price_high / price_low) ** (1.0 / max(1, steps))
    heat, price = hot, price_low
    if forbidden == 0 and imbalance <= _EPSILON and over_cap <= _EPSILON and cost < best_cost - _EPSILON:
        best_cost = cost
        best[:] = label
        is_changed[:] = False
        num_changed = 0
    for _ in range(steps):
        heat *= cooling
        price *= rising
        if num_border == 0:
            break
        u = border[int(_uniform(state) * num_border)]
        a = label[u]
        b = a
        if exempt[u]:
            b = int(_uniform(state) * k)
        else:
            degree = indptr[u + 1] - indptr[u]
            # a random neighbour, not a random foreign one: units deep in their territory are seldom asked to leave
            b = label[indices[indptr[u] + int(_uniform(state) * degree)]]
        if b == a or size[a] <= 1 or (has_rules and not allowed[u, b]):
            continue
        imbalance_change = 0.0
        for m in range(num_measures):
            w = amount[u, m]
            imbalance_change += (
                _excess(load[a, m] - w, lower[a, m], upper[a, m], target[a, m])
                - _excess(load[a, m], lower[a, m], upper[a, m], target[a, m])
                + _excess(load[b, m] + w, lower[b, m], upper[b, m], target[b, m])
                - _excess(load[b, m], lower[b, m], upper[b, m], target[b, m])
            )
        moved_new = moved_now
        over_new = over_cap
        if has_cap:
            moved_new = moved_now - moved[u, a] + moved[u, b]
            over_new = max(0.0, moved_new - moved_cap)
        total = price * (imbalance_change + over_new - over_cap)
        change = 0.0
        if is_dense:
            change = conn[u, a] - conn[u, b]
        else:
            for e in range(flow_ptr[u], flow_ptr[u + 1]):
                t = label[flow_idx[e]]
                if t == a:
                    change += flow_pts[e]
                elif t == b:
                    change -= flow_pts[e]
        if has_linear:
            change += linear[u, b] - linear[u, a]
        if has_moments:
            w0, w1, w2, w3 = moments[u, 0], moments[u, 1], moments[u, 2], moments[u, 3]
            change += (
                _inertia(shape[a, 0] - w0, shape[a, 1] - w1, shape[a, 2] - w2, shape[a, 3] - w3)
                - _inertia(shape[a, 0], shape[a, 1], shape[a, 2], shape[a, 3])
                + _inertia(shape[b, 0] + w0, shape[b, 1] + w1, shape[b, 2] + w2, shape[b, 3] + w3)
                - _inertia(shape[b, 0], shape[b, 1], shape[b, 2], shape[b, 3])
            )
        total += change
        broken = 0
        if has_apart:
            for e in range(apart_ptr[u], apart_ptr[u + 1]):
                v = apart_idx[e]
                if v != u:
                    if label[v] == b:
                        broken += 1
                    elif label[v] == a:
                        broken -= 1
            total += price * broken
        if has_rules and not allowed[u, a]:
            total -= _FORBIDDEN
        if total > 0 and (total > 30.0 * heat or _uniform(state) >= np.exp(-total / heat)):
            continue
        if not exempt[u]:
            clock += _MOST_ARMS + 1
            if not _stays_connected(u, indptr, indices, label, stamp, follow, arms, clock, most_seen):
                continue
        if has_rules and not allowed[u, a]:
            forbidden -= 1
        forbidden += broken
        label[u] = b
        if not is_changed[u]:
            is_changed[u] = True
            changed[num_changed] = u
            num_changed += 1
        size[a] -= 1
        size[b] += 1
        for m in range(num_measures):
            load[a, m] -= amount[u, m]
            load[b, m] += amount[u, m]
        if has_moments:
            for c in range(4):
                shape[a, c] -= moments[u, c]
                shape[b, c] += moments[u, c]
        if is_dense:
            for e in range(flow_ptr[u], flow_ptr[u + 1]):
                v = flow_idx[e]
                conn[v, a] -= flow_pts[e]
                conn[v, b] += flow_pts[e]
        foreign[u] = 0
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            t = label[v]
            if t != b:
                foreign[u] += 1
            if t == a:
                foreign[v] += 1
                if place[v] < 0:
                    place[v] = num_border
                    border[num_border] = v
                    num_border += 1
            elif t == b:
                foreign[v] -= 1
                if foreign[v] == 0 and not exempt[v]:
                    num_border -= 1
                    last = border[num_border]
                    border[place[v]] = last
                    place[last] = place[v]
                    place[v] = -1
        if foreign[u] == 0 and not exempt[u]:
            num_border -= 1
            last = border[num_border]
            border[place[u]] = last
            place[last] = place[u]
            place[u] = -1
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
                for c in range(num_changed):
                    best[changed[c]] = label[changed[c]]
                    is_changed[changed[c]] = False
                num_changed = 0
    return best_cost
