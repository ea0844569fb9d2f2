"""Progress: what a long job tells whoever watches (a bar, JSON lines, a web page, nobody)."""

from __future__ import annotations

from typing import Protocol

from territory.language import Text

Note = str | Text
"""One line for a person; plain text where it holds no words, only numbers or a path."""


class Progress(Protocol):
    """Events of one long job. Stages are named; `done` and `total` count parts of a stage."""

    def started(self, stage: str, total: int) -> None:
        """A stage begins; `total` parts are expected."""

    def stepped(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` parts are finished."""

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """A better plan was found."""

    def ended(self, stage: str, note: Note) -> None:
        """The stage is over; `note` is one line for a person."""


class Silent:
    """Nobody watches."""

    def started(self, stage: str, total: int) -> None:
        """Say nothing."""

    def stepped(self, stage: str, done: int, total: int) -> None:
        """Say nothing."""

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """Say nothing."""

    def ended(self, stage: str, note: Note) -> None:
        """Say nothing."""


SILENT = Silent()
