"""`territory split`: redraw the territories of a scenario."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common
from territory.errors import ExitCode


def split(
    scenario: common.Folder,
    data: common.Data = None,
    out: common.Out = None,
    max_moved: Annotated[
        float | None,
        typer.Option(
            "--max-moved",
            min=0.0,
            max=1.0,
            help="At most this share of sales changes rep. 最多此比例的销售额更换客户经理。",
        ),
    ] = None,
    seed: common.Seed = None,
    time_limit: common.TimeLimit = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Redraw territories: keep flow inside, balance work and potential, connected, few customers moved.

    Writes assignment.csv, moved.csv (with reasons in numbers), measures.csv, outlets.geojson and
    territories.geojson; numbers.csv where [split] territories asks for a number or a range.

    重划区域:流量留在区域内,工作量与潜力均衡,区域连片,少调整客户。写出 assignment.csv、moved.csv(含数字理由)、
    measures.csv、outlets.geojson、territories.geojson;[split] territories 给出区域数时另有 numbers.csv。
    """
    from territory.cli.summary import measure_lines, standing_line
    from territory.compute import Journal
    from territory.effort import Effort
    from territory.pipeline.history.recording import Recorder
    from territory.pipeline.job import claim, facts_of, write_split
    from territory.pipeline.numbers import compared
    from territory.pipeline.opening import open_with_files
    from territory.pipeline.splitting import number_lines, number_rows, split_stage, write_numbers
    from territory.pipeline.stages import Bench, with_move_cap
    from territory.standing import Status

    target = common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        claim(target)
        recorder = Recorder.begin(target, who=who, why=why)
        opened = open_with_files(scenario, data=data, progress=here.progress)
        case = with_move_cap(opened.scenario, max_moved)
        bench = Bench(
            seed=case.seed if seed is None else seed,
            executor=None,
            journal=Journal(target / "journal"),
            progress=here.progress,
            cancel=here.cancel,
        )
        effort = common.effort_of(time_limit) or Effort(iterations=case.effort.split_iterations)
        redrawn = split_stage(case, effort, bench)
        case, problem, result = redrawn.scenario, redrawn.problem, redrawn.result
        if redrawn.tried is not None:
            write_numbers(redrawn.tried, target)
        recorder = recorder.record(
            case,
            opened.files,
            verb="split",
            assignment=result.require_plan(),
            facts=facts_of(result),
            write=lambda: write_split(case, problem, result, target, now=redrawn.now),
        )
        before, after = compared(redrawn.now, problem, result.require_plan())
    common.tell_broken_locks(recorder.broken, lang.lang)
    if as_json:
        common.print_json(
            {
                "status": result.status,
                "stopped_by": result.stopped_by,
                "objective": result.objective,
                "bound": result.bound,
                "gap": result.gap,
                "terms": {
                    term.name: {"amount": term.amount, "unit": term.unit, "points": term.points}
                    for term in result.terms
                },
                "today": {measure.name: measure.value for measure in before},
                "redrawn": {measure.name: measure.value for measure in after},
                "numbers": [] if redrawn.tried is None else number_rows(redrawn.tried),
                "out": str(target),
            }
        )
    elif not quiet:
        for line in [] if redrawn.tried is None else number_lines(redrawn.tried, lang.lang):
            typer.echo(line)
        for line in measure_lines(before, after, lang.lang):
            typer.echo(line)
        typer.echo(standing_line(result.status, result.objective, result.bound, result.gap, lang.lang))
        typer.echo(str(target))
    common.leave_if_interrupted(result.stopped_by)
    if time_limit is not None and result.status is not Status.OPTIMAL:
        raise typer.Exit(int(ExitCode.EFFORT_SPENT_WITH_PLAN))
