"""`territory refine`: mend a plan edited by hand, without a rep who leaves, or with outlets that opened."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def refine(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    leave: Annotated[
        list[str] | None,
        typer.Option("--leave", help="This rep leaves (rep_id); may be repeated. 该客户经理离岗;可重复。"),
    ] = None,
    around: Annotated[
        list[str] | None,
        typer.Option("--around", help="Improve around this rep too; may be repeated. 也改进该客户经理周围;可重复。"),
    ] = None,
    most: Annotated[
        int | None, typer.Option("--most", min=1, help="Touch at most so many territories. 最多改动几个区域。")
    ] = None,
    effort: Annotated[
        int | None,
        typer.Option(
            "--effort",
            min=1,
            help="Moves tried (default 20,000,000); repeats exactly. 尝试的调整次数(默认 2000 万),可精确重现。",
        ),
    ] = None,
    time_limit: common.TimeLimit = None,
    data: common.Data = None,
    out: common.Out = None,
    seed: common.Seed = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Mend the split in --plan (or today's) and touch few territories; everything else stays.

    Writes the files of `territory split` and changes.csv: every outlet that changes, with reasons in numbers.

    局部调整 --plan 中的划分(或今日划分),只改动少数区域,其余不变。写出与 split 相同的文件,另有 changes.csv:
    每个变动的客户及数字理由。
    """
    from territory.cli.refine_page import content, page
    from territory.effort import Effort
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.history.recording import Recorder, origin_of
    from territory.pipeline.job import claim, facts_of
    from territory.pipeline.opening import open_with_files
    from territory.pipeline.replanning import DEFAULT_EFFORT, situation_of, write_refined
    from territory.pipeline.replanning import refine as refined_plan

    target = (
        out if out is not None else common.out_folder(None, scenario).with_name(f"{scenario.resolve().name}-refined")
    )
    with common.session(lang, quiet=quiet or as_json) as here:
        if effort is not None and time_limit is not None:
            raise ConfigError(Text("give --effort or --time-limit, not both", "--effort 与 --time-limit 只能选其一"))
        claim(target)
        recorder = Recorder.begin(target, who=who, why=why)
        opened = open_with_files(scenario, data=data, progress=here.progress)
        case = opened.scenario
        found = refined_plan(
            situation_of(case, plan, leave or ()),
            effort=common.effort_of(time_limit) or (DEFAULT_EFFORT if effort is None else Effort(iterations=effort)),
            seed=case.seed if seed is None else seed,
            around=around or (),
            most=most,
            progress=here.progress,
            cancel=here.cancel,
        )
        result = found.answer.result
        recorder = recorder.record(
            found.situation.scenario,
            opened.files,
            verb="refine",
            assignment=result.require_plan(),
            facts={**facts_of(result), **origin_of(plan, target)},
            write=lambda: write_refined(found, target),
        )
    common.tell_broken_locks(recorder.broken, lang.lang)
    if as_json:
        common.print_json({**content(found, lang.lang), "out": str(target)})
    elif not quiet:
        for line in page(found, lang.lang):
            typer.echo(line)
        typer.echo(str(target))
    common.leave_if_interrupted(found.answer.result.stopped_by)
