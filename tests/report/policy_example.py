"""A policy report with made-up numbers: three policies, a year, groups, time use; every kind of answer once."""

from __future__ import annotations

import numpy as np

from territory.language import Text
from territory.report.data import Fact
from territory.report.policy_view import (
    Cell,
    Grouping,
    GroupRow,
    GroupTable,
    MonthCurves,
    Months,
    PolicyEntry,
    PolicyReport,
    ReturnRow,
    ScoreRow,
    Spread,
    TimeUse,
)
from territory.units import FloatArray

BETTER, WORSE, HIGHER = Text("better", "更好"), Text("worse", "更差"), Text("higher", "更高")
OPEN = Text("no difference shown; about 340 replications would settle it", "未显示差异;约需 340 次重复才能判定")
SEASON = np.array([1.20, 1.10, 0.95, 0.95, 0.97, 0.98, 0.98, 0.87, 0.90, 0.97, 0.92, 0.93])


def spread(mean: float, half: float) -> Spread:
    return Spread(mean=mean, low=mean - half, high=mean + half)


def _row(
    name: str,
    en: str,
    zh: str,
    unit: str,
    direction: str,
    base: float,
    changes: tuple[tuple[float, float, Text], ...],
    *,
    chance: tuple[float, ...] | None = None,
) -> ScoreRow:
    cells = [Cell(level=spread(base, abs(base) * 0.02), chance_best=chance[0] if chance else None)]
    for place, (mean, half, reading) in enumerate(changes, start=1):
        cells.append(
            Cell(
                level=spread(base + mean, abs(base) * 0.02),
                change=spread(mean, half),
                reading=reading,
                is_told_apart=abs(mean) > half,
                chance_best=chance[place] if chance else None,
            )
        )
    return ScoreRow(
        name=name,
        label=Text(en, zh),
        unit=unit,
        direction=direction,  # type: ignore[arg-type]
        is_money=unit == "CNY",
        cells=tuple(cells),
    )


def _curves(levels: FloatArray, changes: FloatArray, half: float) -> MonthCurves:
    band = half * levels[:1] * np.array([[0.0], [1.0], [1.0]])
    return MonthCurves(
        mean=levels,
        low=levels * 0.975,
        high=levels * 1.025,
        change=changes,
        change_low=changes - band,
        change_high=changes + band,
    )


def months(base: float = 46.8e6) -> Months:
    """Pay for results sells more and books still more, worst at the quarters' ends; mentoring grows slowly."""
    level = base * SEASON
    quarter = np.array([0.0, 0.0, 1.0] * 4)
    pay = level * (0.010 + 0.003 * quarter)
    booked = level * (0.016 + 0.012 * quarter - 0.009 * np.roll(quarter, 1))
    learnt = level * 0.0006 * np.arange(12)
    zero = np.zeros(12)
    true = np.stack([zero, pay, learnt])
    recorded = np.stack([zero, booked, learnt])
    return Months(
        true_sales=_curves(level + true, true, 0.0025), recorded_sales=_curves(level + recorded, recorded, 0.003)
    )


def groups() -> tuple[GroupTable, ...]:
    """Pay moves from the weak to the strong; mentoring leaves pay as it is."""

    def grouping(en: str, zh: str, *rows: tuple[str, str, int, float]) -> Grouping:
        return Grouping(
            label=Text(en, zh),
            rows=tuple(
                GroupRow(
                    label=Text(a, b),
                    size=size,
                    changes=(spread(mean, 0.04 / size**0.5), spread(0.002, 0.012)),
                    told_apart=(abs(mean) > 0.04 / size**0.5, False),
                )
                for a, b, size, mean in rows
            ),
        )

    ways = (
        grouping(
            "Grade", "职级", ("junior", "初级", 4, -0.031), ("mid", "中级", 7, 0.012), ("senior", "高级", 1, 0.05)
        ),
        grouping(
            "Tenure",
            "司龄",
            ("under 1 year", "不足 1 年", 1, -0.06),
            ("1 to 3 years", "1 至 3 年", 4, -0.02),
            ("3 to 7 years", "3 至 7 年", 4, 0.021),
            ("7 years and more", "7 年及以上", 3, 0.035),
        ),
        grouping(
            "Ability",
            "能力",
            ("lowest third", "较低", 4, -0.052),
            ("middle", "中等", 4, 0.008),
            ("highest third", "较高", 4, 0.067),
        ),
        grouping("Contract", "用工", ("contract", "合同工", 11, 0.009), ("formal", "正式工", 1, 0.02)),
        grouping("Team", "团队", ("T1", "T1", 6, 0.013), ("T2", "T2", 6, 0.008)),
    )
    return (GroupTable(name="pay", label=Text("yearly pay", "年薪"), direction="up", in_points=False, groupings=ways),)


def example_policies() -> PolicyReport:
    rows = (
        _row(
            "true_sales",
            "True sales",
            "真实销售额",
            "CNY",
            "up",
            561.6e6,
            ((6.2e6, 1.1e6, BETTER), (1.9e6, 2.2e6, OPEN)),
            chance=(0.0, 0.97, 0.03),
        ),
        _row(
            "recorded_sales",
            "Recorded sales",
            "账面销售额",
            "CNY",
            "none",
            563.1e6,
            ((10.4e6, 1.6e6, HIGHER), (1.9e6, 2.2e6, OPEN)),
        ),
        _row(
            "profit",
            "Profit after pay and programmes",
            "扣除薪酬与项目后的利润",
            "CNY",
            "up",
            66.2e6,
            ((0.31e6, 0.16e6, BETTER), (0.08e6, 0.25e6, OPEN)),
            chance=(0.01, 0.91, 0.08),
        ),
        _row(
            "visits_done",
            "Planned visits made",
            "计划拜访完成率",
            "%",
            "up",
            91.2,
            ((0.4, 0.3, BETTER), (-1.1, 0.2, WORSE)),
        ),
        _row(
            "payroll",
            "Payroll",
            "薪酬总额",
            "CNY",
            "none",
            0.92e6,
            ((0.071e6, 0.006e6, HIGHER), (0.001e6, 0.004e6, OPEN)),
        ),
        _row("turnover", "Turnover per year", "年离职率", "%", "down", 18.1, ((2.4, 1.2, WORSE), (-0.8, 1.3, OPEN))),
        _row(
            "gaming_index",
            "Dumped or pulled forward, of true sales",
            "窜货与压货占真实销售比例",
            "%",
            "down",
            0.61,
            ((0.52, 0.09, WORSE), (0.0, 0.0, Text("identical", "完全相同"))),
        ),
        _row(
            "pay_gini",
            "Gini of yearly pay",
            "年薪基尼系数",
            "",
            "none",
            0.081,
            ((0.024, 0.003, HIGHER), (0.0, 0.002, OPEN)),
        ),
    )
    return PolicyReport(
        scenario="county",
        currency="CNY",
        ground=Text("today's split, routes estimated", "现行划分,线路为估算"),
        horizon_months=12,
        replications=20,
        policies=(
            PolicyEntry(name="big_pot", why="Today's practice: a common pot shared almost equally."),
            PolicyEntry(
                name="flow_split_team_pay",
                why="Pay follows results: less is shared equally, teams compete, audits keep goods inside.",
                settings=(
                    Text("commission: share 0.10, floor 0.8", "commission:share 0.10,floor 0.8"),
                    Text("anti_gaming: audit_rate 0.15", "anti_gaming:audit_rate 0.15"),
                ),
            ),
            PolicyEntry(
                name="mentoring_onboarding",
                why="The best teach the weakest two hours a week; newcomers learn before they serve alone.",
                settings=(Text("mentoring: pairs_share 0.2", "mentoring:pairs_share 0.2"),),
            ),
        ),
        rows=rows,
        returns=(
            ReturnRow(
                policy="flow_split_team_pay",
                margin=spread(0.74e6, 0.13e6),
                cost=spread(0.36e6, 0.01e6),
                net=spread(0.31e6, 0.16e6),
                ratio=spread(0.72, 0.31),
                payback=Text("after 5 months", "5 个月后"),
            ),
            ReturnRow(
                policy="mentoring_onboarding",
                margin=spread(0.23e6, 0.26e6),
                cost=spread(0.15e6, 0.01e6),
                net=spread(0.08e6, 0.25e6),
                ratio=spread(0.53, 1.6),
                payback=Text("not shown: the gain is not told from nothing", "未显示:收益与零无显著差异"),
            ),
        ),
        note=Text(
            "Supply is allocated here: effects are smaller than in studies with free demand.",
            "本情景为配额供货:效果小于自由需求下的研究结果。",
        ),
        warnings=(
            Text(
                "flow_split_team_pay, anti_gaming.audit_rate = 0.15: no study covers this setting.",
                "flow_split_team_pay,anti_gaming.audit_rate = 0.15:没有研究覆盖该设置。",
            ),
        ),
        months=months(),
        groups=groups(),
        time_use=TimeUse(
            kinds=(
                Text("drive", "路途"),
                Text("service", "服务"),
                Text("administration", "内务"),
                Text("programmes", "培训等"),
                Text("idle", "空闲"),
            ),
            shares=np.array(
                [
                    [0.271, 0.502, 0.150, 0.021, 0.056],
                    [0.279, 0.529, 0.150, 0.012, 0.030],
                    [0.262, 0.487, 0.150, 0.055, 0.046],
                ]
            ),
        ),
        run_card=(
            Fact(label=Text("seed", "种子"), value="1"),
            Fact(label=Text("replications", "重复次数"), value="20"),
        ),
    )
