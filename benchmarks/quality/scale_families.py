"""Family `scale`: generated regions of growing size, with the time and memory a split of them takes."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from benchmarks.contract import Case, Outcome, Reference
from benchmarks.instances.generated import PARTNERS, points_with_flow
from benchmarks.options import parts_count, share
from benchmarks.peers.installed import declare_peer, require_peer
from benchmarks.peers.metis import SEEDS, metis
from benchmarks.quality.graph_split import GraphTask, problem_of, refuse_if_too_large, solve, warm_up
from territory.effort import Effort

REGION_SEED = 1
TOLERANCE = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """So many units in so many parts, and the seconds a split of them has by default."""

    units: int
    parts: int
    seconds: float


SIZES = (
    Size(units=2_000, parts=25, seconds=60.0),
    Size(units=20_000, parts=120, seconds=180.0),
    Size(units=60_000, parts=250, seconds=480.0),
)


def declare_scale(parser: argparse.ArgumentParser) -> None:
    """Options of `scale`."""
    shown = " ".join(f"{size.units}x{size.parts}" for size in SIZES)
    parser.add_argument(
        "--size", nargs="+", type=size_of, default=SIZES, metavar="NxK", help=f"units x parts (default: {shown})"
    )
    parser.add_argument("--tolerance", type=share, default=TOLERANCE, help=f"balance, two-sided (default: {TOLERANCE})")
    declare_peer(parser, "metis", effort=f"best of {SEEDS} seeds")


def size_of(text: str) -> Size:
    """`20000x120`: its seconds are those of the smallest standard size that is not smaller, else the largest's."""
    units, _, parts = text.partition("x")
    found = Size(units=parts_count(units), parts=parts_count(parts), seconds=SIZES[-1].seconds)
    if found.units <= max(PARTNERS, found.parts):
        raise argparse.ArgumentTypeError(f"{text} has too few units: more than {PARTNERS}, and more than parts")
    larger = [size.seconds for size in SIZES if found.units <= size.units]
    return replace(found, seconds=min(larger)) if larger else found


def scale_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per size; the reference is METIS on the same flow graph, unconstrained, where it is asked for."""
    require_peer(options.peer)
    for size in options.size:
        refuse_if_too_large(f"generated_{size.units}", units=size.units, parts=size.parts)
    return [_case(size, options.tolerance, with_peer=options.peer is not None) for size in options.size]


def _case(size: Size, tolerance: float, *, with_peer: bool) -> Case:
    made = cache(partial(_task, size, tolerance))
    built = cache(lambda: problem_of(made()))

    def prepare() -> None:
        warm_up()
        built()

    def run(effort: Effort, seed: int) -> Outcome:
        found = solve(made(), built(), effort, seed)
        return replace(found, measures={**found.measures, "peak_mb": peak_mb()})

    reference, measures = _peer(made) if with_peer else (None, {})
    return Case(
        instance=f"generated_{size.units}",
        sense="min",
        unit="share of flow cut",
        prepare=prepare,
        run=run,
        options={"units": size.units, "parts": size.parts, "tolerance": tolerance, "connected": True, **measures},
        reference=reference,
        seconds=size.seconds,
    )


def _task(size: Size, tolerance: float) -> GraphTask:
    instance = points_with_flow(size.units, seed=REGION_SEED)
    upper = (1 + tolerance) * float(instance.weight.sum()) / size.parts
    return GraphTask(instance=instance, goal="parted", parts=size.parts, upper=upper, connected=True)


def _peer(made: Callable[[], GraphTask]) -> tuple[Reference, dict[str, object]]:
    found = metis(made(), adjacent_only=False)
    measures: dict[str, object] = {
        "peer": "metis",
        "peer_objective": found.objective,
        "peer_parts_in_pieces": found.counted.parts_in_pieces,
        "peer_heaviest": found.counted.heaviest,
    }
    return Reference(value=found.objective, source=f"METIS, all pairs, unconstrained, best of {SEEDS} seeds"), measures


def peak_mb() -> float:
    """Most memory this process has had so far, megabytes: building, search and check; growing from case to case."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, 1)
