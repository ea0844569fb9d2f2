"""Plans that come back from a spreadsheet: an assignment table, checked against its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.errors import Issue, ScenarioError
from territory.io.column_reader import ColumnReader
from territory.io.headers import Headers
from territory.io.issues import IssueLog
from territory.io.tables import Table, read_table
from territory.units import IntArray


def read_assignment(scenario: Scenario, path: Path) -> Assignment:
    """
    An assignment written by `write_assignment`, perhaps edited by hand since; CSV or Excel.

    Every outlet of the scenario stands in it once; an empty `rep_id` means that nobody serves the outlet.

    Raises
    ------
    ScenarioError
        With every issue of the table.
    """
    log = IssueLog()
    assignment = assignment_from(plan_table(path, "assignment", scenario, log), scenario, log)
    raise_errors(log)
    return assignment


def assignment_from(table: Table, scenario: Scenario, log: IssueLog) -> Assignment:
    """Who serves which outlet, by a table with the columns outlet_id and rep_id; everything wrong goes to `log`."""
    reader = ColumnReader(table, log)
    outlet_idx = positions(reader, "outlet_id", index_of(scenario.outlets.outlet_ids), "unknown_outlet")
    rep_idx = positions(reader, "rep_id", index_of(scenario.reps.rep_ids), "unknown_rep")
    reader.ids("outlet_id")
    rep_of_outlet = np.full(len(scenario.outlets), NONE, dtype=np.int64)
    known = outlet_idx != NONE
    rep_of_outlet[outlet_idx[known]] = rep_idx[known]
    is_there = np.zeros(len(scenario.outlets), dtype=np.bool_)
    is_there[outlet_idx[known]] = True
    for missing in np.flatnonzero(~is_there).tolist():
        log.add("missing_outlet", file=table.file, column="outlet_id", outlet=scenario.outlets.outlet_ids[missing])
    return Assignment(rep_of_outlet=rep_of_outlet)


def index_of(ids: tuple[str, ...]) -> dict[str, int]:
    """Position by id."""
    return {name: idx for idx, name in enumerate(ids)}


def positions(reader: ColumnReader, name: str, known: Mapping[str, int], code: str) -> IntArray:
    """Position of each id in a column, -1 for empty cells; an unknown id is an issue and counts as -1."""
    found = np.full(len(reader.table), NONE, dtype=np.int64)
    for place, cell in enumerate(reader.table.column(name)):
        if cell in known:
            found[place] = known[cell]
        elif cell:
            reader.add_unknown(code, place, name, known)
    return found


def plan_table(path: Path, kind: str, scenario: Scenario, log: IssueLog) -> Table:
    """
    The table at `path`.

    Raises
    ------
    ScenarioError
        When the file is missing or is no such table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "missing_file" if isinstance(error, FileNotFoundError) else "unreadable_file"
        log.add(code, file=path.name, wanted=path.name, reason=error.strerror or type(error).__name__)
        raise ScenarioError(log.issues()) from None
    table = read_table(content, file=path.name, headers=Headers(kind, scenario.currency), log=log)
    if table is None:
        raise ScenarioError(_errors(log))
    return table


def raise_errors(log: IssueLog) -> None:
    """
    Do nothing when there is no error.

    Raises
    ------
    ScenarioError
        With all errors.
    """
    if log.has_errors:
        raise ScenarioError(_errors(log))


def _errors(log: IssueLog) -> tuple[Issue, ...]:
    """Errors only: the extra columns that make a plan readable are no issue."""
    return tuple(issue for issue in log.issues() if issue.severity == "error")
