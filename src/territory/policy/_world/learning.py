"""Skill: learning by doing, by looking, by meeting and by being taught; forgetting what is not used."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy._world.people import FIELD, SHADOW
from territory.policy._world.state import World
from territory.policy.behaviour import SELLING, SKILLS, Behaviour
from territory.policy.model import DAYS_PER_MONTH
from territory.policy.result import MINUTE_KINDS
from territory.units import BoolArray, FloatArray, IntArray

DRIVE, SERVICE = MINUTE_KINDS.index("drive"), MINUTE_KINDS.index("service")
HOURS_OF_ORDINARY_MENTORING = 2.0
COURSE_DAYS = 5.0
FOLLOWUP_LEARNING = 0.1
TIER_MONTHS = (24.0, 48.0, 72.0)


def after_practice(
    *, skill: FloatArray, plateau: FloatArray, practice: FloatArray, months: FloatArray | float, behaviour: Behaviour
) -> FloatArray:
    """
    Skill after `months` in which the share `practice` of the ordinary work was done; same shape as `skill`.

    Notes
    -----
    The gap to the plateau closes as exp(-practice * months / tau); skill is lost as
    0.5 ** ((1 - practice) * months / half-life). Skill above the plateau (learned from others) is not lost by work.
    """
    gap = np.maximum(0.0, plateau - skill)
    learned = gap * (1 - np.exp(-practice * months / behaviour.learning_months))
    kept = 0.5 ** ((1 - practice) * months / behaviour.forgetting_half_life_months)
    return np.asarray((skill + learned) * kept, dtype=np.float64)


def after_mentoring(
    *,
    mentee: FloatArray,
    mentor: FloatArray,
    weeks: float,
    hours_per_week: FloatArray | float,
    transfer_per_week: float,
) -> FloatArray:
    """
    The mentee's skills after `weeks` with a mentor; never below what they were.

    Notes
    -----
    Two hours a week close `transfer_per_week` of the gap in each week; other hours raise the part that stays open
    to the power hours / 2.
    """
    stays_open = (1 - transfer_per_week) ** (weeks * hours_per_week / HOURS_OF_ORDINARY_MENTORING)
    return np.asarray(mentee + (1 - stays_open) * np.maximum(0.0, mentor - mentee), dtype=np.float64)


def hold_courses(world: World) -> None:
    """Begin a month: who is in a course, how many days; it gives skill and, for some weeks, motivation."""
    levers, people, behaviour = world.levers, world.people, world.problem.behaviour
    people.motivation = people.motivation * 0.5 ** (1.0 / behaviour.motivation_half_life_months)
    lever = world.policy.training
    held = 1 + lever.refreshers
    months = {(lever.month - 1 + turn * MONTHS_PER_YEAR // held) % MONTHS_PER_YEAR for turn in range(held)}
    if world.month % MONTHS_PER_YEAR not in months or not levers.acts("training").any():
        return
    tier = np.searchsorted(TIER_MONTHS, people.tenure_months, side="right")
    days = levers.number("training", "days_per_year") / held * _tier_factor(world, tier) * (people.mode == FIELD)
    world.now.course_days = days
    courses = days / COURSE_DAYS
    selling = levers.number("training", "selling")[:, None]
    weight = np.where(np.arange(len(SKILLS)) < len(SELLING), 2 * selling, 2 * (1 - selling))
    people.skill = people.skill * np.exp(behaviour.course_skill * courses[:, None] * weight)
    people.motivation = people.motivation + behaviour.course_motivation * courses
    world.facts.cost(world.month, "training", float((days * levers.number("training", "cost_per_day")).sum()))
    people.changes += 1


def _tier_factor(world: World, tier: IntArray) -> FloatArray:
    factors = world.levers.numbers("training", "tier_factors")
    return np.asarray(factors[np.arange(len(tier)), tier], dtype=np.float64)


def learn(world: World) -> None:
    """Close a month: practice (more of it with the supervisor along), looking at colleagues, the review's examples."""
    people, levers, problem, behaviour = world.people, world.levers, world.problem, world.problem.behaviour
    year = problem.year
    ordinary = (1 - year.admin_share) * problem.workday_min * behaviour.diligence * DAYS_PER_MONTH
    in_field = world.now.minutes[:, DRIVE] + world.now.minutes[:, SERVICE]
    # Two thirds of the ordinary time with customers keep every skill in use.
    practice = np.minimum(1.0, 1.5 * in_field / np.maximum(1.0, ordinary)) * (people.mode >= SHADOW)
    followed = levers.number("field_visits", "followup_per_month")
    followed = followed + levers.number("field_visits", "observation_per_quarter") / 3.0
    learned = after_practice(
        skill=people.skill,
        plateau=people.plateau,
        practice=practice[:, None],
        months=(1.0 + FOLLOWUP_LEARNING * followed * (practice > 0))[:, None],
        behaviour=behaviour,
    )
    working = people.mode == FIELD
    people.skill = np.where((people.mode >= SHADOW)[:, None], learned, people.skill)
    if problem.year.visibility != "none":
        # What one could reach by practice comes sooner by looking; more than that only teaching gives.
        example = np.minimum(people.plateau, _mean_of_seen(world, working))
        gap = np.maximum(0.0, example - people.skill) * working[:, None]
        people.skill = people.skill + (1 - np.exp(-behaviour.peer_learning)) * gap
    shown = levers.number("review", "best_practice_share")
    if shown.any():
        best = problem.groups.best(people.skill, working)
        gap = np.maximum(0.0, best - people.skill) * working[:, None]
        people.skill = people.skill + shown[:, None] * gap


def _mean_of_seen(world: World, working: BoolArray) -> FloatArray:
    """Mean skill of the working colleagues that a rep sees, the own included, shape (S, 10)."""
    of_slot = world.problem.seen_by
    number = np.bincount(of_slot, working)[of_slot]
    sums = np.stack(
        [np.bincount(of_slot, np.where(working, column, 0.0))[of_slot] for column in world.people.skill.T], axis=1
    )
    return np.asarray(sums / np.maximum(1.0, number)[:, None], dtype=np.float64)


def best_skill(world: World, slot: int) -> FloatArray:
    """Best skills among working teammates (in the whole company for a rep without a team), shape (10,)."""
    teams = world.problem.team_idx
    colleagues = world.people.mode == FIELD
    if teams[slot] >= 0:
        colleagues = colleagues & (teams == teams[slot])
    if not colleagues.any():
        return np.asarray(world.people.skill[slot].copy(), dtype=np.float64)
    return np.asarray(world.people.skill[colleagues].max(axis=0), dtype=np.float64)
