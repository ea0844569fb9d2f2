"""What a review finds: every visit that is owed and what became of it, visits made, problems, and what to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from territory.domain.panel import NO_TIER, VisitCounts
from territory.language import Text


class Fate(StrEnum):
    """What became of a visit that is owed."""

    MADE = "made"  # on its day
    MADE_UP = "made_up"  # on another day
    MISSED = "missed"  # not made so far
    PENDING = "pending"  # not reported on yet


class Standing(StrEnum):
    """Where a missed visit stands."""

    WAITING = "waiting"  # nobody has been at the outlet since: a debt
    OVERTAKEN = "overtaken"  # its next regular visit has been made; the count stays one short
    GONE = "gone"  # the plan does not know the outlet any more
    NONE = ""  # not missed


class Cause(StrEnum):
    """Why a visit is missed."""

    MISSED = "missed"  # the sheet says so
    CLOSED = "closed"  # the rep stood before a closed door
    NOT_REPORTED = "not_reported"  # the sheet came back without a word about it
    NO_SHEET = "no_sheet"  # the week was closed without the sheet
    DROPPED = "dropped"  # a new plan found no day for it
    NONE = ""  # not missed


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedVisit:
    """
    A visit that a plan promised.

    Attributes
    ----------
    rep_id
        Whom it was planned for.
    first_date
        The day that the cycle's first plan gave it.
    date
        The day it counts on: the planned one, after moves ahead of time; not moved any more once it was lost.
    planned_on
        The day that the plan in force gives it (of a lost one: the day to make it up); None when it has none.
    is_added
        A later plan put it on top.
    made_on, made_by
        When, and whose sheet says so.
    cause, reason, note
        Why it was missed at first, even if it was made up since; the plan's reason for a dropped one; the rep's words.
    overtaken_on
        The next visit of the outlet after it was missed.
    due
        Of a missed one: the day it is planned again, else the last day on which making it up is of use, the day before
        the outlet's next planned visit.
    entry
        Number of the record that decided; 0 for none.
    """

    outlet_id: str
    rep_id: str
    tier: str
    cycle: dt.date
    first_date: dt.date
    date: dt.date
    planned_on: dt.date | None
    is_added: bool = False
    service_min: float = 0.0
    fate: Fate
    standing: Standing = Standing.NONE
    made_on: dt.date | None = None
    made_by: str = ""
    cause: Cause = Cause.NONE
    reason: str = ""
    note: str = ""
    overtaken_on: dt.date | None = None
    due: dt.date | None = None
    entry: int = 0

    @property
    def is_moved(self) -> bool:
        """A later plan gave it another day ahead of time."""
        return self.date != self.first_date

    @property
    def counts(self) -> VisitCounts:
        """As one visit of a table."""
        return VisitCounts(
            planned=1,
            made=int(self.fate is Fate.MADE),
            made_up=int(self.fate is Fate.MADE_UP),
            missed=int(self.fate is Fate.MISSED),
            pending=int(self.fate is Fate.PENDING),
        )

    @property
    def tier_name(self) -> str:
        """Its tier in tables by tier."""
        return self.tier or NO_TIER


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeVisit:
    """A visit that a sheet says was made; `settles` is the day of the owed visit it stands for, None for an extra."""

    outlet_id: str
    rep_id: str
    on: dt.date
    settles: dt.date | None
    entry: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """
    A problem written on a sheet, from when it was opened to when it was closed.

    Attributes
    ----------
    opened_week, closed_week
        ISO weeks of the sheets; `closed_week` empty while it is open.
    measure
        The last measure written down.
    mentioned
        Weeks whose sheets mention it.
    """

    key: str
    rep_id: str
    text: str
    measure: str
    opened_week: str
    closed_week: str = ""
    date: dt.date | None = None
    mentioned: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Not closed by any sheet."""
        return not self.closed_week


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something about a record that a person should see; nothing was dropped because of it."""

    code: str
    text: Text
    sheet_id: str
    rep_id: str
    entry: int
    source: str = ""
    outlet_id: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """Every owed visit, every visit made, every problem, and remarks on the records."""

    owed: tuple[OwedVisit, ...]
    made: tuple[MadeVisit, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...] = field(default=())

    @cached_property
    def debts(self) -> tuple[OwedVisit, ...]:
        """Missed visits whose outlets still wait, longest waiting first."""
        waiting = [visit for visit in self.owed if visit.standing is Standing.WAITING]
        return tuple(sorted(waiting, key=lambda visit: (visit.date, visit.rep_id, visit.outlet_id)))

    @cached_property
    def last_visit(self) -> Mapping[str, dt.date]:
        """Day of the last visit really made at each outlet."""
        found: dict[str, dt.date] = {}
        for visit in self.made:
            found[visit.outlet_id] = max(visit.on, found.get(visit.outlet_id, visit.on))
        return found
