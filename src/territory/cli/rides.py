"""`territory rides`: a manager's weekly ride with a rep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli import common
from territory.cli.robustness import OutFolder, Result, ScenarioFolder


def rides(
    result: Result,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    managers: Annotated[
        Path | None,
        typer.Option(
            "--managers",
            help="CSV manager_id, days, reps (ids or teams); default: one per team, Mon-Fri. "
            "经理表;默认每个团队一名,周一至周五。",
        ),
    ] = None,
    due: Annotated[
        Path | None,
        typer.Option(
            "--due",
            help="CSV rep_id, days_since_last, problem_score; default: all are due alike. 随访需求表;默认人人相同。",
        ),
    ] = None,
    min_stops: Annotated[
        int,
        typer.Option(
            "--min-stops", min=1, help="Only days with so many visits or more. 只选拜访次数不少于此数的日子。"
        ),
    ] = 5,
    seed: common.Seed = None,
    out: OutFolder = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Choose for each manager and week whom to ride along with and on which day, where process checks are due.

    One ride a week; nobody twice before everybody once.

    为每位经理每周选定随访对象与日期,优先最需要过程检查的地方。每周一次;人人轮到之前不重复。
    """
    from territory.io import write_rows
    from territory.pipeline.job import claim
    from territory.pipeline.visit_answers import RIDE_COLUMNS, due_of, ground_of, managers_of, ride_rows
    from territory.visits.rides import rides as chosen

    with common.session(lang, quiet=quiet or as_json) as here:
        ground = ground_of(result, scenario=scenario, data=data, progress=here.progress)
        found = chosen(
            ground.problem,
            ground.plan,
            managers=managers_of(ground, managers),
            due=due_of(ground, due),
            min_stops=min_stops,
            seed=ground.scenario.seed if seed is None else seed,
        )
        rows = ride_rows(ground, found, lang.lang)
        if out is not None:
            claim(out)
            write_rows(rows, out / "rides.csv", columns=RIDE_COLUMNS)
    if as_json:
        common.print_json(
            {
                "status": found.status,
                "objective": found.objective,
                "bound": found.bound,
                "rides": rows,
                "weeks_without": [{"manager_id": manager, "week": week + 1} for manager, week in found.free_weeks],
                "out": out and str(out),
            }
        )
    elif not quiet:
        zh = lang.lang == "zh"
        for row in rows:
            typer.echo(
                f"  {row['manager_id']}  {row['date']} {row['weekday']}  {row['rep_id']}  {row['meet']} "
                f"{row['first_outlet_id']}  {row['reason']}"
            )
        for manager, week in found.free_weeks:
            typer.echo(
                f"  {manager}  第 {week + 1} 周无随访:没有合适的日子,或应先轮到他人(可降低 --min-stops)"
                if zh
                else f"  {manager}  week {week + 1}: no day fits, or another's turn (a lower --min-stops may help)"
            )
        if due is None:
            typer.echo("未提供 --due:所有人同等到期" if zh else "without --due all reps are due alike")
