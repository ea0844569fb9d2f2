"""Is it true? Every visit that was promised, counted again from the plans and the sheets, without the ledger's ways."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from territory.domain.records import VisitOutcome
from territory.review.model import History
from territory.review.result import Fate, Ledger, OwedVisit, Standing
from territory.verify import Violation

RULES = ("promised_once", "no_invented_visit", "visit_used_once", "made_is_reported", "missed_stands", "debt_is_listed")


def check(history: History, found: Ledger) -> tuple[Violation, ...]:
    """
    Everything that does not add up.

    Notes
    -----
    ``promised_once``: each visit of a cycle's first plan is owed exactly once, and nothing else is but visits that a
    later plan added. ``no_invented_visit``: a visit counts as made only where a sheet that counts says that somebody
    was at the outlet that day. ``visit_used_once``: no such visit stands for two. ``made_is_reported``: an owed visit
    that is made has a day, one that is not has none. ``missed_stands``: of missed visits those overtaken have a visit
    after their day and after the day that some plan gave them again, those waiting have none. ``debt_is_listed``: the
    list of debts is the missed visits that wait.
    """
    return tuple(_violations(history, found))


def _violations(history: History, found: Ledger) -> Iterator[Violation]:
    yield from _promised(history, found)
    said = _said(history)
    days: dict[str, set[dt.date]] = {}
    for outlet_id, day in said:
        days.setdefault(outlet_id, set()).add(day)
    planned: dict[str, set[dt.date]] = {}
    for book in (book for books in history.cycles.values() for book in books):
        for stop in book.stops:
            planned.setdefault(stop.outlet_id, set()).add(stop.date)
    used: Counter[tuple[str, dt.date]] = Counter()
    for visit in found.owed:
        is_made = visit.fate in (Fate.MADE, Fate.MADE_UP)
        if is_made != (visit.made_on is not None):
            yield _violation("made_is_reported", visit)
        if visit.made_on is not None:
            used[visit.outlet_id, visit.made_on] += 1
            if (visit.outlet_id, visit.made_on) not in said:
                yield _violation("no_invented_visit", visit)
        yield from _standing(visit, days.get(visit.outlet_id, set()), planned.get(visit.outlet_id, set()))
    for (outlet_id, day), count in sorted(used.items()):
        if count > 1:
            yield Violation(rule="visit_used_once", subject=f"{outlet_id} {day}", amount=count - 1, unit="visits")
    waiting = Counter(_key(visit) for visit in found.owed if visit.standing is Standing.WAITING)
    listed = Counter(_key(visit) for visit in found.debts)
    for key in sorted((waiting - listed) + (listed - waiting)):
        yield Violation(rule="debt_is_listed", subject=" ".join(map(str, key)), amount=1, unit="visits")


def _promised(history: History, found: Ledger) -> Iterator[Violation]:
    promised = Counter(
        (books[0].start, stop.outlet_id, stop.date) for books in history.cycles.values() for stop in books[0].stops
    )
    owed = Counter((visit.cycle, visit.outlet_id, visit.first_date) for visit in found.owed if not visit.is_added)
    for key in sorted((promised - owed) + (owed - promised)):
        subject = " ".join(map(str, key[1:]))
        amount = abs(promised[key] - owed[key])
        yield Violation(rule="promised_once", subject=subject, amount=amount, unit="visits")
    later = {
        (books[0].start, stop.outlet_id)
        for books in history.cycles.values()
        for book in books[1:]
        for stop in book.stops
    }
    for visit in found.owed:
        if visit.is_added and (visit.cycle, visit.outlet_id) not in later:
            yield _violation("promised_once", visit)


def _said(history: History) -> set[tuple[str, dt.date]]:
    """Outlet and day of every visit that the last entry of some sheet says was made."""
    last = {entry.record.sheet_id: entry.record for entry in sorted(history.entries, key=lambda entry: entry.number)}
    found = set()
    for record in last.values():
        for visit in record.visits:
            if visit.made_on is not None:
                found.add((visit.outlet_id, visit.made_on))
            elif visit.outcome in (VisitOutcome.DONE, VisitOutcome.EXTRA):
                found.add((visit.outlet_id, visit.date))
    return found


def _standing(visit: OwedVisit, days: set[dt.date], planned: set[dt.date]) -> Iterator[Violation]:
    if (visit.fate is Fate.MISSED) != (visit.standing is not Standing.NONE):
        yield _violation("missed_stands", visit)
        return
    again = visit.planned_on if visit.planned_on in planned else None
    after = {day for day in days if day > max(visit.date, again or visit.date)}
    if visit.standing is Standing.OVERTAKEN and visit.overtaken_on not in after:
        yield _violation("missed_stands", visit)
    if visit.standing is Standing.WAITING and after:
        yield _violation("missed_stands", visit)


def _key(visit: OwedVisit) -> tuple[str, dt.date, dt.date]:
    return visit.outlet_id, visit.date, visit.first_date


def _violation(rule: str, visit: OwedVisit) -> Violation:
    return Violation(rule=rule, subject=f"{visit.outlet_id} {visit.date}", amount=1, unit="visits")
