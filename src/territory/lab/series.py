"""Months of a year as series for charts: what is drawn, and bands that hold for all months at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from territory.lab.estimates import ROUNDING, paired, t_quantile
from territory.language import Text
from territory.measure import Direction
from territory.policy import PolicyProblem, YearResult
from territory.policy.kpi import monthly_margin, monthly_payroll
from territory.units import BoolArray, FloatArray

PERCENT = 100.0
MONEY = "money"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a series or a group's number is called, in which unit, and which way is better."""

    label: Text
    unit: str
    direction: Direction

    def unit_in(self, currency: str) -> str:
        """The unit, with the problem's currency for money."""
        return self.unit.replace(MONEY, currency)


def _shown(unit: str, direction: Direction, en: str, zh: str) -> Shown:
    return Shown(label=Text(en, zh), unit=unit, direction=direction)


SERIES: Mapping[str, Shown] = {
    "true_sales": _shown(MONEY, "up", "True sales", "真实销售额"),
    "recorded_sales": _shown(MONEY, "none", "Recorded sales", "账面销售额"),
    "gross_margin": _shown(MONEY, "up", "Gross margin", "毛利"),
    "payroll": _shown(MONEY, "none", "Payroll", "薪酬总额"),
    "programme_cost": _shown(MONEY, "down", "Programmes and hiring", "项目与招聘费用"),
    "visits_done": _shown("%", "up", "Planned visits made", "计划拜访完成率"),
    "skill": _shown("", "up", "Mean skill at month end", "月末平均技能"),
    "turnover": _shown("%", "down", "Leavers per 100 positions", "每百岗位离职人数"),
    "gaming": _shown("%", "down", "Dumped or pulled forward, of true sales", "窜货与压货占真实销售比例"),
}


def monthly(problem: PolicyProblem, result: YearResult) -> dict[str, FloatArray]:
    """
    The series of one year, each of shape (M,); names as in SERIES.

    Notes
    -----
    Margin and payroll are those of `policy.kpi`. Skill is the mean over holders and skills, 0 in a
    month that ends without any holder.
    """
    true = result.true_sales.sum(axis=(1, 2))
    dumped, pulled = result.dumped_out.sum(axis=1), result.pulled.sum(axis=1)
    holders = result.is_filled.sum(axis=1)
    skill = np.where(result.is_filled, result.skill.mean(axis=2), 0.0).sum(axis=1)
    return {
        "true_sales": true,
        "recorded_sales": result.recorded_sales.sum(axis=1),
        "gross_margin": monthly_margin(problem, result),
        "payroll": monthly_payroll(result),
        "programme_cost": result.costs.sum(axis=1),
        "visits_done": PERCENT * share(result.done_visits.sum(axis=(1, 2)), result.due_visits.sum(axis=(1, 2))),
        "skill": share(skill, holders),
        "turnover": PERCENT * result.quits.sum(axis=1) / result.quits.shape[1],
        "gaming": PERCENT * share(dumped + pulled, true),
    }


def stacked(series: Mapping[str, FloatArray]) -> FloatArray:
    """The series of `monthly` as one block, shape (series, M), in the order of SERIES."""
    return np.array([series[name] for name in SERIES], dtype=np.float64)


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Part of the whole, elementwise; 0 of nothing."""
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """
    A mean curve with a band that holds the true curve in all months at once (95 %, Bonferroni), each shape (M,).

    The band is infinitely wide after one replication.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def is_apart(self) -> BoolArray:
        """Months in which the band leaves 0 out, shape (M,)."""
        return np.asarray((self.low > 0) | (self.high < 0))


def band(values: FloatArray) -> Band:
    """
    Mean and band of curves.

    Parameters
    ----------
    values
        Shape (replications, M).
    """
    n, months = values.shape
    mean = values.mean(axis=0)
    if n < 2:
        half = np.full(months, np.inf)
    else:
        sd = values.std(axis=0, ddof=1)
        sd = np.where(sd <= ROUNDING * np.abs(values).max(axis=0), 0.0, sd)
        half = t_quantile(n, months) * sd / np.sqrt(n)
    curves = {"mean": mean, "low": mean - half, "high": mean + half}
    for curve in curves.values():
        curve.setflags(write=False)
    return Band(**curves)


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesBands:
    """
    One series under one policy.

    Attributes
    ----------
    level
        The series under the policy.
    difference
        Policy less first policy on matched replications; None for the first policy itself.
    """

    name: str
    policy: str
    label: Text
    unit: str
    direction: Direction
    level: Band
    difference: Band | None


def series_bands(policies: Sequence[str], table: FloatArray, currency: str) -> tuple[SeriesBands, ...]:
    """
    All series under all policies, the first of which is the baseline.

    Parameters
    ----------
    table
        Shape (replications, policies, series, M), series in the order of SERIES.
    """
    return tuple(
        SeriesBands(
            name=name,
            policy=policy,
            label=shown.label,
            unit=shown.unit_in(currency),
            direction=shown.direction,
            level=band(table[:, position, j]),
            difference=None if position == 0 else band(paired(table[:, position, j], table[:, 0, j])),
        )
        for j, (name, shown) in enumerate(SERIES.items())
        for position, policy in enumerate(policies)
    )
