"""The month's assessment, the contests, and the year's stars."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy._world.incentives import POINTS_AT_PAR, component_weights, outcome_weight
from territory.policy._world.quantiles import value_at
from territory.policy._world.state import COURT, MIN_DAYS_ASSESSED, SERVE, World
from territory.policy._world.time_use import diligence
from territory.units import BoolArray, FloatArray, IntArray

BEST_RATIO = 1.25
MAX_POINTS = 100.0
MORALE_KEPT = 0.7
LESS_THAN_WINNERS = 0.6
RECOGNISED_SHARE = 0.2
STAR_LIMITS = (0.10, 0.30, 0.70, 0.90)
COMMITTEE_SD_POINTS = 3.0


def points(ratio: FloatArray) -> FloatArray:
    """Points for a ratio of done to asked: 80 at par, 100 at 125 % and above, 0 at 0."""
    return np.asarray(POINTS_AT_PAR * np.clip(ratio, 0.0, BEST_RATIO), dtype=np.float64)


def attained(world: World) -> FloatArray:
    """Recorded sales over target this month, shape (S,), the team's as far as targets are the team's."""
    facts, month, filled = world.facts.arrays, world.month, world.people.is_filled
    recorded, target = facts["recorded_sales"][month], world.target
    own = np.where(target > 0, recorded / np.where(target > 0, target, 1.0), 1.0)
    part = world.levers.number("targets", "team_share")
    if not part.any():
        return own
    groups = world.problem.groups
    asked = groups.total(np.where(filled, target, 0.0))
    sold = groups.total(np.where(filled, recorded, 0.0))
    team = np.where(asked > 0, sold / np.where(asked > 0, asked, 1.0), 1.0)
    return np.asarray((1 - part) * own + part * team)


def judge(world: World) -> None:
    """Score every holder who was there for at least ten days; others get no score (0) and no award points."""
    people, month = world.people, world.month
    assessed = people.is_filled & (world.now.days_filled >= MIN_DAYS_ASSESSED)
    planned = world.month_plan.sum(axis=1)
    done = world.now.done.sum(axis=1)
    visits = np.where(planned > 0, done / np.maximum(1, planned), 1.0)
    noise = judgement_sd(world)[:, None] * world.draws.normals("judgement", month, 4)
    quality = people.crafts[:, 1] * people.effort[:, SERVE]
    judged = np.stack(
        [
            points(visits),
            points(attained(world)),
            np.clip(points(quality) * (1 + noise[:, 0]), 0.0, MAX_POINTS),
            _behaviour(world, visits, quality, noise),
        ],
        axis=1,
    )
    weights = component_weights(world)
    outcome = outcome_weight(world)
    plain = outcome * (weights * judged[:, :3]).sum(axis=1) + (1 - outcome) * judged[:, 3]
    award = np.where(assessed, people.award_points, 0.0)
    score = np.where(assessed, np.clip(_apart(world, plain, assessed) + award, 0.0, MAX_POINTS), 0.0)
    people.award_points = np.zeros_like(award)
    people.last_score = np.where(assessed, score, people.last_score)
    people.year_score = people.year_score + score
    people.year_months = people.year_months + assessed
    _tell_ranks(world, assessed)
    world.facts.write(
        month,
        is_assessed=assessed,
        judged=np.where(assessed[:, None], judged, 0.0),
        award_points=award,
        plain_score=np.where(assessed, plain, 0.0),
        score=score,
    )


def judgement_sd(world: World) -> FloatArray:
    """Error of a judgement, shape (S,): every day of observation in the quarter is one more look."""
    looks = 1.0 + world.levers.number("field_visits", "observation_per_quarter")
    return np.asarray(world.levers.number("evaluators", "noise") / np.sqrt(looks), dtype=np.float64)


def _behaviour(world: World, visits: FloatArray, quality: FloatArray, noise: FloatArray) -> FloatArray:
    """
    The behaviour score, shape (S,): what inspection, service centre, head and colleagues see.

    Notes
    -----
    Inspection judges quality, the service centre quantity, the head execution and cohesion (and is courted, if one
    knows who judges), colleagues how one serves and that one harms nobody.
    """
    people, levers, behaviour = world.people, world.levers, world.problem.behaviour
    execution = diligence(people.effort, behaviour) / behaviour.diligence
    courted = MAX_POINTS * levers.number("evaluators", "bias") * people.effort[:, COURT]
    courted = courted * behaviour.courting_gain * (1.0 - levers.number("evaluators", "masked"))
    seen = np.stack(
        [
            points(quality) * (1 + noise[:, 1]),
            points(visits),
            points(execution) * (1 + noise[:, 2]) + courted,
            points((people.effort[:, SERVE] + execution) / 2) * (1 + noise[:, 3]),
        ]
    )
    weights = np.stack(
        [levers.number("evaluators", name) for name in ("inspection", "service_centre", "head", "peers")]
    )
    return np.asarray(np.clip((weights * seen).sum(axis=0), 0.0, MAX_POINTS), dtype=np.float64)


def _apart(world: World, plain: FloatArray, assessed: BoolArray) -> FloatArray:
    """A forced distribution measures against the team: its mean is moved to the company's."""
    forced = world.levers.number("ladder", "forced_distribution")
    if not forced.any() or not assessed.any():
        return plain
    team = world.problem.groups.mean(plain, assessed)
    return np.asarray(plain + forced * (float(plain[assessed].mean()) - team), dtype=np.float64)


def _tell_ranks(world: World, assessed: BoolArray) -> None:
    """How much lower than expected everyone's rank is, as a share of those assessed; nobody is told without lever."""
    people, levers = world.people, world.levers
    people.rank_surprise = np.zeros_like(people.rank_surprise)
    told = levers.number("review", "rank_feedback") + levers.number("review", "public_rank")
    if not told.any() or assessed.sum() < 2:
        return
    scores = people.last_score[assessed]
    ordered = np.sort(scores)
    below = np.searchsorted(ordered, scores, side="left") + np.searchsorted(ordered, scores, side="right")
    share = below / 2.0 / len(scores)
    expected = 0.5 + world.problem.behaviour.overplacement
    people.rank_surprise[assessed] = expected - share


def winning_team(*, score: FloatArray, is_assessed: BoolArray, team_idx: IntArray) -> int:
    """Team with the highest mean score, the lower number on a tie; -1 where fewer than two teams have scores."""
    teams = np.unique(team_idx[(team_idx >= 0) & is_assessed])
    if len(teams) < 2:
        return -1
    means = [float(score[(team_idx == team) & is_assessed].mean()) for team in teams]
    return int(teams[int(np.argmax(means))])


def honour(world: World) -> BoolArray:
    """Crown the period's best team and the best reps: points and morale for what follows; who has won, shape (S,)."""
    people, facts, levers, contest = world.people, world.facts.arrays, world.levers, world.contest
    assessed = facts["is_assessed"][world.month]
    contest.points = contest.points + facts["score"][world.month]
    contest.months = contest.months + assessed
    people.morale = MORALE_KEPT * people.morale
    won = np.zeros(len(people.morale), dtype=np.bool_)
    if (world.month + 1) % world.policy.team_award.period_months:
        return won
    counted = contest.months > 0
    mean = np.where(counted, contest.points / np.maximum(1.0, contest.months), 0.0)
    contest.points, contest.months = np.zeros_like(contest.points), np.zeros_like(contest.months)
    if not levers.acts("team_award").any():
        return won
    teams = world.problem.team_idx
    best = winning_team(score=mean, is_assessed=counted, team_idx=teams)
    if best >= 0:
        won = (teams == best) & people.is_filled & levers.acts("team_award")
        symbolic = levers.number("team_award", "symbolic") * (teams >= 0)
        _lift(world, won, symbolic)
        people.award_points = people.award_points + levers.number("team_award", "score_bonus_points") * won
    individual = levers.number("team_award", "individual")
    if individual.any() and counted.any():
        limit = value_at(1.0 - RECOGNISED_SHARE, mean[counted])
        _lift(world, counted & (mean >= limit), individual)
    return won


def _lift(world: World, honoured: BoolArray, strength: FloatArray) -> None:
    """Those who see others honoured want to be like them, and move more than the honoured."""
    lift = world.problem.behaviour.honour_effort * strength * np.where(honoured, LESS_THAN_WINNERS, 1.0)
    world.people.morale = world.people.morale + lift * 5.0 * world.people.is_filled


def rate_stars(world: World, annual: FloatArray, ranked: BoolArray) -> None:
    """Year's end: a weighted committee gives five stars; 10 % five, 20 % four, 40 % three, 20 % two, 10 % one."""
    levers, year = world.levers, world.month // MONTHS_PER_YEAR
    members = ("monopoly", "sales", "logistics", "call_centre")
    weights = np.stack([levers.number("stars", name) for name in members], axis=1)
    opinions = annual[:, None] + COMMITTEE_SD_POINTS * world.draws.normals("committee", world.month, len(members))
    found = np.where(ranked, np.clip((weights * opinions).sum(axis=1), 0.0, MAX_POINTS), 0.0)
    stars = np.zeros(len(found), dtype=np.int64)
    if ranked.any():
        order = np.lexsort((world.problem.stream_row, -found))
        order = order[ranked[order]]
        share = (np.arange(len(order)) + 0.5) / len(order)
        stars[order] = 5 - np.searchsorted(STAR_LIMITS, share)
    world.people.star = np.where(ranked, stars, world.people.star)
    world.facts.arrays["star"][year] = stars
    world.facts.arrays["stars_points"][year] = found
