"""Front door: one rep's page for one week, drawn from the scenario, the split and the visit plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from territory.domain.assignment import Assignment
from territory.domain.records import CarriedIn
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError
from territory.language import Text
from territory.sheet.border import BorderFlow
from territory.sheet.conditions import Conditions
from territory.sheet.content import SheetContent
from territory.sheet.days import week_days
from territory.sheet.facts import WeekFacts, week_facts
from territory.sheet.goals import week_goals
from territory.sheet.links import links, territory_line
from territory.sheet.tasks import key_tasks
from territory.sheet.words import checklist_of
from territory.units import DAYS_PER_WEEK


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
    found = week_sheets(scenario, assignment, plan, week=week, rep_idcs=[rep_idx], carried=carried, plan_id=plan_id)
    return found[0]


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
    """
    The pages of several reps (all of them when `rep_idcs` is None) for one week; see `week_sheet`.

    Raises
    ------
    ConfigError
        When the scenario has no such rep or the cycle no such week.
    """
    chosen = list(range(len(scenario.reps)) if rep_idcs is None else rep_idcs)
    _check(scenario, chosen, week)
    flow = BorderFlow.of(scenario, assignment)
    conditions = Conditions.of(scenario, week)
    found = []
    for rep_idx in chosen:
        last = (carried or {}).get(scenario.reps.rep_ids[rep_idx])
        facts = week_facts(
            scenario,
            assignment,
            plan,
            rep_idx=rep_idx,
            week=week,
            flow=flow,
            conditions=conditions,
            last=last,
        )
        found.append(_page(facts, plan_id))
    return found


def _check(scenario: Scenario, rep_idcs: Iterable[int], week: int) -> None:
    num_reps, num_weeks = len(scenario.reps), scenario.calendar.num_weeks
    for rep_idx in rep_idcs:
        if not 0 <= rep_idx < num_reps:
            raise ConfigError(
                Text(
                    f"no rep at position {rep_idx}; there are {num_reps}",
                    f"没有第 {rep_idx} 位客户经理,共 {num_reps} 位",
                )
            )
    if not 0 <= week < num_weeks:
        raise ConfigError(
            Text(
                f"week {week} is not in the cycle; weeks are 0 to {num_weeks - 1}",
                f"周期内没有第 {week} 周,可选 0 至 {num_weeks - 1}",
            )
        )


def _page(facts: WeekFacts, plan_id: str) -> SheetContent:
    scenario, last = facts.scenario, facts.last
    reps, teams, calendar = scenario.reps, scenario.teams, scenario.calendar
    rep_id, iso_week = reps.rep_ids[facts.rep_idx], calendar.iso_week(facts.week)
    sheet_id = f"{rep_id} {iso_week}"
    team_idx = int(reps.team_idx[facts.rep_idx])
    goals, rules = week_goals(facts), scenario.sheet_rules
    return SheetContent(
        scenario=scenario.name,
        rep_id=rep_id,
        rep_name=reps.names[facts.rep_idx],
        team=teams.names[team_idx] if team_idx >= 0 else "",
        week=facts.week,
        iso_week=iso_week,
        first_day=calendar.date_of(facts.week * DAYS_PER_WEEK),
        last_day=calendar.date_of(facts.week * DAYS_PER_WEEK + DAYS_PER_WEEK - 1),
        territory=territory_line(facts),
        goals=goals.goals,
        tasks=key_tasks(facts),
        days=week_days(facts),
        links=links(facts, sheet_id),
        sheet_id=sheet_id,
        plan_id=plan_id,
        carried=() if last is None else last.problems,
        carried_week="" if last is None else last.iso_week,
        more_goals=goals.more,
        checklist=checklist_of(rules),
        channel_ticks=rules.channel.ticks(),
        channel_means=rules.channel.means(),
    )
