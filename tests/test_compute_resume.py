"""A run that is killed, and not asked to stop, goes on where it was, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recipes import small_recipe

ROUNDS = 20_000  # per rep: long enough to be killed in the middle
PATIENCE_S = 120.0
ROOT = Path(__file__).resolve().parents[1]


def territory(*words: str) -> list[str]:
    return [sys.executable, "-c", "from territory.cli import main; main()", *words]


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    """Processes that this one started, and theirs."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def is_running(pid: int) -> bool:
    """True while the process lives; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes under /proc")
def test_a_run_killed_in_the_middle_goes_on_with_the_same_command_to_the_same_plan(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    recipe = str(small_recipe(tmp_path / "recipe"))
    subprocess.run(territory("prepare", recipe, "--out", str(tables), "--quiet"), check=True, cwd=ROOT)
    settings = tables / "scenario.toml"
    lines = [line for line in settings.read_text(encoding="utf-8").splitlines() if "visit_iterations" not in line]
    at = lines.index("[effort]") + 1
    lines.insert(at, f"visit_iterations = {ROUNDS}")
    settings.write_text("\n".join(lines), encoding="utf-8")

    def command(out: Path) -> list[str]:
        return territory("visits", str(tables), "--out", str(out), "--workers", "2", "--quiet")

    out, journal = tmp_path / "killed", tmp_path / "killed" / "journal"
    running = subprocess.Popen(command(out), cwd=ROOT, env=os.environ | {"PYTHONPATH": ""})
    until(lambda: any(journal.glob("*.npz")))
    workers = children_of(running.pid)
    running.send_signal(signal.SIGKILL)
    running.wait()
    until(lambda: not any(map(is_running, workers)))
    assert len(workers) >= 2
    kept = {path: path.stat().st_mtime_ns for path in journal.glob("*.npz")}
    assert not (out / "visits.csv").exists()

    subprocess.run(command(out), check=True, cwd=ROOT)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(journal.glob("*.npz"))) > len(kept)
    subprocess.run(command(tmp_path / "whole"), check=True, cwd=ROOT)
    assert (out / "visits.csv").read_bytes() == (tmp_path / "whole" / "visits.csv").read_bytes()
