"""What windows allow in a day, and walks over it: shared by the bound of an order and by the search near one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.effort import CancelToken, Effort, Meter
from territory.units import BoolArray, FloatArray, IntArray
from territory.visits._order import Day
from territory.visits._order_bound_kernels import NOWHERE, Net, Walks

MOST_STOPS = 63  # sets of stops are bits of a word
SCALE = 64  # costs and prices of walks are in this part of a second
STEPS_PER_S = 250_000_000
MOST_LABELS = 1_500_000


class StepMeter:
    """What is left of the effort, in steps."""

    def __init__(self, effort: Effort, cancel: CancelToken | None) -> None:
        self._meter, self._cancel, self._spent = Meter(effort=effort), cancel, 0

    def left(self) -> int:
        """Steps left; of seconds, as many as they usually allow."""
        effort = self._meter.effort
        if self._cancel is not None and self._cancel.is_cancelled:
            return 0
        if effort.iterations is not None:
            return max(0, 1000 * effort.iterations - self._spent)
        seconds = effort.seconds if effort.cpu_seconds is None else effort.cpu_seconds
        return int((1.0 - self._meter.share_spent()) * (seconds or 0.0) * STEPS_PER_S)

    def spend(self, steps: int) -> None:
        """Count steps."""
        self._spent += steps


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """What windows allow; rows and columns are places, home is 0."""

    drive: IntArray
    span: IntArray  # service and drive
    reach: IntArray  # the same over any stops between
    opens: IntArray  # of home: earliest leave
    closes: IntArray  # of home: latest return
    arcs: BoolArray
    before: BoolArray  # (m, m) stops: [i, j]: i must come before j

    def edges(self) -> tuple[FloatArray, IntArray]:
        """Drive in the shorter direction, and 1 where neither is allowed; shapes (m + 1, m + 1)."""
        far = np.where(self.arcs, self.drive, self.drive.max() + 1)
        return np.minimum(far, far.T).astype(np.float64), np.where(self.arcs | self.arcs.T, 0, 1).astype(np.int64)

    def net(self, half: IntArray, *, is_back: bool) -> Net:
        """What walks go on, in either direction of time, under half prices of the places."""
        count = len(self.opens) - 1
        earliest = np.concatenate([[0], 1 + self.before.sum(axis=0)]).astype(np.int64)
        latest = np.concatenate([[0], count - self.before.sum(axis=1)]).astype(np.int64)
        cost = np.where(self.arcs, self.drive * SCALE + half[:, None] + half[None, :], NOWHERE)
        if not is_back:
            return Net(cost, self.span, self.reach, self.opens, self.closes, earliest, latest)
        back, span, reach = (np.ascontiguousarray(table.T) for table in (cost, self.span, self.reach))
        return Net(back, span, reach, -self.closes, -self.opens, count + 1 - latest, count + 1 - earliest)


def frame_of(day: Day) -> Frame | None:
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
    return Frame(drive=drive, span=span, reach=reach, opens=opens, closes=closes, arcs=arcs, before=before)


def labels_of(count: int, room: int) -> Walks:
    """Room for labels."""
    return Walks(
        mask=np.empty(room, dtype=np.uint64),
        ready=np.empty(room, dtype=np.int64),
        cost=np.empty(room, dtype=np.int64),
        parent=np.empty(room, dtype=np.int64),
        bucket=np.zeros((count + 2, count + 2), dtype=np.int64),
    )


def stops_of(walks: Walks, last: int) -> IntArray:
    """The stops of a walk, its last one first; labels are numbered by bucket, so a number tells the stop."""
    stops, at = [], len(walks.bucket) - 2
    while last >= 0:
        stops.append(int(np.searchsorted(walks.bucket[at, 1:], last, side="right")))
        last, at = int(walks.parent[last]), at - 1
    return np.array(stops, dtype=np.int64)
