"""Territories as GeoJSON areas, for any map program: a picture of who serves where, not legal borders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from territory.report.outline import Mesh
from territory.units import FloatArray, IntArray

_DEGREE_DIGITS = 6


def territory_features(
    lat: FloatArray, lon: FloatArray, rep_of_outlet: IntArray, properties: Mapping[int, Mapping[str, object]]
) -> list[dict[str, Any]]:
    """
    One GeoJSON feature (MultiPolygon, WGS-84) per rep with outlets, in the order of reps.

    Parameters
    ----------
    lat, lon
        Degrees, shape (num_outlets,).
    rep_of_outlet
        Position of the rep, -1 for nobody.
    properties
        What to write beside the geometry, by rep.

    Notes
    -----
    Rings keep their territory on the left, so that outer rings run counter-clockwise and holes clockwise, as
    RFC 7946 asks. A hole goes to the smallest outer ring around it.
    """
    outer: dict[int, list[FloatArray]] = {}
    holes: dict[int, list[FloatArray]] = {}
    for ring in Mesh.of(lat, lon).rings(rep_of_outlet):
        points = ring.points[:, ::-1]
        (outer if _area(points) > 0 else holes).setdefault(ring.rep_idx, []).append(points)
    features = []
    for rep in sorted(outer):
        polygons = [[points] for points in sorted(outer[rep], key=_area)]
        for hole in holes.get(rep, []):
            around = next((polygon for polygon in polygons if _is_inside(hole[0], polygon[0])), None)
            if around is not None:
                around.append(hole)
        coordinates = [[_closed(ring) for ring in polygon] for polygon in reversed(polygons)]
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
                "properties": dict(properties[rep]),
            }
        )
    return features


def _area(points: FloatArray) -> float:
    """Signed area of a ring, positive when it runs counter-clockwise."""
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _is_inside(point: FloatArray, ring: FloatArray) -> bool:
    """Even-odd rule: does a ray to the east cross the ring an odd number of times?"""
    x, y = point
    ax, ay = ring[:, 0], ring[:, 1]
    bx, by = np.roll(ax, -1), np.roll(ay, -1)
    spans = (ay > y) != (by > y)
    rise = np.where(spans, by - ay, 1.0)
    return bool((spans & (x < ax + (bx - ax) * (y - ay) / rise)).sum() % 2)


def _closed(ring: FloatArray) -> list[list[float]]:
    closed = np.round(np.concatenate([ring, ring[:1]]), _DEGREE_DIGITS)
    return [[float(x), float(y)] for x, y in closed]
