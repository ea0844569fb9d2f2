"""Splits, routes and policies as lines on a terminal: what each adds, what couples them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory.cli.policy_page import columns, warning_lines
from territory.language import Lang, Text
from territory.report.combination_pages import effect_scale
from territory.report.policy_pages import between, time_of

if TYPE_CHECKING:
    from territory.measure import Measure
    from territory.report.combination_view import CombinationReport

_SHORT = {
    "border_flow": Text("flow across borders", "跨界流量"),
    "drive_share": Text("drive share", "路途占比"),
    "visits_planned": Text("visits planned", "排入率"),
    "load": Text("load", "负荷"),
    "potential_spread": Text("uneven sales", "潜力离散"),
}
_INDENT = {"alone": "  ", "together": "  = ", "beyond": "      "}


def combination_lines(report: CombinationReport, lang: Lang) -> list[str]:
    """The whole page."""
    return [
        _heading(report, lang),
        "",
        *coupling_lines(report, lang),
        "",
        *effect_lines(report, lang),
        *_care(report, lang),
    ]


def _heading(report: CombinationReport, lang: Lang) -> str:
    arms, replications = len(report.arms), report.replications
    words = [report.scenario, time_of(report.horizon_months, lang)]
    words += (
        [f"{arms} combinations", f"{replications} replications", f"against today under {report.policies[0].name}"]
        if lang == "en"
        else [f"{arms} 种组合", f"重复 {replications} 次", f"与现状({report.policies[0].name})相比"]
    )
    return " · ".join(words)


def coupling_lines(report: CombinationReport, lang: Lang) -> list[str]:
    """What couples each ground to the policies, a line per ground."""
    shown = report.grounds[0].measures
    head = ("What couples them" if lang == "en" else "相互联系", *(_short(measure).in_(lang) for measure in shown))
    rows = [
        (f"  {ground.label.in_(lang)}", *(measure.shown(lang) for measure in ground.measures))
        for ground in report.grounds
    ]
    return columns([head, *rows], right=range(1, len(shown) + 1))


def _short(measure: Measure) -> Text:
    return _SHORT.get(measure.name, measure.label)


def effect_lines(report: CombinationReport, lang: Lang) -> list[str]:
    """A block per measure, a line per effect."""
    head = (
        ("What each adds", "difference", "95 % interval, all at once", "reading")
        if lang == "en"
        else ("各自的作用", "差异", "95 % 区间(同时)", "结论")
    )
    rows: list[tuple[str, ...]] = [head]
    for place, measure in enumerate(report.measures):
        cells = [effect.cells[place] for effect in report.effects]
        scale = effect_scale(measure, cells, lang)
        label = f"{measure.label.in_(lang)}, {scale.unit}" if scale.unit else measure.label.in_(lang)
        today = scale.shown(measure.cells[0].level.mean)
        rows.append((f"{label} ({'today' if lang == 'en' else '现状'} {today})",))
        for effect, cell in zip(report.effects, cells, strict=True):
            if cell.change is None or cell.reading is None:
                continue
            rows.append(
                (
                    _INDENT[effect.kind] + effect.label.in_(lang),
                    scale.shown(cell.change.mean, signed=True),
                    between(scale, cell.change, lang),
                    cell.reading.in_(lang),
                )
            )
    return columns(rows, right=(1, 2))


def _care(report: CombinationReport, lang: Lang) -> list[str]:
    return warning_lines(report.note, report.warnings, lang)
