"""Two neighbouring territories divided anew along their border: an integer program over the units near it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2
from scipy.sparse.csgraph import connected_components

from territory.split._annealing import Found, cost_of, measured, unit_scale
from territory.split._instance import Instance
from territory.split._part import Part
from territory.units import BoolArray, FloatArray, IntArray

_NODES = 300
_SECONDS = 10.0
# Pairs of free units with flow: the linear programs grow with them, and no limit on nodes ends the first one.
_PAIRS = 2_000
_ROUNDS = 15
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Division:
    """
    What the border's program says.

    Attributes
    ----------
    found
        A better division that keeps all rules, over the units of the part; None where there was none.
    is_proved
        No division of the free units is better than `found` (than the part's own, where that is None).
    """

    found: Found | None
    is_proved: bool


def resplit_band(
    part: Part,
    *,
    hops: int = 2,
    most_free: int = 150,
    most_pairs: int = _PAIRS,
    node_limit: int = _NODES,
    seconds: float = _SECONDS,
) -> Found | None:
    """The better division that `division_of_band` finds, or None."""
    return division_of_band(
        part, hops=hops, most_free=most_free, most_pairs=most_pairs, node_limit=node_limit, seconds=seconds
    ).found


def division_of_band(
    part: Part,
    *,
    hops: int = 2,
    most_free: int = 150,
    most_pairs: int = _PAIRS,
    node_limit: int = _NODES,
    seconds: float = _SECONDS,
) -> Division:
    """
    The cheapest division of a part of two territories when only units near their border may change sides.

    Parameters
    ----------
    part
        Two territories, every unit served. Nothing is tried where compactness is priced, which is not linear, and
        where a territory has no unit that must touch it.
    hops
        A unit is free when the other territory is so many steps away, or fewer; exempt units when there is room.
    most_free, most_pairs
        Fewer hops when more units than this would be free, or more pairs of free units with flow; nothing is tried
        when a single hop is too many.
    node_limit
        Branch-and-bound nodes of each of up to 15 solves. The answer is the same every time as long as the solves end
        by this limit or by proof.
    seconds
        Wall-clock end over all solves, a safety net: an answer that it cut short need not come again.

    Notes
    -----
    x_u = 1 puts a free unit on the second side; z_uv >= |x_u - x_v| is what two free units with flow pay when they
    are parted. (5) loads of both sides within their bands, in targets; (7) moved share under its cap; (9) x_u + x_v = 1
    for two units apart; permissions fix x. (6) Connectivity by separators, added when violated: a unit of a piece
    without the core's root needs a unit of the separator that lies between the piece and the root. (8) A fixed unit
    on either side, the root, keeps both from being empty.
    """
    instance = part.instance
    if len(part.territories) != 2 or bool((part.label < 0).any()):
        raise ValueError("a band lies between two territories that serve all units of the part")
    nothing = Division(found=None, is_proved=False)
    if len(instance.moments):
        return nothing
    free = _free_units(instance, part.label, hops, most_free, most_pairs)
    roots = [_kept(instance, part.label, free, side) for side in (0, 1)]
    if roots[0] is None or roots[1] is None:
        return nothing
    free[roots[0]] = free[roots[1]] = False
    low, high = _sides(instance, part.label, free)
    if not bool((low < high).any()) or bool((low > high).any()):
        return nothing
    before = measured(instance, part.label)
    program = _Program(instance, part.label, low, high, (roots[0], roots[1]))
    deadline_s = time.perf_counter() + seconds
    for _ in range(_ROUNDS):
        answer = program.solved(node_limit, deadline_s - time.perf_counter())
        if answer.is_infeasible or answer.bound >= before.cost - _NEGLIGIBLE:
            return Division(found=None, is_proved=True)
        if answer.label is None:
            return nothing
        if program.connect(answer.label):
            continue
        found = measured(instance, answer.label)
        if found.breach > 0:
            program.forbid(answer.label)  # the solver's tolerance is wider than the checker's
            continue
        is_better = found.breach < before.breach or found.cost < before.cost - _NEGLIGIBLE
        return Division(found=found if is_better else None, is_proved=answer.is_optimal)
    return nothing


def _free_units(instance: Instance, label: IntArray, hops: int, most_free: int, most_pairs: int) -> BoolArray:
    """Units within so many hops of the other territory, none when even one hop is too many."""
    graph = instance.graph
    row = np.repeat(np.arange(instance.num_units), np.diff(graph.indptr))
    near = np.zeros(instance.num_units, dtype=np.bool_)
    near[row[label[row] != label[graph.indices]]] = True
    free = np.zeros_like(near)

    def are_few(chosen: BoolArray) -> bool:
        units = np.flatnonzero(chosen)
        return len(units) <= most_free and instance.flow[units][:, units].nnz <= 2 * most_pairs

    for _ in range(hops):
        if not are_few(near):
            break
        free = near
        near = near | (np.asarray(graph @ near.astype(np.float64)) > 0)
    if free.any() and are_few(free | instance.exempt):
        free = free | instance.exempt
    return free


def _kept(instance: Instance, label: IntArray, free: BoolArray, side: int) -> int | None:
    """The unit of a side that stays and that the rest must touch: of the core, or of all, nearest to the centroid."""
    held = (label == side) & ~instance.exempt
    members = np.flatnonzero(held & ~free) if (held & ~free).any() else np.flatnonzero(held)
    if not len(members):
        return None
    off = instance.centre[members] - instance.centre[held].mean(axis=0)
    return int(members[np.argmin((off**2).sum(axis=1))])


def _sides(instance: Instance, label: IntArray, free: BoolArray) -> tuple[IntArray, IntArray]:
    """Lowest and highest side of every unit; the lowest is above the highest where a rule leaves it none."""
    may = instance.may_serve(slice(None))
    low = np.maximum(np.where(free, 0, label), ~may[:, 0])
    high = np.minimum(np.where(free, 1, label), may[:, 1])
    pairs = instance.apart.tocoo()
    for u, v in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if not free[v]:
            low[u] = max(low[u], 1 - label[v])
            high[u] = min(high[u], 1 - label[v])
    return low, high


@dataclass(frozen=True, kw_only=True, eq=False)
class _Answer:
    """A division and a bound in points; no division when none was found, proved or not."""

    label: IntArray | None
    bound: float
    is_optimal: bool
    is_infeasible: bool


class _Program:
    """The integer program of a band; units with `low` = `high` are constants in it."""

    def __init__(
        self, instance: Instance, label: IntArray, low: IntArray, high: IntArray, roots: tuple[int, int]
    ) -> None:
        self._instance, self._low, self._high, self._roots = instance, low, high, roots
        self._before = label
        self._open = np.flatnonzero(low < high)
        self._fixed = low == high
        self._model = mathopt.Model(name="band")
        self._x = {u: self._model.add_binary_variable() for u in self._open.tolist()}
        self._scale = 1.0 / unit_scale(instance)
        self._z: list[tuple[int, int, mathopt.Variable]] = []
        value = self._price()
        # what the program leaves out, because no free unit can change it
        self._offset = cost_of(instance, label) - value
        self._bands()
        self._cap()
        self._apart()
        for side in (0, 1):
            self._company(side)

    def _price(self) -> float:
        """Minimise flow parted and linear points; returns the points that the division at hand has in it."""
        instance, model = self._instance, self._model
        price = np.asarray(instance.flow @ np.where(self._fixed, 1.0 - 2.0 * self._low, 0.0))
        if len(instance.linear):
            price = price + instance.linear[:, 1] - instance.linear[:, 0]
        value = float(price[self._open] @ self._before[self._open])
        terms = [float(price[u]) * self._scale * x for u, x in self._x.items()]
        flow = sp.csr_matrix(instance.flow[self._open][:, self._open]).tocoo()
        for i, j, points in zip(flow.row.tolist(), flow.col.tolist(), flow.data.tolist(), strict=True):
            if i < j and points > 0:
                u, v = int(self._open[i]), int(self._open[j])
                z = model.add_variable(lb=0.0, ub=1.0)
                model.add_linear_constraint(z - self._x[u] + self._x[v] >= 0.0)
                model.add_linear_constraint(z + self._x[u] - self._x[v] >= 0.0)
                terms.append(points * self._scale * z)
                self._z.append((u, v, z))
                value += points * float(self._before[u] != self._before[v])
        model.minimize(mathopt.fast_sum(terms))
        return value

    def _bands(self) -> None:
        """(5): the load of the second side, which is all but that of the first."""
        instance, second = self._instance, self._low == 1
        for m in range(instance.amount.shape[1]):
            amount, total = instance.amount[:, m], float(instance.amount[:, m].sum())
            least = max(instance.lower[1, m], total - instance.upper[0, m])
            most = min(instance.upper[1, m], total - instance.lower[0, m])
            fixed = float(amount[self._fixed & second].sum())
            self._row(amount, least - fixed, most - fixed, float(instance.target[:, m].mean()))

    def _cap(self) -> None:
        """(7)."""
        moved = self._instance.moved
        if len(moved) and np.isfinite(self._instance.moved_cap):
            held = float(moved[np.arange(len(moved)), self._low][self._fixed].sum() + moved[self._open, 0].sum())
            self._row(moved[:, 1] - moved[:, 0], -np.inf, self._instance.moved_cap - held, 1.0)

    def _row(self, weight: FloatArray, least: float, most: float, scale: float) -> None:
        scale = max(scale, 1e-300)
        terms = (float(weight[u]) / scale * x for u, x in self._x.items())
        self._model.add_linear_constraint(lb=least / scale, ub=most / scale, expr=mathopt.fast_sum(terms))

    def _apart(self) -> None:
        """(9): of two free units that must be kept apart, one on each side."""
        pairs = self._instance.apart.tocoo()
        for u, v in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
            if u < v and u in self._x and v in self._x:
                self._model.add_linear_constraint(self._x[u] + self._x[v] == 1.0)

    def _company(self, side: int) -> None:
        """(6) for single units, before any is violated: a free unit has a neighbour on its side."""
        graph, may = self._instance.graph, self._may(side)
        for u in self._open[may[self._open]].tolist():
            around = graph.indices[graph.indptr[u] : graph.indptr[u + 1]].astype(np.int64)
            self._needs([u], around[may[around]], side)

    def _may(self, side: int) -> BoolArray:
        """Units that can lie on a side and must touch it."""
        reaches = self._high == 1 if side else self._low == 0
        return np.asarray(reaches & ~self._instance.exempt)

    def _needs(self, units: Iterable[int], separator: IntArray, side: int) -> None:
        """Each of the units lies on a side only with one unit of the separator."""
        if bool(self._fixed[separator].any()):
            return
        support = mathopt.fast_sum(self._on(int(v), side) for v in separator)
        for u in units:
            needed = self._on(u, side) if u in self._x else 1.0
            self._model.add_linear_constraint(support - needed >= 0.0)

    def _on(self, unit: int, side: int) -> mathopt.LinearTypes:
        return self._x[unit] if side else 1.0 - self._x[unit]

    def solved(self, node_limit: int, seconds: float) -> _Answer:
        """The program's answer within the limits; the division at hand is where the solver may begin."""
        none = _Answer(label=None, bound=-np.inf, is_optimal=False, is_infeasible=False)
        if seconds <= 0:
            return none
        hint = {x: float(self._before[u]) for u, x in self._x.items()}
        hint |= {z: float(self._before[u] != self._before[v]) for u, v, z in self._z}
        result = mathopt.solve(
            self._model,
            mathopt.SolverType.HIGHS,
            # MathOpt's `threads` is refused for HiGHS; without "parallel" it keeps to the calling thread
            params=mathopt.SolveParameters(
                node_limit=node_limit,
                time_limit=dt.timedelta(seconds=seconds),
                relative_gap_tolerance=0.0,
                random_seed=1,
                highs=highs_pb2.HighsOptionsProto(string_options={"parallel": "off"}),
            ),
            model_params=mathopt.ModelSolveParameters(solution_hints=[mathopt.SolutionHint(variable_values=hint)]),
        )
        reason = result.termination.reason
        if reason == mathopt.TerminationReason.INFEASIBLE:
            return _Answer(label=None, bound=np.inf, is_optimal=False, is_infeasible=True)
        bound = float(result.best_objective_bound()) / self._scale + self._offset
        if not result.has_primal_feasible_solution():
            return _Answer(label=None, bound=bound, is_optimal=False, is_infeasible=False)
        label = self._low.copy()
        values = result.variable_values()
        for u, x in self._x.items():
            label[u] = round(values[x])
        is_optimal = reason == mathopt.TerminationReason.OPTIMAL
        return _Answer(label=label, bound=bound, is_optimal=is_optimal, is_infeasible=False)

    def connect(self, label: IntArray) -> bool:
        """Add separators for the pieces that are cut off from their side's root; False when none is."""
        wrong = False
        for side in (0, 1):
            may = self._may(side)
            pieces = _pieces(self._instance.graph, may & (label == side))
            home = pieces[self._roots[side]]
            for piece in range(int(pieces.max()) + 1):
                if piece == home:
                    continue
                wrong = True
                inside = pieces == piece
                units = np.flatnonzero(inside)
                fixed = units[self._fixed[units]]
                self._needs((fixed[:1] if len(fixed) else units).tolist(), self._separator(inside, may, side), side)
        return wrong

    def _separator(self, inside: BoolArray, may: BoolArray, side: int) -> IntArray:
        """Units around a piece that lie between it and the root."""
        graph = self._instance.graph
        around = (np.asarray(graph @ inside.astype(np.float64)) > 0) & may & ~inside
        beyond = _pieces(graph, may & ~inside & ~around)
        reached = beyond == beyond[self._roots[side]]
        return np.flatnonzero(around & (np.asarray(graph @ reached.astype(np.float64)) > 0))

    def forbid(self, label: IntArray) -> None:
        """Cut off one division."""
        others = (1.0 - x if label[u] == 1 else x for u, x in self._x.items())
        self._model.add_linear_constraint(mathopt.fast_sum(others) >= 1.0)


def _pieces(graph: sp.csr_matrix, inside: BoolArray) -> IntArray:
    """Piece of each unit inside, -1 for the rest, shape (num_units,)."""
    members = np.flatnonzero(inside)
    piece = np.full(len(inside), -1, dtype=np.int64)
    _, piece[members] = connected_components(graph[members][:, members], directed=False)
    return piece
