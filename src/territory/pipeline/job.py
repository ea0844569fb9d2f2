"""The main job: from a scenario folder to one folder with tables, sheets, a year of policies and a report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from territory import __version__
from territory import split as split_room
from territory import visits as visits_room
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.effort import CancelToken, Effort
from territory.errors import CancelledError, ConflictError
from territory.io import (
    read_scenario,
    write_assignment,
    write_features,
    write_geojson,
    write_json,
    write_rows,
    write_visit_plan,
)
from territory.lab import Comparison
from territory.language import Lang, Text
from territory.measure import Measure
from territory.pipeline import numbers, stages
from territory.pipeline.history.recording import Recorder
from territory.pipeline.model_report import model_report, write_model_report
from territory.pipeline.opening import files_of, prepared_folder
from territory.pipeline.policy_output import write_policy_answer
from territory.pipeline.policy_years import PolicyAnswer, PolicyGround, policy_answer
from territory.pipeline.splitting import split_stage, write_numbers
from territory.policy import PolicyProblem
from territory.progress import SILENT, Progress
from territory.report.areas import territory_features
from territory.report.data import Headline, ReportData
from territory.report.html import write_report
from territory.report.map_svg import write_map_svg
from territory.report.sheet_layout import SheetLang
from territory.split import SplitProblem, SplitResult
from territory.visits import VisitsResult

RUN_FILE = "run.json"


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """
    How to run.

    Attributes
    ----------
    seed
        Root of all random draws; None: the scenario's.
    split_effort, visit_effort, replications
        None: the scenario's `[effort]` and `[lab]`.
    max_moved_share
        Cap on the share of sales that changes rep; None: the scenario's.
    team
        Plan visits and print sheets for this team only; None: for everybody.
    plan_today
        Plan visits for today's split too, with the same effort, so that the report can show before and after.
    sheet_weeks
        Weeks of the cycle (0 to 3) to print, each as one PDF; the first also rep by rep.
    workers
        Processes; None: one per core.
    cluster
        Address of a Dask scheduler whose workers compute; None: processes of this machine.
    who, why
        For the history of the plan: who runs this (None: the login name), and the reason.
    """

    seed: int | None = None
    split_effort: Effort | None = None
    visit_effort: Effort | None = None
    replications: int | None = None
    max_moved_share: float | None = None
    team: str | None = None
    plan_today: bool = True
    lang: Lang = "en"
    sheet_lang: SheetLang = "both"
    sheet_weeks: tuple[int, ...] = (0, 1, 2, 3)
    workers: int | None = None
    cluster: str | None = None
    who: str | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class RunResult:
    """What a run found, and where it wrote it."""

    scenario: Scenario
    split: SplitResult
    visits: VisitsResult
    comparison: Comparison | None
    report: Path
    headlines: tuple[Headline, ...]


def run(
    folder: Path | str,
    *,
    out: Path | str,
    data: Path | str | None = None,
    settings: RunSettings | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
) -> RunResult:
    """
    The whole job: prepare and check the tables, redraw, plan visits, print sheets, simulate policies, report.

    Parameters
    ----------
    folder
        Scenario folder.
    out
        Folder for everything the run writes; made when absent. A run that was killed goes on where it stopped when
        started again with the same folder.
    data
        Public data, for scenarios whose recipe needs it.

    Raises
    ------
    ScenarioError
        When the input is wrong; all problems at once.
    InfeasibleError, NoPlanFoundError
        When no split exists or none was found.
    ConflictError
        When `out` holds something else than an earlier run, or its plan was changed while this ran.
    CancelledError
        When `cancel` was set before the end; finished parts are kept.
    """
    settings = settings or RunSettings()
    cancel = cancel or CancelToken()
    target = Path(out)
    claim(target)
    recorder = Recorder.begin(target, who=settings.who, why=settings.why)
    tables = prepared_folder(folder, out=target / "scenario", data=data, progress=progress)
    progress.started("check", 1)
    scenario = stages.with_move_cap(read_scenario(tables), settings.max_moved_share)
    files = files_of(scenario, tables)
    seed = scenario.seed if settings.seed is None else settings.seed
    outlets, reps = len(scenario.outlets), len(scenario.reps)
    progress.ended("check", Text(f"{outlets:,} outlets, {reps} reps", f"{outlets:,} 家客户,{reps} 名客户经理"))
    with stages.at_work(
        seed=seed,
        workers=settings.workers,
        cluster=settings.cluster,
        folder=target,
        progress=progress,
        cancel=cancel,
    ) as bench:
        compiled = stages.start_compiling(scenario, bench.executor) if bench.executor is not None else None
        effort = settings.split_effort or Effort(iterations=scenario.effort.split_iterations)
        redrawn = split_stage(scenario, effort, bench)
        scenario, split_problem, split, now = redrawn.scenario, redrawn.problem, redrawn.result, redrawn.now
        plan = split.require_plan()
        if redrawn.tried is not None:
            write_numbers(redrawn.tried, target)
        recorder = recorder.record(
            scenario,
            files,
            verb="run",
            assignment=plan,
            facts=facts_of(split),
            write=partial(write_split, scenario, split_problem, split, target, now=now),
        )
        _go_on(cancel)
        visits_problem = stages.visits_problem(scenario, plan, team=settings.team)
        effort = settings.visit_effort or Effort(iterations=scenario.effort.visit_iterations)
        if compiled is not None:
            compiled.result()
        visits = stages.visits_stage(visits_problem, effort, bench)
        recorder.record(
            scenario,
            files,
            verb="run",
            assignment=plan,
            visits=visits.require_plan(),
            facts=facts_of(visits),
            write=partial(write_visit_plan, scenario, plan, visits.require_plan(), target / "visits.csv"),
        )
        _go_on(cancel)
        placed_today = _visits_today(scenario, settings, effort, bench) if settings.plan_today else ()
        _go_on(cancel)
        stages.sheets_stage(
            scenario,
            plan,
            visits.require_plan(),
            target / "sheets",
            weeks=settings.sheet_weeks,
            apart=settings.sheet_weeks[:1],
            reps=None if settings.team is None else stages.reps_of_team(scenario, settings.team),
            lang=settings.sheet_lang,
            bench=bench,
        )
        _go_on(cancel)
        answer = _policies(scenario, plan, visits.require_plan(), settings.replications, bench)
    comparison = None if answer is None else answer.comparison
    progress.started("report", 1)
    placed = visits_room.measures(visits_problem, visits.require_plan())
    content = numbers.report_data(scenario, now, split_problem, split, visits, (placed_today, placed), answer)
    report = write_report(content, target / "report.html", settings.lang)
    write_map_svg(content, target / "map.svg")
    if answer is not None:
        write_policy_answer(answer, target, settings.lang)
        write_model_report(model_report(answer), target, settings.lang)
    write_run_card(scenario, split, visits, comparison, content, target)
    progress.ended("report", Text(str(report), str(report)))
    return RunResult(
        scenario=scenario,
        split=split,
        visits=visits,
        comparison=comparison,
        report=report,
        headlines=content.headlines,
    )


def _policies(
    scenario: Scenario, assignment: Assignment, plan: VisitPlan, replications: int | None, bench: stages.Bench
) -> PolicyAnswer | None:
    """A year under every policy of the scenario on the new split and its visits; None when it has no policy."""
    if not scenario.policies:
        return None
    ground = PolicyGround(
        scenario=scenario,
        problem=PolicyProblem.of(scenario, assignment, plan, year=scenario.year),
        label=Text("the redrawn split and its planned visits", "新划分及其拜访计划"),
    )
    return policy_answer(ground, scenario.policies, bench, replications=replications)


def _visits_today(
    scenario: Scenario, settings: RunSettings, effort: Effort, bench: stages.Bench
) -> tuple[Measure, ...]:
    """What the same planning makes of today's split."""
    problem = stages.visits_problem(scenario, Assignment.today(scenario.outlets), team=settings.team)
    result = stages.visits_stage(problem, effort, bench, stage="today")
    return visits_room.measures(problem, result.require_plan())


def facts_of(result: SplitResult | VisitsResult) -> dict[str, object]:
    """What the plan's history keeps of a result."""
    return {
        "territory": __version__,
        "seed": result.run_card.seed,
        "status": result.status,
        "objective": result.objective,
        "bound": result.bound,
    }


def claim(target: Path) -> None:
    """
    Mark a folder as a run's own.

    Raises
    ------
    ConflictError
        When it holds files and no run made them: nothing of the user's is overwritten.
    """
    mark = target / RUN_FILE
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not mark.exists()):
        raise ConflictError(
            Text(
                f"{target} holds files that no run of territory made; name an empty or new folder with --out",
                f"{target} 中有并非 territory 生成的文件;请用 --out 指定空文件夹或新文件夹",
            )
        )
    if not mark.exists():
        write_json({"territory": __version__, "state": "running"}, mark)


def write_split(
    scenario: Scenario, problem: SplitProblem, split: SplitResult, target: Path, *, now: SplitProblem | None = None
) -> None:
    """
    Assignment table, outlets and territories as GeoJSON, moved outlets with reasons, measures before and after.

    `now` is the problem as it stands today, where the number of territories differs from today's.
    """
    plan = split.require_plan()
    write_assignment(scenario, plan, target / "assignment.csv")
    write_geojson(scenario, plan, target / "outlets.geojson")
    names = {
        rep: {"rep_id": rep_id, "name": name}
        for rep, (rep_id, name) in enumerate(zip(scenario.reps.rep_ids, scenario.reps.names, strict=True))
    }
    areas = territory_features(scenario.outlets.lat, scenario.outlets.lon, plan.rep_of_outlet, names)
    write_features(areas, target / "territories.geojson")
    now = problem if now is None else now
    moves = split_room.moved_outlets(numbers.ledger(now, problem), plan)
    rows = [
        {
            "outlet_id": scenario.outlets.outlet_ids[i],
            "name": scenario.outlets.names[i],
            "rep_id_today": scenario.reps.rep_ids[frm],
            "rep_id": scenario.reps.rep_ids[to],
            "sales_per_week": round(sales, 2),
            "flow_gain_per_week": round(gain, 4),
            "old_rep_above_target_share": round(over, 4),
            "home_travel_saved_min_per_cycle": round(saved, 2),
        }
        for i, frm, to, sales, gain, over, saved in zip(
            moves.outlet_idx.tolist(),
            moves.from_rep.tolist(),
            moves.to_rep.tolist(),
            moves.sales.tolist(),
            moves.flow_gain.tolist(),
            moves.overload_relief.tolist(),
            moves.travel_saved_min.tolist(),
            strict=True,
        )
    ]
    write_rows(rows, target / "moved.csv", columns=_MOVED_COLUMNS)
    before, after = numbers.compared(now, problem, plan)
    today = numbers.by_name(before)
    write_rows(
        [
            {
                "measure": m.name,
                "label": m.label.en,
                "label_zh": m.label.zh,
                "unit": m.unit,
                "today": today[m.name].value,
                "redrawn": m.value,
            }
            for m in after
        ],
        target / "measures.csv",
    )


_MOVED_COLUMNS = (
    "outlet_id",
    "name",
    "rep_id_today",
    "rep_id",
    "sales_per_week",
    "flow_gain_per_week",
    "old_rep_above_target_share",
    "home_travel_saved_min_per_cycle",
)


def write_run_card(
    scenario: Scenario,
    split: SplitResult,
    visits: VisitsResult,
    comparison: Comparison | None,
    content: ReportData,
    target: Path,
) -> None:
    """`run.json`: what is needed to repeat the run, how good the answers are, and the numbers that matter."""
    write_json(
        {
            "territory": __version__,
            "state": "finished",
            "scenario": scenario.name,
            "inputs": dict(scenario.input_hashes),
            "split": {"run_card": asdict(split.run_card), "runtime_s": split.runtime_s},
            "visits": {"run_card": asdict(visits.run_card), "runtime_s": visits.runtime_s},
            "policy": None if comparison is None else {"run_card": asdict(comparison.run_card)},
            "standings": [
                {
                    "job": s.job.en,
                    "status": s.status,
                    "stopped_by": s.stopped_by,
                    "objective": s.objective,
                    "bound": s.bound,
                    "gap": s.gap,
                }
                for s in content.standings
            ],
            "headlines": [
                {
                    "measure": h.measure.name,
                    "label": h.measure.label.en,
                    "value": h.measure.value,
                    "unit": h.measure.unit,
                    "today": h.before,
                    "interval": h.interval,
                }
                for h in content.headlines
            ],
        },
        target / RUN_FILE,
    )


def _go_on(cancel: CancelToken) -> None:
    if cancel.is_cancelled:
        raise CancelledError("stopped on request; finished parts are kept and the run resumes with the same command")
