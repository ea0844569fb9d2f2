"""The world's state between events, and the sheet on which facts are written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from territory.domain.policy_rules import LEVERS, MONTHS_PER_YEAR, BasePayLever, LadderLever, PolicyRules
from territory.policy._world.draws import Draws
from territory.policy._world.people import People
from territory.policy._world.strengths import Programme
from territory.policy.in_force import InForce
from territory.policy.model import DAYS_PER_MONTH, PolicyProblem
from territory.policy.result import ACTIVITIES, COST_KINDS, JUDGED, MINUTE_KINDS, PAY_PARTS
from territory.units import BoolArray, FloatArray, IntArray

_ORDINARY_GAP, _ORDINARY_STEP = BasePayLever().status_gap, LadderLever().step_pay
MOST_DELAY = 6
SELL, SERVE, COURT, GAME, PAD, SABOTAGE = (
    ACTIVITIES.index(name) for name in ("sell", "serve", "court", "game", "pad", "sabotage")
)


@dataclass(kw_only=True, eq=False)
class Month:
    """Running sums of the current month."""

    done: IntArray
    effective: FloatArray
    minutes: FloatArray
    cover_min: FloatArray
    days_filled: IntArray
    course_days: FloatArray

    @classmethod
    def blank(cls, problem: PolicyProblem) -> Month:
        """A new month."""
        shape = problem.potential.shape
        return cls(
            done=np.zeros(shape, dtype=np.int64),
            effective=np.zeros(shape),
            minutes=np.zeros((shape[0], len(MINUTE_KINDS))),
            cover_min=np.zeros(shape[0]),
            days_filled=np.zeros(shape[0], dtype=np.int64),
            course_days=np.zeros(shape[0]),
        )


@dataclass(kw_only=True, eq=False)
class Period:
    """The running period of the threshold bonus; `advance` is what was paid for it beforehand, currency."""

    recorded: FloatArray
    target: FloatArray
    advance: FloatArray
    months: int = 0


@dataclass(kw_only=True, eq=False)
class Contest:
    """The running period of the team contest: sums of scores and months of every slot."""

    points: FloatArray
    months: FloatArray


@dataclass(kw_only=True, eq=False)
class World:
    """
    Everything the mechanisms read and change.

    Attributes
    ----------
    levers
        The policy as it stands this month.
    potential
        Normal sales per week, shape (S, K): territories may be rebalanced at the start of a year.
    day_plan, month_plan
        Visits planned per day of the month, shape (21, S, K), and in the whole month, shape (S, K).
    visit_rules
        Factor on the frequency and weight of the first class that `day_plan` was made with, shape (2, S).
    target
        Sales target of the month, shape (S,), currency.
    """

    problem: PolicyProblem
    policy: PolicyRules
    draws: Draws
    programme: Programme
    people: People
    goodwill: FloatArray
    potential: FloatArray
    levers: InForce
    day_plan: IntArray
    month_plan: IntArray
    visit_rules: FloatArray
    target: FloatArray
    target_growth: FloatArray
    now: Month
    period: Period
    contest: Contest
    facts: Facts
    pulled_before: FloatArray
    pull_share: FloatArray
    backlog: IntArray
    noncash_due: FloatArray
    month: int = 0

    @classmethod
    def start(cls, problem: PolicyProblem, policy: PolicyRules, draws: Draws) -> World:
        """The first morning of the year: all positions filled, goodwill at its normal level."""
        s = problem.num_slots
        programme = Programme(problem=problem, policy=policy, draws=draws)
        people = People.at_start(problem, draws)
        return cls(
            problem=problem,
            policy=policy,
            draws=draws,
            programme=programme,
            people=people,
            goodwill=np.ones_like(problem.potential),
            potential=problem.potential.copy(),
            levers=InForce(policy, programme.strengths(people, 0)),
            day_plan=problem.day_plan,
            month_plan=problem.month_plan,
            visit_rules=np.stack([np.ones(s), np.zeros(s)]),
            target=np.zeros(s),
            target_growth=np.ones(s),
            now=Month.blank(problem),
            period=Period(recorded=np.zeros(s), target=np.zeros(s), advance=np.zeros(s)),
            contest=Contest(points=np.zeros(s), months=np.zeros(s)),
            facts=Facts.blank(problem),
            pulled_before=np.zeros(s),
            pull_share=np.zeros(s),
            backlog=np.zeros(problem.potential.shape, dtype=np.int64),
            noncash_due=np.zeros((MOST_DELAY + 1, s)),
        )

    @property
    def base_pay(self) -> FloatArray:
        """Monthly base pay of the holders by grade, contract and step, shape (S,), currency."""
        levers = self.levers
        base = self._base_pay(levers.number("base_pay", "status_gap"), levers.number("ladder", "step_pay"))
        return base * levers.number("base_pay", "multiplier")

    @property
    def outside_pay(self) -> FloatArray:
        """What the holders would earn elsewhere, shape (S,), currency: base pay as it ordinarily is."""
        ordinary = (_ORDINARY_GAP, _ORDINARY_STEP)
        return self._base_pay(*(np.full(self.problem.num_slots, value) for value in ordinary))

    def _base_pay(self, status_gap: FloatArray, step_pay: FloatArray) -> FloatArray:
        people, year = self.people, self.problem.year
        by_grade = year.base_pay_per_month * np.asarray(year.grade_pay, dtype=np.float64)[people.grade]
        gap = (year.formal_pay - 1.0) * status_gap * people.is_formal
        return np.asarray(by_grade * (1.0 + gap) * (1.0 + step_pay * (people.step - 1)), dtype=np.float64)

    @property
    def pooled(self) -> FloatArray:
        """How far each slot's team works as one, shape (S,): as a pooled team, or as far as the policy makes it one."""
        share = self.levers.number("territory", "pooled_share")
        return np.maximum(share, self.problem.role) if self.problem.has_roles else share


@dataclass(kw_only=True, eq=False)
class PairBook:
    """All mentoring pairs so far: mentor and mentee, shape (n, 2), and a column each; months count from 0."""

    both: IntArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    start: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    end: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    renewals: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    success: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def begin(self, both: IntArray, *, month: int) -> IntArray:
        """Enter new pairs; their places in the book."""
        number = len(both)
        self.both = np.vstack([self.both, both])
        self.start, self.end = (np.append(column, np.full(number, month)) for column in (self.start, self.end))
        self.renewals = np.append(self.renewals, np.zeros(number, dtype=np.int64))
        self.success = np.append(self.success, np.zeros(number, dtype=np.bool_))
        return np.arange(len(self.both) - number, len(self.both))


@dataclass(kw_only=True, eq=False)
class Facts:
    """Arrays of `YearResult`, under their names, while they are being filled."""

    arrays: dict[str, npt.NDArray[Any]]
    pairs: PairBook

    @classmethod
    def blank(cls, problem: PolicyProblem) -> Facts:
        """Nothing has happened yet."""
        m, d = problem.num_months, problem.num_days
        years = -(-m // MONTHS_PER_YEAR)
        s, k = problem.potential.shape
        zeros = {
            "budget_min_day": (d, s),
            "used_min_day": (d, s),
            "minutes": (m, s, len(MINUTE_KINDS)),
            "cover_min": (m, s),
            "effort": (m, s, len(ACTIVITIES)),
            "skill": (m, s, 2),
            "ability": (m, s),
            "goodwill": (m, s, k),
            "true_sales": (m, s, k),
            "dumped_out": (m, s),
            "dumped_in": (m, s),
            "pulled": (m, s),
            "recorded_sales": (m, s),
            "overdue": (m, s),
            "lapsed": (m, s),
            "supply": (m,),
            "strength": (m, len(LEVERS), s),
            "target": (m, s),
            "potential": (m, s, k),
            "base_pay": (m, s),
            "quality": (m, s),
            "judged": (m, s, len(JUDGED)),
            "award_points": (m, s),
            "plain_score": (m, s),
            "score": (m, s),
            "pool": (m,),
            "pay": (m, s, len(PAY_PARTS)),
            "supervisor_pay": (m, len(problem.team_ids)),
            "costs": (m, len(COST_KINDS)),
            "annual_score": (years, s),
            "stars_points": (years, s),
        }
        counts = {
            "due_visits": (m, s, k),
            "done_visits": (m, s, k),
            "reported_visits": (m, s),
            "ideas": (m, s),
            "quits": (m, s),
            "eliminated": (m, s),
            "promoted_out": (m, s),
            "exam_failures": (m, s),
            "hires": (m, s),
            "holder_grade": (m, s),
            "star": (years, s),
        }
        flags = {
            "is_filled_day": (d, s),
            "is_abnormal": (m,),
            "is_assessed": (m, s),
            "is_filled": (m, s),
            "audited": (m, s),
        }
        arrays: dict[str, npt.NDArray[Any]] = {name: np.zeros(shape) for name, shape in zeros.items()}
        arrays |= {name: np.zeros(shape, dtype=np.int64) for name, shape in counts.items()}
        arrays |= {name: np.full((years, s), -1) for name in ("grade", "grade_next", "step", "step_next")}
        arrays |= {name: np.zeros(shape, dtype=np.bool_) for name, shape in flags.items()}
        return cls(arrays=arrays, pairs=PairBook())

    def write(self, month: int, **values: object) -> None:
        """Write down a month's facts by name."""
        for name, value in values.items():
            self.arrays[name][month] = value

    def cost(self, month: int, kind: str, amount: float) -> None:
        """Add to the month's cost of a lever or of hiring."""
        self.arrays["costs"][month, COST_KINDS.index(kind)] += amount

    def pair_columns(self) -> dict[str, npt.NDArray[Any]]:
        """Pairs as columns, in order of start, mentor, mentee."""
        pairs = self.pairs
        order = np.lexsort((pairs.both[:, 1], pairs.both[:, 0], pairs.start))
        return {
            "pair_mentor": pairs.both[order, 0],
            "pair_mentee": pairs.both[order, 1],
            "pair_start": pairs.start[order],
            "pair_end": pairs.end[order],
            "pair_renewals": pairs.renewals[order],
            "pair_success": pairs.success[order],
        }


def day_of_year(month: int, day: int) -> int:
    """Working day of the year for a day of a month, both from 0."""
    return month * DAYS_PER_MONTH + day
