"""`territory submit`: ask for a review of a plan."""

from __future__ import annotations

from typing import cast

import typer

from territory.cli import common, history_page


def submit(
    out: history_page.OutFolder,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Submit the plan in OUT, as it is now, for review; every later change makes a draft of it again.

    What the checkers find in it is kept with the request; `territory approve` is the next step.

    把当前方案提交审核;此后再有改动则重新成为草稿。
    """
    from territory.pipeline.history.publishing import submit as submitted

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        desk.require_known()
        event = submitted(desk, history_page.signed(who, why))
        rules = cast("list[list[str]]", event.payload["broken_rules"])
        broken = [zh if lang.lang == "zh" else en for en, zh in rules]
        history_page.tell(desk, [event], lang.lang, quiet=quiet, as_json=as_json, more={"broken_rules": broken})
        if broken and not (quiet or as_json):
            count = len(broken)
            typer.echo(
                f"检查发现 {count} 处违规,审核人应知悉:"
                if lang.lang == "zh"
                else f"the checkers find {common.counted(count, 'broken rule')}, for the reviewer to know:"
            )
            for line in broken[:10]:
                typer.echo(f"  {line}")
