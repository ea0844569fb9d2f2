"""Columns of text into ids, numbers, words and yes-or-no, with an issue for every cell that cannot be read."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from territory.io.headers import did_you_mean
from territory.io.issues import Field, IssueLog
from territory.io.tables import Table
from territory.language import Text
from territory.units import BoolArray, FloatArray

_YES = frozenset({"true", "yes", "y", "t", "1", "是", "√", "✓", "锁定"})
_NO = frozenset({"false", "no", "n", "f", "0", "否", "×", "未锁定"})
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+\Z")
_SHORT_LIST = 500
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?\Z")


def parse_number(text: str) -> float | None:
    """The number a cell shows, or None; may be infinite or not a number when the cell says so."""
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _plain_numbers(cells: list[str]) -> FloatArray | None:
    """All cells as numbers when every one is finite, the common case; else None."""
    try:
        values = np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        return None
    return values if np.isfinite(values).all() and not any("_" in cell for cell in cells) else None


def parse_date(text: str) -> dt.date | None:
    """The date in a cell (2024-03-31, 2024/3/31, 2024年3月31日), or None."""
    match = _DATE.match(text)
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _nearest_id(cell: str, known: Mapping[str, int]) -> Text:
    """A hint for an id that is not there; long lists are only searched for lost leading zeros."""
    if len(known) <= _SHORT_LIST:
        return did_you_mean(cell, {text: text for text in known}, cutoff=0.6)
    bare = cell.lstrip("0")
    padded = next((text for text in (bare.zfill(width) for width in range(1, 21)) if text in known), None)
    return Text("", "") if padded is None else did_you_mean(padded, {padded: padded})


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """Reads the columns of one table; every problem goes to the log with its row, column and value."""

    table: Table
    log: IssueLog

    def add(self, code: str, position: int, name: str, **fields: Field) -> None:
        """Log an issue about one cell."""
        value = self.table.column(name)[position]
        self.log.add(
            code,
            file=self.table.file,
            row=self.table.rows[position],
            column=self.table.header(name),
            value=value,
            **fields,
        )

    def add_unknown(self, code: str, position: int, name: str, known: Mapping[str, int]) -> None:
        """Log an id that is not among `known`, with the id that was probably meant."""
        has_room = self.log.has_room(code, file=self.table.file, column=self.table.header(name))
        cell = self.table.column(name)[position]
        self.add(code, position, name, hint=_nearest_id(cell, known) if has_room else Text("", ""))

    def ids(self, name: str) -> list[str]:
        """Identities: none empty, none twice, none mangled by a spreadsheet."""
        cells = self.table.column(name)
        self.references(name)
        first: dict[str, int] = {}
        for position, cell in enumerate(cells):
            if not cell:
                self.add("missing_value", position, name)
            elif cell in first:
                self.add("duplicate_id", position, name, first=self.table.rows[first[cell]])
            else:
                first[cell] = position
        return cells

    def references(self, name: str) -> list[str]:
        """Ids of other things; may be empty."""
        cells = self.table.column(name)
        for position, cell in enumerate(cells):
            if "+" in cell and _SCIENTIFIC.match(cell):
                self.add("scientific_id", position, name)
        return cells

    def numbers(
        self,
        name: str,
        *,
        default: float = math.nan,
        is_required: bool = False,
        at_least: float = -math.inf,
        at_most: float = math.inf,
        wanted: Text | None = None,
    ) -> FloatArray:
        """
        Finite numbers; empty cells become `default`, cells that cannot be read become NaN and an issue.

        Parameters
        ----------
        at_least, at_most
            Limits; a number below 0 where `at_least` is 0 and no upper limit is given is called negative.
        wanted
            Words for the range, when limits are given.
        """
        values = np.full(len(self.table), default)
        if name not in self.table and not is_required:
            return values
        cells = self.table.column(name)
        quick = _plain_numbers(cells)
        if quick is not None and quick.min() >= at_least and quick.max() <= at_most:
            return quick
        for position, cell in enumerate(cells):
            if not cell:
                if is_required:
                    self.add("missing_value", position, name)
                continue
            number = parse_number(cell)
            values[position] = math.nan
            if number is None:
                self.add("not_a_number", position, name)
            elif not math.isfinite(number):
                self.add("not_finite", position, name)
            elif at_least <= number <= at_most:
                values[position] = number
            elif wanted is None:
                self.add("negative_number", position, name)
            else:
                self.add("out_of_range", position, name, wanted=wanted)
        return values

    def wholes(self, name: str, *, at_most: int, wanted: Text) -> list[int]:
        """Whole numbers from 0 to `at_most`; 0 for empty cells."""
        found: list[int] = []
        values = self.numbers(name, default=0.0, at_least=0, at_most=at_most, wanted=wanted)
        for position, number in enumerate(values.tolist()):
            if math.isfinite(number) and number != int(number):
                self.add("out_of_range", position, name, wanted=wanted)
                number = math.nan
            found.append(int(number) if math.isfinite(number) else 0)
        return found

    def yes_or_no(self, name: str) -> BoolArray:
        """Truth of each cell; empty cells are no."""
        values = np.zeros(len(self.table), dtype=np.bool_)
        for position, cell in enumerate(self.table.column(name)):
            word = cell.casefold()
            values[position] = word in _YES
            if word and word not in _YES and word not in _NO:
                self.add("bad_word", position, name, wanted="yes, no, 1, 0, 是, 否")
        return values

    def words(self, name: str, known: Mapping[str, str]) -> list[str]:
        """Words of a fixed list (`known` gives the word meant by each spelling); empty cells stay empty."""
        found: list[str] = []
        for position, cell in enumerate(self.table.column(name)):
            meant = known.get(cell.casefold(), "") if cell else ""
            if cell and not meant:
                self.add("bad_word", position, name, wanted=", ".join(known))
            found.append(meant)
        return found

    def dates(self, name: str) -> list[dt.date | None]:
        """Dates; None for empty cells."""
        found: list[dt.date | None] = []
        for position, cell in enumerate(self.table.column(name)):
            date = parse_date(cell)
            if cell and date is None:
                self.add("bad_date", position, name)
            found.append(date)
        return found
