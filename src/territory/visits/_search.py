"""A good plan of one part: balanced sectors, ruin and recreate, then every visit that still fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort, Meter
from territory.standing import StopReason
from territory.units import WEEKS_PER_CYCLE, IntArray
from territory.visits import _kernels as kernels
from territory.visits import _layout as layout
from territory.visits._filling import Filling, Found, anything
from territory.visits._folding import Fold, drop_what_does_not_work, folded, unfold
from territory.visits._replay import positions
from territory.visits._start import Setup, new_state, sectors, set_up
from territory.visits.model import ANYONE, VisitsProblem


class Stage(NamedTuple):
    """
    Part of a search.

    `weeks` of the month, folded where fewer than all; how many plans go on side by side; the share of the effort for
    all of them; temperatures at the beginning and the end, in mean drives between stops; outlets taken out at once.
    """

    weeks: int
    racers: int
    share: float
    hot: float
    cold: float
    most_removed: int


Schedule = tuple[Stage, ...]

# Months of visits: what matters is which weekday goes to which end of the territory. So many plans begin, each of a
# week that stands for all, and cool down far enough to tell which is the better one. Two weeks that stand for all know
# the fortnightly visits whole, which a week knows by a sample only: they choose between the last two.
FOLDED: Schedule = (
    Stage(1, 16, 0.42, 3.0, 0.8, 30),
    Stage(1, 5, 0.20, 0.8, 0.5, 30),
    Stage(2, 2, 0.23, 0.6, 0.3, 20),
    Stage(WEEKS_PER_CYCLE, 1, 0.15, 0.3, 0.15, 20),
)
# Months whose visits mostly come back later than that.
MONTH: Schedule = (
    Stage(WEEKS_PER_CYCLE, 8, 0.20, 20.0, 5.0, 40),
    Stage(WEEKS_PER_CYCLE, 3, 0.20, 5.0, 2.0, 40),
    Stage(WEEKS_PER_CYCLE, 1, 0.60, 2.0, 0.1, 40),
)
# Given sets of days: several plans cool down far enough to tell which is the better one.
FLEET: Schedule = (
    Stage(WEEKS_PER_CYCLE, 8, 0.50, 1.0, 0.15, 12),
    Stage(WEEKS_PER_CYCLE, 2, 0.20, 0.15, 0.08, 12),
    Stage(WEEKS_PER_CYCLE, 1, 0.30, 0.08, 0.02, 12),
)
# With more outlets than this, the time for one slow cooling is short enough as it is.
MOST_FOR_SEVERAL = 300
LARGE_FLEET: Schedule = (Stage(WEEKS_PER_CYCLE, 1, 1.0, 1.0, 0.02, 20),)
# A running plan made better, of months and of given sets of days.
FROM_PLAN = Stage(WEEKS_PER_CYCLE, 1, 1.0, 0.1, 0.03, 40)
FLEET_FROM_PLAN = FROM_PLAN._replace(most_removed=10)
# Rounds of ruin and recreate that take the time of one iteration over the whole month, by weeks.
ROUNDS = {1: 3, 2: 2, WEEKS_PER_CYCLE: 1}
CHUNKS = 100  # between two chunks the search looks at the clock and the cancel token
FIRST_CHUNK = 100
BLINK = 0.01
# Price of leaving an outlet out, as a share of the full one: falls to the first while none is left out.
LEAST_FACTOR, DEARER, CHEAPER = 0.05, 1.2, 0.85
# Where more than this share of the outlets finds no place at first, work exceeds time, and who is left out is to be
# searched: the price of that begins at so many mean drives for the middle one of them, and rises to the full one.
# (First plans of fleets that have time for all leave out up to 0.31.)
MANY_ABSENT, FIRST_ABSENCE = 1 / 3, 1.0
# First price of carrying what a mean visit brings beyond a limit, in mean drives.
FIRST_PRESSURE = 2.0


def schedule_of(setup: Setup) -> tuple[Schedule, dict[int, Fold]]:
    """The schedule that suits the part, and the folded months that it asks for, by weeks."""
    folds = {WEEKS_PER_CYCLE: Fold.whole(setup)}
    if setup.problem.explicit is not None:
        return FLEET if setup.problem.num_outlets <= MOST_FOR_SEVERAL else LARGE_FLEET, folds
    for weeks in sorted({stage.weeks for stage in FOLDED if stage.weeks < WEEKS_PER_CYCLE}):
        fold = folded(setup, weeks)
        if fold is None:
            return MONTH, folds
        folds[weeks] = fold
    return FOLDED, folds


def find_plan(
    problem: VisitsProblem,
    *,
    effort: Effort,
    seed: int,
    cancel: CancelToken | None = None,
    start: VisitPlan | None = None,
) -> Found:
    """
    The best plan that the effort finds; there always is one, if with visits left out.

    Parameters
    ----------
    effort
        Iterations per rep (each removes a few outlets and puts them back), or seconds for the part.
    start
        A plan to begin with instead of new ones, as far as it is legal; the search then stays near it.
    """
    drive_s = problem.drive_s()
    setup = set_up(problem, drive_s)
    state = new_state(setup, seed=seed)
    meter = Meter(effort=effort)
    if setup.routes and start is not None:
        whole = Fold.whole(setup)
        _begin_from(setup, state, start)
        leg_s = _mean_leg_s(state.lane)
        stage = FROM_PLAN if problem.explicit is None else FLEET_FROM_PLAN
        stopped_by = _improve(whole, state, meter, cancel, until=1.0, stage=stage, leg_s=leg_s)
        _recall(setup, state)
    elif setup.routes:
        stopped_by = _anneal(setup, state, meter, cancel, seed=seed)
        _recall(setup, state)
    else:
        stopped_by = StopReason.EFFORT
    filled = Filling(setup=setup, state=state)
    filled.fill()
    return filled.found(stopped_by, meter.iterations)


def _anneal(setup: Setup, state: layout.State, meter: Meter, cancel: CancelToken | None, *, seed: int) -> StopReason:
    """
    Several plans annealed side by side; after each stage the better ones go on, at lower temperatures.

    What splits good plans from bad ones is mostly the rough shape, which days go to which end of the territory, and
    a search seldom leaves the shape it has cooled down in. `state` ends as the best plan of the whole month.
    """
    schedule, folds = schedule_of(setup)
    states = {weeks: state if weeks == WEEKS_PER_CYCLE else fold.state(seed) for weeks, fold in folds.items()}
    first = schedule[0]
    fold, now = folds[first.weeks], states[first.weeks]
    racers = [_Racer.begin(fold, now, turn=turn / first.racers) for turn in range(first.racers)]
    leg_s, spent = min(_mean_leg_s(racer.lane) for racer in racers), 0.0
    stopped_by = StopReason.EFFORT
    for stage in schedule:
        racers = sorted(racers, key=lambda racer: racer.objective)[: stage.racers]
        if stage.weeks != fold.weeks:
            racers = [_unfolded(racer, fold, now, folds[stage.weeks], states[stage.weeks]) for racer in racers]
            fold, now = folds[stage.weeks], states[stage.weeks]
        if stopped_by is not StopReason.EFFORT:
            continue
        for at, racer in enumerate(racers):
            racer.restore(now)
            spent = min(1.0, spent + stage.share / len(racers))  # rounding must not ask for more than there is
            stopped_by = _improve(fold, now, meter, cancel, until=spent, stage=stage, leg_s=leg_s)
            racers[at] = _Racer.of(now)
            if stopped_by is not StopReason.EFFORT:
                break
    min(racers, key=lambda racer: racer.objective).restore(now)
    return stopped_by


@dataclass(frozen=True, kw_only=True, slots=True)
class _Racer:
    """A plan in the middle of its search: all that a state holds of it."""

    objective: float
    arrays: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, state: layout.State) -> _Racer:
        kernels.begin(state)  # nothing is touched yet
        arrays = tuple(np.array(getattr(state, name)) for name in _CARRIED_ON)
        return cls(objective=float(state.objective[layout.BEST]), arrays=arrays)

    @classmethod
    def begin(cls, fold: Fold, state: layout.State, *, turn: float) -> _Racer:
        """A first plan."""
        _first_plan(fold, state, turn=turn)
        return cls.of(state)

    @property
    def lane(self) -> IntArray:
        """State of the lanes."""
        return self.arrays[_CARRIED_ON.index("lane")]

    def restore(self, state: layout.State) -> None:
        """Go on with this one."""
        kernels.begin(state)
        for name, array in zip(_CARRIED_ON, self.arrays, strict=True):
            getattr(state, name)[:] = array


def _unfolded(racer: _Racer, frm: Fold, found: layout.State, to: Fold, state: layout.State) -> _Racer:
    """The racer's best plan over more weeks."""
    racer.restore(found)
    unfold(frm, found, to, state)
    return _Racer.of(state)


_CARRIED_ON = ("stops", "lane", "option", "placed", "best", "best_option", "best_placed", "objective")


def _mean_leg_s(lane: IntArray) -> float:
    length = lane[:, layout.LENGTH]
    legs = int(length.sum() + (length > 0).sum())
    return max(1.0, float(lane[:, layout.DRIVE].sum()) / max(1, legs))


def _first_plan(fold: Fold, state: layout.State, *, turn: float) -> None:
    """Balanced sectors; outlets that find no place in their sector go where there is one."""
    tables, everything = fold.tables, np.zeros((len(fold.outlets), 0), dtype=np.bool_)
    order = np.lexsort((tables.weight[layout.FAR_FIRST], tables.weight[layout.MOST_WORK]))
    mean_s = _expected_load_s(fold.setup)
    state.lane[:] = 0
    state.option[:] = layout.ABSENT
    state.objective[layout.PRESSURE] = np.inf
    if fold.setup.problem.explicit is None:
        kernels.construct(tables, state, order, fold.allowed(sectors(fold.setup, turn=turn)), mean_s)
        order = order[state.option[order] == layout.ABSENT]
    kernels.construct(tables, state, order, everything, mean_s)
    kernels.settle(tables, state)
    state.objective[layout.FACTOR] = _first_factor(tables, state)
    if (tables.lane[:, layout.LIMIT] < layout.NEVER).any():
        carried = max(1.0, float(tables.outlet[:, layout.CARRIED].mean()))
        state.objective[layout.PRESSURE] = FIRST_PRESSURE * _mean_leg_s(state.lane) / carried


def _first_factor(tables: layout.Tables, state: layout.State) -> float:
    """Factor on the price of absence that the search of a first plan begins with."""
    price_s = tables.weight[layout.PRICE]
    absent_s = price_s[(state.option == layout.ABSENT) & (price_s > 0.0)]
    if len(absent_s) <= MANY_ABSENT * len(price_s):
        return 1.0
    return min(1.0, FIRST_ABSENCE * _mean_leg_s(state.lane) / float(np.median(absent_s)))


def _begin_from(setup: Setup, state: layout.State, start: VisitPlan) -> None:
    """Lay out a given plan: its stops in their order where an option allows them; the rest is inserted."""
    problem = setup.problem
    state.lane[:] = 0
    state.option[:] = layout.ABSENT
    outlet_of, rep_of = positions(problem.outlet_idcs, start.outlet_idx), positions(problem.rep_idcs, start.rep_idx)
    lane_at = {route: lane for lane, route in enumerate(setup.routes)}
    visits: dict[int, dict[int, int]] = {}
    for outlet, rep, day in zip(outlet_of.tolist(), rep_of.tolist(), start.day.tolist(), strict=True):
        if outlet != NONE and (rep, day) in lane_at:
            visits.setdefault(outlet, {})[day] = rep
    for outlet, rep_on in visits.items():
        for at, choice in enumerate(setup.options_of(outlet)):
            reps = {rep_on.get(day, NONE) for day in choice.days}
            if choice.days == tuple(sorted(rep_on)) and (choice.rep == ANYONE or reps == {choice.rep}):
                state.option[outlet] = setup.option_range[outlet, 0] + at
                state.placed[outlet, : len(choice.days)] = [lane_at[rep_on[day], day] for day in choice.days]
    for outlet, rep, day in zip(outlet_of.tolist(), rep_of.tolist(), start.day.tolist(), strict=True):
        if outlet != NONE and state.option[outlet] != layout.ABSENT:
            lane = lane_at[rep, day]
            state.lane[lane, layout.LENGTH] += 1
            state.stops[lane, layout.PLACE, state.lane[lane, layout.LENGTH]] = outlet
    kernels.construct(setup.tables, state, np.zeros(0, dtype=np.int64), anything(problem), 0.0)
    drop_what_does_not_work(setup.tables, state)
    absent = np.flatnonzero(state.option == layout.ABSENT)
    kernels.construct(setup.tables, state, absent, anything(problem), _expected_load_s(setup))
    kernels.settle(setup.tables, state)


def _expected_load_s(setup: Setup) -> float:
    """Drive and service seconds of a mean day, guessed: each visit drives twice to its nearest neighbours."""
    problem, tables = setup.problem, setup.tables
    near = tables.near[:, :4]
    leg_s = np.take_along_axis(setup.drive_s[: problem.num_outlets, : problem.num_outlets], near, axis=1)
    visit_s = problem.service_s + (2 * leg_s.mean(axis=1) if near.shape[1] else 0)
    return float((visit_s * problem.frequency).sum() / max(1, len(setup.routes)))


def _improve(
    fold: Fold,
    state: layout.State,
    meter: Meter,
    cancel: CancelToken | None,
    *,
    until: float,
    stage: Stage,
    leg_s: float,
) -> StopReason:
    """Ruin and recreate until the share `until` of the effort is spent, while the temperature falls."""
    nothing = np.zeros(0, dtype=np.bool_)
    hot_s, cold_s = stage.hot * leg_s, stage.cold * leg_s
    iterations = meter.effort.iterations
    total = None if iterations is None else iterations * fold.setup.problem.num_reps
    rate = 0.0  # share of the effort that one iteration takes

    def share() -> float:
        return meter.share_spent() if total is None else meter.iterations / max(1, total)

    begun = share()
    while (now := share()) < until and meter.iterations != total:
        if cancel is not None and cancel.is_cancelled:
            return StopReason.CANCELLED
        if total is None:
            size = FIRST_CHUNK if rate == 0.0 else max(1, min(int((until - now) / rate), int(1.0 / CHUNKS / rate)))
        else:
            size = max(1, min(-(-total // CHUNKS), math.ceil(until * total) - meter.iterations))
        later = min(until, now + rate * size) if total is None else (meter.iterations + size) / total
        first_s, last_s = (hot_s * (cold_s / hot_s) ** ((at - begun) / (until - begun)) for at in (now, later))
        rounds = size * ROUNDS[fold.weeks]
        kernels.search(fold.tables, state, rounds, first_s, last_s, stage.most_removed, BLINK, nothing)
        meter.iterations += size
        rate = (share() - now) / size
        _price_absence(state)
    return StopReason.EFFORT


def _price_absence(state: layout.State) -> None:
    """Outlets left out make it dearer to leave some out, until none is; then it becomes cheaper again."""
    factor = float(state.objective[layout.FACTOR])
    if state.objective[layout.MISSING] > 0.0:
        state.objective[layout.FACTOR] = min(1.0, factor * DEARER)
    else:
        state.objective[layout.FACTOR] = max(LEAST_FACTOR, factor * CHEAPER)


def _recall(setup: Setup, state: layout.State) -> None:
    """Make the best plan the current one, from which on every limit is hard."""
    state.objective[layout.PRESSURE] = np.inf
    for route in range(len(setup.routes)):
        count = int(state.best[route, 0])
        state.lane[route, layout.LENGTH] = count
        state.stops[route, layout.PLACE, 1 : count + 1] = state.best[route, 1 : count + 1]
    state.option[:] = state.best_option
    state.placed[:] = state.best_placed
