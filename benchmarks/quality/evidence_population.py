"""`[population]` of a study: who works where, made without luck, and the policy problem it becomes.

Abilities, skills and tenures are the quantiles of their distributions, handed to positions in an order drawn by the
seed: two studies with the same numbers have the same people. How people behave is not up to a study.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.stats import norm

from territory.domain.policy_rules import YearRules
from territory.domain.rules import NotNegative, Positive, Rules, Share
from territory.policy import Behaviour, PolicyProblem
from territory.policy.behaviour import SKILLS
from territory.streams import Streams
from territory.units import FloatArray, IntArray

MOST_SLOTS = 400
STEPS = 9
CURRENCY = "CNY"


class OutletClass(Rules):
    """`[[population.classes]]`: outlets of one kind in every territory."""

    name: str
    outlets: Positive = Field(description="outlets of the class in a territory")
    sales_per_week: NotNegative = Field(description="normal sales of one such outlet per week")
    visits_per_month: NotNegative = Field(description="calls that one such outlet requires per month of 21 days")
    service_min: NotNegative = Field(description="minutes of service per call")


ORDINARY_CLASSES = (
    OutletClass(name="A", outlets=20, sales_per_week=9000, visits_per_month=4.2, service_min=20),
    OutletClass(name="B", outlets=50, sales_per_week=3000, visits_per_month=2.1, service_min=15),
    OutletClass(name="C", outlets=50, sales_per_week=900, visits_per_month=1.05, service_min=12),
)


class Population(Rules):
    """`[population]`: what differs from an ordinary company of sixty in six teams."""

    slots: Annotated[int, Field(ge=2, le=MOST_SLOTS)] = Field(default=60, description="positions")
    teams: Annotated[int, Field(ge=0, le=MOST_SLOTS)] = Field(
        default=6, description="teams of like size, T01 first; 0: nobody has a team"
    )
    grades: tuple[Share, Share, Share] = Field(
        default=(0.30, 0.60, 0.10), description="shares of juniors, mid-grade and senior reps"
    )
    formal_share: Share = Field(default=0.08, description="share of formal staff; the rest has a contract")
    tenure_months: tuple[NotNegative, NotNegative] = Field(
        default=(1.0, 120.0), description="shortest and longest service, spread evenly between"
    )
    spread: Annotated[float, Field(ge=0.0, le=2.0)] = Field(
        default=1.0, description="how different people are (ability and skills), against an ordinary company"
    )
    newcomers: Share = Field(default=0.0, description="share of people on their first day")
    classes: tuple[OutletClass, ...] = Field(default=ORDINARY_CLASSES, min_length=1, description="kinds of outlets")
    potential_sd: NotNegative = Field(default=0.2, description="spread of territories' potential (sd of logarithms)")
    planned_share: NotNegative = Field(default=1.0, description="calls in the plan against calls required")
    drive_min: NotNegative = Field(default=8.0, description="minutes of travel per call")
    workday_min: NotNegative = Field(default=480.0, description="paid minutes of a day")
    cross_flow: Annotated[float, Field(ge=0.0, le=0.5)] = Field(
        default=0.1, description="share of a territory's flow that links it to each of its two neighbours"
    )

    @model_validator(mode="after")
    def _adds_up(self) -> Population:
        if abs(sum(self.grades) - 1.0) > 1e-6:
            raise ValueError(f"the shares of grades add up to {sum(self.grades):g}, not to 1")
        if self.tenure_months[0] > self.tenure_months[1]:
            raise ValueError("the shortest service is longer than the longest")
        if self.teams > self.slots:
            raise ValueError(f"{self.teams} teams for {self.slots} positions")
        return self

    def team_ids(self) -> tuple[str, ...]:
        """Names of the teams."""
        return tuple(f"T{number:02d}" for number in range(1, self.teams + 1))

    def problem(self, year: YearRules, *, seed: int) -> PolicyProblem:
        """The policy problem of these people in the world of `year`."""
        behaviour = Behaviour()
        mixed = _Mixed(self.slots, seed)
        outlets, sales, visits, service = (
            np.array([getattr(each, name) for each in self.classes], dtype=np.float64)
            for name in ("outlets", "sales_per_week", "visits_per_month", "service_min")
        )
        size = np.exp(self.potential_sd * mixed.normal("potential") - self.potential_sd**2 / 2)
        required = np.tile(outlets * visits, (self.slots, 1))
        ability = self.spread * mixed.normal("ability")
        plateau = self.spread * np.column_stack([mixed.normal(f"plateau {at}") for at in range(1 + len(SKILLS))])
        return PolicyProblem(
            slot_ids=tuple(f"R{number:03d}" for number in range(1, self.slots + 1)),
            classes=tuple(each.name for each in self.classes),
            currency=CURRENCY,
            potential=size[:, None] * outlets * sales,
            required_visits=required,
            planned_visits=self.planned_share * required,
            drive_min=np.full(self.slots, self.drive_min),
            service_min=np.tile(service, (self.slots, 1)),
            workday_min=np.full(self.slots, self.workday_min),
            cross_flow=_ring(self.slots, self.cross_flow),
            team_idx=np.arange(self.slots) * self.teams // self.slots if self.teams else np.full(self.slots, -1),
            team_ids=self.team_ids(),
            grade=mixed.shares("grade", self.grades),
            step=1 + (mixed.even("step") * STEPS).astype(np.int64),
            role=np.zeros(self.slots, dtype=np.int64),
            is_formal=mixed.shares("status", (1 - self.formal_share, self.formal_share)),
            tenure_months=self._tenure(mixed),
            ability=np.exp(behaviour.ability_sd * ability - behaviour.ability_sd**2 / 2),
            plateau=behaviour.plateau_of(plateau),
            stream_row=np.arange(self.slots),
            year=year,
            behaviour=behaviour,
        )

    def _tenure(self, mixed: _Mixed) -> FloatArray:
        place = mixed.even("tenure")
        shortest, longest = self.tenure_months
        since = (place - self.newcomers) / max(1e-9, 1 - self.newcomers)
        return np.where(place < self.newcomers, 0.0, shortest + (longest - shortest) * since)


class _Mixed:
    """Columns of quantiles, each in an order of its own."""

    def __init__(self, slots: int, seed: int) -> None:
        self._slots = slots
        self._streams = Streams(seed)

    def even(self, what: str) -> FloatArray:
        """The middles of equal steps between 0 and 1."""
        order = self._streams.rng("evidence.population", what).permutation(self._slots)
        return np.asarray((order + 0.5) / self._slots, dtype=np.float64)

    def normal(self, what: str) -> FloatArray:
        """Standard normal quantiles."""
        return np.asarray(norm.ppf(self.even(what)), dtype=np.float64)

    def shares(self, what: str, shares: tuple[float, ...]) -> IntArray:
        """Positions in `shares`, each as often as its share says."""
        upto = np.cumsum(shares)[:-1]
        return np.asarray(np.searchsorted(upto, self.even(what), side="right"), dtype=np.int64)


def _ring(slots: int, share: float) -> FloatArray:
    """Every territory borders the one before and the one after, the last the first; shape (slots, slots)."""
    flow = np.zeros((slots, slots))
    at = np.arange(slots)
    flow[at, (at + 1) % slots] += share
    flow[(at + 1) % slots, at] += share
    return flow
