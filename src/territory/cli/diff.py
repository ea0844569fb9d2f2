"""`territory diff`: what differs between two points of a plan's history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli import common, history_page

if TYPE_CHECKING:
    from territory.language import Lang
    from territory.pipeline.history.difference_rows import Compared

_SHOWN = 20
_KINDS = {
    "moved": ("another day", "改期"),
    "other_rep": ("another rep", "换人"),
    "time": ("another time", "改时刻"),
    "dropped": ("dropped", "取消"),
    "added": ("added", "新增"),
}


def diff(
    out: history_page.OutFolder,
    first: Annotated[
        str,
        typer.Argument(
            metavar="POINT",
            help="Event number, branch, now, published, published@DATE. "
            "事件编号、分支、now、published 或 published@日期。",
        ),
    ],
    second: Annotated[
        str, typer.Argument(metavar="[POINT]", help="The other point (default: now). 另一个时点(默认 now)。")
    ] = "now",
    tables: Annotated[
        Path | None,
        typer.Option(
            "--tables",
            help="Write diff_outlets.csv and diff_visits.csv into this folder. "
            "把 diff_outlets.csv 与 diff_visits.csv 写入该文件夹。",
        ),
    ] = None,
    lang: common.LangOption = common.Language.EN,
    quiet: common.Quiet = False,
    as_json: common.AsJson = False,
) -> None:
    """Compare two points or branches of OUT: outlets whose rep differs, visits whose day, rep or start differ.

    `territory compare` compares policies.

    对比历史中的两个时点或分支:哪些客户换人、哪些拜访改期。
    """
    from territory.pipeline.history.difference_rows import compared, write_compared

    with history_page.at_desk(out, lang, quiet=quiet or as_json) as desk:
        found = compared(desk, first, second)
        written = [] if tables is None else write_compared(found, tables)
    if as_json:
        common.print_json({"outlets": list(found.outlets), "visits": list(found.visits), "tables": list(found.tables)})
    elif not quiet:
        for line in _page(found, lang.lang):
            typer.echo(line)
        for path in written:
            typer.echo(str(path))


def _page(found: Compared, lang: Lang) -> list[str]:
    """Counts, and the first rows of each table."""
    zh = lang == "zh"
    counts = {kind: sum(row["change"] == kind for row in found.visits) for kind in _KINDS}
    kinds = ", ".join(f"{words[zh]} {counts[kind]:,}" for kind, words in _KINDS.items() if counts[kind])
    outlets, visits = len(found.outlets), len(found.visits)
    lines = [f"{found.first} -> {found.second}"]
    if found.tables:
        lines.append(("数据表不同:" if zh else "tables that differ: ") + ", ".join(found.tables))
    lines.append(f"更换客户经理的客户 {outlets:,} 家" if zh else f"outlets with another rep: {outlets:,}")
    for row in found.outlets[:_SHOWN]:
        frm, to = (row[key] or ("无人" if zh else "nobody") for key in ("rep_id_before", "rep_id"))
        lines.append(f"  {row['outlet_id']} {row['name']}: {frm} -> {to}")
    if outlets > _SHOWN:
        lines.append("  … --tables")
    lines.append(
        f"变动拜访 {visits:,} 次 {kinds}".rstrip() if zh else f"visits that differ: {visits:,} {kinds}".rstrip()
    )
    for row in found.visits[:_SHOWN]:
        before, after = (_place(row, end) for end in ("_before", ""))
        lines.append(f"  {row['outlet_id']} {row['name']}: {before} -> {after}  [{_KINDS[str(row['change'])][zh]}]")
    if visits > _SHOWN:
        lines.append("  … --tables")
    return lines


def _place(row: dict[str, object], end: str) -> str:
    if not row[f"date{end}"]:
        return "-"
    return f"{row[f'rep_id{end}']} {row[f'date{end}']} {str(row[f'start{end}'])[:5]}"
