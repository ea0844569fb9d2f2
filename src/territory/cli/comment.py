"""`territory comment`: a note to the plan, or to one of its outlets."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common, history_page


def comment(
    out: history_page.OutFolder,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note. 批注内容。")],
    outlet: Annotated[
        str | None, typer.Option("--outlet", help="outlet_id of the outlet it is about. 所涉客户的 outlet_id。")
    ] = None,
    who: common.Who = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Write a note into the history of OUT; the plan stays as it is.

    `territory log OUT --kind comment` lists them.

    在历史中写一条备注,方案本身保持不变。
    """
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.names import nearest

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        known = desk.state["assignment"]
        if outlet is not None and outlet not in known:
            hint = nearest(outlet, list(known))
            raise ConfigError(Text(f"there is no outlet {outlet!r}. {hint.en}", f"没有客户 {outlet!r}。{hint.zh}"))
        if not text.strip():
            raise ConfigError(Text("the note is empty", "备注为空"))
        payload = {"text": text} if outlet is None else {"text": text, "outlet_id": outlet}
        event = desk.note("comment", payload, history_page.signed(who, ""))
        history_page.tell(desk, [event], lang.lang, quiet=quiet, as_json=as_json)
