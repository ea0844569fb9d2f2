"""`territory approve`: the review of a plan, or sending it back."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common, history_page


def approve(
    out: history_page.OutFolder,
    back: Annotated[
        bool,
        typer.Option(
            "--send-back", help="Send it back, with --why saying what to change. 退回修改,用 --why 说明要改什么。"
        ),
    ] = False,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Approve the plan in OUT that was submitted; whoever submitted it may do so only with a reason.

    With --send-back it becomes a draft again; an approved one is published with `territory publish`.

    审核已提交的方案;提交人本人审核须说明理由。
    """
    from territory.pipeline.history.publishing import approve as approved
    from territory.pipeline.history.publishing import send_back

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        desk.require_known()
        by = history_page.signed(who, why)
        event = send_back(desk, by) if back else approved(desk, by)
        history_page.tell(desk, [event], lang.lang, quiet=quiet, as_json=as_json)
