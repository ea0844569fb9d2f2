"""Levers of pay: the pool, commission, bonus, activity pay, base pay and goods in place of money."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from territory.domain.levers import Lever, Misfit, OnlyWhole, PayShare
from territory.domain.rules import Share
from territory.language import Text

Attainment = Annotated[float, Field(ge=0.0, le=10.0)]


class EgalitarianPoolLever(Lever):
    """`[policy.NAME.egalitarian_pool]`: the performance pool and how equally it is handed out."""

    pool_share: Annotated[float, Field(ge=0.0, le=0.9)] = Field(
        default=0.30,
        description="share of base pay that goes into the performance pool instead of being paid as fixed pay",
    )
    egalitarian_share: Share = Field(
        default=0.8,
        description="share of the pool handed out in equal parts ('big pot'); the rest follows the month's score",
    )


class CommissionLever(Lever):
    """`[policy.NAME.commission]`: pay in proportion to sales."""

    share: PayShare = Field(
        default=0.0, description="commission at 100 % of the sales target, as a share of base pay; linear in sales"
    )
    floor: Attainment = Field(
        default=0.0, description="sales below this share of the target earn no commission (only the part above counts)"
    )
    cap: Attainment = Field(default=2.0, description="sales above this share of the target earn no more commission")
    accelerator_from: Attainment = Field(
        default=1.0, description="sales above this share of the target earn the accelerator on top"
    )
    accelerator_share: PayShare = Field(
        default=0.0, description="accelerator: further pay for each 100 % of target beyond that, as a share of base pay"
    )
    replaces_fixed: Share = Field(default=0.0, description="part of the fixed pay given up for the commission")
    guarantee_share: PayShare = Field(
        default=0.0, description="a month's pay is never below this share of base pay; 0 for no guarantee"
    )
    churn_penalty_share: PayShare = Field(
        default=0.0,
        description="pay lost if all customers lapsed, as a share of base pay; linear in the part of normal sales "
        "that outlets no longer bring because they are not looked after",
    )

    def misfits(self) -> list[Misfit]:
        """A floor above the cap, and an accelerator outside of both."""
        found = super().misfits()
        if self.floor >= self.cap:
            found.append(
                Misfit(
                    keys=("floor", "cap"),
                    reason=Text(
                        f"floor {self.floor:g} is not below cap {self.cap:g}",
                        f"下限 {self.floor:g} 不低于上限 {self.cap:g}",
                    ),
                    wanted=Text(f"a number below {self.cap:g}", f"小于 {self.cap:g} 的数"),
                )
            )
        elif self.accelerator_share > 0 and not self.floor <= self.accelerator_from < self.cap:
            limits = f"{self.floor:g} - {self.cap:g}"
            found.append(
                Misfit(
                    keys=("accelerator_from", "accelerator_share", "floor", "cap"),
                    reason=Text(
                        f"accelerator_from {self.accelerator_from:g} is not between floor and cap ({limits})",
                        f"加速起点 {self.accelerator_from:g} 不在下限与上限之间（{limits}）",
                    ),
                    wanted=Text(
                        f"a number from {self.floor:g} up and below {self.cap:g}",
                        f"不小于 {self.floor:g} 且小于 {self.cap:g} 的数",
                    ),
                )
            )
        return found


class BonusLever(Lever):
    """`[policy.NAME.bonus]`: pay for reaching the target of a period."""

    share: PayShare = Field(
        default=0.0, description="bonus, as a share of one month's base pay for every month of the period"
    )
    threshold: Annotated[float, Field(gt=0.0, le=10.0)] = Field(
        default=1.0, description="share of the period's sales target at which the bonus is paid"
    )
    period_months: Annotated[Literal[1, 3, 12], OnlyWhole] = Field(
        default=3, description="months the bonus looks at together: 1, 3 or 12"
    )
    over_share: PayShare = Field(
        default=0.0,
        description="further pay for each 100 % of target above the threshold, as a share of the period's base pay",
    )
    frame: Literal["gain", "penalty"] = Field(
        default="gain",
        description="gain: paid at the end; penalty: paid in the period's first month and taken back when missed",
    )


class ActivityPayLever(Lever):
    """`[policy.NAME.activity_pay]`: pay for visits and call reports, whatever they sell."""

    visits_share: PayShare = Field(
        default=0.0, description="pay when all planned visits of a month are made, as a share of base pay; linear"
    )
    reports_share: PayShare = Field(
        default=0.0, description="pay when all call reports are handed in, as a share of base pay; they can be padded"
    )
    supervisor_share: PayShare = Field(
        default=0.0, description="supervisor's pay when the team makes all visits, as a share of the supervisor's pay"
    )
    receivables_share: PayShare = Field(
        default=0.0,
        description="pay when all customers pay in time, as a share of base pay; nothing where twice the share of "
        "`overdue_share` in [year] is late",
    )
    innovation_share: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=0.0, description="pay for each idea that is taken up (innovation points), as a share of base pay"
    )


class BasePayLever(Lever):
    """`[policy.NAME.base_pay]`: the level of base pay and the gap between formal and contract staff."""

    multiplier: Annotated[float, Field(gt=0.0, le=10.0)] = Field(
        default=1.0, description="base pay against that of [year], a factor"
    )
    status_gap: Annotated[float, Field(ge=0.0, le=3.0)] = Field(
        default=1.0, description="gap of formal over contract pay: 0 none, 1 as `formal_pay` in [year], 2 twice that"
    )


class NoncashLever(Lever):
    """`[policy.NAME.noncash]`: goods and gifts in place of money."""

    share: PayShare = Field(
        default=0.0, description="worth of the goods at 100 % of the sales target, as a share of base pay; linear"
    )
    delay_months: Annotated[int, Field(ge=0, le=6)] = Field(
        default=0, description="months between the sales and the goods"
    )
