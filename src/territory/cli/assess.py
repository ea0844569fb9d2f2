"""`territory assess`: the month's and the year's scores under a policy's rules, and mentoring pairs."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.errors import ConfigError, ExitCode
from territory.language import Lang, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from territory.desk import PairRules
    from territory.report.desk_view import DeskView
    from territory.verify import Violation

PANEL = "panel.csv"


class Near(StrEnum):
    """Between what two people's distance is measured."""

    HOME = "home"
    TERRITORY = "territory"


def assess(
    scenario: common.Folder,
    panel: Annotated[
        Path | None,
        typer.Option(
            "--panel",
            metavar="TABLE",
            help="Rep-month panel (default: the review's in the folder of --plan). "
            "人月面板(默认为 --plan 文件夹中回顾所写的)。",
        ),
    ] = None,
    judgements: Annotated[
        Path | None,
        typer.Option(
            "--judgements", metavar="TABLE", help="What evaluators judged, in points. 各评价方的评分,以分计。"
        ),
    ] = None,
    committee: Annotated[
        Path | None,
        typer.Option("--committee", metavar="TABLE", help="The committee's points of the year. 年度评委会评分。"),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs",
            metavar="TABLE",
            help="Mentoring pairs so far: last month's pairs_next.csv. 已有结对:上月的 pairs_next.csv。",
        ),
    ] = None,
    supply: Annotated[
        Path | None,
        typer.Option(
            "--supply",
            metavar="TABLE",
            help="Supply by month against normal (default: by [year]). 各月货源相对正常水平(默认按 [year])。",
        ),
    ] = None,
    policies: Annotated[
        Path | None,
        typer.Option(
            "--policies",
            metavar="FILE_OR_FOLDER",
            help="Policy files (default: the scenario's policies). 政策文件(默认为场景中的政策)。",
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", metavar="NAME", help="The policy in force (default: the first one). 生效的政策(默认第一项)。"
        ),
    ] = None,
    month: Annotated[
        str | None,
        typer.Option(
            "--month",
            metavar="YYYY-MM",
            help="Month to assess (default: the panel's last). 考核月份(默认面板中的最后一月)。",
        ),
    ] = None,
    first_year: Annotated[
        int | None,
        typer.Option(
            "--first-year",
            min=1900,
            max=2200,
            help="Year of the policy's month 1 (default: the panel's). 政策第 1 月所在年份(默认取面板的)。",
        ),
    ] = None,
    year: Annotated[
        bool,
        typer.Option(
            "--year",
            help="Show the year before it ends, too: stars, grades, steps as they stand. "
            "年度未结束也显示当前的星级、职级与档次。",
        ),
    ] = False,
    rep: Annotated[
        list[str] | None,
        typer.Option(
            "--rep",
            metavar="ID",
            help="The page of this rep, to be handed over; repeat it, or 'all'. "
            "写出交给该客户经理本人的一页;可重复,或 all。",
        ),
    ] = None,
    redistribute: Annotated[
        bool,
        typer.Option(
            "--redistribute",
            help="Share out the weight of what has no source among the rest. 把缺少来源部分的权重分摊给其余部分。",
        ),
    ] = False,
    not_paired: Annotated[
        list[str] | None,
        typer.Option(
            "--not-paired", metavar="ID", help="Takes no part in mentoring; repeat it. 不参加结对帮扶的人;可重复。"
        ),
    ] = None,
    near: Annotated[
        Near,
        typer.Option(
            "--near",
            help="Distance of a pair: between homes, or territories (of --plan, else today's). "
            "结对距离:按住址或辖区(取 --plan,否则取今日)。",
        ),
    ] = Near.HOME,
    points_per_km: Annotated[
        float, typer.Option("--points-per-km", min=0, help="Points of gap a kilometre is worth. 一公里距离折算的分差。")
    ] = 0.1,
    points_per_load: Annotated[
        float,
        typer.Option(
            "--points-per-load",
            min=0,
            help="Points of gap that twice the mean load of a mentor costs. 师傅负荷达到平均两倍时折算的分差。",
        ),
    ] = 20.0,
    blank: Annotated[
        Path | None,
        typer.Option(
            "--blank",
            metavar="FOLDER",
            help="Write empty tables for judgements and committee instead. 只写出空白的评分表与评委会表。",
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="FOLDER",
            help="Check the tables of an assessment, edited since, instead. 只检查事后改过的考核表。",
        ),
    ] = None,
    plan: common.PlanFolder = None,
    data: common.Data = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write tables and pages to this folder. 把表格与页面写入该文件夹。")
    ] = None,
    seed: common.Seed = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Score a month and the year by the rules of a policy, show the arithmetic, and propose mentoring pairs.

    月度与年度考核。With --out: scores.csv, arithmetic.csv, year.csv, pairs_next.csv, assessment.html and .pdf, reps/.
    """
    from territory.pipeline import open_scenario
    from territory.pipeline.assessing import DeskAsk, desk_case, desk_people
    from territory.pipeline.checking import assignment_in
    from territory.pipeline.desk_claims import violations_in
    from territory.pipeline.desk_output import desk_view, people_of, write_blank, write_desk, write_rep_pages
    from territory.pipeline.desk_policy import desk_policy
    from territory.pipeline.desk_rows import desk_json
    from territory.pipeline.job import claim
    from territory.pipeline.plan_ground import staffed

    written: list[Path] = []
    with common.session(lang, quiet=quiet or as_json) as here:
        ground = staffed(open_scenario(scenario, data=data, progress=here.progress), plan)
        name, rules = desk_policy(ground, path=policies, name=policy)
        ask = DeskAsk(
            panel=_panel(panel, plan),
            judgements=None if blank is not None else judgements,
            committee=None if blank is not None else committee,
            pairs=pairs,
            supply=supply,
            month=month,
            first_year=first_year,
            shows_year=year,
            unwilling=tuple(not_paired or ()),
            redistribute=redistribute,
            pair_rules=_pair_rules(points_per_km, points_per_load),
            seed=seed,
        )
        if blank is not None:
            todo = desk_people(ground, ask, policy_name=name, policy=rules)
            claim(blank)
            _say_written(write_blank(todo, blank), quiet=quiet, as_json=as_json)
            return
        case = desk_case(
            ground,
            ask,
            policy_name=name,
            policy=rules,
            assignment=assignment_in(ground, plan) if near is Near.TERRITORY else None,
        )
        people = people_of(case, rep or ())
        broken = None if check is None else violations_in(case, check)
        view = desk_view(case, ground, why=rules.why)
        if out is not None and broken is None:
            claim(out)
            written = write_desk(case, view, out, lang.lang) + write_rep_pages(view, people, out, lang.lang)
    if broken is not None:
        _say_broken(broken, lang=lang, quiet=quiet, as_json=as_json)
    elif as_json:
        common.print_json(desk_json(case) | {"out": None if out is None else str(out)})
    elif not quiet:
        for line in _lines(view, people, lang.lang):
            typer.echo(line)
        for path in written:
            typer.echo(str(path))


def _say_written(written: Sequence[Path], *, quiet: bool, as_json: bool) -> None:
    if as_json:
        common.print_json({"written": [str(path) for path in written]})
    elif not quiet:
        for path in written:
            typer.echo(str(path))


def _lines(view: DeskView, people: Sequence[int], lang: Lang) -> list[str]:
    """Pages of the reps that were named, else the month's."""
    from territory.cli.assess_page import month_lines, rep_lines

    if people:
        return [line for person in people for line in (*rep_lines(view, person, lang), "")]
    return month_lines(view, lang)


def _pair_rules(points_per_km: float, points_per_load: float) -> PairRules:
    """
    What distance and load cost.

    Raises
    ------
    ConfigError
        When a price is not finite.
    """
    from territory.desk import PairRules

    if not (math.isfinite(points_per_km) and math.isfinite(points_per_load)):
        raise ConfigError(
            Text(
                "--points-per-km and --points-per-load are finite numbers of 0 or more",
                "--points-per-km 与 --points-per-load 须为不小于 0 的有限数",
            )
        )
    return PairRules(points_per_km=points_per_km, points_per_load=points_per_load)


def _panel(panel: Path | None, plan: Path | None) -> Path:
    """
    The panel's file.

    Raises
    ------
    ConfigError
        When neither is named.
    """
    if panel is not None:
        return panel
    if plan is not None:
        reviewed = plan / "review" / PANEL
        return plan / PANEL if not reviewed.exists() and (plan / PANEL).exists() else reviewed
    raise ConfigError(
        Text(
            "name the rep-month panel with --panel, or a run's folder that has been reviewed with --plan",
            "请用 --panel 指定月度面板,或用 --plan 指定已做日清月结的运行文件夹",
        )
    )


def _say_broken(broken: Sequence[Violation], *, lang: common.Language, quiet: bool, as_json: bool) -> None:
    """What the tables break; ends with a code of its own where there is anything."""
    if as_json:
        common.print_json({"violations": [str(violation) for violation in broken]})
    else:
        for violation in broken:
            typer.echo(violation.in_(lang.lang), err=True)
        if not quiet:
            count = len(broken)
            typer.echo(
                f"违规 {count} 处" if lang is common.Language.ZH else common.counted(count, "broken rule"),
            )
    if broken:
        raise typer.Exit(int(ExitCode.INVALID_INPUT))
