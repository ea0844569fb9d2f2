"""What a missing visit is worth, from sales, priority and how long ago the last visit was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory.units import DAYS_PER_CYCLE, FloatArray, IntArray, round_half_up
from territory.visits.model import VisitsProblem

CHEAPEST_QUANTILE = 0.05  # outlets below it count as this one: their visits still beat any drive they cost
MOST_TIMES_CHEAPEST = 50.0
LEAST_URGENCY, MOST_URGENCY = 0.5, 3.0


def value_of_visits(
    problem: VisitsProblem, *, sales_per_cycle: FloatArray, days_since_last: FloatArray | None = None
) -> IntArray:
    """
    What one missing visit of each outlet is worth, drive seconds, shape (num_outlets,): for `visit_value_s`.

    Parameters
    ----------
    sales_per_cycle
        Any currency, shape (num_outlets,); a visit stands for its share of them.
    days_since_last
        Days since the last real visit at the start of the cycle, shape (num_outlets,); not a number where unknown.

    Notes
    -----
    value = sales per visit x (1 + priority / 100) x urgency, where urgency is the days since the last visit divided by
    the days between two visits (28 / frequency), kept between 0.5 and 3; unknown counts as 1. Prices are in proportion
    to the value, 50 times the cheapest at most. The cheapest (the 5 % quantile) is the price at which a visit is worth
    more than any drive: a visit is left out for a dearer visit, never to save a drive.
    """
    per_visit = np.asarray(sales_per_cycle, dtype=np.float64) / np.maximum(problem.frequency, 1)
    value = per_visit * (1.0 + np.asarray(problem.priority) / 100.0) * _urgency(problem, days_since_last)
    if not (value > 0).any():
        value = np.ones(problem.num_outlets) * (1.0 + np.asarray(problem.priority) / 100.0)
    cheapest = float(np.quantile(value[value > 0], CHEAPEST_QUANTILE))
    return round_half_up(_cheapest_price_s(problem) * np.clip(value / cheapest, 1.0, MOST_TIMES_CHEAPEST))


def _urgency(problem: VisitsProblem, days_since_last: FloatArray | None) -> FloatArray:
    if days_since_last is None:
        return np.ones(problem.num_outlets)
    interval_days = DAYS_PER_CYCLE / np.maximum(problem.frequency, 1)
    overdue = np.asarray(days_since_last, dtype=np.float64) / interval_days
    return np.clip(np.where(np.isnan(overdue), 1.0, overdue), LEAST_URGENCY, MOST_URGENCY)


def _cheapest_price_s(problem: VisitsProblem) -> float:
    """The price of a visit without priority: more than a whole day of driving can save."""
    plain = replace(problem, visit_value_s=None, priority=np.zeros(problem.num_outlets))
    return float(plain.missing_price_s.max(initial=0))
