"""What a rule of the checker says, and the comparisons it says it with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A broken rule: about whom, by how much, in which unit."""

    subject: str
    amount: float
    unit: str


def differs(subject: str, claimed: float, wanted: float, unit: str = "points") -> Iterator[Found]:
    """A number that is not the one wanted."""
    amount = abs(float(claimed) - float(wanted))
    if not amount <= TOLERANCE * max(1.0, abs(wanted)):
        yield Found(subject=subject, amount=amount, unit=unit)
