"""Outlets kept apart, seed points, affinities, compactness, the number of outlets, and homes that do not count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.domain.reps import Teams
from territory.domain.rules import SplitRules
from territory.domain.scenario import Scenario
from territory.split import SplitProblem, check, measures
from territory.split._exact import solve_exactly
from territory.split._instance import instance_of
from territory.split.check import objective_terms
from territory.split.kpi import compactness_km, inertia
from territory.split.solve import to_assignment
from tests.split.random_problems import random_problem
from tests.towns import KM, grid_of_shops, line_of_shops, scenario_of, some_outlets, some_reps, with_outlets


def area_of_six(**columns: object) -> Scenario:
    """One market area of six shops in a row, two shops of other areas at its ends, two reps."""
    lon = [100.0 + i * KM for i in range(8)]
    outlets = some_outlets(
        [30.0] * 8, lon, area=Labels.of(["west", *["long"] * 6, "east"]), rep_idx=np.arange(8) // 4, **columns
    )
    rules = SplitRules(workload_tolerance=0.9, potential_tolerance="unlimited", max_area_share=10.0)
    return scenario_of(outlets, some_reps([30.0] * 2, [100.0, 100.0 + 7 * KM]), split=rules)


def with_reps(scenario: Scenario, **columns: object) -> Scenario:
    return replace(scenario, reps=replace(scenario.reps, **columns))  # type: ignore[arg-type]


def names_of(problem: SplitProblem) -> list[str]:
    """The unit of each outlet by name."""
    return [problem.unit_names[u] for u in problem.unit_of_outlet.tolist()]


def optimum(problem: SplitProblem) -> Assignment:
    answer = solve_exactly(instance_of(problem), deterministic_time=5.0, seed=1)
    assert answer.is_proved
    assert answer.label is not None
    return to_assignment(problem, answer.label)


def term(problem: SplitProblem, rep: list[int] | np.ndarray, name: str) -> float:
    terms = {term.name: term.points for term in objective_terms(problem, np.asarray(rep))}
    return terms[name]


# outlets kept apart and seed points: units


def test_outlets_kept_apart_in_one_area_become_units_tied_to_its_rest() -> None:
    problem = SplitProblem.of(area_of_six(apart=Labels.of(["", "", "r", "", "r", "", "", ""])))
    assert names_of(problem) == ["west", "long", "long (A002)", "long", "long (A004)", "long", "long", "east"]
    assert not problem.is_exempt.any()
    near = problem.neighbours.toarray() != 0
    place = {name: u for u, name in enumerate(problem.unit_names)}
    assert near[place["long"], [place["long (A002)"], place["long (A004)"]]].all()
    assert not near[place["long (A002)"], place["long (A004)"]]


def test_labels_of_different_areas_leave_the_areas_whole() -> None:
    problem = SplitProblem.of(area_of_six(apart=Labels.of(["r", "", "r", "", "q", "", "", "q"])))
    assert sorted(set(names_of(problem))) == ["east", "long", "west"]


def test_an_outlet_kept_apart_takes_its_group_along() -> None:
    problem = SplitProblem.of(
        area_of_six(
            apart=Labels.of(["", "", "r", "", "r", "", "", ""]), group=Labels.of(["", "", "g", "g", "", "", "", ""])
        )
    )
    assert names_of(problem)[2:5] == ["long (group g)", "long (group g)", "long (A004)"]


def test_an_area_of_outlets_kept_apart_alone_is_a_chain() -> None:
    scenario = area_of_six(apart=Labels.of(["", *["r"] * 6, ""]))
    wall = np.array([[29.0, 100.0 + 2.5 * KM], [31.0, 100.0 + 2.5 * KM]])
    problem = SplitProblem.of(replace(scenario, barriers=(wall,)))
    assert problem.num_units == 8
    long = [u for u, name in enumerate(problem.unit_names) if name.startswith("long")]
    inside = problem.neighbours[long][:, long]
    assert sp.csgraph.connected_components(inside, directed=False)[0] == 1


def test_given_neighbours_do_not_cut_a_singled_outlet_off() -> None:
    """A shop far from the rest of its area, among those of an area that does not touch it."""
    lon = [100.0 + i * KM for i in (0, 1, 5, 4, 6)]
    outlets = some_outlets(
        [30.0] * 5, lon, area=Labels.of(["a", "a", "a", "b", "b"]), apart=Labels.of(["", "r", "r", "", ""])
    )
    scenario = scenario_of(outlets, some_reps([30.0] * 2, [100.0, 100.0 + 5 * KM]))
    problem = SplitProblem.of(replace(scenario, adjacency=sp.csr_matrix((2, 2))))
    place = {name: u for u, name in enumerate(problem.unit_names)}
    assert problem.neighbours[place["a (A002)"], place["a"]] == 1


def test_an_area_with_two_reps_seed_points_is_cut_and_with_one_is_not() -> None:
    two = SplitProblem.of(with_reps(area_of_six(), seed_outlet_idx=np.array([2, 5])))
    assert names_of(two)[1:7] == ["long", "long (A002)", "long", "long", "long (A005)", "long"]
    one = SplitProblem.of(with_reps(area_of_six(), seed_outlet_idx=np.array([2, -1])))
    assert set(names_of(one)) == {"west", "long", "east"}
    assert optimum(one).rep_of_outlet[1:7].tolist() == [0] * 6


def test_rare_skills_kept_apart_are_units_of_their_own_and_stay_exempt() -> None:
    scenario = with_reps(area_of_six(), skills=(frozenset({"wine"}), frozenset()))
    scenario = with_outlets(
        scenario,
        skill=Labels.of(["", "wine", "wine", "", "", "", "", ""]),
        apart=Labels.of(["", "r", "r", "", "", "", "", ""]),
    )
    problem = SplitProblem.of(scenario)
    assert names_of(problem)[1:3] == ["long (skill, A001)", "long (skill, A002)"]
    assert problem.is_exempt[problem.unit_of_outlet[1:3]].all()


def test_no_unit_holds_two_outlets_to_keep_apart_unless_a_lock_or_a_group_holds_them_together() -> None:
    found = 0
    for number in range(400):
        problem = random_problem(number)
        for label in np.unique(problem.apart[problem.apart >= 0]).tolist():
            rows = np.flatnonzero(problem.apart == label)
            units, count = np.unique(problem.unit_of_outlet[rows], return_counts=True)
            found += len(rows)
            for unit in units[count > 1].tolist():
                inside = rows[problem.unit_of_outlet[rows] == unit]
                is_group = len(set(problem.group[inside].tolist())) == 1 and problem.group[inside[0]] >= 0
                assert problem.locked[inside].all() or is_group, (number, problem.unit_names[unit])
    assert found > 200


def test_the_optimum_keeps_labels_apart_and_seed_points_home() -> None:
    scenario = line_of_shops(8, 2, workload_tolerance=0.6)
    scenario = with_outlets(scenario, apart=Labels.of(["", "r", "r", "", "", "", "", ""]))
    problem = SplitProblem.of(with_reps(scenario, seed_outlet_idx=np.array([7, -1])))
    plan = optimum(problem)
    assert check(problem, plan).is_clean
    assert plan.rep_of_outlet[7] == 0
    assert plan.rep_of_outlet[1] != plan.rep_of_outlet[2]


def test_a_pooled_team_holds_the_seed_points_of_all_its_members() -> None:
    scenario = grid_of_shops(4, 6, 3, workload_tolerance=0.4)
    teams = Teams(team_ids=("T1",), names=("pool",), pooled=np.array([True]))
    scenario = with_reps(scenario, team_idx=np.array([0, -1, 0]), seed_outlet_idx=np.array([3, -1, 9]))
    problem = SplitProblem.of(replace(scenario, teams=teams))
    assert problem.territory_ids == ("T1", "R1")
    assert np.flatnonzero(problem.seed_territory == 0).tolist() == [3, 9]
    inside = np.where(np.isin(np.arange(24), [3]), 1, 0)
    assert [v.rule for v in check(problem, Assignment(rep_of_outlet=inside)).violations if v.rule == "seed"] == ["seed"]


def test_violations_name_the_outlets_and_say_by_how_much() -> None:
    scenario = line_of_shops(6, 2, workload_tolerance=0.9)
    scenario = with_outlets(scenario, apart=Labels.of(["r", "r", "r", "", "", ""]))
    problem = SplitProblem.of(with_reps(scenario, seed_outlet_idx=np.array([5, -1])))
    found = check(problem, Assignment(rep_of_outlet=np.array([0, 0, 0, 1, 1, 1]))).violations
    assert [str(violation) for violation in found] == [
        "apart: A000, A001, A002 in R0 by 2 outlets too many",
        "seed: A005, seed point of R0 by 1 outlet in another territory",
    ]


# affinity


def test_affinity_lost_is_priced_by_sales_and_a_pooled_team_counts_its_best_member() -> None:
    scenario = line_of_shops(3, 3, price_affinity=0.5)
    scenario = with_outlets(scenario, sales_per_week=np.array([50.0, 30.0, 20.0]))
    teams = Teams(team_ids=("T",), names=("pool",), pooled=np.array([True]))
    scenario = with_reps(scenario, team_idx=np.array([0, 0, -1]))
    affinity = sp.csr_matrix(np.array([[0.2, 0.8, 0.0], [0.0, 0.0, 0.4], [0.0, 0.5, 1.0]]))
    problem = SplitProblem.of(replace(scenario, teams=teams, affinity=affinity))
    assert problem.affinity is not None
    assert problem.affinity.toarray().tolist() == [[0.8, 0.0], [0.0, 0.4], [0.5, 1.0]]
    # kept: 50 x 0.8 + 30 x 0.4 + 20 x 0.5 = 62 of 100
    assert term(problem, [0, 1, 0], "lost_affinity") == pytest.approx(0.5 * 38.0)
    values = {m.name: m.value for m in measures(problem, Assignment(rep_of_outlet=np.array([0, 2, 0])))}
    assert values["affinity_kept"] == pytest.approx(62.0)


def test_without_affinities_nothing_is_said_about_them() -> None:
    problem = SplitProblem.of(line_of_shops(4, 2, price_affinity=0.5))
    plan = Assignment(rep_of_outlet=np.array([0, 0, 1, 1]))
    assert "lost_affinity" not in {term.name for term in check(problem, plan).terms}
    assert "affinity_kept" not in {m.name for m in measures(problem, plan)}


# compactness


def test_inertia_is_about_the_best_central_outlet() -> None:
    problem = SplitProblem.of(line_of_shops(7, 2, price_compactness=1.0))
    problem = replace(problem, measures=(replace(problem.measures[0], amount=np.array([1.0, 1, 1, 1, 2, 2, 2])),))
    found = inertia(problem, np.array([0, 0, 0, 0, 1, 1, 1]))
    km = (np.pi / 180 * 6371.0088 * KM * np.cos(np.radians(30.0))) ** 2  # square of a step on the line
    assert found.tolist() == pytest.approx([(1 + 0 + 1 + 4) * km, 4 * km])
    assert compactness_km(problem, np.array([0, 0, 0, 0, 1, 1, 1])) == pytest.approx(np.sqrt(10 * km / 10))
    scale = problem.inertia_scale()
    assert term(problem, [0, 0, 0, 0, 1, 1, 1], "compactness") == pytest.approx(100 * 10 * km / scale)


def test_an_unserved_outlet_and_an_empty_territory_have_no_inertia() -> None:
    problem = SplitProblem.of(line_of_shops(4, 2))
    assert inertia(problem, np.array([-1, 0, -1, -1])).tolist() == pytest.approx([0.0, 0.0])


def test_a_high_price_of_compactness_gives_the_most_compact_halves() -> None:
    scenario = grid_of_shops(2, 6, 2, price_compactness=50.0, price_moved=0.0, price_travel=0.0)
    plan = optimum(SplitProblem.of(scenario)).rep_of_outlet.reshape(2, 6)
    assert (plan[:, :3] == plan[0, 0]).all()
    assert (plan[:, 3:] == plan[0, 5]).all()


# the number of outlets, and homes


def test_the_number_of_outlets_is_a_balance_measure_only_when_it_is_limited() -> None:
    assert [m.name for m in SplitProblem.of(line_of_shops(6, 2)).measures] == ["workload", "potential"]
    scenario = with_reps(line_of_shops(6, 2, count_tolerance=0.4), capacity_min=np.array([2.0, 1.0]))
    problem = SplitProblem.of(replace(scenario, split=scenario.split.model_copy(update={"workload_tolerance": 1.0})))
    count = problem.measures[2]
    assert (count.name, count.unit, count.target.tolist()) == ("count", "outlets", [4.0, 2.0])
    broken = check(problem, Assignment(rep_of_outlet=np.array([0, 0, 0, 1, 1, 1]))).violations
    assert [(v.subject, round(v.amount, 9)) for v in broken] == [("count of R1 over its band", 0.2)]
    values = {m.name: m.value for m in measures(problem, Assignment(rep_of_outlet=np.array([0, 0, 0, 1, 1, 1])))}
    assert values["count_max"] == 1.5
    assert values["count_deviation"] == 50.0


def test_free_homes_cost_no_travel_and_the_report_says_so() -> None:
    free = SplitProblem.of(line_of_shops(6, 2, homes="free", price_travel=3.0))
    fixed = SplitProblem.of(line_of_shops(6, 2, price_travel=3.0))
    plan = Assignment(rep_of_outlet=np.array([1, 1, 1, 0, 0, 0]))
    assert term(free, plan.rep_of_outlet, "home_travel") == 0.0
    assert term(fixed, plan.rep_of_outlet, "home_travel") > 300.0
    told = {m.name: m for m in measures(free, plan)}["home_travel"]
    assert "homes free" in told.label.en
    assert "不计入" in told.label.zh
    assert told.value == {m.name: m for m in measures(fixed, plan)}["home_travel"].value


def test_the_problem_refuses_affinities_of_another_shape() -> None:
    problem = SplitProblem.of(line_of_shops(4, 2))
    with pytest.raises(ValueError, match="affinity"):
        replace(problem, affinity=sp.csr_matrix((4, 3)))
