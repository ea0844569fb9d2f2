"""A town of three outlets and two reps, its four weeks of visits, and sheets that come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from territory.domain.records import SheetRecord, VisitOutcome, VisitRecord
from territory.review import Closing, Entry, History, OutletCard, PlanBook, PlannedStop, RepCard
from territory.review.period import Period, iso_week_of, month_period, week_period

START = dt.date(2026, 11, 30)
W = ("2026-W49", "2026-W50", "2026-W51", "2026-W52")
NOON = dt.datetime(2026, 12, 6, 12, tzinfo=dt.UTC)


def day(number: int) -> dt.date:
    """Day of the cycle: 0 is the Monday it starts on."""
    return START + dt.timedelta(days=number)


# A0 every Tuesday, B0 every other Wednesday, C0 once; R01 serves A0 and C0, R02 serves B0
VISITS = (
    *(("R01", "A0", number) for number in (1, 8, 15, 22)),
    *(("R02", "B0", number) for number in (2, 16)),
    ("R01", "C0", 3),
)
TIERS = {"A0": "A", "B0": "B", "C0": ""}
FREQUENCIES = {"A0": 4, "B0": 2, "C0": 1}


def book(
    visits: Iterable[tuple[str, str, int]] = VISITS,
    *,
    number: int = 1,
    since: dt.datetime | None = None,
    start: dt.date = START,
    plan_id: str = "",
    outlets: Sequence[str] = ("A0", "B0", "C0"),
    is_fresh: bool = False,
) -> PlanBook:
    """A version of the plan; `visits` are rep, outlet, day of the cycle."""
    stops = [
        PlannedStop(
            rep_id=rep,
            date=start + dt.timedelta(days=on),
            order=1,
            outlet_id=outlet,
            start_min=600.0,
            service_min=20.0,
        )
        for rep, outlet, on in visits
    ]
    workdays = tuple(start + dt.timedelta(days=d) for d in range(28) if d % 7 < 5)
    return PlanBook(
        plan_id=plan_id or f"plan{number}",
        start=start,
        since=since or dt.datetime.combine(start, dt.time()),
        number=number,
        is_fresh=is_fresh,
        reps={
            rep: RepCard(
                rep_id=rep,
                name=f"Rep {rep}",
                team_id="T1",
                team="Team 1",
                grade="mid",
                tenure_years=2.0,
                capacity_min=8000.0,
                workdays=workdays,
            )
            for rep in ("R01", "R02")
        },
        outlets={
            name: OutletCard(
                outlet_id=name,
                name=f"Shop {name}",
                tier=TIERS.get(name, ""),
                rep_id="R02" if name == "B0" else "R01",
                sales_per_week=100.0,
                visits_per_cycle=FREQUENCIES.get(name, 1),
            )
            for name in outlets
        },
        stops=tuple(stops),
        drive_min={("R01", start + dt.timedelta(days=1)): 42.0},
    )


def line(
    outlet: str, on: int | dt.date, outcome: str = "done", *, made: int | None = None, note: str = ""
) -> VisitRecord:
    """A line of a sheet: planned for a day, with its outcome."""
    date = day(on) if isinstance(on, int) else on
    return VisitRecord(
        outlet_id=outlet,
        date=date,
        order=0 if outcome == "extra" else 1,
        outcome=VisitOutcome(outcome),
        made_on=None if made is None else day(made),
        note=note,
    )


def sheet(rep: str, week: int | str, *lines: VisitRecord, plan_id: str = "plan1", **parts: object) -> SheetRecord:
    """A sheet of a week of the cycle, 0 to 3, or of any other."""
    name = W[week] if isinstance(week, int) else week
    return SheetRecord(
        sheet_id=f"{rep} {name}",
        rep_id=rep,
        iso_week=name,
        plan_id=plan_id,
        visits=lines,
        **parts,  # type: ignore[arg-type]
    )


def entry(record: SheetRecord, number: int) -> Entry:
    """The record as the store would hold it."""
    return Entry(number=number, when=NOON, who="clerk", record=record)


def closing(name: str, number: int) -> Closing:
    """A closed week or month."""
    period: Period | None = week_period(name) or month_period(name)
    assert period is not None
    return Closing(number=number, when=NOON, who="head", why="", period=period)


def history(
    *records: SheetRecord, books: Sequence[PlanBook] | None = None, closed: Sequence[tuple[str, int]] = ()
) -> History:
    """Sheets numbered 101, 102, ... in order."""
    return History(
        books=tuple(books) if books is not None else (book(),),
        entries=tuple(entry(record, 101 + at) for at, record in enumerate(records)),
        closings=tuple(closing(name, number) for name, number in closed),
    )


def week_name(on: int) -> str:
    """ISO week of a day of the cycle."""
    return iso_week_of(day(on))
