"""Independent parts side by side, on any `concurrent.futures.Executor`, journalled so that a killed run resumes.

Parts must be pure: the result depends on the task alone, so one worker or many give the same answers.
"""

from __future__ import annotations

import concurrent.futures as futures
import contextlib
import io
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from territory.effort import CancelToken
from territory.errors import CancelledError, ConfigError, ExitCode
from territory.language import Text
from territory.progress import SILENT, Progress

T = TypeVar("T")
R = TypeVar("R")
Arrays = Mapping[str, npt.NDArray[np.generic]]


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)  # noqa: PTH101 - mkstemp makes it private; results are for sharing
        os.replace(temporary, path)  # noqa: PTH105 - replaces on Windows too
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class Journal:
    """Finished parts in a folder, one `.npz` each, found by the digest of what the part was computed from."""

    folder: Path

    def read(self, key: str) -> dict[str, npt.NDArray[np.generic]] | None:
        """The arrays stored under `key`, or None; an unreadable file counts as not there and is redone."""
        path = self.folder / f"{key}.npz"
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, arrays: Arrays) -> None:
        """Store `arrays` under `key`, atomically."""
        buffer = io.BytesIO()
        np.savez(buffer, **dict(arrays))  # type: ignore[arg-type]
        write_bytes_atomically(self.folder / f"{key}.npz", buffer.getvalue())


class WorkersLostError(ConfigError):
    """The processes that computed are gone (killed, out of memory, network); finished parts are kept."""

    exit_code = ExitCode.INTERRUPTED


def cpu_workers() -> int:
    """Processes worth starting on this machine."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def local_executor(workers: int | None = None) -> futures.Executor:
    """
    Processes on this machine. Spawned, not forked: compiled kernels and threads do not survive a fork.

    Ctrl-C reaches every process of a terminal, and only the parent knows what to keep: the workers are started at
    once, while interrupts are ignored, and go on ignoring them. A parent that is killed takes them along, so that
    they do not compete with the run that goes on.
    """
    count = workers or cpu_workers()
    pool = futures.ProcessPoolExecutor(
        max_workers=count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker
    )
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread: whoever embeds us handles interrupts
        return pool
    try:
        for _ in range(count):
            pool.submit(_ignore_interrupts)
    finally:
        signal.signal(signal.SIGINT, before)
    return pool


def _begin_worker() -> None:
    _ignore_interrupts()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ignore_interrupts() -> None:
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_all(
    work: Callable[[T], R],
    tasks: Sequence[T],
    *,
    stage: str,
    executor: futures.Executor | None = None,
    size: Callable[[T], float] | None = None,
    progress: Progress = SILENT,
    cancel: CancelToken | None = None,
    stored: Callable[[T], R | None] | None = None,
    store: Callable[[T, R], None] | None = None,
) -> list[R]:
    """
    The results of `work(task)` for every task, in the order of `tasks`.

    Parameters
    ----------
    work
        A module-level function of one task; must be pure.
    executor
        Where to run; None computes here, one after the other.
    size
        Longest first: a larger number starts earlier. It changes the order of work, never a result.
    stored, store
        Journal hooks: a result found by `stored` is not computed again; `store` is called as each part ends.

    Raises
    ------
    CancelledError
        When `cancel` was set before all parts had ended; parts that ended are stored.
    WorkersLostError
        When the executor lost its processes; parts that ended are stored.
    """
    progress.started(stage, len(tasks))
    results: dict[int, R] = {}
    if stored is not None:
        for position, task in enumerate(tasks):
            found = stored(task)
            if found is not None:
                results[position] = found
    order = [position for position in range(len(tasks)) if position not in results]
    if size is not None:
        order.sort(key=lambda position: (-size(tasks[position]), position))
    progress.stepped(stage, len(results), len(tasks))

    def finish(position: int, result: R) -> None:
        results[position] = result
        if store is not None:
            store(tasks[position], result)
        progress.stepped(stage, len(results), len(tasks))

    if executor is None:
        for position in order:
            _stop_if(cancel)
            finish(position, work(tasks[position]))
    else:
        running: dict[futures.Future[R], int] = {}
        try:
            for position in order:
                running[executor.submit(work, tasks[position])] = position
            while running:
                _stop_if(cancel)
                ended, _ = futures.wait(running, timeout=0.2, return_when=futures.FIRST_COMPLETED)
                for future in ended:
                    finish(running.pop(future), future.result())
        except futures.BrokenExecutor as error:
            raise _workers_lost(error) from error
        finally:
            for future in running:
                future.cancel()
    return [results[position] for position in range(len(tasks))]


def _workers_lost(error: futures.BrokenExecutor) -> WorkersLostError:
    return WorkersLostError(
        Text(
            f"the processes that computed are gone ({error}); finished parts are kept, and the same command goes on",
            f"计算进程已中断({error});已完成的部分已保存,重新执行同一命令即可继续",
        )
    )


def _stop_if(cancel: CancelToken | None) -> None:
    if cancel is not None and cancel.is_cancelled:
        raise CancelledError("stopped on request; finished parts are kept, and the same command goes on")
