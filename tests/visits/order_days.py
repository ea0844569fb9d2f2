"""Days to order: drawn by hypothesis, or scattered about a home around an order that keeps the clock."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

import numpy as np
from hypothesis import strategies as st

from territory.visits._order import Day
from territory.visits.model import DayBounds, Lunch
from tests.visits.oracle import runs

LUNCH = (43200, 46800, 1800)


@st.composite
def days(draw, most: int) -> Day:
    """A day of up to `most` stops on a small clock, where windows, shift and lunch often bind; drives asymmetric."""
    count = draw(st.integers(1, most))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    drive = random.integers(1, 30, (count + 1, count + 1))
    if draw(st.booleans()):
        points = random.integers(0, 25, (count + 1, 2))
        drive = np.abs(points[:, None] - points[None]).sum(axis=2)
    np.fill_diagonal(drive, 0)
    windows = np.full((count, 2, 2), -1, dtype=np.int64)
    width = draw(st.sampled_from([20, 60, 200]))
    for stop in range(count):
        opens = int(random.integers(0, 150))
        windows[stop, 0] = opens, opens + int(random.integers(0, width))
        if random.random() < 0.4:
            opens = int(windows[stop, 0, 1] + random.integers(1, 60))
            windows[stop, 1] = opens, opens + int(random.integers(0, width))
        if random.random() < 0.3:
            windows[stop] = [[0, 400], [-1, -1]]
    leave, length = int(random.integers(0, 30)), int(random.choice([0, 0, 20, 40]))
    first = int(random.integers(50, 150))
    return Day(
        drive_s=drive.astype(np.int64), windows_s=windows, service_s=random.integers(0, 15, count),
        leave_s=leave, start_s=leave + int(random.integers(0, 20)), end_s=int(random.integers(150, 400)),
        return_s=int(random.integers(150, 420)),
        lunch_from_s=first, lunch_until_s=first + int(random.integers(0, 60)), lunch_length_s=length,
    )  # fmt: skip


def scattered(count: int, *, seed: int, width_s: int, lunch: tuple[int, int, int] | None) -> Day:
    """Stops about a home, each open for `width_s` about the time at which some order of the day comes there."""
    random = np.random.default_rng(seed)
    points = random.uniform(0, 1500 if count > 30 else 3000, (count + 1, 2))
    drive = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) * 0.2).astype(np.int64)
    service = random.integers(60, 240, count)
    windows = np.full((count, 2, 2), -1, dtype=np.int64)
    clock, place, rested = 32400, 0, False
    for stop in random.permutation(count).tolist():
        clock += int(drive[place, stop + 1])
        if lunch is not None and not rested and clock >= lunch[0]:
            clock, rested = clock + lunch[2], True
        before = int(random.integers(0, width_s + 1))
        windows[stop, 0] = max(0, clock - before), clock - before + width_s
        clock, place = clock + int(service[stop]), stop + 1
    come_from, until, length = lunch or (0, 0, 0)
    return Day(
        drive_s=drive, windows_s=windows, service_s=service,
        leave_s=30000, start_s=30000, end_s=80000, return_s=82000,
        lunch_from_s=come_from, lunch_until_s=until, lunch_length_s=length,
    )  # fmt: skip


def drive_of(day: Day, stops: Sequence[int]) -> int:
    """Drive seconds of an order."""
    path = [0, *(stop + 1 for stop in stops), 0]
    return sum(int(day.drive_s[a, b]) for a, b in pairwise(path))


def keeps_clock(day: Day, stops: Sequence[int]) -> bool:
    """Whether an order works, by trying every lunch."""
    path = [0, *(stop + 1 for stop in stops), 0]
    return runs(
        [int(day.drive_s[a, b]) for a, b in pairwise(path)],
        [[(int(o), int(c)) for o, c in day.windows_s[stop] if o >= 0] for stop in stops],
        [int(day.service_s[stop]) for stop in stops],
        DayBounds(leave_s=day.leave_s, start_s=day.start_s, end_s=day.end_s, return_s=day.return_s),
        Lunch(from_s=day.lunch_from_s, until_s=day.lunch_until_s, length_s=day.lunch_length_s),
    )


def enumerate_day(day: Day) -> int | None:
    """The least drive of any order that works, None for none."""
    orders = sorted(permutations(range(day.num_stops)), key=lambda order: drive_of(day, order))
    return next((drive_of(day, order) for order in orders if keeps_clock(day, order)), None)
