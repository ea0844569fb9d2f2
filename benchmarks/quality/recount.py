"""The objective and the rules of a graph split, counted anew from the instance, without the package's own checker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from benchmarks.instances.graph import GraphInstance
from territory.units import EARTH_RADIUS_KM, BoolArray, FloatArray, IntArray

_ROUNDING = 3e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Recount:
    """
    What a labelling is worth.

    Attributes
    ----------
    cut
        Weight of borders between parts.
    kept_share, kept_between_share
        Share of all flow, and of the flow between different units, that stays inside parts; 1 where there is none.
    heaviest, lightest
        Weight of a part over the mean part.
    parts_in_pieces
        Parts that are not connected.
    violations
        One line per broken rule.
    """

    cut: float
    kept_share: float
    kept_between_share: float
    heaviest: float
    lightest: float
    parts_in_pieces: int
    violations: tuple[str, ...]


def recount(
    instance: GraphInstance, label: IntArray, *, parts: int, lower: float, upper: float, connected: bool
) -> Recount:
    """
    Count a labelling.

    Parameters
    ----------
    label
        Part of each unit, 0 to parts - 1, shape (num_units,).
    lower, upper
        Band of a part's weight.
    connected
        Is a part in pieces a violation?
    """
    if len(label) != instance.num_units:
        raise ValueError(f"{len(label)} labels for {instance.num_units} units")
    violations = [
        f"unit {instance.unit_names[unit]} is in no part"
        for unit in np.flatnonzero((label < 0) | (label >= parts)).tolist()
    ]
    inside = (label >= 0) & (label < parts)
    load = np.bincount(label[inside], weights=instance.weight[inside], minlength=parts)
    slack = _ROUNDING * float(instance.weight.sum()) / parts
    violations += [
        f"part {part} weighs {load[part]:.6g}, outside {lower:.6g} to {upper:.6g}"
        for part in np.flatnonzero((load > upper + slack) | (load < lower - slack)).tolist()
    ]
    violations += [
        f"part {part} is empty" for part in np.flatnonzero(np.bincount(label[inside], minlength=parts) == 0).tolist()
    ]
    pieces = _pieces(instance, label, inside, parts)
    if connected:
        violations += [f"part {part} is in {pieces[part]} pieces" for part in np.flatnonzero(pieces > 1).tolist()]
    kept, between = _kept(instance, label)
    return Recount(
        cut=float(instance.edge_weight[_parted(instance.edges, label)].sum()),
        kept_share=kept,
        kept_between_share=between,
        heaviest=float(load.max() / load.mean()),
        lightest=float(load.min() / load.mean()),
        parts_in_pieces=int((pieces > 1).sum()),
        violations=tuple(violations),
    )


def inertia(degrees: FloatArray, weight: FloatArray, label: IntArray, *, parts: int) -> float:
    """
    Weight x squared kilometres to the best central unit of each part, all parts together.

    Parameters
    ----------
    degrees
        Longitude and latitude, shape (num_units, 2); distances on the plane that touches the mean latitude.
    """
    across = np.cos(np.radians(degrees[:, 1].mean()))
    km = np.radians(degrees) * EARTH_RADIUS_KM * np.array([across, 1.0])
    total = 0.0
    for part in range(parts):
        members = np.flatnonzero(label == part)
        about = [float(weight[members] @ ((km[members] - centre) ** 2).sum(axis=1)) for centre in km[members]]
        total += min(about, default=0.0)
    return total


def _parted(pairs: IntArray, label: IntArray) -> BoolArray:
    return np.asarray(label[pairs[:, 0]] != label[pairs[:, 1]])


def _kept(instance: GraphInstance, label: IntArray) -> tuple[float, float]:
    def share(weight: FloatArray, is_kept: BoolArray) -> float:
        total = float(weight.sum())
        return float(weight[is_kept].sum()) / total if total else 1.0

    together = ~_parted(instance.flows, label)
    other = instance.flows[:, 0] != instance.flows[:, 1]
    return share(instance.flow_weight, together), share(instance.flow_weight[other], together[other])


def _pieces(instance: GraphInstance, label: IntArray, inside: BoolArray, parts: int) -> IntArray:
    """Connected pieces of each part, shape (parts,)."""
    n = instance.num_units
    same = instance.edges[~_parted(instance.edges, label)]
    graph = sp.csr_matrix((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    first = np.unique(piece, return_index=True)[1]
    return np.bincount(label[first[inside[first]]], minlength=parts)
