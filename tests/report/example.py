"""A believable report: 300 outlets, 6 reps, a plan, three policies; numbers computed where they can be."""

from __future__ import annotations

import numpy as np

from territory.language import Text
from territory.measure import Direction, Measure
from territory.report.data import (
    Fact,
    Headline,
    MovedTable,
    OutletTable,
    PolicyMoney,
    PolicyRow,
    PolicyTable,
    ReasonColumn,
    ReportData,
    RepTable,
    RouteTable,
    Standing,
    UnplacedTable,
)
from territory.streams import Streams
from territory.units import IntArray
from tests.sheet.town import Town, town


def measure(name: str, value: float, unit: str, direction: Direction, en: str, zh: str) -> Measure:
    return Measure(name=name, value=value, unit=unit, direction=direction, label=Text(en, zh))


def example_report(*, num_outlets: int = 300, num_reps: int = 6, visits_per_day: int = 8, seed: int = 7) -> ReportData:
    case = town(num_outlets=num_outlets, num_reps=num_reps, visits_per_day=visits_per_day, seed=seed)
    outlets, plan = case.scenario.outlets, case.plan
    after = case.assignment.rep_of_outlet
    rng = Streams(seed).rng("report")
    work = outlets.visits_per_cycle * (outlets.service_min + 8.0)
    target = np.full(num_reps, work.sum() / num_reps)
    changed = np.flatnonzero(outlets.rep_idx != after)
    changed = changed[np.argsort(-outlets.sales_per_week[changed], kind="stable")]
    before, now = _measures(case, outlets.rep_idx, work), _measures(case, after, work)
    by_name = {each.name: each for each in now}
    old = {each.name: each.value for each in before}
    heads = tuple(Headline(measure=by_name[name], before=old[name]) for name in ("flow_kept", "balance"))
    difference = measure("sales_gap", 2.3, "%", "up", "Mentoring pairs, sales", "师徒结对:销售额")
    return ReportData(
        scenario="南河县 · Nanhe county",
        currency="CNY",
        start=case.scenario.calendar.start,
        headlines=(
            *heads,
            Headline(measure=by_name["drive_share"], before=old["drive_share"]),
            Headline(
                measure=measure("placed", 99.4, "%", "up", "Visits placed", "拜访排入率"),
                note=Text("5 of 880 carry a reason", "880 次中 5 次附原因"),
            ),
            Headline(measure=difference, interval=(0.9, 3.7), note=Text("against today's pay", "相对现行薪酬")),
        ),
        outlets=OutletTable.of(outlets, workload_min=work, rep_before=outlets.rep_idx, rep_after=after),
        reps=RepTable.of(case.scenario.reps, case.scenario.teams, target_min=target),
        measures_before=before,
        measures_after=now,
        routes=RouteTable.of(plan, lunch_min=60.0),
        unplaced=UnplacedTable(
            outlet_idx=plan.unplaced_outlet_idx,
            visits=plan.unplaced_visits,
            reason=tuple(
                Text("no time next to the placed visits", "与已排拜访冲突,无空余时间") for _ in plan.unplaced_reason
            ),
        ),
        moved=MovedTable(
            outlet_idx=changed,
            reasons=(
                ReasonColumn(
                    label=Text("Flow kept", "流动保留"),
                    unit="points",
                    direction="up",
                    values=rng.normal(1.2, 1.0, len(changed)),
                ),
                ReasonColumn(
                    label=Text("Balance", "均衡"),
                    unit="min",
                    direction="down",
                    values=rng.normal(-20, 40, len(changed)),
                ),
                ReasonColumn(
                    label=Text("Travel", "行程"), unit="min", direction="down", values=rng.normal(-6, 9, len(changed))
                ),
            ),
        ),
        policies=_policies(),
        standings=(
            Standing(
                job=Text("Split", "划分"), status="FEASIBLE", stopped_by="EFFORT", objective=71.4, bound=74.9, gap=0.049
            ),
            Standing(
                job=Text("Visits", "拜访"),
                status="OPTIMAL",
                stopped_by="PROVED",
                objective=8120.0,
                bound=8120.0,
                gap=0.0,
            ),
        ),
        run_card=(
            Fact(label=Text("Seed", "种子"), value=str(seed)),
            Fact(label=Text("Effort", "计算量"), value="2,000,000 iterations"),
            Fact(label=Text("territory", "territory"), value="0.1.0"),
            Fact(label=Text("Python", "Python"), value="3.11"),
            Fact(label=Text("outlets.csv", "outlets.csv"), value="3f9a2c61d07be854"),
            Fact(label=Text("flows.csv", "flows.csv"), value="b0417e22a9c35f18"),
        ),
    )


def _measures(case: Town, reps: IntArray, work: np.ndarray) -> tuple[Measure, ...]:
    outlets, flow = case.scenario.outlets, case.scenario.flow
    num_reps = len(case.scenario.reps)
    share = np.zeros((flow.num_places, num_reps))
    np.add.at(share, (outlets.area.codes, reps), outlets.sales_per_week)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    weight = flow.weight.toarray()
    np.fill_diagonal(weight, 0)
    kept = 100 * np.trace(share.T @ weight @ share) / weight.sum()
    load = np.bincount(reps, weights=work, minlength=num_reps)
    sales = np.bincount(reps, weights=outlets.sales_per_week, minlength=num_reps)
    km = np.hypot(outlets.lat - case.scenario.reps.lat[reps], outlets.lon - case.scenario.reps.lon[reps]) * 100
    spread = 100 * np.abs(load / load.mean() - 1).max()
    gap = 100 * np.abs(sales / sales.mean() - 1).max()
    return (
        measure("flow_kept", kept, "%", "up", "Flow kept inside territories", "辖区内流动保留"),
        measure("balance", spread, "%", "down", "Largest workload deviation", "工作量最大偏差"),
        measure("potential", gap, "%", "down", "Largest sales deviation", "销售额最大偏差"),
        measure("home_km", km.mean(), "km", "down", "Mean distance home to outlet", "家到客户平均距离"),
        measure("drive_share", 18 + km.mean() / 2, "%", "down", "Drive share", "行车占比"),
        measure("parts", float(num_reps), "", "none", "Connected territories", "连通辖区数"),
    )


def _policies() -> PolicyTable:
    names = {
        "mentoring": Text("Mentoring pairs", "师徒结对"),
        "commission": Text("More commission", "提高提成"),
        "audit": Text("Anti-gaming audit", "反作弊稽核"),
    }
    table = [
        ("mentoring", "sales", 1_240_000.0, 18_400.0, 7_100.0, 29_700.0),
        ("commission", "sales", 1_240_000.0, 31_200.0, 15_800.0, 46_600.0),
        ("audit", "sales", 1_240_000.0, -2_100.0, -9_900.0, 5_700.0),
        ("mentoring", "dumped", 3.8, -0.2, -0.6, 0.2),
        ("commission", "dumped", 3.8, 1.4, 0.8, 2.0),
        ("audit", "dumped", 3.8, -1.9, -2.3, -1.5),
        ("mentoring", "cost", 212.0, 3.1, 2.2, 4.0),
        ("commission", "cost", 212.0, 14.6, 12.9, 16.3),
        ("audit", "cost", 212.0, 0.4, 0.3, 0.5),
    ]
    labels = {
        "sales": ("CNY/week", "up", "True consumption served", "真实消费满足额"),
        "dumped": ("%", "down", "Sales dumped over the border", "跨区倾销占比"),
        "cost": ("kCNY/month", "down", "Pay of all account managers", "薪酬总额"),
    }
    rows = tuple(
        PolicyRow(
            policy=names[policy],
            measure=measure(name, baseline, *labels[name]),
            difference=difference,
            low=low,
            high=high,
            reading=Text("no difference shown", "未显示差异") if low < 0 < high else Text("told apart", "有差异"),
            is_decided=not low < 0 < high,
            chance_best=0.25 if name == "sales" else None,
        )
        for policy, name, baseline, difference, low, high in table
    )
    money = (
        PolicyMoney(
            policy=names["mentoring"],
            margin=(2200.0, 900.0, 3500.0),
            cost=(3100.0, 2200.0, 4000.0),
            net=(-900.0, -2300.0, 500.0),
            returns=-0.29,
            payback=Text("not within 12 months", "12 个月内未回本"),
        ),
        PolicyMoney(
            policy=names["audit"],
            margin=(-250.0, -1200.0, 700.0),
            cost=(-10.0, -20.0, 0.0),
            net=(-240.0, -1180.0, 700.0),
            returns=None,
            payback=Text("costs no more", "成本不增加"),
        ),
    )
    return PolicyTable(
        baseline=Text("Today's rules", "现行政策"), replications=20, rows=rows, money=money, page="policies.html"
    )
