"""`--peer pyvrp` and `--peer vroom`: another program's routes for the same day and CPU seconds, by the same recount."""

from __future__ import annotations

import time

from benchmarks.contract import BenchmarkError
from benchmarks.instances.routing.model import RoutingInstance
from benchmarks.instances.routing.recount import recount
from benchmarks.peers.installed import require_peer
from benchmarks.peers.one_day import one_day
from benchmarks.peers.pyvrp_routes import pyvrp_routes
from benchmarks.peers.vroom_routes import vroom_routes, what_it_lacks
from territory.effort import Effort
from territory.visits import VisitsProblem

ROUTERS = ("pyvrp", "vroom")


def require_router(name: str | None, instance: RoutingInstance) -> None:
    """
    Say before anything runs why another program cannot plan the instance.

    Raises
    ------
    BenchmarkError
        When it is not installed, or does not know a rule of the instance.
    """
    require_peer(name)
    if name is not None and instance.num_days != 1:
        raise BenchmarkError(f"{instance.name} has {instance.num_days} days; {name} plans one")
    lacks = what_it_lacks(instance) if name == "vroom" else None
    if lacks is not None:
        raise BenchmarkError(f"{instance.name}: {lacks}")


def peer_measures(
    name: str, instance: RoutingInstance, problem: VisitsProblem, effort: Effort, seed: int
) -> dict[str, object]:
    """
    What another program makes of a day: `peer`, `peer_objective`, `peer_violations`, `peer_unvisited`, `peer_cpu_s`.

    The objective is None where a rule is broken or a visit that must be made is not; both are counted.

    Raises
    ------
    BenchmarkError
        When the effort is not seconds.
    """
    seconds = effort.seconds if effort.cpu_seconds is None else effort.cpu_seconds
    if seconds is None:
        raise BenchmarkError(f"{instance.name}: --peer {name} needs an effort in seconds")
    day = one_day(instance, problem)
    begun_s = time.process_time()
    if name == "pyvrp":
        routes = pyvrp_routes(day, seconds=seconds, seed=seed)
    else:
        routes = vroom_routes(day, seconds=seconds)
    spent_s = time.process_time() - begun_s
    counted = recount(instance, routes)
    broken = [violation for violation in counted.violations if violation.rule != "missing"]
    is_solution = not broken and not (instance.is_mandatory and counted.unvisited)
    return {
        "peer": name,
        "peer_objective": counted.objective if is_solution else None,
        "peer_violations": len(broken),
        "peer_unvisited": counted.unvisited,
        "peer_cpu_s": round(spent_s, 3),
    }
