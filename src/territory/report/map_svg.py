"""A still picture of the territories before and after, for pages that show no script."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np

from territory.compute import write_bytes_atomically
from territory.language import Lang, Text
from territory.report.colour import NOBODY, PALETTE, territory_colours
from territory.report.data import ReportData
from territory.report.outline import Mesh, Ring
from territory.units import FloatArray, IntArray

_WIDTH = 1200.0
_GAP = 24.0
_EDGE = 24.0
_HEAD = 46.0
_INK = "#1c2430"
_FONT = "Inter, 'Segoe UI', 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
_MOST_NAMES = 40
_TODAY = Text("Today", "现状")
_REDRAWN = Text("Redrawn", "调整后")


def write_map_svg(data: ReportData, path: Path, lang: Lang = "en") -> Path:
    """Write the picture: territories, outlets and homes, today on the left and redrawn on the right."""
    write_bytes_atomically(path, map_svg(data, lang).encode())
    return path


def map_svg(data: ReportData, lang: Lang = "en") -> str:
    """The picture as SVG text; the same text for the same data."""
    table, reps = data.outlets, data.reps
    mesh = Mesh.of(table.lat, table.lon)
    touching = mesh.neighbours(table.rep_before) + mesh.neighbours(table.rep_after)
    colours = [PALETTE[colour] for colour in territory_colours(len(reps.ids), touching)]
    frame = _Frame(data, mesh.shrink)
    sides = ((_TODAY, table.rep_before, _EDGE), (_REDRAWN, table.rep_after, _EDGE + frame.width + _GAP))
    panels = [
        _panel(data, frame, mesh.rings(rep_of_outlet), rep_of_outlet, colours, title.in_(lang), left)
        for title, rep_of_outlet, left in sides
    ]
    height = frame.height + _HEAD + _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" font-family="{_FONT}">'
        f"<title>{escape(data.scenario)}</title>"
        f'<rect width="100%" height="100%" rx="14" fill="#f7f8fa"/>{"".join(panels)}</svg>\n'
    )


class _Frame:
    """From degrees to one panel's pixels; every point of both splits lies inside."""

    def __init__(self, data: ReportData, shrink: float) -> None:
        self.shrink = shrink
        lat = np.concatenate([data.outlets.lat, data.reps.lat])
        lon = np.concatenate([data.outlets.lon, data.reps.lon])
        self.north, self.west = (float(lat.max()), float(lon.min())) if len(lat) else (0.0, 0.0)
        tall = float(np.ptp(lat)) if len(lat) else 0.0
        wide = float(np.ptp(lon)) * shrink if len(lon) else 0.0
        self.width = (_WIDTH - 2 * _EDGE - _GAP) / 2
        self.margin = 34.0
        inner = self.width - 2 * self.margin
        self.scale = min(inner / max(wide, 1e-6), 1.15 * inner / max(tall, 1e-6))
        self.height = max(300.0, tall * self.scale + 2 * self.margin)
        self.left = (self.width - wide * self.scale) / 2
        self.top = (self.height - tall * self.scale) / 2

    def points(self, lat: FloatArray, lon: FloatArray) -> FloatArray:
        """Pixels, shape (num_points, 2)."""
        x = self.left + (lon - self.west) * self.shrink * self.scale
        y = self.top + (self.north - lat) * self.scale
        return np.column_stack([x, y])


def _panel(
    data: ReportData,
    frame: _Frame,
    rings: list[Ring],
    rep_of_outlet: IntArray,
    colours: list[str],
    title: str,
    left: float,
) -> str:
    parts = [
        f'<g transform="translate({left:.0f} {_HEAD:.0f})">',
        f'<text x="2" y="-15" font-size="17" font-weight="600" fill="{_INK}">{escape(title)}</text>',
        f'<rect width="{frame.width:.0f}" height="{frame.height:.0f}" rx="10" fill="#ffffff" stroke="#e2e7ed"/>',
    ]
    by_rep: dict[int, list[str]] = {}
    for ring in rings:
        xy = frame.points(ring.points[:, 0], ring.points[:, 1])
        by_rep.setdefault(ring.rep_idx, []).append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy.tolist()) + "Z")
    for rep, paths in by_rep.items():
        parts.append(
            f'<path d="{"".join(paths)}" fill="{colours[rep]}" fill-opacity=".3" fill-rule="evenodd" '
            f'stroke="#fff" stroke-width="1.5" stroke-linejoin="round"/>'
        )
    radius = float(np.clip(40.0 / max(1.0, np.sqrt(len(rep_of_outlet))), 0.7, 2.8))
    dots = frame.points(data.outlets.lat, data.outlets.lon)
    for rep in np.unique(rep_of_outlet).tolist():
        marks = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in dots[rep_of_outlet == rep].tolist())
        colour = colours[rep] if rep >= 0 else NOBODY
        parts.append(f'<path d="{marks}" stroke="{colour}" stroke-width="{2 * radius:.1f}" stroke-linecap="round"/>')
    parts.append(_homes(data, frame))
    parts.append("</g>")
    return "".join(parts)


def _homes(data: ReportData, frame: _Frame) -> str:
    reps = data.reps
    parts = []
    named = len(reps.ids) <= _MOST_NAMES
    homes = frame.points(reps.lat, reps.lon).tolist()
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in homes]
    for name, rep_id, (x, y) in zip(reps.names, reps.ids, homes, strict=True):
        parts.append(
            f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="#fff" stroke="{_INK}" '
            f'stroke-width="2"/>'
        )
        label = name or rep_id
        wide = sum(13.0 if ord(character) > 0x2E80 else 7.5 for character in label)
        places = [(at, y - 8, at + wide, y + 8) for at in (x + 8, x - 8 - wide)]
        free = [
            place
            for place in places
            if place[0] > 4
            and place[2] < frame.width - 4
            and not any(place[0] < o[2] and place[2] > o[0] and place[1] < o[3] and place[3] > o[1] for o in taken)
        ]
        if not named or not free:
            continue
        place = free[0]
        taken.append(place)
        parts.append(
            f'<text x="{place[0]:.1f}" y="{y + 4.5:.1f}" font-size="13" font-weight="600" fill="{_INK}" stroke="#fff" '
            f'stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">{escape(label)}</text>'
        )
    return "".join(parts)
