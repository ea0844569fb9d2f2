"""What split, routes and policy add: contrasts that add up, on common random numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from territory.domain.scenario import Scenario
from territory.effort import CancelToken, Effort
from territory.io import read_assignment
from territory.pipeline import open_scenario
from territory.pipeline.combination_view import combination_json, combination_report, write_combination
from territory.pipeline.combinations import Combination, Effect, compare_grounds, effects_of
from territory.pipeline.grounds import ROUTES, SPLITS, TODAY_VISITS, Efforts, Ground, build_grounds, coupling
from territory.pipeline.stages import Bench, at_work
from territory.policy import PolicyProblem
from territory.progress import SILENT
from tests.policy.policy_towns import policy, two_teams
from tests.recipes import small_recipe

POLICIES = {
    "as_it_is": policy(),
    "pay": policy(commission={"share": 0.2}),
    "watch": policy(anti_gaming={"audit_rate": 0.3}),
}
EFFORTS = Efforts(split=Effort(iterations=100_000), visits=Effort(iterations=100))


def ground(split: str, routes: str, problem: PolicyProblem) -> Ground:
    return Ground(split=split, routes=routes, problem=problem)  # type: ignore[arg-type]


def four_grounds() -> tuple[Ground, ...]:
    """A redrawn split halves the border, planned routes take a quarter off the road."""
    town = two_teams(6)
    inside = {"cross_flow": town.cross_flow / 2}
    shorter = {"drive_min": 0.75 * town.drive_min}
    return (
        ground("today", "today", town),
        ground("today", "planned", replace(town, **shorter)),
        ground("redrawn", "today", replace(town, **inside)),
        ground("redrawn", "planned", replace(town, **inside, **shorter)),
    )


def bench() -> Bench:
    return Bench(seed=3, executor=None, journal=None, progress=SILENT, cancel=CancelToken())


@pytest.fixture(scope="module")
def combination() -> Combination:
    return compare_grounds(four_grounds(), POLICIES, replications=10, bench=bench())


def by_name(effects: tuple[Effect, ...]) -> dict[str, Effect]:
    return {effect.name: effect for effect in effects}


def test_every_contrast_compares_like_with_like() -> None:
    for effect in effects_of(four_grounds(), list(POLICIES)):
        assert sum(effect.weights.values()) == 0
        assert effect.values(np.full((3, 12), 7.0)).tolist() == [0.0, 0.0, 0.0]


def test_alone_and_beyond_add_up_to_together() -> None:
    table = np.random.default_rng(1).normal(size=(5, 12))
    effects = by_name(effects_of(four_grounds(), list(POLICIES)))
    for name in ("split+routes", "split+routes+pay", "split+routes+watch"):
        parts = sum(effects[part].values(table) for part in name.split("+"))
        assert parts + effects[f"{name}:beyond"].values(table) == pytest.approx(effects[name].values(table))


def test_contrasts_take_the_combinations_they_name() -> None:
    effects = by_name(effects_of(four_grounds(), list(POLICIES)))
    assert effects["routes"].weights == {3: 1, 0: -1}
    assert effects["split"].weights == {6: 1, 0: -1}
    assert effects["pay"].weights == {1: 1, 0: -1}
    assert effects["split+routes+watch"].weights == {11: 1, 0: -1}
    assert effects["split+routes+watch:beyond"].weights == {11: 1, 0: 2, 6: -1, 3: -1, 2: -1}


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ((0,), ["pay", "watch"]),
        ((0, 1), ["routes", "pay", "watch", "routes+pay", "routes+pay:beyond", "routes+watch", "routes+watch:beyond"]),
        ((0, 2), ["split", "pay", "watch", "split+pay", "split+pay:beyond", "split+watch", "split+watch:beyond"]),
    ],
)
def test_fewer_grounds_make_fewer_effects(places: tuple[int, ...], names: list[str]) -> None:
    grounds = [four_grounds()[place] for place in places]
    assert [effect.name for effect in effects_of(grounds, list(POLICIES))] == names


def test_a_narrower_border_leaves_less_to_dump_and_shorter_roads_more_time(combination: Combination) -> None:
    effects = by_name(combination.effects)
    assert combination.estimate(effects["split"], "gaming_index").high_together < 0
    assert combination.estimate(effects["routes"], "drive_share").high_together < 0
    assert combination.reading(effects["split"], "gaming_index").en == "better"


def test_pairing_makes_the_effect_of_the_ground_surer_than_two_runs_would(combination: Combination) -> None:
    sales = combination.comparison.of_measure("true_sales")
    effect = by_name(combination.effects)["split"]
    assert effect.values(sales).std() < 0.5 * sales[:, 0].std()


def test_what_is_beyond_the_sum_is_said_as_help_or_hindrance(combination: Combination) -> None:
    said = {
        combination.reading(effect, measure.name).en
        for effect in combination.effects
        if effect.kind == "beyond"
        for measure in combination.comparison.rows
    }
    assert not said & {"better", "worse"}
    assert said & {"they help each other", "they get in each other's way"}


def test_the_report_has_a_row_per_effect_and_a_line_per_combination(combination: Combination, tmp_path: Path) -> None:
    case = open_scenario(small_recipe(tmp_path / "recipe"))
    report = combination_report(combination, case)
    assert len(report.arms) == 12
    assert len(report.effects) == 2 + 2 + 2 * 3
    assert len(report.grounds) == 4
    written = write_combination(combination, report, tmp_path / "out", "zh")
    assert [path.name for path in written] == ["combinations.html", "combinations.pdf"]
    for name in ("combinations.csv", "effects.csv", "grounds.csv", "combinations.json"):
        assert (tmp_path / "out" / name).stat().st_size > 0
    answer = combination_json(combination, report)
    assert answer["effects"]["true_sales"]["split"]["kind"] == "alone"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return open_scenario(small_recipe(tmp_path_factory.mktemp("grounds") / "recipe"))


@pytest.fixture(scope="module")
def made(case: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Ground, ...]]:
    """All four grounds from nothing, and the folder they were written to."""
    folder = tmp_path_factory.mktemp("made")
    with at_work(seed=1, workers=1, folder=folder, progress=SILENT, cancel=CancelToken()) as here:
        grounds = build_grounds(
            case, splits=SPLITS, routes=ROUTES, plan=None, target=folder, efforts=EFFORTS, bench=here
        )
    return folder, grounds


def test_grounds_are_made_where_no_folder_is_given(case: Scenario, made: tuple[Path, tuple[Ground, ...]]) -> None:
    folder, grounds = made
    assert [(ground.split, ground.routes) for ground in grounds] == [(s, r) for s in SPLITS for r in ROUTES]
    assert read_assignment(case, folder / "assignment.csv").rep_of_outlet.tolist() != case.outlets.rep_idx.tolist()
    assert (folder / "visits.csv").exists()
    assert (folder / TODAY_VISITS).exists()


def test_routes_change_the_road_and_not_the_border(made: tuple[Path, tuple[Ground, ...]]) -> None:
    today, planned, redrawn, _ = (ground.problem for ground in made[1])
    assert (today.cross_flow == planned.cross_flow).all()
    assert (today.drive_min != planned.drive_min).any()
    assert (today.cross_flow != redrawn.cross_flow).any()


def test_what_an_earlier_run_wrote_is_taken_and_not_made_again(
    case: Scenario, made: tuple[Path, tuple[Ground, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr("territory.pipeline.grounds.split_stage", refuse)
    monkeypatch.setattr("territory.pipeline.stages.visits_stage", refuse)
    folder, grounds = made
    again = build_grounds(
        case, splits=SPLITS, routes=ROUTES, plan=folder, target=tmp_path, efforts=EFFORTS, bench=bench()
    )
    assert [ground.problem.digest() for ground in again] == [ground.problem.digest() for ground in grounds]
    assert list(tmp_path.iterdir()) == []


def test_coupling_measures_what_the_problem_says() -> None:
    town = two_teams(4)
    found = {measure.name: measure.value for measure in coupling(town)}
    sales = town.potential.sum(axis=1)
    assert found["border_flow"] == pytest.approx(100 * float(sales @ town.cross_flow.sum(axis=1)) / float(sales.sum()))
    assert found["visits_planned"] == pytest.approx(100.0)
    farther = {m.name: m.value for m in coupling(replace(town, drive_min=2 * town.drive_min))}
    assert farther["drive_share"] > found["drive_share"]
    assert farther["border_flow"] == found["border_flow"]
