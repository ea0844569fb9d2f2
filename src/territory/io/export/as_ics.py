"""Calendars: one per rep, an event per visit or per day, which a later publication updates in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from territory.compute import write_bytes_atomically
from territory.errors import MissingExtraError
from territory.io.export.clocks import local_time
from territory.io.export.content import PlanContent
from territory.io.export.published import Event, Wanted
from territory.io.export.texts import one_line
from territory.io.plan_cells import clock
from territory.language import Text
from territory.units import DAYS_PER_CYCLE

EventKind = Literal["visit", "day"]

_DAY = Text("{count} visits", "拜访 {count} 户")
_ONE = Text("1 visit", "拜访 1 户")
_HOME = Text("back {time}", "{time} 返回")
_STAMP_BEFORE = dt.timedelta(days=DAYS_PER_CYCLE)
_ZONE_MARGIN = dt.timedelta(days=366)


def wanted_events(content: PlanContent, kind: EventKind) -> list[Wanted]:
    """The events of the whole plan, whatever part of it was asked for: what moved out of a part has moved."""
    whole = PlanContent(scenario=content.scenario, assignment=content.assignment, plan=content.plan, lang=content.lang)
    return list(_visits(whole) if kind == "visit" else _days(whole))


def _visits(content: PlanContent) -> Iterator[Wanted]:
    scenario, plan = content.scenario, content.plan
    outlets, seen = scenario.outlets, dict[tuple[int, int], int]()
    for stop in content.stops().tolist():
        rep, day, outlet = int(plan.rep_idx[stop]), int(plan.day[stop]), int(plan.outlet_idx[stop])
        seen[rep, outlet] = seen.get((rep, outlet), 0) + 1
        start_s = int(plan.start_s[stop])
        outlet_id, area, tier = outlets.outlet_ids[outlet], outlets.area[outlet], outlets.tier[outlet]
        yield Wanted(
            rep_id=scenario.reps.rep_ids[rep],
            subject=f"outlet {outlet_id}",
            number=seen[rep, outlet],
            start=local_time(scenario.calendar, day, start_s),
            end=local_time(scenario.calendar, day, start_s + int(plan.service_s[stop])),
            zone=scenario.time_zone,
            summary=one_line(outlets.names[outlet] or outlet_id),
            location=one_line(area or outlets.district[outlet]),
            description=" · ".join(one_line(fact) for fact in (outlet_id, tier, area) if fact),
            lat=round(float(outlets.lat[outlet]), 6),
            lon=round(float(outlets.lon[outlet]), 6),
        )


def _days(content: PlanContent) -> Iterator[Wanted]:
    scenario, plan, lang = content.scenario, content.plan, content.lang
    for route in content.routes().tolist():
        rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
        stops = content.stops_of(route).tolist()
        lines = []
        for stop in stops:
            outlet = int(plan.outlet_idx[stop])
            name = f"{scenario.outlets.names[outlet]} ({scenario.outlets.outlet_ids[outlet]})"
            lines.append(f"{clock(int(plan.start_s[stop]))[:5]} {one_line(name)}")
        lines.append(_HOME.in_(lang).format(time=clock(int(plan.return_s[route]))[:5]))
        yield Wanted(
            rep_id=scenario.reps.rep_ids[rep],
            subject=f"day {scenario.calendar.date_of(day).isoformat()}",
            number=1,
            start=local_time(scenario.calendar, day, int(plan.leave_s[route])),
            end=local_time(scenario.calendar, day, int(plan.return_s[route])),
            zone=scenario.time_zone,
            summary=(_ONE if len(stops) == 1 else _DAY).in_(lang).format(count=len(stops)),
            description="\n".join(lines),
        )


def write_ics(events: Sequence[Event], path: Path, *, name: str, cycle: dt.date) -> Path:
    """
    One calendar with these events, cancelled ones included.

    Parameters
    ----------
    name
        Shown by calendar programs.
    cycle
        Its first day; time stamps count from four weeks before it.

    Raises
    ------
    MissingExtraError
        When icalendar is not installed.

    Notes
    -----
    DTSTAMP says no wall-clock time: it is a fixed moment before the cycle and one minute for each change, so that it
    grows with SEQUENCE and the same plan gives the same bytes.
    """
    ical = ical_library()
    calendar = ical.Calendar()
    calendar.add("prodid", "-//territory//export//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", ical.vText(one_line(name)))
    zones = sorted({event.says.zone for event in events})
    if len(zones) == 1:
        calendar.add("x-wr-timezone", zones[0])
    for zone in zones:
        calendar.add_component(_zone(ical, zone, cycle))
    for event in events:
        calendar.add_component(_component(ical, event, cycle))
    write_bytes_atomically(path, calendar.to_ical())
    return path


def ical_library() -> Any:
    """
    The library that writes such files.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        return import_module("icalendar")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            Text("calendars need icalendar: pip install icalendar", "导出日历需要 icalendar:pip install icalendar")
        ) from error


def _zone(ical: Any, zone: str, cycle: dt.date) -> Any:
    """The rules of a zone from a year before the cycle to a year after its start."""
    made = ical.Timezone.from_tzid(zone, first_date=cycle - _ZONE_MARGIN, last_date=cycle + _ZONE_MARGIN)
    made.pop("COMMENT", None)
    return made


def _component(ical: Any, event: Event, cycle: dt.date) -> Any:
    says, made = event.says, ical.Event()
    zone = ZoneInfo(says.zone)
    stamp = dt.datetime.combine(cycle, dt.time(), tzinfo=dt.UTC) - _STAMP_BEFORE + dt.timedelta(minutes=event.sequence)
    made.add("uid", event.uid)
    made.add("dtstamp", stamp)
    made.add("last-modified", stamp)
    made.add("sequence", event.sequence)
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    made.add("dtstart", says.start.replace(tzinfo=zone))
    made.add("dtend", says.end.replace(tzinfo=zone))
    made.add("summary", says.summary)
    if says.location:
        made.add("location", says.location)
    if says.description:
        made.add("description", says.description)
    if says.lat is not None and says.lon is not None:
        made.add("geo", (says.lat, says.lon))
    return made
