"""`territory log`: what was done to a plan, by whom, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from territory.domain.events import Event
    from territory.pipeline.history.desk import Desk


def log(
    out: history_page.OutFolder,
    branch: Annotated[
        str | None, typer.Option("--branch", help="Events of this branch only. 只列该分支的事件。")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="Events of this kind only: edit, plan, record, comment, ... 只列该类事件。"),
    ] = None,
    last: Annotated[
        int, typer.Option("--last", min=1, help="So many events at most, the newest. 最多列出这么多最新事件。")
    ] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All events. 列出全部事件。")] = False,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """List what was done to the plan in OUT: who, when, why; `*` marks where it stands, `-` what was taken back.

    Numbers name points for `territory diff`, `restore` and `branch --from`.

    查看方案历史:何人、何时、因何;* 为当前位置,- 为已撤销。
    """
    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        events = [
            event
            for event in desk.history.events
            if (branch is None or event.branch == branch) and (kind is None or event.kind == kind)
        ]
        shown = events if everything else events[-last:]
        marks = _marks(desk, shown)
        if as_json:
            common.print_json(
                {
                    "events": [
                        {**history_page.event_values(event, lang.lang), "mark": marks[event.number].strip()}
                        for event in shown
                    ],
                    **history_page.standing_values(desk),
                }
            )
            return
        if len(shown) < len(events) and not quiet:
            more = len(events) - len(shown)
            typer.echo(f"… 另有 {more:,} 条更早的记录(--all)" if lang.lang == "zh" else f"… {more:,} earlier (--all)")
        for event in shown:
            typer.echo(history_page.event_line(event, lang.lang, marks[event.number]))
        if not quiet:
            typer.echo(history_page.standing_line(desk, lang.lang))


def _marks(desk: Desk, events: Sequence[Event]) -> dict[int, str]:
    """Per event: where the plan of the current branch stands, and changes that it no longer rests on."""
    from territory.pipeline.history.fold import STATES

    history = desk.history
    here = history.here()
    line = set(history.line(here))

    def mark(event: Event) -> str:
        if event.number == here.state:
            return "*"
        is_off = event.kind in STATES and event.branch == here.branch and event.number not in line
        return "-" if is_off else " "

    return {event.number: mark(event) for event in events}
