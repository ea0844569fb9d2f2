"""What is exported: a plan, the part of it that was asked for, and its rows for every table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.io.export.columns import ALL, META_TEXTS, SCHEMA, Row
from territory.io.plan_cells import REASONS
from territory.language import Lang, Text
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKDAYS_EN, WEEKDAYS_ZH, BoolArray, IntArray

_DEGREE_DIGITS = 6
_YES = Text("yes", "是")


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanContent:
    """
    A plan to export.

    Attributes
    ----------
    lang
        Language of headers and words in tables.
    reps, weeks
        Positions of the reps and weeks of the cycle (0 to 3); None: all.
    run_card
        What is known about how the plan was made, for the table `meta`.
    why
        Sentences about visits that are unplaced because no day is legal, by the outlet's position.
    """

    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan
    lang: Lang = "en"
    reps: tuple[int, ...] | None = None
    weeks: tuple[int, ...] | None = None
    run_card: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[int, Text] = field(default_factory=dict)

    @property
    def chosen_reps(self) -> tuple[int, ...]:
        """Positions of the reps, ascending."""
        return tuple(range(len(self.scenario.reps))) if self.reps is None else tuple(sorted(set(self.reps)))

    @property
    def chosen_weeks(self) -> tuple[int, ...]:
        """Weeks of the cycle, ascending."""
        every = range(self.scenario.calendar.num_weeks)
        return tuple(every) if self.weeks is None else tuple(sorted(set(self.weeks)))

    def stops(self) -> IntArray:
        """Positions of the chosen stops in the plan."""
        return np.flatnonzero(self._is_chosen(self.plan.rep_idx, self.plan.day))

    def routes(self) -> IntArray:
        """Positions of the chosen routes in the plan."""
        return np.flatnonzero(self._is_chosen(self.plan.route_rep_idx, self.plan.route_day))

    def stops_of(self, route: int) -> IntArray:
        """Positions of a route's stops, in driving order."""
        return self.plan.stops_of(int(self.plan.route_rep_idx[route]), int(self.plan.route_day[route]))

    def served(self) -> IntArray:
        """Positions of the chosen outlets: those of the chosen reps, or every one."""
        rep_of = self.assignment.rep_of_outlet
        return np.arange(len(rep_of)) if self.reps is None else np.flatnonzero(np.isin(rep_of, self.chosen_reps))

    def unplaced(self) -> list[int]:
        """Entries of visits without a place, of the chosen outlets."""
        chosen = np.isin(self.plan.unplaced_outlet_idx, self.served())
        return np.flatnonzero(chosen).tolist()

    def _is_chosen(self, rep: IntArray, day: IntArray) -> BoolArray:
        by_rep = np.ones(len(rep), dtype=np.bool_) if self.reps is None else np.isin(rep, self.chosen_reps)
        if self.weeks is None:
            return np.asarray(by_rep)
        return np.asarray(by_rep & np.isin(day // DAYS_PER_WEEK, self.chosen_weeks))


def rows_of(content: PlanContent) -> dict[str, list[Row]]:
    """The rows of every table, by its name."""
    return {
        "assignment": list(_assignment(content)),
        "visits": list(_visits(content)),
        "routes": list(_routes(content)),
        "unplaced": list(_unplaced(content)),
        "reps": list(_reps(content)),
        "meta": list(_meta(content)),
    }


def _rep(content: PlanContent, rep: int) -> Row:
    reps = content.scenario.reps
    if rep == NONE:
        return {"rep_id": None, "rep_name": None}
    return {"rep_id": reps.rep_ids[rep], "rep_name": reps.names[rep]}


def _outlet(content: PlanContent, outlet: int) -> Row:
    outlets = content.scenario.outlets
    return {"outlet_id": outlets.outlet_ids[outlet], "outlet_name": outlets.names[outlet]}


def _day(content: PlanContent, day: int) -> Row:
    calendar = content.scenario.calendar
    date = calendar.date_of(day)
    names = WEEKDAYS_ZH if content.lang == "zh" else WEEKDAYS_EN
    return {
        "date": date.isoformat(),
        "weekday": names[date.weekday()],
        "iso_week": calendar.iso_week(calendar.week_of(day)),
    }


def _degrees(value: float) -> float:
    return round(value, _DEGREE_DIGITS)


def _assignment(content: PlanContent) -> Iterator[Row]:
    outlets, reps = content.scenario.outlets, content.scenario.reps
    for i in content.served().tolist():
        now, today = int(content.assignment.rep_of_outlet[i]), int(outlets.rep_idx[i])
        yield _outlet(content, i) | {
            "district": outlets.district[i],
            "area": outlets.area[i],
            "tier": outlets.tier[i],
            "lat": _degrees(float(outlets.lat[i])),
            "lon": _degrees(float(outlets.lon[i])),
            "sales_per_week": round(float(outlets.sales_per_week[i]), 2),
            "visits_per_cycle": int(outlets.visits_per_cycle[i]),
            **_rep(content, now),
            "rep_id_today": None if today == NONE else reps.rep_ids[today],
            "moved": _YES.in_(content.lang) if today not in (NONE, now) else None,
        }


def _visits(content: PlanContent) -> Iterator[Row]:
    plan, before, order = content.plan, (NONE, NONE), 0
    for stop in content.stops().tolist():
        rep, day = int(plan.rep_idx[stop]), int(plan.day[stop])
        order = order + 1 if (rep, day) == before else 1
        before = (rep, day)
        start_s, service_s = int(plan.start_s[stop]), int(plan.service_s[stop])
        yield (
            _rep(content, rep)
            | _day(content, day)
            | {"order": order}
            | _outlet(content, int(plan.outlet_idx[stop]))
            | {"start": start_s, "end": start_s + service_s, "drive": int(plan.drive_s[stop]), "service": service_s}
        )


def _routes(content: PlanContent) -> Iterator[Row]:
    plan = content.plan
    drive_s, service_s, count = _sums_by_route(plan)
    for route in content.routes().tolist():
        rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
        lunch_s, at = int(plan.lunch_s[route]), rep * DAYS_PER_CYCLE + day
        yield (
            _rep(content, rep)
            | _day(content, day)
            | {
                "leave": int(plan.leave_s[route]),
                "lunch": None if lunch_s == NONE else lunch_s,
                "return": int(plan.return_s[route]),
                "return_drive": int(plan.return_drive_s[route]),
                "visits": int(count[at]),
                "drive_total": int(drive_s[at]) + int(plan.return_drive_s[route]),
                "service_total": int(service_s[at]),
            }
        )


def _sums_by_route(plan: VisitPlan) -> tuple[IntArray, IntArray, IntArray]:
    """Seconds driven to stops, seconds of service, and stops, by rep x 28 + day."""
    keys = plan.rep_idx * DAYS_PER_CYCLE + plan.day
    route_keys = plan.route_rep_idx * DAYS_PER_CYCLE + plan.route_day
    size = int(max(keys.max(initial=0), route_keys.max(initial=0))) + 1

    def total(values: IntArray | None) -> IntArray:
        return np.bincount(keys, weights=values, minlength=size).astype(np.int64)

    return total(plan.drive_s), total(plan.service_s), total(None)


def _unplaced(content: PlanContent) -> Iterator[Row]:
    plan = content.plan
    for at in content.unplaced():
        outlet, reason = int(plan.unplaced_outlet_idx[at]), plan.unplaced_reason[at]
        why = content.why.get(outlet)
        yield (
            _outlet(content, outlet)
            | _rep(content, int(content.assignment.rep_of_outlet[outlet]))
            | {
                "visits": int(plan.unplaced_visits[at]),
                "reason": REASONS[reason].in_(content.lang),
                "why": None if why is None else why.in_(content.lang),
            }
        )


def _reps(content: PlanContent) -> Iterator[Row]:
    plan, scenario = content.plan, content.scenario
    reps, teams, stops, routes = scenario.reps, scenario.teams, content.stops(), content.routes()
    for rep in content.chosen_reps:
        team, own = int(reps.team_idx[rep]), content.assignment.outlets_of(rep)
        mine, days = stops[plan.rep_idx[stops] == rep], routes[plan.route_rep_idx[routes] == rep]
        yield _rep(content, rep) | {
            "team_id": None if team == NONE else teams.team_ids[team],
            "team": None if team == NONE else teams.names[team],
            "lat": _degrees(float(reps.lat[rep])),
            "lon": _degrees(float(reps.lon[rep])),
            "outlets": len(own),
            "sales_per_week": round(float(scenario.outlets.sales_per_week[own].sum()), 2),
            "visits": len(mine),
            "days": len(days),
            "drive_total": int(plan.drive_s[mine].sum() + plan.return_drive_s[days].sum()),
            "service_total": int(plan.service_s[mine].sum()),
        }


def facts_of(content: PlanContent) -> dict[str, str]:
    """What stands in the table `meta`, without the words that explain it."""
    scenario, calendar, plan = content.scenario, content.scenario.calendar, content.plan
    reps = ALL if content.reps is None else ";".join(scenario.reps.rep_ids[rep] for rep in content.chosen_reps)
    weeks = ALL if content.weeks is None else ";".join(calendar.iso_week(week) for week in content.chosen_weeks)
    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "first_day": calendar.date_of(0).isoformat(),
        "last_day": calendar.date_of(DAYS_PER_CYCLE - 1).isoformat(),
        "time_zone": scenario.time_zone,
        "crs": "wgs84",
        "currency": scenario.currency,
        "reps": reps,
        "weeks": weeks,
        "outlets": str(len(content.served())),
        "visits": str(len(content.stops())),
        "unplaced": str(int(plan.unplaced_visits[content.unplaced()].sum())),
        **content.run_card,
        **{f"input {file}": digest for file, digest in sorted(scenario.input_hashes.items())},
    }


def _meta(content: PlanContent) -> Iterator[Row]:
    for key, value in facts_of(content).items():
        meaning = _meaning(key).in_(content.lang)
        yield {"key": key, "value": value, "meaning": meaning}


def _meaning(key: str) -> Text:
    if key.startswith("input "):
        return Text("content hash of this input file", "该输入文件的内容摘要")
    return META_TEXTS.get(key, Text("from the run that made the plan", "来自生成该方案的运行记录"))
