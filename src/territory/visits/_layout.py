"""How the compiled search lays out a problem and a plan: few packed arrays, and the meaning of their rows and columns.

A lane is one worked day of one rep. A slot is a day with the lanes that may take a visit on it: one lane where the
rep is chosen, several where anyone may come. An outlet has options, each a set of slots with a price.
Places are numbered outlets first, then homes. All times are seconds after midnight, all costs drive seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from territory.units import FloatArray, IntArray

Int32Array = npt.NDArray[np.int32]
NEVER = 1 << 40
NO_WINDOW = 1 << 30
ABSENT = -1
# Tables.outlet: columns. Windows are [opens, closes, opens, closes] per weekday; (NO_WINDOW, -1) for none.
SERVICE, FIRST_OPTION, END_OPTION, CARRIED, WINDOWS = range(5)
# Tables.lane: columns. PLAIN: no window and no lunch can matter. TWIN: lanes of a day that differ in nothing share it.
HOME, WEEKDAY, EARLIEST_LEAVE, EARLIEST_START, LATEST_END, LATEST_RETURN, LUNCH_FROM, LUNCH_UNTIL, LUNCH = range(9)
# LONGEST: seconds from leaving home to coming back at most, NEVER for no limit.
PLAIN, TWIN, LIMIT, DAY, LONGEST = range(9, 14)
# Tables.weight: rows. The first three are keys for the order of insertion; the last is the price of absence.
MOST_WORK, FAR_FIRST, NEAR_FIRST, PRICE = range(4)
# State.stops: rows. The place; seconds driven to the next place; earliest end of service before and after lunch;
# latest start of service from which the rest of the day, lunch still to come or had, works. PURE comes last: most lanes
# have no use for it.
PLACE, LEG, HUNGRY, FED, LATEST_HUNGRY, LATEST_FED, PURE = range(7)
STOP_FIELDS = 7
# On lanes with a longest day, which have no lunch: FED is the latest leaving from home that keeps the windows up to
# here, LATEST_FED the earliest coming home from here however early one is, PURE drive and service up to here.
# State.lane: columns. WORKS: in time, whatever it carries.
LENGTH, DRIVE, LOAD, CARRY, WORKS, POSITION, TOUCHED = range(7)
LANE_FIELDS = 7
# State.cost: rows; of lanes, of slots.
TARGET, SLOT = range(2)
# State.memo: rows; the last entry of a row counts it. ROW: of kept_placed. FOUND: lane found last for a slot. MARK:
# stamps of twins. SEEN: stamps of slots. CLOSE: stamps of lanes that visit neighbours.
LANES, OUTLETS, OPTIONS, ROW, FOUND, MARK, SEEN, CLOSE = range(8)
# State.objective: current, best, price of what is absent, and the factor on it that the search works with; what the
# lanes carry beyond their limits, and its price in drive seconds a unit, infinite where none may.
NOW, BEST, MISSING, FACTOR, BEYOND, PRESSURE = range(6)


class Tables(NamedTuple):
    """The problem as arrays; n outlets, k lanes."""

    drive: Int32Array  # (n + reps, n + reps): [from, to]
    drive_to: Int32Array  # transposed: [to, from]
    outlet: Int32Array  # (n, 4 + 28)
    lane: IntArray  # (k, 14)
    slot: IntArray  # (slots, 1 + most): number of lanes, lanes
    option: IntArray  # (options, 1 + most): number of slots, slots
    option_price: FloatArray  # (options,)
    near: IntArray  # (n, m): nearest other outlets first
    weight: FloatArray  # (4, n)
    share: FloatArray  # (k + 1,): of the whole load that is a lane's mean; then the price of balance


class State(NamedTuple):
    """A plan being worked on, and scratch space."""

    stops: IntArray  # (k, 7, cap)
    lane: IntArray  # (k, 7)
    cost: FloatArray  # (2, max(k, slots))
    option: IntArray  # (n,): chosen option or ABSENT
    placed: IntArray  # (n, most visits): lane of each of its slots
    kept_stops: IntArray
    kept_lane: IntArray
    kept_placed: IntArray  # (n, most visits)
    memo: IntArray  # (8, max(n, k, slots) + 1): lanes touched and outlets removed in this iteration, their options
    key: FloatArray  # (n,)
    best: IntArray  # (k, cap): number of stops, stops
    best_option: IntArray  # (n,)
    best_placed: IntArray  # (n, most visits)
    objective: FloatArray  # (6,)
    random: npt.NDArray[np.uint64]  # (1,)
