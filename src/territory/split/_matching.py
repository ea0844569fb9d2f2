"""The compiled loop of coarsening: which units pair."""

from __future__ import annotations

from numba import njit

from territory.units import BoolArray, FloatArray, IntArray


@njit(cache=True, nogil=True)
def match(
    indptr: IntArray,
    indices: IntArray,
    strength: FloatArray,
    amount: FloatArray,
    limit: FloatArray,
    allowed: BoolArray,
    exempt: BoolArray,
    apart_ptr: IntArray,
    order: IntArray,
    mate: IntArray,
) -> int:
    """
    Pair neighbours of high strength, one pass in the given order; the number of pairs. `mate` is -1 on entry.

    Parameters
    ----------
    strength
        Of each neighbourhood entry (as `indices`).
    limit
        Load that a pair may not exceed, per measure.
    apart_ptr
        Row pointers of the pairs kept apart; units with such a pair stay single.
    """
    pairs = 0
    num_measures = amount.shape[1]
    has_rules = allowed.shape[0] > 0
    for u in order:
        if mate[u] >= 0 or exempt[u] or apart_ptr[u + 1] > apart_ptr[u]:
            continue
        best, best_strength = -1, -1.0
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            if v == u or mate[v] >= 0 or strength[e] <= best_strength or apart_ptr[v + 1] > apart_ptr[v]:
                continue
            fits = True
            for m in range(num_measures):
                if amount[u, m] + amount[v, m] > limit[m]:
                    fits = False
            if fits and has_rules:
                fits = False
                for t in range(allowed.shape[1]):
                    if allowed[u, t] and allowed[v, t]:
                        fits = True
                        break
            if fits:
                best, best_strength = v, strength[e]
        if best >= 0:
            mate[u], mate[best] = best, u
            pairs += 1
    return pairs
