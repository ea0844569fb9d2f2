"""A rep's days as GPX routes: from home along the stops and back, with times, for GPS devices and map apps."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.errors import MissingExtraError
from territory.io.export.clocks import utc_time
from territory.io.export.content import PlanContent
from territory.io.export.texts import one_line
from territory.language import Text
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

_HOME = Text("Home", "出发地")


def write_gpx(content: PlanContent, rep: int, path: Path) -> Path:
    """
    One file with a route per day of the rep: points with the start of service (at home: leaving, coming back) in UTC.

    Raises
    ------
    MissingExtraError
        When gpxpy is not installed.
    """
    gpx = gpx_library()
    scenario = content.scenario
    document = gpx.GPX()
    document.creator = "territory"
    document.name = one_line(f"{scenario.reps.rep_ids[rep]} {scenario.reps.names[rep]}")
    plan = content.plan
    routes = [route for route in content.routes().tolist() if int(plan.route_rep_idx[route]) == rep]
    document.routes = [_route(gpx, content, route, number) for number, route in enumerate(routes, start=1)]
    write_bytes_atomically(path, document.to_xml(version="1.1").encode("utf-8"))
    return path


def gpx_library() -> Any:
    """
    The library that writes such files.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        return import_module("gpxpy.gpx")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            Text(
                'GPX files need gpxpy: pip install "territory[gps]"', '导出 GPX 需要 gpxpy:pip install "territory[gps]"'
            )
        ) from error


def _route(gpx: Any, content: PlanContent, route: int, number: int) -> Any:
    scenario, plan = content.scenario, content.plan
    rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
    date = scenario.calendar.date_of(day)
    weekday = (WEEKDAYS_ZH if content.lang == "zh" else WEEKDAYS_EN)[date.weekday()]
    made = gpx.GPXRoute(name=f"{date.isoformat()} {weekday} {one_line(scenario.reps.rep_ids[rep])}", number=number)
    outlets, reps = scenario.outlets, scenario.reps

    def point(lat: float, lon: float, seconds: int, name: str, description: str | None = None) -> Any:
        moment = utc_time(scenario.calendar, day, seconds, scenario.time_zone)
        return gpx.GPXRoutePoint(
            round(lat, 6), round(lon, 6), time=moment, name=one_line(name), description=description
        )

    home = _HOME.in_(content.lang)
    made.points.append(point(float(reps.lat[rep]), float(reps.lon[rep]), int(plan.leave_s[route]), home))
    for stop in content.stops_of(route).tolist():
        outlet = int(plan.outlet_idx[stop])
        place = float(outlets.lat[outlet]), float(outlets.lon[outlet])
        name, outlet_id = outlets.names[outlet], outlets.outlet_ids[outlet]
        made.points.append(point(*place, int(plan.start_s[stop]), name or outlet_id, one_line(outlet_id)))
    made.points.append(point(float(reps.lat[rep]), float(reps.lon[rep]), int(plan.return_s[route]), home))
    return made
