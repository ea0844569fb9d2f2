"""Today's split: whole districts, connected, as even as borders allow."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from territory.errors import ConfigError
from territory.generate.geometry import centres, joined, neighbours
from territory.generate.homes import equal_parts, place_reps, teams_of
from territory.generate.incumbent import split_along_borders
from territory.streams import Streams


def grid(side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A chequerboard of districts: middles and neighbour pairs."""
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side), ordering="sorted")
    pairs = np.array(graph.edges)
    middle = np.array([[k // side, k % side] for k in range(side * side)], dtype=np.float64)
    return middle, pairs[:, 0], pairs[:, 1]


@pytest.mark.parametrize("seed", range(5))
def test_territories_are_connected_and_complete(seed: int) -> None:
    rng = np.random.default_rng(seed)
    middle, a, b = grid(9)
    load = np.exp(rng.normal(0, 0.8, 81))
    rep = split_along_borders(load=load, adjacency=joined(a, b, 81), centre_km=middle, home_km=rng.random((7, 2)) * 8)
    assert sorted(np.unique(rep).tolist()) == list(range(7))
    graph = nx.Graph(list(zip(a.tolist(), b.tolist(), strict=True)))
    for code in range(7):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(rep == code).tolist()))


def test_no_single_move_would_even_the_loads() -> None:
    rng = np.random.default_rng(1)
    middle, a, b = grid(6)
    load = np.exp(rng.normal(0, 0.5, 36))
    rep = split_along_borders(load=load, adjacency=joined(a, b, 36), centre_km=middle, home_km=rng.random((4, 2)) * 5)
    graph = nx.Graph(list(zip(a.tolist(), b.tolist(), strict=True)))
    amount = np.bincount(rep, weights=load)
    for district in range(36):
        frm = rep[district]
        left = np.flatnonzero((rep == frm) & (np.arange(36) != district)).tolist()
        if left and nx.is_connected(graph.subgraph(left)):
            around = {int(rep[other]) for other in graph[district]} - {int(frm)}
            lightest = min(around, key=lambda code: amount[code], default=None)
            assert lightest is None or amount[lightest] + load[district] >= amount[frm] - 1e-9


def test_a_giant_district_stays_whole() -> None:
    middle, a, b = grid(4)
    load = np.ones(16)
    load[5] = 30.0
    rep = split_along_borders(load=load, adjacency=joined(a, b, 16), centre_km=middle, home_km=middle[[5, 6, 10]])
    assert np.bincount(rep, weights=load).max() == pytest.approx(30.0)


def test_two_reps_with_one_home_get_different_districts() -> None:
    middle, a, b = grid(3)
    rep = split_along_borders(
        load=np.ones(9), adjacency=joined(a, b, 9), centre_km=middle, home_km=np.array([[1.0, 1.0], [1.0, 1.0]])
    )
    assert sorted(np.bincount(rep).tolist()) == [4, 5]


def test_districts_on_an_island_go_to_the_nearest_rep() -> None:
    middle, a, b = grid(3)
    middle = np.vstack([middle, [[9.0, 9.0]]])
    rep = split_along_borders(
        load=np.ones(10), adjacency=joined(a, b, 10), centre_km=middle, home_km=np.array([[0.0, 0.0], [2.0, 2.0]])
    )
    assert rep[9] == 1


def test_more_reps_than_districts_is_refused_with_both_numbers() -> None:
    middle, a, b = grid(2)
    with pytest.raises(ConfigError, match=r"num_reps = 5.*4 administrative") as caught:
        split_along_borders(load=np.ones(4), adjacency=joined(a, b, 4), centre_km=middle, home_km=np.zeros((5, 2)))
    assert "num_reps = 5" in caught.value.in_("zh")


def test_equal_parts_are_equal_and_none_is_empty() -> None:
    rng = np.random.default_rng(2)
    points, weight = rng.random((500, 2)), np.exp(rng.normal(0, 0.5, 500))
    part = equal_parts(points, weight, 7)
    amount = np.bincount(part, weights=weight, minlength=7)
    assert amount.max() / amount.mean() < 1.08
    assert amount.min() / amount.mean() > 0.92
    heavy = np.ones(7)
    heavy[0] = 100.0
    assert sorted(equal_parts(rng.random((7, 2)), heavy, 7).tolist()) == list(range(7))


def test_a_large_town_gets_several_reps_and_all_live_in_towns() -> None:
    rng = np.random.default_rng(3)
    town_km = np.array([[0.0, 0.0], [40.0, 0.0], [0.0, 40.0], [40.0, 40.0]])
    town = np.repeat(np.arange(4), [300, 50, 50, 50])
    points = town_km[town] + rng.normal(0, 2.0, (450, 2))
    homes = place_reps(xy_km=points, load=np.ones(450), town=town, town_km=town_km, num_reps=9, streams=Streams(1))
    assert (homes.town == 0).sum() >= 5
    assert np.hypot(*(homes.xy_km - town_km[homes.town]).T).max() < 8.0
    assert len(np.unique(homes.xy_km, axis=0)) == 9


def test_more_reps_than_places_to_live_is_refused() -> None:
    with pytest.raises(ConfigError, match="num_reps = 3"):
        place_reps(
            xy_km=np.zeros((2, 2)), load=np.ones(2), town=np.zeros(2, dtype=np.int64), town_km=np.zeros((1, 2)),
            num_reps=3, streams=Streams(1),
        )  # fmt: skip


def test_teams_differ_little_in_size() -> None:
    homes = np.random.default_rng(4).random((238, 2))
    sizes = np.bincount(teams_of(homes, 29))
    assert len(sizes) == 29
    assert sizes.max() - sizes.min() <= 2


def test_neighbours_skip_long_edges_and_centres_weigh() -> None:
    points = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [50.0, 0.0], [50.0, 1.0]])
    group = np.array([0, 0, 1, 1, 2, 2])
    matrix = neighbours(points, group, 3, longest_km=5.0).toarray()
    assert matrix.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    on_a_line = np.column_stack([np.arange(6.0), np.arange(6.0)])
    assert neighbours(on_a_line, group, 3, longest_km=5.0).nnz == 0
    middle = centres(points, group, 3, np.array([1.0, 3.0, 1.0, 1.0, 1.0, 1.0]))
    assert middle[0].tolist() == [0.0, 0.75]
    with pytest.raises(ValueError, match="without weight"):
        centres(points, group, 4, np.ones(6))
