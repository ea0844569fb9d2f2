"""What a study looks at: named facts per month and position, and groups of positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from pydantic import Field, model_validator

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, Grade
from territory.domain.rules import Rules, Share
from territory.policy import PolicyProblem, YearResult
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.policy.result import ACTIVITIES, MINUTE_KINDS
from territory.units import BoolArray, FloatArray, IntArray

FactName = Literal[
    "true_sales",
    "recorded_sales",
    "normal_sales",
    "done_visits",
    "due_visits",
    "pay",
    "gross_margin",
    "profit",
    "selling_effort",
    "serving_effort",
    "courting_effort",
    "skill",
    "service_min",
    "working_min",
    "holders",
    "leavers_per_year",
]
Ranking = Literal["ability", "skill", "performance", "tenure", "potential", "score", "partner"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """One arm's year, as facts of shape (months, slots)."""

    problem: PolicyProblem
    year: YearResult

    def fact(self, name: FactName) -> FloatArray:
        """A fact by name."""
        return np.asarray(_FACTS[name](self), dtype=np.float64)

    @cached_property
    def held(self) -> FloatArray:
        """Share of the month in which the position had a holder, shape (months, slots)."""
        days = self.year.is_filled_day.reshape(-1, DAYS_PER_MONTH, self.problem.num_slots)
        return np.asarray(days.mean(axis=1), dtype=np.float64)

    @cached_property
    def performance(self) -> FloatArray:
        """What a visit of each rep is worth at the start: ability times mean skill, shape (slots,)."""
        return np.asarray(self.problem.ability * self.problem.skill_now().mean(axis=1), dtype=np.float64)

    @cached_property
    def first_partner(self) -> IntArray:
        """The mentor of each slot's first pair, -1 without one, shape (slots,)."""
        partner = np.full(self.problem.num_slots, -1, dtype=np.int64)
        for mentor, mentee in zip(self.year.pair_mentor[::-1], self.year.pair_mentee[::-1], strict=True):
            partner[mentee] = mentor
        return partner


def _gross_margin(seen: Seen) -> FloatArray:
    """Margin on what was sold, less the discount on goods sold over the border and what late money costs."""
    year, problem = seen.year, seen.problem
    sold = year.true_sales.sum(axis=2) + problem.year.leak_share * year.dumped_out
    given = problem.behaviour.dump_discount * year.dumped_out + problem.year.overdue_cost_share * year.overdue
    return np.asarray(problem.year.margin_share * sold - given, dtype=np.float64)


def _profit(seen: Seen) -> FloatArray:
    """Gross margin less pay and the slot's part of what supervisors, levers and hiring cost."""
    shared = seen.year.costs.sum(axis=1, keepdims=True) + seen.year.supervisor_pay.sum(axis=1, keepdims=True)
    costs = shared / seen.problem.num_slots
    return np.asarray(_gross_margin(seen) - seen.fact("pay") - costs, dtype=np.float64)


def _normal_sales(seen: Seen) -> FloatArray:
    """Normal sales of the month."""
    months = np.arange(len(seen.year.recorded_sales))
    season = seen.problem.season[months % MONTHS_PER_YEAR]
    return np.asarray(season[:, None] * seen.problem.potential.sum(axis=1) * WEEKS_PER_MONTH, dtype=np.float64)


def _effort(name: str) -> Callable[[Seen], FloatArray]:
    return lambda seen: seen.year.effort[:, :, ACTIVITIES.index(name)]


_FACTS: Mapping[FactName, Callable[[Seen], FloatArray]] = {
    "true_sales": lambda seen: seen.year.true_sales.sum(axis=2),
    "recorded_sales": lambda seen: seen.year.recorded_sales,
    "normal_sales": _normal_sales,
    "done_visits": lambda seen: seen.year.done_visits.sum(axis=2),
    "due_visits": lambda seen: seen.year.due_visits.sum(axis=2),
    "pay": lambda seen: seen.year.pay.sum(axis=2),
    "gross_margin": _gross_margin,
    "profit": _profit,
    "selling_effort": _effort("sell"),
    "serving_effort": _effort("serve"),
    "courting_effort": _effort("court"),
    "skill": lambda seen: seen.year.skill.mean(axis=2),
    "service_min": lambda seen: seen.year.minutes[:, :, MINUTE_KINDS.index("service")],
    "working_min": lambda seen: seen.year.minutes.sum(axis=2),
    "holders": lambda seen: seen.held,
    "leavers_per_year": lambda seen: (MONTHS_PER_YEAR * seen.year.quits).astype(np.float64),
}
if set(_FACTS) != set(get_args(FactName)):
    raise TypeError("every fact has a name and every name a fact")


def ranking(seen: Seen, by: Ranking, month: int | None = None) -> FloatArray:
    """What slots are ranked by, shape (slots,); NaN where a slot has none."""
    if by == "score":
        if month is None:
            raise ValueError("a ranking by score needs its month")
        scored = seen.year.is_assessed[month - 1]
        return np.where(scored, seen.year.score[month - 1], np.nan)
    if by == "partner":
        partner = seen.first_partner
        return np.where(partner >= 0, seen.performance[partner], np.nan)
    problem = seen.problem
    found: dict[str, FloatArray] = {
        "ability": problem.ability,
        "skill": problem.skill_now().mean(axis=1),
        "performance": seen.performance,
        "tenure": problem.tenure_months,
        "potential": problem.potential.sum(axis=1),
    }
    return found[by]


def places(values: FloatArray) -> FloatArray:
    """Place of every value from 0 (lowest) to 1, the middle of its step; ties in order; NaN stays NaN."""
    place = np.full(len(values), np.nan)
    ranked = np.flatnonzero(~np.isnan(values))
    order = ranked[np.argsort(values[ranked], kind="stable")]
    place[order] = (np.arange(len(order)) + 0.5) / max(1, len(order))
    return place


class Group(Rules):
    """
    Positions that a target looks at, as they are on the first day.

    `{ by = "ability", lowest = 0.333 }`, `{ by = "score", month = 2, highest = 0.2 }`, `{ grades = ["junior"] }`,
    `{ teams = ["T01", "T02"] }`, `{ max_tenure_months = 6 }`; several conditions hold together.
    """

    by: Ranking | None = Field(default=None, description="what positions are ranked by")
    month: int | None = Field(default=None, ge=1, description="month of the score that ranks them")
    lowest: Share | None = Field(default=None, description="the lowest share of the ranking")
    highest: Share | None = Field(default=None, description="the highest share of the ranking")
    grades: tuple[Grade, ...] = Field(default=GRADES, description="grades of the first holders")
    teams: tuple[str, ...] = Field(default=(), description="team ids; none: all")
    max_tenure_months: float | None = Field(default=None, ge=0, description="tenure at the start, at most")

    @model_validator(mode="after")
    def _ranked_by_something(self) -> Group:
        if (self.by is None) == (self.lowest is not None or self.highest is not None):
            raise ValueError("a group by rank needs `by` and one of `lowest` and `highest`")
        if self.lowest is not None and self.highest is not None:
            raise ValueError("a group is the lowest or the highest share of a ranking, not both")
        if (self.by == "score") == (self.month is None):
            raise ValueError('`month` goes with `by = "score"`')
        return self

    def members(self, seen: Seen) -> BoolArray:
        """Who belongs, shape (slots,), judged in the arm that is `seen`."""
        problem = seen.problem
        inside = np.isin(problem.grade, [GRADES.index(grade) for grade in self.grades])
        if self.teams:
            wanted = [problem.team_ids.index(team) for team in self.teams]
            inside &= np.isin(problem.team_idx, wanted)
        if self.max_tenure_months is not None:
            inside &= problem.tenure_months <= self.max_tenure_months
        if self.by is not None:
            place = places(ranking(seen, self.by, self.month))
            inside &= place <= self.lowest if self.lowest is not None else place >= 1 - (self.highest or 0.0)
        return np.asarray(inside, dtype=np.bool_)


EVERYBODY = Group()
