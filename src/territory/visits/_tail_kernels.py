"""Compiled exchange of the ends of two routes of a day, which ruin and recreate would take many steps for."""

from __future__ import annotations

import numpy as np

from territory.visits import _layout as lay
from territory.visits._clock_kernels import after_lunch, refresh, uniform
from territory.visits._compiled import helper
from territory.visits._layout import ABSENT, NEVER, State, Tables
from territory.visits._move_kernels import position_of, touch
from territory.visits._ruin_kernels import lane_on

PASSED_OVER = 0.2  # share of the neighbours that are not looked at, so that not every draw ends at the same exchange


@helper
def has_twins(tables: Tables) -> bool:
    """Whether two lanes of a day differ in nothing: what one may visit, so may the other."""
    most = 0
    for lane in range(len(tables.lane)):
        most = max(most, tables.lane[lane, lay.TWIN] + 1)
    return bool(most < len(tables.lane))


@helper
def exchange_tails(tables: Tables, state: State) -> bool:
    """
    Drive on from a stop to a near one of another route, which takes over what came after the first; False for none.

    Of the near stops the one that adds least. Potvin and Rousseau (1995), An exchange heuristic for routeing problems
    with time windows (2-opt*).
    """
    seed = int(uniform(state.random) * len(state.option))
    option = state.option[seed]
    if option == ABSENT or tables.option[option, 0] == 0:
        return False
    lane = state.placed[seed, int(uniform(state.random) * tables.option[option, 0])]
    day, twin = tables.lane[lane, lay.DAY], tables.lane[lane, lay.TWIN]
    here = position_of(state.stops, lane, seed)
    after, leg = state.stops[lane, lay.PLACE, here + 1], state.stops[lane, lay.LEG, here]
    least, found, found_at = np.inf, ABSENT, 0
    for at in range(tables.near.shape[1]):
        outlet = tables.near[seed, at]
        if uniform(state.random) < PASSED_OVER:
            continue
        other = lane_on(tables, state, outlet, day)
        if other == ABSENT:
            continue
        if other == lane or tables.lane[other, lay.TWIN] != twin:
            continue
        there = position_of(state.stops, other, outlet)
        before = state.stops[other, lay.PLACE, there - 1]
        added = float(tables.drive[seed, outlet] + tables.drive[before, after])
        added -= leg + state.stops[other, lay.LEG, there - 1]
        added += pressed(tables, state, lane, here, other, there - 1)
        if (
            added < least
            and joins(tables, state, lane, here, other, there)
            and joins(tables, state, other, there - 1, lane, here + 1)
        ):
            least, found, found_at = added, other, there
    if found == ABSENT:
        return False
    room = state.stops.shape[2] - 2
    taken, given = state.lane[found, lay.LENGTH] - found_at + 1, state.lane[lane, lay.LENGTH] - here
    if here + taken > room or found_at - 1 + given > room:
        return False
    exchange(tables, state, lane, here, found, found_at)
    return True


@helper
def pressed(tables: Tables, state: State, lane: int, here: int, other: int, there: int) -> float:
    """What carrying costs more when the routes exchange what comes after these positions, drive seconds."""
    limit = tables.lane[lane, lay.LIMIT]
    if limit >= NEVER:
        return 0.0
    head = 0
    for at in range(1, here + 1):
        head += tables.outlet[state.stops[lane, lay.PLACE, at], lay.CARRIED]
    other_head = 0
    for at in range(1, there + 1):
        other_head += tables.outlet[state.stops[other, lay.PLACE, at], lay.CARRIED]
    carries, other_carries = state.lane[lane, lay.CARRY], state.lane[other, lay.CARRY]
    then = max(0, head + other_carries - other_head - limit) + max(0, other_head + carries - head - limit)
    more = then - max(0, carries - limit) - max(0, other_carries - limit)
    return float(state.objective[lay.PRESSURE] * more) if more != 0 else 0.0


@helper
def joins(tables: Tables, state: State, lane: int, end: int, other: int, begin: int) -> bool:
    """Whether one lane up to a position and another one from a position on are a day in time."""
    stops, lanes = state.stops, tables.lane
    leg = tables.drive[stops[lane, lay.PLACE, end], stops[other, lay.PLACE, begin]]
    if lanes[lane, lay.PLAIN]:
        spent = int(leg)
        for at in range(end):
            spent += stops[lane, lay.LEG, at] + tables.outlet[stops[lane, lay.PLACE, at + 1], lay.SERVICE]
        for at in range(begin, state.lane[other, lay.LENGTH] + 1):
            spent += stops[other, lay.LEG, at] + tables.outlet[stops[other, lay.PLACE, at], lay.SERVICE]
        return bool(spent <= lanes[lane, lay.LATEST_RETURN] - lanes[lane, lay.EARLIEST_LEAVE])
    hungry, latest_fed = stops[lane, lay.HUNGRY, end], stops[other, lay.LATEST_FED, begin]
    if lanes[lane, lay.LONGEST] < NEVER:
        latest = stops[other, lay.LATEST_HUNGRY, begin]
        pure, rest = stops[lane, lay.PURE, end] + leg, 0
        if begin <= state.lane[other, lay.LENGTH]:
            place = stops[other, lay.PLACE, begin]
            rest = state.lane[other, lay.LOAD] - stops[other, lay.PURE, begin] + tables.outlet[place, lay.SERVICE]
        home = max(hungry + leg + rest, latest_fed)
        leave = min(stops[lane, lay.FED, end], latest - pure)
        return bool(hungry + leg <= latest and max(pure + rest, home - leave) <= lanes[lane, lay.LONGEST])
    if hungry + leg <= stops[other, lay.LATEST_HUNGRY, begin] or stops[lane, lay.FED, end] + leg <= latest_fed:
        return True
    arrival = after_lunch(
        lanes[lane, lay.LUNCH_FROM], lanes[lane, lay.LUNCH_UNTIL], lanes[lane, lay.LUNCH], hungry, int(leg)
    )
    return bool(arrival <= latest_fed)


@helper
def exchange(tables: Tables, state: State, lane: int, here: int, other: int, there: int) -> None:
    """Lane: its stops up to `here`, then the other's from `there` on; the other one the rest."""
    touch(tables, state, lane)
    touch(tables, state, other)
    give(tables, state, lane, here + 1, other)
    give(tables, state, other, there, lane)
    length, other_length = state.lane[lane, lay.LENGTH], state.lane[other, lay.LENGTH]
    for at in range(other_length - there + 1):
        state.stops[lane, lay.PLACE, here + 1 + at] = state.kept_stops[other, lay.PLACE, there + at]
    for at in range(length - here):
        state.stops[other, lay.PLACE, there + at] = state.kept_stops[lane, lay.PLACE, here + 1 + at]
    state.lane[lane, lay.LENGTH] = here + other_length - there + 1
    state.lane[other, lay.LENGTH] = there - 1 + length - here
    refresh(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane)
    refresh(tables.drive, tables.outlet, tables.lane, other, state.stops, state.lane)


@helper
def give(tables: Tables, state: State, lane: int, first: int, to: int) -> None:
    """Note the stops from a position on as changed, and as those of another lane."""
    memo = state.memo
    for position in range(first, state.lane[lane, lay.LENGTH] + 1):
        outlet = state.stops[lane, lay.PLACE, position]
        option, count = state.option[outlet], memo[lay.OUTLETS, -1]
        memo[lay.OUTLETS, count], memo[lay.OPTIONS, count], memo[lay.ROW, count] = outlet, option, count
        memo[lay.OUTLETS, -1] = count + 1
        for turn in range(tables.option[option, 0]):
            state.kept_placed[count, turn] = state.placed[outlet, turn]
            if state.placed[outlet, turn] == lane:
                state.placed[outlet, turn] = to
