"""The `quarter` family on a village: five weeks pass, and the accountant notices whatever is taken from the lists."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.quality.quarter_audit import rows_of
from benchmarks.quality.quarter_run import Quarter
from territory.effort import Effort
from tests.recipes import small_recipe


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    """Five weeks, over the seam of two cycles."""
    folder = tmp_path_factory.mktemp("quarter")
    quarter = Quarter(
        folder=folder / "branch",
        seed=3,
        weeks=5,
        visit_effort=Effort(iterations=100),
        replan_effort=Effort(iterations=100),
        workers=1,
    )
    quarter.measures = dict(quarter.run(small_recipe(folder / "recipe")))  # type: ignore[attr-defined]
    return quarter


def test_every_promised_visit_is_made_made_up_or_listed(lived: Quarter) -> None:
    counts = lived.measures  # type: ignore[attr-defined]
    assert lived.books.faults == []
    listed = counts["waiting"] + counts["overtaken"] + counts["gone"] + counts["moved_beyond_the_end"]
    assert counts["planned"] + counts["added"] == counts["made"] + counts["made_up"] + listed
    assert counts["made_up"] > 0 and counts["new_plans"] >= 3 and counts["sheets"] >= 15


def reviews_of(lived: Quarter) -> list[Path]:
    out = next(path for path in sorted(lived.folder.glob("run*"), reverse=True) if (path / "review").exists())
    return sorted((out / "review").glob("20??-??/visits.csv"))


def audited(lived: Quarter, tables: list[Path]) -> list[str]:
    books = replace(lived.books, faults=[])
    last = reviews_of(lived)[-1]
    books.close(tables, last.with_name("debts.csv"), last.parents[2] / "visits.csv")
    return books.faults


def rewritten(
    tables: list[Path], folder: Path, change: Callable[[dict[str, str]], dict[str, str] | None]
) -> list[Path]:
    """The tables with the first row changed, or left out, that `change` has something to say about."""
    done, found = False, []
    for number, table in enumerate(tables):
        rows = rows_of(table)
        kept = []
        for row in rows:
            new = row if done else change(dict(row))
            done = done or new != row
            if new is not None:
                kept.append(new)
        path = folder / f"{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(kept)
        found.append(path)
    assert done
    return found


def missed(row: dict[str, str], standing: str) -> bool:
    return row["fate"] == "missed" and row["standing"] == standing


SABOTAGE: dict[str, Callable[[dict[str, str]], dict[str, str] | None]] = {
    "is in no list": lambda row: None if row["fate"] == "missed" else row,
    "no sheet says so": lambda row: {**row, "fate": "made", "made_on": row["date"]} if row["fate"] == "missed" else row,
    "although every week is closed": lambda row: {**row, "fate": "pending"} if missed(row, "overtaken") else row,
    "although somebody was there": lambda row: {**row, "standing": "waiting"} if missed(row, "overtaken") else row,
    "waits since": lambda row: (
        {**row, "standing": "waiting", "planned_on": "2099-01-01"} if missed(row, "overtaken") else row
    ),
    "is not in the last list": lambda row: (
        {**row, "fate": "missed", "standing": "waiting", "made_on": "", "date": "2099-01-01"}
        if row["fate"] == "made"
        else row
    ),
    "when no visit is planned": lambda row: (
        {**row, "fate": "pending", "standing": "", "date": "2099-01-01"} if row["fate"] == "missed" else row
    ),
    "on a day on which nobody was there": lambda row: (
        {**row, "overtaken_on": row["date"]} if missed(row, "overtaken") else row
    ),
    "one visit stands for 2": lambda row: (
        {**row, "fate": "made_up", "made_on": row["overtaken_on"]} if missed(row, "overtaken") else row
    ),
}


@pytest.mark.parametrize("said", list(SABOTAGE))
def test_the_accountant_notices_a_list_changed_in_one_way(lived: Quarter, tmp_path: Path, said: str) -> None:
    tables = reviews_of(lived)
    assert audited(lived, tables) == []
    faults = audited(lived, rewritten(tables, tmp_path, SABOTAGE[said]))
    assert any(said in fault for fault in faults), faults


def test_a_row_says_pass_and_where_the_time_went(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    arguments = ["quarter", str(small_recipe(tmp_path / "recipe")), "--weeks", "1", "--iterations", "50"]
    assert main([*arguments, "--replan-iterations", "50", "--processes", "1", "--json", str(out)]) == 0
    (row,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (row["family"], row["status"], row["objective"], row["violations"]) == ("quarter", "pass", 0.0, 0)
    assert row["weeks"] == 1 and {"plan_s", "print_s", "record_s", "review_s"} <= set(row)


def test_a_folder_that_is_no_scenario_is_told(tmp_path: Path) -> None:
    assert main(["quarter", str(tmp_path)]) == 2
