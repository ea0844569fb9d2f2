"""What a new plan does differently, visit by visit, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from territory.domain.columns import NONE
from territory.domain.visit_plan import UnplacedReason
from territory.language import Text
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH
from territory.visits._open_visits import Cause, Ground


class ChangeKind(StrEnum):
    """What happens to a visit."""

    MOVED = "moved"  # another day, perhaps another rep too
    OTHER_REP = "other_rep"  # the same day
    DROPPED = "dropped"
    ADDED = "added"


WHY_MISSING = {
    UnplacedReason.NO_TIME: Text("every day it could move to is full", "可改到的日子都已排满"),
    UnplacedReason.CLOSED: Text(
        "no day is left on which the outlet is open, somebody works and the spacing holds",
        "已没有客户营业、有人上班且间隔合适的日子",
    ),
    UnplacedReason.SKILL: Text("nobody who may come has the skill", "可服务的人都没有所需技能"),
    UnplacedReason.WINDOW: Text("no start inside the opening hours is possible", "营业时间内无法开始"),
    UnplacedReason.TOO_FAR: Text("there and back takes longer than the shift", "往返超过班次时间"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """
    One visit that changes.

    Attributes
    ----------
    outlet_idx, rep_before, rep
        Positions in the scenario; -1 for no rep.
    day_before, day
        Days of the cycle; -1 for a visit that was not planned, and for one that is dropped.
    cause
        What upset it; `NONE` for one that makes room.
    why
        The same in words.
    """

    kind: ChangeKind
    outlet_idx: int
    rep_before: int
    day_before: int
    rep: int
    day: int
    cause: Cause
    why: Text


def differences(
    ground: Ground,
    *,
    routes: Mapping[tuple[int, int], Sequence[int]],
    missing: Mapping[int, UnplacedReason],
) -> tuple[Change, ...]:
    """All visits of a part that change, in the order of the days they were planned for."""
    place = {at: lane for lane, visits in routes.items() for at in visits}
    rep_idcs = [*ground.part.rep_idcs.tolist(), NONE]
    found: list[Change] = []
    for at, visit in enumerate(ground.visits):
        rep, day = place.get(at, (NONE, NONE))
        if visit.row != NONE and (rep, day) == (visit.rep, visit.day):
            continue
        if day == NONE:
            kind = ChangeKind.DROPPED
        elif visit.row == NONE:
            kind = ChangeKind.ADDED
        else:
            kind = ChangeKind.OTHER_REP if day == visit.day else ChangeKind.MOVED
        found.append(
            Change(
                kind=kind,
                outlet_idx=int(ground.part.outlet_idcs[visit.outlet]),
                rep_before=NONE if visit.row == NONE else rep_idcs[visit.rep],
                day_before=visit.day,
                rep=rep_idcs[rep],
                day=day,
                cause=visit.cause,
                why=_why(ground, at, missing.get(at)),
            )
        )
    return tuple(sorted(found, key=lambda c: (c.day_before, c.day, c.outlet_idx)))


def _why(ground: Ground, at: int, reason: UnplacedReason | None) -> Text:
    visit = ground.visits[at]
    name, outlet = ground.part.homes.ids[visit.rep], ground.part.outlets.ids[visit.outlet]
    when = date_text(ground, visit.day) if visit.day != NONE else Text("", "")
    cause = {
        Cause.ILL: Text(f"{name} is away on {when.en}", f"{name} {when.zh}不在岗"),
        Cause.CLOSED: Text(f"{outlet} is closed on {when.en}", f"{outlet} {when.zh}停业"),
        Cause.MISSED: Text(f"the visit of {when.en} was not made", f"{when.zh}的拜访未完成"),
        Cause.URGENT: Text("urgent", "加急"),
        Cause.NONE: Text("makes room for others", "为其他拜访腾出时间"),
    }[visit.cause]
    if reason is None:
        return cause
    missing = WHY_MISSING[reason]
    return Text(f"{cause.en}; {missing.en}", f"{cause.zh};{missing.zh}")


def date_text(ground: Ground, day: int) -> Text:
    """A day of the cycle for people: weekday and date."""
    date = ground.part.calendar.date_of(day)
    weekday = date.weekday()
    return Text(f"{WEEKDAYS_EN[weekday]} {date.isoformat()}", f"{date.isoformat()}({WEEKDAYS_ZH[weekday]})")
