"""`[visits] plan_quantile` and `missing` hold from the plan to every verb that reads it again."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.cli import main
from territory.domain.assignment import Assignment
from territory.domain.visit_plan import UnplacedReason
from territory.effort import Effort
from territory.pipeline.numbers import REASONS, reasons
from territory.visits import plan_visits, planned_problem
from territory.visits.why_closed import why_closed
from tests.recipes import small_recipe
from tests.towns import line_of_shops


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(words)
    captured = capsys.readouterr()
    assert not left.value.code, captured.err
    return captured.out


def on_time(text: str) -> float:
    found = json.loads(text)["measures"]
    return next(float(row["value"]) for row in found if (row["rep_id"], row["measure"]) == ("", "on_time_share"))


def test_a_plan_with_buffers_is_checked_with_them_and_keeps_time_better(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tables, shares = tmp_path / "tables", []
    said(capsys, "prepare", str(small_recipe(tmp_path / "recipe")), "--out", str(tables), "--quiet")
    toml = (tables / "scenario.toml").read_text(encoding="utf-8")
    for rules in ("", '[visits]\nplan_quantile = 0.7\nmissing = "value"\n'):
        (tables / "scenario.toml").write_text(toml + "\n" + rules, encoding="utf-8")
        out = tmp_path / f"plan{len(shares)}"
        said(capsys, "split", str(tables), "--out", str(out), "--quiet")
        said(capsys, "visits", str(tables), "--plan", str(out), "--workers", "1", "--quiet")
        assert "0 broken plan rules" in said(capsys, "check", str(tables), "--plan", str(out))
        words = ("robustness", str(out), "--scenario", str(tables), "--replications", "20", "--json")
        shares.append(on_time(said(capsys, *words)))
        with (out / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
            stop = next(row for row in csv.DictReader(file) if row["kind"] == "stop")
        wish = f"{stop['outlet_id']}"
        said(capsys, "joint", str(tables), "--plan", str(out), "--wish", wish)
        said(capsys, "best-day", str(tables), "--plan", str(out), "--outlet", wish)
        event = f"{stop['rep_id']}:2026-12-03"
        said(capsys, "replan", str(tables), "--plan", str(out), "--now", "2026-12-01T09:00", "--ill", event,
             "-o", str(tmp_path / f"new{len(shares)}"), "--effort", "300")  # fmt: skip
    assert shares[1] > shares[0]


def test_the_report_names_the_rule_of_the_calendar_behind_a_visit_without_a_place() -> None:
    case = line_of_shops(6, 2)
    fixed = np.zeros((6, 28), dtype=bool)
    fixed[2, 5] = True  # a Saturday, on which nobody works
    outlets = replace(case.outlets, promises=replace(case.outlets.promises, fixed_days=fixed))
    case, today = replace(case, outlets=outlets), Assignment.today(outlets)
    plan = plan_visits(planned_problem(case, today), effort=Effort(iterations=50), seed=1).require_plan()
    closed = UnplacedReason.CLOSED
    assert plan.unplaced_outlet_idx.tolist() == [2]
    assert plan.unplaced_reason == (closed,)
    assert reasons(case, today, plan) == (why_closed(case, today, plan)[2],)
    assert reasons(case, today, plan) != (REASONS[closed],)
