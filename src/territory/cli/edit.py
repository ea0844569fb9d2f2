"""`territory edit`: change a plan by hand; the checkers refuse what breaks a rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page
from territory.errors import ConfigError, ExitCode
from territory.language import Text

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.history.desk import Desk
    from territory.pipeline.history.editing import Edited


def edit(
    out: history_page.OutFolder,
    assign: Annotated[
        list[str] | None,
        typer.Option(
            "--assign",
            help="OUTLET:REP, another rep (- for nobody); may be repeated. "
            "OUTLET:REP,改由该客户经理服务(- 为无人);可重复。",
        ),
    ] = None,
    move: Annotated[
        list[str] | None,
        typer.Option(
            "--move",
            help="OUTLET:DATE..DATE or OUTLET:DATE..DATE@REP, a visit elsewhere; may be repeated. "
            "OUTLET:原日期..新日期,可加 @REP,改期或换人;可重复。",
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", help="OUTLET:DATE, no visit; may be repeated. OUTLET:DATE,取消该次拜访;可重复。"),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            "--lock",
            help="OUTLET (its rep) or OUTLET:DATE (a visit); may be repeated. "
            "OUTLET(锁定其客户经理)或 OUTLET:DATE(锁定该次拜访);可重复。",
        ),
    ] = None,
    unlock: Annotated[list[str] | None, typer.Option("--unlock", help="The same, freed again. 同上,解除锁定。")] = None,
    edits: Annotated[
        Path | None,
        typer.Option(
            "--edits",
            help="Table of edits (CSV or Excel): kind, outlet_id, rep_id, date, to. "
            "修改表(CSV 或 Excel):kind、outlet_id、rep_id、date、to。",
        ),
    ] = None,
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt",
            help="Record what a spreadsheet changed in OUT's assignment and visits.csv. "
            "把在表格中改过的 assignment.csv 与 visits.csv 记入历史。",
        ),
    ] = False,
    partly: Annotated[
        bool,
        typer.Option(
            "--partly", help="Make the edits that can be made, and name the others. 只作可行的修改,并列出其余。"
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; write nothing. 只说明会怎样,不写入。")
    ] = False,
    expect: history_page.Expect = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Change the plan in OUT by hand: all edits together become one event, or none when one breaks a rule.

    assignment.csv and visits.csv are written anew; `territory undo` takes the edit back.

    手工修改方案:所有修改合为一个事件,有一条违反规则则全部不作。
    """
    options = {
        "assign": assign or (),
        "move": move or (),
        "drop": drop or (),
        "lock": lock or (),
        "unlock": unlock or (),
    }
    is_asked = edits is not None or any(options.values())
    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        if adopt == is_asked:
            raise ConfigError(
                Text(
                    "give edits (--assign, --move, --drop, --lock, --unlock, --edits), or --adopt",
                    "请给出修改(--assign、--move、--drop、--lock、--unlock、--edits)或 --adopt",
                )
            )
        by = history_page.signed(who, why, expect)
        desk.require_seen("edit", {"orders": [[text, text] for texts in options.values() for text in texts]}, by)
        found = _adopted(desk) if adopt else _edited(desk, options, edits, partly=partly)
        events = []
        if not dry_run:
            orders = [[text.en, text.zh] for text in found.made]
            event = desk.record("edit", found.state, by, extra={"orders": orders})
            events = [] if event is None else [event]
            desk.show()
        if not (quiet or as_json):
            _tell(found, lang.lang, is_dry=dry_run)
        more: dict[str, object] = {
            "made": [text.in_(lang.lang) for text in found.made],
            "refused": [refusal.text.in_(lang.lang) for refusal in found.refused],
            "exceptions": [violation.in_(lang.lang) for violation in found.exceptions],
        }
        history_page.tell(desk, events, lang.lang, quiet=quiet, as_json=as_json, more=more)
        if events and not (quiet or as_json):
            typer.echo(history_page.written_hint(lang.lang))
    if found.refused:
        raise typer.Exit(int(ExitCode.INFEASIBLE))


def _edited(desk: Desk, options: dict[str, list[str] | tuple[()]], edits: Path | None, *, partly: bool) -> Edited:
    from territory.pipeline.history.editing import edited
    from territory.pipeline.history.orders import read_orders

    desk.require_known()
    scenario = desk.scenario(desk.state)
    orders = read_orders(scenario, options=options, table=edits)
    if not orders:
        raise ConfigError(Text("the table has no edits", "表中没有修改"))
    return edited(scenario, desk.state, orders, partly=partly)


def _adopted(desk: Desk) -> Edited:
    from territory.pipeline.history.adopting import adopted

    if not desk.foreign_files():
        raise ConfigError(Text("nothing in the folder was changed beside the history", "文件夹中没有历史之外的修改"))
    return adopted(desk)[1]


def _tell(found: Edited, lang: Lang, *, is_dry: bool) -> None:
    """What was made, what was refused and why, and rules about visits that have an exception now."""
    zh = lang == "zh"
    if is_dry:
        typer.echo("仅试算,未写入" if zh else "dry run: nothing is written")
    for text in found.made:
        typer.echo(f"  {text.in_(lang)}")
    for refusal in found.refused:
        typer.echo(f"{'已拒绝' if zh else 'refused'}  {refusal.text.in_(lang)}", err=True)
    if found.exceptions:
        typer.echo("例外(规则不再满足):" if zh else "exceptions (rules about an outlet's visits that no longer hold):")
        for violation in found.exceptions[:10]:
            typer.echo(f"  {violation.in_(lang)}")
