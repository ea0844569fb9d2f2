"""The loop's share of the plan store: visit plans in force, records and closings as events, and the history they make.

Kinds of events: ``visit_plan`` (a version of a cycle's visits came into force; its book is a blob), ``record`` (the
payload is a `SheetRecord`), ``closing`` (a week or month was closed, with the counts as closed), ``reopening``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from territory.domain.events import Event
from territory.domain.panel import VisitCounts
from territory.domain.records import SheetRecord
from territory.io.plan_book_json import book_bytes, book_of
from territory.io.plan_store import HeadMovedError, PlanStore
from territory.io.record_json import record_digest, record_json, record_of
from territory.review.model import Closing, Entry, History, PlanBook
from territory.review.period import Period, month_period, week_period

VISIT_PLAN, RECORD, CLOSING, REOPENING = "visit_plan", "record", "closing", "reopening"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What became of one record: the event that holds it, and whether this call wrote it."""

    record: SheetRecord
    number: int
    is_new: bool
    replaces: int = 0


def history_of(store: PlanStore) -> History:
    """Everything the store knows about plans in force, records and closings."""
    books = [
        book_of(store.blob(str(event.payload["book"])), number=event.number) for event in store.events(kind=VISIT_PLAN)
    ]
    entries = [entry_of(event) for event in store.events(kind=RECORD)]
    closings = tuple(_closing(event) for event in _closed(store).values())
    return History(books=tuple(books), entries=tuple(entries), closings=closings)


def entry_of(event: Event) -> Entry:
    """A `record` event as an entry."""
    return Entry(number=event.number, when=event.when, who=event.who, record=record_of(event.payload))


def plan_events(store: PlanStore) -> list[Event]:
    """The versions of visit plans that came into force, without their books."""
    return store.events(kind=VISIT_PLAN)


def put_in_force(
    store: PlanStore, book: PlanBook, *, who: str, why: str, file_digest: str, when: dt.datetime | None = None
) -> Event | None:
    """
    Write that a version of a visit plan is in force from `book.since` on; None when it is the one in force already.

    Parameters
    ----------
    file_digest
        Hash of the file it was read from, so that the next command need not read it again.
    """
    while True:
        known = plan_events(store)
        last = next((e for e in reversed(known) if e.payload["start"] == book.start.isoformat()), None)
        if last is not None and last.payload["plan_id"] == book.plan_id:
            return None
        payload = {
            "plan_id": book.plan_id,
            "start": book.start.isoformat(),
            "since": book.since.isoformat(timespec="minutes"),
            "file": file_digest,
            "book": store.put_blob(book_bytes(book)),
        }
        try:
            return store.append(
                kind=VISIT_PLAN,
                payload=payload,
                who=who,
                why=why,
                when=when,
                expect=known[-1].number if known else 0,
                among={VISIT_PLAN},
            )
        except HeadMovedError:
            continue


def store_records(
    store: PlanStore,
    records: Sequence[SheetRecord],
    *,
    who: str,
    why: str = "",
    when: dt.datetime | None = None,
    again: bool = False,
) -> tuple[Stored, ...]:
    """
    Keep each record as one event; one that is there already, word for word, is left alone.

    Parameters
    ----------
    again
        Keep a record anew where a later one of its sheet has replaced it: the older text shall count again.

    Notes
    -----
    Each event is written whole or not at all, so that a killed command leaves no half of a record; the same command
    again writes the rest. Two people may record at once: whoever comes second looks again before writing.
    """
    known: dict[str, int] = {}
    last_of_sheet: dict[str, int] = {}
    seen = 0

    def look() -> None:
        nonlocal seen
        for event in store.events(kind=RECORD, after=seen):
            record = record_of(event.payload)
            known[record_digest(record)] = event.number
            last_of_sheet[record.sheet_id] = event.number
            seen = event.number

    look()
    found = []
    for record in records:
        digest = record_digest(record)
        while digest not in known or (again and known[digest] != last_of_sheet[record.sheet_id]):
            try:
                event = store.append(
                    kind=RECORD,
                    payload=record_json(record),
                    who=who,
                    why=why,
                    when=when,
                    expect=seen,
                    among={RECORD},
                )
            except HeadMovedError:
                look()
                continue
            replaces = last_of_sheet.get(record.sheet_id, 0)
            known[digest] = last_of_sheet[record.sheet_id] = seen = event.number
            found.append(Stored(record=record, number=event.number, is_new=True, replaces=replaces))
            break
        else:
            found.append(Stored(record=record, number=known[digest], is_new=False))
    return tuple(found)


def close_period(
    store: PlanStore,
    period: Period,
    visits: Mapping[str, VisitCounts],
    *,
    who: str,
    why: str = "",
    when: dt.datetime | None = None,
) -> Event | None:
    """Close a week or month with the counts of this moment; None when it is closed already."""
    names = [field.name for field in fields(VisitCounts)]
    payload = {
        "period": period.name,
        "kind": period.kind,
        "visits": {rep: {name: getattr(counts, name) for name in names} for rep, counts in visits.items()},
    }
    return _turn(store, CLOSING, payload, who=who, why=why, when=when)


def reopen_period(
    store: PlanStore, period: Period, *, who: str, why: str = "", when: dt.datetime | None = None
) -> Event | None:
    """Open a week or month again that was closed too early; None when it is open."""
    return _turn(store, REOPENING, {"period": period.name, "kind": period.kind}, who=who, why=why, when=when)


def _turn(
    store: PlanStore, kind: str, payload: Mapping[str, object], *, who: str, why: str, when: dt.datetime | None
) -> Event | None:
    """Close or reopen, unless that is how it is."""
    both = {CLOSING, REOPENING}
    while True:
        is_closed = payload["period"] in _closed(store)
        if is_closed == (kind == CLOSING):
            return None
        last = max((e.number for kind_of in both for e in store.events(kind=kind_of)), default=0)
        try:
            return store.append(kind=kind, payload=payload, who=who, why=why, when=when, expect=last, among=both)
        except HeadMovedError:
            continue


def _closed(store: PlanStore) -> dict[str, Event]:
    """The closing of every period that is closed now, by name."""
    events = [*store.events(kind=CLOSING), *store.events(kind=REOPENING)]
    found: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: event.number):
        name = str(event.payload["period"])
        if event.kind == CLOSING:
            found[name] = event
        else:
            found.pop(name, None)
    return found


def _closing(event: Event) -> Closing:
    payload = cast("Mapping[str, Any]", event.payload)
    name = str(payload["period"])
    period = week_period(name) or month_period(name)
    if period is None:
        raise ValueError(f"event {event.number} closes {name!r}, which is no period")
    return Closing(
        number=event.number,
        when=event.when,
        who=event.who,
        why=event.why,
        period=period,
        visits={rep: VisitCounts(**counts) for rep, counts in payload["visits"].items()},
    )
