from __future__ import annotations

import numpy as np
import pytest

from territory.generate.huff import HuffFlow, huff_flow
from territory.streams import Streams
from territory.units import great_circle_km

LAT = np.array([30.0, 30.1, 30.3, 33.0])
LON = np.array([112.0, 112.0, 112.2, 112.0])
PEOPLE = np.array([100.0, 300.0, 50.0, 50.0])
PULL = np.array([5.0, 1.0, 2.0, 4.0])


def flow(**changes: float) -> HuffFlow:
    settings: dict[str, float] = {"decay_per_km": 0.08, "reach_km": 60.0, "partners": 4, "noise_sd": 0.0} | changes
    return huff_flow(
        lat=LAT,
        lon=LON,
        population=PEOPLE,
        attraction=PULL,
        decay_per_km=settings["decay_per_km"],
        reach_km=settings["reach_km"],
        partners=int(settings["partners"]),
        total=1000.0,
        noise_sd=settings["noise_sd"],
        streams=Streams(1),
    )


def dense(found: HuffFlow) -> np.ndarray:
    table = np.zeros((4, 4))
    table[found.frm, found.to] = found.weight
    return table


def test_huff_by_hand() -> None:
    expected = np.zeros((4, 4))
    for i in range(4):
        km = great_circle_km(LAT[i], LON[i], LAT, LON)
        pull = np.where(km <= 60.0, PULL * np.exp(-0.08 * km), 0.0)
        expected[i] = 1000.0 * PEOPLE[i] / PEOPLE.sum() * pull / pull.sum()
    assert dense(flow()) == pytest.approx(expected)


def test_everybody_sends_their_share() -> None:
    found = flow(noise_sd=0.5)
    assert dense(found).sum(axis=1) == pytest.approx(1000.0 * PEOPLE / PEOPLE.sum())
    assert found.kept_share == pytest.approx(1.0)


def test_flow_is_not_symmetric() -> None:
    table = dense(flow())
    assert table[0, 1] != pytest.approx(table[1, 0], rel=0.05)


def test_nobody_goes_beyond_reach() -> None:
    table = dense(flow())
    assert table[3, 3] == pytest.approx(100.0)
    assert table[:3, 3].sum() == 0.0


def test_only_the_strongest_destinations_are_kept_and_the_share_says_so() -> None:
    everything, kept = dense(flow()), flow(partners=2)
    table = dense(kept)
    assert ((table > 0).sum(axis=1) <= 2).all()
    for row in range(4):
        assert table[row].sum() == pytest.approx(np.sort(everything[row])[-2:].sum())
    assert kept.kept_share == pytest.approx(table.sum() / 1000.0)
    assert kept.kept_share < 1.0


def test_noise_is_log_normal_with_mean_one() -> None:
    rng = np.random.default_rng(1)
    lat, lon = 30 + rng.random(300) * 0.2, 112 + rng.random(300) * 0.2

    def weights(noise_sd: float) -> np.ndarray:
        found = huff_flow(
            lat=lat, lon=lon, population=np.ones(300), attraction=np.ones(300), decay_per_km=0.08, reach_km=60.0,
            partners=300, total=1.0, noise_sd=noise_sd, streams=Streams(2),
        )  # fmt: skip
        table = np.zeros((300, 300))
        table[found.frm, found.to] = found.weight
        return table

    ratio = np.log(weights(0.5) / weights(0.0))
    assert ratio.std() == pytest.approx(0.5, abs=0.02)


def test_an_area_where_nothing_sells_keeps_its_flow() -> None:
    found = huff_flow(
        lat=LAT, lon=LON, population=PEOPLE, attraction=np.zeros(4), decay_per_km=0.08, reach_km=60.0, partners=4,
        total=1000.0, streams=Streams(1),
    )  # fmt: skip
    assert dense(found) == pytest.approx(np.diag(1000.0 * PEOPLE / PEOPLE.sum()))
