"""What differs between two states: outlets whose rep differs, visits whose day, rep or start differ. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from territory.pipeline.history.state import PlanState, day_and_rep, stops_of


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletChange:
    """An outlet with another rep; "" for nobody, None where the state does not know the outlet."""

    outlet_id: str
    rep_before: str | None
    rep: str | None


class VisitChangeKind(StrEnum):
    """What differs about a visit, the first of these that does."""

    MOVED = "moved"  # another day, perhaps another rep and time too
    OTHER_REP = "other_rep"  # the same day
    TIME = "time"  # the same day and rep
    DROPPED = "dropped"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Visit:
    """One planned visit: date, rep, start (seconds after midnight)."""

    date: str
    rep_id: str
    start_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitChange:
    """A visit that differs; None where there is none."""

    outlet_id: str
    kind: VisitChangeKind
    before: Visit | None
    after: Visit | None


def outlet_changes(before: PlanState, after: PlanState) -> list[OutletChange]:
    """Outlets whose rep differs, by id."""
    mine, theirs = before["assignment"], after["assignment"]
    return [
        OutletChange(outlet_id=outlet, rep_before=_text(mine.get(outlet)), rep=_text(theirs.get(outlet)))
        for outlet in sorted({*mine, *theirs})
        if mine.get(outlet) != theirs.get(outlet)
    ]


def visit_changes(before: PlanState, after: PlanState) -> list[VisitChange]:
    """
    Visits that differ, by outlet and day.

    The visits of an outlet are matched: first those that are the same, then those on the same day by the same rep,
    then those on the same day, then the rest in the order of days; what is left over is dropped or added.
    """
    mine, theirs = _visits(before), _visits(after)
    found: list[VisitChange] = []
    for outlet in sorted({*mine, *theirs}):
        if mine.get(outlet) != theirs.get(outlet):
            found += _matched(outlet, mine.get(outlet, Counter()), theirs.get(outlet, Counter()))
    return found


def _visits(state: PlanState) -> dict[str, Counter[Visit]]:
    found: dict[str, Counter[Visit]] = defaultdict(Counter)
    for key, route in state["routes"].items():
        date, rep_id = day_and_rep(key)
        for outlet, start_s, _, _ in stops_of(route):
            found[outlet][Visit(date=date, rep_id=rep_id, start_s=start_s)] += 1
    return found


def _matched(outlet: str, mine: Counter[Visit], theirs: Counter[Visit]) -> Iterator[VisitChange]:
    old, new = sorted((mine - theirs).elements()), sorted((theirs - mine).elements())
    pairs: list[tuple[Visit, Visit]] = []
    for is_alike in (_same_day_and_rep, _same_day, _any):
        for visit in list(old):
            partner = next((other for other in new if is_alike(visit, other)), None)
            if partner is not None:
                pairs.append((visit, partner))
                old.remove(visit)
                new.remove(partner)
    changes = [VisitChange(outlet_id=outlet, kind=_kind(*pair), before=pair[0], after=pair[1]) for pair in pairs]
    changes += [VisitChange(outlet_id=outlet, kind=VisitChangeKind.DROPPED, before=v, after=None) for v in old]
    changes += [VisitChange(outlet_id=outlet, kind=VisitChangeKind.ADDED, before=None, after=v) for v in new]
    yield from sorted(changes, key=lambda change: change.before or change.after or Visit(date="", rep_id="", start_s=0))


def _same_day_and_rep(one: Visit, other: Visit) -> bool:
    return (one.date, one.rep_id) == (other.date, other.rep_id)


def _same_day(one: Visit, other: Visit) -> bool:
    return one.date == other.date


def _any(one: Visit, other: Visit) -> bool:
    return True


def _kind(before: Visit, after: Visit) -> VisitChangeKind:
    if before.date != after.date:
        return VisitChangeKind.MOVED
    return VisitChangeKind.TIME if before.rep_id == after.rep_id else VisitChangeKind.OTHER_REP


def _text(value: object) -> str | None:
    return None if value is None else str(value)
