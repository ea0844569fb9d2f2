"""The arithmetic of assessment: a month's score, who wins the contest, the year's stars.

The simulated year and the assessment desk call the same functions, so that the real desk scores by the rules that the
simulation tested. S holders; points from 0 to 100.
"""

from __future__ import annotations

import numpy as np

from territory.domain.levers_assessment import COMMITTEE, EVALUATORS
from territory.domain.levers_field import SupplyLever
from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.domain.year_rules import YearRules
from territory.policy._groups import Groups
from territory.policy.in_force import InForce
from territory.policy.quantiles import value_at
from territory.units import BoolArray, FloatArray, IntArray

POINTS_AT_PAR = 80.0
BEST_RATIO = 1.25
MAX_POINTS = 100.0
MIN_DAYS_ASSESSED = 10
RECOGNISED_SHARE = 0.2
STAR_LIMITS = (0.10, 0.30, 0.70, 0.90)


def groups_of(team_idx: IntArray) -> Groups:
    """Teams as groups of people, for sums and means; whoever has no team (-1) is a group of their own."""
    return Groups(team_idx)


def points(ratio: FloatArray) -> FloatArray:
    """Points for a ratio of done to asked: 80 at par, 100 at 125 % and above, 0 at 0."""
    return np.asarray(POINTS_AT_PAR * np.clip(ratio, 0.0, BEST_RATIO), dtype=np.float64)


def visits_made(done: IntArray, planned: IntArray) -> FloatArray:
    """Visits made over visits planned, shape (S,); 1 where none was planned."""
    return np.where(planned > 0, done / np.maximum(1, planned), 1.0)


def target_reached(recorded: FloatArray, target: FloatArray) -> FloatArray:
    """Recorded sales over target, shape (S,); 1 where there is no target."""
    return np.where(target > 0, recorded / np.where(target > 0, target, 1.0), 1.0)


def attained(
    *, recorded: FloatArray, target: FloatArray, part: FloatArray, counted: BoolArray, groups: Groups
) -> FloatArray:
    """
    Recorded sales over target, shape (S,), the team's as far as targets are the team's.

    Parameters
    ----------
    part
        How much of the target is the team's, 0 to 1, shape (S,).
    counted
        Whose sales and targets make up the team's, shape (S,).
    """
    own = target_reached(recorded, target)
    if not part.any():
        return own
    return np.asarray((1 - part) * own + part * team_attained(recorded, target, counted=counted, groups=groups))


def team_attained(recorded: FloatArray, target: FloatArray, *, counted: BoolArray, groups: Groups) -> FloatArray:
    """The team's sales over the team's target, shape (S,)."""
    asked = groups.total(np.where(counted, target, 0.0))
    return target_reached(groups.total(np.where(counted, recorded, 0.0)), asked)


def component_weights(levers: InForce, grade: IntArray) -> FloatArray:
    """Weights of baseline, marketing and management for every holder, shape (S, 3); 0 where there is no grade (-1)."""
    by_grade = np.stack([levers.numbers("component_weights", name) for name in GRADES])
    weights = by_grade[grade, np.arange(len(grade))]
    return weights if (grade >= 0).all() else np.where(grade[:, None] >= 0, weights, 0.0)


def outcome_weight(levers: InForce, *, is_abnormal: bool) -> FloatArray:
    """Weight of outcome against behaviour, shape (S,)."""
    return levers.number("outcome_weight", "abnormal" if is_abnormal else "normal")


def supply_of_month(year: YearRules, lever: SupplyLever, *, month: int, strength: float) -> float:
    """Most sales that `[year]` and the lever let supply allow in `month` (from 0), as a share of normal sales."""
    is_short = month % MONTHS_PER_YEAR + 1 in year.abnormal_months
    supply = year.abnormal_supply if is_short else 1.0 + year.max_uplift
    if month + 1 in lever.shock_months and strength > 0:
        supply = min(supply, 1.0 + strength * (lever.shock_supply - 1.0))
    return supply


def evaluator_weights(levers: InForce) -> FloatArray:
    """Weights of the groups of EVALUATORS, shape (4, S)."""
    return np.stack([levers.number("evaluators", name) for name in EVALUATORS])


def behaviour_points(weights: FloatArray, seen: FloatArray) -> FloatArray:
    """The behaviour score, shape (S,), from what every group saw, both of shape (4, S)."""
    return np.asarray(np.clip((weights * seen).sum(axis=0), 0.0, MAX_POINTS), dtype=np.float64)


def plain_score(*, outcome: FloatArray, weights: FloatArray, judged: FloatArray) -> FloatArray:
    """
    Outcome and behaviour together, shape (S,).

    Parameters
    ----------
    outcome
        Weight of outcome, shape (S,); the rest is behaviour's.
    weights, judged
        Weights of the components, shape (S, 3); points of the components and of behaviour, shape (S, 4).
    """
    return np.asarray(outcome * (weights * judged[:, :3]).sum(axis=1) + (1 - outcome) * judged[:, 3])


def moved_to_company(
    plain: FloatArray, *, forced: FloatArray, team_mean: FloatArray, assessed: BoolArray
) -> FloatArray:
    """A forced distribution measures against the team: its mean is moved to the company's; shape (S,)."""
    if not forced.any() or not assessed.any():
        return plain
    return np.asarray(plain + forced * (float(plain[assessed].mean()) - team_mean), dtype=np.float64)


def final_score(apart: FloatArray, award: FloatArray, assessed: BoolArray) -> FloatArray:
    """The month's score with award points, between 0 and 100; 0 for whoever is not assessed."""
    return np.where(assessed, np.clip(apart + award, 0.0, MAX_POINTS), 0.0)


def contest_mean(total: FloatArray, months: FloatArray) -> FloatArray:
    """Mean score over the months of a contest, shape (S,); 0 for whoever had none."""
    return np.where(months > 0, total / np.maximum(1.0, months), 0.0)


def winning_team(*, score: FloatArray, is_assessed: BoolArray, team_idx: IntArray) -> int:
    """Team with the highest mean score, the lower number on a tie; -1 where fewer than two teams have scores."""
    teams = np.unique(team_idx[(team_idx >= 0) & is_assessed])
    if len(teams) < 2:
        return -1
    means = [float(score[(team_idx == team) & is_assessed].mean()) for team in teams]
    return int(teams[int(np.argmax(means))])


def recognised(mean: FloatArray, counted: BoolArray) -> BoolArray:
    """The best fifth of those counted, whoever ties with the last of them included, shape (S,)."""
    limit = value_at(1.0 - RECOGNISED_SHARE, mean[counted])
    return np.asarray(counted & (mean >= limit))


def committee_weights(levers: InForce) -> FloatArray:
    """Weights of the members of COMMITTEE, shape (S, 4)."""
    return np.stack([levers.number("stars", name) for name in COMMITTEE], axis=1)


def committee_points(weights: FloatArray, opinions: FloatArray, ranked: BoolArray) -> FloatArray:
    """The committee's points, shape (S,), from opinions of shape (S, 4); 0 for whoever is not ranked."""
    return np.where(ranked, np.clip((weights * opinions).sum(axis=1), 0.0, MAX_POINTS), 0.0)


def stars(found: FloatArray, *, ranked: BoolArray, tie: IntArray) -> IntArray:
    """10 % get five stars, 20 % four, 40 % three, 20 % two, 10 % one, the best first; 0 for who is not ranked."""
    given = np.zeros(len(found), dtype=np.int64)
    if ranked.any():
        order = np.lexsort((tie, -found))
        order = order[ranked[order]]
        share = (np.arange(len(order)) + 0.5) / len(order)
        given[order] = 5 - np.searchsorted(STAR_LIMITS, share)
    return given
