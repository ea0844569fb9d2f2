"""The world's state between events, and the sheet on which facts are written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, Grade, PolicyRules
from territory.policy._world.draws import Draws
from territory.policy.model import DAYS_PER_MONTH, DAYS_PER_YEAR, SKILLS, PolicyProblem
from territory.policy.result import ACTIVITIES, COST_KINDS, JUDGED, MINUTE_KINDS, PAY_PARTS
from territory.units import BoolArray, FloatArray, IntArray

VACANT, CLASSROOM, SHADOW, FIELD = 0, 1, 2, 3
ORDINARY_EFFORT = np.array([1.0, 1.0, 0.0, 0.0])
EXPECTED_SCORE = 75.0
MIN_DAYS_ASSESSED = 10


@dataclass(kw_only=True, eq=False)
class People:
    """
    Holders of the slots, one column each; what a vacant slot shows is meaningless until it is filled.

    `changes` counts events after which somebody's working day is another one.
    """

    mode: IntArray
    holder: IntArray
    ability: FloatArray
    plateau: FloatArray
    skill: FloatArray
    grade: IntArray
    is_formal: IntArray
    tenure_months: FloatArray
    morale: FloatArray
    effort: FloatArray
    pay_level: FloatArray
    last_score: FloatArray
    award_points: FloatArray
    changes: int = 0

    @property
    def is_filled(self) -> BoolArray:
        """Slots with a holder."""
        return np.asarray(self.mode != VACANT)

    def among(self, grades: tuple[Grade, ...]) -> BoolArray:
        """Slots whose holder's grade is one of `grades`."""
        return np.array([grade in grades for grade in GRADES])[self.grade]


@dataclass(kw_only=True, eq=False)
class Month:
    """Running sums of the current month."""

    done: IntArray
    effective: FloatArray
    minutes: FloatArray
    cover_min: FloatArray
    days_filled: IntArray

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
        )


@dataclass(kw_only=True, eq=False)
class Period:
    """The running period of the threshold bonus."""

    recorded: FloatArray
    target: FloatArray
    months: int = 0


@dataclass(kw_only=True, eq=False)
class World:
    """Everything the mechanisms read and change."""

    problem: PolicyProblem
    policy: PolicyRules
    draws: Draws
    people: People
    goodwill: FloatArray
    rules: PolicyRules
    now: Month
    period: Period
    facts: Facts
    month: int = 0
    pulled_before: FloatArray = field(default_factory=lambda: np.zeros(0))
    pull_share: FloatArray = field(default_factory=lambda: np.zeros(0))
    backlog: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def start(cls, problem: PolicyProblem, policy: PolicyRules, draws: Draws) -> World:
        """The first morning of the year: all positions filled, goodwill at its normal level."""
        s = problem.num_slots
        people = People(
            mode=np.full(s, FIELD, dtype=np.int64),
            holder=np.zeros(s, dtype=np.int64),
            ability=problem.ability.copy(),
            plateau=problem.plateau.copy(),
            skill=problem.skill_now(),
            grade=problem.grade.copy(),
            is_formal=problem.is_formal.copy(),
            tenure_months=problem.tenure_months.copy(),
            morale=np.zeros(s),
            effort=np.tile(ORDINARY_EFFORT, (s, 1)),
            pay_level=np.ones(s),
            last_score=EXPECTED_SCORE * problem.ability * problem.skill_now().mean(axis=1),
            award_points=np.zeros(s),
        )
        return cls(
            problem=problem,
            policy=policy,
            draws=draws,
            people=people,
            goodwill=np.ones_like(problem.potential),
            rules=policy.in_month(1),
            now=Month.blank(problem),
            period=Period(recorded=np.zeros(s), target=np.zeros(s)),
            facts=Facts.blank(problem),
            pulled_before=np.zeros(s),
            pull_share=np.zeros(s),
            backlog=np.zeros(problem.potential.shape, dtype=np.int64),
        )

    @property
    def base_pay(self) -> FloatArray:
        """Monthly base pay of the holders, shape (S,), currency."""
        return np.asarray(self.problem.base_pay[self.people.grade, self.people.is_formal], dtype=np.float64)


@dataclass(kw_only=True, eq=False)
class PairRecord:
    """One mentoring pair; months count from 0."""

    mentor: int
    mentee: int
    start: int
    end: int
    renewals: int = 0
    is_success: bool = False


@dataclass(kw_only=True, eq=False)
class Facts:
    """Arrays of `YearResult`, under their names, while they are being filled."""

    arrays: dict[str, npt.NDArray[Any]]
    pairs: list[PairRecord]

    @classmethod
    def blank(cls, problem: PolicyProblem) -> Facts:
        """Nothing has happened yet."""
        m, d = MONTHS_PER_YEAR, DAYS_PER_YEAR
        s, k = problem.potential.shape
        zeros = {
            "budget_min_day": (d, s),
            "used_min_day": (d, s),
            "minutes": (m, s, len(MINUTE_KINDS)),
            "cover_min": (m, s),
            "effort": (m, s, len(ACTIVITIES)),
            "skill": (m, s, len(SKILLS)),
            "ability": (m, s),
            "goodwill": (m, s, k),
            "true_sales": (m, s, k),
            "dumped_out": (m, s),
            "dumped_in": (m, s),
            "pulled": (m, s),
            "recorded_sales": (m, s),
            "supply": (m,),
            "judged": (m, s, len(JUDGED)),
            "award_points": (m, s),
            "score": (m, s),
            "pool": (m,),
            "pay": (m, s, len(PAY_PARTS)),
            "costs": (m, len(COST_KINDS)),
            "annual_score": (s,),
        }
        counts = {
            "due_visits": (m, s, k),
            "done_visits": (m, s, k),
            "quits": (m, s),
            "exam_failures": (m, s),
            "hires": (m, s),
            "holder_grade": (m, s),
            "grade": (s,),
            "grade_next": (s,),
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
        arrays |= {name: np.zeros(shape, dtype=np.bool_) for name, shape in flags.items()}
        return cls(arrays=arrays, pairs=[])

    def write(self, month: int, **values: object) -> None:
        """Write down a month's facts by name."""
        for name, value in values.items():
            self.arrays[name][month] = value

    def cost(self, month: int, kind: str, amount: float) -> None:
        """Add to the month's cost of a lever or of hiring."""
        self.arrays["costs"][month, COST_KINDS.index(kind)] += amount

    def pair_columns(self) -> dict[str, npt.NDArray[Any]]:
        """Pairs as columns, in order of start, mentor, mentee."""
        pairs = sorted(self.pairs, key=lambda pair: (pair.start, pair.mentor, pair.mentee))
        return {
            "pair_mentor": np.array([pair.mentor for pair in pairs], dtype=np.int64),
            "pair_mentee": np.array([pair.mentee for pair in pairs], dtype=np.int64),
            "pair_start": np.array([pair.start for pair in pairs], dtype=np.int64),
            "pair_end": np.array([pair.end for pair in pairs], dtype=np.int64),
            "pair_renewals": np.array([pair.renewals for pair in pairs], dtype=np.int64),
            "pair_success": np.array([pair.is_success for pair in pairs], dtype=np.bool_),
        }


def day_of_year(month: int, day: int) -> int:
    """Working day of the year for a day of a month, both from 0."""
    return month * DAYS_PER_MONTH + day
