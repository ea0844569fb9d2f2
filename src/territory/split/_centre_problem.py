"""What the compactness bound is about: units with weight and load to be gathered around centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from territory.split._instance import Instance
from territory.units import FloatArray, IntArray

_LLOYD_ROUNDS = 40
# Sums of many floats: bands are taken wider by this share.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreProblem:
    """
    Units to be gathered around `parts` centres.

    Attributes
    ----------
    moments
        Columns weight, weight x, weight y, weight (x^2 + y^2) per unit, shape (n, 4).
    amount, lower, upper
        Load of each unit, shape (n,), and the band of a part's load.
    centre
        Every point that may be a centre, shape (m, 2), in the plane of the moments; each at most once.
    """

    moments: FloatArray
    amount: FloatArray
    lower: float
    upper: float
    parts: int
    centre: FloatArray

    @classmethod
    def of_points(
        cls, xy: FloatArray, weight: FloatArray, *, amount: FloatArray, lower: float, upper: float, parts: int
    ) -> CentreProblem:
        """Units that are points, each of which may be a centre; `xy` has shape (n, 2)."""
        columns = (weight, weight * xy[:, 0], weight * xy[:, 1], weight * (xy**2).sum(axis=1))
        return cls(moments=np.column_stack(columns), amount=amount, lower=lower, upper=upper, parts=parts, centre=xy)

    @classmethod
    def of_instance(cls, instance: Instance) -> CentreProblem:
        """The compactness of a split in points; a territory's centre is one of its own outlets."""
        amount, lower, upper = np.ones(instance.num_units), 0.0, np.inf
        if instance.target.shape[1]:
            low, high = instance.lower.min(axis=0), instance.upper.max(axis=0)
            tight = int(np.argmin((high - low) / np.maximum(high + low, 1e-300)))
            amount, lower, upper = instance.amount[:, tight], float(low[tight]), float(high[tight])
        return cls(
            moments=instance.moments,
            amount=amount,
            lower=max(0.0, lower) * (1.0 - _ROUNDING),
            upper=upper * (1.0 + _ROUNDING),
            parts=instance.num_territories,
            centre=instance.spot,
        )


def centroids(moments: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weight (never 0), centroid and inertia about it of each row of moments."""
    weight = np.maximum(moments[:, 0], 1e-300)
    spot = moments[:, 1:3] / weight[:, None]
    return weight, spot, np.maximum(moments[:, 3] - weight * (spot**2).sum(axis=1), 0.0)


def lloyd_squares(spot: FloatArray, weight: FloatArray, parts: int) -> FloatArray:
    """Squared distance of each point to the nearest of `parts` centres, after Lloyd's rounds; shape (n,)."""
    nearest = groups(spot, weight, parts)
    centre = np.tile(spot.mean(axis=0), (parts, 1))
    far = np.zeros(len(spot))
    for _ in range(_LLOYD_ROUNDS):
        load = np.bincount(nearest, weights=weight, minlength=parts)
        sums = np.column_stack([np.bincount(nearest, weights=weight * axis, minlength=parts) for axis in spot.T])
        centre = np.where(load[:, None] > 0, sums / np.maximum(load, 1e-300)[:, None], centre)
        before = nearest
        distance, at = cKDTree(centre).query(spot)
        far, nearest = np.asarray(distance, dtype=np.float64), np.asarray(at, dtype=np.int64)
        if np.array_equal(before, nearest):
            break
    return far**2


def groups(spot: FloatArray, weight: FloatArray, count: int) -> IntArray:
    """Points cut again and again across their longer side into `count` groups of like weight; shape (n,)."""
    group = np.zeros(len(spot), dtype=np.int64)
    waiting = [(np.arange(len(spot)), 0, count)]
    while waiting:
        members, first, many = waiting.pop()
        if many == 1 or len(members) < 2:
            group[members] = first
            continue
        axis = int(np.argmax(np.ptp(spot[members], axis=0)))
        ordered = members[np.lexsort((spot[members, 1 - axis], spot[members, axis]))]
        running = np.cumsum(weight[ordered])
        half = many // 2
        place = int(np.searchsorted(running, running[-1] * half / many)) + 1
        place = min(max(place, 1), len(ordered) - 1)
        waiting += [(ordered[place:], first + half, many - half), (ordered[:place], first, half)]
    return group
