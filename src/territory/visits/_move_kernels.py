"""Compiled changes of a plan: outlets onto lanes, off them, and everything of an iteration undone."""

from __future__ import annotations

from territory.units import IntArray
from territory.visits import _layout as lay
from territory.visits._clock_kernels import put, refresh, rows_used
from territory.visits._compiled import helper, kernel
from territory.visits._layout import ABSENT, LANE_FIELDS, State, Tables


@helper
def copy_lane(
    lanes: IntArray, lane: int, state: IntArray, stops: IntArray, to_state: IntArray, to_stops: IntArray
) -> None:
    """Copy a lane's state and the stops it has."""
    for at in range(LANE_FIELDS):
        to_state[lane, at] = state[lane, at]
    end = state[lane, lay.LENGTH] + 2
    for at in range(rows_used(lanes, lane)):
        for stop in range(end):
            to_stops[lane, at, stop] = stops[lane, at, stop]


@helper
def touch(tables: Tables, state: State, lane: int) -> None:
    """Keep a copy of a lane before its first change in this iteration."""
    now, kept, memo = state.lane, state.kept_lane, state.memo
    if now[lane, lay.TOUCHED]:
        return
    copy_lane(tables.lane, lane, now, state.stops, kept, state.kept_stops)
    now[lane, lay.TOUCHED] = 1
    count = memo[lay.LANES, -1]
    memo[lay.LANES, count] = lane
    memo[lay.LANES, -1] = count + 1


@helper
def position_of(stops: IntArray, lane: int, outlet: int) -> int:
    """Where the lane visits the outlet, which it does."""
    position = 1
    while stops[lane, lay.PLACE, position] != outlet:
        position += 1
    return position


@kernel
def insert(tables: Tables, state: State, outlet: int, option: int) -> None:
    """Put the outlet on the lanes found last for the slots of the option, at the positions found last."""
    options, memo, stops, now = tables.option, state.memo, state.stops, state.lane
    placed = state.placed
    drive, outlets, lanes = tables.drive, tables.outlet, tables.lane
    for at in range(1, options[option, 0] + 1):
        lane = memo[lay.FOUND, options[option, at]]
        touch(tables, state, lane)
        put(drive, outlets, lanes, lane, stops, now, outlet)
        placed[outlet, at - 1] = lane
    state.option[outlet] = option


@kernel
def remove(tables: Tables, state: State, outlet: int) -> None:
    """Take the outlet off its lanes, without refreshing them, and note it as removed."""
    memo, chosen, placed, stops, now = state.memo, state.option, state.placed, state.stops, state.lane
    option = chosen[outlet]
    count = memo[lay.OUTLETS, -1]
    memo[lay.OUTLETS, count] = outlet
    memo[lay.OPTIONS, count] = option
    memo[lay.ROW, count] = count
    memo[lay.OUTLETS, -1] = count + 1
    chosen[outlet] = ABSENT
    if option == ABSENT:
        return
    kept_placed = state.kept_placed
    for at in range(tables.option[option, 0]):
        lane = placed[outlet, at]
        kept_placed[count, at] = lane
        touch(tables, state, lane)
        position = position_of(stops, lane, outlet)
        length = now[lane, lay.LENGTH]
        for later in range(position, length + 1):
            stops[lane, lay.PLACE, later] = stops[lane, lay.PLACE, later + 1]
        now[lane, lay.LENGTH] = length - 1


@kernel
def refresh_touched(tables: Tables, state: State) -> None:
    """Recompute all lanes touched in this iteration."""
    memo, stops, now = state.memo, state.stops, state.lane
    drive, outlets, lanes = tables.drive, tables.outlet, tables.lane
    for at in range(memo[lay.LANES, -1]):
        lane = memo[lay.LANES, at]
        refresh(drive, outlets, lanes, lane, stops, now)


@kernel
def put_back(tables: Tables, state: State) -> None:
    """Undo this iteration."""
    memo, stops, now, options = state.memo, state.stops, state.lane, tables.option
    kept_lane, kept_stops, kept_placed = state.kept_lane, state.kept_stops, state.kept_placed
    chosen, placed = state.option, state.placed
    for touched in range(memo[lay.LANES, -1]):
        lane = memo[lay.LANES, touched]
        copy_lane(tables.lane, lane, kept_lane, kept_stops, now, stops)
    for at in range(memo[lay.OUTLETS, -1]):
        outlet, option = memo[lay.OUTLETS, at], memo[lay.OPTIONS, at]
        chosen[outlet] = option
        if option != ABSENT:
            row = memo[lay.ROW, at]
            for slot in range(options[option, 0]):
                placed[outlet, slot] = kept_placed[row, slot]


@helper
def begin(state: State) -> None:
    """Forget what the last iteration touched."""
    memo, now = state.memo, state.lane
    for at in range(memo[lay.LANES, -1]):
        now[memo[lay.LANES, at], lay.TOUCHED] = 0
    memo[lay.LANES, -1] = 0
    memo[lay.OUTLETS, -1] = 0
