"""The next cycle of a run: its scenario with what the records know, its plan, and visits on top for what waits."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.io import read_scenario, write_assignment, write_rows, write_visit_plan
from territory.io.follows_file import Follows, write_follows
from territory.io.loop_store import history_of, put_in_force
from territory.io.next_scenario import Cleared, OutletUpdate, write_next_scenario
from territory.io.plan_store import PlanStore
from territory.pipeline.checking import VISITS, assignment_in
from territory.pipeline.history.recording import Recorder
from territory.pipeline.history.who import login_name
from territory.pipeline.job import claim, facts_of
from territory.pipeline.loop_folder import last_book, loop_store, place_of, scenario_tables
from territory.pipeline.opening import files_of
from territory.pipeline.plan_books import book_from, file_digest
from territory.pipeline.plan_ground import ASSIGNMENT, assignment_path, staffed, with_positions
from territory.pipeline.sheets import plan_id_of
from territory.pipeline.stages import at_work, visits_problem, visits_stage
from territory.pipeline.visit_replanning import CHANGES, COLUMNS, Replanned, Running, replan_visits
from territory.progress import SILENT, Progress
from territory.review import Fate, History, Ledger, ledger, outlet_states
from territory.review.carry import OutletState
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK
from territory.visits import VisitsResult

STATES = "next_outlets.csv"
_STATE_COLUMNS = ("outlet_id", "last_visit", "debts", "oldest_debt", "own_priority", "priority")


@dataclass(frozen=True, kw_only=True, eq=False)
class NextCycle:
    """
    What `territory next` made.

    Attributes
    ----------
    states
        What was taken over from the records, per outlet.
    unreported
        Visits of the cycle before that nobody reported on and no closing covers; their last visits are unknown.
    caught_up
        The plan with visits on top for debts; None when nothing waited, or none were asked for.
    """

    start: dt.date
    out: Path
    scenario: Scenario
    result: VisitsResult
    states: tuple[OutletState, ...]
    unreported: int
    cleared: Cleared
    caught_up: Replanned | None

    @property
    def num_debts(self) -> int:
        """Missed visits that the cycle starts with."""
        return sum(state.debts for state in self.states)


def plan_next(
    folder: Path,
    *,
    out: Path | None = None,
    scenario: Path | None = None,
    data: Path | None = None,
    effort: Effort | None = None,
    catch_up: bool = True,
    seed: int | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    who: str | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> NextCycle:
    """
    Plan the four weeks after those of a run's folder.

    Parameters
    ----------
    out
        Folder for the next cycle; the run's name with the start for None.
    effort
        Of the search for visits; the scenario's for None.
    catch_up
        Put visits on top in the first week for outlets that wait, where none is planned there by then.

    Raises
    ------
    ConfigError
        When the folder holds no plan, or its scenario is not found.
    ScenarioError
        When a table is wrong.
    ConflictError
        When `out` holds something else.
    """
    cancel = cancel or CancelToken()
    place = place_of(folder)
    with loop_store(folder, scenario=scenario, data=data, who=who, progress=progress) as store:
        history = history_of(store)
    found = ledger(history)
    with scenario_tables(folder, place.links[-1], scenario=scenario, data=data, progress=progress) as tables:
        unstaffed = read_scenario(tables)
        start = unstaffed.calendar.start + dt.timedelta(days=DAYS_PER_CYCLE)
        target = out if out is not None else folder.with_name(f"{_stem(folder)}-{start}")
        claim(target)
        recorder = Recorder.begin(target, who=who, why="")
        outlets = unstaffed.outlets
        own = dict(zip(outlets.outlet_ids, outlets.priority.tolist(), strict=True)) | _own_priorities(folder)
        states = outlet_states(history, found, start, priorities=own)
        before = staffed(unstaffed, folder)
        assignment = assignment_in(before, folder if assignment_path(folder).exists() else None)
        updates = _updates(unstaffed, assignment, states)
        cleared = write_next_scenario(tables, target / "scenario", start=start, updates=updates)
    case = with_positions(read_scenario(target / "scenario"), _named(before, assignment))
    problem = visits_problem(case, assignment, team=None)
    root = case.seed if seed is None else seed
    with at_work(seed=root, workers=workers, cluster=cluster, folder=target, progress=progress, cancel=cancel) as bench:
        chosen = effort or Effort(iterations=case.effort.visit_iterations)
        result = visits_stage(problem, chosen, bench)
    running = Running(scenario=case, assignment=assignment, problem=problem, plan=result.require_plan())
    caught_up = _caught_up(running, found, root, progress, cancel) if catch_up else None
    plan = running.plan if caught_up is None else caught_up.result.plan
    recorder.record(
        case,
        files_of(case, target / "scenario"),
        verb="next",
        assignment=assignment,
        visits=plan,
        facts={**facts_of(result), "follows": folder.resolve().name},
        write=partial(_write, target, folder, running, states, caught_up),
    )
    _put_in_force(place.store, target, running, caught_up, is_begun=_is_begun(history, start), who=who)
    return NextCycle(
        start=start,
        out=target,
        scenario=case,
        result=result,
        states=states,
        unreported=_unreported(found, start),
        cleared=cleared,
        caught_up=caught_up,
    )


def _stem(folder: Path) -> str:
    """The run's name without the start of its cycle."""
    name = folder.resolve().name
    parts = name.rsplit("-", 3)
    return parts[0] if len(parts) == 4 and all(part.isdecimal() for part in parts[1:]) else name


def _updates(scenario: Scenario, assignment: Assignment, states: tuple[OutletState, ...]) -> Mapping[str, OutletUpdate]:
    """Last visits and priorities from the records; whoever served an outlet serves it today, vacant positions apart."""
    known = {state.outlet_id: state for state in states}
    reps = scenario.reps.rep_ids
    found = {}
    for outlet_id, rep in zip(scenario.outlets.outlet_ids, assignment.rep_of_outlet.tolist(), strict=True):
        state = known.get(outlet_id)
        found[outlet_id] = OutletUpdate(
            last_visit=None if state is None else state.last_visit,
            priority=None if state is None else state.priority,
            rep_id=reps[rep] if 0 <= rep < len(reps) else None,
        )
    return found


def _caught_up(running: Running, found: Ledger, seed: int, progress: Progress, cancel: CancelToken) -> Replanned | None:
    """The plan with a visit by the end of the first week for every outlet that waits."""
    start = running.scenario.calendar.start
    served = set(running.scenario.outlets.outlet_ids)
    assigned = dict(zip(running.scenario.outlets.outlet_ids, running.assignment.rep_of_outlet.tolist(), strict=True))
    waiting = sorted({debt.outlet_id for debt in found.debts if debt.outlet_id in served and debt.date < start})
    by = start + dt.timedelta(days=DAYS_PER_WEEK - 1)
    urgent = [f"{outlet_id}:by={by}" for outlet_id in waiting if assigned[outlet_id] != NONE]
    if not urgent:
        return None
    return replan_visits(
        running,
        now=f"{start}T00:00",
        options={"urgent": urgent},
        table=None,
        effort=None,
        seed=seed,
        progress=progress,
        cancel=cancel,
    )


def _write(
    target: Path, folder: Path, running: Running, states: tuple[OutletState, ...], caught_up: Replanned | None
) -> None:
    """All files of the new cycle."""
    case, assignment = running.scenario, running.assignment
    plan = running.plan if caught_up is None else caught_up.result.plan
    write_rows([_state_row(state) for state in states], target / STATES, columns=_STATE_COLUMNS)
    write_rows(() if caught_up is None else caught_up.changes, target / CHANGES, columns=COLUMNS)
    write_follows(target, Follows(folder=folder))
    write_assignment(case, assignment, target / ASSIGNMENT)
    write_visit_plan(case, assignment, plan, target / VISITS)


def _put_in_force(
    store: Path, target: Path, running: Running, caught_up: Replanned | None, *, is_begun: bool, who: str | None
) -> None:
    """The plan as the search made it is what is owed; visits on top of it make up for what waits."""
    case, assignment, name = running.scenario, running.assignment, who or login_name()
    final = file_digest(target / VISITS)
    with PlanStore.open(store) as log:
        plan = running.plan if caught_up is None else caught_up.result.plan
        known = last_book(log, case.calendar.start)
        if known is not None and known.plan_id == plan_id_of(case, plan):
            return
        first = book_from(case, assignment, running.plan, is_fresh=not is_begun)
        put_in_force(log, first, who=name, why="next cycle", file_digest=final if caught_up is None else "")
        if caught_up is not None:
            after = book_from(case, assignment, caught_up.result.plan)
            put_in_force(log, after, who=name, why="catch up", file_digest=final)


def _named(scenario: Scenario, assignment: Assignment) -> set[str]:
    """Ids of reps that serve somebody."""
    return {scenario.reps.rep_ids[rep] for rep in assignment.rep_of_outlet.tolist() if rep != NONE}


def _state_row(state: OutletState) -> dict[str, object]:
    return {
        "outlet_id": state.outlet_id,
        "last_visit": "" if state.last_visit is None else state.last_visit.isoformat(),
        "debts": state.debts,
        "oldest_debt": "" if state.oldest is None else state.oldest.isoformat(),
        "own_priority": f"{state.own_priority:g}",
        "priority": f"{state.priority:g}",
    }


def _own_priorities(folder: Path) -> dict[str, float]:
    """Priorities before the last `territory next` raised them; empty in a folder that it did not make."""
    path = folder / STATES
    if not path.exists():
        return {}
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    return {row["outlet_id"]: float(row["own_priority"]) for row in rows if row.get("own_priority")}


def _is_begun(history: History, start: dt.date) -> bool:
    """Whether a sheet of the cycle came back already, so that its plan cannot be made anew any more."""
    last = start + dt.timedelta(days=DAYS_PER_CYCLE - 1)
    return any(start <= visit.date <= last for entry in history.entries for visit in entry.record.visits)


def _unreported(found: Ledger, start: dt.date) -> int:
    return sum(visit.fate is Fate.PENDING and visit.date < start for visit in found.owed)
