"""`territory next`: the four weeks after those of a run, from what its records say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.robustness import ScenarioFolder

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.next_cycle import NextCycle


def next_cycle(
    result: Annotated[
        Path, typer.Argument(metavar="OUT", help="Folder of the run whose cycle ends. 周期将结束的运行文件夹。")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder for the next cycle (default: OUT-START, such as OUT-2026-12-28). "
            "下一周期的文件夹(默认加上开始日期)。",
        ),
    ] = None,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    catch_up: Annotated[
        bool,
        typer.Option(
            help="Put visits on top in the first week for outlets that wait for a missed one. "
            "第一周为待补访客户加排拜访。"
        ),
    ] = True,
    effort: Annotated[
        int | None,
        typer.Option("--effort", min=1, help="Iterations per rep; repeats exactly. 每人迭代次数,结果可重复。"),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds of search per rep (or pooled team). 每人(或合组)的搜索秒数。"
        ),
    ] = None,
    seed: common.Seed = None,
    workers: common.Workers = None,
    cluster: common.Cluster = None,
    who: common.Who = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Plan the next four weeks: last real visits and priorities from the records, debts first, one history goes on.

    排定下一周期。Writes a scenario that starts 28 days later, assignment.csv, visits.csv, and what was taken over
    (next_outlets.csv).
    """
    from territory.effort import Effort
    from territory.errors import ConfigError
    from territory.language import Text
    from territory.pipeline.next_cycle import plan_next

    with common.session(lang, quiet=quiet or as_json) as here:
        if effort is not None and time_limit is not None:
            raise ConfigError(Text("give --effort or --time-limit, not both", "--effort 与 --time-limit 只能选其一"))
        found = plan_next(
            result,
            out=out,
            scenario=scenario,
            data=data,
            effort=common.effort_of(time_limit) if effort is None else Effort(iterations=effort),
            catch_up=catch_up,
            seed=seed,
            workers=workers,
            cluster=cluster,
            who=who,
            progress=here.progress,
            cancel=here.cancel,
        )
    if as_json:
        common.print_json(content(found))
    elif not quiet:
        for line in page(found, lang.lang):
            typer.echo(line)
        typer.echo(str(found.out))
    common.leave_if_interrupted(found.result.stopped_by)


def page(found: NextCycle, lang: Lang) -> Iterator[str]:
    """What was taken over, what was placed, what to know."""
    zh, plan = lang == "zh", found.result.require_plan()
    known = sum(state.last_visit is not None for state in found.states)
    waiting = sum(state.debts > 0 for state in found.states)
    yield (
        f"周期自 {found.start} 起:取得 {known:,} 家客户的最近实际拜访;{waiting:,} 家客户待补访({found.num_debts:,} 次),"
        "优先级已提高"
        if zh
        else f"cycle from {found.start}: last real visits of {known:,} outlets; {waiting:,} outlets wait for "
        f"{common.counted(found.num_debts, 'missed visit')}, their priority is raised"
    )
    yield (
        f"已排 {plan.num_stops:,} 次,未排 {plan.num_unplaced:,} 次"
        if zh
        else f"{common.counted(plan.num_stops, 'visit')} placed, {plan.num_unplaced:,} not"
    )
    if found.caught_up is not None:
        kinds = [row["change"] for row in found.caught_up.changes]
        yield (
            f"第一周补访:新增 {kinds.count('added')} 次,为此改期 {kinds.count('moved')} 次"
            if zh
            else f"first week, for what waits: {kinds.count('added')} on top, {kinds.count('moved')} moved to make room"
        )
    if found.unreported:
        yield (
            f"注意:上一周期有 {found.unreported:,} 次拜访尚未上报;请先结算(territory review --close)"
            if zh
            else f"mind: {common.counted(found.unreported, 'visit')} of the cycle before not reported yet; close its "
            "weeks first (territory review --close)"
        )
    for names, en, cn in (
        (found.cleared.fixed_days, "agreed dates that are over were taken out", "已过期的约定日期已清除"),
        (
            found.cleared.promotions,
            "promotion weeks were taken out; enter those of this cycle",
            "促销周已清除,请填写本周期的",
        ),
    ):
        if names:
            yield f"{cn}:{len(names)}" if zh else f"{en}: {len(names)}"


def content(found: NextCycle) -> dict[str, object]:
    """The answer as plain values."""
    plan = found.result.require_plan()
    return {
        "start": found.start.isoformat(),
        "outlets": len(found.states),
        "debts": found.num_debts,
        "placed": plan.num_stops,
        "unplaced": plan.num_unplaced,
        "unreported": found.unreported,
        "caught_up": None if found.caught_up is None else list(found.caught_up.changes),
        "cleared": {"fixed_day": list(found.cleared.fixed_days), "promotion_weeks": list(found.cleared.promotions)},
        "out": str(found.out),
    }
