"""How much flow can a split keep that moves little? An upper bound from today's split and the cap alone.

A unit moves or stays. Flow that is parted today and kept afterwards has an end that moved. Credit a kept pair to the
end that moved, half to each when both did: then a unit that moves to territory t earns at most its flow with the
units of t today and half of its other flow that is parted today, so at most c(u) = (parted(u) + best(u)) / 2. A pair
kept today of which one end moves and the other stays is lost. So

    gain <= max over sets S of moved units:  sum of c over S  -  flow kept today between S and the rest,
    subject to  sum of sales over S <= cap,

and with a price p on sales in place of the cap (Lagrange) the maximum is a minimum cut, for every p >= 0 a valid
bound; the best p is searched. Balance and contiguity are left out, which only makes the bound weaker.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from territory.domain.columns import NONE
from territory.units import FloatArray, IntArray

_WHOLE = 1e9
_ROUNDS = 40
_GOLDEN = (5**0.5 - 1) / 2


def most_gain(flow: sp.csr_matrix, today: IntArray, num_territories: int, sales: FloatArray, cap: float) -> float:
    """
    Flow that a split keeps more than today's, at most.

    Parameters
    ----------
    flow
        Symmetric flow between units without diagonal (each pair in both entries), shape (n, n).
    today
        Territory of each unit today, -1 for none.
    sales
        Share of all sales with a rep today that moves when the unit does, shape (n,).
    cap
        Share of sales that may move.
    """
    n = flow.shape[0]
    served = np.flatnonzero(today != NONE)
    holds = sp.csr_matrix((np.ones(len(served)), (served, today[served])), shape=(n, num_territories))
    with_territory = np.asarray((flow @ holds).todense())
    own = np.zeros(n)
    own[served] = with_territory[served, today[served]]
    with_territory[served, today[served]] = 0.0
    parted = np.asarray(flow.sum(axis=1)).ravel() - own
    credit = 0.5 * (parted + with_territory.max(axis=1))
    pairs = flow.tocoo()
    kept = (today[pairs.row] == today[pairs.col]) & (today[pairs.row] != NONE)
    lost = sp.csr_matrix((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=(n, n))

    def at(price: float) -> float:
        return _closure(credit - price * sales, lost) + price * cap

    ratio = credit / np.maximum(sales, 1e-12)
    low, high = 0.0, float(ratio[sales > 0].max(initial=1.0))
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = at(left), at(right)
    best = min(at(0.0), at_left, at_right)
    for _ in range(_ROUNDS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = at(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = at(right)
        best = min(best, at_left, at_right)
    return min(best, float(parted.sum()) / 2.0)


def _closure(profit: FloatArray, lost: sp.csr_matrix) -> float:
    """Most profit of a set of units, less what is lost between the set and the rest: a minimum cut, rounded up."""
    n = len(profit)
    gains, costs = np.flatnonzero(profit > 0), np.flatnonzero(profit < 0)
    if not len(gains):
        return 0.0
    # the network counts in 32-bit integers: all gains together stay below
    scale = _WHOLE / float(profit[gains].sum())
    coo = lost.tocoo()
    row = np.concatenate([coo.row, np.full(len(gains), n), costs])
    col = np.concatenate([coo.col, gains, np.full(len(costs), n + 1)])
    # capacities are rounded down: a smaller cut is a larger, still valid, bound
    room = np.concatenate([coo.data, profit[gains], -profit[costs]]) * scale
    whole = np.floor(np.minimum(room, _WHOLE)).astype(np.int32)
    network = sp.csr_array((whole, (row, col)), shape=(n + 2, n + 2))
    cut = float(maximum_flow(network, n, n + 1).flow_value) / scale
    return float(profit[gains].sum()) - cut
