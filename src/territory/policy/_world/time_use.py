"""Where a day's minutes go, and what a visit of each holder is worth, until somebody's situation changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.policy._world.effort import diligence
from territory.policy._world.state import CLASSROOM, FIELD, SHADOW, VACANT, World
from territory.policy.model import DAYS_PER_MONTH, WORKDAYS_PER_WEEK
from territory.policy.result import MINUTE_KINDS
from territory.units import MIN_PER_HOUR, FloatArray

COVER_QUALITY = 0.85
SHADOW_SHARE = 0.5
ADMIN, PROGRAMME, IDLE = (MINUTE_KINDS.index(kind) for kind in ("admin", "programme", "idle"))


@dataclass(frozen=True, kw_only=True, eq=False)
class DayTerms:
    """
    Terms of a working day, shape (S,) unless said otherwise.

    Attributes
    ----------
    budget_min
        Minutes for driving and service: the holder's, or the covering neighbours' in a territory without one.
    before_visits
        Minutes by kind before any visit is made, shape (S, 5): all field time still counts as idle.
    works
        1 where the holder works the territory, 0 where neighbours cover it.
    quality
        What one visit counts for against the mean rep's.
    """

    budget_min: FloatArray
    before_visits: FloatArray
    works: FloatArray
    quality: FloatArray


def day_terms(world: World, mentoring_hours: FloatArray) -> DayTerms:
    """
    The terms of a day; `mentoring_hours` per week and slot.

    Notes
    -----
    Field time is the working day less administration. Programmes (mentoring, review, shadowing) come off it; the
    rest is used with the rep's diligence. Neighbours cover a territory with the company's `vacancy_coverage`.
    """
    problem, people, rules = world.problem, world.people, world.rules
    year, behaviour = problem.year, problem.behaviour
    saved = rules.one_page_method.admin_saving_share * people.among(rules.one_page_method.grades)
    workday = problem.workday_min
    admin = workday * year.admin_share * (1 - saved)
    field = workday - admin
    review = rules.review.hours_per_month * MIN_PER_HOUR / DAYS_PER_MONTH * people.among(rules.review.grades)
    taught = mentoring_hours * MIN_PER_HOUR / WORKDAYS_PER_WEEK
    programme = np.where(people.mode == FIELD, np.minimum(field, review + taught), SHADOW_SHARE * field)
    own = (field - programme) * diligence(people.effort, behaviour)
    cover = (1 - year.admin_share) * workday * behaviour.diligence * year.vacancy_coverage
    works = people.mode >= SHADOW
    before = np.zeros((problem.num_slots, len(MINUTE_KINDS)))
    before[:, ADMIN], before[:, PROGRAMME], before[:, IDLE] = admin, programme, field - programme
    learning = people.mode == CLASSROOM
    before[learning] = 0.0
    before[learning, PROGRAMME] = workday[learning]
    before[people.mode == VACANT] = 0.0
    sell = people.ability * people.skill[:, 0] * people.effort[:, 0]
    serve = people.skill[:, 1] * people.effort[:, 1]
    quality = sell ** (1 - behaviour.serve_weight) * serve**behaviour.serve_weight
    return DayTerms(
        budget_min=np.where(works, own, cover),
        before_visits=before,
        works=works.astype(np.float64),
        quality=np.where(works, quality, COVER_QUALITY),
    )
