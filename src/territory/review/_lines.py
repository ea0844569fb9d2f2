"""Lines of the sheets that came back: what each says about a visit, and remarks on what does not fit the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from territory.domain.records import VisitOutcome, VisitRecord
from territory.review import words
from territory.review.model import Entry, History
from territory.review.period import Period, week_period
from territory.review.result import Remark

MOST_DAYS_AWAY = 28
_NOON = dt.time(12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of one sheet; `on` is the day the visit was made, None when it was not."""

    entry: Entry
    visit: VisitRecord

    @property
    def on(self) -> dt.date | None:
        """The day it was made."""
        if self.visit.made_on is not None:
            return self.visit.made_on
        return self.visit.date if self.visit.outcome in (VisitOutcome.DONE, VisitOutcome.EXTRA) else None

    @property
    def is_planned(self) -> bool:
        """It stands on the sheet as planned."""
        return self.visit.outcome is not VisitOutcome.EXTRA

    def remark(self, code: str, **words_of: str) -> Remark:
        """A remark on this line."""
        return remark(
            self.entry,
            code,
            outlet_id=self.visit.outlet_id,
            date=self.visit.date,
            outlet=self.visit.outlet_id,
            day=self.visit.date.isoformat(),
            **words_of,
        )


def remark(entry: Entry, code: str, *, outlet_id: str = "", date: dt.date | None = None, **words_of: str) -> Remark:
    """A remark on a record; the words of its text are filled in."""
    return Remark(
        code=code,
        text=words.remark(code, words_of),
        sheet_id=entry.record.sheet_id,
        rep_id=entry.record.rep_id,
        entry=entry.number,
        source=entry.record.source,
        outlet_id=outlet_id,
        date=date,
    )


def lines_of(history: History) -> list[Line]:
    """Lines of the sheets that count, by day and then by number, so that the outcome does not hang on file order."""
    found = [Line(entry=entry, visit=visit) for entry in history.latest for visit in entry.record.visits]
    found.sort(key=lambda line: (line.visit.date, line.entry.number, line.visit.order, line.visit.outlet_id))
    return found


def sheet_remarks(history: History) -> Iterator[Remark]:
    """What does not fit about whole sheets: rep, week, plan version, lateness, and sheets that were replaced."""
    counts = {entry.record.sheet_id: entry.number for entry in history.latest}
    versions = _versions(history)
    for entry in history.entries:
        record = entry.record
        if counts[record.sheet_id] != entry.number:
            yield remark(entry, "replaced", number=str(counts[record.sheet_id]))
            continue
        week = week_period(record.iso_week)
        book = None if week is None else history.book_on(week.first)
        if week is None or book is None:
            yield remark(entry, "unknown_week", week=record.iso_week)
        else:
            if history.is_late(entry, week.last):
                yield remark(entry, "late", week=record.iso_week)
            said = [visit.date for visit in record.visits if visit.date in week]
            last = history.in_force(max(said, default=week.first), _NOON) or book
            yield from _plan_remarks(entry, last.plan_id, versions.get(book.start, set()))
        known = history.reps if book is None else book.reps
        if record.rep_id not in known:
            yield remark(entry, "unknown_rep", rep=record.rep_id)


def _versions(history: History) -> dict[dt.date, set[str]]:
    found: dict[dt.date, set[str]] = {}
    for book in history.books:
        found.setdefault(book.start, set()).add(book.plan_id)
    return found


def _plan_remarks(entry: Entry, current: str, versions: set[str]) -> Iterator[Remark]:
    plan_id = entry.record.plan_id
    if plan_id in ("", current):
        return
    yield remark(entry, "older_plan" if plan_id in versions else "unknown_plan", plan=plan_id)


def line_remarks(history: History, lines: list[Line]) -> Iterator[Remark]:
    """What does not fit about single lines: outlets nobody knows, days outside the sheet's week."""
    for line in lines:
        if line.visit.outlet_id not in history.outlets:
            yield line.remark("unknown_outlet")
        week = week_period(line.entry.record.iso_week)
        if week is not None and line.visit.date not in week:
            yield line.remark("other_week", week=week.name)
        on = line.visit.made_on
        if on is not None and abs((on - line.visit.date).days) > MOST_DAYS_AWAY:
            yield line.remark("far_day", on=on.isoformat())


def reported_until(history: History) -> dict[tuple[str, str], dt.date]:
    """
    The last day that each rep's sheet of each week says anything about, by rep id and ISO week.

    A sheet that came back half-way through the week is silent about the days to come, which is no miss yet.
    """
    found: dict[tuple[str, str], dt.date] = {}
    for entry in history.latest:
        record = entry.record
        week = week_period(record.iso_week)
        if week is None:
            continue
        said = [visit.made_on or visit.date for visit in record.visits]
        said += [visit.date for visit in record.visits]
        said += [day.date for day in record.days if day.indicators or day.adhoc or day.problem or day.improvement]
        inside = [day for day in said if day in week]
        if inside:
            key = (record.rep_id, week.name)
            found[key] = max(max(inside), found.get(key, week.first))
    return found


def is_reported(until: dict[tuple[str, str], dt.date], rep_id: str, period: Period | None, date: dt.date) -> bool:
    """Whether a sheet came back that reaches as far as this day."""
    if period is None:
        return False
    last = until.get((rep_id, period.name))
    return last is not None and date <= last
