"""What was typed wrong, in Chinese; English is what the command-line library says."""

from __future__ import annotations

import re
from typing import Any

_BAD_VALUES = (
    (r"'(?P<value>.*)' is not a valid (?:integer|int)(?: range)?\.?", "“{value}”不是整数"),
    (r"'(?P<value>.*)' is not a valid float(?: range)?\.?", "“{value}”不是数"),
    (r"'(?P<value>.*)' is not a valid boolean\.?.*", "“{value}”不是“是”或“否”"),
    (r"(?P<value>\S+) is not in the range (?P<range>.*?)\.?", "{value} 不在范围 {range} 内"),
    (r"(?:Value error, )?'(?P<value>.*)' is not one of (?P<range>.*?)\.?", "“{value}”不是以下之一:{range}"),
    (r"Input should be less than or equal to (?P<range>\S+)", "须不大于 {range}"),
    (r"Input should be greater than or equal to (?P<range>\S+)", "须不小于 {range}"),
    (r"Input should be a valid integer.*", "须为整数"),
    (r"Input should be a valid number.*", "须为数"),
    (r"Input should be a valid boolean.*", "须为“是”或“否”"),
)
_OTHERS = (
    (r"No such command '(?P<name>.*?)'\.?(?: Did you mean (?P<hint>.*?)\?)?.*", "没有命令 {name}"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)", "多余的参数:{name}"),
    (r"Missing command\.?", "缺少命令"),
    (r"Option '(?P<name>.*?)' requires an argument\.?", "选项 {name} 后须有值"),
    (r"Option '(?P<name>.*?)' does not take a value\.?", "选项 {name} 后不能有值"),
)


def in_chinese(error: Any) -> str:
    """
    The complaint in Chinese; a kind that is not known keeps its English words.

    Parameters
    ----------
    error
        A usage error of the command-line library, whose classes are told apart by name: it has moved them before.
    """
    kind, message = type(error).__name__, str(getattr(error, "message", "") or "")
    name = _name_of(error)
    if kind == "MissingParameter":
        what = "参数" if getattr(error.param, "param_type_name", "") == "argument" else "选项"
        return f"缺少{what} {name}"
    if kind == "NoSuchOption":
        hints = ", ".join(error.possibilities or ())
        return f"没有选项 {error.option_name}" + (f";是否想写 {hints}?" if hints else "")
    if kind == "BadParameter":
        return f"{name} 的值不对:{_translated(message, _BAD_VALUES)}"
    return _translated(message or str(error), _OTHERS)


def _name_of(error: Any) -> str:
    """The option or argument that is meant, as it is typed."""
    param = getattr(error, "param", None)
    if param is None:
        return str(getattr(error, "param_hint", "") or "")
    if getattr(param, "param_type_name", "") == "argument":
        return str(getattr(param, "metavar", None) or param.name.upper())
    return str(param.opts[-1] if len(param.opts[-1]) > 2 else max(param.opts, key=len))


def _translated(message: str, patterns: tuple[tuple[str, str], ...]) -> str:
    for pattern, chinese in patterns:
        match = re.fullmatch(pattern, message, flags=re.S)
        if match is not None:
            parts = match.groupdict()
            hint = parts.get("hint")
            return chinese.format(**parts) + (f";是否想写 {hint}?" if hint else "")
    return message
