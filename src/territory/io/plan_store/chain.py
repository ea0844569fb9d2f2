"""The chain: an event as canonical text, and the digest that binds it to everything before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from territory.domain.events import Event
from territory.errors import ConfigError
from territory.language import Text

SCHEMA = "territory/plan-event@1"
NOTHING_BEFORE = "0" * 64
BLOB = re.compile(r"sha256:[0-9a-f]{64}\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An event as it is stored: payload and time as text, byte for byte."""

    number: int
    branch: str
    kind: str
    payload: str
    who: str
    when: str
    why: str
    previous: str
    digest: str

    def recomputed(self) -> str:
        """
        What the digest has to be: SHA-256 of the event's canonical JSON.

        The payload goes in as the text that is stored, so that a changed byte shows even where it means the same.
        """
        fields = {
            "branch": canonical(self.branch),
            "kind": canonical(self.kind),
            "number": canonical(self.number),
            "payload": self.payload,
            "previous": canonical(self.previous),
            "schema": canonical(SCHEMA),
            "when": canonical(self.when),
            "who": canonical(self.who),
            "why": canonical(self.why),
        }
        text = ",".join(f'"{name}":{value}' for name, value in fields.items())
        return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()

    @property
    def is_true(self) -> bool:
        """Whether it is what was written: digest and content agree."""
        try:
            return self.recomputed() == self.digest
        except (ConfigError, UnicodeError):
            return False

    def sealed(self) -> Entry:
        """The entry with its digest."""
        return replace(self, digest=self.recomputed())

    def event(self) -> Event:
        """The event itself."""
        return Event(
            number=self.number,
            branch=self.branch,
            kind=self.kind,
            payload=cast("Mapping[str, object]", json.loads(self.payload)),
            who=self.who,
            when=dt.datetime.fromisoformat(self.when),
            why=self.why,
            previous=self.previous,
            digest=self.digest,
        )


def canonical(value: object) -> str:
    """
    JSON in one way only: keys sorted, no spaces, no escapes but the necessary ones.

    Raises
    ------
    ConfigError
        When `value` has no JSON form: a number without a value, half a character, a type that JSON lacks.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ConfigError(
            Text(f"this cannot be kept in the plan's history: {error}", f"此内容无法写入方案历史:{error}")
        ) from None
    return text


def blob_digest(content: bytes) -> str:
    """The name of a blob: ``sha256:`` and the digest of its content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blobs_named(value: object) -> Iterator[str]:
    """Every blob that a payload names."""
    if isinstance(value, str):
        if BLOB.match(value):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from blobs_named(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from blobs_named(part)


def moment(when: dt.datetime | None) -> str:
    """A moment in UTC as text, microseconds included; now for None. One without a zone is local time."""
    at = dt.datetime.now(dt.UTC) if when is None else when.astimezone(dt.UTC)
    return at.isoformat(timespec="microseconds")
