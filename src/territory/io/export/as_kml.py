"""A plan as KML for Google Earth and the like: a folder for each rep, in it one for each day.

Written with the standard library in the order of elements that the KML schema asks for.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.io.export.clocks import utc_time
from territory.io.export.content import PlanContent
from territory.io.export.texts import one_line
from territory.io.plan_cells import clock
from territory.language import Text
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

NAMESPACE = "http://www.opengis.net/kml/2.2"
_HOME = Text("Home of {name}", "{name} 出发地")
_COLOURS = ("1f77b4", "d62728", "2ca02c", "9467bd", "ff7f0e", "8c564b", "e377c2", "17becf", "bcbd22", "7f7f7f")
"""RRGGBB, one for each rep in turn."""


def write_kml(content: PlanContent, path: Path) -> Path:
    """One file: folders by rep and day, a line for each day's route and a point for each stop with its times."""
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _leaf(document, "name", content.scenario.name)
    for number, colour in enumerate(_COLOURS):
        _style(document, number, colour)
    routes: dict[int, list[int]] = {}
    for route in content.routes().tolist():
        routes.setdefault(int(content.plan.route_rep_idx[route]), []).append(route)
    for place, rep in enumerate(content.chosen_reps):
        _rep(document, content, rep, routes.get(rep, []), style=f"#rep{place % len(_COLOURS)}")
    text = ET.tostring(root, encoding="unicode")
    write_bytes_atomically(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode())
    return path


def _leaf(parent: ET.Element, name: str, text: str) -> ET.Element:
    leaf = ET.SubElement(parent, name)
    leaf.text = one_line(text)
    return leaf


def _style(document: ET.Element, number: int, colour: str) -> None:
    """A colour for lines and points; KML writes colours as alpha, blue, green, red."""
    shade = f"ff{colour[4:6]}{colour[2:4]}{colour[0:2]}"
    style = ET.SubElement(document, "Style", id=f"rep{number}")
    icon = ET.SubElement(style, "IconStyle")
    _leaf(icon, "color", shade)
    _leaf(icon, "scale", "0.7")
    line = ET.SubElement(style, "LineStyle")
    _leaf(line, "color", shade)
    _leaf(line, "width", "3")


def _rep(document: ET.Element, content: PlanContent, rep: int, routes: list[int], *, style: str) -> None:
    reps, lang = content.scenario.reps, content.lang
    folder = ET.SubElement(document, "Folder")
    _leaf(folder, "name", f"{reps.rep_ids[rep]} {reps.names[rep]}")
    home = ET.SubElement(folder, "Placemark")
    _leaf(home, "name", _HOME.in_(lang).format(name=reps.names[rep] or reps.rep_ids[rep]))
    _leaf(home, "styleUrl", style)
    _data(home, {"rep_id": reps.rep_ids[rep]})
    _point(home, float(reps.lat[rep]), float(reps.lon[rep]))
    for route in routes:
        _day(folder, content, route, style=style)


def _day(parent: ET.Element, content: PlanContent, route: int, *, style: str) -> None:
    scenario, plan = content.scenario, content.plan
    rep, day = int(plan.route_rep_idx[route]), int(plan.route_day[route])
    date = scenario.calendar.date_of(day)
    weekday = (WEEKDAYS_ZH if content.lang == "zh" else WEEKDAYS_EN)[date.weekday()]
    folder = ET.SubElement(parent, "Folder")
    _leaf(folder, "name", f"{date.isoformat()} {weekday}")
    outlets, reps = scenario.outlets, scenario.reps
    track = [(float(reps.lon[rep]), float(reps.lat[rep]))]
    for order, stop in enumerate(content.stops_of(route).tolist(), start=1):
        outlet, start_s = int(plan.outlet_idx[stop]), int(plan.start_s[stop])
        end_s = start_s + int(plan.service_s[stop])
        lat, lon = float(outlets.lat[outlet]), float(outlets.lon[outlet])
        track.append((lon, lat))
        mark = ET.SubElement(folder, "Placemark")
        _leaf(mark, "name", f"{order} {outlets.names[outlet] or outlets.outlet_ids[outlet]}")
        _leaf(mark, "description", f"{clock(start_s)[:5]}-{clock(end_s)[:5]} {outlets.outlet_ids[outlet]}")
        _span(mark, content, day, start_s, end_s)
        _leaf(mark, "styleUrl", style)
        _data(mark, {"outlet_id": outlets.outlet_ids[outlet], "order": str(order)})
        _point(mark, lat, lon)
    track.append(track[0])
    line = ET.SubElement(folder, "Placemark")
    _leaf(line, "name", f"{reps.rep_ids[rep]} {date.isoformat()}")
    _span(line, content, day, int(plan.leave_s[route]), int(plan.return_s[route]))
    _leaf(line, "styleUrl", style)
    shape = ET.SubElement(line, "LineString")
    _leaf(shape, "tessellate", "1")
    _leaf(shape, "coordinates", " ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in track))


def _span(parent: ET.Element, content: PlanContent, day: int, begin_s: int, end_s: int) -> None:
    span = ET.SubElement(parent, "TimeSpan")
    for name, seconds in (("begin", begin_s), ("end", end_s)):
        moment = utc_time(content.scenario.calendar, day, seconds, content.scenario.time_zone)
        _leaf(span, name, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _data(parent: ET.Element, values: dict[str, str]) -> None:
    extended = ET.SubElement(parent, "ExtendedData")
    for name, value in values.items():
        _leaf(ET.SubElement(extended, "Data", name=name), "value", value)


def _point(parent: ET.Element, lat: float, lon: float) -> None:
    _leaf(ET.SubElement(parent, "Point"), "coordinates", f"{lon:.6f},{lat:.6f}")
