"""One annealing run on an instance: arrays for the kernel, temperatures, slices that obey the clock and Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components

from territory.effort import CancelToken
from territory.split._instance import Instance
from territory.split._kernels import anneal
from territory.units import IntArray

_SLICE = 250_000
_ROUNDING = 1e-9
_FEW_PARTNERS = 12
_MOST_CELLS = 4_000_000
# Units that the test of contiguity may look at before a move is refused.
_MOST_SEEN = 3_000
# numba's dispatcher type knows neither unpacked arguments nor the return type
_anneal: Callable[..., float] = anneal


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """
    A labelling of units.

    Attributes
    ----------
    cost
        Its points, inertia about centroids; infinite when it breaks a rule.
    breach
        How far it is from keeping the rules: imbalance in targets, weighted sales above the cap, forbidden units.
    """

    label: IntArray
    cost: float
    breach: float

    def is_better_than(self, other: Found) -> bool:
        """Nearer to the rules; cheaper where both keep them."""
        return (self.breach, self.cost) < (other.breach, other.cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """Temperatures at the start and at the end of a run, in shares of a typical unit's cost (`unit_scale`)."""

    hot: float
    cold: float = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Moves to try, or seconds until `time.perf_counter()` reaches a deadline, whichever ends first."""

    steps: int
    deadline_s: float = np.inf
    cancel: CancelToken | None = None

    @property
    def is_over(self) -> bool:
        """Time is up, or someone pressed Ctrl-C."""
        return (self.cancel is not None and self.cancel.is_cancelled) or time.perf_counter() >= self.deadline_s


def annealed(instance: Instance, label: IntArray, heat: Heat, budget: Budget, rng: np.random.Generator) -> Found:
    """The best labelling that keeps the rules, or the last one when there was none; deterministic by steps."""
    label = np.array(label, dtype=np.int64)
    best = label.copy()
    cost = np.inf
    scale = unit_scale(instance)
    hot, cold = heat.hot * scale, min(heat.cold, heat.hot) * scale
    # what a whole target of imbalance costs: from a multiple of the heat to far more than any move can win
    low, high = 20.0 * hot, 40_000.0 * hot
    arrays = _arrays(instance)
    size = max(_SLICE, 8 * instance.num_units)
    begun_s = time.perf_counter()
    done = 0
    while done < budget.steps and not budget.is_over:
        steps = min(size, budget.steps - done)
        if np.isfinite(budget.deadline_s):
            # the share of the time gone by leads the cooling; a slice covers what the last ones suggest it will
            at = (time.perf_counter() - begun_s) / max(1e-9, budget.deadline_s - begun_s)
            to = min(1.0, at + (at * steps / done if done else 0.02))
            to = max(to, (done + steps) / budget.steps)
        else:
            at, to = done / budget.steps, (done + steps) / budget.steps
        cost = _anneal(
            *arrays,
            label,
            best,
            cost,
            steps,
            hot * (cold / hot) ** at,
            hot * (cold / hot) ** to,
            low * (high / low) ** at,
            low * (high / low) ** to,
            int(rng.integers(1, 2**31 - 1)),
        )
        done += steps
    if np.isfinite(cost):
        # a start in pieces stays in pieces: the kernel only keeps together what is together
        breach = breach_of(instance, best)
        return Found(label=best, cost=float(cost) if breach == 0.0 else np.inf, breach=breach)
    return Found(label=label, cost=np.inf, breach=breach_of(instance, label))


def measured(instance: Instance, label: IntArray) -> Found:
    """A labelling with its cost and breach; a territory in pieces or empty counts as a breach, too."""
    breach = breach_of(instance, label)
    return Found(label=label, cost=cost_of(instance, label) if breach == 0.0 else np.inf, breach=breach)


def cost_of(instance: Instance, label: IntArray) -> float:
    """Points of a labelling, inertia about centroids."""
    row = np.repeat(np.arange(instance.num_units), np.diff(instance.flow.indptr))
    parted = label[row] != label[instance.flow.indices]
    cost = float(instance.flow.data[parted].sum()) / 2.0
    if len(instance.linear):
        cost += float(instance.linear[np.arange(len(label)), label].sum())
    if len(instance.moments):
        shape = np.zeros((instance.num_territories, 4))
        np.add.at(shape, label, instance.moments)
        held = shape[:, 0] > 0
        about = (shape[held, 1] ** 2 + shape[held, 2] ** 2) / shape[held, 0]
        cost += float(np.maximum(shape[held, 3] - about, 0.0).sum())
    return cost


def breach_of(instance: Instance, label: IntArray) -> float:
    """How far a labelling is from keeping the rules; 0 when it keeps them all."""
    load = np.zeros_like(instance.target)
    np.add.at(load, label, instance.amount)
    outside = np.maximum(load - instance.upper, instance.lower - load) / np.maximum(instance.target, 1e-300)
    breach = float(np.where(outside > _ROUNDING, outside, 0.0).sum())
    at = np.arange(len(label))
    if len(instance.moved):
        over = float(instance.moved[at, label].sum()) - instance.moved_cap
        breach += over if over > _ROUNDING else 0.0
    if len(instance.allowed):
        breach += float((~instance.allowed[at, label]).sum())
    if instance.apart.nnz:
        row = np.repeat(at, np.diff(instance.apart.indptr))
        breach += float((label[row] == label[instance.apart.indices]).sum())
    return breach + float(_pieces_too_many(instance, label))


def _pieces_too_many(instance: Instance, label: IntArray) -> int:
    regular = ~instance.exempt
    row = np.repeat(np.arange(instance.num_units), np.diff(instance.graph.indptr))
    inside = label[row] == label[instance.graph.indices]
    graph = instance.graph.copy()
    graph.data = inside.astype(np.float64)
    graph.eliminate_zeros()
    _, piece = connected_components(graph, directed=False)
    pieces = len(np.unique(piece[regular]))
    touched = len(np.unique(label[regular]))
    return pieces - touched + instance.num_territories - len(np.unique(label))


def unit_scale(instance: Instance) -> float:
    """Points that moving a typical unit is about: its flow, its spread of prices, its share of the inertia."""
    scale = float(instance.flow.sum()) / max(1, instance.num_units)
    if len(instance.linear):
        scale += float(np.mean(np.ptp(instance.linear, axis=1)))
    if len(instance.moments):
        s = instance.moments.sum(axis=0)
        inertia = s[3] - (s[1] ** 2 + s[2] ** 2) / max(s[0], 1e-300)
        scale += 2.0 * float(inertia) / (instance.num_territories * max(1, instance.num_units))
    return max(scale, 1e-9)


def _arrays(instance: Instance) -> tuple[Any, ...]:
    """Everything the kernel needs, in its order and types."""
    graph, flow, apart = instance.graph, instance.flow, instance.apart
    n, k = instance.num_units, instance.num_territories
    is_dense = n * k <= _MOST_CELLS and flow.nnz > _FEW_PARTNERS * n
    return (
        graph.indptr.astype(np.int32),
        graph.indices.astype(np.int32),
        flow.indptr.astype(np.int32),
        flow.indices.astype(np.int32),
        flow.data,
        np.ascontiguousarray(instance.amount),
        instance.lower,
        instance.upper,
        instance.target,
        np.ascontiguousarray(instance.linear),
        np.ascontiguousarray(instance.moved),
        float(instance.moved_cap),
        np.ascontiguousarray(instance.allowed),
        np.ascontiguousarray(instance.exempt),
        apart.indptr.astype(np.int32),
        apart.indices.astype(np.int32),
        np.ascontiguousarray(instance.moments),
        np.empty((n if is_dense else 0, k)),
        _MOST_SEEN,
    )
