"""Exact splits of small problems: CP-SAT with separators added where a territory falls apart.

Where there is no split, the answer names rules that exclude one another, as few as could be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse.csgraph import connected_components

from territory.errors import SolverError
from territory.language import Text
from territory.split._instance import Instance
from territory.split.model import BalanceMeasure, SplitProblem
from territory.units import BoolArray, FloatArray, IntArray

# Points are scaled to integers; an optimum is therefore exact to about num_units * num_units / _SCALE points.
_SCALE = 1_000_000
_LOAD_SCALE = 1_000_000
_LEAST_TIME = 1e-3
# Leaving a rule out may take this long, deterministic; the rule counts as needed when that does not suffice.
_CORE_TIME = 1.0
# The checker's own rounding, so that a plan on the very edge of a band counts as inside for both.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class ExactAnswer:
    """
    The cheapest labelling, and a bound in points.

    Attributes
    ----------
    label
        None where there is none (`is_proved`) or none was found; not the cheapest when not proved.
    core
        Where it is proved that there is none: rules that exclude one another ("balance:M" for the M-th limited
        measure, "moved_cap", "apart", "contiguity", "empty_territory", and the rules of the permissions).
    """

    label: IntArray | None
    cost: float
    bound: float
    is_proved: bool
    core: tuple[str, ...] = ()


def solve_exactly(
    instance: Instance,
    *,
    deterministic_time: float,
    seed: int,
    permissions: Mapping[str, BoolArray] | None = None,
    hint: IntArray | None = None,
) -> ExactAnswer:
    """
    The cheapest labelling of a small instance, proved; not proved when the deterministic time over all rounds ends.

    Parameters
    ----------
    permissions
        `instance.allowed` by rule (see `_evidence.permissions_by_rule`), so that a core can tell locks from skills.
    hint
        A labelling to start from.

    Notes
    -----
    One variable x[u, t] per unit and allowed territory. (1) one territory per unit; (5) loads within the band;
    (7) moved share under its cap; (8) no territory empty; (9) no two units apart in one territory; (6) connectivity
    by separators, added when violated: two units of t in different pieces need one unit of the boundary of the first
    piece in t. Compactness as in Hess: y[j, t] is the territory's central outlet, one of its own; z[u, j, t] = x y.
    """
    if permissions is None:
        permissions = {"allowed": instance.allowed} if len(instance.allowed) else {}
    rules = _rules_of(instance, permissions)
    answer = _solved(instance, permissions, rules, deterministic_time, seed, hint=hint)
    if not answer.is_proved or answer.label is not None:
        return answer
    core = rules
    for rule in rules:
        without = tuple(other for other in core if other != rule)
        trial = _solved(instance, permissions, without, min(_CORE_TIME, deterministic_time), seed, is_priced=False)
        if trial.is_proved and trial.label is None:
            core = without
    return ExactAnswer(label=None, cost=float("inf"), bound=float("inf"), is_proved=True, core=core)


def core_reason(problem: SplitProblem, core: Sequence[str]) -> Text:
    """What it means that the rules of a `core` (see `_exact`) exclude one another."""
    limited = [measure for measure in problem.measures if measure.is_limited]
    words = {f"balance:{m}": _band_words(measure) for m, measure in enumerate(limited)} | {
        "moved_cap": Text(
            f"at most {100 * problem.max_moved_share:.3g} % of sales moved",
            f"调动不超过销售额的 {100 * problem.max_moved_share:.3g} %",
        ),
        "contiguity": Text("every territory in one piece", "每个区域连片"),
        "empty_territory": Text("no territory empty", "没有空区域"),
        "apart": Text("outlets kept apart", "须分开的客户"),
        "seed": Text("seed points", "种子点"),
        "locked": Text("locked outlets", "锁定的客户"),
        "allowed": Text("teams and skills", "团队与技能限制"),
    }
    named = [words[rule] for rule in core]
    return Text(
        f"every combination was tried, and these rules exclude one another: {'; '.join(word.en for word in named)}. "
        "Loosen one of them, or cut areas finer (max_area_share).",
        f"已穷尽所有组合,以下规则不能同时满足:{';'.join(word.zh for word in named)}。"
        "请放宽其中之一,或细分商圈(max_area_share)。",
    )


def _band_words(measure: BalanceMeasure) -> Text:
    share = f"{100 * measure.tolerance:.3g} %"
    return Text(f"{measure.label.en} within {share}", f"{measure.label.zh}偏差不超过 {share}")


def cost_of(instance: Instance, label: IntArray) -> float:
    """Points of a labelling."""
    flow = instance.flow.tocoo()
    parted = label[flow.row] != label[flow.col]
    points = float(flow.data[parted].sum() / 2.0 + instance.costs(slice(None))[np.arange(len(label)), label].sum())
    if len(instance.moments):
        shape = np.zeros((instance.num_territories, 4))
        np.add.at(shape, label, instance.moments)
        for t in np.flatnonzero(shape[:, 0] > 0).tolist():
            weight, centroid = shape[t, 0], shape[t, 1:3] / shape[t, 0]
            off = ((instance.spot[label[instance.unit_of_spot] == t] - centroid) ** 2).sum(axis=1).min()
            points += float(shape[t, 3] - weight * (centroid @ centroid) + weight * off)
    return points


def _about_outlets(instance: Instance) -> FloatArray:
    """Points of inertia of each unit about each outlet, shape (num_units, num_outlets)."""
    moment, spot = instance.moments, instance.spot
    points = moment[:, 3:] - 2.0 * moment[:, 1:3] @ spot.T + moment[:, :1] * (spot**2).sum(axis=1)
    return np.asarray(np.maximum(points, 0.0))


def _rules_of(instance: Instance, permissions: Mapping[str, BoolArray]) -> tuple[str, ...]:
    """Rules that an instance has; those that are hardest for a planner to loosen come first."""
    return (
        "empty_territory",
        "contiguity",
        *permissions,
        *(("apart",) if instance.apart.nnz else ()),
        *(("moved_cap",) if np.isfinite(instance.moved_cap) else ()),
        *(f"balance:{m}" for m in range(instance.amount.shape[1])),
    )


class _Model:
    """The CP-SAT model of an instance under some of its rules."""

    def __init__(self, instance: Instance, permissions: Mapping[str, BoolArray], rules: tuple[str, ...]) -> None:
        self.instance = instance
        self.rules = rules
        self.cp = cp_model.CpModel()
        n, k = instance.num_units, instance.num_territories
        may = np.ones((n, k), dtype=np.bool_)
        for rule, permitted in permissions.items():
            if rule in rules:
                may &= permitted
        self.x = {(u, t): self.cp.new_bool_var(f"x{u}_{t}") for u in range(n) for t in range(k) if may[u, t]}
        for u in range(n):
            self.cp.add_exactly_one([self.x[u, t] for t in range(k) if may[u, t]])
        self._bands()
        if "moved_cap" in rules:
            moved = sum(round(instance.moved[u, t] * _LOAD_SCALE) * var for (u, t), var in self.x.items())
            self.cp.add(moved <= int(np.ceil(instance.moved_cap * _LOAD_SCALE)) + n)
        if "apart" in rules:
            self._apart()
        if "contiguity" in rules:
            self._company()

    def _bands(self) -> None:
        instance, n = self.instance, self.instance.num_units
        for t in range(instance.num_territories):
            inside = [u for u in range(n) if (u, t) in self.x]
            if "empty_territory" in self.rules:
                self.cp.add_at_least_one([self.x[u, t] for u in inside])
            for m in range(instance.amount.shape[1]):
                if f"balance:{m}" not in self.rules:
                    continue
                unit = _LOAD_SCALE / instance.target[t, m]
                load = sum(round(instance.amount[u, m] * unit) * self.x[u, t] for u in inside)
                # rounding may cost half a unit per term: the band is widened by it and re-checked on every plan
                self.cp.add(load <= int(np.ceil(instance.upper[t, m] * unit)) + n)
                self.cp.add(load >= int(np.floor(instance.lower[t, m] * unit)) - n)

    def _apart(self) -> None:
        pairs = self.instance.apart.tocoo()
        for u, v in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
            if u > v:
                continue
            for t in range(self.instance.num_territories):
                if (u, t) in self.x and (v, t) in self.x:
                    self.cp.add_bool_or([self.x[u, t].negated(), self.x[v, t].negated()])

    def _company(self) -> None:
        """A unit, or two neighbours, too light for a territory of their own have a neighbour in it (implied)."""
        instance = self.instance
        near = [set(instance.graph[u].indices.tolist()) for u in range(instance.num_units)]
        limited = [m for m in range(instance.amount.shape[1]) if f"balance:{m}" in self.rules]
        free = instance.amount[instance.exempt].sum(axis=0)
        alone = [(u,) for u in np.flatnonzero(~instance.exempt).tolist()]
        pairs = [(u, v) for (u,) in alone for v in near[u] if u < v]
        for units in (*alone, *sorted(pairs)):
            load = instance.amount[list(units)].sum(axis=0) + free
            around = sorted(set().union(*(near[u] for u in units)) - set(units))
            for t in range(instance.num_territories):
                is_light = any(load[m] < instance.lower[t, m] * (1.0 - _ROUNDING) for m in limited)
                if is_light and all((u, t) in self.x for u in units):
                    border = [self.x[s, t] for s in around if (s, t) in self.x]
                    self.cp.add_bool_or([*(self.x[u, t].negated() for u in units), *border])

    def price(self) -> float:
        """Minimise points; returns how many points rounding to whole numbers may hide."""
        points = self.instance.costs(slice(None))
        cost = [round(points[u, t] * _SCALE) * var for (u, t), var in self.x.items()]
        flow = self.instance.flow.tocoo()
        for u, v, amount in zip(flow.row.tolist(), flow.col.tolist(), flow.data.tolist(), strict=True):
            if u < v:
                parted = self.cp.new_bool_var(f"cut{u}_{v}")
                for t in range(self.instance.num_territories):
                    if (u, t) in self.x and (v, t) in self.x:
                        self.cp.add(self.x[u, t] - self.x[v, t] <= parted)
                    elif (u, t) in self.x:
                        self.cp.add_implication(self.x[u, t], parted)
                cost.append(round(amount * _SCALE) * parted)
        num_terms = len(cost)
        if len(self.instance.moments):
            cost += self._inertia()
            num_terms += len(self.x)
        self.cp.minimize(sum(cost))
        return num_terms / _SCALE

    def _inertia(self) -> list[cp_model.LinearExpr]:
        about, cost = _about_outlets(self.instance), []
        for t in range(self.instance.num_territories):
            inside = [u for u in range(self.instance.num_units) if (u, t) in self.x]
            centres = [j for j, u in enumerate(self.instance.unit_of_spot.tolist()) if (u, t) in self.x]
            y = {j: self.cp.new_bool_var(f"y{j}_{t}") for j in centres}
            some = self.cp.new_bool_var(f"some{t}")
            self.cp.add_max_equality(some, [self.x[u, t] for u in inside])
            self.cp.add(sum(y.values()) == some)
            for j in centres:
                self.cp.add_implication(y[j], self.x[int(self.instance.unit_of_spot[j]), t])
            for u in inside:
                z = {j: self.cp.new_bool_var(f"z{u}_{j}_{t}") for j in centres}
                self.cp.add(sum(z.values()) == self.x[u, t])
                for j in centres:
                    self.cp.add_implication(z[j], y[j])
                    cost.append(round(about[u, j] * _SCALE) * z[j])
        return cost

    def forbid_what_is_wrong(self, label: IntArray) -> bool:
        """Forbid what is wrong with this labelling; False when nothing is."""
        if "contiguity" in self.rules and self._separate(label):
            return True
        instance = self.instance
        load = np.zeros_like(instance.target)
        np.add.at(load, label, instance.amount)
        limited = [m for m in range(load.shape[1]) if f"balance:{m}" in self.rules]
        load, slack = load[:, limited], _ROUNDING * instance.target[:, limited]
        is_capped = "moved_cap" in self.rules
        moved = float(instance.moved[np.arange(len(label)), label].sum()) if is_capped else 0.0
        if (
            np.all(load <= instance.upper[:, limited] + slack)
            and np.all(load >= instance.lower[:, limited] - slack)
            and (not is_capped or moved <= instance.moved_cap + _ROUNDING)
        ):
            return False
        self.cp.add_bool_or([self.x[u, int(t)].negated() for u, t in enumerate(label)])
        return True

    def _separate(self, label: IntArray) -> bool:
        instance, wrong = self.instance, False
        for t in range(instance.num_territories):
            members = np.flatnonzero((label == t) & ~instance.exempt)
            if len(members) < 2:
                continue
            count, part = connected_components(instance.graph[members][:, members], directed=False)
            for piece in range(count if count > 1 else 0):
                wrong = True
                inside = members[part == piece]
                around = np.unique(instance.graph[inside].tocoo().col)
                border = [self.x[s, t] for s in around.tolist() if s not in inside and (s, t) in self.x]
                for a in inside.tolist():
                    for b in members[part > piece].tolist():
                        self.cp.add_bool_or([self.x[a, t].negated(), self.x[b, t].negated(), *border])
        return wrong


def _solved(
    instance: Instance,
    permissions: Mapping[str, BoolArray],
    rules: tuple[str, ...],
    deterministic_time: float,
    seed: int,
    *,
    is_priced: bool = True,
    hint: IntArray | None = None,
) -> ExactAnswer:
    """The cheapest labelling (any, when not priced) under some of the rules."""
    model = _Model(instance, permissions, rules)
    slack = model.price() if is_priced else 0.0
    if hint is not None:
        for (u, t), var in model.x.items():
            model.cp.add_hint(var, int(hint[u] == t))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # the whole linear relaxation: 24 areas x 3 were proved in seconds with it and stayed open without
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed % (2**31)
    left = deterministic_time
    n, k, bound = instance.num_units, instance.num_territories, 0.0
    while left > 0:
        solver.parameters.max_deterministic_time = left
        status = solver.solve(model.cp)
        left -= max(solver.response_proto.deterministic_time, _LEAST_TIME)
        if status == cp_model.MODEL_INVALID:
            raise SolverError(f"CP-SAT refused the split model: {model.cp.validate()}")
        if status == cp_model.INFEASIBLE:
            return ExactAnswer(label=None, cost=float("inf"), bound=float("inf"), is_proved=True)
        if is_priced:
            bound = max(bound, solver.best_objective_bound / _SCALE - slack)
        if status == cp_model.UNKNOWN:
            break
        label = np.array(
            [next(t for t in range(k) if (u, t) in model.x and solver.value(model.x[u, t])) for u in range(n)]
        )
        if not model.forbid_what_is_wrong(label):
            is_proved = status == cp_model.OPTIMAL
            return ExactAnswer(label=label, cost=cost_of(instance, label), bound=bound, is_proved=is_proved)
    return ExactAnswer(label=None, cost=float("inf"), bound=bound, is_proved=False)
