"""The visit plan per day: what stands in the day columns of panel 2 and the rows of panel 3."""

from __future__ import annotations

from collections import Counter

import numpy as np

from territory.sheet.content import Day, Visit, short_codes, visits_in_full
from territory.sheet.facts import WeekFacts
from territory.sheet.focus import OWN, day_focus, detail_of, focus_of, kinds_of, worst_gap
from territory.sheet.goals import routes_of_week
from territory.units import DAYS_PER_WEEK, IntArray, format_clock

_WORKWEEK = 5


def week_days(facts: WeekFacts) -> tuple[Day, ...]:
    """Monday to Friday, and a weekend day that the rep works or has visits on."""
    plan, reps = facts.plan, facts.scenario.reps
    route_of_day = {int(plan.route_day[i]): i for i in routes_of_week(facts).tolist()}
    codes = short_codes(facts.ids(facts.visited))
    days = []
    for weekday in range(DAYS_PER_WEEK):
        day = facts.week * DAYS_PER_WEEK + weekday
        stops = facts.stops[plan.day[facts.stops] == day]
        works = bool(reps.works[facts.rep_idx, weekday] and not reps.leave[facts.rep_idx, day])
        if weekday >= _WORKWEEK and not works and not len(stops):
            continue
        date = facts.scenario.calendar.date_of(day)
        status = "holiday" if date in facts.scenario.calendar.holidays else "work" if works else "off"
        route = route_of_day.get(day)
        drive_min = None
        if len(stops) and route is not None:
            drive_min = int(np.floor((plan.drive_s[stops].sum() + plan.return_drive_s[route]) / 60 + 0.5))
        idcs = plan.outlet_idx[stops]
        kinds = [kinds_of(facts, i) for i in idcs.tolist()]
        gap = worst_gap(facts, idcs)
        days.append(
            Day(
                date=date,
                status=status,
                place=_place(facts, stops),
                focus=day_focus(facts, kinds) if len(stops) else None,
                visits=_visits(facts, stops, kinds, codes),
                leave=None if route is None else format_clock(int(plan.leave_s[route]) / 60),
                home=None if route is None else format_clock(int(plan.return_s[route]) / 60),
                drive_min=drive_min,
                worst_gap=None if gap is None else gap[1],
                worst_gap_outlet="" if gap is None else facts.scenario.outlets.outlet_ids[gap[0]],
            )
        )
    return tuple(days)


def _visits(
    facts: WeekFacts, stops: IntArray, kinds: list[tuple[str, ...]], codes: dict[str, str]
) -> tuple[Visit, ...]:
    """Visits in driving order; those in full are the ones that rank first by urgency, priority and sales."""
    plan, outlets = facts.plan, facts.scenario.outlets
    idcs = plan.outlet_idx[stops]
    urgency = {name: rank for rank, name in enumerate((OWN, *facts.rules.order))}
    first = np.array([urgency[some[0]] if some else len(urgency) for some in kinds], dtype=np.int64)
    rank = np.lexsort((np.arange(len(idcs)), -outlets.sales_per_week[idcs], -outlets.priority[idcs], first))
    in_full = set(rank[: visits_in_full(len(idcs))].tolist())
    return tuple(
        Visit(
            order=position + 1,
            time=format_clock(int(plan.start_s[stop]) / 60),
            outlet_id=outlets.outlet_ids[idx],
            code=codes[outlets.outlet_ids[idx]],
            name=" ".join(outlets.names[idx].split()),
            tier=outlets.tier[idx],
            focus=focus_of(facts, idx, kinds[position]),
            in_full=position in in_full,
            kinds=kinds[position],
            detail=detail_of(facts, idx, kinds[position]),
        )
        for position, (stop, idx) in enumerate(zip(stops.tolist(), idcs.tolist(), strict=True))
    )


def _place(facts: WeekFacts, stops: IntArray) -> str:
    outlets = facts.scenario.outlets
    where = Counter(outlets.area[i] or outlets.district[i] for i in facts.plan.outlet_idx[stops].tolist())
    where.pop("", None)
    return min(where, key=lambda name: (-where[name], name)) if where else ""
