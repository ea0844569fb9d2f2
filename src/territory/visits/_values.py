"""Small values of the visit problem: a choice, lunch, the limits of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace

from territory.domain.rules import VisitRules
from territory.units import MIN_PER_DAY, SECONDS_PER_MIN, IntArray, parse_clock, seconds_of
from territory.visits.patterns import DaySet

MIDNIGHT_S = MIN_PER_DAY * SECONDS_PER_MIN
ANYONE = -1  # as the rep of a choice: each visit by whoever may and is cheapest


@dataclass(frozen=True, kw_only=True, slots=True)
class Lunch:
    """Lunch in seconds: starts between `from_s` and `until_s`, lasts `length_s` (0: nobody has lunch)."""

    from_s: int
    until_s: int
    length_s: int

    @classmethod
    def of(cls, rules: VisitRules) -> Lunch:
        """As the rules have it."""
        return cls(
            from_s=parse_clock(rules.lunch_from) * SECONDS_PER_MIN,
            until_s=parse_clock(rules.lunch_until) * SECONDS_PER_MIN,
            length_s=seconds_of(rules.lunch_min),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DayBounds:
    """Limits of a rep's day, seconds after midnight: leaving home, first start, last end, arrival at home."""

    leave_s: int
    start_s: int
    end_s: int
    return_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """
    One way to serve an outlet: a rep (or `ANYONE`), a legal set of days, and what it is worth to avoid it.

    Attributes
    ----------
    price_s
        Drive seconds: of the days, and of another rep than the assigned one.
    """

    rep: int
    days: DaySet
    price_s: int = 0


Choices = tuple[tuple[Choice, ...], ...]


def choices_of_part(explicit: Choices | None, outlets: IntArray, local: IntArray) -> Choices | None:
    """The choices of some outlets, with reps counted anew."""
    if explicit is None:
        return None
    return tuple(
        tuple(
            choice if choice.rep == ANYONE else replace(choice, rep=int(local[choice.rep]))
            for choice in explicit[outlet]
        )
        for outlet in outlets.tolist()
    )
