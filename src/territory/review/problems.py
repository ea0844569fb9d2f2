"""The list of problems: from the sheet that opened each to the sheet that closed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from territory.domain.records import ProblemRecord, SheetRecord
from territory.review.model import History
from territory.review.period import Period, last_week_of, monday_of
from territory.review.result import Problem

_FAR = dt.date.max


def problems_of(history: History) -> tuple[Problem, ...]:
    """
    Every problem of the sheets that count, oldest first.

    Notes
    -----
    A problem is opened by the first sheet, in the order of weeks, that writes it down, and closed by the first that
    says it is settled. A day's problem with an improvement written beside it was settled on the day (日清); without one
    it is carried on like those of the week.
    """
    found: dict[str, Problem] = {}
    for record in sorted((entry.record for entry in history.latest), key=_week_order):
        week = record.iso_week
        for written in (*record.problems, *day_problems(record)):
            if not written.text.strip() and written.key not in found:
                continue
            known = found.get(written.key)
            if known is None:
                found[written.key] = _opened(record, written)
                continue
            found[written.key] = replace(
                known,
                measure=written.measure or known.measure,
                mentioned=(*known.mentioned, week),
                closed_week=known.closed_week or (week if written.closed else ""),
            )
    return tuple(sorted(found.values(), key=lambda one: (monday_of(one.opened_week) or _FAR, one.rep_id, one.key)))


def day_problems(record: SheetRecord) -> list[ProblemRecord]:
    """The problems of panel 3, keyed like those of the week."""
    return [
        ProblemRecord(
            key=f"{record.sheet_id}/day.{day.date.isoformat()}.problem",
            text=day.problem,
            measure=day.improvement,
            closed=True if day.improvement.strip() else None,
        )
        for day in record.days
        if day.problem.strip()
    ]


def _opened(record: SheetRecord, written: ProblemRecord) -> Problem:
    """A problem as the first sheet that mentions it has it; an older one keeps the week that its key names."""
    sheet_id = written.key.split("/")[0]
    named = sheet_id.rsplit(" ", 1)[-1]
    week = named if monday_of(named) is not None else record.iso_week
    date = next((day.date for day in record.days if f"/day.{day.date.isoformat()}." in written.key), None)
    return Problem(
        key=written.key,
        rep_id=record.rep_id,
        text=written.text.strip(),
        measure=written.measure,
        opened_week=week,
        closed_week=record.iso_week if written.closed else "",
        date=date,
        mentioned=(record.iso_week,),
    )


def _week_order(record: SheetRecord) -> tuple[dt.date, str]:
    return monday_of(record.iso_week) or _FAR, record.sheet_id


def is_open_at_end(problem: Problem, period: Period) -> bool:
    """Whether it had been written down, and was not settled, when the last week of the period was over."""
    week = _sortable(last_week_of(period))
    return _sortable(problem.opened_week) <= week and (problem.is_open or _sortable(problem.closed_week) > week)


def _sortable(week: str) -> dt.date:
    return monday_of(week) or _FAR
