"""The whole job on a small branch: everything is written, repeatable, resumable, and safe from overwriting."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from territory.effort import CancelToken, Effort
from territory.errors import CancelledError, ConfigError, ConflictError, InfeasibleError
from territory.pipeline import RunResult, RunSettings, open_scenario, run
from territory.pipeline.checking import assignment_in, check_plans, policy_named, reps_named, visits_in, weeks_named
from territory.pipeline.stages import _split_key
from territory.split import SplitProblem
from tests.recipes import small_recipe


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, RunResult]:
    recipe = small_recipe(tmp_path_factory.mktemp("village"))
    out = tmp_path_factory.mktemp("run") / "out"
    return recipe, out, run(recipe, out=out, settings=RunSettings(workers=1, sheet_weeks=(0,)))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_everything_is_in_one_folder(finished: tuple[Path, Path, RunResult]) -> None:
    _, out, result = finished
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    wanted = {
        "assignment.csv",
        "moved.csv",
        "measures.csv",
        "territories.geojson",
        "outlets.geojson",
        "visits.csv",
        "policies.csv",
        "policies_money.csv",
        "policies.html",
        "policies.pdf",
        "model_report.html",
        "report.html",
        "map.svg",
        "run.json",
        "scenario/outlets.csv",
    }
    assert wanted <= made
    assert len(list((out / "sheets" / "2026-W49").glob("*.pdf"))) == len(result.scenario.reps)
    assert len(list((out / "sheets").glob("2026-W49_*.pdf"))) == len(result.scenario.teams)


def test_the_headlines_are_the_five_numbers(finished: tuple[Path, Path, RunResult]) -> None:
    names = [headline.measure.name for headline in finished[2].headlines]
    assert names == ["flow_kept_between", "workload_deviation", "drive_share", "placed_share", "policy_difference"]


def test_the_written_plans_read_back_equal_and_are_clean(finished: tuple[Path, Path, RunResult]) -> None:
    _, out, result = finished
    assert assignment_in(result.scenario, out) == result.split.plan
    assert visits_in(result.scenario, out) == result.visits.plan
    assert check_plans(result.scenario, out) == []


def test_an_edited_plan_is_checked_against_the_rules(finished: tuple[Path, Path, RunResult], tmp_path: Path) -> None:
    _, out, result = finished
    lines = (out / "assignment.csv").read_text(encoding="utf-8-sig").splitlines()
    rep_ids = result.scenario.reps.rep_ids
    edited = [lines[0]] + [line.replace(rep_ids[1], rep_ids[0]).replace(rep_ids[2], rep_ids[0]) for line in lines[1:]]
    (tmp_path / "assignment.csv").write_text("\n".join(edited), encoding="utf-8")
    rules = {violation.rule for violation in check_plans(result.scenario, tmp_path)}
    assert {"balance", "empty_territory"} <= rules


def test_moved_outlets_are_those_whose_rep_differs(finished: tuple[Path, Path, RunResult]) -> None:
    _, out, _ = finished
    moved = {row["outlet_id"] for row in rows(out / "moved.csv")}
    assert moved == {row["outlet_id"] for row in rows(out / "assignment.csv") if row["moved"] == "1"}


def test_a_second_run_resumes_from_the_journal_and_changes_nothing(finished: tuple[Path, Path, RunResult]) -> None:
    recipe, out, first = finished
    before = {name: (out / name).read_bytes() for name in ("assignment.csv", "visits.csv", "policies.csv")}
    told: list[str] = []

    class Listener:
        def started(self, stage: str, total: int) -> None: ...

        def stepped(self, stage: str, done: int, total: int) -> None: ...

        def incumbent(self, stage: str, objective: float, bound: float | None) -> None: ...

        def ended(self, stage: str, note: object) -> None:
            told.append(f"{stage}: {note}")

    again = run(recipe, out=out, settings=RunSettings(workers=1, sheet_weeks=(0,)), progress=Listener())
    assert "split: taken from the journal" in told
    assert again.split == first.split
    assert before == {name: (out / name).read_bytes() for name in before}


@pytest.mark.parametrize("column", ["sales", "today", "locked", "group", "place_of_outlet", "home_min", "lat"])
def test_a_changed_problem_never_meets_an_old_answer(finished: tuple[Path, Path, RunResult], column: str) -> None:
    problem = SplitProblem.of(finished[2].scenario)
    values = getattr(problem, column).copy()
    values[0] = not values[0] if values.dtype == bool else values[0] + 1
    effort = Effort(iterations=1)
    assert _split_key(replace(problem, **{column: values}), effort, 1) != _split_key(problem, effort, 1)
    assert _split_key(problem, effort, 2) != _split_key(problem, effort, 1)
    assert _split_key(problem, Effort(iterations=2), 1) != _split_key(problem, effort, 1)


def test_the_run_card_repeats_the_run(finished: tuple[Path, Path, RunResult]) -> None:
    card = json.loads((finished[1] / "run.json").read_text(encoding="utf-8"))
    assert card["state"] == "finished"
    assert card["split"]["run_card"]["seed"] == 3
    assert {standing["job"] for standing in card["standings"]} == {"split", "visits"}
    assert all(len(value) == 16 for value in card["inputs"].values())


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match="no run of territory made"):
        run(small_recipe(tmp_path / "recipe"), out=tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_cancelled_run_says_that_it_resumes(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises((CancelledError, ConfigError)):
        run(small_recipe(tmp_path / "r"), out=tmp_path / "out", settings=RunSettings(workers=1), cancel=token)


def test_a_move_cap_of_zero_is_refused_with_what_today_breaks(tmp_path: Path) -> None:
    settings = RunSettings(workers=1, max_moved_share=0.0)
    with pytest.raises(InfeasibleError, match=r"no outlet may change rep .* balance"):
        run(small_recipe(tmp_path / "r"), out=tmp_path / "out", settings=settings)


def test_one_team_only_plans_that_teams_visits(tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path / "r")
    scenario = open_scenario(recipe)
    team = scenario.teams.team_ids[0]
    settings = RunSettings(workers=1, team=team, sheet_weeks=(0,))
    result = run(recipe, out=tmp_path / "out", settings=settings)
    plan = result.visits.require_plan()
    teams = {int(scenario.reps.team_idx[rep]) for rep in plan.rep_idx.tolist()}
    assert teams == {0}


def test_names_that_do_not_exist_get_the_nearest_one(finished: tuple[Path, Path, RunResult]) -> None:
    scenario = finished[2].scenario
    with pytest.raises(ConfigError, match="did you mean 'big_pot'"):
        policy_named(scenario, "big_pott")
    with pytest.raises(ConfigError, match="no week"):
        weeks_named(scenario, "2026-W01")
    with pytest.raises(ConfigError, match="no rep"):
        reps_named(scenario, ["nobody"])
    assert list(weeks_named(scenario, "2026-W49")) == [0]
    assert list(weeks_named(scenario, "4")) == [3]
    assert list(weeks_named(scenario, None)) == [0, 1, 2, 3]
