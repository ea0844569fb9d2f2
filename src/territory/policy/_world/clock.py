"""The clock: SimPy processes for days, months, supply and the year, which call the mechanisms in turn.

Time is counted in working days. A day's work is done at noon (x.5); a month begins at x.2 of its first day and is
closed in the evening of its last one: mentoring meetings, market, assessment and pay (.90), verdict on pairs
(.95), ranking of the year (.97), next page (.98). Newcomers arrive in the morning (x.0).
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy._world import (
    assess,
    careers,
    day_books,
    effort,
    ideas,
    ladder,
    learning,
    market,
    months,
    pay,
    supervisors,
)
from territory.policy._world.draws import Float32Array
from territory.policy._world.mentoring import Pairs
from territory.policy._world.state import World, day_of_year
from territory.policy._world.time_use import day_terms, month_terms
from territory.policy._world.workday import DayRunner, DayTask
from territory.policy.model import DAYS_PER_MONTH

MONTH_BEGINS, NOON, MONTH_CLOSES, YEAR_CLOSES, PAGE_TURNS = 0.2, 0.5, 20.9, 20.97, 20.98


class Clock:
    """One run of the horizon."""

    def __init__(self, world: World, run_day: DayRunner) -> None:
        self.world = world
        self.run_day = run_day
        self.env = simpy.Environment()
        self.pairs = Pairs(world, self.env)
        self.month_terms = month_terms(world)
        self.terms = day_terms(world, self.month_terms, self.pairs.hours)
        self.terms_as_of = -1

    def run(self) -> None:
        """From the first morning to the last evening."""
        for process in (self._months(), self._days(), self._years(), self.pairs.contracts()):
            self.env.process(process)
        self.env.run(until=self.world.problem.num_days)

    def _at(self, moment: float) -> simpy.Event:
        return self.env.timeout(moment - self.env.now)

    def _months(self) -> Generator[simpy.Event, None, None]:
        """Begin, close and turn the page of every month."""
        world = self.world
        for month in range(world.problem.num_months):
            first_day = month * DAYS_PER_MONTH
            if month:
                yield self._at(first_day - DAYS_PER_MONTH + PAGE_TURNS)
            months.turn_page(world, month)
            yield self._at(first_day + MONTH_BEGINS)
            self.pairs.form()
            learning.hold_courses(world)
            effort.choose(world)
            self.month_terms = month_terms(world)
            yield self._at(first_day + MONTH_CLOSES)
            self._close_month()

    def _years(self) -> Generator[simpy.Event, None, None]:
        """The ranking, after the last month of every whole year."""
        for month in range(MONTHS_PER_YEAR - 1, self.world.problem.num_months, MONTHS_PER_YEAR):
            yield self._at(month * DAYS_PER_MONTH + YEAR_CLOSES)
            ladder.close_year(self.world, self.env)

    def _days(self) -> Generator[simpy.Event, None, None]:
        """Every day's visits."""
        world = self.world
        for month in range(world.problem.num_months):
            draws = world.draws.visits(month)
            for day in range(DAYS_PER_MONTH):
                yield self._at(day_of_year(month, day) + NOON)
                self._work(month, day, draws.drive[day], draws.service[day])

    def _work(self, month: int, day: int, drive_factor: Float32Array, service_factor: Float32Array) -> None:
        """Noon: who works how long, and which visits are made."""
        world, people = self.world, self.world.people
        if people.changes != self.terms_as_of:
            self.terms = day_terms(world, self.month_terms, self.pairs.hours)
            self.terms_as_of = people.changes
        terms = self.terms
        due = world.day_plan[day] + world.backlog
        work = self.run_day(
            DayTask(
                due=due,
                budget_min=terms.budget_min,
                drive_min=terms.drive_min,
                service_min=terms.service_min,
                drive_factor=drive_factor,
                service_factor=service_factor,
            )
        )
        day_books.enter(world, day=day_of_year(month, day), terms=terms, due=due, work=work)

    def _close_month(self) -> None:
        """Evening of the last day: market, assessment, contest, pay, learning, leaving, costs, conditions."""
        world, people, month = self.world, self.world.people, self.world.month
        self.pairs.meet()
        market.sell(world)
        assess.judge(world)
        ideas.hand_in(world)
        pay.pay_out(world, assess.honour(world))
        supervisors.pay_out(world)
        learning.learn(world)
        world.facts.write(
            month,
            due_visits=world.month_plan,
            done_visits=world.now.done,
            minutes=world.now.minutes,
            cover_min=world.now.cover_min,
            effort=np.where(people.is_filled[:, None], people.effort, 0.0),
            quality=self.terms.quality,
            holder_grade=people.grade,
        )
        people.tenure_months = people.tenure_months + people.is_filled
        careers.leave(world, self.env)
        world.facts.write(month, skill=people.crafts, ability=people.ability, is_filled=people.is_filled)
        months.count_costs(world)
        months.look_back(world)
