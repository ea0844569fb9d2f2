"""The table of `--peer`: ours beside other programs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks.contract import Sense, gap_to

Row = Mapping[str, object]
ALIKE = 1e-9  # relative
COLUMNS = ("peer", "runs", "better", "alike", "worse", "unsolved", "peer unsolved", "mean gap %", "peer mean gap %")


def peers_table(rows: Sequence[Row]) -> Table | None:
    """
    One line per other program: in how many runs ours is better, alike or worse, and mean gaps; None without any.

    A run without an allowed solution is worse than one with it; mean gaps are of the runs where both have one.
    """
    names = list(dict.fromkeys(str(row["peer"]) for row in rows if row.get("peer")))
    if not names:
        return None
    table = Table(title="beside other programs")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "peer" else "right")
    for name in names:
        runs = [row for row in rows if row.get("peer") == name]
        verdicts = [compared(row) for row in runs]
        unsolved = [sum(row[key] is None for row in runs) for key in ("objective", "peer_objective")]
        both = [row for row in runs if row["objective"] is not None and row["peer_objective"] is not None]
        table.add_row(
            name,
            *map(str, (len(runs), *(verdicts.count(sign) for sign in (1, 0, -1)), *unsolved)),
            *(_mean_gap(both, key) for key in ("objective", "peer_objective")),
        )
    return table


def compared(row: Row) -> int:
    """1 where ours is better, -1 where the other program's is, 0 where they are alike."""
    ours, theirs = _number(row["objective"]), _number(row["peer_objective"])
    if ours is None or theirs is None:
        return (ours is not None) - (theirs is not None)
    if math.isclose(ours, theirs, rel_tol=ALIKE):
        return 0
    return 1 if (ours < theirs) == (_sense(row) == "min") else -1


def _mean_gap(rows: Sequence[Row], key: str) -> str:
    gaps = [gap_to(_number(row["reference"]), _number(row[key]), _sense(row)) for row in rows]
    known = [gap for gap in gaps if gap is not None]
    return f"{100 * statistics.fmean(known):.2f}" if known else "-"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _sense(row: Row) -> Sense:
    return "max" if row["sense"] == "max" else "min"
