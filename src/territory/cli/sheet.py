"""`territory sheet`: hand out the one-page week, on paper or as forms to fill in."""

from __future__ import annotations

from collections import Counter
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
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="pdf, xlsx, html, csv; several with commas. All but pdf are forms whose filled-in files come back "
            "with `territory record`. 格式,可用逗号并列;pdf 之外均可填写后交回。",
        ),
    ] = None,
    sheet_lang: Annotated[
        common.SheetLanguage, typer.Option("--sheet-lang", help="Language of the sheets. 一张纸的语言。")
    ] = common.SheetLanguage.BOTH,
    lang: common.LangOption = common.Language.EN,
    as_json: common.AsJson = False,
    quiet: common.Quiet = False,
) -> None:
    """Hand out one page per rep and week from the plan in --plan: goals, tasks, visits, tracking, improvement.

    A4 PDF by default; --format xlsx,html,csv makes forms to fill in.

    打印客户经理一张纸,或生成可填写的 Excel、网页、CSV 表格。
    """
    from territory.pipeline import open_scenario
    from territory.pipeline.carrying import carried_for
    from territory.pipeline.checking import assignment_in, reps_named, visits_in, weeks_named
    from territory.pipeline.plan_ground import staffed
    from territory.pipeline.sheets import formats_named
    from territory.pipeline.stages import Bench, sheets_stage

    target = (plan if out is None and plan is not None else common.out_folder(out, scenario)) / "sheets"
    with common.session(lang, quiet=quiet) as here:
        chosen = formats_named(formats or ["pdf"])
        case = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        chosen_weeks = weeks_named(case, week)
        iso_weeks = [case.calendar.iso_week(number) for number in chosen_weeks]
        written = sheets_stage(
            case,
            assignment_in(case, plan),
            visits_in(case, plan),
            target,
            weeks=chosen_weeks,
            apart=chosen_weeks,
            reps=reps_named(case, rep),
            lang=sheet_lang.value,
            bench=Bench(seed=case.seed, executor=None, journal=None, progress=here.progress, cancel=here.cancel),
            formats=chosen,
            carried=carried_for(plan, iso_weeks, scenario=scenario, data=data, progress=here.progress),
        )
        if as_json:
            files = [path.relative_to(target).as_posix() for path in written]
            common.print_json({"folder": target, "files": files})
        else:
            count = Counter(path.suffix for path in written)
            said = ", ".join(f"{count[f'.{one.value}']} {one.value.upper()}" for one in chosen)
            here.say(f"{said}: {target}")
