"""The `local` family: three events, each mended and recounted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.quality import local_families
from benchmarks.quality.recount import recount
from territory.domain.columns import NONE
from territory.effort import Effort
from territory.split.replan import replan

_EVENTS = (local_families._edit, local_families._leave, local_families._open)


@pytest.fixture(scope="module")
def start() -> local_families.Start:
    return local_families._start(400, 8, 0.1)


def test_a_row_per_event_and_seed_with_a_proved_bound(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    words = ["local", "--outlets", "400", "--territories", "8", "--tolerance", "0.1", "--seeds", "2"]
    assert main([*words, "--json", str(out)]) == 0
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["instance"] for row in found] == [
        name for event in ("edit", "leave", "open") for name in [f"{event}_400x8"] * 2
    ]
    for row in found:
        assert row["violations"] == 0
        assert row["bound"] <= row["objective"] <= 8
        assert ("at least" in row["note"]) == (row["objective"] > 3)


def test_the_start_keeps_every_rule(start: local_families.Start) -> None:
    task = start.task
    counted = recount(
        task.instance,
        start.plan.rep_of_outlet,
        parts=task.parts,
        lower=task.lower,
        upper=task.upper,
        connected=True,
    )
    assert counted.violations == ()


@pytest.mark.parametrize("event", _EVENTS)
def test_an_event_breaks_the_plan_and_the_seed_decides_where(start: local_families.Start, event) -> None:
    plans = [event(start, seed).plan.rep_of_outlet for seed in (1, 1, 2)]
    assert np.array_equal(plans[0], plans[1])
    answer = replan(event(start, 1).problem, event(start, 1).plan, effort=Effort(iterations=2_000_000), seed=1)
    assert answer.mended
    if event is not local_families._edit:
        assert (plans[0] == NONE).any()
