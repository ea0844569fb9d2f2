"""IssueLog: collects every problem of a folder, worded in both languages, without drowning the reader."""

from __future__ import annotations

from collections import Counter

from territory.errors import Issue
from territory.io.messages import MESSAGES
from territory.language import Lang, Text

MOST_OF_A_KIND = 200

Field = str | int | float | Text


class IssueLog:
    """
    Issues in the order they were found.

    Parameters
    ----------
    most_of_a_kind
        How many of one code in one column are kept.
    longest_value
        Characters of a value that are shown.
    """

    def __init__(self, *, most_of_a_kind: int = MOST_OF_A_KIND, longest_value: int = 80) -> None:
        self._most, self._longest = most_of_a_kind, longest_value
        self._issues: list[Issue] = []
        self._seen: Counter[tuple[str, str, str | None]] = Counter()

    def has_room(self, code: str, *, file: str, column: str | None) -> bool:
        """False once so many issues of this kind were added that the next one will only be counted."""
        return self._seen[code, file, column] < self._most

    def add(
        self,
        code: str,
        *,
        file: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        **fields: Field,
    ) -> None:
        """Add the issue `code` of `messages.MESSAGES`; `fields` fill the blanks of its texts."""
        message = MESSAGES[code]
        kind = (code, file, column)
        self._seen[kind] += 1
        if self._seen[kind] > self._most:
            return
        self._issues.append(
            Issue(
                code=code,
                file=file,
                row=row,
                column=column,
                value=None if value is None else _shortened(value, self._longest),
                problem=_filled(message.problem, fields),
                remedy=_filled(message.remedy, fields),
                severity=message.severity,
            )
        )

    def issues(self) -> tuple[Issue, ...]:
        """Everything found; a summary line stands for each kind that was cut short."""
        more = MESSAGES["more"]
        summaries = [
            Issue(
                code="more",
                file=file,
                column=column,
                problem=_filled(more.problem, {"count": count - self._most, "code": code}),
                remedy=more.remedy,
                severity=MESSAGES[code].severity,
            )
            for (code, file, column), count in self._seen.items()
            if count > self._most
        ]
        return (*self._issues, *summaries)

    @property
    def has_errors(self) -> bool:
        """True when something must be mended before work can start."""
        return any(issue.severity == "error" for issue in self._issues)


def _filled(text: Text, fields: dict[str, Field]) -> Text:
    return Text(en=_in_language(text.en, fields, "en"), zh=_in_language(text.zh, fields, "zh"))


def _in_language(template: str, fields: dict[str, Field], lang: Lang) -> str:
    return template.format(
        **{name: field.in_(lang) if isinstance(field, Text) else field for name, field in fields.items()}
    )


def _shortened(value: str, most: int) -> str:
    return value if len(value) <= most else value[: most - 1] + "…"
