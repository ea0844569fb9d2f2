"""Which visits are owed: a cycle's first plan promises them, its later versions move, drop and add some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from territory.review.model import History, PlanBook, PlannedStop
from territory.review.result import Cause


@dataclass(kw_only=True, eq=False)
class Promise:
    """
    A visit under way through the versions of its cycle's plan; later filled in from the sheets.

    Attributes
    ----------
    day
        The day it counts on; fixed once it was lost.
    planned
        Where the plan in force has it; None: nowhere.
    days
        Every day that some version gave it: a sheet may have been printed from any of them.
    is_lost
        Its time was over when a later version gave it another day, or none.
    over
        Those of them whose time was over when a later version took it from there.
    told_on
        The printed day of the line that says it was made.
    missed_on
        The last day on which a sheet says that it was not made.
    promised
        A visit on top that makes up for it.
    """

    outlet_id: str
    rep_id: str
    cycle: dt.date
    first: dt.date
    day: dt.date
    planned: dt.date | None
    service_min: float
    is_added: bool = False
    is_lost: bool = False
    days: set[dt.date] = field(default_factory=set)
    over: set[dt.date] = field(default_factory=set)
    reason: str = ""
    made_on: dt.date | None = None
    made_by: str = ""
    is_on_day: bool = False
    cause: Cause = Cause.NONE
    note: str = ""
    entry: int = 0
    told_on: dt.date | None = None
    missed_on: dt.date | None = None
    promised: dt.date | None = None

    @property
    def latest(self) -> dt.date:
        """The last day that it counts on or is to be made up on."""
        return max(day for day in (self.day, self.planned, self.promised) if day is not None)

    @property
    def is_dropped(self) -> bool:
        """A later version took it off before its time, and it was not made all the same."""
        return self.planned is None and not self.is_lost and not self.is_settled

    @property
    def is_ahead(self) -> bool:
        """On its way: planned, never lost, not made."""
        return self.planned is not None and not self.is_lost and not self.is_settled

    def move(self, day: dt.date, rep_id: str = "") -> None:
        """Plan it for another day; what was lost still counts on its old one."""
        self.planned, self.reason = day, ""
        self.days.add(day)
        if not self.is_lost:
            self.day, self.rep_id = day, rep_id or self.rep_id

    @property
    def is_settled(self) -> bool:
        """Made, on whatever day."""
        return self.made_on is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTop:
    """A visit that a later version puts on top of those promised, until it is known what for."""

    stop: PlannedStop
    cycle: dt.date


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """Promises of all cycles, by outlet, and the visits on top that are still planned."""

    promises: dict[str, list[Promise]]
    on_top: tuple[OnTop, ...]


def timeline(history: History) -> Timeline:
    """Everything the plans promised, in the order of cycles and days."""
    promises: dict[str, list[Promise]] = {}
    on_top: list[OnTop] = []
    for books in history.cycles.values():
        cycle = _Cycle(books[0])
        for book in books[1:]:
            cycle.follow(book)
        for outlet_id, mine in cycle.promises.items():
            promises.setdefault(outlet_id, []).extend(mine)
        on_top += cycle.on_top()
    on_top.sort(key=lambda one: (one.stop.date, one.stop.outlet_id))
    return Timeline(promises={name: promises[name] for name in sorted(promises)}, on_top=tuple(on_top))


class _Cycle:
    """One cycle's promises, carried from version to version."""

    def __init__(self, book: PlanBook) -> None:
        self.start = book.start
        self.promises: dict[str, list[Promise]] = {}
        self._extra: dict[str, dict[dt.date, PlannedStop]] = {}
        self._starts = {(stop.outlet_id, stop.date): stop.begins for stop in book.stops}
        for stop in sorted(book.stops, key=lambda stop: (stop.outlet_id, stop.date)):
            self.promises.setdefault(stop.outlet_id, []).append(self._promise(stop))

    def _promise(self, stop: PlannedStop) -> Promise:
        return Promise(
            outlet_id=stop.outlet_id,
            rep_id=stop.rep_id,
            cycle=self.start,
            first=stop.date,
            day=stop.date,
            planned=stop.date,
            service_min=stop.service_min,
            days={stop.date},
        )

    def follow(self, book: PlanBook) -> None:
        """The next version: compare it, outlet by outlet, with what was planned so far."""
        coming: dict[str, dict[dt.date, PlannedStop]] = {}
        for stop in book.stops:
            coming.setdefault(stop.outlet_id, {})[stop.date] = stop
        starts = self._starts
        self._starts = {(stop.outlet_id, stop.date): stop.begins for stop in book.stops}
        reasons = {one.outlet_id: one.reason for one in book.unplaced}
        for outlet_id in sorted({*self.promises, *coming}):
            new = coming.get(outlet_id, {})
            mine = self.promises.setdefault(outlet_id, [])
            extra = self._extra.setdefault(outlet_id, {})
            for promise in mine:
                kept = None if promise.planned is None else new.get(promise.planned)
                if kept is not None and kept.begins >= book.since and not promise.is_lost:
                    promise.rep_id = kept.rep_id
            planned = {promise.planned for promise in mine} | set(extra)
            gone = [promise for promise in mine if promise.planned is not None and promise.planned not in new]
            self._extra[outlet_id] = {
                day: new.get(day, stop) for day, stop in extra.items() if day in new or stop.begins < book.since
            }
            come = [new[day] for day in sorted(new) if day not in planned]
            self._pair(book, gone, come, starts, reasons.get(outlet_id, ""), outlet_id)

    def _pair(
        self,
        book: PlanBook,
        gone: Sequence[Promise],
        come: list[PlannedStop],
        starts: dict[tuple[str, dt.date], dt.datetime],
        reason: str,
        outlet_id: str,
    ) -> None:
        """Visits that left their day get the new ones in order, the nearest ones; the others stand on top."""
        near = nearest([promise.planned for promise in gone if promise.planned is not None], come)
        rest = [stop for stop in come if stop not in near]
        come = near
        for promise in gone:
            assert promise.planned is not None
            begins = starts.get((outlet_id, promise.planned))
            if begins is not None and begins < book.since:
                promise.is_lost = True
                promise.over.add(promise.planned)
            if come:
                stop = come.pop(0)
                promise.move(stop.date, stop.rep_id)
            else:
                promise.planned, promise.reason = None, reason
        for promise in self.promises[outlet_id]:
            if rest and promise.is_dropped and promise not in gone:
                stop = rest.pop(0)
                promise.move(stop.date, stop.rep_id)
        for stop in rest:
            self._extra[outlet_id][stop.date] = stop

    def on_top(self) -> list[OnTop]:
        """Visits on top that the last version still has, or whose time was over when it left them out."""
        return [
            OnTop(stop=stop, cycle=self.start)
            for outlet_id in sorted(self._extra)
            for _, stop in sorted(self._extra[outlet_id].items())
        ]


def nearest(days: Sequence[dt.date], come: Sequence[PlannedStop]) -> list[PlannedStop]:
    """As many of the new stops as there are days, in order, those that move them least; of equal ones the earlier."""
    if len(come) <= len(days):
        return list(come)

    best: list[tuple[int, list[PlannedStop]] | None] = [(0, []), *(None for _ in days)]
    for stop in come:
        for number in range(len(days), 0, -1):
            before, now = best[number - 1], best[number]
            if before is None:
                continue
            moved = before[0] + abs((stop.date - days[number - 1]).days)
            if now is None or moved < now[0]:
                best[number] = moved, [*before[1], stop]
    found = best[-1]
    assert found is not None
    return found[1]
