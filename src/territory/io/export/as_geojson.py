"""A plan as GeoJSON (WGS-84): points of outlets, homes and visits, and the day routes as lines.

The features are the rows of the plan's tables with a place on the map; their property `kind` says of which table.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from territory.compute import write_bytes_atomically
from territory.io.export.as_tables import record
from territory.io.export.columns import ASSIGNMENT, REPS, ROUTES, UNPLACED, VISITS, PlanTable, Row
from territory.io.export.content import PlanContent, facts_of, rows_of
from territory.units import FloatArray, IntArray

_DEGREE_DIGITS = 6


def write_geojson(content: PlanContent, path: Path) -> Path:
    """
    One feature collection: kinds `outlet`, `rep` (home or office), `visit`, `route` and `unplaced`.

    The member `territory` holds the facts of the table `meta`.
    """
    plan, scenario, rows = content.plan, content.scenario, rows_of(content)
    outlets, homes = _points(scenario.outlets.lon, scenario.outlets.lat), _points(scenario.reps.lon, scenario.reps.lat)
    unplaced = plan.unplaced_outlet_idx[np.array(content.unplaced(), dtype=np.int64)]
    features = [
        *_features("outlet", ASSIGNMENT, rows["assignment"], [outlets[i] for i in content.served().tolist()]),
        *_features("rep", REPS, rows["reps"], [homes[rep] for rep in content.chosen_reps]),
        *_features("visit", VISITS, rows["visits"], [outlets[i] for i in plan.outlet_idx[content.stops()].tolist()]),
        *_features(
            "route",
            ROUTES,
            rows["routes"],
            [_line(content, route, outlets=outlets, homes=homes) for route in content.routes().tolist()],
        ),
        *_features("unplaced", UNPLACED, rows["unplaced"], [outlets[i] for i in unplaced.tolist()]),
    ]
    document = {"type": "FeatureCollection", "territory": facts_of(content), "features": features}
    write_bytes_atomically(path, json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8"))
    return path


def _points(lon: FloatArray, lat: FloatArray) -> list[list[float]]:
    rounded: list[list[float]] = np.round(np.stack([lon, lat], axis=1), _DEGREE_DIGITS).tolist()
    return rounded


def _line(
    content: PlanContent, route: int, *, outlets: list[list[float]], homes: list[list[float]]
) -> list[list[float]]:
    """From home along the stops and back."""
    stops: IntArray = content.plan.outlet_idx[content.stops_of(route)]
    home = homes[int(content.plan.route_rep_idx[route])]
    return [home, *(outlets[i] for i in stops.tolist()), home]


def _features(
    kind: str, table: PlanTable, rows: list[Row], places: list[list[float]] | list[list[list[float]]]
) -> list[dict[str, object]]:
    shape = "LineString" if kind == "route" else "Point"
    return [
        {
            "type": "Feature",
            "geometry": {"type": shape, "coordinates": place},
            "properties": {"kind": kind, **record(row, table.columns)},
        }
        for row, place in zip(rows, places, strict=True)
    ]
