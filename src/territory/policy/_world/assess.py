"""The month's assessment, the team contest and the pay slip."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import GRADES
from territory.policy._world.effort import POINTS_AT_PAR, diligence
from territory.policy._world.state import MIN_DAYS_ASSESSED, World
from territory.policy.model import DAYS_PER_MONTH
from territory.units import BoolArray, FloatArray, IntArray

BEST_RATIO = 1.25
MAX_POINTS = 100.0
MORALE_KEPT = 0.7
MORALE_WINNER, MORALE_OTHERS = 0.10, 0.15
PAY_LEVEL_KEPT = 0.7


def points(ratio: FloatArray) -> FloatArray:
    """Points for a ratio of done to asked: 80 at par, 100 at 125 % and above, 0 at 0."""
    return np.asarray(POINTS_AT_PAR * np.clip(ratio, 0.0, BEST_RATIO), dtype=np.float64)


def judge(world: World) -> None:
    """Score every holder who was there for at least ten days; others get no score (0) and no award points."""
    problem, people, facts, month = world.problem, world.people, world.facts.arrays, world.month
    rules = world.rules.assessment
    noise = rules.evaluator_noise * world.draws.normals("judgement", month, 2)
    assessed = people.is_filled & (world.now.days_filled >= MIN_DAYS_ASSESSED)
    planned = problem.month_plan.sum(axis=1)
    done = world.now.done.sum(axis=1)
    visits = np.where(planned > 0, done / np.maximum(1, planned), 1.0)
    target = problem.target[month]
    sales = np.where(target > 0, facts["recorded_sales"][month] / np.where(target > 0, target, 1.0), 1.0)
    quality = people.skill[:, 1] * people.effort[:, 1]
    conduct = (people.effort[:, 1] + diligence(people.effort, problem.behaviour) / problem.behaviour.diligence) / 2
    courted = MAX_POINTS * rules.evaluator_bias * people.effort[:, 2]
    judged = np.stack(
        [
            points(visits),
            points(sales),
            np.clip(points(quality) * (1 + noise[:, 0]), 0.0, MAX_POINTS),
            np.clip(points(conduct) * (1 + noise[:, 1]) + courted, 0.0, MAX_POINTS),
        ],
        axis=1,
    )
    weights = np.array([rules.component_weights[grade] for grade in GRADES])[people.grade]
    outcome = rules.outcome_weight_abnormal if facts["is_abnormal"][month] else rules.outcome_weight_normal
    plain = outcome * (weights * judged[:, :3]).sum(axis=1) + (1 - outcome) * judged[:, 3]
    award = np.where(assessed, people.award_points, 0.0)
    score = np.where(assessed, np.minimum(MAX_POINTS, plain + award), 0.0)
    people.last_score = np.where(assessed, score, people.last_score)
    world.facts.write(
        month,
        is_assessed=assessed,
        judged=np.where(assessed[:, None], judged, 0.0),
        award_points=award,
        score=score,
    )


def winning_team(*, score: FloatArray, is_assessed: BoolArray, team_idx: IntArray) -> int:
    """Team with the highest mean score, the lower number on a tie; -1 where fewer than two teams have scores."""
    teams = np.unique(team_idx[(team_idx >= 0) & is_assessed])
    if len(teams) < 2:
        return -1
    means = [float(score[(team_idx == team) & is_assessed].mean()) for team in teams]
    return int(teams[int(np.argmax(means))])


def honour(world: World) -> BoolArray:
    """Crown the month's best team: award points and morale for the next month; who has won, shape (S,)."""
    problem, people, facts = world.problem, world.people, world.facts.arrays
    award = world.rules.team_award
    winner = winning_team(
        score=facts["score"][world.month],
        is_assessed=facts["is_assessed"][world.month],
        team_idx=problem.team_idx,
    )
    won = (problem.team_idx == winner) & people.is_filled & (winner >= 0)
    lift = award.symbolic * np.where(won, MORALE_WINNER, MORALE_OTHERS) * (winner >= 0) * (problem.team_idx >= 0)
    people.morale = MORALE_KEPT * people.morale + lift
    people.award_points = award.score_bonus_points * won
    return np.asarray(won)


def pay_out(world: World, won: BoolArray) -> None:
    """
    The month's pay by part, shape (S, 6), and the pool that was shared out.

    Notes
    -----
    (1) fixed = (1 - pool share) * base, for the days present. (2) The pool, pool share * sum of base, is handed out
    whole: phi of it by presence, the rest by score times presence. (3) commission = rate * base * (sales over target
    above the floor, up to the cap). (4) The threshold bonus is settled at the end of its period. (5) Prize of the
    winning team. (6) Penalty for gaming that an audit found.
    """
    problem, people, facts, month = world.problem, world.people, world.facts.arrays, world.month
    pay, base = world.rules.pay, world.base_pay
    filled = people.is_filled
    present = world.now.days_filled / DAYS_PER_MONTH
    pool = pay.pool_share * float((base * present).sum())
    merit = facts["score"][month] * present
    equal = present / present.sum() if present.sum() > 0 else present
    earned = merit / merit.sum() if merit.sum() > 0 else equal
    phi = pay.egalitarian_share
    target = problem.target[month]
    recorded = facts["recorded_sales"][month]
    attained = np.where(target > 0, recorded / np.where(target > 0, target, 1.0), 0.0)
    counted = np.maximum(0.0, np.minimum(attained, pay.commission_cap) - pay.commission_floor)
    game = people.effort[:, 3] + world.pull_share
    found = filled & (world.draws.uniforms("audit", month) < world.rules.anti_gaming.audit_rate)
    parts = np.stack(
        [
            (1 - pay.pool_share) * base * present,
            pool * (phi * equal + (1 - phi) * earned),
            pay.commission_share * counted * base * present,
            _bonus(world, target, recorded) * base * filled,
            world.rules.team_award.prize_per_member * won,
            -world.rules.anti_gaming.penalty_share * np.minimum(1.0, game) * base * found,
        ],
        axis=1,
    )
    fresh = parts.sum(axis=1) / np.where(present > 0, base * present, 1.0)
    people.pay_level = np.where(
        present > 0, PAY_LEVEL_KEPT * people.pay_level + (1 - PAY_LEVEL_KEPT) * fresh, people.pay_level
    )
    world.facts.write(month, pool=pool if present.sum() > 0 else 0.0, pay=parts, audited=found)


def _bonus(world: World, target: FloatArray, recorded: FloatArray) -> FloatArray:
    """Threshold bonus due this month in monthly base pays; settles and restarts the period at its end."""
    pay, period = world.rules.pay, world.period
    if pay.bonus_share > 0:
        period.target = period.target + target
        period.recorded = period.recorded + recorded
        period.months += 1
    due = np.zeros_like(target)
    if (world.month + 1) % pay.bonus_period_months == 0:
        reached = (period.recorded >= pay.bonus_threshold * period.target) & (period.target > 0)
        stayed = np.minimum(period.months, np.floor(world.people.tenure_months) + 1)
        due = pay.bonus_share * reached * stayed
        period.target, period.recorded = np.zeros_like(target), np.zeros_like(target)
        period.months = 0
    return np.asarray(due, dtype=np.float64)
