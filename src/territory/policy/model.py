"""Model: what a year is simulated from. Positions (slots) with their territories, people and borders."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels, frozen
from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR, YearRules
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.policy._groups import Groups
from territory.policy._territories import Territories, territories
from territory.policy.behaviour import SKILLS, Behaviour
from territory.standing import digest
from territory.streams import Streams
from territory.units import WEEKS_PER_CYCLE, FloatArray, IntArray

DAYS_PER_MONTH = 21
WORKDAYS_PER_WEEK = 5
WORKDAYS_PER_CYCLE = WORKDAYS_PER_WEEK * WEEKS_PER_CYCLE
WEEKS_PER_MONTH = DAYS_PER_MONTH / WORKDAYS_PER_WEEK
EMPTY_GRADE = "mid"
FEWEST_STEPS, MOST_STEPS = 1, 9
SHARE_TOLERANCE = 1e-9
PHASE_SLOT, PHASE_CLASS = 0.618034, 0.414214
MOST_VISITS_A_DAY = 80


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyProblem:
    """
    Input of a simulated year. S slots (positions of reps), K outlet classes in order of importance.

    Attributes
    ----------
    slot_ids, classes, currency
        Names of slots and classes; the currency of all money.
    potential
        Normal sales per week, shape (S, K).
    required_visits, planned_visits
        Visits per month of 21 working days that the outlets require and that the plan holds, shape (S, K).
    drive_min, service_min
        Drive minutes per visit, shape (S,), the way home included; service minutes per visit, shape (S, K).
    workday_min
        Working minutes of a day, shape (S,): a twentieth of the rep's capacity in the four-week cycle. Administration
        is taken out of it.
    cross_flow
        Share of the flow at a territory that links it to another one, shape (S, S), zero diagonal, row sums at
        most 1: the opportunity to sell across the border.
    team_idx, grade, is_formal, tenure_months, ability
        Team (-1 for none), grade (position in GRADES), contract, months of service, ability (1 = mean), shape (S,).
    plateau
        Skill that a rep reaches by practice alone, shape (S, 10), columns as SKILLS; 1 is the mean rep.
    step
        Step inside the grade, 1 to 9, shape (S,).
    team_ids
        Names of the teams that `team_idx` points to.
    role
        1 for the members of a pooled team, which works as one: each does what they do best, shape (S,).
    stream_row
        Row of the random blocks that belongs to each slot, a permutation: draws follow the slot, not its position.
    """

    slot_ids: tuple[str, ...]
    classes: tuple[str, ...]
    currency: str
    potential: FloatArray
    required_visits: FloatArray
    planned_visits: FloatArray
    drive_min: FloatArray
    service_min: FloatArray
    workday_min: FloatArray
    cross_flow: FloatArray
    team_idx: IntArray
    grade: IntArray
    is_formal: IntArray
    tenure_months: FloatArray
    ability: FloatArray
    plateau: FloatArray
    stream_row: IntArray
    step: IntArray
    role: IntArray
    team_ids: tuple[str, ...] = ()
    year: YearRules = field(default_factory=YearRules)
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        s, k = len(self.slot_ids), len(self.classes)
        shapes = {
            "potential": (s, k),
            "required_visits": (s, k),
            "planned_visits": (s, k),
            "drive_min": (s,),
            "service_min": (s, k),
            "workday_min": (s,),
            "cross_flow": (s, s),
            "tenure_months": (s,),
            "ability": (s,),
            "plateau": (s, len(SKILLS)),
        }
        for name, shape in shapes.items():
            values = np.asarray(frozen(getattr(self, name), np.float64), dtype=np.float64)
            object.__setattr__(self, name, values)
            if values.shape != shape:
                raise ValueError(f"{name} has shape {values.shape}, not {shape}")
            if not np.isfinite(values).all() or (values < 0).any():
                raise ValueError(f"{name} holds a negative or non-finite number")
        for name in ("team_idx", "grade", "is_formal", "stream_row", "step", "role"):
            column = frozen(getattr(self, name), np.int64)
            object.__setattr__(self, name, column)
            if column.shape != (s,):
                raise ValueError(f"{name} has shape {column.shape}, not {(s,)}")
        if s == 0 or k == 0:
            raise ValueError("a year needs at least one slot and one outlet class")
        if not np.array_equal(np.sort(self.stream_row), np.arange(s)):
            raise ValueError("stream_row is not a permutation of the slots")
        if self.grade.min() < 0 or self.grade.max() >= len(GRADES):
            raise ValueError("grade points outside the grades")
        if self.step.min() < FEWEST_STEPS or self.step.max() > MOST_STEPS:
            raise ValueError(f"steps lie between {FEWEST_STEPS} and {MOST_STEPS}")
        if len(self.team_ids) <= self.team_idx.max():
            raise ValueError("team_ids does not name every team")
        if np.diagonal(self.cross_flow).any() or (self.cross_flow.sum(axis=1) > 1 + SHARE_TOLERANCE).any():
            raise ValueError("cross_flow has a zero diagonal and rows that add up to at most 1")

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        assignment: Assignment,
        plan: VisitPlan | None,
        *,
        year: YearRules | None = None,
        behaviour: Behaviour | None = None,
    ) -> PolicyProblem:
        """
        The year of a scenario's reps with the territories of `assignment` and the visits and drives of `plan`.

        Without a plan, all required visits count as planned and drive minutes are estimated: the mean leg between
        neighbouring stops, and the way from and to home shared among a day's visits. `year` stands in for the
        scenario's own.
        """
        reps = scenario.reps
        behaviour = behaviour or Behaviour()
        ground: Territories = territories(scenario, assignment, plan)
        stream_row = np.argsort(np.argsort(np.array(reps.rep_ids), kind="stable"), kind="stable")
        block = Streams(scenario.seed).rng("policy.plateau").standard_normal((len(reps), 1 + len(SKILLS)))
        return cls(
            slot_ids=reps.rep_ids,
            classes=ground.classes,
            currency=scenario.currency,
            potential=ground.potential,
            required_visits=ground.required_visits,
            planned_visits=ground.planned_visits,
            drive_min=ground.drive_min,
            service_min=ground.service_min,
            workday_min=reps.capacity_min / WORKDAYS_PER_CYCLE,
            cross_flow=ground.cross_flow,
            team_idx=reps.team_idx,
            grade=_grades(reps.grade),
            is_formal=np.array([kind == "formal" for kind in reps.contract.texts()], dtype=np.int64),
            tenure_months=reps.tenure_years * MONTHS_PER_YEAR,
            ability=reps.ability,
            plateau=behaviour.plateau_of(block[stream_row]),
            step=np.clip(reps.step, FEWEST_STEPS, MOST_STEPS),
            role=_works_by_role(scenario),
            team_ids=scenario.teams.team_ids,
            stream_row=stream_row,
            year=year or scenario.year,
            behaviour=behaviour,
        )

    @property
    def num_slots(self) -> int:
        """Number of positions."""
        return len(self.slot_ids)

    @cached_property
    def day_plan(self) -> IntArray:
        """Visits planned per day of a month, shape (21, S, K): whole numbers, spread as evenly as they go."""
        return spread_over_days(self.planned_visits, rows=self.stream_row)

    @cached_property
    def month_plan(self) -> IntArray:
        """Visits planned per month, whole, shape (S, K)."""
        return np.asarray(self.day_plan.sum(axis=0), dtype=np.int64)

    @cached_property
    def visits_wide(self) -> int:
        """
        Columns of a day's visit block: the busiest planned day and a quarter for what is carried over.

        It depends on the problem alone; whoever is asked for more visits a day than this makes them another day.
        """
        return min(MOST_VISITS_A_DAY, int(np.ceil(1.25 * float(self.day_plan.sum(axis=2).max()))) + 1)

    @cached_property
    def seen_by(self) -> IntArray:
        """Group of each slot whose members see each other's work, shape (S,), by the year's `visibility`."""
        if self.year.visibility == "team":
            return self.groups.of_slot
        return np.arange(self.num_slots) if self.year.visibility == "none" else np.zeros(self.num_slots, dtype=np.int64)

    @cached_property
    def has_roles(self) -> bool:
        """True when some team is pooled."""
        return bool(self.role.any())

    @property
    def num_months(self) -> int:
        """Months simulated."""
        return self.year.horizon_months

    @property
    def num_days(self) -> int:
        """Working days simulated."""
        return DAYS_PER_MONTH * self.num_months

    @cached_property
    def season(self) -> FloatArray:
        """Demand by month of the year against the mean month, shape (12,)."""
        season = np.asarray(self.year.season, dtype=np.float64)
        return np.asarray(season / season.mean(), dtype=np.float64)

    @cached_property
    def groups(self) -> Groups:
        """Teams as groups of slots, for sums and means."""
        return Groups(self.team_idx)

    @cached_property
    def base_pay(self) -> FloatArray:
        """Monthly base pay by grade (rows) and contract (columns: contract, formal), shape (3, 2), currency."""
        by_grade = self.year.base_pay_per_month * np.asarray(self.year.grade_pay, dtype=np.float64)
        return np.asarray(by_grade[:, None] * np.array([1.0, self.year.formal_pay]), dtype=np.float64)

    @cached_property
    def num_teams_at_work(self) -> int:
        """Teams that have positions."""
        return len(np.unique(self.team_idx[self.team_idx >= 0]))

    @property
    def has_contest(self) -> bool:
        """True when there are two teams or more."""
        return self.num_teams_at_work > 1

    @cached_property
    def border_share(self) -> FloatArray:
        """Share of the flow at each territory that links it to others, shape (S,)."""
        return np.asarray(self.cross_flow.sum(axis=1), dtype=np.float64)

    def skill_now(self) -> FloatArray:
        """Skills at the start of the year, shape (S, 10): the plateau, approached with tenure."""
        missing = (1 - self.behaviour.skill_start) * np.exp(-self.tenure_months / self.behaviour.learning_months)
        return np.asarray(self.plateau * (1 - missing[:, None]), dtype=np.float64)

    def digest(self) -> str:
        """Content hash, for journals and run cards."""
        arrays = [getattr(self, item.name) for item in fields(self)]
        content = [np.ascontiguousarray(a).tobytes() if isinstance(a, np.ndarray) else repr(a).encode() for a in arrays]
        return digest(*content)


def _grades(labels: Labels) -> IntArray:
    """Positions in GRADES; an empty or other grade counts as mid."""
    return np.array(
        [GRADES.index(text if text in GRADES else EMPTY_GRADE) for text in labels.texts()],
        dtype=np.int64,
    )


def _works_by_role(scenario: Scenario) -> IntArray:
    """1 where the rep belongs to a pooled team."""
    pooled = np.append(np.asarray(scenario.teams.pooled, dtype=np.int64), 0)
    return np.asarray(pooled[scenario.reps.team_idx], dtype=np.int64)


def spread_over_days(per_month: FloatArray, *, rows: IntArray) -> IntArray:
    """
    Whole visits per day whose running total follows `per_month` (shape (S, K)) evenly, shape (21, S, K).

    Notes
    -----
    The month's total is rounded half up. The slot's row (shape (S,)) and the class shift the phase, so that rare
    visits do not all fall on the same day.
    """
    total = np.floor(per_month + 0.5)
    phase = ((rows[:, None] * PHASE_SLOT + np.arange(per_month.shape[1]) * PHASE_CLASS) % 1.0)[None]
    days = np.arange(DAYS_PER_MONTH + 1, dtype=np.float64)[:, None, None]
    running = np.floor(days * total[None] / DAYS_PER_MONTH + phase)
    return np.asarray(np.diff(running, axis=0), dtype=np.int64)
