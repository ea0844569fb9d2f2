"""Sheet records as JSON and back: one object in the plan store, one line each in a file that a machine sends."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from territory.domain.records import SheetRecord
from territory.errors import Issue
from territory.io.headers import did_you_mean
from territory.io.issues import IssueLog
from territory.io.tables import decoded
from territory.language import Text
from territory.review.period import week_period

ENDINGS = (".jsonl", ".ndjson")
_RECORDS = TypeAdapter(SheetRecord)
_WANTED = {
    "string": Text("a text in quotation marks", "带引号的文本"),
    "date": Text("a date such as 2026-12-01", "日期，如 2026-12-01"),
    "float": Text("a number", "数字"),
    "int": Text("a whole number", "整数"),
    "bool": Text("true, false or null", "true、false 或 null"),
    "enum": Text("done, missed, closed or extra", "done、missed、closed 或 extra"),
    "tuple": Text("a list", "列表"),
    "dataclass": Text("an object in braces", "花括号中的对象"),
}


@dataclass(frozen=True, kw_only=True)
class RecordLines:
    """Records of some JSON-lines files, in order, and everything that could not be read."""

    records: tuple[SheetRecord, ...]
    issues: tuple[Issue, ...]


def record_json(record: SheetRecord) -> dict[str, object]:
    """A record as JSON values, the payload of a `record` event."""
    return cast("dict[str, object]", _RECORDS.dump_python(record, mode="json"))


def record_of(data: Mapping[str, object]) -> SheetRecord:
    """
    The record that `record_json` wrote; keys that a newer version added are passed over.

    Raises
    ------
    ValueError
        When it is no record.
    """
    return _RECORDS.validate_python(data)


def record_digest(record: SheetRecord) -> str:
    """Hash of what a sheet says, whatever file it came in: the same sheet handed in twice is one record."""
    data = record_json(replace(record, source=""))
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_record_lines(paths: Sequence[Path]) -> RecordLines:
    """
    Records from files with one JSON object per line; a bad line is an issue and the others are read.

    Parameters
    ----------
    paths
        Files ending in .jsonl or .ndjson.
    """
    log = IssueLog()
    records = [record for path in paths for record in _records(path, log)]
    return RecordLines(records=tuple(records), issues=log.issues())


def _records(path: Path, log: IssueLog) -> Iterator[SheetRecord]:
    file = path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "missing_file" if isinstance(error, FileNotFoundError) else "unreadable_file"
        log.add(code, file=file, wanted=file, reason=error.strerror or type(error).__name__)
        return
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return
    lines = [(row, line) for row, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        log.add("no_records", file=file)
    for row, line in lines:
        record = _record(line, file, row, log)
        if record is not None:
            yield replace(record, source=file)


def _record(line: str, file: str, row: int, log: IssueLog) -> SheetRecord | None:
    try:
        data = json.loads(line)
    except ValueError as error:
        log.add("bad_json_line", file=file, row=row, reason=str(error), value=line)
        return None
    unknown = list(_unknown(SheetRecord, data, ""))
    for key, known in unknown:
        log.add("record_key", file=file, row=row, column=key, hint=did_you_mean(key.split(".")[-1], known))
    try:
        record = _RECORDS.validate_python(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = ".".join(map(str, detail["loc"])) or None
            if detail["type"] == "missing":
                log.add("record_missing", file=file, row=row, column=place)
            else:
                value, wanted = _shown(detail["input"]), _kind(detail)
                log.add("record_value", file=file, row=row, column=place, value=value, wanted=wanted)
        return None
    return None if unknown or not _fits(record, file, row, log) else record


def _fits(record: SheetRecord, file: str, row: int, log: IssueLog) -> bool:
    """The sheet's name agrees with its rep and week."""
    week = week_period(record.iso_week)
    if week is None or week.name != record.iso_week:
        log.add("record_week", file=file, row=row, column="iso_week", value=record.iso_week)
        return False
    wanted = f"{record.rep_id} {record.iso_week}"
    if record.sheet_id != wanted:
        log.add("record_sheet_id", file=file, row=row, column="sheet_id", value=record.sheet_id, wanted=wanted)
        return False
    return True


def _kind(detail: Mapping[str, Any]) -> Text:
    kind = str(detail["type"])
    return next(
        (text for start, text in _WANTED.items() if kind.startswith(start)), Text(str(detail["msg"]), "有效的值")
    )


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _unknown(kind: object, data: object, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Keys that no part of a record has, with the keys of that part."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and isinstance(data, dict):
        hints = typing.get_type_hints(kind)
        names = {field.name: field.name for field in dataclasses.fields(kind)}
        for key, value in data.items():
            if key not in names:
                yield f"{path}{key}", names
            else:
                yield from _unknown(hints[key], value, f"{path}{key}.")
    elif typing.get_origin(kind) is tuple and isinstance(data, list):
        for place, part in enumerate(data):
            yield from _unknown(typing.get_args(kind)[0], part, f"{path}{place}.")
    elif typing.get_origin(kind) in (typing.Union, types.UnionType):
        for choice in typing.get_args(kind):
            yield from _unknown(choice, data, path)
