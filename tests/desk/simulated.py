"""A simulated year as the desk would see it: every holder of a position a person, evaluators' judgements from facts."""

from __future__ import annotations

from typing import Any

import numpy as np

from territory.desk import DeskProblem, PairStart
from territory.desk.model import month_after
from territory.policy import PolicyProblem, YearResult
from territory.policy._world.people import EXPECTED_SCORE
from territory.policy._world.time_use import diligence
from territory.policy.in_force import InForce
from territory.policy.result import ACTIVITIES, JUDGED
from territory.policy.scoring import points
from territory.units import FloatArray, IntArray

FIRST_YEAR = 2027
SERVE, COURT = ACTIVITIES.index("serve"), ACTIVITIES.index("court")


def expected_at_start(problem: PolicyProblem) -> FloatArray:
    """Score that stands for the one before the first month, shape (S,)."""
    return np.asarray(EXPECTED_SCORE * problem.ability * problem.skill_now().mean(axis=1))


def holders(result: YearResult) -> IntArray:
    """Which holder of the position closed the month, shape (M, S); the first one is 0."""
    return np.cumsum(result.hires, axis=0)


def desk_of(problem: PolicyProblem, result: YearResult, months: int | None = None, **changes: Any) -> DeskProblem:
    """
    The first months of a simulated year (all of them by default).

    Who judged what is worked out from effort and skill, as evaluators without noise see them.
    """
    number = len(result.pool) if months is None else months
    who = holders(result)
    people = sorted({(int(h), s) for m in range(number) for s, h in enumerate(who[m])})
    at = {person: place for place, person in enumerate(people)}
    count, slots = len(people), problem.num_slots
    place = np.array([[at[int(who[m][s]), s] for s in range(slots)] for m in range(number)])
    # A position that was empty when the month closed has no row.
    days = result.is_filled_day.reshape(len(result.pool), -1, slots)
    closed = days[:, -1]

    def spread(values: Any, fill: float = 0) -> Any:
        found = np.full((number, count, *np.shape(values)[2:]), fill, dtype=np.asarray(values).dtype)
        for m in range(number):
            found[m][place[m][closed[m]]] = np.asarray(values)[m][closed[m]]
        return found

    tenure = _tenure(problem, result)
    slot_of = np.array([slot for _, slot in people])
    is_there = spread(closed, False)
    columns: dict[str, Any] = {
        "policy_name": "simulated",
        "policy": result.policy,
        "year": problem.year,
        "rep_ids": tuple(f"{problem.slot_ids[slot]}#{holder}" for holder, slot in people),
        "names": tuple(f"{problem.slot_ids[slot]} {holder}" for holder, slot in people),
        "months": tuple(month_after(f"{FIRST_YEAR}-01", m) for m in range(number)),
        "first_year": FIRST_YEAR,
        "team_ids": problem.team_ids,
        "num_positions": slots,
        "is_there": is_there,
        # Who quits on the last evening is not there any more when the year is closed.
        "is_staff": is_there[-1] & ~spread(result.quits > 0, False)[-1],
        "team_idx": np.tile(problem.team_idx[slot_of], (number, 1)),
        "grade": spread(result.holder_grade),
        "is_formal": np.tile(problem.is_formal[slot_of], (number, 1)),
        "tenure_months": spread(tenure),
        "step": _steps(problem, result, people, number),
        "star": np.full(count, 3),
        "days_present": spread(days.sum(axis=1)),
        "visits_done": spread(result.done_visits.sum(axis=2)),
        "visits_asked": spread(result.due_visits.sum(axis=2)),
        "sales": spread(result.recorded_sales),
        "target": spread(result.target),
        "judged": spread(judged_without_noise(problem, result), np.nan),
        "num_judges": np.ones((number, count, 5)),
        "supply": result.supply[:number],
        "is_supply_given": np.zeros(number),
        "committee": _opinions(result, place, number, count),
        "unwilling": np.zeros(count),
        "place": np.full((count, 2), np.nan),
        "load": np.ones(count),
        "pairs": _pairs(problem, result, place, number),
    }
    return DeskProblem(**(columns | changes))


def judged_without_noise(problem: PolicyProblem, result: YearResult) -> FloatArray:
    """Quality, inspection, service centre, head and peers, shape (M, S, 5)."""
    quality = result.judged[:, :, JUDGED.index("management")]
    visits = result.judged[:, :, JUDGED.index("baseline")]
    behaviour = problem.behaviour
    head, peers = np.zeros_like(quality), np.zeros_like(quality)
    for month in range(len(result.pool)):
        effort = result.effort[month]
        levers = InForce(result.policy, result.strength[month])
        execution = diligence(effort, behaviour) / behaviour.diligence
        courted = 100.0 * levers.number("evaluators", "bias") * effort[:, COURT]
        courted = courted * behaviour.courting_gain * (1.0 - levers.number("evaluators", "masked"))
        head[month] = points(execution) + courted
        peers[month] = points((effort[:, SERVE] + execution) / 2)
    return np.stack([quality, quality, visits, head, peers], axis=2)


def _tenure(problem: PolicyProblem, result: YearResult) -> FloatArray:
    """Months of service at the start of each month, shape (M, S); 0 for a newcomer."""
    found = np.zeros((len(result.pool), problem.num_slots))
    now = problem.tenure_months.copy()
    for month in range(len(result.pool)):
        now = np.where(result.hires[month] > 0, 0.0, now)
        found[month] = now
        now = now + result.is_filled_day[(month + 1) * 21 - 1]
    return found


def _steps(problem: PolicyProblem, result: YearResult, people: list[tuple[int, int]], number: int) -> IntArray:
    """Step of everybody in the last month: that of the last year's records where there are some."""
    year = (number - 1) // 12
    known = result.step[year]
    return np.array([known[slot] if known[slot] > 0 else problem.step[slot] for _, slot in people])


def _opinions(result: YearResult, place: IntArray, number: int, people: int) -> FloatArray:
    """Every member of the committee gives the points that it came to; years that do not end have none."""
    found = np.full((-(-number // 12), people, 4), np.nan)
    for year in range(number // 12):
        found[year][place[12 * year + 11]] = result.stars_points[year][:, None]
    return found


def _pairs(problem: PolicyProblem, result: YearResult, place: IntArray, number: int) -> tuple[PairStart, ...]:
    """All pairs that began in these months; who has no score yet is expected to have one by skill."""
    found = []
    for pair in range(len(result.pair_start)):
        since, mentee = int(result.pair_start[pair]), int(result.pair_mentee[pair])
        if since >= number:
            continue
        start = None
        if since == 0:
            start = float(expected_at_start(problem)[mentee])
        elif not any(result.is_assessed[m, mentee] and place[m][mentee] == place[since][mentee] for m in range(since)):
            start = EXPECTED_SCORE * problem.behaviour.skill_start
        found.append(
            PairStart(
                mentor=int(place[since][result.pair_mentor[pair]]),
                mentee=int(place[since][mentee]),
                since=since,
                score_at_start=start,
            )
        )
    return tuple(found)
