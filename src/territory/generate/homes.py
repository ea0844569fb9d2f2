"""Where reps live: the largest town near the middle of each of `num_reps` equally loaded parts of the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.errors import ConfigError
from territory.language import Text
from territory.streams import Streams
from territory.units import FloatArray, IntArray

_MIDDLE_KM = 12.0
_JITTER_KM = 0.6


@dataclass(frozen=True, kw_only=True, eq=False)
class Homes:
    """Flat kilometres, shape (num_reps, 2), and the town each rep lives in."""

    xy_km: FloatArray
    town: IntArray


def equal_parts(xy_km: FloatArray, weight: FloatArray, num_parts: int) -> IntArray:
    """
    Part of each point, shape (num_points,): the map is halved across its longer side again and again.

    Parameters
    ----------
    xy_km
        Flat kilometres, shape (num_points, 2).
    weight
        What the parts should have equal amounts of; as equal as single points allow.
    num_parts
        At most the number of points; every part gets one at least.
    """
    part = np.zeros(len(xy_km), dtype=np.int64)

    def halve(points: IntArray, first: int, count: int) -> None:
        if count == 1:
            part[points] = first
            return
        longer = int(np.argmax(np.ptp(xy_km[points], axis=0)))
        order = points[np.argsort(xy_km[points, longer], kind="stable")]
        left = count // 2
        so_far = np.cumsum(weight[order]) - weight[order] / 2
        cut = int(np.searchsorted(so_far, weight[order].sum() * left / count))
        cut = min(max(cut, left), len(order) - (count - left))
        halve(order[:cut], first, left)
        halve(order[cut:], first + left, count - left)

    halve(np.arange(len(xy_km)), 0, num_parts)
    return part


def place_reps(
    *, xy_km: FloatArray, load: FloatArray, town: IntArray, town_km: FloatArray, num_reps: int, streams: Streams
) -> Homes:
    """
    Homes in towns, spread so that each has about the same workload around it.

    Parameters
    ----------
    xy_km, load, town
        Flat kilometres, workload and town of points (outlets, or small areas); shapes (num_points, 2), (num_points,).
    town_km
        Flat kilometres of each town's middle, shape (num_towns, 2).

    Notes
    -----
    Per equally loaded part of the map: the town with the most workload in it, discounted by e per 12 km from the part's
    middle. A large town gets several reps; each then lives where his or her part of the town is, moved by some hundred
    metres at random.

    Raises
    ------
    ConfigError
        When there are more reps than points.
    """
    require_places(len(xy_km), num_reps, what=Text("market areas", "商圈"))
    part = equal_parts(xy_km, load, num_reps)
    amount = np.bincount(part, weights=load, minlength=num_reps)
    middle = np.column_stack([np.bincount(part, weights=load * xy_km[:, axis]) / amount for axis in (0, 1)])
    in_town = np.zeros((num_reps, len(town_km)))
    np.add.at(in_town, (part, town), load)
    away_km = np.hypot(middle[:, None, 0] - town_km[None, :, 0], middle[:, None, 1] - town_km[None, :, 1])
    chosen = np.argmax(in_town * np.exp(-away_km / _MIDDLE_KM), axis=1)
    home = np.empty((num_reps, 2))
    for rep in range(num_reps):
        here = (part == rep) & (town == chosen[rep])
        home[rep] = np.average(xy_km[here], axis=0, weights=load[here])
    home += streams.rng("homes").uniform(-_JITTER_KM, _JITTER_KM, home.shape)
    return Homes(xy_km=home, town=chosen.astype(np.int64))


def teams_of(home_km: FloatArray, num_teams: int) -> IntArray:
    """Team of each rep: neighbours, in teams whose sizes differ by one or two."""
    return equal_parts(home_km, np.ones(len(home_km)), num_teams)


def require_places(num_places: int, num_reps: int, *, what: Text) -> None:
    """Refuse more reps than places.

    Raises
    ------
    ConfigError
        When there are fewer places than reps.
    """
    if num_places < num_reps:
        raise ConfigError(
            Text(
                f"num_reps = {num_reps} is more than the {num_places} {what.en} of the scenario; lower num_reps",
                f"num_reps = {num_reps} 超过了场景中的{what.zh}数 {num_places};请减少 num_reps",
            )
        )
