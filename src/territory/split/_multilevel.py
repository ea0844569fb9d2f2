"""Coarser pictures of an instance: neighbours with heavy mutual flow become one unit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE
from territory.split._instance import Instance
from territory.split._matching import match
from territory.units import FloatArray, IntArray

_HEAVIEST = 1.0 / 3.0
_LEAST_SHRINKING = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class Level:
    """An instance and, for each unit of the next finer one, its unit here (none at the finest level)."""

    instance: Instance
    onto: IntArray


def levels(instance: Instance, rng: np.random.Generator, *, units_per_territory: int) -> list[Level]:
    """From the instance itself to the coarsest picture with about `units_per_territory` units per territory."""
    found = [Level(instance=instance, onto=np.zeros(0, dtype=np.int64))]
    while found[-1].instance.num_units > units_per_territory * instance.num_territories:
        coarser = coarsen(found[-1].instance, rng)
        if coarser is None:
            break
        found.append(coarser)
    return found


def coarsen(instance: Instance, rng: np.random.Generator) -> Level | None:
    """
    Pair neighbours with heavy mutual flow; None when hardly anything pairs.

    Coarse units stay light (below a third of a mean target), are connected by construction, and never join units
    that no territory may serve together.
    """
    n = instance.num_units
    strength = sp.csr_matrix(instance.flow.multiply(instance.graph) + instance.graph * 1e-9)
    strength.sort_indices()
    mean = np.maximum(instance.target.mean(axis=0), 1e-300)
    size = np.maximum((instance.amount / mean).sum(axis=1), 1e-12) if instance.amount.shape[1] else np.ones(n)
    row = np.repeat(np.arange(n), np.diff(strength.indptr))
    score = strength.data / np.sqrt(size[row] * size[strength.indices])
    mate = np.full(n, NONE, dtype=np.int64)
    match(
        strength.indptr.astype(np.int32),
        strength.indices.astype(np.int32),
        score,
        instance.amount,
        instance.target.mean(axis=0) * _HEAVIEST,
        instance.allowed,
        instance.exempt,
        instance.apart.indptr.astype(np.int32),
        rng.permutation(n),
        mate,
    )
    leader = np.where(mate == NONE, np.arange(n), np.minimum(mate, np.arange(n)))
    _, coarse = np.unique(leader, return_inverse=True)
    onto = np.asarray(coarse, dtype=np.int64).ravel()
    if int(onto.max()) + 1 > _LEAST_SHRINKING * n:
        return None
    return Level(instance=contracted(instance, onto), onto=onto)


def contracted(instance: Instance, onto: IntArray) -> Instance:
    """The instance with units joined: `onto` gives each unit's coarse unit, shape (n,)."""
    n, m = instance.num_units, int(onto.max()) + 1
    joined = sp.csr_matrix((np.ones(n), (onto, np.arange(n))), shape=(m, n))

    def total(rows: FloatArray) -> FloatArray:
        return np.ascontiguousarray(np.asarray(joined @ rows)) if len(rows) else rows

    graph = _without_diagonal(sp.csr_matrix(joined @ instance.graph @ joined.T))
    graph.data[:] = 1.0
    forbids = np.asarray(joined @ (~instance.allowed).astype(np.float64)) if len(instance.allowed) else None
    return replace(
        instance,
        graph=graph,
        flow=_without_diagonal(sp.csr_matrix(joined @ instance.flow @ joined.T)),
        amount=np.ascontiguousarray(np.asarray(joined @ instance.amount)),
        linear=total(instance.linear),
        moved=total(instance.moved),
        allowed=instance.allowed if forbids is None else forbids == 0,
        exempt=np.asarray((joined @ instance.exempt.astype(np.float64)) > 0),
        centre=np.asarray(joined @ instance.centre) / np.bincount(onto, minlength=m)[:, None],
        apart=sp.csr_matrix(joined @ instance.apart @ joined.T),
        moments=total(instance.moments),
    )


def _without_diagonal(matrix: sp.csr_matrix) -> sp.csr_matrix:
    plain = sp.csr_matrix(matrix - sp.diags(matrix.diagonal()))
    plain.eliminate_zeros()
    return plain
