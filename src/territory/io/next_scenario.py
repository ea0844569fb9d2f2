"""The scenario folder of the next cycle: the same tables, with a later start and what the records know of outlets."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from territory.compute import write_bytes_atomically
from territory.domain.calendar import Calendar
from territory.errors import ConfigError, ScenarioError
from territory.io.folder import Folder
from territory.io.headers import Headers, normalised
from territory.io.issues import IssueLog
from territory.io.promise_columns import dates_in
from territory.io.scenario_file import FILE, ScenarioFile, read_settings
from territory.io.scenario_writer import write_table
from territory.io.setting_errors import row_of_key
from territory.io.tables import Rows, decoded, read_rows
from territory.language import Text

OUTLETS = "outlets.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletUpdate:
    """New cells of one outlet; None leaves a cell as it is."""

    last_visit: dt.date | None = None
    priority: float | None = None
    rep_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleared:
    """Cells emptied because they were about the cycle before: agreed dates all over, weeks of promotions."""

    fixed_days: tuple[str, ...]
    promotions: tuple[str, ...]


def write_next_scenario(folder: Path, target: Path, *, start: dt.date, updates: Mapping[str, OutletUpdate]) -> Cleared:
    """
    Copy a finished scenario folder to `target` for the cycle that starts on `start`.

    Parameters
    ----------
    updates
        By outlet id; outlets that are not named keep their row.

    Raises
    ------
    ScenarioError
        When the folder cannot be read.
    ConfigError
        When `scenario.toml` is written so that its start cannot be replaced safely.
    """
    log = IssueLog()
    files = Folder(folder, log)
    content = files.content(FILE)
    settings = None if content is None else read_settings(content, log=log)
    text = None if content is None else decoded(content)
    if settings is None or text is None:
        raise ScenarioError(log.issues())
    name = files.file_of("outlets", settings) or OUTLETS
    table = files.content(name)
    headers = Headers("outlets", settings.currency)
    rows = None if table is None else read_rows(table, file=name, headers=headers, log=log)
    if not rows:
        raise ScenarioError(log.issues())
    toml = _moved(text, settings, start)
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in (FILE, name):
            shutil.copyfile(path, target / path.name)
    cleared = _write_outlets(rows, headers, target / OUTLETS, start=start, updates=updates)
    write_bytes_atomically(target / FILE, toml.encode())
    return cleared


def _write_outlets(
    rows: Rows, headers: Headers, path: Path, *, start: dt.date, updates: Mapping[str, OutletUpdate]
) -> Cleared:
    head = list(rows[0])
    known = headers.by_header()
    place = {known[normalised(text)]: at for at, text in reversed(list(enumerate(head))) if normalised(text) in known}
    for name in ("last_visit", "priority", "rep_id"):
        if name not in place:
            place[name] = len(head)
            head.append(name)
    calendar = Calendar(start=start)
    found: list[list[str]] = []
    fixed: list[str] = []
    promoted: list[str] = []
    for row in rows[1:]:
        cells = [*row, *[""] * (len(head) - len(row))]
        outlet_id = cells[place["outlet_id"]]
        update = updates.get(outlet_id, OutletUpdate())
        if update.last_visit is not None:
            cells[place["last_visit"]] = update.last_visit.isoformat()
        if update.priority is not None:
            cells[place["priority"]] = f"{update.priority:g}"
        if update.rep_id is not None:
            cells[place["rep_id"]] = update.rep_id
        if "fixed_day" in place and _is_over(cells[place["fixed_day"]], calendar):
            cells[place["fixed_day"]] = ""
            fixed.append(outlet_id)
        if "promotion_weeks" in place and cells[place["promotion_weeks"]]:
            cells[place["promotion_weeks"]] = ""
            promoted.append(outlet_id)
        found.append(cells)
    write_table(pd.DataFrame(found, columns=head), path)
    return Cleared(fixed_days=tuple(fixed), promotions=tuple(promoted))


def _is_over(cell: str, calendar: Calendar) -> bool:
    """Agreed days that are dates, none of them in the cycle or after it."""
    spans = dates_in(cell)
    return spans is not None and all(last < calendar.start for _, last in spans)


def _moved(text: str, settings: ScenarioFile, start: dt.date) -> str:
    """`scenario.toml` with another start, and the outlets' file under its usual name; every other line as it is."""
    wanted = tomllib.loads(text)
    wanted.setdefault("visits", {})["start"] = start
    moved = _with_key(text, ("visits", "start"), start.isoformat())
    if settings.tables.outlets is not None:
        wanted["tables"]["outlets"] = OUTLETS
        moved = _with_key(moved, ("tables", "outlets"), f'"{OUTLETS}"')
    if not _same(moved, wanted):
        raise ConfigError(
            Text(
                f"{FILE}: the start of the cycle cannot be replaced; write it as `start = {start}` below [visits]",
                f"{FILE}:无法替换周期开始日;请在 [visits] 下写成 `start = {start}`",
            )
        )
    return moved


def _with_key(text: str, path: tuple[str, str], value: str) -> str:
    """The line of a key with another value; a new line below its section, or a new section."""
    section, key = path
    lines = text.replace("\r\n", "\n").split("\n")
    data = tomllib.loads(text)
    if key in data.get(section, {}):
        row = row_of_key(text, path)
        if row is not None:
            lines[row - 1] = re.sub(r"=\s*[^#]*", f"= {value} ", lines[row - 1], count=1).rstrip()
    else:
        header = next((at for at, line in enumerate(lines) if re.match(rf"\s*\[\s*{section}\s*\]", line)), None)
        if header is None:
            lines += [f"[{section}]", f"{key} = {value}", ""]
        else:
            lines.insert(header + 1, f"{key} = {value}")
    return "\n".join(lines)


def _same(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
