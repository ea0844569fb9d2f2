"""The answer about policies as files: tables, JSON, the report as HTML and PDF, its pictures, the model report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from territory.compute import write_bytes_atomically
from territory.io import write_json, write_rows
from territory.lab import Comparison
from territory.language import Lang
from territory.measure import Measure
from territory.pipeline.policy_tables import (
    ARM_COLUMNS,
    GROUP_COLUMNS,
    MONEY_COLUMNS,
    TABLE,
    TRIAL_COLUMNS,
    arm_rows,
    ends,
    group_rows,
    money_rows,
    month_rows,
    trial_rows,
    write_comparison_table,
)
from territory.pipeline.policy_years import PolicyAnswer
from territory.report.blocks import Block
from territory.report.blocks_html import write_page
from territory.report.blocks_pdf import write_pdf
from territory.report.policy_pages import pictures, policy_blocks

LANGUAGES: tuple[Lang, ...] = ("en", "zh")


def write_policy_answer(answer: PolicyAnswer, target: Path, lang: Lang) -> list[Path]:
    """All files of one answer; the report and the pictures open in `lang`."""
    comparison, report = answer.comparison, answer.report
    write_comparison_table(comparison, target / TABLE)
    write_rows(money_rows(comparison), target / "policies_money.csv", columns=MONEY_COLUMNS)
    write_rows(month_rows(comparison), target / "policies_months.csv")
    write_rows(group_rows(comparison), target / "policies_groups.csv", columns=GROUP_COLUMNS)
    if comparison.trials:
        write_rows(trial_rows(comparison), target / "policies_trials.csv", columns=TRIAL_COLUMNS)
        arms = arm_rows(answer.ground.problem, answer.policies, seed=comparison.run_card.seed, replication=0)
        write_rows(arms, target / "trial_arms.csv", columns=ARM_COLUMNS)
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
        "trials": trial_rows(comparison),
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
                "interval": ends(item.level),
                "difference": None if item.difference is None else item.difference.mean,
                "difference_interval": None if item.difference is None else ends(item.difference),
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
