"""Rules of the checker about the year: means, stars, places under the caps, steps, who goes and who leads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from territory.desk.check_month import MOST, month_of
from territory.desk.found import Found, differs
from territory.desk.levers import company
from territory.desk.model import DeskProblem
from territory.desk.result import DeskResult
from territory.domain.levers_assessment import COMMITTEE
from territory.domain.policy_rules import GRADES

TOP_STEP = 9
NO_STEP = 0.10
STAR_SHARES = ((5, 0.10), (4, 0.30), (3, 0.70), (2, 0.90), (1, 1.0))


def _ranked(problem: DeskProblem, result: DeskResult) -> list[int]:
    """Whoever is there at the end and had a score in the year, by the result's own months."""
    year = result.year
    counted = [at for at, month in enumerate(problem.months) if int(month[:4]) == year.year]
    return [
        s
        for s in range(problem.num_people)
        if problem.is_there[problem.last, s]
        and problem.is_staff[s]
        and any(result.months[at].is_assessed[s] for at in counted)
    ]


def _who_is_ranked(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(1) Ranked are those who are there at the end and had a score in the year."""
    wanted = set(_ranked(problem, result))
    for person in range(problem.num_people):
        if bool(result.year.is_ranked[person]) != (person in wanted):
            yield Found(subject=problem.rep_ids[person], amount=1.0, unit="people")


def _annual(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(2) The year's score is the mean of the months with a score."""
    counted = [at for at, month in enumerate(problem.months) if int(month[:4]) == result.year.year]
    for person in _ranked(problem, result):
        told = [float(result.months[at].score[person]) for at in counted if result.months[at].is_assessed[person]]
        yield from differs(problem.rep_ids[person], result.year.annual[person], math.fsum(told) / len(told))


def _committee(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(3) The committee's points are its members' weighted, up to 100; a missing member is shared out or not."""
    ranked, given = _ranked(problem, result), problem.committee[-1]
    month = month_of(problem, problem.last)
    has = [any(math.isfinite(given[s, at]) for s in ranked) for at in range(len(COMMITTEE))]
    for person in ranked:
        weights = [month.number("stars", name, person) for name in COMMITTEE]
        left = sum(w for w, known in zip(weights, has, strict=True) if known)
        factor = sum(weights) / left if problem.redistribute and left > 0 else 1.0
        told = sum(factor * w * given[person, at] for at, w in enumerate(weights) if has[at])
        yield from differs(problem.rep_ids[person], result.year.committee[person], min(MOST, told))


def _stars(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(4) 10 % get five stars, 20 % four, 40 % three, 20 % two, 10 % one, by the committee's points, ties by id."""
    year = result.year
    ranked = _ranked(problem, result) if any(year.has_member) else []
    order = sorted(ranked, key=lambda s: (-year.committee[s], problem.rep_ids[s]))
    wanted = {}
    for at, person in enumerate(order):
        share = (at + 0.5) / len(order)
        wanted[person] = next(stars for stars, limit in STAR_SHARES if share <= limit or stars == 1)
    for person in range(problem.num_people):
        yield from differs(problem.rep_ids[person], year.stars[person], wanted.get(person, 0), "stars")


def _standing(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(5) The ranking goes by the score, or by places in score and service where the ladder is not all merit."""
    ranked, year = _ranked(problem, result), result.year
    merit = _company(problem, "meritocracy")
    for person in ranked:
        wanted = float(year.annual[person])
        if merit != 1.0:
            by_score = _place([float(year.annual[s]) for s in ranked], float(year.annual[person]))
            tenure = problem.tenure_months[problem.last]
            by_tenure = _place([float(tenure[s]) for s in ranked], float(tenure[person]))
            wanted = (merit * by_score + (1 - merit) * by_tenure) / len(ranked)
        yield from differs(problem.rep_ids[person], year.standing[person], wanted, "of standing")


def _company(problem: DeskProblem, setting: str) -> float:
    return company(month_of(problem, problem.last).levers, "ladder", setting)


def _place(values: list[float], value: float) -> float:
    """Place from the lowest, the middle one of those that are equal."""
    return 1 + sum(v < value for v in values) + (sum(v == value for v in values) - 1) / 2


def _places(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(6) Places follow the standing, ties by id."""
    year = result.year
    order = sorted(_ranked(problem, result), key=lambda s: (-year.standing[s], problem.rep_ids[s]))
    wanted = {person: at for at, person in enumerate(order, start=1)}
    for person in range(problem.num_people):
        yield from differs(problem.rep_ids[person], year.place[person], wanted.get(person, 0), "places")


def _caps(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(7) Every grade has its cap's share of those ranked, rounded by largest remainder, higher grade first."""
    number = len(_ranked(problem, result))
    shares = [_company(problem, grade) * number for grade in GRADES]
    wanted = [math.floor(share + 1e-9) for share in shares]
    by_remainder = sorted(range(len(GRADES)), key=lambda code: (wanted[code] - shares[code], -code))
    for code in by_remainder[: number - sum(wanted)]:
        wanted[code] += 1
    for code, grade in enumerate(GRADES):
        count = sum(int(result.year.grade_next[s]) == code for s in range(problem.num_people))
        yield from differs(grade, count, wanted[code], "people")
        yield from differs(f"{grade} places", result.year.places[code], wanted[code], "people")


def _grades(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(8) Nobody gets a lower grade than somebody behind them."""
    year = result.year
    order = sorted(_ranked(problem, result), key=lambda s: year.place[s])
    for one, other in pairwise(order):
        if year.grade_next[one] < year.grade_next[other]:
            yield Found(
                subject=f"{problem.rep_ids[one]} {problem.rep_ids[other]}",
                amount=float(year.grade_next[other] - year.grade_next[one]),
                unit="grades",
            )


def _steps(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(9) Two steps up for the best, one for most, none for the last tenth; the first step in a new grade."""
    year, ranked = result.year, _ranked(problem, result)
    jump = _company(problem, "jump_share")
    standings = [float(year.standing[s]) for s in ranked]
    for person in ranked:
        share = (_place(standings, float(year.standing[person])) - 0.5) / len(ranked)
        up = 2 if share > 1.0 - jump else 1
        up -= 1 if share <= NO_STEP else 0
        moved = int(year.grade_next[person]) != int(problem.grade[problem.last, person])
        wanted = 1 if moved else min(TOP_STEP, int(problem.step[person]) + up)
        yield from differs(problem.rep_ids[person], year.step_next[person], wanted, "steps")


def _held_back(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(10) Held back by a cap: would have a place with one more, or with as many as people are there today."""
    year, ranked = result.year, _ranked(problem, result)
    today = problem.grade[problem.last]
    for person in ranked:
        place, higher = int(year.place[person]), int(year.grade_next[person]) + 1
        wanted = False
        if higher < len(GRADES) and today[person] < higher:
            ahead = sum(int(year.grade_next[s]) >= higher for s in ranked)
            people = sum(int(today[s]) >= higher for s in ranked)
            wanted = place == ahead + 1 or ahead < place <= people
        if bool(year.is_held_back[person]) != wanted:
            yield Found(subject=problem.rep_ids[person], amount=1.0, unit="people")


def _replaced(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(11) Proposed for replacement: the lowest scores of those whom the lever covers, as many as its share."""
    yield from _chosen(
        problem, result, setting="bottom_elimination", claimed=result.year.is_replaced.tolist(), lowest=True
    )


def _promoted_out(problem: DeskProblem, result: DeskResult) -> Iterator[Found]:
    """(12) Proposed for the management track: the best seniors whom the lever covers and who are not replaced."""
    yield from _chosen(
        problem, result, setting="management_track", claimed=result.year.is_promoted_out.tolist(), lowest=False
    )


def _chosen(
    problem: DeskProblem, result: DeskResult, *, setting: str, claimed: list[bool], lowest: bool
) -> Iterator[Found]:
    month = month_of(problem, problem.last)
    share = {s: month.number("ladder", setting, s) for s in month.there}
    covered = [s for s in _ranked(problem, result) if share[s] > 0]
    if not lowest:
        top = len(GRADES) - 1
        covered = [s for s in covered if problem.grade[problem.last, s] == top and not result.year.is_replaced[s]]
    number = int(Fraction(max(share.values(), default=0.0)).limit_denominator(10**9) * len(covered))
    sign = 1 if lowest else -1
    order = sorted(covered, key=lambda s: (sign * result.year.annual[s], problem.rep_ids[s]))
    wanted = set(order[:number])
    for person in range(problem.num_people):
        if claimed[person] != (person in wanted):
            yield Found(subject=problem.rep_ids[person], amount=1.0, unit="people")


RULES: dict[str, Callable[[DeskProblem, DeskResult], Iterator[Found]]] = {
    "ranked": _who_is_ranked,
    "annual": _annual,
    "committee": _committee,
    "stars": _stars,
    "standing": _standing,
    "places": _places,
    "caps": _caps,
    "grades": _grades,
    "steps": _steps,
    "held_back": _held_back,
    "replaced": _replaced,
    "promoted_out": _promoted_out,
}
