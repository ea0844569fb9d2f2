"""Levers of people: contests, mentoring, onboarding, training, review, hiring and the supervisor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from territory.domain.levers import Lever, Money, OnlyWhole
from territory.domain.rules import Share

MonthOfYear = Annotated[Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], OnlyWhole]
TierFactor = Annotated[float, Field(ge=0.0, le=5.0)]
Points = Annotated[float, Field(ge=0.0, le=100.0)]


class TeamAwardLever(Lever):
    """`[policy.NAME.team_award]`: the best team of the period, by mean score; needs at least two teams."""

    period_months: Annotated[Literal[1, 3], OnlyWhole] = Field(
        default=1, description="months the contest looks at together: 1 or 3"
    )
    score_bonus_points: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=0.0, description="points added to the next monthly score of the winning team's members"
    )
    prize_per_member: Money = Field(
        default=0.0, description="money for each member of the winning team, scenario's currency"
    )
    symbolic: Share = Field(default=0.0, description="strength of the public honour (red flag) without money")
    individual: Share = Field(
        default=0.0, description="strength of recognition for single reps: only the best fifth is named"
    )


class MentoringLever(Lever):
    """`[policy.NAME.mentoring]`: pairs of reps, judged by the next month's score; `grades` are the mentees'."""

    pairs_share: Annotated[float, Field(ge=0.0, le=0.5)] = Field(
        default=0.0, description="pairs running at one time, as a share of all reps; 0 for no mentoring"
    )
    rule: Literal["strong_weak", "strong_weak_in_team", "random", "skill_gap"] = Field(
        default="strong_weak",
        description="who is paired: best with worst score of last month (anywhere or in a team), any two, or "
        "where their skills differ most",
    )
    hours_per_week: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=2.0, description="hours the two spend together per week, taken from the working time of both"
    )
    target_gain_points: Points = Field(
        default=3.0, description="points by which the mentee's next monthly score must exceed the score at the start"
    )
    max_renewals: Annotated[int, Field(ge=0, le=36)] = Field(
        default=3, description="how often a pair that missed its target goes on for another month"
    )
    voluntary_share: Share = Field(
        default=1.0, description="share of those asked who take part; 1: everybody, as when it is an order"
    )
    joint_points: Annotated[float, Field(ge=0.0, le=20.0)] = Field(
        default=0.0, description="points added to the next monthly score of both when the target is met"
    )


class OnboardingLever(Lever):
    """`[policy.NAME.onboarding]`: what a newcomer goes through before serving the territory alone."""

    classroom_weeks: Annotated[int, Field(ge=0, le=12)] = Field(
        default=1, description="weeks of classroom, off the territory"
    )
    shadow_weeks: Annotated[int, Field(ge=0, le=12)] = Field(
        default=0,
        description="weeks at the side of an experienced rep of the team, working half days in the own territory",
    )
    exam_threshold: Points = Field(
        default=0.0, description="exam points (0 to 100) needed for the contract; who fails leaves; 0 for no exam"
    )
    cost_per_hire: Money = Field(default=0.0, description="cost of taking one newcomer through, scenario's currency")


class TrainingLever(Lever):
    """`[policy.NAME.training]`: courses, by years of service."""

    days_per_year: Annotated[float, Field(ge=0.0, le=40.0)] = Field(
        default=0.0, description="course days a year, off the territory, before the factor of the tier"
    )
    month: MonthOfYear = Field(default=3, description="month of the year in which the course is held, 1 to 12")
    refreshers: Annotated[int, Field(ge=0, le=3)] = Field(
        default=0, description="further, shorter courses a year; the days are shared among all"
    )
    tier_factors: tuple[TierFactor, TierFactor, TierFactor, TierFactor] = Field(
        default=(1.0, 1.0, 1.0, 1.0),
        description="course days by tenure, as factors: years 1-2, 3-4, 5-6, 7 and more",
    )
    selling: Share = Field(
        default=0.5, description="share of the curriculum on selling; the rest is on service and analysis"
    )
    cost_per_day: Money = Field(default=0.0, description="cost of one person's course day, scenario's currency")


class ReviewLever(Lever):
    """`[policy.NAME.review]`: the monthly meeting, the talk about goals, and what is told about ranks."""

    best_practice_share: Share = Field(
        default=0.0, description="part of the gap to the team's best skill that a rep closes at each monthly review"
    )
    hours_per_month: Annotated[float, Field(ge=0.0, le=40.0)] = Field(
        default=0.0, description="working hours the review takes from each rep per month"
    )
    goal_talk: Share = Field(default=0.0, description="strength of a monthly talk with each rep about goals")
    rank_feedback: Share = Field(default=0.0, description="how far each rep is told the own rank, in private")
    public_rank: Share = Field(default=0.0, description="how openly the ranking of all is posted")


class HiringLever(Lever):
    """`[policy.NAME.hiring]`: how fast vacancies are filled, and with whom."""

    lead_factor: Annotated[float, Field(gt=0.0, le=10.0)] = Field(
        default=1.0, description="time until a vacancy is filled, against `vacancy_months` of [year]; a factor"
    )
    pool_log_ability: Annotated[float, Field(ge=-0.5, le=0.5)] = Field(
        default=0.0, description="applicants' mean ability against today's, natural logarithm: 0.1 is about 10 % more"
    )
    screening: Share = Field(default=0.0, description="how well selection tells able applicants: 0 not, 1 exactly")
    cost_per_hire: Money = Field(
        default=0.0, description="cost of filling one vacancy beyond `hire_cost` of [year], scenario's currency"
    )


class SupervisorLever(Lever):
    """`[policy.NAME.supervisor]`: what the supervisor is paid for, how many reps there are to one, whom they help."""

    incentive_share: Share = Field(
        default=0.0, description="share of the supervisor's pay that follows the team's mean sales against target"
    )
    span_factor: Annotated[float, Field(ge=0.5, le=2.0)] = Field(
        default=1.0, description="reps per supervisor against today's, a factor: 0.5 is twice the attention to each"
    )
    targeting: Share = Field(
        default=0.0, description="how far the supervisor's time goes where it sells most, rather than equally"
    )
