"""`territory joint`: visits that two reps make together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.language import Lang


def joint(
    scenario: common.Folder,
    plan: common.PlanFolder = None,
    wish: Annotated[
        list[str] | None,
        typer.Option(
            "--wish",
            help="OUTLET:REP, who comes along, or OUTLET:REP:MINUTES; OUTLET alone: anybody. May be repeated. "
            "客户:同行者[:分钟];只写客户则不限同行者;可重复。",
        ),
    ] = None,
    data: common.Data = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for joint.csv (default: the plan's). joint.csv 写到哪里(默认方案文件夹)。"),
    ] = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Find a day and a time for visits by two reps in the plan in --plan, at the least extra drive.

    Writes joint.csv and joint_days.csv; nobody's other visits change day or order, visits.csv stays.

    为两人同行的拜访找到增加行车最少的日期与时刻。写出 joint.csv 与 joint_days.csv;其他拜访的日期与顺序不变,
    visits.csv 不改动。
    """
    from territory.pipeline import open_scenario
    from territory.pipeline.job import claim
    from territory.pipeline.joint_visits import joint_of, joint_rows, write_joint
    from territory.pipeline.visit_replanning import running_in

    folder = common.out_folder(plan, scenario)
    target = folder if out is None else out
    with common.session(lang, quiet=quiet or as_json) as here:
        running = running_in(open_scenario(scenario, data=data, progress=here.progress), folder)
        found = joint_of(running, wish or ())
        claim(target)
        write_joint(running, found, target, lang.lang)
        rows = joint_rows(running, found, lang.lang)
    if as_json:
        common.print_json({"wishes": rows, "out": str(target)})
    elif not quiet:
        for line in page(rows, lang.lang):
            typer.echo(line)
        typer.echo(str(target / "joint.csv"))


def page(rows: list[dict[str, object]], lang: Lang) -> Iterator[str]:
    """One line per wish."""
    zh = lang == "zh"
    for row in rows:
        if row["reason"]:
            yield (
                f"  {row['outlet_id']} {row['name']}:{row['reason']}"
                if zh
                else (f"  {row['outlet_id']} {row['name']}: {row['reason']}")
            )
            continue
        more = "" if row["is_planned"] else (",新增一次拜访" if zh else ", one visit more")
        who = f"{row['rep_id']} + {row['partner_id']}"
        yield f"  {row['date']} {row['weekday']} {row['start']}  {who}  {row['outlet_id']} {row['name']}  " + (
            f"拜访 {row['service_min']:g} 分钟,多行车 {row['extra_drive_min']:.1f} 分钟{more}"
            if zh
            else f"{row['service_min']:g} min there, {row['extra_drive_min']:.1f} min more drive{more}"
        )
