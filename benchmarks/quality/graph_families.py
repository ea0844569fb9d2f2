"""Families of graphs to be cut: `partition`, `flow`, `districting`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from benchmarks import best_known
from benchmarks.contract import BenchmarkError, Case, Outcome, Reference
from benchmarks.instances.finding import chosen, graphs_in
from benchmarks.instances.graph import GraphInstance
from benchmarks.options import parts_count, share
from benchmarks.peers.installed import declare_peer, require_peer
from benchmarks.peers.metis import SEEDS, peer_measures
from benchmarks.quality.graph_split import Goal, GraphTask, problem_of, refuse_if_too_large, solve, warm_up
from territory.effort import Effort

LEVELS = ("county", "tract")


def declare_partition(parser: argparse.ArgumentParser) -> None:
    """Options of `partition`."""
    _declare_graph(parser, parts=(8, 16, 32, 64), tolerance=0.03)


def declare_flow(parser: argparse.ArgumentParser) -> None:
    """Options of `flow`."""
    _declare_graph(parser, parts=None, tolerance=0.05)


def declare_districting(parser: argparse.ArgumentParser) -> None:
    """Options of `districting`."""
    parser.add_argument("--level", choices=LEVELS, default=LEVELS[0], help="size of the units")
    parser.add_argument("--state", nargs="+", metavar="XX", help="states by their two letters (default: all known)")
    parser.add_argument("--parts", nargs="+", type=parts_count, metavar="K", help="districts (default: as published)")
    parser.add_argument("--tolerance", type=share, default=0.005, help="population band, two-sided (default: 0.005)")
    declare_peer(parser, "metis", effort=f"best of {SEEDS} seeds")


def _declare_graph(parser: argparse.ArgumentParser, *, parts: Sequence[int] | None, tolerance: float) -> None:
    shown = " ".join(map(str, parts)) if parts else "those with a known value"
    parser.add_argument("--instance", nargs="+", metavar="NAME", help="only these instances of the folder")
    parser.add_argument(
        "--parts", nargs="+", type=parts_count, metavar="K", default=parts, help=f"numbers of parts (default: {shown})"
    )
    parser.add_argument("--tolerance", type=share, default=tolerance, help=f"balance (default: {tolerance})")
    parser.add_argument(
        "--connected", action="store_true", help="a part in pieces is a violation (the engine always connects parts)"
    )
    declare_peer(parser, "metis", effort=f"best of {SEEDS} seeds")


def partition_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Fewest borders between parts of like weight; the heaviest part as the Walshaw archive has it."""
    found = chosen(graphs_in(folder), options.instance)
    cases = []
    for read in found.values():
        instance = read()
        is_plain = bool((instance.weight == 1.0).all())
        for parts in options.parts:
            mean = float(instance.weight.sum()) / parts
            upper = math.floor((1 + options.tolerance) * math.ceil(mean) + 1e-9) if is_plain else None
            cases.append(
                _case(
                    "partition",
                    instance,
                    goal="cut",
                    parts=parts,
                    tolerance=options.tolerance,
                    upper=float(upper) if upper is not None else (1 + options.tolerance) * mean,
                    connected=options.connected,
                    peer=options.peer,
                )
            )
    return cases


def flow_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Largest share of all flow inside parts of like weight, on the largest connected part of the instance."""
    found = chosen(graphs_in(folder, with_flows=True), options.instance)
    cases = []
    for name, read in found.items():
        instance = read().main_component()
        wanted = options.parts or best_known.parts_of("flow", name, units=instance.num_units)
        if not wanted and options.instance:
            raise BenchmarkError(f"no value of {name} is known; say into how many --parts")
        cases += [
            _case(
                "flow",
                instance,
                goal="kept",
                parts=parts,
                tolerance=options.tolerance,
                upper=(1 + options.tolerance) * float(instance.weight.sum()) / parts,
                connected=options.connected,
                peer=options.peer,
            )
            for parts in wanted
        ]
    if not cases:
        raise BenchmarkError(f"no value is known for {', '.join(found)}; say into how many --parts")
    return cases


def districting_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Fewest borders between districts of like population."""
    readers = {
        name.removeprefix(f"{options.level}_"): read
        for name, read in graphs_in(folder).items()
        if name.startswith(f"{options.level}_")
    }
    if not readers:
        raise BenchmarkError(f"{folder} holds no {options.level} graphs ({options.level}_XX_nodes.csv)")
    cases = []
    for state, read in chosen(readers, options.state).items():
        instance = read()
        name = f"{options.level}_{state}"
        wanted = options.parts or best_known.parts_of("districting", name, units=instance.num_units)
        if not wanted and options.state:
            raise BenchmarkError(f"no value of {name} is known; say into how many --parts")
        cases += [
            _case(
                "districting",
                instance,
                goal="cut",
                parts=parts,
                tolerance=options.tolerance,
                upper=(1 + options.tolerance) * float(instance.weight.sum()) / parts,
                connected=True,
                peer=options.peer,
                more={"level": options.level, "state": state},
            )
            for parts in wanted
        ]
    if not cases:
        raise BenchmarkError(f"no value is known for the {options.level} graphs; say into how many --parts")
    return cases


def _case(
    family: str,
    instance: GraphInstance,
    *,
    goal: Goal,
    parts: int,
    tolerance: float,
    upper: float,
    connected: bool,
    peer: str | None,
    more: dict[str, object] | None = None,
) -> Case:
    require_peer(peer)
    refuse_if_too_large(instance.name, units=instance.num_units, parts=parts)
    task = GraphTask(instance=instance, goal=goal, parts=parts, upper=upper, connected=connected)
    return graph_case(
        family,
        task,
        options={**(more or {}), "parts": parts, "tolerance": tolerance, "connected": connected},
        reference=best_known.reference_for(
            family, instance.name, units=instance.num_units, parts=parts, tolerance=tolerance, sense=task.sense
        ),
        with_peer=peer is not None,
    )


def graph_case(
    family: str,
    task: GraphTask,
    *,
    options: dict[str, object],
    reference: Reference | None,
    iterations: int | None = None,
    with_peer: bool = False,
) -> Case:
    """A graph task as a case; its problem is built, and the peer run, before the first run, once for all seeds."""
    built = cache(partial(problem_of, task))
    peer = cache(partial(peer_measures, task) if with_peer else dict[str, object])

    def prepare() -> None:
        warm_up()
        built()
        peer()

    def run(effort: Effort, seed: int) -> Outcome:
        found = solve(task, built(), effort, seed)
        return replace(found, measures={**found.measures, **peer()})

    return Case(
        instance=task.instance.name,
        sense=task.sense,
        unit="borders" if task.goal == "cut" else "share of all flow",
        prepare=prepare,
        run=run,
        options={**options, "units": task.instance.num_units},
        reference=reference,
        iterations=iterations,
    )
