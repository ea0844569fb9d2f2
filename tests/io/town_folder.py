"""A small valid town on disk, to be broken in one way at a time.

Six outlets in two areas of Jing'an and Putuo around (31.23, 121.45), two reps in one team each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

TOML = """\
schema = "territory/scenario@1"
name = "town"
crs = "wgs84"

[visits]
start = 2026-11-30

[policy.today]
"""

OUTLET_COLUMNS = (
    *("outlet_id", "name", "lat", "lon", "district", "area", "segment", "tier", "sales_cny", "service_min"),
    *("visits_per_cycle", "cadence", "open", "priority", "skill", "rep_id", "locked", "group", "territory", "apart"),
    *("last_visit", "opened", "delivery_days", "fixed_day", "fixed_time", "promotion_weeks"),
)
REP_COLUMNS = (
    *("rep_id", "name", "lat", "lon", "team_id", "shift", "days", "capacity_min", "skills", "grade", "step", "star"),
    *("hired", "contract", "ability", "seed_outlet", "leave"),
)

Row = dict[str, str]


def _outlet(number: int, **cells: str) -> Row:
    row = dict.fromkeys(OUTLET_COLUMNS, "")
    row |= {
        "outlet_id": f"00{number}",
        "name": f"店{number}",
        "lat": f"{31.22 + number / 200:.3f}",
        "lon": f"{121.44 + number / 200:.3f}",
        "district": "静安",
        "area": "north" if number <= 3 else "south",
        "segment": "convenience",
        "tier": "ABC"[number % 3],
        "sales_cny": str(1000 * number),
        "rep_id": "R1" if number <= 3 else "R2",
    }
    return row | cells


def _rep(number: int, **cells: str) -> Row:
    row = dict.fromkeys(REP_COLUMNS, "")
    row |= {
        "rep_id": f"R{number}",
        "name": f"Rep {number}",
        "lat": "31.23",
        "lon": f"121.4{number}",
        "team_id": f"T{number}",
        "skills": "cold chain;fresh" if number == 1 else "",
        "grade": "senior" if number == 1 else "",
        "hired": "2020-11-30" if number == 1 else "",
    }
    return row | cells


@dataclass
class Town:
    """Rows of every table and the settings; `write` puts them into a folder."""

    toml: str = TOML
    tables: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    @property
    def outlets(self) -> list[Row]:
        return self.tables["outlets"]

    @property
    def reps(self) -> list[Row]:
        return self.tables["reps"]

    def csv(self, table: str, *, delimiter: str = ",", headers: Mapping[str, str] | None = None) -> str:
        """A table as CSV text; `headers` renames columns."""
        rows = self.tables[table]
        names = list(rows[0])
        shown = [(headers or {}).get(name, name) for name in names]
        lines = [delimiter.join(shown), *(delimiter.join(row[name] for name in names) for row in rows)]
        return "\n".join(lines) + "\n"

    def drop_column(self, table: str, name: str) -> None:
        for row in self.tables[table]:
            del row[name]

    def rename_column(self, table: str, name: str, header: str) -> None:
        self.tables[table] = [
            {header if key == name else key: cell for key, cell in row.items()} for row in self.tables[table]
        ]

    def replace_line(self, table: str, row: int, line: str) -> None:
        """Replace one line of the table's CSV by raw text; row 1 is the header."""
        lines = self.csv(table).splitlines()
        lines[row - 1 : row] = [line]
        self.files[f"{table}.csv"] = ("\n".join(lines) + "\n").encode()

    def write(self, folder: Path) -> Path:
        contents = {"scenario.toml": self.toml.encode()}
        contents |= {f"{table}.csv": self.csv(table).encode() for table in self.tables}
        contents |= self.files
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            if name not in self.left_out:
                (folder / name).write_bytes(content)
        return folder


def town() -> Town:
    """The valid town."""
    return Town(
        tables={
            "outlets": [_outlet(number) for number in range(1, 7)],
            "reps": [_rep(1), _rep(2)],
            "teams": [
                {"team_id": "T1", "name": "East", "pooled": ""},
                {"team_id": "T2", "name": "West", "pooled": "1"},
            ],
            "flows": [
                {"from": "north", "to": "south", "weight": "5"},
                {"from": "south", "to": "north", "weight": "3"},
                {"from": "north", "to": "north", "weight": "1.5"},
            ],
            "adjacency": [{"area_a": "north", "area_b": "south"}],
            "travel": [{"from": "001", "to": "R1", "minutes": "12.5"}],
        }
    )


Change = Callable[[Town], None]


def workbook(path: Path, sheets: Mapping[str, list[list[object]]], change: Callable[..., None] | None = None) -> bytes:
    """The bytes of an .xlsx; `change(book, sheet)` can add to the first sheet."""
    book = xlsxwriter.Workbook(str(path))
    for position, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell != "":
                    sheet.write(row, column, cell)
        if change is not None and position == 0:
            change(book, sheet)
    book.close()
    return path.read_bytes()
