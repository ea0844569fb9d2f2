"""Mentoring: pairs are formed at the start of a month, judged by the assessment that follows, renewed while missed."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy
from scipy.optimize import linear_sum_assignment

from territory.domain.policy_rules import MentoringLever
from territory.policy._world.learning import after_mentoring
from territory.policy._world.people import FIELD
from territory.policy._world.state import World
from territory.policy.model import DAYS_PER_MONTH, WEEKS_PER_MONTH
from territory.units import BoolArray, FloatArray

RENEWED_AT, JUDGED_AT = 0.1, 20.95
MOST_SHARE = 0.5


class Pairs:
    """The pairs that are running; one process keeps all contracts, which are judged on the same evenings."""

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
        share = min(MOST_SHARE, float(levers.number("mentoring", "pairs_share").max()))
        number = int(np.floor(share * world.problem.num_slots + 0.5)) - len(self.running)
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
        gaps = np.full((len(weak), len(strong)), -np.inf)
        for best, own in zip(people.skill[strong].T, people.skill[weak].T, strict=True):
            np.maximum(gaps, best[None, :] - own[:, None], out=gaps)
        rows, columns = linear_sum_assignment(gaps, maximize=True)
        return [(int(strong[column]), int(weak[row])) for row, column in zip(rows, columns, strict=True)]

    def _verdict(self) -> BoolArray:
        """The month's assessment judges every pair; which of them want to go on, shape (running,)."""
        world, people, lever, pairs = self.world, self.world.people, self.world.policy.mentoring, self.world.facts.pairs
        both, still_there = pairs.both[self.running], self._still_there()
        gained = world.facts.arrays["score"][world.month][both[:, 1]] - self.score_at_start
        is_success = gained >= lever.target_gain_points
        pairs.success[self.running] = is_success
        people.award_points[both] += lever.joint_points * (is_success[:, None] & still_there)
        is_last = world.month + 1 >= world.problem.num_months
        may_go_on = ~is_success & (pairs.renewals[self.running] < lever.max_renewals) & (not is_last)
        return np.asarray(may_go_on & still_there.all(axis=1))

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
