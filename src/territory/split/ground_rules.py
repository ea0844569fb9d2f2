"""The rules that all points of a flow-against-moves curve share, where today's split may break the scenario's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.language import Text
from territory.split import kpi
from territory.split._instance import Instance, instance_of
from territory.split._lower import flow_points
from territory.split._pieces import cut_by_plan
from territory.split._starts import repaired
from territory.split.check import check
from territory.split.model import SplitProblem
from territory.units import FloatArray, IntArray
from territory.verify import CheckReport, Violation, listed

Base = Literal["as-today", "scenario"]
Aim = Literal["flow", "scenario"]

_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundRules:
    """
    A split problem ready for any cap.

    Attributes
    ----------
    problem
        Units cut along today's split, flow between places only; under "as-today" with stray pieces exempt.
    label
        Today's territory of each unit, -1 for none, shape (num_units,).
    start
        Where searches begin: `label`, completed and repaired where it has to be.
    lower, upper
        Bands of the limited measures, shape (num_territories, num_limited).
    """

    problem: SplitProblem
    base: Base
    aim: Aim
    label: IntArray
    start: IntArray
    lower: FloatArray
    upper: FloatArray

    @property
    def has_unserved(self) -> bool:
        """Some outlets have no rep today, so that even a cap of 0 leaves a choice."""
        return bool((self.problem.today == NONE).any())

    @cached_property
    def flow_today(self) -> float:
        """Share of the flow between places that today's split keeps."""
        return kpi.flow_kept(self.problem, self.problem.today_territory()).share_between

    def instance(self, cap: float) -> Instance:
        """The search's picture under a cap."""
        made = instance_of(replace(self.problem, max_moved_share=cap))
        return replace(made, lower=self.lower, upper=self.upper)

    def check(self, plan: Assignment, cap: float) -> CheckReport:
        """Every broken rule, from the problem and the plan alone; balance by the curve's bands."""
        open_measures = tuple(replace(measure, tolerance=np.inf) for measure in self.problem.measures)
        report = check(replace(self.problem, measures=open_measures, max_moved_share=cap), plan)
        territory = self.problem.territories(plan)
        found = list(report.violations)
        for column, measure in enumerate(m for m in self.problem.measures if m.is_limited):
            load = kpi.loads(self.problem, measure, territory)
            excess = np.maximum(load - self.upper[:, column], self.lower[:, column] - load)
            found += [
                Violation(
                    rule="balance",
                    subject=f"{measure.name} of {self.problem.territory_ids[t]}",
                    subject_zh=f"{self.problem.territory_ids[t]} 的{measure.label.zh}",
                    amount=float(excess[t]),
                    unit=measure.unit,
                )
                for t in np.flatnonzero(excess > _ROUNDING * measure.target).tolist()
            ]
        return CheckReport(violations=tuple(found), terms=report.terms)

    def points(self, plan: Assignment) -> float:
        """What the search minimises."""
        return check(self.problem, plan).objective

    def flow_bound(self, cap: float) -> float:
        """Share of the flow between places that no plan under the cap keeps more of."""
        bare = replace(self.problem, price_moved=0.0, price_travel=0.0, price_affinity=0.0, price_compactness=0.0)
        made = replace(instance_of(replace(bare, max_moved_share=cap)), lower=self.lower, upper=self.upper)
        # flow between places whose outlets share a unit is kept whatever one does
        return 1.0 - flow_points(made) / 100.0

    @cached_property
    def least_moved_share(self) -> float:
        """Share of sales that must move before every territory can be inside its bands; infinite: never."""
        return _least_moved(self.problem, self.lower, self.upper)

    def proof(self, cap: float) -> Text | None:
        """Why no plan moves at most `cap`; None when that is not proved."""
        least = self.least_moved_share
        if least > cap + 1e-6:
            shown = f"{100 * least:.1f} %" if np.isfinite(least) else "more than all"
            shown_zh = f"{100 * least:.1f} %" if np.isfinite(least) else "超过全部"
            return Text(
                f"at least {shown} of sales must change rep before every territory is inside its tolerance, "
                f"and the cap is {100 * cap:g} %",
                f"至少须调动 {shown_zh} 的销售额才能使每个区域都在容差之内,而上限为 {100 * cap:g} %",
            )
        if cap <= 0 and not self.has_unserved:
            broken = self.check(Assignment(rep_of_outlet=self.problem.today), 0.0).violations
            if broken:
                return Text(
                    f"today's split is the only one that moves nothing, and it breaks {listed(broken, most=3)}",
                    f"不调动任何客户时只有现状一种划分,而它违反:{listed(broken, 3, 'zh')}",
                )
        return None


def ground_rules(problem: SplitProblem, *, base: Base, aim: Aim) -> GroundRules:
    """The shared rules of a curve (docs/moves.md)."""
    own = sp.diags(problem.flow.diagonal())
    between = sp.csr_matrix(problem.flow - own)
    between.eliminate_zeros()
    problem = replace(problem, flow=between)
    if aim == "flow":
        problem = replace(problem, price_moved=0.0, price_travel=0.0, price_affinity=0.0, price_compactness=0.0)
    cut = cut_by_plan(problem, Assignment(rep_of_outlet=problem.today))
    limited = [measure for measure in problem.measures if measure.is_limited]
    k = problem.num_territories
    lower, upper = np.zeros((k, len(limited))), np.zeros((k, len(limited)))
    today = cut.label[cut.problem.unit_of_outlet]
    ready = cut.problem
    for column, measure in enumerate(limited):
        load = kpi.loads(problem, measure, today)
        lower[:, column] = measure.target * (1.0 - measure.tolerance)
        upper[:, column] = measure.target * (1.0 + measure.tolerance)
        if base == "as-today":
            lower[:, column] = np.minimum(lower[:, column], load)
            upper[:, column] = np.maximum(upper[:, column], load)
    if base == "as-today":
        ready = _strays_allowed(ready, cut.label)
    rules = GroundRules(problem=ready, base=base, aim=aim, label=cut.label, start=cut.label, lower=lower, upper=upper)
    whole = bool((cut.label != NONE).all()) and bool((kpi.pieces(ready, cut.label[ready.unit_of_outlet]) == 1).all())
    return rules if whole else replace(rules, start=repaired(rules.instance(1.0), cut.label))


def _strays_allowed(problem: SplitProblem, label: IntArray) -> SplitProblem:
    """Today's pieces off their territory's main piece: they stay, or join a territory beside them today."""
    stray = np.zeros(problem.num_units, dtype=np.bool_)
    load = np.bincount(problem.unit_of_outlet, weights=problem.measures[0].amount, minlength=problem.num_units)
    for t in range(problem.num_territories):
        members = np.flatnonzero((label == t) & ~problem.is_exempt)
        if not len(members):
            continue
        count, piece = connected_components(problem.neighbours[members][:, members], directed=False)
        if count > 1:
            main = int(np.argmax(np.bincount(piece, weights=load[members] + 1e-12, minlength=count)))
            stray[members[piece != main]] = True
    if not stray.any():
        return problem
    beside = np.zeros((problem.num_units, problem.num_territories), dtype=np.bool_)
    graph = problem.neighbours.tocoo()
    served = label[graph.col] != NONE
    beside[graph.row[served], label[graph.col[served]]] = True
    rows = np.flatnonzero(label != NONE)
    beside[rows, label[rows]] = True
    inside = sp.diags((~stray).astype(np.float64))
    outlets = stray[problem.unit_of_outlet]
    allowed = problem.allowed.copy()
    allowed[outlets] &= beside[problem.unit_of_outlet[outlets]]
    neighbours = sp.csr_matrix(inside @ problem.neighbours @ inside)
    neighbours.eliminate_zeros()
    return replace(problem, is_exempt=problem.is_exempt | stray, neighbours=neighbours, allowed=allowed)


def _least_moved(problem: SplitProblem, lower: FloatArray, upper: FloatArray) -> float:
    """
    Share of sales that leaves its territory at least, until loads can fit: a linear programme over outlets.

    Each outlet leaves as a fraction y; what leaves anywhere may arrive anywhere, measure by measure. Contiguity,
    whole outlets and that an outlet's measures travel together are left out, so the answer is a lower bound.
    """
    today = problem.today_territory()
    limited = [measure for measure in problem.measures if measure.is_limited]
    if not limited:
        return 0.0
    n, k, m = problem.num_outlets, problem.num_territories, len(limited)
    served = np.flatnonzero(today != NONE)
    blocks_upper: list[sp.csr_matrix] = []
    rights: list[FloatArray] = []
    equal: list[sp.csr_matrix] = []
    equal_right: list[float] = []
    for column, measure in enumerate(limited):
        amount = measure.amount
        load = kpi.loads(problem, measure, today)
        leaves = sp.csr_matrix((amount[served], (today[served], served)), shape=(k, n))
        arrives = sp.csr_matrix((np.ones(k), (np.arange(k), column * k + np.arange(k))), shape=(k, k * m))
        change = sp.csr_matrix(sp.hstack([-leaves, arrives]))
        blocks_upper += [change, sp.csr_matrix(-change)]
        rights += [upper[:, column] - load, load - lower[:, column]]
        is_free = np.where(today == NONE, amount, 0.0)
        all_arrive = np.zeros(k * m)
        all_arrive[column * k : (column + 1) * k] = 1.0
        equal.append(sp.csr_matrix(np.concatenate([np.where(today == NONE, 0.0, -amount), all_arrive])[None, :]))
        equal_right.append(float(is_free.sum()))
    cost = np.concatenate([np.where(today == NONE, 0.0, problem.sales) / problem.served_sales, np.zeros(k * m)])
    scale = np.concatenate([np.tile(measure.target, 2) for measure in limited])
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        cost,
        A_ub=sp.csr_matrix(sp.diags(1.0 / scale) @ sp.vstack(blocks_upper)),
        b_ub=np.concatenate(rights) / scale,
        A_eq=sp.csr_matrix(sp.vstack(equal)),
        b_eq=np.array(equal_right),
        bounds=[(0.0, 1.0)] * n + [(0.0, None)] * (k * m),
        method="highs",
    )
    if answer.status == 2:
        return float("inf")
    return float(answer.fun) if answer.status == 0 else 0.0
