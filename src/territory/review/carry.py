"""What a week hands on: to the next sheet, to a new plan of the running cycle, and to the next cycle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from territory.domain.records import CarriedIn, ProblemRecord
from territory.review.model import History
from territory.review.period import Period, iso_week_of
from territory.review.problems import is_open_at_end
from territory.review.result import Ledger, OwedVisit
from territory.units import DAYS_PER_WEEK

MOST_PRIORITY = 100.0
PRIORITY_PER_DEBT = 20.0
PRIORITY_PER_WEEK = 5.0


def carried_in(history: History, found: Ledger, week: Period) -> Mapping[str, CarriedIn]:
    """
    By rep, what the sheet of a week takes over from the weeks before: goals of the last one, open problems, debts.

    Parameters
    ----------
    week
        The week whose sheets are to be printed.
    """
    before = week.first - dt.timedelta(days=DAYS_PER_WEEK)
    name = iso_week_of(before)
    last = Period(kind="week", first=before, last=week.first - dt.timedelta(days=1), name=name)
    goals = {e.record.rep_id: {g.key: g for g in e.record.goals} for e in history.latest if e.record.iso_week == name}
    problems: dict[str, list[ProblemRecord]] = {}
    for one in found.problems:  # oldest first
        if is_open_at_end(one, last):
            problems.setdefault(one.rep_id, []).append(
                ProblemRecord(key=one.key, text=one.text, measure=one.measure, closed=None)
            )
    missed: dict[str, list[str]] = {}
    for debt in found.debts:  # longest waiting first
        if debt.date < week.first:
            mine = missed.setdefault(_who(history, debt), [])
            if debt.outlet_id not in mine:
                mine.append(debt.outlet_id)
    people = sorted({*goals, *problems, *missed})
    return {
        rep_id: CarriedIn(
            iso_week=name,
            goals=goals.get(rep_id, {}),
            problems=tuple(problems.get(rep_id, ())),
            missed=tuple(missed.get(rep_id, ())),
        )
        for rep_id in people
    }


def _who(history: History, debt: OwedVisit) -> str:
    """Who serves the outlet now; of a pooled team the rep who should have come."""
    card = history.outlets.get(debt.outlet_id)
    if card is None or not card.rep_id:
        return debt.rep_id
    old, new = history.reps.get(debt.rep_id), history.reps.get(card.rep_id)
    same_team = old is not None and new is not None and old.team_id and old.team_id == new.team_id
    return debt.rep_id if same_team and debt.rep_id in history.reps else card.rep_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplanEvent:
    """One row of a table of events for `territory replan`."""

    kind: str
    outlet_id: str
    date: dt.date
    why: str


def replan_events(history: History, found: Ledger, now: dt.date) -> tuple[ReplanEvent, ...]:
    """
    Debts of the cycle of `now` that no plan has given a new day yet, as events *missed*; of earlier cycles as *urgent*.

    A visit that is planned again, on this day or later, is left alone. An urgent visit is asked for within a week, but
    not beyond the cycle.
    """
    book = history.book_on(now)
    if book is None:
        return ()
    rows: list[ReplanEvent] = []
    urgent: set[str] = set()
    planned = {(stop.outlet_id, stop.date) for stop in book.stops}
    for debt in found.debts:
        if debt.date > now or debt.outlet_id not in book.outlets:
            continue
        if debt.planned_on is not None and debt.planned_on > debt.date and debt.planned_on >= now:
            continue
        day = debt.planned_on if debt.planned_on is not None and debt.planned_on <= now else debt.date
        if debt.cycle == book.start and (debt.outlet_id, day) in planned:
            rows.append(ReplanEvent(kind="missed", outlet_id=debt.outlet_id, date=day, why=debt.cause.value))
        elif debt.outlet_id not in urgent:
            by = min(now + dt.timedelta(days=DAYS_PER_WEEK - 1), book.last)
            urgent.add(debt.outlet_id)
            rows.append(ReplanEvent(kind="urgent", outlet_id=debt.outlet_id, date=by, why=debt.cause.value))
    return tuple(sorted(rows, key=lambda row: (row.kind, row.date, row.outlet_id)))


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletState:
    """
    What the next cycle's outlet table takes over.

    Attributes
    ----------
    last_visit
        Day of the last visit really made; None when the records know of none.
    debts
        Missed visits that wait.
    own_priority, priority
        Without debts; raised for each debt and each week that the oldest has waited, at most 100.
    """

    outlet_id: str
    last_visit: dt.date | None
    debts: int
    oldest: dt.date | None
    own_priority: float
    priority: float


def outlet_states(
    history: History, found: Ledger, start: dt.date, *, priorities: Mapping[str, float]
) -> tuple[OutletState, ...]:
    """
    The state of every outlet that was visited or waits, on the morning a cycle starts.

    Parameters
    ----------
    priorities
        By outlet, before debts raised them; outlets that are not here are left out.
    """
    waiting: dict[str, list[OwedVisit]] = {}
    for debt in found.debts:
        if debt.date < start:
            waiting.setdefault(debt.outlet_id, []).append(debt)
    last: dict[str, dt.date] = {}
    for made in found.made:
        if made.on < start:
            last[made.outlet_id] = max(made.on, last.get(made.outlet_id, made.on))
    rows = []
    for outlet_id in sorted({*waiting, *last}):
        debts = waiting.get(outlet_id, [])
        if outlet_id not in priorities:
            continue
        oldest = min((debt.date for debt in debts), default=None)
        weeks = 0 if oldest is None else (start - oldest).days // DAYS_PER_WEEK
        own = priorities[outlet_id]
        raised = own + PRIORITY_PER_DEBT * len(debts) + PRIORITY_PER_WEEK * weeks
        rows.append(
            OutletState(
                outlet_id=outlet_id,
                last_visit=last.get(outlet_id),
                debts=len(debts),
                oldest=oldest,
                own_priority=own,
                priority=min(MOST_PRIORITY, raised) if debts else own,
            )
        )
    return tuple(rows)
