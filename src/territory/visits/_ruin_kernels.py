"""Compiled choice of the outlets that an iteration takes out of the plan."""

from __future__ import annotations

from territory.visits import _layout as lay
from territory.visits._clock_kernels import uniform
from territory.visits._compiled import helper
from territory.visits._layout import ABSENT, State, Tables
from territory.visits._move_kernels import position_of, refresh_touched, remove

# Where a ruin begins and what it spreads over: shares of the draws. Of a rep who is alone, most strings are taken off
# neighbouring routes of any days.
ON_MAP, ON_ROUTES, OVER_DAYS = 0.45, 0.9, 0.7
LONGEST_STRING = 10.0


@helper
def ruin_map(tables: Tables, state: State, seed: int, size: int) -> None:
    """Remove outlets near to each other on the map, with all their visits."""
    skip = 0.5 * uniform(state.random)
    outlet = seed
    for at in range(tables.near.shape[1] + 1):
        if state.memo[lay.OUTLETS, -1] >= size:
            break
        if at > 0:
            outlet = tables.near[seed, at - 1]
            if uniform(state.random) < skip:
                continue
        if state.option[outlet] != ABSENT:
            remove(tables, state, outlet)


@helper
def lane_on(tables: Tables, state: State, outlet: int, day: int) -> int:
    """The lane that visits the outlet on a day, ABSENT when none does."""
    option = state.option[outlet]
    if option != ABSENT:
        for at in range(tables.option[option, 0]):
            lane = state.placed[outlet, at]
            if tables.lane[lane, lay.DAY] == day:
                return int(lane)
    return ABSENT


@helper
def untouched_lane(tables: Tables, state: State, outlet: int) -> int:
    """A lane that visits the outlet and was not touched in this iteration, ABSENT when there is none."""
    option = state.option[outlet]
    if option != ABSENT:
        count = tables.option[option, 0]
        first = int(uniform(state.random) * count)
        for at in range(count):
            lane = state.placed[outlet, (first + at) % count]
            if not state.lane[lane, lay.TOUCHED]:
                return int(lane)
    return ABSENT


@helper
def is_alone(tables: Tables) -> bool:
    """Whether every day has one lane at most."""
    for lane in range(len(tables.lane)):
        for other in range(lane):
            if tables.lane[lane, lay.DAY] == tables.lane[other, lay.DAY]:
                return False
    return True


@helper
def ruin_routes(tables: Tables, state: State, seed: int, size: int, over_days: bool) -> None:
    """
    Remove strings of stops from neighbouring routes, of one day or `over_days`.

    Christiaens and Vanden Berghe (2020), Slack induction by string removals, with whole outlets in place of single
    visits.
    """
    option = state.option[seed]
    if option == ABSENT or tables.option[option, 0] == 0:
        return
    day = tables.lane[state.placed[seed, int(uniform(state.random) * tables.option[option, 0])], lay.DAY]
    longest = min(LONGEST_STRING, float(size))
    for at in range(tables.near.shape[1] + 1):
        if state.memo[lay.OUTLETS, -1] >= size:
            break
        outlet = seed if at == 0 else tables.near[seed, at - 1]
        lane = untouched_lane(tables, state, outlet) if over_days else lane_on(tables, state, outlet, day)
        if lane == ABSENT or state.lane[lane, lay.TOUCHED]:
            continue
        length = state.lane[lane, lay.LENGTH]
        count = 1 + int(uniform(state.random) * min(longest, float(length)))
        position = position_of(state.stops, lane, outlet)
        first = max(1, position - int(uniform(state.random) * count))
        first = min(first, length - count + 1)
        spared = -1
        if count < length and uniform(state.random) < 0.5:  # a gap inside the string stays
            spared = int(uniform(state.random) * count)
            if first + count <= length:
                count += 1
        for taken in range(count):
            if taken == spared:
                first += 1
                continue
            if first > state.lane[lane, lay.LENGTH]:
                break
            # removing moves the next stop to the same position
            remove(tables, state, state.stops[lane, lay.PLACE, first])


@helper
def ruin(tables: Tables, state: State, size: int, alone: bool) -> None:
    """
    Remove about `size` outlets: neighbours on the map, strings of stops, or anyone; then some absent ones.

    `alone`: whether every day has one route at most.
    """
    n = len(state.option)
    kind = uniform(state.random)
    seed = int(uniform(state.random) * n)
    if kind < ON_MAP:
        ruin_map(tables, state, seed, size)
    elif kind < ON_ROUTES:
        ruin_routes(tables, state, seed, size, alone and uniform(state.random) < OVER_DAYS)
    else:
        for _ in range(size):
            outlet = int(uniform(state.random) * n)
            if state.option[outlet] != ABSENT:
                remove(tables, state, outlet)
    if state.objective[lay.MISSING] > 0.0:
        add_absent(tables, state, seed, size)
    refresh_touched(tables, state)


@helper
def add_absent(tables: Tables, state: State, seed: int, size: int) -> None:
    """Note up to `size` absent outlets as removed, so that they are tried again: near ones first, where room is now."""
    n, beside = len(state.option), tables.near.shape[1]
    taken = state.memo[lay.OUTLETS, -1]
    for at in range(beside + n):
        if state.memo[lay.OUTLETS, -1] >= taken + size:
            break
        outlet = tables.near[seed, at] if at < beside else (seed + 1 + at - beside) % n
        if state.option[outlet] == ABSENT and tables.weight[lay.PRICE, outlet] > 0.0:
            is_new = True
            for noted in range(state.memo[lay.OUTLETS, -1]):
                is_new = is_new and state.memo[lay.OUTLETS, noted] != outlet
            if is_new:
                remove(tables, state, outlet)
