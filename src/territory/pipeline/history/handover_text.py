"""Hand-over lists as files: one table of all outlets, and per rep a table and a page to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from territory.io.scenario_writer import csv_bytes
from territory.language import Lang
from territory.pipeline.history.handover import HandedOutlet, HandOver, RepHandOver
from territory.report.sheet_pdf import safe_name
from territory.units import SECONDS_PER_MIN, format_clock

ALL = "handover.csv"
SUMMARY = "summary.txt"


def hand_over_files(found: HandOver, *, effective: str, currency: str, lang: Lang) -> dict[str, bytes]:
    """Files by name: the summary, the table of all outlets, and a table and a page for each rep concerned."""
    files = {
        SUMMARY: _lines(_summary(found, effective=effective, currency=currency, zh=lang == "zh")),
        ALL: csv_bytes(pd.DataFrame([_row(outlet, currency) for outlet in found.outlets], columns=_columns(currency))),
    }
    for rep in found.reps:
        if rep.gains or rep.losses:
            name = _file_name(rep.rep_id, files)
            files[f"{name}.csv"] = csv_bytes(_table(rep, currency))
            files[f"{name}.txt"] = _lines(_page(rep, found, effective=effective, currency=currency, zh=lang == "zh"))
    return files


def _file_name(rep_id: str, taken: Mapping[str, bytes]) -> str:
    """``reps/<rep id>``, safe for every file system and different from those taken."""
    name = stem = f"reps/{safe_name(rep_id)}"
    known, number = {other.casefold() for other in taken}, 2
    while f"{name}.csv".casefold() in known:
        name, number = f"{stem}_{number}", number + 1
    return name


def _lines(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8")


def _columns(currency: str) -> list[str]:
    return [
        *("outlet_id", "name", "area", "rep_id_before", "rep_id", f"sales_{currency.lower()}_per_week"),
        *("visits_before", "visits", "first_visit_date", "first_visit_start"),
    ]


def _row(outlet: HandedOutlet, currency: str) -> list[object]:
    first = outlet.first_visit
    return [
        *(outlet.outlet_id, outlet.name, outlet.area, outlet.rep_before, outlet.rep),
        *(round(outlet.sales_per_week, 2), outlet.visits_before, outlet.visits),
        *(("", "") if first is None else (first.date, _clock(first.start_s))),
    ]


def _table(rep: RepHandOver, currency: str) -> pd.DataFrame:
    """One rep's outlets: gains, then losses; the other rep is who gives or takes."""
    names = [
        *("direction", "outlet_id", "name", "area", "other_rep_id", f"sales_{currency.lower()}_per_week"),
        *("visits", "first_visit_date", "first_visit_start"),
    ]
    rows: list[list[object]] = []
    for direction, outlets in (("gain", rep.gains), ("loss", rep.losses)):
        for outlet in outlets:
            first = outlet.first_visit if direction == "gain" else None
            rows.append(
                [
                    *(direction, outlet.outlet_id, outlet.name, outlet.area),
                    outlet.rep_before if direction == "gain" else outlet.rep,
                    round(outlet.sales_per_week, 2),
                    outlet.visits if direction == "gain" else outlet.visits_before,
                    *(("", "") if first is None else (first.date, _clock(first.start_s))),
                ]
            )
    return pd.DataFrame(rows, columns=names)


def _summary(found: HandOver, *, effective: str, currency: str, zh: bool) -> Iterator[str]:
    """Per rep what comes and goes, and the totals."""
    yield f"交接总表  生效日期 {effective}" if zh else f"Hand-over, in force from {effective}"
    sales = sum(outlet.sales_per_week for outlet in found.outlets)
    money = f"{currency} {sales:,.0f}"
    yield (
        f"更换客户经理的客户 {len(found.outlets):,} 家,周销售额 {money}"
        if zh
        else f"{_outlets(len(found.outlets), zh)} with another rep, sales {money} a week"
    )
    yield ""
    head = (
        ("客户经理", "姓名", "接收户", "移交户", "接收销售", "移交销售", "接收拜访", "移交拜访")
        if zh
        else ("rep", "name", "gains", "losses", "sales in", "sales out", "visits in", "visits out")
    )
    rows = [
        (
            *(rep.rep_id, rep.name, f"{len(rep.gains):,}", f"{len(rep.losses):,}"),
            *(f"{rep.sales_gained:,.0f}", f"{rep.sales_lost:,.0f}", f"{rep.visits_gained:,}", f"{rep.visits_lost:,}"),
        )
        for rep in found.reps
    ]
    yield from aligned([head, *rows], text_columns=2)


def _page(rep: RepHandOver, found: HandOver, *, effective: str, currency: str, zh: bool) -> Iterator[str]:
    """What one rep has to know: whom to ask and whom to tell, outlet by outlet."""
    names = {other.rep_id: other.name for other in found.reps}
    yield (
        f"交接单  {rep.rep_id} {rep.name}  生效日期 {effective}"
        if zh
        else f"Hand-over for {rep.rep_id} {rep.name}, in force from {effective}"
    )
    for is_gain, outlets, sales, visits in (
        (True, rep.gains, rep.sales_gained, rep.visits_gained),
        (False, rep.losses, rep.sales_lost, rep.visits_lost),
    ):
        yield ""
        money = f"{currency} {sales:,.0f}"
        if not outlets:
            nothing = (
                ("You get no outlet", "没有接收的客户") if is_gain else ("You hand over no outlet", "没有移交的客户")
            )
            yield nothing[zh]
        elif zh:
            word = "接收" if is_gain else "移交"
            yield f"{word} {len(outlets):,} 家客户,周销售额 {money},每周期拜访 {visits:,} 次"
        else:
            word = "You get" if is_gain else "You hand over"
            yield f"{word} {_outlets(len(outlets), zh)}, sales {money} a week, {visits:,} visits per cycle"
        for other, theirs in _by_other(outlets, is_gain).items():
            yield _other_line(other, names.get(other, ""), len(theirs), is_gain=is_gain, zh=zh)
            yield from aligned([_outlet_cells(o, currency, is_gain=is_gain, zh=zh) for o in theirs], text_columns=3)


def _other_line(other: str, name: str, count: int, *, is_gain: bool, zh: bool) -> str:
    who = f"{other} {name}".strip() or ("无人" if zh else "nobody")
    if zh:
        return f"{'来自' if is_gain else '交给'} {who}:{count:,} 家"
    return f"{'from' if is_gain else 'to'} {who}: {count:,}"


def _outlet_cells(outlet: HandedOutlet, currency: str, *, is_gain: bool, zh: bool) -> tuple[str, ...]:
    visits, first = outlet.visits if is_gain else outlet.visits_before, outlet.first_visit
    count = f"{visits:,} 次" if zh else f"{visits:,} visit{'' if visits == 1 else 's'}"
    cells = (f"  {outlet.outlet_id}", outlet.name, outlet.area, f"{currency} {outlet.sales_per_week:,.0f}", count)
    if not is_gain:
        return cells
    when = "" if first is None else f"{first.date} {_clock(first.start_s)}"
    return (*cells, (f"首访 {when}" if zh else f"first {when}") if when else "")


def _by_other(outlets: Sequence[HandedOutlet], is_gain: bool) -> Mapping[str, list[HandedOutlet]]:
    """Outlets by the rep on the other side, most outlets first."""
    found: dict[str, list[HandedOutlet]] = {}
    for outlet in outlets:
        found.setdefault(outlet.rep_before if is_gain else outlet.rep, []).append(outlet)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def aligned(rows: Sequence[Sequence[str]], *, text_columns: int) -> Iterator[str]:
    """Rows as text in columns, numbers to the right; Chinese characters take two places."""
    from rich.cells import cell_len

    if not rows:
        return
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = []
        for at, cell in enumerate(row):
            space = " " * (widths[at] - cell_len(cell))
            cells.append(cell + space if at < text_columns else space + cell)
        yield "  ".join(cells).rstrip()


def _outlets(count: int, zh: bool) -> str:
    return f"{count:,} 家" if zh else f"{count:,} outlet{'' if count == 1 else 's'}"


def _clock(seconds: int) -> str:
    return format_clock(seconds // SECONDS_PER_MIN)
