"""Long runs of the city's sample, kept in a file of JSON lines: one per rep, seed and effort, appended as each ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.contract import BenchmarkError, Reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    One long run.

    Attributes
    ----------
    digest
        Of the rep's problem: a city that is made otherwise has no known values.
    budget
        The effort in words.
    objective
        Drive minutes, of a plan without broken rules.
    """

    rep: str
    digest: str
    seed: int
    budget: str
    objective: float


def read_entries(file: Path) -> tuple[Entry, ...]:
    """
    All runs in the file, none when it is not there. A line that a kill cut off is passed over.

    Raises
    ------
    BenchmarkError
        When a line is of something else.
    """
    if not file.is_file():
        return ()
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        try:
            found.append(Entry(**fields))
        except TypeError as error:
            raise BenchmarkError(f"{file} is no file of `city --reference`: {error}") from None
    return tuple(found)


def append(file: Path, entry: Entry) -> None:
    """Add a run with one write, so that several processes may share the file; after a line cut off, on a new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(entry)) + "\n"
    with file.open("ab+") as out:
        size = out.seek(0, 2)
        if size:
            out.seek(size - 1)
            line = line if out.read(1) == b"\n" else "\n" + line
        out.write(line.encode())


def best_of(entries: Sequence[Entry], digest: str) -> Reference | None:
    """The best value known for a problem, and of how many runs; None without any."""
    mine = [entry for entry in entries if entry.digest == digest]
    if not mine:
        return None
    budgets = ", ".join(sorted({entry.budget for entry in mine}))
    best = min(mine, key=lambda entry: entry.objective)
    return Reference(value=best.objective, source=f"best of {len(mine)} runs, {budgets} each")
