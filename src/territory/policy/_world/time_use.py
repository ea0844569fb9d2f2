"""Where a day's minutes go, and what a visit of each holder is worth, until somebody's situation changes."""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np

from territory.policy._world import ideas
from territory.policy._world.people import CLASSROOM, FIELD, SHADOW
from territory.policy._world.state import SABOTAGE, SELL, SERVE, World
from territory.policy.behaviour import Behaviour
from territory.policy.model import DAYS_PER_MONTH, WORKDAYS_PER_WEEK
from territory.policy.result import MINUTE_KINDS
from territory.units import MIN_PER_HOUR, BoolArray, FloatArray, IntArray

COVER_QUALITY = 0.85
SHADOW_SHARE = 0.5
RIGID_SERVICE, LEAST_SERVICE_MIN = 0.3, 1.0
LEAST_QUALITY = 0.05
ADMIN, PROGRAMME, IDLE = (MINUTE_KINDS.index(kind) for kind in ("admin", "programme", "idle"))


@dataclass(frozen=True, kw_only=True, eq=False)
class DayTerms:
    """
    Terms of a working day, shape (S,) unless said otherwise.

    Attributes
    ----------
    budget_min
        Minutes for driving and service: the holder's, or the covering neighbours' in a territory without one.
    drive_min, service_min
        Mean minutes per visit, shapes (S,) and (S, K).
    before_visits
        Minutes by kind before any visit is made, shape (S, 5): all field time still counts as idle.
    works
        1 where the holder works the territory, 0 where neighbours cover it.
    quality
        What one visit counts for against the mean rep's.
    """

    budget_min: FloatArray
    drive_min: FloatArray
    service_min: FloatArray
    before_visits: FloatArray
    works: FloatArray
    quality: FloatArray


def diligence(effort: FloatArray, behaviour: Behaviour) -> FloatArray:
    """Share of the field time that is used, shape (S,), for effort of shape (S, 6)."""
    work = (effort[:, SELL] + effort[:, SERVE]) / 2
    return np.asarray(np.minimum(1.0, behaviour.diligence * work**behaviour.diligence_power), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class MonthTerms:
    """
    What stays the same in a month, shape (S,): minutes, service by class (S, K), and the factor on the worth of a visit
    that supervisors and hurry make.
    """

    admin_min: FloatArray
    field_min: FloatArray
    taken_min: FloatArray
    cover_min: FloatArray
    drive_min: FloatArray
    service_min: FloatArray
    help_factor: FloatArray


def month_terms(world: World) -> MonthTerms:
    """The terms of a month, once its courses are held."""
    problem, levers = world.problem, world.levers
    year, workday = problem.year, problem.workday_min
    admin = workday * year.admin_share * (1 - levers.number("one_page_method", "admin_saving_share"))
    review = levers.number("review", "hours_per_month") * MIN_PER_HOUR / DAYS_PER_MONTH
    pooled = world.pooled
    coverage = year.vacancy_coverage + pooled * (1.0 - year.vacancy_coverage) / 2
    rigid = levers.number("visit_rules", "rigidity")
    service = problem.service_min * (1.0 - RIGID_SERVICE * rigid)[:, None]
    least = np.maximum(LEAST_SERVICE_MIN, levers.number("visit_rules", "minimum_min"))[:, None]
    return MonthTerms(
        admin_min=admin,
        field_min=workday - admin,
        taken_min=review + ideas.minutes_a_day(world) + workday * world.now.course_days / DAYS_PER_MONTH,
        cover_min=(1 - year.admin_share) * workday * problem.behaviour.diligence * coverage,
        drive_min=problem.drive_min * (1.0 - levers.number("one_page_method", "travel_saving_share")),
        service_min=np.where(least > LEAST_SERVICE_MIN, np.maximum(service, least), service),
        help_factor=(1.0 + _support(world)) * (1.0 - problem.behaviour.hurry * rigid),
    )


def day_terms(world: World, month: MonthTerms, mentoring_hours: FloatArray) -> DayTerms:
    """
    The terms of a day; `mentoring_hours` per week and slot.

    Notes
    -----
    Field time is the working day less administration. Programmes (mentoring, review, course days, shadowing) come off
    it; the rest is used with the rep's diligence. Neighbours cover a territory with the company's `vacancy_coverage`,
    a pooled team with more.
    """
    problem, people, behaviour = world.problem, world.people, world.problem.behaviour
    slots = problem.num_slots
    terms = DayTerms(
        budget_min=np.empty(slots),
        drive_min=month.drive_min,
        service_min=month.service_min,
        before_visits=np.zeros((slots, len(MINUTE_KINDS))),
        works=np.empty(slots),
        quality=np.empty(slots),
    )
    working = people.mode == FIELD
    _share_minutes(
        people.mode,
        month.taken_min + mentoring_hours * MIN_PER_HOUR / WORKDAYS_PER_WEEK,
        diligence(people.effort, behaviour),
        problem.workday_min,
        month.field_min,
        month.admin_min,
        month.cover_min,
        terms.budget_min,
        terms.before_visits,
        terms.works,
    )
    terms.quality[:] = np.where(people.mode >= SHADOW, _quality(world, month, working), COVER_QUALITY)
    return terms


@nb.njit(cache=True)
def _share_minutes(
    mode: IntArray,
    taken_min: FloatArray,
    used_share: FloatArray,
    workday_min: FloatArray,
    field_min: FloatArray,
    admin_min: FloatArray,
    cover_min: FloatArray,
    budget_min: FloatArray,
    before_visits: FloatArray,
    works: FloatArray,
) -> None:
    """Fill the last three arrays."""
    for slot in range(len(mode)):
        works[slot] = mode[slot] >= SHADOW
        if mode[slot] >= SHADOW:
            field = field_min[slot]
            programme = min(field, taken_min[slot]) if mode[slot] == FIELD else SHADOW_SHARE * field
            budget_min[slot] = (field - programme) * used_share[slot]
            before_visits[slot, ADMIN] = admin_min[slot]
            before_visits[slot, PROGRAMME] = programme
            before_visits[slot, IDLE] = field - programme
        else:
            budget_min[slot] = cover_min[slot]
            if mode[slot] == CLASSROOM:
                before_visits[slot, PROGRAMME] = workday_min[slot]


def _quality(world: World, month: MonthTerms, working: BoolArray) -> FloatArray:
    """Productivity of a visit, shape (S,): skill and effort in selling and serving, help and harm by others."""
    people, behaviour, groups = world.people, world.problem.behaviour, world.problem.groups
    crafts = people.crafts
    pooled = world.pooled
    if pooled.any():
        # Those who sell best sell, those who serve best serve: half of the way to the team's best in each craft.
        best = groups.best(crafts, working)
        crafts = crafts + np.where(working, pooled, 0.0)[:, None] * ((best - crafts) / 2)
    sell = people.ability * crafts[:, 0] * people.effort[:, SELL]
    serve = crafts[:, 1] * people.effort[:, SERVE]
    made = sell ** (1 - behaviour.serve_weight) * serve**behaviour.serve_weight
    sabotage = people.effort[:, SABOTAGE]
    if sabotage.any():
        made = made * (1.0 - behaviour.sabotage_harm * groups.others(sabotage, working))
    return np.asarray(np.maximum(LEAST_QUALITY, made * month.help_factor))


def _support(world: World) -> FloatArray:
    """
    What the supervisor's attention adds, shape (S,).

    Notes
    -----
    A supervisor paid on the team's mean works for it; attention goes to the able (weights by the square of ability)
    as far as the lever targets, and is thinner the wider the span.
    """
    levers, people, groups = world.levers, world.people, world.problem.groups
    paid = levers.number("supervisor", "incentive_share") + levers.number("activity_pay", "supervisor_share")
    span = levers.number("supervisor", "span_factor")
    attention = paid + (1.0 / span - 1.0) / 4.0
    if not attention.any():
        return attention
    filled = people.is_filled
    weight = (people.ability * people.crafts.mean(axis=1)) ** 2
    relative = weight / np.maximum(1e-9, groups.mean(weight, filled))
    targeting = levers.number("supervisor", "targeting")
    return np.asarray(world.problem.behaviour.support * attention * (1.0 + targeting * (relative - 1.0)))
