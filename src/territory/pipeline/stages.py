"""The stages of a run, each resumable: what is in the journal is not computed again."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from territory import split as split_room
from territory import visits as visits_room
from territory.cluster import cluster_executor
from territory.compute import Journal, cpu_workers, local_executor, run_all
from territory.domain.assignment import Assignment
from territory.domain.records import CarriedIn
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort
from territory.errors import ConfigError
from territory.language import Text
from territory.pipeline.keys import problem_digest
from territory.pipeline.sheets import (
    SheetFormat,
    SheetJob,
    plan_id_of,
    refuse_to_overwrite_entries,
    sheet_jobs,
    write_sheet_file,
)
from territory.progress import Note, Progress
from territory.report.sheet_layout import SheetLang
from territory.sheet import week_sheets
from territory.split import SplitProblem, SplitResult
from territory.split.levels import redraw_levels
from territory.standing import Status, StopReason, package_versions
from territory.visits import VisitsProblem, VisitsResult
from territory.visits.planning import planned_problem
from territory.visits.solve import warm_up

Levels = Literal["one", "two"]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """
    What every stage works with: the seed, helpers, the journal of finished parts, who watches, who may stop.

    Attributes
    ----------
    executor
        Who computes; None: this process.
    printers
        Who writes files: processes of this machine, since a cluster's machines have other disks; None: this process.
    """

    seed: int
    executor: futures.Executor | None
    journal: Journal | None
    progress: Progress
    cancel: CancelToken
    printers: futures.Executor | None = None


@contextmanager
def at_work(
    *, seed: int, workers: int | None, folder: Path, progress: Progress, cancel: CancelToken, cluster: str | None = None
) -> Iterator[Bench]:
    """
    A bench with a journal in `folder`, and processes that compute.

    Parameters
    ----------
    workers
        Processes of this machine: one per core when None; with one, all runs here.
    cluster
        Address of a Dask scheduler whose workers compute instead.
    """
    many = workers or cpu_workers()
    journal = Journal(folder / "journal")
    with _helpers(many, cluster) as executor:
        printers = executor if cluster is None else None
        try:
            yield Bench(
                seed=seed, executor=executor, journal=journal, progress=progress, cancel=cancel, printers=printers
            )
        finally:
            if cancel.is_cancelled and executor is not None:
                executor.shutdown(wait=False, cancel_futures=True)


def _helpers(many: int, cluster: str | None) -> AbstractContextManager[futures.Executor | None]:
    if cluster is not None:
        return cluster_executor(cluster)
    return local_executor(many) if many > 1 else nullcontext()


@dataclass(frozen=True, slots=True)
class Renamed:
    """Passes progress on under another stage name."""

    progress: Progress
    name: str

    def started(self, stage: str, total: int) -> None:
        """A stage begins."""
        self.progress.started(self.name, total)

    def stepped(self, stage: str, done: int, total: int) -> None:
        """Some parts are done."""
        self.progress.stepped(self.name, done, total)

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """A better plan."""
        self.progress.incumbent(self.name, objective, bound)

    def ended(self, stage: str, note: Note) -> None:
        """The stage is over."""
        self.progress.ended(self.name, note)


def redraw_stage(problem: SplitProblem, effort: Effort, bench: Bench, *, levels: Levels = "one") -> SplitResult:
    """The split, from the journal when the very same problem was solved before."""
    key = _split_key(problem, effort, bench.seed, levels)
    if bench.journal is not None:
        stored = bench.journal.read(key)
        if stored is not None:
            return _restored(problem, stored, effort, bench)
    seed, progress, cancel = bench.seed, bench.progress, bench.cancel
    if levels == "two":
        result = redraw_levels(
            problem, effort=effort, seed=seed, progress=progress, cancel=cancel, executor=bench.executor
        )
    else:
        result = split_room.redraw(problem, effort=effort, seed=seed, progress=progress, cancel=cancel)
    if bench.journal is not None and result.plan is not None and result.stopped_by is not StopReason.CANCELLED:
        status = np.array([list(Status).index(result.status), list(StopReason).index(result.stopped_by)])
        bench.journal.write(
            key,
            {
                "rep_of_outlet": result.plan.rep_of_outlet,
                "bound": np.array([result.bound]),
                "runtime_s": np.array([result.runtime_s]),
                "status": status,
            },
        )
    return result


def _restored(
    problem: SplitProblem,
    stored: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]],
    effort: Effort,
    bench: Bench,
) -> SplitResult:
    bench.progress.started("split", 1)
    plan = Assignment(rep_of_outlet=stored["rep_of_outlet"].astype(np.int64))
    status, stopped = (int(code) for code in stored["status"].tolist())
    blank = split_room.redraw_card(problem, effort=effort, seed=bench.seed)
    bench.progress.ended("split", Text("taken from the journal", "取自已保存的结果"))
    return SplitResult(
        status=list(Status)[status],
        stopped_by=list(StopReason)[stopped],
        plan=plan,
        terms=split_room.check(problem, plan).terms,
        bound=float(stored["bound"].astype(np.float64)[0]),
        run_card=blank,
        runtime_s=float(stored["runtime_s"].astype(np.float64)[0]),
    )


def _split_key(problem: SplitProblem, effort: Effort, seed: int, levels: Levels = "one") -> str:
    return "split-" + problem_digest(problem, levels, effort.describe(), seed, sorted(package_versions().items()))


def start_compiling(scenario: Scenario, executor: futures.Executor) -> futures.Future[None]:
    """Compile the visit kernels in a worker while this process is busy with the split; some seconds, once."""
    today = VisitsProblem.of(scenario, Assignment.today(scenario.outlets))
    smallest = min(today.parts(), key=lambda part: part.num_outlets, default=today)
    return executor.submit(warm_up, smallest)


def visits_stage(problem: VisitsProblem, effort: Effort, bench: Bench, *, stage: str = "visits") -> VisitsResult:
    """Four weeks of visits, rep by rep; watched as `stage`."""
    return visits_room.plan_visits(
        problem,
        effort=effort,
        seed=bench.seed,
        progress=Renamed(bench.progress, stage),
        cancel=bench.cancel,
        executor=bench.executor,
        journal=bench.journal,
    )


def visits_problem(scenario: Scenario, assignment: Assignment, *, team: str | None) -> VisitsProblem:
    """
    The visits of everybody, or of one team.

    Raises
    ------
    ConfigError
        When there is no such team.
    """
    if team is None:
        return planned_problem(scenario, assignment)
    members = reps_of_team(scenario, team)
    served = np.isin(assignment.rep_of_outlet, members)
    only = Assignment(rep_of_outlet=np.where(served, assignment.rep_of_outlet, -1))
    return planned_problem(scenario, only)


def reps_of_team(scenario: Scenario, team: str) -> Sequence[int]:
    """
    Positions of a team's reps.

    Raises
    ------
    ConfigError
        When there is no such team.
    """
    if team not in scenario.teams.team_ids:
        known = ", ".join(scenario.teams.team_ids[:12]) or "-"
        raise ConfigError(Text(f"there is no team {team!r}; known: {known}", f"没有团队 {team!r};可选:{known}"))
    found: list[int] = np.flatnonzero(scenario.reps.team_idx == scenario.teams.team_ids.index(team)).tolist()
    return found


def sheets_stage(
    scenario: Scenario,
    assignment: Assignment,
    plan: VisitPlan,
    folder: Path,
    *,
    weeks: Sequence[int],
    apart: Sequence[int],
    reps: Sequence[int] | None,
    lang: SheetLang,
    bench: Bench,
    formats: Sequence[SheetFormat] = (SheetFormat.PDF,),
    carried: Mapping[str, CarriedIn] | None = None,
) -> list[Path]:
    """
    The sheets of some weeks in some formats, see `sheet_jobs`; for the weeks in `apart` also each rep's own file.

    Parameters
    ----------
    carried
        What the last recorded week hands on, by rep id: it stands on the first of these weeks that comes after it.

    Raises
    ------
    ConflictError
        When a form that was filled in would be overwritten.
    """
    chosen = list(range(len(scenario.reps))) if reps is None else list(reps)
    plan_id = plan_id_of(scenario, plan)
    jobs: list[SheetJob] = []
    for week in weeks:
        last = _carried_into(scenario, week, weeks, carried or {})
        contents = week_sheets(scenario, assignment, plan, week=week, rep_idcs=chosen, carried=last, plan_id=plan_id)
        jobs += sheet_jobs(scenario, contents, chosen, folder, is_apart=week in apart, lang=lang, formats=formats)
    refuse_to_overwrite_entries(jobs)
    written = run_all(
        write_sheet_file,
        jobs,
        stage="sheets",
        executor=bench.printers,
        size=lambda job: len(job.contents),
        progress=bench.progress,
        cancel=bench.cancel,
    )
    count, many = len(chosen), len(weeks)
    bench.progress.ended("sheets", Text(f"{count} reps, {many} weeks", f"{count} 名客户经理,{many} 周"))
    return written


def _carried_into(
    scenario: Scenario, week: int, weeks: Sequence[int], carried: Mapping[str, CarriedIn]
) -> dict[str, CarriedIn]:
    """What is handed on to this week: later ones are printed before their own last week has happened."""
    names = sorted(scenario.calendar.iso_week(each) for each in weeks)
    name = scenario.calendar.iso_week(week)
    return {
        rep_id: last
        for rep_id, last in carried.items()
        if next((each for each in names if each > last.iso_week), None) == name
    }


def with_move_cap(scenario: Scenario, max_moved_share: float | None) -> Scenario:
    """The scenario under another cap on moved sales; itself when None."""
    if max_moved_share is None:
        return scenario
    return replace(scenario, split=scenario.split.model_copy(update={"max_moved_share": max_moved_share}))
