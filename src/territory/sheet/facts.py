"""What the data says about one rep's week: the facts that tasks, focuses and goals are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.sheet.border import BorderFlow, BorderPlace
from territory.units import DAYS_PER_WEEK, BoolArray, IntArray

KEY_SALES_SHARE = 0.20
RARE_VISITS_PER_CYCLE = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class WeekFacts:
    """
    Attributes
    ----------
    served
        Positions of the rep's outlets, ascending.
    stops
        Positions of the week's stops in the plan, in (day, order).
    visited
        Positions of the outlets visited this week, ascending.
    is_key
        Shape (num_outlets,): key outlets: of the first tier ("A", or the first name of the tiers in use);
        where no outlet of the rep has a tier, the fifth of the rep's outlets with the most sales.
    is_new
        Outlets that another rep serves today, on their first visit of the cycle this week.
    is_border
        Outlets in places with strong flow across the border.
    is_rare
        Outlets visited once in the cycle.
    taken, given
        Outlets that come to this rep; outlets that leave for another rep.
    unplaced
        Positions in the plan's unplaced columns that are this rep's outlets.
    """

    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan
    rep_idx: int
    week: int
    served: IntArray
    stops: IntArray
    visited: IntArray
    is_key: BoolArray
    is_new: BoolArray
    is_border: BoolArray
    is_rare: BoolArray
    taken: IntArray
    given: IntArray
    unplaced: IntArray
    border: tuple[BorderPlace, ...]

    def ids(self, outlet_idcs: IntArray) -> tuple[str, ...]:
        """Outlet ids, ascending."""
        return tuple(sorted(self.scenario.outlets.outlet_ids[i] for i in outlet_idcs.tolist()))


def week_facts(
    scenario: Scenario, assignment: Assignment, plan: VisitPlan, *, rep_idx: int, week: int, flow: BorderFlow
) -> WeekFacts:
    """The facts of one rep's week."""
    outlets = scenario.outlets
    served = assignment.outlets_of(rep_idx)
    mine = plan.rep_idx == rep_idx
    first_day = week * DAYS_PER_WEEK
    in_week = mine & (plan.day >= first_day) & (plan.day < first_day + DAYS_PER_WEEK)
    visited = np.unique(plan.outlet_idx[in_week])
    before = np.unique(plan.outlet_idx[mine & (plan.day < first_day)])
    new_to_rep = np.zeros(len(outlets), dtype=np.bool_)
    taken = served[(outlets.rep_idx[served] >= 0) & (outlets.rep_idx[served] != rep_idx)]
    new_to_rep[taken] = True
    given = np.flatnonzero(
        (outlets.rep_idx == rep_idx) & (assignment.rep_of_outlet >= 0) & (assignment.rep_of_outlet != rep_idx)
    )
    new_to_rep[before] = False
    border = tuple(flow.strongest(rep_idx))
    is_border = np.zeros(len(outlets), dtype=np.bool_)
    places = [place.place for place in border]
    if scenario.flow.level == "outlet":
        is_border[places] = True
    elif places:
        is_border = np.isin(outlets.area.codes, places)
    return WeekFacts(
        scenario=scenario,
        assignment=assignment,
        plan=plan,
        rep_idx=rep_idx,
        week=week,
        served=served,
        stops=np.flatnonzero(in_week),
        visited=visited,
        is_key=_key_outlets(scenario, served),
        is_new=new_to_rep,
        is_border=is_border,
        is_rare=outlets.visits_per_cycle == RARE_VISITS_PER_CYCLE,
        taken=taken,
        given=given,
        unplaced=np.flatnonzero(np.isin(plan.unplaced_outlet_idx, served)),
        border=border,
    )


def _key_outlets(scenario: Scenario, served: IntArray) -> BoolArray:
    outlets = scenario.outlets
    key = np.zeros(len(outlets), dtype=np.bool_)
    tiers = outlets.tier.codes[served]
    if (tiers >= 0).any():
        names = outlets.tier.names
        first = names.index("A") if "A" in names else int(np.argsort(np.array(names))[0])
        key[served[tiers == first]] = True
        return key
    sales = outlets.sales_per_week[served]
    selling = served[sales > 0]
    most = int(np.ceil(KEY_SALES_SHARE * len(selling)))
    order = np.lexsort((selling, -outlets.sales_per_week[selling]))
    key[selling[order[:most]]] = True
    return key
