"""What came back from a week in the field: one filled-in sheet as values, and what of it goes on into the next week.

A `SheetRecord` is the sheet's own report (what the rep wrote on the form), matched to no plan yet. An empty box is
None, never a guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class VisitOutcome(StrEnum):
    """What became of a visit."""

    DONE = "done"
    MISSED = "missed"
    CLOSED = "closed"  # the rep came, the outlet was closed
    EXTRA = "extra"  # made without being planned


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitRecord:
    """
    One line of the week's visits as filled in.

    Attributes
    ----------
    date
        The day it was planned for; of an extra visit the day it was made.
    order
        Position in the day's route as printed, from 1; 0 for an extra visit.
    made_on
        The day it was made when that is another day than `date`; None otherwise.
    """

    outlet_id: str
    date: dt.date
    order: int
    outcome: VisitOutcome
    made_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalRecord:
    """One goal of the week: `key` as in `sheet.content.Goal.key`; numbers in the goal's own unit."""

    key: str
    goal: float | None
    actual: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRecord:
    """
    One of the week's key tasks, `number` 1 to 5.

    Attributes
    ----------
    rule
        Of a printed task the rule that picked it; of a task the rep added "own", or "own.<item>.<sub-item>" of the
        checklist (from 1).
    what
        The words of a task the rep added; "" for printed ones.
    """

    number: int
    rule: str
    done: bool | None
    note: str = ""
    what: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRecord:
    """One line of panel 3, execution tracking."""

    date: dt.date
    indicators: str = ""
    adhoc: str = ""
    problem: str = ""
    improvement: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemRecord:
    """
    A problem written down on a sheet.

    Attributes
    ----------
    key
        Names the problem from week to week: ``<sheet id>/<place on the form>`` of where it was first written.
    closed
        Whether the week's sheet says it is settled; None when nothing is said.
    """

    key: str
    text: str
    measure: str = ""
    closed: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelRecord:
    """One part of panel 5: `part` is supervisor, monopoly or customers."""

    part: str
    ticks: tuple[str, ...] = ()
    content: str = ""
    means: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetRecord:
    """
    One filled-in sheet.

    Attributes
    ----------
    plan_id
        Short hash of the visit plan the sheet was printed from; "" when the carrier does not know.
    visits
        What was filled in: a visit with an empty box is not here.
    problems
        Those carried in (with what became of them) and the week's own from panel 4. The day's problems stand in
        `days`.
    work
        Main work and its completion, first block of panel 4.
    source
        Name of the file it came in.
    """

    sheet_id: str
    rep_id: str
    iso_week: str
    plan_id: str = ""
    goals: tuple[GoalRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    visits: tuple[VisitRecord, ...] = ()
    days: tuple[DayRecord, ...] = ()
    problems: tuple[ProblemRecord, ...] = ()
    channel: tuple[ChannelRecord, ...] = ()
    worst_gap: str = ""
    work: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class CarriedIn:
    """
    What one rep's last week hands on to the next sheet.

    Attributes
    ----------
    goals
        Last week's goals with what was reached, by key.
    problems
        Open problems, oldest first.
    missed
        Outlet ids of visits that were missed and are not made up yet, longest waiting first.
    """

    iso_week: str
    goals: Mapping[str, GoalRecord] = field(default_factory=dict)
    problems: tuple[ProblemRecord, ...] = ()
    missed: tuple[str, ...] = ()
