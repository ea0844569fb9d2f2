"""Lower bounds on the points of any split: valid for every plan that keeps the rules.

Flow: (a) knapsack: beside unit u, its territory holds at most (upper load - load of u), so u keeps at most the
best fractional choice of partners; (b) spectral, Donath & Hoffman's idea for weighted parts: a partition into k
parts of load at least w_min cuts at least (w_min / 2) times the sum of the k smallest eigenvalues of
D^-1/2 L D^-1/2. The larger of the two holds. Travel and moves: each unit at its cheapest territory.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import ArpackError, eigsh

from territory.units import FloatArray

_MOST_EIGENVALUES = 64
_DENSE_BELOW = 400


def knapsack_cut(flow: sp.csr_matrix, amount: FloatArray, upper: float) -> float:
    """
    Flow cut at least, by the knapsack argument on one measure.

    Parameters
    ----------
    flow
        Symmetric flow between units without diagonal (each pair in both entries), shape (n, n).
    amount
        Load of each unit, shape (n,).
    upper
        Largest load a territory may carry.
    """
    keepable = 0.0
    indptr, indices, data = flow.indptr, flow.indices, flow.data
    for u in range(flow.shape[0]):
        row = slice(indptr[u], indptr[u + 1])
        weight, load = data[row], amount[indices[row]]
        room = upper - amount[u]
        if room < 0 or not len(weight):
            continue
        order = np.argsort(-weight / np.maximum(load, 1e-300), kind="stable")
        filled = np.cumsum(load[order])
        whole = int(np.searchsorted(filled, room, side="right"))
        keepable += float(weight[order[:whole]].sum())
        if whole < len(order):
            left = room - (filled[whole - 1] if whole else 0.0)
            keepable += float(weight[order[whole]]) * left / float(load[order[whole]])
    return max(0.0, (float(flow.sum()) - keepable) / 2.0)


def spectral_cut(flow: sp.csr_matrix, amount: FloatArray, parts: int, lower: float) -> float:
    """Flow cut at least, by the spectral argument: `parts` parts, each with load at least `lower`; 0 if unknown."""
    n = flow.shape[0]
    if parts >= n or parts > _MOST_EIGENVALUES or lower <= 0:
        return 0.0
    # A unit without load would make D singular; a little extra load only makes parts heavier, so it stays valid.
    load = np.maximum(amount, 1e-6 * float(amount.mean()))
    degree = np.asarray(flow.sum(axis=1)).ravel()
    scale = sp.diags(1.0 / np.sqrt(load))
    matrix = sp.csr_matrix(scale @ (sp.diags(degree) - flow) @ scale)
    if n <= _DENSE_BELOW:
        smallest = np.linalg.eigvalsh(matrix.toarray())[:parts]
    else:
        top = float(matrix.diagonal().max()) * 2.0
        try:
            start = np.sqrt(load / load.sum())
            flipped = eigsh(sp.identity(n) * top - matrix, k=parts, which="LA", v0=start, return_eigenvectors=False)
        except ArpackError:
            return 0.0
        smallest = np.sort(top - flipped)
    # Iterative eigenvalues may err upwards; take a little off.
    return max(0.0, lower / 2.0 * float(np.maximum(smallest - 1e-7 * abs(smallest).max(), 0.0).sum()))
