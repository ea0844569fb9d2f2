"""Chinese map coordinates (GCJ-02, BD-09) to WGS-84.

The published formulas go from WGS-84 to GCJ-02 and on to BD-09; they are inverted by iteration, to well below a
metre. Outside China GCJ-02 equals WGS-84.

References
----------
The GCJ-02 offset formula and its Krasovsky constants as published in the eviltransform library; the BD-09 formula
as in Baidu's public coordinate examples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from territory.units import BoolArray, FloatArray

Crs = Literal["wgs84", "gcj02", "bd09"]

_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_CHINA_LAT = (0.8293, 55.8271)
_CHINA_LON = (72.004, 137.8347)
_BAIDU_TURN = np.pi * 3000.0 / 180.0
_ROUNDS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Points:
    """Degrees, arrays of one shape."""

    lat: FloatArray
    lon: FloatArray


def to_wgs84(points: Points, crs: Crs) -> Points:
    """The same places in WGS-84 degrees."""
    if crs == "wgs84":
        return points
    gcj = _inverse(gcj02_to_bd09, points) if crs == "bd09" else points
    return _inverse(wgs84_to_gcj02, gcj)


def wgs84_to_gcj02(points: Points) -> Points:
    """The published forward formula; points outside China stay as they are."""
    inside = is_in_china_box(points)
    x, y = points.lon - 105.0, points.lat - 35.0
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(points.lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (flattening * np.sqrt(flattening))
    parallel_m = _AXIS_M / np.sqrt(flattening) * np.cos(phi)
    return Points(
        lat=np.where(inside, points.lat + np.degrees(north / meridian_m), points.lat),
        lon=np.where(inside, points.lon + np.degrees(east / parallel_m), points.lon),
    )


def gcj02_to_bd09(points: Points) -> Points:
    """The published forward formula."""
    radius = np.hypot(points.lon, points.lat) + 0.00002 * np.sin(points.lat * _BAIDU_TURN)
    angle = np.arctan2(points.lat, points.lon) + 0.000003 * np.cos(points.lon * _BAIDU_TURN)
    return Points(lat=radius * np.sin(angle) + 0.006, lon=radius * np.cos(angle) + 0.0065)


def is_in_china_box(points: Points) -> BoolArray:
    """Where the GCJ-02 offset applies: a box around China, as in the published formula."""
    return np.asarray(
        (points.lat >= _CHINA_LAT[0])
        & (points.lat <= _CHINA_LAT[1])
        & (points.lon >= _CHINA_LON[0])
        & (points.lon <= _CHINA_LON[1])
    )


def _inverse(forward: Callable[[Points], Points], target: Points) -> Points:
    """The point that `forward` sends to `target`: the offset is nearly constant, so a few corrections suffice."""
    guess = target
    for _ in range(_ROUNDS):
        image = forward(guess)
        guess = Points(lat=guess.lat + (target.lat - image.lat), lon=guess.lon + (target.lon - image.lon))
    return guess
