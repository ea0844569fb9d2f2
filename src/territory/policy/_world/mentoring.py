"""Mentoring: pairs are formed at the start of a month, judged by the assessment that follows, renewed while missed."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import MentoringLever
from territory.policy import pairing_rules
from territory.policy._world.learning import after_mentoring
from territory.policy._world.people import FIELD
from territory.policy._world.state import PairRecord, World
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.units import BoolArray, FloatArray

RENEWED_AT, JUDGED_AT = 0.1, 20.95


class Pairs:
    """The pairs that are running; each is a process of its own."""

    def __init__(self, world: World, env: simpy.Environment) -> None:
        self.world = world
        self.env = env
        self.busy: BoolArray = np.zeros(world.problem.num_slots, dtype=np.bool_)
        self.hours = np.zeros(world.problem.num_slots)
        self.meeting: dict[tuple[int, int], float] = {}

    def form(self) -> None:
        """Pair free reps until the share of the lever is reached."""
        world, levers = self.world, self.world.levers
        lever = world.policy.mentoring
        share = float(levers.number("mentoring", "pairs_share").max())
        number = pairing_rules.pairs_wanted(share, positions=world.problem.num_slots, running=len(self.meeting))
        hours = float(levers.number("mentoring", "hours_per_week")[levers.acts("mentoring")].max(initial=0.0))
        if number <= 0 or hours == 0.0:
            return
        for mentor, mentee in self._matches(lever, number):
            self.busy[[mentor, mentee]] = True
            self.hours[[mentor, mentee]] = hours
            self.meeting[mentor, mentee] = hours
            self.env.process(self._contract(mentor, mentee, lever))

    def _matches(self, lever: MentoringLever, number: int) -> list[tuple[int, int]]:
        """(mentor, mentee) slots, at most `number`."""
        world, people = self.world, self.world.people
        willing = world.draws.uniforms("willing", world.month) <= lever.voluntary_share
        free = (people.mode == FIELD) & ~self.busy & willing
        taught = free & world.levers.acts("mentoring")
        if lever.rule == "skill_gap":
            return self._by_skill_gap(free, taught, number)
        key = people.last_score
        if lever.rule == "random":
            key = world.draws.uniforms("pairing", world.month)
        return self._strong_with_weak(key, free, taught, number, in_team=lever.rule == "strong_weak_in_team")

    def _strong_with_weak(
        self, key: FloatArray, free: BoolArray, taught: BoolArray, number: int, *, in_team: bool
    ) -> list[tuple[int, int]]:
        """The best free one with the worst of those who may be taught, and so on inwards."""
        problem = self.world.problem
        teams = problem.team_idx if in_team else None
        return pairing_rules.strong_with_weak(
            key, free=free, taught=taught, number=number, tie=problem.stream_row, teams=teams
        )

    def _by_skill_gap(self, free: BoolArray, taught: BoolArray, number: int) -> list[tuple[int, int]]:
        """The weaker half with the stronger half so that the sum of the largest single gaps is as large as can be."""
        skill, tie = self.world.people.skill, self.world.problem.stream_row
        weak, strong = pairing_rules.halves(skill.mean(axis=1), free=free, taught=taught, number=number, tie=tie)
        if not len(weak) or not len(strong):
            return []
        found = pairing_rules.matched(pairing_rules.largest_gaps(skill[weak], skill[strong]))
        return [(int(strong[column]), int(weak[row])) for row, column in found]

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
            yield self.env.timeout(month_start + JUDGED_AT - self.env.now)
            record.is_success = pairing_rules.has_reached_target(
                score=float(world.facts.arrays["score"][world.month, mentee]),
                score_at_start=score_at_start,
                target_gain=lever.target_gain_points,
            )
            still_there = self._still_there((mentor, mentee), holders)
            if record.is_success:
                people.award_points[[mentor, mentee]] += lever.joint_points * still_there
            last = world.month + 1 >= world.problem.num_months
            goes_on = pairing_rules.goes_on(
                has_reached=record.is_success, renewals=record.renewals, max_renewals=lever.max_renewals
            )
            if not (goes_on and not last and still_there.all()):
                break
            yield self.env.timeout(month_start + DAYS_PER_MONTH + RENEWED_AT - self.env.now)
            # The yearly ranking comes after the verdict and may have taken one of the two.
            if not (self._still_there((mentor, mentee), holders).all() and world.levers.acts("mentoring")[mentee]):
                break
            record.renewals += 1
        self.busy[[mentor, mentee]] = False
        self.hours[[mentor, mentee]] = 0.0
        del self.meeting[mentor, mentee]
        people.changes += 1

    def _still_there(self, slots: tuple[int, int], holders: tuple[int, int]) -> BoolArray:
        """Who of the two still holds the position, shape (2,)."""
        people, both = self.world.people, list(slots)
        return np.asarray(people.is_filled[both] & (people.holder[both] == holders))

    def meet(self) -> None:
        """A month of meetings, before it is judged: in every pair each learns what the other does better."""
        if not self.meeting:
            return
        people, behaviour = self.world.people, self.world.problem.behaviour
        both = np.array(list(self.meeting), dtype=np.int64)
        hours = np.array(list(self.meeting.values()))[:, None]
        first, second = people.skill[both[:, 0]], people.skill[both[:, 1]]
        for learner, mine, other in ((1, second, first), (0, first, second)):
            people.skill[both[:, learner]] = after_mentoring(
                mentee=mine,
                mentor=other,
                weeks=WEEKS_PER_MONTH,
                hours_per_week=hours,
                transfer_per_week=behaviour.transfer_per_week,
            )
