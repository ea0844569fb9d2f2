"""The problem that a scenario asks to be planned: how long things take, and what a missing visit is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.rules import VisitRules
from territory.domain.scenario import Scenario
from territory.domain.travel import Places, Travel
from territory.units import WEEKS_PER_CYCLE, FloatArray, IntArray, round_half_up, seconds_of
from territory.visits._chance import Spread
from territory.visits._worth import value_of_visits
from territory.visits.model import VisitsProblem


def mean_problem(scenario: Scenario, assignment: Assignment) -> VisitsProblem:
    """The scenario's problem with the times its tables name, and missing visits priced as `[visits] missing` says."""
    problem = VisitsProblem.of(scenario, assignment)
    if scenario.visits.missing == "priority":
        return problem
    served = problem.outlet_idcs
    days_ago = scenario.outlets.promises.last_visit_days_ago[served].astype(np.float64)
    value_s = value_of_visits(
        problem,
        sales_per_cycle=scenario.outlets.sales_per_week[served] * WEEKS_PER_CYCLE,
        days_since_last=np.where(days_ago > 0, days_ago, np.nan),
    )
    return replace(problem, visit_value_s=value_s)


def planned_problem(scenario: Scenario, assignment: Assignment) -> VisitsProblem:
    """`mean_problem`, at `[visits] plan_quantile` where one is set: what plans are made and checked with."""
    problem, rules = mean_problem(scenario, assignment), scenario.visits
    if rules.plan_quantile is None:
        return problem
    return plan_at_quantile(problem, quantile=rules.plan_quantile, spread=spread_of(rules))


def planned_service_s(rules: VisitRules, service_min: float) -> int:
    """Whole seconds that a visit of so many minutes takes in a plan: with access, at `plan_quantile`."""
    mean_s = seconds_of(service_min + rules.access_min)
    factor = 1.0 if rules.plan_quantile is None else spread_of(rules).service_factor(rules.plan_quantile)
    return int(round_half_up(np.array(mean_s * factor)))


def spread_of(rules: VisitRules) -> Spread:
    """How much visits and drives differ, by `[visits]`."""
    return Spread(service_cv=rules.service_cv, drive_cv=rules.drive_cv, traffic_cv=rules.traffic_cv)


@dataclass(frozen=True, kw_only=True)
class SlowerTravel:
    """Another way of travel, every drive longer (or shorter) by a factor."""

    travel: Travel
    factor: float

    def seconds(self, frm: Places, to: Places) -> IntArray:
        """Whole seconds, rounded once more."""
        return round_half_up(self.travel.seconds(frm, to).astype(np.float64) * self.factor)

    def pair_minutes(self, frm: Places, to: Places) -> FloatArray:
        """Minutes, unrounded."""
        return self.travel.pair_minutes(frm, to) * self.factor

    def describe(self) -> dict[str, object]:
        """The travel beneath, and the factor."""
        return {**self.travel.describe(), "factor": self.factor}


def plan_at_quantile(problem: VisitsProblem, *, quantile: float, spread: Spread) -> VisitsProblem:
    """
    The problem in which every visit and drive takes as long as it does at most with this probability.

    A plan of it has buffers everywhere: its checker is that of this problem, its simulation that of the given one.
    Without spread it is the same problem.
    """
    return replace(
        problem,
        service_s=round_half_up(problem.service_s.astype(np.float64) * spread.service_factor(quantile)),
        travel=SlowerTravel(travel=problem.travel, factor=spread.drive_factor(quantile)),
    )
