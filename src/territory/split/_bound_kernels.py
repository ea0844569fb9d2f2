"""Compiled loops of the flow bound."""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def fill_knapsacks(
    indptr: IntArray,
    indices: IntArray,
    value: FloatArray,
    amount: FloatArray,
    upper: float,
    fraction: FloatArray,
    density: FloatArray,
) -> float:
    """
    The most that all units can keep, each filling the room beside it in a territory with its best partners.

    Parameters
    ----------
    value
        Of each entry of the CSR matrix: what the row's unit may claim of the pair's flow.
    fraction, density
        Written: how far each entry is taken, shape (nnz,); flow per load of the entry that no longer fitted whole
        (0: everything fitted), shape (num_units,).
    """
    kept = 0.0
    for u in range(len(indptr) - 1):
        first, last = indptr[u], indptr[u + 1]
        room = upper - amount[u]
        density[u] = 0.0
        worth = np.empty(last - first)
        for e in range(first, last):
            fraction[e] = 0.0
            worth[e - first] = -value[e] / max(amount[indices[e]], 1e-300)
        if room <= 0.0:
            density[u] = np.inf
            continue
        for at in np.argsort(worth):
            e = first + at
            if value[e] <= 0.0:
                break
            load = amount[indices[e]]
            if load <= room:
                fraction[e] = 1.0
                room -= load
                kept += value[e]
            else:
                fraction[e] = room / load
                kept += value[e] * fraction[e]
                density[u] = value[e] / load
                break
    return kept
