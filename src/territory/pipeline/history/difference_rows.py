"""Differences between two points as rows with names, for the screen and as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from territory.io import write_rows
from territory.io.plan_cells import clock
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.differences import Visit, outlet_changes, visit_changes
from territory.pipeline.history.points import point_named, state_at

OUTLETS, VISITS = "diff_outlets.csv", "diff_visits.csv"
OUTLET_COLUMNS = ("outlet_id", "name", "rep_id_before", "rep_id", "sales_per_week")
VISIT_COLUMNS = (
    *("outlet_id", "name", "change", "rep_id_before", "date_before", "start_before", "rep_id", "date", "start"),
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two points, as named, and rows of what differs; `tables` are the scenario's files that do."""

    first: str
    second: str
    outlets: tuple[dict[str, object], ...]
    visits: tuple[dict[str, object], ...]
    tables: tuple[str, ...]


def compared(desk: Desk, first: str, second: str) -> Compared:
    """
    What differs between two points of a history, see `points.point_named`.

    Raises
    ------
    ConfigError
        When there is no such point.
    """
    points = [point_named(desk, name) for name in (first, second)]
    before, after = (state_at(desk, point) for point in points)
    scenario = desk.scenario(after)
    outlets = scenario.outlets
    names = dict(zip(outlets.outlet_ids, outlets.names, strict=True))
    sales = dict(zip(outlets.outlet_ids, outlets.sales_per_week.tolist(), strict=True))
    return Compared(
        first=f"{first} ({points[0].number})",
        second=f"{second} ({points[1].number})",
        outlets=tuple(
            {
                "outlet_id": change.outlet_id,
                "name": names.get(change.outlet_id, ""),
                "rep_id_before": change.rep_before or "",
                "rep_id": change.rep or "",
                "sales_per_week": round(sales.get(change.outlet_id, 0.0), 2),
            }
            for change in outlet_changes(before, after)
        ),
        visits=tuple(
            {
                "outlet_id": change.outlet_id,
                "name": names.get(change.outlet_id, ""),
                "change": change.kind.value,
                **_cells(change.before, "_before"),
                **_cells(change.after, ""),
            }
            for change in visit_changes(before, after)
        ),
        tables=tuple(
            name
            for name in sorted({*before["tables"], *after["tables"]})
            if before["tables"].get(name) != after["tables"].get(name)
        ),
    )


def write_compared(found: Compared, folder: Path) -> list[Path]:
    """The rows as tables."""
    return [
        write_rows(found.outlets, folder / OUTLETS, columns=OUTLET_COLUMNS),
        write_rows(found.visits, folder / VISITS, columns=VISIT_COLUMNS),
    ]


def _cells(visit: Visit | None, end: str) -> Mapping[str, object]:
    if visit is None:
        return {f"rep_id{end}": "", f"date{end}": "", f"start{end}": ""}
    return {f"rep_id{end}": visit.rep_id, f"date{end}": visit.date, f"start{end}": clock(visit.start_s)}
