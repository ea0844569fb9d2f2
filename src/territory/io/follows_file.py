"""`follows.json`: the plan in this folder goes on from that in another one, so both share one history."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path

from territory.errors import ConfigError
from territory.io.results import write_json
from territory.language import Text

FILE = "follows.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Follows:
    """
    Where a folder's plan comes from.

    Attributes
    ----------
    folder
        The folder of the plan before.
    scenario
        The scenario folder it was made from; None when it lies in the folder itself.
    since
        From when the plan in this folder holds; None: from the start of its cycle.
    """

    folder: Path
    scenario: Path | None = None
    since: dt.datetime | None = None


def write_follows(target: Path, link: Follows) -> Path:
    """Write the link with relative paths, so that both folders may be moved together."""
    return write_json(
        {
            "folder": _relative(link.folder, target),
            "scenario": None if link.scenario is None else _relative(link.scenario, target),
            "since": None if link.since is None else link.since.isoformat(timespec="minutes"),
        },
        target / FILE,
    )


def read_follows(folder: Path) -> Follows | None:
    """
    The link in a folder; None when there is none.

    Raises
    ------
    ConfigError
        When the file is no link, or the folder before is not there.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        before = folder / data["folder"]
        scenario = None if data["scenario"] is None else folder / data["scenario"]
        since = None if data["since"] is None else dt.datetime.fromisoformat(data["since"])
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            Text(
                f"{path} cannot be read; delete it to begin a history of its own here",
                f"无法读取 {path};删除它即可在此另起一份历史",
            )
        ) from None
    if not before.is_dir():
        raise ConfigError(
            Text(
                f"{path} says that this plan follows the one in {before}, which is not there; move both together",
                f"{path} 指向的前一方案文件夹 {before} 不存在;请将两者一起移动",
            )
        )
    return Follows(folder=before, scenario=scenario, since=since)


def _relative(path: Path, target: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), target.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()
