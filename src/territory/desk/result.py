"""Result: a month's scores with everything they are made of, the year's outcome, mentoring pairs."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from territory.domain.columns import frozen
from territory.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class MonthScores:
    """
    One month of S people; numbers of whoever was not assessed are 0. Points from 0 to 100.

    Attributes
    ----------
    has_component, has_group
        Components (baseline, marketing, management) and evaluator groups that have a source this month.
    is_service_centre_counted
        The service centre's points come from the visits, as nobody judged them.
    visits, own_attained, attained
        Visits made over asked, own sales over target, and with the team's part; shape (S,).
    judged
        Points of the components and of behaviour, shape (S, 4); 0 without a source.
    seen
        Points of behaviour by evaluator group, shape (S, 4); 0 without a source.
    weights, group_weights, outcome
        As applied: weights of components (S, 3) and groups (S, 4), weight of outcome against behaviour (S,).
    asked_weights, asked_group_weights
        The policy's, before those of missing sources are shared out.
    plain, shift, award_team, award_pairs, score
        Weighted sum; what a forced distribution adds; award points from the team contest and from pairs; the score.
    forced, team_mean, company_mean
        Strength of the forced distribution (S,), mean plain score of the team (S,) and of the company.
    rank
        Place among those assessed, from 1; equal scores share it; 0 for others.
    winner
        Position of the team that this month crowns, -1 for none.
    is_recognised
        Who is named for the own results, shape (S,).
    """

    is_there: BoolArray
    is_assessed: BoolArray
    has_component: BoolArray
    has_group: BoolArray
    is_service_centre_counted: bool
    is_abnormal: bool
    visits: FloatArray
    own_attained: FloatArray
    attained: FloatArray
    judged: FloatArray
    seen: FloatArray
    weights: FloatArray
    group_weights: FloatArray
    outcome: FloatArray
    asked_weights: FloatArray
    asked_group_weights: FloatArray
    plain: FloatArray
    shift: FloatArray
    award_team: FloatArray
    award_pairs: FloatArray
    score: FloatArray
    forced: FloatArray
    team_mean: FloatArray
    company_mean: float
    rank: IntArray
    winner: int
    is_recognised: BoolArray

    def __post_init__(self) -> None:
        _freeze(self)

    @property
    def highest(self) -> FloatArray:
        """Points that could be had before awards, shape (S,): less than 100 where a source is missing."""
        outcome = (self.weights * self.has_component).sum(axis=1)
        behaviour = np.minimum(1.0, (self.group_weights * self.has_group).sum(axis=1))
        return np.asarray(100.0 * (self.outcome * outcome + (1 - self.outcome) * behaviour))


@dataclass(frozen=True, kw_only=True, eq=False)
class YearOutcome:
    """
    A calendar year closed, or looked at before its end (`is_preview`).

    Attributes
    ----------
    months
        Positions of the months that count.
    num_months, annual
        Months with a score and their mean score, shape (S,).
    is_ranked
        There at the end, with at least one score.
    has_member
        Members of the committee that gave points.
    committee, stars
        The committee's points and the stars, 0 where there are none, shape (S,).
    standing, place
        What the ranking goes by, and the place in it from 1 (0 for who is not ranked), shape (S,).
    places, caps
        Places per grade and the shares they come from, shape (3,).
    grade, grade_next, step, step_next
        Before and after, shape (S,); -1 for who is not ranked.
    is_held_back
        Would be in a higher grade but for the cap: with one place more, or with as many as people are in it today,
        shape (S,).
    is_replaced, is_promoted_out
        Proposed for replacement (bottom) and for the management track, shape (S,).
    """

    year: int
    is_preview: bool
    months: tuple[int, ...]
    num_months: IntArray
    annual: FloatArray
    is_ranked: BoolArray
    has_member: BoolArray
    committee_weights: FloatArray
    committee: FloatArray
    stars: IntArray
    merit: float
    standing: FloatArray
    place: IntArray
    caps: tuple[float, float, float]
    places: IntArray
    grade: IntArray
    grade_next: IntArray
    step: IntArray
    step_next: IntArray
    is_held_back: BoolArray
    is_replaced: BoolArray
    is_promoted_out: BoolArray

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class PairVerdict:
    """
    One month of one pair: positions, month, what the mentee gained since the start, and what becomes of the pair.

    Attributes
    ----------
    renewals
        Months that the pair has gone on beyond its first.
    gained
        Points above the score at the start.
    end
        "" while it goes on; "reached", "renewals" (no renewal left), "left" (somebody is gone), "uncovered" (the lever
        does not cover the mentee any longer), "ended" (by hand).
    """

    pair: int
    month: int
    renewals: int
    score_at_start: float
    score: float
    gained: float
    has_reached: bool
    end: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedPair:
    """
    A pair for next month.

    Attributes
    ----------
    item
        What the mentor shall teach: position in `PairsOutcome.items`.
    gap, distance_km, load, worth
        Points by which the mentor leads on it; between the two, NaN where a place is unknown; the mentor's load
        against the mean; gap less what distance and load cost.
    """

    mentor: int
    mentee: int
    item: int
    mentor_points: float
    mentee_points: float
    gap: float
    distance_km: float
    load: float
    worth: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PairsOutcome:
    """
    Mentoring: verdicts month by month, and what is proposed for the month to come.

    Attributes
    ----------
    wanted
        New pairs that the policy asks for.
    running
        Pairs (positions in the problem's) that go on.
    items
        Names of what is compared.
    reason
        Why nothing, or less than wanted, is proposed: "", "lever" (the policy has no pairs), "enough" (running ones
        are enough), "nobody" (too few who are free, known and better).
    """

    verdicts: tuple[PairVerdict, ...]
    wanted: int
    running: tuple[int, ...]
    items: tuple[str, ...]
    proposed: tuple[ProposedPair, ...]
    hours_per_week: float
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class DeskResult:
    """Everything the desk found, months in the problem's order."""

    months: tuple[MonthScores, ...]
    year: YearOutcome
    pairs: PairsOutcome

    @property
    def latest(self) -> MonthScores:
        """The month that is assessed."""
        return self.months[-1]


def _freeze(value: MonthScores | YearOutcome) -> None:
    for item in fields(value):
        array = getattr(value, item.name)
        if isinstance(array, np.ndarray):
            object.__setattr__(value, item.name, frozen(array, array.dtype))
