"""What a review starts from: the plans that were in force, the sheets that came back, the closings so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from territory.domain.panel import VisitCounts
from territory.domain.records import SheetRecord
from territory.review.period import Period, iso_week_of
from territory.units import DAYS_PER_CYCLE, MIN_PER_DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class RepCard:
    """
    A rep as the plan knew them.

    Attributes
    ----------
    tenure_years
        At the start of the cycle.
    capacity_min
        Minutes of work in the cycle.
    workdays
        Dates of the cycle on which the rep works: no holidays, no leave.
    """

    rep_id: str
    name: str = ""
    team_id: str = ""
    team: str = ""
    grade: str = ""
    step: int = 0
    star: int = 0
    contract: str = ""
    tenure_years: float = 0.0
    ability: float = 1.0
    capacity_min: float = 0.0
    workdays: tuple[dt.date, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletCard:
    """An outlet as the plan knew it; `rep_id` serves it, empty for nobody."""

    outlet_id: str
    name: str = ""
    tier: str = ""
    rep_id: str = ""
    sales_per_week: float = 0.0
    visits_per_cycle: int = 0
    priority: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStop:
    """One visit of a plan; `start_min` in minutes after midnight."""

    rep_id: str
    date: dt.date
    order: int
    outlet_id: str
    start_min: float = 0.0
    service_min: float = 0.0

    @property
    def begins(self) -> dt.datetime:
        """Planned start of service."""
        return dt.datetime.combine(self.date, dt.time()) + dt.timedelta(minutes=min(self.start_min, MIN_PER_DAY - 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplaced:
    """Visits that the plan found no place for, with its reason."""

    outlet_id: str
    rep_id: str
    visits: int
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanBook:
    """
    One version of one cycle's visit plan, with what a review needs to know about reps and outlets.

    Attributes
    ----------
    plan_id
        Short hash of the visits, as printed on the sheets.
    start
        Monday the cycle starts on.
    since
        From when this version holds; what was planned before then and not kept is lost, what comes later was moved.
    number
        Place in the history: the later of two versions of a cycle has the higher one.
    is_fresh
        Made anew for the whole cycle: earlier versions of it do not count.
    drive_min
        Minutes of driving of each rep's day.
    """

    plan_id: str
    start: dt.date
    since: dt.datetime
    number: int = 0
    is_fresh: bool = False
    scenario: str = ""
    currency: str = "CNY"
    reps: Mapping[str, RepCard]
    outlets: Mapping[str, OutletCard]
    stops: tuple[PlannedStop, ...]
    unplaced: tuple[Unplaced, ...] = ()
    drive_min: Mapping[tuple[str, dt.date], float] = field(default_factory=dict)

    @property
    def last(self) -> dt.date:
        """Last day of the cycle."""
        return self.start + dt.timedelta(days=DAYS_PER_CYCLE - 1)

    def weeks(self) -> tuple[str, ...]:
        """ISO names of the cycle's weeks."""
        return tuple(iso_week_of(self.start + dt.timedelta(days=day)) for day in range(0, DAYS_PER_CYCLE, 7))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A sheet that came back: the event's number, when it was stored and by whom."""

    number: int
    when: dt.datetime
    who: str
    record: SheetRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """A week or month that was closed: sheets that come later are late. `visits` holds each rep's counts as closed."""

    number: int
    when: dt.datetime
    who: str
    why: str
    period: Period
    visits: Mapping[str, VisitCounts] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """Everything that a review is made from, each part in the order of its numbers."""

    books: tuple[PlanBook, ...]
    entries: tuple[Entry, ...] = ()
    closings: tuple[Closing, ...] = ()

    @cached_property
    def cycles(self) -> Mapping[dt.date, tuple[PlanBook, ...]]:
        """Versions of each cycle's plan that count, by the cycle's start, oldest first."""
        found: dict[dt.date, list[PlanBook]] = {}
        for book in sorted(self.books, key=lambda book: book.number):
            mine = found.setdefault(book.start, [])
            if book.is_fresh:
                mine.clear()
            mine.append(book)
        return {start: tuple(found[start]) for start in sorted(found)}

    def book_on(self, date: dt.date) -> PlanBook | None:
        """The last version of the plan that covers a date; None when no plan does."""
        covering = [start for start, books in self.cycles.items() if start <= date <= books[-1].last]
        return self.cycles[covering[-1]][-1] if covering else None

    def in_force(self, date: dt.date, until: dt.time = dt.time.max) -> PlanBook | None:
        """The version in force on a day at that time, at its end by default; None when no plan covers it."""
        newest = self.book_on(date)
        if newest is None:
            return None
        versions = self.cycles[newest.start]
        at = dt.datetime.combine(date, until)
        return next((book for book in reversed(versions) if book.since <= at), versions[0])

    @cached_property
    def latest(self) -> tuple[Entry, ...]:
        """Of each sheet the entry that counts, the last one, in the order of their numbers."""
        by_sheet = {entry.record.sheet_id: entry for entry in self.entries}
        return tuple(sorted(by_sheet.values(), key=lambda entry: entry.number))

    @cached_property
    def outlets(self) -> Mapping[str, OutletCard]:
        """Every outlet any plan knew, as the last one did."""
        return {name: card for books in self.cycles.values() for book in books for name, card in book.outlets.items()}

    @cached_property
    def reps(self) -> Mapping[str, RepCard]:
        """Every rep any plan knew, as the last one did."""
        return {name: card for books in self.cycles.values() for book in books for name, card in book.reps.items()}

    @cached_property
    def closed_since(self) -> Mapping[dt.date, int]:
        """Number of the first closing that closed a date."""
        found: dict[dt.date, int] = {}
        for closing in sorted(self.closings, key=lambda closing: closing.number):
            for date in closing.period.days():
                found.setdefault(date, closing.number)
        return found

    def is_late(self, entry: Entry, last_day: dt.date) -> bool:
        """Whether a sheet came after the last day of its week had been closed."""
        closed = self.closed_since.get(last_day)
        return closed is not None and closed < entry.number
