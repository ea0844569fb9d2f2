"""Filled-in sheets back from the field: workbooks, exports of the HTML page and CSV as `SheetRecord`s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.records import SheetRecord
from territory.errors import Issue


@dataclass(frozen=True, kw_only=True)
class FilledSheets:
    """
    What came back.

    Attributes
    ----------
    records
        One per filled-in sheet, in the order of the files; `SheetRecord.source` names the file (of a workbook with
        several sheets also the sheet). A sheet on which nothing is filled in is left out, with a warning.
    issues
        Everything that could not be read or is doubtful, all files at once. No entry is dropped: what is in no record
        stands here with its place and value. An error concerns its entry (or its file), never the rest.
    """

    records: tuple[SheetRecord, ...]
    issues: tuple[Issue, ...]


def read_sheets(paths: Sequence[Path]) -> FilledSheets:
    """
    The filled-in sheets in some files and folders.

    Never raises for what is in the files, and needs neither the scenario nor the plan: whether an outlet, a visit, a
    goal or a problem is one of the plan is for whoever matches `SheetRecord.plan_id`, ids and dates with it.

    Parameters
    ----------
    paths
        Workbooks (.xlsx), exports of the HTML page (.json, .csv), CSV forms, or folders with such files at any depth.
    """
    raise NotImplementedError
