"""Errors a caller can act on. Each class has the exit code the command line ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from territory.language import Lang, Text


class ExitCode(IntEnum):
    """How a command ended; scripts may rely on these numbers."""

    OK = 0
    BUG = 1
    USAGE = 2
    INVALID_INPUT = 3
    INFEASIBLE = 4
    EFFORT_SPENT_WITH_PLAN = 5
    EFFORT_SPENT_WITHOUT_PLAN = 6
    CONFLICT = 7
    MISSING_EXTRA = 8
    INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One thing wrong with the input: where it is, what it is, what would be right.

    `row` counts as the spreadsheet does (the header is row 1); None where no single row is meant.
    """

    code: str
    file: str
    problem: Text
    remedy: Text
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: str = "error"

    def line(self, lang: Lang = "en") -> str:
        """One printed line: place, value, problem, remedy."""
        place = self.file
        if self.row is not None:
            place += f" 第 {self.row} 行" if lang == "zh" else f" row {self.row}"
        if self.column is not None:
            place += f" {self.column}"
        shown = "" if self.value is None else f" = {self.value!r}"
        joint = "。" if lang == "zh" else ". "
        return f"{place}{shown}: {self.problem.in_(lang)}{joint}{self.remedy.in_(lang)} [{self.code}]"


class TerritoryError(Exception):
    """Base of every error that `territory` raises on purpose."""

    exit_code = ExitCode.BUG

    def in_(self, lang: Lang) -> str:
        """What to tell the user, in `lang`."""
        return str(self)


class ScenarioError(TerritoryError):
    """The input tables or settings are wrong; `issues` holds every problem found, not just the first."""

    exit_code = ExitCode.INVALID_INPUT

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(issue.line() for issue in self.issues))

    def in_(self, lang: Lang) -> str:
        """Every issue on its own line."""
        return "\n".join(issue.line(lang) for issue in self.issues)


class ConfigError(TerritoryError):
    """A command or call was asked for something that does not exist or does not go together."""

    exit_code = ExitCode.USAGE

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def in_(self, lang: Lang) -> str:
        """The message in `lang`."""
        return self.text.in_(lang)


class InfeasibleError(ConfigError):
    """No plan can exist; the text names the requirement, by how much it fails, and what would have to give."""

    exit_code = ExitCode.INFEASIBLE


class NoPlanFoundError(ConfigError):
    """The effort ran out, or the run was cancelled, before any plan was found."""

    exit_code = ExitCode.EFFORT_SPENT_WITHOUT_PLAN


class ConflictError(ConfigError):
    """A folder belongs to another run or version."""

    exit_code = ExitCode.CONFLICT


class MissingExtraError(ConfigError):
    """An optional part is not installed; the text gives the install line."""

    exit_code = ExitCode.MISSING_EXTRA


class SolverError(TerritoryError):
    """A solver refused a model we built: our bug or theirs."""


class VerificationError(TerritoryError):
    """The independent checker and the search disagree: always our bug."""


class CancelledError(TerritoryError):
    """The user stopped the run; finished parts are kept and the run resumes."""

    exit_code = ExitCode.INTERRUPTED

    def in_(self, lang: Lang) -> str:
        """What to tell the user, in `lang`."""
        return "已按要求停止;已完成的部分已保存,重新执行同一命令即可继续" if lang == "zh" else str(self)
