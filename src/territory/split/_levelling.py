"""Levelling loads between neighbours: how much each passes on (a linear program), then which units (layer by layer).

Annealing moves single units and spreads a whole territory's load over many neighbours only slowly; this does it in a
few rounds of large transfers and leaves the fine work to the search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components, dijkstra

from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray

_ROUNDS = 8
_INNER = 0.7  # loads aim at this share of their band, so that whole units fit
_SMALL = 1e-3  # of a target: not worth a transfer
_OUTSIDE, _NEAR_EDGE = 500.0, 5.0  # price per target of load outside the band, and in its outer part


@dataclass(frozen=True, kw_only=True, eq=False)
class _Transfers:
    """What territory `frm` passes to its neighbour `to`, in targets of the first measure; largest first."""

    frm: IntArray
    to: IntArray
    amount: FloatArray


def levelled(instance: Instance, label: IntArray) -> IntArray:
    """
    A labelling with loads inside their bands, or nearer to them; every territory stays in as few pieces as it was.

    Units that need not touch their territory are left to the search.
    """
    label = label.copy()
    if not instance.amount.shape[1]:
        return label
    for _ in range(_ROUNDS):
        wanted = _transfers(instance, label)
        if not len(wanted.amount):
            break
        given = sum(
            _pass_on(instance, label, frm, to, amount)
            for frm, to, amount in zip(wanted.frm.tolist(), wanted.to.tolist(), wanted.amount.tolist(), strict=True)
        )
        if given <= 0:
            break
    return label


def _transfers(instance: Instance, label: IntArray) -> _Transfers:
    """The cheapest transfers between neighbouring territories that bring loads into their bands."""
    k, num_measures = instance.num_territories, instance.amount.shape[1]
    links = instance.graph.tocoo()
    a, b = label[links.row], label[links.col]
    arc = np.unique((a * np.int64(k) + b)[a != b])
    frm, to = arc // k, arc % k
    count = len(arc)
    if not count:
        return _Transfers(frm=frm, to=to, amount=np.zeros(0))
    load = np.column_stack([np.bincount(label, weights=column, minlength=k) for column in instance.amount.T])
    # what passes is made up like the giver: `mix` is its load of each measure per load of the first one, in targets
    unit = instance.target[:, 0].mean()
    mix = load * unit / np.maximum(load[:, :1], 1e-12) / instance.target
    columns = np.arange(count)
    matrices: list[sp.csr_matrix] = []
    limits: list[FloatArray] = []
    for m in range(num_measures):
        net = sp.csr_matrix(
            (np.r_[mix[frm, m], -mix[frm, m]], (np.r_[to, frm], np.r_[columns, columns])), shape=(k, count)
        )
        middle = (instance.lower[:, m] + instance.upper[:, m]) / (2.0 * instance.target[:, m])
        half = (instance.upper[:, m] - instance.lower[:, m]) / (2.0 * instance.target[:, m])
        share = load[:, m] / instance.target[:, m]
        slack = sp.csr_matrix(sp.identity(k))
        near = [sp.csr_matrix((k, k))] * (2 * num_measures)
        near[2 * m] = near[2 * m + 1] = slack
        for sign in (1.0, -1.0):
            matrices.append(sp.hstack([sign * net, *(-part for part in near)]))
            limits.append(_INNER * half - sign * (share - middle))
    outer = (1.0 - _INNER) * (instance.upper - instance.lower) / (2.0 * instance.target)
    high = np.r_[np.full(count, np.inf), *(np.r_[edge, np.full(k, np.inf)] for edge in outer.T)]
    cost = np.r_[np.ones(count), np.tile(np.r_[np.full(k, _NEAR_EDGE), np.full(k, _OUTSIDE)], num_measures)]
    found = milp(
        cost,
        constraints=LinearConstraint(sp.csr_matrix(sp.vstack(matrices)), -np.inf, np.concatenate(limits)),
        bounds=Bounds(np.zeros(len(high)), high),
    )
    amount = np.asarray(found.x[:count]) if found.x is not None else np.zeros(count)
    order = np.lexsort((arc, -amount))
    order = order[amount[order] > _SMALL]
    return _Transfers(frm=frm[order], to=to[order], amount=amount[order])


def _pass_on(instance: Instance, label: IntArray, frm: int, to: int, amount: float) -> float:
    """Move about `amount` targets of units from one territory to a neighbour (in place); the amount moved."""
    members = np.flatnonzero((label == frm) & ~instance.exempt)
    may = instance.may_serve(members)[:, to]
    weight = instance.amount[members, 0] / instance.target[:, 0].mean()
    inside = sp.csr_matrix(instance.graph[members][:, members])
    receivers = (label == to).astype(np.float64)
    receivers[instance.exempt] = 0.0
    border = np.flatnonzero((np.asarray(instance.graph[members] @ receivers).ravel() > 0) & may)
    if not len(border) or len(members) < 2:
        return 0.0
    passable = sp.diags(may.astype(np.float64))
    depth = dijkstra(sp.csr_matrix(passable @ inside @ passable), indices=border, unweighted=True, min_only=True)
    pull = np.asarray(instance.flow[members] @ np.column_stack([label == to, label == frm]).astype(np.float64))
    costs = instance.costs(members)
    gain = pull[:, 0] - pull[:, 1] - costs[:, to] + costs[:, frm]
    order = np.lexsort((np.arange(len(members)), -gain, np.where(may, depth, np.inf)))
    order = order[np.isfinite(depth[order]) & may[order]]
    filled = np.cumsum(weight[order])
    most = amount
    for _ in range(4):
        count = min(int(np.searchsorted(filled, most + 1e-12, side="right")), len(members) - 1)
        if count < 1:
            return 0.0
        taken = np.zeros(len(members), dtype=np.bool_)
        taken[order[:count]] = True
        taken |= _cut_off(inside, weight, taken)
        moved = float(weight[taken].sum())
        if may[taken].all() and moved <= 1.3 * amount and not taken.all():
            label[members[taken]] = to
            return moved
        most /= 2.0
    return 0.0


def _cut_off(inside: sp.csr_matrix, weight: FloatArray, taken: BoolArray) -> BoolArray:
    """What hangs on the units taken alone: all but the heaviest piece of those that stay."""
    rest = np.flatnonzero(~taken)
    count, piece = connected_components(inside[rest][:, rest], directed=False)
    lost = np.zeros(len(taken), dtype=np.bool_)
    if count > 1:
        heaviest = int(np.argmax(np.bincount(piece, weights=weight[rest], minlength=count)))
        lost[rest[piece != heaviest]] = True
    return lost
