"""What can go wrong with a plan store, worded for the planner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.events import Event
from territory.errors import ConfigError, ConflictError, ExitCode
from territory.language import Lang, Text


class StoreDamagedError(ConfigError):
    """The store's files are broken or were changed behind its back."""

    exit_code = ExitCode.INVALID_INPUT


class StoreBusyError(ConflictError):
    """Another program has been writing for too long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unwritten:
    """An event that was not written."""

    kind: str
    payload: Mapping[str, object]
    who: str
    why: str


class HeadMovedError(ConflictError):
    """
    Somebody else wrote first.

    Attributes
    ----------
    mine
        What was not written.
    theirs
        What was written since the number that the writer expected to be the last.
    """

    def __init__(
        self,
        *,
        mine: Unwritten,
        theirs: Sequence[Event],
        expected: int,
        describe: Callable[[str, Mapping[str, object]], Text] | None = None,
    ) -> None:
        self.mine, self.theirs, self.expected = mine, tuple(theirs), expected
        tell = describe or (lambda kind, payload: Text(kind, kind))

        def lines(lang: Lang) -> str:
            return "\n".join(
                f"  {event.number}  {event.who}  {event.when:%Y-%m-%d %H:%M:%S} UTC  "
                f"{tell(event.kind, event.payload).in_(lang)}  {event.why or '-'}"
                for event in self.theirs
            )

        wanted = tell(mine.kind, mine.payload)
        super().__init__(
            Text(
                f"somebody else wrote first: event {expected} was to be the last, and since then there is\n"
                f"{lines('en')}\nnot written:\n  {mine.who}  {wanted.en}  {mine.why or '-'}\n"
                "Look at the plan as it is now and do it again.",
                f"他人已先写入:预期第 {expected} 条为最后一条,此后已有\n"
                f"{lines('zh')}\n未写入:\n  {mine.who}  {wanted.zh}  {mine.why or '-'}\n请查看当前方案后重新操作。",
            )
        )

    def told(self, describe: Callable[[str, Mapping[str, object]], Text]) -> HeadMovedError:
        """The same with both edits in words."""
        return HeadMovedError(mine=self.mine, theirs=self.theirs, expected=self.expected, describe=describe)


def damaged(path: Path, reason: str) -> StoreDamagedError:
    """The file cannot be trusted."""
    return StoreDamagedError(
        Text(
            f"{path}: the plan store is damaged ({reason}). Where it can still be read, `territory verify` names the "
            "first bad event; go back to a copy.",
            f"{path}:方案库已损坏({reason})。若仍可读取,`territory verify` 可指出第一条损坏的记录;请使用备份。",
        )
    )


def not_there(path: Path) -> ConfigError:
    """No store at this place."""
    return ConfigError(
        Text(
            f"{path} is not there: this folder has no history yet; `territory run` or `territory split` begins one",
            f"找不到 {path}:该文件夹还没有历史;请先执行 `territory run` 或 `territory split`",
        )
    )


def foreign(path: Path, reason: str, reason_zh: str) -> ConflictError:
    """The file is something else."""
    return ConflictError(
        Text(f"{path} is no plan store of this version: {reason}", f"{path} 不是本版本的方案库:{reason_zh}")
    )
