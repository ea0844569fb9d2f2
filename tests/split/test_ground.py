"""What a problem is made of: units, neighbourhood, workload, homes, named conflicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.domain.reps import Teams
from territory.domain.rules import SplitRules
from territory.effort import Effort
from territory.split import SplitProblem, check, measures, redraw
from territory.split._ground import workload_min
from territory.split._neighbours import neighbour_pairs
from territory.split.conflicts import proof_of_infeasibility
from territory.split.kpi import flow_kept, pieces
from territory.standing import Status
from tests.towns import KM, grid_of_shops, line_of_shops, scenario_of, some_outlets, some_reps, with_outlets


def pairs_of(lat: list[float], lon: list[float], barriers: tuple[np.ndarray, ...] = ()) -> set[tuple[int, int]]:
    return {tuple(pair) for pair in neighbour_pairs(np.array(lat), np.array(lon), barriers).tolist()}  # type: ignore[misc]


def test_neighbours_on_a_line_are_a_chain() -> None:
    assert pairs_of([30.0] * 4, [100.0, 100.1, 100.2, 100.3]) == {(0, 1), (1, 2), (2, 3)}


def test_points_at_one_place_are_neighbours() -> None:
    assert pairs_of([30.0, 30.0, 30.0], [100.0, 100.0, 100.1]) == {(0, 1), (0, 2)}


def test_a_single_point_has_no_neighbour() -> None:
    assert pairs_of([30.0], [100.0]) == set()


def test_a_point_between_two_parts_them() -> None:
    assert (0, 1) not in pairs_of([30.0, 30.0, 30.02, 30.5], [100.0, 101.0, 100.5, 100.5])


def test_a_barrier_cuts_and_the_way_round_stays() -> None:
    lat = [30.0, 30.0, 30.1, 30.1, 30.2, 30.2]
    lon = [100.0, 100.1, 100.0, 100.1, 100.0, 100.1]
    river = np.array([[29.9, 100.05], [30.15, 100.05]])
    found = pairs_of(lat, lon, (river,))
    assert (0, 1) not in found
    assert (2, 3) not in found
    assert (4, 5) in found


def test_a_closed_barrier_leaves_a_part_alone() -> None:
    wall = np.array([[29.95, 99.95], [29.95, 100.05], [30.05, 100.05], [30.05, 99.95], [29.95, 99.95]])
    found = pairs_of([30.0, 30.0, 30.0], [100.0, 100.2, 100.3], (wall,))
    assert found == {(1, 2)}


def test_a_problem_cut_by_a_wall_is_refused_with_the_part_that_is_cut_off() -> None:
    wall = np.array([[29.0, 100.0 + 1.5 * KM], [31.0, 100.0 + 1.5 * KM]])
    scenario = replace(line_of_shops(10, 2, workload_tolerance=0.1), barriers=(wall,))
    result = redraw(SplitProblem.of(scenario), effort=Effort(iterations=1), seed=1)
    assert result.status is Status.INFEASIBLE
    assert result.reason is not None
    assert "cut off" in result.reason.en


def test_workload_is_visits_times_service_access_and_leg() -> None:
    scenario = line_of_shops(5, 1)
    work = workload_min(scenario)
    near = scenario.travel.seconds  # the four nearest of five points are all the others
    from territory.domain.travel import Places

    everyone = Places.of_outlets(scenario.outlets, np.arange(5))
    leg = near(everyone, everyone)[2].sum() / 4 / 60
    assert work[2] == pytest.approx(2 * (20.0 + 1.5 + leg), rel=1e-3)


def test_a_heavy_area_is_cut_on_the_map_and_keeps_its_groups_together() -> None:
    lon = [100.0 + i * KM for i in range(12)]
    outlets = some_outlets(
        [30.0] * 12,
        lon,
        area=Labels.of(["big"] * 10 + ["small"] * 2),
        group=Labels.of(["g"] * 2 + [""] * 10),
    )
    rules = SplitRules(workload_tolerance=0.3, potential_tolerance="unlimited", max_area_share=0.4)
    problem = SplitProblem.of(scenario_of(outlets, some_reps([30.0] * 2, [100.0, 100.1]), split=rules))
    units = problem.unit_of_outlet
    assert problem.num_units > 3
    assert units[0] == units[1]
    assert not (set(units[:10].tolist()) & set(units[10:].tolist()))
    assert {name.split("#")[0] for name in problem.unit_names} == {"big", "small"}


def test_flow_of_a_cut_area_is_shared_by_sales() -> None:
    outlets = some_outlets(
        [30.0] * 3,
        [100.0, 100.01, 100.02],
        area=Labels.of(["a", "a", "b"]),
        sales_per_week=np.array([30.0, 10.0, 50.0]),
        rep_idx=np.array([0, 1, 1]),
    )
    flow = np.array([[8.0, 4.0], [0.0, 2.0]])
    problem = SplitProblem.of(scenario_of(outlets, some_reps([30.0] * 2, [100.0, 100.02]), flow))
    kept = flow_kept(problem, np.array([0, 1, 1]))
    assert kept.kept_between == pytest.approx(4.0 * 0.25)
    assert kept.kept == pytest.approx(8.0 * (0.75**2 + 0.25**2) + 4.0 * 0.25 + 2.0)
    assert kept.total == pytest.approx(14.0)


def test_an_area_without_sales_shares_equally() -> None:
    outlets = some_outlets([30.0] * 2, [100.0, 100.01], area=Labels.of(["a", "a"]), sales_per_week=np.zeros(2))
    problem = SplitProblem.of(scenario_of(outlets, some_reps([30.0], [100.0])))
    assert problem.share_of_place.tolist() == [0.5, 0.5]


def test_given_adjacency_decides_between_areas() -> None:
    scenario = line_of_shops(4, 2)
    ring = sp.csr_matrix(np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]))
    problem = SplitProblem.of(replace(scenario, adjacency=ring))
    assert pieces(problem, np.array([0, 1, 1, 0])).tolist() == [1, 1]
    assert pieces(problem, np.array([0, 0, 1, 1])).tolist() == [2, 2]


def test_a_unit_shared_by_two_reps_counts_as_touched_by_both() -> None:
    outlets = some_outlets([30.0] * 4, [100.0, 100.01, 100.02, 100.03], area=Labels.of(["a", "a", "b", "c"]))
    problem = SplitProblem.of(scenario_of(outlets, some_reps([30.0] * 2, [100.0, 100.03])))
    assert pieces(problem, np.array([0, 1, 1, 1])).tolist() == [1, 1]


def test_a_pooled_team_is_one_territory() -> None:
    scenario = grid_of_shops(4, 6, 3, workload_tolerance=0.4)
    teams = Teams(team_ids=("T1",), names=("pool",), pooled=np.array([True]))
    reps = replace(scenario.reps, team_idx=np.array([0, 0, -1]))
    problem = SplitProblem.of(replace(scenario, teams=teams, reps=reps))
    assert problem.territory_ids == ("T1", "R2")
    assert problem.measures[0].target[0] == pytest.approx(2 * problem.measures[0].target[1])
    result = redraw(problem, effort=Effort(iterations=120_000), seed=1)
    plan = result.require_plan()
    assert check(problem, plan).is_clean
    inside = plan.rep_of_outlet != 2
    kept = inside & (scenario.outlets.rep_idx != 2)
    assert (plan.rep_of_outlet[kept] == scenario.outlets.rep_idx[kept]).all()


def test_flow_kept_by_team_counts_what_crosses_reps_of_one_team() -> None:
    scenario = line_of_shops(8, 4)
    teams = Teams(team_ids=("W", "E"), names=("west", "east"), pooled=np.array([False, False]))
    reps = replace(scenario.reps, team_idx=np.array([0, 0, 1, 1]))
    problem = SplitProblem.of(replace(scenario, teams=teams, reps=reps))
    plan = Assignment(rep_of_outlet=np.repeat(np.arange(4), 2))
    values = {measure.name: measure.value for measure in measures(problem, plan)}
    assert values["flow_kept_between"] == pytest.approx(100 * 4 / 7)
    assert values["flow_kept_teams"] == pytest.approx(100 * 6 / 7)


def test_a_rare_skill_is_an_exception_that_may_lie_apart() -> None:
    scenario = line_of_shops(8, 2)
    reps = replace(scenario.reps, skills=(frozenset({"key_account"}), frozenset()))
    outlets = replace(scenario.outlets, skill=Labels.of([""] * 7 + ["key_account"]))
    problem = SplitProblem.of(replace(scenario, reps=reps, outlets=outlets))
    plan = redraw(problem, effort=Effort(iterations=60_000), seed=1).require_plan()
    assert plan.rep_of_outlet[7] == 0
    assert check(problem, plan).is_clean


def test_an_outlet_tied_to_a_team_is_served_by_it() -> None:
    scenario = line_of_shops(8, 2)
    teams = Teams(team_ids=("E", "W"), names=("east", "west"), pooled=np.array([False, False]))
    reps = replace(scenario.reps, team_idx=np.array([0, 1]))
    outlets = replace(scenario.outlets, team=Labels.of(["W"] + [""] * 7))
    problem = SplitProblem.of(replace(scenario, teams=teams, reps=reps, outlets=outlets))
    plan = redraw(problem, effort=Effort(iterations=60_000), seed=1).require_plan()
    assert plan.rep_of_outlet[0] == 1


@pytest.mark.parametrize(
    ("columns", "rules", "words"),
    [
        ({"locked": np.array([True] * 6 + [False] * 2), "rep_idx": np.zeros(8, dtype=int)}, {}, "locked to R0"),
        ({"group": Labels.of(["g"] * 7 + [""])}, {}, "alone has workload"),
        (
            {"group": Labels.of(["g", "g"] + [""] * 6), "locked": np.array([True, True] + [False] * 6)},
            {},
            "A000 (locked to R0), A001 (locked to R1) together",
        ),
    ],
)
def test_conflicts_are_named(columns: dict[str, object], rules: dict[str, object], words: str) -> None:
    scenario = with_outlets(line_of_shops(8, 2, workload_tolerance=0.2, **rules), **columns)
    reason = proof_of_infeasibility(SplitProblem.of(scenario))
    assert reason is not None
    assert words in reason.en
    assert reason.zh


def test_more_reps_than_units_is_named() -> None:
    reason = proof_of_infeasibility(SplitProblem.of(line_of_shops(2, 3)))
    assert reason is not None
    assert "3 territories need at least 3 basic units" in reason.en


def test_measures_of_today_count_nothing_as_moved() -> None:
    scenario = grid_of_shops(5, 5, 3)
    problem = SplitProblem.of(scenario)
    values = {m.name: m.value for m in measures(problem, Assignment.today(scenario.outlets))}
    assert values["moved_outlets"] == 0
    assert values["moved_sales"] == 0


def test_the_problem_refuses_wrong_shapes() -> None:
    problem = SplitProblem.of(line_of_shops(4, 2))
    with pytest.raises(ValueError, match="allowed"):
        replace(problem, allowed=np.ones((4, 3), dtype=np.bool_))
    with pytest.raises(ValueError, match="flow place"):
        replace(problem, place_of_outlet=np.array([0, 1, 2, -1]))
