"""`territory capacity`: who is under-served, what one more hour would buy, how often outlets should be visited."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.cli.robustness import OutFolder, Result, ScenarioFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from territory.language import Lang
    from territory.visits.capacity import HourValue, UnderServed
    from territory.visits.frequencies import FrequencyProblem, Suggestion


class Form(StrEnum):
    """How sales grow with visits."""

    ELASTIC = "elastic"
    SATURATING = "saturating"


def capacity(
    result: Result,
    scenario: ScenarioFolder = None,
    data: common.Data = None,
    hours: Annotated[
        bool,
        typer.Option(
            "--hours/--no-hours", help="Also what one more hour buys (plans anew). 并计算多一小时带来什么(重新排定)。"
        ),
    ] = True,
    seeds: Annotated[
        int,
        typer.Option("--seeds", min=2, help="Seeds per rep for the value of an hour. 每小时价值:每人用几个随机种子。"),
    ] = 3,
    response: Annotated[
        Form,
        typer.Option(
            "--response", help="elastic: (visits/20)^rate; saturating: 1 - exp(-rate visits). 拜访效果曲线:弹性或饱和。"
        ),
    ] = Form.ELASTIC,
    rate: Annotated[
        float, typer.Option("--rate", help="Rate of the response; elastic: 0.34 is usual. 效果系数;弹性时通常为 0.34。")
    ] = 0.34,
    rates: Annotated[str, typer.Option("--rates", help="Rates by tier, for instance A=0.2,B=0.4. 分档位的系数。")] = "",
    seed: common.Seed = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds of search per rep, seed and shift. 每人、每种子、每班次的搜索秒数。"
        ),
    ] = None,
    out: OutFolder = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Tell whom the visit plan of RESULT_FOLDER under-serves, what a rep-hour is worth, and suggest frequencies.

    With --out: under_served.csv, hours.csv, frequencies.csv.

    说明 RESULT_FOLDER 的拜访计划对谁服务不足、每小时价值多少,并建议频次。用 --out 写出表格。
    """
    from territory.effort import Effort
    from territory.io import write_rows
    from territory.pipeline.job import claim
    from territory.pipeline.visit_answers import (
        UNDER_SERVED_COLUMNS,
        frequency_rows,
        ground_of,
        hour_rows,
        under_served_rows,
    )
    from territory.visits.capacity import under_served, value_of_time
    from territory.visits.frequencies import Response, frequency_problem, potential_of_sales, suggest_frequencies

    with common.session(lang, quiet=quiet or as_json) as here:
        by_tier = rates_of(rates, rate, elastic=response is Form.ELASTIC)
        ground = ground_of(result, scenario=scenario, data=data, progress=here.progress)
        left_out = under_served(ground.problem, ground.plan)
        worth: tuple[HourValue, ...] = ()
        if hours:
            worth = value_of_time(
                ground.problem,
                ground.plan,
                effort=common.effort_of(time_limit) or Effort(iterations=ground.scenario.effort.visit_iterations),
                seed=ground.scenario.seed if seed is None else seed,
                num_seeds=seeds,
                progress=here.progress,
                cancel=here.cancel,
            )
        curve = Response(form=response.value, rate_by_tier=by_tier, rate=rate)
        potential = potential_of_sales(ground.problem, sales_per_cycle=ground.sales_per_cycle, response=curve)
        asked = frequency_problem(ground.problem, ground.plan, potential=potential, response=curve)
        suggested = suggest_frequencies(asked)
        if out is not None:
            claim(out)
            write_rows(under_served_rows(ground, left_out), out / "under_served.csv", columns=UNDER_SERVED_COLUMNS)
            write_rows(hour_rows(worth), out / "hours.csv")
            write_rows(frequency_rows(ground, asked, suggested), out / "frequencies.csv")
    if as_json:
        common.print_json(
            {
                "under_served": under_served_rows(ground, left_out),
                "hours": hour_rows(worth),
                "frequencies": {
                    "sales_given": suggested.given_sales,
                    "sales_suggested": suggested.sales,
                    "bound": suggested.bound,
                    "gap": suggested.gap,
                },
                "out": out and str(out),
            }
        )
    elif not quiet:
        for line in page(left_out, worth, asked, suggested, lang.lang, hours=hours):
            typer.echo(line)


def rates_of(text: str, rate: float, *, elastic: bool) -> dict[str, float]:
    """
    Rates by tier.

    Raises
    ------
    ConfigError
        When one is no rate of a concave response.
    """
    from territory.errors import ConfigError
    from territory.language import Text

    found: dict[str, float] = {}
    words = [word for word in text.replace("\uff0c", ",").split(",") if word.strip()]
    for word in (*words, f"--rate {rate:g}"):
        tier, _, number = word.partition(" " if word.startswith("--rate ") else "=")
        try:
            value = float(number)
        except ValueError:
            value = 0.0
        if value <= 0 or (elastic and value > 1):
            raise ConfigError(
                Text(
                    f"{word.strip()!r} is no rate: above 0, for --response elastic 1 at most; write for instance "
                    "--rates A=0.2,B=0.4",
                    f"{word.strip()!r} 不是有效参数:须大于 0,elastic 不超过 1;例如可写 --rates A=0.2,B=0.4",
                )
            )
        found[tier.strip()] = value
    found.pop("--rate")
    return found


def page(
    left_out: UnderServed,
    worth: Sequence[HourValue],
    asked: FrequencyProblem,
    suggested: Suggestion,
    lang: Lang,
    *,
    hours: bool,
) -> list[str]:
    """The three answers as text."""
    zh = lang == "zh"
    missing = sum(row.missing for row in left_out.by_rep)
    lines = [f"未排拜访 {missing} 次" if zh else f"{common.counted(missing, 'visit')} without a place"]
    tiers = [((f"档位 {row.name}" if zh else f"tier {row.name}") if row.name else "-", row) for row in left_out.by_tier]
    lines += [
        f"  {name}  应拜访 {row.due},未排 {row.missing}" if zh else f"  {name}  {row.due} due, {row.missing} missing"
        for name, row in (*tiers, *((row.name, row) for row in left_out.by_rep if row.missing))
    ]
    if worth:
        lines.append("每增加一小时" if zh else "one more hour of")
    elif hours:
        lines.append("无人因时间不足而漏排" if zh else "nobody leaves visits out for want of time")
    for hour in worth:
        visits = hour.visits
        span = f"{visits.measure.value:.2f} ({visits.low:.2f} … {visits.high:.2f})"
        shown = visits.low > 0
        doubt = "" if shown else (",未显示增益" if zh else ", no gain shown")
        lines.append(f"  {hour.name}  {span} " + (f"次拜访{doubt}" if zh else f"visits{doubt}"))
    more, fewer = int((suggested.visits > asked.given).sum()), int((suggested.visits < asked.given).sum())
    gain = suggested.sales - suggested.given_sales
    lines.append("建议的拜访频次" if zh else "suggested frequencies")
    lines.append(
        f"  增加 {more} 家,减少 {fewer} 家;预计销售 {suggested.given_sales:,.0f} → {suggested.sales:,.0f}({gain:+,.0f})"
        if zh
        else f"  more for {common.counted(more, 'outlet')}, fewer for {fewer}; expected sales of a cycle "
        f"{suggested.given_sales:,.0f} -> {suggested.sales:,.0f} ({gain:+,.0f})"
    )
    lines.append(
        f"  距上界 {100 * suggested.gap:.2f} %;以假设的响应曲线为前提"
        if zh
        else f"  within {100 * suggested.gap:.2f} % of the bound, if the response is as assumed"
    )
    return lines
