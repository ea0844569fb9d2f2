"""The world of a policy year: section `[year]`, one per scenario and the same for all policies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from territory.domain.levers import LONGEST_HORIZON_MONTHS, MONTHS_PER_YEAR
from territory.domain.rules import NotNegative, Positive, Rules, Share


def _default_season() -> tuple[float, ...]:
    return (1.20, 1.10, 0.95, 0.95, 0.97, 0.98, 0.98, 1.00, 1.05, 0.97, 0.92, 0.93)


class YearRules(Rules):
    """`[year]`: the world all policies are compared in. Sources: `docs/sources.md`, year of account managers."""

    horizon_months: Annotated[int, Field(ge=1, le=LONGEST_HORIZON_MONTHS)] = Field(
        default=12, description="months that are simulated, from January; 1 to 36"
    )
    base_pay_per_month: Positive = Field(
        default=5000.0, description="monthly base pay of a junior contract rep, scenario's currency"
    )
    grade_pay: tuple[Positive, Positive, Positive] = Field(
        default=(1.0, 1.15, 1.35), description="base pay of junior, mid and senior reps against a junior's"
    )
    formal_pay: Positive = Field(
        default=1.25, description="base pay of formal against contract staff in the same grade"
    )
    supervisor_pay: NotNegative = Field(
        default=1.8, description="monthly pay of a team's supervisor against a junior's base pay; 0: not counted"
    )
    margin_share: Share = Field(default=0.12, description="gross margin as a share of sales")
    hire_cost: NotNegative = Field(default=3000.0, description="cost of filling one vacancy, scenario's currency")
    admin_share: Share = Field(
        default=0.15, description="share of a rep's capacity that goes on administration and is missing for visits"
    )
    season: tuple[NotNegative, ...] = Field(
        default_factory=_default_season, description="demand by month, 12 numbers; only their proportions count"
    )
    demand_elasticity: Annotated[float, Field(ge=0.0, le=1.5)] = Field(
        default=0.31,
        description="% of sales in the long run for 1 % of selling effort; 1: sales follow effort one for one",
    )
    supply_limited: bool = Field(
        default=True, description="true: goods are allocated, sales cannot exceed supply; false: whatever is sold comes"
    )
    abnormal_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        default=(8, 9), description="months in which supply is short and the abnormal assessment weight holds"
    )
    abnormal_supply: Share = Field(default=0.85, description="supply in those months as a share of normal sales")
    max_uplift: NotNegative = Field(
        default=0.20, description="supply allows at most this much more than normal sales, as a share"
    )
    goodwill_carry: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        default=0.5, description="part of an outlet's goodwill that carries over from month to month"
    )
    movable_share: Share = Field(
        default=0.06, description="part of the next month's orders that can be pulled forward into this one"
    )
    overdue_share: Share = Field(
        default=0.05, description="part of a month's sales that customers pay late at ordinary service"
    )
    overdue_cost_share: Share = Field(
        default=0.01, description="what late money costs the company, as a share of it (interest, reminders, losses)"
    )
    turnover_contract: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        default=0.20, description="contract staff who leave in a year at ordinary pay"
    )
    turnover_formal: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        default=0.05, description="the same for formal staff"
    )
    vacancy_months: Positive = Field(default=2.0, description="mean months until a vacancy is filled")
    vacancy_coverage: Share = Field(default=0.55, description="part of a vacant territory's work that neighbours do")
    leak_share: Share = Field(
        default=0.10,
        description="part of goods sold across the border that leaves the company's area and displaces no sale",
    )
    visibility: Literal["team", "all", "none"] = Field(
        default="team", description="whose effort a rep sees: the own team's, everybody's, nobody's"
    )
    sabotage: Share = Field(
        default=0.0,
        description="how far reps depend on each other's work, so that who is ranked against others can harm them",
    )
    noise: Annotated[float, Field(ge=0.0, le=2.0)] = Field(
        default=1.0, description="scale of all chance; 0 makes every replication the same"
    )

    @field_validator("season")
    @classmethod
    def _twelve_months(cls, season: tuple[float, ...]) -> tuple[float, ...]:
        if len(season) != MONTHS_PER_YEAR or sum(season) <= 0:
            raise ValueError("season needs 12 numbers that are not all 0")
        return season
