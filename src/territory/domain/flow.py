"""Flow: weight per week between two places, directed, sparse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from territory.units import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """
    Where customers and goods go.

    Attributes
    ----------
    level
        "area": places are the scenario's market areas (`Outlets.area.names`); "outlet": its outlets.
    weight
        CSR matrix, shape (num_places, num_places), float64, no negative entry: `weight[i, j]` flows from
        place i to place j per week. The diagonal is the flow inside a place; no split can cut it.
    """

    level: Literal["area", "outlet"]
    weight: sp.csr_matrix

    def __post_init__(self) -> None:
        weight = sp.csr_matrix(self.weight, dtype=np.float64)
        weight.sum_duplicates()
        if weight.shape[0] != weight.shape[1]:
            raise ValueError("flow is a square matrix")
        if weight.nnz and (not np.isfinite(weight.data).all() or weight.data.min() < 0):
            raise ValueError("flow weights are finite and not negative")
        for part in (weight.data, weight.indices, weight.indptr):
            part.setflags(write=False)
        object.__setattr__(self, "weight", weight)

    @property
    def num_places(self) -> int:
        """Number of places."""
        return int(self.weight.shape[0])

    @property
    def total(self) -> float:
        """All flow, inside places and between them."""
        return float(self.weight.sum())

    @property
    def between(self) -> float:
        """Flow between different places: the part a split can cut."""
        return float(self.weight.sum() - self.weight.diagonal().sum())

    def own(self) -> FloatArray:
        """Flow inside each place, shape (num_places,)."""
        return np.asarray(self.weight.diagonal(), dtype=np.float64)

    def both_ways(self) -> sp.csr_matrix:
        """Symmetric matrix without diagonal: entry (i, j) is flow i->j plus flow j->i."""
        total = sp.csr_matrix(self.weight + self.weight.T)
        both = sp.csr_matrix(total - sp.diags(total.diagonal()))
        both.eliminate_zeros()
        return both


def no_flow(num_places: int) -> Flow:
    """A flow matrix with nothing in it (level: area)."""
    return Flow(level="area", weight=sp.csr_matrix((num_places, num_places), dtype=np.float64))
