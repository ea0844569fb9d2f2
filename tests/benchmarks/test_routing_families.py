"""Routing families: an instance becomes a visits problem, its plan is replayed, and references are named."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contract import BenchmarkError
from benchmarks.instances.routing.cordeau import read_cordeau
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, straight
from benchmarks.instances.routing.recount import recount
from benchmarks.quality import routing_families as families
from benchmarks.quality import routing_references as known
from benchmarks.quality.routing_problem import bound_of, point_value, problem_of, routes_of
from territory.effort import Effort
from territory.units import SECONDS_PER_MIN
from territory.visits import plan_visits
from tests.benchmarks.test_routing_readers import MULTI, PERIODIC, SITES, SOLOMON, TOPTW, TSPTW, collection, put

FEW = Effort(iterations=200)


def options(**given: object) -> argparse.Namespace:
    """Parsed options."""
    return argparse.Namespace(**{"instance": None, "peer": None, **given})


def star(*, vehicles: int = 1, capacity: float | None = None, is_mandatory: bool = True) -> RoutingInstance:
    """Four customers at distance 10 from home in the four directions; a shift of 60; scores 1, 2, 4, 8."""
    xy = np.array([[0.0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]])
    return RoutingInstance(
        name="star",
        family="vrptw",
        num_days=1,
        vehicles=(Vehicle(home=0, shift=(0.0, 60.0), capacity=capacity),) * vehicles,
        num_homes=1,
        labels=tuple("01234"),
        xy=xy,
        cost=straight(xy),
        scale=1000,
        service=np.array([0.0, 1, 1, 1, 1]),
        demand=np.array([0.0, 1, 1, 1, 1]),
        window=np.tile([0.0, 60.0], (5, 1)),
        patterns=((), *(((0,),),) * 4),
        allowed=np.ones((5, vehicles), dtype=np.bool_),
        score=np.array([0.0, 1, 2, 4, 8]),
        is_mandatory=is_mandatory,
    )


def outcome_of(instance: RoutingInstance):
    """What a case of the instance comes to."""
    return families.routing_case(instance.name, instance, reference=None).run(FEW, 1)


def test_the_planned_objective_is_the_replayed_cost():
    instance = star(vehicles=2)
    instance = replace(instance, vehicles=(Vehicle(home=0, shift=(0.0, 70.0)),) * 2)
    outcome = outcome_of(instance)
    assert outcome.objective == pytest.approx(20 + 3 * np.sqrt(200))
    assert outcome.violations == 0
    assert (outcome.measures["routes"], outcome.measures["unplaced"]) == (1, 0)
    assert 0 < outcome.bound <= outcome.objective


def test_visits_that_find_no_place_leave_no_objective_and_are_counted_in_the_note():
    outcome = outcome_of(star(vehicles=1, capacity=3.0))
    assert outcome.objective is None
    assert outcome.violations == 0
    assert "1 visits not placed" in outcome.note


def test_the_largest_score_is_collected_whatever_the_way():
    outcome = outcome_of(star(vehicles=1, capacity=3.0, is_mandatory=False))
    assert outcome.objective == 2 + 4 + 8
    assert outcome.bound >= outcome.objective
    assert outcome.violations == 0


def test_one_point_of_score_is_worth_more_than_all_travel():
    instance = star(vehicles=2, is_mandatory=False)
    assert point_value(instance) > 2 * 60 * instance.scale
    assert bound_of(instance, 0.0) == 15
    assert bound_of(instance, (3 * point_value(instance) + 5) / SECONDS_PER_MIN) == 12
    # three points and some travel: no more than three are missed for sure, and two points need not be
    assert bound_of(instance, (3 * point_value(instance) - 5) / SECONDS_PER_MIN) == 13


def test_a_bound_gives_back_what_rounding_up_may_have_added():
    instance = star(vehicles=2)
    assert not instance.is_exact
    assert bound_of(instance, 1000.0) == (1000 * SECONDS_PER_MIN - (4 + 2)) / instance.scale
    assert bound_of(replace(instance, scale=1, cost=np.ceil(instance.cost)), 1.0) == SECONDS_PER_MIN


def test_patterns_vehicles_and_days_of_the_instance_are_the_problems(tmp_path):
    instance = read_cordeau(put(tmp_path / "p.txt", PERIODIC))
    problem = problem_of(instance)
    assert [[choice.days for choice in choices] for choices in problem.explicit] == [[(0, 1), (0, 2)], [(2,)]]
    assert problem.works_days.sum(axis=1).tolist() == [3, 3]
    assert problem.carry_limit.tolist() == [10, 10]
    assert problem.drive_s()[0, 1] == instance.travel_units[1, 2]
    assert problem.drive_s()[2, 0] == instance.travel_units[0, 1]
    plan = plan_visits(problem, effort=FEW, seed=1).require_plan()
    counted = recount(instance, routes_of(instance, plan))
    assert counted.violations == ()
    # customer 2 fits with customer 1 on day 3: two trips to 1, of which one passes by 2
    assert counted.cost == pytest.approx(5 + 5 + 1 + np.sqrt(18) + 5)


def test_a_day_too_short_for_everybody_uses_more_vehicles_but_no_more_than_given():
    instance = star(vehicles=3)
    assert problem_of(instance, fleet=2).num_reps == 2
    outcome = outcome_of(instance)
    assert (outcome.measures["routes"], outcome.violations) == (2, 0)


def test_a_longest_duration_inside_a_longer_opening_is_kept():
    limited = Vehicle(home=0, shift=(0.0, 80.0), max_duration=30.0)
    instance = replace(star(), vehicles=(limited,))
    assert problem_of(instance).longest_day_s.tolist() == [30_000]
    outcome = outcome_of(instance)
    assert (outcome.violations, outcome.note) == (0, "3 visits not placed")
    always_open = Vehicle(home=0, shift=(0.0, np.inf), max_duration=30.0)
    assert problem_of(replace(star(), vehicles=(always_open,))).shift_s.tolist() == [[0, 30_000]]


def folder_of(tmp_path: Path, name: str, text: str, tables: dict[str, str]) -> Path:
    """A folder with one instance and its tables."""
    put(tmp_path / "instances" / name, text)
    for table, content in tables.items():
        put(tmp_path / table, content)
    return tmp_path


PERMUTED = "instance,bks_cost,permutation_after_depot0"


@pytest.mark.parametrize(
    ("cases", "name", "text", "tables", "value"),
    [
        (
            families.pvrp_cases,
            "p.txt",
            PERIODIC,
            {"bks.csv": "instance,res_cost_rechecked,bks_recalled_vidal2012_unconfirmed\np,20,19\n"},
            19,
        ),
        (families.tsptw_cases, "n3.txt", TSPTW, {"bks.csv": "instance,bks_cost\nn3.txt,6.25\n"}, 6.25),
        (families.tsptw_cases, "n3.txt", TSPTW, {"bks.csv": f"{PERMUTED}\nn3.txt,6.24,1 2\n"}, 6.25),
        (families.tsptw_cases, "n3.txt", TSPTW, {"bks.csv": f"{PERMUTED}\nn3.txt,6.23,1 2\n"}, 6.23),
        (families.tsptw_cases, "n3.txt", TSPTW, {"bks.csv": f"{PERMUTED}\nn3.txt,6.24,1\n"}, 6.24),
        (
            families.vrptw_cases,
            "C1.txt",
            SOLOMON,
            {"bks_dimacs_1decimal.csv": "instance,vehicles,distance,source\nC1,1,10,Kohl99\n"},
            10,
        ),
        (families.vrplib_cases, "M.vrp", MULTI, {"bks.csv": "instance,bks_cost\nM,4828\n"}, 4828),
        (families.vrplib_cases, "S.vrp", SITES, {"bks.csv": "instance,bks_cost\nS,4000\n"}, 4000),
        (families.pvrp_if_cases, "R.geojson", collection(capacity=20), {"bks.csv": "instance,best_ub\nR,90*\n"}, 90),
    ],
)
def test_a_case_of_every_family_runs_and_names_its_reference(tmp_path, cases, name, text, tables, value):
    (case,) = cases(folder_of(tmp_path, name, text, tables), options())
    assert case.reference.value == value
    assert case.instance == name.rpartition(".")[0]
    outcome = case.run(FEW, 1)
    assert outcome.objective is not None
    assert outcome.violations == 0
    assert outcome.bound <= outcome.objective + 1e-9
    json.dumps({**case.options, **outcome.measures})


def test_orienteering_has_a_case_per_number_of_tours(tmp_path):
    folder = folder_of(tmp_path, "c1.txt", TOPTW, {"reference_scores.csv": "instance,m1,m2\nc1,8,15\n"})
    cases = families.toptw_cases(folder, options(tours=[1, 2]))
    assert [(case.instance, case.reference.value, case.sense) for case in cases] == [
        ("c1/m1", 8, "max"),
        ("c1/m2", 15, "max"),
    ]
    assert cases[1].run(FEW, 1).objective == 15


def test_collections_that_need_more_loads_than_vehicle_days_are_refused_with_their_number(tmp_path):
    folder = folder_of(tmp_path, "R.geojson", collection(capacity=9), {})
    with pytest.raises(BenchmarkError, match=r"1 of 1 instances cannot be run: R\.geojson line 1"):
        families.pvrp_if_cases(folder, options())


def test_four_disputed_values_are_those_of_cvrplib(tmp_path):
    tables = {"bks_dimacs_1decimal.csv": "instance,vehicles,distance,source\nR112,nan,946.7,Jepsen08\n"}
    folder = folder_of(tmp_path, "R112.txt", SOLOMON, tables)
    found = known.vrptw(folder / "instances" / "R112.txt")
    assert (found.value, found.source) == (948.6, "CVRPLIB, disputed")


@pytest.mark.parametrize(("routes", "published", "fleet"), [(10, 25, 13), (19, 25, 25), (3, 25, 6), (None, 25, 25)])
def test_a_fleet_without_practical_limit_is_cut_well_above_the_best_known_number(routes, published, fleet):
    assert known.safe_fleet(routes, published=published) == fleet
