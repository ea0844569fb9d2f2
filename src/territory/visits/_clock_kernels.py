"""Compiled clock of one lane: windows, shift and lunch before and after every stop, and where one more stop fits.

The words are those of `_layout`. Rows of arrays are read by index, never sliced: a slice in compiled code counts
references, which takes longer than what is done with it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from territory.units import IntArray
from territory.visits import _layout as lay
from territory.visits._compiled import helper, kernel
from territory.visits._layout import NEVER, Int32Array

# An index that is never negative: compiled code need not ask whether it counts from the end, in loops that are run a
# million times a second. Spots are added to spots only: with other integers they become signed again.
Spot = np.uint64
ONE, TWO, THREE = Spot(1), Spot(2), Spot(3)


@helper
def uniform(random: npt.NDArray[np.uint64]) -> float:
    """A draw from [0, 1): xorshift64."""
    bits = random[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    random[0] = bits
    return float(bits >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@helper
def served(outlets: Int32Array, place: Spot, at: Spot, earliest: int, latest_end: int, arrival: int) -> int:
    """Earliest end of service after arriving; NEVER when there is none in the day. `at`: first window's column."""
    ready = max(arrival, earliest)
    if ready <= outlets[place, at + ONE]:
        end = max(ready, outlets[place, at]) + outlets[place, lay.SERVICE]
    elif ready <= outlets[place, at + THREE]:
        end = max(ready, outlets[place, at + TWO]) + outlets[place, lay.SERVICE]
    else:
        return NEVER
    return int(end) if end <= latest_end else NEVER


@helper
def after_lunch(lunch_from: int, lunch_until: int, lunch: int, end: int, drive: int) -> int:
    """Earliest arrival, fed, at the next place when service ended hungry."""
    if end + drive <= lunch_until:
        return int(max(end + drive, lunch_from) + lunch)
    if end <= lunch_until:
        return int(max(end, lunch_from) + lunch + drive)
    return NEVER


@helper
def before_lunch(lunch_from: int, lunch_until: int, lunch: int, start: int, drive: int) -> int:
    """Latest hungry end of service from which one arrives, fed, by `start` at the next place."""
    latest = -NEVER
    first = lunch_from + lunch
    if first <= start:
        latest = min(lunch_until, start - lunch) - drive
    if first + drive <= start:
        latest = max(latest, min(lunch_until, start - lunch - drive))
    return int(latest)


@helper
def latest_start(outlets: Int32Array, place: Spot, at: Spot, earliest: int, latest_end: int, end: int) -> int:
    """Latest start inside a window so that service is over by `end`; -NEVER when there is none in the day."""
    limit = min(end, latest_end) - outlets[place, lay.SERVICE]
    if outlets[place, at + TWO] <= limit:
        start = min(outlets[place, at + THREE], limit)
    elif outlets[place, at] <= limit:
        start = min(outlets[place, at + ONE], limit)
    else:
        return -NEVER
    return int(start) if start >= earliest else -NEVER


@helper
def go_forward(
    outlets: Int32Array, lanes: IntArray, lane: int, stops: IntArray, count: int, frm: int, settled: int
) -> None:
    """Earliest ends of service of the stops after position `frm`, until nothing changes after `settled`."""
    window = Spot(lay.WINDOWS + 4 * lanes[lane, lay.WEEKDAY])
    earliest, latest_end = lanes[lane, lay.EARLIEST_START], lanes[lane, lay.LATEST_END]
    hungry, fed = stops[lane, lay.HUNGRY, frm], stops[lane, lay.FED, frm]
    if lanes[lane, lay.LONGEST] < NEVER:
        pure = stops[lane, lay.PURE, frm]
        for turn in range(frm + 1, count + 1):
            at = Spot(turn)
            leg, place = stops[lane, lay.LEG, at - ONE], Spot(stops[lane, lay.PLACE, at])
            hungry = served(outlets, place, window, earliest, latest_end, hungry + leg)
            fed = min(fed, outlets[place, window + ONE] - pure - leg)
            pure += leg + outlets[place, lay.SERVICE]
            stops[lane, lay.HUNGRY, at], stops[lane, lay.FED, at], stops[lane, lay.PURE, at] = hungry, fed, pure
        return
    lunch_from, lunch_until, lunch = (
        lanes[lane, lay.LUNCH_FROM],
        lanes[lane, lay.LUNCH_UNTIL],
        lanes[lane, lay.LUNCH],
    )
    for turn in range(frm + 1, count + 1):
        at = Spot(turn)
        leg, place = stops[lane, lay.LEG, at - ONE], Spot(stops[lane, lay.PLACE, at])
        arrival = min(fed + leg, after_lunch(lunch_from, lunch_until, lunch, hungry, leg))
        fed = served(outlets, place, window, earliest, latest_end, arrival)
        hungry = served(outlets, place, window, earliest, latest_end, hungry + leg)
        if turn > settled and hungry == stops[lane, lay.HUNGRY, at] and fed == stops[lane, lay.FED, at]:
            return
        stops[lane, lay.HUNGRY, at], stops[lane, lay.FED, at] = hungry, fed


@helper
def go_back(
    outlets: Int32Array, lanes: IntArray, lane: int, stops: IntArray, load: int, frm: int, settled: int
) -> None:
    """Latest starts of service of the stops before position `frm`, until nothing changes before `settled`."""
    window = Spot(lay.WINDOWS + 4 * lanes[lane, lay.WEEKDAY])
    earliest, latest_end = lanes[lane, lay.EARLIEST_START], lanes[lane, lay.LATEST_END]
    hungry, fed = stops[lane, lay.LATEST_HUNGRY, frm], stops[lane, lay.LATEST_FED, frm]
    if lanes[lane, lay.LONGEST] < NEVER:
        for turn in range(frm - 1, 0, -1):
            at = Spot(turn)
            leg, place = stops[lane, lay.LEG, at], Spot(stops[lane, lay.PLACE, at])
            hungry = latest_start(outlets, place, window, earliest, latest_end, hungry - leg)
            # from the end of service here to the end of the day, without waiting
            rest = load - stops[lane, lay.PURE, at]
            fed = max(fed, max(outlets[place, window], earliest) + outlets[place, lay.SERVICE] + rest)
            stops[lane, lay.LATEST_HUNGRY, at], stops[lane, lay.LATEST_FED, at] = hungry, fed
        return
    lunch_from, lunch_until, lunch = (
        lanes[lane, lay.LUNCH_FROM],
        lanes[lane, lay.LUNCH_UNTIL],
        lanes[lane, lay.LUNCH],
    )
    for turn in range(frm - 1, 0, -1):
        at = Spot(turn)
        leg, place = stops[lane, lay.LEG, at], Spot(stops[lane, lay.PLACE, at])
        end = max(hungry - leg, before_lunch(lunch_from, lunch_until, lunch, fed, leg))
        hungry = latest_start(outlets, place, window, earliest, latest_end, end)
        fed = latest_start(outlets, place, window, earliest, latest_end, fed - leg)
        if turn < settled and hungry == stops[lane, lay.LATEST_HUNGRY, at] and fed == stops[lane, lay.LATEST_FED, at]:
            return
        stops[lane, lay.LATEST_HUNGRY, at], stops[lane, lay.LATEST_FED, at] = hungry, fed


@kernel
def refresh(
    drive: Int32Array, outlets: Int32Array, lanes: IntArray, lane: int, stops: IntArray, state: IntArray
) -> None:
    """Recompute one lane's state from its places."""
    count = state[lane, lay.LENGTH]
    home = lanes[lane, lay.HOME]
    stops[lane, lay.PLACE, 0] = home
    stops[lane, lay.PLACE, count + 1] = home
    driven, service, carried = 0, 0, 0
    before = Spot(home)
    for at in range(count + 1):
        place = Spot(stops[lane, lay.PLACE, at + 1])
        leg = int(drive[before, place])
        stops[lane, lay.LEG, at] = leg
        driven += leg
        if at < count:
            service += outlets[place, lay.SERVICE]
            carried += outlets[place, lay.CARRIED]
        before = place
    state[lane, lay.DRIVE] = driven
    state[lane, lay.LOAD] = driven + service
    state[lane, lay.CARRY] = carried
    leave, back = lanes[lane, lay.EARLIEST_LEAVE], lanes[lane, lay.LATEST_RETURN]
    in_time = driven + service <= back - leave
    if not lanes[lane, lay.PLAIN]:
        in_time = refresh_clock(outlets, lanes, lane, stops, count, driven + service)
    state[lane, lay.WORKS] = count == 0 or in_time


@helper
def refresh_clock(outlets: Int32Array, lanes: IntArray, lane: int, stops: IntArray, count: int, load: int) -> bool:
    """Recompute one lane's clock; whether the day can be driven so."""
    leave, back = lanes[lane, lay.EARLIEST_LEAVE], lanes[lane, lay.LATEST_RETURN]
    lunch_from, lunch_until, lunch = (
        lanes[lane, lay.LUNCH_FROM],
        lanes[lane, lay.LUNCH_UNTIL],
        lanes[lane, lay.LUNCH],
    )
    longest = lanes[lane, lay.LONGEST]
    is_flexible = longest < NEVER
    stops[lane, lay.HUNGRY, 0] = leave
    stops[lane, lay.FED, 0] = NEVER if is_flexible else max(leave, lunch_from + lunch)
    stops[lane, lay.PURE, 0] = 0
    go_forward(outlets, lanes, lane, stops, count, 0, count)
    stops[lane, lay.LATEST_FED, count + 1] = -NEVER if is_flexible else back
    stops[lane, lay.LATEST_HUNGRY, count + 1] = min(back, lunch_until)
    go_back(outlets, lanes, lane, stops, load, count + 1, 0)
    leg = stops[lane, lay.LEG, 0]
    if is_flexible:
        home = stops[lane, lay.HUNGRY, count] + stops[lane, lay.LEG, count]
        latest = min(stops[lane, lay.FED, count], back - load)
        return bool(leave + leg <= stops[lane, lay.LATEST_HUNGRY, 1] and max(load, home - latest) <= longest)
    arrival = min(stops[lane, lay.FED, 0] + leg, after_lunch(lunch_from, lunch_until, lunch, leave, leg))
    return bool(leave + leg <= stops[lane, lay.LATEST_HUNGRY, 1] or arrival <= stops[lane, lay.LATEST_FED, 1])


@helper
def rows_used(lanes: IntArray, lane: int) -> int:
    """Rows of the stops that mean something on the lane: the first so many."""
    if lanes[lane, lay.PLAIN]:
        return 2
    return lay.STOP_FIELDS if lanes[lane, lay.LONGEST] < NEVER else lay.PURE


@helper
def put(
    drive: Int32Array,
    outlets: Int32Array,
    lanes: IntArray,
    lane: int,
    stops: IntArray,
    state: IntArray,
    place: int,
) -> None:
    """Add a stop behind POSITION, where it fits, and bring the lane's state up to date."""
    position = state[lane, lay.POSITION]
    count = state[lane, lay.LENGTH]
    for row in range(rows_used(lanes, lane)):
        for turn in range(count + 1, position, -1):
            at = Spot(turn)
            stops[lane, row, at + ONE] = stops[lane, row, at]
    count += 1
    here = position + 1
    before, after = stops[lane, lay.PLACE, position], stops[lane, lay.PLACE, here + 1]
    going, leaving = int(drive[before, place]), int(drive[place, after])
    detour = going + leaving - stops[lane, lay.LEG, position]
    stops[lane, lay.PLACE, here] = place
    stops[lane, lay.LEG, position], stops[lane, lay.LEG, here] = going, leaving
    state[lane, lay.LENGTH] = count
    state[lane, lay.DRIVE] += detour
    state[lane, lay.LOAD] += detour + outlets[place, lay.SERVICE]
    state[lane, lay.CARRY] += outlets[place, lay.CARRIED]
    if not lanes[lane, lay.PLAIN]:
        go_forward(outlets, lanes, lane, stops, count, position, here)
        # a longest day looks ahead in time without waiting, which every stop before and after changes
        frm = here + 1 if lanes[lane, lay.LONGEST] == NEVER else count + 1
        go_back(outlets, lanes, lane, stops, state[lane, lay.LOAD], frm, here)


@kernel
def find_position(
    tables: lay.Tables,
    place: int,
    lane: int,
    stops: IntArray,
    state: IntArray,
    most: int,
    blink: float,
    random: npt.NDArray[np.uint64],
) -> int:
    """
    Shortest detour, below `most`, to an outlet that fits into a lane in time; NEVER for none.

    Sets POSITION where there is one, and leaves it alone where there is none: a lane that is in two slots of an outlet
    is tried twice, and the place found first must not be lost.
    """
    lanes, outlets, there, back = tables.lane, tables.outlet, tables.drive_to, tables.drive
    count = state[lane, lay.LENGTH]
    service = outlets[place, lay.SERVICE]
    shortest, found = most, -1
    if lanes[lane, lay.PLAIN]:
        busy = state[lane, lay.LOAD] + service
        shortest = min(shortest, lanes[lane, lay.LATEST_RETURN] - lanes[lane, lay.EARLIEST_LEAVE] - busy + 1)
        going = there[place, stops[lane, lay.PLACE, 0]]
        for at in range(count + 1):
            after = stops[lane, lay.PLACE, at + 1]
            detour = going + back[place, after] - stops[lane, lay.LEG, at]
            going = there[place, after]
            if detour < shortest and (blink == 0.0 or uniform(random) >= blink):
                shortest, found = detour, at
        if found < 0:
            return NEVER
        state[lane, lay.POSITION] = found
        return int(shortest)
    window = Spot(lay.WINDOWS + 4 * lanes[lane, lay.WEEKDAY])
    earliest, latest_end = lanes[lane, lay.EARLIEST_START], lanes[lane, lay.LATEST_END]
    lunch_from, lunch_until, lunch = (
        lanes[lane, lay.LUNCH_FROM],
        lanes[lane, lay.LUNCH_UNTIL],
        lanes[lane, lay.LUNCH],
    )
    longest = lanes[lane, lay.LONGEST]
    load = state[lane, lay.LOAD]
    here, before = Spot(place), Spot(stops[lane, lay.PLACE, 0])
    for at in range(count + 1):
        after = Spot(stops[lane, lay.PLACE, at + 1])
        going, leaving = int(there[here, before]), int(back[here, after])
        before = after
        detour = going + leaving - stops[lane, lay.LEG, at]
        if detour >= shortest or (blink > 0.0 and uniform(random) < blink):
            continue
        hungry = stops[lane, lay.HUNGRY, at]
        end = served(outlets, here, window, earliest, latest_end, hungry + going)
        latest_fed = stops[lane, lay.LATEST_FED, at + 1]
        if longest < NEVER:
            if end + leaving > stops[lane, lay.LATEST_HUNGRY, at + 1]:
                continue
            pure = stops[lane, lay.PURE, at]
            rest = load - pure - stops[lane, lay.LEG, at]
            home = max(end + leaving + rest, latest_fed)
            leave = min(stops[lane, lay.FED, at], outlets[here, window + ONE] - pure - going)
            leave = min(leave, stops[lane, lay.LATEST_HUNGRY, at + 1] - pure - going - service - leaving)
            if max(load + detour + service, home - leave) <= longest:
                shortest, found = detour, at
            continue
        fits = end < NEVER and (
            end + leaving <= stops[lane, lay.LATEST_HUNGRY, at + 1]
            or after_lunch(lunch_from, lunch_until, lunch, end, leaving) <= latest_fed
        )
        if not fits:
            arrival = min(stops[lane, lay.FED, at] + going, after_lunch(lunch_from, lunch_until, lunch, hungry, going))
            end = served(outlets, here, window, earliest, latest_end, arrival)
            fits = end < NEVER and end + leaving <= latest_fed
        if fits:
            shortest, found = detour, at
    if found < 0:
        return NEVER
    state[lane, lay.POSITION] = found
    return int(shortest)
