"""Front door: what became of every visit that the plans promised, from the sheets that came back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from territory.domain.records import VisitOutcome
from territory.review._lines import Line, is_reported, line_remarks, lines_of, reported_until, sheet_remarks
from territory.review._timeline import Promise, Timeline, timeline
from territory.review.model import History
from territory.review.period import iso_week_of, week_period
from territory.review.problems import problems_of
from territory.review.result import Cause, Fate, Ledger, MadeVisit, OwedVisit, Remark, Standing
from territory.units import DAYS_PER_CYCLE

_USUAL_VISITS = 4  # of an outlet whose frequency nobody knows


def ledger(history: History) -> Ledger:
    """
    What became of every visit.

    Notes
    -----
    (1) Every visit of a cycle's first plan is owed once. A later version may move it: ahead of time it then counts on
    its new day; once its time is over it counts on the day it was lost, and a new day is one to make it up.
    (2) A line of a sheet speaks of the visit that the plan in force, or else any earlier version, has at this outlet on
    this day. *Done* on its day makes it made, on another day made up.
    (2a) A sheet that comes late may show that a visit was made which a later version plans again. That new day then
    is for the next visit of the cycle, which the plan had dropped or moved to a later week or day; a day that becomes
    free so is handed on in the same way. What is left makes up for the oldest missed one as (3) says, or for the oldest
    one of the cycle that was overtaken; else nobody is owed anything that day.
    (3) A visit on top of the first plan makes up for the oldest visit of its outlet that is missed before it, not
    overtaken and not planned again; where there is none it is owed itself.
    (4) An extra visit, or one on a day nobody planned, makes up for the oldest missed visit that nobody plans to make
    up later, else for the oldest one, else for a later one of the same week that was left out; else it stays an extra.
    (5) What is not made is pending as long as its week is not closed and no sheet reaches as far as its day; then it
    is missed. It waits until somebody is at the outlet after its day, and after the day it is planned again
    (overtaken), or the plan drops the outlet (gone).
    """
    return _Matching(history).ledger()


def _when(line: Line) -> tuple[dt.date, bool]:
    """By the day of the visit, else the planned one; of two on one day the one that was planned for it first."""
    return line.on or line.visit.date, line.on not in (None, line.visit.date)


class _Matching:
    """The work in progress; one use."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.lines = lines_of(history)
        self.until = reported_until(history)
        self.plans: Timeline = timeline(history)
        self.remarks: list[Remark] = [*sheet_remarks(history), *line_remarks(history, self.lines)]
        self.visits_at: dict[str, set[dt.date]] = defaultdict(set)
        for line in self.lines:
            if line.on is not None:
                self.visits_at[line.visit.outlet_id].add(line.on)
        self.made: dict[tuple[str, dt.date], MadeVisit] = {}

    def ledger(self) -> Ledger:
        rest = self._speak(self.lines)
        self._put_on_top(self._pass_on())
        for line in sorted(self._speak(rest), key=lambda line: (line.on or line.visit.date, line.entry.number)):
            self._settle_extra(line)
        owed = [self._owed(promise) for mine in self.plans.promises.values() for promise in mine]
        owed.sort(key=lambda visit: (visit.date, visit.rep_id, visit.outlet_id, visit.first_date))
        made = sorted(self.made.values(), key=lambda visit: (visit.on, visit.outlet_id))
        told = {(one.entry, one.date or dt.date.min, one.outlet_id, one.code): one for one in self.remarks}
        return Ledger(
            owed=tuple(owed),
            made=tuple(made),
            problems=problems_of(self.history),
            remarks=tuple(told[key] for key in sorted(told)),
        )

    # (2) lines that speak of promised visits

    def _speak(self, lines: Iterable[Line]) -> list[Line]:
        """Lines about promised visits are written down, in the order of what they tell of; others come back."""
        rest = []
        for line in sorted(lines, key=_when):
            promise = self._spoken_of(line) if line.is_planned else None
            if promise is None or not self._write(promise, line):
                rest.append(line)
        return rest

    def _spoken_of(self, line: Line) -> Promise | None:
        mine, date = self.plans.promises.get(line.visit.outlet_id, ()), line.visit.date
        for fits in (
            [one for one in mine if date in (one.planned, one.promised)],
            [one for one in mine if date in one.days],
        ):
            open_first = sorted(fits, key=lambda one: (one.is_settled, one.day))
            if open_first:
                return open_first[0]
        return None

    def _write(self, promise: Promise, line: Line) -> bool:
        """Write a line down at its promise; False when it is a visit more."""
        if line.visit.note:
            promise.note = line.visit.note
        if line.on is None:
            if promise.is_settled:
                return line.visit.date != promise.planned
            closed = line.visit.outcome is VisitOutcome.CLOSED
            promise.cause = Cause.CLOSED if closed else Cause.MISSED
            promise.entry, promise.missed_on = line.entry.number, line.visit.date
            return True
        if promise.is_settled:
            if promise.made_on != line.on:
                return False
            if promise.made_by != line.entry.record.rep_id:
                self.remarks.append(line.remark("twice", other=promise.made_by))
            return True
        if line.visit.outcome is VisitOutcome.CLOSED:
            promise.cause = Cause.CLOSED
        elif line.visit.outcome is VisitOutcome.MISSED:
            promise.cause = Cause.MISSED
        known = self.made.get((line.visit.outlet_id, line.on))
        if known is not None and known.settles is not None:
            self.remarks.append(line.remark("same_visit", on=line.on.isoformat(), other=known.settles.isoformat()))
            promise.cause = Cause.MISSED if promise.cause is Cause.NONE else promise.cause
            promise.entry, promise.missed_on = line.entry.number, line.visit.date
            return True
        as_printed = line.visit.made_on in (None, line.visit.date) and not promise.is_lost
        on_day = line.on == promise.day or (as_printed and promise.cause is Cause.NONE)
        self._settle(promise, line, line.on, on_day=on_day)
        return True

    def _settle(self, promise: Promise, line: Line, on: dt.date, *, on_day: bool) -> None:
        promise.made_on, promise.made_by, promise.is_on_day = on, line.entry.record.rep_id, on_day
        promise.told_on = line.visit.date
        promise.entry = line.entry.number
        self._visited(line, on, settles=promise.day)

    def _visited(self, line: Line, on: dt.date, *, settles: dt.date | None) -> None:
        key = (line.visit.outlet_id, on)
        known = self.made.get(key)
        if known is None or (known.settles is None and settles is not None):
            self.made[key] = MadeVisit(
                outlet_id=key[0],
                rep_id=line.entry.record.rep_id,
                on=on,
                settles=settles,
                entry=line.entry.number,
            )

    # (2a) days that are planned for what was made

    def _pass_on(self) -> list[tuple[str, dt.date]]:
        """Give such days to the visits of the cycle that come next; outlet and day of those that are left."""
        left: list[tuple[str, dt.date]] = []
        for outlet_id, mine in self.plans.promises.items():
            for made in mine:
                if made.told_on is None or not made.is_lost:
                    continue
                free = {day for day in (*made.over, made.planned) if day is not None and day > made.told_on}
                if made.planned in free:
                    made.planned = None
                for day in sorted(free):
                    spare: dt.date | None = day
                    while spare and (taker := _next_for(spare, [p for p in mine if p.cycle == made.cycle])):
                        before = taker.planned
                        taker.move(spare)
                        spare = before
                    if spare:
                        left.append((outlet_id, spare))
        return sorted(left, key=lambda one: (one[1], one[0]))

    # (3) visits on top

    def _put_on_top(self, spare: Iterable[tuple[str, dt.date]]) -> None:
        for outlet_id, day in spare:
            if not self._make_up(outlet_id, day):
                self._make_up(outlet_id, day, of_cycle=self._cycle_of(day))
        for one in self.plans.on_top:
            stop = one.stop
            mine = self.plans.promises.setdefault(stop.outlet_id, [])
            if self._make_up(stop.outlet_id, stop.date):
                continue
            mine.append(
                Promise(
                    outlet_id=stop.outlet_id,
                    rep_id=stop.rep_id,
                    cycle=one.cycle,
                    first=stop.date,
                    day=stop.date,
                    planned=stop.date,
                    service_min=stop.service_min,
                    is_added=True,
                    days={stop.date},
                )
            )
            mine.sort(key=lambda p: p.day)

    def _make_up(self, outlet_id: str, day: dt.date, *, of_cycle: dt.date | None = None) -> bool:
        """
        The oldest visit that waits and is not planned again gets this day; False when there is none.

        Given a cycle, the oldest one of it that was overtaken, for the count is still one short.
        """
        mine = [p for p in self.plans.promises[outlet_id] if p.latest < day]
        if of_cycle is None:
            wanting = [p for p in mine if self._waits(p, day)]
        else:
            wanting = [p for p in mine if p.cycle == of_cycle and self._fate(p) is Fate.MISSED]
        if wanting:
            min(wanting, key=lambda p: p.day).promised = day
        return bool(wanting)

    def _cycle_of(self, day: dt.date) -> dt.date:
        return max(start for start in self.history.cycles if start <= day)

    def _waits(self, promise: Promise, until: dt.date) -> bool:
        """Missed before a day, and nobody has been there between (or it is planned again, but later than that)."""
        if promise.is_settled or promise.day >= until or self._fate(promise) is not Fate.MISSED:
            return False
        return not any(promise.latest < day < until for day in self.visits_at[promise.outlet_id])

    # (4) extra visits

    def _settle_extra(self, line: Line) -> None:
        on, spoken = line.on, self._spoken_of(line) if line.is_planned else None
        if on is None:
            if spoken is None and line.visit.outlet_id in self.plans.promises:
                self.remarks.append(line.remark("not_planned_missed"))
            return
        if spoken is not None:
            self.remarks.append(line.remark("made_before", on=str(spoken.made_on)))
        elif line.is_planned:
            self.remarks.append(line.remark("not_planned"))
        known = self.made.get((line.visit.outlet_id, on))
        if known is not None:
            if known.rep_id != line.entry.record.rep_id:
                self.remarks.append(line.remark("twice", other=known.rep_id))
            return
        mine = self.plans.promises.get(line.visit.outlet_id, [])
        waiting = [p for p in mine if self._waits(p, on)]
        week = iso_week_of(on)
        early = [
            p
            for p in mine
            if not p.is_settled and p.day >= on and iso_week_of(p.day) == week and self._fate(p) is Fate.MISSED
        ]
        chosen = min(waiting or early, key=lambda p: (p.latest > on, p.day), default=None)
        if chosen is None:
            self._visited(line, on, settles=None)
        else:
            self._settle(chosen, line, on, on_day=False)

    # (5) what is left

    def _fate(self, promise: Promise) -> Fate:
        if promise.is_settled:
            return Fate.MADE if promise.is_on_day else Fate.MADE_UP
        if promise.is_lost or promise.planned is None:
            return Fate.MISSED
        date = promise.planned
        if promise.missed_on == date or date in self.history.closed_since:
            return Fate.MISSED
        week = week_period(iso_week_of(date))
        return Fate.MISSED if is_reported(self.until, promise.rep_id, week, date) else Fate.PENDING

    def _cause(self, promise: Promise) -> Cause:
        if promise.cause is not Cause.NONE:
            return promise.cause
        if promise.planned is None and not promise.is_lost:
            return Cause.DROPPED
        sheet = (promise.rep_id, iso_week_of(promise.day))
        return Cause.NOT_REPORTED if sheet in self.until else Cause.NO_SHEET

    def _owed(self, promise: Promise) -> OwedVisit:
        fate = self._fate(promise)
        card = self.history.outlets.get(promise.outlet_id)
        missed = fate is Fate.MISSED
        after = sorted(day for day in self.visits_at[promise.outlet_id] if day > promise.latest)
        standing = Standing.NONE
        if missed:
            is_gone = not self._is_known(promise)
            standing = Standing.OVERTAKEN if after else Standing.GONE if is_gone else Standing.WAITING
        return OwedVisit(
            outlet_id=promise.outlet_id,
            rep_id=promise.rep_id,
            tier="" if card is None else card.tier,
            cycle=promise.cycle,
            first_date=promise.first,
            date=promise.day,
            planned_on=promise.promised or promise.planned,
            is_added=promise.is_added,
            service_min=promise.service_min,
            fate=fate,
            standing=standing,
            made_on=promise.made_on,
            made_by=promise.made_by,
            cause=self._cause(promise) if missed or (fate is Fate.MADE_UP and promise.is_lost) else promise.cause,
            reason=promise.reason,
            note=promise.note,
            overtaken_on=after[0] if standing is Standing.OVERTAKEN else None,
            due=self._due(promise) if missed else None,
            entry=promise.entry,
        )

    def _is_known(self, promise: Promise) -> bool:
        """Whether the newest plan still has the outlet."""
        newest = self.history.cycles[max(self.history.cycles)][-1]
        return promise.outlet_id in newest.outlets

    def _due(self, promise: Promise) -> dt.date:
        """The day it is planned again, else the day before the outlet's next visit, else its interval after it."""
        if promise.planned is not None and promise.planned > promise.day:
            return promise.planned
        if promise.promised is not None:
            return promise.promised
        mine = self.plans.promises[promise.outlet_id]
        coming = [p.planned for p in mine if p is not promise and p.planned is not None and p.planned > promise.day]
        if coming:
            return max(promise.day, min(coming) - dt.timedelta(days=1))
        card = self.history.outlets.get(promise.outlet_id)
        visits = (card.visits_per_cycle if card is not None else 0) or _USUAL_VISITS
        return promise.day + dt.timedelta(days=max(1, DAYS_PER_CYCLE // visits))


def _next_for(spare: dt.date, mine: Iterable[Promise]) -> Promise | None:
    """
    The visit that a day is for which turns out to be free: the first one that is not made, and that the plan in force
    has nowhere, or on a later day although its first plan had promised it by the end of that week.
    """
    sunday = spare + dt.timedelta(days=6 - spare.weekday())
    takers = [p for p in mine if p.is_dropped]
    takers += [p for p in mine if p.is_ahead and p.first <= sunday and p.planned is not None and p.planned > spare]
    return min(takers, key=lambda p: (p.first, p.day), default=None)


def pending_days(found: Ledger) -> Mapping[str, int]:
    """Visits not reported on yet, by ISO week."""
    counts: dict[str, int] = {}
    for visit in found.owed:
        if visit.fate is Fate.PENDING:
            week = iso_week_of(visit.planned_on or visit.date)
            counts[week] = counts.get(week, 0) + 1
    return dict(sorted(counts.items()))
