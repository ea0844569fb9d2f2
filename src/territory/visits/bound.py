"""How good could a visit plan be at most? A number no legal plan can beat."""

from __future__ import annotations

import numpy as np

from territory.units import DAYS_PER_CYCLE, SECONDS_PER_MIN, FloatArray, IntArray
from territory.visits._cadences import fallback_frequencies
from territory.visits.model import VisitsProblem

FAR = float(1 << 40)


def lower_bound(problem: VisitsProblem, drive_s: IntArray) -> float:
    """
    Drive minutes below which no legal plan's objective can be, for one part.

    Parameters
    ----------
    drive_s
        Seconds, `problem.drive_s()`.

    Notes
    -----
    Every visit is entered and left, and each drive is shared by the two places it joins: (a) a visit costs at least
    half of its cheapest way in and out again, by two different places or from home and back. (b) A worked day costs
    at least half of the cheapest ways out of and back to a home. There are at least as many worked days as the most
    often visited outlet has visits, and (c) as the services placed need shifts. Visits are left out where that is
    cheaper. Balance costs nothing here. The bound is valid and weak: it does not see that the cheapest neighbours of
    outlets with other patterns are there on few days only.
    """
    n = problem.num_outlets
    if n == 0:
        return 0.0
    visit_s = _cheapest_visits_s(drive_s, n)
    home_s = float((drive_s[n:, :n].min(axis=1) + drive_s[:n, n:].min(axis=0)).min()) / 2
    shift_s = float((problem.shift_s[:, 1] - problem.shift_s[:, 0]).max())
    by_days = np.zeros(DAYS_PER_CYCLE + 1)
    by_service_s = 0.0
    for outlet in range(n):
        costs_s = _costs_by_count(problem, outlet, float(visit_s[outlet]))
        need = home_s * float(problem.service_s[outlet]) / max(1.0, shift_s)
        by_service_s += min(cost + count * need for count, cost in costs_s.items())
        for days in range(DAYS_PER_CYCLE + 1):
            by_days[days] += min(cost for count, cost in costs_s.items() if count <= days)
    by_days += home_s * np.arange(DAYS_PER_CYCLE + 1)
    return max(float(by_days.min()), by_service_s) / SECONDS_PER_MIN


def _costs_by_count(problem: VisitsProblem, outlet: int, visit_s: float) -> dict[int, float]:
    """Least seconds an outlet costs, by the number of visits it gets; 0 visits is always possible."""
    due, price_s = int(problem.due[outlet]), float(problem.missing_price_s[outlet])
    costs_s = {0: due * price_s}
    frequency = int(problem.frequency[outlet])
    for lowered in (None, *fallback_frequencies(problem.promises, outlet, frequency)):
        for choice in problem.choices(outlet, lowered):
            count = len(choice.days)
            missing = 0 if lowered is None else max(0, due - count)
            cost = count * visit_s + missing * price_s + choice.price_s
            costs_s[count] = min(cost, costs_s.get(count, FAR))
    return costs_s


def _cheapest_visits_s(drive_s: IntArray, n: int) -> FloatArray:
    """Half of the cheapest way in and out of each outlet, shape (n,)."""
    into = drive_s[:, :n].astype(np.float64)
    out = drive_s[:n, :].T.astype(np.float64)
    alone = (into[n:] + out[n:]).min(axis=0)
    own = np.arange(n)
    into[own, own] = out[own, own] = FAR
    if len(into) < 3:
        return np.asarray(alone / 2)
    first_in, first_out = into.argmin(axis=0), out.argmin(axis=0)
    least_in, least_out = np.partition(into, 1, axis=0)[:2], np.partition(out, 1, axis=0)[:2]
    apart = least_in[0] + least_out[0]
    same = np.minimum(least_in[1] + least_out[0], least_in[0] + least_out[1])
    return np.asarray(np.minimum(np.where(first_in == first_out, same, apart), alone) / 2)
