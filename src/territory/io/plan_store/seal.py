"""The seal: number and digest of the last event, kept in a file beside the database.

The database proves that what it holds hangs together; it cannot prove that its end was not cut off, whether by a hand
or because the last pages of its journal became unreadable. The seal is written after each event and never goes back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.io.plan_store.chain import NOTHING_BEFORE
from territory.io.plan_store.ledger import Head

SUFFIX = "-seal"
_LINE = re.compile(rb"territory/plan-seal@1 (\d{12}) ([0-9a-f]{64}) ([0-9a-f]{16})\n\Z")
_START = Head(number=0, digest=NOTHING_BEFORE)
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Seal:
    """
    The seal file of the store at `store`: two lines, for events of even and of odd number.

    A line is written in place, in one go. Whoever reads at that moment may find it half written; the other line then
    still holds the event before.
    """

    store: Path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.store.with_name(self.store.name + SUFFIX)

    def read(self) -> Head | None:
        """
        The last event that it knows; None when there is no seal.

        Raises
        ------
        ValueError
            When it is there and is no seal.
        """
        lines = self._lines()
        heads = [] if lines is None else [head for line in lines if (head := _head(line)) is not None]
        if lines is not None and not heads:
            raise ValueError(f"{self.path.name} is no seal")
        return max(heads, key=lambda head: head.number, default=None)

    @property
    def is_whole(self) -> bool:
        """Whether every byte of it is a seal's; looks again where it may have been read while it was written."""
        for _ in range(_TRIES):
            lines = self._lines() or []
            if len(lines) == 2 and all(_head(line) is not None for line in lines):
                return True
            time.sleep(0.002)
        return False

    def advance(self, head: Head) -> None:
        """Say that `head` is written; a seal that says more already stays."""
        with contextlib.suppress(ValueError):
            known = self.read()
            if known is not None and known.number >= head.number:
                return
            if known is not None:
                self._put(head)
                return
        self.write(head)

    def write(self, head: Head) -> None:
        """Write the whole seal, whatever stood there."""
        lines = [_line(_START), _line(_START)]
        lines[head.number % 2] = _line(head)
        write_bytes_atomically(self.path, b"".join(lines))

    def _put(self, head: Head) -> None:
        line = _line(head)
        file = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            os.lseek(file, _LENGTH * (head.number % 2), os.SEEK_SET)
            os.write(file, line)
        finally:
            os.close(file)

    def _lines(self) -> list[bytes] | None:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        return [content[at : at + _LENGTH] for at in range(0, len(content), _LENGTH)]


def _line(head: Head) -> bytes:
    text = f"{head.number:012d} {head.digest}"
    return f"territory/plan-seal@1 {text} {hashlib.sha256(text.encode()).hexdigest()[:16]}\n".encode()


_LENGTH = len(_line(_START))


def _head(line: bytes) -> Head | None:
    match = _LINE.match(line)
    head = None if match is None else Head(number=int(match[1]), digest=match[2].decode())
    return head if head is not None and _line(head) == line else None
