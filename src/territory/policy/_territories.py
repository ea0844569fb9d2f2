"""What each rep's territory holds: sales, visits, minutes and borders, from outlets, assignment and visit plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.legs import neighbour_leg_min
from territory.domain.outlets import Outlets
from territory.domain.scenario import Scenario
from territory.domain.travel import Places
from territory.domain.visit_plan import VisitPlan
from territory.units import SECONDS_PER_MIN, BoolArray, FloatArray, IntArray

MONTHS_PER_CYCLE_OF_20_DAYS = 21 / 20
WORKDAYS = 21
UNTIERED = "-"


@dataclass(frozen=True, kw_only=True, eq=False)
class Territories:
    """Columns of `PolicyProblem` that describe the ground; S reps, K classes. See there."""

    classes: tuple[str, ...]
    potential: FloatArray
    required_visits: FloatArray
    planned_visits: FloatArray
    drive_min: FloatArray
    service_min: FloatArray
    cross_flow: FloatArray


def territories(scenario: Scenario, assignment: Assignment, plan: VisitPlan | None) -> Territories:
    """Sales, visits, minutes and borders of every rep."""
    outlets, num_reps = scenario.outlets, len(scenario.reps)
    classes, class_of = _classes(outlets)
    share = _who_serves(outlets, assignment, plan, num_reps)
    onehot = sp.csr_matrix(
        (np.ones(len(outlets)), (np.arange(len(outlets)), class_of)), shape=(len(outlets), len(classes))
    )

    def by_class(amount: FloatArray) -> FloatArray:
        return np.asarray((share.T @ sp.diags(amount) @ onehot).toarray(), dtype=np.float64)

    due = outlets.visits_per_cycle.astype(np.float64)
    required = by_class(due)
    at_outlet = outlets.service_min + scenario.visits.access_min
    planned = required
    service = _ratio(by_class(due * at_outlet), required, otherwise=float(_mean(at_outlet)))
    without = np.ones(num_reps, dtype=np.bool_) if plan is None else ~_is_planned(plan, assignment, num_reps)
    drive = _estimated_drive(scenario, share, due) if without.any() else np.zeros(num_reps)
    if plan is not None:
        stops, minutes = np.zeros_like(required), np.zeros_like(required)
        np.add.at(stops, (plan.rep_idx, class_of[plan.outlet_idx]), 1.0)
        np.add.at(minutes, (plan.rep_idx, class_of[plan.outlet_idx]), plan.service_s / SECONDS_PER_MIN)
        driven = _sum_by(plan.rep_idx, plan.drive_s.astype(np.float64), num_reps)
        driven += _sum_by(plan.route_rep_idx, plan.return_drive_s.astype(np.float64), num_reps)
        by_plan = _ratio(driven / SECONDS_PER_MIN, stops.sum(axis=1), otherwise=0.0)
        drive = np.where(without, drive, by_plan)
        served = _ratio(minutes, stops, otherwise=float(_mean(at_outlet)))
        service = np.where(without[:, None], service, served)
        planned = np.where(without[:, None], required, stops)
    return Territories(
        classes=classes,
        potential=by_class(outlets.sales_per_week),
        required_visits=required * MONTHS_PER_CYCLE_OF_20_DAYS,
        planned_visits=planned * MONTHS_PER_CYCLE_OF_20_DAYS,
        drive_min=drive,
        service_min=service,
        cross_flow=cross_flow(scenario, share),
    )


def _is_planned(plan: VisitPlan, assignment: Assignment, num_reps: int) -> BoolArray:
    """Does the plan speak of the rep at all, by a stop or by a visit it could not place? Shape (num_reps,)."""
    spoken = np.zeros(num_reps, dtype=np.bool_)
    spoken[plan.rep_idx] = True
    missing = assignment.rep_of_outlet[plan.unplaced_outlet_idx]
    spoken[missing[missing >= 0]] = True
    return spoken


def _classes(outlets: Outlets) -> tuple[tuple[str, ...], IntArray]:
    """Tier names in order of importance (by name), outlets without a tier last; class of each outlet."""
    codes, names = outlets.tier.codes, outlets.tier.names
    order = sorted(range(len(names)), key=lambda code: names[code])
    rank = np.zeros(len(names) + 1, dtype=np.int64)
    rank[order] = np.arange(len(names))
    rank[-1] = len(names)
    classes = tuple(names[code] for code in order)
    if not names or (codes < 0).any():
        classes = (*classes, UNTIERED)
    return classes, rank[codes]


def _who_serves(outlets: Outlets, assignment: Assignment, plan: VisitPlan | None, num_reps: int) -> sp.csr_matrix:
    """
    Share of each outlet that each rep serves, shape (num_outlets, num_reps): in a pooled team by the visits of the
    plan, else the assigned rep. Rows of outlets that nobody serves are empty.
    """
    n = len(outlets)
    visited = np.zeros(n)
    parts = sp.csr_matrix((n, num_reps))
    if plan is not None and plan.num_stops:
        visited = np.bincount(plan.outlet_idx, minlength=n).astype(np.float64)
        parts = sp.csr_matrix((1.0 / visited[plan.outlet_idx], (plan.outlet_idx, plan.rep_idx)), shape=(n, num_reps))
    rest = np.flatnonzero((visited == 0) & (assignment.rep_of_outlet >= 0))
    assigned = sp.csr_matrix((np.ones(len(rest)), (rest, assignment.rep_of_outlet[rest])), shape=(n, num_reps))
    return sp.csr_matrix(parts + assigned)


def cross_flow(scenario: Scenario, share: sp.csr_matrix) -> FloatArray:
    """
    Share of the flow at territory r that links it with territory q, shape (num_reps, num_reps), zero diagonal.

    Notes
    -----
    With P[a, r] the share of area a's sales with rep r, X = P.T @ F @ P is the flow from r to q, as in *flow kept*
    (docs/semantics.md). A border is crossed both ways: the entry is (X + X.T)[r, q] over its row sum.
    """
    outlets, flow = scenario.outlets, scenario.flow
    if flow.level == "outlet":
        place_share = share
    else:
        has_area = np.flatnonzero(outlets.area.codes >= 0)
        area = outlets.area.codes[has_area]
        sales = np.bincount(area, outlets.sales_per_week[has_area], minlength=flow.num_places)
        count = np.bincount(area, minlength=flow.num_places)
        weight = np.where(
            sales[area] > 0,
            outlets.sales_per_week[has_area] / np.where(sales[area] > 0, sales[area], 1.0),
            1.0 / count[area],
        )
        membership = sp.csr_matrix((weight, (area, has_area)), shape=(flow.num_places, len(outlets)))
        place_share = sp.csr_matrix(membership @ share)
    linked = np.asarray((place_share.T @ flow.weight @ place_share).toarray(), dtype=np.float64)
    linked = linked + linked.T
    total = linked.sum(axis=1, keepdims=True)
    np.fill_diagonal(linked, 0.0)
    return _ratio(linked, np.broadcast_to(total, linked.shape), otherwise=0.0)


def _estimated_drive(scenario: Scenario, share: sp.csr_matrix, due: FloatArray) -> FloatArray:
    """
    Drive minutes per visit, shape (num_reps,), where there is no plan: the mean leg to the four nearest other points
    with outlets, weighted by visits, and the way between home and the outlets, there and back, over a day's visits.
    """
    outlets, reps = scenario.outlets, scenario.reps
    if not len(outlets):
        return np.zeros(len(reps))
    leg = neighbour_leg_min(Places.of_outlets(outlets, np.arange(len(outlets))), scenario.travel)
    entries = share.tocoo()
    outlet, rep = entries.row.astype(np.int64), entries.col.astype(np.int64)
    weight = entries.data * due[outlet]
    visits = _sum_by(rep, weight, len(reps))
    legs = _sum_by(rep, weight * leg[outlet], len(reps))
    home = scenario.travel.pair_minutes(Places.of_reps(reps, rep), Places.of_outlets(outlets, outlet))
    home_min = _ratio(_sum_by(rep, weight * home, len(reps)), visits, otherwise=0.0)
    visits_per_day = np.maximum(1.0, visits * MONTHS_PER_CYCLE_OF_20_DAYS / WORKDAYS)
    return np.asarray(_ratio(legs, visits, otherwise=0.0) + 2 * home_min / visits_per_day, dtype=np.float64)


def _sum_by(group: IntArray, amount: FloatArray, number: int) -> FloatArray:
    """Sum of `amount` per group, shape (number,)."""
    return np.asarray(np.bincount(group, amount, minlength=number), dtype=np.float64)


def _ratio(above: FloatArray, below: FloatArray, *, otherwise: float) -> FloatArray:
    """`above / below`, and `otherwise` where `below` is 0."""
    filled = np.where(below > 0, below, 1.0)
    return np.asarray(np.where(below > 0, above / filled, otherwise), dtype=np.float64)


def _mean(values: FloatArray) -> float:
    """The mean, 0 for none."""
    return float(values.mean()) if len(values) else 0.0
