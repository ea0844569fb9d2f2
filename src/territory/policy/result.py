"""Result: the facts of one simulated year. Measures are computed from them afterwards, in `kpi`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.units import BoolArray, FloatArray, IntArray

MINUTE_KINDS = ("drive", "service", "admin", "programme", "idle")
ACTIVITIES = ("sell", "serve", "court", "game")
JUDGED = ("baseline", "marketing", "management", "behaviour")
PAY_PARTS = ("fixed", "pool", "commission", "bonus", "prize", "penalty")
COST_KINDS = (*LEVERS, "hiring")


@dataclass(frozen=True, kw_only=True, eq=False)
class YearResult:
    """
    Facts of a year. M = 12 months, D = 252 days, S slots, K outlet classes; money in the problem's currency.

    Attributes
    ----------
    policy, seed, replication
        Which policy, and the address of the draws.
    is_filled_day
        The position had a holder that day (in the classroom, too), shape (D, S).
    budget_min_day, used_min_day
        Minutes available for visits and used for driving and service, the holder's or the covering neighbours',
        shape (D, S).
    due_visits, done_visits
        Planned visits of the month and how many of them were made, shape (M, S, K).
    minutes
        Working minutes of holders by kind, shape (M, S, 5), see MINUTE_KINDS.
    cover_min
        Minutes neighbours spent in a territory without a working holder, shape (M, S).
    effort
        By activity, shape (M, S, 4), see ACTIVITIES.
    skill, ability, goodwill
        At the end of the month, shapes (M, S, 2), (M, S), (M, S, K).
    true_sales
        What consumers bought in the territory, shape (M, S, K).
    dumped_out, dumped_in, pulled
        Sales pushed over the border by a slot, sales they displaced in another, orders pulled forward from the next
        month, shape (M, S).
    recorded_sales
        Sales booked for the slot, shape (M, S).
    is_abnormal, supply
        Months with abnormal supply; most sales that supply allows, against normal sales; shape (M,).
    holder_grade
        Grade of the holder when the month closed, shape (M, S).
    is_assessed, judged, award_points, score
        Who got a score, the judged parts in points (shape (M, S, 4), see JUDGED), bonus points, the score.
    pool, pay
        The performance pool, shape (M,); pay by part, shape (M, S, 6), see PAY_PARTS.
    is_filled, quits, exam_failures, hires, audited
        Holder at month's end; people who left, failed the exam and came during the month; audits: shape (M, S).
    costs
        By lever and for hiring, shape (M, 10), see COST_KINDS.
    grade, grade_next, annual_score
        Grade of the holder at the end of the year, after the yearly ranking (-1 without a holder), the score ranked.
    pair_mentor, pair_mentee, pair_start, pair_end, pair_renewals, pair_success
        Mentoring pairs in order of start: slots, first and last month (from 0), renewals, target reached.
    """

    policy: PolicyRules
    seed: int
    replication: int
    is_filled_day: BoolArray
    budget_min_day: FloatArray
    used_min_day: FloatArray
    due_visits: IntArray
    done_visits: IntArray
    minutes: FloatArray
    cover_min: FloatArray
    effort: FloatArray
    skill: FloatArray
    ability: FloatArray
    goodwill: FloatArray
    true_sales: FloatArray
    dumped_out: FloatArray
    dumped_in: FloatArray
    pulled: FloatArray
    recorded_sales: FloatArray
    is_abnormal: BoolArray
    supply: FloatArray
    holder_grade: IntArray
    is_assessed: BoolArray
    judged: FloatArray
    award_points: FloatArray
    score: FloatArray
    pool: FloatArray
    pay: FloatArray
    is_filled: BoolArray
    quits: IntArray
    exam_failures: IntArray
    hires: IntArray
    audited: BoolArray
    costs: FloatArray
    grade: IntArray
    grade_next: IntArray
    annual_score: FloatArray
    pair_mentor: IntArray
    pair_mentee: IntArray
    pair_start: IntArray
    pair_end: IntArray
    pair_renewals: IntArray
    pair_success: BoolArray
    runtime_s: float = field(default=0.0)

    def __post_init__(self) -> None:
        for name in FACTS:
            array = np.asarray(getattr(self, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def facts_differing(self, other: YearResult) -> tuple[str, ...]:
        """Names of the facts in which the two years differ by even one bit."""
        return tuple(name for name in FACTS if not np.array_equal(getattr(self, name), getattr(other, name)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, YearResult) and not self.facts_differing(other)

    def __hash__(self) -> int:
        return hash((self.seed, self.replication, self.true_sales.tobytes()))


_NOT_FACTS = {"policy", "seed", "replication", "runtime_s"}
FACTS = tuple(item.name for item in fields(YearResult) if item.name not in _NOT_FACTS)
