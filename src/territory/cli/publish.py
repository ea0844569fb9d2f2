"""`territory publish`: put an approved plan in force from a date on, with hand-over lists per rep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page

if TYPE_CHECKING:
    from territory.domain.events import Event
    from territory.language import Lang
    from territory.pipeline.history.desk import Desk
    from territory.pipeline.history.publishing import Published


def publish(
    out: history_page.OutFolder,
    effective: Annotated[
        str | None,
        typer.Option("--effective", help="First day in force, such as 2027-01-04. 生效首日,例如 2027-01-04。"),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", help="Only say which publication is in force on this date. 只查询该日期生效的发布版本。"),
    ] = None,
    write: Annotated[
        int | None,
        typer.Option(
            "--write",
            help="Only write the folder of this publication (its number) anew. 只重新写出该编号发布版本的文件夹。",
        ),
    ] = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Publish the approved plan in OUT from --effective on, with who gets which outlets from whom, rep by rep.

    Writes OUT/publications/DATE_NUMBER. Without --effective: list all publications, or say which is in force
    --on a date.

    从 --effective 起发布已审核的方案,并列出逐人交接清单。
    """
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.history import publishing
    from territory.pipeline.history.review import in_force, publications

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        if sum(option is not None for option in (effective, on, write)) > 1:
            raise ConfigError(
                Text("give one of --effective, --on and --write", "--effective、--on 与 --write 只能选其一")
            )
        events = desk.history.events
        if effective is not None:
            desk.require_known()
            found = publishing.publish(desk, history_page.signed(who, why), effective=_date(effective), lang=lang.lang)
            _tell_published(desk, found, lang.lang, quiet=quiet, as_json=as_json)
        elif write is not None:
            event = desk.store.event(write)
            if event.kind != "publication":
                raise ConfigError(Text(f"event {write} is no publication", f"第 {write} 条不是发布记录"))
            folder = str(publishing.write_publication(desk, event))
            if as_json:
                common.print_json({"out": folder})
            else:
                typer.echo(folder)
        else:
            date = dt.datetime.now().astimezone().date() if on is None else _date(on)
            shown = publications(events) if on is None else [e for e in [in_force(events, date)] if e is not None]
            _tell_list(shown, in_force(events, date), date, lang.lang, as_json=as_json)


def _date(text: str) -> dt.date:
    from territory.errors import ConfigError
    from territory.io.column_reader import parse_date
    from territory.language import Text

    date = parse_date(text.strip())
    if date is None:
        raise ConfigError(
            Text(f"{text!r} is not a date; write it as 2027-01-04", f"{text!r} 不是日期;请写成 2027-01-04")
        )
    return date


def _tell_published(desk: Desk, found: Published, lang: Lang, *, quiet: bool, as_json: bool) -> None:
    reps = [
        {
            "rep_id": rep.rep_id,
            "name": rep.name,
            "gains": len(rep.gains),
            "losses": len(rep.losses),
            "sales_gained": round(rep.sales_gained, 2),
            "sales_lost": round(rep.sales_lost, 2),
            "visits_gained": rep.visits_gained,
            "visits_lost": rep.visits_lost,
        }
        for rep in found.hand_over.reps
    ]
    more: dict[str, object] = {
        "effective": found.event.payload["effective"],
        "outlets": len(found.hand_over.outlets),
        "reps": reps,
        "out": str(found.folder),
    }
    history_page.tell(desk, [found.event], lang, quiet=quiet, as_json=as_json, more=more)
    if not (quiet or as_json):
        for line in (found.folder / "handover" / "summary.txt").read_text(encoding="utf-8").splitlines():
            typer.echo(f"  {line}" if line else "")
        typer.echo(f"摘要 {found.event.digest}" if lang == "zh" else f"digest {found.event.digest}")
        typer.echo(str(found.folder))


def _tell_list(shown: list[Event], current: Event | None, date: dt.date, lang: Lang, *, as_json: bool) -> None:
    if as_json:
        common.print_json(
            {
                "publications": [
                    {**history_page.event_values(event, lang), "effective": event.payload["effective"]}
                    for event in shown
                ],
                "date": date.isoformat(),
                "in_force": None if current is None else current.number,
            }
        )
        return
    for event in shown:
        typer.echo(history_page.event_line(event, lang, "*" if event == current else " "))
    if current is None:
        typer.echo(f"{date} 没有生效的发布" if lang == "zh" else f"nothing is in force on {date}")
    else:
        number = current.number
        typer.echo(f"{date} 生效的是第 {number} 条" if lang == "zh" else f"in force on {date}: {number}")
