"""Units gathered around given centres within the band, as cheaply as can be: a start for a search, not yet connected.

With centres fixed the compactness problem is a transport problem. Many sets of centres are tried with prices on load
that level the parts roughly; the best few are solved as linear programmes, in which at most as many units as there are
centres come out shared, and go where most of them lies. Centres then move to the centroids, and again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from territory.domain.columns import NONE
from territory.split._centre_problem import CentreProblem, centroids
from territory.units import FloatArray, IntArray

_MOVES, _LEVELLINGS, _BEST = 4, 40, 3
# Centres that a unit may go to, nearest first; all of them where these do not suffice.
_NEAREST = 8
_INNER = 0.3


def gathered(model: CentreProblem, centres: Sequence[IntArray]) -> IntArray | None:
    """
    The part of each unit, shape (n,), around the best of several sets of centres; None where no set can keep the band.

    Parameters
    ----------
    centres
        Positions in `model.centre`, each of shape (parts,).
    """
    rough = []
    for centre in centres:
        middle, label = model.centre[centre], np.zeros(len(model.moments), dtype=np.int64)
        for _ in range(_MOVES):
            label = _levelled(model, middle)
            middle = _moved(model, label, middle)
        load = np.bincount(label, weights=model.amount, minlength=model.parts)
        uneven = float(np.abs(load - load.mean()).sum()) / max(float(load.sum()), 1e-300)
        rough.append((inertia_of(model, label) * (1.0 + model.parts * uneven), middle))
    rough.sort(key=lambda start: start[0])
    best = (_gathered_around(model, middle) for _, middle in rough[:_BEST])
    return min((one for one in best if one is not None), key=lambda one: inertia_of(model, one), default=None)


def connected_cores(label: IntArray, graph: sp.csr_matrix, weight: FloatArray) -> IntArray:
    """The label with -1 for every unit outside the heaviest connected piece of its part, shape (n,)."""
    coo = graph.tocoo()
    same = label[coo.row] == label[coo.col]
    inside = sp.csr_matrix((np.ones(int(same.sum())), (coo.row[same], coo.col[same])), shape=graph.shape)
    _, piece = connected_components(inside, directed=False)
    load = np.bincount(piece, weights=weight + 1e-12)
    heaviest = np.zeros(int(label.max()) + 1)
    np.maximum.at(heaviest, label, load[piece])
    return np.where(load[piece] >= heaviest[label], label, NONE)


def inertia_of(model: CentreProblem, label: IntArray) -> float:
    """Inertia of the parts about their centroids."""
    sums = np.zeros((model.parts, 4))
    np.add.at(sums, label, model.moments)
    return float(centroids(sums)[2].sum())


def _gathered_around(model: CentreProblem, middle: FloatArray) -> IntArray | None:
    label = None
    for _ in range(_MOVES):
        before, label = label, _transport(model, middle)
        if label is None or (before is not None and np.array_equal(before, label)):
            break
        middle = _moved(model, label, middle)
    return label


def _levelled(model: CentreProblem, middle: FloatArray) -> IntArray:
    """Units at the nearest centre, with squared distances that grow where the load is too high."""
    _, spot, _ = centroids(model.moments)
    square = ((spot[:, None, :] - middle[None]) ** 2).sum(axis=2)
    mean = float(model.amount.sum()) / model.parts
    price = np.zeros(model.parts)
    step = float(np.median(square.min(axis=1))) + 1e-300
    for number in range(_LEVELLINGS):
        label = np.argmin(square + price, axis=1)
        load = np.bincount(label, weights=model.amount, minlength=model.parts)
        price += step * (load / mean - 1.0) / (1.0 + 0.05 * number)
    return np.asarray(label, dtype=np.int64)


def _moved(model: CentreProblem, label: IntArray, middle: FloatArray) -> FloatArray:
    """Centroids of the parts; an empty part stays where it was."""
    sums = np.zeros((model.parts, 4))
    np.add.at(sums, label, model.moments)
    return np.asarray(np.where(sums[:, :1] > 0, centroids(sums)[1], middle), dtype=np.float64)


def _inner_band(model: CentreProblem) -> tuple[float, float]:
    """A part of the band about its middle, so that shared units that go to one side stay inside."""
    upper = model.upper if np.isfinite(model.upper) else float(model.amount.sum())
    mean = float(model.amount.sum()) / model.parts
    inner = min(max(mean, model.lower), upper)
    return inner - _INNER * (inner - model.lower), inner + _INNER * (upper - inner)


def _transport(model: CentreProblem, middle: FloatArray) -> IntArray | None:
    """The cheapest gathering around fixed points; None where no fractions of units keep the band."""
    _, spot, _ = centroids(model.moments)
    n, k = len(spot), model.parts
    lower, upper = _inner_band(model)
    for many in dict.fromkeys((min(_NEAREST, k), k)):
        distance, near = cKDTree(middle).query(spot, k=np.arange(1, many + 1))
        to, unit, pair = np.asarray(near, dtype=np.int64).ravel(), np.repeat(np.arange(n), many), np.arange(n * many)
        cost = model.moments[unit, 0] * np.asarray(distance).ravel() ** 2
        once = sp.csr_array((np.ones(len(pair)), (unit, pair)), shape=(n, len(pair)))
        load = sp.csr_array((model.amount[unit], (to, pair)), shape=(k, len(pair)))
        found = milp(
            cost / max(float(cost.max()), 1e-300),
            bounds=Bounds(0.0, 1.0),
            constraints=[LinearConstraint(once, 1, 1), LinearConstraint(load, lower, upper)],
        )
        if found.x is not None:
            share = np.asarray(found.x, dtype=np.float64).reshape(n, many)
            return np.asarray(to.reshape(n, many)[np.arange(n), np.argmax(share, axis=1)], dtype=np.int64)
    return None
