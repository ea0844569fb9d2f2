"""A small log to spoil, and the ways to spoil it."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from territory.io.plan_store import Event, PlanStore

NOON = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)
NUM_EVENTS = 12


def written_log(path: Path) -> list[Event]:
    """Twelve events of two branches by three people, two blobs."""
    with PlanStore.open(path) as store:
        tables, plan = store.put_blob(b"outlet_id,rep_id\n0017,R1\n" * 40), store.put_blob("计划".encode() * 30)
        for number in range(1, NUM_EVENTS + 1):
            store.append(
                kind=("split", "edit", "comment")[number % 3],
                payload={"outlet": f"00{number}", "tables": tables} if number % 2 else {"plan": [plan, number]},
                who=("li", "王芳", "zhao")[number % 3],
                why=f"reason {number}",
                when=NOON + dt.timedelta(minutes=number),
                branch="main" if number % 4 else "what-if",
            )
        return store.events(branch=None)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as somebody opens it who means no good: without the triggers that keep the log growing only."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        yield db
    finally:
        db.close()


def copied(path: Path, folder: Path) -> Path:
    """A copy of the store, journal and seal included."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in path.parent.glob(path.name + "*"):
        if not part.name.endswith("-shm"):
            shutil.copyfile(part, folder / part.name)
    return folder / path.name
