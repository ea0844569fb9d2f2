"""What can go wrong with a plan store, worded for the planner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from territory.domain.events import Event
from territory.errors import ConfigError, ConflictError, ExitCode
from territory.language import Text


class StoreDamagedError(ConfigError):
    """The store's files are broken or were changed behind its back."""

    exit_code = ExitCode.INVALID_INPUT


class StoreBusyError(ConflictError):
    """Another program has been writing for too long."""


class HeadMovedError(ConflictError):
    """
    Somebody else wrote first.

    Attributes
    ----------
    mine
        Kind, who and why of the event that was not written.
    theirs
        What was written since the number that the writer expected to be the last.
    """

    def __init__(self, *, mine: tuple[str, str, str], theirs: Sequence[Event], expected: int) -> None:
        self.mine, self.theirs, self.expected = mine, tuple(theirs), expected
        kind, who, why = mine
        lines = [
            f"  {event.number} {event.kind}, {event.who}, {event.when:%Y-%m-%d %H:%M:%S} UTC: {event.why or '-'}"
            for event in self.theirs
        ]
        shown = "\n".join(lines)
        super().__init__(
            Text(
                f"somebody else wrote first: the last event was to be {expected}, and since then there is\n{shown}\n"
                f"not written: {kind}, {who}: {why or '-'}\nLook at the plan as it is now and do it again.",
                f"他人已先写入:预期最后一条记录为 {expected},此后已有\n{shown}\n"
                f"未写入:{kind},{who}:{why or '-'}\n请查看当前方案后重新操作。",
            )
        )


def damaged(path: Path, reason: str) -> StoreDamagedError:
    """The file cannot be trusted."""
    return StoreDamagedError(
        Text(
            f"{path}: the plan store is damaged ({reason}). `territory verify` names the first bad event; "
            "go back to a copy.",
            f"{path}:方案库已损坏({reason})。`territory verify` 可指出第一条损坏的记录;请使用备份。",
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
