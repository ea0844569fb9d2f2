"""METIS `.graph` files, plain or gzipped: line 1 `n m [fmt [ncon]]`, line i + 1 the neighbours of unit i from 1."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.contract import BenchmarkError
from benchmarks.instances.graph import GraphInstance
from territory.units import FloatArray, IntArray

SUFFIXES = (".graph", ".graph.gz")


def name_of(path: Path) -> str:
    """The file's name without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".graph")


def read_metis(path: Path) -> GraphInstance:
    """
    The graph in a file; unit weights 1 where the file has none.

    Raises
    ------
    BenchmarkError
        When counts do not agree, a number is out of range or an edge has one end only; file and line are named.
    """
    lines = _lines(path)
    number, head = next(lines, (1, []))
    if len(head) < 2:
        raise BenchmarkError(f"{path.name} line {number}: the first line is 'units edges [format]'")
    n, m = head[0], head[1]
    digits = f"{head[2]:03d}" if len(head) > 2 else "000"
    has_sizes, has_weights, has_edge_weights = (digit == "1" for digit in digits[-3:])
    constraints = head[3] if len(head) > 3 else 1
    skip = int(has_sizes) + (constraints if has_weights else 0)
    weight = np.ones(n)
    ends: list[IntArray] = []
    values: list[FloatArray] = []
    row = -1
    for row, (number, found) in enumerate(lines):
        if row >= n:
            raise BenchmarkError(f"{path.name} line {number}: more lines than the {n} units of line 1")
        if has_weights:
            weight[row] = found[int(has_sizes)]
        rest = np.array(found[skip:], dtype=np.int64).reshape(-1, 2 if has_edge_weights else 1)
        to = rest[:, 0] - 1
        if len(to) and not (to.min() >= 0 and to.max() < n):
            raise BenchmarkError(f"{path.name} line {number}: neighbours are numbered 1 to {n}")
        ends.append(np.column_stack([np.full(len(to), row), to]))
        values.append(rest[:, 1].astype(np.float64) if has_edge_weights else np.ones(len(to)))
    if row + 1 != n:
        raise BenchmarkError(f"{path.name}: line 1 promises {n} units, the file has {row + 1}")
    pairs = np.concatenate(ends) if ends else np.zeros((0, 2), dtype=np.int64)
    edge_weight = np.concatenate(values) if values else np.zeros(0)
    forward = pairs[:, 0] < pairs[:, 1]
    keys = pairs[:, 0] * n + pairs[:, 1]
    back = pairs[:, 1] * n + pairs[:, 0]
    if len(pairs) != 2 * m or not np.array_equal(np.sort(keys[forward]), np.sort(back[~forward])):
        raise BenchmarkError(f"{path.name}: each of the {m} edges of line 1 must be listed at both of its ends, once")
    return GraphInstance(
        name=name_of(path),
        unit_names=tuple(str(unit + 1) for unit in range(n)),
        weight=weight,
        edges=pairs[forward],
        edge_weight=edge_weight[forward],
        flows=np.zeros((0, 2), dtype=np.int64),
        flow_weight=np.zeros(0),
        xy=None,
    )


def _lines(path: Path) -> Iterator[tuple[int, list[int]]]:
    """Line numbers and whole numbers; comment lines (%) left out."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for number, line in enumerate(file, start=1):
            if line.startswith("%"):
                continue
            try:
                yield number, [int(word) for word in line.split()]
            except ValueError:
                raise BenchmarkError(f"{path.name} line {number}: only whole numbers belong here") from None
