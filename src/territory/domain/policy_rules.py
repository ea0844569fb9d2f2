"""Policy rules: the levers of `[policy.NAME]`, and the world of `[year]` that every policy meets.

A lever is a section with months in which it is in force; outside them it stands at its defaults, which describe the
ordinary situation of the trade: an egalitarian pool, no audit, no mentoring, a week of classroom for newcomers.
Money is in the scenario's currency. Shares of pay refer to the monthly base pay of the rep's grade and status.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field, field_validator, model_validator

from territory.domain.rules import NotNegative, Positive, Rules, Share

MONTHS_PER_YEAR = 12
Grade = Literal["junior", "mid", "senior"]
GRADES: tuple[Grade, ...] = ("junior", "mid", "senior")
COMPONENTS = ("baseline", "marketing", "management")
Month = Annotated[int, Field(ge=1)]
SHARES_ADD_UP_WITHIN = 1e-6


class Lever(Rules):
    """What every lever has: its months and its fixed cost."""

    start_month: Month = Field(default=1, description="first month in force; 13 or later: not in this year")
    stop_month: Month | None = Field(default=None, description="last month in force; absent: to the end of the year")
    cost_per_month: NotNegative = Field(
        default=0.0,
        description="fixed programme cost for the whole company in a month in force, in the scenario's currency",
    )

    @model_validator(mode="after")
    def _months_in_order(self) -> Lever:
        if self.stop_month is not None and self.stop_month < self.start_month:
            raise ValueError(f"stop_month {self.stop_month} lies before start_month {self.start_month}")
        return self

    def is_in_force(self, month: int) -> bool:
        """True in `month`, counted from 1."""
        return self.start_month <= month and (self.stop_month is None or month <= self.stop_month)


LeverT = TypeVar("LeverT", bound=Lever)


def in_month(lever: LeverT, month: int) -> LeverT:
    """The lever as it stands in `month` (from 1): itself while in force, else its defaults without cost."""
    return lever if lever.is_in_force(month) else type(lever)()


class PayLever(Lever):
    """`[policy.NAME.pay]`: how the month's pay is made up."""

    pool_share: Annotated[float, Field(ge=0.0, le=0.9)] = Field(
        default=0.30,
        description="share of base pay that goes into the performance pool instead of being paid as fixed pay",
    )
    egalitarian_share: Share = Field(
        default=0.8,
        description="share of the pool handed out in equal parts ('big pot'); the rest follows the month's score",
    )
    commission_share: NotNegative = Field(
        default=0.0,
        description="commission at 100 % of the sales target, as a share of base pay; in proportion to sales",
    )
    commission_floor: NotNegative = Field(
        default=0.0, description="sales below this share of the target earn no commission (only the part above counts)"
    )
    commission_cap: Positive = Field(
        default=2.0,
        description="sales above this share of the target earn no more commission",
    )
    bonus_share: NotNegative = Field(
        default=0.0,
        description="threshold bonus, as a share of one month's base pay for every month of the bonus period",
    )
    bonus_threshold: Positive = Field(
        default=1.0, description="share of the period's sales target at which the threshold bonus is paid"
    )
    bonus_period_months: Literal[1, 3, 12] = Field(
        default=3,
        description="months the threshold bonus looks at together",
    )

    @model_validator(mode="after")
    def _floor_below_cap(self) -> PayLever:
        if self.commission_floor >= self.commission_cap:
            raise ValueError(f"commission_floor {self.commission_floor} is not below the cap {self.commission_cap}")
        return self


def _default_weights() -> dict[Grade, tuple[float, float, float]]:
    return {"junior": (0.5, 0.3, 0.2), "mid": (0.3, 0.5, 0.2), "senior": (0.2, 0.3, 0.5)}


class AssessmentLever(Lever):
    """`[policy.NAME.assessment]`: how the month's score comes about."""

    outcome_weight_normal: Share = Field(
        default=0.75, description="weight of outcome against observed behaviour in a month with normal supply"
    )
    outcome_weight_abnormal: Share = Field(default=0.50, description="the same in a month with abnormal supply")
    component_weights: dict[Grade, tuple[Share, Share, Share]] = Field(
        default_factory=_default_weights,
        description="by grade: weights of baseline (visits made), marketing (sales) and management (service quality)",
    )
    evaluator_noise: Share = Field(
        default=0.10, description="standard deviation of an evaluator's judgement, as a share of the value judged"
    )
    evaluator_bias: Share = Field(
        default=0.05,
        description="points of behaviour score, as a share of 100, that one unit of courting the evaluator gains",
    )

    @field_validator("component_weights")
    @classmethod
    def _weights_are_complete(
        cls, weights: dict[Grade, tuple[float, float, float]]
    ) -> dict[Grade, tuple[float, float, float]]:
        complete = _default_weights() | weights
        for grade, parts in complete.items():
            if abs(sum(parts) - 1.0) > SHARES_ADD_UP_WITHIN:
                raise ValueError(f"the weights of grade {grade} add up to {sum(parts):g}, not to 1")
        return complete


class MentoringLever(Lever):
    """`[policy.NAME.mentoring]`: pairs of reps, judged by the next month's assessment."""

    pairs_share: Annotated[float, Field(ge=0.0, le=0.5)] = Field(
        default=0.0, description="pairs running at one time, as a share of all reps; 0 for no mentoring"
    )
    rule: Literal["strong_weak", "strong_weak_in_team", "random"] = Field(
        default="strong_weak",
        description="who is paired: best with worst score of last month (anywhere or in a team), or any",
    )
    hours_per_week: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=2.0, description="hours the two spend together per week, taken from the working time of both"
    )
    target_gain_points: NotNegative = Field(
        default=3.0, description="points by which the mentee's next monthly score must exceed the score at the start"
    )
    max_renewals: Annotated[int, Field(ge=0)] = Field(
        default=3, description="how often a pair that missed its target goes on for another month"
    )
    mentee_grades: tuple[Grade, ...] = Field(default=GRADES, description="grades whose reps may be mentored")


class OnboardingLever(Lever):
    """`[policy.NAME.onboarding]`: what a newcomer goes through before serving the territory alone."""

    classroom_weeks: Annotated[int, Field(ge=0, le=12)] = Field(
        default=1,
        description="weeks of classroom, off the territory",
    )
    shadow_weeks: Annotated[int, Field(ge=0, le=12)] = Field(
        default=0,
        description="weeks at the side of an experienced rep of the team, working half days in the own territory",
    )
    exam_threshold: Annotated[float, Field(ge=0.0, le=100.0)] = Field(
        default=0.0, description="exam points (0 to 100) needed for the contract; who fails leaves; 0 for no exam"
    )
    cost_per_hire: NotNegative = Field(
        default=0.0,
        description="cost of taking one newcomer through, scenario's currency",
    )


class TeamAwardLever(Lever):
    """`[policy.NAME.team_award]`: the month's best team, by mean score; needs at least two teams."""

    score_bonus_points: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=0.0, description="points added to the next monthly score of the winning team's members"
    )
    prize_per_member: NotNegative = Field(
        default=0.0, description="money for each member of the winning team, scenario's currency"
    )
    symbolic: Share = Field(default=0.0, description="strength of the public honour (red flag) without money, 0 to 1")


class AntiGamingLever(Lever):
    """`[policy.NAME.anti_gaming]`: looking for goods sold across the border and orders pulled forward."""

    audit_rate: Share = Field(default=0.0, description="chance per month that a rep's shipments are audited")
    penalty_share: NotNegative = Field(
        default=0.5, description="penalty when an audit finds gaming at full strength, as a share of base pay"
    )
    cost_per_audit: NotNegative = Field(default=0.0, description="cost of one audit, scenario's currency")


class FollowupLever(Lever):
    """`[policy.NAME.followup]`: the supervisor comes along in the field."""

    visits_per_month: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=0.0, description="days per month on which the supervisor comes along; raises diligence and serving"
    )
    grades: tuple[Grade, ...] = Field(default=GRADES, description="grades that are followed up")
    cost_per_visit: NotNegative = Field(default=0.0, description="cost of one such day, scenario's currency")


class ReviewLever(Lever):
    """`[policy.NAME.review]`: the monthly meeting where the best explain how they do it."""

    best_practice_share: Share = Field(
        default=0.0, description="part of the gap to the team's best skill that a rep closes at each monthly review"
    )
    hours_per_month: Annotated[float, Field(ge=0.0, le=40.0)] = Field(
        default=0.0, description="working hours the review takes from each rep per month"
    )
    grades: tuple[Grade, ...] = Field(default=GRADES, description="grades that take part")


class OnePageLever(Lever):
    """`[policy.NAME.one_page_method]`: the weekly sheet in place of paperwork."""

    admin_saving_share: Share = Field(default=0.0, description="part of the administrative working time that it saves")
    grades: tuple[Grade, ...] = Field(default=GRADES, description="grades that use it")


class PolicyRules(Rules):
    """`[policy.NAME]`: one policy for the year; an empty section is the ordinary situation of the trade."""

    why: str = Field(default="", description="one sentence for the report: what this policy is meant to do")
    pay: PayLever = PayLever()
    assessment: AssessmentLever = AssessmentLever()
    mentoring: MentoringLever = MentoringLever()
    onboarding: OnboardingLever = OnboardingLever()
    team_award: TeamAwardLever = TeamAwardLever()
    anti_gaming: AntiGamingLever = AntiGamingLever()
    followup: FollowupLever = FollowupLever()
    review: ReviewLever = ReviewLever()
    one_page_method: OnePageLever = OnePageLever()

    def in_month(self, month: int) -> PolicyRules:
        """The policy as it stands in `month` (from 1): levers not in force are at their defaults."""
        levers = {name: in_month(getattr(self, name), month) for name in LEVERS}
        return self.model_copy(update=levers)


LEVERS = (
    "pay",
    "assessment",
    "mentoring",
    "onboarding",
    "team_award",
    "anti_gaming",
    "followup",
    "review",
    "one_page_method",
)


def _default_season() -> tuple[float, ...]:
    return (1.20, 1.10, 0.95, 0.95, 0.97, 0.98, 0.98, 1.00, 1.05, 0.97, 0.92, 0.93)


class YearRules(Rules):
    """`[year]`: the world all policies are compared in. Sources: `docs/sources.md`, year of account managers."""

    base_pay_per_month: Positive = Field(
        default=5000.0, description="monthly base pay of a junior contract rep, scenario's currency"
    )
    grade_pay: tuple[Positive, Positive, Positive] = Field(
        default=(1.0, 1.15, 1.35), description="base pay of junior, mid and senior reps against a junior's"
    )
    formal_pay: Positive = Field(
        default=1.25,
        description="base pay of formal against contract staff in the same grade",
    )
    margin_share: Share = Field(default=0.12, description="gross margin as a share of sales")
    hire_cost: NotNegative = Field(default=3000.0, description="cost of filling one vacancy, scenario's currency")
    admin_share: Share = Field(
        default=0.15, description="share of a rep's capacity that goes on administration and is missing for visits"
    )
    season: tuple[NotNegative, ...] = Field(
        default_factory=_default_season, description="demand by month, 12 numbers; only their proportions count"
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
    turnover_contract: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        default=0.20, description="contract staff who leave in a year at ordinary pay"
    )
    turnover_formal: Annotated[float, Field(ge=0.0, lt=1.0)] = Field(
        default=0.05,
        description="the same for formal staff",
    )
    vacancy_months: Positive = Field(default=2.0, description="mean months until a vacancy is filled")
    vacancy_coverage: Share = Field(default=0.55, description="part of a vacant territory's work that neighbours do")
    leak_share: Share = Field(
        default=0.10,
        description="part of goods sold across the border that leaves the company's area and displaces no sale",
    )
    peer_effect: Annotated[float, Field(ge=0.0, le=0.5)] = Field(
        default=0.15, description="own effort per unit of the visible teammates' mean effort"
    )
    transfer_per_week: Share = Field(
        default=0.10, description="part of the skill gap to the mentor closed in a week with two hours together"
    )
    grade_caps: tuple[Share, Share, Share] = Field(
        default=(0.30, 0.60, 0.10), description="shares of junior, mid and senior after the yearly ranking"
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

    @field_validator("grade_caps")
    @classmethod
    def _caps_add_up(cls, caps: tuple[float, float, float]) -> tuple[float, float, float]:
        if abs(sum(caps) - 1.0) > SHARES_ADD_UP_WITHIN:
            raise ValueError(f"the caps add up to {sum(caps):g}, not to 1")
        return caps
