"""How short the drive of one day can be at best: a lower bound, often the proof that an order is the best one."""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import numpy as np

from territory.units import BoolArray, FloatArray, IntArray
from territory.visits import _order_bound_kernels as kernels
from territory.visits._order import Day
from territory.visits._order_bound_kernels import NOWHERE, Net, Walks
from territory.visits._order_kernels import NEVER

MOST_STOPS = 63  # sets of stops are bits of a word
SCALE = 64  # costs and prices of walks are in this part of a second
STEPS_PER_S = 250_000_000
STEPS_PER_EDGE = 25  # one node of the branch and bound is so many steps per edge
ROOT_ROUNDS = 150
TREE_SHARE = 0.2  # of the effort, where windows forbid drives
MOST_LABELS = 1_500_000
EXACT_SHARE = 1 / 3  # of what is left
# A stop remembers its nearest stops, more of them at each level, and what closes cycles up to a limit.
REMEMBERED = (4, 7, 10)
MOST_REMEMBERED = 12
# A level of the ascent ends after so many rounds, or so many that gained less than a share of the gap.
MOST_ROUNDS, PATIENCE, GAIN = 15, 5, 0.02
SLOWER, MUCH_SLOWER, LEAST_STEP = 0.8, 0.56, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderBound:
    """No order of the day drives less than `bound_s`; proved when that is the drive that was to be proved."""

    bound_s: int
    is_proved: bool


def order_bound(day: Day, *, upper_s: int, iterations: int | None = None, seconds: float | None = None) -> OrderBound:
    """
    A lower bound of the day's drive, never above `upper_s`.

    Parameters
    ----------
    day
        The day. Its lunch is ignored and two windows count as one from first to last: both only lower the bound.
    upper_s
        Drive seconds of a known order, or more: nothing is sought at or above.
    iterations
        Effort in thousands of labels looked at (deterministic).
    seconds
        Effort in CPU seconds. Give one of the two.

    Raises
    ------
    ValueError
        When not exactly one kind of effort is given.

    Notes
    -----
    First 1-trees with prices on the places, then branch and bound on their edges: enough where windows do not bind.
    Then walks that keep the windows and have as many stops as the day, under prices on the stops; a walk remembers
    only some of its stops and remembers more at each level. Walks from the end of the day cut those from its
    beginning that remember everything, and where these run out the order is proved. Days of more than 63 stops get
    the first part only.

    References
    ----------
    Held and Karp (1970, 1971) for 1-trees; Baldacci, Mingozzi and Roberti (2012), New state-space relaxations for the
    traveling salesman problem with time windows, for the walks. Departs from it by counting stops instead of pricing
    time, and by letting memories grow.
    """
    if (iterations is None) == (seconds is None):
        raise ValueError("give iterations or seconds")
    bound_s = min(_bound(day, upper_s, _Meter(iterations=iterations, seconds=seconds)), upper_s)
    return OrderBound(bound_s=bound_s, is_proved=bound_s >= upper_s)


class _Meter:
    """What is left of the effort, in steps."""

    def __init__(self, *, iterations: int | None, seconds: float | None) -> None:
        self._left, self._seconds, self._begun_s = 1000 * (iterations or 0), seconds, process_time()

    def left(self) -> int:
        """Steps left; of seconds, as many as they usually allow."""
        if self._seconds is None:
            return max(0, self._left)
        return max(0, int((self._begun_s + self._seconds - process_time()) * STEPS_PER_S))

    def spend(self, steps: int) -> None:
        """Count steps."""
        self._left -= steps


def _bound(day: Day, upper_s: int, meter: _Meter) -> int:
    """The largest bound that the effort allows, cheap ones first."""
    if day.num_stops == 0:
        return 0
    frame = _frame(day)
    if frame is None:
        return upper_s
    prices = np.zeros(day.num_stops + 1)
    bound_s = _tree_bound(frame, prices, upper_s, meter) if day.num_stops > 2 else 0
    if bound_s < upper_s and day.num_stops <= MOST_STOPS:
        bound_s = max(bound_s, _Ascent(frame, upper_s, meter).run(prices))
    return bound_s


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Frame:
    """What windows allow; rows and columns are places, home is 0."""

    drive: IntArray
    span: IntArray  # service and drive
    reach: IntArray  # the same over any stops between
    opens: IntArray  # of home: earliest leave
    closes: IntArray  # of home: latest return
    arcs: BoolArray
    before: BoolArray  # (m, m) stops: [i, j]: i must come before j


def _frame(day: Day) -> _Frame | None:
    """Windows made narrow, the stops that must come before others, the drives left; None when no order works."""
    count, starts = day.num_stops, day.starts_s()
    drive = np.array(day.drive_s, dtype=np.int64)
    opens, closes = starts[:, 0].copy(), np.maximum(starts[:, 1], starts[:, 3])
    span = drive + np.concatenate([[0], day.service_s]).astype(np.int64)[:, None]
    reach = span.copy()
    np.fill_diagonal(reach, 0)
    for via in range(1, count + 1):
        reach = np.minimum(reach, reach[:, via, None] + reach[None, via])
    opens[0], closes[0] = day.leave_s, day.return_s
    opens[1:] = np.maximum(opens[1:], day.leave_s + reach[0, 1:])
    closes[1:] = np.minimum(closes[1:], day.return_s - reach[1:, 0])
    before = (opens[1:, None] + reach[1:, 1:] > closes[None, 1:]).T.copy()
    np.fill_diagonal(before, False)
    for via in range(count):
        before |= before[:, via, None] & before[None, via]
    if np.any(closes < opens) or np.any(np.diag(before)):
        return None
    arcs = np.ones((count + 1, count + 1), dtype=np.bool_)
    np.fill_diagonal(arcs, False)
    follows = before.astype(np.int64)
    arcs[1:, 1:] &= ~before.T & (follows @ follows == 0)
    arcs[1:, 1:] &= opens[1:, None] + span[1:, 1:] <= closes[None, 1:]
    if count > 1:
        arcs[0, 1:] &= ~before.any(axis=0)
        arcs[1:, 0] &= ~before.any(axis=1)
    return _Frame(drive=drive, span=span, reach=reach, opens=opens, closes=closes, arcs=arcs, before=before)


def _tree_bound(frame: _Frame, prices: FloatArray, upper_s: int, meter: _Meter) -> int:
    """Bound by 1-trees over the shorter direction of each drive; `prices` takes those of the places."""
    far = np.where(frame.arcs, frame.drive, frame.drive.max() + 1)
    weight = np.minimum(far, far.T).astype(np.float64)
    banned = np.where(frame.arcs | frame.arcs.T, 0, 1).astype(np.int64)
    is_free = int((~frame.arcs).sum()) == len(prices)
    steps_per_node = STEPS_PER_EDGE * weight.size
    nodes = int(meter.left() * (1.0 if is_free else TREE_SHARE)) // steps_per_node
    bound, used = kernels.branch(weight, banned, prices, upper_s, ROOT_ROUNDS, max(1, nodes))
    meter.spend(used * steps_per_node)
    return max(0, int(bound))


class _Ascent:
    """
    Bounds by walks of m stops that keep the windows and may come twice to a stop that they have forgotten.

    Prices of the stops, moved by subgradient, make the cheapest walk come once to each. Half a price lies on either
    side of a stop, so the costs of two walks that meet there add up.
    """

    def __init__(self, frame: _Frame, upper_s: int, meter: _Meter) -> None:
        count = len(frame.opens) - 1
        self._frame, self._upper_s, self._meter = frame, upper_s, meter
        self._bits = np.uint64(1) << np.arange(count, dtype=np.uint64)
        self._memory = np.concatenate([[np.uint64(0)], self._bits])
        self._nothing, self._back = _labels(count, 0), _labels(count, MOST_LABELS)
        self._widen(REMEMBERED[0])

    def run(self, prices: FloatArray) -> int:
        """The bound, `upper_s` when there is nothing below."""
        worth, scale, level, rounds, stalled = self._upper_s * SCALE, 1.0, 0, 0, 0
        best: _Step | None = None
        starts = [np.round(prices * SCALE).astype(np.int64)]
        if np.any(self._frame.drive != self._frame.drive.T):
            starts.append(self._reduced())
        for half in starts:
            step = self._step(half)
            if isinstance(step, int):
                return step
            if step is not None and (best is None or step.value > best.value):
                best = step
        step = best
        while step is not None and best is not None:
            if rounds >= MOST_ROUNDS or stalled >= PATIENCE:
                proved_s = self._finish(best)
                if proved_s is not None:
                    return proved_s
                level, rounds, stalled, scale = level + 1, 0, 0, max(scale, LEAST_STEP)
                self._remember(best.stops)
                if level < len(REMEMBERED):
                    self._widen(REMEMBERED[level])
                step = best
            turn = scale * (worth - step.value) / max(1, int((step.excess**2).sum()))
            found = self._step(step.half + np.round(0.5 * turn * step.excess).astype(np.int64))
            if isinstance(found, int):
                return found
            step = found
            if step is None:
                break
            rounds += 1
            stalled = 0 if step.value > best.value + GAIN * (worth - best.value) else stalled + 1
            if step.value > best.value:
                best = step
            elif step.value < best.value - 0.5 * (worth - best.value):  # the turn was much too long
                step, scale = best, scale * MUCH_SLOWER
            else:
                scale *= SLOWER
        return max(0, -(-best.value // SCALE)) if best is not None else 0

    def _step(self, half: IntArray) -> _Step | int | None:
        """The cheapest walk under these half prices; a bound when it proves one, None when effort ran out."""
        offset = 2 * int(half.sum())
        limit = (self._upper_s - 1) * SCALE + offset
        value, last, used = kernels.walk(
            self._net(half, is_back=True), self._memory, self._nothing, limit, self._meter.left(), False, self._back
        )
        self._meter.spend(used)
        if value == NOWHERE:
            return self._upper_s
        if value == -NOWHERE:
            return None
        stops = _stops_of(self._back, last)
        excess = np.bincount(stops, minlength=len(half)) - 1
        excess[0] = 0
        if not excess.any():
            return int(-(-(value - offset) // SCALE))
        return _Step(value=value - offset, half=half, stops=stops, excess=excess)

    def _finish(self, best: _Step) -> int | None:
        """The proven least drive by walks that forget nothing, cut by those that do; None when that is too long."""
        again = self._step(best.half)
        if again is None or isinstance(again, int):
            return again
        count = len(self._bits)
        everything = np.full(count + 1, self._bits.sum(), dtype=np.uint64)
        offset = 2 * int(best.half.sum())
        limit = (self._upper_s - 1) * SCALE + offset
        value, _, used = kernels.walk(
            self._net(best.half, is_back=False),
            everything,
            self._back,
            limit,
            int(self._meter.left() * EXACT_SHARE),
            True,
            _labels(count, MOST_LABELS),
        )
        self._meter.spend(used)
        if value == -NOWHERE:
            return None
        return self._upper_s if value == NOWHERE else int(-(-(value - offset) // SCALE))

    def _net(self, half: IntArray, *, is_back: bool) -> Net:
        """What walks go on, in either direction of time."""
        frame, count = self._frame, len(self._bits)
        earliest = np.concatenate([[0], 1 + frame.before.sum(axis=0)]).astype(np.int64)
        latest = np.concatenate([[0], count - frame.before.sum(axis=1)]).astype(np.int64)
        cost = np.where(frame.arcs, frame.drive * SCALE + half[:, None] + half[None, :], NOWHERE)
        if not is_back:
            return Net(cost, frame.span, frame.reach, frame.opens, frame.closes, earliest, latest)
        back, span, reach = (np.ascontiguousarray(table.T) for table in (cost, frame.span, frame.reach))
        return Net(back, span, reach, -frame.closes, -frame.opens, count + 1 - latest, count + 1 - earliest)

    def _reduced(self) -> IntArray:
        """Half prices that take off each place what coming and going cost at least."""
        drive = np.where(self._frame.arcs, self._frame.drive, NEVER)
        come = drive.min(axis=0)
        go = (drive - come[None, :]).min(axis=1)
        half: IntArray = np.round(-0.5 * SCALE * (come + go)).astype(np.int64)
        half[0] = 0
        return half

    def _widen(self, size: int) -> None:
        """Let each stop remember the stops that are nearest, there and back."""
        arcs, drive = self._frame.arcs[1:, 1:], self._frame.drive[1:, 1:]
        far = np.where(arcs & arcs.T, drive + drive.T, NEVER)
        near = np.argsort(far, axis=1, kind="stable")
        for rank in range(min(size - 1, len(far))):
            other = near[:, rank]
            is_near = far[np.arange(len(far)), other] < NEVER
            self._memory[1:][is_near] |= self._bits[other[is_near]]

    def _remember(self, stops: IntArray) -> None:
        """Let the stops between two visits of one stop remember it."""
        seen: dict[int, int] = {}
        for at, stop in enumerate(stops.tolist()):
            for between in stops[seen[stop] + 1 : at].tolist() if stop in seen else []:
                if int(self._memory[between]).bit_count() < MOST_REMEMBERED:
                    self._memory[between] |= self._bits[stop - 1]
            seen[stop] = at


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Step:
    """The cheapest walk under half prices: its bound, and how often above once it comes to each place."""

    value: int
    half: IntArray
    stops: IntArray
    excess: IntArray


def _labels(count: int, room: int) -> Walks:
    """Room for labels."""
    return Walks(
        mask=np.empty(room, dtype=np.uint64),
        ready=np.empty(room, dtype=np.int64),
        cost=np.empty(room, dtype=np.int64),
        parent=np.empty(room, dtype=np.int64),
        bucket=np.zeros((count + 2, count + 2), dtype=np.int64),
    )


def _stops_of(walks: Walks, last: int) -> IntArray:
    """The stops of a walk, last one first; labels are numbered by bucket, so a number tells the stop."""
    stops, at = [], len(walks.bucket) - 2
    while last >= 0:
        stops.append(int(np.searchsorted(walks.bucket[at, 1:], last, side="right")))
        last, at = int(walks.parent[last]), at - 1
    return np.array(stops, dtype=np.int64)
