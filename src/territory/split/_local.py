"""A few territories on their own: the rest of the map stands still, the ordinary search works inside."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort
from territory.split._annealing import Budget, Found, Heat, annealed, measured
from territory.split._instance import Instance
from territory.split._levelling import levelled
from territory.split._part import Part
from territory.units import FloatArray, IntArray

_NO_LIMIT = 10**13


def with_leaving_price(part: Part, points: FloatArray) -> Part:
    """The part with `points[u]` added wherever unit u of the whole leaves its territory of now."""
    instance, own = part.instance, points[part.units]
    if not own.any():
        return part
    held = part.label != NONE
    linear = instance.costs(slice(None)).copy()
    linear[held] += own[held, None]
    linear[held, part.label[held]] -= own[held]
    return replace(part, instance=replace(instance, linear=linear))


def started(part: Part) -> IntArray | None:
    """
    A full labelling of a part near its given one: every territory in one piece, the rest filled in from around it.

    Loads are levelled, which may not bring all of them into their bands. None when units cannot be reached from any
    territory of the part.
    """
    instance = part.instance
    label = part.label.copy()
    held = np.flatnonzero(label != NONE)
    label[held[~instance.may_serve(held)[np.arange(len(held)), label[held]]]] = NONE
    label = _heaviest_pieces(instance, label)
    count = np.bincount(label[label != NONE], minlength=instance.num_territories)
    if (count == 0).any():
        for territory in np.flatnonzero(count == 0).tolist():
            _plant(instance, label, territory)
        label = _heaviest_pieces(instance, label)
    whole = _filled(instance, label)
    return None if whole is None else levelled(instance, whole)


def searched(
    instance: Instance, label: IntArray, *, effort: Effort, seed: int, heat: float, cancel: CancelToken | None
) -> Found:
    """The ordinary search from a labelling, never worse than it; `heat` as in `Heat`."""
    first = measured(instance, label)
    deadline_s = np.inf if effort.seconds is None else time.perf_counter() + effort.seconds
    steps = _NO_LIMIT if effort.iterations is None else effort.iterations
    budget = Budget(steps=steps, deadline_s=deadline_s, cancel=cancel)
    found = annealed(instance, label, Heat(hot=heat), budget, np.random.default_rng(seed))
    return first if first.is_better_than(found) else found


def same_territory(graph: sp.csr_matrix, label: IntArray) -> sp.csr_matrix:
    """Only the links inside territories."""
    links = graph.tocoo()
    inside = (label[links.row] == label[links.col]) & (label[links.row] != NONE)
    return sp.csr_matrix(
        (np.ones(int(inside.sum())), (links.row[inside], links.col[inside])), shape=graph.shape, dtype=np.float64
    )


def _heaviest_pieces(instance: Instance, label: IntArray) -> IntArray:
    """Every territory cut back to its heaviest connected piece; its exempt units stay."""
    regular = np.flatnonzero((label != NONE) & ~instance.exempt)
    if not len(regular):
        return label
    count, piece = connected_components(same_territory(instance.graph, label)[regular][:, regular], directed=False)
    weight = instance.amount[regular].sum(axis=1) if instance.amount.shape[1] else np.ones(len(regular))
    load = np.bincount(piece, weights=weight + 1e-12, minlength=count)
    owner = np.zeros(count, dtype=np.int64)
    owner[piece] = label[regular]
    order = np.lexsort((np.arange(count), -load, owner))
    first = np.ones(count, dtype=np.bool_)
    first[1:] = owner[order][1:] != owner[order][:-1]
    keeps = np.zeros(count, dtype=np.bool_)
    keeps[order[first]] = True
    kept = label.copy()
    kept[regular[~keeps[piece]]] = NONE
    return kept


def _plant(instance: Instance, label: IntArray, territory: int) -> None:
    """Give an empty territory the unit nearest to its home that the others can spare (in place)."""
    size = np.bincount(label[label != NONE], minlength=instance.num_territories)
    spare = (label == NONE) | (size[label] > 1)
    may = instance.may_serve(slice(None))[:, territory]
    candidates = np.flatnonzero(spare & may & ~instance.exempt)
    if not len(candidates):
        candidates = np.flatnonzero(spare & may)
    homes = instance.home[instance.territory_of_home == territory]
    if not len(candidates) or not len(homes):
        return
    far = ((instance.centre[candidates, None, :] - homes[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    label[candidates[int(np.argmin(far))]] = territory


def _filled(instance: Instance, label: IntArray) -> IntArray | None:
    """Unserved units taken in ring by ring, by the least filled of the territories that touch them."""
    label = label.copy()
    k = instance.num_territories
    loose = np.flatnonzero((label == NONE) & instance.exempt)
    if len(loose):
        label[loose] = np.argmin(np.where(instance.may_serve(loose), instance.costs(loose), np.inf), axis=1)
    while True:
        free = np.flatnonzero(label == NONE)
        if not len(free):
            return label
        held = np.flatnonzero((label != NONE) & ~instance.exempt)
        member = sp.csr_matrix((np.ones(len(held)), (held, label[held])), shape=(len(label), k))
        touches = np.asarray((instance.graph[free] @ member).todense()) > 0
        reached = touches.any(axis=1)
        if not reached.any():
            return None
        free, touches = free[reached], touches[reached]
        fill = np.zeros(k)
        served = label != NONE
        for m in range(instance.amount.shape[1]):
            load = np.bincount(label[served], weights=instance.amount[served, m], minlength=k)
            fill = np.maximum(fill, load / instance.target[:, m])
        # a territory that may not serve the unit takes it only where no other one touches it
        rank = np.where(touches, fill[None, :] + 1e6 * ~instance.may_serve(free), np.inf)
        label[free] = np.argmin(rank, axis=1)
