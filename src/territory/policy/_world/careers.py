"""Careers: who leaves, who comes, what a newcomer goes through, and the yearly ranking."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, OnboardingLever
from territory.policy._world.learning import after_mentoring
from territory.policy._world.state import (
    CLASSROOM,
    EXPECTED_SCORE,
    FIELD,
    ORDINARY_EFFORT,
    SHADOW,
    VACANT,
    World,
)
from territory.policy.model import DAYS_PER_MONTH, DAYS_PER_YEAR, SKILLS, WORKDAYS_PER_WEEK, PolicyProblem
from territory.units import BoolArray, FloatArray, IntArray

FIRST_YEAR_MONTHS = 12
CLASSROOM_GAIN_PER_WEEK = 0.10
SHADOW_HOURS_PER_WEEK = 4.0
EXAM_MEAN, EXAM_SLOPE, EXAM_SD, EXAM_TYPICAL = 60.0, 100.0, 8.0, 0.65
SORTING = 0.10
LEAST_PAY_LEVEL = 0.05


def base_log_hazard(turnover_per_year: float) -> float:
    """Log of the monthly cumulative hazard at which `turnover_per_year` of the staff leave in a year."""
    if turnover_per_year == 0:
        return -math.inf
    return math.log(-math.log1p(-turnover_per_year) / MONTHS_PER_YEAR)


def quit_probability(
    problem: PolicyProblem,
    *,
    is_formal: IntArray,
    pay_level: FloatArray,
    tenure_months: FloatArray,
    morale: FloatArray,
    ability: FloatArray,
) -> FloatArray:
    """
    Chance to leave at the end of the month, shape (S,): 1 - exp(-exp(eta)).

    Notes
    -----
    `pay_level` is pay over the base pay that others offer. With pay at that level, no morale, mean ability and more
    than a year of service the yearly turnover is exactly that of `[year]`.
    """
    behaviour = problem.behaviour
    year = problem.year
    ordinary = np.array([base_log_hazard(year.turnover_contract), base_log_hazard(year.turnover_formal)])[is_formal]
    log_pay = np.log(np.maximum(LEAST_PAY_LEVEL, pay_level))
    gap = np.maximum(0.0, np.log(ability) - log_pay)
    eta = (
        ordinary
        + behaviour.quit_pay * log_pay
        + behaviour.quit_new * (tenure_months < FIRST_YEAR_MONTHS)
        + behaviour.quit_morale * morale
        + behaviour.quit_ability_gap * gap
    )
    return np.asarray(-np.expm1(-np.exp(eta)), dtype=np.float64)


def lead_days(problem: PolicyProblem, uniform: float) -> int:
    """Working days until a vacancy is filled: geometric with the mean of `[year] vacancy_months`, at least 1."""
    chance = min(1.0, 1 / (problem.year.vacancy_months * DAYS_PER_MONTH))
    if chance == 1.0:
        return 1
    return 1 + int(math.log1p(-uniform) / math.log1p(-chance))


def leave(world: World, env: simpy.Environment) -> None:
    """Month's end: draw who leaves; every vacancy starts its own process."""
    people, month = world.people, world.month
    chance = quit_probability(
        world.problem,
        is_formal=people.is_formal,
        pay_level=people.pay_level,
        tenure_months=people.tenure_months,
        morale=people.morale,
        ability=people.ability,
    )
    gone = people.is_filled & (world.draws.uniforms("quit", month) < chance)
    world.facts.write(month, quits=gone.astype(np.int64))
    for slot in np.flatnonzero(gone).tolist():
        vacate(world, slot)
        env.process(fill(world, env, slot, opened=month, purpose="hire", first_day=(month + 1) * DAYS_PER_MONTH))


def vacate(world: World, slot: int) -> None:
    """The holder is gone; award and morale go along."""
    people = world.people
    set_mode(world, slot, VACANT)
    people.morale[slot] = 0.0
    people.award_points[slot] = 0.0
    people.effort[slot] = ORDINARY_EFFORT


def set_mode(world: World, slot: int, mode: int) -> None:
    """Vacant, in the classroom, shadowing or in the field."""
    world.people.mode[slot] = mode
    world.people.changes += 1


def fill(
    world: World, env: simpy.Environment, slot: int, *, opened: int, purpose: str, first_day: int
) -> Generator[simpy.Event, None, None]:
    """A vacancy: wait for the hire, then onboarding; a failed exam opens the vacancy again."""
    day = first_day + lead_days(world.problem, float(world.draws.uniforms(f"{purpose} lead", opened)[slot])) - 1
    if day >= DAYS_PER_YEAR:
        return
    yield env.timeout(day - env.now)
    _hire(world, slot, world.draws.normals(purpose, opened, 1 + len(SKILLS))[slot])
    lever = world.rules.onboarding
    world.facts.cost(world.month, "onboarding", lever.cost_per_hire)
    world.facts.cost(world.month, "hiring", world.problem.year.hire_cost)
    yield from _onboard(world, env, slot, lever)


def _hire(world: World, slot: int, draw: FloatArray) -> None:
    """Put a newcomer into the slot: junior, same kind of contract, relations to build anew."""
    people, behaviour = world.people, world.problem.behaviour
    pay = world.rules.pay
    merit = pay.pool_share * (1 - pay.egalitarian_share) + pay.commission_share
    sd = behaviour.ability_sd
    people.ability[slot] = math.exp(sd * float(draw[0]) - sd**2 / 2 + SORTING * merit)
    people.plateau[slot] = np.exp(behaviour.plateau_sd * draw[1:] - behaviour.plateau_sd**2 / 2)
    people.skill[slot] = behaviour.skill_start * people.plateau[slot]
    people.grade[slot] = 0
    people.tenure_months[slot] = 0.0
    people.holder[slot] += 1
    people.pay_level[slot] = 1.0
    people.last_score[slot] = EXPECTED_SCORE * behaviour.skill_start
    set_mode(world, slot, FIELD)
    world.goodwill[slot] *= behaviour.relationship_kept
    world.facts.arrays["hires"][world.month, slot] += 1


def _onboard(
    world: World, env: simpy.Environment, slot: int, lever: OnboardingLever
) -> Generator[simpy.Event, None, None]:
    """Classroom, then at the side of the best colleague, then the exam. Ends early when the newcomer leaves."""
    people, holder = world.people, int(world.people.holder[slot])

    def is_still_there() -> bool:
        return bool(people.mode[slot] != VACANT and people.holder[slot] == holder)

    if lever.classroom_weeks:
        set_mode(world, slot, CLASSROOM)
        yield env.timeout(lever.classroom_weeks * WORKDAYS_PER_WEEK)
        if not is_still_there():
            return
        open_part = (1 - CLASSROOM_GAIN_PER_WEEK) ** lever.classroom_weeks
        people.skill[slot] += (1 - open_part) * np.maximum(0.0, people.plateau[slot] - people.skill[slot])
    if lever.shadow_weeks:
        set_mode(world, slot, SHADOW)
        yield env.timeout(lever.shadow_weeks * WORKDAYS_PER_WEEK)
        if not is_still_there():
            return
        people.skill[slot] = after_mentoring(
            mentee=people.skill[slot],
            mentor=best_skill(world, slot),
            weeks=lever.shadow_weeks,
            hours_per_week=SHADOW_HOURS_PER_WEEK,
            transfer_per_week=world.problem.year.transfer_per_week,
        )
    if lever.exam_threshold > 0 and env.now < DAYS_PER_YEAR:
        noise = EXAM_SD * float(world.draws.normals("exam", world.month)[slot, 0])
        worth = float(people.skill[slot].mean()) * math.sqrt(float(people.ability[slot]))
        if EXAM_MEAN + EXAM_SLOPE * (worth - EXAM_TYPICAL) + noise < lever.exam_threshold:
            world.facts.arrays["exam_failures"][world.month, slot] += 1
            vacate(world, slot)
            today = int(env.now)
            env.process(fill(world, env, slot, opened=world.month, purpose="rehire", first_day=today + 1))
            return
    set_mode(world, slot, FIELD)


def best_skill(world: World, slot: int) -> FloatArray:
    """Best skills among working teammates (in the whole company for a rep without a team), shape (2,)."""
    teams = world.problem.team_idx
    colleagues = world.people.mode == FIELD
    if teams[slot] >= 0:
        colleagues &= teams == teams[slot]
    if not colleagues.any():
        return np.asarray(world.people.skill[slot].copy(), dtype=np.float64)
    return np.asarray(world.people.skill[colleagues].max(axis=0), dtype=np.float64)


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


def rank(world: World) -> None:
    """Year's end: the mean of a holder's scores this year decides the grade."""
    facts = world.facts.arrays
    mine = np.minimum(MONTHS_PER_YEAR, np.floor(world.people.tenure_months)).astype(np.int64)
    recent = np.arange(MONTHS_PER_YEAR)[:, None] >= MONTHS_PER_YEAR - mine[None, :]
    counted = facts["is_assessed"] & recent
    months = counted.sum(axis=0)
    annual = np.where(months > 0, (facts["score"] * counted).sum(axis=0) / np.maximum(1, months), 0.0)
    ranked = world.people.is_filled & (months > 0)
    after = grades_after_ranking(
        score=annual, is_ranked=ranked, caps=world.problem.year.grade_caps, tie=world.problem.stream_row
    )
    facts["grade"][:] = np.where(world.people.is_filled, world.people.grade, -1)
    facts["grade_next"][:] = np.where(world.people.is_filled & ~ranked, world.people.grade, after)
    facts["annual_score"][:] = np.where(ranked, annual, 0.0)
