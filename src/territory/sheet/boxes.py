"""The boxes of a form being read: which are still unread, what stands in each as a value, what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from territory.errors import Issue
from territory.language import Text
from territory.sheet.filled_words import FAULTS, place_of
from territory.sheet.form_words import Choice
from territory.sheet.typed import AMBIGUOUS, FARTHEST_DAYS, TICK_WORDS, date_of, number_of, plain, word_of

_ITEM = re.compile(r"(\d+\.\d+)(\s.*)?\Z", re.DOTALL)
_ITS_UNIT = Text("the goal's unit", "该目标的单位")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    What stands in one place of a carrier.

    Attributes
    ----------
    is_fixed
        Printed, not filled in.
    row, column
        Where in the file, as its program shows it.
    """

    key: str
    text: str
    is_fixed: bool = False
    row: int | None = None
    column: str | None = None


class Boxes:
    """
    Entries of a form by key. Reading one strikes it off the `unread`; what cannot be understood becomes an issue.

    Attributes
    ----------
    monday
        First day of the sheet's week, for days written without a year.
    lang
        Language of the form.
    """

    def __init__(self, entries: Iterable[Entry], *, file: str, monday: dt.date, lang: str) -> None:
        self.file, self.monday, self.lang = file, monday, lang
        self.issues: list[Issue] = []
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            earlier = self.entries.get(entry.key)
            if earlier is None or not earlier.text.strip():
                self.entries[entry.key] = entry
            elif entry.text.strip() and entry.text.strip() != earlier.text.strip():
                self.add("sheet_twice", entry, place=place_of(entry.key))
        self.unread = {key for key, entry in self.entries.items() if entry.text.strip() and not entry.is_fixed}

    def names(self, pattern: str) -> list[str]:
        """What the first group of the pattern matches in the keys, in the form's order."""
        matches = (re.fullmatch(pattern, key) for key in self.entries)
        return list(dict.fromkeys(match[1] for match in matches if match))

    def numbers(self, line: str) -> list[int]:
        """Numbers of the lines of one kind that the form has."""
        return sorted({int(n) for n in self.names(rf"{line}\.([1-9]\d{{0,2}})\.\w+")})

    def fixed(self, key: str) -> str:
        """What is printed there; "" where nothing is."""
        entry = self.entries.get(key)
        return entry.text if entry is not None and entry.is_fixed else ""

    def take(self, key: str) -> str:
        """What stands there, without blanks around it; "" for an empty box or none."""
        self.unread.discard(key)
        entry = self.entries.get(key)
        return "" if entry is None else entry.text.strip()

    def line_stands(self, root: str, name: str) -> bool:
        """Whether a line written by hand has its name; what else stands in a line without is reported."""
        if f"{root}.{name}" in self.unread:
            return True
        wanted = place_of(f"{root}.{name}")
        for key in [key for key in self.entries if key.startswith(f"{root}.") and key in self.unread]:
            self.report(key, "sheet_line_incomplete", wanted=wanted)
        return False

    def number(self, key: str, unit: str) -> float | None:
        """The number there, in `unit` (names separated by "/")."""
        text = self.take(key)
        number = number_of(text, unit) if text else None
        if text and number is None:
            en, _, zh = unit.partition("/")
            self.report(key, "sheet_not_a_number", unit=Text(en, zh or en) if unit else _ITS_UNIT)
        return number

    def date(self, key: str) -> dt.date | None:
        """The day there."""
        text = self.take(key)
        date = date_of(text, self.monday) if text else None
        if text and date is None:
            self.report(key, "sheet_not_a_date")
        elif date is not None and abs((date - self.monday).days) > FARTHEST_DAYS:
            self.report(key, "sheet_far_date", days=FARTHEST_DAYS)
            return None
        return date

    def word(self, key: str, known: Mapping[str, str], choices: tuple[Choice, ...]) -> str | None:
        """The choice made there, as one of the values of `known`."""
        text = self.take(key)
        value = word_of(text, known, lang=self.lang) if text else None
        if text and value in (None, AMBIGUOUS):
            code = "sheet_not_a_choice" if value is None else "sheet_ambiguous_mark"
            self.report(key, code, wanted=shown(choices))
            return None
        return value

    def yes_or_no(self, key: str, known: Mapping[str, str], choices: tuple[Choice, ...]) -> bool | None:
        """Whether the choice made there is a yes."""
        value = self.word(key, known, choices)
        return None if value is None else value == "yes"

    def item(self, key: str) -> str:
        """The checklist item chosen there, ``<item>.<sub-item>``; "" for none."""
        text = self.take(key)
        match = _ITEM.match(plain(text))
        if text and match is None:
            self.report(
                key, "sheet_not_a_choice", wanted=Text("an item from the list, such as 1.1", "列表中的项目,如 1.1")
            )
        return match[1] if match else ""

    def ticks(self, root: str) -> tuple[str, ...]:
        """Names of the ticked boxes among those whose keys begin with `root`."""
        keys = [key for key in self.entries if key.startswith(root)]
        ticked = Choice(value="yes", label=Text("√", "√"))
        return tuple(key[len(root) :] for key in keys if self.word(key, TICK_WORDS, (ticked,)) == "yes")

    def report(self, key: str, code: str, **fields: str | int | Text) -> None:
        """An issue about what stands in one place, which is not recorded."""
        self.unread.discard(key)
        self.add(code, self.entries[key], place=place_of(key), **fields)

    def add(self, code: str, entry: Entry | None, **fields: str | int | Text) -> None:
        """An issue about an entry, or about the whole form."""
        fault = FAULTS[code]
        self.issues.append(
            Issue(
                code=code,
                file=self.file,
                row=None if entry is None else entry.row,
                column=None if entry is None else entry.column or entry.key,
                value=None if entry is None else entry.text,
                problem=_filled(fault.problem, fields),
                remedy=_filled(fault.remedy, fields),
                severity=fault.severity,
            )
        )


def _filled(text: Text, fields: Mapping[str, str | int | Text]) -> Text:
    en = {name: field.en if isinstance(field, Text) else field for name, field in fields.items()}
    zh = {name: field.zh if isinstance(field, Text) else field for name, field in fields.items()}
    return Text(text.en.format(**en), text.zh.format(**zh))


def shown(choices: Iterable[Choice]) -> Text:
    """The choices' words in a row."""
    labels = [choice.label for choice in choices]
    return Text(", ".join(label.en for label in labels), "、".join(label.zh for label in labels))
