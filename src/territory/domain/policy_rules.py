"""Policy rules: the 25 levers of `[policy.NAME]`, and the world of `[year]` that every policy meets.

The levers stand in rooms of their own: `levers` (what all have), `levers_pay`, `levers_assessment`, `levers_people`
and `levers_field`; this is the door to all of them. An empty policy is the ordinary situation of the trade: an
egalitarian pool, no audit, no mentoring, a week of classroom for newcomers.
"""

from __future__ import annotations

from pydantic import Field

from territory.domain.levers import (
    COMMON_SETTINGS,
    COMPONENTS,
    GRADES,
    MONTHS_PER_YEAR,
    Condition,
    Grade,
    Lever,
    Money,
    choice_settings,
    numeric_settings,
)
from territory.domain.levers_assessment import (
    ComponentWeightsLever,
    EvaluatorsLever,
    LadderLever,
    OutcomeWeightLever,
    StarsLever,
)
from territory.domain.levers_field import (
    AntiGamingLever,
    FieldVisitsLever,
    OnePageMethodLever,
    SupplyLever,
    TargetsLever,
    TerritoryLever,
    VisitRulesLever,
)
from territory.domain.levers_pay import (
    ActivityPayLever,
    BasePayLever,
    BonusLever,
    CommissionLever,
    EgalitarianPoolLever,
    NoncashLever,
)
from territory.domain.levers_people import (
    HiringLever,
    MentoringLever,
    OnboardingLever,
    ReviewLever,
    SupervisorLever,
    TeamAwardLever,
    TrainingLever,
)
from territory.domain.rules import Rules
from territory.domain.year_rules import YearRules


class PolicyRules(Rules):
    """`[policy.NAME]`: one policy for the year; an empty section is the ordinary situation of the trade."""

    why: str = Field(default="", description="one sentence for the report: what this policy is meant to do")
    budget_per_year: Money | None = Field(
        default=None,
        description="what the levers may cost in a year, scenario's currency; levers that would exceed it are "
        "suspended for the month, in the order of this list; absent: no limit",
    )
    egalitarian_pool: EgalitarianPoolLever = EgalitarianPoolLever()
    commission: CommissionLever = CommissionLever()
    bonus: BonusLever = BonusLever()
    activity_pay: ActivityPayLever = ActivityPayLever()
    base_pay: BasePayLever = BasePayLever()
    noncash: NoncashLever = NoncashLever()
    component_weights: ComponentWeightsLever = ComponentWeightsLever()
    outcome_weight: OutcomeWeightLever = OutcomeWeightLever()
    evaluators: EvaluatorsLever = EvaluatorsLever()
    stars: StarsLever = StarsLever()
    ladder: LadderLever = LadderLever()
    team_award: TeamAwardLever = TeamAwardLever()
    mentoring: MentoringLever = MentoringLever()
    onboarding: OnboardingLever = OnboardingLever()
    training: TrainingLever = TrainingLever()
    review: ReviewLever = ReviewLever()
    field_visits: FieldVisitsLever = FieldVisitsLever()
    visit_rules: VisitRulesLever = VisitRulesLever()
    one_page_method: OnePageMethodLever = OnePageMethodLever()
    territory: TerritoryLever = TerritoryLever()
    anti_gaming: AntiGamingLever = AntiGamingLever()
    hiring: HiringLever = HiringLever()
    supply: SupplyLever = SupplyLever()
    supervisor: SupervisorLever = SupervisorLever()
    targets: TargetsLever = TargetsLever()

    def lever(self, name: str) -> Lever:
        """
        One of the `LEVERS` by its name.

        Raises
        ------
        KeyError
            When there is no lever of that name.
        """
        if name not in LEVERS:
            raise KeyError(name)
        found: Lever = getattr(self, name)
        return found


LEVERS = tuple(name for name in PolicyRules.model_fields if name not in ("why", "budget_per_year"))

__all__ = [
    "COMMON_SETTINGS",
    "COMPONENTS",
    "GRADES",
    "LEVERS",
    "MONTHS_PER_YEAR",
    "ActivityPayLever",
    "AntiGamingLever",
    "BasePayLever",
    "BonusLever",
    "CommissionLever",
    "ComponentWeightsLever",
    "Condition",
    "EgalitarianPoolLever",
    "EvaluatorsLever",
    "FieldVisitsLever",
    "Grade",
    "HiringLever",
    "LadderLever",
    "Lever",
    "MentoringLever",
    "NoncashLever",
    "OnboardingLever",
    "OnePageMethodLever",
    "OutcomeWeightLever",
    "PolicyRules",
    "ReviewLever",
    "StarsLever",
    "SupervisorLever",
    "SupplyLever",
    "TargetsLever",
    "TeamAwardLever",
    "TerritoryLever",
    "TrainingLever",
    "VisitRulesLever",
    "YearRules",
    "choice_settings",
    "numeric_settings",
]
