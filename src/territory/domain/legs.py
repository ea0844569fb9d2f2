"""The estimated drive between neighbouring stops: one formula for workload, simulated years and generated data."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from territory.domain.travel import Places, Travel
from territory.units import FloatArray, IntArray

NEAREST = 4


def neighbour_leg_min(places: Places, travel: Travel) -> FloatArray:
    """
    Mean minutes from each place to the nearest four other points, shape (len(places),); 0 where there is no other.

    Places at the very same point count as one point (docs/semantics.md, *workload*).
    """
    first, site, near = nearest_points(places.lat, places.lon)
    if near.shape[1] == 0:
        return np.zeros(len(places))
    frm, to = np.repeat(first, near.shape[1]), first[near.ravel()]
    minutes = travel.pair_minutes(places.take(frm), places.take(to)).reshape(near.shape)
    return np.asarray(minutes.mean(axis=1)[site], dtype=np.float64)


def nearest_points(lat: FloatArray, lon: FloatArray, count: int = NEAREST) -> tuple[IntArray, IntArray, IntArray]:
    """
    Distinct points and the nearest other ones, by great circle.

    Returns
    -------
    tuple
        Position of a place at each distinct point, shape (num_points,); distinct point of each place, shape (n,);
        the nearest other points of each, nearest first, shape (num_points, at most count).
    """
    points, first, site = np.unique(np.column_stack([lat, lon]), axis=0, return_index=True, return_inverse=True)
    first, site = first.astype(np.int64), np.asarray(site, dtype=np.int64).ravel()
    most = min(count, len(points) - 1)
    if most < 1:
        return first, site, np.zeros((len(points), 0), dtype=np.int64)
    phi, lam = np.radians(points[:, 0]), np.radians(points[:, 1])
    on_sphere = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    near = cKDTree(on_sphere).query(on_sphere, k=np.arange(2, most + 2))[1]
    return first, site, np.asarray(near, dtype=np.int64)
