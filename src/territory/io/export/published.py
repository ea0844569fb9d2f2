"""What stands in people's calendars: the events published so far, and the same events after the plan has changed.

A calendar program takes two events for one when their UID is the same, and the one with the higher SEQUENCE for the
newer. So a visit keeps its UID wherever it moves; what changes counts one up; what is gone stays, cancelled. Which
visit is the same as before is decided against the ledger, a file beside the calendars that holds every event as
published.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from territory.compute import write_bytes_atomically
from territory.errors import ConflictError
from territory.language import Text

SCHEMA = "territory/calendar-ledger@1"
_NAMES = uuid.UUID("6f0f3c1e-6f57-5c0a-9d8e-2f6a3b0b7d11")
_EPOCH = dt.datetime(1970, 1, 1)
# minutes: more than any distance inside a cycle, so that an event that stays counts first, one that keeps its day next
_OTHER_TIME, _OTHER_DAY = 1e5, 1e8


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """
    An event as the plan has it.

    Attributes
    ----------
    rep_id
        Whose calendar.
    subject
        What the event is about: an outlet, or a date. Events of one rep about one subject can be each other's
        successors.
    number
        Which of the rep's events about this subject, from 1, in order of time.
    start, end
        On the wall clock of `zone`.
    """

    rep_id: str
    subject: str
    number: int
    start: dt.datetime
    end: dt.datetime
    zone: str
    summary: str
    location: str = ""
    description: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event as published: what it says, its lasting name, how often it has changed, and whether it is off."""

    uid: str
    number: int
    sequence: int
    is_cancelled: bool
    says: Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What a publication did to the events in its scope."""

    new: int = 0
    changed: int = 0
    cancelled: int = 0
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """
    The outcome of publishing a plan.

    Attributes
    ----------
    ledger
        Every event published so far, for the next time.
    events
        Those in scope: what the calendars to hand out hold.
    """

    ledger: tuple[Event, ...]
    events: tuple[Event, ...]
    counts: Counts


def publish(
    before: Sequence[Event],
    wanted: Sequence[Wanted],
    *,
    issuer: str,
    cycle: dt.date,
    is_in_scope: Callable[[Wanted], bool] = lambda event: True,
) -> Publication:
    """
    The events after a plan has been made or changed.

    Parameters
    ----------
    before
        The ledger.
    wanted
        The events of the whole plan, also outside the scope: a visit may have moved out of it.
    issuer, cycle
        Go into the UID of a new event.
    is_in_scope
        Whether an event may be published now. One that was in scope or comes into it is; others stay as they are.

    Notes
    -----
    Of a rep's events about one subject, published and wanted ones are paired at the least total change: first those
    that stay as they are, then those that keep their day, then those nearest in time. Pairs keep their UID. Where
    fewer are wanted, the others are cancelled; where more are, cancelled ones come back before new ones are made.
    """
    old: dict[tuple[str, str], list[Event]] = {}
    for event in before:
        old.setdefault((event.says.rep_id, event.says.subject), []).append(event)
    new: dict[tuple[str, str], list[Wanted]] = {}
    for entry in wanted:
        new.setdefault((entry.rep_id, entry.subject), []).append(entry)
    ledger: list[Event] = []
    events: list[Event] = []
    counts: Counter[str] = Counter()
    for key in sorted(old.keys() | new.keys()):
        earlier, later = old.get(key, []), new.get(key, [])
        becomes, fresh = _pairs(earlier, later)
        for was, want in zip(earlier, becomes, strict=True):
            in_scope = is_in_scope(was.says) or (want is not None and is_in_scope(want))
            now = _next(was, want) if in_scope else was
            ledger.append(now)
            if in_scope:
                events.append(now)
                counts[_what_happened(was, now)] += 1
        taken = {was.number for was in earlier}
        for want in fresh:
            if is_in_scope(want):
                made = _new(want, taken, issuer=issuer, cycle=cycle)
                taken.add(made.number)
                ledger.append(made)
                events.append(made)
                counts["new"] += 1
    counts.pop("gone", None)
    return Publication(ledger=_sorted(ledger), events=_sorted(events), counts=Counts(**counts))


def _what_happened(was: Event, now: Event) -> str:
    if now == was:
        return "gone" if now.is_cancelled else "unchanged"
    return "cancelled" if now.is_cancelled else "changed"


def _sorted(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.says.rep_id, event.says.start, event.says.subject, event.uid)))


def _new(want: Wanted, taken: set[int], *, issuer: str, cycle: dt.date) -> Event:
    """A first publication; its number is its place in the plan, or the next that is free."""
    number = want.number
    while number in taken:
        number += 1
    name = "\x1f".join((issuer, cycle.isoformat(), want.rep_id, want.subject, str(number)))
    return Event(uid=f"{uuid.uuid5(_NAMES, name)}@territory", number=number, sequence=0, is_cancelled=False, says=want)


def _next(event: Event, want: Wanted | None) -> Event:
    """The event after this publication; the very same where nothing changes."""
    if want is None:
        return event if event.is_cancelled else replace(event, sequence=event.sequence + 1, is_cancelled=True)
    same = replace(want, number=event.says.number) == event.says
    if same and not event.is_cancelled:
        return event
    return replace(event, sequence=event.sequence + 1, is_cancelled=False, says=want)


def _pairs(old: Sequence[Event], new: Sequence[Wanted]) -> tuple[list[Wanted | None], list[Wanted]]:
    """The wanted event that each published one becomes, None for none; and the wanted ones that are new."""
    found: dict[int, int] = {}
    for is_off in (False, True):
        some = [at for at, event in enumerate(old) if event.is_cancelled == is_off]
        rest = [at for at in range(len(new)) if at not in found.values()]
        matched = _matched([old[at] for at in some], [new[at] for at in rest])
        found |= {some[frm]: rest[to] for frm, to in matched.items()}
    becomes = [new[found[at]] if at in found else None for at in range(len(old))]
    return becomes, [want for at, want in enumerate(new) if at not in found.values()]


def _matched(old: Sequence[Event], new: Sequence[Wanted]) -> dict[int, int]:
    """Position in `new` for as many of `old` as there are partners, at the least total change."""
    if not old or not new:
        return {}
    before = np.array([_minutes(event.says.start) for event in old])
    after = np.array([_minutes(want.start) for want in new])
    apart_min = np.abs(before[:, None] - after[None, :])
    day_before = np.array([event.says.start.toordinal() for event in old])
    day_after = np.array([want.start.toordinal() for want in new])
    other_day = day_before[:, None] != day_after[None, :]
    cost = apart_min + _OTHER_TIME * (apart_min > 0) + _OTHER_DAY * other_day
    frm, to = linear_sum_assignment(cost)
    return dict(zip(frm.tolist(), to.tolist(), strict=True))


def _minutes(moment: dt.datetime) -> float:
    return (moment - _EPOCH).total_seconds() / 60


def ledger_path(folder: Path, cycle: dt.date) -> Path:
    """Where the ledger of a cycle lies."""
    return folder / f"published-{cycle.isoformat()}.json"


def read_ledger(folder: Path, cycle: dt.date) -> tuple[Event, ...]:
    """
    The events of a cycle published into this folder so far.

    Raises
    ------
    ConflictError
        When the folder has calendars of the cycle but their ledger is gone or cannot be read: what is published is
        then unknown, and events made anew would not replace the old ones.
    """
    path = ledger_path(folder, cycle)
    if not path.exists():
        if any(folder.glob(f"*_{cycle.isoformat()}*.ics")):
            raise ConflictError(
                Text(
                    f"{folder} has calendars, but {path.name}, which says what is published, is gone; put it back, or "
                    "delete the calendars (people then have to remove the old events themselves)",
                    f"{folder} 中有日历,但记录已发布内容的 {path.name} 不见了;请恢复该文件,"
                    "或删除这些日历(旧日程须由各人自行删除)",
                )
            )
        return ()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise ValueError(data["schema"])
        return tuple(_event(entry) for entry in data["events"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConflictError(
            Text(
                f"{path} cannot be read ({error!r}); put back the file that territory wrote",
                f"无法读取 {path}({error!r});请恢复 territory 写出的文件",
            )
        ) from None


def write_ledger(events: Sequence[Event], folder: Path, cycle: dt.date) -> Path:
    """Keep what is published, one event a line."""
    lines = [json.dumps(_plain(event), ensure_ascii=False) for event in events]
    text = f'{{"schema": "{SCHEMA}", "cycle": "{cycle.isoformat()}", "events": [\n' + ",\n".join(lines) + "\n]}\n"
    path = ledger_path(folder, cycle)
    write_bytes_atomically(path, text.encode("utf-8"))
    return path


def _plain(event: Event) -> dict[str, object]:
    says = dataclasses.asdict(event.says)
    says |= {"start": event.says.start.isoformat(), "end": event.says.end.isoformat()}
    return {
        "uid": event.uid,
        "number": event.number,
        "sequence": event.sequence,
        "cancelled": event.is_cancelled,
        **{f"says_{name}": value for name, value in says.items()},
    }


def _event(entry: dict[str, object]) -> Event:
    says = {name.removeprefix("says_"): value for name, value in entry.items() if name.startswith("says_")}
    for name in ("start", "end"):
        says[name] = dt.datetime.fromisoformat(str(says[name]))
    return Event(
        uid=str(entry["uid"]),
        number=int(str(entry["number"])),
        sequence=int(str(entry["sequence"])),
        is_cancelled=bool(entry["cancelled"]),
        says=Wanted(**says),  # type: ignore[arg-type]
    )
