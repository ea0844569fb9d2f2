"""Mentoring: pairs are formed at the start of a month, judged by the assessment that follows, renewed while missed."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import MentoringLever
from territory.policy._world.learning import after_mentoring
from territory.policy._world.state import FIELD, PairRecord, World
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.units import BoolArray

RENEWED_AT, MEETINGS_ENDED, JUDGED_AT = 0.1, 20.85, 20.95


class Pairs:
    """The pairs that are running; each is a process of its own."""

    def __init__(self, world: World, env: simpy.Environment) -> None:
        self.world = world
        self.env = env
        self.busy: BoolArray = np.zeros(world.problem.num_slots, dtype=np.bool_)
        self.hours = np.zeros(world.problem.num_slots)
        self.running = 0

    def form(self) -> None:
        """Pair free reps until the share of the lever is reached."""
        world, lever = self.world, self.world.rules.mentoring
        number = int(np.floor(lever.pairs_share * world.problem.num_slots + 0.5)) - self.running
        if number <= 0 or lever.hours_per_week == 0 or not lever.mentee_grades:
            return
        for mentor, mentee in self._matches(lever, number):
            self.busy[[mentor, mentee]] = True
            self.hours[[mentor, mentee]] = lever.hours_per_week
            self.running += 1
            self.env.process(self._contract(mentor, mentee, lever))

    def _matches(self, lever: MentoringLever, number: int) -> list[tuple[int, int]]:
        """(mentor, mentee) slots, at most `number`, best with worst."""
        world = self.world
        people, teams = world.people, world.problem.team_idx
        free = (people.mode == FIELD) & ~self.busy
        taught = free & people.among(lever.mentee_grades)
        key = people.last_score
        if lever.rule == "random":
            key = world.draws.uniforms("pairing", world.month)
        best_first = [slot for slot in np.lexsort((world.problem.stream_row, -key)).tolist() if free[slot]]
        place = {slot: position for position, slot in enumerate(best_first)}
        mentors = list(best_first)
        pairs: list[tuple[int, int]] = []
        for mentee in [slot for slot in reversed(best_first) if taught[slot]]:
            if len(pairs) == number or mentee not in mentors:
                continue
            mentor = next(
                (
                    slot
                    for slot in mentors
                    if place[slot] < place[mentee]
                    and (lever.rule != "strong_weak_in_team" or teams[slot] == teams[mentee])
                ),
                None,
            )
            if mentor is not None:
                mentors.remove(mentor)
                mentors.remove(mentee)
                pairs.append((mentor, mentee))
        return pairs

    def _contract(self, mentor: int, mentee: int, lever: MentoringLever) -> Generator[simpy.Event, None, None]:
        """One pair from its start to its end."""
        world, people = self.world, self.world.people
        record = PairRecord(mentor=mentor, mentee=mentee, start=world.month, end=world.month)
        world.facts.pairs.append(record)
        holders = (int(people.holder[mentor]), int(people.holder[mentee]))
        score_at_start = float(people.last_score[mentee])
        while True:
            record.end = world.month
            month_start = world.month * DAYS_PER_MONTH
            yield self.env.timeout(month_start + MEETINGS_ENDED - self.env.now)
            people.skill[mentee] = after_mentoring(
                mentee=people.skill[mentee],
                mentor=people.skill[mentor],
                weeks=WEEKS_PER_MONTH,
                hours_per_week=lever.hours_per_week,
                transfer_per_week=world.problem.year.transfer_per_week,
            )
            yield self.env.timeout(month_start + JUDGED_AT - self.env.now)
            gained = float(world.facts.arrays["score"][world.month, mentee]) - score_at_start
            record.is_success = gained >= lever.target_gain_points
            both_there = bool(people.is_filled[mentor] and people.is_filled[mentee]) and holders == (
                int(people.holder[mentor]),
                int(people.holder[mentee]),
            )
            goes_on = (
                both_there
                and not record.is_success
                and record.renewals < lever.max_renewals
                and world.policy.mentoring.is_in_force(world.month + 2)
            )
            if not goes_on:
                break
            yield self.env.timeout(month_start + DAYS_PER_MONTH + RENEWED_AT - self.env.now)
            record.renewals += 1
        self.busy[[mentor, mentee]] = False
        self.hours[[mentor, mentee]] = 0.0
        self.running -= 1
