"""Who is next to whom: neighbourhood of outlets from their points, carried up to basic units.

Points have no borders, so the graph that contiguity is judged on is data that we construct, once, by a stated
rule: Delaunay edges of the distinct points, without those a third point lies well between (it sees the edge
under an angle above 120 degrees), without those that cross a barrier, joined by shortest links.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, QhullError, cKDTree

from territory.units import EARTH_RADIUS_KM, BoolArray, FloatArray, IntArray

_WIDE_ANGLE_COS = -0.5
_LINK_CANDIDATES = 32


def plane_km(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Points on a plane, kilometres, shape (n, 2); equirectangular about the mean latitude."""
    scale = np.pi / 180.0 * EARTH_RADIUS_KM
    return np.column_stack([np.asarray(lon) * scale * np.cos(np.radians(np.mean(lat))), np.asarray(lat) * scale])


def neighbour_pairs(lat: FloatArray, lon: FloatArray, barriers: Sequence[FloatArray] = ()) -> IntArray:
    """
    Neighbouring points, shape (num_pairs, 2), each pair once with the smaller position first.

    Points at the very same place are neighbours in a chain. Barriers are polylines [lat, lon]; where they
    enclose a part completely, that part stays apart.
    """
    n = len(lat)
    if n < 2:
        return np.zeros((0, 2), dtype=np.int64)
    points = plane_km(lat, lon)
    distinct, site = np.unique(points, axis=0, return_inverse=True)
    site = np.asarray(site, dtype=np.int64).ravel()
    order = np.argsort(site, kind="stable")
    same = site[order][1:] == site[order][:-1]
    chains = np.column_stack([order[:-1][same], order[1:][same]])
    first = order[np.concatenate([[True], ~same])]
    pairs = _planar_pairs(distinct)
    if barriers:
        walls = _segments(barriers, lat)
        pairs = pairs[~_crosses(distinct[pairs[:, 0]], distinct[pairs[:, 1]], walls)]
        pairs = _joined(distinct, pairs, walls)
    linked = np.column_stack([first[pairs[:, 0]], first[pairs[:, 1]]])
    both = np.sort(np.concatenate([chains, linked]), axis=1)
    return np.unique(both, axis=0).astype(np.int64)


def unit_graph(pairs: IntArray, unit_of_outlet: IntArray, num_units: int, is_exempt: BoolArray) -> sp.csr_matrix:
    """Symmetric 0/1 CSR graph of units; exempt units have no neighbours."""
    frm, to = unit_of_outlet[pairs[:, 0]], unit_of_outlet[pairs[:, 1]]
    real = (frm != to) & ~is_exempt[frm] & ~is_exempt[to]
    frm, to = frm[real], to[real]
    ones = np.ones(2 * len(frm), dtype=np.int8)
    graph = sp.csr_matrix((ones, (np.r_[frm, to], np.r_[to, frm])), shape=(num_units, num_units))
    graph.sum_duplicates()
    graph.data[:] = 1
    return graph


def joined_units(graph: sp.csr_matrix, x_km: FloatArray, is_exempt: BoolArray) -> sp.csr_matrix:
    """The graph with its components joined by shortest links between unit centres `x_km` (num_units, 2)."""
    members = np.flatnonzero(~is_exempt)
    if len(members) < 2:
        return graph
    coo = graph.tocoo()
    place = np.full(graph.shape[0], -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    pairs = np.column_stack([place[coo.row], place[coo.col]]).astype(np.int64)
    linked = _joined(x_km[members], pairs, None)[len(pairs) :]
    if not len(linked):
        return graph
    frm, to = members[linked[:, 0]], members[linked[:, 1]]
    ones = np.ones(2 * len(frm), dtype=np.int8)
    extra = sp.csr_matrix((ones, (np.r_[frm, to], np.r_[to, frm])), shape=graph.shape)
    return sp.csr_matrix(graph + extra)


def _planar_pairs(points: FloatArray) -> IntArray:
    """Pairs of distinct points: thinned Delaunay, or a chain along the line when they have no area."""
    if len(points) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    try:
        triangles = np.asarray(Delaunay(points).simplices, dtype=np.int64) if len(points) > 2 else None
    except QhullError:
        triangles = None
    if triangles is None:
        order = np.lexsort((points[:, 1], points[:, 0]))
        return np.sort(np.column_stack([order[:-1], order[1:]]), axis=1)
    keep: list[IntArray] = []
    drop: list[IntArray] = []
    for corner in range(3):
        u, v, w = triangles[:, corner], triangles[:, (corner + 1) % 3], triangles[:, (corner + 2) % 3]
        a, b = points[u] - points[w], points[v] - points[w]
        cosine = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-12)
        edge = np.sort(np.column_stack([u, v]), axis=1)
        keep.append(edge)
        drop.append(edge[cosine < _WIDE_ANGLE_COS])
    n = len(points)
    kept, dropped = np.unique(np.concatenate(keep), axis=0), np.unique(np.concatenate(drop), axis=0)
    gone = np.isin(kept[:, 0] * n + kept[:, 1], dropped[:, 0] * n + dropped[:, 1])
    # Qhull leaves out points it counts as lying on a facet; joining brings them back.
    return _joined(points, kept[~gone], None)


def _segments(barriers: Sequence[FloatArray], lat: FloatArray) -> FloatArray:
    """Barrier segments on the plane of the points, shape (num_segments, 4)."""
    scale = np.pi / 180.0 * EARTH_RADIUS_KM
    squeeze = np.cos(np.radians(np.mean(lat)))
    parts = []
    for line in barriers:
        xy = np.column_stack([line[:, 1] * scale * squeeze, line[:, 0] * scale])
        parts.append(np.hstack([xy[:-1], xy[1:]]))
    return np.concatenate(parts) if parts else np.zeros((0, 4))


def _crosses(p: FloatArray, q: FloatArray, walls: FloatArray) -> BoolArray:
    """For each segment p[i]-q[i]: does it cross any wall? Shape (num_segments,)."""
    hit = np.zeros(len(p), dtype=np.bool_)
    d = q - p
    for ax, ay, bx, by in walls:
        wx, wy = bx - ax, by - ay
        side_p = wx * (p[:, 1] - ay) - wy * (p[:, 0] - ax)
        side_q = wx * (q[:, 1] - ay) - wy * (q[:, 0] - ax)
        side_a = d[:, 0] * (ay - p[:, 1]) - d[:, 1] * (ax - p[:, 0])
        side_b = d[:, 0] * (by - p[:, 1]) - d[:, 1] * (bx - p[:, 0])
        hit |= (side_p * side_q < 0) & (side_a * side_b <= 0)
    return hit


def _joined(points: FloatArray, pairs: IntArray, walls: FloatArray | None) -> IntArray:
    """`pairs` followed by the shortest links that join components (no link through a wall)."""
    n = len(points)
    apart: set[int] = set()
    while True:
        ones = np.ones(len(pairs), dtype=np.int8)
        graph = sp.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
        count, found = connected_components(graph, directed=False)
        label = found.astype(np.int64)
        sizes = np.bincount(label, minlength=count)
        root = np.unique(label, return_index=True)[1]
        small = [part for part in range(count) if part != int(np.argmax(sizes)) and int(root[part]) not in apart]
        if not small:
            return pairs
        part = min(small, key=lambda item: (int(sizes[item]), item))
        link = _shortest_link(points, label, part, walls)
        if link is None:
            apart.add(int(root[part]))
        else:
            pairs = np.concatenate([pairs, link])


def _shortest_link(points: FloatArray, label: IntArray, part: int, walls: FloatArray | None) -> IntArray | None:
    inside, outside = np.flatnonzero(label == part), np.flatnonzero(label != part)
    most = min(_LINK_CANDIDATES if walls is not None else 1, len(outside))
    distance, near = cKDTree(points[outside]).query(points[inside], k=np.arange(1, most + 1))
    frm = np.repeat(inside, most)
    to = outside[np.asarray(near).ravel()]
    order = np.argsort(np.asarray(distance).ravel(), kind="stable")
    if walls is not None:
        order = order[~_crosses(points[frm[order]], points[to[order]], walls)]
    if not len(order):
        return None
    best = order[0]
    return np.sort(np.array([[frm[best], to[best]]], dtype=np.int64), axis=1)
