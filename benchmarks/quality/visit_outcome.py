"""What a run with a visit plan came out with: shared by the families that plan visits of a scenario or a city."""

from __future__ import annotations

from benchmarks.contract import Outcome
from territory.visits import VisitsProblem, VisitsResult, check, measures


def visits_outcome(problem: VisitsProblem, result: VisitsResult) -> Outcome:
    """A plan, replayed by the checker, with what a planner asks of it first."""
    plan = result.require_plan()
    report = check(problem, plan)
    shown = {measure.name: measure.value for measure in measures(problem, plan)}
    return Outcome(
        objective=report.objective,
        bound=result.bound,
        violations=len(report.violations),
        status=str(result.status),
        measures={
            "visits_due": int(shown["visits_due"]),
            "visits_placed": int(shown["visits_placed"]),
            "visits_missing": plan.num_unplaced,
            "drive_min": shown["drive_min"],
            "drive_share": shown["drive_share"] / 100.0,
            "wait_min": shown["wait_min"],
        },
        note="; ".join(map(str, report.violations[:3])),
    )
