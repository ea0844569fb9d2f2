"""Compiled search for the order of one day: ruin and recreate under annealing, and trying everything on tiny days.

All stops must be made. One that fits nowhere waits aside and grows heavier each time; orders with less weight aside
always win, so the same loop first finds an order that works and then a short one. The clock is in
`_order_clock_kernels`.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from territory.units import FloatArray, IntArray
from territory.visits._clock_kernels import uniform
from territory.visits._compiled import helper, kernel, making_helper, making_kernel
from territory.visits._order_clock_kernels import (
    ASIDE,
    COUNT,
    DRIVE,
    FED,
    HUNGRY,
    KEYS,
    LEG,
    LUNCH,
    NEVER,
    PLACE,
    Random,
    Route,
    Tables,
    after_lunch,
    below,
    find_position,
    forward,
    insert,
    joins,
    refresh,
    served,
)

ROUNDING = 1e-9


@helper
def take_out(tables: Tables, route: Route, is_out: npt.NDArray[np.bool_]) -> None:
    """Move the marked stops aside and clear the marks."""
    path, number = route.path, route.number
    kept = 0
    for at in range(1, number[COUNT] + 1):
        stop = path[PLACE, at]
        if is_out[stop]:
            route.aside[number[ASIDE]] = stop
            number[ASIDE] += 1
            is_out[stop] = False
        else:
            kept += 1
            path[PLACE, kept] = stop
    number[COUNT] = kept
    refresh(tables, route)


@helper
def mark(tables: Tables, route: Route, is_out: npt.NDArray[np.bool_], most: int, random: Random) -> None:
    """Mark stops to take out: a string of the path, two strings that pass near each other, or near stops."""
    path, count = route.path, route.number[COUNT]
    wanted = 1 + below(random, min(most, count))
    at = 1 + below(random, count)
    kind = uniform(random)
    if kind < 0.35:
        seed = path[PLACE, at]
        is_out[seed] = True
        taken = 1
        for rank in range(tables.near.shape[1]):
            if taken >= wanted:
                break
            if uniform(random) < 0.8:
                is_out[tables.near[seed, rank]] = True
                taken += 1
        return
    strings = 1 if kind < 0.65 else 2
    length = max(1, wanted // strings)
    seed = path[PLACE, at]
    for string in range(strings):
        if string == 1:
            other = tables.near[seed, below(random, tables.near.shape[1])]
            for position in range(1, count + 1):
                if path[PLACE, position] == other:
                    at = position
        first = max(1, min(at - below(random, length), count - length + 1))
        spared = below(random, length) if length > 2 and uniform(random) < 0.3 else -1
        for offset in range(min(length, count)):
            if offset != spared:
                is_out[path[PLACE, first + offset]] = True


@helper
def put_back(tables: Tables, route: Route, blink: float, random: Random, limit: int) -> int:
    """Insert what is aside where it fits best; the weight left aside, or any larger number once above `limit`."""
    aside, number = route.aside, route.number
    count = number[ASIDE]
    kind = below(random, KEYS + 2)
    for one in range(1, count):  # sorted by insertion: there are few
        stop = aside[one]
        at = one
        while at > 0:
            other = aside[at - 1]
            if kind < KEYS:
                is_earlier = tables.key[kind, stop] < tables.key[kind, other]
            else:
                is_earlier = uniform(random) < 0.5
            if kind == KEYS + 1 and limit > 0:
                is_earlier = route.weight[stop] > route.weight[other]
            if not is_earlier:
                break
            aside[at] = other
            at -= 1
        aside[at] = stop
    left, weight = 0, 0
    for one in range(count):
        stop = aside[one]
        after = find_position(tables, route, stop, blink, random)
        if after >= 0:
            insert(tables, route, stop, after)
            continue
        aside[left] = stop
        left += 1
        weight += route.weight[stop]
        if weight > limit:
            break
    number[ASIDE] = left
    return weight


@kernel
def copy(route: Route, to: Route) -> None:
    """Make `to` the same order; weights are shared knowledge and stay."""
    used = route.number[COUNT] + 2
    for row in range(6):
        for at in range(used):
            to.path[row, at] = route.path[row, at]
    for one in range(route.number[ASIDE]):
        to.aside[one] = route.aside[one]
    for column in range(3):
        to.number[column] = route.number[column]


@making_helper
def drive_on(tables: Tables, path: IntArray, frm: int, to: int, clocks: IntArray, before: int) -> int:
    """Advance both clocks from place `before` over positions `frm`..`to`, backwards if `to` < `frm`; the last place."""
    clock = tables.clock
    step = 1 if to >= frm else -1
    at = frm
    while True:
        place = path[PLACE, at]
        leg = tables.drive[before, place]
        if clock[LUNCH] > 0:
            clocks[1] = served(tables, place, min(clocks[1] + leg, after_lunch(clock, clocks[0], leg)))
        clocks[0] = served(tables, place, clocks[0] + leg)
        before = place
        if at == to or min(clocks[0], clocks[1]) >= NEVER:
            return int(before)
        at += step


@making_kernel
def move_string(tables: Tables, route: Route, limit: float, random: Random) -> bool:
    """Move a random string of the path, perhaps turned round, to its best other place; drive grows below `limit`."""
    path, drive, count = route.path, tables.drive, route.number[COUNT]
    if count < 2:
        return False
    first = 1 + below(random, count)
    last = min(count, first + below(random, 1 + int(count * uniform(random))))
    clocks, reached = np.empty(2, np.int64), np.empty(2, np.int64)
    gap = drive[path[PLACE, first - 1], path[PLACE, last + 1]]
    saved = path[LEG, first - 1] + path[LEG, last] - gap
    turned = 0  # what turning round adds inside the string
    for at in range(first, last):
        turned += drive[path[PLACE, at + 1], path[PLACE, at]] - path[LEG, at]
    shortest, found, is_turned = limit, -1, False
    for side in range(2):
        after = first - 1 if side == 0 else last + 1
        clocks[0], clocks[1] = path[HUNGRY, first - 1], path[FED, first - 1]
        before = path[PLACE, first - 1]
        while 0 <= after <= count:
            at_home = side == 0 and after == first - 1
            if side == 1:  # the stops behind the string come first
                before = drive_on(tables, path, after, after, clocks, before)
                if min(clocks[0], clocks[1]) >= NEVER:
                    break
            else:
                clocks[0], clocks[1] = path[HUNGRY, after], path[FED, after]
                before = path[PLACE, after]
            follower = path[PLACE, last + 1] if at_home else path[PLACE, after + 1]
            base = gap if at_home else drive[before, follower]
            for turn in range(2):
                head, tail = (first, last) if turn == 0 else (last, first)
                if (at_home or first == last) and turn == (0 if at_home else 1):
                    continue
                change = drive[before, path[PLACE, head]] + drive[path[PLACE, tail], follower] - base - saved
                change += turned * turn
                if change >= shortest:
                    continue
                reached[0], reached[1] = clocks[0], clocks[1]
                end = drive_on(tables, path, head, tail, reached, before)
                join = after + 1
                if side == 0:
                    join = last + 1
                    if not at_home:
                        end = drive_on(tables, path, after + 1, first - 1, reached, end)
                if min(reached[0], reached[1]) >= NEVER:
                    continue
                if joins(tables, path, reached[0], reached[1], drive[end, path[PLACE, join]], join):
                    shortest, found, is_turned = change, after, turn == 1
            after += 1 if side == 1 else -1
    if found < 0:
        return False
    shift_string(path, first, last, found, is_turned)
    refresh(tables, route)
    return True


@making_helper
def shift_string(path: IntArray, first: int, last: int, after: int, is_turned: bool) -> None:
    """Put positions `first`..`last` behind position `after`, turned round or not; places only."""
    row = path[PLACE]
    if is_turned:
        reverse(row, first, last)
    if after > last:  # a rotation by three reversals
        reverse(row, first, last)
        reverse(row, last + 1, after)
        reverse(row, first, after)
    elif after < first - 1:
        reverse(row, after + 1, first - 1)
        reverse(row, first, last)
        reverse(row, after + 1, last)


@helper
def reverse(row: IntArray, first: int, last: int) -> None:
    """Turn round `first`..`last` in place."""
    while first < last:
        row[first], row[last] = row[last], row[first]
        first += 1
        last -= 1


@helper
def weight_aside(route: Route) -> int:
    """Weight of the stops that are not on the path."""
    total = 0
    for one in range(route.number[ASIDE]):
        total += route.weight[route.aside[one]]
    return total


@making_kernel
def search(
    tables: Tables,
    route: Route,
    kept: Route,
    best: Route,
    iterations: int,
    temperature: float,
    rates: FloatArray,
    random: Random,
) -> int:
    """
    Change `route`, the current order, again and again and keep the best one in `best`; the iterations done.

    `rates` are [stops taken out at most, share of positions blinked at, share of moved strings]. Returns early when
    all stops are on the path for the first time, so that the caller can begin to anneal.
    """
    is_out = np.zeros(len(tables.service), np.bool_)
    weight = weight_aside(route)
    for iteration in range(iterations):
        limit = ROUNDING - temperature * math.log(1.0 - uniform(random))
        if weight == 0 and uniform(random) < rates[2]:
            if move_string(tables, route, limit, random) and route.number[DRIVE] < best.number[DRIVE]:
                copy(route, best)
            continue
        copy(route, kept)
        if route.number[COUNT] > 0:
            mark(tables, route, is_out, int(rates[0]), random)
            take_out(tables, route, is_out)
        left = put_back(tables, route, rates[1], random, weight)
        if left > weight or (weight == 0 and route.number[DRIVE] - kept.number[DRIVE] > limit):
            copy(kept, route)
        if weight > 0:
            for one in range(route.number[ASIDE]):
                route.weight[route.aside[one]] += 1
            weight = weight_aside(route)
            if weight == 0:
                copy(route, best)
                return iteration + 1
        elif route.number[DRIVE] < best.number[DRIVE]:
            copy(route, best)
    return iterations


@making_kernel
def try_all(tables: Tables, path: IntArray, best: IntArray) -> int:
    """Least drive of any order of a tiny day, NEVER for none; the order goes to `best`. The path ends where all do."""
    count = len(tables.service) - 1
    least, at = NEVER, 1
    is_used = np.zeros(count + 1, np.bool_)
    driven = np.zeros(count + 1, np.int64)
    path[PLACE, 1] = 0
    while at > 0:
        is_used[path[PLACE, at]] = False
        stop = path[PLACE, at] + 1
        while stop <= count and is_used[stop]:
            stop += 1
        if stop > count:
            at -= 1
            continue
        path[PLACE, at] = stop
        is_used[stop] = True
        path[LEG, at - 1] = tables.drive[path[PLACE, at - 1], stop]
        driven[at] = driven[at - 1] + path[LEG, at - 1]
        forward(tables, path, at, at, at)
        if driven[at] >= least or min(path[HUNGRY, at], path[FED, at]) >= NEVER:
            continue
        if at < count:
            at += 1
            path[PLACE, at] = 0
            continue
        leg = tables.drive[stop, 0]
        if driven[at] + leg < least and joins(tables, path, path[HUNGRY, at], path[FED, at], leg, count + 1):
            least = driven[at] + leg
            for position in range(count):  # an assignment of slices would take seconds to compile
                best[position] = path[PLACE, position + 1]
    return least
