"""Ledger: what the plan store needs of a database. SQLite is one; another one fits behind the same few methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from territory.io.plan_store.chain import Entry

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Number and digest of the last event; 0 and 64 zeros when there is none."""

    number: int
    digest: str


class Ledger(Protocol):
    """
    Rows in, rows out, nothing decided.

    Every method may be called inside `transact`, where nobody else writes and reading sees what was inserted.
    """

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside `transact`."""
        ...

    def transact(self, work: Callable[[], T]) -> T:
        """
        Run `work` while no other process writes; when this returns, what it wrote survives a power cut.

        `work` may be run again when the database asks for it, so that it must not touch anything else. An exception
        undoes everything.
        """
        ...

    def head(self) -> Head:
        """The last event as the database has sealed it with the insert."""
        ...

    def insert(self, entry: Entry) -> None:
        """Put an event at the end and seal it as the head; only inside `transact`."""
        ...

    def entries(self, *, branch: str | None = None, kind: str | None = None, after: int = 0) -> Iterator[Entry]:
        """Events by number, ascending."""
        ...

    def entry(self, number: int) -> Entry | None:
        """One event."""
        ...

    def put_blob(self, digest: str, content: bytes) -> None:
        """Keep a blob under its digest; nothing happens when it is there."""
        ...

    def has_blob(self, digest: str) -> bool:
        """Whether a blob is kept."""
        ...

    def blob(self, digest: str) -> bytes | None:
        """A blob's content; None when there is none, or none that can be unpacked."""
        ...

    def blob_digests(self) -> list[str]:
        """Digests of all blobs, sorted."""
        ...

    def keep(self, name: str, text: str) -> None:
        """Remember a text under a name, in place of the one before; no part of the log."""
        ...

    def kept(self, name: str) -> str | None:
        """What was remembered, if anything."""
        ...

    def damage(self) -> list[str]:
        """What the database itself finds broken in its files, in its own words."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
