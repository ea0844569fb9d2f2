"""Parts on a Dask cluster of two workers on this machine: same plans, lost workers, cancel, journal, errors."""

from __future__ import annotations

import builtins
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from territory import cluster as room
from territory.cluster import cluster_executor
from territory.compute import Journal, WorkersLostError, local_executor, run_all
from territory.effort import CancelToken, Effort
from territory.errors import CancelledError, ConfigError, ConflictError, ExitCode, MissingExtraError
from territory.visits import check, plan_visits
from tests.visits.towns import clustered

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed (extra `cluster`)")

FEW = Effort(iterations=300)
SOON_S = 1.0
LONG_S = 60.0
LOOPBACK: Mapping[str, Any] = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "threads_per_worker": 1}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of a scheduler on loopback with two worker processes."""
    with distributed.LocalCluster(n_workers=2, processes=True, **LOOPBACK) as cluster:
        yield cluster.scheduler_address


def squared(number: int) -> int:
    return number * number


def squared_by_the_second_worker(task: tuple[int, str]) -> int:
    """Takes its worker along the first time."""
    number, mark = task
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(1)
    return number * number


def deadly(_number: int) -> int:
    os._exit(1)


def refused(_number: int) -> int:
    raise ValueError("no such number")


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def begun_at(_number: int) -> float:
    begun = time.time()
    time.sleep(0.05)
    return begun


class Steps:
    """Remembers the counts it is told."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def started(self, stage: str, total: int) -> None:
        """Nothing."""

    def stepped(self, stage: str, done: int, total: int) -> None:
        """A count."""
        self.seen.append((done, total))

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """Nothing."""

    def ended(self, stage: str, note: object) -> None:
        """Nothing."""


def test_one_process_two_processes_and_a_cluster_give_the_same_plan(address: str) -> None:
    problem = clustered(outlets=90, reps=6, seed=3)
    assert len(problem.parts()) >= 4
    here = plan_visits(problem, effort=FEW, seed=4)
    with local_executor(2) as pool:
        two = plan_visits(problem, effort=FEW, seed=4, executor=pool)
    with cluster_executor(address) as workers:
        away = plan_visits(problem, effort=FEW, seed=4, executor=workers)
    assert check(problem, here.require_plan()).is_clean
    assert here.plan == two.plan == away.plan
    assert here == two == away
    assert plan_visits(problem, effort=FEW, seed=5).plan != here.plan  # the comparison can fail


def test_results_keep_the_order_of_tasks_and_every_end_is_counted(address: str) -> None:
    steps = Steps()
    with cluster_executor(address) as workers:
        found = run_all(squared, range(20), stage="s", executor=workers, size=float, progress=steps)
    assert found == [number**2 for number in range(20)]
    assert steps.seen == [(done, 20) for done in range(21)]


def test_the_longest_parts_start_first(address: str) -> None:
    with cluster_executor(address) as workers:
        begun = run_all(begun_at, range(20), stage="s", executor=workers, size=float)
    assert min(begun[10:]) < min(begun[:10])
    assert sum(begun[15:]) / 5 < sum(begun[:5]) / 5


def test_a_part_whose_worker_dies_is_run_by_another(address: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    tasks = [(number, str(mark)) for number in range(6)]
    with cluster_executor(address) as workers:
        assert run_all(squared_by_the_second_worker, tasks, stage="s", executor=workers) == [0, 1, 4, 9, 16, 25]
    assert mark.exists()


def test_an_error_of_a_part_is_told_as_it_is(address: str) -> None:
    with cluster_executor(address) as workers, pytest.raises(ValueError, match="no such number"):
        run_all(refused, [1], stage="s", executor=workers)


def test_a_cancel_does_not_wait_and_keeps_what_has_ended(address: str) -> None:
    token, kept = CancelToken(), {}

    def store(task: float, found: float) -> None:
        kept[task] = found
        token.cancel()

    begun = time.perf_counter()
    workers = cluster_executor(address)
    with pytest.raises(CancelledError):
        run_all(nap, [0.0] + [LONG_S] * 8, stage="s", executor=workers, cancel=token, store=store)
    workers.shutdown(wait=False, cancel_futures=True)
    assert kept == {0.0: 0.0}
    assert time.perf_counter() - begun < LONG_S / 4


def test_a_journal_written_here_is_read_by_a_run_on_the_cluster(address: str, tmp_path: Path) -> None:
    problem, journal = clustered(outlets=60, reps=4, seed=3), Journal(tmp_path)
    first = plan_visits(problem, effort=FEW, seed=4, journal=journal)
    sorted(tmp_path.glob("*.npz"))[0].unlink()
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    with cluster_executor(address) as workers:
        again = plan_visits(problem, effort=FEW, seed=4, journal=journal, executor=workers)
    assert again == first
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert len(after) == len(times) + 1
    assert {name: after[name] for name in times} == times


@pytest.mark.slow
def test_a_part_that_kills_every_worker_ends_the_run_with_a_sentence() -> None:
    with (
        distributed.LocalCluster(n_workers=1, processes=True, **LOOPBACK) as cluster,
        cluster_executor(cluster.scheduler_address) as workers,
        pytest.raises(WorkersLostError) as lost,
    ):
        run_all(deadly, [1], stage="s", executor=workers)
    assert "同一命令" in lost.value.in_("zh")
    assert lost.value.exit_code is ExitCode.INTERRUPTED


@pytest.mark.slow
def test_a_scheduler_that_goes_away_ends_the_run_with_a_sentence() -> None:
    with distributed.LocalCluster(n_workers=1, processes=True, **LOOPBACK) as cluster:
        workers = cluster_executor(cluster.scheduler_address)
        threading.Timer(0.5, cluster.close).start()
        with pytest.raises(WorkersLostError, match="same command goes on"):
            run_all(nap, [3.0, 3.0, 3.0], stage="s", executor=workers)
        workers.shutdown()


def test_a_killed_process_of_a_local_pool_ends_the_run_with_a_sentence() -> None:
    with local_executor(1) as pool, pytest.raises(WorkersLostError, match="finished parts are kept"):
        run_all(deadly, [1, 2], stage="s", executor=pool)


@pytest.mark.parametrize("nowhere", ["tcp://127.0.0.1:9", "no address"])
def test_where_nobody_answers_one_sentence_says_so_soon(nowhere: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(ConfigError) as told:
        cluster_executor(nowhere, connect_s=SOON_S)
    assert time.perf_counter() - begun < 5 * SOON_S
    assert nowhere in told.value.in_("en")
    assert "没有 Dask 调度器响应" in told.value.in_("zh")
    assert room.CONNECT_S <= 10


def test_a_scheduler_without_workers_is_no_silent_wait() -> None:
    with distributed.LocalCluster(n_workers=0, **LOOPBACK) as cluster, pytest.raises(ConfigError) as told:
        cluster_executor(cluster.scheduler_address, connect_s=SOON_S)
    assert "has no workers" in told.value.in_("en")
    assert "没有工作进程" in told.value.in_("zh")


def test_workers_with_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ours:
        """Our versions, on this side only."""

        def __call__(self) -> dict[str, str]:
            return {"numba": "0.1"}

        def __reduce__(self) -> tuple[object, ...]:
            return (theirs, ())

    monkeypatch.setattr(room, "package_versions", Ours())
    with pytest.raises(ConflictError) as told:
        cluster_executor(address)
    assert "numba 0.1" in told.value.in_("en")
    assert "numba 0.2" in told.value.in_("zh")


def theirs() -> object:
    return other_versions


def other_versions() -> dict[str, str]:
    return {"numba": "0.2"}


def test_without_dask_the_install_line_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = builtins.__import__

    def without_dask(name: str, *rest: Any, **more: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return honest(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_dask)
    with pytest.raises(MissingExtraError) as told:
        cluster_executor("tcp://127.0.0.1:9")
    for lang in ("en", "zh"):
        assert 'pip install "territory[cluster]"' in told.value.in_(lang)
