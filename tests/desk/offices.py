"""Two offices of a county, written out: who works there, what the months brought, what was judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from territory.desk import DeskProblem, PairStart
from territory.desk.model import month_after
from territory.domain.policy_rules import YearRules
from tests.policy.policy_towns import policy

# Three of every grade would be too many seniors for a cap of 10 %.
GRADES = (2, 2, 2, 1, 1, 1, 0, 0, 0, 0)
RULES: dict[str, Any] = {
    "team_award": {"score_bonus_points": 3.0},
    "mentoring": {"pairs_share": 0.3, "joint_points": 2.0, "target_gain_points": 4.0},
    "ladder": {"bottom_elimination": 0.1, "management_track": 0.2, "forced_distribution": 0.2, "meritocracy": 0.7},
    "evaluators": {"inspection": 0.3, "service_centre": 0.2, "head": 0.4, "peers": 0.1},
}


def two_offices(
    *, months: int = 4, first: str = "2026-12", people: int = 10, seed: int = 1, rules: Any = None, **changes: Any
) -> DeskProblem:
    """
    Ten reps, five in each office, all present: three seniors, three mid, four juniors.

    Numbers are drawn with `seed`; anything can be put in their place.
    """
    rng = np.random.default_rng(seed)
    m, s = months, people
    asked = np.full((m, s), 100)
    names = tuple(f"R{at:02d}" for at in range(s))
    years = sorted({month_after(first, ahead)[:4] for ahead in range(m)})
    columns: dict[str, Any] = {
        "policy_name": "as written",
        "policy": policy(**(RULES if rules is None else rules)),
        "year": YearRules(),
        "rep_ids": names,
        "names": names,
        "months": tuple(month_after(first, ahead) for ahead in range(m)),
        "first_year": int(first[:4]),
        "team_ids": ("T1", "T2"),
        "num_positions": s,
        "is_there": np.ones((m, s)),
        "is_staff": np.ones(s),
        "team_idx": np.tile((np.arange(s) >= s // 2).astype(int), (m, 1)),
        "grade": np.tile(np.resize(GRADES, s), (m, 1)),
        "is_formal": np.zeros((m, s)),
        "tenure_months": np.tile(12.0 * np.arange(1, s + 1), (m, 1)) + np.arange(m)[:, None],
        "step": 1 + np.arange(s) % 9,
        "star": np.full(s, 3),
        "days_present": np.full((m, s), 21),
        "visits_done": rng.integers(60, 110, (m, s)),
        "visits_asked": asked,
        "sales": rng.uniform(70_000, 120_000, (m, s)),
        "target": np.full((m, s), 100_000.0),
        "judged": rng.uniform(50, 100, (m, s, 5)),
        "num_judges": np.ones((m, s, 5)),
        "supply": np.full(m, 1.2),
        "is_supply_given": np.ones(m),
        "committee": rng.uniform(60, 100, (len(years), s, 4)),
        "unwilling": np.zeros(s),
        "place": np.column_stack([30.0 + 0.1 * np.arange(s), np.full(s, 112.0)]),
        "load": np.linspace(0.8, 1.2, s),
        "currency": "CNY",
        # The first one's start lies before the panel, the second one begins in its second month.
        "pairs": (
            PairStart(mentor=0, mentee=9, since=0, score_at_start=50.0),
            PairStart(mentor=1, mentee=8, since=1, score_at_start=90.0),
        ),
    }
    return DeskProblem(**(columns | changes))


def plain_month(**changes: Any) -> DeskProblem:
    """
    Two juniors without a team in one month, everything as asked: 80 points throughout.

    The ordinary policy: juniors' weights .5 .3 .2, outcome 75 %, inspection .3, service centre .3, head .4.
    """
    alone: dict[str, Any] = {
        "months": 1,
        "first": "2027-03",
        "people": 2,
        "rules": {},
        "grade": np.zeros((1, 2)),
        "team_idx": np.full((1, 2), -1),
        "team_ids": (),
        "visits_done": np.full((1, 2), 100),
        "sales": np.full((1, 2), 100_000.0),
        "judged": np.full((1, 2, 5), 80.0),
        "pairs": (),
    }
    return two_offices(**(alone | changes))
