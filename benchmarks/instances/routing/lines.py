"""Lines of an instance file, which know where they stand, so that what is wrong is named with file and line."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contract import BenchmarkError


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The words of a line that is not empty."""

    file: str
    number: int
    words: tuple[str, ...]

    def error(self, text: str) -> BenchmarkError:
        """What is wrong in this line, to be raised."""
        return BenchmarkError(f"{self.file} line {self.number}: {text}")

    def numbers(self, *, least: int = 0) -> list[float]:
        """
        The line's numbers.

        Raises
        ------
        BenchmarkError
            When a word is no finite number or there are fewer than `least`.
        """
        try:
            found = [float(word) for word in self.words]
        except ValueError:
            raise self.error("only numbers belong here") from None
        if not all(map(math.isfinite, found)):
            raise self.error("numbers are finite")
        if len(found) < least:
            raise self.error(f"{least} numbers belong here, {len(found)} are there")
        return found

    def whole(self, *, frm: int = 0, least: int = 0) -> list[int]:
        """The line's numbers from position `frm`, which must be whole ones; raises like `numbers`."""
        found = self.numbers(least=frm + least)[frm:]
        if any(value != int(value) for value in found):
            raise self.error("only whole numbers belong here")
        return [int(value) for value in found]


class Lines:
    """The lines of a file in order, read one after the other."""

    def __init__(self, path: Path, *, comment: str = "\0") -> None:
        self.file = path.name
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BenchmarkError(f"cannot read {path}: {error}") from None
        self._lines = [
            Line(file=path.name, number=number, words=tuple(row.split()))
            for number, row in enumerate(text.splitlines(), start=1)
            if row.strip() and not row.lstrip().startswith(comment)
        ]
        self._at = 0

    def next(self, expected: str) -> Line:
        """
        The next line.

        Raises
        ------
        BenchmarkError
            When the file ends where `expected` should stand.
        """
        if self._at >= len(self._lines):
            last = self._lines[-1].number if self._lines else 0
            raise BenchmarkError(f"{self.file} line {last + 1}: the file ends where {expected} should stand")
        self._at += 1
        return self._lines[self._at - 1]

    def rest(self) -> list[Line]:
        """All lines that are left."""
        left, self._at = self._lines[self._at :], len(self._lines)
        return left


def table(path: Path, key: str) -> dict[str, dict[str, str]]:
    """
    Rows of a CSV file by one of its columns; empty when there is no such file.

    Raises
    ------
    BenchmarkError
        When the column is not there.
    """
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if key not in (reader.fieldnames or ()):
            raise BenchmarkError(f"{path.name} line 1: there is no column {key}")
        return {str(row[key]): {name: value or "" for name, value in row.items()} for row in reader}
