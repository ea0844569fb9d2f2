"""From a comparison to what its report shows: plain values, nothing computed anew but shares of working time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.lab import Comparison, Estimate
from territory.lab.estimates import FEWEST_FOR_A_VERDICT
from territory.lab.groups import GROUP_VALUES
from territory.lab.money import MoneyEffect
from territory.lab.result import MeasureRow, PolicyEstimate
from territory.lab.series import Band
from territory.lab.trials import TrialEffect
from territory.language import Text
from territory.pipeline.policy_words import evidence_lines, settings_of
from territory.policy.evidence_ranges import standing_note
from territory.report.data import Fact
from territory.report.policy_view import (
    Cell,
    Grouping,
    GroupRow,
    GroupTable,
    MonthCurves,
    Months,
    PolicyEntry,
    PolicyReport,
    ReturnRow,
    ScoreRow,
    Spread,
    TimeUse,
    TrialLine,
    TrialTable,
)
from territory.units import FloatArray

SHOWN = (
    "true_sales",
    "recorded_sales",
    "profit",
    "visits_done",
    "payroll",
    "programme_cost",
    "turnover",
    "gaming_index",
    "pay_gini",
)
MOST_FOR_ALL_MEASURES = 6  # policies
GROUPED = ("pay", "true_sales", "turnover")
_DIMENSIONS = {
    "grade": Text("Grade", "职级"),
    "tenure": Text("Years of service", "司龄"),
    "ability": Text("Ability", "能力"),
    "contract": Text("Contract", "用工形式"),
    "team": Text("Team", "团队"),
}
_TIME = (
    Text("drive", "路途"),
    Text("service", "服务"),
    Text("administration", "内务"),
    Text("programmes, idle", "培训等及空闲"),
)
PERCENT = 100.0


def policy_report(
    comparison: Comparison,
    policies: Mapping[str, PolicyRules],
    *,
    scenario: str,
    currency: str,
    ground: Text,
    year: YearRules,
    facts: Sequence[Fact] = (),
) -> PolicyReport:
    """
    Everything the policy report shows.

    Parameters
    ----------
    ground
        Which split and which routes the year was simulated on.
    facts
        Lines of the run card beside those of the comparison.
    """
    return PolicyReport(
        scenario=scenario,
        currency=currency,
        ground=ground,
        horizon_months=year.horizon_months,
        replications=comparison.replications,
        policies=tuple(
            PolicyEntry(name=name, why=rules.why, settings=settings_of(rules)) for name, rules in policies.items()
        ),
        rows=score_rows(comparison, currency, _names_shown(comparison)),
        returns=tuple(_return_row(effect, year.horizon_months) for effect in comparison.money),
        note=standing_note(year),
        warnings=evidence_lines(policies, year),
        months=Months(
            true_sales=_curves(comparison, "true_sales"), recorded_sales=_curves(comparison, "recorded_sales")
        ),
        groups=tuple(table for table in (_group_table(comparison, name) for name in GROUPED) if table is not None),
        trials=tuple(_trial_table(trial, currency) for trial in comparison.trials),
        time_use=TimeUse(kinds=_TIME, shares=time_shares(comparison)),
        run_card=(*facts, *card_facts(comparison)),
    )


def score_rows(comparison: Comparison, currency: str, names: Sequence[str]) -> tuple[ScoreRow, ...]:
    """These measures, as far as there are any of the name."""
    found = {row.name: row for row in comparison.rows}
    return tuple(_score_row(found[name], currency) for name in names if name in found)


def _names_shown(comparison: Comparison) -> tuple[str, ...]:
    """The measures that management reads first; of a few policies all others after them."""
    if len(comparison.policies) > MOST_FOR_ALL_MEASURES:
        return SHOWN
    return (*SHOWN, *(row.name for row in comparison.rows if row.name not in SHOWN))


def spread_of(estimate: Estimate) -> Spread:
    """The mean and the interval that verdicts go by."""
    return Spread(mean=estimate.mean, low=estimate.low_together, high=estimate.high_together)


def is_told_apart(difference: Estimate) -> bool:
    """Enough replications for a verdict, and an interval that does not cover 0."""
    return difference.replications >= FEWEST_FOR_A_VERDICT and not difference.covers_zero


def time_shares(comparison: Comparison) -> FloatArray:
    """
    Shares of all working minutes, shape (policies, 4): drive, service, administration, and what is left.

    Notes
    -----
    From the measures `core_share` (service of all minutes), `drive_share` (drive of drive and service) and
    `admin_share`, replication by replication.
    """
    core, drive, admin = (
        comparison.of_measure(name) / PERCENT for name in ("core_share", "drive_share", "admin_share")
    )
    driven = core * drive / np.maximum(1e-12, 1.0 - drive)
    parts = np.stack([driven, core, admin], axis=2)
    left = np.maximum(0.0, 1.0 - parts.sum(axis=2, keepdims=True))
    return np.asarray(np.concatenate([parts, left], axis=2).mean(axis=0), dtype=np.float64)


def card_facts(comparison: Comparison) -> tuple[Fact, ...]:
    """What is needed to repeat the comparison, and how sure it is."""
    card, precision = comparison.run_card, comparison.precision
    widest = max(precision.achieved_share.values(), default=float("nan"))
    watched = next((row.label for row in comparison.rows if row.name == precision.measure), Text("", ""))
    facts = [
        Fact(label=Text("seed", "种子"), value=str(card.seed)),
        Fact(label=Text("replications", "重复次数"), value=str(comparison.replications)),
        Fact(
            label=Text(f"widest half-width, {watched.en}", f"最宽半宽,{watched.zh}"),
            value=f"{PERCENT * widest:.2f} %" if np.isfinite(widest) else "-",
        ),
    ]
    facts += [
        Fact(label=Text(f"hash of {name}", f"{name} 校验值"), value=value) for name, value in card.input_hashes.items()
    ]
    return (*facts, *(Fact(label=Text(name, name), value=value) for name, value in card.versions.items()))


def _score_row(row: MeasureRow, currency: str) -> ScoreRow:
    chances = [None] * len(row.policies) if row.best is None else [entry.probability for entry in row.best.entries]
    return ScoreRow(
        name=row.name,
        label=row.label,
        unit=row.unit,
        direction=row.direction,
        is_money=row.unit == currency,
        cells=tuple(cell_of(item, chance) for item, chance in zip(row.policies, chances, strict=True)),
    )


def cell_of(item: PolicyEstimate, chance: float | None = None) -> Cell:
    """One policy on one measure."""
    difference = item.difference
    if difference is None:
        return Cell(level=spread_of(item.level), chance_best=chance)
    return Cell(
        level=spread_of(item.level),
        change=spread_of(difference),
        reading=item.verdict,
        is_told_apart=is_told_apart(difference),
        chance_best=chance,
    )


def _return_row(effect: MoneyEffect, months: int) -> ReturnRow:
    return ReturnRow(
        policy=effect.policy,
        margin=spread_of(effect.extra_margin),
        cost=spread_of(effect.extra_cost),
        net=spread_of(effect.net),
        ratio=None if effect.returns is None else spread_of(effect.returns),
        payback=payback_words(effect, months),
    )


def payback_words(effect: MoneyEffect, months: int) -> Text:
    """When the extra cost has come back: "after 3 months (2 to 5)"."""
    found = effect.payback
    if found is None:
        return Text("costs no more", "成本不增加")
    if found.month is None:
        if found.earliest is None:
            return Text(f"not within {months} months", f"{months} 个月内未回本")
        return Text(
            f"not shown within {months} months; month {found.earliest} at the earliest",
            f"{months} 个月内未显示回本;最早第 {found.earliest} 个月",
        )
    latest = str(found.latest) if found.latest is not None else None
    span = (
        Text(f"{found.earliest} to {latest}", f"第 {found.earliest} 至 {latest} 个月")
        if latest is not None
        else Text(f"{found.earliest}, or not within {months}", f"最早第 {found.earliest} 个月,或 {months} 个月内不回本")
    )
    if found.earliest == found.month and latest == str(found.month):
        return Text(f"month {found.month}", f"第 {found.month} 个月")
    return Text(f"month {found.month} ({span.en})", f"第 {found.month} 个月({span.zh})")


def _trial_table(trial: TrialEffect, currency: str) -> TrialTable:
    return TrialTable(
        policy=trial.policy,
        lever=trial.lever,
        num_covered=trial.num_covered,
        num_control=trial.num_control,
        lines=tuple(
            TrialLine(
                label=row.label,
                unit=row.unit,
                is_money=currency in row.unit,
                covered=row.covered.mean,
                control=row.control.mean,
                difference=spread_of(row.difference),
                spread=row.difference.sd,
                found_share=row.found_share,
            )
            for row in trial.rows
        ),
    )


def _curves(comparison: Comparison, name: str) -> MonthCurves:
    series = comparison.monthly(name)
    none = np.zeros_like(series[0].level.mean)
    zero = Band(mean=none, low=none, high=none)
    changes = [item.difference or zero for item in series]
    return MonthCurves(
        mean=np.stack([item.level.mean for item in series]),
        low=np.stack([item.level.low for item in series]),
        high=np.stack([item.level.high for item in series]),
        change=np.stack([change.mean for change in changes]),
        change_low=np.stack([change.low for change in changes]),
        change_high=np.stack([change.high for change in changes]),
    )


def _group_table(comparison: Comparison, value: str) -> GroupTable | None:
    if value not in GROUP_VALUES or len(comparison.policies) < 2:
        return None
    shown = GROUP_VALUES[value]
    in_points = shown.unit == "%"
    groupings = []
    for dimension, label in _DIMENSIONS.items():
        rows = []
        for row in comparison.groups.of(dimension, value):
            scale = PERCENT if in_points else abs(row.baseline.mean)
            estimates = [item.difference for item in row.policies]
            rows.append(
                GroupRow(
                    label=row.group_label,
                    size=row.num_slots,
                    changes=tuple(_share(estimate, scale) for estimate in estimates),
                    told_apart=tuple(is_told_apart(estimate) for estimate in estimates),
                )
            )
        if rows:
            groupings.append(Grouping(label=label, rows=tuple(rows)))
    return GroupTable(
        name=value, label=shown.label, direction=shown.direction, in_points=in_points, groupings=tuple(groupings)
    )


def _share(estimate: Estimate, scale: float) -> Spread | None:
    if scale <= 0:
        return None
    return Spread(mean=estimate.mean / scale, low=estimate.low_together / scale, high=estimate.high_together / scale)
