"""Route lists out of a plan: what the page needs, week by week."""

from __future__ import annotations

from territory.domain.columns import NONE
from territory.io.export import PlanContent
from territory.io.export.texts import one_line
from territory.io.plan_cells import clock
from territory.report.itinerary_pdf import Itinerary, ItineraryDay, ItineraryStop
from territory.units import DAYS_PER_WEEK, SECONDS_PER_MIN, WEEKDAYS_EN, WEEKDAYS_ZH


def itineraries_of(content: PlanContent, rep: int) -> list[Itinerary]:
    """One for each chosen week of a rep."""
    scenario, plan = content.scenario, content.plan
    calendar, reps = scenario.calendar, scenario.reps
    routes = [route for route in content.routes().tolist() if int(plan.route_rep_idx[route]) == rep]
    found: list[Itinerary] = []
    for week in content.chosen_weeks:
        first, last = (calendar.date_of(week * DAYS_PER_WEEK + at) for at in (0, DAYS_PER_WEEK - 1))
        days = [_day(content, route) for route in routes if calendar.week_of(int(plan.route_day[route])) == week]
        found.append(
            Itinerary(
                rep=one_line(f"{reps.rep_ids[rep]} {reps.names[rep]}"),
                week=calendar.iso_week(week),
                dates=f"{first.isoformat()} - {last.isoformat()}",
                days=tuple(days),
            )
        )
    return found


def _day(content: PlanContent, route: int) -> ItineraryDay:
    scenario, plan = content.scenario, content.plan
    date = scenario.calendar.date_of(int(plan.route_day[route]))
    weekday = (WEEKDAYS_ZH if content.lang == "zh" else WEEKDAYS_EN)[date.weekday()]
    stops = content.stops_of(route).tolist()
    lunch_s = int(plan.lunch_s[route])
    drive_s = int(plan.drive_s[stops].sum()) + int(plan.return_drive_s[route])
    return ItineraryDay(
        title=f"{weekday} {date.isoformat()}",
        leave=_clock(int(plan.leave_s[route])),
        back=_clock(int(plan.return_s[route])),
        drive_min=_minutes(drive_s),
        stops=tuple(_stop(content, stop) for stop in stops),
        lunch=None if lunch_s == NONE else _clock(lunch_s),
        lunch_before=None if lunch_s == NONE else sum(int(plan.start_s[stop]) <= lunch_s for stop in stops),
    )


def _stop(content: PlanContent, stop: int) -> ItineraryStop:
    plan, outlets = content.plan, content.scenario.outlets
    outlet, start_s = int(plan.outlet_idx[stop]), int(plan.start_s[stop])
    return ItineraryStop(
        start=_clock(start_s),
        end=_clock(start_s + int(plan.service_s[stop])),
        name=one_line(outlets.names[outlet]),
        outlet_id=one_line(outlets.outlet_ids[outlet]),
        area=one_line(outlets.area[outlet]),
        tier=one_line(outlets.tier[outlet]),
        drive_min=_minutes(int(plan.drive_s[stop])),
    )


def _clock(seconds: int) -> str:
    return clock(seconds)[:-3]


def _minutes(seconds: int) -> int:
    """Rounded half up."""
    return (seconds + SECONDS_PER_MIN // 2) // SECONDS_PER_MIN
