"""`territory verify`: is a plan's history as it was written?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page
from territory.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from territory.io.plan_store import Fault
    from territory.language import Lang


def verify(
    out: history_page.OutFolder,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            help="NUMBER:DIGEST noted elsewhere, such as on a publication; may be repeated. "
            "另处记下的 编号:摘要,例如发布单上的;可重复。",
        ),
    ] = None,
    seal: Annotated[
        bool,
        typer.Option(
            "--seal",
            help="Write the seal anew when nothing else is wrong: you vouch for the end. "
            "其他均无误时重写封印:由您担保末尾完整。",
        ),
    ] = False,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Check every event, blob and state in the history of OUT, and name the first one that was changed or lost.

    Exit code 3 when something is wrong. docs/history.md says what this can prove and what it cannot.

    校验历史中的每个事件、内容与状态,指出首个被改动或丢失的。
    """
    from territory.io.plan_store import STORE, PlanStore

    with (
        common.session(lang, quiet=quiet or as_json),
        PlanStore.open(out / STORE, create=False) as store,
    ):
        faults = store.verify(_known(against or ()))
        if seal and all(fault.code == "seal" for fault in faults):
            store.reseal()
            faults = store.verify(_known(against or ()))
        states = [] if faults else _states(out, lang.lang)
        head = None if faults else store.head()
    lines = [fault.in_(lang.lang) for fault in faults] + states
    if as_json:
        common.print_json(
            {
                "faults": [
                    {"code": f.code, "number": f.number, "blob": f.blob, "text": f.in_(lang.lang)} for f in faults
                ],
                "states": states,
                "first_bad": _first(faults),
                "events": None if head is None else head.number,
                "digest": None if head is None else head.digest,
            }
        )
    else:
        for line in lines:
            typer.echo(line, err=True)
        if head is not None and not states and not quiet:
            typer.echo(
                f"{head.number:,} 条记录完好,最后一条的摘要为 {head.digest}"
                if lang.lang == "zh"
                else f"{common.counted(head.number, 'event')}, as they were written; the last digest is {head.digest}"
            )
    if lines:
        raise typer.Exit(int(ExitCode.INVALID_INPUT))


def _states(out: Path, lang: Lang) -> list[str]:
    """Whole states in the history that are not what their changes make."""
    from territory.io.plan_store import StoreDamagedError
    from territory.pipeline.history.desk import Desk

    try:
        with Desk.open(out) as desk:
            return [
                f"第 {number} 条记录({kind})与此前的方案不符,不起作用"
                if lang == "zh"
                else f"event {number} ({kind}) does not fit the plan before it"
                for number, kind in (
                    *((event.number, event.kind) for event in desk.history.idle),
                    *desk.history.replayed(),
                )
            ]
    except StoreDamagedError as error:
        return [error.in_(lang)]


def _known(texts: list[str] | tuple[str, ...]) -> dict[int, str]:
    from territory.errors import ConfigError
    from territory.language import Text

    found: dict[int, str] = {}
    for text in texts:
        match = re.fullmatch(r"(\d+):([0-9a-fA-F]{8,64})", text.strip())
        if match is None:
            raise ConfigError(
                Text(
                    f"--against {text!r}: write the number and 8 or more characters of the digest, as in 57:98afef14",
                    f"--against {text!r}:请填写编号和摘要的至少 8 个字符,例如 57:98afef14",
                )
            )
        found[int(match[1])] = match[2].lower()
    return found


def _first(faults: list[Fault]) -> int | None:
    return next((fault.number for fault in faults if fault.number is not None), None)
