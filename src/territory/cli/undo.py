"""`territory undo`: take back the last changes of a plan."""

from __future__ import annotations

import typer

from territory.cli import common, history_page


def undo(
    out: history_page.OutFolder,
    steps: history_page.Steps = 1,
    expect: history_page.Expect = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Take back the last change of the plan in OUT, as often as you like; `territory redo` does it again.

    Nothing is deleted: taking back is an event, too. assignment.csv and visits.csv are written anew.

    撤销方案的最近一次改动,次数不限;territory redo 重做。
    """
    step_through(out, "undo", steps, expect, who, why, lang, quiet=quiet, as_json=as_json)


def step_through(
    out: history_page.OutFolder,
    verb: str,
    steps: int,
    expect: int | None,
    who: str | None,
    why: str,
    lang: common.Language,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """`undo` or `redo`, so many times; all of them or none."""
    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        desk.require_known()
        by = history_page.signed(who, why, expect)
        events = (desk.undo if verb == "undo" else desk.redo)(by, steps=steps)
        desk.show()
        history_page.tell(desk, events, lang.lang, quiet=quiet, as_json=as_json)
        if not (quiet or as_json):
            typer.echo(history_page.written_hint(lang.lang))
