"""Hand-over: which outlets, sales and visits each rep gains and loses when one plan takes over from another. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from territory.domain.scenario import Scenario
from territory.pipeline.history.differences import Visit, outlet_changes
from territory.pipeline.history.state import PlanState, day_and_rep, stops_of
from territory.units import DAYS_PER_CYCLE


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOutlet:
    """
    One outlet that changes hands.

    Attributes
    ----------
    rep_before, rep
        "" for nobody.
    sales_per_week
        Money per week, in the scenario's currency.
    visits_before, visits
        Visits planned in the four weeks, in the plan before and in this one; where a plan has no visits, those due.
    first_visit
        The first visit on or after the effective date; the plan's cycle repeats every four weeks.
    """

    outlet_id: str
    name: str
    area: str
    rep_before: str
    rep: str
    sales_per_week: float
    visits_before: int
    visits: int
    first_visit: Visit | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RepHandOver:
    """What one rep gets and hands over, largest sales first."""

    rep_id: str
    name: str
    gains: tuple[HandedOutlet, ...]
    losses: tuple[HandedOutlet, ...]

    @property
    def sales_gained(self) -> float:
        """Money per week."""
        return sum(outlet.sales_per_week for outlet in self.gains)

    @property
    def sales_lost(self) -> float:
        """Money per week."""
        return sum(outlet.sales_per_week for outlet in self.losses)

    @property
    def visits_gained(self) -> int:
        """Visits in four weeks."""
        return sum(outlet.visits for outlet in self.gains)

    @property
    def visits_lost(self) -> int:
        """Visits in four weeks."""
        return sum(outlet.visits_before for outlet in self.losses)


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """
    Everything that changes hands.

    Attributes
    ----------
    reps
        In the order of the reps table; those who neither gain nor lose are in it with empty lists.
    """

    outlets: tuple[HandedOutlet, ...]
    reps: tuple[RepHandOver, ...]


def today_state(scenario: Scenario) -> PlanState:
    """Today's split as a state, for the first publication of a history."""
    rep_ids = (*scenario.reps.rep_ids, "")
    reps = scenario.outlets.rep_idx.tolist()
    return PlanState().having(
        assignment={name: rep_ids[rep] for name, rep in zip(scenario.outlets.outlet_ids, reps, strict=True)}
    )


def hand_over_list(scenario: Scenario, before: PlanState, after: PlanState, *, effective: str) -> HandOver:
    """
    Who gets which outlets from whom.

    Parameters
    ----------
    before, after
        The plan in force until then, and the new one.
    effective
        The first day of the new plan, ISO.
    """
    outlets, names = scenario.outlets, dict(zip(scenario.reps.rep_ids, scenario.reps.names, strict=True))
    place = {outlet_id: at for at, outlet_id in enumerate(outlets.outlet_ids)}
    areas = outlets.area.texts()
    old_visits, new_visits = _visits(before), _visits(after)
    handed: list[HandedOutlet] = []
    for change in outlet_changes(before, after):
        at = place.get(change.outlet_id)
        frm, to = change.rep_before or "", change.rep or ""
        if frm == to:
            continue
        due = 0 if at is None else int(outlets.visits_per_cycle[at])
        planned = new_visits.get(change.outlet_id, ())
        handed.append(
            HandedOutlet(
                outlet_id=change.outlet_id,
                name="" if at is None else outlets.names[at],
                area="" if at is None else areas[at],
                rep_before=frm,
                rep=to,
                sales_per_week=0.0 if at is None else float(outlets.sales_per_week[at]),
                visits_before=_count(before, old_visits, change.outlet_id, due) if frm else 0,
                visits=_count(after, new_visits, change.outlet_id, due) if to else 0,
                first_visit=_first(planned, effective),
            )
        )
    handed.sort(key=lambda outlet: (-outlet.sales_per_week, outlet.outlet_id))
    involved = Counter(rep for outlet in handed for rep in (outlet.rep_before, outlet.rep) if rep)
    order = [*names, *sorted(set(involved) - set(names))]
    return HandOver(
        outlets=tuple(handed),
        reps=tuple(
            RepHandOver(
                rep_id=rep_id,
                name=names.get(rep_id, ""),
                gains=tuple(outlet for outlet in handed if outlet.rep == rep_id),
                losses=tuple(outlet for outlet in handed if outlet.rep_before == rep_id),
            )
            for rep_id in order
        ),
    )


def _visits(state: PlanState) -> Mapping[str, Sequence[Visit]]:
    found: dict[str, list[Visit]] = {}
    for key, route in state["routes"].items():
        date, rep_id = day_and_rep(key)
        for outlet, start_s, _, _ in stops_of(route):
            found.setdefault(outlet, []).append(Visit(date=date, rep_id=rep_id, start_s=start_s))
    return {outlet: sorted(visits) for outlet, visits in found.items()}


def _count(state: PlanState, visits: Mapping[str, Sequence[Visit]], outlet: str, due: int) -> int:
    return len(visits.get(outlet, ())) if state.has_visits else due


def _first(visits: Sequence[Visit], effective: str) -> Visit | None:
    """The first visit on or after the date, cycle after cycle."""
    begins, found = dt.date.fromisoformat(effective), []
    for visit in visits:
        date = dt.date.fromisoformat(visit.date)
        cycles = max(0, -((date - begins).days // DAYS_PER_CYCLE))
        found.append(replace(visit, date=(date + dt.timedelta(days=cycles * DAYS_PER_CYCLE)).isoformat()))
    return min(found, default=None)
