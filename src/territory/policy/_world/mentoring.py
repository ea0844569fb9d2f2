"""Mentoring: pairs are formed at the start of a month, judged by the assessment that follows, renewed while missed."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy
from scipy.optimize import linear_sum_assignment

from territory.domain.policy_rules import MentoringLever
from territory.policy._world.learning import after_mentoring
from territory.policy._world.people import FIELD
from territory.policy._world.state import PairRecord, World
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.units import BoolArray, FloatArray

RENEWED_AT, JUDGED_AT = 0.1, 20.95
MOST_SHARE = 0.5


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
        share = min(MOST_SHARE, float(levers.number("mentoring", "pairs_share").max()))
        number = int(np.floor(share * world.problem.num_slots + 0.5)) - len(self.meeting)
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
        teams = self.world.problem.team_idx
        best_first = [slot for slot in np.lexsort((self.world.problem.stream_row, -key)).tolist() if free[slot]]
        place = {slot: position for position, slot in enumerate(best_first)}
        mentors = list(best_first)
        left = set(best_first)
        pairs: list[tuple[int, int]] = []
        for mentee in [slot for slot in reversed(best_first) if taught[slot]]:
            if len(pairs) == number or mentee not in left:
                continue
            mentor = next(
                (
                    slot
                    for slot in mentors
                    if slot in left and place[slot] < place[mentee] and (not in_team or teams[slot] == teams[mentee])
                ),
                None,
            )
            if mentor is not None:
                left -= {mentor, mentee}
                pairs.append((mentor, mentee))
        return pairs

    def _by_skill_gap(self, free: BoolArray, taught: BoolArray, number: int) -> list[tuple[int, int]]:
        """The weaker half with the stronger half so that the sum of the largest single gaps is as large as can be."""
        people = self.world.people
        level = people.skill.mean(axis=1)
        slots = np.lexsort((self.world.problem.stream_row, level))
        slots = slots[free[slots]]
        half = len(slots) // 2
        weak, strong = slots[:half], slots[half:]
        weak = weak[taught[weak]][:number]
        if not len(weak) or not len(strong):
            return []
        gaps = (people.skill[strong][None, :, :] - people.skill[weak][:, None, :]).max(axis=2)
        rows, columns = linear_sum_assignment(gaps, maximize=True)
        return [(int(strong[column]), int(weak[row])) for row, column in zip(rows, columns, strict=True)]

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
            gained = float(world.facts.arrays["score"][world.month, mentee]) - score_at_start
            record.is_success = gained >= lever.target_gain_points
            still_there = self._still_there((mentor, mentee), holders)
            if record.is_success:
                people.award_points[[mentor, mentee]] += lever.joint_points * still_there
            last = world.month + 1 >= world.problem.num_months
            goes_on = not record.is_success and record.renewals < lever.max_renewals and not last
            if not (goes_on and still_there.all()):
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
