"""The policy report as blocks: the answer first, then what supports it, then what is needed to repeat it."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from territory.language import Lang, Text
from territory.report.amounts import DASH, Scale, scale_of
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Row, Table, table
from territory.report.matrix_svg import MatrixRow, change_scale, matrix_svg, measures_shown
from territory.report.policy_months import changes_svg, levels_svg
from territory.report.policy_people import MOST_ACROSS, groups_svg, time_svg
from territory.report.policy_trials import trial_blocks
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
_MOST_SENTENCES, _BEST = 6, 3
MOST_ROWS, _MOST_PANELS, _MOST_BARS = 14, 10, 18  # of a picture that fits on a page
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
        *trial_blocks(report, lang),
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
    """How levels and differences of a measure are written side by side: two digits of the middle interval show."""
    scale = scale_of(max(abs(cell.level.mean) for cell in row.cells), row.unit, lang, is_money=row.is_money)
    found = [cell.change for cell in row.cells if cell.change is not None]
    halves = [(change.high - change.low) / 2 / scale.divisor for change in found]
    seen = [half for half in halves if half > 0 and math.isfinite(half)]
    if not seen:
        return scale
    return replace(
        scale, digits=max(scale.digits, min(_MOST_DIGITS, 1 - math.floor(math.log10(statistics.median(seen)))))
    )


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
    blocks.append(Bullets(_answer(report, lang)))
    measures = measures_shown(report.rows)
    if measures:
        rows = [
            MatrixRow(label=entry.name, cells=tuple(row.cells[place] for row in measures))
            for place, entry in enumerate(report.others, start=1)
        ]
        title, note = _CHANGES.in_(lang), AGAINST.in_(lang).format(name=base)
        blocks += [
            Picture(
                name=numbered("changes", number),
                svg=matrix_svg(
                    title=title, note=note, measures=measures, rows=[rows[at] for at in part], beside=rows, lang=lang
                ),
                alt=title,
            )
            for number, part in enumerate(parts_of(range(len(rows)), MOST_ROWS))
        ]
    return blocks


def parts_of(places: range, most: int) -> list[range]:
    """Cut into as few parts as hold at most so many each, as even as they go: what fits on a page."""
    count = -(-len(places) // most)
    size, longer = divmod(len(places), max(1, count))
    ends = [places.start + part * size + min(part, longer) for part in range(count + 1)]
    return [range(first, last) for first, last in itertools.pairwise(ends)]


def numbered(name: str, number: int) -> str:
    """Names of the pictures of one kind: the first has no number."""
    return f"{name}_{number + 1}" if number else name


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _answer(report: PolicyReport, lang: Lang) -> tuple[str, ...]:
    """A sentence per policy; of many policies who is better and worse on profit, and sentences of the best three."""
    places = list(range(1, len(report.policies)))
    profit = report.row("profit")
    if len(places) > _MOST_SENTENCES and profit is not None:
        places.sort(key=lambda place: -_gain(profit, place))
        best = places[:_BEST]
        return (*_ranked(report, profit, places, lang), *(_sentence(report, place, lang) for place in best))
    return tuple(_sentence(report, place, lang) for place in places)


def _gain(row: ScoreRow, place: int) -> float:
    change = row.cells[place].change
    return 0.0 if change is None else change.mean


def _ranked(report: PolicyReport, row: ScoreRow, places: Sequence[int], lang: Lang) -> list[str]:
    """Who is better, who worse and who neither, largest difference first."""
    scale = change_scale(row, max(abs(_gain(row, place)) for place in places), lang)
    kinds: tuple[list[str], list[str], list[str]] = ([], [], [])
    for place in places:
        cell = row.cells[place]
        kind = 2 if not cell.is_told_apart else 0 if _gain(row, place) > 0 else 1
        shown = f"{scale.shown(_gain(row, place), signed=True)}"
        kinds[kind].append(f"{report.policies[place].name} ({shown})" if kind < 2 else report.policies[place].name)
    label, base = row.label.in_(lang), report.policies[0].name
    heads = (
        (f"{label} higher than under {base}, {scale.unit}", f"lower, {scale.unit}", "no difference shown")
        if lang == "en"
        else (f"{label}高于 {base},{scale.unit}", f"低于,{scale.unit}", "未显示差异")
    )
    joint, colon, stop = (", ", ": ", ".") if lang == "en" else ("、", ":", "。")
    return [
        f"{_capital(head)}{colon}{joint.join(names)}{stop}" for head, names in zip(heads, kinds, strict=True) if names
    ]


def _sentence(report: PolicyReport, place: int, lang: Lang) -> str:
    """One policy in short sentences: true sales, profit, what the books hide, and how sure."""
    parts, name = [], report.policies[place].name
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
    return f"{name}: " + ". ".join(parts) + "." if lang == "en" else f"{name}:" + "。".join(parts) + "。"


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
    heading, all_policies = _MONTHS.in_(lang), range(len(report.policies))
    changes = [
        Picture(name=numbered("months_changes", number), svg=changes_svg(report, lang, places=part), alt=heading)
        for number, part in enumerate(parts_of(all_policies[1:], _MOST_PANELS))
    ]
    levels = [
        Picture(name=numbered("months_sales", number), svg=levels_svg(report, lang, places=part), alt=heading)
        for number, part in enumerate(parts_of(all_policies, _MOST_PANELS))
    ]
    return [Heading(heading), *changes, *levels]


def _people(report: PolicyReport, lang: Lang) -> list[Block]:
    blocks: list[Block] = [
        Picture(
            name=numbered(f"groups_{found.name}", number),
            svg=groups_svg(report, found, places=part, lang=lang),
            alt=found.label.in_(lang),
        )
        for found in report.groups
        for number, part in enumerate(parts_of(range(len(report.others)), MOST_ACROSS))
    ]
    if report.time_use is not None:
        blocks += [
            Picture(name=numbered("time", number), svg=time_svg(report, lang, places=part), alt=_PEOPLE.in_(lang))
            for number, part in enumerate(parts_of(range(len(report.policies)), _MOST_BARS))
        ]
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
