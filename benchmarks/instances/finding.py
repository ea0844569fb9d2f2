"""Which instances does a folder hold? By layout, and read only when wanted."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.contract import BenchmarkError
from benchmarks.instances.graph import GraphInstance
from benchmarks.instances.metis import SUFFIXES, name_of, read_metis
from benchmarks.instances.tables import commuting_files, file_in, prefixes, read_commuting, read_tables

Readers = dict[str, Callable[[], GraphInstance]]
T = TypeVar("T")


def graphs_in(folder: Path, *, with_flows: bool = False) -> Readers:
    """
    Readers of the folder's instances, by name.

    Parameters
    ----------
    with_flows
        Only instances that have a table of flows.

    Raises
    ------
    BenchmarkError
        When there is no such folder or nothing in it.
    """
    if not folder.is_dir():
        raise BenchmarkError(f"there is no folder {folder}")
    found: Readers = {}
    if not with_flows:
        for path in sorted(path for suffix in SUFFIXES for path in folder.glob(f"*{suffix}")):
            found[name_of(path)] = partial(read_metis, path)
    for prefix in prefixes(folder):
        if not with_flows or file_in(folder, f"{prefix}flows"):
            found[prefix.rstrip("_") or folder.resolve().name] = partial(read_tables, folder, prefix)
    if commuting_files(folder):
        found["us_counties"] = partial(read_commuting, folder)
    if not found:
        expected = "nodes.csv, edges.csv and flows.csv" if with_flows else "*.graph files, or nodes.csv and edges.csv"
        raise BenchmarkError(f"{folder} holds no instance; expected {expected} (.gz or not)")
    return found


def chosen(found: dict[str, T], names: Sequence[str] | None) -> dict[str, T]:
    """
    The wanted ones of what was found, in the order asked for; all when none is named.

    Raises
    ------
    BenchmarkError
        With the nearest name when one is not there.
    """
    if not names:
        return found
    for name in names:
        if name not in found:
            near = difflib.get_close_matches(name, found, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(sorted(found)[:12])}"
            raise BenchmarkError(f"there is no instance {name!r}; {hint}")
    return {name: found[name] for name in names}
