"""A quarter at a branch, week by week, as a planner's commands would run it, unattended."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quality.quarter_audit import Books
from benchmarks.quality.quarter_robot import FilledSheet, Robot, write_filled
from territory import visits as visits_room
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.io import read_scenario, write_assignment, write_visit_plan
from territory.pipeline.carrying import carried_for
from territory.pipeline.checking import assignment_in, visits_in
from territory.pipeline.job import claim
from territory.pipeline.loop_folder import follow_replan
from territory.pipeline.next_cycle import plan_next
from territory.pipeline.opening import prepared_folder
from territory.pipeline.recording import record_files
from territory.pipeline.reviewing import review_folder, write_review
from territory.pipeline.sheets import SheetJob, plan_id_of, write_sheet_file
from territory.pipeline.stages import at_work, visits_problem, visits_stage
from territory.pipeline.visit_replanning import replan_visits, running_in, write_replanned
from territory.progress import SILENT
from territory.review.period import month_of
from territory.sheet import SheetContent, week_sheets
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, WEEKS_PER_CYCLE

WHO = "robot"


@dataclass(kw_only=True)
class Quarter:
    """
    The run in progress.

    Attributes
    ----------
    replan_effort
        Of the new plan that each weekend makes for what was missed.
    seconds
        Wall seconds by step.
    """

    folder: Path
    seed: int
    weeks: int
    visit_effort: Effort
    replan_effort: Effort
    workers: int | None = None
    books: Books = field(default_factory=Books)
    seconds: dict[str, float] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    num_sheets: int = 0
    num_late: int = 0
    num_lost: int = 0
    num_replanned: int = 0

    def run(self, scenario: Path) -> Mapping[str, object]:
        """All weeks; the measures of the whole. What does not add up is in `books.faults`."""
        out = self._first_plan(scenario)
        late: list[FilledSheet] = []
        for week in range(self.weeks):
            if week and week % WEEKS_PER_CYCLE == 0:
                out = self._next_plan(out)
            late = self._week(out, week, late)
        self._hand_in(out, late, self.weeks)
        counts = self._close(out)
        return {
            **counts,
            "weeks": self.weeks,
            "sheets": self.num_sheets,
            "sheets_late": self.num_late,
            "sheets_lost": self.num_lost,
            "new_plans": self.num_replanned,
            "most_waiting": max(self.waiting, default=0),
            **{f"{name}_s": round(spent, 1) for name, spent in self.seconds.items()},
        }

    def _first_plan(self, scenario: Path) -> Path:
        out = self.folder / "run"
        claim(out)
        with self._timed("plan"):
            case = read_scenario(prepared_folder(scenario, out=out / "scenario"))
            assignment = Assignment.today(case.outlets)
            problem = visits_problem(case, assignment, team=None)
            with at_work(
                seed=self.seed, workers=self.workers, folder=out, progress=SILENT, cancel=CancelToken()
            ) as bench:
                plan = visits_stage(problem, self.visit_effort, bench).require_plan()
            write_assignment(case, assignment, out / "assignment.csv")
            write_visit_plan(case, assignment, plan, out / "visits.csv")
            self._check(problem, plan, "first plan")
        self.scenario = scenario if not (out / "scenario").exists() else out / "scenario"
        self.books.plan(out / "visits.csv")
        self._case = case
        return out

    def _check(self, problem: visits_room.VisitsProblem, plan: object, name: str) -> None:
        violations = visits_room.check(problem, plan).violations  # type: ignore[arg-type]
        self.books.faults += [f"{name}: {violation}" for violation in violations]

    def _next_plan(self, out: Path) -> Path:
        with self._timed("plan"):
            found = plan_next(
                out,
                out=self.folder / f"run-{len(self.waiting)}",
                scenario=self.scenario if not (out / "scenario").exists() else None,
                effort=self.visit_effort,
                seed=self.seed,
                workers=self.workers,
                who=WHO,
            )
        if found.unreported:
            self.books.faults.append(f"{found.start}: {found.unreported} visits of the cycle before are not settled")
        baseline = self.folder / "baseline.csv"
        assignment = assignment_in(found.scenario, found.out)
        write_visit_plan(found.scenario, assignment, found.result.require_plan(), baseline)
        self.books.plan(baseline)
        self._case = found.scenario
        return found.out

    def _week(self, out: Path, week: int, late: list[FilledSheet]) -> list[FilledSheet]:
        """Print, fill in, record, review, plan anew; comes back with the sheets that are late."""
        case = self._case
        at = week % WEEKS_PER_CYCLE
        iso_week = case.calendar.iso_week(at)
        monday = case.calendar.date_of(at * DAYS_PER_WEEK)
        contents, carried = self._print(out, case, at)
        served: dict[str, list[str]] = {}
        assignment = assignment_in(case, out)
        for outlet_id, rep in zip(case.outlets.outlet_ids, assignment.rep_of_outlet.tolist(), strict=True):
            if rep >= 0:
                served.setdefault(case.reps.rep_ids[rep], []).append(outlet_id)
        robot = Robot(seed=self.seed, outlets_of=served)
        filled: list[FilledSheet] = []
        with self._timed("fill"):
            for content in contents:
                mine = carried.get(content.rep_id)
                filled += robot.fill(content, () if mine is None else mine)
        self.num_lost += sum(sheet.arrival == "lost" for sheet in filled)
        on_time = [sheet for sheet in filled if sheet.arrival == "on time"]
        self._hand_in(out, [*late, *on_time], week)
        self._review(out, iso_week, monday, filled)
        if at < WEEKS_PER_CYCLE - 1:
            self._replan(out, case, iso_week, monday + dt.timedelta(days=DAYS_PER_WEEK))
        return [sheet for sheet in filled if sheet.arrival == "late"]

    def _print(self, out: Path, case: Scenario, at: int) -> tuple[list[SheetContent], dict[str, tuple[str, ...]]]:
        """The week's sheets as one PDF, from the plan in force and last week's records."""
        with self._timed("print"):
            iso_week = case.calendar.iso_week(at)
            carried = carried_for(out, [iso_week])
            plan = visits_in(case, out)
            contents = week_sheets(
                case, assignment_in(case, out), plan, week=at, carried=carried, plan_id=plan_id_of(case, plan)
            )
            path = out / "sheets" / f"{iso_week}.pdf"
            write_sheet_file(SheetJob(contents=tuple(contents), path=path, lang="both"))
        return contents, {rep_id: one.missed for rep_id, one in carried.items()}

    def _hand_in(self, out: Path, sheets: list[FilledSheet], week: int) -> None:
        """Files into the inbox, recorded twice over: the second time must change nothing."""
        if not sheets:
            return
        inbox = self.folder / "inbox" / f"{week:02d}"
        files = [write_filled(sheet, inbox, number) for number, sheet in enumerate(sheets, start=1)]
        with self._timed("record"):
            done = record_files(out, files, scenario=self._scenario_if_needed(out), who=WHO)
            again = record_files(out, files, scenario=self._scenario_if_needed(out), who=WHO)
        if done.errors:
            self.books.faults += [f"week {week}: {issue.line()}" for issue in done.errors]
        if done.num_new != len(sheets):
            self.books.faults.append(f"week {week}: {len(sheets)} sheets handed in, {done.num_new} kept")
        if again.num_new:
            self.books.faults.append(f"week {week}: {again.num_new} sheets kept once more when recorded again")
        self.num_sheets += done.num_new
        self.num_late += sum(sheet.arrival == "late" for sheet in sheets)
        self.books.handed_in(sheets)

    def _scenario_if_needed(self, out: Path) -> Path | None:
        return None if (out / "scenario").exists() else self.scenario

    def _review(self, out: Path, iso_week: str, monday: dt.date, filled: list[FilledSheet]) -> None:
        with self._timed("review"):
            after = monday + dt.timedelta(days=DAYS_PER_WEEK)
            seen = review_folder(
                out, week=iso_week, close=True, today=after, scenario=self._scenario_if_needed(out), who=WHO
            )
            target = write_review(seen, out, lang="zh")
        self.waiting.append(len(seen.review.debts))
        self.books.until = after - dt.timedelta(days=1)
        printed = {key for sheet in filled for key in sheet.printed}
        self.books.week_closed(iso_week, printed, target / "debts.csv", out / "visits.csv")

    def _replan(self, out: Path, case: Scenario, iso_week: str, after: dt.date) -> None:
        """A new plan for the rest of the cycle, from the week's table of events."""
        events = out / "review" / iso_week / "events.csv"
        if len(events.read_text(encoding="utf-8-sig").splitlines()) < 2:
            return
        with self._timed("replan"):
            running = running_in(case, out)
            found = replan_visits(
                running,
                now=f"{after}T00:00",
                options={},
                table=events,
                effort=self.replan_effort,
                seed=self.seed,
            )
            write_replanned(found, out)
            follow_replan(found, folder=out, target=out, scenario=self.scenario)
        self.num_replanned += 1

    def _close(self, out: Path) -> Mapping[str, int]:
        """Every month is reviewed; the accountant adds up."""
        start = self._case.calendar.start
        first, last = min(day for _, day in self.books.promised), start + dt.timedelta(days=DAYS_PER_CYCLE - 1)
        months = {month_of(first + dt.timedelta(days=day)): None for day in range((last - first).days + 1)}
        folders = []
        for month in months:
            with self._timed("review"):
                seen = review_folder(out, month=month, scenario=self._scenario_if_needed(out), who=WHO)
                folders.append(write_review(seen, out, lang="en"))
        tables = [folder / "visits.csv" for folder in folders]
        return self.books.close(tables, folders[-1] / "debts.csv", out / "visits.csv")

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
