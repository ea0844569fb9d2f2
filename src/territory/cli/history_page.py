"""What the verbs of a plan's history share: the desk of a folder, and events on a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.domain.events import Event
    from territory.language import Lang
    from territory.pipeline.history.desk import Desk, Signed

OutFolder = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder of an earlier run or split, with its history (plan.sqlite). "
        "以前运行或划分的文件夹,内含历史(plan.sqlite)。",
    ),
]
Steps = Annotated[int, typer.Option("--steps", min=1, help="So many changes. 撤销或重做的步数。")]
Expect = Annotated[
    int | None,
    typer.Option(
        "--expect",
        min=0,
        help="Number of the last event you have seen; refuse when the plan moved since. "
        "您看到的最后一个事件编号;方案此后有变则拒绝。",
    ),
]


@contextmanager
def at_desk(out: Path, lang: common.Language, *, quiet: bool = False) -> Iterator[Desk]:
    """The desk of a folder, inside a session: known errors end the command with their message and code."""
    from territory.pipeline.history.desk import Desk

    with common.session(lang, quiet=quiet), Desk.open(out) as desk:
        yield desk


def signed(who: str | None, why: str, expect: int | None = None) -> Signed:
    """Who does it and why; the login name where nobody is named."""
    from territory.pipeline.history.desk import Signed
    from territory.pipeline.history.who import login_name

    return Signed(who=who or login_name(), why=why, expect=expect)


def event_line(event: Event, lang: Lang, mark: str = " ") -> str:
    """Number, moment (local time), who, what, why."""
    from territory.pipeline.history.words import told

    when = event.when.astimezone().strftime("%Y-%m-%d %H:%M")
    why = f"  ({event.why})" if event.why else ""
    branch = "" if event.branch == "main" else f"[{event.branch}] "
    return f"{mark} {event.number:>4}  {when}  {event.who}  {branch}{told(event).in_(lang)}{why}"


def event_values(event: Event, lang: Lang) -> dict[str, object]:
    """An event as plain values."""
    from territory.pipeline.history.words import told

    return {
        "number": event.number,
        "branch": event.branch,
        "kind": event.kind,
        "who": event.who,
        "when": event.when.isoformat(),
        "why": event.why,
        "text": told(event).in_(lang),
        "digest": event.digest,
    }


def standing_values(desk: Desk) -> dict[str, object]:
    """The branch, its last event, and how far the plan has come."""
    from territory.pipeline.history.publishing import review_of

    history = desk.history
    last = max((event.number for event in history.events if event.branch == history.current), default=0)
    return {"branch": history.current, "last": last, "standing": review_of(desk).standing.value}


def standing_line(desk: Desk, lang: Lang) -> str:
    """The same for people."""
    from territory.pipeline.history.publishing import review_of
    from territory.pipeline.history.review import STANDINGS

    values = standing_values(desk)
    word = STANDINGS[review_of(desk).standing].in_(lang)
    if lang == "zh":
        return f"分支 {values['branch']},最后一条 {values['last']},方案状态:{word}"
    return f"branch {values['branch']}, last event {values['last']}, the plan is {word}"


def tell(
    desk: Desk,
    events: Sequence[Event],
    lang: Lang,
    *,
    quiet: bool,
    as_json: bool,
    more: dict[str, object] | None = None,
) -> None:
    """What was written, and where the plan stands now."""
    if as_json:
        common.print_json(
            {"events": [event_values(event, lang) for event in events], **standing_values(desk), **(more or {})}
        )
    elif not quiet:
        for event in events:
            typer.echo(event_line(event, lang))
        typer.echo(standing_line(desk, lang))


def written_hint(lang: Lang) -> str:
    """What the folder shows now, and what it does not."""
    if lang == "zh":
        return "assignment.csv 与 visits.csv 已更新;报告、地图与一张纸仍为此前的方案,请用 `territory sheet` 等重新生成"
    return "assignment.csv and visits.csv are up to date; report, maps and sheets still show the plan before"
