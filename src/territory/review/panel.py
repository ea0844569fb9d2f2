"""The rep-month panel from a history: one row per rep and month, as `docs/panel.md` says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from territory.domain.panel import RepMonth
from territory.review.goals import sales_of
from territory.review.kpi import Totals, totals
from territory.review.model import History, PlanBook, RepCard
from territory.review.period import Period, month_of, month_period
from territory.review.result import Fate, Ledger

_DAYS_PER_YEAR = 365.25


def months_of(found: Ledger) -> tuple[str, ...]:
    """Months with visits that something is known of, in order: those that nobody has reported on yet are left out."""
    return tuple(sorted({month_of(visit.date) for visit in found.owed if visit.fate is not Fate.PENDING}))


def rep_months(history: History, found: Ledger, months: Sequence[str] | None = None) -> tuple[RepMonth, ...]:
    """Rows by month and rep id, of reps that some plan knows; for None of all months with something reported."""
    rows: list[RepMonth] = []
    for name in months if months is not None else months_of(found):
        month = month_period(name)
        if month is None:
            raise ValueError(f"{name!r} is no month")
        is_closed = all(day in history.closed_since for day in _days_planned(history, month))
        mine = [row for row in totals(history, found, month) if row.rep_id in history.reps]
        rows += [_row(history, month, row, is_closed=is_closed) for row in sorted(mine, key=lambda row: row.rep_id)]
    return tuple(rows)


def _days_planned(history: History, month: Period) -> list[dt.date]:
    return sorted({stop.date for book in history.books for stop in book.stops if stop.date in month})


def _row(history: History, month: Period, row: Totals, *, is_closed: bool) -> RepMonth:
    book = _book_of(history, month)
    card = history.reps.get(row.rep_id) if book is None else book.reps.get(row.rep_id, history.reps.get(row.rep_id))
    served = [] if book is None else [one for one in book.outlets.values() if one.rep_id == row.rep_id]
    sales = sales_of(row.goals)
    return RepMonth(
        month=month.name,
        rep_id=row.rep_id,
        rep_name=row.name,
        team_id=row.team_id,
        grade="" if card is None else card.grade,
        step=0 if card is None else card.step,
        star=0 if card is None else card.star,
        contract="" if card is None else card.contract,
        tenure_years=_tenure(card, book, month),
        ability=1.0 if card is None else card.ability,
        is_closed=is_closed,
        capacity_min=_capacity_min(history, row.rep_id, month),
        outlets=len(served),
        normal_sales_per_week=sum(one.sales_per_week for one in served),
        sheets_due=row.sheets_due,
        sheets_received=row.sheets_received,
        sheets_late=row.sheets_late,
        days_planned=row.days_planned,
        days_worked=row.days_worked,
        visits=row.visits,
        visits_closed=row.closed,
        visits_extra=row.extra,
        visits_waiting=row.waiting,
        visits_overtaken=row.overtaken,
        drive_min_planned=row.drive_min_planned,
        service_min_planned=row.service_min_planned,
        drive_min=row.drive_min,
        service_min=row.service_min,
        goals_set=sum(goal.num_set for goal in row.goals),
        goals_reported=sum(goal.num_reported for goal in row.goals),
        goals_met=sum(goal.num_met for goal in row.goals),
        goal_completion=row.goal_completion,
        sales_target=sales.goal if sales is not None and sales.num_reported else None,
        sales_actual=sales.actual if sales is not None and sales.num_reported else None,
        tasks_set=row.tasks_set,
        tasks_done=row.tasks_done,
        problems_opened=row.problems_opened,
        problems_closed=row.problems_closed,
        problems_open=row.problems_open,
        by_tier=row.by_tier,
    )


def _book_of(history: History, month: Period) -> PlanBook | None:
    """The plan in force on the last day of the month that any plan covers."""
    return next((book for day in reversed(month.days()) if (book := history.book_on(day)) is not None), None)


def _tenure(card: RepCard | None, book: PlanBook | None, month: Period) -> float | None:
    if card is None or book is None:
        return None
    return round(max(0.0, card.tenure_years + (month.first - book.start).days / _DAYS_PER_YEAR), 3)


def _capacity_min(history: History, rep_id: str, month: Period) -> float:
    """The capacity of each cycle, shared out over its working days, for those in the month."""
    total = 0.0
    for books in history.cycles.values():
        card = books[-1].reps.get(rep_id)
        if card is not None and card.workdays:
            total += card.capacity_min * sum(day in month for day in card.workdays) / len(card.workdays)
    return round(total, 3)
