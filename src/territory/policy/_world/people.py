"""People: who holds the positions, one column each; what a vacant slot shows is meaningless until it is filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.policy._world.draws import Draws
from territory.policy.behaviour import selling_and_serving
from territory.policy.model import PolicyProblem
from territory.units import BoolArray, FloatArray, IntArray

VACANT, CLASSROOM, SHADOW, FIELD = 0, 1, 2, 3
ORDINARY_EFFORT = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
EXPECTED_SCORE = 75.0


@dataclass(kw_only=True, eq=False)
class People:
    """
    Holders of the slots.

    Attributes
    ----------
    skill, plateau
        Ten skills each, shape (S, 10).
    motivation
        Effort that a course still gives, shape (S,); fades within weeks.
    effort
        By activity, shape (S, 6).
    pay_level
        Pay over base pay, smoothed over months.
    changes
        Counts events after which somebody's working day is another one.
    """

    mode: IntArray
    holder: IntArray
    ability: FloatArray
    plateau: FloatArray
    skill: FloatArray
    grade: IntArray
    step: IntArray
    star: IntArray
    is_formal: IntArray
    tenure_months: FloatArray
    morale: FloatArray
    motivation: FloatArray
    effort: FloatArray
    pay_level: FloatArray
    last_score: FloatArray
    year_score: FloatArray
    year_months: FloatArray
    award_points: FloatArray
    rank_surprise: FloatArray
    changes: int = 0

    @classmethod
    def at_start(cls, problem: PolicyProblem, draws: Draws) -> People:
        """The first morning: every position is filled."""
        s = problem.num_slots
        skill = problem.skill_now()
        return cls(
            mode=np.full(s, FIELD, dtype=np.int64),
            holder=np.zeros(s, dtype=np.int64),
            ability=problem.ability.copy(),
            plateau=problem.plateau.copy(),
            skill=skill,
            grade=problem.grade.copy(),
            step=problem.step.copy(),
            star=np.full(s, 3, dtype=np.int64),
            is_formal=problem.is_formal.copy(),
            tenure_months=problem.tenure_months.copy(),
            morale=np.zeros(s),
            motivation=np.zeros(s),
            effort=np.tile(ORDINARY_EFFORT, (s, 1)),
            pay_level=np.ones(s),
            last_score=EXPECTED_SCORE * problem.ability * skill.mean(axis=1),
            year_score=np.zeros(s),
            year_months=np.zeros(s),
            award_points=np.zeros(s),
            rank_surprise=np.zeros(s),
        )

    @property
    def is_filled(self) -> BoolArray:
        """Slots with a holder."""
        return np.asarray(self.mode != VACANT)

    @property
    def crafts(self) -> FloatArray:
        """Skill in selling and in serving, shape (S, 2)."""
        return selling_and_serving(self.skill)
