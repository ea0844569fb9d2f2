"""Years made by hand, for statistics whose answer can be told without simulating."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.quality.evidence_facts import Seen
from benchmarks.quality.evidence_population import Population
from territory.domain.policy_rules import YearRules
from territory.policy.model import DAYS_PER_MONTH


def seen(sales: np.ndarray, **facts: Any) -> Seen:
    """A year in which `sales`, shape (months, slots), were made; everybody was there, four slots in two teams."""
    months, slots = sales.shape
    year = YearRules(season=(1.0,) * 12, horizon_months=months)
    problem = Population(slots=slots, teams=2, potential_sd=0.0).problem(year, seed=1)
    columns = {
        "true_sales": sales[:, :, None],
        "recorded_sales": sales,
        "is_filled_day": np.ones((DAYS_PER_MONTH * months, slots), dtype=bool),
        "is_filled": np.ones((months, slots), dtype=bool),
        "quits": np.zeros((months, slots), dtype=np.int64),
        "effort": np.ones((months, slots, 6)),
        "pair_mentor": np.zeros(0, dtype=np.int64),
        "pair_mentee": np.zeros(0, dtype=np.int64),
    }
    return Seen(problem=problem, year=SimpleNamespace(**(columns | facts)))
