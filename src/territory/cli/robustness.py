"""`territory robustness`: does the visit plan hold when visits and drives take longer or shorter?"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.visits.robustness import RobustnessResult, TargetedPlan

Result = Annotated[
    Path, typer.Argument(metavar="RESULT_FOLDER", help="Folder of an earlier run: its visits.csv. 以前运行的文件夹。")
]
ScenarioFolder = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        help="Scenario folder of the result (default: RESULT_FOLDER/scenario, made by a run). 结果所属的场景文件夹。",
    ),
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", help="Write tables to this folder (default: none). 表格写入该文件夹(默认不写)。")
]


class Late(StrEnum):
    """What becomes of a visit that is reached after its window."""

    VISIT = "visit"
    SKIP = "skip"


def robustness(
    result: Result,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    service_cv: Annotated[
        float | None,
        typer.Option(
            "--service-cv", min=0, help="Spread of a visit's minutes (the scenario's, 0.35). 拜访时长的离散程度。"
        ),
    ] = None,
    drive_cv: Annotated[
        float | None,
        typer.Option(
            "--drive-cv", min=0, help="Spread of a drive's minutes (the scenario's, 0.20). 行车时长的离散程度。"
        ),
    ] = None,
    traffic_cv: Annotated[
        float | None,
        typer.Option(
            "--traffic-cv", min=0, help="Spread of a day's traffic (the scenario's, 0.10). 每日路况的离散程度。"
        ),
    ] = None,
    late: Annotated[
        Late,
        typer.Option(
            "--late",
            help="Reached after closing: visit outside the window, or skip. 过了营业时间才到:照常拜访,或跳过。",
        ),
    ] = Late.VISIT,
    replications: Annotated[int, typer.Option("--replications", min=20, help="Simulated cycles. 模拟的周期数。")] = 200,
    most_days_over: Annotated[
        float | None,
        typer.Option(
            "--most-days-over",
            min=0,
            max=100,
            help="Plan anew until at most so many % of days run over. 重新排定,直到超时天数不超过此百分比。",
        ),
    ] = None,
    seed: common.Seed = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds of search per rep and plan tried. 每人、每个方案的搜索秒数。"
        ),
    ] = None,
    out: OutFolder = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Drive the visit plan of RESULT_FOLDER in simulation: visits on time, days with overtime, rep by rep.

    Spreads are coefficients of variation (0.35: a standard deviation of 35 %).

    在模拟中执行 RESULT_FOLDER 的拜访计划:准时率、超时天数,逐人列出。离散程度为变异系数(0.35 即标准差 35 %)。
    """
    from territory.effort import Effort
    from territory.io import write_rows
    from territory.pipeline.job import claim
    from territory.pipeline.visit_answers import ground_of, robustness_rows, stop_rows
    from territory.visits.planning import spread_of
    from territory.visits.robustness import Target, plan_for_target, replay_days

    with common.session(lang, quiet=quiet or as_json) as here:
        ground = ground_of(result, scenario=scenario, data=data, progress=here.progress)
        given = {"service_cv": service_cv, "drive_cv": drive_cv, "traffic_cv": traffic_cv}
        spread = replace(spread_of(ground.problem.rules), **{name: cv for name, cv in given.items() if cv is not None})
        problem = ground.mean_problem
        root = ground.scenario.seed if seed is None else seed
        found = replay_days(problem, ground.plan, spread=spread, replications=replications, seed=root, late=late.value)
        targeted = None
        if most_days_over is not None:
            targeted = plan_for_target(
                problem,
                target=Target(measure="days_over_share", percent=most_days_over),
                spread=spread,
                effort=common.effort_of(time_limit) or Effort(iterations=ground.scenario.effort.visit_iterations),
                replications=replications,
                seed=root,
                late=late.value,
            )
        rows = robustness_rows(found, lang.lang)
        if out is not None:
            claim(out)
            write_rows(rows, out / "robustness.csv")
            write_rows(stop_rows(ground, found), out / "robustness_visits.csv")
            if targeted is not None:
                write_rows(attempt_rows(targeted), out / "robustness_plans.csv")
    if as_json:
        common.print_json(
            {"measures": rows, "plans": None if targeted is None else attempt_rows(targeted), "out": out and str(out)}
        )
    elif not quiet:
        for line in page(found, lang.lang) + ([] if targeted is None else target_lines(targeted, lang.lang)):
            typer.echo(line)


def page(found: RobustnessResult, lang: Lang) -> list[str]:
    """Measures with their intervals, then the reps with the most overtime."""
    from rich.cells import cell_len

    from territory.cli.summary import padded, to_the_right

    zh = lang == "zh"
    lines = [f"模拟 {found.replications} 个周期" if zh else f"{found.replications} simulated cycles"]
    labels = [entry.measure.label.in_(lang) for entry in found.estimates]
    width = max(cell_len(label) for label in labels)
    for label, entry in zip(labels, found.estimates, strict=True):
        value_shown = to_the_right(entry.measure.shown(lang), 9)
        lines.append(f"  {padded(label, width)}  {value_shown}  ({entry.low:.2f} … {entry.high:.2f})")

    def value(name: str, at: int) -> float:
        return next(e.measure.value for e in found.by_rep[at].estimates if e.measure.name == name)

    worst = sorted(range(len(found.by_rep)), key=lambda at: -value("overtime_mean_min", at))[:5]
    lines.append("加班最多的客户经理" if zh else "reps with the most overtime")
    for at in worst:
        minutes, over = value("overtime_mean_min", at), value("days_over_share", at)
        words = (
            f"日均加班 {minutes:.1f} 分钟,加班天数 {over:.0f} %"
            if zh
            else (f"{minutes:.1f} min a day, {over:.0f} % of days")
        )
        lines.append(f"  {found.by_rep[at].rep_id}  {words}")
    return lines


def attempt_rows(targeted: TargetedPlan) -> list[dict[str, object]]:
    """The quantiles tried: what they reach and what they cost."""
    return [
        {
            "quantile": round(attempt.quantile, 4),
            "is_met": attempt.is_met,
            "is_chosen": attempt is targeted.chosen,
            "days_over_percent": round(attempt.result.value("days_over_share"), 3),
            "on_time_percent": round(attempt.result.value("on_time_share"), 3),
            "visits_unplaced": attempt.plan.num_unplaced,
            "drive_min": round(attempt.drive_min, 1),
        }
        for attempt in targeted.attempts
    ]


def target_lines(targeted: TargetedPlan, lang: Lang) -> list[str]:
    """The quantiles tried, and which to plan at."""
    zh = lang == "zh"
    lines = ["按分位数重新排定" if zh else "planned anew at a quantile"]
    for row in attempt_rows(targeted):
        words = (
            f"加班天数 {row['days_over_percent']:.1f} %,准时 {row['on_time_percent']:.1f} %,"
            f"未排 {row['visits_unplaced']} 次"
            if zh
            else f"{row['days_over_percent']:.1f} % of days over, {row['on_time_percent']:.1f} % on time, "
            f"{common.counted(int(str(row['visits_unplaced'])), 'visit')} without a place"
        )
        lines.append(f"  {row['quantile']:.3f}  {words}{' *' if row['is_chosen'] else ''}")
    if not targeted.chosen.is_met:
        lines.append(
            "  均未达到目标:请减少拜访、增加时间或放宽目标"
            if zh
            else "  none reaches the target: plan fewer visits, more time or a lower target"
        )
    return lines
