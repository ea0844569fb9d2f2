"""`territory restore`: an earlier point, or another branch, becomes the plan again."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common, history_page


def restore(
    out: history_page.OutFolder,
    point: Annotated[
        str,
        typer.Argument(
            metavar="POINT",
            help="Event number, branch, now, published, or published@DATE. "
            "事件编号、分支、now、published 或 published@日期。",
        ),
    ],
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Also where files in OUT were changed beside the history. 即使 OUT 中的文件在历史之外被改动也恢复。",
        ),
    ] = False,
    expect: history_page.Expect = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Make the plan in OUT what it was at POINT, as a new event: nothing after it is lost, and undo takes it back.

    assignment.csv and visits.csv are written anew.

    把方案恢复到 POINT 时的样子,作为新事件记入,之后的不会丢失。
    """
    from territory.pipeline.history.points import point_named, state_at

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        if not overwrite:
            desk.require_known()
        found = point_named(desk, point)
        state_at(desk, found)
        event = desk.restore(found.number, history_page.signed(who, why, expect))
        desk.show()
        history_page.tell(desk, [] if event is None else [event], lang.lang, quiet=quiet, as_json=as_json)
        if event is None and not (quiet or as_json):
            typer.echo(
                "方案与该点一致,无需记录" if lang.lang == "zh" else "the plan is the same there; nothing to record"
            )
        if not (quiet or as_json):
            typer.echo(history_page.written_hint(lang.lang))
