"""Levers of the field: rides along, visit rules, the one-page sheet, territories, audits, supply and targets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from territory.domain.levers import LONGEST_HORIZON_MONTHS, Lever, Misfit, Money, PayShare, twice
from territory.domain.rules import Share

HorizonMonth = Annotated[int, Field(ge=1, le=LONGEST_HORIZON_MONTHS)]


class FieldVisitsLever(Lever):
    """`[policy.NAME.field_visits]`: the supervisor comes along, to coach or to observe."""

    followup_per_month: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=0.0, description="days per month on which the supervisor comes along; raises diligence and serving"
    )
    observation_per_quarter: Annotated[float, Field(ge=0.0, le=6.0)] = Field(
        default=0.0,
        description="days per quarter on which the supervisor only watches; assessment is more exact",
    )
    cost_per_visit: Money = Field(default=0.0, description="cost of one such day, scenario's currency")


class VisitRulesLever(Lever):
    """`[policy.NAME.visit_rules]`: how often, how long and how rigidly outlets are visited."""

    frequency_factor: Annotated[float, Field(ge=0.2, le=3.0)] = Field(
        default=1.0, description="planned visits against today's plan, a factor for all outlets"
    )
    class_weight: Annotated[float, Field(ge=-1.0, le=1.0)] = Field(
        default=0.0, description="visits moved to large outlets (class A, above 0) or from them (below 0); same number"
    )
    minimum_min: Annotated[float, Field(ge=0.0, le=60.0)] = Field(
        default=0.0, description="minutes a visit lasts at least"
    )
    rigidity: Share = Field(
        default=0.0, description="how rigidly visits are counted: more are made, and each is worth less"
    )


class OnePageMethodLever(Lever):
    """`[policy.NAME.one_page_method]`: the weekly sheet in place of paperwork."""

    admin_saving_share: Share = Field(default=0.0, description="part of the administrative working time that it saves")
    travel_saving_share: Share = Field(default=0.0, description="part of the travel time that its order of stops saves")


class TerritoryLever(Lever):
    """`[policy.NAME.territory]`: territories evened out or worked by the team as one."""

    rebalance_share: Share = Field(
        default=0.0, description="part of the way to equal potential that territories move at each start of a year"
    )
    pooled_share: Share = Field(
        default=0.0, description="how far teams work as one: vacancies are covered and skills used where they fit"
    )


class AntiGamingLever(Lever):
    """`[policy.NAME.anti_gaming]`: looking for goods sold across the border and orders pulled forward."""

    audit_rate: Share = Field(default=0.0, description="chance per month that a rep's shipments are audited")
    penalty_share: PayShare = Field(
        default=0.5, description="penalty when an audit finds gaming at full strength, as a share of base pay"
    )
    market_watch: Share = Field(
        default=0.0, description="how closely the market is watched: narrows the border for 0 to 1 of what crosses it"
    )
    cost_per_audit: Money = Field(default=0.0, description="cost of one audit, scenario's currency")


class SupplyLever(Lever):
    """`[policy.NAME.supply]`: a shock of supply and the strength of the season."""

    shock_months: tuple[HorizonMonth, ...] = Field(
        default=(), description="months of the horizon, from 1, in which the shock holds; an empty list: none"
    )
    shock_supply: Annotated[float, Field(ge=0.0, le=2.0)] = Field(
        default=1.0, description="supply in those months, as a share of what it would be"
    )
    season_strength: Annotated[float, Field(ge=0.0, le=2.0)] = Field(
        default=1.0, description="swing of the season against [year]: 0 a flat year, 2 twice the swing"
    )

    def misfits(self) -> list[Misfit]:
        """A month named twice."""
        return super().misfits() + twice("shock_months", self.shock_months)


class TargetsLever(Lever):
    """`[policy.NAME.targets]`: how high sales targets are, how they move, and whose they are."""

    level: Annotated[float, Field(gt=0.0, le=5.0)] = Field(
        default=1.0, description="sales target against the expected sales of an ordinary year, a factor"
    )
    growth_per_year: Annotated[float, Field(ge=-0.5, le=1.0)] = Field(
        default=0.0, description="growth of the target in a year, as a share"
    )
    ratchet: Share = Field(
        default=0.0, description="part of a period's over-achievement that is added to the next target"
    )
    team_share: Share = Field(
        default=0.0, description="part of the target that is the team's rather than the rep's own"
    )
