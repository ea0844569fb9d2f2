"""Towns and villages: where people live before anyone sells them anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.streams import Streams
from territory.units import FloatArray, IntArray

_ZIPF = 0.95
_OUTLETS_PER_KM2 = 10.0
_OUTLETS_PER_VILLAGE = 6.0
_VILLAGE_LOG_SD = 0.7
_CANDIDATES = 40
_MARGIN = 0.04


@dataclass(frozen=True, kw_only=True, eq=False)
class Settlements:
    """
    Towns (largest first) and villages, flat kilometres around the middle of the region.

    Attributes
    ----------
    town_km, town_radius_km, town_outlets
        Middle, radius of the built-up area, and outlets in it; shapes (num_towns, 2), (num_towns,), (num_towns,).
    village_km, village_outlets
        The same for villages.
    """

    town_km: FloatArray
    town_radius_km: FloatArray
    town_outlets: IntArray
    village_km: FloatArray
    village_outlets: IntArray


def settle(*, num_outlets: int, num_towns: int, width_km: float, height_km: float, streams: Streams) -> Settlements:
    """Towns with Zipf sizes that keep their distance, villages in between; every outlet belongs to one of them."""
    share = np.arange(1, num_towns + 1) ** -_ZIPF
    share /= share.sum()
    built_up = np.clip(0.50 + 0.11 * np.log2(share * num_towns), 0.40, 0.90)
    town_outlets = np.maximum(1, np.floor(num_outlets * share * built_up)).astype(np.int64)
    radius_km = np.sqrt(town_outlets / (_OUTLETS_PER_KM2 * np.pi))
    box = np.array([width_km, height_km]) * (1 - 2 * _MARGIN)
    town_km = _apart(radius_km, box, streams.rng("towns"))
    rural = num_outlets - int(town_outlets.sum())
    num_villages = max(round(rural / _OUTLETS_PER_VILLAGE), 1)
    rng = streams.rng("villages")
    village_km = np.empty((num_villages, 2))
    for village in range(num_villages):
        some = (rng.random((8, 2)) - 0.5) * box
        clear = (np.hypot(some[:, None, 0] - town_km[:, 0], some[:, None, 1] - town_km[:, 1]) - radius_km).min(axis=1)
        outside = np.flatnonzero(clear > 0.5)
        village_km[village] = some[outside[0] if len(outside) else int(np.argmax(clear))]
    size = np.exp(rng.normal(0.0, _VILLAGE_LOG_SD, num_villages))
    village_outlets = np.ones(num_villages, dtype=np.int64)
    village_outlets += rng.multinomial(max(0, rural - num_villages), size / size.sum())
    return Settlements(
        town_km=town_km,
        town_radius_km=radius_km,
        town_outlets=town_outlets,
        village_km=village_km,
        village_outlets=village_outlets,
    )


def _apart(radius_km: FloatArray, box: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Middles of towns: the seat near the centre, each next one at the emptiest of some random places inside."""
    middle = np.empty((len(radius_km), 2))
    middle[0] = (rng.random(2) - 0.5) * box * 0.2
    for town in range(1, len(radius_km)):
        some = (rng.random((_CANDIDATES, 2)) - 0.5) * box
        away = np.hypot(some[:, None, 0] - middle[:town, 0], some[:, None, 1] - middle[:town, 1])
        clear = (away - radius_km[:town] - radius_km[town]).min(axis=1)
        to_edge = (box / 2 - np.abs(some)).min(axis=1) - radius_km[town]
        middle[town] = some[int(np.argmax(np.minimum(clear, 1.5 * to_edge)))]
    return middle


def scatter(settlements: Settlements, streams: Streams) -> FloatArray:
    """
    A point per outlet, towns first in order, then villages; flat kilometres, shape (num_outlets, 2).

    Notes
    -----
    In towns outlets thin out from the middle and many lie along streets (a turned grid, 350 m apart); in villages they
    lie within some hundred metres.
    """
    rng = streams.rng("outlet points")
    of_town = np.repeat(np.arange(len(settlements.town_outlets)), settlements.town_outlets)
    angle = rng.uniform(0, 2 * np.pi, len(of_town))
    phase = rng.uniform(0, 2 * np.pi, (len(settlements.town_outlets), 2))[of_town]
    lobes = 1 + 0.20 * np.cos(2 * (angle - phase[:, 0])) + 0.12 * np.cos(3 * (angle - phase[:, 1]))
    away = np.minimum(rng.rayleigh(0.58, len(of_town)), 1.8) * lobes * settlements.town_radius_km[of_town]
    offset = np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    turn = rng.uniform(0, np.pi / 2, len(settlements.town_outlets))[of_town]
    along = np.cos(turn) * offset[:, 0] + np.sin(turn) * offset[:, 1]
    across = -np.sin(turn) * offset[:, 0] + np.cos(turn) * offset[:, 1]
    on_street = rng.random((len(of_town), 2)) < 0.40
    wobble = rng.normal(0.0, 0.012, (len(of_town), 2))
    street = 0.35
    along = np.where(on_street[:, 0], np.round(along / street) * street + wobble[:, 0], along)
    across = np.where(on_street[:, 1] & ~on_street[:, 0], np.round(across / street) * street + wobble[:, 1], across)
    town_points = settlements.town_km[of_town] + np.column_stack(
        [np.cos(turn) * along - np.sin(turn) * across, np.sin(turn) * along + np.cos(turn) * across]
    )
    of_village = np.repeat(np.arange(len(settlements.village_outlets)), settlements.village_outlets)
    spread = 0.18 * np.sqrt(settlements.village_outlets[of_village] / 3)[:, None]
    village_points = settlements.village_km[of_village] + spread * rng.standard_normal((len(of_village), 2))
    return np.concatenate([town_points, village_points])
