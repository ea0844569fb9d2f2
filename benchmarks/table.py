"""The tables a person reads: one line per run, one per case, one per bar."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks import bars
from benchmarks.contract import KEYS, MORE_KEYS

_SHOWN = ("instance", "options", "seed", "wall_s", "cpu_s", "objective", "unit", "reference", "gap", "bound", "status")
_OPTION_KEYS = ("level", "state", "parts", "tolerance", "split")
_GAPS = ("worst gap %", "worst bound gap %")


def table_of(rows: Sequence[Mapping[str, object]], *, title: str) -> Table:
    """All runs; the gap in per cent of the reference, positive when worse."""
    table = Table(title=title)
    for name in _SHOWN:
        is_number = name not in ("instance", "options", "unit", "status")
        table.add_column("gap %" if name == "gap" else name, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(_cell(row, name) for name in _SHOWN))
    return table


def cases_table(rows: Sequence[Mapping[str, object]]) -> Table:
    """One line per case: its objective over the seeds (worst, median, mean, best) and the worst gaps, in per cent."""
    table = Table(title="over the seeds")
    for name in ("instance", "options", "seeds", "worst", "median", "mean", "best", "unit", "reference", *_GAPS):
        table.add_column(name, justify="left" if name in ("instance", "options", "unit") else "right")
    for runs in _by_case(rows).values():
        first = runs[0]
        values = sorted(float(value) for row in runs if isinstance(value := row["objective"], int | float))
        values = values if first["sense"] == "max" else values[::-1]
        shown = (values[0], statistics.median(values), statistics.fmean(values), values[-1]) if values else (None,) * 4
        gaps = [[row.get(key) for row in runs] for key in ("gap", "bound_gap")]
        table.add_row(
            str(first["instance"]),
            _cell(first, "options"),
            f"{len(values)} of {len(runs)}",
            *map(_number, shown),
            str(first["unit"]),
            _number(first["reference"]),
            *(_per_cent([gap for gap in found if isinstance(gap, float)]) for found in gaps),
        )
    return table


def bars_table(rows: Sequence[Mapping[str, object]]) -> Table | None:
    """What was to be reached and what is; None where nothing was."""
    found = bars.judged(rows)
    if not found:
        return None
    table = Table(title="bars")
    for name in ("id", "about", "runs", "what", "value", "bar", "aim", "reached"):
        table.add_column(name, justify="right" if name in ("runs", "value", "bar", "aim") else "left")
    for judged in found:
        bar = judged.bar
        what = bar.statistic if bar.statistic.startswith("share") else f"{bar.statistic} {bar.measure}"
        figures = map(_number, (judged.value, bar.bar, bar.aim))
        table.add_row(bar.id, judged.about, str(judged.runs), what, *figures, judged.verdict)
    return table


def _by_case(rows: Sequence[Mapping[str, object]]) -> dict[tuple[str, str], list[Mapping[str, object]]]:
    """Rows of one instance and its options together, in the order they came."""
    cases: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for row in rows:
        cases.setdefault((str(row["instance"]), _cell(row, "options")), []).append(row)
    return cases


def _per_cent(gaps: Sequence[float]) -> str:
    return f"{100 * max(gaps):.2f}" if gaps else "-"


def summary(rows: Sequence[Mapping[str, object]]) -> str:
    """One line: runs, runs without a plan, mean gap and the number of violations."""
    gaps = [float(gap) for row in rows if isinstance(gap := row["gap"], float)]
    lost = sum(row["objective"] is None for row in rows)
    text = f"{len(rows)} runs, {lost} without a plan, {num_violations(rows)} violations"
    return text + (f", gap {_spread(gaps)} over {len(gaps)}" if gaps else "")


def _spread(gaps: Sequence[float]) -> str:
    """Mean, 95th percentile and worst, in per cent."""
    shown = (sum(gaps) / len(gaps), bars.percentile(gaps, 0.95), max(gaps))
    return "mean {:.2f} %, p95 {:.2f} %, worst {:.2f} %".format(*(100 * gap for gap in shown))


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
        return _per_cent([value] if isinstance(value, float) else [])
    if name in ("wall_s", "cpu_s"):
        return f"{value:.1f}"
    return _number(value)


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.5g}"
    return "-" if value is None else str(value)
