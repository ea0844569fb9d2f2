"""Family `bounds`: inertia counted anew, bounds that hold, published numbers of districts."""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.instances.small import grid
from benchmarks.quality.bound_families import bounds_case, compact_problem, published_in
from benchmarks.quality.graph_split import GraphTask
from benchmarks.quality.recount import inertia
from territory.effort import Effort
from territory.split import kpi

PUBLISHED = (
    "state, model, nodes, k, L, U, LB, LB Time, UB, UB Time, UB LS\n"
    "ZZ, hess, 64, 4, 15, 17, 90.0, 0.0, 110.0, 0.0, 100.0\n"
    "ZZ, shir, 64, 4, 15, 17, 80.0, 0.0, 110.0, 0.0, 100.0\n"
    "YY, hess, 64, 1, 64, 64, 90.0, 0.0, infinity, 0.0, infinity\n"
)


@pytest.fixture
def tracts(tmp_path) -> Path:
    """An 8 x 8 grid as tract_ZZ, tenths of a degree apart, with its published number of districts."""
    instance = grid(8)
    names = instance.unit_names
    nodes = "".join(f"{name},100,{x / 10},{y / 10}\n" for name, (x, y) in zip(names, instance.xy, strict=True))
    (tmp_path / "tract_ZZ_nodes.csv").write_text("node,pop,x,y\n" + nodes)
    (tmp_path / "tract_ZZ_edges.csv").write_text(
        "u,v\n" + "".join(f"{names[u]},{names[v]}\n" for u, v in instance.edges)
    )
    (tmp_path / "published_moi_tracts.csv.gz").write_bytes(gzip.compress(PUBLISHED.encode()))
    return tmp_path


def test_published_numbers_of_districts_and_gaps_are_read(tracts):
    found = published_in(tracts, "tract")
    assert (found["ZZ"].parts, found["ZZ"].gap) == (4, pytest.approx(0.1))
    assert (found["YY"].parts, found["YY"].gap) == (1, None)
    assert published_in(tracts, "county") == {}


def test_the_quadrants_of_a_grid_are_found_and_the_bound_is_near(tmp_path, tracts):
    out = tmp_path / "out.jsonl"
    assert main(["bounds", str(tracts), "--state", "ZZ", "--seconds", "3", "--json", str(out)]) == 0
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert (row["instance"], row["parts"], row["state"], row["violations"]) == ("tract_ZZ", 4, "ZZ", 0)
    quadrant = 16 * 2.5 + 16 * 0.5  # squares about the middle, and the nearest unit half a step off both ways
    assert row["objective"] == pytest.approx(4 * 100 * quadrant * 11.12**2 / 1e6, rel=1e-3)
    assert row["bound"] <= row["objective"]
    assert row["bound_gap"] == pytest.approx(1 - row["bound"] / row["objective"])
    assert row["bound_gap"] < 0.25
    assert row["published_gap"] == pytest.approx(0.1)


def test_inertia_of_the_recount_equals_the_packages():
    rng = np.random.default_rng(3)
    instance = grid(6)
    task = GraphTask(instance=instance, goal="kept", parts=3, upper=13.0, connected=True)
    problem = compact_problem(task)
    label = rng.integers(0, 3, 36)
    degrees = np.column_stack([problem.lon, problem.lat])
    assert inertia(degrees, instance.weight, label, parts=3) == pytest.approx(kpi.inertia(problem, label).sum())


def test_iterations_repeat():
    case = bounds_case(grid(5), parts=3, tolerance=0.2, more={}, iterations=20_000)
    first, again = (case.run(Effort(iterations=20_000), 1) for _ in range(2))
    assert (first.objective, first.bound) == (again.objective, again.bound)
    assert first.violations == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--state", "ZX"], "there is ZZ"),
        (["--level", "county"], "holds no county graphs"),
    ],
)
def test_a_wrong_command_is_told_what_would_be_right(tracts, capsys, words, said):
    assert main(["bounds", str(tracts), *words]) == 2
    assert said in capsys.readouterr().err


def test_without_a_published_number_parts_must_be_given(tracts, capsys):
    (tracts / "published_moi_tracts.csv.gz").unlink()
    assert main(["bounds", str(tracts), "--state", "ZZ"]) == 2
    assert "into how many --parts" in capsys.readouterr().err
    assert main(["bounds", str(tracts)]) == 2
    assert "say how many --parts" in capsys.readouterr().err


def test_units_without_positions_cannot_be_compact(tracts, capsys):
    nodes = (tracts / "tract_ZZ_nodes.csv").read_text().splitlines()
    (tracts / "tract_ZZ_nodes.csv").write_text("\n".join(",".join(line.split(",")[:2]) for line in nodes))
    assert main(["bounds", str(tracts)]) == 2
    assert "needs the positions" in capsys.readouterr().err


@pytest.mark.slow
def test_new_hampshire_comes_within_half_a_per_cent_of_its_bound(tmp_path):
    data = os.environ.get("TERRITORY_DATA")
    if data is None:
        pytest.skip("TERRITORY_DATA names no folder with the published instances")
    out = tmp_path / "out.jsonl"
    folder = str(Path(data) / "territory" / "us_dual_graphs")
    assert main(["bounds", folder, "--state", "NH", "--seconds", "6", "--json", str(out)]) == 0
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert row["bound_gap"] < 0.005
