"""Levers of assessment and career: what counts, who judges, stars, and the ladder of grades and steps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from territory.domain.levers import COMPONENTS, GRADES, Lever, Misfit, PayShare, not_whole
from territory.domain.rules import Share
from territory.language import Text

Weights = tuple[Share, Share, Share]
EVALUATORS = ("inspection", "service_centre", "head", "peers")
"""Groups that judge behaviour, as `EvaluatorsLever` names their weights."""
COMMITTEE = ("monopoly", "sales", "logistics", "call_centre")
"""Members of the committee, as `StarsLever` names their weights."""


class ComponentWeightsLever(Lever):
    """`[policy.NAME.component_weights]`: what counts in a grade's monthly score."""

    junior: Weights = Field(
        default=(0.5, 0.3, 0.2),
        description="juniors: weights of baseline (visits made), marketing (sales), management (service quality)",
    )
    mid: Weights = Field(default=(0.3, 0.5, 0.2), description="the same for mid-grade reps")
    senior: Weights = Field(default=(0.2, 0.3, 0.5), description="the same for seniors")

    def misfits(self) -> list[Misfit]:
        """Weights of a grade that do not add up."""
        found = super().misfits()
        for grade in GRADES:
            weights = dict(zip(COMPONENTS, getattr(self, grade), strict=True))
            found += not_whole(Text(f"the weights of grade {grade}", f"{grade} 的权重"), weights, keys=(grade,))
        return found


class OutcomeWeightLever(Lever):
    """`[policy.NAME.outcome_weight]`: outcome against observed behaviour."""

    normal: Share = Field(
        default=0.75, description="weight of outcome in a month with normal supply; the rest is observed behaviour"
    )
    abnormal: Share = Field(default=0.50, description="the same in a month with abnormal supply")
    abnormal_below: Share = Field(default=0.95, description="supply below this share of normal makes a month abnormal")


class EvaluatorsLever(Lever):
    """`[policy.NAME.evaluators]`: who judges behaviour, and how well."""

    noise: Share = Field(
        default=0.10, description="standard deviation of an evaluator's judgement, as a share of the value judged"
    )
    bias: Share = Field(
        default=0.05,
        description="points of behaviour score, as a share of 100, that one unit of courting the evaluator gains",
    )
    masked: Share = Field(
        default=0.0, description="how far reps cannot know who will judge them: 0 known, 1 not at all"
    )
    inspection: Share = Field(default=0.3, description="weight of the inspection group (quality)")
    service_centre: Share = Field(default=0.3, description="weight of the service centre (quantity)")
    head: Share = Field(default=0.4, description="weight of the department head (cohesion, execution)")
    peers: Share = Field(default=0.0, description="weight of the colleagues (360 degrees)")

    def misfits(self) -> list[Misfit]:
        """Weights of the evaluators that do not add up."""
        weights = {name: getattr(self, name) for name in EVALUATORS}
        return super().misfits() + not_whole(Text("the evaluators' weights", "考核主体权重"), weights)


class StarsLever(Lever):
    """`[policy.NAME.stars]`: the committee's yearly rating in five stars."""

    prize_share: PayShare = Field(
        default=0.0,
        description="year-end pay for each star above three, in months of base pay; nothing is taken below three",
    )
    monopoly: Share = Field(default=0.25, description="the committee's weight of the monopoly office (inspection)")
    sales: Share = Field(default=0.35, description="the committee's weight of sales")
    logistics: Share = Field(default=0.20, description="the committee's weight of logistics")
    call_centre: Share = Field(default=0.20, description="the committee's weight of the call centre")

    def misfits(self) -> list[Misfit]:
        """Weights of the committee that do not add up."""
        weights = {name: getattr(self, name) for name in COMMITTEE}
        return super().misfits() + not_whole(Text("the committee's weights", "评审委员会权重"), weights)


class LadderLever(Lever):
    """`[policy.NAME.ladder]`: three grades of nine steps, their caps, and the ways up and out."""

    junior: Share = Field(default=0.30, description="share of juniors after the yearly ranking")
    mid: Share = Field(default=0.60, description="share of mid-grade reps after the yearly ranking")
    senior: Share = Field(default=0.10, description="share of seniors after the yearly ranking")
    step_pay: Share = Field(default=0.03, description="pay for each step within a grade, as a share of base pay")
    meritocracy: Share = Field(default=0.5, description="what promotes: 0 seniority alone, 1 the year's score alone")
    jump_share: Share = Field(default=0.1, description="share of the best who move two steps at once")
    forced_distribution: Share = Field(
        default=0.0, description="how far the score is relative to the team's: 0 absolute, 1 rank only"
    )
    bottom_elimination: Annotated[float, Field(ge=0.0, le=0.2)] = Field(
        default=0.0, description="share of the lowest scores replaced at the year's end"
    )
    bench: Share = Field(
        default=0.0, description="how visibly replacements wait (the bench): 0 not at all, 1 named and present"
    )
    management_track: Annotated[float, Field(ge=0.0, le=0.2)] = Field(
        default=0.0, description="share of seniors who become supervisors in a year"
    )

    def misfits(self) -> list[Misfit]:
        """Caps that do not add up."""
        caps: dict[str, float] = {grade: getattr(self, grade) for grade in GRADES}
        return super().misfits() + not_whole(Text("the caps of the grades", "各职级比例"), caps)
