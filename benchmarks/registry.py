"""The families of cases by name. A new family is one entry here and a module that makes its cases."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case
from benchmarks.quality import graph_families, scenario_families
from benchmarks.smoke import declare_smoke, smoke_cases
from benchmarks.speed.rates import declare_speed, speed_cases

DEFAULT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltIn:
    """Cases made here; no folder. Without --seconds every case has its own deterministic effort."""

    name: str
    about: str
    declare: Callable[[argparse.ArgumentParser], None]
    cases: Callable[[Path | None, argparse.Namespace], Sequence[Case]]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnFolder:
    """Cases read from a folder. Without --seconds every run has `DEFAULT_SECONDS`."""

    name: str
    about: str
    declare: Callable[[argparse.ArgumentParser], None]
    cases: Callable[[Path, argparse.Namespace], Sequence[Case]]


Family = BuiltIn | OnFolder

FAMILIES: tuple[Family, ...] = (
    BuiltIn(
        name="smoke", about="tiny cases of everything, in under a minute", declare=declare_smoke, cases=smoke_cases
    ),
    BuiltIn(name="speed", about="rates per second", declare=declare_speed, cases=speed_cases),
    OnFolder(
        name="partition",
        about="fewest borders between parts of like weight (METIS .graph files, or nodes and edges)",
        declare=graph_families.declare_partition,
        cases=graph_families.partition_cases,
    ),
    OnFolder(
        name="flow",
        about="largest share of flow kept inside parts of like weight (nodes, edges, flows; county commuting)",
        declare=graph_families.declare_flow,
        cases=graph_families.flow_cases,
    ),
    OnFolder(
        name="districting",
        about="fewest borders between districts of like population (LEVEL_XX_nodes and _edges)",
        declare=graph_families.declare_districting,
        cases=graph_families.districting_cases,
    ),
    OnFolder(
        name="scenario",
        about="the split of a scenario folder, in points of its objective",
        declare=scenario_families.declare_scenario,
        cases=scenario_families.scenario_cases,
    ),
    OnFolder(
        name="visits",
        about="the visit plan of each rep of a scenario folder, in drive minutes",
        declare=scenario_families.declare_visits,
        cases=scenario_families.visits_cases,
    ),
)


def family(name: str) -> Family:
    """
    The family of that name.

    Raises
    ------
    BenchmarkError
        With the nearest name when there is none.
    """
    names = [found.name for found in FAMILIES]
    for found in FAMILIES:
        if found.name == name:
            return found
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(names)}"
    raise BenchmarkError(f"there is no benchmark {name!r}; {hint}")
