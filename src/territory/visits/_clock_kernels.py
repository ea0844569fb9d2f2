"""Compiled clock of one lane: windows, shift and lunch before and after every stop, and where one more stop fits.

The words are those of `_layout`. Every array a compiled function takes costs compilation and call time, so they are
few. numba's cache on disk follows the file of the caller only: after an edit here, `_kernels.py` wants touching.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from territory.units import IntArray
from territory.visits import _layout as lay
from territory.visits._layout import NEVER, Int32Array


@nb.njit(cache=True)
def uniform(random: npt.NDArray[np.uint64]) -> float:
    """A draw from [0, 1): xorshift64."""
    bits = random[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    random[0] = bits
    return float(bits >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@nb.njit(cache=True)
def served(outlet: IntArray, lane: IntArray, arrival: int) -> int:
    """Earliest end of service after arriving; NEVER when there is none in the day."""
    ready = max(arrival, lane[lay.EARLIEST_START])
    at = lay.WINDOWS + 4 * lane[lay.WEEKDAY]
    end = NEVER
    if ready <= outlet[at + 1]:
        end = int(max(ready, outlet[at]) + outlet[lay.SERVICE])
    elif ready <= outlet[at + 3]:
        end = int(max(ready, outlet[at + 2]) + outlet[lay.SERVICE])
    return end if end <= lane[lay.LATEST_END] else NEVER


@nb.njit(cache=True)
def after_lunch(lane: IntArray, end: int, drive: int) -> int:
    """Earliest arrival, fed, at the next place when service ended hungry."""
    if end + drive <= lane[lay.LUNCH_UNTIL]:
        return int(max(end + drive, lane[lay.LUNCH_FROM]) + lane[lay.LUNCH])
    if end <= lane[lay.LUNCH_UNTIL]:
        return int(max(end, lane[lay.LUNCH_FROM]) + lane[lay.LUNCH] + drive)
    return NEVER


@nb.njit(cache=True)
def before_lunch(lane: IntArray, start: int, drive: int) -> int:
    """Latest hungry end of service from which one arrives, fed, by `start` at the next place."""
    latest = -NEVER
    first = lane[lay.LUNCH_FROM] + lane[lay.LUNCH]
    if first <= start:
        latest = min(lane[lay.LUNCH_UNTIL], start - lane[lay.LUNCH]) - drive
    if first + drive <= start:
        latest = max(latest, min(lane[lay.LUNCH_UNTIL], start - lane[lay.LUNCH] - drive))
    return latest


@nb.njit(cache=True)
def latest_start(outlet: IntArray, lane: IntArray, end: int) -> int:
    """Latest start inside a window so that service is over by `end`; -NEVER when there is none in the day."""
    limit = min(end, lane[lay.LATEST_END]) - outlet[lay.SERVICE]
    at = lay.WINDOWS + 4 * lane[lay.WEEKDAY]
    start = -NEVER
    if outlet[at + 2] <= limit:
        start = min(outlet[at + 3], limit)
    elif outlet[at] <= limit:
        start = min(outlet[at + 1], limit)
    return start if start >= lane[lay.EARLIEST_START] else -NEVER


@nb.njit(cache=True)
def go_forward(outlets: IntArray, lane: IntArray, stops: IntArray, count: int, frm: int, settled: int) -> None:
    """Earliest ends of service of the stops after position `frm`, until nothing changes after `settled`."""
    hungry, fed = stops[lay.HUNGRY, frm], stops[lay.FED, frm]
    for at in range(frm + 1, count + 1):
        leg = stops[lay.LEG, at - 1]
        outlet = outlets[stops[lay.PLACE, at]]
        fed = served(outlet, lane, min(fed + leg, after_lunch(lane, hungry, leg)))
        hungry = served(outlet, lane, hungry + leg)
        if at > settled and hungry == stops[lay.HUNGRY, at] and fed == stops[lay.FED, at]:
            return
        stops[lay.HUNGRY, at], stops[lay.FED, at] = hungry, fed


@nb.njit(cache=True)
def go_back(outlets: IntArray, lane: IntArray, stops: IntArray, frm: int, settled: int) -> None:
    """Latest starts of service of the stops before position `frm`, until nothing changes before `settled`."""
    hungry, fed = stops[lay.LATEST_HUNGRY, frm], stops[lay.LATEST_FED, frm]
    for at in range(frm - 1, 0, -1):
        leg = stops[lay.LEG, at]
        outlet = outlets[stops[lay.PLACE, at]]
        hungry = latest_start(outlet, lane, max(hungry - leg, before_lunch(lane, fed, leg)))
        fed = latest_start(outlet, lane, fed - leg)
        if at < settled and hungry == stops[lay.LATEST_HUNGRY, at] and fed == stops[lay.LATEST_FED, at]:
            return
        stops[lay.LATEST_HUNGRY, at], stops[lay.LATEST_FED, at] = hungry, fed


@nb.njit(cache=True)
def refresh(drive: Int32Array, outlets: IntArray, lane: IntArray, stops: IntArray, lane_state: IntArray) -> None:
    """Recompute one lane's state from its places."""
    count = lane_state[lay.LENGTH]
    stops[lay.PLACE, 0] = lane[lay.HOME]
    stops[lay.PLACE, count + 1] = lane[lay.HOME]
    driven, service, carried = 0, 0, 0
    for at in range(count + 1):
        place = stops[lay.PLACE, at + 1]
        leg = int(drive[stops[lay.PLACE, at], place])
        stops[lay.LEG, at] = leg
        driven += leg
        if at < count:
            service += outlets[place, lay.SERVICE]
            carried += outlets[place, lay.CARRIED]
    lane_state[lay.DRIVE] = driven
    lane_state[lay.LOAD] = driven + service
    lane_state[lay.CARRY] = carried
    if lane[lay.PLAIN]:
        room = lane[lay.LATEST_RETURN] - lane[lay.EARLIEST_LEAVE]
        lane_state[lay.WORKS] = count == 0 or (driven + service <= room and carried <= lane[lay.LIMIT])
        return
    stops[lay.HUNGRY, 0] = lane[lay.EARLIEST_LEAVE]
    stops[lay.FED, 0] = max(lane[lay.EARLIEST_LEAVE], lane[lay.LUNCH_FROM] + lane[lay.LUNCH])
    go_forward(outlets, lane, stops, count, 0, count)
    stops[lay.LATEST_FED, count + 1] = lane[lay.LATEST_RETURN]
    stops[lay.LATEST_HUNGRY, count + 1] = min(lane[lay.LATEST_RETURN], lane[lay.LUNCH_UNTIL])
    go_back(outlets, lane, stops, count + 1, 0)
    hungry, fed = stops[lay.LATEST_HUNGRY, 1], stops[lay.LATEST_FED, 1]
    leg = stops[lay.LEG, 0]
    arrival = min(stops[lay.FED, 0] + leg, after_lunch(lane, stops[lay.HUNGRY, 0], leg))
    in_time = stops[lay.HUNGRY, 0] + leg <= hungry or arrival <= fed
    lane_state[lay.WORKS] = count == 0 or (in_time and carried <= lane[lay.LIMIT])


@nb.njit(cache=True)
def put(
    drive: Int32Array, outlets: IntArray, lane: IntArray, stops: IntArray, lane_state: IntArray, place: int
) -> None:
    """Add a stop behind POSITION, where it fits, and bring the lane's state up to date."""
    position = lane_state[lay.POSITION]
    count = lane_state[lay.LENGTH]
    rows = 2 if lane[lay.PLAIN] else 6
    for row in range(rows):
        for at in range(count + 1, position, -1):
            stops[row, at + 1] = stops[row, at]
    count += 1
    here = position + 1
    before, after = stops[lay.PLACE, position], stops[lay.PLACE, here + 1]
    going, leaving = int(drive[before, place]), int(drive[place, after])
    detour = going + leaving - stops[lay.LEG, position]
    stops[lay.PLACE, here] = place
    stops[lay.LEG, position], stops[lay.LEG, here] = going, leaving
    lane_state[lay.LENGTH] = count
    lane_state[lay.DRIVE] += detour
    lane_state[lay.LOAD] += detour + outlets[place, lay.SERVICE]
    lane_state[lay.CARRY] += outlets[place, lay.CARRIED]
    if not lane[lay.PLAIN]:
        go_forward(outlets, lane, stops, count, position, here)
        go_back(outlets, lane, stops, here + 1, here)


@nb.njit(cache=True)
def find_position(
    there: Int32Array,
    back: Int32Array,
    outlet: IntArray,
    lane: IntArray,
    stops: IntArray,
    lane_state: IntArray,
    blink: float,
    random: npt.NDArray[np.uint64],
) -> int:
    """Shortest detour to an outlet (`there`, `back`: drives to and from it), NEVER for none; sets POSITION."""
    if lane_state[lay.CARRY] + outlet[lay.CARRIED] > lane[lay.LIMIT]:
        return NEVER
    shortest = NEVER
    if lane[lay.PLAIN]:
        busy = lane_state[lay.LOAD] + outlet[lay.SERVICE]
        shortest = lane[lay.LATEST_RETURN] - lane[lay.EARLIEST_LEAVE] - busy + 1
        found = -1
        going = there[stops[lay.PLACE, 0]]
        for at in range(lane_state[lay.LENGTH] + 1):
            place = stops[lay.PLACE, at + 1]
            detour = going + back[place] - stops[lay.LEG, at]
            going = there[place]
            if detour < shortest and (blink == 0.0 or uniform(random) >= blink):
                shortest, found = detour, at
        lane_state[lay.POSITION] = found
        return int(shortest) if found >= 0 else NEVER
    for at in range(lane_state[lay.LENGTH] + 1):
        going, leaving = int(there[stops[lay.PLACE, at]]), int(back[stops[lay.PLACE, at + 1]])
        detour = going + leaving - stops[lay.LEG, at]
        if detour >= shortest or (blink > 0.0 and uniform(random) < blink):
            continue
        hungry = stops[lay.HUNGRY, at]
        end = served(outlet, lane, hungry + going)
        latest_fed = stops[lay.LATEST_FED, at + 1]
        fits = end < NEVER and (
            end + leaving <= stops[lay.LATEST_HUNGRY, at + 1] or after_lunch(lane, end, leaving) <= latest_fed
        )
        if not fits:
            end = served(outlet, lane, min(stops[lay.FED, at] + going, after_lunch(lane, hungry, going)))
            fits = end < NEVER and end + leaving <= latest_fed
        if fits:
            shortest = detour
            lane_state[lay.POSITION] = at
    return int(shortest)
