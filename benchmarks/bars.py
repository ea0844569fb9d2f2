"""What families must reach (`bars.toml`), and whether rows reach it."""

from __future__ import annotations

import math
import statistics
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("bars.toml")
Statistic = Literal[
    "worst", "mean", "median", "mean of cases", "p95 of cases", "worst of cases", "share solved", "share at best"
]
Verdict = Literal["aim", "bar", "missed"]
_ROUNDING = 1e-9
_AT_BEST = 1e-6  # gap up to which a value is the reference, written with fewer digits


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """
    One bar.

    Attributes
    ----------
    instance, parts, tolerance, budget_s, most_customers
        Rows it holds for: a pattern such as 'R2_*', a value, at most so many customers; '*' and None: any.
    statistic
        Of the seeds of one case (worst, mean); of all cases, each by its worst seed (median, p95 and worst of cases)
        or by the mean of its seeds (mean of cases); or of all runs: the share with a plan and no broken rule
        (share solved), the share that reaches the reference (share at best). The 95th percentile is interpolated.
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
    budget_s: float | None = None
    most_customers: int | None = None

    def holds_for(self, row: Mapping[str, object]) -> bool:
        """Is this bar about that row?"""
        tolerance = row.get("tolerance")
        return (
            row["family"] == self.family
            and fnmatchcase(str(row["instance"]), self.instance)
            and self.budget_s in (None, row.get("budget_s"))
            and _at_most(self.most_customers, row.get("customers"))
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
            budget_s=value.get("budget_s", entry.get("budget_s")),
            most_customers=entry.get("most_customers"),
        )
        for entry in entries
        for value in entry["values"]
    )


def judged(rows: Sequence[Mapping[str, object]], bars: Sequence[Bar] | None = None) -> list[Judged]:
    """Every bar that is about some of the rows, case by case; rows that cannot have the measure are left out."""
    found = []
    for bar in all_bars() if bars is None else bars:
        mine = [row for row in rows if bar.holds_for(row) and (bar.measure != "gap" or row["reference"] is not None)]
        cases: dict[str, list[float | None]] = {}
        for row in mine:
            value = row.get(bar.measure)
            number = float(value) if isinstance(value, int | float) else None
            cases.setdefault(f"{row['instance']} / {row.get('parts', '-')}", []).append(number)
        if not cases:
            continue
        if bar.statistic in ("worst", "mean"):
            found += [_one_case(bar, about, values) for about, values in cases.items()]
        elif bar.statistic in ("share solved", "share at best"):
            reached = [(_is_solved if bar.statistic == "share solved" else _is_at_best)(row) for row in mine]
            found.append(Judged(bar=bar, about=f"{len(cases)} cases", runs=len(mine), value=statistics.fmean(reached)))
        else:
            found.append(_all_cases(bar, list(cases.values())))
    return found


def _is_solved(row: Mapping[str, object]) -> bool:
    return row["objective"] is not None and not row["violations"]


def _is_at_best(row: Mapping[str, object]) -> bool:
    gap = row["gap"]
    return _is_solved(row) and isinstance(gap, int | float) and gap <= _AT_BEST


def _at_most(most: int | None, number: object) -> bool:
    return most is None or (isinstance(number, int) and number <= most)


def _one_case(bar: Bar, about: str, values: list[float | None]) -> Judged:
    there = [value for value in values if value is not None]
    if len(there) < len(values):
        return Judged(bar=bar, about=about, runs=len(values), value=None)
    value = bar.worst(there) if bar.statistic == "worst" else statistics.fmean(there)
    return Judged(bar=bar, about=about, runs=len(values), value=value)


def _all_cases(bar: Bar, cases: list[list[float | None]]) -> Judged:
    """One number of all cases; a run without a value counts as worse than all others."""
    lost = -math.inf if bar.is_higher_better else math.inf
    filled = [[lost if value is None else value for value in values] for values in cases]
    worst = [bar.worst(values) for values in filled]
    if bar.statistic == "mean of cases":
        value = statistics.fmean(map(statistics.fmean, filled))
    elif bar.statistic == "p95 of cases":
        value = percentile(worst, 0.05 if bar.is_higher_better else 0.95)
    elif bar.statistic == "worst of cases":
        value = bar.worst(worst)
    else:
        value = statistics.median(worst)
    name = f"{bar.instance}: " if "*" in bar.instance and bar.instance != "*" else ""
    return Judged(
        bar=bar,
        about=f"{name}{len(cases)} cases",
        runs=sum(map(len, cases)),
        value=value if math.isfinite(value) else None,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Linear between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, part = int(place), place - int(place)
    if not part or ordered[low] == ordered[low + 1]:
        return ordered[low]
    return ordered[low] + part * (ordered[low + 1] - ordered[low])
