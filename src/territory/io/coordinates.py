"""Coordinates of a table: read, checked one reason per row, and turned into WGS-84."""

from __future__ import annotations

import numpy as np

from territory.io.column_reader import ColumnReader
from territory.io.crs import Crs, Points, to_wgs84
from territory.io.scenario_file import Region
from territory.units import BoolArray, FloatArray


def read_points(reader: ColumnReader, *, crs: Crs, region: Region | None) -> Points:
    """WGS-84 degrees of each row; NaN where they are missing or wrong (each such row has an issue)."""
    lat = reader.numbers("lat", is_required=True)
    lon = reader.numbers("lon", is_required=True)
    good = np.isfinite(lat) & np.isfinite(lon)
    in_world = _inside(lat, lon, -90, 90, -180, 180)
    zero = good & (lat == 0) & (lon == 0)
    swapped = good & ~in_world & _inside(lon, lat, -90, 90, -180, 180)
    off_world = good & ~in_world & ~swapped
    outside = np.zeros_like(good)
    if region is not None:
        box = (region.min_lat, region.max_lat, region.min_lon, region.max_lon)
        outside = good & in_world & ~zero & ~_inside(lat, lon, *box)
        swapped_in_region = outside & _inside(lon, lat, *box)
        swapped |= swapped_in_region
        outside &= ~swapped_in_region
    for position in np.flatnonzero(zero).tolist():
        reader.add("null_island", position, "lat")
    for position in np.flatnonzero(swapped).tolist():
        reader.add("swapped", position, "lat", lat=f"{lon[position]:g}", lon=f"{lat[position]:g}")
    for position in np.flatnonzero(off_world).tolist():
        reader.add("outside_world", position, "lat" if abs(lat[position]) > 90 else "lon")
    for position in np.flatnonzero(outside).tolist():
        reader.add("outside_region", position, _far_side(lat[position], region), box=_shown(region))
    bad = ~good | zero | swapped | off_world | outside
    return to_wgs84(Points(lat=np.where(bad, np.nan, lat), lon=np.where(bad, np.nan, lon)), crs)


def _inside(
    lat: FloatArray, lon: FloatArray, min_lat: float, max_lat: float, min_lon: float, max_lon: float
) -> BoolArray:
    return np.asarray((lat >= min_lat) & (lat <= max_lat) & (lon >= min_lon) & (lon <= max_lon))


def _far_side(lat: float, region: Region | None) -> str:
    """The column to blame: latitude unless it is inside the box."""
    return "lon" if region is not None and region.min_lat <= lat <= region.max_lat else "lat"


def _shown(region: Region | None) -> str:
    if region is None:
        return ""
    return f"{region.min_lat:g}..{region.max_lat:g}, {region.min_lon:g}..{region.max_lon:g}"
