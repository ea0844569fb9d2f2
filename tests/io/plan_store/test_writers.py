"""Many processes write at once, and some are killed: no confirmed event is lost, and the order is one."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from territory.io.plan_store import HeadMovedError, PlanStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")


def forked(work: Callable[..., object], *arguments: object) -> multiprocessing.process.BaseProcess:
    """A real process at work, begun at once."""
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def write_many(path: Path, writer: int, count: int) -> None:
    with PlanStore.open(path) as store:
        for n in range(count):
            if n % 10 == 0:
                store.put_blob(f"{writer}/{n}".encode())
            store.append(kind="edit", payload={"n": n}, who=f"writer-{writer}", branch=("main", "what-if")[n % 2])


def lost_by_many_writers(path: Path, writers: int, count: int) -> int:
    """Events missing after so many processes each wrote so many; the order and the chain are asserted."""
    processes = [forked(write_many, path, writer, count) for writer in range(writers)]
    for process in processes:
        process.join(240)
        assert process.exitcode == 0
    with PlanStore.open(path) as store:
        assert store.verify() == []
        events = store.events(branch=None)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    told: dict[str, list[object]] = defaultdict(list)
    for event in events:
        told[event.who].append(event.payload["n"])
    assert all(ns == sorted(ns) for ns in map(list, told.values()))  # type: ignore[type-var]
    return writers * count - len({(event.who, event.payload["n"]) for event in events})


def test_eight_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    assert lost_by_many_writers(tmp_path / "new" / "plan.sqlite", writers=8, count=60) == 0


def count_up(path: Path, writer: int, count: int, told: int) -> None:
    """Adds one to a number that all share, expecting the head it has read; again whenever somebody was faster."""
    refused = 0
    with PlanStore.open(path) as store:
        for _ in range(count):
            while True:
                events = store.events()
                last, value = (events[-1].number, events[-1].payload["value"]) if events else (0, 0)
                assert isinstance(value, int)
                time.sleep(0.005)  # so that others write between reading and writing
                try:
                    store.append(kind="edit", payload={"value": value + 1}, who=f"writer-{writer}", expect=last)
                except HeadMovedError:
                    refused += 1
                else:
                    break
    os.write(told, refused.to_bytes(4, "big"))


def test_no_edit_overwrites_one_that_its_writer_has_not_seen(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    processes = [forked(count_up, tmp_path / "plan.sqlite", writer, 15, writing) for writer in range(4)]
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        refused = [int.from_bytes(pipe.read(4), "big") for _ in processes]
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert [event.payload["value"] for event in store.events()] == list(range(1, 61))
    assert sum(refused) > 0


def confirm_until_killed(path: Path, life: int, confirmed: int) -> None:
    """Writes events and blobs, and says each number and digest once it is confirmed."""
    with PlanStore.open(path) as store:
        n = 0
        while True:
            n += 1
            blob = store.put_blob(f"{life}/{n}".encode() * (n % 40))
            event = store.append(kind="edit", payload={"n": n, "blob": blob, "text": "x" * (97 * n % 3000)}, who="li")
            os.write(confirmed, f"{event.number} {event.digest}\n".encode())


def killed_lives(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """
    Confirmed events, and those of them that are lost, over so many processes killed with SIGKILL at random moments.

    Ten lives share a store, so that each also begins on what the one before left behind; some die while it is made.
    """
    draw, confirmed, lost = np.random.default_rng(seed), 0, 0
    told: dict[int, str] = {}
    for life in range(kills):
        path = folder / f"{life // 10}" / "plan.sqlite"
        if life % 10 == 0:
            told = {}
        reading, writing = os.pipe()
        process = forked(confirm_until_killed, path, life, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            # some die early, perhaps before the store is made; the others after so many events and a moment
            early = draw.random() < 0.25
            lines = [] if early else [pipe.readline() for _ in range(int(draw.integers(1, 60)))]
            time.sleep(float(draw.uniform(0.0, 0.03 if early else 0.004)))
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join(60)
            assert process.exitcode == -signal.SIGKILL
            lines += pipe.readlines()
        told |= {int(number): digest for number, digest in (line.decode().split() for line in lines)}
        confirmed += len(lines)
        with contextlib.ExitStack() as stack:
            store = stack.enter_context(PlanStore.open(path))
            assert store.verify() == []
            kept = {event.number: event.digest for event in store.events()}
            lost += sum(kept.get(number) != digest for number, digest in told.items())
    return confirmed, lost


def test_a_process_killed_at_any_moment_loses_no_confirmed_event(tmp_path: Path) -> None:
    confirmed, lost = killed_lives(tmp_path, kills=20, seed=1)
    assert lost == 0
    assert confirmed > 100


@pytest.mark.slow
def test_two_hundred_kills_lose_no_confirmed_event(tmp_path: Path) -> None:
    confirmed, lost = killed_lives(tmp_path, kills=200, seed=2)
    assert lost == 0
    assert confirmed > 1000


def die_between(path: Path, moment: str, confirmed: int) -> None:
    """Killed from inside at a named moment of the tenth append."""
    from territory.io.plan_store.seal import Seal
    from territory.io.plan_store.sqlite import SqliteLedger

    def end(*arguments: object, **named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with PlanStore.open(path) as store:
        for _ in range(9):
            event = store.append(kind="edit", payload={}, who="li")
            os.write(confirmed, f"{event.number} {event.digest}\n".encode())
        if moment == "before the insert":
            SqliteLedger.insert = end  # type: ignore[method-assign]
        elif moment == "before the commit":
            insert = SqliteLedger.insert
            SqliteLedger.insert = lambda self, entry: (insert(self, entry), end())[0]  # type: ignore[method-assign]
        else:
            Seal.advance = end  # type: ignore[method-assign]
        store.append(kind="edit", payload={}, who="li")


@pytest.mark.parametrize(
    ("moment", "kept"), [("before the insert", 9), ("before the commit", 9), ("after the commit", 10)]
)
def test_an_event_is_there_whole_or_not_at_all(tmp_path: Path, moment: str, kept: int) -> None:
    reading, writing = os.pipe()
    process = forked(die_between, tmp_path / "plan.sqlite", moment, writing)
    os.close(writing)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with os.fdopen(reading, "rb") as pipe:
        assert len(pipe.read().splitlines()) == 9
    with PlanStore.open(tmp_path / "plan.sqlite") as store:
        assert store.verify() == []
        assert store.head().number == kept
        assert store.append(kind="edit", payload={}, who="li").number == kept + 1
        assert store.verify() == []


def test_writers_go_on_when_others_among_them_are_killed(tmp_path: Path) -> None:
    path, told = tmp_path / "plan.sqlite", {}
    reading, writing = os.pipe()
    doomed = [forked(confirm_until_killed, path, life, writing) for life in range(3)]
    os.close(writing)
    steady = forked(write_many, path, 9, 40)
    with os.fdopen(reading, "rb") as pipe:
        lines = [pipe.readline() for _ in range(30)]
        for process in doomed:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join(60)
        lines += pipe.readlines()
    steady.join(120)
    assert steady.exitcode == 0
    for number, digest in (line.decode().split() for line in lines):
        told[int(number)] = digest
    with PlanStore.open(path) as store:
        assert store.verify() == []
        events = store.events(branch=None)
    assert {event.number: event.digest for event in events}.items() >= told.items()
    assert sum(event.who == "writer-9" for event in events) == 40
