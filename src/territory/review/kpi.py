"""Is it good? Planned against done for a day, a week or a month: per rep, per team, and for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from territory.domain.panel import VisitCounts
from territory.domain.records import SheetRecord, VisitOutcome
from territory.review.goals import DRIVE_HOURS, GoalTotal, completion, goal_totals
from territory.review.model import Entry, History
from territory.review.period import Period, week_period, weeks_of
from territory.review.problems import is_open_at_end
from territory.review.result import Cause, Fate, Ledger, OwedVisit, Standing

ALL = ""
"""Id of the row that sums up everybody."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """
    One row of a review.

    Attributes
    ----------
    rep_id, team_id
        Whose; both empty for all, `rep_id` empty for a team.
    visits, by_tier
        Visits of the period by what became of them, all and by tier.
    closed, extra
        Visits that met a closed door; visits made that nobody owed.
    waiting, overtaken, gone
        Of the missed ones, where they stand.
    moved, added
        Of the planned ones, those that a later plan moved ahead of time, or put on top.
    debts, overdue
        Missed visits of any time that wait at the end of the period; those of them past their due day.
    sheets_due, sheets_received, sheets_late
        Sheets of the weeks that belong to the period; those of them that came back, and after the closing.
    days_planned, days_worked
        Days with visits planned, and of these those with a visit made or tried.
    drive_min_planned, service_min_planned, service_min
        Minutes: planned driving of the period's days; service of planned visits; service of those made or made up.
    drive_min
        Driving written on the sheets; None when nobody wrote any.
    goals
        Goals of the period's weeks by key.
    tasks_set, tasks_done
        Key tasks on sheets that came back, and those ticked as done.
    problems_opened, problems_closed, problems_open
        Problems written down and settled in the period's weeks; open at its end.
    """

    rep_id: str
    name: str
    team_id: str
    visits: VisitCounts = field(default_factory=VisitCounts)
    by_tier: dict[str, VisitCounts] = field(default_factory=dict)
    closed: int = 0
    extra: int = 0
    waiting: int = 0
    overtaken: int = 0
    gone: int = 0
    moved: int = 0
    added: int = 0
    debts: int = 0
    overdue: int = 0
    sheets_due: int = 0
    sheets_received: int = 0
    sheets_late: int = 0
    days_planned: int = 0
    days_worked: int = 0
    drive_min_planned: float = 0.0
    service_min_planned: float = 0.0
    service_min: float = 0.0
    drive_min: float | None = None
    goals: tuple[GoalTotal, ...] = ()
    tasks_set: int = 0
    tasks_done: int = 0
    problems_opened: int = 0
    problems_closed: int = 0
    problems_open: int = 0

    @property
    def goal_completion(self) -> float | None:
        """Mean share reached over reported goals; None without any."""
        return completion(self.goals)


def totals(history: History, found: Ledger, period: Period, *, today: dt.date | None = None) -> tuple[Totals, ...]:
    """
    The rows of a review: everybody, then each team with its reps; only reps that a plan or a sheet of the period names.

    Parameters
    ----------
    today
        Debts due before this day are overdue; the day after the period for None.
    """
    table = _Table(history, found, period, today or period.last + dt.timedelta(days=1))
    reps = sorted(table.people, key=lambda rep_id: (table.team_of(rep_id), rep_id))
    rows = [table.row(rep_id, history.reps[rep_id].name if rep_id in history.reps else "", [rep_id]) for rep_id in reps]
    teams = sorted({row.team_id for row in rows if row.team_id})
    sums = [table.row("", table.team_name(team), [r.rep_id for r in rows if r.team_id == team], team) for team in teams]
    everybody = table.row(ALL, "", reps, "")
    ordered = [everybody]
    for team in sums:
        ordered += [team, *(row for row in rows if row.team_id == team.team_id)]
    return (*ordered, *(row for row in rows if not row.team_id))


class _Table:
    """What belongs to the period, by rep."""

    def __init__(self, history: History, found: Ledger, period: Period, today: dt.date) -> None:
        self.history, self.period, self.today = history, period, today
        self.owed: dict[str, list[OwedVisit]] = {}
        self.debts: dict[str, list[OwedVisit]] = {}
        for visit in found.owed:
            if visit.date in period:
                self.owed.setdefault(visit.rep_id, []).append(visit)
            if visit.standing is Standing.WAITING and visit.date <= period.last:
                self.debts.setdefault(visit.rep_id, []).append(visit)
        self.extra: dict[str, int] = {}
        for made in found.made:
            if made.settles is None and made.on in period:
                self.extra[made.rep_id] = self.extra.get(made.rep_id, 0) + 1
        self.entries: dict[str, list[Entry]] = {}
        for entry in history.latest:
            if self._belongs(entry.record):
                self.entries.setdefault(entry.record.rep_id, []).append(entry)
        self.problems = found.problems
        self.due_in = self._sheets_due()
        self.due = {rep_id: len(weeks) for rep_id, weeks in self.due_in.items()}
        self.drive_min = self._drive_min()
        self.people = {*self.owed, *self.entries, *self.due, *self.debts}

    def _belongs(self, record: SheetRecord) -> bool:
        if self.period.kind == "day":
            week = week_period(record.iso_week)
            return week is not None and self.period.first in week
        return self.period.holds_week(record.iso_week)

    def _sheets_due(self) -> dict[str, set[str]]:
        """The weeks of the period in which each rep has visits planned: a sheet is due for each."""
        found: dict[str, set[str]] = {}
        weeks = weeks_of(self.period)
        for week in weeks:
            span = week_period(week)
            book = None if span is None else self.history.in_force(span.first)
            if book is None or span is None:
                continue
            working = {stop.rep_id for stop in book.stops if stop.date in span}
            for rep_id in working:
                found.setdefault(rep_id, set()).add(week)
        return found

    def _is_due(self, record: SheetRecord) -> bool:
        week = week_period(record.iso_week)
        return week is not None and week.name in self.due_in.get(record.rep_id, ())

    def _drive_min(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for date in self.period.days():
            book = self.history.in_force(date)
            if book is None:
                continue
            for rep_id in book.reps:
                if minutes := book.drive_min.get((rep_id, date), 0.0):
                    found[rep_id] = found.get(rep_id, 0.0) + minutes
        return found

    def team_of(self, rep_id: str) -> str:
        """Team of a rep; empty for none, or for somebody no plan knows."""
        card = self.history.reps.get(rep_id)
        return "" if card is None else card.team_id

    def team_name(self, team_id: str) -> str:
        """Its name, or its id."""
        return next((c.team for c in self.history.reps.values() if c.team_id == team_id and c.team), team_id)

    def row(self, rep_id: str, name: str, people: Sequence[str], team_id: str | None = None) -> Totals:
        """One row over some people."""
        owed = [visit for person in people for visit in self.owed.get(person, ())]
        debts = [visit for person in people for visit in self.debts.get(person, ())]
        entries = [entry for person in people for entry in self.entries.get(person, ())]
        records = [entry.record for entry in entries]
        is_day = self.period.kind == "day"
        weekly = [] if is_day else records
        due = [] if is_day else [entry for entry in entries if self._is_due(entry.record)]
        planned, worked = self._days(people, owed, records)
        hours = [g.actual for r in weekly for g in r.goals if g.key == DRIVE_HOURS and g.actual is not None]
        mine = set(people)
        problems = [one for one in self.problems if one.rep_id in mine]
        return Totals(
            rep_id=rep_id,
            name=name,
            team_id=self.team_of(rep_id) if team_id is None else team_id,
            visits=_sum(owed),
            by_tier=_by_tier(owed),
            closed=sum(visit.cause is Cause.CLOSED for visit in owed),
            extra=sum(self.extra.get(person, 0) for person in people),
            waiting=sum(visit.standing is Standing.WAITING for visit in owed),
            overtaken=sum(visit.standing is Standing.OVERTAKEN for visit in owed),
            gone=sum(visit.standing is Standing.GONE for visit in owed),
            moved=sum(visit.is_moved for visit in owed),
            added=sum(visit.is_added for visit in owed),
            debts=len(debts),
            overdue=sum(visit.due is not None and visit.due < self.today for visit in debts),
            sheets_due=sum(self.due.get(person, 0) for person in people),
            sheets_received=len(due),
            sheets_late=sum(self._is_late(entry) for entry in due),
            days_planned=planned,
            days_worked=worked,
            drive_min_planned=sum(self.drive_min.get(person, 0.0) for person in people),
            service_min_planned=sum(visit.service_min for visit in owed),
            service_min=sum(visit.service_min for visit in owed if visit.fate in (Fate.MADE, Fate.MADE_UP)),
            drive_min=60.0 * sum(hours) if hours else None,
            goals=goal_totals(goal for record in weekly for goal in record.goals),
            tasks_set=sum(len(record.tasks) for record in weekly),
            tasks_done=sum(task.done is True for record in weekly for task in record.tasks),
            problems_opened=sum(self._in(one.opened_week, one.date) for one in problems),
            problems_closed=sum(self._in(one.closed_week, one.date) for one in problems if one.closed_week),
            problems_open=sum(is_open_at_end(one, self.period) for one in problems),
        )

    def _in(self, week: str, date: dt.date | None) -> bool:
        """Whether something of a week, or of a day, belongs to the period."""
        if self.period.kind == "day":
            return date is not None and date in self.period
        return self.period.holds_week(week)

    def _is_late(self, entry: Entry) -> bool:
        week = week_period(entry.record.iso_week)
        return week is not None and self.history.is_late(entry, week.last)

    def _days(
        self, people: Sequence[str], owed: Sequence[OwedVisit], records: Sequence[SheetRecord]
    ) -> tuple[int, int]:
        """Days with visits planned, and those of them on which somebody made or tried one."""
        mine = set(people)
        planned = {(visit.rep_id, visit.date) for visit in owed}
        tried = {
            (record.rep_id, day)
            for record in records
            for visit in record.visits
            if visit.outcome is not VisitOutcome.MISSED or visit.made_on is not None
            for day in ({visit.date} if visit.outcome is VisitOutcome.CLOSED else {visit.made_on or visit.date})
        }
        # visits of the month's days that stand on sheets of weeks that belong to another month
        tried |= {(v.rep_id, v.made_on) for v in owed if v.made_on is not None and v.made_by in mine}
        return len(planned), len(planned & tried)


def _sum(visits: Sequence[OwedVisit]) -> VisitCounts:
    return VisitCounts(
        planned=len(visits),
        made=sum(visit.fate is Fate.MADE for visit in visits),
        made_up=sum(visit.fate is Fate.MADE_UP for visit in visits),
        missed=sum(visit.fate is Fate.MISSED for visit in visits),
        pending=sum(visit.fate is Fate.PENDING for visit in visits),
    )


def _by_tier(visits: Sequence[OwedVisit]) -> dict[str, VisitCounts]:
    tiers: dict[str, list[OwedVisit]] = {}
    for visit in visits:
        tiers.setdefault(visit.tier_name, []).append(visit)
    return {tier: _sum(tiers[tier]) for tier in sorted(tiers)}
