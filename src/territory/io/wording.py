"""How a message about the input is worded: problem and remedy, both in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory.language import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Message:
    """Problem and remedy; words in braces are filled in when an issue is raised."""

    problem: Text
    remedy: Text
    severity: Severity


def error(en: str, zh: str, remedy_en: str, remedy_zh: str) -> Message:
    """A message that stops the work."""
    return Message(Text(en, zh), Text(remedy_en, remedy_zh), "error")


def warning(en: str, zh: str, remedy_en: str, remedy_zh: str) -> Message:
    """A message that does not."""
    return Message(Text(en, zh), Text(remedy_en, remedy_zh), "warning")
