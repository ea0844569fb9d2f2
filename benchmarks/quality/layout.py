"""Positions for units that have none, and stand-in homes.

The split search grows its starts around reps' homes. A graph has no reps, so k homes stand in: they order the growth
of starts and cost nothing.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from benchmarks.instances.graph import GraphInstance
from territory.units import FloatArray, IntArray

_PIVOTS = 24
_WIDTH_DEG = 1.0


def positions(instance: GraphInstance) -> FloatArray:
    """Positions inside a degree at the equator, shape (num_units, 2): the instance's own, or drawn from the graph."""
    xy = instance.xy if instance.xy is not None else _drawn(instance)
    low = xy.min(axis=0)
    return np.asarray((xy - low) * (_WIDTH_DEG / max(float(np.ptp(xy, axis=0).max()), 1e-12)), dtype=np.float64)


def _drawn(instance: GraphInstance) -> FloatArray:
    """A drawing by distances (in borders) to a few far-apart pivots: their two main components."""
    graph = instance.graph()
    nearest = np.full(instance.num_units, np.inf)
    columns: list[FloatArray] = []
    pivot = 0
    for _ in range(min(_PIVOTS, instance.num_units)):
        far = np.asarray(dijkstra(graph, indices=np.array([pivot]), unweighted=True), dtype=np.float64)[0]
        far[~np.isfinite(far)] = instance.num_units
        columns.append(far)
        nearest = np.minimum(nearest, far)
        pivot = int(np.argmax(nearest))
    squares = np.column_stack(columns) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    _, values, vectors = np.linalg.svd(centred, full_matrices=False)
    drawn = centred @ vectors[:2].T
    if drawn.shape[1] < 2 or not values.any():
        drawn = np.column_stack([np.arange(instance.num_units), np.zeros(instance.num_units)])
    return np.asarray(drawn, dtype=np.float64)


def stand_in_homes(xy: FloatArray, weight: FloatArray, parts: int) -> FloatArray:
    """Centres of `parts` pieces of like weight, cut again and again across the longer side; shape (parts, 2)."""
    homes: list[FloatArray] = []

    def cut(members: IntArray, count: int) -> None:
        if count == 1 or len(members) < 2:
            homes.extend([xy[members].mean(axis=0)] * count)
            return
        axis = int(np.argmax(np.ptp(xy[members], axis=0)))
        ordered = members[np.lexsort((xy[members, 1 - axis], xy[members, axis]))]
        left = count // 2
        running = np.cumsum(weight[ordered])
        place = int(np.searchsorted(running, running[-1] * left / count)) + 1
        place = min(max(place, 1), len(ordered) - 1)
        cut(ordered[:place], left)
        cut(ordered[place:], count - left)

    cut(np.arange(len(xy)), parts)
    return np.array(homes)
