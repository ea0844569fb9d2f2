"""The exact end of a search: the best mix of all territories seen, then borders divided anew by integer programs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from territory.split._annealing import Budget, Found, measured
from territory.split._bands import resplit_band
from territory.split._columns import recombined
from territory.split._instance import Instance
from territory.split._part import part_of
from territory.units import IntArray

_MOST_UNITS = 5_000
_MIXING_TIME = 1.0
# With seconds a program may be cut short; with iterations only its nodes are counted, so that the answer repeats.
_BAND_SECONDS, _NO_HURRY_SECONDS = 5.0, 600.0
_NODES, _PAIRS = 50, 1_000


def polished(
    instance: Instance, best: Found, seen: Sequence[IntArray], *, most_bands: int, budget: Budget, seed: int
) -> Found:
    """
    The best labelling after both exact methods; never worse than `best`.

    Parameters
    ----------
    seen
        Labellings whose territories may be mixed, each of shape (num_units,).
    most_bands
        Borders to divide anew, those with most flow across first.
    """
    if not np.isfinite(best.cost) or instance.num_territories < 2:
        return best
    if instance.num_units <= _MOST_UNITS and not budget.is_over:
        mixed = recombined(instance, [best.label, *seen], deterministic_time=_MIXING_TIME, seed=seed)
        best = mixed if mixed is not None and mixed.is_better_than(best) else best
    seconds = _BAND_SECONDS if np.isfinite(budget.deadline_s) else _NO_HURRY_SECONDS
    for pair in _borders(instance, best.label)[:most_bands]:
        if budget.is_over:
            break
        part = part_of(instance, best.label, np.array(pair, dtype=np.int64))
        better = resplit_band(part, node_limit=_NODES, most_pairs=_PAIRS, seconds=seconds)
        if better is not None:
            whole = measured(instance, part.whole(best.label, better.label))
            best = whole if whole.is_better_than(best) else best
    return best


def _borders(instance: Instance, label: IntArray) -> list[tuple[int, int]]:
    """Pairs of neighbouring territories, most flow across first (ties: smaller positions)."""
    k = instance.num_territories
    row = np.repeat(np.arange(instance.num_units), np.diff(instance.graph.indptr))
    a, b = label[row], label[instance.graph.indices]
    near = np.unique(a[a < b] * k + b[a < b])
    row = np.repeat(np.arange(instance.num_units), np.diff(instance.flow.indptr))
    a, b = label[row], label[instance.flow.indices]
    across = a < b
    pair = a[across] * k + b[across]
    beside = np.isin(pair, near)
    flow = np.bincount(
        np.searchsorted(near, pair[beside]), weights=instance.flow.data[across][beside], minlength=len(near)
    )
    return [(int(pair) // k, int(pair) % k) for pair in near[np.argsort(-flow, kind="stable")]]
