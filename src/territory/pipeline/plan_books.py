"""A visit plan as the book that reviews read: stops, reps and outlets with what a review needs to know of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.pipeline.sheets import plan_id_of
from territory.review import OutletCard, PlanBook, PlannedStop, RepCard, Unplaced
from territory.standing import digest
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN


def book_from(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    since: dt.datetime | None = None,
    is_fresh: bool = False,
) -> PlanBook:
    """
    The book of a plan.

    Parameters
    ----------
    since
        From when it holds; the first morning of the cycle for None.
    is_fresh
        It is made anew for the whole cycle.
    """
    calendar = scenario.calendar
    return PlanBook(
        plan_id=plan_id_of(scenario, plan),
        start=calendar.start,
        since=since or dt.datetime.combine(calendar.start, dt.time()),
        is_fresh=is_fresh,
        scenario=scenario.name,
        currency=scenario.currency,
        reps=_reps(scenario),
        outlets=_outlets(scenario, assignment),
        stops=_stops(scenario, plan),
        unplaced=tuple(
            Unplaced(
                outlet_id=scenario.outlets.outlet_ids[outlet],
                rep_id=_rep_id(scenario, int(assignment.rep_of_outlet[outlet])),
                visits=visits,
                reason=reason.value,
            )
            for outlet, visits, reason in zip(
                plan.unplaced_outlet_idx.tolist(), plan.unplaced_visits.tolist(), plan.unplaced_reason, strict=True
            )
        ),
        drive_min=_drive_min(scenario, plan),
    )


def file_digest(path: Path) -> str:
    """Hash of a file, to see whether it changed."""
    return digest(path.read_bytes())


def _rep_id(scenario: Scenario, rep: int) -> str:
    return "" if rep == NONE else scenario.reps.rep_ids[rep]


def _reps(scenario: Scenario) -> dict[str, RepCard]:
    reps, teams, calendar = scenario.reps, scenario.teams, scenario.calendar
    works = np.tile(reps.works, (1, DAYS_PER_CYCLE // DAYS_PER_WEEK)) & calendar.is_workday() & ~reps.leave
    found = {}
    for rep, rep_id in enumerate(reps.rep_ids):
        team = int(reps.team_idx[rep])
        found[rep_id] = RepCard(
            rep_id=rep_id,
            name=reps.names[rep],
            team_id="" if team == NONE else teams.team_ids[team],
            team="" if team == NONE else teams.names[team],
            grade=reps.grade[rep],
            step=int(reps.step[rep]),
            star=int(reps.star[rep]),
            contract=reps.contract[rep],
            tenure_years=round(float(reps.tenure_years[rep]), 4),
            ability=float(reps.ability[rep]),
            capacity_min=float(reps.capacity_min[rep]),
            workdays=tuple(calendar.date_of(day) for day in np.flatnonzero(works[rep]).tolist()),
        )
    return found


def _outlets(scenario: Scenario, assignment: Assignment) -> dict[str, OutletCard]:
    outlets = scenario.outlets
    rows = zip(
        outlets.outlet_ids,
        outlets.names,
        outlets.tier.texts(),
        assignment.rep_of_outlet.tolist(),
        outlets.sales_per_week.tolist(),
        outlets.visits_per_cycle.tolist(),
        outlets.priority.tolist(),
        strict=True,
    )
    return {
        outlet_id: OutletCard(
            outlet_id=outlet_id,
            name=name,
            tier=tier,
            rep_id=_rep_id(scenario, rep),
            sales_per_week=round(sales, 2),
            visits_per_cycle=visits,
            priority=priority,
        )
        for outlet_id, name, tier, rep, sales, visits, priority in rows
    }


def _stops(scenario: Scenario, plan: VisitPlan) -> tuple[PlannedStop, ...]:
    """Stops in the plan's order, which is by rep, day and order of the route."""
    found: list[PlannedStop] = []
    dates = [scenario.calendar.date_of(day) for day in range(DAYS_PER_CYCLE)]
    before, order = (NONE, NONE), 0
    rows = zip(
        plan.rep_idx.tolist(),
        plan.day.tolist(),
        plan.outlet_idx.tolist(),
        plan.start_s.tolist(),
        plan.service_s.tolist(),
        strict=True,
    )
    for rep, day, outlet, start_s, service_s in rows:
        order = order + 1 if (rep, day) == before else 1
        before = (rep, day)
        found.append(
            PlannedStop(
                rep_id=scenario.reps.rep_ids[rep],
                date=dates[day],
                order=order,
                outlet_id=scenario.outlets.outlet_ids[outlet],
                start_min=round(start_s / SECONDS_PER_MIN, 2),
                service_min=round(service_s / SECONDS_PER_MIN, 2),
            )
        )
    return tuple(found)


def _drive_min(scenario: Scenario, plan: VisitPlan) -> dict[tuple[str, dt.date], float]:
    seconds: dict[tuple[int, int], int] = {}
    for rep, day, drive_s in zip(plan.rep_idx.tolist(), plan.day.tolist(), plan.drive_s.tolist(), strict=True):
        seconds[rep, day] = seconds.get((rep, day), 0) + drive_s
    for rep, day, drive_s in zip(
        plan.route_rep_idx.tolist(), plan.route_day.tolist(), plan.return_drive_s.tolist(), strict=True
    ):
        seconds[rep, day] = seconds.get((rep, day), 0) + drive_s
    return {
        (scenario.reps.rep_ids[rep], scenario.calendar.date_of(day)): round(total / SECONDS_PER_MIN, 2)
        for (rep, day), total in sorted(seconds.items())
    }
