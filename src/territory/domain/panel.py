"""The rep-month panel: what one rep's sheets of one month add up to. Review writes it, assessment and calibration read.

Counts are of visits unless said otherwise. A number nobody wrote down is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

NO_TIER = "none"
TIER_COUNTS = ("visits_planned", "visits_made", "visits_made_up", "visits_missed")
"""Columns that stand again for each tier, as in `visits_planned:A`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitCounts:
    """
    Visits by what became of them; `planned` = `made` + `made_up` + `missed` + `pending`.

    Attributes
    ----------
    planned
        Visits of the plan, by the day they were planned for.
    made
        On that day.
    made_up
        On another day, the plan's or the rep's own doing.
    missed
        Not made so far, although their day is over and reported on, or their week closed.
    pending
        Not reported on, and their week is not closed.
    """

    planned: int = 0
    made: int = 0
    made_up: int = 0
    missed: int = 0
    pending: int = 0

    def __post_init__(self) -> None:
        if min(self.planned, self.made, self.made_up, self.missed, self.pending) < 0:
            raise ValueError("a count of visits is negative")
        if self.planned != self.made + self.made_up + self.missed + self.pending:
            raise ValueError(f"{self.planned} planned visits are not the sum of what became of them")

    def __add__(self, other: VisitCounts) -> VisitCounts:
        return VisitCounts(
            **{column.name: getattr(self, column.name) + getattr(other, column.name) for column in fields(self)}
        )

    @property
    def compliance(self) -> float | None:
        """Made or made up, of those not pending; None when there are none."""
        known = self.planned - self.pending
        return (self.made + self.made_up) / known if known else None


@dataclass(frozen=True, kw_only=True)
class RepMonth:
    """
    One row of the panel. `docs/panel.md` says how each column is counted.

    Attributes
    ----------
    month
        Calendar month, ``YYYY-MM``.
    is_closed
        Every week with days in the month has been closed.
    tenure_years
        At the first day of the month.
    capacity_min
        Minutes of work of the days in the month that the plan covers.
    outlets, normal_sales_per_week
        Outlets served, and their mean weekly sales by the outlet table.
    sheets_due, sheets_received, sheets_late
        Weeks that belong to the month, sheets that came back for them, those that came after the week was closed.
    days_planned, days_worked
        Days with visits planned; those of them on which at least one visit was tried.
    visits, by_tier
        All visits of the month, and apart by tier (`NO_TIER` for outlets without one).
    visits_closed
        Missed or made up because the outlet was closed when the rep came.
    visits_extra
        Made without being planned, and made up for nothing.
    visits_waiting, visits_overtaken
        Of the missed: the outlet has not been visited since; it has been, by its next regular visit.
    drive_min_planned, service_min_planned
        Of the planned visits, minutes.
    drive_min
        Driving as written on the sheets, minutes.
    service_min
        Planned service minutes of the visits that were made.
    goals_set, goals_reported, goals_met
        Goals with a number; those with an actual number too; those of them that were met.
    goal_completion
        Mean of actual / goal over reported goals, each at most 1; goals to stay under are turned round.
    sales_target, sales_actual
        Sums of the weeks' goals of sales and of what was written as reached, in the scenario's currency.
    tasks_set, tasks_done
        Key tasks of the sheets; those ticked as done.
    problems_opened, problems_closed, problems_open
        Problems written down and closed in the month's weeks; open at the end of the month.
    """

    month: str
    rep_id: str
    rep_name: str = ""
    team_id: str = ""
    grade: str = ""
    step: int = 0
    star: int = 0
    contract: str = ""
    tenure_years: float | None = None
    ability: float = 1.0
    is_closed: bool = False
    capacity_min: float = 0.0
    outlets: int = 0
    normal_sales_per_week: float = 0.0
    sheets_due: int = 0
    sheets_received: int = 0
    sheets_late: int = 0
    days_planned: int = 0
    days_worked: int = 0
    visits: VisitCounts = field(default_factory=VisitCounts)
    visits_closed: int = 0
    visits_extra: int = 0
    visits_waiting: int = 0
    visits_overtaken: int = 0
    drive_min_planned: float = 0.0
    service_min_planned: float = 0.0
    drive_min: float | None = None
    service_min: float = 0.0
    goals_set: int = 0
    goals_reported: int = 0
    goals_met: int = 0
    goal_completion: float | None = None
    sales_target: float | None = None
    sales_actual: float | None = None
    tasks_set: int = 0
    tasks_done: int = 0
    problems_opened: int = 0
    problems_closed: int = 0
    problems_open: int = 0
    by_tier: Mapping[str, VisitCounts] = field(default_factory=dict)

    def cells(self) -> dict[str, object]:
        """The row by column name, tiers last."""
        found: dict[str, object] = {}
        for column in fields(self):
            value = getattr(self, column.name)
            if column.name == "visits":
                found |= {f"visits_{name.name}": getattr(value, name.name) for name in fields(VisitCounts)}
            elif column.name != "by_tier":
                found[column.name] = value
        for tier in sorted(self.by_tier):
            for name in TIER_COUNTS:
                found[tier_column(name, tier)] = getattr(self.by_tier[tier], name.removeprefix("visits_"))
        return found


def tier_column(name: str, tier: str) -> str:
    """The column that counts one tier's visits, such as ``visits_missed:A``."""
    return f"{name}:{tier}"


def columns(rows: Iterable[RepMonth]) -> tuple[str, ...]:
    """Columns of a panel in their order: the fixed ones, then four for each tier of any row."""
    tiers = sorted({tier for row in rows for tier in row.by_tier})
    return (*COLUMNS, *(tier_column(name, tier) for tier in tiers for name in TIER_COUNTS))


COLUMNS = tuple(RepMonth(month="", rep_id="").cells())
"""The columns that every panel has."""
