"""Front door: the review of a day, a week or a month (日清月结)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from territory.domain.panel import VisitCounts
from territory.domain.records import ChannelRecord, DayRecord
from territory.review.kpi import Totals, totals
from territory.review.ledger import ledger
from territory.review.model import Closing, Entry, History, Unplaced
from territory.review.period import Period, week_period, weeks_of
from territory.review.problems import is_open_at_end
from territory.review.result import Fate, Ledger, OwedVisit, Problem, Remark, Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class DayLine:
    """One rep's day: what panel 3 says, and the visits planned for it and made of them."""

    rep_id: str
    date: dt.date
    visits: VisitCounts
    said: DayRecord | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One part of a sheet's communication channel that is not empty."""

    rep_id: str
    iso_week: str
    said: ChannelRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedChange:
    """A rep's counts as a period was closed, and as they are now."""

    rep_id: str
    closed: VisitCounts
    now: VisitCounts


@dataclass(frozen=True, kw_only=True, eq=False)
class Review:
    """
    Planned against done.

    Attributes
    ----------
    today
        The day that debts are judged by: those due before it are overdue.
    rows
        Everybody, then each team and its reps.
    debts
        Missed visits of the period or before that still wait, longest waiting first.
    made_up, short
        Visits of the period made on another day; missed ones that no longer wait (overtaken or gone).
    problems
        Opened or closed in the period, or open at its end.
    outstanding
        Rep and week of sheets that have not come back although their week is over.
    closing
        When the period was closed; None while it is open. `changes`: counts that late sheets have changed since.
    unplaced
        Visits that the cycle's first plan had no place for, with its reason; what later plans dropped is owed.
    """

    history: History
    ledger: Ledger
    period: Period
    today: dt.date
    rows: tuple[Totals, ...]
    debts: tuple[OwedVisit, ...]
    made_up: tuple[OwedVisit, ...]
    short: tuple[OwedVisit, ...]
    visits: tuple[OwedVisit, ...]
    problems: tuple[Problem, ...]
    outstanding: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    days: tuple[DayLine, ...]
    messages: tuple[Message, ...]
    closing: Closing | None
    changes: tuple[ClosedChange, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def everybody(self) -> Totals:
        """The sum over all."""
        return self.rows[0]

    def rep_name(self, rep_id: str) -> str:
        """Name of a rep, or the id."""
        card = self.history.reps.get(rep_id)
        return card.name if card is not None and card.name else rep_id

    def outlet_name(self, outlet_id: str) -> str:
        """Name of an outlet, or the id."""
        card = self.history.outlets.get(outlet_id)
        return card.name if card is not None and card.name else outlet_id

    def is_overdue(self, debt: OwedVisit) -> bool:
        """Its last useful day is over."""
        return debt.due is not None and debt.due < self.today


def review(history: History, period: Period, *, today: dt.date | None = None, found: Ledger | None = None) -> Review:
    """
    The review of a period.

    Parameters
    ----------
    today
        The day after the period for None.
    found
        The history's ledger, where it is there already.
    """
    found = ledger(history) if found is None else found
    at = today or period.last + dt.timedelta(days=1)
    rows = totals(history, found, period, today=at)
    mine = tuple(visit for visit in found.owed if visit.date in period)
    entries = [entry for entry in history.latest if _belongs(entry, period)]
    numbers = {entry.number for entry in history.entries if _belongs(entry, period)}
    closing = next((one for one in history.closings if one.period.name == period.name), None)
    book = history.book_on(period.first) or history.book_on(period.last)
    return Review(
        history=history,
        ledger=found,
        period=period,
        today=at,
        rows=rows,
        debts=tuple(debt for debt in found.debts if debt.date <= period.last),
        made_up=tuple(visit for visit in mine if visit.fate is Fate.MADE_UP),
        short=tuple(visit for visit in mine if visit.standing in (Standing.OVERTAKEN, Standing.GONE)),
        visits=mine,
        problems=tuple(one for one in found.problems if _is_shown(one, period)),
        outstanding=tuple(_outstanding(history, period, at)),
        remarks=tuple(
            remark
            for remark in found.remarks
            if remark.entry in numbers and (period.kind != "day" or remark.date in (None, period.first))
        ),
        days=tuple(_days(mine, entries, period)),
        messages=tuple(
            Message(rep_id=entry.record.rep_id, iso_week=entry.record.iso_week, said=said)
            for entry in entries
            for said in entry.record.channel
            if period.kind != "day" and (said.ticks or said.content)
        ),
        closing=closing,
        changes=() if closing is None else tuple(_changes(closing, rows)),
        unplaced=() if book is None else history.cycles[book.start][0].unplaced,
    )


def _belongs(entry: Entry, period: Period) -> bool:
    week = week_period(entry.record.iso_week)
    if week is None:
        return False
    return period.first in week if period.kind == "day" else period.holds_week(week.name)


def _is_shown(problem: Problem, period: Period) -> bool:
    if is_open_at_end(problem, period):
        return True
    if period.kind == "day":
        return problem.date is not None and problem.date in period
    return period.holds_week(problem.opened_week) or period.holds_week(problem.closed_week)


def _outstanding(history: History, period: Period, today: dt.date) -> list[tuple[str, str]]:
    """Sheets of the period's weeks that have not come back, although the week's last visit is over."""
    there = {(entry.record.rep_id, entry.record.iso_week) for entry in history.latest}
    found = []
    for name in weeks_of(period):
        week = week_period(name)
        book = None if week is None else history.in_force(week.first)
        if book is None or week is None:
            continue
        stops = [stop for stop in book.stops if stop.date in week]
        if max((stop.date for stop in stops), default=today) > today:
            continue
        due = sorted({stop.rep_id for stop in stops})
        found += [(rep_id, name) for rep_id in due if (rep_id, name) not in there]
    return found


def _days(mine: tuple[OwedVisit, ...], entries: list[Entry], period: Period) -> list[DayLine]:
    said = {(entry.record.rep_id, day.date): day for entry in entries for day in entry.record.days}
    counts: dict[tuple[str, dt.date], VisitCounts] = {}
    for visit in mine:
        key = (visit.rep_id, visit.date)
        counts[key] = counts.get(key, VisitCounts()) + visit.counts
    keys = sorted({*counts, *(key for key in said if key[1] in period)}, key=lambda key: (key[1], key[0]))
    return [
        DayLine(
            rep_id=rep_id, date=date, visits=counts.get((rep_id, date), VisitCounts()), said=said.get((rep_id, date))
        )
        for rep_id, date in keys
    ]


def _changes(closing: Closing, rows: tuple[Totals, ...]) -> list[ClosedChange]:
    now: Mapping[str, VisitCounts] = {row.rep_id: row.visits for row in rows if row.rep_id}
    return [
        ClosedChange(
            rep_id=rep_id, closed=closing.visits.get(rep_id, VisitCounts()), now=now.get(rep_id, VisitCounts())
        )
        for rep_id in sorted({*now, *closing.visits})
        if closing.visits.get(rep_id, VisitCounts()) != now.get(rep_id, VisitCounts())
    ]


def last_week_reported(history: History) -> str:
    """The newest week that a sheet came back for; the first week of the first plan when none did."""
    weeks = [week for entry in history.latest if (week := week_period(entry.record.iso_week)) is not None]
    known = [week for week in weeks if history.book_on(week.first) is not None]
    if known:
        return max(known, key=lambda week: week.first).name
    return next(iter(history.cycles.values()))[-1].weeks()[0]
