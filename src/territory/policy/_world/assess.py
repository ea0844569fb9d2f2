"""The month's assessment, the contests, and the year's stars: `scoring` with what evaluators see and miss."""

from __future__ import annotations

import numpy as np

from territory.domain.levers_assessment import COMMITTEE
from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.policy import scoring
from territory.policy._world.state import COURT, SERVE, World
from territory.policy._world.time_use import diligence
from territory.policy.scoring import MAX_POINTS, MIN_DAYS_ASSESSED, points
from territory.units import BoolArray, FloatArray

MORALE_KEPT = 0.7
LESS_THAN_WINNERS = 0.6
COMMITTEE_SD_POINTS = 3.0


def attained(world: World) -> FloatArray:
    """Recorded sales over target this month, shape (S,), the team's as far as targets are the team's."""
    return scoring.attained(
        recorded=world.facts.arrays["recorded_sales"][world.month],
        target=world.target,
        part=world.levers.number("targets", "team_share"),
        counted=world.people.is_filled,
        groups=world.problem.groups,
    )


def judge(world: World) -> None:
    """Score every holder who was there for at least ten days; others get no score (0) and no award points."""
    people, month, levers = world.people, world.month, world.levers
    assessed = people.is_filled & (world.now.days_filled >= MIN_DAYS_ASSESSED)
    planned = world.month_plan.sum(axis=1)
    done = world.now.done.sum(axis=1)
    visits = scoring.visits_made(done, planned)
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
    plain = scoring.plain_score(
        outcome=scoring.outcome_weight(levers, is_abnormal=bool(world.facts.arrays["is_abnormal"][month])),
        weights=scoring.component_weights(levers, people.grade),
        judged=judged,
    )
    award = np.where(assessed, people.award_points, 0.0)
    score = scoring.final_score(_apart(world, plain, assessed), award, assessed)
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
    return scoring.behaviour_points(scoring.evaluator_weights(levers), seen)


def _apart(world: World, plain: FloatArray, assessed: BoolArray) -> FloatArray:
    """A forced distribution measures against the team: its mean is moved to the company's."""
    forced = world.levers.number("ladder", "forced_distribution")
    if not forced.any():
        return plain
    team = world.problem.groups.mean(plain, assessed)
    return scoring.moved_to_company(plain, forced=forced, team_mean=team, assessed=assessed)


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
    mean = scoring.contest_mean(contest.points, contest.months)
    contest.points, contest.months = np.zeros_like(contest.points), np.zeros_like(contest.months)
    if not levers.acts("team_award").any():
        return won
    teams = world.problem.team_idx
    best = scoring.winning_team(score=mean, is_assessed=counted, team_idx=teams)
    if best >= 0:
        won = (teams == best) & people.is_filled & levers.acts("team_award")
        symbolic = levers.number("team_award", "symbolic") * (teams >= 0)
        _lift(world, won, symbolic)
        people.award_points = people.award_points + levers.number("team_award", "score_bonus_points") * won
    individual = levers.number("team_award", "individual")
    if individual.any() and counted.any():
        _lift(world, scoring.recognised(mean, counted), individual)
    return won


def _lift(world: World, honoured: BoolArray, strength: FloatArray) -> None:
    """Those who see others honoured want to be like them, and move more than the honoured."""
    lift = world.problem.behaviour.honour_effort * strength * np.where(honoured, LESS_THAN_WINNERS, 1.0)
    world.people.morale = world.people.morale + lift * 5.0 * world.people.is_filled


def rate_stars(world: World, annual: FloatArray, ranked: BoolArray) -> None:
    """Year's end: a weighted committee gives five stars; 10 % five, 20 % four, 40 % three, 20 % two, 10 % one."""
    year = world.month // MONTHS_PER_YEAR
    opinions = annual[:, None] + COMMITTEE_SD_POINTS * world.draws.normals("committee", world.month, len(COMMITTEE))
    found = scoring.committee_points(scoring.committee_weights(world.levers), opinions, ranked)
    stars = scoring.stars(found, ranked=ranked, tie=world.problem.stream_row)
    world.people.star = np.where(ranked, stars, world.people.star)
    world.facts.arrays["star"][year] = stars
    world.facts.arrays["stars_points"][year] = found
