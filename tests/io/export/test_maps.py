"""GPX and KML hold the plan's days: read with an XML parser that knows nothing of what wrote them."""

from __future__ import annotations

import datetime as dt
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.errors import MissingExtraError
from territory.io.export import write_geojson, write_gpx, write_kml
from territory.io.export.texts import one_line
from tests.io.export.random_plans import Case, cases, worst_case

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"
SHANGHAI = ZoneInfo("Asia/Shanghai")
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
any_case = st.one_of(cases(), st.just(worst_case()))

# The order of elements that the schemas ask for, as far as they are used.
GPX_ORDER = {
    "gpx": ("metadata", "wpt", "rte", "trk"),
    "rte": ("name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"),
    "rtept": ("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"),
}
_FEATURE = ("name", "visibility", "open", "address", "description", "TimeStamp", "TimeSpan", "styleUrl", "Style")
KML_ORDER = {
    "Document": (*_FEATURE, "ExtendedData", "Schema", "Folder", "Placemark"),
    "Folder": (*_FEATURE, "ExtendedData", "Placemark", "Folder"),
    "Placemark": (*_FEATURE, "ExtendedData", "Point", "LineString"),
    "Style": ("IconStyle", "LabelStyle", "LineStyle"),
    "IconStyle": ("color", "colorMode", "scale"),
    "LineStyle": ("color", "colorMode", "width"),
    "TimeSpan": ("begin", "end"),
    "LineString": ("extrude", "tessellate", "altitudeMode", "coordinates"),
}

Stop = tuple[dt.datetime, str, float, float]


def in_order(root: ET.Element, order: dict[str, tuple[str, ...]], namespace: str) -> None:
    """Every element is in the namespace, and children come in the order of the schema."""
    for element in root.iter():
        assert element.tag.startswith(namespace), element.tag
        known = order.get(element.tag.removeprefix(namespace))
        if known is not None:
            places = [known.index(child.tag.removeprefix(namespace)) for child in element]
            assert places == sorted(places), element.tag


def moment(case: Case, day: int, seconds: int) -> dt.datetime:
    date = case.scenario.calendar.date_of(day)
    return dt.datetime.combine(date, dt.time(), tzinfo=SHANGHAI) + dt.timedelta(seconds=seconds)


def place(lat: float, lon: float) -> tuple[float, float]:
    return round(lat, 6), round(lon, 6)


def stops_of_plan(case: Case, route: int) -> list[Stop]:
    plan, outlets = case.plan, case.scenario.outlets
    rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
    found = []
    for stop in plan.stops_of(rep, day).tolist():
        outlet = int(plan.outlet_idx[stop])
        where = place(float(outlets.lat[outlet]), float(outlets.lon[outlet]))
        found.append((moment(case, day, int(plan.start_s[stop])), one_line(outlets.outlet_ids[outlet]), *where))
    return found


def when(element: ET.Element, path: str) -> dt.datetime:
    return dt.datetime.strptime(element.findtext(path) or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


@quick
@given(case=any_case)
def test_gpx_routes_are_the_days_of_the_plan(case: Case, tmp_path: Path) -> None:
    found: list[list[Stop]] = []
    ends: list[tuple[dt.datetime, dt.datetime]] = []
    for rep in range(len(case.scenario.reps)):
        root = ET.fromstring(write_gpx(case.content(), rep, tmp_path / "rep.gpx").read_bytes())
        assert root.get("version") == "1.1" and root.get("creator") == "territory"
        in_order(root, GPX_ORDER, GPX)
        for route in root.iter(f"{GPX}rte"):
            first, *points, last = route.iter(f"{GPX}rtept")
            assert first.attrib == last.attrib
            ends.append((when(first, f"{GPX}time"), when(last, f"{GPX}time")))
            found.append(
                [
                    (
                        when(point, f"{GPX}time"),
                        point.findtext(f"{GPX}desc") or "",
                        float(point.attrib["lat"]),
                        float(point.attrib["lon"]),
                    )
                    for point in points
                ]
            )
    plan = case.plan
    routes = range(len(plan.route_rep_idx))
    assert found == [stops_of_plan(case, route) for route in routes]
    days = plan.route_day.tolist()
    assert ends == [
        (moment(case, days[at], int(plan.leave_s[at])), moment(case, days[at], int(plan.return_s[at]))) for at in routes
    ]


@quick
@given(case=any_case)
def test_kml_folders_are_the_reps_and_their_days(case: Case, tmp_path: Path) -> None:
    root = ET.fromstring(write_kml(case.content(), tmp_path / "plan.kml").read_bytes())
    in_order(root, KML_ORDER, KML)
    document = root[0]
    reps, plan = case.scenario.reps, case.plan
    folders = document.findall(f"{KML}Folder")
    assert [folder.findtext(f"{KML}name") for folder in folders] == [
        one_line(f"{rep_id} {name}") for rep_id, name in zip(reps.rep_ids, reps.names, strict=True)
    ]
    styles = {f"#{style.get('id')}" for style in document.findall(f"{KML}Style")}
    assert {element.text for element in root.iter(f"{KML}styleUrl")} <= styles
    days = [day for folder in folders for day in folder.findall(f"{KML}Folder")]
    assert len(days) == len(plan.route_rep_idx)
    for route, day in enumerate(days):
        date = case.scenario.calendar.date_of(int(plan.route_day[route])).isoformat()
        assert (day.findtext(f"{KML}name") or "").startswith(date)
        *marks, line = day.findall(f"{KML}Placemark")
        found = []
        for mark in marks:
            lon, lat = map(float, (mark.findtext(f"{KML}Point/{KML}coordinates") or "").split(","))
            data = {entry.get("name"): entry.findtext(f"{KML}value") for entry in mark.iter(f"{KML}Data")}
            found.append((when(mark, f"{KML}TimeSpan/{KML}begin"), data["outlet_id"], lat, lon))
        wanted = stops_of_plan(case, route)
        assert found == wanted
        track = [tuple(map(float, point.split(","))) for point in (line.findtext(f".//{KML}coordinates") or "").split()]
        assert track[1:-1] == [(lon, lat) for _, _, lat, lon in wanted]
        assert track[0] == track[-1]


def test_a_week_of_one_rep_is_all_that_is_there_when_asked_for(tmp_path: Path) -> None:
    case = worst_case()
    root = ET.fromstring(write_kml(case.content(reps=(3,), weeks=(0,)), tmp_path / "plan.kml").read_bytes())
    folders = root[0].findall(f"{KML}Folder")
    assert len(folders) == 1 and len(folders[0].findall(f"{KML}Folder")) == 1
    none = ET.fromstring(write_kml(case.content(reps=(3,), weeks=(1,)), tmp_path / "none.kml").read_bytes())
    assert none[0].find(f"{KML}Folder/{KML}Folder") is None
    assert b"<rte>" not in write_gpx(case.content(reps=(3,), weeks=(1,)), 3, tmp_path / "none.gpx").read_bytes()


def test_times_follow_the_zone(tmp_path: Path) -> None:
    case = worst_case()
    away = replace(case, scenario=replace(case.scenario, time_zone="America/New_York"))
    here, there = (
        ET.fromstring(write_gpx(one.content(), 0, tmp_path / "rep.gpx").read_bytes()) for one in (case, away)
    )
    times = [[when(point, f"{GPX}time") for point in root.iter(f"{GPX}rtept")] for root in (here, there)]
    assert times[0]
    assert {later - earlier for earlier, later in zip(*times, strict=True)} == {dt.timedelta(hours=13)}


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    content = worst_case().content()
    for number in (1, 2):
        write_gpx(content, 1, tmp_path / f"{number}.gpx")
        write_kml(content, tmp_path / f"{number}.kml")
        write_geojson(content, tmp_path / f"{number}.geojson")
    for ending in ("gpx", "kml", "geojson"):
        assert (tmp_path / f"1.{ending}").read_bytes() == (tmp_path / f"2.{ending}").read_bytes()


def test_without_gpxpy_the_message_says_what_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "gpxpy.gpx", None)
    with pytest.raises(MissingExtraError, match=r'pip install "territory\[gps\]"') as caught:
        write_gpx(worst_case().content(), 0, tmp_path / "rep.gpx")
    assert int(caught.value.exit_code) == 8
    assert not (tmp_path / "rep.gpx").exists()
