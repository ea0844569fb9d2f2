"""How fast visits are searched: iterations per second of the search alone and of whole plans, and a cold first plan."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np

from benchmarks.contract import Case, Outcome, Sense
from benchmarks.instances.small import town
from territory.domain.assignment import Assignment
from territory.domain.rules import VisitRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.standing import StopReason
from territory.visits import VisitsProblem, check, plan_visits, warm_up
from territory.visits import _kernels as kernels
from territory.visits import _layout as layout
from territory.visits._filling import Filling, anything
from territory.visits._search import BLINK
from territory.visits._start import new_state, set_up

ITERATIONS = 100_000  # of the search alone
OF_A_PLAN = 10_000
MOST_TAKEN_OUT = 10  # outlets at once
HOT, COLD = 0.3, 0.1  # mean drives


def visit_cases() -> list[Case]:
    """A rep of 100 outlets, four weeks."""
    return [
        _case("visit_search_100", "iterations/s", "max", lambda seed: _search(_with_windows(), seed)),
        _case("visit_search_100_no_windows", "iterations/s", "max", lambda seed: _search(_without_windows(), seed)),
        _case("visit_plan_100", "iterations/s", "max", lambda seed: _plan(_with_windows(), seed)),
        _case("visit_plan_100_no_windows", "iterations/s", "max", lambda seed: _plan(_without_windows(), seed)),
        _case("first_visit_plan_100", "s", "min", _first_plan),
    ]


def _search(part: VisitsProblem, seed: int) -> Outcome:
    """Ruin and recreate over the whole month, 1 to 10 outlets taken out; the first plan is made before the clock."""
    setup = set_up(part, part.drive_s())
    state = new_state(setup, seed=seed)
    kernels.construct(setup.tables, state, np.arange(part.num_outlets), anything(part), 0.0)
    kernels.settle(setup.tables, state)
    leg_s = float(state.lane[:, layout.DRIVE].sum() / max(1, state.lane[:, layout.LENGTH].sum()))
    nothing = np.zeros(0, dtype=np.bool_)
    begun = time.perf_counter()
    kernels.search(setup.tables, state, ITERATIONS, HOT * leg_s, COLD * leg_s, MOST_TAKEN_OUT, BLINK, nothing)
    spent_s = time.perf_counter() - begun
    found = Filling(setup=setup, state=state).found(StopReason.EFFORT, ITERATIONS)
    return _outcome(ITERATIONS / spent_s, part, found.plan)


def _plan(part: VisitsProblem, seed: int) -> Outcome:
    """
    A plan by the front door: tables, first plans, search, bound and check.

    An iteration of the effort is one over the whole month, or several over a week or two that stand for it; up to 30
    outlets are taken out.
    """
    begun = time.perf_counter()
    plan = plan_visits(part, effort=Effort(iterations=OF_A_PLAN), seed=seed).require_plan()
    return _outcome(OF_A_PLAN / (time.perf_counter() - begun), part, plan)


def _first_plan(seed: int) -> Outcome:
    """Wall seconds from starting Python to the first plan; compiled code is on disk already."""
    begun = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        plan = pool.submit(_planned, seed).result()
        spent_s = time.perf_counter() - begun
    return _outcome(spent_s, _with_windows(), plan)


def _planned(seed: int) -> VisitPlan:
    return plan_visits(_with_windows(), effort=Effort(iterations=OF_A_PLAN), seed=seed).require_plan()


def _outcome(value: float, part: VisitsProblem, plan: VisitPlan) -> Outcome:
    return Outcome(objective=value, bound=None, violations=len(check(part, plan).violations), status="FEASIBLE")


@cache
def _with_windows() -> VisitsProblem:
    """Lunch; a third of the outlets are open before it only, or after it only."""
    part = _rep_of_100(VisitRules())
    windows_s = np.array(part.windows_s)
    turn = np.arange(part.num_outlets) % 6
    windows_s[turn == 0, :, 0] = (8 * 3600, 12 * 3600)
    windows_s[turn == 3, :, 0] = (13 * 3600, 18 * 3600)
    return replace(part, windows_s=windows_s)


@cache
def _without_windows() -> VisitsProblem:
    """No lunch, and every outlet open all day."""
    return _rep_of_100(VisitRules(lunch_min=0))


def _rep_of_100(rules: VisitRules) -> VisitsProblem:
    scenario = town(100, 1)
    (part,) = VisitsProblem.of(scenario, Assignment.today(scenario.outlets)).parts()
    return replace(part, rules=rules)


def _prepare() -> None:
    for part in (_with_windows(), _without_windows()):
        warm_up(part)


def _case(name: str, unit: str, sense: Sense, run: Callable[[int], Outcome]) -> Case:
    return Case(
        instance=name,
        sense=sense,
        unit=unit,
        run=lambda _effort, seed: run(seed),
        prepare=_prepare,
        options={"kind": "speed"},
        iterations=1,
        is_fixed_work=True,
    )
