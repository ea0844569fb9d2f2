"""What all verbs share: options, error reports, Ctrl-C, how effort is chosen."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.effort import CancelToken, Effort
from territory.errors import ConfigError, ExitCode, ScenarioError, TerritoryError
from territory.language import Lang, Text

if TYPE_CHECKING:
    from territory.progress import Progress
    from territory.standing import StopReason


class Language(StrEnum):
    """Languages of messages."""

    EN = "en"
    ZH = "zh"

    @property
    def lang(self) -> Lang:
        """As the rest of the package spells it."""
        return "zh" if self is Language.ZH else "en"


class SheetLanguage(StrEnum):
    """Languages of the printed sheet."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"


Folder = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help="Scenario folder (scenario.toml and its tables). 场景文件夹(scenario.toml 及其数据表)。",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder with public data, for scenarios whose recipe needs it. 公开数据文件夹,供需要它的场景使用。",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Folder for the results (default: territory-run/NAME). 结果文件夹(默认 territory-run/场景名)。"
    ),
]
PlanFolder = Annotated[
    Path | None,
    typer.Option(
        "--plan", help="Folder of an earlier run or split: its assignment.csv and visits.csv. 以前运行或划分的文件夹。"
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", help="Root of all random draws (default: the scenario's). 随机种子(默认取场景的)。"),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.1,
        help="Search for so many seconds instead of the scenario's iterations. 按秒数搜索,代替场景设定的迭代次数。",
    ),
]
LangOption = Annotated[
    Language, typer.Option("--lang", envvar="TERRITORY_LANG", help="Language of messages. 提示语言。")
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", help="No progress, no summary; only errors and --json. 不显示进度与小结,只显示错误与 --json。"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output. 以 JSON 输出结果。")]
Who = Annotated[
    str | None,
    typer.Option(
        "--who",
        envvar="TERRITORY_WHO",
        help="Who does this, for the history (default: the login name). 操作人,记入历史(默认登录名)。",
    ),
]
Why = Annotated[str, typer.Option("--why", help="The reason, for the history. 原因,记入历史。")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes to use (default: one per core). Never changes a result. "
        "使用的进程数(默认每核一个),不影响结果。",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Compute on the workers of this Dask scheduler (tcp://HOST:8786). Never changes a result. "
        "在该 Dask 集群上计算,不影响结果。",
    ),
]


@dataclass(frozen=True, slots=True)
class Session:
    """One command at work: language, who watches, and the token that Ctrl-C sets."""

    lang: Lang
    quiet: bool
    progress: Progress
    cancel: CancelToken

    def say(self, text: str) -> None:
        """A line for the user, unless quiet."""
        if not self.quiet:
            typer.echo(text)


@contextmanager
def session(language: Language, *, quiet: bool = False) -> Iterator[Session]:
    """
    Run a verb: show progress, turn Ctrl-C into a cancel, and end on a known error with its message and code.

    A bug is not caught here, so that it always shows its traceback.
    """
    from territory.cli.watching import watcher

    token = CancelToken()
    interrupted = _cancel_on_interrupt(token, language.lang)
    with watcher(quiet=quiet, lang=language.lang) as progress:
        try:
            yield Session(lang=language.lang, quiet=quiet, progress=progress, cancel=token)
            failure: TerritoryError | None = None
        except TerritoryError as error:
            if error.exit_code is ExitCode.BUG:
                raise
            failure = error
        except OSError as error:
            failure = _file_trouble(error)
        finally:
            interrupted()
    if failure is not None:
        report(failure, language.lang)
        raise typer.Exit(int(failure.exit_code))


def _file_trouble(error: OSError) -> ConfigError:
    """A file or folder that cannot be read or written is the user's to mend, not a bug."""
    place, what = error.filename or "?", error.strerror or str(error)
    return ConfigError(
        Text(
            f"{place}: {what}. Name another folder, free some space, or change its permissions.",
            f"{place}:{what}。请更换文件夹、释放空间或修改权限。",
        )
    )


def report(error: TerritoryError, lang: Lang) -> None:
    """What went wrong, on standard error."""
    if isinstance(error, ScenarioError):
        errors = [issue for issue in error.issues if issue.severity == "error"]
        for issue in error.issues:
            typer.echo(issue.line(lang), err=True)
        count = len(errors)
        typer.echo(f"共 {count} 处错误" if lang == "zh" else f"{count} error{'s' if count != 1 else ''}", err=True)
    else:
        typer.echo(error.in_(lang), err=True)


def _cancel_on_interrupt(token: CancelToken, lang: Lang) -> Callable[[], object]:
    """First Ctrl-C asks the search to stop and keep its best; the second ends the program."""

    def handle(signum: int, frame: object) -> None:
        if token.is_cancelled:
            raise KeyboardInterrupt
        token.cancel()
        typer.echo(
            "\n正在停止;再按一次立即退出" if lang == "zh" else "\nstopping; once more to leave at once", err=True
        )

    try:
        before = signal.signal(signal.SIGINT, handle)
    except ValueError:  # not in the main thread: whoever embeds us handles Ctrl-C
        return lambda: None
    return lambda: signal.signal(signal.SIGINT, before)


def effort_of(time_limit: float | None, *, share: float = 1.0) -> Effort | None:
    """Seconds when a limit is given (a share of it), else None: the scenario's iterations."""
    return None if time_limit is None else Effort(seconds=time_limit * share)


def tell_broken_locks(keys: Sequence[str], lang: Lang) -> None:
    """On standard error: hand-made locks that a new plan did not keep; they are taken off."""
    if keys:
        shown = ", ".join(keys[:10]) + (" …" if len(keys) > 10 else "")
        typer.echo(
            f"新方案未保留 {len(keys)} 项锁定,已解除:{shown}"
            if lang == "zh"
            else f"{counted(len(keys), 'lock')} not kept by the new plan, and taken off: {shown}",
            err=True,
        )


def leave_if_interrupted(stopped_by: StopReason) -> None:
    """After the best plan so far is written: a command that was interrupted ends with its own code."""
    if stopped_by == "CANCELLED":
        raise typer.Exit(int(ExitCode.INTERRUPTED))


def counted(number: int, noun: str) -> str:
    """A number of things in English: 1 visit, 2 visits."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_json(content: object) -> None:
    """JSON on standard output, readable by people and programs."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def out_folder(out: Path | None, scenario: Path) -> Path:
    """Where results go when nothing is named."""
    return out if out is not None else Path("territory-run") / scenario.resolve().name
