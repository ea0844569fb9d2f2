"""An assessment as rows: months, the arithmetic, the year, pairs. What `--check` reads back is written here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from territory.desk.model import DeskProblem, month_after
from territory.desk.statement import statement
from territory.desk.words import END_WORDS, SHORT_ITEMS
from territory.domain.levers_assessment import COMMITTEE, EVALUATORS
from territory.domain.policy_rules import COMPONENTS, GRADES
from territory.language import Lang
from territory.pipeline.assessing import DeskCase

DIGITS = 4
"""Decimals that are written."""

SCORE_COLUMNS = (
    "month",
    "rep_id",
    "name",
    "team_id",
    "grade",
    "days_present",
    "is_assessed",
    "is_abnormal",
    *(f"{name}_points" for name in COMPONENTS),
    *(f"{name}_weight" for name in COMPONENTS),
    "outcome_weight",
    *(f"{name}_points" for name in EVALUATORS),
    *(f"{name}_weight" for name in EVALUATORS),
    "behaviour_points",
    "plain",
    "forced",
    "award_team",
    "award_pairs",
    "score",
    "rank",
)
YEAR_COLUMNS = (
    "year",
    "is_preview",
    "rep_id",
    "name",
    "months",
    "annual",
    *(f"{name}_points" for name in COMMITTEE),
    "committee",
    "stars",
    "standing",
    "place",
    "grade",
    "grade_next",
    "step",
    "step_next",
    "held_back",
    "replaced",
    "promoted_out",
)
PAIR_COLUMNS = ("mentor_id", "mentee_id", "since", "until", "score_at_start")
VERDICT_COLUMNS = (
    "month",
    "mentor_id",
    "mentee_id",
    "since",
    "renewals",
    "score_at_start",
    "score",
    "gained",
    "target_gain",
    "has_reached",
    "end",
    "verdict",
)
PROPOSAL_COLUMNS = (
    "mentor_id",
    "mentor",
    "mentee_id",
    "mentee",
    "item",
    "mentor_points",
    "mentee_points",
    "gap",
    "distance_km",
    "mentor_load",
    "worth",
)
ARITHMETIC_COLUMNS = ("month", "rep_id", "name", "step", "label", "how", "points", "weight", "product")


def score_rows(case: DeskCase) -> list[dict[str, object]]:
    """One row for each rep and month."""
    problem, rows = case.problem, []
    for month, scores in enumerate(case.result.months):
        for person in np.flatnonzero(scores.is_there).tolist():
            is_assessed = bool(scores.is_assessed[person])
            row: dict[str, object] = {
                "month": problem.months[month],
                "rep_id": problem.rep_ids[person],
                "name": problem.names[person],
                "team_id": team_of(problem, month, person),
                "grade": GRADES[int(problem.grade[month, person])],
                "days_present": int(problem.days_present[month, person]),
                "is_assessed": "yes" if is_assessed else "no",
                "is_abnormal": "yes" if scores.is_abnormal else "no",
            }
            rows.append(row)
            if not is_assessed:
                continue
            for at, name in enumerate(COMPONENTS):
                has = bool(scores.has_component[at])
                row[f"{name}_points"] = _rounded(scores.judged[person, at]) if has else None
                row[f"{name}_weight"] = _rounded(scores.weights[person, at])
            row["outcome_weight"] = _rounded(scores.outcome[person])
            for at, name in enumerate(EVALUATORS):
                row[f"{name}_points"] = _rounded(scores.seen[person, at]) if scores.has_group[at] else None
                row[f"{name}_weight"] = _rounded(scores.group_weights[person, at])
            row["behaviour_points"] = _rounded(scores.judged[person, 3])
            row["plain"] = _rounded(scores.plain[person])
            row["forced"] = _rounded(scores.shift[person])
            row["award_team"] = _rounded(scores.award_team[person])
            row["award_pairs"] = _rounded(scores.award_pairs[person])
            row["score"] = _rounded(scores.score[person])
            row["rank"] = int(scores.rank[person])
    return rows


def arithmetic_rows(case: DeskCase, lang: Lang) -> list[dict[str, object]]:
    """The last month's arithmetic, a row for every step."""
    problem, month = case.problem, case.problem.last
    return [
        {
            "month": problem.months[month],
            "rep_id": problem.rep_ids[person],
            "name": problem.names[person],
            "step": line.key,
            "label": line.label.in_(lang),
            "how": line.how.in_(lang),
            "points": _rounded(line.points),
            "weight": _rounded(line.weight),
            "product": _rounded(line.product),
        }
        for person in by_rank(case)
        for line in statement(problem, case.result, month, person)
    ]


def year_rows(case: DeskCase) -> list[dict[str, object]]:
    """One row for everybody who is ranked, best first; without moves where the year is not shown."""
    problem, year, rows = case.problem, case.result.year, []
    for person in by_place(case):
        row: dict[str, object] = {
            "year": year.year,
            "is_preview": "yes" if year.is_preview else "no",
            "rep_id": problem.rep_ids[person],
            "name": problem.names[person],
            "months": int(year.num_months[person]),
            "annual": _rounded(year.annual[person]),
            "standing": _rounded(year.standing[person]),
            "place": int(year.place[person]),
            "grade": GRADES[int(year.grade[person])],
            "step": int(year.step[person]),
        }
        rows.append(row)
        if not case.shows_year:
            continue
        for at, name in enumerate(COMMITTEE):
            row[f"{name}_points"] = _rounded(problem.committee[-1, person, at])
        row |= {
            "committee": _rounded(year.committee[person]) if year.has_member.any() else None,
            "stars": int(year.stars[person]) or None,
            "grade_next": GRADES[int(year.grade_next[person])],
            "step_next": int(year.step_next[person]),
            "held_back": "yes" if year.is_held_back[person] else "no",
            "replaced": "yes" if year.is_replaced[person] else "no",
            "promoted_out": "yes" if year.is_promoted_out[person] else "no",
        }
    return rows


def pair_rows(case: DeskCase) -> list[dict[str, object]]:
    """Next month's table of pairs: all so far, and the proposed ones."""
    problem, found = case.problem, case.result.pairs
    start = {verdict.pair: verdict.score_at_start for verdict in found.verdicts}
    rows: list[dict[str, object]] = []
    for at, pair in enumerate(problem.pairs):
        score = start.get(at, pair.score_at_start)
        rows.append(
            {
                "mentor_id": problem.rep_ids[pair.mentor],
                "mentee_id": problem.rep_ids[pair.mentee],
                "since": month_after(problem.months[0], pair.since),
                "until": None if pair.until is None else month_after(problem.months[0], pair.until),
                "score_at_start": _rounded(score) if pair.score_at_start is not None or pair.since <= 0 else None,
            }
        )
    since = month_after(problem.months[-1])
    rows += [
        {"mentor_id": problem.rep_ids[pair.mentor], "mentee_id": problem.rep_ids[pair.mentee], "since": since}
        for pair in found.proposed
    ]
    return rows


def verdict_rows(case: DeskCase, lang: Lang) -> list[dict[str, object]]:
    """What became of every pair in every month."""
    problem = case.problem
    return [
        {
            "month": problem.months[verdict.month],
            "mentor_id": problem.rep_ids[problem.pairs[verdict.pair].mentor],
            "mentee_id": problem.rep_ids[problem.pairs[verdict.pair].mentee],
            "since": month_after(problem.months[0], problem.pairs[verdict.pair].since),
            "renewals": verdict.renewals,
            "score_at_start": _rounded(verdict.score_at_start),
            "score": _rounded(verdict.score),
            "gained": _rounded(verdict.gained),
            "target_gain": problem.policy.mentoring.target_gain_points,
            "has_reached": "yes" if verdict.has_reached else "no",
            "end": verdict.end or "goes_on",
            "verdict": END_WORDS[verdict.end].in_(lang),
        }
        for verdict in case.result.pairs.verdicts
    ]


def proposal_rows(case: DeskCase, lang: Lang) -> list[dict[str, object]]:
    """Pairs for the month to come with what speaks for them."""
    problem, found = case.problem, case.result.pairs
    return [
        {
            "mentor_id": problem.rep_ids[pair.mentor],
            "mentor": problem.names[pair.mentor],
            "mentee_id": problem.rep_ids[pair.mentee],
            "mentee": problem.names[pair.mentee],
            "item": SHORT_ITEMS[found.items[pair.item]].in_(lang),
            "mentor_points": _rounded(pair.mentor_points),
            "mentee_points": _rounded(pair.mentee_points),
            "gap": _rounded(pair.gap),
            "distance_km": _rounded(pair.distance_km),
            "mentor_load": _rounded(pair.load),
            "worth": _rounded(pair.worth),
        }
        for pair in found.proposed
    ]


def desk_json(case: DeskCase) -> dict[str, Any]:
    """The answer for programs."""
    problem, result = case.problem, case.result
    scores, year = result.latest, result.year
    return {
        "month": problem.months[-1],
        "policy": problem.policy_name,
        "policy_month": problem.policy_month(problem.last) + 1,
        "first_year": problem.first_year,
        "supply": float(problem.supply[-1]),
        "is_abnormal": scores.is_abnormal,
        "redistribute": problem.redistribute,
        "sources": {
            "components": _flags(COMPONENTS, scores.has_component),
            "evaluators": _flags(EVALUATORS, scores.has_group),
            "is_service_centre_counted": scores.is_service_centre_counted,
            "committee": _flags(COMMITTEE, year.has_member),
        },
        "notes": [note.en for note in (*case.score_notes, *case.notes)],
        "winner": None if scores.winner < 0 else problem.team_ids[scores.winner],
        "recognised": [problem.rep_ids[s] for s in np.flatnonzero(scores.is_recognised).tolist()],
        "scores": [row for row in score_rows(case) if row["month"] == problem.months[-1]],
        "arithmetic": arithmetic_rows(case, "en"),
        "year": {
            "year": year.year,
            "is_preview": year.is_preview,
            "is_shown": case.shows_year,
            "merit": year.merit,
            "caps": dict(zip(GRADES, year.caps, strict=True)),
            "places": dict(zip(GRADES, year.places.tolist(), strict=True)),
            "rows": year_rows(case),
        },
        "mentoring": {
            "rule": problem.policy.mentoring.rule,
            "wanted": result.pairs.wanted,
            "hours_per_week": result.pairs.hours_per_week,
            "reason": result.pairs.reason,
            "verdicts": verdict_rows(case, "en"),
            "proposed": proposal_rows(case, "en"),
        },
        "inputs": dict(case.hashes),
        "seed": problem.seed,
    }


def by_rank(case: DeskCase) -> list[int]:
    """Everybody in the last month's panel: by rank, then those who were not assessed, by id."""
    scores, problem = case.result.latest, case.problem
    there = np.flatnonzero(scores.is_there).tolist()
    return sorted(there, key=lambda s: (not scores.is_assessed[s], int(scores.rank[s]), problem.rep_ids[s]))


def by_place(case: DeskCase) -> list[int]:
    """Everybody ranked in the year, by place."""
    year = case.result.year
    return sorted(np.flatnonzero(year.is_ranked).tolist(), key=lambda s: int(year.place[s]))


def team_of(problem: DeskProblem, month: int, person: int) -> str:
    """The team's id, "" without one."""
    team = int(problem.team_idx[month, person])
    return problem.team_ids[team] if team >= 0 else ""


def _flags(names: tuple[str, ...], values: Any) -> dict[str, bool]:
    return {name: bool(value) for name, value in zip(names, values, strict=True)}


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), DIGITS)
