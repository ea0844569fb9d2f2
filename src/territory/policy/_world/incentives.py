"""What one more unit of each activity is worth to a rep this month, as a share of base pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.policy import scoring
from territory.policy._world.market import STUFFED_LATE, sales_response
from territory.policy._world.state import COURT, GAME, PAD, SABOTAGE, SELL, SERVE, World
from territory.policy.quantiles import value_at
from territory.policy.result import ACTIVITIES
from territory.policy.scoring import POINTS_AT_PAR
from territory.units import FloatArray

VISITS_PER_EFFORT = 0.35
CONTEST_SD_POINTS = 5.0
GOODWILL_SD = 0.1
LEAST_SD, LEAST_SHARE = 1e-3, 1e-3
NARROW_SD_POINTS = 4.0
BOTTOM_SHARE = 0.10
CAUGHT_ANYWAY = 0.15


@dataclass(frozen=True, kw_only=True, eq=False)
class Incentives:
    """
    Marginal worth, as shares of base pay.

    Attributes
    ----------
    marginal
        Per unit of effort by activity, shape (6, S).
    bonus
        The bonus' part of what a unit of log sales is worth, shape (S,): what makes pulling orders forward tempting.
    """

    marginal: FloatArray
    bonus: FloatArray


def density(z: FloatArray) -> FloatArray:
    """Of the standard normal."""
    return np.asarray(np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi), dtype=np.float64)


def bonus_slope(*, needed: FloatArray, sd: FloatArray | float) -> FloatArray:
    """d P(bonus) / d log sales when the log of sales must exceed `needed` and varies by `sd`: peaks near the need."""
    return density(needed / sd) / sd


def incentives(world: World) -> Incentives:
    """
    Marginal worth of all activities this month.

    Notes
    -----
    Sales are worth what commission, bonus, goods and the score give for them; selling and serving raise sales with the
    elasticity of demand and visits with VISITS_PER_EFFORT. Courting raises the judgement of an evaluator one knows;
    gaming raises recorded sales; padding raises reports; sabotage lowers the colleagues one is ranked against.
    """
    levers, behaviour, problem = world.levers, world.problem.behaviour, world.problem
    expected = expected_attainment(world)
    commission = _commission_slope(world, expected)
    bonus = _bonus_slope(world, expected)
    goods = levers.number("noncash", "share") * behaviour.noncash_weight * expected
    goods = goods * 0.9 ** levers.number("noncash", "delay_months")
    per_point = score_slope(world)
    outcome = outcome_weight(world)
    weights = component_weights(world)
    points = POINTS_AT_PAR * per_point
    own = _own_part_of_target(world)
    # Who beats the target sees it rise: what is earned now is partly paid back later.
    later = 1.0 - levers.number("targets", "ratchet")
    per_log_sale = ((commission + goods) * later + bonus * later) * own + points * outcome * weights[:, 1] * own
    elasticity = problem.year.demand_elasticity
    activity = levers.number("activity_pay", "visits_share")
    reports = levers.number("activity_pay", "reports_share")
    visits = VISITS_PER_EFFORT * (points * outcome * weights[:, 0] + activity + reports)
    behaved = points * (1 - outcome)
    audits = levers.number("anti_gaming", "audit_rate") * levers.number("anti_gaming", "penalty_share")
    collected = levers.number("activity_pay", "receivables_share") / 2
    known = 1.0 - levers.number("evaluators", "masked")
    courted = levers.number("evaluators", "bias") * behaviour.courting_gain * levers.number("evaluators", "head")
    opportunity = problem.border_share * (1.0 - levers.number("anti_gaming", "market_watch"))
    fear = _fear_slope(world)
    marginal = np.zeros((len(ACTIVITIES), problem.num_slots))
    sales_effect = (per_log_sale + _churn_slope(world)) * elasticity
    by_visits = sales_effect * VISITS_PER_EFFORT + visits
    marginal[SELL] = sales_effect * (1 - behaviour.serve_weight) + by_visits + fear
    marginal[SERVE] = sales_effect * behaviour.serve_weight + by_visits + points * outcome * weights[:, 2] + behaved / 2
    marginal[SERVE] += collected * behaviour.collecting
    marginal[COURT] = 100.0 * courted * per_point * (1 - outcome) * known
    late = STUFFED_LATE * opportunity / max(LEAST_SHARE, problem.year.overdue_share)
    marginal[GAME] = per_log_sale * opportunity - audits - collected * late
    marginal[PAD] = reports - audits - CAUGHT_ANYWAY
    ranked = levers.number("ladder", "forced_distribution") * problem.year.sabotage
    marginal[SABOTAGE] = ranked * points
    return Incentives(marginal=marginal * world.people.is_filled, bonus=bonus * own)


def component_weights(world: World) -> FloatArray:
    """Weights of baseline, marketing and management for every holder, shape (S, 3)."""
    return scoring.component_weights(world.levers, world.people.grade)


def outcome_weight(world: World) -> FloatArray:
    """Weight of outcome against behaviour this month, shape (S,)."""
    return scoring.outcome_weight(world.levers, is_abnormal=bool(world.facts.arrays["is_abnormal"][world.month]))


def expected_attainment(world: World) -> FloatArray:
    """Sales over target that a rep expects at ordinary effort, shape (S,): from the months so far, else from skill."""
    problem, month = world.problem, world.month
    if month == 0:
        people = world.people
        crafts = people.crafts
        made = (people.ability * crafts[:, 0]) ** (1 - problem.behaviour.serve_weight)
        made = made * crafts[:, 1] ** problem.behaviour.serve_weight
        guess = sales_response(made, elasticity=problem.year.demand_elasticity)
        normal = world.potential.sum(axis=1)
        start = problem.potential.sum(axis=1)
        ratio = np.where(start > 0, normal / np.where(start > 0, start, 1.0), 1.0)
        return np.asarray(guess * ratio / world.levers.number("targets", "level"))
    first = max(0, month - MONTHS_PER_YEAR)
    target = world.facts.arrays["target"][first:month].sum(axis=0)
    recorded = world.facts.arrays["recorded_sales"][first:month].sum(axis=0)
    return np.where(target > 0, recorded / np.where(target > 0, target, 1.0), 1.0)


def _own_part_of_target(world: World) -> FloatArray:
    """
    What a unit of own log sales counts for in the attainment that pays, shape (S,).

    Notes
    -----
    Of a team's part 1 / n, and what the others' expectations add to it (Kandel and Lazear 1992).
    """
    team = world.levers.number("targets", "team_share")
    alone = 1.0 / world.problem.groups.size(world.people.is_filled)
    pressure = world.problem.behaviour.team_pressure
    return np.asarray(1.0 - team + team * (alone + pressure * (1.0 - alone)))


def _sales_sd(world: World) -> FloatArray:
    """Spread of a month's log attainment, shape (S,): smaller for what is the team's."""
    team = world.levers.number("targets", "team_share")
    behaviour = world.problem.behaviour
    size = world.problem.groups.size(world.people.is_filled)
    own = behaviour.month_sd**2 * ((1.0 - team) ** 2 + (1.0 - (1.0 - team) ** 2) / size)
    return np.asarray(np.maximum(LEAST_SD, np.sqrt(own + behaviour.company_sd**2)), dtype=np.float64)


def _commission_slope(world: World, expected: FloatArray) -> FloatArray:
    """Commission per unit of log sales: its rate where sales lie between floor and cap, by their spread."""
    levers = world.levers
    share, accelerated = levers.number("commission", "share"), levers.number("commission", "accelerator_share")
    if not (share.any() or accelerated.any()):
        return np.zeros_like(expected)
    sd = _sales_sd(world)
    level = np.log(np.maximum(LEAST_SHARE, expected))

    def chance_above(limit: FloatArray) -> FloatArray:
        return np.asarray(ndtr((level - np.log(np.maximum(1e-9, limit))) / sd), dtype=np.float64)

    above_floor = chance_above(levers.number("commission", "floor"))
    below_cap = 1.0 - chance_above(levers.number("commission", "cap"))
    slope = share * expected * np.maximum(0.0, above_floor + below_cap - 1.0)
    slope = slope + accelerated * expected * chance_above(levers.number("commission", "accelerator_from"))
    guarantee = levers.number("commission", "guarantee_share")
    if guarantee.any():
        # Below the guarantee effort earns nothing: sales must pay more than it first.
        fixed = (1.0 - levers.number("egalitarian_pool", "pool_share")) * (
            1.0 - levers.number("commission", "replaces_fixed")
        )
        enough = (guarantee - fixed) / np.maximum(LEAST_SHARE, share) + levers.number("commission", "floor")
        # One looks at what working for the rate would bring, not at today's sales.
        gain = slope * world.problem.year.demand_elasticity / world.problem.behaviour.effort_curvature
        reach = np.log1p(world.problem.year.demand_elasticity * gain)
        earns = ndtr((level + reach - np.log(np.maximum(1e-9, enough))) / sd)
        slope = np.where(guarantee > 0, slope * earns, slope)
    return np.asarray(slope)


def _churn_slope(world: World) -> FloatArray:
    """What the churn penalty takes per unit of log sales from outlets that are about to lapse, shape (S,)."""
    share = world.levers.number("commission", "churn_penalty_share")
    if not share.any():
        return share
    normal = world.potential.sum(axis=1)
    at_risk = (world.potential * ndtr((1.0 - world.goodwill) / GOODWILL_SD)).sum(axis=1)
    return share * np.where(normal > 0, at_risk / np.where(normal > 0, normal, 1.0), 0.0)


def _bonus_slope(world: World, expected: FloatArray) -> FloatArray:
    """Threshold bonus and what is paid above it, per unit of log sales this month."""
    levers, period = world.levers, world.period
    share, over = levers.number("bonus", "share"), levers.number("bonus", "over_share")
    if not (share.any() or over.any()):
        return np.zeros_like(expected)
    months = world.policy.bonus.period_months
    left = months - world.month % months
    ahead = world.target * left
    missing = levers.number("bonus", "threshold") * (period.target + ahead) - period.recorded
    usual = np.where(expected * ahead > 0, expected * ahead, 1.0)
    needed = np.log(np.maximum(missing / usual, LEAST_SHARE))
    sd = np.maximum(LEAST_SD, _sales_sd(world) / np.sqrt(left))
    part = months / left
    slope = share * part * bonus_slope(needed=needed, sd=sd)
    slope = slope + over * part * expected * ndtr(-needed / sd)
    return np.where(ahead > 0, slope, 0.0)


def score_slope(world: World) -> FloatArray:
    """Marginal pay per point of the monthly score, as a share of base pay: pool, contest, stars, promotion."""
    people, levers = world.people, world.levers
    filled = people.is_filled
    base = world.base_pay
    merit = levers.number("egalitarian_pool", "pool_share") * (
        1.0 - levers.number("egalitarian_pool", "egalitarian_share")
    )
    fund = float((merit * base * filled).sum())
    weighted = people.last_score * filled * (merit > 0)
    total = max(1.0, float(weighted.sum()))
    slope = fund / total * (1 - people.last_score / total) / base * (merit > 0)
    slope = slope + _contest_slope(world, base) + _promotion_slope(world) + _stars_slope(world)
    # Assessors who need not rank smooth differences away; a forced distribution brings them back.
    forced = levers.number("ladder", "forced_distribution")
    told_apart = 1.0 - world.problem.behaviour.leniency * (1.0 - forced)
    return np.asarray(slope * told_apart * filled, dtype=np.float64)


def _contest_slope(world: World, base: FloatArray) -> FloatArray:
    """Chance of winning the team contest per point, times what it is worth."""
    levers, problem, people = world.levers, world.problem, world.people
    prize = levers.number("team_award", "prize_per_member")
    honour = levers.number("team_award", "symbolic") + levers.number("team_award", "individual")
    points = levers.number("team_award", "score_bonus_points")
    if not (problem.has_contest and (prize.any() or honour.any() or points.any())):
        return np.zeros_like(base)
    size = problem.groups.size(people.is_filled)
    worth = prize / base + problem.behaviour.contest_worth * (honour + points / 3.0)
    return np.where(problem.team_idx >= 0, worth / (problem.num_teams_at_work * CONTEST_SD_POINTS * size), 0.0)


def _promotion_slope(world: World) -> FloatArray:
    """Chance per point of this month to end the year above the cuts between grades, times the pay between them."""
    levers, year, behaviour = world.levers, world.problem.year, world.problem.behaviour
    merit = levers.number("ladder", "meritocracy")
    if not merit.any() or year.grade_pay[0] == year.grade_pay[-1]:
        return np.zeros_like(merit)
    standing = world.people.last_score
    filled = world.people.is_filled
    if not filled.any():
        return np.zeros_like(merit)
    slope = np.zeros_like(merit)
    above = 0.0
    for grade in (2, 1):
        above += levers.company("ladder", GRADES[grade])
        if 0.0 < above < 1.0:
            cut = value_at(1.0 - above, standing[filled])
            gap = (year.grade_pay[grade] - year.grade_pay[grade - 1]) / year.grade_pay[0]
            chance = density((cut - standing) / behaviour.career_sd) / behaviour.career_sd
            slope = slope + gap * chance
    return np.asarray(merit * slope * behaviour.career_months / MONTHS_PER_YEAR, dtype=np.float64)


def _stars_slope(world: World) -> FloatArray:
    """Prize per star times stars per point, spread over the year."""
    prize = world.levers.number("stars", "prize_share")
    return np.asarray(prize / (MONTHS_PER_YEAR * world.problem.behaviour.career_sd), dtype=np.float64)


def _fear_slope(world: World) -> FloatArray:
    """Worth of working for who is near the bottom and sees that people there are replaced."""
    levers, behaviour, people = world.levers, world.problem.behaviour, world.people
    share, bench = levers.number("ladder", "bottom_elimination"), levers.number("ladder", "bench")
    threat = bench + share / BOTTOM_SHARE
    filled = people.is_filled
    if not threat.any() or not filled.any():
        return np.zeros_like(threat)
    cut = value_at(BOTTOM_SHARE, people.last_score[filled])
    near = np.exp(-0.5 * ((people.last_score - cut) / (2 * NARROW_SD_POINTS)) ** 2)
    return np.asarray(behaviour.fear_effort * behaviour.effort_curvature * threat * near, dtype=np.float64)
