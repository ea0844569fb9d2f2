"""Generated regions, the scale family, and METIS side by side."""

import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.contract import BenchmarkError
from benchmarks.instances.generated import PARTNERS, points_with_flow
from benchmarks.instances.small import grid
from benchmarks.peers import installed
from benchmarks.peers.installed import require_peer
from benchmarks.peers.metis import best_of, metis, peer_measures
from benchmarks.quality.graph_split import GraphTask
from benchmarks.quality.scale_families import SIZES, size_of

needs_metis = pytest.mark.skipif(importlib.util.find_spec("pymetis") is None, reason="pymetis is not installed")


def test_a_generated_region_is_connected_and_its_flow_goes_to_near_units():
    region = points_with_flow(1500, seed=3)
    assert region.num_units == region.main_component().num_units == 1500
    assert len(region.flows) == 1500 * PARTNERS
    assert (region.flows[:, 0] != region.flows[:, 1]).all()
    assert (region.flow_weight > 0).all()
    assert (region.weight > 0).all()
    far = np.linalg.norm(region.xy[region.flows[:, 0]] - region.xy[region.flows[:, 1]], axis=1)
    assert np.median(far) < 0.05 * np.ptp(region.xy, axis=0).max()
    across = np.linalg.norm(region.xy[region.edges[:, 0]] - region.xy[region.edges[:, 1]], axis=1)
    assert np.median(across) < np.median(far) * 2


def test_a_generated_region_repeats_and_differs_by_seed():
    first, again, other = (points_with_flow(300, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.flow_weight, again.flow_weight)
    assert np.array_equal(first.edges, again.edges)
    assert not np.array_equal(first.xy, other.xy)


def test_towns_are_denser_than_the_country():
    region = points_with_flow(3000, seed=1)
    far = np.linalg.norm(region.xy[region.edges[:, 0]] - region.xy[region.edges[:, 1]], axis=1)
    assert np.percentile(far, 95) > 5 * np.percentile(far, 25)


def test_scale_writes_the_cut_share_the_memory_and_no_reference_by_itself(tmp_path):
    out = tmp_path / "out.jsonl"
    assert main(["scale", "--size", "400x6", "--seconds", "0.5", "--json", str(out)]) == 0
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert (row["instance"], row["units"], row["parts"], row["tolerance"]) == ("generated_400", 400, 6, 0.05)
    assert 0 < row["bound"] <= row["objective"] < 1
    assert row["objective"] == pytest.approx(1 - row["kept_between"])
    assert row["peak_mb"] > 10
    assert (row["reference"], row["budget_s"], "peer" in row) == (None, 0.5, False)


@pytest.mark.parametrize(
    ("text", "seconds"), [("400x6", 60.0), ("2000x25", 60.0), ("5000x40", 180.0), ("90000x9", 480.0)]
)
def test_a_size_has_the_seconds_of_the_next_larger_standard_size(text, seconds):
    assert size_of(text).seconds == seconds


def test_the_standard_sizes_are_their_own():
    assert [size_of(f"{size.units}x{size.parts}") for size in SIZES] == list(SIZES)


@pytest.mark.parametrize("text", ["400", "x", "400x1", "16x4", "ax6", "400x6x2"])
def test_a_wrong_size_is_refused(text, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["scale", "--size", text])
    assert stopped.value.code == 2
    assert "--size" in capsys.readouterr().err


def test_a_peer_that_is_not_installed_is_named_with_what_brings_it(monkeypatch, capsys):
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(BenchmarkError, match="pip install pymetis"):
        require_peer("metis")
    assert main(["scale", "--size", "400x6", "--peer", "metis"]) == 2
    assert "pip install pymetis" in capsys.readouterr().err
    require_peer(None)


def test_the_best_of_a_peer_is_the_best_inside_the_band_else_the_nearest_to_it():
    task = GraphTask(instance=grid(4), goal="cut", parts=2, upper=8.0, connected=False)
    column = np.arange(16) % 4
    halves, uneven, rows = (column > 1).astype(int), (column > 2).astype(int), (np.arange(16) // 4 % 2)
    assert best_of(task, [uneven, rows, halves]).objective == 4
    assert best_of(task, [uneven, rows]).objective == 12
    assert best_of(task, [uneven, np.zeros(16, dtype=int)]).counted.heaviest == 1.5


@needs_metis
def test_metis_is_counted_like_everything_else():
    task = GraphTask(instance=grid(12), goal="cut", parts=4, upper=37.0, connected=False)
    found = metis(task, adjacent_only=False)
    assert 24 <= found.objective <= 30
    assert found.counted.violations == () or found.counted.heaviest > 37 / 36
    assert set(peer_measures(task)) == {"peer", "peer_objective", "peer_parts_in_pieces", "peer_heaviest"}


@needs_metis
def test_metis_cuts_flow_over_all_pairs_and_over_neighbours():
    task = GraphTask(instance=grid(10, flow_seed=1), goal="kept", parts=4, upper=26.25, connected=False)
    found = peer_measures(task)
    assert 0.5 < found["peer_adjacent_objective"] < 1
    assert 0.5 < found["peer_objective"] < 1
    assert found["peer_adjacent_parts_in_pieces"] == 0


@needs_metis
def test_whole_numbers_for_metis_stay_in_proportion():
    tiny = replace(grid(6, flow_seed=2), weight=np.linspace(1e-9, 3e-9, 36))
    task = GraphTask(instance=tiny, goal="kept", parts=3, upper=1.1 * tiny.weight.sum() / 3, connected=False)
    assert metis(task, adjacent_only=False).counted.heaviest < 1.3


@needs_metis
def test_scale_takes_metis_as_its_reference(tmp_path):
    out = tmp_path / "out.jsonl"
    words = ["scale", "--size", "400x6", "--seconds", "0.5", "--peer", "metis", "--json", str(out)]
    assert main(words) == 0
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert row["reference"] == row["peer_objective"]
    assert row["gap"] == pytest.approx((row["objective"] - row["reference"]) / row["reference"])
    assert "METIS" in row["reference_source"]
