"""Front door: one rep's page for one week, drawn from the scenario, the split and the visit plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.records import CarriedIn
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError
from territory.language import Text
from territory.sheet.border import BorderFlow
from territory.sheet.content import Day, Goal, Link, SheetContent, Visit, short_codes, visits_in_full
from territory.sheet.facts import WeekFacts, week_facts
from territory.sheet.tasks import key_tasks
from territory.units import DAYS_PER_WEEK, IntArray, format_clock

_CURRENCIES = {"CNY": Text("CNY", "元"), "USD": Text("USD", "美元")}
_WORKWEEK = 5


def week_sheet(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    rep_idx: int,
    week: int,
    carried: Mapping[str, CarriedIn] | None = None,
    plan_id: str = "",
) -> SheetContent:
    """
    What stands on one rep's page for one week of the cycle.

    Parameters
    ----------
    assignment
        Who serves which outlet from now on; `Outlets.rep_idx` is who does today.
    rep_idx
        Position of the rep.
    week
        Week of the cycle, 0 to 3.
    carried
        What last week hands on, by rep id; None or a rep who is not in it: nothing.
    plan_id
        Short hash of the plan, printed so that the filled-in sheet can be matched to it.

    Raises
    ------
    ConfigError
        When the scenario has no such rep or the cycle no such week.
    """
    flow = BorderFlow.of(scenario, assignment)
    return _sheet(
        scenario, assignment, plan, rep_idx=rep_idx, week=week, flow=flow, carried=carried or {}, plan_id=plan_id
    )


def week_sheets(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    week: int,
    rep_idcs: Iterable[int] | None = None,
    carried: Mapping[str, CarriedIn] | None = None,
    plan_id: str = "",
) -> list[SheetContent]:
    """The pages of several reps (all of them when `rep_idcs` is None); border flow is computed once for all."""
    flow = BorderFlow.of(scenario, assignment)
    chosen = range(len(scenario.reps)) if rep_idcs is None else rep_idcs
    return [
        _sheet(scenario, assignment, plan, rep_idx=rep, week=week, flow=flow, carried=carried or {}, plan_id=plan_id)
        for rep in chosen
    ]


def _sheet(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    *,
    rep_idx: int,
    week: int,
    flow: BorderFlow,
    carried: Mapping[str, CarriedIn],
    plan_id: str,
) -> SheetContent:
    reps, teams, calendar = scenario.reps, scenario.teams, scenario.calendar
    if not 0 <= rep_idx < len(reps):
        raise ConfigError(
            Text(
                f"no rep at position {rep_idx}; there are {len(reps)}", f"没有第 {rep_idx} 位客户经理,共 {len(reps)} 位"
            )
        )
    if not 0 <= week < calendar.num_weeks:
        raise ConfigError(
            Text(
                f"week {week} is not in the cycle; weeks are 0 to {calendar.num_weeks - 1}",
                f"周期内没有第 {week} 周,可选 0 至 {calendar.num_weeks - 1}",
            )
        )
    last = carried.get(reps.rep_ids[rep_idx])
    facts = week_facts(scenario, assignment, plan, rep_idx=rep_idx, week=week, flow=flow)
    tasks = key_tasks(facts)
    iso_week = calendar.iso_week(week)
    sheet_id = f"{reps.rep_ids[rep_idx]} {iso_week}"
    team_idx = int(reps.team_idx[rep_idx])
    return SheetContent(
        scenario=scenario.name,
        rep_id=reps.rep_ids[rep_idx],
        rep_name=reps.names[rep_idx],
        team=teams.names[team_idx] if team_idx >= 0 else "",
        week=week,
        iso_week=iso_week,
        first_day=calendar.date_of(week * DAYS_PER_WEEK),
        last_day=calendar.date_of(week * DAYS_PER_WEEK + DAYS_PER_WEEK - 1),
        territory=_territory(facts),
        goals=_goals(facts),
        tasks=tasks,
        days=_days(facts),
        links=_links(facts, sheet_id),
        sheet_id=sheet_id,
        plan_id=plan_id,
        carried=() if last is None else last.problems,
        carried_week="" if last is None else last.iso_week,
    )


def _territory(facts: WeekFacts) -> Text:
    outlets = facts.scenario.outlets
    areas = np.unique(outlets.area.codes[facts.served])
    num_areas = int((areas >= 0).sum())
    if not num_areas:
        return Text(f"{len(facts.served)} outlets", f"{len(facts.served)} 户")
    return Text(
        f"{len(facts.served)} outlets, {num_areas} market areas", f"{len(facts.served)} 户 · {num_areas} 个片区"
    )


def _goals(facts: WeekFacts) -> tuple[Goal, ...]:
    """
    This week's goals, each from the tables alone.

    Sales: the mean weekly sales of the rep's outlets, summed (blank when the tables hold no sales). Of these,
    sales of the outlets visited this week. Visits, the different outlets they go to, and hours at the wheel: as
    planned. What the tables do not know is left to the blank lines of the form.
    """
    scenario = facts.scenario
    sales = scenario.outlets.sales_per_week
    money = _CURRENCIES.get(scenario.currency, Text(scenario.currency, scenario.currency))
    own, visited = float(sales[facts.served].sum()), float(sales[facts.visited].sum())
    routes = _routes_of_week(facts)
    drive_s = int(facts.plan.drive_s[facts.stops].sum() + facts.plan.return_drive_s[routes].sum())
    count, outlets, hours = Text("calls", "次"), Text("outlets", "户"), Text("hours", "小时")
    return (
        Goal(key="sales", label=Text("Sales, territory", "辖区销售额"), goal=_number(own), unit=money),
        Goal(key="sales_visited", label=Text("Sales, visited", "拜访客户销售额"), goal=_number(visited), unit=money),
        Goal(key="visits", label=Text("Visits", "拜访次数"), goal=_number(len(facts.stops)), unit=count),
        Goal(
            key="outlets_visited",
            label=Text("Outlets visited", "拜访户数"),
            goal=_number(len(facts.visited)),
            unit=outlets,
        ),
        Goal(
            key="drive_hours",
            label=Text("Driving", "行车时间"),
            goal=f"{drive_s / 3600:.1f}" if len(facts.stops) else None,
            unit=hours,
        ),
    )


def _number(amount: float) -> str | None:
    return f"{amount:,.0f}" if amount > 0 else None


def _routes_of_week(facts: WeekFacts) -> IntArray:
    plan, first = facts.plan, facts.week * DAYS_PER_WEEK
    mine = plan.route_rep_idx == facts.rep_idx
    return np.flatnonzero(mine & (plan.route_day >= first) & (plan.route_day < first + DAYS_PER_WEEK))


def _days(facts: WeekFacts) -> tuple[Day, ...]:
    plan, reps = facts.plan, facts.scenario.reps
    route_of_day = {int(plan.route_day[i]): i for i in _routes_of_week(facts).tolist()}
    ids = tuple(facts.scenario.outlets.outlet_ids[i] for i in facts.visited.tolist())
    codes = short_codes(ids)
    days = []
    for weekday in range(DAYS_PER_WEEK):
        day = facts.week * DAYS_PER_WEEK + weekday
        stops = facts.stops[plan.day[facts.stops] == day]
        works = bool(reps.works[facts.rep_idx, weekday] and not reps.leave[facts.rep_idx, day])
        if weekday >= _WORKWEEK and not works and not len(stops):
            continue
        date = facts.scenario.calendar.date_of(day)
        status = "holiday" if date in facts.scenario.calendar.holidays else "work" if works else "off"
        route = route_of_day.get(day)
        drive_min = None
        if len(stops) and route is not None:
            drive_min = int(np.floor((plan.drive_s[stops].sum() + plan.return_drive_s[route]) / 60 + 0.5))
        days.append(
            Day(
                date=date,
                status=status,
                place=_place(facts, stops),
                focus=_day_focus(facts, stops) if len(stops) else None,
                visits=_visits(facts, stops, codes),
                leave=None if route is None else format_clock(int(plan.leave_s[route]) / 60),
                home=None if route is None else format_clock(int(plan.return_s[route]) / 60),
                drive_min=drive_min,
            )
        )
    return tuple(days)


def _visits(facts: WeekFacts, stops: IntArray, codes: dict[str, str]) -> tuple[Visit, ...]:
    """Visits in driving order; those in full are the ones that rank first by focus, priority and sales."""
    plan, outlets = facts.plan, facts.scenario.outlets
    idcs = plan.outlet_idx[stops]
    plain = ~(facts.is_new | facts.is_key | facts.is_border | facts.is_rare)
    rank = np.lexsort(
        (
            np.arange(len(idcs)),
            -outlets.sales_per_week[idcs],
            -outlets.priority[idcs],
            plain[idcs],
            ~facts.is_key[idcs],
            ~facts.is_new[idcs],
        )
    )
    in_full = set(rank[: visits_in_full(len(idcs))].tolist())
    return tuple(
        Visit(
            order=position + 1,
            time=format_clock(int(plan.start_s[stop]) / 60),
            outlet_id=outlets.outlet_ids[idx],
            code=codes[outlets.outlet_ids[idx]],
            name=" ".join(outlets.names[idx].split()),
            tier=outlets.tier[idx],
            focus=_FOCUS[_focus_kind(facts, idx)],
            in_full=position in in_full,
        )
        for position, (stop, idx) in enumerate(zip(stops.tolist(), idcs.tolist(), strict=True))
    )


_FOCUS = {
    "new": Text("Introduce", "交接介绍"),
    "key": Text("Key outlet", "重点维护"),
    "border": Text("Border flow", "跨区信息"),
    "rare": Text("4-week stock", "四周备货"),
    "routine": Text("Routine", "常规服务"),
}


def _focus_kind(facts: WeekFacts, outlet_idx: int) -> str:
    if facts.is_new[outlet_idx]:
        return "new"
    if facts.is_key[outlet_idx]:
        return "key"
    if facts.is_border[outlet_idx]:
        return "border"
    return "rare" if facts.is_rare[outlet_idx] else "routine"


def _place(facts: WeekFacts, stops: IntArray) -> str:
    outlets = facts.scenario.outlets
    where = Counter(outlets.area[i] or outlets.district[i] for i in facts.plan.outlet_idx[stops].tolist())
    where.pop("", None)
    return min(where, key=lambda name: (-where[name], name)) if where else ""


def _day_focus(facts: WeekFacts, stops: IntArray) -> Text:
    idcs = facts.plan.outlet_idx[stops].tolist()
    kinds = Counter(kind for i in idcs if (kind := _focus_kind(facts, i)) != "routine")
    order = list(_FOCUS)
    kind = min(kinds, key=lambda name: (-kinds[name], order.index(name))) if kinds else "routine"
    count = kinds[kind] if kinds else len(idcs)
    return Text(f"{_FOCUS[kind].en} {count}", f"{_FOCUS[kind].zh} {count} 户")


def _links(facts: WeekFacts, sheet_id: str) -> tuple[Link, ...]:
    outlets = facts.scenario.outlets
    tiers = Counter(outlets.tier[i] for i in facts.served.tolist())
    tiers.pop("", None)
    by_tier = "  ".join(f"{name} {tiers[name]}" for name in sorted(tiers))
    own = _number(float(outlets.sales_per_week[facts.served].sum()))
    money = _CURRENCIES.get(facts.scenario.currency, Text(facts.scenario.currency, facts.scenario.currency))
    return (
        Link(label=Text("Area basics", "片区基本情况"), fact=_territory(facts)),
        Link(label=Text("Customer operations", "客户经营情况"), fact=Text(by_tier, by_tier) if by_tier else None),
        Link(
            label=Text("Historical statistics", "历史统计数据"),
            fact=None if own is None else Text(f"{own} {money.en}/week", f"周均 {own} {money.zh}"),
        ),
        Link(label=Text("Archive of sheets", "一张纸存档"), fact=Text(sheet_id, sheet_id)),
    )
