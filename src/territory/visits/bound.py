"""How good could a visit plan be at most? A number no legal plan can beat."""

from __future__ import annotations

import numpy as np

from territory.units import SECONDS_PER_MIN, FloatArray, IntArray
from territory.visits.model import VisitsProblem, lower_frequencies

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
    Every visit is entered and left, so each drive is shared by the two places it joins: a visit costs at least half
    of its cheapest way in and out again (by two different places, or from home and back when it is alone that
    day). A worked day leaves home and comes back: at least half of the cheapest ways out and in, on at least as
    many days as some outlet must be visited. Where leaving visits out is cheaper, it is taken. Balance costs
    nothing here. The bound is valid and weak; on ordinary territories it is about half of a good plan.
    """
    n = problem.num_outlets
    if n == 0:
        return 0.0
    visit_s = _cheapest_visit_s(drive_s, n)
    price_s = problem.missing_price_s.astype(np.float64)
    total_s, days = 0.0, 0
    for outlet in range(n):
        due = int(problem.due[outlet])
        counts = _possible_counts(problem, outlet)
        costs = {count: count * visit_s[outlet] + max(0, due - count) * price_s[outlet] for count in counts}
        total_s += min(costs.values())
        days = max(days, _days_needed(costs, counts))
    homes = range(n, n + problem.num_reps)
    home_s = [(drive_s[home, :n].min() + drive_s[:n, home].min()) / 2 for home in homes]
    # Which outlets the cheapest plan leaves out is unknown: without one that must be there, no day is sure.
    return float(total_s + min(home_s, default=0.0) * days) / SECONDS_PER_MIN
