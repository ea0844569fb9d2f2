"""Result: the facts of one simulated year. Measures are computed from them afterwards, in `kpi`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.units import BoolArray, FloatArray, IntArray

MINUTE_KINDS = ("drive", "service", "admin", "programme", "idle")
ACTIVITIES = ("sell", "serve", "court", "game", "pad", "sabotage")
JUDGED = ("baseline", "marketing", "management", "behaviour")
REWARDS = (
    "fixed",
    "pool",
    "commission",
    "guarantee",
    "bonus",
    "activity",
    "receivables",
    "innovation",
    "noncash",
    "prize",
    "stars",
)
DEDUCTIONS = ("churn", "repaid", "penalty")
PAY_PARTS = REWARDS + DEDUCTIONS
COST_KINDS = (*LEVERS, "recruiting")


@dataclass(frozen=True, kw_only=True, eq=False)
class YearResult:
    """
    Facts of a run. M months, D = 21 M days, Y years begun, S slots, K outlet classes; money in the problem's currency.

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
    strength
        How strongly each lever acted at each slot, shape (M, 25, S), in the order of LEVERS.
    target, potential, base_pay
        Sales target, normal sales per week, base pay of the holder: shapes (M, S), (M, S, K), (M, S).
    effort, quality
        By activity, shape (M, S, 6), see ACTIVITIES; what a visit counted for against the mean rep's, shape (M, S).
    reported_visits
        Visits that the rep claims, shape (M, S): made and padded.
    skill, ability, goodwill
        At the end of the month, shapes (M, S, 2), (M, S), (M, S, K).
    true_sales
        What consumers bought in the territory, shape (M, S, K).
    dumped_out, dumped_in, pulled
        Sales pushed over the border by a slot, sales they displaced in another, orders pulled forward from the next
        month, shape (M, S).
    recorded_sales
        Sales booked for the slot, shape (M, S).
    overdue, lapsed
        Sales of the month that customers pay late; part of normal sales that outlets no longer bring because they are
        not looked after; shape (M, S).
    ideas
        Ideas of the holder that were taken up, shape (M, S).
    is_abnormal, supply
        Months with abnormal supply; most sales that supply allows, against normal sales; shape (M,).
    holder_grade
        Grade of the holder when the month closed, shape (M, S).
    is_assessed, judged, plain_score, award_points, score
        Who got a score, the judged parts in points (shape (M, S, 4), see JUDGED), their weighted sum, bonus points, the
        score after a forced distribution and with the bonus points.
    pool, pay
        The performance pool, shape (M,); pay by part, shape (M, S, 14), see PAY_PARTS: what is taken off is negative.
    supervisor_pay
        Pay of the supervisors of each team, shape (M, T), T the number of `team_ids`.
    is_filled, quits, exam_failures, hires, audited
        Holder at month's end; people who left, failed the exam and came during the month; audits: shape (M, S).
    costs
        By lever and for hiring, shape (M, 26), see COST_KINDS.
    eliminated, promoted_out
        People who lost or left their position by the yearly ranking, in its month, shape (M, S).
    grade, grade_next, step, step_next, annual_score
        Grade and step of the holder at the end of a year, after the yearly ranking (-1 without a holder), and the
        score ranked; all of shape (Y, S). A year that does not end within the horizon has no ranking: -1 and 0.
    star, stars_points
        Stars of the year, 1 to 5 (0 without), and the committee's points, shape (Y, S).
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
    strength: FloatArray
    target: FloatArray
    potential: FloatArray
    base_pay: FloatArray
    reported_visits: IntArray
    quality: FloatArray
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
    overdue: FloatArray
    lapsed: FloatArray
    ideas: IntArray
    is_abnormal: BoolArray
    supply: FloatArray
    holder_grade: IntArray
    is_assessed: BoolArray
    judged: FloatArray
    plain_score: FloatArray
    award_points: FloatArray
    score: FloatArray
    pool: FloatArray
    pay: FloatArray
    supervisor_pay: FloatArray
    is_filled: BoolArray
    quits: IntArray
    eliminated: IntArray
    promoted_out: IntArray
    exam_failures: IntArray
    hires: IntArray
    audited: BoolArray
    costs: FloatArray
    grade: IntArray
    grade_next: IntArray
    step: IntArray
    step_next: IntArray
    star: IntArray
    stars_points: FloatArray
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
        """Names of the facts that differ by even one bit; `strength` only restates the policy and does not count."""
        return tuple(
            name for name in FACTS if name != POLICY and not np.array_equal(getattr(self, name), getattr(other, name))
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, YearResult) and not self.facts_differing(other)

    def __hash__(self) -> int:
        return hash((self.seed, self.replication, self.true_sales.tobytes()))


POLICY = "strength"
_NOT_FACTS = {"policy", "seed", "replication", "runtime_s"}
FACTS = tuple(item.name for item in fields(YearResult) if item.name not in _NOT_FACTS)
