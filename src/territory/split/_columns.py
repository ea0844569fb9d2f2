"""The best mix of territories from several splits: set partitioning over a pool of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components

from territory.errors import SolverError
from territory.split._annealing import Found, measured
from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray

# The best labelling's points, and the whole cap on moved sales, in the program's integers.
_SCALE = 1e9
_ROUNDING = 1e-9
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """
    Territories that keep all rules of one territory.

    Attributes
    ----------
    holds
        The column holds the unit, shape (num_columns, num_units).
    territory
        Whose it is, shape (num_columns,); 0 throughout when territories are interchangeable.
    cost
        Points: half of the flow that leaves it, linear points and inertia, shape (num_columns,).
    moved
        Weighted share of sales that it moves, shape (num_columns,).
    """

    holds: BoolArray
    territory: IntArray
    cost: FloatArray
    moved: FloatArray


def recombined(
    instance: Instance, labellings: Sequence[IntArray], *, deterministic_time: float, seed: int
) -> Found | None:
    """
    The cheapest split made of territories of the labellings, when it is better than the best of them; else None.

    Parameters
    ----------
    labellings
        Full labellings, each of shape (num_units,); they may break rules, their territories that keep them count.
    deterministic_time
        CP-SAT's own clock. With one worker and a seed the answer is the same every time.

    Notes
    -----
    Minimise the cost of the chosen columns. (1) Every unit lies in exactly one; (2) every territory has exactly one,
    or k are chosen where territories are interchangeable; (7) moved share under its cap, rounded to the safe side:
    a mix within a billionth of the cap per territory may be missed.
    """
    if not labellings:
        return None
    best: Found | None = None
    for label in labellings:
        found = measured(instance, label)
        best = found if best is None or found.is_better_than(best) else best
    assert best is not None
    pool = pool_of(instance, labellings)
    if best.cost <= _NEGLIGIBLE or not _covers(instance, pool):
        return None
    chosen = _chosen(instance, pool, best, deterministic_time, seed)
    if chosen is None:
        return None
    mix = measured(instance, _labelled(instance, pool, chosen, best.label))
    is_better = mix.breach < best.breach or (mix.breach == best.breach and mix.cost < best.cost - _NEGLIGIBLE)
    return mix if is_better else None


def is_interchangeable(instance: Instance) -> bool:
    """Nothing tells one territory from another: no linear points, no cap, no permissions, the same bands."""
    tells = len(instance.linear) or len(instance.moved) or len(instance.allowed)
    same = (instance.lower == instance.lower[:1]).all() and (instance.upper == instance.upper[:1]).all()
    return not tells and bool(same)


def pool_of(instance: Instance, labellings: Sequence[IntArray]) -> Pool:
    """The distinct territories of the labellings that keep the rules, in order of appearance."""
    is_free = is_interchangeable(instance)
    seen: dict[tuple[int, bytes], BoolArray] = {}
    for label in labellings:
        for t in range(instance.num_territories):
            held = label == t
            seen.setdefault((0 if is_free else t, np.packbits(held).tobytes()), held)
    territory = np.array([t for t, _ in seen], dtype=np.int64)
    holds = np.array(list(seen.values()), dtype=np.bool_).reshape(len(seen), instance.num_units)
    keeps = _within_bands(instance, holds, territory)
    for column in np.flatnonzero(keeps).tolist():
        keeps[column] = _keeps_rules(instance, holds[column], int(territory[column]))
    holds, territory = holds[keeps], territory[keeps]
    priced = [_priced(instance, held, int(t)) for held, t in zip(holds, territory, strict=True)]
    return Pool(
        holds=holds,
        territory=territory,
        cost=np.array([cost for cost, _ in priced], dtype=np.float64),
        moved=np.array([moved for _, moved in priced], dtype=np.float64),
    )


def _within_bands(instance: Instance, holds: BoolArray, territory: IntArray) -> BoolArray:
    load = holds.astype(np.float64) @ instance.amount
    outside = np.maximum(load - instance.upper[territory], instance.lower[territory] - load)
    inside = (outside <= _ROUNDING * np.maximum(instance.target[territory], 1e-300)).all(axis=1)
    return np.asarray(inside & holds.any(axis=1))


def _keeps_rules(instance: Instance, held: BoolArray, territory: int) -> bool:
    """Permissions, units apart, in one piece."""
    units = np.flatnonzero(held)
    if len(instance.allowed) and not instance.allowed[units, territory].all():
        return False
    if instance.apart.nnz and instance.apart[units][:, units].nnz:
        return False
    regular = units[~instance.exempt[units]]
    if len(regular) < 2:
        return True
    pieces, _ = connected_components(instance.graph[regular][:, regular], directed=False)
    return bool(pieces == 1)


def _priced(instance: Instance, held: BoolArray, territory: int) -> tuple[float, float]:
    """Points of a column and the share of sales that it moves."""
    units = np.flatnonzero(held)
    flow = instance.flow[units]
    cost = float(flow.data[~held[flow.indices]].sum()) / 2.0
    if len(instance.linear):
        cost += float(instance.linear[units, territory].sum())
    if len(instance.moments):
        weight, x, y, square = instance.moments[units].sum(axis=0).tolist()
        cost += max(square - (x * x + y * y) / weight, 0.0) if weight > 0 else 0.0
    moved = float(instance.moved[units, territory].sum()) if len(instance.moved) else 0.0
    return cost, moved


def _covers(instance: Instance, pool: Pool) -> bool:
    """Every unit and every territory has a column."""
    served = len(np.unique(pool.territory)) == instance.num_territories or is_interchangeable(instance)
    return len(pool.cost) >= instance.num_territories and served and bool(pool.holds.any(axis=0).all())


def _chosen(instance: Instance, pool: Pool, best: Found, deterministic_time: float, seed: int) -> IntArray | None:
    """Columns of the cheapest mix that CP-SAT found below the best labelling, None when there was none."""
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"c{column}") for column in range(len(pool.cost))]
    # units that the same columns hold are one
    for held in np.unique(np.packbits(pool.holds.T, axis=1), axis=0):
        columns = np.flatnonzero(np.unpackbits(held, count=len(x)))
        model.add_exactly_one([x[column] for column in columns])
    if is_interchangeable(instance):
        model.add(sum(x) == instance.num_territories)
    else:
        for t in range(instance.num_territories):
            model.add_exactly_one([x[column] for column in np.flatnonzero(pool.territory == t)])
    if len(instance.moved) and np.isfinite(instance.moved_cap):
        unit = _SCALE / max(instance.moved_cap, 1e-300) if instance.moved_cap > 0 else _SCALE
        most = int(np.floor((instance.moved_cap + _ROUNDING) * unit))
        moved = np.minimum(np.ceil(np.maximum(pool.moved, 0.0) * unit), most + 1).astype(np.int64)
        model.add(cp_model.LinearExpr.weighted_sum(x, moved.tolist()) <= most)
    known = best.cost if np.isfinite(best.cost) else float(pool.cost.sum())
    scale = _SCALE / max(known, 1e-9)
    # a column dearer than the whole of what is known is never in a cheaper mix
    points = np.rint(np.minimum(pool.cost * scale, 2.0 * _SCALE)).astype(np.int64)
    cost = cp_model.LinearExpr.weighted_sum(x, points.tolist())
    model.minimize(cost)
    if np.isfinite(best.cost):
        for column, var in enumerate(x):
            owner = best.label[pool.holds[column]]
            is_own = bool((owner == owner[0]).all()) and int((best.label == owner[0]).sum()) == len(owner)
            model.add_hint(var, int(is_own and (is_interchangeable(instance) or owner[0] == pool.territory[column])))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31)
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = deterministic_time
    status = solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise SolverError(f"CP-SAT refused the recombination: {model.validate()}")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return np.flatnonzero([solver.value(var) for var in x])


def _labelled(instance: Instance, pool: Pool, chosen: IntArray, like: IntArray) -> IntArray:
    """The labelling that the columns make; interchangeable ones keep the names of those that they overlap most."""
    owner = pool.territory[chosen]
    if is_interchangeable(instance):
        overlap = np.array(
            [np.bincount(like[pool.holds[c]], minlength=instance.num_territories) for c in chosen], dtype=np.float64
        )
        _, names = linear_sum_assignment(-overlap)
        owner = np.asarray(names, dtype=np.int64)
    label = np.zeros(instance.num_units, dtype=np.int64)
    for column, t in zip(chosen.tolist(), owner.tolist(), strict=True):
        label[pool.holds[column]] = t
    return label
