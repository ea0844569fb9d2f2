"""Answers as files: tables a spreadsheet opens, GeoJSON a map opens, JSON a program reads. All replaced atomically."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from territory.compute import write_bytes_atomically
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.errors import Issue
from territory.io.scenario_writer import write_table
from territory.language import Lang
from territory.units import BoolArray, IntArray

_DEGREE_DIGITS = 6

_ISSUE_HEADERS = {
    "severity": "级别",
    "code": "代码",
    "file": "文件",
    "row": "行",
    "column": "列",
    "value": "值",
    "problem": "问题",
    "remedy": "处理办法",
}


def rep_ids_of(scenario: Scenario, rep_idx: IntArray) -> list[str]:
    """Ids of the reps at these positions; '' where there is none."""
    return ["" if idx == NONE else scenario.reps.rep_ids[idx] for idx in rep_idx.tolist()]


def write_assignment(scenario: Scenario, assignment: Assignment, path: Path) -> Path:
    """One row for each outlet: who serves it, who does today. `read_assignment` reads it back."""
    return write_table(assignment_table(scenario, assignment), path)


def assignment_table(scenario: Scenario, assignment: Assignment) -> pd.DataFrame:
    """What `write_assignment` writes."""
    outlets = scenario.outlets
    names = dict(zip(scenario.reps.rep_ids, scenario.reps.names, strict=True))
    rep_ids = rep_ids_of(scenario, assignment.rep_of_outlet)
    return pd.DataFrame(
        {
            "outlet_id": outlets.outlet_ids,
            "name": outlets.names,
            "district": outlets.district.texts(),
            "area": outlets.area.texts(),
            "rep_id": rep_ids,
            "rep_name": [names.get(rep_id, "") for rep_id in rep_ids],
            "rep_id_today": rep_ids_of(scenario, outlets.rep_idx),
            "moved": is_moved(scenario, assignment).astype(np.int64),
            f"sales_{scenario.currency.lower()}": outlets.sales_per_week,
            "visits_per_cycle": outlets.visits_per_cycle,
        }
    )


def is_moved(scenario: Scenario, assignment: Assignment) -> BoolArray:
    """Shape (num_outlets,): another rep than today; an outlet without a rep today cannot be moved."""
    today = scenario.outlets.rep_idx
    return np.asarray((today != NONE) & (assignment.rep_of_outlet != today))


def write_rows(rows: Sequence[Mapping[str, object]], path: Path, *, columns: Sequence[str] | None = None) -> Path:
    """
    Write a list of records as CSV, for instance the moved outlets with their reasons.

    Parameters
    ----------
    columns
        Names and order of the columns; by default those of the first record. Needed for a header without records.
    """
    names = list(columns) if columns is not None else list(rows[0]) if rows else []
    return write_table(pd.DataFrame([[row.get(name) for name in names] for row in rows], columns=names), path)


def write_geojson(scenario: Scenario, assignment: Assignment, path: Path) -> Path:
    """Outlets as points (WGS-84) with the rep before and after, for any map program."""
    outlets = scenario.outlets
    before = rep_ids_of(scenario, outlets.rep_idx)
    after = rep_ids_of(scenario, assignment.rep_of_outlet)
    moved = is_moved(scenario, assignment).tolist()
    places = np.round(np.stack([outlets.lon, outlets.lat], axis=1), _DEGREE_DIGITS).tolist()
    areas = outlets.area.texts()
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": places[i]},
            "properties": {
                "outlet_id": outlet_id,
                "name": outlets.names[i],
                "area": areas[i],
                "rep_before": before[i],
                "rep_after": after[i],
                "moved": moved[i],
            },
        }
        for i, outlet_id in enumerate(outlets.outlet_ids)
    ]
    return write_features(features, path)


def write_features(features: Sequence[Mapping[str, object]], path: Path) -> Path:
    """GeoJSON features as one collection."""
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False)
    write_bytes_atomically(path, text.encode("utf-8"))
    return path


def write_issues(issues: Sequence[Issue], path: Path, lang: Lang) -> Path:
    """The report of a check as CSV, one issue a row, headed and worded in `lang`."""
    table = pd.DataFrame(
        [
            (
                issue.severity,
                issue.code,
                issue.file,
                "" if issue.row is None else str(issue.row),
                issue.column or "",
                issue.value or "",
                issue.problem.in_(lang),
                issue.remedy.in_(lang),
            )
            for issue in issues
        ],
        columns=list(_ISSUE_HEADERS.values()) if lang == "zh" else list(_ISSUE_HEADERS),
    )
    return write_table(table, path)


def write_json(content: object, path: Path) -> Path:
    """
    Any value made of dataclasses, mappings, sequences, arrays, dates and numbers as indented JSON.

    JSON has no infinity and no not-a-number: both become null.

    Raises
    ------
    TypeError
        When something in `content` has no JSON form.
    """
    text = json.dumps(_plain(content), ensure_ascii=False, indent=2, allow_nan=False)
    write_bytes_atomically(path, text.encode("utf-8"))
    return path


def _plain(value: object) -> object:
    """`value` out of the types that JSON knows."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return value.as_posix()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    raise TypeError(f"{type(value).__name__} has no JSON form")
