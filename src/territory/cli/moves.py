"""`territory moves`: what flow each share of moved sales buys, as a table, a picture and one plan per point."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common
from territory.errors import ConfigError
from territory.language import Lang, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Balance(StrEnum):
    """Where the bands of balance come from."""

    AS_TODAY = "as-today"
    SCENARIO = "scenario"


class Objective(StrEnum):
    """What is maximised."""

    FLOW = "flow"
    SCENARIO = "scenario"


def moves(
    scenario: common.Folder,
    data: common.Data = None,
    caps: Annotated[
        str,
        typer.Option(
            "--caps",
            help="Percent of sales that may change rep, e.g. 0,2,5; 100 is always added. "
            "允许调整的销售额百分比,总会加上 100。",
        ),
    ] = "0,2,5,10,20",
    balance: Annotated[
        Balance,
        typer.Option(
            "--balance", help="as-today: nobody need be better balanced than today. as-today:均衡不必优于今日。"
        ),
    ] = Balance.AS_TODAY,
    objective: Annotated[
        Objective,
        typer.Option(
            "--objective", help="flow alone, or with the prices of the scenario. 只看流量,或计入场景的各项价格。"
        ),
    ] = Objective.FLOW,
    out: common.Out = None,
    seed: common.Seed = None,
    time_limit: common.TimeLimit = None,
    workers: common.Workers = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Draw flow kept against sales moved: what small changes to today's split buy.

    Writes curve.csv, curve.svg and each point's assignment (cap-05/assignment.csv).

    画出保留流量与调动销售额的曲线:对今日划分作少量调整能换来什么。写出 curve.csv、curve.svg 及每个点的划分。
    """
    from territory import split as split_room
    from territory.effort import Effort
    from territory.pipeline import open_scenario
    from territory.pipeline.job import claim
    from territory.pipeline.moves import moves_stage, write_curve
    from territory.pipeline.stages import at_work

    target = common.out_folder(out, scenario)
    with common.session(lang, quiet=quiet or as_json) as here:
        shares = shares_of(caps)
        claim(target)
        case = open_scenario(scenario, data=data, progress=here.progress)
        with at_work(
            seed=case.seed if seed is None else seed,
            workers=workers,
            folder=target,
            progress=here.progress,
            cancel=here.cancel,
        ) as bench:
            curve = moves_stage(
                split_room.SplitProblem.of(case),
                shares,
                common.effort_of(time_limit) or Effort(iterations=case.effort.split_iterations),
                bench,
                base=balance.value,
                aim=objective.value,
            )
        rows = write_curve(case, curve, target, lang.lang)
    if as_json:
        common.print_json(
            {"flow_kept_today_percent": 100 * curve.flow_today, "points": rows, "out": str(target)},
        )
    elif not quiet:
        for line in table_lines(rows, lang.lang):
            typer.echo(line)
        if curve.stopped_by == "CANCELLED":
            typer.echo(
                "stopped early: what had ended is shown; the same command goes on"
                if lang.lang == "en"
                else "提前停止:仅显示已完成的部分;重新执行同一命令即可继续"
            )
        typer.echo(str(target))
    common.leave_if_interrupted(curve.stopped_by)


def shares_of(text: str) -> list[float]:
    """
    Shares from a list of percents.

    Raises
    ------
    ConfigError
        When one is no number from 0 to 100.
    """
    shares: list[float] = []
    for word in text.replace("\uff0c", ",").replace("\u3001", ",").replace("\uff05", "").replace("%", "").split(","):
        try:
            percent = float(word)
        except ValueError:
            percent = -1.0
        if not 0.0 <= percent <= 100.0:
            raise ConfigError(
                Text(
                    f"--caps {text!r}: {word.strip()!r} is no percentage; write for instance 0,2,5,10,20",
                    f"--caps {text!r}:{word.strip()!r} 不是百分数;例如可写 0,2,5,10,20",
                )
            )
        shares.append(percent / 100.0)
    return shares


def table_lines(rows: Sequence[Mapping[str, object]], lang: Lang) -> list[str]:
    """The curve as text: cap, moved, kept, bound, part of the free gain; then why a cap has no plan."""
    head = ("上限 %", "调动 %", "客户数", "保留流量 %", "上界 %", "占最大增益 %")
    if lang == "en":
        head = ("cap %", "moved %", "outlets", "flow kept %", "bound %", "of free gain %")
    cells = [
        (
            f"{row['cap_percent']:g}",
            _number(row["moved_percent"], 2),
            _number(row["moved_outlets"], 0),
            _number(row["flow_kept_percent"], 2),
            _number(row["flow_bound_percent"], 2),
            _number(row["share_of_free_gain"], 1, scale=100.0),
        )
        for row in rows
    ]
    widths = [max(12, *(len(row[column]) for row in cells)) for column in range(len(head))]
    lines = [
        "  " + "".join(_right(cell, width) for cell, width in zip(row, widths, strict=True)) for row in (head, *cells)
    ]
    return lines + [f"  {row['cap_percent']:g} %: {row['reason']}" for row in rows if row["reason"]]


def _number(value: object, digits: int, *, scale: float = 1.0) -> str:
    return f"{scale * value:,.{digits}f}" if isinstance(value, int | float) else "-"


def _right(text: str, width: int) -> str:
    """Right-aligned in columns; Chinese characters take two."""
    from rich.cells import cell_len

    return " " * max(1, width + 2 - cell_len(text)) + text
