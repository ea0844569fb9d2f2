"""A report on combinations with made-up numbers: the split helps, routes help less, together a little more."""

from __future__ import annotations

from territory.language import Text
from territory.measure import Measure
from territory.report.combination_view import ArmRow, CombinationReport, EffectRow, GroundEntry, Kind
from territory.report.data import Fact
from territory.report.policy_view import Cell, PolicyEntry, ScoreRow
from tests.report.policy_example import BETTER, OPEN, spread

LEVEL = {"true_sales": 560e6, "profit": 66e6, "gaming_index": 4.0}
HALF = {"true_sales": 0.8e6, "profit": 0.2e6, "gaming_index": 0.2}


def _cell(measure: str, change: float | None) -> Cell:
    level = spread(LEVEL[measure], LEVEL[measure] * 0.02)
    if change is None:
        return Cell(level=level, chance_best=0.1)
    told = abs(change) > HALF[measure]
    return Cell(level=level, change=spread(change, HALF[measure]), reading=BETTER if told else OPEN, is_told_apart=told)


def _effect(en: str, zh: str, kind: Kind, true_sales: float, profit: float, gaming: float) -> EffectRow:
    changes = {"true_sales": true_sales, "profit": profit, "gaming_index": gaming}
    return EffectRow(label=Text(en, zh), kind=kind, cells=tuple(_cell(name, value) for name, value in changes.items()))


def example_combination() -> CombinationReport:
    measures = tuple(
        ScoreRow(
            name=name,
            label=Text(en, zh),
            unit=unit,
            direction=direction,  # type: ignore[arg-type]
            is_money=unit == "CNY",
            cells=(_cell(name, None),),
        )
        for name, en, zh, unit, direction in (
            ("true_sales", "True sales", "真实销售额", "CNY", "up"),
            ("profit", "Profit", "利润", "CNY", "up"),
            ("gaming_index", "Dumped or pulled forward", "窜货与压货", "%", "down"),
        )
    )
    today, redrawn = Text("today's split", "现行划分"), Text("redrawn split", "重划方案")
    estimated, planned = Text("routes estimated", "线路为估算"), Text("planned routes", "排定线路")

    def ground(split: Text, routes: Text, flow: float, drive: float) -> GroundEntry:
        label = Text("Flow across borders", "跨界流量"), Text("Drive share", "路途占比")
        return GroundEntry(
            label=Text(f"{split.en}, {routes.en}", f"{split.zh},{routes.zh}"),
            measures=(
                Measure(name="border_flow", value=flow, unit="%", direction="down", label=label[0]),
                Measure(name="drive_share", value=drive, unit="%", direction="down", label=label[1]),
            ),
        )

    return CombinationReport(
        scenario="county",
        currency="CNY",
        horizon_months=12,
        replications=20,
        grounds=(
            ground(today, estimated, 21.0, 38.0),
            ground(today, planned, 21.0, 31.0),
            ground(redrawn, estimated, 14.0, 36.0),
            ground(redrawn, planned, 14.0, 29.0),
        ),
        policies=(PolicyEntry(name="big_pot", why="As today."), PolicyEntry(name="team_pay", why="Results count.")),
        measures=measures,
        effects=(
            _effect("redrawn split", "重划方案", "alone", 3.1e6, 0.4e6, -1.2),
            _effect("planned routes", "排定线路", "alone", 1.9e6, 0.1e6, 0.1),
            _effect("team_pay", "team_pay", "alone", 4.0e6, 0.5e6, 0.9),
            _effect("all three with team_pay", "三者合计(team_pay)", "together", 9.9e6, 1.2e6, -0.6),
            _effect("of which beyond the sum", "其中超出之和", "beyond", 0.9e6, 0.2e6, -0.4),
        ),
        arms=tuple(
            ArmRow(split=split, routes=routes, policy=name, cells=tuple(_cell(key, None) for key in LEVEL))
            for split in (today, redrawn)
            for routes in (estimated, planned)
            for name in ("big_pot", "team_pay")
        ),
        note=Text("Supply is allocated here.", "本情景为配额供货。"),
        warnings=(Text("team_pay, commission: beyond.", "team_pay,commission:超出。"),),
        run_card=(Fact(label=Text("seed", "种子"), value="1"),),
    )
