"""What the HTML page exports: one JSON file with the form's head, its fixed fields and what was typed."""

from __future__ import annotations

import json
import math

from territory.io.issues import IssueLog
from territory.io.tables import decoded
from territory.sheet.boxes import Entry
from territory.sheet.filled import FilledForm

_PARTS = ("head", "fixed", "values")


def read_sheet_json(content: bytes, *, file: str, log: IssueLog) -> list[FilledForm]:
    """The form in an export, or the forms when it is a list of exports."""
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return []
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        log.add("sheet_bad_json", file=file, reason=str(error) or type(error).__name__)
        return []
    exports = loaded if isinstance(loaded, list) else [loaded]
    found = [_form(export, file if len(exports) == 1 else f"{file} [{n}]", log) for n, export in enumerate(exports, 1)]
    if not exports:
        log.add("sheet_bad_json", file=file, reason="[]")
    return [form for form in found if form is not None]


def _form(export: object, file: str, log: IssueLog) -> FilledForm | None:
    if not isinstance(export, dict) or not all(isinstance(export.get(part), dict) for part in _PARTS):
        log.add("sheet_bad_json", file=file, reason=", ".join(_PARTS))
        return None
    head, fixed, values = (export[part] for part in _PARTS)
    entries = [Entry(key=str(key), text=_text(value), is_fixed=True) for key, value in fixed.items()]
    entries += [Entry(key=str(key), text=_text(value)) for key, value in values.items()]
    return FilledForm(head={str(name): _text(value) for name, value in head.items()}, entries=tuple(entries), file=file)


def _text(value: object) -> str:
    """A value as it would have been typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
