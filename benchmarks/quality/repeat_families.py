"""Family `repeat`: the same hash of everything, whoever computes it, in whatever order, and after being killed."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from benchmarks.contract import Case, Outcome, Reference
from benchmarks.options import count
from benchmarks.quality.repeat_run import BEGUN, Repeated, output_hash
from territory.cluster import ClusterExecutor, cluster_executor
from territory.compute import local_executor
from territory.effort import Effort
from territory.streams import Streams

REPS, REPLICATIONS, KILLS = 12, 12, 20
SHUFFLES = 3
REPLICATIONS_PER_KILL = 2
KILLED_WITHIN = 4.0
"""Replications' time after the first one begins, in which a run is killed."""
ROOT = Path(__file__).resolve().parents[2]

Hashes = Callable[[Repeated], list[str]]
"""The hashes of one or several ways of running the experiment."""


def declare_repeat(parser: argparse.ArgumentParser) -> None:
    """Options of `repeat`."""
    parser.add_argument("--reps", type=count, default=REPS, metavar="N", help=f"reps (default: {REPS})")
    parser.add_argument(
        "--replications", type=count, default=REPLICATIONS, metavar="N", help=f"replications (default: {REPLICATIONS})"
    )
    parser.add_argument(
        "--kills", type=count, default=KILLS, metavar="N", help=f"times the run is killed (default: {KILLS})"
    )
    parser.add_argument("--only", nargs="+", choices=(*WAYS, KILLED), metavar="NAME", help="only these cases")


def repeat_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per way of running; its objective is the number of hashes that differ from the plain run's."""
    expected = cache(output_hash)
    wanted = options.only or (*WAYS, KILLED)
    size = Repeated(seed=0, reps=options.reps, replications=options.replications)
    cases = [_case(name, partial(_repeated, way, size, expected), size) for name, way in WAYS.items() if name in wanted]
    if KILLED in wanted:
        longer = replace(size, replications=REPLICATIONS_PER_KILL * options.kills + options.replications)
        cases.append(_case(KILLED, partial(_killed, options.kills, longer, expected), longer))
    return cases


def _case(name: str, run: Callable[[Effort, int], Outcome], size: Repeated) -> Case:
    return Case(
        instance=name,
        sense="min",
        unit="hashes that differ",
        run=run,
        options={"reps": size.reps, "replications": size.replications},
        reference=Reference(value=0.0, source="one process, all at once"),
        iterations=1,
        is_fixed_work=True,
        has_own_workers=True,
    )


def _repeated(way: Hashes, size: Repeated, expected: Callable[[Repeated], str], _effort: Effort, seed: int) -> Outcome:
    repeated = replace(size, seed=seed)
    try:
        return _outcome(way(repeated), expected(repeated), {})
    except ModuleNotFoundError as error:
        return Outcome(objective=None, bound=None, violations=0, status="not installed", note=str(error))


def _outcome(hashes: Sequence[str], expected: str, measures: dict[str, object]) -> Outcome:
    differing = sum(found != expected for found in hashes)
    return Outcome(
        objective=float(differing),
        bound=None,
        violations=differing,
        status="fail" if differing else "pass",
        measures={"hash": expected, "runs": len(hashes), **measures},
    )


def with_local_workers(number: int, repeated: Repeated) -> list[str]:
    """On so many processes of this machine."""
    with local_executor(number) as executor:
        return [output_hash(repeated, executor=executor)]


def with_cluster(repeated: Repeated) -> list[str]:
    """On two workers of a Dask cluster that lives on this machine's loopback address for as long as it takes."""
    with _loopback_cluster() as executor:
        return [output_hash(repeated, executor=executor)]


@contextmanager
def _loopback_cluster() -> Iterator[ClusterExecutor]:
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=2, processes=True, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        cluster_executor(cluster.scheduler_address) as executor,
    ):
        yield executor


def in_other_orders(repeated: Repeated) -> list[str]:
    """Policies handed over backwards and shuffled."""
    names = list(repeated.arms())
    rng = Streams(repeated.seed).rng("benchmarks.repeat.order")
    shuffled = [[names[at] for at in rng.permutation(len(names))] for _ in range(SHUFFLES)]
    return [output_hash(repeated, order=order) for order in (names[::-1], *shuffled)]


def in_other_chunks(repeated: Repeated) -> list[str]:
    """Replications one by one, in threes, the last half first; and every policy by itself."""
    number = repeated.replications
    threes = [range(first, min(first + 3, number)) for first in range(0, number, 3)]
    halves = [range(number // 2, number), range(number // 2)]
    chunkings = ([range(one, one + 1) for one in range(number)], threes, [half for half in halves if half])
    return [
        *(output_hash(repeated, chunks=chunks) for chunks in chunkings),
        output_hash(repeated, one_by_one=True),
    ]


WAYS: dict[str, Hashes] = {
    "again": lambda repeated: [output_hash(repeated)],
    "workers_1": partial(with_local_workers, 1),
    "workers_2": partial(with_local_workers, 2),
    "cluster_2": with_cluster,
    "order": in_other_orders,
    "chunks": in_other_chunks,
}
KILLED = "killed"


def _killed(kills: int, size: Repeated, expected: Callable[[Repeated], str], _effort: Effort, seed: int) -> Outcome:
    repeated = replace(size, seed=seed)
    begun = time.perf_counter()
    known = expected(repeated)
    per_replication_s = (time.perf_counter() - begun) / repeated.replications
    rng = Streams(seed).rng("benchmarks.repeat.kill")
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder)
        moments_s = (KILLED_WITHIN * per_replication_s * rng.random(kills)).tolist()
        killed = [Killed.of(repeated, journal, after_s=after_s) for after_s in moments_s]
        found = run_apart(repeated, journal)
    return _outcome(
        [found],
        known,
        {
            "kills": sum(one.was_running for one in killed),
            "parts_after_each_kill": [one.parts for one in killed],
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Killed:
    """A process that was ended without warning while it ran (or was done before), and the parts then in the journal."""

    was_running: bool
    parts: int

    @classmethod
    def of(cls, repeated: Repeated, journal: Path, *, after_s: float) -> Killed:
        """Start the run, wait for its first replication and so many seconds more, and kill it."""
        with _started(repeated, journal) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(after_s)
            process.send_signal(signal.SIGKILL)
            process.stdout.read()
            return cls(was_running=process.wait() == -signal.SIGKILL, parts=len(list(journal.glob("*.npz"))))


def run_apart(repeated: Repeated, journal: Path) -> str:
    """Run to the end in a process of its own; its hash."""
    with _started(repeated, journal) as process:
        words, _ = process.communicate()
    return words.removeprefix(BEGUN).strip()


def _started(repeated: Repeated, journal: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "benchmarks.quality.repeat_run", str(journal), "--seed", str(repeated.seed)]
    words += ["--reps", str(repeated.reps), "--replications", str(repeated.replications)]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path})
