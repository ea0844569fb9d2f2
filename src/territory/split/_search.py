"""Search over units: several annealed starts, then a few neighbouring territories at a time divided anew."""

from __future__ import annotations

import concurrent.futures as futures
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment

from territory.effort import CancelToken, Meter
from territory.progress import Progress
from territory.split._annealing import Budget, Found, Heat, annealed, measured
from territory.split._instance import Instance, unit_today
from territory.split._multilevel import levels
from territory.split._part import Part, part_of
from territory.split._polish import polished
from territory.split._resplit import Chooser, beside, out_of_band, resplit, steps_for
from territory.split._starts import grown, repaired
from territory.split.model import SplitProblem
from territory.streams import Streams
from territory.units import IntArray

_THREADS = 2
# Share of the effort that the starts get; the rest divides neighbouring territories anew.
_STARTS_SHARE = 0.3
_COARSE_UNITS_PER_TERRITORY = 12
_MANY_UNITS = 5_000
_MOST_ROUNDS = 1_000_000
# Rounds without a gain before another labelling takes its turn: so many, and so many per territory.
_PATIENCE, _PATIENCE_PER_TERRITORY = 20, 10
_FRESH_STEPS_PER_UNIT, _MOST_FRESH_STEPS = 4_000, 4_000_000
_FRESH_HEATS = (1.0, 2.5, 0.4)
_NO_LIMIT = 10**13
# The exact methods' share of the time; with iterations, one border for so many moves tried.
_EXACT_SHARE, _MOVES_PER_BAND = 0.06, 5_000_000
_MOST_SEEN = 24
# A share of the whole that progress is reported in.
STEPS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run begins and how hot its finest level is at first."""

    kind: str
    hot: float


def search(
    problem: SplitProblem,
    instance: Instance,
    meter: Meter,
    *,
    seed: int,
    progress: Progress,
    cancel: CancelToken | None,
    start: IntArray | None = None,
    bound: float | None = None,
) -> Found:
    """
    The best labelling that the effort finds; deterministic by seed when effort is given as iterations.

    Parameters
    ----------
    start
        A labelling to begin from besides the others, shape (num_units,).
    bound
        Points that no split goes below; passed on to whoever watches, and the search ends when it is reached.
    """
    streams = Streams(seed)
    today = unit_today(problem)
    has_today = bool((today >= 0).any())
    starts = _starts(instance, has_today=has_today, is_given=start is not None)
    clock = _Clock(meter, cancel)
    runs: list[Callable[[], Found]] = []
    for number, kind in enumerate(starts):
        budget_of = clock.part(_STARTS_SHARE, len(starts))
        runs.append(
            lambda kind=kind, number=number, budget_of=budget_of: _run(  # type: ignore[misc]
                instance, today, start, kind, streams.child("split", number), budget_of
            )
        )
    best: Found | None = None
    seen: list[IntArray] = []
    shown = round(_STARTS_SHARE * STEPS_SHOWN)
    with futures.ThreadPoolExecutor(max_workers=_THREADS) as pool:
        for done, found in enumerate(pool.map(lambda run: run(), runs), start=1):
            seen.append(found.label)
            if best is None or found.is_better_than(best):
                best = found
                progress.incumbent("split", best.cost, bound)
            progress.stepped("split", shown * done // len(runs), STEPS_SHOWN)
        assert best is not None
        if instance.num_territories < 2 or instance.num_units <= instance.num_territories:
            return best
        rounds = _Rounds(instance, streams.rng("split", "rounds"), clock, seen)
        best = rounds.improved(best, pool, progress, bound)
    before = best.cost
    best = polished(
        instance, best, seen, most_bands=clock.most_bands, budget=clock.rest(1), seed=streams.child("split", "polish")
    )
    if best.cost < before:
        progress.incumbent("split", best.cost, bound)
    return best


class _Clock:
    """Turns an effort into budgets: moves, or deadlines that follow one another."""

    def __init__(self, meter: Meter, cancel: CancelToken | None) -> None:
        self._meter = meter
        self._cancel = cancel
        self.used = 0

    @property
    def total(self) -> int:
        """Moves in all; without end when the effort is seconds."""
        iterations = self._meter.effort.iterations
        return _NO_LIMIT if iterations is None else int(iterations)

    def part(self, share: float, runs: int) -> Callable[[float], Budget]:
        """Budgets of one of several equal runs: the function takes the share of the run."""
        seconds = self._meter.effort.seconds
        waves = -(-runs // _THREADS)

        def budget(of_run: float) -> Budget:
            if seconds is None:
                steps = int(self.total * share * of_run / runs)
                return Budget(steps=steps, cancel=self._cancel)
            wait = seconds * share * of_run / waves
            end_s = min(time.perf_counter() + wait, self._meter.started_s + seconds)
            return Budget(steps=_NO_LIMIT, deadline_s=end_s, cancel=self._cancel)

        return budget

    def rest(self, steps: int) -> Budget:
        """So many moves, but not beyond the end of the whole effort."""
        seconds = self._meter.effort.seconds
        end_s = np.inf if seconds is None else self._meter.started_s + seconds
        return Budget(steps=steps, deadline_s=end_s, cancel=self._cancel)

    @property
    def exact_end(self) -> Budget:
        """Until the exact methods at the end must have their turn."""
        seconds = self._meter.effort.seconds
        end_s = np.inf if seconds is None else self._meter.started_s + seconds * (1.0 - _EXACT_SHARE)
        return Budget(steps=1, deadline_s=end_s, cancel=self._cancel)

    @property
    def most_bands(self) -> int:
        """Borders that may be divided anew by integer programs."""
        iterations = self._meter.effort.iterations
        return _NO_LIMIT if iterations is None else int(iterations) // _MOVES_PER_BAND

    @property
    def left(self) -> int:
        """Moves that remain when the starts have had their share."""
        return self.total - int(self.total * _STARTS_SHARE) - self.used


def _starts(instance: Instance, *, has_today: bool, is_given: bool) -> tuple[Start, ...]:
    """
    The runs, each with an equal share of the starts' effort (RESULTS.md has the trials).

    Under a cap on moved sales only what is near today's split can be feasible.
    """
    if is_given:
        return (Start("given", 0.1), Start("given", 0.02))
    if has_today and np.isfinite(instance.moved_cap):
        return (Start("today", 0.4), Start("multilevel", 0.4), Start("today", 0.1), Start("multilevel", 1.0))
    if instance.num_units > _MANY_UNITS:
        return (Start("multilevel", 0.15), Start("multilevel", 0.25))
    free = (Start("grown", 1.0), Start("multilevel", 0.15), Start("grown", 2.0), Start("multilevel", 0.3))
    return (*free, Start("today", 0.4), Start("grown", 0.4)) if has_today else (*free, Start("grown", 4.0), free[1])


def _run(
    instance: Instance,
    today: IntArray,
    given: IntArray | None,
    start: Start,
    seed: int,
    budget: Callable[[float], Budget],
) -> Found:
    rng = np.random.default_rng(seed)
    if start.kind == "multilevel":
        found = _multilevel(instance, start.hot, rng, budget)
    else:
        label = given if start.kind == "given" and given is not None else None
        if label is None:
            label = repaired(instance, today) if start.kind == "today" else grown(instance)
        first = measured(instance, label)
        found = annealed(instance, label, Heat(hot=start.hot), budget(0.9), rng)
        found = first if first.is_better_than(found) else found
    swapped = relabelled(instance, found.label) if np.isfinite(found.cost) else None
    if swapped is None:
        return found
    again = annealed(instance, swapped, Heat(hot=0.1), budget(0.1), rng)
    return again if again.is_better_than(found) else found


def relabelled(instance: Instance, label: IntArray) -> IntArray | None:
    """
    The same pieces of map with reps exchanged so that they suit homes and today's customers best.

    Annealing moves one unit at a time and never exchanges two whole territories. None when nothing is gained, or
    when the best exchange would break a band, a lock or the move cap.
    """
    if not len(instance.linear):
        return None
    k, m = instance.num_territories, instance.amount.shape[1]
    piece = sp.csr_matrix((np.ones(len(label)), (label, np.arange(len(label)))), shape=(k, len(label)))
    cost = np.asarray(piece @ instance.linear)
    forbidden = np.zeros((k, k), dtype=np.bool_)
    if len(instance.allowed):
        forbidden |= np.asarray(piece @ (~instance.allowed).astype(np.float64)) > 0
    load = np.asarray(piece @ instance.amount)
    for measure in range(m):
        forbidden |= load[:, measure, None] > instance.upper[None, :, measure] * (1 + 1e-10)
        forbidden |= load[:, measure, None] < instance.lower[None, :, measure] * (1 - 1e-10)
    before = float(np.trace(cost))
    rows, columns = linear_sum_assignment(np.where(forbidden, 1e12, cost))
    if forbidden[rows, columns].any() or float(cost[rows, columns].sum()) > before - 1e-9:
        return None
    swapped = np.asarray(columns, dtype=np.int64)[label]
    moved = float(instance.moved[np.arange(len(label)), swapped].sum()) if len(instance.moved) else 0.0
    return swapped if moved <= instance.moved_cap else None


def _multilevel(instance: Instance, hot: float, rng: np.random.Generator, budget: Callable[[float], Budget]) -> Found:
    """Anneal on the coarsest level first, carry the labels down, anneal cooler on each finer level."""
    found_levels = levels(instance, rng, units_per_territory=_COARSE_UNITS_PER_TERRITORY)
    # half of the effort goes to the finest level, the other half is shared by the coarse ones
    finest = 0.9 if len(found_levels) == 1 else 0.5
    coarse = 0.4 / max(1, len(found_levels) - 1)
    label = grown(found_levels[-1].instance)
    for depth in range(len(found_levels) - 1, -1, -1):
        level = found_levels[depth]
        is_coarsest = depth == len(found_levels) - 1
        heat = Heat(hot=max(hot, 0.4) if is_coarsest else hot, cold=0.04)
        found = annealed(level.instance, label, heat, budget(finest if depth == 0 else coarse), rng)
        label = found.label[level.onto] if depth else found.label
    return found


class _Rounds:
    """Divides parts anew, two at a time side by side, until the effort is spent."""

    def __init__(self, instance: Instance, rng: np.random.Generator, clock: _Clock, seen: list[IntArray]) -> None:
        self._instance = instance
        self._rng = rng
        self._clock = clock
        self._chooser = Chooser(rng)
        self._turn = 0
        self._seen = seen

    def improved(
        self, found: Found, pool: futures.ThreadPoolExecutor, progress: Progress, bound: float | None
    ) -> Found:
        """The labelling after all rounds."""
        instance, clock = self._instance, self._clock
        best, current, shown_s, stalled = found, found, time.perf_counter(), 0
        near = beside(instance, current.label)
        for number in range(_MOST_ROUNDS):
            if clock.exact_end.is_over or clock.left <= 0 or (bound is not None and best.cost <= bound + 1e-9):
                break
            if stalled > _PATIENCE + _PATIENCE_PER_TERRITORY * instance.num_territories:
                self._remember(current)
                current, stalled = self._elsewhere(best, pool), 0
                near = beside(instance, current.label)
            jobs = self._jobs(current, near)
            if not jobs:
                break
            ends = list(pool.map(lambda job: job.run(), jobs))
            label, stalled = current.label, stalled + 1
            for job, end in zip(jobs, ends, strict=True):
                clock.used += job.budget.steps
                self._chooser.learn(job.arm, is_better=end is not None)
                if end is not None:
                    label = job.part.whole(label, end.label)
            if label is not current.label:
                current, stalled = measured(instance, label), 0
                near = beside(instance, label)
                best = current if current.is_better_than(best) else best
                if time.perf_counter() - shown_s > 0.5:
                    shown_s = time.perf_counter()
                    progress.incumbent("split", best.cost, bound)
            progress.stepped("split", self._share_done(number), STEPS_SHOWN)
        swapped = relabelled(instance, best.label) if np.isfinite(best.cost) else None
        if swapped is not None:
            again = measured(instance, swapped)
            best = again if again.is_better_than(best) else best
        progress.incumbent("split", best.cost, bound)
        return best

    def _remember(self, found: Found) -> None:
        """Keep a labelling whose territories may be mixed with others later."""
        self._seen.append(found.label)
        if len(self._seen) > _MOST_SEEN:
            self._seen.pop(0)

    def _elsewhere(self, best: Found, pool: futures.ThreadPoolExecutor) -> Found:
        """Another labelling to go on from: the best one shaken where several territories meet, or a fresh one."""
        instance = self._instance
        self._turn += 1
        steps = min(_MOST_FRESH_STEPS, _FRESH_STEPS_PER_UNIT * instance.num_units)
        seeds = self._rng.integers(1, 2**31 - 1, _THREADS).tolist()
        if self._turn % 2:
            heat = Heat(hot=_FRESH_HEATS[self._turn // 2 % len(_FRESH_HEATS)])
            label = grown(instance) if not np.isfinite(instance.moved_cap) else best.label
        else:
            heat, label = Heat(hot=0.25), best.label
        budgets = [self._clock.rest(max(1, min(steps, self._clock.left // _THREADS))) for _ in seeds]
        ends = list(
            pool.map(
                lambda job: annealed(instance, label, heat, job[0], np.random.default_rng(job[1])),
                list(zip(budgets, seeds, strict=True)),
            )
        )
        self._clock.used += sum(budget.steps for budget in budgets)
        first, second = ends[0], ends[-1]
        return second if second.is_better_than(first) else first

    def _share_done(self, number: int) -> int:
        clock = self._clock
        if clock.total < _NO_LIMIT:
            done = 1.0 - clock.left / max(1, clock.total)
        else:
            end = clock.rest(1).deadline_s
            whole = clock._meter.effort.seconds or 1.0
            done = 1.0 - (end - time.perf_counter()) / whole
        return min(STEPS_SHOWN, int(STEPS_SHOWN * done))

    def _jobs(self, current: Found, near: list[list[int]]) -> Sequence[_Job]:
        jobs: list[_Job] = []
        label = current.label
        broken = out_of_band(self._instance, label) if current.breach > 0 else np.zeros(0, dtype=np.int64)
        taken: frozenset[int] = frozenset()
        for _ in range(_THREADS):
            arm = self._chooser.arm()
            territories = self._chooser.territories(arm, near, taken, broken)
            if territories is None:
                continue
            taken |= frozenset(territories.tolist())
            part = part_of(self._instance, label, territories, share_of_slack=1.0 / _THREADS)
            steps = max(1, min(steps_for(part), self._clock.left))
            jobs.append(
                _Job(
                    part=part,
                    arm=arm,
                    heat=self._chooser.heat(arm),
                    budget=self._clock.rest(steps),
                    seed=int(self._rng.integers(1, 2**31 - 1)),
                )
            )
        return jobs


@dataclass(frozen=True, kw_only=True, eq=False)
class _Job:
    """One part to be divided anew."""

    part: Part
    arm: tuple[int, int]
    heat: float
    budget: Budget
    seed: int

    def run(self) -> Found | None:
        """The better division, or None."""
        return resplit(self.part, self.heat, self.budget, np.random.default_rng(self.seed))
