"""Visits: which outlet is visited on which day by whom, and the order of each day."""

from territory.visits.check import RULES, check
from territory.visits.kpi import RepTable, measures, rep_table
from territory.visits.model import VisitsProblem
from territory.visits.planning import planned_problem
from territory.visits.result import VisitsResult
from territory.visits.solve import plan_visits, warm_up

__all__ = [
    "RULES",
    "RepTable",
    "VisitsProblem",
    "VisitsResult",
    "check",
    "measures",
    "plan_visits",
    "planned_problem",
    "rep_table",
    "warm_up",
]
