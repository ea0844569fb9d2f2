"""The policy report as blocks: the answer first, then what supports it, then what is needed to repeat it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from territory.language import Lang, Text
from territory.report.amounts import DASH, Scale, scale_of
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Row, Table, table
from territory.report.matrix_svg import MatrixRow, change_scale, matrix_svg, measures_shown
from territory.report.policy_months import changes_svg, levels_svg
from territory.report.policy_people import MOST_ACROSS, groups_svg, time_svg
from territory.report.policy_view import Cell, PolicyEntry, PolicyReport, ReturnRow, ScoreRow, Spread

AGAINST = Text(
    "against {name}; intervals hold for all policies at once (95 %)", "与 {name} 相比;区间对所有政策同时成立(95 %)"
)
_TITLE = Text("Policies over {time} · {scenario}", "政策模拟({time})· {scenario}")
_SETTING = Text(
    "{ground}. {months} simulated months, {replications} replications on common random numbers; "
    "every difference is against {base}.",
    "{ground}。模拟 {months} 个月,公共随机数下重复 {replications} 次;所有差异均与 {base} 相比。",
)
_ANSWER = Text("What the simulation says", "模拟结论")
_CHANGES = Text("What each policy changes", "各项政策带来的变化")
_CARE = Text("Read with care", "阅读须知")
_MEASURES = Text("Measures", "指标")
_MONEY = Text("Cost and return", "成本与回报")
_MONEY_NOTE = Text(
    "Over the whole horizon, against {name}. Cost: pay, programmes and hiring. Return: margin less cost, per unit of "
    "cost. A dash: the policy costs no more than {name}.",
    "整个模拟期,与 {name} 相比。成本 = 薪酬 + 项目 + 招聘;"
    "回报 =(新增毛利 − 新增成本)/ 新增成本。横线:该政策成本不高于 {name}。",
)
_MONTHS = Text("Month by month", "逐月")
_PEOPLE = Text("People", "人员")
_SETTINGS = Text("What each policy sets", "各项政策的设置")
_ORDINARY = Text("everything as is ordinary in the trade", "全部为行业通常做法")
_CARD = Text("To repeat this", "复现所需信息")
_ONLY = Text("one policy alone: levels, nothing to compare with", "仅一项政策:只有水平值,无可比较")
_POINTS = Text("Differences of percentages are percentage points.", "百分比之差为百分点。")
_MOST_DIGITS = 4
_MORE = Text(
    "The books exceed consumption by {gap} more than under {base}: goods moved across borders or ahead of time",
    "账面超出真实消费的部分比 {base} 多 {gap}:跨区或提前的货物",
)
_LESS = Text(
    "The books exceed consumption by {gap} less than under {base}: fewer goods move across borders or ahead of time",
    "账面超出真实消费的部分比 {base} 少 {gap}:跨区或提前的货物减少",
)


def policy_blocks(report: PolicyReport, lang: Lang) -> list[Block]:
    """All blocks of the report in one language."""
    return [
        *_opening(report, lang),
        *_care(report, lang),
        *_measures(report, lang),
        *_money(report, lang),
        *_months(report, lang),
        *_people(report, lang),
        *_settings(report, lang),
        *_card(report, lang),
    ]


def pictures(blocks: Sequence[Block]) -> list[Picture]:
    """The pictures among the blocks, for a folder of their own."""
    return [block for block in blocks if isinstance(block, Picture)]


def between(scale: Scale, spread: Spread, lang: Lang) -> str:
    """An interval in words: "+0.9 to +1.3"."""
    joint = " to " if lang == "en" else " 至 "
    return scale.shown(spread.low, signed=True) + joint + scale.shown(spread.high, signed=True)


def row_scale(row: ScoreRow, lang: Lang) -> Scale:
    """How levels and differences of a measure are written side by side: two digits of the narrowest interval show."""
    scale = scale_of(max(abs(cell.level.mean) for cell in row.cells), row.unit, lang, is_money=row.is_money)
    found = [cell.change for cell in row.cells if cell.change is not None]
    halves = [(change.high - change.low) / 2 / scale.divisor for change in found]
    seen = [half for half in halves if half > 0 and math.isfinite(half)]
    if not seen:
        return scale
    return replace(scale, digits=max(scale.digits, min(_MOST_DIGITS, 1 - math.floor(math.log10(min(seen))))))


def chance(value: float | None) -> str:
    """A probability of being best; a dash where it was not asked."""
    return DASH if value is None else f"{100 * value:.0f} %"


def time_of(months: int, lang: Lang) -> str:
    """The horizon in words."""
    if months == 12:
        return "one year" if lang == "en" else "一年"
    return f"{months} months" if lang == "en" else f"{months} 个月"


def _opening(report: PolicyReport, lang: Lang) -> list[Block]:
    base = report.policies[0].name
    blocks: list[Block] = [
        Heading(_TITLE.in_(lang).format(time=time_of(report.horizon_months, lang), scenario=report.scenario), 1),
        Paragraph(
            _SETTING.in_(lang).format(
                ground=_capital(report.ground.in_(lang)),
                months=report.horizon_months,
                replications=report.replications,
                base=base,
            ),
            "soft",
        ),
        Heading(_ANSWER.in_(lang)),
    ]
    if not report.others:
        return [*blocks, Paragraph(_ONLY.in_(lang))]
    blocks.append(
        Bullets(tuple(_sentence(report, place, entry, lang) for place, entry in enumerate(report.others, start=1)))
    )
    measures = measures_shown(report.rows)
    if measures:
        rows = [
            MatrixRow(label=entry.name, cells=tuple(row.cells[place] for row in measures))
            for place, entry in enumerate(report.others, start=1)
        ]
        title, note = _CHANGES.in_(lang), AGAINST.in_(lang).format(name=base)
        svg = matrix_svg(title=title, note=note, measures=measures, rows=rows, lang=lang)
        blocks.append(Picture(name="changes", svg=svg, alt=title))
    return blocks


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(report: PolicyReport, place: int, entry: PolicyEntry, lang: Lang) -> str:
    """One policy in short sentences: true sales, profit, what the books hide, and how sure."""
    parts = []
    for row in measures_shown(report.rows, ("true_sales", "profit")):
        cell = row.cells[place]
        if cell.change is None or cell.reading is None:
            continue
        scale = change_scale(row, max(abs(cell.change.low), abs(cell.change.high)), lang)
        number = f"{scale.shown(cell.change.mean, signed=True)} {scale.unit}".strip()
        label, reading, where = row.label.in_(lang), cell.reading.in_(lang), between(scale, cell.change, lang)
        joint = " ({}): " if lang == "en" else "({}):"
        parts.append(f"{label} {number}{joint.format(where)}{reading}")
    hidden = _hidden(report, place, lang)
    best = report.row("profit")
    if hidden:
        parts.append(hidden)
    if best is not None and best.cells[place].chance_best is not None:
        shown = chance(best.cells[place].chance_best)
        parts.append(f"Best on profit with probability {shown}" if lang == "en" else f"利润最优的概率为 {shown}")
    return f"{entry.name}: " + ". ".join(parts) + "." if lang == "en" else f"{entry.name}:" + "。".join(parts) + "。"


def _hidden(report: PolicyReport, place: int, lang: Lang) -> str:
    """What the books show beyond consumption, where it is at least a tenth of a per cent of sales."""
    true, recorded = report.row("true_sales"), report.row("recorded_sales")
    if true is None or recorded is None:
        return ""
    t, r = true.cells[place].change, recorded.cells[place].change
    gap = 0.0 if t is None or r is None else r.mean - t.mean
    if abs(gap) < 0.001 * abs(true.cells[0].level.mean):
        return ""
    scale = scale_of(gap, true.unit, lang, is_money=True)
    words = _MORE if gap > 0 else _LESS
    return words.in_(lang).format(gap=f"{scale.shown(abs(gap))} {scale.unit}", base=report.policies[0].name)


def _care(report: PolicyReport, lang: Lang) -> list[Block]:
    blocks: list[Block] = [Heading(_CARE.in_(lang)), Paragraph(report.note.in_(lang), "warning")]
    if report.warnings:
        blocks.append(Bullets(tuple(warning.in_(lang) for warning in report.warnings), "warning"))
    return blocks


def _measures(report: PolicyReport, lang: Lang) -> list[Block]:
    head = (
        ("policy", "mean", "difference", "95 % interval, all at once", "reading", "best")
        if lang == "en"
        else ("政策", "均值", "差异", "95 % 区间(同时)", "结论", "最优概率")
    )
    has_chances = any(cell.chance_best is not None for row in report.rows for cell in row.cells)
    width = len(head) if has_chances else len(head) - 1
    rows: list[Row] = []
    for row in report.rows:
        scale = row_scale(row, lang)
        name = f"{row.label.in_(lang)}, {scale.unit}" if scale.unit else row.label.in_(lang)
        rows.append(Row(cells=(name, *[""] * (width - 1)), is_group=True))
        for entry, cell in zip(report.policies, row.cells, strict=True):
            rows.append(Row(cells=_measure_cells(entry, cell, scale, lang)[:width]))
    note = f"{_capital(AGAINST.in_(lang).format(name=report.policies[0].name))}{'. ' if lang == 'en' else '。'}"
    return [
        Heading(_MEASURES.in_(lang)),
        Paragraph(note + _POINTS.in_(lang), "soft"),
        Table(head=head[:width], rows=tuple(rows), numeric=(1, 2, 3, 5)),
    ]


def _measure_cells(entry: PolicyEntry, cell: Cell, scale: Scale, lang: Lang) -> tuple[str, ...]:
    mean, best = scale.shown(cell.level.mean), "" if cell.chance_best is None else chance(cell.chance_best)
    if cell.change is None:
        return (entry.name, mean, "", "", "", best)
    reading = "" if cell.reading is None else cell.reading.in_(lang)
    difference = scale.shown(cell.change.mean, signed=True)
    return (entry.name, mean, difference, between(scale, cell.change, lang), reading, best)


def _money(report: PolicyReport, lang: Lang) -> list[Block]:
    if not report.returns:
        return []
    head = (
        ("policy", "extra margin", "extra cost", "net gain", "return", "payback")
        if lang == "en"
        else ("政策", "新增毛利", "新增成本", "净收益", "回报", "回本")
    )
    costs = [abs(row.cost.mean) for row in report.returns if row.cost.mean]
    largest = max(costs or [abs(row.net.mean) for row in report.returns])  # costs are small beside margins
    scale = replace(scale_of(largest, report.currency, lang, is_money=True), digits=1)
    rows = [_return_cells(row, scale, lang) for row in report.returns]
    note = _MONEY_NOTE.in_(lang).format(name=report.policies[0].name)
    unit = f" Amounts in {scale.unit}." if lang == "en" else f"单位:{scale.unit}。"
    return [
        Heading(_MONEY.in_(lang)),
        Paragraph(note + unit, "soft"),
        table(head, rows, numeric=(1, 2, 3, 4)),
    ]


def _return_cells(row: ReturnRow, scale: Scale, lang: Lang) -> tuple[str, ...]:
    money = (row.margin, row.cost, row.net)
    ratio = DASH if row.ratio is None else _with_interval(row.ratio, scale_of(row.ratio.mean, "", lang), lang)
    return (row.policy, *(_with_interval(part, scale, lang) for part in money), ratio, row.payback.in_(lang))


def _with_interval(part: Spread, scale: Scale, lang: Lang) -> str:
    return f"{scale.shown(part.mean, signed=True)}\n({between(scale, part, lang)})"


def _months(report: PolicyReport, lang: Lang) -> list[Block]:
    if report.months is None:
        return []
    heading = _MONTHS.in_(lang)
    blocks: list[Block] = [Heading(heading)]
    if report.others:
        blocks.append(Picture(name="months_changes", svg=changes_svg(report, lang), alt=heading))
    return [*blocks, Picture(name="months_sales", svg=levels_svg(report, lang), alt=heading)]


def _people(report: PolicyReport, lang: Lang) -> list[Block]:
    blocks: list[Block] = []
    for found in report.groups:
        for first in range(0, len(report.others), MOST_ACROSS):
            name = f"groups_{found.name}" + (f"_{first // MOST_ACROSS + 1}" if first else "")
            svg = groups_svg(report, found, first=first, lang=lang)
            blocks.append(Picture(name=name, svg=svg, alt=found.label.in_(lang)))
    if report.time_use is not None:
        blocks.append(Picture(name="time", svg=time_svg(report, lang), alt=_PEOPLE.in_(lang)))
    return [Heading(_PEOPLE.in_(lang)), *blocks] if blocks else []


def _settings(report: PolicyReport, lang: Lang) -> list[Block]:
    blocks: list[Block] = [Heading(_SETTINGS.in_(lang))]
    for entry in report.policies:
        blocks.append(Heading(entry.name, 3))
        if entry.why:
            blocks.append(Paragraph(entry.why))
        lines = tuple(line.in_(lang) for line in entry.settings) or (_ORDINARY.in_(lang),)
        blocks.append(Bullets(lines))
    return blocks


def _card(report: PolicyReport, lang: Lang) -> list[Block]:
    if not report.run_card:
        return []
    head = ("what", "value") if lang == "en" else ("项目", "值")
    return [Heading(_CARD.in_(lang)), table(head, [(f.label.in_(lang), f.value) for f in report.run_card])]
