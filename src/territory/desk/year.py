"""The year: mean score, stars by the committee, grades and steps under the caps, who goes and who may lead."""

from __future__ import annotations

import numpy as np

from territory.desk.levers import company, in_force
from territory.desk.model import DeskProblem
from territory.desk.month import shared_out
from territory.desk.result import MonthScores, YearOutcome
from territory.domain.levers_assessment import COMMITTEE
from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.policy import ladder_rules, scoring
from territory.policy.in_force import InForce
from territory.units import BoolArray, FloatArray, IntArray


def close_year(problem: DeskProblem, months: tuple[MonthScores, ...]) -> YearOutcome:
    """What the rules make of the last month's calendar year; a preview while its twelve months are not all there."""
    year = problem.years[-1]
    counted = problem.months_of_year(year)
    total, number = np.zeros(problem.num_people), np.zeros(problem.num_people)
    for month in counted:
        total = total + months[month].score
        number = number + months[month].is_assessed
    annual = np.where(number > 0, total / np.maximum(1.0, number), 0.0)
    ranked = np.asarray(problem.is_there[problem.last] & problem.is_staff & (number > 0))
    who = np.flatnonzero(problem.is_there[problem.last])
    levers = in_force(problem, problem.last, who)
    member, committee_weights, committee = _committee(problem, levers, who, ranked)
    merit = company(levers, "ladder", "meritocracy")
    standing = ladder_rules.standing(
        annual=annual, tenure_months=problem.tenure_months[problem.last], ranked=ranked, merit=merit
    )
    caps = tuple(company(levers, "ladder", grade) for grade in GRADES)
    limits = (caps[0], caps[1], caps[2])
    grade = np.where(ranked, problem.grade[problem.last], -1)
    after = ladder_rules.grades_after_ranking(score=standing, is_ranked=ranked, caps=limits, tie=problem.tie)
    places = ladder_rules.places_of(limits, int(ranked.sum()))
    moved = ranked & (after != grade)
    step_next = ladder_rules.steps_after_ranking(
        step=problem.step,
        score=standing,
        is_ranked=ranked,
        moved=moved,
        jump_share=company(levers, "ladder", "jump_share"),
    )
    place = _places(standing, ranked, problem.tie)
    replaced, promoted_out = _moves_out(problem, levers, who, annual, ranked, grade)
    return YearOutcome(
        year=year,
        is_preview=len(counted) < MONTHS_PER_YEAR,
        months=counted,
        num_months=number.astype(np.int64),
        annual=np.where(ranked, annual, 0.0),
        is_ranked=ranked,
        has_member=member,
        committee_weights=committee_weights,
        committee=committee,
        stars=scoring.stars(committee, ranked=ranked & member.any(), tie=problem.tie),
        merit=merit,
        standing=np.where(ranked, standing, 0.0),
        place=place,
        caps=limits,
        places=places,
        grade=grade,
        grade_next=after,
        step=np.where(ranked, problem.step, -1),
        step_next=np.where(ranked, step_next, -1),
        is_held_back=held_back(place=place, grade=grade, after=after, places=places),
        is_replaced=replaced,
        is_promoted_out=promoted_out,
    )


def _committee(
    problem: DeskProblem, levers: InForce, who: IntArray, ranked: BoolArray
) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Members that gave points (4,), weights as applied (S, 4), and the committee's points (S,)."""
    given = problem.committee[-1]
    member = np.isfinite(given[ranked]).any(axis=0)
    weights = np.zeros((problem.num_people, len(COMMITTEE)))
    weights[who] = scoring.committee_weights(levers)
    if problem.redistribute and member.any():
        weights = shared_out(weights, member)[0]
    if not member.any():
        return member, weights, np.zeros(problem.num_people)
    return member, weights, scoring.committee_points(weights, np.nan_to_num(given) * member, ranked)


def _places(standing: FloatArray, ranked: BoolArray, tie: IntArray) -> IntArray:
    """Place in the ranking from 1, ties by id; 0 for who is not ranked, shape (S,)."""
    found = np.zeros(len(standing), dtype=np.int64)
    order = [slot for slot in np.lexsort((tie, -standing)).tolist() if ranked[slot]]
    found[order] = np.arange(1, len(order) + 1)
    return found


def held_back(*, place: IntArray, grade: IntArray, after: IntArray, places: IntArray) -> BoolArray:
    """
    Who would be in a higher grade but for its cap, shape (S,).

    Notes
    -----
    Whoever is below a grade before and after the ranking is held back by its cap when they would have a place (1) with
    one place more, or (2) with as many as the grade, and those above it, have people today.
    """
    found = np.zeros(len(place), dtype=np.bool_)
    for higher in range(1, len(GRADES)):
        full = int(places[higher:].sum())
        today = int(((place > 0) & (grade >= higher)).sum())
        below = (place > 0) & (after == higher - 1) & (grade < higher)
        found |= below & (place <= max(full + 1, today))
    return found


def _moves_out(
    problem: DeskProblem, levers: InForce, who: IntArray, annual: FloatArray, ranked: BoolArray, grade: IntArray
) -> tuple[BoolArray, BoolArray]:
    """Who is proposed for replacement and for the management track, shape (S,) each."""
    bottom, track = np.zeros(problem.num_people), np.zeros(problem.num_people)
    bottom[who] = levers.number("ladder", "bottom_elimination")
    track[who] = levers.number("ladder", "management_track")
    covered = ranked & (bottom > 0)
    number = ladder_rules.share_of(bottom, covered)
    replaced = ladder_rules.lowest(annual, among=covered, number=number, tie=problem.tie)
    seniors = ranked & ~replaced & (grade == len(GRADES) - 1) & (track > 0)
    number = ladder_rules.share_of(track, seniors)
    return replaced, ladder_rules.highest(annual, among=seniors, number=number, tie=problem.tie)
