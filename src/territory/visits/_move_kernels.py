"""Compiled changes of a plan: outlets onto lanes, off them, and everything of an iteration undone."""

from __future__ import annotations

import numba as nb

from territory.visits import _layout as lay
from territory.visits._clock_kernels import put, refresh
from territory.visits._layout import ABSENT, LANE_FIELDS, State, Tables


@nb.njit(cache=True)
def touch(state: State, lane: int) -> None:
    """Keep a copy of a lane before its first change in this iteration."""
    if state.lane[lane, lay.TOUCHED]:
        return
    for at in range(LANE_FIELDS):
        state.kept_lane[lane, at] = state.lane[lane, at]
    end = state.lane[lane, lay.LENGTH] + 2
    for at in range(lay.STOP_FIELDS):
        for stop in range(end):
            state.kept_stops[lane, at, stop] = state.stops[lane, at, stop]
    state.lane[lane, lay.TOUCHED] = 1
    count = state.memo[lay.LANES, -1]
    state.memo[lay.LANES, count] = lane
    state.memo[lay.LANES, -1] = count + 1


@nb.njit(cache=True)
def insert(tables: Tables, state: State, outlet: int, option: int) -> None:
    """Put the outlet on the lanes found last for the slots of the option, at the positions found last."""
    for at in range(1, tables.option[option, 0] + 1):
        lane = state.memo[lay.FOUND, tables.option[option, at]]
        touch(state, lane)
        put(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane, outlet)
        state.placed[outlet, at - 1] = lane
    state.option[outlet] = option


@nb.njit(cache=True)
def remove(tables: Tables, state: State, outlet: int) -> None:
    """Take the outlet off its lanes, without refreshing them, and note it as removed."""
    option = state.option[outlet]
    count = state.memo[lay.OUTLETS, -1]
    state.memo[lay.OUTLETS, count] = outlet
    state.memo[lay.OPTIONS, count] = option
    state.memo[lay.ROW, count] = count
    state.memo[lay.OUTLETS, -1] = count + 1
    state.option[outlet] = ABSENT
    if option == ABSENT:
        return
    for at in range(tables.option[option, 0]):
        lane = state.placed[outlet, at]
        state.kept_placed[count, at] = lane
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
        refresh(tables.drive, tables.outlet, tables.lane, lane, state.stops, state.lane)


@nb.njit(cache=True)
def put_back(tables: Tables, state: State) -> None:
    """Undo this iteration."""
    for touched in range(state.memo[lay.LANES, -1]):
        lane = state.memo[lay.LANES, touched]
        for at in range(LANE_FIELDS):
            state.lane[lane, at] = state.kept_lane[lane, at]
        end = state.kept_lane[lane, lay.LENGTH] + 2
        for at in range(lay.STOP_FIELDS):
            for stop in range(end):
                state.stops[lane, at, stop] = state.kept_stops[lane, at, stop]
    for at in range(state.memo[lay.OUTLETS, -1]):
        outlet, option = state.memo[lay.OUTLETS, at], state.memo[lay.OPTIONS, at]
        state.option[outlet] = option
        if option != ABSENT:
            row = state.memo[lay.ROW, at]
            for slot in range(tables.option[option, 0]):
                state.placed[outlet, slot] = state.kept_placed[row, slot]


@nb.njit(cache=True)
def begin(state: State) -> None:
    """Forget what the last iteration touched."""
    for at in range(state.memo[lay.LANES, -1]):
        state.lane[state.memo[lay.LANES, at], lay.TOUCHED] = 0
    state.memo[lay.LANES, -1] = 0
    state.memo[lay.OUTLETS, -1] = 0
