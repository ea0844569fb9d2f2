"""`territory import`: a plan that was exported, edited or not, back into a folder that every verb reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common
from territory.errors import ExitCode

_CLOCK_RULES = frozenset({"drive_time", "time_order", "window", "return_drive", "return_time", "service_time"})


def import_plan(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="A .xlsx, .json or .geojson file, or .csv files (or their folder). 要导入的文件,或 CSV 所在文件夹。",
        ),
    ],
    scenario: Annotated[
        Path, typer.Option("--scenario", help="Scenario folder that the plan belongs to. 方案所属的场景文件夹。")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the plan (default: territory-run/NAME-imported). 方案写到哪里。"),
    ] = None,
    retime: Annotated[
        bool,
        typer.Option(
            "--retime",
            help="Keep days, reps and order; compute drives, clock times and routes anew. "
            "日期、人员、顺序不变,重新计算行车、时刻与线路。",
        ),
    ] = False,
    data: common.Data = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Read a plan that `territory export` wrote, edited or not; tell every error at once, then every rule it breaks.

    Writes assignment.csv and visits.csv; a plan that breaks rules is written all the same (exit code 3).

    读入 territory export 写出的方案(可已修改),一次列出全部错误,再列出违反的规则。写出 assignment.csv 与
    visits.csv;违规的方案也会写出(退出码 3)。
    """
    from territory.pipeline import open_scenario
    from territory.pipeline.importing import import_plan as read_in
    from territory.pipeline.importing import write_imported
    from territory.pipeline.job import claim

    default = common.out_folder(None, scenario)
    target = out if out is not None else default.with_name(f"{default.name}-imported")
    with common.session(lang, quiet=quiet or as_json) as here:
        case = open_scenario(scenario, data=data, progress=here.progress)
        found = read_in(case, files, new_times=retime)
        claim(target)
        write_imported(found, target)
    if as_json:
        common.print_json(
            {
                "outlets": len(found.scenario.outlets),
                "visits": found.plan.num_stops,
                "unplaced": found.plan.num_unplaced,
                "violations": [str(violation) for violation in found.violations],
                "notes": [note.line(lang.lang) for note in found.notes],
                "late_days": [day.in_(lang.lang) for day in found.late],
                "out": str(target),
            }
        )
    else:
        for note in found.notes:
            typer.echo(note.line(lang.lang), err=True)
        for day in found.late:
            typer.echo(day.in_(lang.lang), err=True)
        for violation in found.violations:
            typer.echo(violation.in_(lang.lang), err=True)
        if not quiet:
            typer.echo(_verdict(found.plan.num_stops, found.plan.num_unplaced, len(found.violations), lang))
            if not retime and any(violation.rule in _CLOCK_RULES for violation in found.violations):
                typer.echo(_HINT_ZH if lang is common.Language.ZH else _HINT_EN)
            typer.echo(str(target))
    if found.violations:
        raise typer.Exit(int(ExitCode.INVALID_INPUT))


_HINT_EN = "clock times no longer fit the visits; --retime computes them anew"
_HINT_ZH = "时刻与拜访不再相符;可用 --retime 重新计算"


def _verdict(visits: int, unplaced: int, violations: int, lang: common.Language) -> str:
    if lang is common.Language.ZH:
        return f"读入拜访 {visits:,} 次,未排 {unplaced:,} 次;方案违规 {violations} 处"
    broken = common.counted(violations, "broken plan rule")
    return f"{common.counted(visits, 'visit')} read, {unplaced:,} without a place; {broken}"
