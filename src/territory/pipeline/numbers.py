"""What the report and the last lines of a run show: headlines, tables, standings, from the stages' results."""

from __future__ import annotations

import numpy as np

from territory import split as split_room
from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import UnplacedReason, VisitPlan
from territory.lab import Comparison
from territory.language import Text
from territory.measure import Measure
from territory.pipeline.policy_years import PolicyAnswer
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
from territory.report.policy_view import PolicyReport, ReturnRow
from territory.split import SplitProblem, SplitResult, moved_outlets
from territory.visits import VisitsResult
from territory.visits.why_closed import why_closed

_MOVED = ("moved_outlets", "moved_sales")
HEADLINE_POLICY_MEASURE = "true_sales"
POLICY_PAGE = "policies.html"
_POLICY_MEASURES = (
    "true_sales",
    "recorded_sales",
    "gross_margin",
    "payroll",
    "programme_cost",
    "profit",
    "visits_done",
    "core_share",
    "skill",
    "turnover",
    "gaming_index",
    "pay_gini",
)
REASONS = {
    UnplacedReason.NO_TIME: Text("no time left on any allowed day", "允许的日期均已排满"),
    UnplacedReason.CLOSED: Text("open days and working days do not meet", "营业日与工作日不匹配"),
    UnplacedReason.SKILL: Text("no rep who may come has the skill", "没有具备所需技能的客户经理"),
    UnplacedReason.WINDOW: Text("cannot start inside an opening window", "无法在营业时间内开始服务"),
    UnplacedReason.TOO_FAR: Text("there and back does not fit in a shift", "往返超出工作时间"),
}


def by_name(measures: tuple[Measure, ...]) -> dict[str, Measure]:
    """Measures found by name."""
    return {measure.name: measure for measure in measures}


def compared(
    now: SplitProblem, problem: SplitProblem, plan: Assignment
) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    """Measures of today's split as it stands, and of the plan; outlets of reps who serve nobody any more did move."""
    before = split_room.measures(now, Assignment(rep_of_outlet=now.today))
    moved = by_name(split_room.measures(ledger(now, problem), plan))
    after = (moved[m.name] if m.name in _MOVED else m for m in split_room.measures(problem, plan))
    return before, tuple(after)


def ledger(now: SplitProblem, problem: SplitProblem) -> SplitProblem:
    """The problem that knows both today's split and the plan: today's own, unless positions are new."""
    return now if problem.rep_ids == now.rep_ids else problem


def headlines(
    before: tuple[Measure, ...],
    after: tuple[Measure, ...],
    comparison: Comparison | None,
) -> tuple[Headline, ...]:
    """The five numbers that matter: flow kept, balance, drive share, visits placed, policy difference."""
    old, new = by_name(before), by_name(after)
    names = ("flow_kept_between", "workload_deviation", "drive_share", "placed_share")
    found = [
        Headline(measure=new[name], before=old[name].value if name in old else None) for name in names if name in new
    ]
    if comparison is not None and len(comparison.policies) > 1:
        found.append(_policy_headline(comparison))
    return tuple(found)


def _policy_headline(comparison: Comparison) -> Headline:
    row = comparison.row(HEADLINE_POLICY_MEASURE)
    base, other = row.policies[0], row.policies[1]
    assert other.difference is not None
    scale = 100.0 / base.level.mean if base.level.mean else 0.0
    measure = Measure(
        name="policy_difference",
        value=other.difference.mean * scale,
        unit="%",
        direction=row.direction,
        label=Text(
            f"{row.label.en}: {other.policy} against {base.policy}", f"{row.label.zh}:{other.policy} 对 {base.policy}"
        ),
    )
    return Headline(
        measure=measure,
        interval=(other.difference.low_together * scale, other.difference.high_together * scale),
        note=other.verdict,
    )


def report_data(
    scenario: Scenario,
    now: SplitProblem,
    split_problem: SplitProblem,
    split: SplitResult,
    visits: VisitsResult | None,
    placed: tuple[tuple[Measure, ...], tuple[Measure, ...]],
    answer: PolicyAnswer | None,
) -> ReportData:
    """
    Everything the report shows, in plain values.

    Parameters
    ----------
    now
        The problem as it stands today; `split_problem` where the number of territories is that of today.
    placed
        Visit measures today and after the redraw.
    """
    plan = split.require_plan()
    comparison = None if answer is None else answer.comparison
    before, after = compared(now, split_problem, plan)
    before, after = before + placed[0], after + placed[1]
    visit_plan = visits.plan if visits is not None else None
    workload = split_problem.measures[0]
    return ReportData(
        scenario=scenario.name,
        currency=scenario.currency,
        start=scenario.calendar.start,
        headlines=headlines(before, after, comparison),
        outlets=OutletTable.of(
            scenario.outlets,
            workload_min=workload.amount,
            rep_before=scenario.outlets.rep_idx,
            rep_after=plan.rep_of_outlet,
        ),
        reps=RepTable.of(scenario.reps, scenario.teams, target_min=_rep_targets(scenario, split_problem)),
        measures_before=before,
        measures_after=after,
        routes=None if visit_plan is None else RouteTable.of(visit_plan, lunch_min=scenario.visits.lunch_min),
        unplaced=None
        if visit_plan is None
        else UnplacedTable(
            outlet_idx=visit_plan.unplaced_outlet_idx,
            visits=visit_plan.unplaced_visits,
            reason=reasons(scenario, plan, visit_plan),
        ),
        moved=moved_table(ledger(now, split_problem), plan),
        policies=None if answer is None or not answer.report.others else policy_table(answer.report),
        standings=standings(split, visits),
        run_card=run_card(scenario, split, comparison),
    )


def reasons(scenario: Scenario, assignment: Assignment, plan: VisitPlan) -> tuple[Text, ...]:
    """Why each visit has no place; of those without a legal set of days, the rule that fails."""
    closed = why_closed(scenario, assignment, plan)
    outlets = plan.unplaced_outlet_idx.tolist()
    return tuple(closed.get(at, REASONS[why]) for at, why in zip(outlets, plan.unplaced_reason, strict=True))


def _rep_targets(scenario: Scenario, problem: SplitProblem) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Workload in proportion to capacity; 0 for reps whose territory vanished."""
    capacity = np.where(problem.territory_of_rep == NONE, 0.0, scenario.reps.capacity_min)
    workload = float(problem.measures[0].amount.sum())
    return np.asarray(workload * capacity / capacity.sum(), dtype=np.float64)


def moved_table(problem: SplitProblem, plan: Assignment) -> MovedTable:
    """The outlets that change rep, with the reasons in numbers."""
    moves = moved_outlets(problem, plan)
    return MovedTable(
        outlet_idx=moves.outlet_idx,
        reasons=(
            ReasonColumn(
                label=Text("flow with new rep less old", "与新经理区域流量减旧"),
                unit="per week",
                direction="up",
                values=moves.flow_gain,
            ),
            ReasonColumn(
                label=Text("old rep above target today", "原经理今日超出目标"),
                unit="%",
                direction="none",
                values=100.0 * moves.overload_relief,
            ),
            ReasonColumn(
                label=Text("way from home saved", "节省住地路程"),
                unit="min/cycle",
                direction="up",
                values=moves.travel_saved_min,
            ),
        ),
    )


def policy_table(report: PolicyReport) -> PolicyTable:
    """What the policy report says in full, for the page of a run: its measures of the first rank, cost and return."""
    rows = []
    for row in (found for name in _POLICY_MEASURES if (found := report.row(name)) is not None):
        measure = Measure(
            name=row.name,
            value=row.cells[0].level.mean,
            unit=row.unit,
            direction=row.direction,
            label=row.label,
        )
        for entry, cell in zip(report.others, row.cells[1:], strict=True):
            assert cell.change is not None
            assert cell.reading is not None
            rows.append(
                PolicyRow(
                    policy=Text(entry.name, entry.name),
                    measure=measure,
                    difference=cell.change.mean,
                    low=cell.change.low,
                    high=cell.change.high,
                    reading=cell.reading,
                    is_decided=cell.is_told_apart,
                    chance_best=cell.chance_best,
                )
            )
    name = report.policies[0].name
    return PolicyTable(
        baseline=Text(name, name),
        replications=report.replications,
        rows=tuple(rows),
        money=tuple(_money(row) for row in report.returns),
        currency=report.currency,
        page=POLICY_PAGE,
    )


def _money(row: ReturnRow) -> PolicyMoney:
    margin, cost, net = ((part.mean, part.low, part.high) for part in (row.margin, row.cost, row.net))
    return PolicyMoney(
        policy=Text(row.policy, row.policy),
        margin=margin,
        cost=cost,
        net=net,
        returns=None if row.ratio is None else row.ratio.mean,
        payback=row.payback,
    )


def standings(split: SplitResult, visits: VisitsResult | None) -> tuple[Standing, ...]:
    """How good each answer is."""
    found = [
        Standing(
            job=Text("split", "划分"),
            status=split.status,
            stopped_by=split.stopped_by,
            objective=split.objective,
            bound=split.bound,
            gap=split.gap,
        )
    ]
    if visits is not None:
        found.append(
            Standing(
                job=Text("visits", "拜访"),
                status=visits.status,
                stopped_by=visits.stopped_by,
                objective=visits.objective,
                bound=visits.bound,
                gap=visits.gap,
            )
        )
    return tuple(found)


def run_card(scenario: Scenario, split: SplitResult, comparison: Comparison | None) -> tuple[Fact, ...]:
    """What is needed to repeat the answers."""
    facts = [
        Fact(label=Text("seed", "种子"), value=str(split.run_card.seed)),
        Fact(label=Text("split effort", "划分搜索量"), value=_plain(split.run_card.effort)),
        Fact(label=Text("travel", "行驶时间"), value=_plain(scenario.travel.describe())),
    ]
    if comparison is not None:
        facts.append(Fact(label=Text("replications", "重复次数"), value=str(comparison.replications)))
    facts += [Fact(label=Text(name, name), value=value) for name, value in split.run_card.versions.items()]
    facts += [
        Fact(label=Text(f"hash of {name}", f"{name} 校验值"), value=h) for name, h in scenario.input_hashes.items()
    ]
    return tuple(facts)


def _plain(values: object) -> str:
    if isinstance(values, dict):
        return ", ".join(f"{name} {value}" for name, value in values.items())
    return str(values)
