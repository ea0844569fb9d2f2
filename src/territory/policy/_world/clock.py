"""The clock: SimPy processes for days, months, supply and the year, which call the mechanisms in turn.

Time is counted in working days. A day's work is done at noon (x.5); a month begins at x.2 of its first day and is
closed in the evening of its last one: mentoring meetings (.85), market, assessment and pay (.90), verdict on pairs
(.95), next page (.98). Newcomers arrive in the morning (x.0).
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import LEVERS, MONTHS_PER_YEAR
from territory.policy._world import assess, careers, effort, market
from territory.policy._world.draws import Float32Array
from territory.policy._world.learning import after_practice
from territory.policy._world.mentoring import Pairs
from territory.policy._world.state import FIELD, SHADOW, Month, World, day_of_year
from territory.policy._world.time_use import day_terms
from territory.policy._world.workday import DayRunner, DayTask
from territory.policy.model import DAYS_PER_MONTH, DAYS_PER_YEAR
from territory.policy.result import MINUTE_KINDS

MONTH_BEGINS, NOON, MONTH_CLOSES, PAGE_TURNS = 0.2, 0.5, 20.9, 20.98
DRIVE, SERVICE, IDLE = (MINUTE_KINDS.index(kind) for kind in ("drive", "service", "idle"))
FOLLOWUP_LEARNING = 0.1


class Clock:
    """One run of the year."""

    def __init__(self, world: World, run_day: DayRunner) -> None:
        self.world = world
        self.run_day = run_day
        self.env = simpy.Environment()
        self.pairs = Pairs(world, self.env)
        self.terms = day_terms(world, self.pairs.hours)
        self.terms_as_of = world.people.changes

    def run(self) -> None:
        """From the first morning to the ranking at the end of the year."""
        for process in (self._supply(), self._months(), self._days(), self._year()):
            self.env.process(process)
        self.env.run(until=DAYS_PER_YEAR)

    def _at(self, moment: float) -> simpy.Event:
        return self.env.timeout(moment - self.env.now)

    def _supply(self) -> Generator[simpy.Event, None, None]:
        """Supply of each month, known in the morning of its first day."""
        year, facts = self.world.problem.year, self.world.facts
        for month in range(MONTHS_PER_YEAR):
            yield self._at(month * DAYS_PER_MONTH)
            abnormal = month + 1 in year.abnormal_months
            facts.write(month, is_abnormal=abnormal, supply=year.abnormal_supply if abnormal else 1 + year.max_uplift)

    def _months(self) -> Generator[simpy.Event, None, None]:
        """Begin, close and turn the page of every month."""
        world = self.world
        for month in range(MONTHS_PER_YEAR):
            first_day = month * DAYS_PER_MONTH
            yield self._at(first_day + MONTH_BEGINS)
            self.pairs.form()
            effort.choose(world)
            yield self._at(first_day + MONTH_CLOSES)
            self._close_month()
            if month + 1 < MONTHS_PER_YEAR:
                yield self._at(first_day + PAGE_TURNS)
                world.month = month + 1
                world.rules = world.policy.in_month(world.month + 1)
                world.now = Month.blank(world.problem)
                world.backlog = np.zeros_like(world.backlog)

    def _year(self) -> Generator[simpy.Event, None, None]:
        """The ranking, after the last page."""
        yield self._at((MONTHS_PER_YEAR - 1) * DAYS_PER_MONTH + PAGE_TURNS)
        careers.rank(self.world)

    def _days(self) -> Generator[simpy.Event, None, None]:
        """Every day's visits."""
        world = self.world
        for month in range(MONTHS_PER_YEAR):
            draws = world.draws.visits(month)
            for day in range(DAYS_PER_MONTH):
                yield self._at(day_of_year(month, day) + NOON)
                self._work(month, day, draws.drive[day], draws.service[day])

    def _work(self, month: int, day: int, drive_factor: Float32Array, service_factor: Float32Array) -> None:
        """Noon: who works how long, which visits are made, how the minutes were spent."""
        world, problem, people = self.world, self.world.problem, self.world.people
        if people.changes != self.terms_as_of:
            self.terms, self.terms_as_of = day_terms(world, self.pairs.hours), people.changes
        terms = self.terms
        due = problem.day_plan[day] + world.backlog
        work = self.run_day(
            DayTask(
                due=due,
                budget_min=terms.budget_min,
                drive_min=problem.drive_min,
                service_min=problem.service_min,
                drive_factor=drive_factor,
                service_factor=service_factor,
            )
        )
        world.backlog = due - work.done
        used = work.drive_min + work.service_min
        own = used * terms.works
        now, filled = world.now, people.is_filled
        now.done += work.done
        now.effective += work.done * terms.quality[:, None]
        now.minutes += terms.before_visits
        now.minutes[:, DRIVE] += work.drive_min * terms.works
        now.minutes[:, SERVICE] += work.service_min * terms.works
        now.minutes[:, IDLE] -= own
        now.cover_min += used - own
        now.days_filled += filled
        facts, index = world.facts.arrays, day_of_year(month, day)
        facts["is_filled_day"][index] = filled
        facts["budget_min_day"][index] = terms.budget_min
        facts["used_min_day"][index] = used

    def _close_month(self) -> None:
        """Evening of the last day: market, assessment, contest, pay, learning, leaving, costs."""
        world, people, month = self.world, self.world.people, self.world.month
        market.sell(world)
        assess.judge(world)
        won = assess.honour(world)
        assess.pay_out(world, won)
        self._learn()
        world.facts.write(
            month,
            due_visits=world.problem.month_plan,
            done_visits=world.now.done,
            minutes=world.now.minutes,
            cover_min=world.now.cover_min,
            effort=np.where(people.is_filled[:, None], people.effort, 0.0),
            holder_grade=people.grade,
        )
        people.tenure_months = people.tenure_months + people.is_filled
        careers.leave(world, self.env)
        world.facts.write(month, skill=people.skill, ability=people.ability, is_filled=people.is_filled)
        self._count_costs()

    def _learn(self) -> None:
        """Practice of the month, then the review's best practice."""
        world, people, rules = self.world, self.world.people, self.world.rules
        planned = np.maximum(1, world.problem.month_plan.sum(axis=1))
        practice = np.minimum(1.0, world.now.done.sum(axis=1) / planned) * (people.mode >= SHADOW)
        followed = rules.followup.visits_per_month * people.among(rules.followup.grades)
        months = 1 + FOLLOWUP_LEARNING * followed
        learned = after_practice(
            skill=people.skill,
            plateau=people.plateau,
            practice=practice[:, None],
            months=1.0,
            behaviour=world.problem.behaviour,
        )
        if followed.any():
            faster = after_practice(
                skill=people.skill,
                plateau=people.plateau,
                practice=np.ones_like(people.skill),
                months=(months - 1)[:, None] * practice[:, None],
                behaviour=world.problem.behaviour,
            )
            learned = learned + (faster - people.skill)
        people.skill = np.where((people.mode >= SHADOW)[:, None], learned, people.skill)
        if rules.review.best_practice_share > 0:
            best = np.stack([careers.best_skill(world, slot) for slot in range(world.problem.num_slots)])
            part = rules.review.best_practice_share * people.among(rules.review.grades) * (people.mode == FIELD)
            people.skill = people.skill + part[:, None] * np.maximum(0.0, best - people.skill)

    def _count_costs(self) -> None:
        """Fixed costs of levers in force, and what is paid by the piece."""
        world, month = self.world, self.world.month
        for name in LEVERS:
            world.facts.cost(month, name, getattr(world.rules, name).cost_per_month)
        rules, people = world.rules, world.people
        audits = float(world.facts.arrays["audited"][month].sum())
        world.facts.cost(month, "anti_gaming", audits * rules.anti_gaming.cost_per_audit)
        followed = float((people.among(rules.followup.grades) * people.is_filled).sum())
        visits = followed * rules.followup.visits_per_month
        world.facts.cost(month, "followup", visits * rules.followup.cost_per_visit)
