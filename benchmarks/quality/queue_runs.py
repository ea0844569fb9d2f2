"""Waiting lines on SimPy's clock, and the interval that one run of them gives for its long-run mean."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import simpy
from scipy import stats

from benchmarks.quality.queues import erlang_b, mean_wait_mg1, mean_wait_mmc
from territory.streams import Streams
from territory.units import FloatArray

BATCHES = 5
WARM_UP_SHARE = 0.1
CONFIDENCE = 0.95
_QUANTILE = float(stats.t.ppf((1 + CONFIDENCE) / 2, BATCHES - 1))

Draw = Callable[[np.random.Generator, int], FloatArray]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceLaw:
    """Service times with mean 1: how they are drawn, and their squared coefficient of variation."""

    name: str
    draw: Draw
    cv2: float


def _exponential(rng: np.random.Generator, size: int) -> FloatArray:
    return rng.standard_exponential(size)


def _fixed(_rng: np.random.Generator, size: int) -> FloatArray:
    return np.ones(size)


def _two_kinds(rng: np.random.Generator, size: int) -> FloatArray:
    """Short and long services, each kind with half of all the work; squared coefficient of variation 2."""
    short = 0.5 * (1.0 + math.sqrt(1.0 / 3.0))
    mean = np.where(rng.random(size) < short, 0.5 / short, 0.5 / (1.0 - short))
    return np.asarray(mean * rng.standard_exponential(size), dtype=np.float64)


EXPONENTIAL = ServiceLaw(name="exponential", draw=_exponential, cv2=1.0)
FIXED = ServiceLaw(name="fixed", draw=_fixed, cv2=0.0)
TWO_KINDS = ServiceLaw(name="two_kinds", draw=_two_kinds, cv2=2.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """
    A line in front of servers, or servers without a line.

    Attributes
    ----------
    load
        Arrivals per mean service time and server.
    loses
        Who finds all servers busy leaves; otherwise waits.
    customers
        Counted arrivals of one experiment, after the warm-up. More where the line forgets slowly (a high load).
    """

    name: str
    servers: int
    load: float
    service: ServiceLaw = EXPONENTIAL
    loses: bool = False
    customers: int

    @property
    def known(self) -> float:
        """What theory says: the mean wait in service times, or the share that is lost."""
        offered = self.servers * self.load
        if self.loses:
            return erlang_b(self.servers, offered)
        if self.servers == 1:
            return mean_wait_mg1(self.load, self.service.cv2)
        return mean_wait_mmc(self.servers, offered)


QUEUES = (
    Queue(name="mm1_0.5", servers=1, load=0.5, customers=8_000),
    Queue(name="mm1_0.8", servers=1, load=0.8, customers=30_000),
    Queue(name="mm2_0.7", servers=2, load=0.7, customers=16_000),
    Queue(name="mm3_0.6", servers=3, load=0.6, customers=10_000),
    Queue(name="mm5_0.7", servers=5, load=0.7, customers=16_000),
    Queue(name="mm8_0.8", servers=8, load=0.8, customers=30_000),
    Queue(name="md1_0.7", servers=1, load=0.7, service=FIXED, customers=12_000),
    Queue(name="mg1_0.6", servers=1, load=0.6, service=TWO_KINDS, customers=16_000),
    Queue(name="erlang_b_10_0.8", servers=10, load=0.8, loses=True, customers=6_000),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean and the 95 % interval that one experiment gives for it."""

    mean: float
    low: float
    high: float

    def covers(self, value: float) -> bool:
        """Is the value inside?"""
        return self.low <= value <= self.high


def experiment(queue: Queue, streams: Streams, number: int) -> Interval:
    """One run of a queue from empty, its warm-up left out."""
    warm_up = int(WARM_UP_SHARE * queue.customers)
    size = warm_up + queue.customers
    gaps = streams.rng("kernel.gap", queue.name, number).standard_exponential(size) / (queue.servers * queue.load)
    service = queue.service.draw(streams.rng("kernel.service", queue.name, number), size)
    seen = (losses if queue.loses else waits)(gaps.tolist(), service.tolist(), servers=queue.servers)
    return batch_interval(np.asarray(seen[warm_up:], dtype=np.float64))


def waits(gaps: Sequence[float], service: Sequence[float], *, servers: int) -> list[float]:
    """Waits of customers in the order in which service begins; the run ends with the last arrival."""
    env = simpy.Environment()
    line: deque[float] = deque()
    idle: list[simpy.Event] = []
    work = iter(service)
    seen: list[float] = []

    def arrivals() -> Generator[simpy.Event, None, None]:
        for gap in gaps:
            yield env.timeout(gap)
            line.append(env.now)
            if idle:
                idle.pop().succeed()

    def server() -> Generator[simpy.Event, None, None]:
        while True:
            if not line:
                idle.append(env.event())
                yield idle[-1]
            while line:
                seen.append(env.now - line.popleft())
                yield env.timeout(next(work))

    for _ in range(servers):
        env.process(server())
    env.run(until=env.process(arrivals()))
    return seen


def losses(gaps: Sequence[float], service: Sequence[float], *, servers: int) -> list[bool]:
    """Who finds every server busy, in the order of arrival."""
    env = simpy.Environment()
    desk = simpy.Resource(env, servers)
    seen: list[bool] = []

    def stay(time: float) -> Generator[simpy.Event, None, None]:
        with desk.request() as place:
            yield place
            yield env.timeout(time)

    def arrivals(work: Iterator[float]) -> Generator[simpy.Event, None, None]:
        for gap, time in zip(gaps, work, strict=True):
            yield env.timeout(gap)
            seen.append(desk.count == servers)
            if not seen[-1]:
                env.process(stay(time))

    env.run(until=env.process(arrivals(iter(service))))
    return seen


def batch_interval(values: FloatArray) -> Interval:
    """
    Mean and 95 % interval of a positive quantity observed in a row, from the means of a few long batches.

    Notes
    -----
    The t interval is taken of the mean's logarithm (spread over mean, by linearisation): batch means of waits are
    skewed, and a low mean comes with a low spread, so that a symmetric interval would lie too low too often. Values
    that do not fill the batches are left out.
    """
    means = values[: len(values) // BATCHES * BATCHES].reshape(BATCHES, -1).mean(axis=1)
    mean = float(means.mean())
    if mean <= 0.0:
        return Interval(mean=mean, low=mean, high=mean)
    spread = math.exp(_QUANTILE * float(means.std(ddof=1)) / math.sqrt(BATCHES) / mean)
    return Interval(mean=mean, low=mean / spread, high=mean * spread)
