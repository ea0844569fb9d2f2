"""The bound of a whole split: each objective term has its own, and bounds of terms add up."""

from __future__ import annotations

import numpy as np

from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort
from territory.split._capped_flow import most_gain
from territory.split._instance import Instance
from territory.split._lagrangian import compactness_points
from territory.split._linear_bound import linear_points
from territory.split.bound import flow_cut_bound

# Work that each bound may take, in entries looked at; some seconds at most.
_LINEAR_WORK, _LINEAR_ROUNDS = 3e8, 200
_CENTRE_WORK, _CENTRE_ROUNDS = 4e9, 400
_MOST_CAPPED_PAIRS = 2_000_000


def lower_bound(instance: Instance, *, seconds: float | None = None, cancel: CancelToken | None = None) -> float:
    """
    Points that no labelling of the units within the rules can go below; contiguity is not used.

    `seconds` is about how long it may take; None: a fixed amount of work, so that the answer repeats.
    """
    n, k = instance.num_units, instance.num_territories
    rounds = int(np.clip(_LINEAR_WORK / max(1, n * k), 5, _LINEAR_ROUNDS))
    each = Effort(iterations=rounds) if seconds is None else Effort(seconds=max(0.01, seconds / 3.0))
    linear = linear_points(instance, effort=each, cancel=cancel)
    rounds = int(np.clip(_CENTRE_WORK / max(1, n * len(instance.spot)), 20, _CENTRE_ROUNDS))
    each = Effort(iterations=rounds) if seconds is None else Effort(seconds=max(0.01, seconds))
    compactness = compactness_points(instance, effort=each, cancel=cancel).value
    return flow_points(instance, seconds=seconds) + linear + compactness


def flow_points(instance: Instance, *, seconds: float | None = None) -> float:
    """Points of flow that any split within the bands, and under the move cap if there is one, cuts at least."""
    points = 0.0
    for m in range(instance.amount.shape[1]):
        points = max(
            points,
            flow_cut_bound(
                instance.flow,
                instance.amount[:, m],
                parts=instance.num_territories,
                lower=float(instance.lower[:, m].min()),
                upper=float(instance.upper[:, m].max()),
                seconds=None if seconds is None else seconds / instance.amount.shape[1],
            ),
        )
    return max(points, _capped_points(instance))


def _capped_points(instance: Instance) -> float:
    """Flow cut at least when only so much may move from where units cost nothing to keep."""
    k = instance.num_territories
    if not len(instance.moved) or k < 2 or instance.flow.nnz > _MOST_CAPPED_PAIRS:
        return 0.0
    order = np.sort(instance.moved, axis=1)
    leaves = order[:, 1] - order[:, 0]
    home = np.where(leaves > 0, np.argmin(instance.moved, axis=1), NONE)
    cap = instance.moved_cap - float(order[:, 0].sum())
    if cap < 0:
        return 0.0
    flow = instance.flow.tocoo()
    parted = (home[flow.row] != home[flow.col]) | (home[flow.row] == NONE)
    today = float(flow.data[parted].sum()) / 2.0
    return max(0.0, today - most_gain(instance.flow, home, k, np.maximum(leaves, 0.0), cap))
