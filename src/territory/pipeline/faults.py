"""What is wrong with edits and events as people wrote them, in options or tables: collected, then told at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from territory.errors import Issue
from territory.io.column_reader import parse_date
from territory.language import Text
from territory.units import DAYS_PER_CYCLE


class Written(Protocol):
    """Something written by hand, and where: an option, or a row of a table."""

    @property
    def file(self) -> str:
        """The option or the file."""

    @property
    def row(self) -> int | None:
        """The row of the file; None in an option."""


@dataclass
class Faults:
    """
    Faults found so far.

    Attributes
    ----------
    about
        What is being read, such as "edit": the first word of the codes.
    start
        First day of the cycle that dates must lie in.
    """

    about: str
    start: dt.date
    issues: list[Issue] = field(default_factory=list)

    def add(
        self,
        file: str,
        code: str,
        value: str,
        problem: Text,
        remedy: Text,
        *,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        """One more."""
        self.issues.append(
            Issue(code=code, file=file, row=row, column=column, value=value, problem=problem, remedy=remedy)
        )

    def reject(self, one: Written, column: str, value: str, problem: Text, remedy: Text) -> None:
        """One more, in a cell or in the option that stands for it."""
        at = column if one.row is not None else None
        self.add(one.file, f"{self.about}_{column}", value, problem, remedy, row=one.row, column=at)

    def date(self, one: Written, column: str, text: str) -> dt.date | None:
        """The date in a cell; None where there is none, which is a fault."""
        date = parse_date(text.strip())
        if date is None:
            wrong = Text("this is not a date", "不是日期")
            self.reject(one, column, text, wrong, Text("Write it as 2026-12-02", "请写成 2026-12-02"))
        return date

    def day_of(self, date: dt.date) -> int | None:
        """The day of the cycle; None outside it."""
        day = (date - self.start).days
        return day if 0 <= day < DAYS_PER_CYCLE else None

    def outside(self) -> tuple[Text, Text]:
        """Problem and remedy of a date outside the cycle."""
        last = self.start + dt.timedelta(days=DAYS_PER_CYCLE - 1)
        return (
            Text(f"the date is not in the cycle ({self.start} to {last})", f"日期不在周期内({self.start} 至 {last})"),
            Text("Give a date of the cycle", "请填写周期内的日期"),
        )
