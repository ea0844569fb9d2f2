"""A graph to be cut: weighted units, borders between them, and flow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class GraphInstance:
    """
    Units with weights, borders and flow.

    Attributes
    ----------
    weight
        What is balanced, shape (num_units,).
    edges, edge_weight
        Each border once, shape (num_edges, 2) and (num_edges,).
    flows, flow_weight
        Directed flow, inside units too, shape (num_flows, 2) and (num_flows,); empty where the instance has none.
    xy
        Positions, any scale, shape (num_units, 2); None where the instance has none.
    """

    name: str
    unit_names: tuple[str, ...]
    weight: FloatArray
    edges: IntArray
    edge_weight: FloatArray
    flows: IntArray
    flow_weight: FloatArray
    xy: FloatArray | None

    def __post_init__(self) -> None:
        n = self.num_units
        if len(self.weight) != n or (self.xy is not None and len(self.xy) != n):
            raise ValueError("weight and xy have one row per unit")
        for pairs, weight in ((self.edges, self.edge_weight), (self.flows, self.flow_weight)):
            if pairs.shape != (len(weight), 2) or (len(pairs) and not (pairs.min() >= 0 and pairs.max() < n)):
                raise ValueError("pairs are (n, 2) positions of units with one weight each")

    @property
    def num_units(self) -> int:
        """Number of units."""
        return len(self.unit_names)

    def graph(self) -> sp.csr_matrix:
        """Borders as a symmetric 0/1 matrix."""
        n = self.num_units
        one_way = sp.csr_matrix((np.ones(len(self.edges)), (self.edges[:, 0], self.edges[:, 1])), shape=(n, n))
        both = sp.csr_matrix(one_way + one_way.T)
        both.data[:] = 1.0
        return both

    def main_component(self) -> GraphInstance:
        """The instance on its largest connected part (by number of units); itself when all is connected."""
        count, part = connected_components(self.graph(), directed=False)
        if count == 1:
            return self
        inside = part == np.argmax(np.bincount(part))
        place = np.cumsum(inside) - 1
        edges, flows = inside[self.edges].all(axis=1), inside[self.flows].all(axis=1)
        return replace(
            self,
            unit_names=tuple(name for name, keep in zip(self.unit_names, inside.tolist(), strict=True) if keep),
            weight=self.weight[inside],
            edges=place[self.edges[edges]],
            edge_weight=self.edge_weight[edges],
            flows=place[self.flows[flows]],
            flow_weight=self.flow_weight[flows],
            xy=None if self.xy is None else self.xy[inside],
        )


def each_once(edges: IntArray, weight: FloatArray) -> tuple[IntArray, FloatArray]:
    """Undirected edges listed once, however often and in whatever direction they came; loops dropped; first weight."""
    proper = edges[:, 0] != edges[:, 1]
    ordered = np.sort(edges[proper], axis=1)
    unique, first = np.unique(ordered, axis=0, return_index=True)
    return unique.reshape(-1, 2), weight[proper][first]
