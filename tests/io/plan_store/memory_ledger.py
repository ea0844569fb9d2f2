"""A ledger without files: the second implementation of the interface, as another database would be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from territory.io.plan_store import Head
from territory.io.plan_store.chain import NOTHING_BEFORE, Entry

T = TypeVar("T")


class MemoryLedger:
    """Lists and dictionaries under one lock."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._blobs: dict[str, bytes] = {}
        self._notes: dict[str, str] = {}
        self._lock, self._writer = threading.RLock(), 0

    @property
    def is_writing(self) -> bool:
        return self._writer == threading.get_ident()

    def transact(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self.is_writing:
                return work()
            before = (list(self._entries), dict(self._blobs), dict(self._notes))
            self._writer = threading.get_ident()
            try:
                return work()
            except BaseException:
                self._entries, self._blobs, self._notes = before
                raise
            finally:
                self._writer = 0

    def head(self) -> Head:
        last = self._entries[-1] if self._entries else None
        return Head(number=0, digest=NOTHING_BEFORE) if last is None else Head(number=last.number, digest=last.digest)

    def insert(self, entry: Entry) -> None:
        self._entries.append(entry)

    def entries(self, *, branch: str | None = None, kind: str | None = None, after: int = 0) -> Iterator[Entry]:
        for entry in list(self._entries):
            if entry.number > after and branch in (None, entry.branch) and kind in (None, entry.kind):
                yield entry

    def entry(self, number: int) -> Entry | None:
        return self._entries[number - 1] if 0 < number <= len(self._entries) else None

    def put_blob(self, digest: str, content: bytes) -> None:
        self._blobs.setdefault(digest, content)

    def has_blob(self, digest: str) -> bool:
        return digest in self._blobs

    def blob(self, digest: str) -> bytes | None:
        return self._blobs.get(digest)

    def blob_digests(self) -> list[str]:
        return sorted(self._blobs)

    def keep(self, name: str, text: str) -> None:
        self._notes[name] = text

    def kept(self, name: str) -> str | None:
        return self._notes.get(name)

    def damage(self) -> list[str]:
        return []

    def close(self) -> None:
        """Nothing to let go of."""
