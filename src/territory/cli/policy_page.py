"""The answer about policies as lines on a terminal: a short table, cost and return, what to read with care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from territory.language import Lang, Text
from territory.report.amounts import DASH, Scale, scale_of
from territory.report.matrix_svg import change_scale
from territory.report.policy_pages import between, chance, row_scale, time_of

if TYPE_CHECKING:
    from territory.measure import Measure
    from territory.pipeline.policy_choice import Chosen
    from territory.pipeline.policy_years import PolicyAnswer
    from territory.report.policy_view import Cell, PolicyReport, ReturnRow, ScoreRow

MOST_WARNINGS = 8
MOST_IN_FULL = 6
_SHORT = {
    "true_sales": Text("true sales", "真实销售"),
    "recorded_sales": Text("recorded", "账面销售"),
    "profit": Text("profit", "利润"),
    "visits_done": Text("visits", "拜访"),
    "payroll": Text("pay", "薪酬"),
    "programme_cost": Text("programmes", "项目"),
    "turnover": Text("turnover", "离职"),
    "gaming_index": Text("gaming", "窜货压货"),
    "pay_gini": Text("Gini", "基尼"),
}
_TRIAL = Text(
    "{policy}, {lever}: {covered} covered, {control} control; {label} {difference} points, one trial ± {spread} "
    "(standard error); found in {found} of such trials",
    "{policy},{lever}:试点 {covered} 岗,对照 {control} 岗;{label} {difference} 点,单次试点标准误 {spread};"
    "此类试点检出率 {found}",
)
_BRACKETS = Text(
    "Differences from {base}. In brackets: no difference shown. Intervals and levels: --out, --json, --policy.",
    "与 {base} 的差异;括号内:未显示差异。区间与水平值见 --out、--json、--policy。",
)


def answer_lines(answer: PolicyAnswer, chosen: Chosen, lang: Lang) -> list[str]:
    """The whole page."""
    report = answer.report
    return [
        _heading(report, lang),
        *(note.in_(lang) for note in (*chosen.notes, *answer.notes)),
        "",
        *(score_lines(report, lang) if len(report.policies) <= MOST_IN_FULL else short_lines(report, lang)),
        *return_lines(report, lang),
        *trial_lines(report, lang),
        *warning_lines(report.note, report.warnings, lang),
    ]


def _heading(report: PolicyReport, lang: Lang) -> str:
    words = [report.scenario, report.ground.in_(lang), time_of(report.horizon_months, lang)]
    words.append(f"{report.replications} replications" if lang == "en" else f"重复 {report.replications} 次")
    return " · ".join(words)


def score_lines(report: PolicyReport, lang: Lang) -> list[str]:
    """A block per measure that is read first, a line per policy: mean, difference with interval, best, reading."""
    base = report.policies[0].name
    head = (
        ("", "mean", f"against {base}", "95 % interval, all at once", "best", "reading")
        if lang == "en"
        else ("", "均值", f"与 {base} 相比", "95 % 区间(同时)", "最优概率", "结论")
    )
    rows: list[tuple[str, ...]] = [head]
    for row in _read_first(report):
        scale = row_scale(row, lang)
        label = f"{row.label.in_(lang)}, {scale.unit}" if scale.unit else row.label.in_(lang)
        rows.append((label,))
        rows += [
            _score_cells(entry.name, cell, row, scale, lang)
            for entry, cell in zip(report.policies, row.cells, strict=True)
        ]
    if len(report.policies) == 1:
        rows = [row[:2] for row in rows]
    return columns(rows, right=(1, 2, 3, 4))


def short_lines(report: PolicyReport, lang: Lang) -> list[str]:
    """A line per policy for many of them: differences alone, in brackets where they are not told from nothing."""
    shown = _read_first(report)
    scales = [change_scale(row, _reach(row), lang) for row in shown]
    head = [
        "",
        *(_SHORT[row.name].in_(lang) for row in shown),
        "best" if lang == "en" else "最优概率",
    ]
    units = ["", *(scale.unit for scale in scales), "profit" if lang == "en" else "利润"]
    profit = report.row("profit")
    rows: list[tuple[str, ...]] = [tuple(head), tuple(units)]
    for place, entry in enumerate(report.policies):
        cells = [_short_cell(row.cells[place], scale) for row, scale in zip(shown, scales, strict=True)]
        best = "" if profit is None else chance(profit.cells[place].chance_best)
        rows.append((f"  {entry.name}", *cells, best))
    note = _BRACKETS.in_(lang).format(base=report.policies[0].name)
    return [*columns(rows, right=range(1, len(head))), note]


def _read_first(report: PolicyReport) -> list[ScoreRow]:
    return [row for row in report.rows if row.name in _SHORT]


def _reach(row: ScoreRow) -> float:
    changes = [abs(cell.change.mean) for cell in row.cells if cell.change is not None]
    return max(changes, default=0.0)


def _short_cell(cell: Cell, scale: Scale) -> str:
    if cell.change is None:
        return DASH
    shown = scale.shown(cell.change.mean, signed=True)
    return shown if cell.is_told_apart else f"({shown})"


def _score_cells(name: str, cell: Cell, row: ScoreRow, scale: Scale, lang: Lang) -> tuple[str, ...]:
    mean = scale.shown(cell.level.mean)
    best = "" if cell.chance_best is None else chance(cell.chance_best)
    if cell.change is None:
        return (f"  {name}", mean, "", "", best, "")
    share = row.relative(cell.change.mean)
    difference = scale.shown(cell.change.mean, signed=True)
    if share is not None and row.is_money and cell.change.mean:
        difference += f" ({Scale(divisor=0.01, digits=1, unit='%').shown(share, signed=True)} %)"
    reading = "" if cell.reading is None else cell.reading.in_(lang)
    return (f"  {name}", mean, difference, between(scale, cell.change, lang), best, reading)


def return_lines(report: PolicyReport, lang: Lang) -> list[str]:
    """Cost, return and payback, a line per policy."""
    if not report.returns:
        return []
    costs = [abs(row.cost.mean) for row in report.returns if row.cost.mean]
    largest = max(costs or [abs(row.net.mean) for row in report.returns])
    scale = replace(scale_of(largest, report.currency, lang, is_money=True), digits=1)
    head = (
        (f"Cost and return, {scale.unit}", "extra margin", "extra cost", "net gain", "return", "payback")
        if lang == "en"
        else (f"成本与回报,{scale.unit}", "新增毛利", "新增成本", "净收益", "回报", "回本")
    )
    rows = [head, *(_return_cells(row, scale, lang) for row in report.returns)]
    return ["", *columns(rows, right=(1, 2, 3, 4))]


def _return_cells(row: ReturnRow, scale: Scale, lang: Lang) -> tuple[str, ...]:
    ratio = DASH if row.ratio is None else scale_of(row.ratio.mean, "", lang).shown(row.ratio.mean, signed=True)
    money = tuple(scale.shown(part.mean, signed=True) for part in (row.margin, row.cost, row.net))
    return (f"  {row.policy}", *money, ratio, row.payback.in_(lang))


def trial_lines(report: PolicyReport, lang: Lang) -> list[str]:
    """A line per trial on a part of the positions: how many, the difference of its first number, how often found."""
    lines = []
    for trial in report.trials:
        line = trial.lines[0]
        scale = scale_of(abs(line.difference.mean) + line.spread, "", lang)
        found = DASH if line.found_share is None else f"{100 * line.found_share:.0f} %"
        difference, spread = scale.shown(line.difference.mean, signed=True), scale.shown(line.spread)
        words = _TRIAL.in_(lang).format(
            policy=trial.policy,
            lever=trial.lever,
            covered=f"{trial.num_covered:.0f}",
            control=f"{trial.num_control:.0f}",
            label=line.label.in_(lang),
            difference=difference,
            spread=spread,
            found=found,
        )
        lines.append(f"  {words}")
    return ["", "Trials" if lang == "en" else "试点", *lines] if lines else []


def warning_lines(note: Text, warnings: Sequence[Text], lang: Lang) -> list[str]:
    """The standing note, then what lies beyond the studies; many warnings are counted, the report has them all."""
    lines = ["", "Read with care" if lang == "en" else "阅读须知", f"  {note.in_(lang)}"]
    shown = warnings[:MOST_WARNINGS]
    lines += [f"  - {warning.in_(lang)}" for warning in shown]
    rest = len(warnings) - len(shown)
    if rest > 0:
        lines.append(
            f"  ... and {rest} more (--out, --json)" if lang == "en" else f"  …… 另有 {rest} 条(--out、--json)"
        )
    return lines


def year_lines(years: Mapping[str, Sequence[Measure]], chosen: Chosen, *, lang: Lang, replication: int) -> list[str]:
    """One possible year under each policy, side by side."""
    words = f"one possible year (draws {replication}): an example, not an estimate"
    if lang == "zh":
        words = f"一个可能的年份(随机数 {replication}):示例,而非估计"
    names = list(years)
    rows: list[tuple[str, ...]] = [("", *names)]
    for place, measure in enumerate(years[names[0]]):
        rows.append((f"  {measure.label.in_(lang)}", *(years[name][place].shown(lang) for name in names)))
    whys = [f"{name}: {chosen.policies[name].why}" for name in names if chosen.policies[name].why]
    return [words, *whys, *columns(rows, right=range(1, len(names) + 1))]


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> list[str]:
    """Rows as lines with aligned columns; Chinese characters take two places; a row of one cell may be any length."""
    from rich.cells import cell_len

    most = max(len(row) for row in rows)
    widths = [max((cell_len(row[at]) for row in rows if len(row) > max(1, at)), default=0) for at in range(most)]
    lines = []
    for row in rows:
        cells = []
        for at, cell in enumerate(row):
            gap = " " * max(0, widths[at] - cell_len(cell))
            cells.append(cell if len(row) == 1 else gap + cell if at in right else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return lines
