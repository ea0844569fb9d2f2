"""Policy files: policies kept outside of a scenario, one or several in a TOML file, or a folder of such files.

A file either has sections `[policy.NAME]` like `scenario.toml`, or is one policy itself, named after the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from territory.domain.policy_rules import PolicyRules
from territory.domain.rules import Rules
from territory.errors import ScenarioError
from territory.io.issues import IssueLog
from territory.io.policy_checks import PolicyChecks
from territory.io.setting_errors import known_keys
from territory.io.toml_models import read_model, toml_data, toml_text
from territory.language import Text

SUFFIX = ".toml"


class PolicySections(Rules):
    """A file of `[policy.NAME]` sections."""

    policy: dict[str, PolicyRules] = Field(default_factory=dict, description="policies by name")


@dataclass(frozen=True, kw_only=True, slots=True)
class _PolicyFile:
    """What one file gave, and where to complain about it."""

    policies: Mapping[str, PolicyRules]
    checks: PolicyChecks


def read_policies(path: Path, *, team_ids: Collection[str] | None = None) -> dict[str, PolicyRules]:
    """
    The policies of a file, or of all `.toml` files of a folder in the order of their names.

    Parameters
    ----------
    team_ids
        Teams of the scenario: a policy that names another one is refused. None: any team may be named.

    Raises
    ------
    ScenarioError
        With every issue of every file, in the order of files and rows.
    """
    log = IssueLog()
    found: dict[str, PolicyRules] = {}
    file_of: dict[str, str] = {}
    for file in _toml_files(Path(path), log):
        read = _read(file, log)
        if read is None:
            continue
        read.checks.names(read.policies)
        if team_ids is not None:
            read.checks.teams(read.policies, team_ids)
        for name, rules in read.policies.items():
            if name in found:
                _log_twice(name, read.checks, file_of[name])
            found.setdefault(name, rules)
            file_of.setdefault(name, file.name)
    if log.has_errors:
        raise ScenarioError(sorted(log.issues(), key=lambda issue: (issue.file, issue.row or 0)))
    return found


def _toml_files(path: Path, log: IssueLog) -> list[Path]:
    """The files to read; hidden ones, which editors and file systems leave behind, are left out."""
    if path.is_dir():
        files = sorted(file for file in path.glob(f"*{SUFFIX}") if not file.name.startswith("."))
        if not files:
            _log_file(path, Text("the folder has no policy file", "文件夹中没有政策文件"), _WANTED_FOLDER, log)
        return files
    if path.suffix.lower() != SUFFIX:
        reason = Text("this is neither a folder nor a .toml file", "既不是文件夹，也不是 .toml 文件")
        _log_file(path, reason, _WANTED_FOLDER, log)
        return []
    return [path]


def _read(path: Path, log: IssueLog) -> _PolicyFile | None:
    """The policies of one file; None when it has none that could be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        _log_file(path, Text("the file is not there", "找不到该文件"), _WANTED_FOLDER, log)
        return None
    except OSError as error:
        problem = error.strerror or str(error)
        reason = Text(f"the file cannot be read ({problem})", f"无法读取该文件（{problem}）")
        _log_file(path, reason, Text("a file you may read", "可读取的文件"), log)
        return None
    text = toml_text(content, file=path.name, log=log)
    data = None if text is None else toml_data(text, file=path.name, log=log)
    if text is None or data is None:
        return None
    if not data or data.get("policy") == {}:
        _log_file(path, Text("there is no policy in the file", "文件中没有政策"), _WANTED_POLICY, log)
        return None
    return _policies(path, data, text, log)


def _policies(path: Path, data: dict[str, Any], text: str, log: IssueLog) -> _PolicyFile:
    """The policies in `data`: sections [policy.NAME], or one policy named after the file."""
    file = path.name
    if "policy" in data:
        known = known_keys(PolicySections)
        sections = read_model(PolicySections, data, known=known, fillers={}, text=text, file=file, log=log)
        return _PolicyFile(policies=sections.policy, checks=PolicyChecks(text=text, file=file, log=log))
    known = known_keys(PolicyRules)
    known[()] = [*known[()], "policy"]
    rules = read_model(PolicyRules, data, known=known, fillers={}, text=text, file=file, log=log)
    return _PolicyFile(policies={path.stem: rules}, checks=PolicyChecks(text=text, file=file, log=log, above=None))


def _log_twice(name: str, checks: PolicyChecks, other_file: str) -> None:
    reason = Text(f"a policy of this name stands in {other_file} already", f"{other_file} 中已有同名政策")
    checks.wrong(checks.place(name), name, reason, Text("another name", "另一个名称"))


def _log_file(path: Path, reason: Text, wanted: Text, log: IssueLog) -> None:
    log.add("wrong_value", file=path.name or str(path), value=str(path), reason=reason, wanted=wanted)


_WANTED_FOLDER = Text("a .toml file of policies, or a folder of them", ".toml 政策文件，或存放此类文件的文件夹")
_WANTED_POLICY = Text(
    'a section [policy.NAME], or at least a line why = "..."', '[policy.名称] 小节，或至少一行 why = "..."'
)
