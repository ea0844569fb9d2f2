"""Compiled search over visit plans: ruin and recreate whole outlets, under simulated annealing.

The words are those of `_layout`. The clock of a single lane is in `_clock_kernels`, what changes a plan in
`_move_kernels`, what is taken out in `_ruin_kernels`, routes that exchange their ends in `_tail_kernels`. numba's cache
on disk follows the file of the caller only: after an edit in one of them, the compiled code of this file must be
deleted.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from territory.units import IntArray
from territory.visits import _layout as lay
from territory.visits._clock_kernels import find_position, refresh, uniform
from territory.visits._compiled import helper, kernel
from territory.visits._layout import ABSENT, NEVER, State, Tables
from territory.visits._move_kernels import begin, insert, put_back, refresh_touched, remove
from territory.visits._ruin_kernels import is_alone, lane_on, ruin
from territory.visits._tail_kernels import exchange_tails, has_twins

__all__ = [
    "begin",
    "best_option",
    "construct",
    "find_position",
    "insert",
    "measure",
    "put_back",
    "refresh",
    "refresh_touched",
    "remove",
    "search",
    "settle",
]


# With more lanes than this to a slot, only those of so many neighbours are tried.
MANY, NEIGHBOURS = 8, 20
# After so many iterations the price of carrying too much is looked at: between these shares of them may be such.
LOOK, LEAST_BEYOND, MOST_BEYOND, STEP = 100, 0.2, 0.4, 1.1
# Share of the iterations that exchange the ends of two routes, where lanes are alike.
TAILS = 0.3


@helper
def note_close_lanes(tables: Tables, state: State, place: int, slot: int) -> int:
    """Stamp the lanes that visit one of the outlet's neighbours on the slot's day; returns the stamp."""
    state.memo[lay.CLOSE, -1] += 1
    stamp = state.memo[lay.CLOSE, -1]
    day = tables.lane[tables.slot[slot, 1], lay.DAY]
    met = 0
    for at in range(tables.near.shape[1]):
        lane = lane_on(tables, state, tables.near[place, at], day)
        if lane != ABSENT:
            state.memo[lay.CLOSE, lane] = stamp
            met += 1
            if met == NEIGHBOURS:
                break
    return int(stamp)


@helper
def beyond_limit(tables: Tables, state: State, lane: int, more: int) -> int:
    """How far a lane that carries so much more is beyond its limit."""
    return int(max(0, state.lane[lane, lay.CARRY] + more - tables.lane[lane, lay.LIMIT]))


@helper
def slot_cost(tables: Tables, state: State, place: int, slot: int, mark: int, most: float, blink: float) -> float:
    """
    Cheapest insertion of the outlet into a lane of the slot, drive seconds; infinite when it is not below `most`.

    Of many lanes only empty ones and those of neighbours are tried, and all of them where the outlet has no place yet.
    """
    price = tables.share[-1]
    count = tables.slot[slot, 0]
    is_choosy = count > MANY
    stamp = note_close_lanes(tables, state, place, slot) if is_choosy else 0
    cheapest, found = most, ABSENT
    for turn in range(2):
        for entry in range(1, count + 1):
            lane = tables.slot[slot, entry]
            if state.lane[lane, lay.LENGTH] == 0:  # one of several empty twins is enough
                twin = tables.lane[lane, lay.TWIN]
                if state.memo[lay.MARK, twin] == mark:
                    continue
                state.memo[lay.MARK, twin] = mark
            elif is_choosy and (state.memo[lay.CLOSE, lane] == stamp) != (turn == 0):
                continue
            beyond = beyond_limit(tables, state, lane, tables.outlet[place, lay.CARRIED])
            beyond -= beyond_limit(tables, state, lane, 0)
            pressed = state.objective[lay.PRESSURE] * beyond if beyond > 0 else 0.0
            if pressed >= cheapest:
                continue
            limit = NEVER if cheapest > 1e12 else int(cheapest - pressed) + 1
            detour = find_position(tables, place, lane, state.stops, state.lane, limit, blink, state.random)
            if detour == NEVER:
                continue
            cost = detour + pressed
            if price > 0.0:
                above = state.lane[lane, lay.LOAD] - state.cost[lay.TARGET, lane]
                more = above + detour + tables.outlet[place, lay.SERVICE]
                cost += price * (max(0.0, more) - max(0.0, above))
            if cost < cheapest:
                cheapest, found = cost, lane
        if not is_choosy or found != ABSENT or most < np.inf:
            break
    state.memo[lay.FOUND, slot] = found
    return cheapest if found != ABSENT else np.inf


@kernel
def best_option(
    tables: Tables, state: State, place: int, before: int, allowed: npt.NDArray[np.bool_], blink: float
) -> int:
    """
    Cheapest option that fits, by adding up the best insertion into each of its slots; ABSENT when none fits.

    The option it had `before` comes first: as it is often a good one, the others are given up early.
    """
    state.memo[lay.MARK, -1] += 1
    mark = state.memo[lay.MARK, -1]
    cheapest, found = np.inf, ABSENT
    first, end = tables.outlet[place, lay.FIRST_OPTION], tables.outlet[place, lay.END_OPTION]
    for turn in range(first - 1, end):
        option = turn
        if turn < first:
            if not first <= before < end:
                continue
            option = before
        elif turn == before:
            continue
        if len(allowed) and not allowed[option - first]:
            continue
        total = tables.option_price[option]
        for at in range(1, tables.option[option, 0] + 1):
            slot = tables.option[option, at]
            if state.memo[lay.SEEN, slot] != mark:
                state.memo[lay.SEEN, slot] = mark
                state.cost[lay.SLOT, slot] = slot_cost(tables, state, place, slot, mark, cheapest, blink)
            total += state.cost[lay.SLOT, slot]
            if total >= cheapest:
                break
        if total < cheapest:
            cheapest, found = total, option
    return found


@helper
def balance(tables: Tables, state: State) -> float:
    """Price of the day loads above the mean, drive seconds; sets the lanes' mean loads."""
    if tables.share[-1] == 0.0:
        return 0.0
    total, points = 0, 0.0
    for lane in range(len(state.lane)):
        total += state.lane[lane, lay.LOAD]
    for lane in range(len(state.lane)):
        target = total * tables.share[lane]
        state.cost[lay.TARGET, lane] = target
        points += max(0.0, state.lane[lane, lay.LOAD] - target)
    return float(tables.share[-1] * points)


@helper
def measure(tables: Tables, state: State) -> float:
    """The whole objective, drive seconds, with absence at its full price; sets the lanes' mean loads."""
    points = balance(tables, state)
    for lane in range(len(state.lane)):
        points += state.lane[lane, lay.DRIVE]
    for outlet in range(len(state.option)):
        if state.option[outlet] == ABSENT:
            points += tables.weight[lay.PRICE, outlet]
        else:
            points += tables.option_price[state.option[outlet]]
    return points


@helper
def absence(tables: Tables, state: State) -> float:
    """Price of the outlets that are absent, drive seconds."""
    points = 0.0
    for outlet in range(len(state.option)):
        if state.option[outlet] == ABSENT:
            points += tables.weight[lay.PRICE, outlet]
    return points


@helper
def store_best(tables: Tables, state: State, objective: float) -> None:
    """Keep the current plan as the best one."""
    state.objective[lay.BEST] = objective
    for outlet in range(len(state.option)):
        option = state.option[outlet]
        state.best_option[outlet] = option
        if option != ABSENT:
            for at in range(tables.option[option, 0]):
                state.best_placed[outlet, at] = state.placed[outlet, at]
    for lane in range(len(state.lane)):
        state.best[lane, 0] = state.lane[lane, lay.LENGTH]
        for at in range(1, state.lane[lane, lay.LENGTH] + 1):
            state.best[lane, at] = state.stops[lane, lay.PLACE, at]


@kernel
def construct(tables: Tables, state: State, order: IntArray, allowed: npt.NDArray[np.bool_], mean_load: float) -> None:
    """Insert absent outlets, each at its cheapest allowed option; `mean_load` seconds per lane are expected."""
    begin(state)
    lanes = len(state.lane)
    for lane in range(lanes):
        refresh(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane)
        state.cost[lay.TARGET, lane] = mean_load * tables.share[lane] * lanes
    for at in range(len(order)):
        outlet = order[at]
        option = best_option(tables, state, outlet, state.option[outlet], allowed[outlet], 0.0)
        if option != ABSENT:
            insert(tables, state, outlet, option)
    begin(state)


@kernel
def settle(tables: Tables, state: State) -> None:
    """Measure the current plan and keep it as the best one."""
    state.objective[lay.NOW] = measure(tables, state)
    store_best(tables, state, state.objective[lay.NOW])


@helper
def recreate(tables: Tables, state: State, nothing: npt.NDArray[np.bool_], blink: float) -> None:
    """Put the removed outlets back, in an order drawn anew, each at its cheapest option."""
    count = state.memo[lay.OUTLETS, -1]
    draw = int(uniform(state.random) * 6.0)
    for at in range(count):
        outlet, option, row = state.memo[lay.OUTLETS, at], state.memo[lay.OPTIONS, at], state.memo[lay.ROW, at]
        key = uniform(state.random)
        if draw < lay.PRICE:
            key = tables.weight[draw, outlet]
        spot = at
        while spot > 0 and state.key[spot - 1] > key:
            state.key[spot] = state.key[spot - 1]
            state.memo[lay.OUTLETS, spot] = state.memo[lay.OUTLETS, spot - 1]
            state.memo[lay.OPTIONS, spot] = state.memo[lay.OPTIONS, spot - 1]
            state.memo[lay.ROW, spot] = state.memo[lay.ROW, spot - 1]
            spot -= 1
        state.key[spot] = key
        state.memo[lay.OUTLETS, spot], state.memo[lay.OPTIONS, spot], state.memo[lay.ROW, spot] = outlet, option, row
    for at in range(count):
        outlet = state.memo[lay.OUTLETS, at]
        option = best_option(tables, state, outlet, state.memo[lay.OPTIONS, at], nothing, blink)
        if option != ABSENT:
            insert(tables, state, outlet, option)


@helper
def change(tables: Tables, state: State) -> float:
    """
    How much this iteration added to drive and prices of options, drive seconds.

    Updates the price of absence and what is carried beyond the limits.
    """
    added = 0.0
    for at in range(state.memo[lay.LANES, -1]):
        lane = state.memo[lay.LANES, at]
        added += state.lane[lane, lay.DRIVE] - state.kept_lane[lane, lay.DRIVE]
        before = max(0, state.kept_lane[lane, lay.CARRY] - tables.lane[lane, lay.LIMIT])
        state.objective[lay.BEYOND] += beyond_limit(tables, state, lane, 0) - before
    for at in range(state.memo[lay.OUTLETS, -1]):
        outlet, before = state.memo[lay.OUTLETS, at], state.memo[lay.OPTIONS, at]
        after = state.option[outlet]
        added += tables.option_price[after] if after != ABSENT else 0.0
        added -= tables.option_price[before] if before != ABSENT else 0.0
        absent = int(after == ABSENT) - int(before == ABSENT)
        state.objective[lay.MISSING] += absent * tables.weight[lay.PRICE, outlet]
    return added


@helper
def pressure(state: State) -> float:
    """Price of what is carried beyond the limits, drive seconds."""
    beyond = state.objective[lay.BEYOND]
    return float(state.objective[lay.PRESSURE] * beyond) if beyond > 0.0 else 0.0


@helper
def adapt_pressure(state: State, spells: int) -> None:
    """Dearer when too many of the last iterations were beyond the limits, cheaper when too few were."""
    if spells > MOST_BEYOND * LOOK:
        state.objective[lay.PRESSURE] *= STEP
    elif spells < LEAST_BEYOND * LOOK:
        state.objective[lay.PRESSURE] /= STEP


@kernel
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
    factor = state.objective[lay.FACTOR]
    state.objective[lay.MISSING] = absence(tables, state)
    driven = measure(tables, state) - state.objective[lay.MISSING] - balance(tables, state)
    state.objective[lay.BEYOND] = 0.0
    for lane in range(len(state.lane)):
        state.objective[lay.BEYOND] += beyond_limit(tables, state, lane, 0)
    now = driven + balance(tables, state) + factor * state.objective[lay.MISSING] + pressure(state)
    spells, alone, twins = 0, is_alone(tables), has_twins(tables)
    for turn in range(iterations):
        if turn % LOOK == LOOK - 1:
            now -= pressure(state)
            adapt_pressure(state, spells)
            now += pressure(state)
            spells = 0
        begin(state)
        missing, beyond = state.objective[lay.MISSING], state.objective[lay.BEYOND]
        if not twins or uniform(state.random) >= TAILS or not exchange_tails(tables, state):
            ruin(tables, state, 1 + int(uniform(state.random) * most), alone)
            recreate(tables, state, nothing, blink)
        works = True
        for at in range(state.memo[lay.LANES, -1]):
            works = works and state.lane[state.memo[lay.LANES, at], lay.WORKS] == 1
        then = driven + change(tables, state)
        above = balance(tables, state)
        objective = then + above + factor * state.objective[lay.MISSING] + pressure(state)
        if works and objective < now - temperature * math.log(1.0 - uniform(state.random)):
            now, driven = objective, then
            whole = then + above + state.objective[lay.MISSING]
            if state.objective[lay.BEYOND] == 0.0 and whole < state.objective[lay.BEST] - 1e-6:
                store_best(tables, state, whole)
        else:
            put_back(tables, state)
            state.objective[lay.MISSING], state.objective[lay.BEYOND] = missing, beyond
            balance(tables, state)
        spells += state.objective[lay.BEYOND] > 0.0
        temperature *= cooling
    state.objective[lay.NOW] = measure(tables, state)
