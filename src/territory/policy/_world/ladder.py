"""The ladder: what the year's end does to grades, steps and stars, and who has to go."""

from __future__ import annotations

import numpy as np
import simpy
from scipy.stats import rankdata

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.policy._world.assess import rate_stars
from territory.policy._world.careers import fill, vacate
from territory.policy._world.pay import pay_stars
from territory.policy._world.state import World
from territory.policy.model import DAYS_PER_MONTH, MOST_STEPS
from territory.units import BoolArray, FloatArray, IntArray

NO_STEP_SHARE = 0.10


def grades_after_ranking(
    *, score: FloatArray, is_ranked: BoolArray, caps: tuple[float, float, float], tie: IntArray
) -> IntArray:
    """
    Grade of everyone ranked after the yearly step, -1 for others: the best get the highest grade, up to its cap.

    Notes
    -----
    Places per grade are the caps times the number ranked, rounded by largest remainder (higher grade first on a tie).
    """
    number = int(is_ranked.sum())
    quota = np.array(caps) * number
    places = np.floor(quota + 1e-9).astype(np.int64)
    order = sorted(range(len(GRADES)), key=lambda grade: (-(quota[grade] - places[grade]), -grade))
    for grade in order[: number - int(places.sum())]:
        places[grade] += 1
    best_first = [slot for slot in np.lexsort((tie, -score)).tolist() if is_ranked[slot]]
    after = np.full(len(score), -1, dtype=np.int64)
    after[best_first] = np.repeat(np.arange(len(GRADES))[::-1], places[::-1])
    return after


def steps_after_ranking(
    *, step: IntArray, score: FloatArray, is_ranked: BoolArray, moved: BoolArray, jump_share: float
) -> IntArray:
    """
    Steps after the year: two up for the best, one up for most, none for the last tenth; the first in a new grade.

    Parameters
    ----------
    moved
        Who changes grade this year, and so does not move inside one, shape (S,).
    """
    share = np.zeros(len(step))
    if is_ranked.any():
        share[is_ranked] = (rankdata(score[is_ranked]) - 0.5) / float(is_ranked.sum())
    up = 1 + (share > 1.0 - jump_share).astype(np.int64) - (share <= NO_STEP_SHARE).astype(np.int64)
    after = np.minimum(MOST_STEPS, step + up * is_ranked)
    return np.where(moved, 1, after)


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
    standing = _standing(world, annual, ranked)
    caps = tuple(levers.company("ladder", grade) for grade in GRADES)
    after = grades_after_ranking(
        score=standing, is_ranked=ranked, caps=(caps[0], caps[1], caps[2]), tie=world.problem.stream_row
    )
    grade_next = np.where(filled & ~ranked, people.grade, after)
    moved = ranked & (grade_next != people.grade)
    step_next = steps_after_ranking(
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


def _standing(world: World, annual: FloatArray, ranked: BoolArray) -> FloatArray:
    """What the ranking goes by, shape (S,): place by score and by seniority, as meritocratic as the lever is."""
    merit = world.levers.company("ladder", "meritocracy")
    if merit == 1.0 or not ranked.any():
        return annual
    standing = np.zeros_like(annual)
    tenure = world.people.tenure_months
    by_score, by_tenure = rankdata(annual[ranked]), rankdata(tenure[ranked])
    standing[ranked] = (merit * by_score + (1.0 - merit) * by_tenure) / float(ranked.sum())
    return standing


def _eliminated(world: World, annual: FloatArray, ranked: BoolArray) -> BoolArray:
    """The lowest of those ranked whom the lever covers, as many as its share of them (rounded down)."""
    share = world.levers.number("ladder", "bottom_elimination")
    covered = ranked & (share > 0)
    number = int(np.floor(share.max(initial=0.0) * covered.sum() + 1e-9))
    gone = np.zeros(len(annual), dtype=np.bool_)
    order = np.lexsort((world.problem.stream_row, annual))
    gone[[slot for slot in order.tolist() if covered[slot]][:number]] = True
    return gone


def _into_management(world: World, annual: FloatArray, seniors: BoolArray) -> BoolArray:
    """The best seniors whom the lever covers become supervisors, as many as its share of them (rounded down)."""
    share = world.levers.number("ladder", "management_track")
    covered = seniors & (share > 0)
    number = int(np.floor(share.max(initial=0.0) * covered.sum() + 1e-9))
    chosen = np.zeros(len(annual), dtype=np.bool_)
    order = np.lexsort((world.problem.stream_row, -annual))
    chosen[[slot for slot in order.tolist() if covered[slot]][:number]] = True
    return chosen
