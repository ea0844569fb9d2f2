"""The problem as arrays for the kernels, and a first plan: balanced sectors laid on the weekdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, BoolArray, FloatArray, IntArray
from territory.visits import _layout as layout
from territory.visits.model import ANYONE, Choice, VisitsProblem

NUM_NEAR = 40
# Neighbouring sectors in this order are legal pairs of weekdays for outlets visited twice a week.
SECTOR_WEEKDAYS = (0, 2, 4, 1, 3, 5, 6)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """
    One part, ready for the kernels.

    Attributes
    ----------
    options
        In the order of the tables' options; `option_range[i]` are those of outlet i, shape (n, 2).
    routes
        (rep, day) of each lane.
    """

    problem: VisitsProblem
    drive_s: IntArray
    tables: layout.Tables
    options: tuple[Choice, ...]
    option_range: IntArray
    routes: tuple[tuple[int, int], ...]

    def options_of(self, outlet: int) -> tuple[Choice, ...]:
        """The outlet's options."""
        first, end = self.option_range[outlet].tolist()
        return self.options[first:end]


def set_up(problem: VisitsProblem, drive_s: IntArray, *, frequency: IntArray | None = None) -> Setup:
    """
    Arrays for one part.

    Parameters
    ----------
    drive_s
        `problem.drive_s()`.
    frequency
        Plain visits per cycle to plan for in place of those due, shape (num_outlets,); -1 for those due.
    """
    n = problem.num_outlets
    worked = problem.works_on()
    routes = tuple((rep, day) for rep in range(problem.num_reps) for day in np.flatnonzero(worked[rep]).tolist())
    slots = _Slots(problem, routes)
    spans: dict[tuple[object, ...], int] = {}
    ranges: list[tuple[int, int]] = []
    kind_of = np.zeros(n, dtype=np.int64)
    for outlet in range(n):
        lowered = None if frequency is None or frequency[outlet] == NONE else int(frequency[outlet])
        kind = problem.kind_of_choices(outlet, lowered)
        if kind not in spans:
            spans[kind] = len(spans)
            ranges.append(slots.add(outlet, problem.choices(outlet, lowered)))
        kind_of[outlet] = spans[kind]
    option_range = np.array(ranges, dtype=np.int64).reshape(-1, 2)[kind_of]
    tables = layout.Tables(
        drive=np.ascontiguousarray(drive_s, dtype=np.int32),
        drive_to=np.ascontiguousarray(drive_s.T, dtype=np.int32),
        outlet=np.ascontiguousarray(
            np.column_stack([problem.service_s, option_range, _carried(problem), _windows(problem)]), dtype=np.int32
        ),
        lane=_lanes(problem, routes),
        slot=as_rows(slots.lanes),
        option=as_rows(slots.of_option),
        option_price=np.array([choice.price_s for choice in slots.choices], dtype=np.float64),
        near=near_ones(drive_s[:n, :n]),
        weight=_weights(problem, drive_s, option_range[:, 1] > option_range[:, 0]),
        share=np.append(_shares(problem, routes), float(problem.rules.price_balance)),
    )
    return Setup(
        problem=problem,
        drive_s=drive_s,
        tables=tables,
        options=tuple(slots.choices),
        option_range=option_range,
        routes=routes,
    )


class _Slots:
    """Slots and options as they are asked for: each day with the lanes that may take a visit."""

    def __init__(self, problem: VisitsProblem, routes: tuple[tuple[int, int], ...]) -> None:
        self.problem = problem
        self.lane_at = {route: lane for lane, route in enumerate(routes)}
        self.lanes: list[list[int]] = []
        self.of_option: list[list[int]] = []
        self.choices: list[Choice] = []
        self._known: dict[tuple[int, ...], int] = {}

    def add(self, outlet: int, choices: Sequence[Choice]) -> tuple[int, int]:
        """First option of these choices, and the one after the last."""
        first = len(self.choices)
        anyone = self.problem.reps_of(outlet)
        for choice in choices:
            reps = anyone if choice.rep == ANYONE else (choice.rep,)
            lanes = [tuple(self.lane_at[rep, day] for rep in reps if (rep, day) in self.lane_at) for day in choice.days]
            if all(lanes):
                self.choices.append(choice)
                self.of_option.append([self._slot(found) for found in lanes])
        return first, len(self.choices)

    def _slot(self, lanes: tuple[int, ...]) -> int:
        if lanes not in self._known:
            self._known[lanes] = len(self.lanes)
            self.lanes.append(list(lanes))
        return self._known[lanes]


def new_state(setup: Setup, *, seed: int) -> layout.State:
    """An empty plan: every outlet absent."""
    problem = setup.problem
    visits = int(problem.due.max(initial=1))  # lower frequencies have fewer
    return empty_state(setup.tables, visits=visits, cap=room_for_stops(setup), seed=seed, slots=_most_slots(problem))


def empty_state(tables: layout.Tables, *, visits: int, cap: int, seed: int, slots: int = 0) -> layout.State:
    """
    An empty plan for these tables.

    Parameters
    ----------
    visits, cap
        Visits of one outlet and places of one lane at most.
    slots
        Slots at most, where other tables will be used with the same plan.
    """
    n, k, slots = len(tables.outlet), len(tables.lane), max(slots, len(tables.slot))
    twins = int(tables.lane[:, layout.TWIN].max(initial=0)) + 1

    def ints(*shape: int) -> IntArray:
        return np.zeros(shape, dtype=np.int64)

    return layout.State(
        stops=ints(k, layout.STOP_FIELDS, cap),
        lane=ints(k, layout.LANE_FIELDS),
        cost=np.zeros((2, max(k, slots))),
        option=np.full(n, layout.ABSENT, dtype=np.int64),
        placed=ints(n, visits),
        kept_stops=ints(k, layout.STOP_FIELDS, cap),
        kept_lane=ints(k, layout.LANE_FIELDS),
        kept_placed=ints(n, visits),
        memo=ints(8, max(n, k, slots, twins) + 1),
        key=np.zeros(n),
        best=ints(k, cap),
        best_option=ints(n),
        best_placed=ints(n, visits),
        objective=np.array([0.0, 0.0, 0.0, 1.0, 0.0, np.inf]),
        random=np.array([2 * seed + 1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


def _most_slots(problem: VisitsProblem) -> int:
    """Slots there can be, at whatever frequencies: one rep's days, and those on which any of several may come."""
    companies = {problem.reps_of(outlet) for outlet in range(problem.num_outlets)}
    return int(problem.works_on().sum()) + DAYS_PER_CYCLE * len(companies)


def sectors(setup: Setup, *, turn: float = 0.0) -> BoolArray:
    """
    Which options each outlet starts with, shape (num_outlets, most options of one).

    The assigned rep's outlets are swept around their middle, beginning at `turn` (a share of the full circle), into
    as many sectors of equal work as weekdays are worked. Sectors in turn get the weekdays Mon, Wed, Fri, Tue, Thu;
    an outlet starts with sets of days that hold its sector's weekday and otherwise the next sectors' weekdays.
    """
    problem = setup.problem
    widest = int((setup.option_range[:, 1] - setup.option_range[:, 0]).max(initial=0))
    allowed = np.zeros((problem.num_outlets, widest), dtype=np.bool_)
    work_s = problem.frequency * problem.service_s
    assigned = _starting_rep(setup)
    for rep in range(problem.num_reps):
        mine = np.flatnonzero(assigned == rep)
        days = [day for day in SECTOR_WEEKDAYS if problem.works[rep, day]]
        if not len(mine) or not days:
            continue
        lat, lon = problem.outlets.lat[mine], problem.outlets.lon[mine]
        angle = np.arctan2(lat - lat.mean(), (lon - lon.mean()) * np.cos(np.radians(lat.mean())))
        order = np.argsort((angle / (2 * np.pi) - turn) % 1.0, kind="stable")
        done = np.cumsum(work_s[mine][order]) - work_s[mine][order] / 2
        sector = np.empty(len(mine), dtype=np.int64)
        sector[order] = np.minimum(done * len(days) / max(1, work_s[mine].sum()), len(days) - 1).astype(np.int64)
        for outlet, place in zip(mine.tolist(), sector.tolist(), strict=True):
            ranked = {days[(place + step) % len(days)]: step for step in range(len(days))}
            options = setup.options_of(outlet)
            rank = [
                sum(ranked.get(day, 0) for day in {day % DAYS_PER_WEEK for day in option.days})
                if option.rep in (rep, ANYONE)
                else NONE
                for option in options
            ]
            best = min((value for value in rank if value != NONE), default=NONE)
            allowed[outlet, : len(options)] = [value == best != NONE for value in rank]
    return allowed


def _starting_rep(setup: Setup) -> IntArray:
    """The assigned rep, or the nearest who has options where the assigned one has none."""
    problem = setup.problem
    chosen = np.array(problem.rep_of_outlet)
    for outlet in range(problem.num_outlets):
        reps = sorted({option.rep for option in setup.options_of(outlet)})
        if reps and int(chosen[outlet]) not in reps:
            away_s = setup.drive_s[problem.num_outlets + np.array(reps), outlet]
            chosen[outlet] = reps[int(np.argmin(away_s))]
    return chosen


def _windows(problem: VisitsProblem) -> IntArray:
    windows = np.array(problem.windows_s)
    missing = windows[:, :, :, 0] == NONE
    windows[missing] = (layout.NO_WINDOW, -1)
    windows = np.minimum(windows, layout.NO_WINDOW)  # a shift that ends later is not cut by windows: see `_lanes`
    order = np.argsort(windows[:, :, :, 0], axis=2, kind="stable")
    return np.ascontiguousarray(
        np.take_along_axis(windows, order[:, :, :, None], axis=2).reshape(problem.num_outlets, -1)
    )


def _carried(problem: VisitsProblem) -> IntArray:
    return np.zeros(problem.num_outlets, dtype=np.int64) if problem.carried is None else np.array(problem.carried)


def _lanes(problem: VisitsProblem, routes: tuple[tuple[int, int], ...]) -> IntArray:
    lunch = problem.lunch
    eating = (lunch.from_s, lunch.until_s, lunch.length_s) if lunch.length_s else (0, layout.NEVER, 0)
    plain = np.zeros((problem.num_reps, DAYS_PER_WEEK), dtype=np.bool_)
    if not lunch.length_s and problem.rules.first_drive_paid:
        opens_s, closes_s = problem.windows_s[:, :, 0, 0], problem.windows_s[:, :, 0, 1]
        for rep in range(problem.num_reps):
            start_s, end_s = problem.shift_s[rep].tolist()
            free = (opens_s <= start_s) & (closes_s + problem.service_s[:, None] >= end_s)
            plain[rep] = (free | ~problem.is_open).all(axis=0)
    twins: dict[tuple[object, ...], int] = {}
    rows = []
    for rep, day in routes:
        bounds = problem.bounds(rep)
        limits = (bounds.leave_s, bounds.start_s, bounds.end_s, bounds.return_s)
        limit = layout.NEVER if problem.carry_limit is None else int(problem.carry_limit[rep])
        likeness = (day, problem.likeness_of_rep(rep))
        twin = twins.setdefault(likeness, len(twins))
        weekday = day % DAYS_PER_WEEK
        longest = layout.NEVER if problem.longest_day_s is None else int(problem.longest_day_s[rep])
        if bounds.end_s >= layout.NO_WINDOW and not plain[rep, weekday]:
            raise ValueError(f"a shift ends by {layout.NO_WINDOW} seconds where windows or lunch matter")
        is_plain = int(plain[rep, weekday] and longest == layout.NEVER)
        rows.append((problem.num_outlets + rep, weekday, *limits, *eating, is_plain, twin, limit, day, longest))
    return np.array(rows, dtype=np.int64).reshape(-1, 14)


def as_rows(lists: list[list[int]]) -> IntArray:
    """Rows of different lengths as one table: number of entries, entries, zeros."""
    table = np.zeros((len(lists), 1 + max(map(len, lists), default=0)), dtype=np.int64)
    for at, row in enumerate(lists):
        table[at, 0] = len(row)
        table[at, 1 : len(row) + 1] = row
    return table


def near_ones(drive_s: IntArray) -> IntArray:
    """The nearest other outlets of each, nearest first; seconds there and back."""
    both = drive_s + drive_s.T
    np.fill_diagonal(both, layout.NEVER)
    return np.ascontiguousarray(np.argsort(both, axis=1, kind="stable")[:, : min(NUM_NEAR, max(0, len(both) - 1))])


def _weights(problem: VisitsProblem, drive_s: IntArray, has_options: BoolArray) -> FloatArray:
    """Sort keys (most work first, far from home first, near home first) and the price of absence."""
    n = problem.num_outlets
    away = drive_s[n:, :n].min(axis=0)
    price = np.where(has_options, problem.missing_price_s * np.maximum(problem.due, 1), 0)
    return np.array([-_work(problem), -away, away, price], dtype=np.float64)


def _work(problem: VisitsProblem) -> FloatArray:
    """What is hard to place first: visits by service and what they take of a rep's load."""
    work = problem.due * problem.service_s.astype(np.float64)
    if problem.carried is not None:
        work = work / max(1.0, work.max(initial=0.0)) + problem.carried / max(1, int(problem.carried.max(initial=0)))
    return np.asarray(work, dtype=np.float64)


def _shares(problem: VisitsProblem, routes: tuple[tuple[int, int], ...]) -> FloatArray:
    length_s = (problem.shift_s[:, 1] - problem.shift_s[:, 0]).astype(np.float64)
    lengths = np.array([length_s[rep] for rep, _ in routes], dtype=np.float64)
    return np.asarray(lengths / max(1.0, lengths.sum()))


def room_for_stops(setup: Setup) -> int:
    """Places of a lane: more stops than any day can hold, and both ends."""
    problem = setup.problem
    shortest_s = int(problem.service_s.min(initial=layout.NEVER))
    longest_s = int((problem.shift_s[:, 1] - problem.shift_s[:, 0]).max(initial=0))
    return min(problem.num_outlets, longest_s // max(1, shortest_s) + 1) + 3
