"""The report on splits, routes and policies together, as blocks: what each adds, and what they add to each other."""

from __future__ import annotations

from collections.abc import Sequence

from territory.language import Lang, Text
from territory.report.amounts import DASH, Scale
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Row, Table, table
from territory.report.combination_view import ArmRow, CombinationReport, EffectRow
from territory.report.matrix_svg import MatrixRow, change_scale, matrix_svg
from territory.report.policy_pages import MOST_ROWS, between, chance, numbered, parts_of, row_scale, time_of
from territory.report.policy_view import Cell, ScoreRow

_TITLE = Text("Split, routes and policies · {scenario}", "划分、线路与政策 · {scenario}")
_SETTING = Text(
    "{arms} combinations over {time}, {replications} replications on common random numbers. Everything is measured "
    "against today: today's split, routes as estimated without a plan, policy {base}.",
    "{arms} 种组合,{time},公共随机数下重复 {replications} 次。一切与现状相比:现行划分、未排线路(估算)、政策 {base}。",
)
_ANSWER = Text("What each adds", "各自的作用")
_NOTE = Text(
    "against today; intervals hold for all rows at once (95 %); below the line: together",
    "与现状相比;区间对所有行同时成立(95 %);线下为合计",
)
_COUPLING = Text("What couples them", "相互联系")
_COUPLING_NOTE = Text(
    "Flow across borders is the opportunity to dump goods; drive minutes are minutes a rep cannot sell in.",
    "跨界流量是窜货的机会;路途时间是无法销售的时间。",
)
_EFFECTS = Text("Effects in numbers", "作用(数值)")
_EFFECTS_NOTE = Text(
    "Alone: one thing is changed, the rest as today. Beyond the sum: what they add together less what each adds "
    "alone; above 0 they help each other. Differences of percentages are percentage points.",
    "单独:只改变一项,其余不变。超出之和:共同作用减去各自作用之和;大于 0 表示相互促进。百分比之差为百分点。",
)
_ARMS = Text("Every combination", "所有组合")
_CARE = Text("Read with care", "阅读须知")
_SETTINGS = Text("What each policy sets", "各项政策的设置")
_CARD = Text("To repeat this", "复现所需信息")


def combination_blocks(report: CombinationReport, lang: Lang) -> list[Block]:
    """All blocks of the report in one language."""
    base = report.policies[0].name
    return [
        Heading(_TITLE.in_(lang).format(scenario=report.scenario), 1),
        Paragraph(
            _SETTING.in_(lang).format(
                arms=len(report.arms),
                time=time_of(report.horizon_months, lang),
                replications=report.replications,
                base=base,
            ),
            "soft",
        ),
        Heading(_ANSWER.in_(lang)),
        Bullets(tuple(effect_sentence(report, effect, lang) for effect in report.effects if effect.kind != "beyond")),
        *_pictures(report, lang),
        Heading(_COUPLING.in_(lang)),
        Paragraph(_COUPLING_NOTE.in_(lang), "soft"),
        coupling_table(report, lang),
        Heading(_CARE.in_(lang)),
        Paragraph(report.note.in_(lang), "warning"),
        *([Bullets(tuple(w.in_(lang) for w in report.warnings), "warning")] if report.warnings else []),
        Heading(_EFFECTS.in_(lang)),
        Paragraph(_EFFECTS_NOTE.in_(lang), "soft"),
        effects_table(report, lang),
        Heading(_ARMS.in_(lang)),
        _arms_table(report, lang),
        *_settings(report, lang),
        *_card(report, lang),
    ]


def effect_sentence(report: CombinationReport, effect: EffectRow, lang: Lang) -> str:
    """One effect in short: true sales and profit, with intervals and readings."""
    parts = []
    for row, cell in zip(report.measures, effect.cells, strict=True):
        if row.name not in ("true_sales", "profit") or cell.change is None or cell.reading is None:
            continue
        scale = change_scale(row, max(abs(cell.change.low), abs(cell.change.high)), lang)
        number = f"{scale.shown(cell.change.mean, signed=True)} {scale.unit}"
        joint = " ({}): " if lang == "en" else "({}):"
        where = joint.format(between(scale, cell.change, lang))
        parts.append(f"{row.label.in_(lang)} {number}{where}{cell.reading.in_(lang)}")
    label = effect.label.in_(lang)
    return f"{label}: " + ". ".join(parts) + "." if lang == "en" else f"{label}:" + "。".join(parts) + "。"


def _pictures(report: CombinationReport, lang: Lang) -> list[Picture]:
    rows = []
    was_alone = True
    for effect in report.effects:
        is_total = was_alone and effect.kind != "alone"
        was_alone = effect.kind == "alone"
        rows.append(MatrixRow(label=effect.label.in_(lang), cells=effect.cells, is_total=is_total))
    title, note = _ANSWER.in_(lang), _NOTE.in_(lang)
    return [
        Picture(
            name=numbered("effects", number),
            svg=matrix_svg(
                title=title,
                note=note,
                measures=report.measures,
                rows=[rows[place] for place in part],
                beside=rows,
                lang=lang,
            ),
            alt=title,
        )
        for number, part in enumerate(parts_of(range(len(rows)), MOST_ROWS))
    ]


def coupling_table(report: CombinationReport, lang: Lang) -> Table:
    """What couples each ground to the policies."""
    first = report.grounds[0].measures
    head = ["split and routes" if lang == "en" else "划分与线路"]
    head += [measure.label.in_(lang) for measure in first]
    rows = [
        [ground.label.in_(lang), *(measure.shown(lang) for measure in ground.measures)] for ground in report.grounds
    ]
    return table(head, rows, numeric=range(1, len(head)))


def effects_table(report: CombinationReport, lang: Lang) -> Table:
    """A group per measure, a row per effect."""
    head = (
        ("", "difference", "95 % interval, all at once", "reading")
        if lang == "en"
        else ("", "差异", "95 % 区间(同时)", "结论")
    )
    rows: list[Row] = []
    for place, measure in enumerate(report.measures):
        cells = [effect.cells[place] for effect in report.effects]
        scale = effect_scale(measure, cells, lang)
        name = f"{measure.label.in_(lang)}, {scale.unit}" if scale.unit else measure.label.in_(lang)
        rows.append(Row(cells=(name, "", "", ""), is_group=True))
        rows += [
            Row(cells=_effect_cells(effect, cell, scale, lang))
            for effect, cell in zip(report.effects, cells, strict=True)
        ]
    return Table(head=head, rows=tuple(rows), numeric=(1, 2))


def effect_scale(measure: ScoreRow, cells: Sequence[Cell], lang: Lang) -> Scale:
    """How the effects on one measure are written, in its unit, beside the level of today."""
    wide = ScoreRow(
        name=measure.name,
        label=measure.label,
        unit=measure.unit,
        direction=measure.direction,
        is_money=measure.is_money,
        cells=(measure.cells[0], *cells),
    )
    return row_scale(wide, lang)


def _effect_cells(effect: EffectRow, cell: Cell, scale: Scale, lang: Lang) -> tuple[str, ...]:
    if cell.change is None:
        return (effect.label.in_(lang), DASH, "", "")
    reading = "" if cell.reading is None else cell.reading.in_(lang)
    shown = scale.shown(cell.change.mean, signed=True)
    return (effect.label.in_(lang), shown, between(scale, cell.change, lang), reading)


def _arms_table(report: CombinationReport, lang: Lang) -> Table:
    head = ["split", "routes", "policy"] if lang == "en" else ["划分", "线路", "政策"]
    scales = [
        row_scale(
            ScoreRow(
                name=m.name,
                label=m.label,
                unit=m.unit,
                direction=m.direction,
                is_money=m.is_money,
                cells=tuple(arm.cells[place] for arm in report.arms),
            ),
            lang,
        )
        for place, m in enumerate(report.measures)
    ]
    head += [
        f"{measure.label.in_(lang)}, {scale.unit}" if scale.unit else measure.label.in_(lang)
        for measure, scale in zip(report.measures, scales, strict=True)
    ]
    head.append("best on profit" if lang == "en" else "利润最优概率")
    rows = [_arm_cells(report, arm, scales, lang) for arm in report.arms]
    return table(head, rows, numeric=range(3, len(head)))


def _arm_cells(report: CombinationReport, arm: ArmRow, scales: Sequence[Scale], lang: Lang) -> list[str]:
    best = next(
        (
            cell.chance_best
            for measure, cell in zip(report.measures, arm.cells, strict=True)
            if measure.name == "profit"
        ),
        None,
    )
    levels = [scale.shown(cell.level.mean) for scale, cell in zip(scales, arm.cells, strict=True)]
    return [arm.split.in_(lang), arm.routes.in_(lang), arm.policy, *levels, chance(best)]


def _settings(report: CombinationReport, lang: Lang) -> list[Block]:
    blocks: list[Block] = [Heading(_SETTINGS.in_(lang))]
    for entry in report.policies:
        blocks.append(Heading(entry.name, 3))
        if entry.why:
            blocks.append(Paragraph(entry.why))
        if entry.settings:
            blocks.append(Bullets(tuple(line.in_(lang) for line in entry.settings)))
    return blocks


def _card(report: CombinationReport, lang: Lang) -> list[Block]:
    head = ("what", "value") if lang == "en" else ("项目", "值")
    return [Heading(_CARD.in_(lang)), table(head, [(f.label.in_(lang), f.value) for f in report.run_card])]
