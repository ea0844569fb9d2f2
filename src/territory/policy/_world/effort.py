"""Effort: what each month's rules make worth doing.

A rep maximises marginal pay times effort less the cost of leaving ordinary effort,
max b'(e - e0) - (e - e0)' C (e - e0) / 2 with courting and gaming at least 0. Peers then pull each other along.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from territory.domain.policy_rules import GRADES
from territory.policy._world.market import elasticity
from territory.policy._world.state import ORDINARY_EFFORT, World
from territory.policy.model import Behaviour
from territory.policy.result import ACTIVITIES
from territory.units import FloatArray, IntArray

BOUNDED = (2, 3)
POINTS_AT_PAR = 80.0
VISITS_PER_EFFORT = 0.25
CONTEST_SD_POINTS = 5.0
HONOUR_WORTH = 0.05
MORALE_EFFORT = 0.2
FOLLOWUP_EFFORT = 0.01
FOLLOWUP_MOST = 0.05
LEAST_EFFORT, MOST_GAME = 0.2, 1.0


def cost_matrix(behaviour: Behaviour) -> FloatArray:
    """Curvature of the cost of effort between activities, shape (4, 4)."""
    kappa, gamma = behaviour.effort_curvature, behaviour.effort_substitution
    return np.asarray(kappa * (gamma + (1 - gamma) * np.eye(len(ACTIVITIES))), dtype=np.float64)


def best_deviation(marginal: FloatArray, cost: FloatArray) -> FloatArray:
    """
    Deviation from ordinary effort, shape (4, S), for marginal pay of that shape; courting and gaming not below 0.

    Notes
    -----
    The optimum of a convex quadratic program is the best of the feasible optima over its faces; there are four.
    """
    best = np.zeros_like(marginal)
    value = np.zeros(marginal.shape[1])
    for free in product((True, False), repeat=len(BOUNDED)):
        kept = [j for j in range(len(cost)) if j not in BOUNDED or free[BOUNDED.index(j)]]
        deviation = np.zeros_like(marginal)
        deviation[kept] = np.linalg.solve(cost[np.ix_(kept, kept)], marginal[kept])
        gain = 0.5 * (marginal[kept] * deviation[kept]).sum(axis=0)
        better = (deviation[list(BOUNDED)] >= 0).all(axis=0) & (gain > value)
        best[:, better] = deviation[:, better]
        value[better] = gain[better]
    return best


def with_peers(deviation: FloatArray, *, team_idx: IntArray, rho: float) -> FloatArray:
    """
    Deviations from ordinary effort after teammates have pulled each other along, shape (S,).

    Notes
    -----
    Solves d = deviation + rho W d, where W gives everyone the mean of the other members of the team. In a team of n
    with a = rho / (n - 1) the solution is (deviation + a / (1 + a - a n) * sum over the team) / (1 + a): a team that
    deviates alike multiplies its deviation by 1 / (1 - rho). Who has no teammate keeps the own deviation.
    """
    in_team = team_idx >= 0
    if not in_team.any():
        return deviation
    teams = team_idx[in_team]
    size = np.bincount(teams)[teams]
    a = np.where(size > 1, rho / np.maximum(1, size - 1), 0.0)
    total = np.bincount(teams, deviation[in_team])[teams]
    joined = deviation.copy()
    joined[in_team] = (deviation[in_team] + a / (1 + a - a * size) * total) / (1 + a)
    return joined


def bonus_slope(*, needed: FloatArray, sd: float) -> FloatArray:
    """d P(bonus) / d log sales when the log of sales must exceed `needed` and varies by `sd`: peaks near the need."""
    return np.asarray(np.exp(-0.5 * (needed / sd) ** 2) / (sd * np.sqrt(2 * np.pi)), dtype=np.float64)


def sales_slope(world: World) -> tuple[FloatArray, FloatArray]:
    """Marginal pay per unit of log sales, as a share of base pay: from commission, from the threshold bonus."""
    pay, facts = world.rules.pay, world.facts.arrays
    expected = np.ones(world.problem.num_slots)
    if world.month:
        target = world.problem.target[: world.month].sum(axis=0)
        recorded = facts["recorded_sales"][: world.month].sum(axis=0)
        expected = np.where(target > 0, recorded / np.where(target > 0, target, 1.0), 1.0)
    earns = (expected > pay.commission_floor) & (expected < pay.commission_cap)
    commission = pay.commission_share * expected * earns
    if pay.bonus_share == 0:
        return commission, np.zeros_like(commission)
    left = pay.bonus_period_months - world.month % pay.bonus_period_months
    ahead = world.problem.target[world.month : world.month + left].sum(axis=0)
    missing = pay.bonus_threshold * (world.period.target + ahead) - world.period.recorded
    usual = np.where(expected * ahead > 0, expected * ahead, 1.0)
    needed = np.log(np.maximum(missing / usual, 1e-3))
    sd = max(1e-3, world.problem.behaviour.month_sd / np.sqrt(left))
    slope = pay.bonus_share * pay.bonus_period_months / left * bonus_slope(needed=needed, sd=sd)
    return commission, np.where(ahead > 0, slope, 0.0)


def score_slope(world: World) -> FloatArray:
    """Marginal pay per point of the monthly score, as a share of base pay, shape (S,)."""
    people, pay, award = world.people, world.rules.pay, world.rules.team_award
    filled = people.is_filled
    base = world.base_pay
    pool = pay.pool_share * float((base * filled).sum())
    total = max(1.0, float((people.last_score * filled).sum()))
    share = people.last_score / total
    slope = (1 - pay.egalitarian_share) * pool / total * (1 - share) / base
    if world.problem.has_contest:
        teams = world.problem.team_idx
        size = np.maximum(1, np.bincount(np.maximum(0, teams), filled & (teams >= 0)))[np.maximum(0, teams)]
        number = len(np.unique(teams[teams >= 0]))
        worth = award.prize_per_member / base + HONOUR_WORTH * award.symbolic + award.score_bonus_points * slope
        slope = slope + np.where(teams >= 0, worth / (number * CONTEST_SD_POINTS * size), 0.0)
    return np.asarray(slope * filled, dtype=np.float64)


def choose(world: World) -> None:
    """Set the month's effort of every holder, and how much of the orders is pulled forward."""
    rules, people, behaviour = world.rules, world.people, world.problem.behaviour
    assessment, audit = rules.assessment, rules.anti_gaming
    abnormal = bool(world.facts.arrays["is_abnormal"][world.month])
    outcome = assessment.outcome_weight_abnormal if abnormal else assessment.outcome_weight_normal
    weights = np.array([assessment.component_weights[grade] for grade in GRADES])[people.grade]
    per_point = score_slope(world)
    commission, bonus = sales_slope(world)
    points = POINTS_AT_PAR * per_point
    per_log_sale = commission + bonus + points * outcome * weights[:, 1]
    response = elasticity(behaviour)
    visits = VISITS_PER_EFFORT * points * outcome * weights[:, 0]
    opportunity = world.problem.cross_flow.sum(axis=1)
    deterrent = audit.audit_rate * audit.penalty_share
    marginal = np.stack(
        [
            per_log_sale * response * (1 - behaviour.serve_weight) + visits,
            per_log_sale * response * behaviour.serve_weight
            + visits
            + points * (outcome * weights[:, 2] + (1 - outcome) / 2),
            100.0 * assessment.evaluator_bias * per_point * (1 - outcome),
            per_log_sale * opportunity - deterrent,
        ]
    )
    marginal *= people.is_filled
    deviation = best_deviation(marginal, cost_matrix(behaviour))
    followed = people.among(rules.followup.grades)
    team_idx, rho = world.problem.team_idx, world.problem.year.peer_effect
    company = np.minimum(FOLLOWUP_MOST, FOLLOWUP_EFFORT * rules.followup.visits_per_month) * followed
    lifted = deviation[0] + MORALE_EFFORT * people.morale * people.is_filled
    deviation[0] = with_peers(lifted, team_idx=team_idx, rho=rho)
    deviation[1] = with_peers(deviation[1], team_idx=team_idx, rho=rho) + company
    effort = ORDINARY_EFFORT + deviation.T
    effort[:, :2] = np.maximum(LEAST_EFFORT, effort[:, :2])
    effort[:, 3] = np.minimum(MOST_GAME, effort[:, 3])
    people.effort = np.where(people.is_filled[:, None], effort, ORDINARY_EFFORT)
    people.changes += 1
    last_of_period = (world.month + 1) % rules.pay.bonus_period_months == 0
    eager = np.clip((bonus - deterrent) / behaviour.effort_curvature, 0.0, 1.0)
    world.pull_share = eager if last_of_period and rules.pay.bonus_share > 0 else np.zeros_like(eager)


def diligence(effort: FloatArray, behaviour: Behaviour) -> FloatArray:
    """Share of the field time that is used, shape (S,), for effort of shape (S, 4)."""
    return np.asarray(np.minimum(1.0, behaviour.diligence * np.sqrt(effort[:, :2].mean(axis=1))), dtype=np.float64)
