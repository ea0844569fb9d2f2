"""Compiled clock of one day's order: windows, shift and lunch before and after every stop, where one more fits.

The rules are those of the timetable: two clocks run, hungry (lunch still to come) and fed, and a stop may have two
windows. numba's cache on disk follows the file of the caller only: who changes a function here touches
`_order_kernels` too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from territory.units import IntArray
from territory.visits._clock_kernels import uniform
from territory.visits._compiled import helper, kernel

NEVER = 1 << 40
# Tables.clock: columns. A lunch of length 0 is none.
LEAVE, RETURN, LUNCH_FROM, LUNCH_UNTIL, LUNCH = range(5)
# Route.path: rows. The place (0 is home); seconds driven to the next place; earliest end of service before and after
# lunch; latest start of service from which the rest of the day, lunch still to come or had, works.
PLACE, LEG, HUNGRY, FED, LATEST_HUNGRY, LATEST_FED = range(6)
# Route.number: columns. Stops on the path, drive seconds, stops aside.
COUNT, DRIVE, ASIDE = range(3)
KEYS = 4  # rows of Tables.key

Random = npt.NDArray[np.uint64]


class Tables(NamedTuple):
    """A day as arrays; places are home (0) and the stops 1..m."""

    drive: IntArray  # (m + 1, m + 1): [from, to]
    window: IntArray  # (m + 1, 4): starts of service, [opens, closes, opens, closes]; (NEVER, -NEVER) for none
    service: IntArray  # (m + 1,)
    clock: IntArray  # (5,)
    near: IntArray  # (m + 1, k): nearest other stops first, in distance and time
    key: IntArray  # (KEYS, m + 1): smaller is inserted earlier


class Route(NamedTuple):
    """An order being worked on."""

    path: IntArray  # (6, m + 2)
    aside: IntArray  # (m + 1,): stops not on the path
    number: IntArray  # (3,)
    weight: IntArray  # (m + 1,): how often a stop was left aside


@helper
def below(random: Random, count: int) -> int:
    """A whole number from [0, count)."""
    return int(uniform(random) * count)


@helper
def served(tables: Tables, stop: int, arrival: int) -> int:
    """Earliest end of service after arriving; NEVER when there is none in the day."""
    if arrival <= tables.window[stop, 1]:
        return int(max(arrival, tables.window[stop, 0]) + tables.service[stop])
    if arrival <= tables.window[stop, 3]:
        return int(max(arrival, tables.window[stop, 2]) + tables.service[stop])
    return NEVER


@helper
def latest_start(tables: Tables, stop: int, end: int) -> int:
    """Latest start inside a window so that service is over by `end`; -NEVER when there is none."""
    limit = end - tables.service[stop]
    if tables.window[stop, 2] <= limit:
        return int(min(tables.window[stop, 3], limit))
    if tables.window[stop, 0] <= limit:
        return int(min(tables.window[stop, 1], limit))
    return -NEVER


@helper
def after_lunch(clock: IntArray, end: int, drive: int) -> int:
    """Earliest arrival, fed, at the next place when service ended hungry."""
    if end + drive <= clock[LUNCH_UNTIL]:
        return int(max(end + drive, clock[LUNCH_FROM]) + clock[LUNCH])
    if end <= clock[LUNCH_UNTIL]:
        return int(max(end, clock[LUNCH_FROM]) + clock[LUNCH] + drive)
    return NEVER


@helper
def before_lunch(clock: IntArray, start: int, drive: int) -> int:
    """Latest hungry end of service from which one arrives, fed, by `start` at the next place."""
    latest = -NEVER
    first = clock[LUNCH_FROM] + clock[LUNCH]
    if first <= start:
        latest = min(clock[LUNCH_UNTIL], start - clock[LUNCH]) - drive
    if first + drive <= start:
        latest = max(latest, min(clock[LUNCH_UNTIL], start - clock[LUNCH] - drive))
    return int(latest)


@helper
def forward(tables: Tables, path: IntArray, frm: int, to: int, sure: int) -> None:
    """Refresh both clocks at positions `frm`..`to`; stops early once, after position `sure`, nothing changes."""
    clock = tables.clock
    for at in range(frm, to + 1):
        leg = path[LEG, at - 1]
        place = path[PLACE, at]
        hungry = served(tables, place, path[HUNGRY, at - 1] + leg)
        fed = NEVER
        if clock[LUNCH] > 0:
            arrival = min(path[FED, at - 1] + leg, after_lunch(clock, path[HUNGRY, at - 1], leg))
            fed = served(tables, place, arrival)
        if at > sure and hungry == path[HUNGRY, at] and fed == path[FED, at]:
            return
        path[HUNGRY, at], path[FED, at] = hungry, fed


@helper
def backward(tables: Tables, path: IntArray, frm: int, sure: int) -> None:
    """Refresh latest starts at positions `frm`..1; stops early once, before position `sure`, nothing changes."""
    clock = tables.clock
    for at in range(frm, 0, -1):
        leg = path[LEG, at]
        place = path[PLACE, at]
        limit = path[LATEST_HUNGRY, at + 1] - leg
        fed = -NEVER
        if clock[LUNCH] > 0:
            limit = max(limit, before_lunch(clock, path[LATEST_FED, at + 1], leg))
            fed = latest_start(tables, place, path[LATEST_FED, at + 1] - leg)
        hungry = latest_start(tables, place, limit)
        if at < sure and hungry == path[LATEST_HUNGRY, at] and fed == path[LATEST_FED, at]:
            return
        path[LATEST_HUNGRY, at], path[LATEST_FED, at] = hungry, fed


@kernel
def refresh(tables: Tables, route: Route) -> None:
    """Recompute everything from the places on the path."""
    path, clock = route.path, tables.clock
    count = route.number[COUNT]
    path[PLACE, 0] = path[PLACE, count + 1] = 0
    driven = 0
    for at in range(count + 1):
        path[LEG, at] = tables.drive[path[PLACE, at], path[PLACE, at + 1]]
        driven += path[LEG, at]
    route.number[DRIVE] = driven
    path[HUNGRY, 0], path[FED, 0] = clock[LEAVE], NEVER
    path[LATEST_HUNGRY, count + 1], path[LATEST_FED, count + 1] = clock[RETURN], -NEVER
    if clock[LUNCH] > 0:
        path[FED, 0] = max(clock[LEAVE], clock[LUNCH_FROM] + clock[LUNCH])
        path[LATEST_HUNGRY, count + 1] = min(clock[RETURN], clock[LUNCH_UNTIL])
        path[LATEST_FED, count + 1] = clock[RETURN]
    forward(tables, path, 1, count, count)
    backward(tables, path, count, 1)


@helper
def joins(tables: Tables, path: IntArray, hungry: int, fed: int, leg: int, at: int) -> bool:
    """Whether the rest of the day from position `at` on works after these ends of service and a drive there."""
    if hungry + leg <= path[LATEST_HUNGRY, at]:
        return True
    if tables.clock[LUNCH] == 0:
        return False
    return bool(min(fed + leg, after_lunch(tables.clock, hungry, leg)) <= path[LATEST_FED, at])


@kernel
def works(tables: Tables, route: Route) -> bool:
    """Whether the day on the path keeps the clock."""
    path = route.path
    return bool(joins(tables, path, path[HUNGRY, 0], path[FED, 0], path[LEG, 0], 1))


@kernel
def find_position(tables: Tables, route: Route, stop: int, blink: float, random: Random) -> int:
    """The position after which `stop` makes the shortest detour that keeps the clock, -1 for none."""
    path, drive = route.path, tables.drive
    closes = max(tables.window[stop, 1], tables.window[stop, 3])
    shortest, found = NEVER, -1
    for at in range(route.number[COUNT] + 1):
        hungry = path[HUNGRY, at]
        if hungry > closes:
            break
        going, leaving = drive[path[PLACE, at], stop], drive[stop, path[PLACE, at + 1]]
        detour = going + leaving - path[LEG, at]
        if detour >= shortest or (blink > 0.0 and uniform(random) < blink):
            continue
        end = served(tables, stop, hungry + going)
        fed = NEVER
        if tables.clock[LUNCH] > 0:
            fed = served(tables, stop, min(path[FED, at] + going, after_lunch(tables.clock, hungry, going)))
        if joins(tables, path, end, fed, leaving, at + 1):
            shortest, found = detour, at
    return found


@kernel
def insert(tables: Tables, route: Route, stop: int, after: int) -> None:
    """Put `stop` behind position `after`."""
    path, drive, count = route.path, tables.drive, route.number[COUNT]
    for row in range(6):
        for at in range(count + 1, after, -1):
            path[row, at + 1] = path[row, at]
    at = after + 1
    path[PLACE, at] = stop
    route.number[COUNT] = count + 1
    route.number[DRIVE] -= path[LEG, after]
    path[LEG, after] = drive[path[PLACE, after], stop]
    path[LEG, at] = drive[stop, path[PLACE, at + 1]]
    route.number[DRIVE] += path[LEG, after] + path[LEG, at]
    forward(tables, path, at, count + 1, at)
    backward(tables, path, at, at)
