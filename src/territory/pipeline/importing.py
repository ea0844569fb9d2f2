"""A plan that comes back from another program: read, timed anew where asked for, checked, written as a run does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from territory import split as split_room
from territory import visits as visits_room
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import Issue
from territory.io import write_assignment, write_visit_plan
from territory.io.export import read_plan
from territory.io.export.reading import rep_ids_in
from territory.language import Text
from territory.pipeline.checking import VISITS
from territory.pipeline.plan_ground import ASSIGNMENT, problem_of, with_positions
from territory.split.how_many import numbers_wanted
from territory.verify import Violation
from territory.visits.planning import planned_problem
from territory.visits.retime import retime


@dataclass(frozen=True, kw_only=True, eq=False)
class Imported:
    """
    A plan as it came in.

    Attributes
    ----------
    violations
        Every rule it breaks.
    notes
        What is doubtful about the files.
    late
        Days that were timed anew and cannot be driven as they are, in words.
    """

    scenario: Scenario
    assignment: Assignment
    plan: VisitPlan
    violations: tuple[Violation, ...]
    notes: tuple[Issue, ...]
    late: tuple[Text, ...] = ()


def import_plan(scenario: Scenario, paths: Sequence[Path], *, new_times: bool = False) -> Imported:
    """
    The plan in files that `export_plan` wrote, perhaps edited since, and what the checkers say of it.

    Parameters
    ----------
    new_times
        Keep who is visited when by whom and in which order, and compute drives and clock times anew.

    Raises
    ------
    ScenarioError
        With everything that cannot be read, at once.
    """
    if numbers_wanted(scenario) is not None:
        scenario = with_positions(scenario, rep_ids_in(paths, currency=scenario.currency))
    found = read_plan(scenario, paths, needs_clock=not new_times)
    problem, plan = planned_problem(scenario, found.assignment), found.plan
    late: tuple[Text, ...] = ()
    if new_times:
        timed = retime(problem, plan)
        plan, late = timed.plan, tuple(_day(scenario, rep, day) for rep, day in timed.late)
    split = split_room.check(problem_of(scenario, found.assignment), found.assignment)
    visits = visits_room.check(problem, plan)
    return Imported(
        scenario=scenario,
        assignment=found.assignment,
        plan=plan,
        violations=(*split.violations, *visits.violations),
        notes=found.notes,
        late=late,
    )


def write_imported(found: Imported, target: Path) -> None:
    """assignment.csv and visits.csv, as `territory run` writes them."""
    write_assignment(found.scenario, found.assignment, target / ASSIGNMENT)
    write_visit_plan(found.scenario, found.assignment, found.plan, target / VISITS)


def _day(scenario: Scenario, rep: int, day: int) -> Text:
    who, date = scenario.reps.rep_ids[rep], scenario.calendar.date_of(day).isoformat()
    return Text(
        f"{who} {date}: the visits do not fit into the day in this order",
        f"{who} {date}:按此顺序当天排不下",
    )
