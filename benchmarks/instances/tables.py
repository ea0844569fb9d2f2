"""Tables of units, borders and flows: `nodes`, `edges` and `flows`, with or without a prefix, CSV or gzipped CSV.

Also the layout of the county commuting data (`county_population.tsv`, `county_adjacency.csv`, `flows_*.csv`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.contract import BenchmarkError
from benchmarks.instances.graph import GraphInstance, each_once
from territory.units import BoolArray, FloatArray, IntArray

IDS = ("id", "node", "community", "fips")
WEIGHTS = ("weight", "pop", "pop2001", "population")
FROM, TO = ("from", "home", "community_live"), ("to", "work", "community_work")
AMOUNTS = ("weight", "flow", "amount")
ENDINGS = (".csv", ".csv.gz")
_SIGNED = ("x", "y")
_AT = "line in the file"
_WHOLE_AS_FLOAT = re.compile(r"^([+-]?\d+)\.0+$")


def file_in(folder: Path, stem: str, endings: Sequence[str] = ENDINGS) -> Path | None:
    """The file of that name in one of its endings, or None."""
    return next((path for ending in endings if (path := folder / f"{stem}{ending}").is_file()), None)


def prefixes(folder: Path) -> list[str]:
    """What stands before `nodes` in the folder's instances: '' for the plain layout, 'sardinia_' and the like."""
    found = {
        path.name.removesuffix(".gz").removesuffix("nodes.csv")
        for ending in ENDINGS
        for path in folder.glob(f"*nodes{ending}")
    }
    return sorted(prefix for prefix in found if file_in(folder, f"{prefix}edges"))


def read_tables(folder: Path, prefix: str) -> GraphInstance:
    """
    The instance in `{prefix}nodes`, `{prefix}edges` and, where there is one, `{prefix}flows`.

    Raises
    ------
    BenchmarkError
        When a column is missing, an id is unknown or twice there, or a number is none; the file is named.
    """
    nodes_file, edges_file = file_in(folder, f"{prefix}nodes"), file_in(folder, f"{prefix}edges")
    if nodes_file is None or edges_file is None:
        raise BenchmarkError(f"{folder.name}: {prefix}nodes.csv and {prefix}edges.csv make an instance")
    nodes = _table(nodes_file)
    names = _unit_names(nodes, nodes_file)
    edges, edge_weight = _edges(edges_file, names)
    flows, flow_weight = _flows(file_in(folder, f"{prefix}flows"), names)
    xy = None
    if {"x", "y"} <= set(nodes.columns):
        xy = np.column_stack([_numbers(nodes, nodes_file, (axis,)) for axis in _SIGNED])
    weight = _numbers(nodes, nodes_file, WEIGHTS)
    if not weight.sum() > 0:
        raise BenchmarkError(f"{nodes_file.name}: no unit has any weight")
    return GraphInstance(
        name=prefix.rstrip("_") or folder.resolve().name,
        unit_names=names,
        weight=weight,
        edges=edges,
        edge_weight=edge_weight,
        flows=flows,
        flow_weight=flow_weight,
        xy=xy,
    )


def commuting_files(folder: Path) -> tuple[Path, Path, Path] | None:
    """Population, adjacency and flows of the county commuting layout, or None."""
    population = file_in(folder, "county_population", (".tsv", ".tsv.gz"))
    adjacency = file_in(folder, "county_adjacency")
    flows = sorted(path for ending in ENDINGS for path in folder.glob(f"flows_*{ending}"))
    return (population, adjacency, flows[0]) if population and adjacency and flows else None


def read_commuting(folder: Path) -> GraphInstance:
    """
    Counties that have a population and a neighbour, with the flow between them; other flow is left out.

    Raises
    ------
    BenchmarkError
        When a file is missing or not as expected.
    """
    files = commuting_files(folder)
    if files is None:
        raise BenchmarkError(f"{folder.name}: county_population, county_adjacency and flows_* make an instance")
    population = pd.read_csv(files[0], sep="\t", header=None, names=["id", "weight"], dtype=str)
    population[_AT] = np.arange(1, len(population) + 1)
    pairs = _table(files[1])
    bordering = set(_ids(pairs, files[1], ("u",))) | set(_ids(pairs, files[1], ("v",)))
    population = population[population["id"].isin(bordering)].reset_index(drop=True)
    names = _unit_names(population, files[0])
    edges, edge_weight = _edges(files[1], names, strict=False)
    flows, flow_weight = _flows(files[2], names, strict=False)
    return GraphInstance(
        name="us_counties",
        unit_names=names,
        weight=_numbers(population, files[0], WEIGHTS),
        edges=edges,
        edge_weight=edge_weight,
        flows=flows,
        flow_weight=flow_weight,
        xy=None,
    )


def _table(path: Path) -> pd.DataFrame:
    """All cells as text; column names without case and blanks; blank lines left out; `at` is the line in the file."""
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig", index_col=False
        )
    except pd.errors.EmptyDataError:
        raise BenchmarkError(f"{path.name} is empty") from None
    except (pd.errors.ParserError, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise BenchmarkError(f"{path.name}: {str(error).strip()}") from None
    table.columns = [str(name).strip().lower() for name in table.columns]
    lines = table.fillna("").map(str.strip)
    lines[_AT] = np.arange(2, len(lines) + 2)
    return lines[(lines.drop(columns=_AT) != "").any(axis=1)].reset_index(drop=True)


def _column(table: pd.DataFrame, path: Path, names: Sequence[str]) -> list[str]:
    for name in names:
        if name in table.columns:
            return [str(cell) for cell in table[name].tolist()]
    raise BenchmarkError(f"{path.name}: a column named {' or '.join(names)} is missing")


def _numbers(table: pd.DataFrame, path: Path, names: Sequence[str]) -> FloatArray:
    """Finite numbers of a column; weights and amounts are not negative."""
    cells = _column(table, path, names)
    values = np.asarray(pd.to_numeric(pd.Series(cells, dtype=str), errors="coerce"), dtype=np.float64)
    is_wrong = ~np.isfinite(values) | ((values < 0) & (names[0] not in _SIGNED))
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        limit = "a finite number" if names[0] in _SIGNED else "a finite number from 0"
        raise BenchmarkError(f"{path.name} line {table[_AT][row]}, {names[0]}: {cells[row]!r} is not {limit}")
    return values


def _ids(table: pd.DataFrame, path: Path, names: Sequence[str]) -> list[str]:
    """Ids as text; whole numbers that a spreadsheet wrote as 17.0 are 17."""
    return [_WHOLE_AS_FLOAT.sub(r"\1", cell) for cell in _column(table, path, names)]


def _unit_names(table: pd.DataFrame, path: Path) -> tuple[str, ...]:
    names = _ids(table, path, IDS)
    seen: set[str] = set()
    for row, name in enumerate(names):
        if not name or name in seen:
            what = f"unit {name!r} is there twice" if name else "the unit has no id"
            raise BenchmarkError(f"{path.name} line {table[_AT][row]}: {what}")
        seen.add(name)
    return tuple(names)


def _edges(path: Path, names: tuple[str, ...], *, strict: bool = True) -> tuple[IntArray, FloatArray]:
    table = _table(path)
    ends, known = _positions(table, path, (("u",), ("v",)), names, strict=strict)
    return each_once(ends, np.ones(int(known.sum())))


def _flows(path: Path | None, names: tuple[str, ...], *, strict: bool = True) -> tuple[IntArray, FloatArray]:
    if path is None:
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    table = _table(path)
    ends, known = _positions(table, path, (FROM, TO), names, strict=strict)
    return ends, _numbers(table, path, AMOUNTS)[known]


def _positions(
    table: pd.DataFrame, path: Path, columns: Sequence[Sequence[str]], names: tuple[str, ...], *, strict: bool
) -> tuple[IntArray, BoolArray]:
    """Positions of the units that two columns name, and which rows know both of them."""
    place = {name: position for position, name in enumerate(names)}
    cells = [_ids(table, path, column) for column in columns]
    ends = np.array([[place.get(cell, -1) for cell in column] for column in cells], dtype=np.int64).T.reshape(-1, 2)
    known: BoolArray = np.asarray((ends >= 0).all(axis=1))
    if strict and not known.all():
        row = int(np.argmin(known))
        line = table[_AT][row]
        raise BenchmarkError(f"{path.name} line {line}: {cells[0][row]!r} or {cells[1][row]!r} is not in the nodes")
    return ends[known], known
