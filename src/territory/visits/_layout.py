"""How the compiled search lays out a problem and a plan: few packed arrays, and the meaning of their rows and columns.

A lane is one worked day of one rep. An outlet has options, each a set of lanes (a rep and a legal set of days).
Places are numbered outlets first, then homes. All times are seconds after midnight, all costs drive seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from territory.units import FloatArray, IntArray

NEVER = 1 << 40
ABSENT = -1
# Tables.outlet: columns. Windows are [opens, closes, opens, closes] per weekday; (NEVER, -1) for none.
SERVICE, KIND, FIRST_OPTION, END_OPTION, WINDOWS = range(5)
# Tables.lane: columns.
HOME, WEEKDAY, EARLIEST_LEAVE, EARLIEST_START, LATEST_END, LATEST_RETURN, LUNCH_FROM, LUNCH_UNTIL, LUNCH = range(9)
# Tables.weight: rows. The first three are keys for the order of insertion; the last is the price of absence.
MOST_WORK, FAR_FIRST, NEAR_FIRST, PRICE = range(4)
# State.stops: rows. The place; seconds driven to the next place; earliest end of service before and after lunch;
# latest start of service from which the rest of the day, lunch still to come or had, works.
PLACE, LEG, HUNGRY, FED, LATEST_HUNGRY, LATEST_FED = range(6)
# State.lane: columns.
LENGTH, DRIVE, LOAD, WORKS, POSITION, TOUCHED = range(6)
# State.cost: rows.
TARGET, COST = range(2)
# State.memo: rows; the last entry of a row counts it.
LANES, OUTLETS, OPTIONS = range(3)


class Tables(NamedTuple):
    """The problem as arrays; n outlets, k lanes."""

    drive: IntArray  # (n + reps, n + reps): [from, to]
    drive_to: IntArray  # transposed: [to, from]
    outlet: IntArray  # (n, 4 + 28)
    lane: IntArray  # (k, 9)
    option: IntArray  # (options, 1 + most): number of lanes, lanes
    kind: IntArray  # (kinds, 1 + most): lanes of any option of outlets of this kind, in the same way
    near: IntArray  # (n, m): nearest other outlets first
    weight: FloatArray  # (4, n)
    share: FloatArray  # (k + 1,): of the whole load that is a lane's mean; then the price of balance


class State(NamedTuple):
    """A plan being worked on, and scratch space."""

    stops: IntArray  # (k, 6, cap)
    lane: IntArray  # (k, 6)
    cost: FloatArray  # (2, k)
    option: IntArray  # (n,): chosen option or ABSENT
    kept_stops: IntArray
    kept_lane: IntArray
    memo: IntArray  # (3, max(n, k) + 1): lanes touched and outlets removed in this iteration, and their options
    key: FloatArray  # (n,)
    best: IntArray  # (k, cap): number of stops, stops
    best_option: IntArray  # (n,)
    objective: FloatArray  # (2,): current, best
    random: npt.NDArray[np.uint64]  # (1,)
