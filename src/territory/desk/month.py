"""One month's scores: who is assessed, what every part is worth, contest and rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.desk.levers import company, in_force
from territory.desk.model import JUDGEMENTS, DeskProblem
from territory.desk.result import MonthScores
from territory.domain.levers_assessment import EVALUATORS
from territory.domain.policy_rules import COMPONENTS
from territory.policy import scoring
from territory.policy.in_force import InForce
from territory.policy.scoring import MAX_POINTS, MIN_DAYS_ASSESSED
from territory.units import BoolArray, FloatArray, IntArray

QUALITY = JUDGEMENTS.index("quality")
FIRST_GROUP = JUDGEMENTS.index(EVALUATORS[0])
SERVICE_CENTRE = EVALUATORS.index("service_centre")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """
    What a month has a source for.

    Attributes
    ----------
    component, group
        Of COMPONENTS and of EVALUATORS, shapes (3,) and (4,).
    is_service_centre_counted
        Nobody judged for the service centre, so its points are those of the visits, as in the simulation.
    """

    component: BoolArray
    group: BoolArray
    is_service_centre_counted: bool


def assessed_in(problem: DeskProblem, month: int) -> BoolArray:
    """Who was there for at least ten working days, shape (S,)."""
    return np.asarray(problem.is_there[month] & (problem.days_present[month] >= MIN_DAYS_ASSESSED))


def sources_of(problem: DeskProblem, month: int) -> Sources:
    """A source is there when it says something about somebody who is assessed."""
    assessed = assessed_in(problem, month)
    judged = np.isfinite(problem.judged[month][assessed]).any(axis=0)
    has_visits = bool((problem.visits_asked[month][assessed] > 0).any())
    has_sales = bool(np.isfinite(problem.sales[month][assessed]).any())
    group = judged[FIRST_GROUP:].copy()
    is_counted = has_visits and not group[SERVICE_CENTRE]
    group[SERVICE_CENTRE] |= has_visits
    return Sources(
        component=np.array([has_visits, has_sales, judged[QUALITY]]), group=group, is_service_centre_counted=is_counted
    )


def score_month(
    problem: DeskProblem, month: int, *, award_team: FloatArray, award_pairs: FloatArray
) -> tuple[MonthScores, InForce]:
    """
    The month's scores before any contest, and the levers of those who were there.

    Parameters
    ----------
    award_team, award_pairs
        Points won the month before, shape (S,).
    """
    who = np.flatnonzero(problem.is_there[month])
    levers = in_force(problem, month, who)
    assessed = assessed_in(problem, month)[who]
    sources = sources_of(problem, month)
    is_abnormal = bool(problem.supply[month] < company(levers, "outcome_weight", "abnormal_below"))
    visits = scoring.visits_made(problem.visits_done[month][who], problem.visits_asked[month][who])
    sales, target = np.nan_to_num(problem.sales[month][who]), np.nan_to_num(problem.target[month][who])
    groups = scoring.groups_of(problem.team_idx[month][who])
    reached = scoring.attained(
        recorded=sales,
        target=target,
        part=levers.number("targets", "team_share"),
        counted=np.ones(len(who), dtype=np.bool_),
        groups=groups,
    )
    told = np.nan_to_num(problem.judged[month][who])
    seen = told[:, FIRST_GROUP:].copy()
    if sources.is_service_centre_counted:
        seen[:, SERVICE_CENTRE] = scoring.points(visits)
    seen *= sources.group
    weights, group_weights, outcome = _weights(problem, levers, sources, problem.grade[month][who], is_abnormal)
    parts = np.column_stack([scoring.points(visits), scoring.points(reached), told[:, QUALITY]]) * sources.component
    behaviour = scoring.behaviour_points(group_weights.T, seen.T)
    judged = np.column_stack([parts, behaviour])
    plain = scoring.plain_score(outcome=outcome, weights=weights, judged=judged)
    forced = levers.number("ladder", "forced_distribution")
    team_mean = groups.mean(plain, assessed)
    apart = scoring.moved_to_company(plain, forced=forced, team_mean=team_mean, assessed=assessed)
    award = np.where(assessed, award_team[who] + award_pairs[who], 0.0)
    score = scoring.final_score(apart, award, assessed)
    spread = _Spread(problem.num_people, who, assessed)
    return (
        MonthScores(
            is_there=problem.is_there[month],
            is_assessed=assessed_in(problem, month),
            has_component=sources.component,
            has_group=sources.group,
            is_service_centre_counted=sources.is_service_centre_counted,
            is_abnormal=is_abnormal,
            visits=spread(visits),
            own_attained=spread(scoring.target_reached(sales, target)),
            attained=spread(reached),
            judged=spread(judged),
            seen=spread(seen),
            weights=spread(weights),
            group_weights=spread(group_weights),
            outcome=spread(outcome),
            asked_weights=spread(scoring.component_weights(levers, problem.grade[month][who])),
            asked_group_weights=spread(scoring.evaluator_weights(levers).T),
            plain=spread(plain),
            shift=spread(apart - plain),
            award_team=spread(award_team[who]),
            award_pairs=spread(award_pairs[who]),
            score=spread(score),
            forced=spread(forced),
            team_mean=spread(team_mean),
            company_mean=float(plain[assessed].mean()) if assessed.any() else 0.0,
            rank=spread(_rank(score, assessed).astype(np.float64)).astype(np.int64),
            winner=-1,
            is_recognised=np.zeros(problem.num_people, dtype=np.bool_),
        ),
        levers,
    )


class _Spread:
    """From those who were there to all people; 0 for whoever was not assessed."""

    def __init__(self, number: int, who: IntArray, assessed: BoolArray) -> None:
        self.number, self.who, self.assessed = number, who, assessed

    def __call__(self, values: FloatArray) -> FloatArray:
        found = np.zeros((self.number, *values.shape[1:]))
        found[self.who[self.assessed]] = values[self.assessed]
        return found


def _weights(
    problem: DeskProblem, levers: InForce, sources: Sources, grade: IntArray, is_abnormal: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Weights of components (S, 3) and groups (S, 4), and of outcome (S,), as applied.

    Notes
    -----
    What has no source gets no points, and its weight stands as it is: nobody can have those points. Only where the
    desk was told to redistribute, the weights of the others are scaled up to their sum.
    """
    weights = scoring.component_weights(levers, grade)
    groups = scoring.evaluator_weights(levers).T
    outcome = scoring.outcome_weight(levers, is_abnormal=is_abnormal)
    if not problem.redistribute:
        return weights, groups, outcome
    weights, has_outcome = shared_out(weights, sources.component)
    groups, has_behaviour = shared_out(groups, sources.group)
    outcome = np.where(has_outcome & ~has_behaviour, 1.0, np.where(has_behaviour & ~has_outcome, 0.0, outcome))
    return weights, groups, outcome


def shared_out(weights: FloatArray, has_source: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Weights (rows people) with those without a source shared out among the rest, and whose rest weighs anything."""
    left = (weights * has_source).sum(axis=1)
    whole = weights.sum(axis=1)
    if has_source.all():
        return weights, left > 0
    scaled = weights * has_source * np.where(left > 0, whole / np.where(left > 0, left, 1.0), 0.0)[:, None]
    return scaled, left > 0


def _rank(score: FloatArray, assessed: BoolArray) -> IntArray:
    """Place from 1, equal scores share the better one; 0 for who is not assessed."""
    found = np.zeros(len(score), dtype=np.int64)
    ordered = np.sort(score[assessed])
    found[assessed] = 1 + len(ordered) - np.searchsorted(ordered, score[assessed], side="right")
    return found


def is_needed(problem: DeskProblem, month: int) -> tuple[BoolArray, BoolArray]:
    """Components and evaluator groups that weigh anything for anybody assessed, shapes (3,) and (4,)."""
    who = np.flatnonzero(assessed_in(problem, month))
    if not len(who):
        return np.zeros(len(COMPONENTS), dtype=np.bool_), np.zeros(len(EVALUATORS), dtype=np.bool_)
    levers = in_force(problem, month, who)
    weights = scoring.component_weights(levers, problem.grade[month][who])
    groups = scoring.evaluator_weights(levers)
    return np.asarray((weights > 0).any(axis=0)), np.asarray((groups > 0).any(axis=1))


__all__ = ["MAX_POINTS", "Sources", "assessed_in", "is_needed", "score_month", "shared_out", "sources_of"]
