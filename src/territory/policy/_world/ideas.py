"""Ideas: what reps hand in when it pays, and what those who see them make of it."""

from __future__ import annotations

import numpy as np

from territory.policy._world.people import FIELD
from territory.policy._world.state import World
from territory.policy.behaviour import SKILLS
from territory.policy.model import DAYS_PER_MONTH
from territory.units import MIN_PER_HOUR, FloatArray

THOUGHT = [SKILLS.index(name) for name in ("think", "research", "analyse")]
HOURS_PER_IDEA = 6.0
MOST_IDEAS = 0.5


def chance(world: World) -> FloatArray:
    """Chance of an idea that is taken up this month, shape (S,): none unpaid, more from who thinks and analyses."""
    paid = world.levers.number("activity_pay", "innovation_share")
    if not paid.any():
        return np.zeros_like(paid)
    people = world.people
    expected = world.problem.behaviour.idea_rate * paid * people.skill[:, THOUGHT].mean(axis=1)
    return np.asarray(np.minimum(MOST_IDEAS, expected) * (people.mode == FIELD), dtype=np.float64)


def minutes_a_day(world: World) -> FloatArray:
    """What working out ideas takes from a day, shape (S,)."""
    return chance(world) * (HOURS_PER_IDEA * MIN_PER_HOUR / DAYS_PER_MONTH)


def hand_in(world: World) -> None:
    """Close a month: whose idea is taken up; everybody who sees it gains a little in all skills."""
    odds = chance(world)
    if not odds.any():
        return
    taken_up = world.draws.uniforms("idea", world.month) < odds
    world.facts.write(world.month, ideas=taken_up)
    of_slot = world.problem.seen_by
    seen = np.bincount(of_slot, taken_up)[of_slot]
    learns = np.where(world.people.mode == FIELD, world.problem.behaviour.idea_gain * seen, 0.0)
    world.people.skill = world.people.skill * np.exp(learns)[:, None]
