"""The county's plan, all of it, out and back in every format that import reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from territory.domain.assignment import Assignment
from territory.effort import Effort
from territory.io.export import PlanContent, read_plan, write_csv, write_geojson, write_json, write_xlsx
from territory.pipeline import open_scenario
from territory.visits import plan_visits
from territory.visits.planning import planned_problem
from territory.visits.retime import retime

COUNTY = Path(__file__).resolve().parents[2] / "scenarios" / "county"


@pytest.mark.slow
def test_the_county_comes_back_equal_from_every_format(tmp_path: Path) -> None:
    scenario = open_scenario(COUNTY)
    assignment = Assignment.today(scenario.outlets)
    problem = planned_problem(scenario, assignment)
    plan = plan_visits(problem, effort=Effort(iterations=10), seed=1).require_plan()
    assert plan.num_stops > 3_000
    content = PlanContent(scenario=scenario, assignment=assignment, plan=plan, lang="zh")
    files = [
        write_xlsx(content, tmp_path / "plan.xlsx"),
        write_csv(content, tmp_path / "csv")[0].parent,
        write_json(content, tmp_path / "plan.json"),
        write_geojson(content, tmp_path / "plan.geojson"),
    ]
    for file in files:
        found = read_plan(scenario, [file])
        assert (found.plan, found.assignment, found.notes) == (plan, assignment, ())
    assert retime(problem, read_plan(scenario, files[:1], needs_clock=False).plan).plan == plan
