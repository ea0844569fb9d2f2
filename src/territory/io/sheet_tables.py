"""`targets` and `outlet_facts`: what the weekly sheets know about months and about outlets."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from territory.domain.targets import SALES, OutletFacts, Target
from territory.io.column_reader import ColumnReader, parse_date
from territory.io.issues import IssueLog
from territory.io.tables import Table
from territory.language import Text
from territory.units import FloatArray

_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?\Z")
_MEASURES = {
    "": SALES,
    "sales": SALES,
    "销售额": SALES,
    "销售金额": SALES,
    "volume": "volume",
    "销量": "volume",
    "visits": "visits",
    "拜访次数": "visits",
    "orders": "orders",
    "订单数": "orders",
    "outlets": "outlets",
    "户数": "outlets",
    "display": "display",
    "陈列达标户": "display",
}
MOST_COMPLAINTS = 9999


def read_targets(table: Table, *, rep_ids: Sequence[str], log: IssueLog) -> tuple[Target, ...]:
    """The targets of all months; a row that cannot be used has an issue and is left out."""
    reader = ColumnReader(table, log)
    known = {rep_id: place for place, rep_id in enumerate(rep_ids)}
    months = [_month(reader, position) for position in range(len(table))]
    wanted = reader.numbers("target", is_required=True, at_least=0)
    actual = reader.numbers("actual", at_least=0)
    as_of = reader.dates("as_of")
    found: list[Target] = []
    first: dict[tuple[object, ...], int] = {}
    units: dict[tuple[str, ...], int] = {}
    for position, rep_id in enumerate(reader.references("rep_id")):
        measure = _measure(table.column("measure")[position])
        category, brand, unit = (table.column(name)[position] for name in ("category", "brand", "unit"))
        month, counted = months[position], as_of[position]
        if not rep_id:
            reader.add("missing_value", position, "rep_id")
        elif rep_id not in known:
            reader.add_unknown("unknown_rep_row", position, "rep_id", known)
        _check_count(reader, position, month=month, is_counted=math.isfinite(actual[position]), as_of=counted)
        line = (rep_id, measure, category, brand)
        other = units.setdefault(line, position)
        if table.column("unit")[other] != unit:
            reader.add("target_unit", position, "unit", first=table.rows[other])
        if month is None or not math.isfinite(wanted[position]):
            continue
        twin = first.setdefault((month, *line), position)
        if twin != position:
            reader.add("target_twice", position, "month", first=table.rows[twin])
        found.append(
            Target(
                month=month,
                rep_id=rep_id,
                measure=measure,
                category=category,
                brand=brand,
                target=float(wanted[position]),
                unit=unit,
                actual=float(actual[position]) if math.isfinite(actual[position]) else None,
                as_of=counted,
            )
        )
    return tuple(found)


def _check_count(
    reader: ColumnReader, position: int, *, month: dt.date | None, is_counted: bool, as_of: dt.date | None
) -> None:
    """What was reached and the day it was counted up to come together, and the day lies in the month."""
    has_actual, has_day = (bool(reader.table.column(name)[position]) for name in ("actual", "as_of"))
    if is_counted and not has_day:
        reader.add("actual_undated", position, "actual")
    if has_day and not has_actual:
        reader.add("date_without_actual", position, "as_of")
    if as_of is not None and month is not None and as_of.replace(day=1) != month:
        reader.add("date_outside_month", position, "as_of", month=f"{month:%Y-%m}")


def _month(reader: ColumnReader, position: int) -> dt.date | None:
    """First day of the month a cell names: 2026-12, 202612, 2026年12月, or any of its days as a date."""
    cell = unicodedata.normalize("NFKC", reader.table.column("month")[position]).strip()
    match = _MONTH.match(cell)
    day = parse_date(cell)
    if not cell:
        reader.add("missing_value", position, "month")
        return None
    if match and 1 <= int(match[2]) <= len(calendar.month_name) - 1 and 1 <= int(match[1]) < dt.MAXYEAR:
        return dt.date(int(match[1]), int(match[2]), 1)
    if day is None:
        reader.add("bad_month", position, "month")
        return None
    return day.replace(day=1)


def _measure(cell: str) -> str:
    return _MEASURES.get(cell.casefold(), cell)


def read_outlet_facts(table: Table, *, outlet_ids: Sequence[str], log: IssueLog) -> OutletFacts:
    """The facts in the order of the outlets; outlets without a row are unknown."""
    reader = ColumnReader(table, log)
    known = {outlet_id: place for place, outlet_id in enumerate(outlet_ids)}
    cells = reader.ids("outlet_id")
    for position, cell in enumerate(cells):
        if cell and cell not in known:
            reader.add_unknown("unknown_outlet", position, "outlet_id", known)
    rows = [position for position, cell in enumerate(cells) if cell in known]
    places = [known[cells[position]] for position in rows]
    num = len(outlet_ids)

    def numbers(name: str) -> FloatArray:
        column = np.full(num, np.nan)
        column[places] = reader.numbers(name, at_least=0)[rows]
        return column

    def texts(name: str) -> tuple[str, ...]:
        column = [""] * num
        for place, position in zip(places, rows, strict=True):
            column[place] = " ".join(table.column(name)[position].split())
        return tuple(column)

    complaints = np.zeros(num, dtype=np.int64)
    complaints[places] = np.array(reader.wholes("complaints_open", at_most=MOST_COMPLAINTS, wanted=_COUNT))[rows]
    checks = np.zeros(num, dtype=np.int64)
    checks[places] = [0 if day is None else day.toordinal() for day in _taken(reader.dates("last_display_check"), rows)]
    return OutletFacts(
        sales_last_4w=numbers("sales_last_4w"),
        sales_before_4w=numbers("sales_before_4w"),
        stock_days=numbers("stock_days"),
        complaints_open=complaints,
        last_display_check=checks,
        complaint=texts("complaint"),
        focus=texts("focus"),
    )


def _taken(dates: list[dt.date | None], rows: list[int]) -> list[dt.date | None]:
    return [dates[position] for position in rows]


_COUNT = Text(f"a whole number from 0 to {MOST_COMPLAINTS}", f"0 到 {MOST_COMPLAINTS} 的整数")
