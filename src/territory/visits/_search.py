"""A good plan of one part: balanced sectors, ruin and recreate, then every visit that still fits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort, Meter
from territory.standing import StopReason
from territory.units import SECONDS_PER_MIN, IntArray
from territory.visits import _kernels as kernels
from territory.visits import _layout as layout
from territory.visits._reasons import Trials
from territory.visits._replay import positions
from territory.visits._start import Setup, new_state, sectors, set_up
from territory.visits._timetable import Missing, build_plan
from territory.visits.model import ANYONE, Choice, VisitsProblem, lower_frequencies

RACERS = 4  # first plans, with sectors turned against each other
RACE_SHARE = 0.5  # of the effort, for all racers together
CHUNKS = 50  # between two chunks the search looks at the clock and the cancel token
SECONDS_CHUNK = 200
# Temperatures in mean drives between stops; sizes in outlets.
HOT, COLD = 2.0, 0.1
HOT_LATER, COLD_LATER = 0.5, 0.03
HOT_FROM_PLAN = 0.1
MOST_REMOVED = 14
BLINK = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A plan with the objective the search claims for it, drive minutes."""

    plan: VisitPlan
    objective: float
    stopped_by: StopReason
    iterations: int


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
        _begin_from(setup, state, start)
        stopped_by = _improve(setup, state, meter, cancel, until=1.0, hot=HOT_FROM_PLAN, cold=COLD_LATER)
        _recall(setup, state)
    elif setup.routes:
        stopped_by = _race(setup, state, meter, cancel)
        _recall(setup, state)
    else:
        stopped_by = StopReason.EFFORT
    filled = _Filling(setup=setup, state=state)
    filled.fill()
    return filled.found(stopped_by, meter.iterations)


def _race(setup: Setup, state: layout.State, meter: Meter, cancel: CancelToken | None) -> StopReason:
    """
    Short searches from several first plans, then a long one from the best of them.

    What splits good plans from bad ones is mostly the rough shape, which days go to which end of the territory, and
    a search seldom leaves the shape it began with.
    """
    best: _Snapshot | None = None
    stopped_by = StopReason.EFFORT
    for racer in range(RACERS):
        _first_plan(setup, state, turn=racer / RACERS)
        limit = RACE_SHARE * (racer + 1) / RACERS
        stopped_by = _improve(setup, state, meter, cancel, until=limit, hot=HOT, cold=COLD)
        if best is None or float(state.objective[layout.BEST]) < best.objective:
            best = _Snapshot.of(state)
    assert best is not None
    best.restore(state)
    _recall(setup, state)
    kernels.construct(setup.tables, state, np.zeros(0, dtype=np.int64), _anything(setup.problem), 0.0)
    kernels.settle(setup.tables, state)
    if stopped_by is StopReason.EFFORT:
        stopped_by = _improve(setup, state, meter, cancel, until=1.0, hot=HOT_LATER, cold=COLD_LATER)
    return stopped_by


@dataclass(frozen=True, kw_only=True, slots=True)
class _Snapshot:
    """The best plan of a state."""

    objective: float
    best: IntArray
    best_option: IntArray
    best_placed: IntArray

    @classmethod
    def of(cls, state: layout.State) -> _Snapshot:
        return cls(
            objective=float(state.objective[layout.BEST]),
            best=state.best.copy(),
            best_option=state.best_option.copy(),
            best_placed=state.best_placed.copy(),
        )

    def restore(self, state: layout.State) -> None:
        state.best[:], state.best_option[:] = self.best, self.best_option
        state.best_placed[:] = self.best_placed


def _first_plan(setup: Setup, state: layout.State, *, turn: float) -> None:
    """Balanced sectors; outlets that find no place in their sector go where there is one."""
    problem, tables = setup.problem, setup.tables
    order = np.lexsort((tables.weight[layout.FAR_FIRST], tables.weight[layout.MOST_WORK]))
    mean_s = _expected_load_s(setup)
    state.lane[:] = 0
    state.option[:] = layout.ABSENT
    if problem.explicit is None:
        kernels.construct(tables, state, order, sectors(setup, turn=turn), mean_s)
        order = order[state.option[order] == layout.ABSENT]
    kernels.construct(tables, state, order, _anything(problem), mean_s)
    kernels.settle(tables, state)


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
    kernels.construct(setup.tables, state, np.zeros(0, dtype=np.int64), _anything(problem), 0.0)
    _drop_what_does_not_work(setup, state)
    absent = np.flatnonzero(state.option == layout.ABSENT)
    kernels.construct(setup.tables, state, absent, _anything(problem), _expected_load_s(setup))
    kernels.settle(setup.tables, state)


def _drop_what_does_not_work(setup: Setup, state: layout.State) -> None:
    """Take stops off the days of a given plan that cannot be driven any more, last ones first."""
    for lane in range(len(setup.routes)):
        while not state.lane[lane, layout.WORKS]:
            kernels.begin(state)
            last = int(state.stops[lane, layout.PLACE, state.lane[lane, layout.LENGTH]])
            kernels.remove(setup.tables, state, last)
            kernels.refresh_touched(setup.tables, state)
    kernels.begin(state)


def _expected_load_s(setup: Setup) -> float:
    """Drive and service seconds of a mean day, guessed: each visit drives twice to its nearest neighbours."""
    problem, tables = setup.problem, setup.tables
    near = tables.near[:, :4]
    leg_s = np.take_along_axis(setup.drive_s[: problem.num_outlets, : problem.num_outlets], near, axis=1)
    visit_s = problem.service_s + (2 * leg_s.mean(axis=1) if near.shape[1] else 0)
    return float((visit_s * problem.frequency).sum() / max(1, len(setup.routes)))


def _anything(problem: VisitsProblem) -> np.ndarray:
    """Every option is allowed."""
    return np.zeros((problem.num_outlets, 0), dtype=np.bool_)


def _improve(
    setup: Setup,
    state: layout.State,
    meter: Meter,
    cancel: CancelToken | None,
    *,
    until: float,
    hot: float,
    cold: float,
) -> StopReason:
    """Ruin and recreate until the share `until` of the effort is spent; temperatures in mean drives."""
    length = state.lane[:, layout.LENGTH]
    legs = int(length.sum() + (length > 0).sum())
    mean_leg_s = max(1.0, float(state.lane[:, layout.DRIVE].sum()) / max(1, legs))
    nothing = np.zeros(0, dtype=np.bool_)
    reps = setup.problem.num_reps
    iterations = meter.effort.iterations
    total = None if iterations is None else iterations * reps

    def share() -> float:
        return meter.share_spent() if total is None else meter.iterations / max(1, total)

    begun = share()
    while (now := share()) < until and meter.iterations != total:
        if cancel is not None and cancel.is_cancelled:
            return StopReason.CANCELLED
        size = (
            SECONDS_CHUNK * reps
            if total is None
            else max(1, min(-(-total // CHUNKS), math.ceil(until * total) - meter.iterations))
        )
        later = now if total is None else (meter.iterations + size) / total
        first, last = (mean_leg_s * hot * (cold / hot) ** ((at - begun) / (until - begun)) for at in (now, later))
        kernels.search(setup.tables, state, size, first, last, MOST_REMOVED, BLINK, nothing)
        meter.iterations += size
    return StopReason.EFFORT


def _recall(setup: Setup, state: layout.State) -> None:
    """Make the best plan the current one."""
    for route in range(len(setup.routes)):
        count = int(state.best[route, 0])
        state.lane[route, layout.LENGTH] = count
        state.stops[route, layout.PLACE, 1 : count + 1] = state.best[route, 1 : count + 1]
    state.option[:] = state.best_option
    state.placed[:] = state.best_placed


@dataclass(kw_only=True)
class _Filling:
    """Places what the search left out: whole outlets first, then at a lower frequency, until nothing more fits."""

    setup: Setup
    state: layout.State
    reduced: dict[int, int] = field(default_factory=dict)  # outlet: frequency it was reduced to
    setups: dict[int, Setup] = field(default_factory=dict)

    def fill(self) -> None:
        """Until nothing changes: so that `no_time` is true of every outlet left out."""
        if not self.setup.routes:
            return
        problem = self.setup.problem
        self._insert(self.setup, self._absent())
        while True:
            before = self._score()
            for frequency in lower_frequencies(int(problem.frequency.max(initial=0))):
                absent = self._absent()
                chosen = absent[np.minimum(problem.due, problem.frequency)[absent] > frequency]
                if len(chosen):
                    self._insert(self._setup_at(frequency), chosen)
                    placed = chosen[self.state.option[chosen] != layout.ABSENT]
                    self.reduced |= dict.fromkeys(placed.tolist(), frequency)
            for outlet in list(self.reduced):
                self._raise(outlet)
            self._insert(self.setup, self._absent())
            if self._score() == before:
                return

    def _score(self) -> tuple[int, int]:
        return int((self.state.option == layout.ABSENT).sum()), sum(self.reduced.values())

    def _absent(self) -> IntArray:
        """Outlets left out, most important first."""
        absent = np.flatnonzero(self.state.option == layout.ABSENT)
        return absent[np.lexsort((absent, -self.setup.problem.priority[absent]))]

    def _setup_at(self, frequency: int) -> Setup:
        if frequency not in self.setups:
            problem = self.setup.problem
            lowered = np.minimum(problem.frequency, frequency)
            self.setups[frequency] = set_up(problem, self.setup.drive_s, frequency=lowered)
        return self.setups[frequency]

    def _insert(self, setup: Setup, outlets: IntArray) -> None:
        kernels.construct(setup.tables, self.state, outlets, _anything(setup.problem), 0.0)

    def _raise(self, outlet: int) -> None:
        """Try the outlet's own frequency again in place of the reduced one."""
        state = self.state
        nothing = np.zeros(0, dtype=np.bool_)
        lowered = self._setup_at(self.reduced[outlet]).tables
        kernels.begin(state)
        kernels.remove(lowered, state, outlet)
        kernels.refresh_touched(self.setup.tables, state)
        option = kernels.best_option(self.setup.tables, state, outlet, layout.ABSENT, nothing, 0.0)
        if option == layout.ABSENT:
            kernels.put_back(lowered, state)
        else:
            kernels.insert(self.setup.tables, state, outlet, option)
            del self.reduced[outlet]

    def found(self, stopped_by: StopReason, iterations: int) -> Found:
        """The plan, the missing visits with their reasons, and the objective."""
        setup, problem = self.setup, self.setup.problem
        state = self.state
        routes = {
            route: state.stops[at, layout.PLACE, 1 : state.lane[at, layout.LENGTH] + 1].tolist()
            for at, route in enumerate(setup.routes)
        }
        trials = Trials(problem=problem, drive_s=setup.drive_s, routes=routes)
        missing: list[Missing] = []
        for outlet in range(problem.num_outlets):
            count = self._missing(outlet)
            if count:
                missing.append(Missing(outlet=outlet, visits=count, reason=trials.reason(outlet)))
        price_s = sum(entry.visits * int(problem.missing_price_s[entry.outlet]) for entry in missing)
        load_s = state.lane[:, layout.LOAD]
        price_s += sum(
            self._choice(outlet).price_s for outlet in np.flatnonzero(state.option != layout.ABSENT).tolist()
        )
        above_s = (
            float((load_s - load_s.sum() * setup.tables.share[:-1]).clip(min=0).sum()) * problem.rules.price_balance
        )
        return Found(
            plan=build_plan(problem, setup.drive_s, routes=routes, missing=missing),
            objective=(float(state.lane[:, layout.DRIVE].sum()) + above_s + price_s) / SECONDS_PER_MIN,
            stopped_by=stopped_by,
            iterations=iterations,
        )

    def _missing(self, outlet: int) -> int:
        due = int(self.setup.problem.due[outlet])
        if self.state.option[outlet] == layout.ABSENT:
            return due
        if outlet not in self.reduced:
            return 0
        return due - len(self._choice(outlet).days)

    def _choice(self, outlet: int) -> Choice:
        """The chosen option of an outlet that is placed."""
        setup = self._setup_at(self.reduced[outlet]) if outlet in self.reduced else self.setup
        return setup.options[int(self.state.option[outlet])]
