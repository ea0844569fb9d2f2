"""What stands on one rep's page for one week: values only. Where it goes on the paper is the report's matter.

A `None` where a text could stand means: nothing is known, print a ruled blank to fill by hand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from territory.domain.records import ProblemRecord
from territory.language import Text
from territory.sheet import words

MAX_TASKS = 5
MAX_GOALS = 6
MAX_VISITS_IN_FULL = 12
CODES_PER_FULL_VISIT = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """
    One line of panel 1: what is measured and this week's goal; actual and gap are filled in by hand.

    Attributes
    ----------
    key
        Names the goal from week to week and in filled-in sheets.
    goal, amount
        This week's goal as printed, and as a number in `unit`; None where nothing is known.
    last_actual, last_gap
        What last week reached and what it fell short by (ahead: "+"), as printed, in `unit`; None where last
        week's sheet did not come back with it.
    month
        The month's target that the week's part was taken from, as printed; None for goals from sales or visits.
    span
        The days the goal is for, such as ``12-01–12-04``, when these are not all of the week's working days.
    """

    key: str
    label: Text
    goal: str | None
    unit: Text
    amount: float | None = None
    last_actual: str | None = None
    last_gap: str | None = None
    month: str | None = None
    span: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTask:
    """
    One ticked task of panel 2 with its way of doing (具体做法).

    Attributes
    ----------
    rule
        Name of the rule in `tasks` that picked it.
    item, sub_item
        Position in the checklist: which of the seven items, which of its sub-items.
    what, how
        The task; how to do it, with the outlets or places it is about.
    outlet_ids
        Every outlet the task is about, ascending.
    """

    rule: str
    item: int
    sub_item: int
    what: Text
    how: Text
    outlet_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """
    One call of the weekly visit plan.

    Attributes
    ----------
    order
        Position in the day's route, from 1.
    time
        Planned start of service, ``HH:MM``.
    outlet_id, code
        The outlet; the short form for narrow lines: the whole id when short, else "-" and a tail that no
        other outlet of the rep's week shares.
    tier
        The outlet's tier; empty for none.
    focus
        Service focus of this call.
    in_full
        True: printed with name and focus; False: as code and tick box.
    kinds
        Names of everything the data says about the outlet, most urgent first; the first one gave the focus.
    detail
        The figure behind the focus, such as a fall in per cent; None where the focus has none.
    """

    order: int
    time: str
    outlet_id: str
    code: str
    name: str
    tier: str
    focus: Text
    in_full: bool
    kinds: tuple[str, ...] = ()
    detail: Text | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """
    One day column of panel 2 and one row of panel 3.

    Attributes
    ----------
    status
        "work", "off" (the rep does not work on this weekday) or "holiday".
    place
        The market area, else the district, with most of the day's visits; empty when neither is known.
    focus
        The kind of call that comes most often besides routine ones, and how often; None without visits.
    visits
        In driving order.
    leave, home
        Clock times of leaving home and arriving there again; None without visits.
    drive_min
        Minutes of driving planned; None without visits.
    worst_gap
        The day's single worst gap (问最执一): whose, what and how much; None when the data shows none.
    worst_gap_outlet
        The outlet it is about; empty for none.
    """

    date: dt.date
    status: str
    place: str
    focus: Text | None
    visits: tuple[Visit, ...]
    leave: str | None
    home: str | None
    drive_min: int | None
    worst_gap: Text | None = None
    worst_gap_outlet: str = ""

    @property
    def num_codes(self) -> int:
        """Visits printed as code and tick box only."""
        return sum(not visit.in_full for visit in self.visits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """
    One entry of panel 6: what it leads to, and what is known about it already.

    Attributes
    ----------
    key
        area, customers, history or archive.
    url
        Where it leads on a screen; empty without a link base.
    code
        What its QR code on paper says: the address, else (archive only) the sheet's id; empty for an empty square.
    """

    label: Text
    fact: Text | None
    key: str = ""
    url: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetContent:
    """
    客户经理一张纸: everything one rep's page for one week says.

    Attributes
    ----------
    week
        Week of the cycle, 0 to 3.
    iso_week
        Its ISO name, such as ``2026-W48``.
    territory
        One line about the territory: outlets, areas.
    tasks
        At most `MAX_TASKS`, most urgent first; fewer leave ruled blanks.
    days
        Monday to Friday, and a weekend day that the rep works or has visits on.
    sheet_id
        Name the filled-in page is filed under.
    plan_id
        Short hash of the visit plan the sheet is printed from; empty when it is not known.
    carried
        Last week's open problems, oldest first.
    carried_week
        ISO name of the week they, and the goals' last figures, come from; empty when nothing was carried in.
    more_goals
        Goals of the month for which panel 1 has no line.
    checklist, channel_ticks, channel_means
        The words of panels 2 and 5, the manager's own where the rules file gives some.
    """

    scenario: str
    rep_id: str
    rep_name: str
    team: str
    week: int
    iso_week: str
    first_day: dt.date
    last_day: dt.date
    territory: Text
    goals: tuple[Goal, ...]
    tasks: tuple[KeyTask, ...]
    days: tuple[Day, ...]
    links: tuple[Link, ...]
    sheet_id: str
    plan_id: str = ""
    carried: tuple[ProblemRecord, ...] = ()
    carried_week: str = ""
    more_goals: int = 0
    checklist: tuple[words.Item, ...] = words.CHECKLIST
    channel_ticks: tuple[Text, ...] = words.CHANNEL_TICKS
    channel_means: tuple[Text, ...] = words.CHANNEL_MEANS

    def __post_init__(self) -> None:
        if len(self.tasks) > MAX_TASKS:
            raise ValueError(f"{len(self.tasks)} tasks are ticked; a sheet has room for {MAX_TASKS}")

    @property
    def num_visits(self) -> int:
        """Visits planned in the week."""
        return sum(len(day.visits) for day in self.days)


def visits_in_full(num_visits: int) -> int:
    """
    How many of a day's visits are printed in full.

    All of them up to `MAX_VISITS_IN_FULL`. Beyond that a day keeps its room of twelve full entries; one such
    entry has room for `CODES_PER_FULL_VISIT` outlet codes, and the line that counts them takes two codes' room.
    """
    if num_visits <= MAX_VISITS_IN_FULL:
        return num_visits
    for full in range(MAX_VISITS_IN_FULL - 1, 1, -1):
        slots = -(-(num_visits - full + 2) // CODES_PER_FULL_VISIT)
        if full + slots <= MAX_VISITS_IN_FULL:
            return full
    return 1


def short_codes(outlet_ids: tuple[str, ...], *, longest: int = 7) -> dict[str, str]:
    """Ids of at most `longest` characters as they are; longer ones as "-" and a tail that tells all apart."""
    distinct = sorted(set(outlet_ids))
    long = [text for text in distinct if len(text) > longest]
    if not long:
        return {text: text for text in distinct}
    for tail in range(min(4, longest - 1), max(len(text) for text in long) + 1):
        codes = {text: text if len(text) <= longest or len(text) <= tail else "-" + text[-tail:] for text in distinct}
        if len(set(codes.values())) == len(distinct):
            return codes
    return {text: text for text in distinct}
