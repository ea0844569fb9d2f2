"""`territory visits`: four weeks of visits for a split."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def visits(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    out: common.Out = None,
    team: Annotated[str | None, typer.Option("--team", help="This team only. 只排该团队。")] = None,
    seed: common.Seed = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds of search per rep (or pooled team). 每人(或共同服务团队)的搜索秒数。"
        ),
    ] = None,
    workers: common.Workers = None,
    cluster: common.Cluster = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Plan four weeks of visits for the split in --plan (or today's): which outlet, which day, in which order.

    Writes visits.csv, and the split beside it; every visit that is not placed carries its reason.

    为 --plan 中的划分(或今日划分)排定四周拜访:哪天、由谁、按什么顺序。写出 visits.csv 及所用划分;未排的都注明原因。
    """
    from territory import visits as visits_room
    from territory.effort import Effort
    from territory.io import write_assignment, write_visit_plan
    from territory.pipeline.checking import assignment_in
    from territory.pipeline.history.recording import Recorder
    from territory.pipeline.job import claim, facts_of
    from territory.pipeline.opening import open_with_files
    from territory.pipeline.plan_ground import staffed
    from territory.pipeline.stages import at_work, visits_problem, visits_stage

    target = plan if out is None and plan is not None else common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        claim(target)
        recorder = Recorder.begin(target, who=who, why=why)
        opened = open_with_files(scenario, data=data, progress=here.progress)
        case = staffed(opened.scenario, plan)
        assignment = assignment_in(case, plan)
        problem = visits_problem(case, assignment, team=team)
        root = case.seed if seed is None else seed
        with at_work(
            seed=root, workers=workers, cluster=cluster, folder=target, progress=here.progress, cancel=here.cancel
        ) as bench:
            effort = common.effort_of(time_limit) or Effort(iterations=case.effort.visit_iterations)
            result = visits_stage(problem, effort, bench)
        found = result.require_plan()

        def write() -> None:
            if target != plan:  # the folder is whole: sheets, exports and the loop start from it
                write_assignment(case, assignment, target / "assignment.csv")
            write_visit_plan(case, assignment, found, target / "visits.csv")

        recorder = recorder.record(
            case,
            opened.files,
            verb="visits",
            assignment=assignment,
            visits=found,
            facts=facts_of(result),
            write=write,
        )
        measures = visits_room.measures(problem, found)
    common.tell_broken_locks(recorder.broken, lang.lang)
    if as_json:
        common.print_json(
            {
                "status": result.status,
                "objective": result.objective,
                "bound": result.bound,
                "measures": {measure.name: measure.value for measure in measures},
                "out": str(target / "visits.csv"),
            }
        )
    elif not quiet:
        for measure in measures:
            typer.echo(f"  {measure.label.in_(lang.lang)}  {measure.shown(lang.lang)}")
        typer.echo(str(target / "visits.csv"))
    common.leave_if_interrupted(result.stopped_by)
