"""`sheet_rules.toml`: what a manager changes about the weekly sheet, read with every mistake at once, and its default.

The default file is written from the rules themselves, so that it is always complete and always valid.
"""

from __future__ import annotations

import json
from collections.abc import Sequence, Set

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from territory.domain.sheet_checklist import ChecklistItem
from territory.domain.sheet_rules import LINK_KEYS, MOST_BYTES_ON_PAPER, SCHEMA, SheetRules
from territory.domain.sheet_texts import FiguredRule, GapRule, TaskRule, Words
from territory.io.folder import Folder
from territory.io.issues import IssueLog
from territory.io.scenario_file import FILE, ScenarioFile
from territory.io.setting_errors import known_keys
from territory.io.toml_models import read_model, toml_data, toml_text
from territory.sheet.links import address

USUAL_NAME = "sheet_rules.toml"


def read_sheet_rules(files: Folder, settings: ScenarioFile) -> SheetRules:
    """The rules in the file that `[sheet] rules` names, else in `sheet_rules.toml`, else the default ones."""
    file = settings.sheet.rules
    if file is None:
        if not (files.path / USUAL_NAME).is_file():
            return SheetRules()
        file = USUAL_NAME
    content = files.content(file)
    return SheetRules() if content is None else parse_sheet_rules(content, file=file, log=files.log)


def parse_sheet_rules(content: bytes, *, file: str, log: IssueLog) -> SheetRules:
    """The rules in a file's bytes; what cannot be used is logged and stands at its default."""
    text = toml_text(content, file=file, log=log)
    data = None if text is None else toml_data(text, file=file, log=log)
    if text is None or data is None:
        return SheetRules()
    return read_model(SheetRules, data, known=known_keys(SheetRules), fillers={}, text=text, file=file, log=log)


def check_links(settings: ScenarioFile, rep_ids: Sequence[str], log: IssueLog) -> None:
    """Warn of addresses that make a code too fine to be read from paper."""
    told: set[str] = set()
    for key in LINK_KEYS:
        name = key if getattr(settings.sheet.links, key) is not None else "base"
        shown = [
            address(settings.sheet.links, key, rep_id=rep_id, iso_week=_A_WEEK, sheet_id=f"{rep_id} {_A_WEEK}")
            for rep_id in rep_ids
        ]
        longest = max(shown, key=lambda text: len(text.encode()), default="")
        if len(longest.encode()) > MOST_BYTES_ON_PAPER and name not in told:
            told.add(name)
            log.add("link_too_long", file=FILE, column=f"sheet.links.{name}", value=longest, most=MOST_BYTES_ON_PAPER)


_A_WEEK = "2026-W49"


def default_sheet_rules() -> str:
    """The default rules as a file to copy and change: every key with its meaning in both languages."""
    rules = SheetRules()
    lines = [*_OPENING, f'schema = "{SCHEMA}"', ""]
    for name in ("order", "named_outlets", "routine"):
        lines += [*_comment(SheetRules.model_fields[name]), f"{name} = {_toml(getattr(rules, name))}", ""]
    lines += _section("goals", rules.goals)
    lines += _legend("task.*", GapRule)
    for name in type(rules.task).model_fields:
        rule: TaskRule = getattr(rules.task, name)
        words = " ".join(f"{{{word}}}" for word in sorted(rule.placeholders))
        lines += [f"# {rule.about.en} / {rule.about.zh}", f"# {_PLACEHOLDERS}: {words}"]
        if isinstance(rule, FiguredRule):
            own = " ".join(f"{{{word}}}" for word in sorted(rule.figures))
            lines.append(f"# {_PLACEHOLDERS} (figure): {own}{_IN_GAP if isinstance(rule, GapRule) else ''}")
        lines += _section(f"task.{name}", rule, known=set(GapRule.model_fields))
    lines += _legend("checklist.*", ChecklistItem)
    for name in type(rules.checklist).model_fields:
        lines += _section(f"checklist.{name}", getattr(rules.checklist, name))
    lines += _section("channel", rules.channel)
    return "\n".join(lines).rstrip() + "\n"


_OPENING = (
    "# Rules and texts of the one-page weekly sheet. Put this file into the scenario's folder and change what you",
    "# like; whatever is deleted keeps the default. Every text has Chinese and English.",
    "# 客户经理一张纸的规则与文字。放入场景文件夹后按需修改;删去的项保持默认。每条文字须有中英文。",
)
_PLACEHOLDERS = "placeholders 占位符"
_IN_GAP = "   (gap): {amount}"


def _section(name: str, model: BaseModel, *, known: Set[str] = frozenset()) -> list[str]:
    """A section; keys that a legend explains have no comment of their own."""
    lines = [f"[{name}]"]
    for key, field in type(model).model_fields.items():
        note = f"   # {field.description}" if field.description and key not in known else ""
        lines.append(f"{key} = {_toml(getattr(model, key))}{note}")
    return [*lines, ""]


def _legend(name: str, model: type[BaseModel]) -> list[str]:
    """What the keys mean that all sections of a kind have."""
    keys = [f"#   {key}: {field.description}" for key, field in model.model_fields.items() if field.description]
    return [f"# [{name}]", *keys, ""]


def _comment(field: FieldInfo) -> list[str]:
    return [f"# {field.description}"] if field.description else []


def _toml(value: object) -> str:
    if isinstance(value, Words):
        return f"{{ zh = {_quoted(value.zh)}, en = {_quoted(value.en)} }}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
