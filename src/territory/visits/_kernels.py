"""Compiled search over visit plans: ruin and recreate whole outlets, under simulated annealing.

The words are those of `_layout`. Every array a compiled function takes costs compilation and call time, so they are
few. All compiled code is in this file on purpose: numba's cache on disk follows the file of the caller only.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
import numpy.typing as npt

from territory.units import IntArray
from territory.visits import _layout as lay
from territory.visits._layout import ABSENT, NEVER, State, Tables


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
def refresh(drive: IntArray, outlets: IntArray, lane: IntArray, stops: IntArray, lane_state: IntArray) -> None:
    """Recompute one lane's state from its places."""
    count = lane_state[lay.LENGTH]
    stops[lay.PLACE, 0] = lane[lay.HOME]
    stops[lay.PLACE, count + 1] = lane[lay.HOME]
    hungry = lane[lay.EARLIEST_LEAVE]
    fed = max(hungry, lane[lay.LUNCH_FROM] + lane[lay.LUNCH])
    driven, service = 0, 0
    for at in range(count + 1):
        stops[lay.HUNGRY, at], stops[lay.FED, at] = hungry, fed
        place = stops[lay.PLACE, at + 1]
        leg = drive[stops[lay.PLACE, at], place]
        stops[lay.LEG, at] = leg
        driven += leg
        if at < count:
            service += outlets[place, lay.SERVICE]
            fed = served(outlets[place], lane, min(fed + leg, after_lunch(lane, hungry, leg)))
            hungry = served(outlets[place], lane, hungry + leg)
    lane_state[lay.DRIVE] = driven
    lane_state[lay.LOAD] = driven + service
    fed = lane[lay.LATEST_RETURN]
    hungry = min(fed, lane[lay.LUNCH_UNTIL])
    stops[lay.LATEST_FED, count + 1], stops[lay.LATEST_HUNGRY, count + 1] = fed, hungry
    for at in range(count, 0, -1):
        leg = stops[lay.LEG, at]
        outlet = outlets[stops[lay.PLACE, at]]
        hungry = latest_start(outlet, lane, max(hungry - leg, before_lunch(lane, fed, leg)))
        fed = latest_start(outlet, lane, fed - leg)
        stops[lay.LATEST_FED, at], stops[lay.LATEST_HUNGRY, at] = fed, hungry
    leg = stops[lay.LEG, 0]
    arrival = min(stops[lay.FED, 0] + leg, after_lunch(lane, stops[lay.HUNGRY, 0], leg))
    lane_state[lay.WORKS] = count == 0 or stops[lay.HUNGRY, 0] + leg <= hungry or arrival <= fed


@nb.njit(cache=True)
def find_position(
    there: IntArray,
    back: IntArray,
    outlet: IntArray,
    lane: IntArray,
    stops: IntArray,
    lane_state: IntArray,
    blink: float,
    random: npt.NDArray[np.uint64],
) -> int:
    """Shortest detour to an outlet (`there`, `back`: drives to and from it), NEVER for none; sets POSITION."""
    shortest = NEVER
    for at in range(lane_state[lay.LENGTH] + 1):
        going, leaving = there[stops[lay.PLACE, at]], back[stops[lay.PLACE, at + 1]]
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
    return shortest


@nb.njit(cache=True)
def best_option(tables: Tables, state: State, place: int, allowed: npt.NDArray[np.bool_], blink: float) -> int:
    """Cheapest option that fits, by adding up the best insertion into each of its lanes; ABSENT when none fits."""
    there, back, outlet = tables.drive_to[place], tables.drive[place], tables.outlet[place]
    lanes = tables.kind[outlet[lay.KIND]]
    price = tables.share[-1]
    for at in range(1, lanes[0] + 1):
        lane = lanes[at]
        detour = find_position(
            there, back, outlet, tables.lane[lane], state.stops[lane], state.lane[lane], blink, state.random
        )
        if detour == NEVER:
            state.cost[lay.COST, lane] = np.inf
        else:
            above = state.lane[lane, lay.LOAD] - state.cost[lay.TARGET, lane]
            more = above + detour + outlet[lay.SERVICE]
            state.cost[lay.COST, lane] = detour + price * (max(0.0, more) - max(0.0, above))
    cheapest, found = np.inf, ABSENT
    first = outlet[lay.FIRST_OPTION]
    for option in range(first, outlet[lay.END_OPTION]):
        if len(allowed) and not allowed[option - first]:
            continue
        total = 0.0
        for at in range(1, tables.option[option, 0] + 1):
            total += state.cost[lay.COST, tables.option[option, at]]
        if total < cheapest:
            cheapest, found = total, option
    return found


@nb.njit(cache=True)
def touch(state: State, lane: int) -> None:
    """Keep a copy of a lane before its first change in this iteration."""
    if state.lane[lane, lay.TOUCHED]:
        return
    for at in range(6):
        state.kept_lane[lane, at] = state.lane[lane, at]
        for stop in range(state.lane[lane, lay.LENGTH] + 2):
            state.kept_stops[lane, at, stop] = state.stops[lane, at, stop]
    state.lane[lane, lay.TOUCHED] = 1
    count = state.memo[lay.LANES, -1]
    state.memo[lay.LANES, count] = lane
    state.memo[lay.LANES, -1] = count + 1


@nb.njit(cache=True)
def insert(tables: Tables, state: State, outlet: int, option: int) -> None:
    """Put the outlet on all lanes of the option, at the positions found last."""
    for at in range(1, tables.option[option, 0] + 1):
        lane = tables.option[option, at]
        touch(state, lane)
        position = state.lane[lane, lay.POSITION]
        for later in range(state.lane[lane, lay.LENGTH] + 1, position, -1):
            state.stops[lane, lay.PLACE, later + 1] = state.stops[lane, lay.PLACE, later]
        state.stops[lane, lay.PLACE, position + 1] = outlet
        state.lane[lane, lay.LENGTH] += 1
        refresh(tables.drive, tables.outlet, tables.lane[lane], state.stops[lane], state.lane[lane])
    state.option[outlet] = option


@nb.njit(cache=True)
def remove(tables: Tables, state: State, outlet: int) -> None:
    """Take the outlet off its lanes, without refreshing them, and note it as removed."""
    option = state.option[outlet]
    count = state.memo[lay.OUTLETS, -1]
    state.memo[lay.OUTLETS, count] = outlet
    state.memo[lay.OPTIONS, count] = option
    state.memo[lay.OUTLETS, -1] = count + 1
    state.option[outlet] = ABSENT
    if option == ABSENT:
        return
    for at in range(1, tables.option[option, 0] + 1):
        lane = tables.option[option, at]
        touch(state, lane)
        position = 1
        while state.stops[lane, lay.PLACE, position] != outlet:
            position += 1
        for later in range(position, state.lane[lane, lay.LENGTH] + 1):
            state.stops[lane, lay.PLACE, later] = state.stops[lane, lay.PLACE, later + 1]
        state.lane[lane, lay.LENGTH] -= 1


@nb.njit(cache=True)
def refresh_touched(tables: Tables, state: State) -> None:
    """Recompute all lanes touched in this iteration."""
    for at in range(state.memo[lay.LANES, -1]):
        lane = state.memo[lay.LANES, at]
        refresh(tables.drive, tables.outlet, tables.lane[lane], state.stops[lane], state.lane[lane])


@nb.njit(cache=True)
def put_back(state: State) -> None:
    """Undo this iteration."""
    for touched in range(state.memo[lay.LANES, -1]):
        lane = state.memo[lay.LANES, touched]
        for at in range(6):
            state.lane[lane, at] = state.kept_lane[lane, at]
            for stop in range(state.kept_lane[lane, lay.LENGTH] + 2):
                state.stops[lane, at, stop] = state.kept_stops[lane, at, stop]
    for at in range(state.memo[lay.OUTLETS, -1]):
        state.option[state.memo[lay.OUTLETS, at]] = state.memo[lay.OPTIONS, at]


@nb.njit(cache=True)
def begin(state: State) -> None:
    """Forget what the last iteration touched."""
    for at in range(state.memo[lay.LANES, -1]):
        state.lane[state.memo[lay.LANES, at], lay.TOUCHED] = 0
    state.memo[lay.LANES, -1] = 0
    state.memo[lay.OUTLETS, -1] = 0


@nb.njit(cache=True)
def measure(tables: Tables, state: State) -> float:
    """The objective, drive seconds; sets the lanes' mean loads."""
    total, points = 0, 0.0
    for lane in range(len(state.lane)):
        total += state.lane[lane, lay.LOAD]
        points += state.lane[lane, lay.DRIVE]
    for lane in range(len(state.lane)):
        target = total * tables.share[lane]
        state.cost[lay.TARGET, lane] = target
        points += tables.share[-1] * max(0.0, state.lane[lane, lay.LOAD] - target)
    for outlet in range(len(state.option)):
        if state.option[outlet] == ABSENT:
            points += tables.weight[lay.PRICE, outlet]
    return points


@nb.njit(cache=True)
def store_best(state: State) -> None:
    """Keep the current plan as the best one."""
    state.objective[1] = state.objective[0]
    for outlet in range(len(state.option)):
        state.best_option[outlet] = state.option[outlet]
    for lane in range(len(state.lane)):
        state.best[lane, 0] = state.lane[lane, lay.LENGTH]
        for at in range(1, state.lane[lane, lay.LENGTH] + 1):
            state.best[lane, at] = state.stops[lane, lay.PLACE, at]


@nb.njit(cache=True)
def construct(tables: Tables, state: State, order: IntArray, allowed: npt.NDArray[np.bool_], mean_load: float) -> None:
    """Insert outlets one by one, each at its cheapest allowed option; `mean_load` seconds per lane are expected."""
    begin(state)
    lanes = len(state.lane)
    for lane in range(lanes):
        refresh(tables.drive, tables.outlet, tables.lane[lane], state.stops[lane], state.lane[lane])
        state.cost[lay.TARGET, lane] = mean_load * tables.share[lane] * lanes
    for at in range(len(order)):
        option = best_option(tables, state, order[at], allowed[order[at]], 0.0)
        if option != ABSENT:
            insert(tables, state, order[at], option)
    begin(state)
    state.objective[0] = measure(tables, state)
    store_best(state)


@nb.njit(cache=True)
def ruin(tables: Tables, state: State, size: int) -> None:
    """Remove up to `size` outlets: neighbours on the map, neighbours on a day, or anyone; then some absent ones."""
    n = len(state.option)
    kind = uniform(state.random)
    seed = int(uniform(state.random) * n)
    skip = 0.5 * uniform(state.random)
    lane = int(uniform(state.random) * len(state.lane))
    length = state.lane[lane, lay.LENGTH]
    first = 1 + int(uniform(state.random) * (length - min(size, length) + 1))
    tries = tables.near.shape[1] + 1 if kind < 0.75 else size
    for at in range(tries):
        if state.memo[lay.OUTLETS, -1] >= size:
            break
        outlet = seed
        if kind >= 0.9:
            outlet = int(uniform(state.random) * n)
        elif kind >= 0.75:  # removing moves the next stop to the same position
            if first > state.lane[lane, lay.LENGTH]:
                break
            outlet = state.stops[lane, lay.PLACE, first]
        elif at > 0:
            outlet = tables.near[seed, at - 1]
            if uniform(state.random) < skip:
                continue
        if state.option[outlet] != ABSENT:
            remove(tables, state, outlet)
    taken = state.memo[lay.OUTLETS, -1]
    outlet = seed
    for _ in range(n):
        if state.memo[lay.OUTLETS, -1] >= taken + size:
            break
        outlet = outlet + 1 if outlet + 1 < n else 0
        if state.option[outlet] == ABSENT and tables.weight[lay.PRICE, outlet] > 0.0:
            is_new = True
            for at in range(taken):
                is_new = is_new and state.memo[lay.OUTLETS, at] != outlet
            if is_new:
                remove(tables, state, outlet)
    refresh_touched(tables, state)


@nb.njit(cache=True)
def recreate(tables: Tables, state: State, nothing: npt.NDArray[np.bool_], blink: float) -> None:
    """Put the removed outlets back, in an order drawn anew, each at its cheapest option."""
    count = state.memo[lay.OUTLETS, -1]
    draw = int(uniform(state.random) * 6.0)
    for at in range(count):
        outlet, option = state.memo[lay.OUTLETS, at], state.memo[lay.OPTIONS, at]
        key = uniform(state.random)
        if draw < lay.PRICE:
            key = tables.weight[draw, outlet]
        spot = at
        while spot > 0 and state.key[spot - 1] > key:
            state.key[spot] = state.key[spot - 1]
            state.memo[lay.OUTLETS, spot] = state.memo[lay.OUTLETS, spot - 1]
            state.memo[lay.OPTIONS, spot] = state.memo[lay.OPTIONS, spot - 1]
            spot -= 1
        state.key[spot] = key
        state.memo[lay.OUTLETS, spot], state.memo[lay.OPTIONS, spot] = outlet, option
    for at in range(count):
        outlet = state.memo[lay.OUTLETS, at]
        option = best_option(tables, state, outlet, nothing, blink)
        if option != ABSENT:
            insert(tables, state, outlet, option)


@nb.njit(cache=True)
def search(
    tables: Tables,
    state: State,
    iterations: int,
    hot: float,
    cold: float,
    most: int,
    blink: float,
    nothing: npt.NDArray[np.bool_],
) -> None:
    """Ruin and recreate `iterations` times while the temperature falls from `hot` to `cold` drive seconds."""
    cooling = math.exp(math.log(cold / hot) / max(1, iterations))
    temperature = hot
    for _ in range(iterations):
        begin(state)
        ruin(tables, state, 1 + int(uniform(state.random) * most))
        recreate(tables, state, nothing, blink)
        works = True
        for at in range(state.memo[lay.LANES, -1]):
            works = works and state.lane[state.memo[lay.LANES, at], lay.WORKS] == 1
        objective = measure(tables, state)
        if works and objective < state.objective[0] - temperature * math.log(1.0 - uniform(state.random)):
            state.objective[0] = objective
            if objective < state.objective[1] - 1e-9:
                store_best(state)
        else:
            put_back(state)
            measure(tables, state)
        temperature *= cooling
