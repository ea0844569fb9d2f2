"""Starts for the search: territories grown from homes, and today's split repaired."""

from __future__ import annotations

import heapq

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components

from territory.domain.columns import NONE
from territory.split._instance import Instance
from territory.units import FloatArray, IntArray


def seeds(instance: Instance) -> IntArray:
    """
    One seed unit per territory, near its home; every component gets as many as its load asks for.

    -1 for a territory that finds none because regular units are fewer than territories.
    """
    regular = np.flatnonzero(~instance.exempt)
    chosen = np.full(instance.num_territories, NONE, dtype=np.int64)
    if not len(regular):
        return chosen
    cost = np.where(instance.may_serve(slice(None)), home_cost(instance), 1e12)[regular].T
    count, found = connected_components(instance.graph[regular][:, regular], directed=False)
    label = found.astype(np.int64)
    if count > 1:
        quota = _quotas(instance, regular, label, count)
        slots = np.repeat(np.arange(count), quota)
        near = np.column_stack([cost[:, label == part].min(axis=1) for part in range(count)])
        rows, columns = linear_sum_assignment(near[:, slots])
        part_of = np.full(instance.num_territories, NONE, dtype=np.int64)
        part_of[rows] = slots[columns]
        cost = cost + 1e13 * (part_of[:, None] != label[None, :])
    rows, columns = linear_sum_assignment(cost)
    chosen[rows] = regular[columns]
    return chosen


def _quotas(instance: Instance, regular: IntArray, label: IntArray, count: int) -> IntArray:
    """Territories per component: by largest remainder of its share of the load, at least one for the heaviest."""
    weight = instance.amount[regular, 0] if instance.amount.shape[1] else np.ones(len(regular))
    ideal = np.bincount(label, weights=weight, minlength=count)
    ideal = ideal / ideal.sum() * instance.num_territories
    quota = np.floor(ideal).astype(np.int64)
    size = np.bincount(label, minlength=count)
    rest = np.argsort(-(ideal - quota), kind="stable")
    for part in rest[: instance.num_territories - int(quota.sum())].tolist():
        quota[part] += 1
    return np.asarray(np.minimum(quota, size), dtype=np.int64)


def grow(instance: Instance, label: IntArray) -> IntArray:
    """
    Complete a partial labelling (-1: free) into connected territories, the least filled one choosing next.

    Units that no neighbouring territory may serve go to a neighbour anyway; exempt ones to their cheapest allowed
    territory. The search moves them on.
    """
    label = label.copy()
    k = instance.num_territories
    load = np.zeros(k)
    measure = instance.amount[:, 0] if instance.amount.shape[1] else np.ones(instance.num_units)
    goal = instance.target[:, 0] if instance.amount.shape[1] else np.ones(k)
    served = label != NONE
    np.add.at(load, label[served], measure[served])
    free_exempt = np.flatnonzero(instance.exempt & ~served)
    costs = np.where(instance.may_serve(free_exempt), instance.costs(free_exempt), np.inf)
    label[free_exempt] = np.argmin(costs, axis=1)
    indptr, indices = instance.graph.indptr, instance.graph.indices
    far, may = home_cost(instance), instance.may_serve(slice(None))
    fronts: list[list[tuple[float, int]]] = [[] for _ in range(k)]

    def spread(u: int, t: int) -> None:
        for v in indices[indptr[u] : indptr[u + 1]].tolist():
            if label[v] == NONE:
                heapq.heappush(fronts[t], (float(far[v, t]), v))

    for u in np.flatnonzero(served & ~instance.exempt).tolist():
        spread(u, int(label[u]))
    turn = [(float(load[t] / goal[t]), t) for t in range(k)]
    heapq.heapify(turn)
    while turn:
        _, t = heapq.heappop(turn)
        while fronts[t]:
            _, u = heapq.heappop(fronts[t])
            if label[u] == NONE and may[u, t]:
                label[u] = t
                load[t] += measure[u]
                spread(u, t)
                heapq.heappush(turn, (float(load[t] / goal[t]), t))
                break
    return _fill(instance, label)


def _fill(instance: Instance, label: IntArray) -> IntArray:
    """Give what growth could not reach to a neighbouring territory; isolated parts to the nearest home."""
    indptr, indices = instance.graph.indptr, instance.graph.indices
    far, may = home_cost(instance), instance.may_serve(slice(None))
    waiting = [int(u) for u in np.flatnonzero(label == NONE)]
    while waiting:
        left: list[int] = []
        for u in waiting:
            near = [int(label[v]) for v in indices[indptr[u] : indptr[u + 1]].tolist() if label[v] != NONE]
            if near:
                label[u] = min(near, key=lambda t: (not may[u, t], far[u, t], t))
            else:
                left.append(u)
        if len(left) == len(waiting):
            u = left.pop(0)
            costs = np.where(may[u], far[u], np.inf)
            label[u] = int(np.argmin(costs))
        waiting = left
    return label


def grown(instance: Instance) -> IntArray:
    """Territories grown from seeds near the homes."""
    label = np.full(instance.num_units, NONE, dtype=np.int64)
    chosen = seeds(instance)
    label[chosen[chosen != NONE]] = np.flatnonzero(chosen != NONE)
    return grow(instance, label)


def repaired(instance: Instance, today: IntArray) -> IntArray:
    """Today's split with each territory cut back to its heaviest piece and the rest grown anew."""
    label = np.where(
        (today != NONE) & instance.may_serve(slice(None))[np.arange(len(today)), np.maximum(today, 0)], today, NONE
    )
    measure = instance.amount[:, 0] if instance.amount.shape[1] else np.ones(instance.num_units)
    kept = np.full(instance.num_units, NONE, dtype=np.int64)
    kept[instance.exempt] = label[instance.exempt]
    for t in range(instance.num_territories):
        members = np.flatnonzero((label == t) & ~instance.exempt)
        if not len(members):
            continue
        count, part = connected_components(instance.graph[members][:, members], directed=False)
        heaviest = int(np.argmax(np.bincount(part, weights=measure[members] + 1e-12, minlength=count)))
        kept[members[part == heaviest]] = t
    chosen = seeds(instance)
    for t in range(instance.num_territories):
        if chosen[t] != NONE and kept[chosen[t]] == NONE and not np.any((kept == t) & ~instance.exempt):
            kept[chosen[t]] = t
    if len(np.unique(kept[(kept != NONE) & ~instance.exempt])) < instance.num_territories:
        return grown(instance)
    return grow(instance, kept)


def home_cost(instance: Instance) -> FloatArray:
    """Squared kilometres from each unit's centre to the nearest home of each territory, shape (n, k)."""
    far = ((instance.centre[:, None, :] - instance.home[None, :, :]) ** 2).sum(axis=2)
    nearest = np.full((instance.num_units, instance.num_territories), np.inf)
    for column, territory in enumerate(instance.territory_of_home.tolist()):
        nearest[:, territory] = np.minimum(nearest[:, territory], far[:, column])
    return nearest
