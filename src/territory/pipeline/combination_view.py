"""From combinations of splits, routes and policies to what their report shows, and to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from territory.domain.scenario import Scenario
from territory.io import write_json, write_rows
from territory.language import Lang
from territory.pipeline.combinations import Combination, Effect
from territory.pipeline.grounds import ROUTE_WORDS, SPLIT_WORDS, coupling
from territory.pipeline.policy_output import LANGUAGES, write_pages
from territory.pipeline.policy_tables import ends, write_comparison_table
from territory.pipeline.policy_view import card_facts, is_told_apart, score_rows, spread_of
from territory.pipeline.policy_words import evidence_lines, settings_of
from territory.pipeline.policy_years import input_facts
from territory.policy.evidence_ranges import standing_note
from territory.report.combination_pages import combination_blocks
from territory.report.combination_view import ArmRow, CombinationReport, EffectRow, GroundEntry
from territory.report.policy_view import Cell, PolicyEntry, ScoreRow

SHOWN = ("true_sales", "profit", "visits_done", "drive_share", "gaming_index")


def combination_report(found: Combination, scenario: Scenario) -> CombinationReport:
    """Everything the report on combinations shows."""
    comparison = found.comparison
    rows = score_rows(comparison, scenario.currency, SHOWN)
    year = found.grounds[0].problem.year
    return CombinationReport(
        scenario=scenario.name,
        currency=scenario.currency,
        horizon_months=year.horizon_months,
        replications=comparison.replications,
        grounds=tuple(GroundEntry(label=g.label, measures=coupling(g.problem)) for g in found.grounds),
        policies=tuple(
            PolicyEntry(name=name, why=rules.why, settings=settings_of(rules)) for name, rules in found.policies.items()
        ),
        measures=tuple(_of_today(row) for row in rows),
        effects=tuple(
            EffectRow(label=effect.label, kind=effect.kind, cells=tuple(_cell(found, effect, row) for row in rows))
            for effect in found.effects
        ),
        arms=_arms(found, rows),
        note=standing_note(year),
        warnings=evidence_lines(found.policies, year),
        run_card=(*input_facts(scenario), *card_facts(comparison)),
    )


def _of_today(row: ScoreRow) -> ScoreRow:
    """The measure with the level of the first combination alone."""
    return ScoreRow(
        name=row.name,
        label=row.label,
        unit=row.unit,
        direction=row.direction,
        is_money=row.is_money,
        cells=row.cells[:1],
    )


def _cell(found: Combination, effect: Effect, row: ScoreRow) -> Cell:
    estimate = found.estimate(effect, row.name)
    return Cell(
        level=row.cells[0].level,
        change=spread_of(estimate),
        reading=found.reading(effect, row.name),
        is_told_apart=is_told_apart(estimate),
    )


def _arms(found: Combination, rows: Sequence[ScoreRow]) -> tuple[ArmRow, ...]:
    names = list(found.policies)
    return tuple(
        ArmRow(
            split=SPLIT_WORDS[ground.split],
            routes=ROUTE_WORDS[ground.routes],
            policy=name,
            cells=tuple(row.cells[place * len(names) + at] for row in rows),
        )
        for place, ground in enumerate(found.grounds)
        for at, name in enumerate(names)
    )


def write_combination(found: Combination, report: CombinationReport, target: Path, lang: Lang) -> list[Path]:
    """Tables of combinations, effects and grounds, JSON, and the report as HTML and PDF."""
    write_comparison_table(found.comparison, target / "combinations.csv")
    write_rows(effect_rows(found), target / "effects.csv")
    write_rows(ground_rows(report), target / "grounds.csv")
    write_json(combination_json(found, report), target / "combinations.json")
    pages = {key: combination_blocks(report, key) for key in LANGUAGES}
    return write_pages(pages, target, "combinations", lang)


def effect_rows(found: Combination) -> list[dict[str, object]]:
    """One row per measure and effect; intervals hold for all effects on the measure at once."""
    rows = []
    for measure in found.comparison.rows:
        for effect in found.effects:
            estimate = found.estimate(effect, measure.name)
            low, high = ends(estimate)
            rows.append(
                {
                    "measure": measure.name,
                    "unit": measure.unit,
                    "effect": effect.name,
                    "kind": effect.kind,
                    "difference": estimate.mean,
                    "together_low": low,
                    "together_high": high,
                    "verdict": found.reading(effect, measure.name).en,
                }
            )
    return rows


def ground_rows(report: CombinationReport) -> list[dict[str, object]]:
    """One row per ground: what couples it to its policies."""
    return [
        {"ground": ground.label.en} | {f"{measure.name}_percent": measure.value for measure in ground.measures}
        for ground in report.grounds
    ]


def combination_json(found: Combination, report: CombinationReport, *, out: Path | None = None) -> dict[str, Any]:
    """The answer for programs."""
    card = found.comparison.run_card
    effects: dict[str, dict[str, Any]] = {}
    for row in effect_rows(found):
        effects.setdefault(str(row["measure"]), {})[str(row["effect"])] = {
            "kind": row["kind"],
            "difference": row["difference"],
            "interval": [row["together_low"], row["together_high"]],
            "verdict": row["verdict"],
        }
    return {
        "scenario": report.scenario,
        "horizon_months": report.horizon_months,
        "replications": report.replications,
        "seed": card.seed,
        "grounds": ground_rows(report),
        "policies": list(found.policies),
        "combinations": {
            row.name: {item.policy: item.level.mean for item in row.policies} for row in found.comparison.rows
        },
        "effects": effects,
        "note": report.note.en,
        "warnings": [warning.en for warning in report.warnings],
        "run_card": {
            "effort": dict(card.effort),
            "input_hashes": dict(card.input_hashes),
            "versions": dict(card.versions),
        },
        "out": None if out is None else str(out),
    }
