"""Search over units: several starts, each annealed level by level; the cheapest feasible labelling wins."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment

from territory.domain.columns import NONE
from territory.effort import CancelToken, Meter
from territory.progress import Progress
from territory.split._instance import Instance, unit_today
from territory.split._kernels import anneal
from territory.split._multilevel import coarsen, grown, repaired
from territory.split.model import SplitProblem
from territory.streams import Streams
from territory.units import IntArray

_SLICE = 200_000
_ROUNDING = 1e-10
_COARSE_UNITS_PER_TERRITORY = 12
NUM_STARTS = 12
# numba's dispatcher type knows neither unpacked arguments nor the return type
_anneal: Callable[..., float] = anneal


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """The best labelling of units, its points (infinite: none is feasible) and the labelling nearest to feasible."""

    label: IntArray
    cost: float


def search(
    problem: SplitProblem,
    instance: Instance,
    meter: Meter,
    *,
    seed: int,
    progress: Progress,
    cancel: CancelToken | None,
) -> Found:
    """The best labelling that the effort finds; deterministic by seed when effort is given as iterations."""
    streams = Streams(seed)
    today = unit_today(problem)
    runs: list[Callable[[], Found]] = []
    has_today = bool((today != NONE).any())
    for number, start in enumerate(_starts(has_today=has_today, is_capped=bool(np.isfinite(instance.moved_cap)))):
        runs.append(
            lambda start=start, number=number: _run(  # type: ignore[misc]
                instance, today, start, streams.child("split", number), meter, cancel
            )
        )
    best: Found | None = None
    with futures.ThreadPoolExecutor(max_workers=2) as pool:
        for done, found in enumerate(pool.map(lambda run: run(), runs), start=1):
            if best is None or found.cost < best.cost:
                best = found
                progress.incumbent("split", found.cost, None)
            progress.stepped("split", done, len(runs))
    assert best is not None
    return best


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run begins and how hot: `heat` multiplies the usual first temperature."""

    kind: str
    heat: float = 1.0


def _starts(*, has_today: bool, is_capped: bool) -> tuple[Start, ...]:
    """
    The runs, each with an equal share of the effort (RESULTS.md has the trials).

    Under a cap on moved sales many runs end outside the rules; this mix leaves the fewest without an answer.
    """
    if has_today and is_capped:
        mix = (Start("multilevel"), Start("today"), Start("multilevel"), Start("grown", 2.0))
        return mix * (NUM_STARTS // len(mix))
    kinds = ("grown", "multilevel", "today") if has_today else ("grown", "multilevel")
    return tuple(Start(kinds[number % len(kinds)]) for number in range(NUM_STARTS))


def _run(
    instance: Instance, today: IntArray, start: Start, seed: int, meter: Meter, cancel: CancelToken | None
) -> Found:
    rng = np.random.default_rng(seed)
    share = 1.0 / NUM_STARTS
    if start.kind == "multilevel":
        found = _multilevel(instance, rng, meter, 0.8 * share, cancel)
    else:
        label = repaired(instance, today) if start.kind == "today" else grown(instance)
        found = _annealed(instance, label, rng, meter, 0.8 * share, start.heat, cancel)
    if not np.isfinite(found.cost):
        return found
    swapped = relabelled(instance, found.label)
    if swapped is None:
        return found
    return min(found, _annealed(instance, swapped, rng, meter, 0.2 * share, 0.2, cancel), key=lambda run: run.cost)


def relabelled(instance: Instance, label: IntArray) -> IntArray | None:
    """
    The same pieces of map with reps exchanged so that they suit homes and today's customers best.

    Annealing moves one unit at a time and never exchanges two whole territories. None when nothing is gained, or
    when the best exchange would break a band, a lock or the move cap.
    """
    k, m = instance.num_territories, instance.amount.shape[1]
    piece = sp.csr_matrix((np.ones(len(label)), (label, np.arange(len(label)))), shape=(k, len(label)))
    cost = np.asarray(piece @ instance.costs(slice(None)))
    forbidden = np.asarray(piece @ (~instance.may_serve(slice(None))).astype(np.float64)) > 0
    load = np.asarray(piece @ instance.amount)
    for measure in range(m):
        forbidden |= load[:, measure, None] > instance.upper[None, :, measure] * (1 + _ROUNDING)
        forbidden |= load[:, measure, None] < instance.lower[None, :, measure] * (1 - _ROUNDING)
    before = float(np.trace(cost))
    rows, columns = linear_sum_assignment(np.where(forbidden, 1e12, cost))
    if forbidden[rows, columns].any() or float(cost[rows, columns].sum()) > before - 1e-9:
        return None
    swapped = np.asarray(columns, dtype=np.int64)[label]
    moved = float(instance.moved[np.arange(len(label)), swapped].sum()) if len(instance.moved) else 0.0
    return swapped if moved <= instance.moved_cap else None


def _multilevel(
    instance: Instance, rng: np.random.Generator, meter: Meter, share: float, cancel: CancelToken | None
) -> Found:
    """Anneal on the coarsest level first, carry the labels down, anneal cooler on each finer level."""
    levels: list[tuple[Instance, IntArray]] = []
    coarse = instance
    while coarse.num_units > _COARSE_UNITS_PER_TERRITORY * instance.num_territories:
        step = coarsen(coarse, rng)
        if step is None:
            break
        levels.append((coarse, step[1]))
        coarse = step[0]
    # half of the effort goes to the finest level, the other half is shared by the coarse ones
    part = share if not levels else 0.5 * share / len(levels)
    found = _annealed(coarse, grown(coarse), rng, meter, part, 1.0, cancel)
    for level, onto in reversed(levels[1:]):
        found = _annealed(level, found.label[onto], rng, meter, part, 0.8, cancel)
    if levels:
        level, onto = levels[0]
        found = _annealed(level, found.label[onto], rng, meter, 0.5 * share, 0.8, cancel)
    return found


def _annealed(
    instance: Instance,
    label: IntArray,
    rng: np.random.Generator,
    meter: Meter,
    share: float,
    heat: float,
    cancel: CancelToken | None,
) -> Found:
    """Anneal in slices, so that seconds and Ctrl-C are obeyed; the best feasible labelling, or the last one."""
    label = np.array(label, dtype=np.int64)
    best = label.copy()
    cost = np.inf
    hot, cold = _temperatures(instance, heat)
    price = (hot * 20.0, hot * 40_000.0)
    total = _steps_for(meter, share)
    begun_s = meter.elapsed_s
    done = 0
    while done < total:
        if cancel is not None and cancel.is_cancelled:
            break
        steps = min(_SLICE, total - done)
        if meter.effort.seconds is not None:
            spent = (meter.elapsed_s - begun_s) / max(1e-9, 2.0 * share * meter.effort.seconds)
            if spent >= 1.0:
                break
            at, to = spent, min(1.0, spent + 0.05)
        else:
            at, to = done / total, (done + steps) / total
        cost = _anneal(
            *_arrays(instance),
            label,
            best,
            cost,
            steps,
            hot * (cold / hot) ** at,
            hot * (cold / hot) ** to,
            price[0] * (price[1] / price[0]) ** at,
            price[0] * (price[1] / price[0]) ** to,
            int(rng.integers(1, 2**31 - 1)),
        )
        done += steps
    return Found(label=best if np.isfinite(cost) else label, cost=float(cost))


def _steps_for(meter: Meter, share: float) -> int:
    if meter.effort.iterations is not None:
        return int(meter.effort.iterations * share)
    return 10**12


def _temperatures(instance: Instance, heat: float) -> tuple[float, float]:
    """Hot: 40 % of a typical unit's flow to its partners (times `heat`); cold: 2 % of it."""
    strength = np.asarray(instance.flow.sum(axis=1)).ravel() + np.ptp(instance.costs(slice(None)), axis=1)
    typical = float(np.mean(strength)) if len(strength) else 1.0
    return max(typical, 1e-9) * 0.4 * heat, max(typical, 1e-9) * 0.02


def _arrays(instance: Instance) -> tuple[Any, ...]:
    """Everything the kernel needs, in its order and types."""
    graph, flow = instance.graph, instance.flow
    return (
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int64),
        flow.indptr.astype(np.int64),
        flow.indices.astype(np.int64),
        flow.data,
        instance.amount,
        instance.lower,
        instance.upper,
        instance.target,
        np.ascontiguousarray(instance.costs(slice(None))),
        np.ascontiguousarray(
            instance.moved if len(instance.moved) else np.zeros((instance.num_units, instance.num_territories))
        ),
        float(instance.moved_cap),
        np.ascontiguousarray(instance.may_serve(slice(None))),
        instance.exempt,
    )
