import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.report.colour import PALETTE, territory_colours
from territory.report.map_svg import map_svg, write_map_svg
from territory.report.outline import Mesh
from tests.report.example import example_report


def inside(point, rings) -> bool:
    """Even-odd rule, over all rings together."""
    x, y = point
    crossings = 0
    for ring in rings:
        lon, lat = ring.points[:, 1], ring.points[:, 0]
        nlon, nlat = np.roll(lon, -1), np.roll(lat, -1)
        spans = (lat > y) != (nlat > y)
        at = lon[spans] + (y - lat[spans]) / (nlat[spans] - lat[spans]) * (nlon[spans] - lon[spans])
        crossings += int((at > x).sum())
    return crossings % 2 == 1


def area(rings) -> float:
    total = 0.0
    for ring in rings:
        x, y = ring.points[:, 1], ring.points[:, 0]
        total += 0.5 * float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    return total


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 120), st.integers(1, 6))
def test_every_outlet_lies_in_its_own_reps_outline_and_in_no_other(seed, num_outlets, num_reps):
    rng = np.random.default_rng(seed)
    lat, lon = 34 + rng.random(num_outlets), 113 + rng.random(num_outlets)
    reps = rng.integers(0, num_reps, num_outlets)
    rings = Mesh.of(lat, lon).rings(reps)
    for i in range(num_outlets):
        where = [rep for rep in range(num_reps) if inside((lon[i], lat[i]), [r for r in rings if r.rep_idx == rep])]
        assert where == [reps[i]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_territories_share_out_the_whole_mesh(seed):
    rng = np.random.default_rng(seed)
    lat, lon, reps = 34 + rng.random(60), 113 + rng.random(60), rng.integers(0, 4, 60)
    mesh = Mesh.of(lat, lon)
    a, b, c = (mesh.xy[mesh.triangles[:, k]] for k in range(3))
    cross = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    assert area(mesh.rings(reps)) * mesh.shrink == pytest.approx(0.5 * cross.sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("lat", "lon", "has_outline"),
    [([], [], False), ([34.0], [113.0], False), ([34.0] * 5, [113.0] * 5, False), ([34.0, 34.1], [113.0, 113.1], True)],
)
def test_few_or_equal_points_are_no_trouble(lat, lon, has_outline):
    rings = Mesh.of(np.array(lat), np.array(lon)).rings(np.zeros(len(lat), dtype=np.int64))
    assert bool(rings) is has_outline


def test_points_on_one_line_get_an_outline():
    lat, lon = np.full(10, 34.0), np.linspace(113, 114, 10)
    rings = Mesh.of(lat, lon).rings(np.arange(10) // 5)
    assert {ring.rep_idx for ring in rings} == {0, 1}


def test_outlets_nobody_serves_belong_to_no_outline():
    rng = np.random.default_rng(1)
    reps = np.where(np.arange(50) % 2, 0, -1)
    assert {ring.rep_idx for ring in Mesh.of(rng.random(50), rng.random(50)).rings(reps)} == {0}


@pytest.mark.parametrize("side", [3, 8, 16])
def test_neighbouring_territories_differ_in_colour(side):
    grid = [(r, c) for r in range(side) for c in range(side)]
    touching = [
        (i, j)
        for i, (r, c) in enumerate(grid)
        for j, (s, d) in enumerate(grid)
        if i < j and max(abs(r - s), abs(c - d)) == 1
    ]
    colours = territory_colours(side * side, touching)
    assert all(colours[i] != colours[j] for i, j in touching)
    assert max(colours) < len(PALETTE)


def test_as_many_reps_as_colours_all_differ():
    assert len(set(territory_colours(len(PALETTE), []))) == len(PALETTE)


def test_the_picture_is_well_formed_and_the_same_every_time(tmp_path, report):
    path = write_map_svg(report, tmp_path / "map.svg", "zh")
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    texts = [node.text for node in root.iter() if node.tag.endswith("text")]
    assert "现状" in texts
    assert "调整后" in texts
    assert set(report.reps.names) <= set(texts)
    assert map_svg(example_report(), "zh") == path.read_text(encoding="utf-8")
