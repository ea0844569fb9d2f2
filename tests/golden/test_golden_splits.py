"""Golden values: what was once computed stays so, on every machine and with every release."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from territory.effort import Effort
from territory.generate import demo_folder
from territory.pipeline import open_scenario
from territory.split import SplitProblem, check, redraw
from territory.standing import Status
from tests.towns import grid_of_shops

GOLDEN = tomllib.loads(Path(__file__).with_name("splits.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN["proved"], ids=lambda case: f"seed{case['seed']}")
def test_a_proved_optimum_stays(case: dict[str, float]) -> None:
    scenario = grid_of_shops(
        int(case["rows"]),
        int(case["columns"]),
        int(case["reps"]),
        seed=int(case["seed"]),
        price_moved=0.1,
        price_travel=0.05,
        workload_tolerance=0.4,
    )
    problem = SplitProblem.of(scenario)
    result = redraw(problem, effort=Effort(iterations=1), seed=1)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(case["objective"], abs=1e-4)
    assert result.bound <= result.objective + 1e-6
    assert check(problem, result.require_plan()).is_clean


def test_the_county_keeps_its_bound_and_its_quality() -> None:
    scenario = open_scenario(demo_folder())
    problem = SplitProblem.of(scenario)
    result = redraw(problem, effort=Effort(iterations=scenario.effort.split_iterations), seed=scenario.seed)
    assert check(problem, result.require_plan()).is_clean
    assert result.objective <= GOLDEN["county"]["objective_at_most"]
    assert result.bound == pytest.approx(GOLDEN["county"]["bound"], abs=0.01)
