"""Mentoring: pairs are formed at the start of a month, judged by the assessment that follows, renewed while missed."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import MentoringLever
from territory.policy import pairing_rules
from territory.policy._world.learning import after_mentoring
from territory.policy._world.people import FIELD
from territory.policy._world.state import World
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.units import BoolArray, FloatArray

RENEWED_AT, JUDGED_AT = 0.1, 20.95


class Pairs:
    """
    The pairs that are running; one process keeps all contracts, which are judged on the same evenings.

    Attributes
    ----------
    busy, hours
        Who is in a pair, and the hours a week this takes, shape (S,).
    running
        Places of the running pairs in the book of facts, shape (running,).
    holders, score_at_start
        Who held mentor's and mentee's position when the pair began, shape (running, 2); the mentee's score then.
    """

    def __init__(self, world: World, env: simpy.Environment) -> None:
        self.world = world
        self.env = env
        self.busy: BoolArray = np.zeros(world.problem.num_slots, dtype=np.bool_)
        self.hours = np.zeros(world.problem.num_slots)
        self.running = np.zeros(0, dtype=np.int64)
        self.holders = np.zeros((0, 2), dtype=np.int64)
        self.score_at_start = np.zeros(0)

    def form(self) -> None:
        """Pair free reps until the share of the lever is reached."""
        world, levers, people = self.world, self.world.levers, self.world.people
        lever = world.policy.mentoring
        share = float(levers.number("mentoring", "pairs_share").max())
        number = pairing_rules.pairs_wanted(share, positions=world.problem.num_slots, running=len(self.running))
        hours = float(levers.number("mentoring", "hours_per_week")[levers.acts("mentoring")].max(initial=0.0))
        if number <= 0 or hours == 0.0:
            return
        both = np.array(self._matches(lever, number), dtype=np.int64).reshape(-1, 2)
        begun = world.facts.pairs.begin(both, month=world.month)
        self.running = np.append(self.running, begun)
        self.holders = np.vstack([self.holders, people.holder[both]])
        self.score_at_start = np.append(self.score_at_start, people.last_score[both[:, 1]])
        self.busy[both] = True
        self.hours[both] = hours

    def contracts(self) -> Generator[simpy.Event, None, None]:
        """Every month's evening of verdicts, and the next morning on which pairs go on."""
        for month in range(self.world.problem.num_months):
            yield self.env.timeout(month * DAYS_PER_MONTH + JUDGED_AT - self.env.now)
            self._keep(self._verdict())
            if month + 1 < self.world.problem.num_months:
                yield self.env.timeout((month + 1) * DAYS_PER_MONTH + RENEWED_AT - self.env.now)
                self._keep(self._renewal())

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

    def _verdict(self) -> BoolArray:
        """The month's assessment judges every pair; which of them want to go on, shape (running,)."""
        world, people, lever, pairs = self.world, self.world.people, self.world.policy.mentoring, self.world.facts.pairs
        both, still_there = pairs.both[self.running], self._still_there()
        score = world.facts.arrays["score"][world.month][both[:, 1]].tolist()
        reached = [
            pairing_rules.has_reached_target(score=now, score_at_start=then, target_gain=lever.target_gain_points)
            for now, then in zip(score, self.score_at_start.tolist(), strict=True)
        ]
        goes_on = [
            pairing_rules.goes_on(has_reached=done, renewals=renewals, max_renewals=lever.max_renewals)
            for done, renewals in zip(reached, pairs.renewals[self.running].tolist(), strict=True)
        ]
        is_success, may_go_on = np.array(reached, dtype=np.bool_), np.array(goes_on, dtype=np.bool_)
        pairs.success[self.running] = is_success
        people.award_points[both] += lever.joint_points * (is_success[:, None] & still_there)
        is_last = world.month + 1 >= world.problem.num_months
        return np.asarray(may_go_on & still_there.all(axis=1) & (not is_last))

    def _renewal(self) -> BoolArray:
        """Which pairs do go on: the ranking comes after the verdict and may have taken one of the two."""
        pairs = self.world.facts.pairs
        goes_on = self._still_there().all(axis=1) & self.world.levers.acts("mentoring")[pairs.both[self.running, 1]]
        pairs.renewals[self.running[goes_on]] += 1
        pairs.end[self.running[goes_on]] = self.world.month
        return np.asarray(goes_on)

    def _keep(self, kept: BoolArray) -> None:
        """The other pairs are over, and both are free again."""
        if kept.all():
            return
        over = self.world.facts.pairs.both[self.running[~kept]]
        self.busy[over] = False
        self.hours[over] = 0.0
        self.running, self.holders = self.running[kept], self.holders[kept]
        self.score_at_start = self.score_at_start[kept]
        self.world.people.changes += 1

    def _still_there(self) -> BoolArray:
        """Who of the two of each running pair still holds the position, shape (running, 2)."""
        people, both = self.world.people, self.world.facts.pairs.both[self.running]
        return np.asarray(people.is_filled[both] & (people.holder[both] == self.holders))

    def meet(self) -> None:
        """A month of meetings, before it is judged: in every pair each learns what the other does better."""
        if not len(self.running):
            return
        people, behaviour = self.world.people, self.world.problem.behaviour
        both = self.world.facts.pairs.both[self.running]
        hours = self.hours[both[:, :1]]
        first, second = people.skill[both[:, 0]], people.skill[both[:, 1]]
        for learner, mine, other in ((1, second, first), (0, first, second)):
            people.skill[both[:, learner]] = after_mentoring(
                mentee=mine,
                mentor=other,
                weeks=WEEKS_PER_MONTH,
                hours_per_week=hours,
                transfer_per_week=behaviour.transfer_per_week,
            )
