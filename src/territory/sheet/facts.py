"""What the data says about one rep's week: the facts that tasks, focuses and goals are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.records import CarriedIn
from territory.domain.scenario import Scenario
from territory.domain.sheet_rules import SheetRules
from territory.domain.sheet_texts import TaskName
from territory.domain.visit_plan import VisitPlan
from territory.language import Text
from territory.sheet.border import BorderFlow, BorderPlace
from territory.sheet.conditions import Conditions
from territory.units import DAYS_PER_WEEK, BoolArray, IntArray

RARE_VISITS_PER_CYCLE = 1
_CURRENCIES = {"CNY": Text("CNY", "元"), "USD": Text("USD", "美元")}


@dataclass(frozen=True, kw_only=True, eq=False)
class WeekFacts:
    """
    Attributes
    ----------
    last
        What last week hands on; None: nothing.
    served
        Positions of the rep's outlets, ascending.
    stops
        Positions of the week's stops in the plan, in (day, order).
    visited
        Positions of the outlets visited this week, ascending.
    missed
        Positions of outlets whose missed visit is not made up yet, longest waiting first.
    kinds
        By rule, shape (num_outlets,): the outlets it is about; rules that are off are left out. `take_over` holds
        on the first visit of the cycle only, `make_up` at missed outlets, `key_outlets` at the first tier ("A", or
        the first name of the tiers in use; without tiers at the share of the rep's outlets with the most sales),
        `border_flow` in places with strong flow across the border, `once_a_cycle` at a single visit per cycle.
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
    conditions: Conditions
    last: CarriedIn | None
    served: IntArray
    stops: IntArray
    visited: IntArray
    missed: IntArray
    kinds: Mapping[TaskName, BoolArray]
    taken: IntArray
    given: IntArray
    unplaced: IntArray
    border: tuple[BorderPlace, ...]

    @property
    def rules(self) -> SheetRules:
        """The manager's rules."""
        return self.scenario.sheet_rules

    @property
    def money(self) -> Text:
        """The scenario's currency."""
        return _CURRENCIES.get(self.scenario.currency, Text(self.scenario.currency, self.scenario.currency))

    def ids(self, outlet_idcs: IntArray) -> tuple[str, ...]:
        """Outlet ids, ascending."""
        return tuple(sorted(self.scenario.outlets.outlet_ids[i] for i in outlet_idcs.tolist()))

    def kinds_of(self, outlet_idx: int) -> tuple[TaskName, ...]:
        """The rules that are about an outlet and have a service focus, in the rules' order."""
        return tuple(name for name in self.rules.order if name in self.kinds and self.kinds[name][outlet_idx])

    def in_money(self, amount: float) -> Text:
        """An amount of the scenario's currency, rounded."""
        return Text(f"{amount:,.0f} {self.money.en}", f"{amount:,.0f} {self.money.zh}")


def week_facts(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    rep_idx: int,
    week: int,
    flow: BorderFlow,
    conditions: Conditions,
    last: CarriedIn | None,
) -> WeekFacts:
    """The facts of one rep's week."""
    outlets, rules = scenario.outlets, scenario.sheet_rules
    served = assignment.outlets_of(rep_idx)
    mine = plan.rep_idx == rep_idx
    first_day = week * DAYS_PER_WEEK
    in_week = mine & (plan.day >= first_day) & (plan.day < first_day + DAYS_PER_WEEK)
    before = np.unique(plan.outlet_idx[mine & (plan.day < first_day)])
    taken = served[(outlets.rep_idx[served] >= 0) & (outlets.rep_idx[served] != rep_idx)]
    given = np.flatnonzero(
        (outlets.rep_idx == rep_idx) & (assignment.rep_of_outlet >= 0) & (assignment.rep_of_outlet != rep_idx)
    )
    border = tuple(flow.strongest(rep_idx, strong_share=rules.task.border_flow.strong_share))
    missed = _positions(scenario, () if last is None else last.missed)
    rare = outlets.visits_per_cycle == RARE_VISITS_PER_CYCLE
    kinds: dict[TaskName, BoolArray] = {
        **conditions.holds,
        "make_up": _at(len(outlets), missed),
        "take_over": _at(len(outlets), np.setdiff1d(taken, before)),
        "key_outlets": _key_outlets(scenario, served),
        "border_flow": _in_places(scenario, [place.place for place in border]),
        "once_a_cycle": rare,
    }
    return WeekFacts(
        scenario=scenario,
        assignment=assignment,
        plan=plan,
        rep_idx=rep_idx,
        week=week,
        conditions=conditions,
        last=last,
        served=served,
        stops=np.flatnonzero(in_week),
        visited=np.unique(plan.outlet_idx[in_week]),
        missed=missed,
        kinds={name: held for name, held in kinds.items() if name in rules.order},
        taken=taken,
        given=given,
        unplaced=np.flatnonzero(np.isin(plan.unplaced_outlet_idx, served)),
        border=border,
    )


def _at(length: int, positions: IntArray) -> BoolArray:
    found = np.zeros(length, dtype=np.bool_)
    found[positions] = True
    return found


def _positions(scenario: Scenario, outlet_ids: tuple[str, ...]) -> IntArray:
    """Positions of ids in their order, each once; ids the scenario no longer has are left out."""
    if not outlet_ids:
        return np.zeros(0, dtype=np.int64)
    wanted = set(outlet_ids)
    place = {text: i for i, text in enumerate(scenario.outlets.outlet_ids) if text in wanted}
    return np.array([place[text] for text in dict.fromkeys(outlet_ids) if text in place], dtype=np.int64)


def _in_places(scenario: Scenario, places: list[int]) -> BoolArray:
    if scenario.flow.level == "outlet":
        return _at(len(scenario.outlets), np.array(places, dtype=np.int64))
    return np.isin(scenario.outlets.area.codes, places)


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
    most = int(np.ceil(scenario.sheet_rules.task.key_outlets.key_share * len(selling)))
    order = np.lexsort((selling, -outlets.sales_per_week[selling]))
    key[selling[order[:most]]] = True
    return key
