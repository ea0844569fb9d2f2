"""The seal: number and digest of the last event, kept in a file beside the database.

The database proves that what it holds hangs together; it cannot prove that its end was not cut off, whether by a hand
or because the last pages of its journal became unreadable. The seal is written after each event and never goes back.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from territory.io.plan_store.ledger import Head

SUFFIX = "-seal"
_LINE = re.compile(rb"territory/plan-seal@1 (\d{12}) ([0-9a-f]{64})\n\Z")


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal file of the store at `store`."""

    store: Path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.store.with_name(self.store.name + SUFFIX)

    def read(self) -> Head | None:
        """
        What it says; None when it is missing.

        Raises
        ------
        ValueError
            When it is there and is no seal.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        match = _LINE.match(content)
        if match is None:
            raise ValueError("unreadable")
        return Head(number=int(match[1]), digest=match[2].decode())

    def advance(self, head: Head) -> None:
        """
        Say that `head` is written; a seal that says more already stays.

        One write of one line in place: a process killed at any moment leaves the old line or the new one.
        """
        with contextlib.suppress(ValueError):
            known = self.read()
            if known is not None and known.number >= head.number:
                return
        self.write(head)

    def write(self, head: Head) -> None:
        """Write the line, whatever stood there."""
        line = f"territory/plan-seal@1 {head.number:012d} {head.digest}\n".encode()
        mode = "r+b" if self.path.exists() else "wb"
        with self.path.open(mode, buffering=0) as file:
            file.write(line)
            file.truncate(len(line))
