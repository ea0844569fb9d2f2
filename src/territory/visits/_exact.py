"""The proven best plan of a tiny part: every set of stops of every day, one set per day, by CP-SAT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import gcd

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.visit_plan import VisitPlan
from territory.errors import SolverError
from territory.units import DAYS_PER_WEEK, SECONDS_PER_MIN, IntArray
from territory.visits._cadences import fallback_frequencies
from territory.visits._reasons import Trials
from territory.visits._timetable import Missing, build_plan, timetable
from territory.visits.model import DaySet, VisitsProblem

MOST_OUTLETS = 4
MOST_ROUTES = 60
MOST_DETERMINISTIC_TIME = 2.0
Route = tuple[int, int]
Order = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proved:
    """A proven optimal plan, its objective in drive minutes."""

    plan: VisitPlan
    objective: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Choice:
    """What can be done with an outlet: routes that visit it, visits left out."""

    rep: int
    days: DaySet
    missing: int
    price_s: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Day:
    """One set of stops on one route: the shortest order that keeps the clock, its drive and load in seconds."""

    order: Order
    drive_s: int
    load_s: int


def solve_exactly(problem: VisitsProblem, drive_s: IntArray, *, seed: int) -> Proved | None:
    """
    The proven best plan of one part, or None when the part is too large or its proof too long.

    Notes
    -----
    The shortest order of a day's stops is best only while a minute of balance is worth no more than a minute of
    drive (a longer drive raises the mean); with a higher price there is no proof here.
    """
    worked = problem.works_on()
    routes = [(rep, day) for rep in range(problem.num_reps) for day in np.flatnonzero(worked[rep]).tolist()]
    price = Fraction(problem.rules.price_balance).limit_denominator(1000)
    is_small = 0 < problem.num_outlets <= MOST_OUTLETS and 0 < len(routes) <= MOST_ROUTES
    if problem.explicit is not None or not problem.rules.same_rep or problem.carried is not None:
        return None
    if not is_small or price > 1 or float(price) != problem.rules.price_balance:
        return None
    choices = [_choices(problem, outlet) for outlet in range(problem.num_outlets)]
    days_of = _days(problem, drive_s, routes, choices)

    model = cp_model.CpModel()
    takes = [[model.new_bool_var("") for _ in outlet] for outlet in choices]
    drives = {route: [model.new_bool_var("") for _ in days_of[route]] for route in routes}
    for literals in (*takes, *drives.values()):
        model.add_exactly_one(literals)
    _link(model, choices, takes, days_of, drives)
    missing_s = sum(
        (choice.missing * int(problem.missing_price_s[outlet]) + choice.price_s) * take
        for outlet, options in enumerate(choices)
        for choice, take in zip(options, takes[outlet], strict=True)
    )
    drive = {r: sum(day.drive_s * on for day, on in zip(days_of[r], drives[r], strict=True)) for r in routes}
    load = {r: sum(day.load_s * on for day, on in zip(days_of[r], drives[r], strict=True)) for r in routes}
    scale, above = _above_mean(model, problem, routes, load)
    model.minimize(scale * price.denominator * (sum(drive.values()) + missing_s) + price.numerator * sum(above))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = MOST_DETERMINISTIC_TIME
    status = solver.solve(model)
    if status in (cp_model.MODEL_INVALID, cp_model.INFEASIBLE):
        raise SolverError(f"the exact model of {problem.name} was refused: {solver.status_name(status)}")
    if status != cp_model.OPTIMAL:
        return None
    orders = {
        route: next(
            day.order for day, on in zip(days_of[route], drives[route], strict=True) if solver.boolean_value(on)
        )
        for route in routes
    }
    trials = Trials(problem=problem, drive_s=drive_s, routes=orders)
    left_out = [
        Missing(outlet=outlet, visits=choice.missing, reason=trials.reason(outlet))
        for outlet, options in enumerate(choices)
        for choice, take in zip(options, takes[outlet], strict=True)
        if solver.boolean_value(take) and choice.missing
    ]
    return Proved(
        plan=build_plan(problem, drive_s, routes=orders, missing=left_out),
        objective=solver.objective_value / (scale * price.denominator) / SECONDS_PER_MIN,
    )


def _choices(problem: VisitsProblem, outlet: int) -> list[_Choice]:
    """Full sets of days first, then lower frequencies, then nothing at all."""
    due, frequency = int(problem.due[outlet]), int(problem.frequency[outlet])
    found = [_Choice(rep=c.rep, days=c.days, missing=0, price_s=c.price_s) for c in problem.choices(outlet)]
    for lowered in fallback_frequencies(problem.promises, outlet, frequency):
        found += [
            _Choice(rep=c.rep, days=c.days, missing=due - len(c.days), price_s=c.price_s)
            for c in problem.choices(outlet, lowered)
            if 0 < len(c.days) < due
        ]
    if due:
        found.append(_Choice(rep=0, days=(), missing=due))
    return found or [_Choice(rep=0, days=(), missing=0)]


def _days(
    problem: VisitsProblem, drive_s: IntArray, routes: list[Route], choices: list[list[_Choice]]
) -> dict[Route, list[_Day]]:
    """Every set of stops each route can have; routes of one rep on one weekday have the same."""
    found: dict[tuple[object, ...], list[_Day]] = {}
    days_of: dict[Route, list[_Day]] = {}
    for rep, day in routes:
        outlets = tuple(
            outlet for outlet, options in enumerate(choices) if any(c.rep == rep and day in c.days for c in options)
        )
        kind = (rep, day % DAYS_PER_WEEK, outlets)
        if kind not in found:
            subsets = [
                tuple(outlet for at, outlet in enumerate(outlets) if bits >> at & 1)
                for bits in range(1 << len(outlets))
            ]
            best = [_shortest(problem, drive_s, rep, day, stops) for stops in subsets]
            found[kind] = [entry for entry in best if entry is not None]
        days_of[rep, day] = found[kind]
    return days_of


def _shortest(problem: VisitsProblem, drive_s: IntArray, rep: int, day: int, stops: Order) -> _Day | None:
    """The shortest order of these stops that keeps windows, shift and lunch; None when there is none."""
    if not stops:
        return _Day(order=(), drive_s=0, load_s=0)
    home = problem.num_outlets + rep
    service_s = int(problem.service_s[list(stops)].sum())

    def driven_s(order: Order) -> int:
        return int(drive_s[[home, *order], [*order, home]].sum())

    for order in sorted(permutations(stops), key=driven_s):
        if timetable(problem, drive_s, rep=rep, day=day, stops=order) is not None:
            return _Day(order=order, drive_s=driven_s(order), load_s=driven_s(order) + service_s)
    return None


def _link(
    model: cp_model.CpModel,
    choices: list[list[_Choice]],
    takes: list[list[cp_model.IntVar]],
    days_of: dict[Route, list[_Day]],
    drives: dict[Route, list[cp_model.IntVar]],
) -> None:
    """An outlet is among a day's stops if and only if its choice has that rep and day."""
    for outlet, options in enumerate(choices):
        for (rep, day), entries in days_of.items():
            planned = [take for c, take in zip(options, takes[outlet], strict=True) if c.rep == rep and day in c.days]
            driven = [on for entry, on in zip(entries, drives[rep, day], strict=True) if outlet in entry.order]
            if planned or driven:
                model.add(sum(planned) == sum(driven))


def _above_mean(
    model: cp_model.CpModel, problem: VisitsProblem, routes: list[Route], load: Mapping[Route, cp_model.LinearExprT]
) -> tuple[int, list[cp_model.IntVar]]:
    """Variables for the load above the mean, in seconds times the returned scale."""
    length_s = (problem.shift_s[:, 1] - problem.shift_s[:, 0]).tolist()
    unit = gcd(*length_s)
    share = {(rep, day): length_s[rep] // unit for rep, day in routes}
    scale = sum(share.values())
    total = sum(load.values())
    above = []
    for route in routes:
        over = model.new_int_var(0, 1 << 50, "")
        model.add(over >= scale * load[route] - share[route] * total)
        above.append(over)
    return scale, above
