"""PlanState: a plan as plain values under keys, so that two states differ by a list of small changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from territory.io.plan_store.chain import blob_digest, canonical

SCHEMA = "territory/plan-state@1"
SECTIONS = ("scenario", "tables", "assignment", "routes", "unplaced", "locks")


class MisfitError(ValueError):
    """A change does not fit the state it is made to: what it says was there is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One value under one key becomes another; None: not there."""

    section: str
    key: str
    before: object
    after: object

    def row(self) -> list[object]:
        """As JSON."""
        return [self.section, self.key, self.before, self.after]

    @classmethod
    def of(cls, row: Sequence[object]) -> Change:
        """Back from JSON."""
        section, key, before, after = row
        return cls(section=str(section), key=str(key), before=before, after=after)

    def reversed(self) -> Change:
        """What takes it back."""
        return Change(section=self.section, key=self.key, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True)
class PlanState:
    """
    Everything that a plan says, by section and key. Values are JSON and are never changed in place.

    Attributes
    ----------
    sections
        `scenario` (``name``), `tables` (file: blob), `assignment` (outlet: rep, "" for nobody), `routes`
        (``DATE REP``: clock times and stops), `unplaced` (outlet: visits and reason), `locks` (``OUTLET`` or
        ``OUTLET DATE``: true).
    """

    sections: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: {name: {} for name in SECTIONS})

    def __getitem__(self, section: str) -> Mapping[str, object]:
        return self.sections[section]

    def having(self, **sections: Mapping[str, object]) -> PlanState:
        """The state with other sections."""
        return PlanState({**self.sections, **sections})

    def apply(self, changes: Iterable[Change]) -> PlanState:
        """
        The state after changes, made one after the other.

        Raises
        ------
        MisfitError
            When a change was made for another state.
        """
        touched: dict[str, dict[str, object]] = {}
        for change in changes:
            if change.section not in touched:
                touched[change.section] = dict(self.sections.get(change.section, {}))
            section = touched[change.section]
            if section.get(change.key) != change.before:
                raise MisfitError(f"{change.section} {change.key} is not what it was")
            if change.after is None:
                section.pop(change.key, None)
            else:
                section[change.key] = change.after
        return PlanState({**self.sections, **touched})

    def changes_to(self, other: PlanState) -> tuple[Change, ...]:
        """What makes `other` of this state, by section and key."""
        return tuple(self._differences(other))

    def _differences(self, other: PlanState) -> Iterator[Change]:
        for name in sorted({*self.sections, *other.sections}):
            mine, theirs = self.sections.get(name, {}), other.sections.get(name, {})
            if mine is theirs:
                continue
            for key in sorted({*mine, *theirs}):
                if mine.get(key) != theirs.get(key):
                    yield Change(section=name, key=key, before=mine.get(key), after=theirs.get(key))

    def to_bytes(self) -> bytes:
        """The one text of this state: equal states have equal bytes."""
        filled = {name: dict(section) for name, section in self.sections.items() if section}
        return canonical({"schema": SCHEMA, **filled}).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> PlanState:
        """The state that `to_bytes` wrote."""
        sections = cast("dict[str, dict[str, object]]", json.loads(content))
        sections.pop("schema", None)
        return cls({**{name: {} for name in SECTIONS}, **sections})

    @property
    def digest(self) -> str:
        """The name of the state's bytes, as the plan store gives it."""
        return blob_digest(self.to_bytes())

    @property
    def has_split(self) -> bool:
        """Whether outlets have been given to reps."""
        return bool(self.sections["assignment"])

    @property
    def has_visits(self) -> bool:
        """Whether visits have been planned."""
        return bool(self.sections["routes"] or self.sections["unplaced"])


def route_key(date: str, rep_id: str) -> str:
    """The key of a rep's day."""
    return f"{date} {rep_id}"


def day_and_rep(key: str) -> tuple[str, str]:
    """Date and rep of a route's key."""
    return key[:10], key[11:]


def stops_of(route: object) -> list[tuple[str, int, int, int]]:
    """Outlet, start, drive and service (seconds) of each stop of a route's value."""
    stops = cast("list[list[object]]", cast("Mapping[str, object]", route)["stops"])
    return [(str(outlet), _whole(start), _whole(drive), _whole(service)) for outlet, start, drive, service in stops]


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
