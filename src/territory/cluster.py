"""A Dask cluster as an executor: the same parts, the same answers, on other machines."""

from __future__ import annotations

import concurrent.futures as futures
import logging
import weakref
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from territory.errors import ConfigError, ConflictError, MissingExtraError
from territory.language import Text
from territory.standing import package_versions

if TYPE_CHECKING:
    from distributed import Client

R = TypeVar("R")
CONNECT_S = 8.0
"""Seconds to wait for the scheduler, and again for its first worker."""


def cluster_executor(address: str, *, connect_s: float = CONNECT_S) -> ClusterExecutor:
    """
    An executor whose workers are those of a running Dask scheduler.

    Parameters
    ----------
    address
        Of the scheduler, such as `tcp://10.0.0.5:8786`.

    Raises
    ------
    MissingExtraError
        When dask.distributed is not installed here.
    ConfigError
        When nobody answers at the address, or no worker has joined the scheduler.
    ConflictError
        When a worker has other versions of what plans depend on: its plans could differ.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError(
            Text(
                'a cluster needs dask.distributed: pip install "territory[cluster]"',
                '使用集群需要 dask.distributed:pip install "territory[cluster]"',
            )
        ) from None
    # a lost scheduler ends in one sentence of ours, not in the client's tracebacks
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=connect_s, set_as_default=False)
    except (OSError, ValueError):  # nobody there, not in time, or no address at all
        raise ConfigError(
            Text(
                f"no Dask scheduler answers at {address}; start `dask scheduler` and give the address it prints",
                f"{address} 没有 Dask 调度器响应;请用 `dask scheduler` 启动,并填写它显示的地址",
            )
        ) from None
    try:
        _require_workers(client, address, connect_s)
    except BaseException:
        client.close()
        raise
    return ClusterExecutor(client)


class ClusterExecutor(futures.Executor):
    """
    Hands parts to the workers of a Dask client, earlier ones first; leaving it closes the client.

    A part whose worker is lost is run again by another one. When several workers die over the same part, or the
    scheduler is gone, its future ends with `BrokenExecutor`, as that of a local pool does.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False)  # pure: would hash every input, to find what the journal has
        self._turn = count()

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> futures.Future[R]:
        """Queue a call; a call that was submitted earlier starts earlier."""
        given = self._inner.submit(partial(fn, **kwargs) if kwargs else fn, *args, priority=-next(self._turn))
        outer: futures.Future[R] = futures.Future()
        # weakly: the scheduler may forget a result as soon as it is here, and need not repeat it for a lost worker
        outer.add_done_callback(partial(_cancel_too, weakref.ref(given)))
        given.add_done_callback(partial(_hand_on, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is running (or not), then leave the cluster to others."""
        self._inner.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def _cancel_too(given: weakref.ref[futures.Future[R]], outer: futures.Future[R]) -> None:
    there = given()
    if outer.cancelled() and there is not None:
        there.cancel()


def _hand_on(outer: futures.Future[R], given: futures.Future[R]) -> None:
    """The outcome of the cluster's future, in the words of `concurrent.futures`."""
    from distributed import KilledWorker

    if not outer.set_running_or_notify_cancel():
        return
    if given.cancelled():
        outer.set_exception(futures.BrokenExecutor("the connection to the scheduler was lost"))
        return
    error = given.exception()
    if isinstance(error, KilledWorker):
        error = futures.BrokenExecutor(str(error))
    if error is not None:
        outer.set_exception(error)
    else:
        outer.set_result(given.result())


def _require_workers(client: Client, address: str, connect_s: float) -> None:
    """At least one worker, and all of them with our versions."""
    try:
        client.wait_for_workers(1, timeout=connect_s)
    except TimeoutError:
        raise ConfigError(
            Text(
                f"the scheduler at {address} has no workers; start some with `dask worker {address} --nthreads 1`",
                f"{address} 的调度器没有工作进程;请用 `dask worker {address} --nthreads 1` 启动",
            )
        ) from None
    ours = package_versions()
    for worker, theirs in sorted(client.run(package_versions, on_error="return").items()):
        if theirs != ours:
            raise ConflictError(
                Text(
                    f"worker {worker} does not have the same versions as this machine, so plans could differ: "
                    f"here {_shown(ours)}; there {_shown(theirs)}",
                    f"工作进程 {worker} 的软件版本与本机不同,结果可能不一致:本机 {_shown(ours)};对方 {_shown(theirs)}",
                )
            )


def _shown(versions: object) -> str:
    return (
        ", ".join(f"{name} {version}" for name, version in versions.items())
        if isinstance(versions, dict)
        else f"{versions!r}"
    )
