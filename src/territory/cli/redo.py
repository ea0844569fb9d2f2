"""`territory redo`: do again what was taken back."""

from __future__ import annotations

from territory.cli import common, history_page
from territory.cli.undo import step_through


def redo(
    out: history_page.OutFolder,
    steps: history_page.Steps = 1,
    expect: history_page.Expect = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Do again what `territory undo` took back, until something else is done.

    assignment.csv and visits.csv are written anew.

    重做被撤销的改动,直到又有新的改动为止。
    """
    step_through(out, "redo", steps, expect, who, why, lang, quiet=quiet, as_json=as_json)
