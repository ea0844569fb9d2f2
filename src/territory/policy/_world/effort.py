"""Effort: what each month's rules make worth doing.

A rep maximises marginal pay times effort less the cost of leaving ordinary effort,
max b'(e - e0) - (e - e0)' C (e - e0) / 2, with courting, gaming, padding and sabotage at least 0. What is not money
(talks, honours, rank feedback, courses) moves selling effort directly. Colleagues who can see each other then pull each
other along.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numba as nb
import numpy as np

from territory.policy._world.incentives import incentives
from territory.policy._world.people import ORDINARY_EFFORT
from territory.policy._world.state import COURT, GAME, PAD, SABOTAGE, SELL, SERVE, World
from territory.policy.behaviour import Behaviour
from territory.policy.result import ACTIVITIES
from territory.units import BoolArray, FloatArray, IntArray

BOUNDED = (COURT, GAME, PAD, SABOTAGE)
MORALE_EFFORT = 0.2
FOLLOWUP_MOST = 0.05
OBSERVED_LIKE = 1.5
LEAST_EFFORT, MOST_OF_A_KIND = 0.2, 1.0


def cost_matrix(behaviour: Behaviour) -> FloatArray:
    """Curvature of the cost of effort between activities, shape (6, 6)."""
    return _cost(behaviour.effort_curvature, behaviour.effort_substitution, behaviour.idle_curvature)


def _cost(curvature: float, substitution: float, idle: float) -> FloatArray:
    """What does not serve outlets costs `idle` times as much as work, and takes as little away from it."""
    share = np.where(np.isin(np.arange(len(ACTIVITIES)), BOUNDED), idle, 1.0)
    own = np.diag(share) * (1 - substitution)
    return np.asarray(curvature * (own + substitution * np.minimum.outer(share, share)), dtype=np.float64)


@lru_cache(maxsize=8)
def _faces(curvature: float, substitution: float, idle: float) -> FloatArray:
    """
    The inverse of the cost matrix on each set of activities that are not at their bound, 0 elsewhere, (16, 6, 6).
    """
    cost = _cost(curvature, substitution, idle)
    found = np.zeros((2 ** len(BOUNDED), *cost.shape))
    for face, free in zip(found, product((True, False), repeat=len(BOUNDED)), strict=True):
        kept = tuple(j for j in range(len(ACTIVITIES)) if j not in BOUNDED or free[BOUNDED.index(j)])
        face[np.ix_(kept, kept)] = np.linalg.inv(cost[np.ix_(kept, kept)])
    return found


def best_deviation(marginal: FloatArray, behaviour: Behaviour) -> FloatArray:
    """
    Deviation from ordinary effort, shape (6, S), for marginal pay of that shape; the bounded ones not below 0.

    Notes
    -----
    The optimum of a convex quadratic program is the best of the feasible optima over its faces; there are sixteen.
    """
    best = np.zeros_like(marginal)
    faces = _faces(behaviour.effort_curvature, behaviour.effort_substitution, behaviour.idle_curvature)
    _best_of_faces(np.ascontiguousarray(marginal), faces, np.array(BOUNDED), best)
    return best


@nb.njit(cache=True)
def _best_of_faces(marginal: FloatArray, faces: FloatArray, bounded: IntArray, best: FloatArray) -> None:
    """Fill the last array, slot by slot; the first face has no activity at its bound."""
    activities, slots = marginal.shape
    deviation, worth = np.empty(activities), np.empty(activities)
    for slot in range(slots):
        most = 0.0
        worth[:] = marginal[:, slot]
        for face in range(len(faces)):
            gain, is_possible = 0.0, True
            for row in range(activities):
                moved = 0.0
                for column in range(activities):
                    moved += faces[face, row, column] * worth[column]
                deviation[row] = moved
                gain += 0.5 * worth[row] * moved
            for row in bounded:
                is_possible = is_possible and deviation[row] >= 0
            if is_possible and gain > most:
                most = gain
                best[:, slot] = deviation
            if is_possible and face == 0:
                break


def with_peers(private: FloatArray, *, seen: FloatArray, of_slot: IntArray, rho: float) -> FloatArray:
    """
    Deviations from ordinary effort after colleagues have pulled each other along, shape (S,).

    Parameters
    ----------
    private
        Deviations before, shape (S,).
    seen
        What else of a colleague's performance is seen (log ability), shape (S,).
    of_slot
        Group of each slot whose members see each other, shape (S,).

    Notes
    -----
    Solves d = private + rho W (d + seen), where W gives everyone the mean of the other members of the group. In a
    group of n with a = rho / (n - 1) the solution is d = (u + a / (1 + a - a n) * sum of u) / (1 + a) with
    u = private + rho W seen: a group that deviates alike multiplies its deviation by 1 / (1 - rho).
    """
    size = np.bincount(of_slot)[of_slot]
    others = np.where(size > 1, (np.bincount(of_slot, seen)[of_slot] - seen) / np.maximum(1, size - 1), 0.0)
    moved = private + rho * others
    a = np.where(size > 1, rho / np.maximum(1, size - 1), 0.0)
    total = np.bincount(of_slot, moved)[of_slot]
    return np.asarray((moved + a / (1 + a - a * size) * total) / (1 + a), dtype=np.float64)


def choose(world: World) -> None:
    """Set the month's effort of every holder, and how much of the orders is pulled forward."""
    people, behaviour = world.people, world.problem.behaviour
    filled = people.is_filled
    found = incentives(world)
    deviation = best_deviation(found.marginal, behaviour)
    deviation[SELL] += _spirit(world, filled)
    deviation[SERVE] += _company(world) * filled
    groups = world.problem.seen_by
    # A stranger's talent is no example: only what differs from the mean of those one sees pulls.
    talent = np.where(filled, np.log(people.ability * people.crafts.mean(axis=1)), 0.0)
    talent = talent - (talent[filled].mean() if filled.any() else 0.0)
    rho = behaviour.peer_effort
    deviation[SELL] = with_peers(deviation[SELL], seen=talent * filled, of_slot=groups, rho=rho)
    deviation[SERVE] = with_peers(deviation[SERVE], seen=np.zeros_like(talent), of_slot=groups, rho=rho)
    effort = ORDINARY_EFFORT + deviation.T
    effort[:, :COURT] = np.maximum(LEAST_EFFORT, effort[:, :COURT])
    effort[:, COURT + 1 :] = np.minimum(MOST_OF_A_KIND, effort[:, COURT + 1 :])
    people.effort = np.where(filled[:, None], effort, ORDINARY_EFFORT)
    people.changes += 1
    _pull(world, found.bonus)


def _spirit(world: World, filled: BoolArray) -> FloatArray:
    """Selling effort that is not bought: morale, a course's motivation, talks about goals, what one's rank does."""
    levers, people, behaviour = world.levers, world.people, world.problem.behaviour
    talk = behaviour.talk_effort * levers.number("review", "goal_talk")
    told = levers.number("review", "rank_feedback") + levers.number("review", "public_rank")
    # Only a rank below the expected one discourages; effort then goes where no rank is told.
    rank = -behaviour.discouragement * told * np.maximum(0.0, people.rank_surprise)
    return np.asarray((MORALE_EFFORT * people.morale + people.motivation + talk + rank) * filled)


def _company(world: World) -> FloatArray:
    """Serving effort in the supervisor's company, shape (S,)."""
    levers = world.levers
    visits = levers.number("field_visits", "followup_per_month")
    visits = visits + OBSERVED_LIKE * levers.number("field_visits", "observation_per_quarter") / 3.0
    span = levers.number("supervisor", "span_factor")
    return np.asarray(np.minimum(FOLLOWUP_MOST, world.problem.behaviour.followup_effort * visits / span))


def _pull(world: World, bonus: FloatArray) -> None:
    """In the last month of a bonus period orders of the next month are tempting."""
    levers = world.levers
    months = world.policy.bonus.period_months
    audits = levers.number("anti_gaming", "audit_rate") * levers.number("anti_gaming", "penalty_share")
    last_of_period = (world.month + 1) % months == 0
    eager = np.clip((bonus - audits) / world.problem.behaviour.effort_curvature, 0.0, 1.0)
    world.pull_share = np.where(levers.acts("bonus"), eager, 0.0) if last_of_period else np.zeros_like(eager)
