"""Files that `territory export` wrote, perhaps edited since, back into tables of text: xlsx, csv, json and geojson."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from territory.io.excel import sheet_names
from territory.io.export.columns import READ_TABLES, SCHEMA, PlanTable, headers_of
from territory.io.issues import IssueLog
from territory.io.plan_cells import clock
from territory.io.tables import Table, decoded, header_of, read_table
from territory.language import Text

Tables = dict[str, Table]

_WORKBOOKS = (".xlsx", ".xls")
_TEXTS = (".csv", ".tsv", ".txt")
_DOCUMENTS = (".json", ".geojson")
_RECORDS = Text("a list of records", "记录的列表")
_KINDS = {"outlet": "assignment", "visit": "visits", "route": "routes", "unplaced": "unplaced"}
"""Which table a feature of a map belongs to, by its property `kind`."""


def read_tables(paths: Sequence[Path], *, currency: str, needs_clock: bool, log: IssueLog) -> Tables:
    """
    Every table of a plan that the files hold, by name; what is wrong with the files goes to `log`.

    Parameters
    ----------
    paths
        One workbook, one JSON or GeoJSON file, or CSV files (a folder: the tables in it), in any mixture: each table
        once.
    needs_clock
        False: visits may lack their clock times.
    """
    found: Tables = {}
    for path in _files(paths):
        content = _content(path, log)
        if content is None:
            continue
        for name, table in _tables_in(path, content, currency=currency, needs_clock=needs_clock, log=log).items():
            if name in found:
                log.add("table_twice", file=table.file, table=name, first=found[name].file)
            else:
                found[name] = table
    return found


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files, and of each folder the CSV files in it."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.csv")) if path.is_dir() else [path]
    return found


def _content(path: Path, log: IssueLog) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        code = "missing_plan_file" if isinstance(error, FileNotFoundError) else "unreadable_file"
        log.add(code, file=path.name, reason=error.strerror or type(error).__name__)
        return None


def _tables_in(path: Path, content: bytes, *, currency: str, needs_clock: bool, log: IssueLog) -> Tables:
    ending = path.suffix.lower()
    if ending in _DOCUMENTS:
        return _document(path.name, content, log)
    found: Tables = {}
    if ending in _WORKBOOKS:
        names = sheet_names(content, file=path.name, log=log)
        if names is None:
            return {}
        sheets = {table.name: sheet for table in READ_TABLES if (sheet := _sheet_of(table, names)) is not None}
        if not sheets:
            log.add("no_plan_tables", file=path.name)
        for table in READ_TABLES:
            if table.name in sheets:
                headers = headers_of(table, currency=currency, needs_clock=needs_clock)
                read = read_table(content, file=path.name, headers=headers, log=log, sheet=sheets[table.name])
                if read is not None:
                    found[table.name] = read
    elif ending in _TEXTS:
        name = _name_of(path, content, currency=currency, needs_clock=needs_clock)
        if name is None:
            log.add("no_plan_tables", file=path.name)
        elif name:
            table = next(table for table in READ_TABLES if table.name == name)
            headers = headers_of(table, currency=currency, needs_clock=needs_clock)
            read = read_table(content, file=path.name, headers=headers, log=log)
            if read is not None:
                found[name] = read
    else:
        log.add("plan_file_type", file=path.name)
    return found


def _sheet_of(table: PlanTable, names: Sequence[str]) -> str | None:
    return next((name for name in names if name.strip().casefold() in table.titles), None)


def _name_of(path: Path, content: bytes, *, currency: str, needs_clock: bool) -> str | None:
    """Which table a CSV file is, by its name, else by its columns; "" for one that import has no use for."""
    stem = path.stem.strip().casefold()
    for table in READ_TABLES:
        if stem in table.titles:
            return table.name
    if stem in ("reps", "客户经理"):
        return ""
    every = [headers_of(table, currency=currency, needs_clock=needs_clock) for table in READ_TABLES]
    best = max(every, key=lambda headers: headers.fit(header_of(content, headers)))
    return best.table if best.fit(header_of(content, best)) else None


def _document(file: str, content: bytes, log: IssueLog) -> Tables:
    """The tables of a JSON document, or of the features of a GeoJSON file."""
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        log.add("bad_json", file=file, row=getattr(error, "lineno", None), reason=str(error))
        return {}
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        return _features(file, data, log)
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(data, dict) or schema != SCHEMA:
        log.add("not_a_plan", file=file, column="schema", value=_text(schema), wanted=SCHEMA)
        return {}
    found: Tables = {}
    for table in READ_TABLES:
        records = data.get(table.name)
        if table.name == "meta":
            records = _meta_records(records)
        if records is None:
            continue
        if not isinstance(records, list):
            log.add("not_a_plan", file=file, column=table.name, value=_text(records), wanted=_RECORDS)
            continue
        found[table.name] = _table(table, list(enumerate(records, start=1)), file=file, log=log)
    return found


def _features(file: str, data: Mapping[str, object], log: IssueLog) -> Tables:
    features = data.get("features")
    if not isinstance(features, list):
        log.add("not_a_plan", file=file, column="features", value=_text(features), wanted=_RECORDS)
        return {}
    rows: dict[str, list[tuple[int, object]]] = {name: [] for name in _KINDS.values()}
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        kind = properties.get("kind") if isinstance(properties, dict) else None
        if isinstance(kind, str) and kind in _KINDS:
            rows[_KINDS[kind]].append((number, properties))
    if not any(rows.values()):
        log.add("no_plan_tables", file=file)
        return {}
    tables = {table.name: table for table in READ_TABLES}
    found = {name: _table(tables[name], records, file=file, log=log) for name, records in rows.items()}
    meta = _meta_records(data.get("territory"))
    if meta:
        found["meta"] = _table(tables["meta"], list(enumerate(meta, start=1)), file=file, log=log)
    return found


def _meta_records(meta: object) -> list[object] | None:
    """The facts about a plan as records of the table `meta`."""
    if not isinstance(meta, dict):
        return None
    return [{"key": key, "value": value} for key, value in meta.items()]


def _table(table: PlanTable, records: list[tuple[int, object]], *, file: str, log: IssueLog) -> Table:
    """Records as a table of text; a record's row is its place in the list, from 1."""
    shown = f"{file} [{table.name}]"
    rows: list[int] = []
    cells: dict[str, list[str]] = {column.name: [] for column in table.columns if column.is_read}
    for number, record in records:
        if not isinstance(record, dict):
            log.add("not_a_record", file=shown, row=number, value=_text(record))
            continue
        rows.append(number)
        for column in table.columns:
            if column.is_read:
                value = record.get(column.key)
                cells[column.name].append(_length(value) if column.kind == "duration" else _text(value))
    return Table(file=shown, rows=rows, cells=cells, headers={c.name: c.key for c in table.columns if c.is_read})


def _length(value: object) -> str:
    """Seconds as the text of a duration; anything else as it stands, for the reader to refuse."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return clock(value)
    return _text(value)


def _text(value: object) -> str:
    """A value of JSON as a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
