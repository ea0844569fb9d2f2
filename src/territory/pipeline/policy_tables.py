"""A comparison of policies as tables: measures, money, months and groups, with intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from territory.domain.policy_rules import PolicyRules
from territory.io import write_rows
from territory.lab import Comparison, Estimate
from territory.lab.money import MoneyEffect
from territory.policy import Draws, PolicyProblem
from territory.policy.trial import CONTROL, COVERED, NOT_ASKED, arm_of_slot, levers_on_trial

TABLE = "policies.csv"


def write_comparison_table(comparison: Comparison, path: Path) -> Path:
    """Every measure under every policy, with intervals and the probability of being best."""
    rows = []
    for row in comparison.rows:
        chances = [None] * len(row.policies) if row.best is None else [e.probability for e in row.best.entries]
        for policy, chance in zip(row.policies, chances, strict=True):
            difference = policy.difference
            rows.append(
                {
                    "measure": row.name,
                    "label": row.label.en,
                    "unit": row.unit,
                    "policy": policy.policy,
                    "mean": policy.level.mean,
                    "mean_low": finite(policy.level.low),
                    "mean_high": finite(policy.level.high),
                    "difference": None if difference is None else difference.mean,
                    "difference_low": None if difference is None else finite(difference.low),
                    "difference_high": None if difference is None else finite(difference.high),
                    "together_low": None if difference is None else finite(difference.low_together),
                    "together_high": None if difference is None else finite(difference.high_together),
                    "verdict": None if policy.verdict is None else policy.verdict.en,
                    "probability_best": chance,
                }
            )
    return write_rows(rows, path)


MONEY_COLUMNS = (
    "policy",
    *(f"{name}{end}" for name in ("extra_margin", "extra_cost", "net", "return") for end in ("", "_low", "_high")),
    "payback_month",
    "payback_earliest",
    "payback_latest",
)


def money_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row per policy but the first: margin, cost, net gain, return, payback; intervals hold all at once."""
    return [_money_row(effect) for effect in comparison.money]


def _money_row(effect: MoneyEffect) -> dict[str, object]:
    found: dict[str, object] = {"policy": effect.policy}
    parts = {
        "extra_margin": effect.extra_margin,
        "extra_cost": effect.extra_cost,
        "net": effect.net,
        "return": effect.returns,
    }
    for name, part in parts.items():
        found[name] = None if part is None else part.mean
        found[f"{name}_low"] = None if part is None else finite(part.low_together)
        found[f"{name}_high"] = None if part is None else finite(part.high_together)
    back = effect.payback
    found["payback_month"] = None if back is None else back.month
    found["payback_earliest"] = None if back is None else back.earliest
    found["payback_latest"] = None if back is None else back.latest
    return found


def month_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row per series, policy and month: level and difference with bands that hold for all months at once."""
    return [
        {
            "series": series.name,
            "unit": series.unit,
            "policy": series.policy,
            "month": month + 1,
            "mean": float(series.level.mean[month]),
            "low": finite(float(series.level.low[month])),
            "high": finite(float(series.level.high[month])),
            "difference": None if series.difference is None else float(series.difference.mean[month]),
            "difference_low": None if series.difference is None else finite(float(series.difference.low[month])),
            "difference_high": None if series.difference is None else finite(float(series.difference.high[month])),
        }
        for series in comparison.series
        for month in range(len(series.level.mean))
    ]


GROUP_COLUMNS = (
    "dimension",
    "group",
    "positions",
    "value",
    "unit",
    "baseline",
    "policy",
    "difference",
    "difference_low",
    "difference_high",
    "verdict",
)


def group_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row per group, number and policy but the first."""
    return [
        {
            "dimension": row.dimension,
            "group": row.group,
            "positions": row.num_slots,
            "value": row.value,
            "unit": row.unit,
            "baseline": row.baseline.mean,
            "policy": item.policy,
            "difference": item.difference.mean,
            "difference_low": finite(item.difference.low_together),
            "difference_high": finite(item.difference.high_together),
            "verdict": item.verdict.en,
        }
        for row in comparison.groups.rows
        for item in row.policies
    ]


TRIAL_COLUMNS = (
    "policy",
    "lever",
    "value",
    "unit",
    "positions_covered",
    "positions_control",
    "covered",
    "control",
    "difference",
    "difference_low",
    "difference_high",
    "one_trial_sd",
    "found_share",
)


def trial_rows(comparison: Comparison) -> list[dict[str, object]]:
    """One row per trial and number: both arms, their difference, and what one trial would find."""
    return [
        {
            "policy": trial.policy,
            "lever": trial.lever,
            "value": row.value,
            "unit": row.unit,
            "positions_covered": trial.num_covered,
            "positions_control": trial.num_control,
            "covered": row.covered.mean,
            "control": row.control.mean,
            "difference": row.difference.mean,
            "difference_low": finite(row.difference.low_together),
            "difference_high": finite(row.difference.high_together),
            "one_trial_sd": row.difference.sd,
            "found_share": row.found_share,
        }
        for trial in comparison.trials
        for row in trial.rows
    ]


ARM_COLUMNS = ("policy", "lever", "rep_id", "arm")
_ARMS = {COVERED: "covered", CONTROL: "control", NOT_ASKED: "not asked"}


def arm_rows(
    problem: PolicyProblem, policies: Mapping[str, PolicyRules], *, seed: int, replication: int
) -> list[dict[str, object]]:
    """Who is in which arm of every trial in one replication, in the order of the reps."""
    draws = Draws.of(problem, seed=seed, replication=replication)
    return [
        {"policy": name, "lever": lever, "rep_id": rep_id, "arm": _ARMS[arm]}
        for name, rules in policies.items()
        for lever in levers_on_trial(rules)
        for rep_id, arm in zip(problem.slot_ids, arm_of_slot(problem, rules, draws, lever).tolist(), strict=True)
    ]


def ends(estimate: Estimate) -> list[float | None]:
    """The interval that holds for all policies at once; None where it has no end."""
    return [finite(estimate.low_together), finite(estimate.high_together)]


def finite(value: float) -> float | None:
    """The number; None where it is infinite, as after one replication."""
    return value if math.isfinite(value) else None
