"""Made-up regions of any size: towns and countryside on a plane, borders between near outlets, flow that decays."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.instances.graph import GraphInstance
from territory.split._neighbours import neighbour_pairs
from territory.streams import Streams
from territory.units import FloatArray, IntArray

OUTLETS_PER_TOWN = 250
COUNTRY_SHARE = 0.3
DEGREES_PER_OUTLET = 1e-4
PARTNERS = 16


def points_with_flow(num_units: int, *, seed: int) -> GraphInstance:
    """
    Outlets in towns of very different size and in the countryside between them, with workload, borders and flow.

    Borders are those of outlets everywhere in this package: Delaunay, thinned, joined. Flow goes from every outlet to
    its `PARTNERS` nearest ones, falls with distance over the local spacing, grows with the partner's workload, and
    carries lognormal noise. Positions are degrees near the equator; nothing in a unit itself, so all flow is between.

    Parameters
    ----------
    num_units
        Number of outlets, more than `PARTNERS`.
    """
    rng = Streams(seed).rng("benchmarks.points_with_flow", num_units)
    xy = _points(rng, num_units)
    weight = np.exp(rng.normal(0.0, 0.5, num_units))
    edges = neighbour_pairs(xy[:, 1], xy[:, 0])
    far, to = _partners(xy)
    spacing = np.median(far, axis=1, keepdims=True)
    noise = rng.lognormal(0.0, 0.75, far.shape)
    amount = np.exp(-far / np.maximum(spacing, 1e-12)) * weight[to] * noise
    frm = np.repeat(np.arange(num_units), far.shape[1])
    return GraphInstance(
        name=f"generated_{num_units}",
        unit_names=tuple(f"U{unit:06d}" for unit in range(num_units)),
        weight=weight,
        edges=edges,
        edge_weight=np.ones(len(edges)),
        flows=np.column_stack([frm, to.ravel()]),
        flow_weight=np.asarray(amount.ravel(), dtype=np.float64),
        xy=xy,
    )


def _points(rng: np.random.Generator, num_units: int) -> FloatArray:
    """Degrees [lon, lat], shape (num_units, 2): towns by size, a share evenly over the countryside."""
    side = DEGREES_PER_OUTLET * np.sqrt(num_units) * 10.0
    towns = max(3, num_units // OUTLETS_PER_TOWN)
    middle = rng.uniform(0.0, side, (towns, 2))
    size = rng.pareto(1.2, towns) + 0.2
    home = rng.choice(towns, num_units, p=size / size.sum())
    in_country = rng.random(num_units) < COUNTRY_SHARE
    spread = side / 12.0 * np.sqrt(size / size.sum())
    town = middle[home] + rng.normal(0.0, 1.0, (num_units, 2)) * spread[home, None]
    country = rng.uniform(0.0, side, (num_units, 2))
    return np.asarray(np.where(in_country[:, None], country, town), dtype=np.float64)


def _partners(xy: FloatArray) -> tuple[FloatArray, IntArray]:
    """Distances to the nearest other units and their positions, shape (num_units, PARTNERS)."""
    far, near = cKDTree(xy).query(xy, k=PARTNERS + 1)
    itself = np.asarray(near) == np.arange(len(xy))[:, None]
    itself[~itself.any(axis=1), -1] = True  # many units at one place: the unit itself may not be among the nearest
    shape = (len(xy), PARTNERS)
    return np.asarray(far)[~itself].reshape(shape), np.asarray(near, dtype=np.int64)[~itself].reshape(shape)
