"""Why not this rep? The counterfactual move, and the cheapest small repair when it breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.split._instance import Instance, instance_of
from territory.split.explain import Case, Repair, Step, WhyNot, difference
from territory.split.model import SplitProblem
from territory.split.solve import to_assignment
from territory.units import BoolArray, FloatArray, IntArray

_REPAIRABLE = {"balance", "contiguity", "moved_cap", "empty_territory"}
_CHECKED = 8
_PAIRED = 30
_ROUNDING = 1e-9


def why_not(problem: SplitProblem, plan: Assignment, outlet_id: str, rep_id: str) -> WhyNot:
    """
    What would happen if `rep_id` served an outlet (its basic unit moves as one), everything else fixed.

    Raises
    ------
    ValueError
        When there is no such outlet or rep.
    """
    if rep_id not in problem.rep_ids:
        raise ValueError(f"there is no rep {rep_id!r}")
    case, rep = Case.of(problem, plan, outlet_id), problem.rep_ids.index(rep_id)
    to, now = int(problem.territory_of_rep[rep]), int(plan.rep_of_outlet[case.outlet])
    change = case.moved_to(to, rep)
    repair = None
    if change.broken and {violation.rule for violation in change.broken} <= _REPAIRABLE:
        repair = _Repairs.of(case, to, rep).cheapest()
    return WhyNot(
        outlet_id=outlet_id,
        unit_name=case.cut.problem.unit_names[case.unit],
        unit_outlets=case.outlets,
        from_rep_id=None if now == NONE else problem.rep_ids[now],
        to_rep_id=rep_id,
        is_served=now == rep,
        change=change,
        shares=case.shares(problem.territories(change.plan), tuple(dict.fromkeys((case.territory, to)))),
        repair=repair,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Move:
    """A unit that goes to another territory, and the points it costs by the search's account."""

    unit: int
    to: int
    points: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Repairs:
    """
    Small repairs of one counterfactual move.

    Attributes
    ----------
    label
        Territory of each unit after the move, shape (num_units,).
    with_it
        What the move cuts off from the old territory: units that come along.
    """

    case: Case
    instance: Instance
    label: IntArray
    with_it: IntArray
    to: int
    rep: int

    @classmethod
    def of(cls, case: Case, to: int, rep: int) -> _Repairs:
        instance, label = instance_of(case.cut.problem), case.cut.label.copy()
        label[case.unit] = to
        with_it = np.zeros(0, dtype=np.int64)
        left = np.flatnonzero((label == case.territory) & ~instance.exempt)
        if case.territory != NONE and len(left):
            count, piece = connected_components(instance.graph[left][:, left], directed=False)
            weight = instance.amount[left].sum(axis=1) + 1e-12
            if count > 1:
                with_it = left[piece != np.argmax(np.bincount(piece, weights=weight, minlength=count))]
        return cls(case=case, instance=instance, label=label, with_it=with_it, to=to, rep=rep)

    def cheapest(self) -> Repair | None:
        """The repair that costs least of those the checker accepts; None when none does."""
        base = self.label.copy()
        base[self.with_it] = self.to
        along = [_Move(unit=int(u), to=self.to, points=0.0) for u in self.with_it.tolist()]
        found: list[Repair] = []
        if along:
            found += self._accepted([along], base)
        found = found or self._accepted(self._single(base), base, along)
        found = found or self._accepted(self._paired(base), base, along)
        return min(found, key=lambda repair: repair.change.points) if found else None

    def _accepted(
        self, candidates: list[list[_Move]], base: IntArray, along: list[_Move] | None = None
    ) -> list[Repair]:
        """Those of the cheapest candidates after which no rule is broken more than before."""
        found: list[Repair] = []
        num_checked = 0
        for moves in sorted(candidates, key=lambda moves: sum(move.points for move in moves)):
            label = base.copy()
            for move in moves:
                label[move.unit] = move.to
            if not self._is_connected(label, base, moves):
                continue
            steps = (along or []) + moves
            repair = self._judged(label, steps)
            if not repair.change.broken:
                found.append(repair)
            num_checked += 1
            if num_checked >= _CHECKED:
                break
        return found

    def _judged(self, label: IntArray, moves: list[_Move]) -> Repair:
        case, problem = self.case, self.case.cut.problem
        fresh = to_assignment(problem, label).rep_of_outlet
        stays = case.cut.label[problem.unit_of_outlet] == label[problem.unit_of_outlet]
        rep = np.where(stays, case.plan.rep_of_outlet, fresh)
        rep[case.outlets] = self.rep
        size = np.bincount(problem.unit_of_outlet, minlength=problem.num_units)
        ids = problem.territory_ids
        return Repair(
            steps=tuple(
                Step(
                    unit_name=problem.unit_names[move.unit],
                    num_outlets=int(size[move.unit]),
                    from_id="-" if case.cut.label[move.unit] == NONE else ids[case.cut.label[move.unit]],
                    to_id=ids[move.to],
                )
                for move in moves
            ),
            change=difference(case.problem, case.plan, Assignment(rep_of_outlet=rep), before=case.report),
        )

    def _single(self, label: IntArray) -> list[list[_Move]]:
        """One unit that the receiver hands on (or back), or that the giver takes from a neighbour."""
        return [[move] for move in self._moves(label) if self._fits(label, [move])]

    def _paired(self, label: IntArray) -> list[list[_Move]]:
        """Two such units at once."""
        moves = sorted(self._moves(label), key=lambda move: (move.points, move.unit, move.to))
        helps = [move for move in moves if self._excess(label, [move]) < self._excess(label, []) - _ROUNDING][:_PAIRED]
        return [
            [first, second]
            for at, first in enumerate(helps)
            for second in helps[at + 1 :]
            if first.unit != second.unit and self._fits(label, [first, second])
        ]

    def _moves(self, label: IntArray) -> list[_Move]:
        instance, giver = self.instance, self.case.territory
        graph = instance.graph
        found: list[_Move] = []
        for unit in np.flatnonzero(self._is_border(label, giver)).tolist():
            if unit == self.case.unit or instance.exempt[unit]:
                continue
            beside = np.unique(label[graph.indices[graph.indptr[unit] : graph.indptr[unit + 1]]])
            if label[unit] == self.to:
                wanted = [t for t in beside.tolist() if t not in (NONE, self.to)]
            else:
                wanted = [giver] if giver in beside.tolist() else []
            if not wanted:
                continue
            may = instance.may_serve(np.array([unit]))[0]
            points = self._points(label, unit)
            found += [_Move(unit=unit, to=t, points=float(points[t])) for t in wanted if may[t]]
        return found

    def _is_border(self, label: IntArray, giver: int) -> BoolArray:
        """Units of the receiver at its border, and of others beside the giver."""
        graph = self.instance.graph
        inside = (label == self.to).astype(np.float64)
        degree = np.asarray(graph.sum(axis=1)).ravel()
        hands_on = (label == self.to) & (np.asarray(graph @ inside).ravel() < degree)
        if giver == NONE:
            return np.asarray(hands_on)
        beside_giver = np.asarray(graph @ (label == giver).astype(np.float64)).ravel() > 0
        return np.asarray(hands_on | (beside_giver & (label != giver) & (label != NONE)))

    def _points(self, label: IntArray, unit: int) -> FloatArray:
        """Points that a unit costs in each territory beyond what it costs where it is, shape (num_territories,)."""
        flow = self.instance.flow
        row = slice(flow.indptr[unit], flow.indptr[unit + 1])
        partner, weight = label[flow.indices[row]], flow.data[row]
        ok = partner != NONE
        pull = np.bincount(partner[ok], weights=weight[ok], minlength=self.instance.num_territories)
        cost = self.instance.costs(np.array([unit]))[0]
        return np.asarray(pull[label[unit]] - pull + cost - cost[label[unit]])

    def _excess(self, label: IntArray, moves: list[_Move]) -> float:
        """How far loads lie outside their bands, in targets, beyond what they do in the given plan."""
        instance = self.instance
        load = self._load(label)
        for move in moves:
            load[label[move.unit]] -= instance.amount[move.unit]
            load[move.to] += instance.amount[move.unit]
        given = self._load(self.case.cut.label)

        def outside(amount: FloatArray) -> FloatArray:
            return np.maximum(np.maximum(amount - instance.upper, instance.lower - amount), 0.0) / instance.target

        return float(np.maximum(outside(load) - outside(given), 0.0).sum())

    def _fits(self, label: IntArray, moves: list[_Move]) -> bool:
        return self._excess(label, moves) <= _ROUNDING

    def _load(self, label: IntArray) -> FloatArray:
        ok, k = label != NONE, self.instance.num_territories
        onto = sp.csr_matrix((np.ones(int(ok.sum())), (label[ok], np.flatnonzero(ok))), shape=(k, len(label)))
        return np.asarray(onto @ self.instance.amount)

    def _is_connected(self, label: IntArray, base: IntArray, moves: list[_Move]) -> bool:
        """Every territory that gave or got a unit is in one piece."""
        graph, exempt = self.instance.graph, self.instance.exempt
        changed = {int(base[move.unit]) for move in moves} | {move.to for move in moves} | {self.to}
        for t in sorted(changed):
            members = np.flatnonzero((label == t) & ~exempt)
            if len(members) and connected_components(graph[members][:, members], directed=False)[0] > 1:
                return False
        return True
