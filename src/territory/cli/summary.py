"""The last lines of a run: where to look, and the five numbers that matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from territory.language import Lang
from territory.measure import unit_in

if TYPE_CHECKING:
    from pathlib import Path

    from territory.measure import Measure
    from territory.report.data import Headline


def headline_lines(headlines: Sequence[Headline], lang: Lang) -> list[str]:
    """One line per headline: label, value, today's value or the 95 % interval."""
    lines = []
    for headline in headlines:
        measure = headline.measure
        label = measure.label.in_(lang)
        if headline.interval is not None:
            low, high = headline.interval
            interval = f"95 % [{low:+.2f}, {high:+.2f}]"
            line = f"{label}  {measure.value:+.2f} {unit_in(measure.unit, lang)}  {interval}"
            if low <= 0 <= high:
                line += " 无显著差异" if lang == "zh" else " no difference shown"
        else:
            line = f"{label}  {measure.shown(lang)}"
            if headline.before is not None:
                was = f"{headline.before:.1f} {unit_in(measure.unit, lang)}"
                line += f"  (今日 {was})" if lang == "zh" else f"  (today {was})"
        lines.append("  " + line)
    return lines


def measure_lines(before: Sequence[Measure], after: Sequence[Measure], lang: Lang) -> list[str]:
    """A table of measures: label, today, redrawn."""
    old = {measure.name: measure for measure in before}
    head = ("指标", "今日", "重划") if lang == "zh" else ("measure", "today", "redrawn")
    rows = [head]
    for measure in after:
        was = old.get(measure.name)
        rows.append((measure.label.in_(lang), "-" if was is None else was.shown(lang), measure.shown(lang)))
    return ["  " + "  ".join((padded(a, 36), padded(b, 16), c)) for a, b, c in rows]


_STATUS_ZH = {"OPTIMAL": "已证明最优", "FEASIBLE": "可行", "INFEASIBLE": "无解", "NO_PLAN_FOUND": "未找到方案"}


def standing_line(status: str, objective: float, bound: float, gap: float | None, lang: Lang) -> str:
    """How good an answer is, in points."""
    share = f"{100 * (gap or 0):.1f} %"
    if lang == "zh":
        return f"{_STATUS_ZH.get(status, status)}({status}) {objective:.2f} 分(界 {bound:.2f},差距 {share})"
    return f"{status} {objective:.2f} (bound {bound:.2f}, gap {share})"


def where_lines(out: Path, report: Path, lang: Lang) -> list[str]:
    """Where to look."""
    if lang == "zh":
        return [f"报告:{report}", f"全部结果:{out}"]
    return [f"open {report}", f"everything else is in {out}"]


def to_the_right(text: str, width: int) -> str:
    """Set to the right in a width in columns."""
    from rich.cells import cell_len

    return " " * max(0, width - cell_len(text)) + text


def padded(text: str, width: int) -> str:
    """Padded to a width in columns; Chinese characters take two."""
    from rich.cells import cell_len

    return text + " " * max(0, width - cell_len(text))
