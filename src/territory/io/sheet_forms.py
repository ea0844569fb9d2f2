"""Filled-in sheets back from the field: workbooks, exports of the HTML page and CSV as `SheetRecord`s."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from territory.domain.records import SheetRecord
from territory.errors import Issue
from territory.io.issues import IssueLog
from territory.io.sheet_book import read_sheet_book
from territory.io.sheet_csv import read_sheet_csv
from territory.io.sheet_json import read_sheet_json
from territory.sheet.filled import FilledForm, understood

MOST_MB = 20
MOST_TEXT_MB = 10

_MB = 1_000_000
_READERS: dict[str, Callable[..., list[FilledForm]]] = {
    ".xlsx": read_sheet_book,
    ".xlsm": read_sheet_book,
    ".json": read_sheet_json,
    ".csv": read_sheet_csv,
}
_BINARY = (".xlsx", ".xlsm")
_PAGES = (".html", ".htm", ".mhtml")
_PRINTS = (".pdf",)
_OTHER_TABLES = (".xls", ".xlsb", ".ods", ".et", ".numbers")
_LEFT_BY_PROGRAMS = ("~$", ".~", ".", "__MACOSX")
_LONGEST_VALUE = 100_000
_MOST_OF_A_KIND = 2000


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

    Notes
    -----
    The same sheet twice with the same entries is one record; with other entries it is two, in the order of the files,
    and a warning.
    """
    issues: list[Issue] = []
    records: list[SheetRecord] = []
    first: dict[str, SheetRecord] = {}
    for path in paths:
        for file in _files(Path(path), issues):
            for form in _forms(file, issues):
                found = understood(form)
                issues += found.issues
                if found.record is None:
                    continue
                earlier = first.setdefault(found.record.sheet_id, found.record)
                if earlier is found.record:
                    records.append(found.record)
                    continue
                is_same = replace(earlier, source="") == replace(found.record, source="")
                log = IssueLog()
                code = "sheet_came_again" if is_same else "sheet_came_twice"
                log.add(code, file=form.file, sheet=earlier.sheet_id, first=earlier.source)
                issues += log.issues()
                if not is_same:
                    records.append(found.record)
    return FilledSheets(records=tuple(records), issues=tuple(issues))


def _files(path: Path, issues: list[Issue]) -> Iterator[Path]:
    """The files a path stands for, by name; those of a folder that are no sheets are told."""
    log = IssueLog()
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not _is_by_product(file, path))
        wanted = [file for file in files if file.suffix.lower() not in _PRINTS]
        if not wanted:
            log.add("sheet_none_found", file=str(path))
    elif path.is_file():
        wanted = [path]
    else:
        wanted = []
        log.add("sheet_not_there", file=str(path))
    issues += log.issues()
    yield from wanted


def _is_by_product(file: Path, folder: Path) -> bool:
    """Lock files, thumbnails and the like that programs leave beside their documents."""
    return any(part.startswith(_LEFT_BY_PROGRAMS) for part in file.relative_to(folder).parts)


def _forms(file: Path, issues: list[Issue]) -> list[FilledForm]:
    """The forms in one file."""
    log = IssueLog(most_of_a_kind=_MOST_OF_A_KIND, longest_value=_LONGEST_VALUE)
    suffix, name = file.suffix.lower(), file.name
    forms: list[FilledForm] = []
    reader = _READERS.get(suffix)
    if reader is None:
        code = "sheet_page_sent" if suffix in _PAGES else "sheet_file_type"
        log.add("sheet_other_table" if suffix in _OTHER_TABLES else code, file=name)
    else:
        content = _content(file, most_mb=MOST_MB if suffix in _BINARY else MOST_TEXT_MB, log=log)
        if content is not None:
            forms = reader(content, file=name, log=log)
    issues += log.issues()
    return forms


def _content(file: Path, *, most_mb: int, log: IssueLog) -> bytes | None:
    try:
        size = file.stat().st_size
        if size > most_mb * _MB:
            log.add("sheet_too_large", file=file.name, found=-(-size // _MB), most=most_mb)
            return None
        if size == 0:
            log.add("sheet_empty_file", file=file.name)
            return None
        return file.read_bytes()
    except OSError as error:
        log.add("sheet_unreadable", file=file.name, reason=error.strerror or str(error))
        return None
