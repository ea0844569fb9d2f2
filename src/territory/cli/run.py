"""`territory run`: the whole job on a scenario folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.pipeline import RunSettings


def run(
    scenario: common.Folder,
    data: common.Data = None,
    out: common.Out = None,
    team: Annotated[
        str | None,
        typer.Option("--team", help="Plan visits and print sheets for this team only. 只为该团队排定拜访与打印。"),
    ] = None,
    max_moved: Annotated[
        float | None,
        typer.Option(
            "--max-moved",
            min=0.0,
            max=1.0,
            help="At most this share of sales changes rep. 最多此比例的销售额更换客户经理。",
        ),
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", min=2, help="Simulated years per policy. 每项政策模拟的年数。")
    ] = None,
    today: Annotated[
        bool,
        typer.Option(
            "--today/--no-today",
            help="Plan visits for today's split as well, for before and after. 也为今日划分排定拜访,以便前后对比。",
        ),
    ] = True,
    seed: common.Seed = None,
    time_limit: common.TimeLimit = None,
    sheet_lang: Annotated[
        common.SheetLanguage, typer.Option("--sheet-lang", help="Language of the printed sheets. 一张纸的语言。")
    ] = common.SheetLanguage.BOTH,
    workers: common.Workers = None,
    cluster: common.Cluster = None,
    who: common.Who = None,
    why: common.Why = "",
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Check, redraw, plan visits, print sheets, simulate policies, and write one folder with a report.

    A killed run goes on when started again.

    检查、划分、排定拜访、打印一张纸、模拟政策,并写出含报告的文件夹。中断后重新执行即可继续。
    """
    from territory.pipeline import RunSettings

    settings = RunSettings(
        seed=seed,
        split_effort=common.effort_of(time_limit, share=0.3),
        visit_effort=common.effort_of(time_limit, share=0.5),
        replications=replications,
        max_moved_share=max_moved,
        team=team,
        plan_today=today,
        lang=lang.lang,
        sheet_lang=sheet_lang.value,
        workers=workers,
        cluster=cluster,
        who=who,
        why=why,
    )
    whole_job(scenario, common.out_folder(out, scenario), data, settings, lang, quiet=quiet, as_json=as_json)


def whole_job(
    scenario: Path,
    out: Path,
    data: Path | None,
    settings: RunSettings,
    lang: common.Language,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the pipeline and print where to look and the five numbers that matter."""
    from territory.cli.summary import headline_lines, where_lines
    from territory.pipeline import run as run_pipeline
    from territory.pipeline.job import RUN_FILE

    with common.session(lang, quiet=quiet or as_json) as here:
        result = run_pipeline(
            scenario, out=out, data=data, settings=settings, progress=here.progress, cancel=here.cancel
        )
    if as_json:
        common.print_json(json.loads((out / RUN_FILE).read_text(encoding="utf-8")))
    elif not quiet:
        for line in (*headline_lines(result.headlines, lang.lang), *where_lines(out, result.report, lang.lang)):
            typer.echo(line)
