"""`territory sheet`: print the one-page week."""

from __future__ import annotations

from typing import Annotated

import typer

from territory.cli import common


def sheet(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    out: common.Out = None,
    week: Annotated[
        str | None,
        typer.Option(
            "--week",
            help="1 to 4, or an ISO week such as 2026-W49 (default: all four). 第 1 至 4 周,或 ISO 周次(默认全部)。",
        ),
    ] = None,
    rep: Annotated[
        list[str] | None, typer.Option("--rep", help="Only this rep; may be repeated. 只含该客户经理;可重复。")
    ] = None,
    sheet_lang: Annotated[
        common.SheetLanguage, typer.Option("--sheet-lang", help="Language of the sheets. 一张纸的语言。")
    ] = common.SheetLanguage.BOTH,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
) -> None:
    """Print one A4 page per rep and week from the plan in --plan: goals, tasks, visits, tracking, improvement.

    按 --plan 中的方案打印客户经理一张纸:每人每周一页 A4,含目标、任务、拜访、跟踪、改进。
    """
    from territory.pipeline import open_scenario
    from territory.pipeline.checking import assignment_in, reps_named, visits_in, weeks_named
    from territory.pipeline.plan_ground import staffed
    from territory.pipeline.stages import Bench, sheets_stage

    target = (plan if out is None and plan is not None else common.out_folder(out, scenario)) / "sheets"
    with common.session(lang, quiet=quiet) as here:
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        written = sheets_stage(
            case,
            assignment_in(case, plan),
            visits_in(case, plan),
            target,
            weeks=weeks_named(case, week),
            apart=weeks_named(case, week),
            reps=reps_named(case, rep),
            lang=sheet_lang.value,
            bench=Bench(seed=case.seed, executor=None, journal=None, progress=here.progress, cancel=here.cancel),
        )
        here.say(f"{len(written)} PDF: {target}")
