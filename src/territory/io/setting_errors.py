"""What pydantic says about `scenario.toml`, in the words of the file: dotted key, line, nearest known key, remedy."""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from territory.domain.levers import MISFIT, Misfit
from territory.io.headers import did_you_mean
from territory.io.issues import IssueLog
from territory.language import Text

Path = tuple[str, ...]
ANY_NAME = "*"

_NUMBER = Text("a number such as 0.1, without quotation marks", "数字，如 0.1，不加引号")
_WHOLE = Text("a whole number, without quotation marks", "整数，不加引号")
_WANTED = {
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": Text("true or false", "true 或 false"),
    "bool_parsing": Text("true or false", "true 或 false"),
    "string_type": Text('text in "quotation marks"', "加引号的文本"),
    "date_type": Text("a date such as 2026-11-30", "日期，如 2026-11-30"),
    "date_parsing": Text("a date such as 2026-11-30", "日期，如 2026-11-30"),
    "date_from_datetime_parsing": Text("a date such as 2026-11-30", "日期，如 2026-11-30"),
    "date_from_datetime_inexact": Text("a date such as 2026-11-30", "日期，如 2026-11-30"),
    "model_type": Text("a section: [name] on its own line, its keys below", "一个小节：[名称] 独占一行，键写在其下"),
    "dict_type": Text("a section: [name] on its own line, its keys below", "一个小节：[名称] 独占一行，键写在其下"),
    "tuple_type": Text("a list in [brackets]", "用 [方括号] 括起的列表"),
    "finite_number": Text("a finite number", "有限数"),
}
_LIMITS = {
    "greater_than": ("gt", "a number above {}", "大于 {} 的数"),
    "greater_than_equal": ("ge", "a number from {} up", "不小于 {} 的数"),
    "less_than": ("lt", "a number below {}", "小于 {} 的数"),
    "less_than_equal": ("le", "a number up to {}", "不大于 {} 的数"),
}
_EXAMPLES = {
    "schema": 'schema = "territory/scenario@1"',
    "crs": 'crs = "wgs84"   # or gcj02, bd09',
}


def known_keys(model: type[BaseModel]) -> dict[Path, list[str]]:
    """Keys of every section below `model`; sections with free names stand under `ANY_NAME`."""
    found: dict[Path, list[str]] = {}

    def visit(annotation: Any, path: Path) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found[path] = [field.alias or name for name, field in annotation.model_fields.items()]
            for name, field in annotation.model_fields.items():
                visit(field.annotation, (*path, field.alias or name))
        elif typing.get_origin(annotation) is dict:
            visit(typing.get_args(annotation)[1], (*path, ANY_NAME))
        else:
            for part in typing.get_args(annotation):
                visit(part, path)

    visit(model, ())
    return found


def by_setting(details: Iterable[ErrorDetails], data: Mapping[str, Any]) -> dict[Path, list[ErrorDetails]]:
    """Complaints by the key they are about; of a key that may be several things, pydantic complains once for each."""
    found: dict[Path, list[ErrorDetails]] = {}
    for detail in details:
        path = tuple(str(key) for key in detail["loc"] if isinstance(key, str))
        if not is_missing_key(detail) and detail["type"] != "extra_forbidden":
            path = in_data(path, data)
        found.setdefault(path, []).append(detail)
    return found


def is_missing_key(detail: ErrorDetails) -> bool:
    """True when a key is missing, rather than the last items of a list."""
    return detail["type"] == "missing" and isinstance(detail["loc"][-1], str)


def in_data(path: Path, data: Mapping[str, Any]) -> Path:
    """The part of a path that stands in the file: pydantic adds what it tried to read the value as."""
    part: Any = data
    for depth, key in enumerate(path):
        if not isinstance(part, Mapping) or key not in part:
            return path[:depth]
        part = part[key]
    return path


def log_setting_error(
    detail: ErrorDetails, *, known: Mapping[Path, list[str]], text: str, file: str, log: IssueLog
) -> None:
    """Log one complaint of pydantic."""
    path = tuple(str(key) for key in detail["loc"] if isinstance(key, str))
    log_setting(path, [detail], known=known, text=text, file=file, log=log)


def log_setting(
    path: Path, details: list[ErrorDetails], *, known: Mapping[Path, list[str]], text: str, file: str, log: IssueLog
) -> None:
    """Log what pydantic says about one key."""
    detail = details[0]
    column = ".".join(path) or None
    kind = detail["type"]
    if kind == MISFIT:
        for misfit in detail["ctx"]["misfits"]:
            _log_misfit(path, misfit, given=detail["input"], text=text, file=file, log=log)
    elif kind == "extra_forbidden":
        siblings = _siblings(path, known)
        hint = _nearest(path, siblings, known)
        row = row_of_key(text, path)
        log.add("unknown_key", file=file, row=row, column=column, hint=hint, known=", ".join(siblings))
    elif is_missing_key(detail):
        example = _EXAMPLES.get(column or "", f"{path[-1]} = ...")
        log.add("missing_key", file=file, row=row_of_key(text, path[:-1]), column=column, example=example)
    else:
        log.add(
            "wrong_value",
            file=file,
            row=row_of_key(text, path),
            column=column,
            value=_shown(detail["input"]),
            reason=_reason(detail),
            wanted=_one_of([_wanted(each) for each in _longest_last(details)]),
        )


def _log_misfit(path: Path, misfit: Misfit, *, given: object, text: str, file: str, log: IssueLog) -> None:
    """Log settings that do not fit together, at the first of them that stands in the file."""
    section = given if isinstance(given, Mapping) else {}
    key = next((key for key in misfit.keys if key in section), None)
    at = path if key is None else (*path, key)
    log.add(
        "wrong_value",
        file=file,
        row=row_of_key(text, at),
        column=".".join(at),
        value=_shown(section if key is None else section[key]),
        reason=misfit.reason,
        wanted=misfit.wanted,
    )


def _longest_last(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """The complaints, but of several missing items of a list only the last, which tells its length."""
    short = [detail for detail in details if detail["type"] == "missing"]
    return [detail for detail in details if detail not in short[:-1]]


def row_of_key(text: str, path: Path) -> int | None:
    """The line a key or section stands on, or None when it cannot be told."""
    section: Path = ()
    best: int | None = None
    for row, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+([^\[\]]+)\]", line)
        if header is not None:
            section = _keys(header[1])
            if path and section[: len(path)] == path and best is None:
                best = row
            continue
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key is not None:
            whole = (*section, *_keys(key[1]))
            if whole == path:
                return row
            if best is None and (whole == path[: len(whole)] or (len(whole) > 1 and whole[: len(path)] == path != ())):
                best = row
    return best


def _keys(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _siblings(path: Path, known: Mapping[Path, list[str]]) -> list[str]:
    for section, keys in known.items():
        if len(section) == len(path) - 1 and all(
            want in (ANY_NAME, have) for want, have in zip(section, path, strict=False)
        ):
            return keys
    return []


def _nearest(path: Path, siblings: list[str], known: Mapping[Path, list[str]]) -> Text:
    """A hint: the key in a section of this name elsewhere, the nearest key of this section, or the key in any other."""
    *above, key = path
    homes = [section for section, keys in known.items() if key in keys and section]
    namesakes = [section for section in homes if section[-1:] == tuple(above[-1:])]
    near = did_you_mean(key.casefold(), {sibling.casefold(): sibling for sibling in siblings}, cutoff=0.6)
    if near.en and not namesakes:
        return near
    for section in namesakes or homes:
        place = f"[{'.'.join(section).replace(ANY_NAME, 'NAME')}] {key}"
        return Text(f" (did you mean {place}?)", f"（是否应为 {place}？）")
    return near


def _reason(detail: ErrorDetails) -> Text:
    """Why the value is refused; pydantic's English sentence, and the same in Chinese for the frequent kinds."""
    kind = detail["type"]
    if kind in ("missing", "too_short"):
        return Text("the list is too short", "列表项数不足")
    if kind == "string_too_short":
        return Text("the text is empty", "文本为空")
    if kind == "string_too_long":
        return Text("the text is too long", "文本过长")
    if kind == "too_long":
        return Text("the list is too long", "列表项数过多")
    english = detail["msg"].removeprefix("Value error, ")
    english = english[:1].lower() + english[1:]
    if kind in _LIMITS:
        return Text(english, "超出允许范围")
    if kind in _WANTED:
        return Text(english, "类型不对")
    if kind == "literal_error":
        return Text(english, "不在可选值之中")
    return Text(english, f"不符合要求（{english}）")


def _one_of(wanted: list[Text]) -> Text:
    return Text(
        " or ".join(dict.fromkeys(each.en for each in wanted)), " 或 ".join(dict.fromkeys(each.zh for each in wanted))
    )


def _wanted(detail: ErrorDetails) -> Text:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind in _LIMITS:
        name, english, chinese = _LIMITS[kind]
        limit = f"{context[name]:g}"
        return Text(english.format(limit), chinese.format(limit))
    if kind == "literal_error":
        expected = str(context["expected"])
        return Text(expected, expected.replace(" or ", " 或 "))
    if kind in ("missing", "too_long"):
        count = context["max_length"] if kind == "too_long" else int(detail["loc"][-1]) + 1
        return Text(f"a list of {count} values in [brackets]", f"[方括号] 内共 {count} 项的列表")
    if kind == "too_short":
        least = context["min_length"]
        return Text(f"a list of at least {least} values in [brackets]", f"[方括号] 内至少 {least} 项的列表")
    if kind in ("string_too_short", "string_too_long"):
        most = context.get("max_length")
        return (
            Text(f"a text of at most {most} letters", f"不超过 {most} 个字的文本") if most else _WANTED["string_type"]
        )
    if kind == "model_type" and context.get("class_name") == "Words":
        return Text('both languages: { zh = "...", en = "..." }', '中英文各一条:{ zh = "...", en = "..." }')
    if kind == "string_pattern_mismatch":
        return Text("three letters such as CNY", "三个字母，如 CNY")
    return _WANTED.get(kind, Text("a value that fits, see the description of the key", "符合该键说明的值"))


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{...}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
