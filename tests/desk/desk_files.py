"""The desk's tables as files: three months of a village's four reps, everything as asked unless told otherwise."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPS = ("R001", "R002", "R003", "R004")
MONTHS = ("2027-01", "2027-02", "2027-03")
POLICY = """
[policy.desk]
why = "Results count."
[policy.desk.team_award]
score_bonus_points = 3
[policy.desk.mentoring]
pairs_share = 0.25
joint_points = 2
"""
Row = dict[str, Any]


def panel_rows(months: Sequence[str] = MONTHS) -> list[Row]:
    """Visits and sales that get better from rep to rep, and from month to month."""
    return [
        {
            "month": month,
            "rep_id": rep,
            "team_id": "",
            "grade": "mid",
            "step": 2,
            "days_planned": 21,
            "visits_planned": 100,
            "visits_made": 70 + 5 * at + 2 * number,
            "visits_made_up": 2,
            "visits_pending": 0,
            "sales_target": 100_000,
            "sales_actual": 80_000 + 7_000 * at + 1_000 * number,
        }
        for number, month in enumerate(months)
        for at, rep in enumerate(REPS)
    ]


def judgement_rows(months: Sequence[str] = MONTHS) -> list[Row]:
    """Quality, inspection and head; nobody judged for the service centre."""
    return [
        {"rep_id": rep, "month": month, "quality": 75 + at, "inspection": 70 + 2 * at, "head": 80 + at}
        for month in months
        for at, rep in enumerate(REPS)
    ]


def committee_rows(year: int = 2027) -> list[Row]:
    """Four members' points."""
    return [
        {"rep_id": rep, "year": year, "monopoly": 70 + at, "sales": 75 + at, "logistics": 80, "call_centre": 78 - at}
        for at, rep in enumerate(REPS)
    ]


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], *, encoding: str = "utf-8") -> Path:
    """The rows as a CSV table."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[Row]:
    """A CSV table's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def edited(path: Path, edit: Callable[[Row], None]) -> None:
    """A table after somebody changed its rows in a spreadsheet."""
    rows = read_csv(path)
    for row in rows:
        edit(row)
    write_csv(path, rows)


@dataclass(kw_only=True)
class DeskFolder:
    """A folder with the desk's tables, and the arguments that name them."""

    folder: Path
    panel: list[Row] = field(default_factory=panel_rows)
    judgements: list[Row] | None = field(default_factory=judgement_rows)
    committee: list[Row] | None = None
    pairs: list[Row] | None = None
    supply: list[Row] | None = None
    policy: str = POLICY

    def written(self) -> dict[str, Path]:
        """Paths by table name, the policy file among them; tables without rows are not written."""
        tables = {
            "panel": self.panel,
            "judgements": self.judgements,
            "committee": self.committee,
            "pairs": self.pairs,
            "supply": self.supply,
        }
        found = {
            name: write_csv(self.folder / f"{name}.csv", rows) for name, rows in tables.items() if rows is not None
        }
        found["policies"] = self.folder / "policy.toml"
        found["policies"].write_text(self.policy, encoding="utf-8")
        return found

    def arguments(self) -> list[str]:
        """`--panel FILE` and so on."""
        return [word for name, path in self.written().items() for word in (f"--{name}", str(path))]
