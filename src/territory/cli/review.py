"""`territory review`: planned against done for a day, a week or a month, and closing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.record import Result
from territory.cli.robustness import ScenarioFolder

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.reviewing import Reviewed

_SHOWN = 20


def review(
    result: Result,
    day: Annotated[str | None, typer.Option("--day", help="A day, such as 2026-12-02. 日期。")] = None,
    week: Annotated[
        str | None,
        typer.Option(
            "--week", help="An ISO week such as 2026-W49, or 1 to 4 of the newest cycle. ISO 周,或最新周期的 1 至 4。"
        ),
    ] = None,
    month: Annotated[str | None, typer.Option("--month", help="A calendar month, such as 2026-12. 月份。")] = None,
    close: Annotated[
        bool,
        typer.Option(
            "--close",
            help="Close the week or month: what nobody reported is missed, later sheets are late. "
            "结算该周或该月:未上报即为未访,此后交回为迟交。",
        ),
    ] = False,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Open a week or month again that was closed. 撤销结算。")
    ] = False,
    today: Annotated[
        str | None,
        typer.Option(
            "--today",
            help="Debts due before this day are overdue (default: today, or the day after a period to come). "
            "判断超期的日期(默认今天)。",
        ),
    ] = None,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder for pages and tables (default: OUT, below review/). 页面和表格的文件夹。"
        ),
    ] = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Review a day, week or month of the run in OUT: visits planned and made, debts, goals, problems, per rep and team.

    日清月结。Writes review.html (both languages), review.pdf, tables, events.csv for `territory replan`, and the
    rep-month panel. Without an option: the newest week that a sheet came back for.
    """
    from territory.pipeline.job import claim
    from territory.pipeline.review_tables import review_json
    from territory.pipeline.reviewing import review_folder, write_review

    with common.session(lang, quiet=quiet or as_json) as here:
        found = review_folder(
            result,
            day=day,
            week=week,
            month=month,
            close=close,
            reopen=reopen,
            today=day_of(today),
            scenario=scenario,
            data=data,
            who=who,
            why=why,
            progress=here.progress,
        )
        if out is not None:
            claim(out)
        target = write_review(found, result if out is None else out, lang=lang.lang)
    if as_json:
        common.print_json({**review_json(found.review), "out": str(target)})
    elif not quiet:
        for line in page(found, lang.lang, close=close, reopen=reopen):
            typer.echo(line)
        typer.echo(str(target))


def day_of(text: str | None) -> dt.date | None:
    """
    The day named; None for None.

    Raises
    ------
    ConfigError
        When it is no date.
    """
    from territory.errors import ConfigError
    from territory.language import Text

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(
            Text(f"--today {text!r}: write it as 2026-12-07", f"--today {text!r}:请写成 2026-12-07")
        ) from None


def page(found: Reviewed, lang: Lang, *, close: bool = False, reopen: bool = False) -> Iterator[str]:
    """The answer in sentences, a row per rep and team, debts, and sheets that have not come back."""
    from territory.cli.summary import padded
    from territory.report.review_pages import headlines, totals_table
    from territory.report.review_parts import why

    zh, seen = lang == "zh", found.review
    yield seen.period.label.in_(lang)
    if close or reopen:
        yield _turned(found, close=close, zh=zh)
    for line in headlines(seen, lang):
        yield f"  {line}"
    table = totals_table(seen, lang)
    cells = [table.head, *(row.cells for row in table.rows)]
    widths = [max(_wide(row[place]) for row in cells) for place in range(len(table.head))]
    for row in cells:
        first = padded(row[0], widths[0])
        rest = "  ".join(" " * (wide - _wide(cell)) + cell for cell, wide in zip(row[1:], widths[1:], strict=True))
        yield f"  {first}  {rest}"
    if seen.outstanding:
        names = ", ".join(f"{rep_id} {week}" for rep_id, week in seen.outstanding[:_SHOWN])
        more = " …" if len(seen.outstanding) > _SHOWN else ""
        yield f"未交回的表单:{names}{more}" if zh else f"sheets that have not come back: {names}{more}"
    if seen.debts:
        yield "待补访" if zh else "waiting for a visit"
    for debt in seen.debts[:_SHOWN]:
        late = ("(超期)" if zh else " (overdue)") if seen.is_overdue(debt) else ""
        due = f"期限 {debt.due}{late}" if zh else f"due {debt.due}{late}"
        name = seen.outlet_name(debt.outlet_id)
        yield f"  {debt.date}  {debt.rep_id}  {debt.outlet_id} {name}  {due}  {why(debt, lang)}"
    if len(seen.debts) > _SHOWN:
        yield "  … debts.csv"
    if seen.remarks:
        count = len(seen.remarks)
        yield f"需要核对 {count} 条,见 remarks.csv" if zh else f"{common.counted(count, 'remark')} in remarks.csv"


def _wide(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _turned(found: Reviewed, *, close: bool, zh: bool) -> str:
    """What closing or reopening did."""
    closing = found.review.closing
    if found.turned is not None:
        number = found.turned.number
        if close:
            return f"已结算(记录 {number})" if zh else f"closed (event {number})"
        return f"已重新打开(记录 {number})" if zh else f"open again (event {number})"
    if closing is None:
        return "本来就未结算,未作改动" if zh else "it is open; nothing changed"
    when = f"{closing.when.astimezone():%Y-%m-%d %H:%M}"
    return (
        f"已由 {closing.who} 于 {when} 结算,未作改动"
        if zh
        else f"was closed already by {closing.who} on {when}; nothing changed"
    )
