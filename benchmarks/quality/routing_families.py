"""Families of published routing instances: `pvrp tsptw vrptw sdvrptw mdvrptw toptw pvrp_if`.

What is measured is the public `plan_visits`; what is written down is a replay in published units that shares nothing
with it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case, Outcome, Reference
from benchmarks.instances.finding import chosen
from benchmarks.instances.routing.cordeau import read_cordeau
from benchmarks.instances.routing.folders import instance_files
from benchmarks.instances.routing.intermediate import read_intermediate
from benchmarks.instances.routing.model import RoutingInstance
from benchmarks.instances.routing.recount import recount
from benchmarks.instances.routing.solomon import read_solomon
from benchmarks.instances.routing.toptw import read_toptw
from benchmarks.instances.routing.tsptw import read_tsptw
from benchmarks.instances.routing.vrplib import read_vrplib
from benchmarks.peers.installed import declare_peer
from benchmarks.peers.routes import ROUTERS, peer_measures, require_router
from benchmarks.quality import routing_references as known
from benchmarks.quality.routing_problem import bound_of, problem_of, routes_of
from territory.effort import Effort
from territory.visits import VisitsProblem, check, plan_visits, warm_up

MOST_TOURS = 4
SAME_EFFORT = "the same CPU seconds and seed"
Reader = Callable[[Path], RoutingInstance]


def declare_routing(parser: argparse.ArgumentParser) -> None:
    """Options of every family here."""
    parser.add_argument("--instance", nargs="+", metavar="NAME", help="only these instances of the folder")


def declare_one_day(parser: argparse.ArgumentParser) -> None:
    """Options of families of one day, which other programs can plan too."""
    declare_routing(parser)
    declare_peer(parser, *ROUTERS, effort=SAME_EFFORT)


def declare_toptw(parser: argparse.ArgumentParser) -> None:
    """Options of `toptw`."""
    declare_one_day(parser)
    every = tuple(range(1, MOST_TOURS + 1))
    parser.add_argument(
        "--tours", nargs="+", type=int, choices=every, default=every, help="numbers of tours (default: 1 2 3 4)"
    )


def pvrp_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Periodic routing (Cordeau's format): least distance over the days."""
    return [
        routing_case(name, read_cordeau(path), reference=known.pvrp(path))
        for name, path in _wanted(folder, (".txt",), options)
    ]


def tsptw_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """One salesman with time windows: least travel."""
    cases = []
    for name, path in _wanted(folder, (".txt", ".tw", ""), options):
        instance = read_tsptw(path)
        reference = known.tsptw(path, instance.cost)
        cases.append(routing_case(name, instance, reference=reference, peer=options.peer))
    return cases


def vrptw_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Many vehicles with time windows (Solomon's format, or VRPLIB): least distance, vehicles free."""
    cases = []
    for name, path in _wanted(folder, (".txt", ".vrp"), options):
        instance = (read_solomon if path.suffix == ".txt" else read_vrplib)(path)
        fleet = known.safe_fleet(known.routes_of_best(path), published=len(instance.vehicles))
        cases.append(routing_case(name, instance, reference=known.vrptw(path), fleet=fleet, peer=options.peer))
    return cases


def vrplib_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Several depots (`mdvrptw`), or customers for some vehicles only (`sdvrptw`): least distance."""
    return [
        routing_case(name, read_vrplib(path), reference=known.vrplib(path), peer=options.peer)
        for name, path in _wanted(folder, (".vrp",), options)
    ]


def toptw_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """Orienteering with time windows: largest score of so many tours."""
    return [
        routing_case(
            f"{name}/m{tours}",
            read_toptw(path, tours=tours),
            reference=known.toptw(path, tours=tours),
            options={"tours": tours},
            peer=options.peer,
        )
        for name, path in _wanted(folder, (".txt",), options)
        for tours in options.tours
    ]


def pvrp_if_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """
    Periodic routing with unloading on the way home: those instances where one load per vehicle and day is enough.

    Raises
    ------
    BenchmarkError
        When no instance is one of these, or a named one is not.
    """
    cases, refused = [], []
    for name, path in _wanted(folder, (".geojson",), options):
        try:
            instance = read_intermediate(path)
        except BenchmarkError as error:
            refused.append(str(error))
            continue
        cases.append(routing_case(name, instance, reference=known.pvrp_if(path)))
    if refused and (options.instance or not cases):
        raise BenchmarkError(f"{len(refused)} of {len(refused) + len(cases)} instances cannot be run: {refused[0]}")
    return cases


def routing_case(
    name: str,
    instance: RoutingInstance,
    *,
    reference: Reference | None,
    fleet: int | None = None,
    options: dict[str, object] | None = None,
    peer: str | None = None,
) -> Case:
    """
    One instance, planned by `plan_visits` and replayed.

    Parameters
    ----------
    fleet
        Vehicles given to the planner; None for all of them.
    peer
        Another program that plans it too.

    Raises
    ------
    BenchmarkError
        When that program is not installed or does not know a rule of the instance.
    """
    require_router(peer, instance)
    built = cache(partial(problem_of, instance, fleet=fleet))
    vehicles = len(instance.vehicles) if fleet is None else fleet
    return Case(
        instance=name,
        sense="min" if instance.is_mandatory else "max",
        unit=instance.unit,
        prepare=lambda: warm_up(built()),
        run=lambda effort, seed: routing_outcome(instance, built(), effort, seed),
        options={
            "customers": len(instance.customers),
            "days": instance.num_days,
            "vehicles": vehicles,
            "vehicles_published": len(instance.vehicles),
            **(options or {}),
        },
        reference=reference,
        peer=None if peer is None else lambda effort, seed: peer_measures(peer, instance, built(), effort, seed),
    )


def routing_outcome(instance: RoutingInstance, problem: VisitsProblem, effort: Effort, seed: int) -> Outcome:
    """A plan, replayed in published units; no objective when a visit that must be made is not."""
    result = plan_visits(problem, effort=effort, seed=seed)
    plan = result.require_plan()
    counted = recount(instance, routes_of(instance, plan))
    unplaced = plan.num_unplaced
    # visits that are openly left out are no broken rule but no solution either
    broken = [str(violation) for violation in counted.violations if violation.rule != "missing"]
    broken += [str(violation) for violation in check(problem, plan).violations]
    is_solution = not (instance.is_mandatory and (unplaced or counted.unvisited))
    notes = [instance.note] if instance.note else []
    if not is_solution:
        notes.append(f"{max(unplaced, counted.unvisited)} visits not placed")
    return Outcome(
        objective=counted.objective if is_solution else None,
        bound=bound_of(instance, result.bound),
        violations=len(broken),
        status=str(result.status),
        measures={
            "routes": len(plan.route_rep_idx),
            "unplaced": unplaced,
            "travel": counted.cost,
        },
        note="; ".join(notes + broken[:3]),
    )


def _wanted(folder: Path, suffixes: tuple[str, ...], options: argparse.Namespace) -> Iterable[tuple[str, Path]]:
    return chosen(instance_files(folder, suffixes), options.instance).items()
