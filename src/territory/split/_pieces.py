"""Units as fine as a plan needs them: a unit that a plan shares between territories becomes several."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.split.model import SplitProblem
from territory.units import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """
    A problem in which every unit lies in one territory of a plan.

    Attributes
    ----------
    problem
        The same problem; units that the plan shares out are cut along the plan, and the pieces are neighbours.
    label
        Territory of each unit, -1 for none, shape (problem.num_units,).
    """

    problem: SplitProblem
    label: IntArray


def cut_by_plan(problem: SplitProblem, plan: Assignment) -> Pieces:
    """
    The problem with units as fine as the plan needs them, and the plan over these units.

    A group that the plan shares out is not cut: it counts as where its locked outlets belong, else where most of
    its sales are.
    """
    territory = _groups_united(problem, problem.territories(plan))
    n, k = problem.num_units, problem.num_territories
    key = problem.unit_of_outlet * np.int64(k + 1) + territory + 1
    present, piece = np.unique(key, return_inverse=True)
    unit, label = present // (k + 1), present % (k + 1) - 1
    if len(unit) == n:
        return Pieces(problem=problem, label=label)
    piece = np.asarray(piece, dtype=np.int64).ravel()
    shared = np.bincount(unit, minlength=n)[unit] > 1
    names = tuple(
        f"{problem.unit_names[u]} [{problem.territory_ids[t] if t != NONE else '-'}]" if is_shared else name
        for u, t, is_shared, name in zip(
            unit.tolist(), label.tolist(), shared.tolist(), (problem.unit_names[u] for u in unit.tolist()), strict=True
        )
    )
    onto = sp.csr_matrix((np.ones(len(unit)), (np.arange(len(unit)), unit)), shape=(len(unit), n))
    inside = sp.diags((~problem.is_exempt).astype(np.float64))
    graph = sp.csr_matrix(onto @ (sp.csr_matrix(problem.neighbours, dtype=np.float64) + inside) @ onto.T)
    graph = sp.csr_matrix(graph - sp.diags(graph.diagonal()))
    graph.eliminate_zeros()
    graph.data[:] = 1.0
    cut = replace(
        problem,
        unit_of_outlet=piece,
        unit_names=names,
        is_exempt=problem.is_exempt[unit],
        neighbours=sp.csr_matrix(graph, dtype=np.int8),
    )
    return Pieces(problem=cut, label=label)


def _groups_united(problem: SplitProblem, territory: IntArray) -> IntArray:
    """Territories with every group in one place, so that no cut parts it."""
    members = np.flatnonzero(problem.group != NONE)
    if not len(members):
        return territory
    k = problem.num_territories
    held = problem.locked[members]
    place = np.where(held, problem.today_territory()[members], territory[members])
    weight = problem.sales[members] + 1e-12
    # a lock outweighs all sales; a place without a territory counts for nothing
    weight = np.where(held, 1e12 + weight, np.where(place == NONE, 0.0, weight))
    _, group = np.unique(problem.group[members], return_inverse=True)
    group = np.asarray(group, dtype=np.int64).ravel()
    votes = sp.csr_matrix((weight, (group, np.maximum(place, 0))), shape=(int(group.max()) + 1, k))
    winner = np.asarray(votes.argmax(axis=1)).ravel()
    has_votes = np.asarray(votes.max(axis=1).todense()).ravel() > 0
    united = territory.copy()
    united[members] = np.where(has_votes, winner, NONE)[group]
    return united
