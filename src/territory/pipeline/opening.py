"""Open a scenario folder, whether its tables are there or are made by a recipe."""

from __future__ import annotations

import tempfile
from pathlib import Path

from territory.domain.scenario import Scenario
from territory.generate import prepare
from territory.io import read_scenario
from territory.progress import SILENT, Progress


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
    with tempfile.TemporaryDirectory() as made:
        return read_scenario(prepared_folder(folder, out=Path(made) / "scenario", data=data, progress=progress))
