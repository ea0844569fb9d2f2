"""The front door: a scenario whose tables are made by rule becomes a complete scenario folder."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from territory.compute import write_bytes_atomically
from territory.errors import ConfigError, ScenarioError
from territory.generate.generated import generated_tables
from territory.generate.iowa import iowa_tables
from territory.generate.pa_tobacco import pa_tobacco_tables
from territory.generate.settings import GeneratedSource, IowaSource, parse_source
from territory.generate.tables import STAGE, Tables
from territory.io.issues import IssueLog
from territory.io.scenario_file import FILE, ScenarioFile, read_settings
from territory.io.scenario_writer import write_tables
from territory.io.sheet_rules_file import USUAL_NAME
from territory.io.tables import decoded
from territory.language import Text
from territory.progress import SILENT, Progress

NOTES = "SOURCE.md"
_OWN_TABLES = ("targets", "outlet_facts")
_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_\-]+|\"[^\"]*\")")


def prepare(folder: Path, *, out: Path, data: Path | None, progress: Progress = SILENT) -> Path:
    """
    A folder that `io` can read: `out` with all tables, or `folder` itself when it has no `[source]`.

    Parameters
    ----------
    folder
        A scenario folder; `[source]` of its `scenario.toml` says how the tables are made.
    out
        Where to write the tables, and the scenario without `[source]`.
    data
        Folder with the public data sets, for kinds that need one.

    Raises
    ------
    ScenarioError
        When `[source]` or another section of `scenario.toml` is wrong.
    ConfigError
        When `data` is needed and missing, or lacks a file.
    """
    try:
        content = (folder / FILE).read_bytes()
    except OSError:
        return folder  # reading the folder says what is wrong
    log = IssueLog()
    settings, text = read_settings(content, log=log), decoded(content)
    if settings is None or text is None or settings.source is None:
        return folder
    if log.has_errors:
        raise ScenarioError(log.issues())
    if out.resolve() == folder.resolve():
        raise ConfigError(
            Text(
                f"{folder} holds the recipe of a scenario; its tables cannot be written into the same folder",
                f"{folder} 存放的是场景的生成设置,生成的表格不能写入同一文件夹",
            )
        )
    source = parse_source(settings.source, text=text)
    toml_text = without_source(text)
    if isinstance(source, GeneratedSource):
        tables = generated_tables(source, settings, progress)
    elif isinstance(source, IowaSource):
        tables = iowa_tables(source, settings, data, progress)
    else:
        tables = pa_tobacco_tables(source, settings, data, progress)
    _copy_own_files(folder, settings, out)
    return _write(tables, folder=folder, out=out, toml_text=toml_text, progress=progress)


def _copy_own_files(folder: Path, settings: ScenarioFile, out: Path) -> None:
    """What no recipe makes, but a recipe's folder may hold: targets, outlet facts, the sheet's rules."""
    files = [f"{table}{ending}" for table in _OWN_TABLES for ending in (".csv", ".xlsx")]
    named = [settings.tables.targets, settings.tables.outlet_facts, settings.sheet.rules]
    for file in [*files, USUAL_NAME, *(name for name in named if name is not None)]:
        if (folder / file).is_file():
            write_bytes_atomically(out / file, (folder / file).read_bytes())


def _write(tables: Tables, *, folder: Path, out: Path, toml_text: str, progress: Progress) -> Path:
    write_tables(
        out, outlets=tables.outlets, reps=tables.reps, teams=tables.teams, flows=tables.flows, toml_text=toml_text
    )
    notes = folder / NOTES
    if notes.exists():
        write_bytes_atomically(out / NOTES, notes.read_bytes())
    progress.stepped(STAGE, 3, 3)
    progress.ended(STAGE, tables.note())
    return out


def without_source(text: str) -> str:
    """
    `scenario.toml` without its `[source]` table; every other line, comments included, stays as it is.

    Raises
    ------
    ConfigError
        When `source` is not written as a table of its own, so that lines cannot be taken out safely.
    """
    kept, inside = [], False
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header is not None:
            inside = header[1].strip('"') == "source"
        if not inside:
            kept.append(line)
    left = "\n".join(kept).rstrip() + "\n"
    wanted = tomllib.loads(text)
    wanted.pop("source", None)
    try:
        same = tomllib.loads(left) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ConfigError(
            Text(
                "scenario.toml: write [source] as a table of its own, one setting per line",
                "scenario.toml:请把 [source] 写成单独的一节,每行一个设置",
            )
        )
    return left
