"""The end of a search: every visit that still fits, the reasons of the others, and the plan."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from territory.domain.columns import NONE
from territory.domain.visit_plan import VisitPlan
from territory.standing import StopReason
from territory.units import SECONDS_PER_MIN, BoolArray, IntArray
from territory.visits import _kernels as kernels
from territory.visits import _layout as layout
from territory.visits._cadences import fallback_frequencies
from territory.visits._reasons import Trials
from territory.visits._start import Setup, set_up
from territory.visits._timetable import Missing, build_plan
from territory.visits.model import Choice, VisitsProblem


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A plan with the objective the search claims for it, drive minutes."""

    plan: VisitPlan
    objective: float
    stopped_by: StopReason
    iterations: int


def anything(problem: VisitsProblem) -> np.ndarray:
    """Every option is allowed."""
    return np.zeros((problem.num_outlets, 0), dtype=np.bool_)


@dataclass(kw_only=True)
class Filling:
    """
    Places what the search left out: whole outlets first, then at a lower frequency, until nothing more fits.

    Attributes
    ----------
    reduced
        Outlets at a lower frequency, and which.
    setups
        Tables by frequency. An option of the plan is a row of the tables it was chosen from, so tables go with the
        outlets they speak of, and neighbours' options are not looked up once there are several.
    """

    setup: Setup
    state: layout.State
    reduced: dict[int, int] = field(default_factory=dict)
    setups: dict[int, Setup] = field(default_factory=dict)
    _fallbacks: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        problem = self.setup.problem
        self._fallbacks = tuple(
            fallback_frequencies(problem.promises, outlet, frequency)
            for outlet, frequency in enumerate(problem.frequency.tolist())
        )

    def fill(self) -> None:
        """Until nothing changes: so that `no_time` is true of every outlet left out."""
        if not self.setup.routes:
            return
        problem = self.setup.problem
        self._insert(self.setup, self._absent())
        while True:
            before = self._score()
            for frequency in sorted({one for row in self._fallbacks for one in row}, reverse=True):
                absent = self._absent()
                chosen = absent[self._falls_to(frequency)[absent] & (problem.due[absent] > frequency)]
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
            lowered = np.where(self._falls_to(frequency), frequency, NONE)
            self.setups[frequency] = set_up(problem, self.setup.drive_s, frequency=lowered)
        return self.setups[frequency]

    def _falls_to(self, frequency: int) -> BoolArray:
        return np.array([frequency in row for row in self._fallbacks], dtype=np.bool_)

    def _tables(self, setup: Setup) -> layout.Tables:
        if setup is self.setup and not self.reduced:
            return setup.tables
        return setup.tables._replace(near=np.zeros((setup.problem.num_outlets, 0), dtype=np.int64))

    def _insert(self, setup: Setup, outlets: IntArray) -> None:
        kernels.construct(self._tables(setup), self.state, outlets, anything(setup.problem), 0.0)

    def _raise(self, outlet: int) -> None:
        """Try the outlet's own frequency again in place of the reduced one."""
        state = self.state
        nothing = np.zeros(0, dtype=np.bool_)
        lowered = self._setup_at(self.reduced[outlet]).tables
        kernels.begin(state)
        kernels.remove(lowered, state, outlet)
        kernels.refresh_touched(self.setup.tables, state)
        option = kernels.best_option(self._tables(self.setup), state, outlet, layout.ABSENT, nothing, 0.0)
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
