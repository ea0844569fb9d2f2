"""Open a scenario folder, whether its tables are there or are made by a recipe."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from territory.domain.scenario import Scenario
from territory.errors import ConflictError
from territory.generate import prepare
from territory.io import read_scenario
from territory.language import Text
from territory.progress import SILENT, Progress
from territory.standing import digest


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A scenario and the files it was read from, by name, as the plan's history keeps them."""

    scenario: Scenario
    files: Mapping[str, bytes]


def prepared_folder(
    folder: Path | str, *, out: Path, data: Path | str | None = None, progress: Progress = SILENT
) -> Path:
    """
    A folder with all tables: `folder` itself, or `out`, filled by the recipe in its `[source]`.

    Raises
    ------
    ScenarioError
        When `scenario.toml` is wrong.
    ConfigError
        When the recipe needs a data folder and `data` is missing or lacks a file.
    """
    return prepare(Path(folder), out=out, data=None if data is None else Path(data), progress=progress)


def open_scenario(folder: Path | str, *, data: Path | str | None = None, progress: Progress = SILENT) -> Scenario:
    """
    The scenario in a folder, read and checked.

    Parameters
    ----------
    folder
        A scenario folder: tables in the data contract, or a recipe that makes them.
    data
        Folder with public data, for recipes that need one.

    Raises
    ------
    ScenarioError
        With every problem found, not just the first.
    ConfigError
        When the recipe needs a data folder and `data` is missing or lacks a file.
    """
    return open_with_files(folder, data=data, progress=progress).scenario


def open_with_files(folder: Path | str, *, data: Path | str | None = None, progress: Progress = SILENT) -> Opened:
    """`open_scenario`, and the files themselves."""
    with tempfile.TemporaryDirectory() as made:
        tables = prepared_folder(folder, out=Path(made) / "scenario", data=data, progress=progress)
        scenario = read_scenario(tables)
        return Opened(scenario=scenario, files=files_of(scenario, tables))


def files_of(scenario: Scenario, folder: Path) -> dict[str, bytes]:
    """
    The files that a scenario was read from.

    Raises
    ------
    ConflictError
        When one of them was changed in the meantime.
    """
    found = {name: (folder / name).read_bytes() for name in scenario.input_hashes}
    for name, content in found.items():
        if digest(content) != scenario.input_hashes[name]:
            raise ConflictError(
                Text(f"{name} was changed while it was read; try again", f"{name} 在读取过程中被修改;请重试")
            )
    return found
