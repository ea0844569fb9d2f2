"""Exact splits of small problems: CP-SAT with separators added where a territory falls apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse.csgraph import connected_components

from territory.errors import SolverError
from territory.split._instance import Instance
from territory.units import IntArray

# Points are scaled to integers; an optimum is therefore exact to about num_units * num_units / _SCALE points.
_SCALE = 1_000_000
_LOAD_SCALE = 1_000_000
_LEAST_TIME = 1e-3
# The checker's own rounding, so that a plan on the very edge of a band counts as inside for both.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactAnswer:
    """An optimal labelling (None: proved that there is none) and a bound in points; None where not proved."""

    label: IntArray | None
    cost: float
    bound: float
    is_proved: bool


def solve_exactly(instance: Instance, *, deterministic_time: float, seed: int) -> ExactAnswer:
    """
    The cheapest labelling of a small instance, proved; not proved when the deterministic time over all rounds ends.

    Notes
    -----
    One variable x[u, t] per unit and allowed territory. (1) one territory per unit; (5) loads within the band;
    (7) moved share under its cap; (8) no territory empty; (6) connectivity by separators, added when violated:
    two units of t in different pieces need one unit of the boundary of the first piece in t.
    """
    n, k = instance.num_units, instance.num_territories
    may, points = instance.may_serve(slice(None)), instance.costs(slice(None))
    model = cp_model.CpModel()
    x = {(u, t): model.new_bool_var(f"x{u}_{t}") for u in range(n) for t in range(k) if may[u, t]}
    for u in range(n):
        model.add_exactly_one([x[u, t] for t in range(k) if (u, t) in x])
    for t in range(k):
        inside = [u for u in range(n) if (u, t) in x]
        model.add_at_least_one([x[u, t] for u in inside])
        for m in range(instance.amount.shape[1]):
            unit = _LOAD_SCALE / instance.target[t, m]
            whole = [round(instance.amount[u, m] * unit) for u in inside]
            load = sum(w * x[u, t] for w, u in zip(whole, inside, strict=True))
            # rounding may cost half a unit per term: the band is widened by it and re-checked on every plan
            model.add(load <= int(np.ceil(instance.upper[t, m] * unit)) + n)
            model.add(load >= int(np.floor(instance.lower[t, m] * unit)) - n)
    if np.isfinite(instance.moved_cap):
        moved = sum(round(instance.moved[u, t] * _LOAD_SCALE) * x[u, t] for (u, t) in x)
        model.add(moved <= int(np.ceil(instance.moved_cap * _LOAD_SCALE)) + n)
    cost = [round(points[u, t] * _SCALE) * var for (u, t), var in x.items()]
    flow = instance.flow.tocoo()
    for u, v, amount in zip(flow.row.tolist(), flow.col.tolist(), flow.data.tolist(), strict=True):
        if u < v:
            parted = model.new_bool_var(f"cut{u}_{v}")
            for t in range(k):
                if (u, t) in x and (v, t) in x:
                    model.add(x[u, t] - x[v, t] <= parted)
                elif (u, t) in x:
                    model.add_implication(x[u, t], parted)
            cost.append(round(amount * _SCALE) * parted)
    model.minimize(sum(cost))
    slack = len(cost) / _SCALE
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31)
    left = deterministic_time
    while left > 0:
        solver.parameters.max_deterministic_time = left
        status = solver.solve(model)
        left -= max(solver.response_proto.deterministic_time, _LEAST_TIME)
        if status == cp_model.MODEL_INVALID:
            raise SolverError(f"CP-SAT refused the split model: {model.validate()}")
        if status == cp_model.INFEASIBLE:
            return ExactAnswer(label=None, cost=float("inf"), bound=float("inf"), is_proved=True)
        if status != cp_model.OPTIMAL:
            return ExactAnswer(
                label=None, cost=float("inf"), bound=solver.best_objective_bound / _SCALE - slack, is_proved=False
            )
        label = np.array([next(t for t in range(k) if (u, t) in x and solver.value(x[u, t])) for u in range(n)])
        if not _cut_off(model, x, instance, label):
            bound = solver.best_objective_bound / _SCALE - slack
            return ExactAnswer(label=label, cost=cost_of(instance, label), bound=max(0.0, bound), is_proved=True)
    return ExactAnswer(label=None, cost=float("inf"), bound=0.0, is_proved=False)


def cost_of(instance: Instance, label: IntArray) -> float:
    """Points of a labelling."""
    flow = instance.flow.tocoo()
    parted = label[flow.row] != label[flow.col]
    return float(flow.data[parted].sum() / 2.0 + instance.costs(slice(None))[np.arange(len(label)), label].sum())


def _cut_off(
    model: cp_model.CpModel, x: dict[tuple[int, int], cp_model.IntVar], instance: Instance, label: IntArray
) -> bool:
    """Forbid what is wrong with this labelling; False when nothing is."""
    wrong = False
    for t in range(instance.num_territories):
        members = np.flatnonzero((label == t) & ~instance.exempt)
        if len(members) < 2:
            continue
        count, part = connected_components(instance.graph[members][:, members], directed=False)
        if count == 1:
            continue
        wrong = True
        inside = members[part == 0]
        around = np.unique(instance.graph[inside].tocoo().col)
        border = [x[s, t] for s in around.tolist() if s not in inside and (s, t) in x]
        for a in inside.tolist():
            for b in members[part != 0].tolist():
                model.add_bool_or([x[a, t].negated(), x[b, t].negated(), *border])
    if wrong:
        return True
    load = np.zeros_like(instance.target)
    np.add.at(load, label, instance.amount)
    moved = float(instance.moved[np.arange(len(label)), label].sum()) if len(instance.moved) else 0.0
    slack = _ROUNDING * instance.target
    if (
        np.all(load <= instance.upper + slack)
        and np.all(load >= instance.lower - slack)
        and moved <= instance.moved_cap + _ROUNDING
    ):
        return False
    model.add_bool_or([x[u, int(t)].negated() for u, t in enumerate(label)])
    return True
