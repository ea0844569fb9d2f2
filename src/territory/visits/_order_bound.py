"""How short the drive of one day can be at best: a lower bound, often the proof that an order is the best one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.effort import CancelToken, Effort
from territory.units import FloatArray, IntArray
from territory.visits import _order_bound_kernels as kernels
from territory.visits._order import Day, keeps_clock
from territory.visits._order_bound_kernels import NOWHERE
from territory.visits._order_clock_kernels import NEVER
from territory.visits._order_frame import (
    MOST_LABELS,
    MOST_STOPS,
    SCALE,
    Frame,
    StepMeter,
    frame_of,
    labels_of,
    stops_of,
)

STEPS_PER_EDGE = 25  # one node of the branch and bound is so many steps per edge
ROOT_ROUNDS = 150
TREE_SHARE = 0.2  # of the effort, where windows forbid drives
EXACT_SHARE = 1 / 2  # of what is left
# A stop remembers its nearest stops, more of them at each level, and what closes cycles up to a limit.
REMEMBERED = (4, 7, 10)
MOST_REMEMBERED = 12
# A level of the ascent ends after so many rounds, or so many that gained less than a share of the gap.
MOST_ROUNDS, PATIENCE, GAIN = 15, 5, 0.02
SLOWER, MUCH_SLOWER, LEAST_STEP = 0.8, 0.56, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderBound:
    """
    No order of the day drives less than `bound_s`; proved when that is the drive that was to be proved.

    `stops` is an order, 0..m-1, that drives just `bound_s`, where the proof came upon a better one than was known.
    """

    bound_s: int
    is_proved: bool
    stops: tuple[int, ...] | None = None


def order_bound(day: Day, *, upper_s: int, effort: Effort, cancel: CancelToken | None = None) -> OrderBound:
    """
    A lower bound of the day's drive, never above `upper_s`.

    Parameters
    ----------
    day
        The day. Its lunch is ignored and two windows count as one from first to last: both only lower the bound.
    upper_s
        Drive seconds of a known order, or more: nothing is sought at or above.
    effort
        Iterations are thousands of labels looked at.

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
    found = _bound(day, upper_s, StepMeter(effort, cancel))
    stops = found.stops
    if found.bound_s >= upper_s or stops is None or not keeps_clock(day, stops):
        stops = None
    bound_s = min(found.bound_s, upper_s)
    return OrderBound(bound_s=bound_s, is_proved=bound_s >= upper_s, stops=stops)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A bound, and the order that drives just as long when there is one."""

    bound_s: int
    stops: tuple[int, ...] | None = None


def _bound(day: Day, upper_s: int, meter: StepMeter) -> _Found:
    """The largest bound that the effort allows, cheap ones first."""
    if day.num_stops == 0:
        return _Found(bound_s=0)
    frame = frame_of(day)
    if frame is None:
        return _Found(bound_s=upper_s)
    prices = np.zeros(day.num_stops + 1)
    bound_s = _tree_bound(frame, prices, upper_s, meter) if day.num_stops > 2 else 0
    if bound_s < upper_s and day.num_stops <= MOST_STOPS:
        found = _Ascent(frame, upper_s, meter).run(prices)
        return found if found.bound_s >= bound_s else _Found(bound_s=bound_s)
    return _Found(bound_s=bound_s)


def _tree_bound(frame: Frame, prices: FloatArray, upper_s: int, meter: StepMeter) -> int:
    """Bound by 1-trees over the shorter direction of each drive; `prices` takes those of the places."""
    weight, banned = frame.edges()
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

    def __init__(self, frame: Frame, upper_s: int, meter: StepMeter) -> None:
        count = len(frame.opens) - 1
        self._frame, self._upper_s, self._meter = frame, upper_s, meter
        self._bits = np.uint64(1) << np.arange(count, dtype=np.uint64)
        self._memory = np.concatenate([[np.uint64(0)], self._bits])
        self._nothing, self._back = labels_of(count, 0), labels_of(count, MOST_LABELS)
        self._widen(REMEMBERED[0])

    def run(self, prices: FloatArray) -> _Found:
        """The bound, `upper_s` when there is nothing below."""
        worth, scale, level, rounds, stalled = self._upper_s * SCALE, 1.0, 0, 0, 0
        best: _Step | None = None
        starts = [np.round(prices * SCALE).astype(np.int64)]
        if np.any(self._frame.drive != self._frame.drive.T):
            starts.append(self._reduced())
        for half in starts:
            step = self._step(half)
            if isinstance(step, _Found):
                return step
            if step is not None and (best is None or step.value > best.value):
                best = step
        step = best
        while step is not None and best is not None:
            if rounds >= MOST_ROUNDS or stalled >= PATIENCE:
                proved = self._finish(best)
                if proved is not None:
                    return proved
                level, rounds, stalled, scale = level + 1, 0, 0, max(scale, LEAST_STEP)
                self._remember(best.stops)
                if level < len(REMEMBERED):
                    self._widen(REMEMBERED[level])
                step = best
            turn = scale * (worth - step.value) / max(1, int((step.excess**2).sum()))
            found = self._step(step.half + np.round(0.5 * turn * step.excess).astype(np.int64))
            if isinstance(found, _Found):
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
        return _Found(bound_s=max(0, -(-best.value // SCALE)) if best is not None else 0)

    def _step(self, half: IntArray) -> _Step | _Found | None:
        """The cheapest walk under these half prices; a bound when it proves one, None when effort ran out."""
        offset = 2 * int(half.sum())
        limit = (self._upper_s - 1) * SCALE + offset
        value, last, used = kernels.walk(
            self._frame.net(half, is_back=True),
            self._memory,
            self._nothing,
            limit,
            self._meter.left(),
            False,
            self._back,
        )
        self._meter.spend(used)
        if value == NOWHERE:
            return _Found(bound_s=self._upper_s)
        if value == -NOWHERE:
            return None
        stops = stops_of(self._back, last)
        excess = np.bincount(stops, minlength=len(half)) - 1
        excess[0] = 0
        if not excess.any():
            return _Found(bound_s=int(-(-(value - offset) // SCALE)), stops=tuple((stops - 1).tolist()))
        return _Step(value=value - offset, half=half, stops=stops, excess=excess)

    def _finish(self, best: _Step) -> _Found | None:
        """The proven least drive by walks that forget nothing, cut by those that do; None when that is too long."""
        again = self._step(best.half)
        if again is None or isinstance(again, _Found):
            return again
        count = len(self._bits)
        everything = np.full(count + 1, self._bits.sum(), dtype=np.uint64)
        offset = 2 * int(best.half.sum())
        limit = (self._upper_s - 1) * SCALE + offset
        walks = labels_of(count, MOST_LABELS)
        steps = int(self._meter.left() * EXACT_SHARE)
        net = self._frame.net(best.half, is_back=False)
        value, last, used = kernels.walk(net, everything, self._back, limit, steps, True, walks)
        self._meter.spend(used)
        if value == -NOWHERE:
            return None
        if value == NOWHERE:
            return _Found(bound_s=self._upper_s)
        stops = stops_of(walks, last)[::-1] - 1
        return _Found(bound_s=int(-(-(value - offset) // SCALE)), stops=tuple(stops.tolist()))

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
