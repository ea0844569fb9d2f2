"""Gaps: cells that the assessment needs and that nobody filled in. A source that is missing as a whole is no gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.desk.model import JUDGEMENTS, DeskProblem
from territory.desk.month import FIRST_GROUP, SERVICE_CENTRE, assessed_in, is_needed, sources_of
from territory.domain.levers_assessment import COMMITTEE

MARKETING, MANAGEMENT = 1, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """
    A missing cell: of which table and column, for whom (position), in which month (position) or year.

    Attributes
    ----------
    column
        As in the tables: sales_actual, sales_target, one of JUDGEMENTS, one of COMMITTEE, score_at_start; "" when a
        whole month has no source at all.
    pair
        Position of the pair whose start nobody knows.
    """

    table: str
    column: str
    person: int = -1
    month: int = -1
    year: int = 0
    pair: int = -1


def gaps(problem: DeskProblem) -> list[Gap]:
    """All of them, month by month; empty when the problem can be assessed."""
    found = [gap for month in range(len(problem.months)) for gap in _month_gaps(problem, month)]
    return found + _committee_gaps(problem) + _pair_gaps(problem)


def _month_gaps(problem: DeskProblem, month: int) -> list[Gap]:
    assessed = np.flatnonzero(assessed_in(problem, month))
    if not len(assessed):
        return []
    component, group = is_needed(problem, month)
    sources = sources_of(problem, month)
    if not ((component & sources.component).any() or (group & sources.group).any()):
        return [Gap(table="panel", column="", month=month)]
    found = []
    if component[MARKETING] and sources.component[MARKETING]:
        for column, values in (("sales_actual", problem.sales), ("sales_target", problem.target)):
            missing = assessed[np.isnan(values[month][assessed])]
            found += [Gap(table="panel", column=column, person=person, month=month) for person in missing.tolist()]
    wanted = np.concatenate([[component[MANAGEMENT] & sources.component[MANAGEMENT]], group & sources.group])
    if sources.is_service_centre_counted:
        wanted[FIRST_GROUP + SERVICE_CENTRE] = False
    for at in np.flatnonzero(wanted).tolist():
        missing = assessed[np.isnan(problem.judged[month][assessed, at])]
        found += [
            Gap(table="judgements", column=JUDGEMENTS[at], person=person, month=month) for person in missing.tolist()
        ]
    return found


def _committee_gaps(problem: DeskProblem) -> list[Gap]:
    """Whoever is ranked at the end of the last year needs the points of every member that gave any."""
    year = problem.years[-1]
    points = problem.committee[-1]
    months = problem.months_of_year(year)
    ranked = problem.is_there[problem.last] & np.any([assessed_in(problem, month) for month in months], axis=0)
    found = []
    for at, member in enumerate(COMMITTEE):
        if not np.isfinite(points[ranked, at]).any():
            continue
        missing = np.flatnonzero(ranked & np.isnan(points[:, at]))
        found += [Gap(table="committee", column=member, person=person, year=year) for person in missing.tolist()]
    return found


def _pair_gaps(problem: DeskProblem) -> list[Gap]:
    """A pair is judged against the mentee's last score before it began."""
    found = []
    for at, pair in enumerate(problem.pairs):
        before = range(min(pair.since, len(problem.months)))
        is_judged = pair.since <= problem.last and (pair.until is None or pair.until >= 0)
        is_known = any(assessed_in(problem, month)[pair.mentee] for month in before)
        if is_judged and pair.score_at_start is None and not is_known:
            found.append(Gap(table="pairs", column="score_at_start", person=pair.mentee, pair=at))
    return found
