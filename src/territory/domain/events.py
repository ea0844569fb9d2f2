"""Event: one entry of a plan's history, as the plan store keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

MAIN = "main"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """
    Something that was done to a plan, or said about it.

    Attributes
    ----------
    number
        Place in the order of the whole store, from 1, without gaps.
    branch, kind
        The line of work it belongs to, and what it is: `edit`, `plan`, `record`, `publication`, ...
    payload
        What happened, as JSON values; a text ``sha256:...`` in it names a blob of the store.
    who, when, why
        The person, the moment (UTC) and the reason given, perhaps "".
    previous, digest
        SHA-256 of the event before (64 zeros for the first) and of this one, `previous` included.
    """

    number: int
    branch: str
    kind: str
    payload: Mapping[str, object]
    who: str
    when: dt.datetime
    why: str
    previous: str
    digest: str
