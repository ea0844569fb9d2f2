"""Territories as areas: one feature per rep, rings as RFC 7946 asks, enclaves as holes."""

from __future__ import annotations

import numpy as np
import pytest

from territory.report.areas import _area, _is_inside, territory_features


def block(rep_of: np.ndarray) -> list[dict]:
    """Four by four shops a few hundred metres apart for every cell of `rep_of`, served by the rep named there."""
    rep_of = np.kron(rep_of, np.ones((4, 4), dtype=np.int64))
    rows, columns = np.indices(rep_of.shape)
    reps = {int(rep): {"rep_id": f"R{rep}"} for rep in np.unique(rep_of[rep_of >= 0])}
    return territory_features(30.0 + rows.ravel() * 0.0025, 100.0 + columns.ravel() * 0.0025, rep_of.ravel(), reps)


def rings(feature: dict) -> list[list[np.ndarray]]:
    return [[np.array(ring) for ring in polygon] for polygon in feature["geometry"]["coordinates"]]


def test_every_rep_has_one_feature_with_its_properties() -> None:
    features = block(np.repeat([[0, 0, 1, 1]], 4, axis=0))
    assert [feature["properties"]["rep_id"] for feature in features] == ["R0", "R1"]
    assert all(len(rings(feature)) == 1 for feature in features)


def test_rings_are_closed_and_outer_ones_run_counter_clockwise() -> None:
    for feature in block(np.repeat([[0, 0, 1, 1]], 4, axis=0)):
        (outer,) = rings(feature)[0]
        assert (outer[0] == outer[-1]).all()
        assert _area(outer[:-1]) > 0


def test_an_enclave_is_a_hole_in_the_territory_around_it() -> None:
    rep_of = np.zeros((7, 7), dtype=np.int64)
    rep_of[2:5, 2:5] = 1
    around, inside = block(rep_of)
    outer, hole = rings(around)[0]
    assert _area(hole[:-1]) < 0 < _area(outer[:-1])
    assert _area(rings(inside)[0][0][:-1]) == pytest.approx(-_area(hole[:-1]), rel=1e-3)


def test_areas_add_up_to_the_whole() -> None:
    def total(features: list[dict]) -> float:
        return sum(_area(ring[:-1]) for feature in features for polygon in rings(feature) for ring in polygon)

    rng = np.random.default_rng(4)
    whole = total(block(np.zeros((6, 6), dtype=np.int64)))
    parts = total(block(rng.integers(0, 3, (6, 6))))
    assert parts == pytest.approx(whole, rel=1e-2)


def test_outlets_without_a_rep_are_left_out() -> None:
    rep_of = np.zeros((5, 5), dtype=np.int64)
    rep_of[:, 3:] = -1
    (feature,) = block(rep_of)
    assert rings(feature)[0][0][:, 0].max() < 100.03


def test_inside_is_inside() -> None:
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    assert _is_inside(np.array([1.0, 1.0]), square)
    assert not _is_inside(np.array([3.0, 1.0]), square)
    assert not _is_inside(np.array([1.0, -1.0]), square)
