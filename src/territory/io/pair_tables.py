"""Tables of pairs: flows, adjacency, travel times, affinities; and barriers on the map."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from territory.domain.flow import Flow
from territory.io.column_reader import ColumnReader
from territory.io.crs import Crs, Points, to_wgs84
from territory.io.issues import IssueLog
from territory.io.tables import Table, decoded
from territory.language import Text
from territory.roads import TravelTable
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Positions of both ends of each row, -1 where the id is not known (such a row has an issue)."""

    frm: IntArray
    to: IntArray

    def usable(self) -> IntArray:
        """Rows whose ends are both known."""
        return np.flatnonzero((self.frm >= 0) & (self.to >= 0))


def _positions(reader: ColumnReader, name: str, known: Mapping[str, int], code: str) -> IntArray:
    found = np.empty(len(reader.table), dtype=np.int64)
    for position, cell in enumerate(reader.table.column(name)):
        found[position] = known.get(cell, -1)
        if not cell:
            reader.add("missing_value", position, name)
        elif cell not in known:
            reader.add_unknown(code, position, name, known)
    return found


def _repeated(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """(later row, first row) for pairs that stand more than once."""
    rows = pairs.usable()
    size = int(pairs.to.max(initial=0)) + 1
    if len(np.unique(pairs.frm[rows] * size + pairs.to[rows])) == len(rows):
        return
    first: dict[tuple[int, int], int] = {}
    for position in rows.tolist():
        pair = (int(pairs.frm[position]), int(pairs.to[position]))
        if pair in first:
            yield position, first[pair]
        else:
            first[pair] = position


def read_flow(table: Table, *, areas: Sequence[str], outlet_ids: Sequence[str], log: IssueLog) -> Flow:
    """
    Flow between areas or between outlets, whichever the names fit better; unknown names are issues.

    Pairs that stand twice are added up, with a warning.
    """
    reader = ColumnReader(table, log)
    area_place = {name: place for place, name in enumerate(areas)}
    outlet_place = {outlet_id: place for place, outlet_id in enumerate(outlet_ids)}
    level = _level(table, area_place, outlet_place, log)
    known = area_place if level == "area" else outlet_place
    code = "unknown_area" if level == "area" else "unknown_outlet"
    pairs = Pairs(
        frm=_positions(reader, "from", known, code),
        to=_positions(reader, "to", known, code),
    )
    weight = reader.numbers("weight", is_required=True, at_least=0)
    for position, first in _repeated(pairs):
        reader.add("duplicate_pair", position, "to", first=table.rows[first])
    rows = pairs.usable()
    rows = rows[np.isfinite(weight[rows])]
    matrix = sp.csr_matrix((weight[rows], (pairs.frm[rows], pairs.to[rows])), shape=(len(known), len(known)))
    return Flow(level=level, weight=matrix)


def _level(
    table: Table, areas: Mapping[str, int], outlets: Mapping[str, int], log: IssueLog
) -> Literal["area", "outlet"]:
    names = [*table.column("from"), *table.column("to")]
    in_areas = sum(name in areas for name in names)
    in_outlets = sum(name in outlets for name in names)
    if in_areas and in_areas == in_outlets:
        log.add("ambiguous_flow", file=table.file)
    return "area" if in_areas >= in_outlets and areas else "outlet"


def read_adjacency(table: Table, *, areas: Sequence[str], log: IssueLog) -> sp.csr_matrix:
    """Which areas touch: a symmetric 0/1 matrix, shape (num_areas, num_areas)."""
    reader = ColumnReader(table, log)
    known = {name: place for place, name in enumerate(areas)}
    pairs = Pairs(
        frm=_positions(reader, "area_a", known, "unknown_area"),
        to=_positions(reader, "area_b", known, "unknown_area"),
    )
    rows = pairs.usable()
    for position in rows[pairs.frm[rows] == pairs.to[rows]].tolist():
        reader.add("self_pair", position, "area_b")
    frm, to = pairs.frm[rows], pairs.to[rows]
    ones = np.ones(2 * len(rows))
    matrix = sp.csr_matrix(
        (ones, (np.concatenate([frm, to]), np.concatenate([to, frm]))), shape=(len(areas), len(areas))
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def read_travel(table: Table, *, place_ids: Sequence[str], log: IssueLog) -> TravelTable | None:
    """Given travel minutes; None when a row cannot be used (each has an issue)."""
    reader = ColumnReader(table, log)
    known = {place_id: place for place, place_id in enumerate(place_ids)}
    pairs = Pairs(
        frm=_positions(reader, "from", known, "unknown_place"),
        to=_positions(reader, "to", known, "unknown_place"),
    )
    minutes = reader.numbers("minutes", is_required=True, at_least=0)
    repeated = list(_repeated(pairs))
    for position, first in repeated:
        reader.add("travel_twice", position, "to", first=table.rows[first])
    if repeated or len(pairs.usable()) < len(table) or not np.isfinite(minutes).all():
        return None
    return TravelTable.of(frm=table.column("from"), to=table.column("to"), minutes=minutes)


def read_affinities(table: Table, *, outlet_ids: Sequence[str], rep_ids: Sequence[str], log: IssueLog) -> sp.csr_matrix:
    """How closely outlets are bound to reps, 0 to 1, shape (num_outlets, num_reps); pairs not in the table are 0."""
    reader = ColumnReader(table, log)
    pairs = Pairs(
        frm=_positions(reader, "outlet_id", {text: place for place, text in enumerate(outlet_ids)}, "unknown_outlet"),
        to=_positions(reader, "rep_id", {text: place for place, text in enumerate(rep_ids)}, "unknown_rep_row"),
    )
    affinity = reader.numbers("affinity", is_required=True, at_least=0.0, at_most=1.0, wanted=_ZERO_TO_ONE)
    for position, first in _repeated(pairs):
        reader.add("affinity_twice", position, "rep_id", first=table.rows[first])
    rows = pairs.usable()
    rows = rows[np.isfinite(affinity[rows])]
    return sp.csr_matrix((affinity[rows], (pairs.frm[rows], pairs.to[rows])), shape=(len(outlet_ids), len(rep_ids)))


_ZERO_TO_ONE = Text("a number from 0 to 1", "0 到 1 之间的数")


def read_barriers(content: bytes, *, file: str, crs: Crs, log: IssueLog) -> tuple[FloatArray, ...]:
    """Polylines of a GeoJSON file, each of shape (num_points, 2), WGS-84 degrees [lat, lon]."""
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return ()
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        log.add("bad_geojson", file=file, row=error.lineno, reason=error.msg)
        return ()
    lines: list[FloatArray] = []
    for number, geometry in enumerate(_geometries(data), start=1):
        for points in _lines_of(geometry):
            try:
                lon_lat = np.array([[float(x), float(y)] for x, y, *_ in points], dtype=np.float64)
            except (TypeError, ValueError):
                lon_lat = np.zeros((0, 2))
            if len(lon_lat) < 2 or not np.isfinite(lon_lat).all() or (np.abs(lon_lat) > (180, 90)).any():
                log.add("bad_geojson", file=file, value=f"geometry {number}", reason="points")
                continue
            wgs = to_wgs84(Points(lat=lon_lat[:, 1], lon=lon_lat[:, 0]), crs)
            lines.append(np.stack([wgs.lat, wgs.lon], axis=1))
        if not isinstance(geometry, dict) or geometry.get("type") not in _NESTING:
            kind = geometry.get("type") if isinstance(geometry, dict) else geometry
            log.add("bad_geojson", file=file, value=f"geometry {number}", reason=f"type {kind}")
    return tuple(lines)


_NESTING = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


def _geometries(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        return [data]
    if data.get("type") == "FeatureCollection" and isinstance(data.get("features"), list):
        return [geometry for feature in data["features"] for geometry in _geometries(feature)]
    if data.get("type") == "GeometryCollection" and isinstance(data.get("geometries"), list):
        return [geometry for part in data["geometries"] for geometry in _geometries(part)]
    if data.get("type") == "Feature":
        return _geometries(data.get("geometry"))
    return [data]


def _lines_of(geometry: Any) -> list[Any]:
    """Point lists of one geometry; none for what is not a line or polygon."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _NESTING:
        return []
    parts = [geometry.get("coordinates")]
    for _ in range(_NESTING[geometry["type"]]):
        parts = [inner for part in parts for inner in (part if isinstance(part, list) else [None])]
    return parts
