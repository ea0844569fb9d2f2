"""The ladder: what the year's end does to grades, steps and stars, and who has to go."""

from __future__ import annotations

import numpy as np
import simpy

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.policy import ladder_rules
from territory.policy._world.assess import rate_stars
from territory.policy._world.careers import fill, vacate
from territory.policy._world.pay import pay_stars
from territory.policy._world.state import World
from territory.policy.model import DAYS_PER_MONTH
from territory.units import BoolArray, FloatArray


def close_year(world: World, env: simpy.Environment) -> None:
    """The ranking: stars, grades up to their caps, steps; the last have to go, some seniors leave for management."""
    people, levers, facts = world.people, world.levers, world.facts.arrays
    year = world.month // MONTHS_PER_YEAR
    filled = people.is_filled
    months = people.year_months
    annual = np.where(months > 0, people.year_score / np.maximum(1.0, months), 0.0)
    ranked = filled & (months > 0)
    rate_stars(world, annual, ranked)
    pay_stars(world)
    standing = ladder_rules.standing(
        annual=annual,
        tenure_months=people.tenure_months,
        ranked=ranked,
        merit=levers.company("ladder", "meritocracy"),
    )
    caps = tuple(levers.company("ladder", grade) for grade in GRADES)
    after = ladder_rules.grades_after_ranking(
        score=standing, is_ranked=ranked, caps=(caps[0], caps[1], caps[2]), tie=world.problem.stream_row
    )
    grade_next = np.where(filled & ~ranked, people.grade, after)
    moved = ranked & (grade_next != people.grade)
    step_next = ladder_rules.steps_after_ranking(
        step=people.step,
        score=standing,
        is_ranked=ranked,
        moved=moved,
        jump_share=levers.company("ladder", "jump_share"),
    )
    facts["grade"][year] = np.where(filled, people.grade, -1)
    facts["grade_next"][year] = grade_next
    facts["step"][year] = np.where(filled, people.step, -1)
    facts["step_next"][year] = np.where(filled, step_next, -1)
    facts["annual_score"][year] = np.where(ranked, annual, 0.0)
    gone = _eliminated(world, annual, ranked)
    promoted = _into_management(world, annual, ranked & ~gone & (people.grade == len(GRADES) - 1))
    people.grade = np.where(filled, grade_next, people.grade)
    people.step = np.where(filled, step_next, people.step)
    people.year_score = np.zeros_like(annual)
    people.year_months = np.zeros_like(annual)
    facts["eliminated"][world.month] = gone
    facts["promoted_out"][world.month] = promoted
    for slot in np.flatnonzero(gone | promoted).tolist():
        vacate(world, slot)
        first_day = (world.month + 1) * DAYS_PER_MONTH
        env.process(fill(world, env, slot, opened=world.month, purpose="replacement", first_day=first_day))
    facts["is_filled"][world.month] = people.is_filled


def _eliminated(world: World, annual: FloatArray, ranked: BoolArray) -> BoolArray:
    """The lowest of those ranked whom the lever covers, as many as its share of them (rounded down)."""
    share = world.levers.number("ladder", "bottom_elimination")
    covered = ranked & (share > 0)
    number = ladder_rules.share_of(share, covered)
    return ladder_rules.lowest(annual, among=covered, number=number, tie=world.problem.stream_row)


def _into_management(world: World, annual: FloatArray, seniors: BoolArray) -> BoolArray:
    """The best seniors whom the lever covers become supervisors, as many as its share of them (rounded down)."""
    share = world.levers.number("ladder", "management_track")
    covered = seniors & (share > 0)
    number = ladder_rules.share_of(share, covered)
    return ladder_rules.highest(annual, among=covered, number=number, tie=world.problem.stream_row)
