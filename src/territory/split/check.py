"""Is it true? Starts again from the problem: every rule and every objective term of a split, recomputed.

This is also what a planner runs on a split edited by hand. It sees no solver and no search room.
"""

from __future__ import annotations

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.split import kpi
from territory.split.model import SplitProblem
from territory.standing import Term
from territory.units import IntArray
from territory.verify import CheckReport, Violation

# Amounts are sums of many floats; a deviation below this share of the target is rounding, not a violation.
_ROUNDING = 1e-9

RULES = (
    "one_rep",
    "known_rep",
    "locked",
    "group",
    "allowed",
    "balance",
    "contiguity",
    "moved_cap",
    "empty_territory",
    "apart",
    "seed",
)


def check(problem: SplitProblem, assignment: Assignment) -> CheckReport:
    """Every violation of the rules (1) to (10) of `SplitProblem`, and the objective terms."""
    rep = assignment.rep_of_outlet
    if len(rep) != problem.num_outlets:
        raise ValueError(f"the assignment has {len(rep)} outlets, the problem {problem.num_outlets}")
    found = _one_rep(problem, rep)
    if any(violation.rule == "known_rep" for violation in found):
        return CheckReport(violations=tuple(found), terms=())
    territory = problem.territories(assignment)
    found += _locked(problem, rep)
    found += _groups(problem, territory)
    found += _allowed(problem, territory)
    found += _balance(problem, territory)
    found += _contiguity(problem, territory)
    found += _moved_cap(problem, territory)
    found += _apart(problem, territory)
    found += _seeds(problem, territory)
    return CheckReport(violations=tuple(found), terms=objective_terms(problem, territory))


def objective_terms(problem: SplitProblem, territory: IntArray) -> tuple[Term, ...]:
    """
    Flow cut, moved sales and home travel, each with its amount, unit and points.

    Lost affinity is a term where affinities are given, and inertia where compactness has a price.
    """
    flow = kpi.flow_kept(problem, territory)
    moved = kpi.moved_sales(problem, territory)
    travel = kpi.home_travel_min(problem, territory)
    cut = flow.total - flow.kept
    terms = [
        Term(name="flow_cut", amount=cut, unit="per week", points=100.0 * cut / problem.flow_between),
        Term(
            name="moved_sales",
            amount=moved,
            unit="per week",
            points=100.0 * problem.price_moved * moved / problem.served_sales,
        ),
        Term(
            name="home_travel",
            amount=travel,
            unit="min/cycle",
            points=100.0 * problem.price_travel * travel / problem.home_travel_today(),
        ),
    ]
    if problem.affinity is not None:
        sales = float(problem.sales.sum())
        lost = sales - kpi.affinity_kept(problem, territory)
        share = lost / sales if sales > 0 else 0.0
        terms.append(
            Term(name="lost_affinity", amount=lost, unit="per week", points=100.0 * problem.price_affinity * share)
        )
    if problem.price_compactness > 0:
        inertia = float(kpi.inertia(problem, territory).sum())
        points = 100.0 * problem.price_compactness * inertia / problem.inertia_scale()
        terms.append(Term(name="compactness", amount=inertia, unit="min km²/cycle", points=points))
    return tuple(terms)


def _one_rep(problem: SplitProblem, rep: IntArray) -> list[Violation]:
    unknown = np.flatnonzero((rep < NONE) | (rep >= len(problem.rep_ids)))
    found = [
        Violation(rule="known_rep", subject=problem.outlet_ids[i], amount=float(rep[i]), unit="rep position")
        for i in unknown.tolist()
    ]
    found += [
        Violation(rule="one_rep", subject=problem.outlet_ids[i], amount=1.0, unit="rep missing")
        for i in np.flatnonzero(rep == NONE).tolist()
    ]
    return found


def _locked(problem: SplitProblem, rep: IntArray) -> list[Violation]:
    # Inside a pooled team the visit plan chooses the member, so a lock binds the territory.
    pooled = np.array([len(group) > 1 for group in problem.reps_of_territory])
    today = problem.today_territory()
    now = np.where(rep == NONE, NONE, problem.territory_of_rep[np.maximum(rep, 0)])
    same = np.where(pooled[np.maximum(now, 0)], now == today, rep == problem.today)
    return [
        Violation(rule="locked", subject=problem.outlet_ids[i], amount=1.0, unit="moved outlet")
        for i in np.flatnonzero(problem.locked & ~same).tolist()
    ]


def _groups(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    members = np.flatnonzero(problem.group != NONE)
    found = []
    for group in np.unique(problem.group[members]).tolist():
        served = np.unique(territory[members[problem.group[members] == group]])
        if len(served) > 1:
            first = members[problem.group[members] == group][0]
            found.append(
                Violation(
                    rule="group",
                    subject=f"group of {problem.outlet_ids[first]}",
                    subject_zh=f"{problem.outlet_ids[first]} 所在的组",
                    amount=float(len(served) - 1),
                    unit="territories too many",
                )
            )
    return found


def _allowed(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    served = np.flatnonzero(territory != NONE)
    wrong = served[~problem.allowed[served, territory[served]]]
    return [
        Violation(
            rule="allowed",
            subject=f"{problem.outlet_ids[i]} in {problem.territory_ids[territory[i]]}",
            subject_zh=f"{problem.outlet_ids[i]} 归 {problem.territory_ids[territory[i]]}",
            amount=1.0,
            unit="outlet",
        )
        for i in wrong.tolist()
    ]


def _balance(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    found = []
    for measure in problem.measures:
        if not measure.is_limited:
            continue
        load = kpi.loads(problem, measure, territory)
        excess = np.abs(load - measure.target) - measure.tolerance * measure.target
        for t in np.flatnonzero(excess > _ROUNDING * measure.target).tolist():
            side, side_zh = ("over", "高于上限") if load[t] > measure.target[t] else ("under", "低于下限")
            found.append(
                Violation(
                    rule="balance",
                    subject=f"{measure.name} of {problem.territory_ids[t]} {side} its band",
                    subject_zh=f"{problem.territory_ids[t]} 的{measure.label.zh}{side_zh}",
                    amount=float(excess[t]),
                    unit=measure.unit,
                )
            )
    return found


def _contiguity(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    count = kpi.pieces(problem, territory)
    has_outlets = np.bincount(territory[territory != NONE], minlength=problem.num_territories) > 0
    found = [
        Violation(
            rule="contiguity", subject=problem.territory_ids[t], amount=float(count[t] - 1), unit="pieces too many"
        )
        for t in np.flatnonzero(count > 1).tolist()
    ]
    found += [
        Violation(rule="empty_territory", subject=problem.territory_ids[t], amount=1.0, unit="territory")
        for t in np.flatnonzero(~has_outlets).tolist()
    ]
    return found


def _moved_cap(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    share = kpi.moved_sales(problem, territory) / problem.served_sales
    excess = share - problem.max_moved_share
    if excess <= _ROUNDING:
        return []
    return [
        Violation(
            rule="moved_cap", subject="all outlets", subject_zh="全部客户", amount=100.0 * excess, unit="% of sales"
        )
    ]


def _apart(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    found = []
    rows = np.flatnonzero((problem.apart != NONE) & (territory != NONE))
    together: dict[tuple[int, int], list[str]] = {}
    for i in rows.tolist():
        together.setdefault((int(problem.apart[i]), int(territory[i])), []).append(problem.outlet_ids[i])
    for (_, t), outlets in sorted(together.items()):
        if len(outlets) > 1:
            found.append(
                Violation(
                    rule="apart",
                    subject=f"{', '.join(outlets)} in {problem.territory_ids[t]}",
                    subject_zh=f"{'、'.join(outlets)} 同在 {problem.territory_ids[t]}",
                    amount=float(len(outlets) - 1),
                    unit="outlets too many",
                )
            )
    return found


def _seeds(problem: SplitProblem, territory: IntArray) -> list[Violation]:
    wanted = problem.seed_territory
    return [
        Violation(
            rule="seed",
            subject=f"{problem.outlet_ids[i]}, seed point of {problem.territory_ids[wanted[i]]}",
            subject_zh=f"{problem.territory_ids[wanted[i]]} 的种子点 {problem.outlet_ids[i]}",
            amount=1.0,
            unit="outlet in another territory",
        )
        for i in np.flatnonzero((wanted != NONE) & (territory != NONE) & (territory != wanted)).tolist()
    ]
