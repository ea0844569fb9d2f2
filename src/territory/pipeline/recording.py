"""Filled-in sheets into the history: read, matched with the plans, kept; everything doubtful is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.records import SheetRecord, VisitOutcome
from territory.errors import Issue
from territory.io.loop_store import Stored, history_of, store_records
from territory.io.record_json import ENDINGS, read_record_lines
from territory.io.sheet_forms import read_sheets
from territory.pipeline.history.who import login_name
from territory.pipeline.loop_folder import loop_store
from territory.progress import SILENT, Progress
from territory.review import Ledger, Remark, ledger


@dataclass(frozen=True, kw_only=True, eq=False)
class Recorded:
    """
    What `territory record` did.

    Attributes
    ----------
    stored
        One per sheet that could be read, in the order of the files.
    issues
        What could not be read, with its place.
    remarks
        What does not fit the plan; kept all the same.
    """

    stored: tuple[Stored, ...]
    issues: tuple[Issue, ...]
    remarks: tuple[Remark, ...]
    ledger: Ledger

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Entries or files that could not be read."""
        return tuple(issue for issue in self.issues if issue.severity == "error")

    @property
    def num_new(self) -> int:
        """Sheets that this call stored."""
        return sum(one.is_new for one in self.stored)


def record_files(
    folder: Path,
    files: Sequence[Path],
    *,
    scenario: Path | None = None,
    data: Path | None = None,
    who: str | None = None,
    why: str = "",
    when: dt.datetime | None = None,
    again: bool = False,
    progress: Progress = SILENT,
) -> Recorded:
    """
    Keep the filled-in sheets of some files and folders in the history of a run's folder.

    Parameters
    ----------
    files
        Workbooks, exports of the HTML sheet, CSV forms, JSON lines (.jsonl, .ndjson), or folders with such files.
    again
        Keep a sheet anew although a later one has replaced it.

    Raises
    ------
    ConfigError
        When the folder holds no plan.
    """
    records, issues = read_files(files)
    return record_sheets(
        folder,
        records,
        issues=issues,
        scenario=scenario,
        data=data,
        who=who,
        why=why,
        when=when,
        again=again,
        progress=progress,
    )


def read_files(files: Sequence[Path]) -> tuple[tuple[SheetRecord, ...], tuple[Issue, ...]]:
    """Every sheet in some files and folders, and what could not be read; folders are looked through to the bottom."""
    lines = [path for path in files if path.suffix.lower() in ENDINGS]
    forms = [path for path in files if path.suffix.lower() not in ENDINGS]
    for path in forms:
        if path.is_dir():
            lines += sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    filled = read_sheets(forms) if forms else None
    sent = read_record_lines(lines)
    records = (() if filled is None else filled.records) + sent.records
    issues = () if filled is None else filled.issues
    # a folder may hold both kinds; what the reader of forms does not know is read as lines
    kept = tuple(i for i in issues if i.code != "sheet_file_type" or Path(i.file).suffix.lower() not in ENDINGS)
    return records, kept + sent.issues


def record_sheets(
    folder: Path,
    records: Sequence[SheetRecord],
    *,
    issues: Sequence[Issue] = (),
    scenario: Path | None = None,
    data: Path | None = None,
    who: str | None = None,
    why: str = "",
    when: dt.datetime | None = None,
    again: bool = False,
    progress: Progress = SILENT,
) -> Recorded:
    """Keep records that were read already."""
    with loop_store(folder, scenario=scenario, data=data, who=who, progress=progress) as store:
        stored = store_records(store, records, who=who or login_name(), why=why, when=when, again=again)
        history = history_of(store)
    found = ledger(history)
    mine = {one.number for one in stored}
    return Recorded(
        stored=stored,
        issues=tuple(issues),
        remarks=tuple(remark for remark in found.remarks if remark.entry in mine),
        ledger=found,
    )


def outcomes(record: SheetRecord) -> dict[str, int]:
    """Lines of a sheet by outcome, for a summary."""
    return {kind.value: sum(visit.outcome is kind for visit in record.visits) for kind in VisitOutcome}
