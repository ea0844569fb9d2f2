"""A run's folder of the six-outlet town, with its history: tables, split, four weeks of visits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.io import read_scenario, write_assignment, write_visit_plan
from territory.pipeline.history.desk import Desk
from territory.pipeline.history.recording import Recorder
from territory.pipeline.opening import files_of
from territory.visits.hand_edits import hand_over
from territory.visits.planning import planned_problem
from tests.io.town_folder import TOML, Town, town

FREE = '\n[split]\nworkload_tolerance = 1.0\npotential_tolerance = "unlimited"\n'


def small_town() -> Town:
    """Two reps of teams of their own; any balance will do; 002 fortnightly, the others weekly."""
    it = town()
    it.toml = TOML + FREE
    it.tables["teams"][1]["pooled"] = ""
    del it.tables["travel"], it.tables["flows"], it.tables["adjacency"]
    for row in it.outlets:
        row |= {"visits_per_cycle": "2" if row["outlet_id"] == "002" else "4", "service_min": "20", "tier": ""}
    return it


def empty_plan() -> VisitPlan:
    none = np.zeros(0, dtype=np.int64)
    names = ("rep_idx", "day", "outlet_idx", "drive_s", "start_s", "service_s", "route_rep_idx", "route_day")
    more = ("leave_s", "return_drive_s", "return_s", "lunch_s", "unplaced_outlet_idx", "unplaced_visits")
    return VisitPlan(**dict.fromkeys((*names, *more), none), unplaced_reason=())


def planned(scenario: Scenario, assignment: Assignment) -> VisitPlan:
    """Visits put in one outlet after the other."""
    problem, plan = planned_problem(scenario, assignment), empty_plan()
    for outlet in range(len(scenario.outlets)):
        plan = hand_over(problem, plan, outlet=outlet).plan
    return plan


def run_into(out: Path, tables: Path) -> None:
    """What a run leaves: the two tables, and the history of how they came about."""
    scenario = read_scenario(tables)
    files, assignment = files_of(scenario, tables), Assignment.today(scenario.outlets)
    plan = planned(scenario, assignment)
    recorder = Recorder.begin(out, who="li", why="first plan")
    recorder = recorder.record(
        scenario,
        files,
        verb="split",
        assignment=assignment,
        write=lambda: write_assignment(scenario, assignment, out / "assignment.csv"),
    )
    recorder.record(
        scenario,
        files,
        verb="visits",
        assignment=assignment,
        visits=plan,
        write=lambda: write_visit_plan(scenario, assignment, plan, out / "visits.csv"),
    )


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    run_into(folder / "out", small_town().write(folder / "tables"))
    return folder


@pytest.fixture
def out(made_once: Path, tmp_path: Path) -> Path:
    """The run's folder, as often as wanted."""
    shutil.copytree(made_once / "out", tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def desk(out: Path) -> Iterator[Desk]:
    with Desk.open(out) as desk:
        yield desk
