"""Review (日清月结): planned against done, from the plans that were in force and the sheets that came back."""

from territory.review.carry import carried_in, outlet_states, replan_events
from territory.review.check import RULES, check
from territory.review.kpi import Totals, totals
from territory.review.ledger import ledger
from territory.review.model import Closing, Entry, History, OutletCard, PlanBook, PlannedStop, RepCard, Unplaced
from territory.review.panel import rep_months
from territory.review.period import Period, day_period, month_period, week_period
from territory.review.result import Fate, Ledger, MadeVisit, OwedVisit, Problem, Remark, Standing
from territory.review.whole import Review, review

__all__ = [
    "RULES",
    "Closing",
    "Entry",
    "Fate",
    "History",
    "Ledger",
    "MadeVisit",
    "OutletCard",
    "OwedVisit",
    "Period",
    "PlanBook",
    "PlannedStop",
    "Problem",
    "Remark",
    "RepCard",
    "Review",
    "Standing",
    "Totals",
    "Unplaced",
    "carried_in",
    "check",
    "day_period",
    "ledger",
    "month_period",
    "outlet_states",
    "rep_months",
    "replan_events",
    "review",
    "totals",
    "week_period",
]
