"""Which rule of the calendar leaves an outlet without a legal set of days, in a sentence for whoever has to mend it."""

from __future__ import annotations

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.language import Text
from territory.visits._replay import positions
from territory.visits.model import VisitsProblem
from territory.visits.patterns import Unmet, unmet

_IN_ORDER = tuple(Unmet)


def unmet_rule(problem: VisitsProblem, outlet: int) -> Unmet | None:
    """
    The rule that fails with the rep who comes furthest; None when the outlet has a choice, or nobody may come.

    Parameters
    ----------
    outlet
        Local position.
    """
    if problem.explicit is not None or problem.choices(outlet):
        return None
    found = [rule for _, cadence in problem.cadences(outlet) if (rule := unmet(cadence)) is not None]
    return max(found, key=_IN_ORDER.index, default=None)


def why_closed(scenario: Scenario, assignment: Assignment, plan: VisitPlan) -> dict[int, Text]:
    """The rule behind each visit that is unplaced as `closed`, by the outlet's position in the scenario."""
    closed = [
        (at, outlet)
        for at, outlet in enumerate(plan.unplaced_outlet_idx.tolist())
        if plan.unplaced_reason[at] == UnplacedReason.CLOSED
    ]
    if not closed:
        return {}
    problem = VisitsProblem.of(scenario, assignment)
    local = positions(problem.outlet_idcs, plan.unplaced_outlet_idx).tolist()
    rules = {outlet: unmet_rule(problem, local[at]) for at, outlet in closed if local[at] >= 0}
    return {outlet: rule.text for outlet, rule in rules.items() if rule is not None}
