"""Published values of routing instances, from the tables that stand beside them."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks.contract import BenchmarkError, Reference
from benchmarks.instances.routing.folders import beside
from benchmarks.instances.routing.lines import table
from benchmarks.instances.routing.vrplib import read_vrplib_solution
from territory.units import FloatArray

# CVRPLIB's values where the table of proven ones has others
DISPUTED = {"R112": 948.6, "R202": 1029.6, "R208": 701.0, "R209": 854.8}
ROUNDED = 0.01  # values with two decimals, rounded or cut
SPARE_SHARE, SPARE_LEAST = 0.3, 3


def pvrp(path: Path) -> Reference | None:
    """The smaller of the published solution's cost and the better value that is remembered."""
    row = _row(path, "bks.csv")
    checked = _value(path, row, "res_cost_rechecked")
    recalled = _value(path, row, "bks_recalled_vidal2012_unconfirmed")
    if recalled is not None and (checked is None or recalled < checked):
        return Reference(value=recalled, source="recalled from Vidal et al. 2012, not confirmed")
    return None if checked is None else Reference(value=checked, source="published solution (.res), replayed")


def tsptw(path: Path, cost: FloatArray) -> Reference | None:
    """
    The value whose permutation was replayed; none where the table has none.

    The table has two decimals. Where it has the permutation and the two agree, that one's whole travel counts, so
    that the same tour is not taken for a longer one.
    """
    row = table(beside(path, "bks.csv"), "instance").get(path.name, {})
    value = _value(path, row, "bks_cost")
    if value is None:
        return None
    tour = [0, *map(int, row.get("permutation_after_depot0", "").split()), 0]
    travel = float(cost[tour[:-1], tour[1:]].sum())
    if sorted(tour[1:]) == list(range(len(cost))) and abs(travel - value) <= ROUNDED:
        value = travel
    return Reference(value=value, source="augustindelecluse/tsptw-init, replayed")


def vrptw(path: Path) -> Reference | None:
    """Least distance with distances cut after one decimal."""
    if path.stem in DISPUTED and beside(path, "bks_dimacs_1decimal.csv").is_file():
        return Reference(value=DISPUTED[path.stem], source="CVRPLIB, disputed")
    row = _row(path, "bks_dimacs_1decimal.csv")
    value = _value(path, row, "distance")
    if value is not None:
        return Reference(value=value, source=row.get("source", "") or "bks_dimacs_1decimal.csv")
    return vrplib(path)


def vrplib(path: Path) -> Reference | None:
    """The cost of the `.sol` file."""
    value = _value(path, _row(path, "bks.csv"), "bks_cost")
    return None if value is None else Reference(value=value, source="published solution (.sol)")


def toptw(path: Path, *, tours: int) -> Reference | None:
    """The score of a published heuristic, which may be beaten."""
    value = _value(path, _row(path, "reference_scores.csv"), f"m{tours}")
    return None if value is None else Reference(value=value, source="heuristic of gstecca/toptwmh, not proven")


def pvrp_if(path: Path) -> Reference | None:
    """The best upper bound of the source; * where it is proven."""
    row = _row(path, "bks.csv")
    value = _value(path, row, "best_ub")
    if value is None:
        return None
    standing = "proven" if row["best_ub"].endswith("*") else "not proven"
    return Reference(value=value, source=f"Taverna & Tilk, {standing}")


def routes_of_best(path: Path) -> int | None:
    """Most routes of the best known solutions of a VRPTW instance; None when nothing says."""
    solution = beside(path, "solutions") / f"{path.stem}.sol"
    if solution.is_file():
        return sum(bool(route.customers) for route in read_vrplib_solution(solution)[1])
    counts = [
        _row(path, "bks_dimacs_1decimal.csv").get("vehicles", ""),
        _row(path, "bks_literature_double.csv").get("hier_vehicles", ""),
        _row(path, "bks_literature_double.csv").get("min_distance_vehicles", ""),
    ]
    return max((int(count) for count in counts if count.isdigit()), default=None)


def safe_fleet(routes: int | None, *, published: int) -> int:
    """Vehicles that leave room above the best known number of routes, and no more than published."""
    if routes is None:
        return published
    return min(published, routes + max(SPARE_LEAST, math.ceil(SPARE_SHARE * routes)))


def _row(path: Path, name: str) -> dict[str, str]:
    return table(beside(path, name), "instance").get(path.stem, {})


def _value(path: Path, row: dict[str, str], column: str) -> float | None:
    """The number in a column; None where the cell is empty or no number is known."""
    text = row.get(column, "").rstrip("*")
    if text in {"", "nan", "?", "-"}:
        return None
    try:
        return float(text)
    except ValueError:
        raise BenchmarkError(f"{path.stem}: {column} is {text!r}, which is no number") from None
