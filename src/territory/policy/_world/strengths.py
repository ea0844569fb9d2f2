"""How strongly every lever acts at every slot in a month: calendar, roll-out, conditions, eligibility, budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from territory.domain.policy_rules import LEVERS, MONTHS_PER_YEAR, Lever, OnboardingLever, PolicyRules
from territory.policy import coverage
from territory.policy._world.draws import Draws
from territory.policy._world.people import FIELD, VACANT, People
from territory.policy.model import DAYS_PER_MONTH, WORKDAYS_PER_WEEK, PolicyProblem
from territory.units import BoolArray, FloatArray, IntArray


@dataclass(kw_only=True, eq=False)
class Programme:
    """
    What decides month by month which levers are in force.

    Attributes
    ----------
    switched_on, switched_off
        Levers whose `when` or `stop_when` has held.
    spent
        Lever costs of the running year, currency.
    """

    problem: PolicyProblem
    policy: PolicyRules
    draws: Draws
    switched_on: set[str] = field(default_factory=set)
    switched_off: set[str] = field(default_factory=set)
    spent: float = 0.0

    @cached_property
    def _plain(self) -> tuple[IntArray, FloatArray]:
        """Rows of the levers that the calendar alone decides, the same for everybody, and their levels by month."""
        months = range(1, self.problem.num_months + 1)
        rows, levels = [], []
        for row, name in enumerate(LEVERS):
            lever = self.policy.lever(name)
            by_calendar = lever.when is None and lever.stop_when is None and not lever.rollout_months
            if by_calendar and coverage.has_no_bounds(lever):
                rows.append(row)
                levels.append([lever.level_in(month) for month in months])
        return np.array(rows, dtype=np.int64), np.array(levels).reshape(len(rows), len(months))

    def strengths(self, people: People, month: int) -> FloatArray:
        """Strength of all levers in `month` (from 0), shape (25, S); those beyond the budget are suspended."""
        if month % MONTHS_PER_YEAR == 0:
            self.spent = 0.0
        table = np.zeros((len(LEVERS), self.problem.num_slots))
        plain, levels = self._plain
        table[plain] = levels[:, month, None]
        for row in self._other_rows:
            table[row] = self._strength(LEVERS[row], self.policy.lever(LEVERS[row]), people, month)
        if self.policy.budget_per_year is not None:
            self._suspend(table, self.policy.budget_per_year - self.spent, people)
        return table

    @cached_property
    def cost_rates(self) -> tuple[FloatArray, FloatArray]:
        """Cost of every lever in a month in force, and per person and month, shape (25,) each."""
        levers = [self.policy.lever(name) for name in LEVERS]
        rates = np.array([(lever.cost_per_month, lever.cost_per_person_month) for lever in levers])
        return rates[:, 0], rates[:, 1]

    @cached_property
    def _other_rows(self) -> list[int]:
        return [int(row) for row in np.setdiff1d(np.arange(len(LEVERS)), self._plain[0])]

    def _suspend(self, table: FloatArray, left: float, people: People) -> None:
        """Levers in order, each as far as the money lasts for the most that it can cost."""
        for row in np.flatnonzero(table.any(axis=1)).tolist():
            most = self._most_cost(LEVERS[row], self.policy.lever(LEVERS[row]), table[row], people)
            if most > left:
                table[row] = 0.0
            else:
                left -= most

    def _strength(self, name: str, lever: Lever, people: People, month: int) -> FloatArray:
        none = np.zeros(self.problem.num_slots)
        if lever.when is not None and name not in self.switched_on:
            return none
        if name in self.switched_off or lever.covered_share == 0.0:
            return none
        level = lever.level_in(month + 1)
        if level == 0.0 or not lever.grades:
            return none
        strength = np.full_like(none, level) if lever.rollout_months == 0 else self._rolled_out(lever, month)
        if coverage.has_no_bounds(lever):
            return strength
        return np.where(self.is_for(lever, people) & self.is_drawn(name, lever), strength, 0.0)

    def _rolled_out(self, lever: Lever, month: int) -> FloatArray:
        problem = self.problem
        return coverage.rolled_out(lever, month, team_idx=problem.team_idx, num_teams=problem.groups.num_teams)

    def is_drawn(self, name: str, lever: Lever) -> BoolArray:
        """Positions that the lever's random arm covers, shape (S,)."""
        if lever.covered_share == 1.0:
            return np.ones(self.problem.num_slots, dtype=np.bool_)
        return np.asarray(self.draws.uniforms(f"covered {name}", 0) < lever.covered_share)

    def is_for(self, lever: Lever, people: People) -> BoolArray:
        """Positions whose holder the lever is meant for, whatever its random arm, shape (S,)."""
        return coverage.fits(
            lever,
            grade=people.grade,
            is_formal=people.is_formal,
            team_idx=self.problem.team_idx,
            team_ids=self.problem.team_ids,
            tenure_months=people.tenure_months,
        )

    def _most_cost(self, name: str, lever: Lever, strength: FloatArray, people: People) -> float:
        """The most that a lever can cost in a month: fixed, per person, and by the piece."""
        slots, policy, hires = self.problem.num_slots, self.policy, self._most_hires(people)
        training = policy.training
        by_piece = {
            "onboarding": policy.onboarding.cost_per_hire * hires,
            "hiring": policy.hiring.cost_per_hire * hires,
            "training": training.cost_per_day * training.days_per_year * max(1.0, *training.tier_factors) * slots,
            "field_visits": policy.field_visits.cost_per_visit
            * slots
            * (policy.field_visits.followup_per_month + policy.field_visits.observation_per_quarter / 3.0),
            "anti_gaming": policy.anti_gaming.cost_per_audit * slots,
        }
        return lever.cost_per_month + lever.cost_per_person_month * float(strength.sum()) + by_piece.get(name, 0.0)

    def _most_hires(self, people: People) -> int:
        """The most people who can come in a month: every vacancy once, with an exam again after each failure."""
        onboarding = self.policy.onboarding
        if onboarding.exam_threshold == 0.0:
            return int((people.mode == VACANT).sum())
        days_until_the_next = 1 + WORKDAYS_PER_WEEK * min(OnboardingLever().classroom_weeks, onboarding.classroom_weeks)
        return int((people.mode != FIELD).sum()) * math.ceil(DAYS_PER_MONTH / days_until_the_next)

    @cached_property
    def _conditional(self) -> tuple[str, ...]:
        """Levers with a condition."""
        levers = ((name, self.policy.lever(name)) for name in LEVERS)
        return tuple(name for name, lever in levers if lever.when is not None or lever.stop_when is not None)

    def look_back(self, *, sales: float, visits: float, turnover: float, gaming: float) -> None:
        """Month's end: which conditions hold from now on. All are shares; turnover is the month's times twelve."""
        held = {"sales_attainment": sales, "visit_completion": visits, "turnover": turnover, "gaming": gaming}
        for name in self._conditional:
            lever = self.policy.lever(name)
            if lever.when is not None and lever.when.holds(held[lever.when.measure]):
                self.switched_on.add(name)
            waits = lever.when is not None and name not in self.switched_on
            if lever.stop_when is not None and not waits and lever.stop_when.holds(held[lever.stop_when.measure]):
                self.switched_off.add(name)
