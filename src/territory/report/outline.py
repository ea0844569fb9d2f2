"""Territories as areas on a map: rings drawn half way between the outlets of different reps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from territory.units import FloatArray, IntArray

_RIM_SHARE = (0.012, 0.03)
_RIM_POINTS = 10
_LONGEST_RIMS = 4.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Ring:
    """One closed outline of a rep's territory: points of shape (num_points, 2), degrees [lat, lon], not repeated
    at the end. Rings of one rep are filled together by the even-odd rule, so an enclave is a hole."""

    rep_idx: int
    points: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Mesh:
    """
    Triangles between neighbouring points: the outlets, and a rim of points around them that belong to the nearest
    outlet, so that a territory reaches a little beyond its outermost outlets.

    Attributes
    ----------
    owner
        Position of the outlet each point belongs to, shape (num_points,).
    xy
        The points: longitude shrunk by the cosine of the mean latitude, and latitude; degrees.
    triangles
        Shape (num_triangles, 3), counter-clockwise.
    shrink
        That cosine.
    """

    owner: IntArray
    xy: FloatArray
    triangles: IntArray
    shrink: float

    @classmethod
    def of(cls, lat: FloatArray, lon: FloatArray) -> Mesh:
        """The mesh of some places; empty for no places or when all of them are the same."""
        shrink = float(np.cos(np.radians(lat.mean()))) if len(lat) else 1.0
        every: FloatArray = np.asarray(np.round(np.column_stack([lon * shrink, lat]), 6), dtype=np.float64)
        owner: IntArray = np.unique(every, axis=0, return_index=True)[1]
        places: FloatArray = every[owner]
        span = float(np.hypot(*np.ptp(places, axis=0))) if len(places) else 0.0
        if span == 0.0:
            return cls(owner=owner, xy=places, triangles=np.zeros((0, 3), dtype=np.int64), shrink=shrink)
        tree = cKDTree(places)
        gaps = np.asarray(tree.query(places, k=[min(4, len(places))])[0]).ravel()
        rim = float(np.clip(np.quantile(gaps, 0.9), _RIM_SHARE[0] * span, _RIM_SHARE[1] * span))
        turn = np.arange(_RIM_POINTS) * (2 * np.pi / _RIM_POINTS)
        around = (places[:, None, :] + rim * np.column_stack([np.cos(turn), np.sin(turn)])).reshape(-1, 2)
        away, nearest = (np.asarray(each).ravel() for each in tree.query(around, k=[1]))
        outside = away > 0.97 * rim
        around, nearest = around[outside], nearest[outside].astype(np.int64)
        _, some = np.unique(np.floor(around / (0.45 * rim)), axis=0, return_index=True)
        xy = np.concatenate([places, around[some]])
        triangles = Delaunay(xy).simplices.astype(np.int64)
        a, b, c = (xy[triangles[:, k]] for k in range(3))
        left = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        triangles[left < 0] = triangles[left < 0][:, [0, 2, 1]]
        return cls(
            owner=np.concatenate([owner, owner[nearest[some]]]),
            xy=xy,
            triangles=_carved(xy, triangles, _LONGEST_RIMS * rim),
            shrink=shrink,
        )

    def neighbours(self, rep_of_outlet: IntArray) -> list[tuple[int, int]]:
        """Pairs of reps (smaller first) whose territories touch, ascending."""
        reps = rep_of_outlet[self.owner]
        sides = np.concatenate([self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]])
        pairs = np.sort(reps[sides], axis=1)
        pairs = np.unique(pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs[:, 0] >= 0)], axis=0)
        return [(int(one), int(other)) for one, other in pairs]

    def rings(self, rep_of_outlet: IntArray) -> list[Ring]:
        """
        Outlines of all territories, by rep.

        Notes
        -----
        Every triangle is shared out among its corners by its midpoints and its centre of gravity; the part of a
        corner belongs to the corner's rep. What remains of the parts' sides after those inside one territory
        cancel are the outlines.
        """
        if not len(self.triangles):
            return []
        num_points, num_triangles = len(self.xy), len(self.triangles)
        corners = [self.triangles[:, k] for k in range(3)]
        sides = np.concatenate([np.column_stack([corners[k], corners[(k + 1) % 3]]) for k in range(3)])
        edges, edge_of = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
        middle = [num_points + edge_of.ravel()[k * num_triangles : (k + 1) * num_triangles] for k in range(3)]
        centre = num_points + len(edges) + np.arange(num_triangles)
        where = np.concatenate([self.xy, self.xy[edges].mean(axis=1), self.xy[self.triangles].mean(axis=1)])
        reps = rep_of_outlet[self.owner]
        pieces = []
        for k in range(3):
            loop = [corners[k], middle[k], centre, middle[(k + 2) % 3]]
            pieces += [np.column_stack([reps[corners[k]], loop[s], loop[(s + 1) % 4]]) for s in range(4)]
        walk = np.concatenate(pieces)
        walk = walk[walk[:, 0] >= 0]
        low, high = np.minimum(walk[:, 1], walk[:, 2]), np.maximum(walk[:, 1], walk[:, 2])
        key = (walk[:, 0] * len(where) + low) * len(where) + high
        _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
        rim = walk[count[inverse.ravel()] == 1]
        rings = []
        for rep in np.unique(rim[:, 0]).tolist():
            for ring in _chained(rim[rim[:, 0] == rep][:, 1:]):
                points = where[ring]
                rings.append(Ring(rep_idx=rep, points=np.column_stack([points[:, 1], points[:, 0] / self.shrink])))
        return rings


def _carved(xy: FloatArray, triangles: IntArray, longest: float) -> IntArray:
    """Without the triangles that the rim reaches only over a side above `longest`, until none of them is left."""
    kept = triangles
    while len(kept):
        sides = np.concatenate([np.sort(kept[:, [k, (k + 1) % 3]], axis=1) for k in range(3)])
        length = np.hypot(*(xy[sides[:, 0]] - xy[sides[:, 1]]).T)
        _, inverse, count = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
        long_rim = (count[inverse.ravel()] == 1) & (length > longest)
        drop = long_rim.reshape(3, -1).any(axis=0)
        if not drop.any():
            break
        kept = kept[~drop]
    return kept


def _chained(steps: IntArray) -> list[list[int]]:
    """Closed walks that use every step once."""
    onward: dict[int, list[int]] = {}
    for start, end in steps.tolist():
        onward.setdefault(start, []).append(end)
    rings = []
    for start in sorted(onward):
        while onward[start]:
            ring, here = [start], onward[start].pop()
            while here != start:
                ring.append(here)
                here = onward[here].pop()
            rings.append(ring)
    return rings
