"""The order of one day's stops: the shortest drive that keeps windows, shift and lunch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.effort import CancelToken, Effort, Meter
from territory.units import DAYS_PER_WEEK, IntArray
from territory.visits import _order_clock_kernels as clock
from territory.visits import _order_kernels as kernels
from territory.visits._clock_kernels import uniform
from territory.visits._order_clock_kernels import ASIDE, COUNT, DRIVE, NEVER, PLACE, Route, Tables
from territory.visits.model import VisitsProblem

NUM_NEAR = 16
MOST_TRIED = 8  # stops; up to here all orders are tried
MOST_OUT = 20
BLINK = 0.01
STRINGS = 0.4
# Annealing cycles: at most, and iterations that one needs; iterations that a second usually allows.
MOST_CYCLES, CYCLE, ITERATIONS_PER_S = 8, 5_000, 80_000
BEST_EACH = 4  # each so many cycles one goes on from the best order
MOST_ANEW = 80  # stops
ANEW_BLINK = 0.3
STEP = 200
# Share of the mean drive per leg accepted as a detour, when an annealing cycle begins and ends.
FIRST_TEMPERATURE, LAST_TEMPERATURE = 0.2, 0.01
# A second of waiting makes two stops this much less near than a second of driving.
WAIT_WEIGHT = 0.2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Day:
    """
    One day of one rep: place 0 is home, places 1..m are the stops, all of which must be made.

    Parameters
    ----------
    drive_s
        Seconds, shape (m + 1, m + 1): from, to; may be asymmetric.
    windows_s
        Seconds after midnight, shape (m, 2, 2): up to two windows [opens, closes] for the start of service of each
        stop; (-1, -1) or an opening time of `NEVER` for none. A stop without windows cannot be made.
    service_s
        Seconds, shape (m,).
    leave_s, start_s, end_s, return_s
        Seconds after midnight: leave home no earlier than `leave_s`, serve no earlier than `start_s` and no later
        than `end_s`, be home by `return_s`.
    lunch_from_s, lunch_until_s, lunch_length_s
        Lunch starts between the first two and takes the third; a length of 0 means no lunch.
    """

    drive_s: IntArray
    windows_s: IntArray
    service_s: IntArray
    leave_s: int
    start_s: int
    end_s: int
    return_s: int
    lunch_from_s: int = 0
    lunch_until_s: int = 0
    lunch_length_s: int = 0

    def __post_init__(self) -> None:
        count = len(self.service_s)
        if self.drive_s.shape != (count + 1, count + 1) or self.windows_s.shape != (count, 2, 2):
            raise ValueError(f"{count} stops, drives {self.drive_s.shape}, windows {self.windows_s.shape}")

    @classmethod
    def of(cls, problem: VisitsProblem, drive_s: IntArray, *, rep: int, day: int, stops: Sequence[int]) -> Day:
        """The day of a rep (local positions) with these stops; `drive_s` is that of the problem."""
        places = [problem.num_outlets + rep, *stops]
        bounds, lunch = problem.bounds(rep), problem.lunch
        return cls(
            drive_s=drive_s[np.ix_(places, places)],
            windows_s=problem.windows_s[list(stops), day % DAYS_PER_WEEK],
            service_s=problem.service_s[list(stops)],
            leave_s=bounds.leave_s,
            start_s=bounds.start_s,
            end_s=bounds.end_s,
            return_s=bounds.return_s,
            lunch_from_s=lunch.from_s,
            lunch_until_s=lunch.until_s,
            lunch_length_s=lunch.length_s,
        )

    @property
    def num_stops(self) -> int:
        """How many stops the day has."""
        return len(self.service_s)

    def starts_s(self) -> IntArray:
        """
        When service of a place can start, seconds, shape (m + 1, 4): [opens, closes, opens, closes], in order.

        Notes
        -----
        Cut to the hours in which the rep serves, so those need no thought later; windows that overlap are one.
        (`NEVER`, -`NEVER`) for none; home is always open.
        """
        starts = np.full((self.num_stops + 1, 4), NEVER, dtype=np.int64)
        starts[:, 1::2] = -NEVER
        starts[0, :2] = -NEVER, NEVER
        latest_s = self.end_s - self.service_s
        for stop, rows in enumerate(self.windows_s.tolist()):
            joined: list[list[int]] = []
            for opens, closes in sorted(rows):
                first, last = max(opens, self.start_s), min(closes, int(latest_s[stop]))
                if opens < 0 or opens >= NEVER or last < first:
                    continue
                if joined and first <= joined[-1][1]:
                    joined[-1][1] = max(joined[-1][1], last)
                else:
                    joined.append([first, last])
            flat = [bound for row in joined for bound in row]
            starts[stop + 1, : len(flat)] = flat
        return starts


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """
    The stops of a day in order, 0..m-1, and the drive; `stops` is None and the drive 0 when none was found.

    Proved when all orders were tried.
    """

    stops: tuple[int, ...] | None
    drive_s: int
    is_proved: bool = False

    @property
    def is_feasible(self) -> bool:
        """Whether there is an order."""
        return self.stops is not None


def best_order(
    day: Day, *, start: Sequence[int] | None = None, seed: int, effort: Effort, cancel: CancelToken | None = None
) -> Order:
    """
    The best order found for a day's stops; on tiny days the best there is.

    Parameters
    ----------
    day
        The day; all its stops are made.
    start
        An order to begin with, 0..m-1; it need not keep the clock. The answer is never worse than one that does.
    seed
        The same seed and iterations give the same order.
    effort
        Iterations are changes tried: a few thousand for a day of 25 stops.

    Raises
    ------
    ValueError
        When `start` is not an order of the stops.

    Notes
    -----
    Annealing in cycles. Most cycles on days of up to 80 stops begin anew from a random order, because windows cut
    the orders into valleys that no small change connects.

    References
    ----------
    Ruin and recreate with blinks, weights of what is left aside: Christiaens and Vanden Berghe (2020), Slack
    induction by string removals. Departs from it by one route only and by moving whole strings in between.
    """
    if start is not None and sorted(start) != list(range(day.num_stops)):
        raise ValueError(f"start is not an order of {day.num_stops} stops")
    search = _Search(day, seed)
    if day.num_stops <= MOST_TRIED:
        return search.exact()
    search.begin(start)
    search.run(_Pace(effort, cancel))
    return search.order()


class _Pace:
    """How far the search has come with its effort."""

    def __init__(self, effort: Effort, cancel: CancelToken | None) -> None:
        self._meter, self._cancel = Meter(effort=effort), cancel
        seconds = effort.seconds if effort.cpu_seconds is None else effort.cpu_seconds
        usual = int((seconds or 0.0) * ITERATIONS_PER_S) if effort.iterations is None else effort.iterations
        self.cycles = max(1, min(MOST_CYCLES, usual // CYCLE))

    @property
    def share(self) -> float:
        """Share of the effort spent; all of it once cancelled."""
        is_over = self._meter.is_spent or (self._cancel is not None and self._cancel.is_cancelled)
        return 1.0 if is_over else self._meter.share_spent()

    def step(self) -> int:
        """Iterations that may be done before looking again."""
        iterations = self._meter.effort.iterations
        return STEP if iterations is None else min(STEP, iterations - self._meter.iterations)

    def spend(self, iterations: int) -> None:
        """Count iterations done."""
        self._meter.iterations += iterations


class _Search:
    """One search for an order: the day's tables, the current order, the best of this cycle and the best of all."""

    def __init__(self, day: Day, seed: int) -> None:
        self._tables = tables_of(day)
        self._random = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
        weight = np.ones(day.num_stops + 1, dtype=np.int64)
        self._now, self._kept, self._trial, self._best = (_route(day.num_stops, weight) for _ in range(4))

    def exact(self) -> Order:
        """The best order by trying all."""
        count = len(self._tables.service) - 1
        self._now.number[COUNT] = count
        clock.refresh(self._tables, self._now)
        order = np.zeros(count, dtype=np.int64)
        drive_s = kernels.try_all(self._tables, self._now.path, order) if count else 0
        if drive_s >= NEVER:
            return Order(stops=None, drive_s=0, is_proved=True)
        return Order(stops=tuple((order - 1).tolist()), drive_s=int(drive_s), is_proved=True)

    def begin(self, start: Sequence[int] | None) -> None:
        """Begin with a given order as far as it keeps the clock, else with the stops that close first."""
        count = len(self._tables.service) - 1
        closes = self._tables.window[1:, [1, 3]].max(axis=1)
        stops = np.argsort(closes, kind="stable") if start is None else np.array(start, dtype=np.int64)
        self._now.path[PLACE, 1 : count + 1] = stops + 1
        self._now.number[COUNT] = count
        clock.refresh(self._tables, self._now)
        if not clock.works(self._tables, self._now):
            self._lay(stops + 1, blink=0.0)
        for route in (self._trial, self._best):
            kernels.copy(self._now, route)

    def run(self, pace: _Pace) -> None:
        """Anneal cycle by cycle. A cycle lasts longer until the first order that keeps the clock is found."""
        tables, rates, cycle = self._tables, np.array([MOST_OUT, BLINK, STRINGS]), 0
        mean_s = float(tables.drive[:, 1:].mean())
        while (share := pace.share) < 1.0:
            phase = share * pace.cycles
            if int(phase) > cycle and not self._best.number[ASIDE]:
                cycle = int(phase)
                self._begin_cycle(cycle)
            if not self._best.number[ASIDE]:
                mean_s = self._best.number[DRIVE] / (self._best.number[COUNT] + 1)
            temperature = mean_s * FIRST_TEMPERATURE * (LAST_TEMPERATURE / FIRST_TEMPERATURE) ** (phase % 1.0)
            done = kernels.search(
                tables, self._now, self._kept, self._trial, pace.step(), temperature, rates, self._random
            )
            pace.spend(done)
            is_whole = not self._trial.number[ASIDE]
            if is_whole and (self._best.number[ASIDE] or self._trial.number[DRIVE] < self._best.number[DRIVE]):
                kernels.copy(self._trial, self._best)

    def _begin_cycle(self, cycle: int) -> None:
        """Go on from the best order or, on days that are not long, mostly from a random one."""
        count = self._best.number[COUNT]
        kernels.copy(self._best, self._now)
        if count <= MOST_ANEW and cycle % BEST_EACH != BEST_EACH - 1:
            keys = [uniform(self._random) for _ in range(count)]
            self._lay(1 + np.argsort(keys, kind="stable"), blink=ANEW_BLINK)
        kernels.copy(self._now, self._trial)

    def _lay(self, places: IntArray, *, blink: float) -> None:
        """Insert places one by one where they fit best, those that do not fit go aside."""
        number, left = self._now.number, 0
        number[COUNT] = 0
        clock.refresh(self._tables, self._now)
        for place in places:
            after = clock.find_position(self._tables, self._now, place, blink, self._random)
            if after >= 0:
                clock.insert(self._tables, self._now, place, after)
            else:
                self._now.aside[left] = place
                left += 1
        number[ASIDE] = left

    def order(self) -> Order:
        """The best order."""
        if self._best.number[ASIDE]:
            return Order(stops=None, drive_s=0)
        stops = self._best.path[PLACE, 1 : self._best.number[COUNT] + 1] - 1
        return Order(stops=tuple(stops.tolist()), drive_s=int(self._best.number[DRIVE]))


def keeps_clock(day: Day, stops: Sequence[int]) -> bool:
    """Whether the day can be driven in this order."""
    tables, route = tables_of(day), _route(day.num_stops, np.ones(day.num_stops + 1, dtype=np.int64))
    route.path[PLACE, 1 : day.num_stops + 1] = np.array(stops, dtype=np.int64) + 1
    route.number[COUNT] = day.num_stops
    clock.refresh(tables, route)
    return bool(clock.works(tables, route))


def tables_of(day: Day) -> Tables:
    """The day as the kernels read it."""
    window = day.starts_s()
    drive = np.ascontiguousarray(day.drive_s, dtype=np.int64)
    service = np.concatenate([[0], day.service_s]).astype(np.int64)
    opens, closes = window[:, 0], np.maximum(window[:, 1], window[:, 3])
    wait = np.maximum(0, opens[None, :] - (closes + service)[:, None] - drive)
    far = drive + WAIT_WEIGHT * wait
    far = np.where((opens + service)[:, None] + drive > closes[None, :], 1e15, far)
    far = np.minimum(far, far.T) + 1e-6 * (drive + drive.T)
    np.fill_diagonal(far, np.inf)
    far[:, 0] = np.inf
    near = np.argsort(far, axis=1, kind="stable")[:, : max(1, min(NUM_NEAR, day.num_stops - 1))]
    from_home = drive[0] + drive[:, 0]
    return Tables(
        drive=drive,
        window=window,
        service=service,
        clock=np.array(
            [day.leave_s, day.return_s, day.lunch_from_s, day.lunch_until_s, day.lunch_length_s], dtype=np.int64
        ),
        near=np.ascontiguousarray(near.astype(np.int64)),
        key=np.array([closes - opens, -from_home, from_home, closes], dtype=np.int64),
    )


def _route(num_stops: int, weight: IntArray) -> Route:
    return Route(
        path=np.zeros((6, num_stops + 2), dtype=np.int64),
        aside=np.zeros(num_stops + 1, dtype=np.int64),
        number=np.zeros(3, dtype=np.int64),
        weight=weight,
    )
