"""The answer about policies as files: tables, JSON, the report as HTML and PDF, its pictures, the model report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.io import write_json, write_rows
from territory.lab import Comparison, Estimate
from territory.lab.money import MoneyEffect
from territory.language import Lang, Text
from territory.measure import Measure
from territory.pipeline.policy_years import PolicyAnswer
from territory.report.blocks import Block
from territory.report.blocks_html import write_page
from territory.report.blocks_pdf import write_pdf
from territory.report.policy_pages import pictures, policy_blocks

TABLE = "policies.csv"
LANGUAGES: tuple[Lang, ...] = ("en", "zh")


def write_policy_answer(answer: PolicyAnswer, target: Path, lang: Lang) -> list[Path]:
    """All files of one answer; the report and the pictures open in `lang`."""
    comparison, report = answer.comparison, answer.report
    write_comparison_table(comparison, target / TABLE)
    write_rows(money_rows(comparison), target / "policies_money.csv", columns=_MONEY_COLUMNS)
    write_rows(month_rows(comparison), target / "policies_months.csv")
    write_rows(group_rows(comparison), target / "policies_groups.csv", columns=_GROUP_COLUMNS)
    write_json(answer_json(answer), target / "policies.json")
    return write_pages({key: policy_blocks(report, key) for key in LANGUAGES}, target, "policies", lang)


def write_pages(pages: dict[Lang, list[Block]], target: Path, name: str, lang: Lang) -> list[Path]:
    """NAME.html in both languages, NAME.pdf in one, and every picture as SVG in a folder of its own."""
    for picture in pictures(pages[lang]):
        write_bytes_atomically(target / "pictures" / f"{name}_{picture.name}.svg", picture.svg.encode())
    return [
        write_page(pages, target / f"{name}.html", lang),
        write_pdf(pages[lang], target / f"{name}.pdf", lang),
    ]


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
                    "mean_low": _finite(policy.level.low),
                    "mean_high": _finite(policy.level.high),
                    "difference": None if difference is None else difference.mean,
                    "difference_low": None if difference is None else _finite(difference.low),
                    "difference_high": None if difference is None else _finite(difference.high),
                    "together_low": None if difference is None else _finite(difference.low_together),
                    "together_high": None if difference is None else _finite(difference.high_together),
                    "verdict": None if policy.verdict is None else policy.verdict.en,
                    "probability_best": chance,
                }
            )
    return write_rows(rows, path)


_MONEY_COLUMNS = (
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
        found[f"{name}_low"] = None if part is None else _finite(part.low_together)
        found[f"{name}_high"] = None if part is None else _finite(part.high_together)
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
            "low": _finite(float(series.level.low[month])),
            "high": _finite(float(series.level.high[month])),
            "difference": None if series.difference is None else float(series.difference.mean[month]),
            "difference_low": None if series.difference is None else _finite(float(series.difference.low[month])),
            "difference_high": None if series.difference is None else _finite(float(series.difference.high[month])),
        }
        for series in comparison.series
        for month in range(len(series.level.mean))
    ]


_GROUP_COLUMNS = (
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
            "difference_low": _finite(item.difference.low_together),
            "difference_high": _finite(item.difference.high_together),
            "verdict": item.verdict.en,
        }
        for row in comparison.groups.rows
        for item in row.policies
    ]


def answer_json(answer: PolicyAnswer, *, out: Path | None = None) -> dict[str, Any]:
    """The answer for programs."""
    comparison, report = answer.comparison, answer.report
    return {
        "scenario": report.scenario,
        "ground": report.ground.en,
        "currency": report.currency,
        "horizon_months": report.horizon_months,
        "replications": comparison.replications,
        "seed": comparison.run_card.seed,
        "policies": [
            {"name": entry.name, "why": entry.why, "settings": [line.en for line in entry.settings]}
            for entry in report.policies
        ],
        "measures": {row.name: _measure_json(comparison, row.name) for row in comparison.rows},
        "money": money_rows(comparison),
        "note": report.note.en,
        "warnings": [warning.en for warning in report.warnings],
        "run_card": {
            "effort": dict(comparison.run_card.effort),
            "input_hashes": dict(comparison.run_card.input_hashes) | dict(answer.ground.scenario.input_hashes),
            "versions": dict(comparison.run_card.versions),
        },
        "out": None if out is None else str(out),
    }


def _measure_json(comparison: Comparison, name: str) -> dict[str, Any]:
    row = comparison.row(name)
    chances = {} if row.best is None else {entry.policy: entry.probability for entry in row.best.entries}
    return {
        "label": row.label.en,
        "unit": row.unit,
        "direction": row.direction,
        "policies": {
            item.policy: {
                "mean": item.level.mean,
                "interval": _ends(item.level),
                "difference": None if item.difference is None else item.difference.mean,
                "difference_interval": None if item.difference is None else _ends(item.difference),
                "verdict": None if item.verdict is None else item.verdict.en,
                "probability_best": chances.get(item.policy),
            }
            for item in row.policies
        },
    }


def single_years_json(years: dict[str, tuple[Measure, ...]], *, replication: int) -> dict[str, Any]:
    """One possible year under each policy, for programs."""
    return {
        "replication": replication,
        "years": {name: {measure.name: measure.value for measure in found} for name, found in years.items()},
    }


def _ends(estimate: Estimate) -> list[float | None]:
    """The interval that holds for all policies at once; None where it has no end."""
    return [_finite(estimate.low_together), _finite(estimate.high_together)]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def said(texts: Sequence[Text], lang: Lang) -> list[str]:
    """Texts in one language."""
    return [text.in_(lang) for text in texts]
