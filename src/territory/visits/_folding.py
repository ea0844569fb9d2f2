"""
A month folded to one or two weeks: the same outlets on a quarter of the days.

Most visits come back every week on the same weekday, so the days of a weekday look alike, and searching all of them
does the same work several times over. A folded month has one day for each weekday (or for each weekday of two
weeks). Outlets that come back within it are all there; of the others, each of which comes in some of its weeks only, a
sample is, evenly spread around the map, so that a folded day is as full as the real ones. A plan of the folded month
decides which end of the territory goes to which weekday; `unfold` lays it out over more weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from territory.units import DAYS_PER_WEEK, WEEKS_PER_CYCLE, BoolArray, FloatArray, IntArray
from territory.visits import _kernels as kernels
from territory.visits import _layout as layout
from territory.visits._start import Setup, as_rows, empty_state, near_ones, room_for_stops
from territory.visits.model import ANYONE, Choice

MOSTLY_THERE = 0.75  # who comes in so many of the folded weeks is there as if always
LEAST_REGULAR = 0.6  # share of the visits that must come back within the folded weeks


@dataclass(frozen=True, kw_only=True)
class Fold:
    """
    A part over so many weeks, ready for the kernels.

    Attributes
    ----------
    outlets
        Positions in the part of the outlets that are there, ascending; the tables number them from 0.
    ways
        Rep (or ANYONE) and days of each option; days are counted within the folded weeks.
    lanes
        (rep, day) of each lane, days counted likewise.
    """

    setup: Setup
    weeks: int
    outlets: IntArray
    tables: layout.Tables
    ways: tuple[tuple[int, tuple[int, ...]], ...]
    lanes: tuple[tuple[int, int], ...]

    @classmethod
    def whole(cls, setup: Setup) -> Fold:
        """The whole month, not folded."""
        return cls(
            setup=setup,
            weeks=WEEKS_PER_CYCLE,
            outlets=np.arange(setup.problem.num_outlets),
            tables=setup.tables,
            ways=tuple((choice.rep, tuple(choice.days)) for choice in setup.options),
            lanes=setup.routes,
        )

    @property
    def span(self) -> int:
        """Days."""
        return self.weeks * DAYS_PER_WEEK

    @cached_property
    def lane_at(self) -> dict[tuple[int, int], int]:
        """Lane of a rep's day."""
        return {route: lane for lane, route in enumerate(self.lanes)}

    def options_of(self, outlet: int) -> range:
        """Rows of the options of the outlet at a position of the tables."""
        return range(*self.tables.outlet[outlet, layout.FIRST_OPTION : layout.END_OPTION + 1].tolist())

    def allowed(self, options: BoolArray) -> BoolArray:
        """Which folded options stand for one of the month's that is allowed; both by outlet and position."""
        if self.weeks == WEEKS_PER_CYCLE:
            return options
        widest = max((len(self.options_of(at)) for at in range(len(self.outlets))), default=0)
        allowed = np.zeros((len(self.outlets), widest), dtype=np.bool_)
        for at, outlet in enumerate(self.outlets.tolist()):
            choices = self.setup.options_of(outlet)
            ways = {self._way(choice) for choice, there in zip(choices, options[outlet], strict=False) if there}
            rows = self.options_of(at)
            allowed[at, : len(rows)] = [self.ways[row] in ways for row in rows]
        return allowed

    def _way(self, choice: Choice) -> tuple[int, tuple[int, ...]]:
        return choice.rep, tuple(sorted({day % self.span for day in choice.days}))

    def state(self, seed: int) -> layout.State:
        """An empty plan."""
        visits = max((len(days) for _, days in self.ways), default=1)
        return empty_state(self.tables, visits=visits, cap=room_for_stops(self.setup), seed=seed)


def folded(setup: Setup, weeks: int) -> Fold | None:
    """The month over its first `weeks`; None when too few of its visits come back within them."""
    problem, span = setup.problem, weeks * DAYS_PER_WEEK
    if problem.explicit is not None or not setup.routes:
        return None
    share = _share_there(setup, span)
    visits = problem.due.astype(np.float64)
    if float(visits[share >= MOSTLY_THERE].sum()) < LEAST_REGULAR * float(visits.sum()):
        return None
    outlets = np.flatnonzero(_sampled(setup, share))
    real: dict[tuple[int, int], int] = {}  # the first real lane of each folded one
    for lane, (rep, day) in enumerate(setup.routes):
        real.setdefault((rep, day % span), lane)
    lanes = tuple(sorted(real))
    ways, prices, slots, rows, ranges = _options(setup, outlets, span, {route: at for at, route in enumerate(lanes)})
    return Fold(
        setup=setup,
        weeks=weeks,
        outlets=outlets,
        tables=_tables(setup, outlets, weeks, [real[route] for route in lanes], prices, slots, rows, ranges),
        ways=ways,
        lanes=lanes,
    )


def _share_there(setup: Setup, span: int) -> FloatArray:
    """Shape (num_outlets,): of the folded weeks, in how many each outlet comes, by its first option; 0 without one."""
    share = np.zeros(setup.problem.num_outlets)
    repeats = WEEKS_PER_CYCLE * DAYS_PER_WEEK / span
    for outlet in range(len(share)):
        options = setup.options_of(outlet)
        if options and options[0].days:
            days = options[0].days
            share[outlet] = len(days) / (repeats * len({day % span for day in days}))
    return share


def _sampled(setup: Setup, share: FloatArray) -> BoolArray:
    """Everyone who is mostly there; of the others as many as their share says, in turn around the middle."""
    there = share >= MOSTLY_THERE
    lat, lon = setup.problem.outlets.lat, setup.problem.outlets.lon
    angle = np.arctan2(lat - lat.mean(), (lon - lon.mean()) * np.cos(np.radians(lat.mean())))
    for value in np.unique(share[~there & (share > 0)]).tolist():
        group = np.flatnonzero(share == value)
        group = group[np.argsort(angle[group], kind="stable")]
        count = np.floor((np.arange(len(group)) + 1) * value + 0.5)
        there[group[np.diff(count, prepend=np.floor(0.5)) > 0]] = True
    return there


_Ways = tuple[tuple[int, tuple[int, ...]], ...]


def _options(
    setup: Setup, outlets: IntArray, span: int, lane_at: dict[tuple[int, int], int]
) -> tuple[_Ways, list[float], list[list[int]], list[list[int]], IntArray]:
    """Folded options: ways, prices, lanes of each slot, slots of each option, first and end option of each outlet."""
    ways: list[tuple[int, tuple[int, ...]]] = []
    prices: list[float] = []
    rows: list[list[int]] = []
    slots: dict[tuple[int, ...], int] = {}
    spans: dict[tuple[int, int], tuple[int, int]] = {}  # outlets of one kind share their options
    ranges = []
    tables = setup.tables
    for outlet in outlets.tolist():
        first, end = setup.option_range[outlet].tolist()
        if (first, end) not in spans:
            begun = len(ways)
            known: dict[tuple[int, tuple[int, ...]], int] = {}
            for option in range(first, end):
                choice = setup.options[option]
                way = (choice.rep, tuple(sorted({day % span for day in choice.days})))
                price = float(tables.option_price[option])
                if way in known:
                    prices[known[way]] = min(prices[known[way]], price)
                    continue
                known[way] = len(ways)
                by_day: dict[int, set[int]] = {}
                for slot in tables.option[option, 1 : tables.option[option, 0] + 1].tolist():
                    for lane in tables.slot[slot, 1 : tables.slot[slot, 0] + 1].tolist():
                        rep, day = setup.routes[lane]
                        by_day.setdefault(day % span, set()).add(lane_at[rep, day % span])
                ways.append(way)
                prices.append(price)
                rows.append([slots.setdefault(tuple(sorted(by_day[day])), len(slots)) for day in sorted(by_day)])
            spans[first, end] = (begun, len(ways))
        ranges.append(spans[first, end])
    return tuple(ways), prices, [list(lanes) for lanes in slots], rows, np.array(ranges, np.int64).reshape(-1, 2)


def _tables(
    setup: Setup,
    outlets: IntArray,
    weeks: int,
    lanes: list[int],
    prices: list[float],
    slots: list[list[int]],
    rows: list[list[int]],
    ranges: IntArray,
) -> layout.Tables:
    whole, n = setup.tables, setup.problem.num_outlets
    part = weeks / WEEKS_PER_CYCLE
    places = np.append(outlets, np.arange(n, len(whole.drive)))
    drive = np.ascontiguousarray(whole.drive[np.ix_(places, places)])
    outlet = np.array(whole.outlet[outlets])
    outlet[:, layout.FIRST_OPTION : layout.END_OPTION + 1] = ranges
    lane = np.array(whole.lane[lanes])
    lane[:, layout.HOME] += len(outlets) - n
    weight = np.array(whole.weight[:, outlets])
    weight[layout.PRICE] *= part
    share = whole.share[:-1][lanes]
    return layout.Tables(
        drive=drive,
        drive_to=np.ascontiguousarray(drive.T),
        outlet=np.ascontiguousarray(outlet),
        lane=lane,
        slot=as_rows(slots),
        option=as_rows(rows),
        option_price=np.array(prices, dtype=np.float64) * part,
        near=near_ones(drive[: len(outlets), : len(outlets)].astype(np.int64)),
        weight=np.ascontiguousarray(weight),
        share=np.append(share / share.sum(), whole.share[-1]),
    )


def unfold(frm: Fold, found: layout.State, to: Fold, state: layout.State) -> None:
    """
    Lay the best plan of a folded month out over more weeks, and insert whom it did not know or has no room for.

    An outlet keeps its days within the folded weeks and repeats them where one of its sets of days allows that.
    """
    rep_on, sequence = _plan_of(frm, found)
    at_position = {outlet: at for at, outlet in enumerate(to.outlets.tolist())}
    state.lane[:] = 0
    state.option[:] = layout.ABSENT
    on_lane: list[set[int]] = [set() for _ in to.lanes]
    for outlet, reps in rep_on.items():
        at = at_position.get(outlet)
        if at is None:  # the samples differ
            continue
        option = _same_days(to, at, reps, frm.span)
        if option is not None:
            lanes = [to.lane_at[reps[day % frm.span], day] for day in to.ways[option][1]]
            state.option[at] = option
            state.placed[at, : len(lanes)] = lanes
            for lane in lanes:
                on_lane[lane].add(at)
    for lane, (rep, day) in enumerate(to.lanes):
        known = [at_position.get(outlet) for outlet in sequence.get((rep, day % frm.span), ())]
        stops = [at for at in known if at is not None and at in on_lane[lane]]
        state.lane[lane, layout.LENGTH] = len(stops)
        state.stops[lane, layout.PLACE, 1 : len(stops) + 1] = stops
    everything = np.zeros((len(to.outlets), 0), dtype=np.bool_)
    kernels.construct(to.tables, state, np.zeros(0, dtype=np.int64), everything, 0.0)
    drop_what_does_not_work(to.tables, state)
    absent = np.flatnonzero(state.option == layout.ABSENT)
    most_work = absent[np.argsort(to.tables.weight[layout.MOST_WORK][absent], kind="stable")]
    kernels.construct(to.tables, state, most_work, everything, float(state.lane[:, layout.LOAD].mean()))
    kernels.settle(to.tables, state)


def _plan_of(fold: Fold, found: layout.State) -> tuple[dict[int, dict[int, int]], dict[tuple[int, int], list[int]]]:
    """Rep by day of each outlet that is placed, and the outlets of each lane in order, by positions in the part."""
    rep_on: dict[int, dict[int, int]] = {}
    sequence: dict[tuple[int, int], list[int]] = {}
    for lane, (rep, day) in enumerate(fold.lanes):
        count = int(found.best[lane, 0])
        sequence[rep, day] = fold.outlets[found.best[lane, 1 : count + 1]].tolist()
        for outlet in sequence[rep, day]:
            rep_on.setdefault(outlet, {})[day] = rep
    return rep_on, sequence


def _same_days(to: Fold, at: int, reps: dict[int, int], span: int) -> int | None:
    """The option that repeats the days of the folded weeks, if there is one; rather on those very days."""
    found, kept = None, -1
    for option in to.options_of(at):
        rep, days = to.ways[option]
        if {day % span for day in days} != set(reps):
            continue
        if any((reps[day % span], day) not in to.lane_at for day in days):
            continue
        if rep != ANYONE and set(reps.values()) != {rep}:
            continue
        same = sum(day in reps for day in days)
        if same > kept:
            found, kept = option, same
    return found


def drop_what_does_not_work(tables: layout.Tables, state: layout.State) -> None:
    """Take stops off the days of a given plan that cannot be driven any more, last ones first."""
    for lane in range(len(state.lane)):
        while not state.lane[lane, layout.WORKS] or state.lane[lane, layout.CARRY] > tables.lane[lane, layout.LIMIT]:
            kernels.begin(state)
            last = int(state.stops[lane, layout.PLACE, state.lane[lane, layout.LENGTH]])
            kernels.remove(tables, state, last)
            kernels.refresh_touched(tables, state)
    kernels.begin(state)
