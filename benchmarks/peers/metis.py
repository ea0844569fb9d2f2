"""METIS on the same split, counted by the same recount: `--peer metis` where pymetis is installed.

METIS runs in a process of its own, so that its memory and its failures stay there. It knows no lower limit and breaks
parts apart unless it is asked not to; what it finds is reported as it is.
"""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from benchmarks.contract import BenchmarkError
from benchmarks.quality.graph_split import GraphTask, objective_of
from benchmarks.quality.recount import Recount, recount
from territory.units import FloatArray, IntArray

SEEDS = 10
# METIS counts in 32-bit whole numbers; all weights together stay well below.
_MOST_WEIGHT = 500_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerRun:
    """Best labelling of a peer over its seeds: inside the band if one is, else the one nearest to it."""

    objective: float
    counted: Recount


def peer_measures(task: GraphTask) -> dict[str, object]:
    """
    What METIS makes of a task: keys `peer`, `peer_objective`, `peer_parts_in_pieces`, `peer_heaviest`.

    For flow the graph is all pairs; `peer_adjacent_...` is the flow between neighbours only, asked for connected parts.
    """
    found = metis(task, adjacent_only=False)
    measures: dict[str, object] = {"peer": "metis", **_named("peer_", found)}
    if task.goal == "kept":
        measures |= _named("peer_adjacent_", metis(task, adjacent_only=True))
    return measures


def metis(task: GraphTask, *, adjacent_only: bool) -> PeerRun:
    """
    METIS at its own settings within the task's band, best of `SEEDS` seeds.

    Parameters
    ----------
    adjacent_only
        Give it only the flow between neighbours and ask for connected parts; else all pairs, unconstrained.

    Raises
    ------
    BenchmarkError
        When METIS gives up.
    """
    graph = _graph_of(task, adjacent_only=adjacent_only)
    mean = max(task.mean, 1e-300)
    request = _Request(
        start=graph.indptr.astype(np.int64),
        to=graph.indices.astype(np.int64),
        pair_weight=_whole(np.asarray(graph.data, dtype=np.float64)),
        unit_weight=_whole(task.instance.weight, least=0),
        parts=task.parts,
        tolerance=task.upper / mean - 1.0,
        connected=adjacent_only,
    )
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            labels = pool.submit(_labels, request).result()
    except (BrokenProcessPool, RuntimeError) as error:
        raise BenchmarkError(f"{task.instance.name}: METIS gave up ({error})") from error
    return best_of(task, labels)


def best_of(task: GraphTask, labels: Sequence[IntArray]) -> PeerRun:
    """The best of several labellings, recounted."""
    runs = []
    for label in labels:
        counted = recount(
            task.instance, label, parts=task.parts, lower=task.lower, upper=task.upper, connected=task.connected
        )
        runs.append(PeerRun(objective=objective_of(task, counted), counted=counted))
    heaviest = task.upper / task.mean * (1 + 1e-9)
    sign = 1.0 if task.sense == "min" else -1.0
    return min(runs, key=lambda run: (max(0.0, run.counted.heaviest - heaviest), sign * run.objective))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Request:
    """What the process needs: a symmetric graph in whole numbers."""

    start: IntArray
    to: IntArray
    pair_weight: IntArray
    unit_weight: IntArray
    parts: int
    tolerance: float
    connected: bool


def _labels(request: _Request) -> list[IntArray]:
    """One labelling per seed. Runs in its own process."""
    pymetis = importlib.import_module("pymetis")
    adjacency = pymetis.CSRAdjacency(request.start, request.to)
    found = []
    for seed in range(1, SEEDS + 1):
        options = pymetis.Options(seed=seed, ufactor=max(1, int(1000 * request.tolerance)))
        _, label = pymetis.part_graph(
            request.parts,
            adjacency=adjacency,
            vweights=request.unit_weight.tolist(),
            eweights=request.pair_weight.tolist(),
            contiguous=True if request.connected else None,
            options=options,
        )
        found.append(np.asarray(label, dtype=np.int64))
    return found


def _graph_of(task: GraphTask, *, adjacent_only: bool) -> sp.csr_matrix:
    """The graph METIS cuts: borders, or flow added up in both directions."""
    instance, n = task.instance, task.instance.num_units
    pairs, weight = (
        (instance.edges, instance.edge_weight) if task.goal == "cut" else (instance.flows, instance.flow_weight)
    )
    proper = pairs[:, 0] != pairs[:, 1]
    one_way = sp.csr_matrix((weight[proper], (pairs[proper, 0], pairs[proper, 1])), shape=(n, n))
    both = sp.csr_matrix(one_way + one_way.T)
    if adjacent_only:
        neighbours = instance.graph()
        least = 1e-9 * float(both.sum()) / max(1, neighbours.nnz)
        both = sp.csr_matrix(both.multiply(neighbours) + neighbours * least)
    both.sort_indices()
    return both


def _whole(weight: FloatArray, *, least: int = 1) -> IntArray:
    """Whole numbers in proportion; as they are where they are whole and few."""
    total = float(weight.sum())
    if total <= _MOST_WEIGHT and bool((weight % 1 == 0).all()):
        return np.asarray(weight, dtype=np.int64)
    return np.maximum(np.rint(weight * (_MOST_WEIGHT / max(total, 1e-300))), least).astype(np.int64)


def _named(prefix: str, run: PeerRun) -> dict[str, object]:
    return {
        f"{prefix}objective": run.objective,
        f"{prefix}parts_in_pieces": run.counted.parts_in_pieces,
        f"{prefix}heaviest": run.counted.heaviest,
    }
