"""What the verbs write goes into the history of their folder: tables, splits, visit plans, by whom and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from territory.domain.assignment import Assignment
from territory.domain.events import MAIN
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConflictError
from territory.io.plan_store import STORE
from territory.io.plan_store.seal import Seal
from territory.io.results import assignment_table
from territory.io.scenario_writer import csv_bytes
from territory.io.visit_plan_file import visit_plan_table
from territory.language import Text
from territory.pipeline.checking import VISITS
from territory.pipeline.history.conversion import assignment_section, visit_sections
from territory.pipeline.history.desk import Desk, Signed
from territory.pipeline.history.locks import broken_locks
from territory.pipeline.history.state import PlanState, day_and_rep, stops_of
from territory.pipeline.history.who import login_name
from territory.pipeline.plan_ground import ASSIGNMENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorder:
    """
    What a verb does to a folder goes into the folder's history.

    Attributes
    ----------
    branch, last
        The branch that the folder showed when the verb began, and its last event that moved the plan.
    broken
        Locks that what was recorded last did not keep.
    """

    folder: Path
    signed: Signed
    branch: str
    last: int
    broken: tuple[str, ...] = ()

    @classmethod
    def begin(cls, folder: Path, *, who: str | None = None, why: str = "") -> Recorder:
        """
        To be called before work that takes long: the plan that is there is the one that the result will replace.

        Raises
        ------
        ConfigError, ConflictError, StoreDamagedError
            When the folder has a history that cannot be trusted.
        """
        name = who or login_name()
        if not has_history(folder):
            return cls(folder=folder, signed=Signed(who=name, why=why), branch=MAIN, last=0)
        with Desk.open(folder) as desk:
            here = desk.history.here()
            return cls(folder=folder, signed=Signed(who=name, why=why), branch=here.branch, last=here.last)

    def record(
        self,
        scenario: Scenario,
        tables: Mapping[str, bytes],
        *,
        verb: str,
        assignment: Assignment,
        visits: VisitPlan | None = None,
        facts: Mapping[str, object] | None = None,
        write: Callable[[], object],
    ) -> Recorder:
        """
        Record a plan, then let the verb write its files; the recorder for what the verb does next.

        Parameters
        ----------
        tables
            The files that the scenario was read from.
        visits
            The visit plan; None: the verb has made a split only.
        facts
            What else is worth knowing of it, as JSON values: status, objective, seed.
        write
            Writes assignment.csv, visits.csv and the rest.

        Raises
        ------
        ConflictError
            When somebody changed the plan since `begin`; nothing is written then.

        Notes
        -----
        Nothing is recorded when the history knows this plan already. Without a visit plan the one of before stays in
        the state, as its file does in the folder, as long as all its outlets and reps are still there. Locks that the
        plan does not keep are taken off and listed in the event. A file that was changed beside the history and is
        written over is kept in the event.
        """
        with Desk.open(self.folder, create=True) as desk:
            if desk.history.current != self.branch:
                raise _switched(self.branch, desk.history.current)
            before = desk.state
            sections = _tables(desk, scenario, tables, self.signed)
            state = before.having(**sections, assignment=assignment_section(scenario, assignment))
            if visits is not None:
                state = state.having(**visit_sections(scenario, visits))
            elif not _stands(scenario, state):
                state = state.having(routes={}, unplaced={})
            broken = broken_locks(state)
            state = state.having(locks={key: rep for key, rep in state["locks"].items() if key not in broken})
            extra: dict[str, object] = {"verb": verb, **(facts or {})}
            kept = {"files": _peculiar(desk, state, scenario, assignment, visits), "replaced": _replaced(desk)}
            extra |= {name: files for name, files in kept.items() if files}
            if broken:
                extra["broken_locks"] = list(broken)
            signed = replace(self.signed, expect=self.last)
            desk.record("split" if visits is None else "plan", state, signed, extra=extra)
            desk.announce()
            write()
            desk.take_as_shown()
            return replace(self, last=desk.history.here().last, broken=tuple(broken))


@dataclass(kw_only=True)
class Keeper:
    """A recorder for a verb that makes several plans where they are missing, and the scenario's files."""

    recorder: Recorder
    tables: Mapping[str, bytes]
    verb: str

    def keep(
        self, scenario: Scenario, *, assignment: Assignment, visits: VisitPlan | None, write: Callable[[], object]
    ) -> None:
        """Record a plan and let the verb write its files, see `Recorder.record`."""
        self.recorder = self.recorder.record(
            scenario, self.tables, verb=self.verb, assignment=assignment, visits=visits, write=write
        )


def has_history(folder: Path) -> bool:
    """Whether a folder has a history, be it damaged."""
    store = folder / STORE
    return store.exists() or Seal(store).path.exists()


def origin_of(plan: Path | None, target: Path) -> dict[str, object]:
    """What a plan in `target` was made from, where that is another folder with a history."""
    if plan is None or plan.resolve() == target.resolve() or not has_history(plan):
        return {}
    with Desk.open(plan) as desk:
        head = desk.store.head()
    return {"origin": {"folder": plan.resolve().name, "number": head.number, "digest": head.digest}}


def _tables(
    desk: Desk, scenario: Scenario, tables: Mapping[str, bytes], signed: Signed
) -> dict[str, dict[str, object]]:
    """The sections of the scenario; a version that is new gets an event of its own."""
    files: dict[str, object] = {name: desk.store.put_blob(content) for name, content in sorted(tables.items())}
    sections: dict[str, dict[str, object]] = {"scenario": {"name": scenario.name}, "tables": files}
    known = any(
        event.kind == "scenario" and event.payload == {"name": scenario.name, "files": files}
        for event in desk.history.events
    )
    if not known:
        desk.note("scenario", {"name": scenario.name, "files": files}, signed)
    return sections


def _stands(scenario: Scenario, state: PlanState) -> bool:
    """Whether the visits of a state are those of outlets and reps that exist."""
    reps, outlets = set(scenario.reps.rep_ids), set(scenario.outlets.outlet_ids)
    return (
        all(day_and_rep(key)[1] in reps for key in state["routes"])
        and all(stop[0] in outlets for route in state["routes"].values() for stop in stops_of(route))
        and outlets.issuperset(state["unplaced"])
    )


def _peculiar(
    desk: Desk, state: PlanState, scenario: Scenario, assignment: Assignment, visits: VisitPlan | None
) -> dict[str, str]:
    """Files that the verb writes otherwise than the state alone would, such as without reps who left: kept whole."""
    rendered = desk.rendered(state)
    files = {ASSIGNMENT: csv_bytes(assignment_table(scenario, assignment))}
    if visits is not None:
        files[VISITS] = csv_bytes(visit_plan_table(scenario, assignment, visits))
    return {name: desk.store.put_blob(content) for name, content in files.items() if content != rendered.get(name)}


def _replaced(desk: Desk) -> dict[str, str]:
    """Files that somebody changed beside the history and that are about to be written over."""
    return {name: desk.store.put_blob((desk.folder / name).read_bytes()) for name in desk.foreign_files()}


def _switched(before: str, now: str) -> ConflictError:
    return ConflictError(
        Text(
            f"the folder showed branch {before} when this began and shows {now} now; do it again on the right branch",
            f"开始时文件夹显示分支 {before},现在显示 {now};请在相应分支上重新执行",
        )
    )
