"""Careers: who leaves, who comes, and what a newcomer goes through."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np
import simpy

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy._world.learning import after_mentoring, best_skill
from territory.policy._world.people import CLASSROOM, EXPECTED_SCORE, FIELD, ORDINARY_EFFORT, SHADOW, VACANT
from territory.policy._world.state import World
from territory.policy.behaviour import SKILLS
from territory.policy.model import DAYS_PER_MONTH, WORKDAYS_PER_WEEK, PolicyProblem
from territory.units import FloatArray, IntArray

FIRST_YEAR_MONTHS = 12
CLASSROOM_GAIN_PER_WEEK = 0.10
SHADOW_HOURS_PER_WEEK = 4.0
EXAM_MEAN, EXAM_SLOPE, EXAM_SD, EXAM_TYPICAL = 60.0, 100.0, 8.0, 0.65
SCREENING_SD = 0.8
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
    status_gap: FloatArray,
) -> FloatArray:
    """
    Chance to leave at the end of the month, shape (S,): 1 - exp(-exp(eta)).

    Parameters
    ----------
    pay_level
        Pay over the base pay that others offer, shape (S,).
    status_gap
        Log pay of a formal colleague in the same grade less the own, beyond today's, shape (S,); 0 for formal staff.

    Notes
    -----
    With pay and gap as they ordinarily are, no morale, mean ability and more than a year of service the yearly turnover
    is exactly that of `[year]`.
    """
    behaviour = problem.behaviour
    year = problem.year
    ordinary = np.array([base_log_hazard(year.turnover_contract), base_log_hazard(year.turnover_formal)])[is_formal]
    log_pay = np.log(np.maximum(LEAST_PAY_LEVEL, pay_level))
    gap = np.maximum(0.0, np.log(ability) - log_pay)
    eta = (
        ordinary
        + behaviour.quit_pay * log_pay
        + behaviour.quit_status * status_gap
        + behaviour.quit_new * (tenure_months < FIRST_YEAR_MONTHS)
        + behaviour.quit_morale * morale
        + behaviour.quit_ability_gap * gap
    )
    return np.asarray(-np.expm1(-np.exp(eta)), dtype=np.float64)


def lead_days(problem: PolicyProblem, uniform: float, *, factor: float = 1.0) -> int:
    """Working days until a vacancy is filled: geometric, mean `factor` times `[year] vacancy_months`, at least 1."""
    chance = min(1.0, 1 / (factor * problem.year.vacancy_months * DAYS_PER_MONTH))
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
        status_gap=_status_gap(world),
    )
    gone = people.is_filled & (world.draws.uniforms("quit", month) < chance)
    world.facts.write(month, quits=gone.astype(np.int64))
    for slot in np.flatnonzero(gone).tolist():
        vacate(world, slot)
        env.process(fill(world, env, slot, opened=month, purpose="hire", first_day=(month + 1) * DAYS_PER_MONTH))


def _status_gap(world: World) -> FloatArray:
    """Log pay of formal over contract staff beyond the ordinary gap, shape (S,); 0 for those, and without them."""
    if not world.people.is_formal.any():
        return np.zeros(world.problem.num_slots)
    extra = world.problem.year.formal_pay - 1.0
    now = np.maximum(LEAST_PAY_LEVEL, 1.0 + extra * world.levers.number("base_pay", "status_gap"))
    return np.where(world.people.is_formal == 1, 0.0, np.log(now / (1.0 + extra)))


def vacate(world: World, slot: int) -> None:
    """The holder is gone; award, morale and what was paid in advance go along."""
    people = world.people
    set_mode(world, slot, VACANT)
    people.morale[slot] = 0.0
    people.award_points[slot] = 0.0
    world.period.advance[slot] = 0.0
    people.effort[slot] = ORDINARY_EFFORT


def set_mode(world: World, slot: int, mode: int) -> None:
    """Vacant, in the classroom, shadowing or in the field."""
    world.people.mode[slot] = mode
    world.people.changes += 1


def fill(
    world: World, env: simpy.Environment, slot: int, *, opened: int, purpose: str, first_day: int
) -> Generator[simpy.Event, None, None]:
    """A vacancy: wait for the hire, then onboarding; a failed exam opens the vacancy again."""
    factor = float(world.levers.number("hiring", "lead_factor")[slot])
    lead = lead_days(world.problem, float(world.draws.uniforms(f"{purpose} lead", opened)[slot]), factor=factor)
    day = first_day + lead - 1
    if day >= world.problem.num_days:
        return
    yield env.timeout(day - env.now)
    _hire(world, slot, world.draws.normals(purpose, opened, 2 + len(SKILLS))[slot])
    levers = world.levers
    world.facts.cost(world.month, "onboarding", float(levers.number("onboarding", "cost_per_hire")[slot]))
    world.facts.cost(world.month, "hiring", float(levers.number("hiring", "cost_per_hire")[slot]))
    world.facts.cost(world.month, "recruiting", world.problem.year.hire_cost)
    yield from _onboard(world, env, slot)


def _hire(world: World, slot: int, draw: FloatArray) -> None:
    """Put a newcomer into the slot: junior, same kind of contract, relations to build anew."""
    people, behaviour = world.people, world.problem.behaviour
    levers = world.levers
    merit = levers.number("egalitarian_pool", "pool_share") * (
        1 - levers.number("egalitarian_pool", "egalitarian_share")
    ) + levers.number("commission", "share")
    sd = behaviour.ability_sd
    # Pay that follows results draws the able; screening picks among applicants.
    drawn = behaviour.sorting * float(merit[slot]) + float(levers.number("hiring", "pool_log_ability")[slot])
    picked = SCREENING_SD * sd * float(levers.number("hiring", "screening")[slot])
    people.ability[slot] = math.exp(sd * float(draw[0]) - sd**2 / 2 + drawn + picked)
    people.plateau[slot] = behaviour.plateau_of(draw[None, 1:])[0]
    people.skill[slot] = behaviour.skill_start * people.plateau[slot]
    people.grade[slot] = 0
    people.step[slot] = 1
    people.star[slot] = 3
    people.year_score[slot] = 0.0
    people.year_months[slot] = 0.0
    people.motivation[slot] = 0.0
    people.rank_surprise[slot] = 0.0
    people.tenure_months[slot] = 0.0
    people.holder[slot] += 1
    people.pay_level[slot] = 1.0
    people.last_score[slot] = EXPECTED_SCORE * behaviour.skill_start
    set_mode(world, slot, FIELD)
    world.goodwill[slot] *= behaviour.relationship_kept
    world.facts.arrays["hires"][world.month, slot] += 1


def _onboard(world: World, env: simpy.Environment, slot: int) -> Generator[simpy.Event, None, None]:
    """Classroom, then at the side of the best colleague, then the exam. Ends early when the newcomer leaves."""
    people, holder = world.people, int(world.people.holder[slot])
    classroom, shadow, threshold = (
        float(world.levers.number("onboarding", setting)[slot])
        for setting in ("classroom_weeks", "shadow_weeks", "exam_threshold")
    )

    def is_still_there() -> bool:
        return bool(people.mode[slot] != VACANT and people.holder[slot] == holder)

    # What would end after the horizon is not waited for: a process left over would keep the whole world alive.
    last_day = world.problem.num_days
    if classroom:
        set_mode(world, slot, CLASSROOM)
        if env.now + classroom * WORKDAYS_PER_WEEK >= last_day:
            return
        yield env.timeout(classroom * WORKDAYS_PER_WEEK)
        if not is_still_there():
            return
        open_part = (1 - CLASSROOM_GAIN_PER_WEEK) ** classroom
        people.skill[slot] += (1 - open_part) * np.maximum(0.0, people.plateau[slot] - people.skill[slot])
    if shadow:
        set_mode(world, slot, SHADOW)
        if env.now + shadow * WORKDAYS_PER_WEEK >= last_day:
            return
        yield env.timeout(shadow * WORKDAYS_PER_WEEK)
        if not is_still_there():
            return
        people.skill[slot] = after_mentoring(
            mentee=people.skill[slot],
            mentor=np.minimum(people.plateau[slot], best_skill(world, slot)),
            weeks=shadow,
            hours_per_week=SHADOW_HOURS_PER_WEEK,
            transfer_per_week=world.problem.behaviour.transfer_per_week,
        )
    if threshold > 0:
        noise = EXAM_SD * float(world.draws.normals("exam", world.month)[slot, 0])
        worth = float(people.skill[slot].mean()) * math.sqrt(float(people.ability[slot]))
        if EXAM_MEAN + EXAM_SLOPE * (worth - EXAM_TYPICAL) + noise < threshold:
            world.facts.arrays["exam_failures"][world.month, slot] += 1
            vacate(world, slot)
            today = int(env.now)
            env.process(fill(world, env, slot, opened=world.month, purpose="rehire", first_day=today + 1))
            return
    set_mode(world, slot, FIELD)
