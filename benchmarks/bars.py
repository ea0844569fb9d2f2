"""What families must reach (`bars.toml`), and whether rows reach it."""

from __future__ import annotations

import math
import statistics
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("bars.toml")
Statistic = Literal["worst", "mean", "median"]
Verdict = Literal["aim", "bar", "missed"]
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """
    One bar.

    Attributes
    ----------
    instance, parts, tolerance
        Rows it holds for; '*' and None: any.
    statistic
        Of the seeds of one case (worst, mean), or of all cases, each by its worst seed (median).
    measure
        Key of the row that is compared.
    """

    id: str
    family: str
    instance: str
    parts: int | None
    tolerance: float | None
    statistic: Statistic
    measure: str
    is_higher_better: bool
    bar: float
    aim: float

    def holds_for(self, row: Mapping[str, object]) -> bool:
        """Is this bar about that row?"""
        tolerance = row.get("tolerance")
        return (
            row["family"] == self.family
            and self.instance in ("*", row["instance"])
            and self.parts in (None, row.get("parts"))
            and (
                self.tolerance is None
                or (isinstance(tolerance, float) and math.isclose(tolerance, self.tolerance, abs_tol=1e-9))
            )
        )

    def worst(self, values: Sequence[float]) -> float:
        """The worst of several values."""
        return min(values) if self.is_higher_better else max(values)

    def verdict(self, value: float) -> Verdict:
        """What a value reaches."""
        sign = -1.0 if self.is_higher_better else 1.0
        slack = _ROUNDING * max(1.0, abs(value))
        if sign * value <= sign * self.aim + slack:
            return "aim"
        return "bar" if sign * value <= sign * self.bar + slack else "missed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A bar, the rows it was held against (by name), and what they came to; None: a run without a plan."""

    bar: Bar
    about: str
    runs: int
    value: float | None

    @property
    def verdict(self) -> Verdict:
        """Aim, bar or missed; a run without a value has missed."""
        return "missed" if self.value is None else self.bar.verdict(self.value)


@cache
def all_bars() -> tuple[Bar, ...]:
    """Every bar in the file."""
    with FILE.open("rb") as file:
        entries = tomllib.load(file)["bar"]
    return tuple(
        Bar(
            id=entry["id"],
            family=entry["family"],
            instance=entry["instance"],
            parts=value.get("parts"),
            tolerance=entry.get("tolerance"),
            statistic=entry["statistic"],
            measure=entry.get("measure", "objective"),
            is_higher_better=entry["better"] == "higher",
            bar=float(value["bar"]),
            aim=float(value["aim"]),
        )
        for entry in entries
        for value in entry["values"]
    )


def judged(rows: Sequence[Mapping[str, object]], bars: Sequence[Bar] | None = None) -> list[Judged]:
    """Every bar that is about some of the rows, case by case; rows that cannot have the measure are left out."""
    found = []
    for bar in all_bars() if bars is None else bars:
        cases: dict[str, list[float | None]] = {}
        for row in rows:
            if bar.holds_for(row) and (bar.measure != "gap" or row["reference"] is not None):
                value = row.get(bar.measure)
                number = float(value) if isinstance(value, int | float) else None
                cases.setdefault(f"{row['instance']} / {row.get('parts', '-')}", []).append(number)
        if bar.statistic == "median" and cases:
            found.append(_median(bar, list(cases.values())))
        elif bar.statistic != "median":
            found += [_one_case(bar, about, values) for about, values in cases.items()]
    return found


def _one_case(bar: Bar, about: str, values: list[float | None]) -> Judged:
    there = [value for value in values if value is not None]
    if len(there) < len(values):
        return Judged(bar=bar, about=about, runs=len(values), value=None)
    value = bar.worst(there) if bar.statistic == "worst" else statistics.fmean(there)
    return Judged(bar=bar, about=about, runs=len(values), value=value)


def _median(bar: Bar, cases: list[list[float | None]]) -> Judged:
    """The median case; a run without a value counts as worse than all others."""
    lost = -math.inf if bar.is_higher_better else math.inf
    worst = [bar.worst([lost if value is None else value for value in values]) for values in cases]
    middle = statistics.median(worst)
    runs = sum(map(len, cases))
    return Judged(bar=bar, about=f"{len(cases)} cases", runs=runs, value=middle if math.isfinite(middle) else None)
