"""`territory branch`: begin another line of the plan, go to one, or list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page

if TYPE_CHECKING:
    from territory.domain.events import Event
    from territory.language import Lang
    from territory.pipeline.history.desk import Desk


def branch(
    out: history_page.OutFolder,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The branch; none: list all. 分支名;不给则列出全部。")
    ] = None,
    frm: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Begin the branch at this point (default: where the plan stands). 分支的起点(默认为方案当前状态)。",
        ),
    ] = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Begin branch NAME, or go to it when it exists: the folder then shows its plan, and new events go to it.

    Try something without touching the plan; `territory restore OUT NAME` on main takes it over.

    开始分支 NAME,已有则转到该分支;文件夹显示其方案。
    """
    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        if name is None:
            _list(desk, lang.lang, as_json=as_json)
            return
        desk.require_known()
        event = _begin_or_go(desk, name, frm, who, why)
        desk.show()
        history_page.tell(desk, [event], lang.lang, quiet=quiet, as_json=as_json)
        if not (quiet or as_json):
            typer.echo(history_page.written_hint(lang.lang))


def _begin_or_go(desk: Desk, name: str, frm: str | None, who: str | None, why: str) -> Event:
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.history.points import point_named, reserved, state_at

    if name in desk.history.branches:
        if frm is not None:
            raise ConfigError(
                Text(f"branch {name} exists; --from is for a new one", f"分支 {name} 已存在;--from 只用于新分支")
            )
        return desk.note("branch", {}, history_page.signed(who, why), branch=name)
    if reserved(name):
        raise ConfigError(Text(f"{name!r} means something else; take another name", f"{name!r} 另有含义;请换一个名称"))
    point = point_named(desk, "now" if frm is None else frm)
    state_at(desk, point)
    return desk.begin_branch(name, point.number, history_page.signed(who, why))


def _list(desk: Desk, lang: Lang, *, as_json: bool) -> None:
    """All branches; the one that the folder shows is marked."""
    from territory.pipeline.history.review import STANDINGS, standing_of

    history, rows = desk.history, []
    for name, position in history.branches.items():
        last = max(event.number for event in history.events if event.branch == name)
        review = standing_of(history.events, history.state(position.state).digest)
        rows.append((name, last, review.standing))
    if as_json:
        common.print_json(
            {
                "branches": [{"name": n, "last": last, "standing": standing.value} for n, last, standing in rows],
                "branch": history.current,
            }
        )
        return
    for name, last, standing in rows:
        mark = "*" if name == history.current else " "
        word = STANDINGS[standing].in_(lang)
        text = f"最后一条 {last},{word}" if lang == "zh" else f"last event {last}, {word}"
        typer.echo(f"{mark} {name}  {text}")
