"""A local flat map in kilometres, and points that stand for many others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.spatial import Delaunay, QhullError, cKDTree

from territory.units import EARTH_RADIUS_KM, FloatArray, IntArray

_KM_PER_DEGREE = float(np.pi * EARTH_RADIUS_KM / 180.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FlatMap:
    """Equirectangular map around a point: used for shapes and spacing, never for travel."""

    lat: float
    lon: float

    @classmethod
    def around(cls, lat: FloatArray, lon: FloatArray) -> FlatMap:
        """The map centred on the middle of some points in degrees."""
        return cls(lat=float(lat.min() + lat.max()) / 2, lon=float(lon.min() + lon.max()) / 2)

    def km(self, lat: FloatArray, lon: FloatArray) -> FloatArray:
        """Kilometres east and north of the centre, shape (num_points, 2)."""
        east = (np.asarray(lon) - self.lon) * _KM_PER_DEGREE * np.cos(np.radians(self.lat))
        return np.column_stack([east, (np.asarray(lat) - self.lat) * _KM_PER_DEGREE])

    def lat_of(self, xy_km: FloatArray) -> FloatArray:
        """Latitude in degrees, rounded to 6 decimals (0.1 m), shape (num_points,)."""
        return np.asarray(np.round(self.lat + xy_km[:, 1] / _KM_PER_DEGREE, 6), dtype=np.float64)

    def lon_of(self, xy_km: FloatArray) -> FloatArray:
        """Longitude in degrees, rounded to 6 decimals, shape (num_points,)."""
        km_per_degree = _KM_PER_DEGREE * float(np.cos(np.radians(self.lat)))
        return np.asarray(np.round(self.lon + xy_km[:, 0] / km_per_degree, 6), dtype=np.float64)


def totals(codes: IntArray, amount: FloatArray, num_groups: int) -> FloatArray:
    """Sum of `amount` per group, shape (num_groups,)."""
    return np.asarray(np.bincount(codes, weights=amount, minlength=num_groups), dtype=np.float64)


def nearest(points: FloatArray, queries: FloatArray) -> IntArray:
    """Position of the nearest of `points` for each of `queries`, shape (num_queries,)."""
    return np.asarray(cKDTree(points).query(queries)[1], dtype=np.int64)


def joined(a: IntArray, b: IntArray, num_groups: int) -> sp.csr_matrix:
    """Neighbourhood from pairs (in one direction or both): symmetric 0/1 matrix, shape (num_groups, num_groups)."""
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = sp.coo_matrix(
        (np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=(num_groups, num_groups)
    ).tocsr()
    matrix.data[:] = 1
    return matrix


def centres(xy: FloatArray, codes: IntArray, num_groups: int, weight: FloatArray) -> FloatArray:
    """Weighted middle of each group's points, same unit as `xy`, shape (num_groups, 2); empty groups are refused."""
    total = totals(codes, weight, num_groups)
    if not (total > 0).all():
        raise ValueError("a group without weight has no middle")
    sums = [totals(codes, weight * xy[:, axis], num_groups) for axis in (0, 1)]
    return np.column_stack(sums) / total[:, None]


def neighbours(xy: FloatArray, codes: IntArray, num_groups: int, *, longest_km: float) -> sp.csr_matrix:
    """
    Groups whose points are neighbours: symmetric 0/1 matrix, shape (num_groups, num_groups).

    Parameters
    ----------
    xy
        Kilometres, shape (num_points, 2).
    longest_km
        Triangulation edges longer than this join nothing.
    """
    nobody = np.zeros(0, dtype=np.int64)
    points, first = np.unique(xy, axis=0, return_index=True)
    try:
        simplices = Delaunay(points).simplices if len(points) >= 4 else np.zeros((0, 3), dtype=np.int64)
    except QhullError:  # all points on one line
        return joined(nobody, nobody, num_groups)
    ends = np.concatenate([simplices[:, [0, 1]], simplices[:, [1, 2]], simplices[:, [2, 0]]])
    length = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    pair = codes[first[ends[length <= longest_km]]]
    pair = pair[pair[:, 0] != pair[:, 1]]
    return joined(pair[:, 0], pair[:, 1], num_groups)
