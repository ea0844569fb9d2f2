"""The review of a run's folder: from its history to pages and tables, closings, events for a new plan, the panel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from territory.domain.events import Event
from territory.domain.panel import RepMonth
from territory.errors import ConfigError, VerificationError
from territory.io import write_json, write_rows
from territory.io.loop_store import close_period, history_of, reopen_period
from territory.io.panel_file import write_panel
from territory.language import Lang, Text
from territory.pipeline import review_tables as tables
from territory.pipeline.history.who import login_name
from territory.pipeline.loop_folder import loop_store
from territory.progress import SILENT, Progress
from territory.report.blocks_html import write_page
from territory.report.blocks_pdf import write_pdf
from territory.report.review_pages import review_blocks
from territory.review import (
    Closing,
    History,
    Period,
    Review,
    check,
    day_period,
    ledger,
    month_period,
    rep_months,
    review,
    week_period,
)
from territory.review.whole import last_week_reported
from territory.verify import listed

FOLDER = "review"
PANEL = "panel.csv"
EVENTS = "events.csv"


@dataclass(frozen=True, kw_only=True, eq=False)
class Reviewed:
    """The review, its panel, and the event with which this call closed or reopened the period, if it did."""

    review: Review
    panel: tuple[RepMonth, ...]
    turned: Event | None = None


def period_named(
    *, day: str | None, week: str | None, month: str | None, history: History | None = None
) -> Period | None:
    """
    The period that options name; the newest week with a sheet when they name none and `history` is given.

    Raises
    ------
    ConfigError
        When several are named, or one cannot be read.
    """
    named = [name for name in (day, week, month) if name is not None]
    if len(named) > 1:
        raise ConfigError(Text("give --day, --week or --month, one of them", "--day、--week、--month 只能选其一"))
    if not named:
        return None if history is None else week_period(last_week_reported(history))
    found: Period | None = None
    if day is not None:
        try:
            found = day_period(dt.date.fromisoformat(day.strip()))
        except ValueError:
            found = None
    elif week is not None:
        found = week_period(week) or _week_of_cycle(week, history)
    elif month is not None:
        found = month_period(month)
    if found is None:
        option = "--day" if day is not None else "--week" if week is not None else "--month"
        example = {"--day": "2026-12-02", "--week": "2026-W49", "--month": "2026-12"}[option]
        raise ConfigError(
            Text(f"{option} {named[0]!r}: write it as {example}", f"{option} {named[0]!r}:请写成 {example}")
        )
    return found


def _week_of_cycle(text: str, history: History | None) -> Period | None:
    """Week 1 to 4 of the newest cycle."""
    if history is None or not history.cycles or text.strip() not in ("1", "2", "3", "4"):
        return None
    newest = history.cycles[max(history.cycles)][-1]
    return week_period(newest.weeks()[int(text) - 1])


def review_folder(
    folder: Path,
    *,
    day: str | None = None,
    week: str | None = None,
    month: str | None = None,
    close: bool = False,
    reopen: bool = False,
    today: dt.date | None = None,
    scenario: Path | None = None,
    data: Path | None = None,
    who: str | None = None,
    why: str = "",
    when: dt.datetime | None = None,
    progress: Progress = SILENT,
) -> Reviewed:
    """
    The review of a period from the history of a run's folder.

    Parameters
    ----------
    day, week, month
        Such as 2026-12-02, 2026-W49 (or 1 to 4: of the newest cycle), 2026-12; at most one; none: the newest week
        with a sheet.
    today
        The day that debts are judged by; `judged_on` for None.
    close
        Close the period: what nobody reported is missed from now on, and sheets that come later are late.
    reopen
        Open it again.

    Raises
    ------
    ConfigError
        When the folder holds no plan, the period cannot be read, no plan covers it, or a day is to be closed.
    VerificationError
        When the checker and the ledger disagree: a bug.
    """
    if close and reopen:
        raise ConfigError(Text("give --close or --reopen, not both", "--close 与 --reopen 只能选其一"))
    with loop_store(folder, scenario=scenario, data=data, who=who, progress=progress) as store:
        history = history_of(store)
        period = period_named(day=day, week=week, month=month, history=history)
        assert period is not None
        _covered(history, period)
        event = None
        is_closed = not reopen and (close or any(one.period.name == period.name for one in history.closings))
        today = today or judged_on(period, dt.date.today(), is_closed=is_closed)
        if close:
            if period.kind == "day":
                raise ConfigError(
                    Text(
                        "a day is reviewed; what is closed is its week or month",
                        "单日只作日清;结算请按周或月(--week、--month)",
                    )
                )
            rows = review(_as_closed(history, period), period, today=today).rows
            counts = {row.rep_id: row.visits for row in rows if row.rep_id}
            event = close_period(store, period, counts, who=who or login_name(), why=why, when=when)
            history = history_of(store)
        elif reopen:
            event = reopen_period(store, period, who=who or login_name(), why=why, when=when)
            history = history_of(store)
    found = ledger(history)
    broken = check(history, found)
    if broken:
        raise VerificationError(f"the review does not add up: {listed(broken)}")
    return Reviewed(
        review=review(history, period, today=today, found=found),
        panel=rep_months(history, found),
        turned=event,
    )


def judged_on(period: Period, now: dt.date, *, is_closed: bool) -> dt.date:
    """
    The day by which debts are overdue, where nobody names one: today, but not before the period.

    A closed period is judged as of the day after it, or later.
    """
    after = period.last + dt.timedelta(days=1)
    return now if now >= after or (now >= period.first and not is_closed) else after


def _as_closed(history: History, period: Period) -> History:
    """The history as it is with the period closed, so that the counts that are kept are those after closing."""
    last = max([*(e.number for e in history.entries), *(c.number for c in history.closings), 0])
    mark = Closing(number=last + 1, when=dt.datetime.now(dt.UTC), who="", why="", period=period)
    return replace(history, closings=(*history.closings, mark))


def _covered(history: History, period: Period) -> None:
    if any(history.book_on(day) is not None for day in period.days()):
        return
    spans = ", ".join(f"{books[-1].start} – {books[-1].last}" for books in history.cycles.values())
    raise ConfigError(
        Text(f"no plan covers {period.name}; plans cover {spans}", f"没有计划覆盖 {period.name};已有计划覆盖 {spans}")
    )


def write_review(found: Reviewed, folder: Path, *, lang: Lang) -> Path:
    """
    Pages and tables of a review into `folder`/review/PERIOD, and the panel of all months beside them.

    Files: review.html, review.pdf (in `lang`; the page holds both), reps.csv, visits.csv, debts.csv, goals.csv,
    problems.csv, days.csv, remarks.csv, review.json; events.csv for `territory replan`.
    """
    seen = found.review
    target = folder / FOLDER / seen.period.name
    target.mkdir(parents=True, exist_ok=True)
    write_page({"en": review_blocks(seen, "en"), "zh": review_blocks(seen, "zh")}, target / "review.html", lang)
    write_pdf(review_blocks(seen, lang), target / "review.pdf", lang)
    write_rows([tables.total_row(row) for row in seen.rows], target / "reps.csv")
    write_rows(
        [tables.visit_row(seen, visit) for visit in seen.visits], target / "visits.csv", columns=tables.VISIT_COLUMNS
    )
    write_rows(
        [tables.visit_row(seen, debt) for debt in seen.debts], target / "debts.csv", columns=tables.VISIT_COLUMNS
    )
    write_rows(tables.goal_rows(seen.rows), target / "goals.csv", columns=tables.GOAL_COLUMNS)
    write_rows(tables.problem_rows(seen), target / "problems.csv", columns=tables.PROBLEM_COLUMNS)
    write_rows(tables.day_rows(seen), target / "days.csv", columns=tables.DAY_COLUMNS)
    write_rows(tables.remark_rows(seen, lang), target / "remarks.csv", columns=tables.REMARK_COLUMNS)
    write_rows(tables.event_rows(seen.history, seen), target / EVENTS, columns=tables.EVENT_COLUMNS)
    write_json(tables.review_json(seen), target / "review.json")
    write_panel(found.panel, folder / FOLDER / PANEL)
    return target
