"""From the text of a TOML file to a model of it, with every mistake at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from territory.domain.levers import MISFIT
from territory.io.issues import IssueLog
from territory.io.setting_errors import Path, by_setting, in_data, is_missing_key, log_setting
from territory.io.tables import decoded

ModelT = TypeVar("ModelT", bound=BaseModel)

MOST_ROUNDS = 20
"""A round takes out what is wrong and looks again; what is left after so many is not looked at any more."""


def toml_text(content: bytes, *, file: str, log: IssueLog) -> str | None:
    """The text of a file with plain line ends; None, and an issue, when it is in no known encoding."""
    text = decoded(content)
    if text is None:
        log.add("encoding", file=file)
        return None
    return text.replace("\r\n", "\n")


def toml_data(text: str, *, file: str, log: IssueLog) -> dict[str, Any] | None:
    """The tables in `text`; None, and an issue, when it is not TOML."""
    try:
        data = tomllib.loads(text)
        json.dumps(data, default=str)
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, lists a thousand deep
        place = re.search(r"\(at line (\d+)", str(error))
        row = int(place[1]) if place else text.count("\n") + 1
        log.add("toml_syntax", file=file, row=row, reason=str(error))
        return None
    return data


def read_model(
    model: type[ModelT],
    data: dict[str, Any],
    *,
    known: Mapping[Path, list[str]],
    fillers: Mapping[str, object],
    text: str,
    file: str,
    log: IssueLog,
) -> ModelT:
    """
    The model of `data`; what is refused is logged, taken out of `data`, and stands at its default.

    Numbers written as text and the like are refused too, although pydantic could turn them into what the key needs.

    Parameters
    ----------
    known
        Keys by section, for hints.
    fillers
        Values of the top-level keys that have no default.
    """
    taken: set[Path] = set()
    for _ in range(MOST_ROUNDS):
        try:
            model.model_validate_json(json.dumps(data, default=str), strict=True)
        except ValidationError as error:
            for path, details in by_setting(error.errors(include_url=False), data).items():
                kept = [_with_known_parts(detail, path, taken) for detail in details]
                if path not in taken and kept[0].get("ctx", {}).get("misfits") != ():
                    log_setting(path, kept, known=known, text=text, file=file, log=log)
                for place in _places(path, details[0], data, fillers):
                    _take_out(data, place, fillers)
                    taken.add(place)
        else:
            return model.model_validate(data)
    return model.model_validate(dict(fillers))


def _with_known_parts(detail: ErrorDetails, section: Path, taken: set[Path]) -> ErrorDetails:
    """The complaint without misfits of settings that were taken out: what they should have been is not known."""
    if detail["type"] != MISFIT:
        return detail
    misfits = detail["ctx"]["misfits"]
    kept = tuple(misfit for misfit in misfits if taken.isdisjoint((*section, key) for key in misfit.keys))
    return {**detail, "ctx": {**detail["ctx"], "misfits": kept}}


def _places(
    path: Path, detail: ErrorDetails, data: Mapping[str, Any], fillers: Mapping[str, object]
) -> tuple[Path, ...]:
    """What must go so that the complaint goes: the settings that do not fit together, the section, or the key."""
    if detail["type"] == MISFIT:
        concerned = [(*path, key) for misfit in detail["ctx"]["misfits"] for key in misfit.keys]
        return tuple(place for place in concerned if in_data(place, data) == place) or (path,)
    if is_missing_key(detail) and path[0] not in fillers:
        return (path[:-1],)
    return (in_data(path, data) or path,)


def _take_out(data: dict[str, Any], path: Path, fillers: Mapping[str, object]) -> None:
    """Take the key at `path` out of `data`, or put a needed one in."""
    if len(path) == 1 and path[0] in fillers:
        data[path[0]] = fillers[path[0]]
        return
    part = data
    for key in path[:-1]:
        part = part.get(key, {})
    part.pop(path[-1], None)
