"""Families `kernel` and `coverage`: does a 95 % interval hold the true value in 95 % of many experiments?

`kernel` runs waiting lines with known answers on SimPy's clock; `coverage` runs the rule that ends a comparison of
policies on numbers whose mean is known.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.options import count
from benchmarks.quality.queue_runs import QUEUES, Interval, Queue, experiment
from territory.effort import Effort
from territory.lab.stopping import run_until
from territory.streams import Streams
from territory.units import FloatArray

KERNEL_EXPERIMENTS = 400
KERNEL_BAND = (0.915, 0.98)
STOP_EXPERIMENTS = 5_000
STOP_BAND = (0.94, 0.96)
STOP_MEAN, STOP_CV = 100.0, 0.019
STOP_SHARE = 0.005
GAMMA_SHAPE = 16.0
MOST_VALUES = 1_000
UNIT = "share that covers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """Where a stopping rule ended, and the interval it then gives."""

    interval: Interval
    num_values: int


StoppingRule = Callable[[Iterator[float], float], Stopped]
"""Takes numbers one by one until the half-width is at most that share of the mean."""


def declare_kernel(parser: argparse.ArgumentParser) -> None:
    """Options of `kernel`."""
    _declare_experiments(parser, KERNEL_EXPERIMENTS)
    names = ", ".join(queue.name for queue in QUEUES)
    parser.add_argument("--instance", nargs="+", metavar="NAME", help=f"only these queues (of {names})")


def declare_coverage(parser: argparse.ArgumentParser) -> None:
    """Options of `coverage`."""
    _declare_experiments(parser, STOP_EXPERIMENTS)


def _declare_experiments(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--experiments", type=count, default=default, metavar="N", help=f"experiments per case (default: {default})"
    )


def kernel_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """
    One case per queue.

    Raises
    ------
    BenchmarkError
        When there is no queue of a name that was asked for.
    """
    there = {queue.name: queue for queue in QUEUES}
    unknown = [name for name in options.instance or () if name not in there]
    if unknown:
        raise BenchmarkError(f"there is no queue {unknown[0]!r}; there is {', '.join(there)}")
    return [_queue_case(there[name], options.experiments) for name in options.instance or there]


def _queue_case(queue: Queue, experiments: int) -> Case:
    return _case(
        queue.name,
        partial(queue_outcome, queue, experiments),
        {"experiments": experiments, "servers": queue.servers, "load": queue.load, "service": queue.service.name},
    )


def queue_outcome(queue: Queue, experiments: int, _effort: Effort, seed: int) -> Outcome:
    """How many of the experiments' intervals hold the value of theory."""
    streams = Streams(seed)
    found = [experiment(queue, streams, number) for number in range(experiments)]
    return covered(found, queue.known, KERNEL_BAND, {"customers": experiments * queue.customers})


def covered(
    found: Sequence[Interval], known: float, band: tuple[float, float], measures: Mapping[str, object]
) -> Outcome:
    """Share of the intervals that hold `known`, their mean half-width, and by what the mean of all misses it."""
    share = statistics.fmean(interval.covers(known) for interval in found)
    means = [interval.mean for interval in found]
    off = statistics.fmean(means) - known
    spread = statistics.stdev(means) / math.sqrt(len(means)) if len(means) > 1 else 0.0
    return Outcome(
        objective=share,
        bound=None,
        violations=0,
        status="pass" if band[0] <= share <= band[1] else "fail",
        measures={
            "known": known,
            "half_width_share": statistics.fmean(0.5 * (one.high - one.low) for one in found) / known,
            "error_share": off / known,
            "error_in_standard_errors": off / spread if spread else 0.0,
            "too_low": statistics.fmean(interval.high < known for interval in found),
            "too_high": statistics.fmean(interval.low > known for interval in found),
            **measures,
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """Numbers with mean `STOP_MEAN` and coefficient of variation `STOP_CV`, from standardised ones."""

    name: str
    standard: Callable[[np.random.Generator, int], FloatArray]


def _normal(rng: np.random.Generator, size: int) -> FloatArray:
    return rng.standard_normal(size)


def _skewed(rng: np.random.Generator, size: int) -> FloatArray:
    """Mean 0, standard deviation 1, skewness 0.5: years with a good month far out."""
    return np.asarray(rng.standard_gamma(GAMMA_SHAPE, size) / math.sqrt(GAMMA_SHAPE) - math.sqrt(GAMMA_SHAPE))


LAWS = (Law(name="normal", standard=_normal), Law(name="skewed", standard=_skewed))


def product_rule(values: Iterator[float], share: float) -> Stopped:
    """The rule that ends a comparison of policies."""
    found = run_until(values, share=share).estimate
    interval = Interval(mean=found.mean, low=found.low, high=found.high)
    return Stopped(interval=interval, num_values=found.replications)


def coverage_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per law."""
    return [stopping_case(law, options.experiments, product_rule) for law in LAWS]


def stopping_case(law: Law, experiments: int, rule: StoppingRule) -> Case:
    """A rule on many series of one law."""
    return _case(
        law.name,
        partial(stopping_outcome, law, experiments, rule),
        {"experiments": experiments, "cv": STOP_CV, "half_width": STOP_SHARE},
    )


def stopping_outcome(law: Law, experiments: int, rule: StoppingRule, _effort: Effort, seed: int) -> Outcome:
    """How many of the intervals at the stop hold the true mean, and after how many values the rule stops."""
    streams = Streams(seed)
    found = [rule(iter(series(law, streams, number).tolist()), STOP_SHARE) for number in range(experiments)]
    used = [stopped.num_values for stopped in found]
    return covered(
        [stopped.interval for stopped in found],
        STOP_MEAN,
        STOP_BAND,
        {"mean_values": statistics.fmean(used), "most_values": max(used), "fewest_values": min(used)},
    )


def series(law: Law, streams: Streams, number: int) -> FloatArray:
    """The numbers of one experiment, many more than a rule should need."""
    standard = law.standard(streams.rng("coverage", law.name, number), MOST_VALUES)
    return np.asarray(STOP_MEAN * (1.0 + STOP_CV * standard), dtype=np.float64)


def _case(name: str, run: Callable[[Effort, int], Outcome], options: Mapping[str, object]) -> Case:
    return Case(
        instance=name,
        sense="max",
        unit=UNIT,
        run=run,
        options=options,
        iterations=1,
        is_fixed_work=True,
    )
