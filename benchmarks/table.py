"""The table a person reads, one line per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks.contract import KEYS, MORE_KEYS

_SHOWN = ("instance", "options", "seed", "wall_s", "cpu_s", "objective", "unit", "reference", "gap", "bound", "status")
_OPTION_KEYS = ("level", "state", "parts", "tolerance", "split")


def table_of(rows: Sequence[Mapping[str, object]], *, title: str) -> Table:
    """All runs; the gap in per cent of the reference, positive when worse."""
    table = Table(title=title)
    for name in _SHOWN:
        is_number = name not in ("instance", "options", "unit", "status")
        table.add_column("gap %" if name == "gap" else name, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(_cell(row, name) for name in _SHOWN))
    return table


def summary(rows: Sequence[Mapping[str, object]]) -> str:
    """One line: runs, runs without a plan, mean gap and the number of violations."""
    gaps = [float(gap) for row in rows if isinstance(gap := row["gap"], float)]
    lost = sum(row["objective"] is None for row in rows)
    text = f"{len(rows)} runs, {lost} without a plan, {num_violations(rows)} violations"
    return text + (f", mean gap {100 * sum(gaps) / len(gaps):.2f} % over {len(gaps)}" if gaps else "")


def num_violations(rows: Sequence[Mapping[str, object]]) -> int:
    """Broken rules over all runs."""
    return sum(int(str(row["violations"])) for row in rows)


def notes(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """What runs had to say, once each."""
    found = [f"{row['instance']}: {row['note']}" for row in rows if row["note"]]
    return list(dict.fromkeys(found))


def measures_of(row: Mapping[str, object]) -> dict[str, object]:
    """The family's own options and measures of a row."""
    return {name: value for name, value in row.items() if name not in KEYS + MORE_KEYS}


def _cell(row: Mapping[str, object], name: str) -> str:
    if name == "options":
        own = measures_of(row)
        return " ".join(f"{key} {own[key]}" for key in _OPTION_KEYS if key in own)
    value = row[name]
    if name == "gap":
        return f"{100 * value:.2f}" if isinstance(value, float) else "-"
    if name in ("wall_s", "cpu_s"):
        return f"{value:.1f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.5g}"
    return "-" if value is None else str(value)
