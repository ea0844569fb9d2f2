"""The families of cases by name. A new family is one entry here and a module that makes its cases."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case, Clock
from benchmarks.quality import (
    bound_families,
    city_families,
    evidence_families,
    graph_families,
    kernel_families,
    local_families,
    moves_families,
    policy_families,
    quarter_families,
    repeat_families,
    replan_families,
    routing_families,
    scale_families,
    scenario_families,
    sheet_families,
)
from benchmarks.smoke import declare_smoke, smoke_cases
from benchmarks.speed.policy_rates import declare_year, year_cases
from benchmarks.speed.rates import declare_speed, speed_cases

DEFAULT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltIn:
    """
    Cases made here; no folder. Without --seconds every case has its own effort.

    Attributes
    ----------
    clock
        What --seconds are.
    is_single_threaded
        Every run uses one thread and no other run's results, so that runs may lie side by side (--workers).
    """

    name: str
    about: str
    declare: Callable[[argparse.ArgumentParser], None]
    cases: Callable[[Path | None, argparse.Namespace], Sequence[Case]]
    clock: Clock = "wall"
    is_single_threaded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OnFolder:
    """Cases read from a folder. Without --seconds every run has `seconds`; for the rest see `BuiltIn`."""

    name: str
    about: str
    declare: Callable[[argparse.ArgumentParser], None]
    cases: Callable[[Path, argparse.Namespace], Sequence[Case]]
    seconds: float = DEFAULT_SECONDS
    clock: Clock = "wall"
    is_single_threaded: bool = False


Family = BuiltIn | OnFolder


def _routing(
    name: str,
    about: str,
    cases: Callable[[Path, argparse.Namespace], Sequence[Case]],
    declare: Callable[[argparse.ArgumentParser], None] = routing_families.declare_routing,
) -> OnFolder:
    return OnFolder(name=name, about=about, declare=declare, cases=cases, clock="cpu", is_single_threaded=True)


def _one_day(name: str, about: str, cases: Callable[[Path, argparse.Namespace], Sequence[Case]]) -> OnFolder:
    return _routing(name, about, cases, routing_families.declare_one_day)


_ROUTING = (
    _routing("pvrp", "published periodic routing: least distance", routing_families.pvrp_cases),
    _one_day("tsptw", "one rep's day with time windows: least travel", routing_families.tsptw_cases),
    _one_day(
        "vrptw",
        "many reps, time windows (Solomon, Gehring-Homberger): least distance",
        routing_families.vrptw_cases,
    ),
    _one_day("sdvrptw", "outlets for some reps only, time windows: least distance", routing_families.vrplib_cases),
    _one_day("mdvrptw", "several homes, time windows: least distance", routing_families.vrplib_cases),
    _routing(
        "toptw",
        "which outlets when not all fit: largest score",
        routing_families.toptw_cases,
        routing_families.declare_toptw,
    ),
    _routing("pvrp_if", "periodic routing with unloading on the way home", routing_families.pvrp_if_cases),
)

FAMILIES: tuple[Family, ...] = (
    BuiltIn(
        name="smoke", about="tiny cases of everything, in under a minute", declare=declare_smoke, cases=smoke_cases
    ),
    BuiltIn(name="speed", about="rates per second", declare=declare_speed, cases=speed_cases),
    BuiltIn(
        name="local",
        about="territories touched when a split is mended after an edit, a rep who leaves, an area that opens",
        declare=local_families.declare_local,
        cases=local_families.local_cases,
    ),
    BuiltIn(
        name="replan",
        about="a running visit plan after illness, closed outlets and urgent visits, against a full re-solve",
        declare=replan_families.declare_replan,
        cases=replan_families.replan_cases,
    ),
    BuiltIn(
        name="evidence",
        about="what published field studies found, found again by the simulated year: one parameter set for all",
        declare=evidence_families.declare_evidence,
        cases=evidence_families.evidence_cases,
    ),
    BuiltIn(
        name="sheets",
        about="fuzzed one-page sheets: CPU milliseconds of each, and everything wrong with the printed pages",
        declare=sheet_families.declare_sheets,
        cases=sheet_families.sheet_cases,
        clock="cpu",
        is_single_threaded=True,
    ),
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
        name="bounds",
        about="compactness (moment of inertia) of districts and how far it may be from the best possible",
        declare=bound_families.declare_bounds,
        cases=bound_families.bounds_cases,
        seconds=bound_families.DEFAULT_SECONDS,
    ),
    BuiltIn(
        name="scale",
        about="share of flow cut on generated regions, time and memory",
        declare=scale_families.declare_scale,
        cases=scale_families.scale_cases,
    ),
    OnFolder(
        name="scenario",
        about="the split of a scenario folder, in points of its objective",
        declare=scenario_families.declare_scenario,
        cases=scenario_families.scenario_cases,
    ),
    OnFolder(
        name="moves",
        about="flow kept between areas when at most so much of the sales changes rep, per cap",
        declare=moves_families.declare_moves,
        cases=moves_families.moves_cases,
    ),
    OnFolder(
        name="visits",
        about="the visit plan of each rep of a scenario folder, in drive minutes",
        declare=scenario_families.declare_visits,
        cases=scenario_families.visits_cases,
        clock="cpu",
        is_single_threaded=True,
    ),
    BuiltIn(
        name="city",
        about="a generated city of 244 reps, rep by rep: time, visits placed, drive minutes, gap to long runs",
        declare=city_families.declare_city,
        cases=city_families.city_cases,
        clock="cpu",
        is_single_threaded=True,
    ),
    *_ROUTING,
    BuiltIn(
        name="kernel",
        about="waiting lines on SimPy's clock: share of 95 % intervals that hold the value of theory",
        declare=kernel_families.declare_kernel,
        cases=kernel_families.kernel_cases,
        is_single_threaded=True,
    ),
    BuiltIn(
        name="coverage",
        about="share of 95 % intervals that hold the true mean where the lab's stopping rule ends",
        declare=kernel_families.declare_coverage,
        cases=kernel_families.coverage_cases,
        is_single_threaded=True,
    ),
    BuiltIn(
        name="zero",
        about="policies that change nothing: years that differ from the one without them by a bit",
        declare=policy_families.declare_zero,
        cases=policy_families.zero_cases,
        is_single_threaded=True,
    ),
    BuiltIn(
        name="crn",
        about="common random numbers: how many times less a lever's effect on yearly sales scatters",
        declare=policy_families.declare_crn,
        cases=policy_families.crn_cases,
    ),
    BuiltIn(
        name="modes",
        about="a year with every visit walked through SimPy against one with days resolved at once",
        declare=policy_families.declare_modes,
        cases=policy_families.modes_cases,
    ),
    BuiltIn(
        name="year",
        about="CPU seconds and memory of eight policies with every lever live",
        declare=declare_year,
        cases=year_cases,
    ),
    BuiltIn(
        name="repeat",
        about="the same years on one and two workers and a cluster, in any order and chunks, and after being killed",
        declare=repeat_families.declare_repeat,
        cases=repeat_families.repeat_cases,
    ),
    OnFolder(
        name="quarter",
        about="thirteen weeks of plan, print, fill in, record, review, plan anew: every missed visit made up or listed",
        declare=quarter_families.declare_quarter,
        cases=quarter_families.quarter_cases,
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
