"""Slow, plain answers to hold the fast ones against: clocks by trying every lunch, plans by trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

import numpy as np

from territory.units import IntArray
from territory.visits.model import DayBounds, Lunch, VisitsProblem, lower_frequencies
from tests.visits.pattern_oracle import regular_day_sets

Windows = Sequence[tuple[int, int]]


def runs(
    drives_s: Sequence[int], windows: Sequence[Windows], services_s: Sequence[int], bounds: DayBounds, lunch: Lunch
) -> bool:
    """Whether the day works for some place of lunch: none, at home before or after, around any drive."""
    return any(
        _walk(drives_s, windows, services_s, bounds, lunch, plan)
        for plan in [("none", 0), ("early", 0), ("late", 0)]
        + [(kind, leg) for leg in range(len(drives_s)) for kind in ("before", "after")]
    )


def _walk(drives_s, windows, services_s, bounds, lunch, plan) -> bool:
    kind, chosen = plan
    clock = bounds.leave_s
    if kind == "early":
        clock = max(clock, lunch.from_s + lunch.length_s)
    for leg, drive_s in enumerate(drives_s):
        if kind == "before" and leg == chosen:
            if clock > lunch.until_s:
                return False
            clock = max(clock, lunch.from_s) + lunch.length_s
        clock += drive_s
        is_home = leg == len(services_s)
        if kind == "after" and leg == chosen and not is_home:
            if clock > lunch.until_s:
                return False
            clock = max(clock, lunch.from_s) + lunch.length_s
        if is_home:
            break
        ready = max(clock, bounds.start_s)
        starts = [max(ready, opens) for opens, closes in windows[leg] if ready <= closes]
        if not starts:
            return False
        clock = min(starts) + services_s[leg]
        if clock > bounds.end_s:
            return False
    if clock > bounds.return_s:
        return False
    if not lunch.length_s:
        return True
    if kind == "none":  # the day ends before lunch has to be taken
        return clock <= lunch.from_s
    if kind == "late":
        return clock <= lunch.until_s
    return not (kind == "after" and chosen == len(services_s))  # that would be after coming home


def best_objective_min(problem: VisitsProblem) -> float:
    """The smallest objective of any legal plan, by trying every choice for every outlet."""
    drive_s = problem.drive_s()
    worked = problem.works_on()
    lanes = [(rep, day) for rep in range(problem.num_reps) for day in range(28) if worked[rep, day]]
    lengths = {rep: int(problem.shift_s[rep, 1] - problem.shift_s[rep, 0]) for rep in range(problem.num_reps)}
    whole = sum(lengths[rep] for rep, _ in lanes)
    known: dict[tuple[int, int, tuple[int, ...]], int | None] = {}
    best = np.inf
    for choice in product(*[list(_choices(problem, outlet)) for outlet in range(problem.num_outlets)]):
        stops: dict[tuple[int, int], list[int]] = {}
        points = 0.0
        for outlet, (rep, days, missing) in enumerate(choice):
            points += missing * int(problem.missing_price_s[outlet])
            for day in days:
                stops.setdefault((rep, day), []).append(outlet)
        if points >= best:
            continue
        loads = {}
        for (rep, day), chosen in stops.items():
            key = (rep, day % 7, tuple(chosen))
            if key not in known:
                known[key] = _shortest(problem, drive_s, rep, day, chosen)
            if known[key] is None:
                break
            points += known[key]
            loads[rep, day] = known[key] + int(problem.service_s[chosen].sum())
        else:
            total = sum(loads.values())
            above = sum(max(0.0, load - total * lengths[rep] / whole) for (rep, _), load in loads.items())
            best = min(best, points + problem.rules.price_balance * above)
    return best / 60


def _choices(problem: VisitsProblem, outlet: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
    due, frequency = int(problem.due[outlet]), int(problem.frequency[outlet])
    yield 0, (), due
    for rep in problem.reps_of(outlet):
        for days in _day_sets(problem, outlet, rep, frequency):
            yield rep, days, 0
        for lower in lower_frequencies(frequency):
            for days in _day_sets(problem, outlet, rep, lower):
                if len(days) < due:
                    yield rep, days, due - len(days)


def _shortest(problem: VisitsProblem, drive_s: IntArray, rep: int, day: int, stops: Sequence[int]) -> int | None:
    home = problem.num_outlets + rep
    found = []
    for order in permutations(stops):
        path = [home, *order, home]
        drives = [int(drive_s[a, b]) for a, b in pairwise(path)]
        opening = [[tuple(w) for w in problem.windows_s[o, day % 7].tolist() if w[0] >= 0] for o in order]
        services = [int(problem.service_s[o]) for o in order]
        if runs(drives, opening, services, problem.bounds(rep), problem.lunch):
            found.append(sum(drives))
    return min(found, default=None)


def _day_sets(problem: VisitsProblem, outlet: int, rep: int, frequency: int) -> tuple[tuple[int, ...], ...]:
    usable = problem.works[rep] & problem.is_open[outlet]
    return regular_day_sets(
        frequency,
        weekdays=tuple(np.flatnonzero(usable).tolist()),
        holidays=problem.holidays,
        min_gap_days=problem.rules.min_gap_days,
        same_weekday=problem.rules.same_weekday,
    )
