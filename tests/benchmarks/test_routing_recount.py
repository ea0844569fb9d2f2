"""The replay of routes: one planted fault, exactly one violation; published solutions come to their published cost."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances.routing.cordeau import read_cordeau, read_cordeau_solution
from benchmarks.instances.routing.folders import beside, instance_files
from benchmarks.instances.routing.lines import table
from benchmarks.instances.routing.model import RoutingInstance, Vehicle, straight
from benchmarks.instances.routing.recount import Route, recount
from benchmarks.instances.routing.tsptw import read_tsptw, tour
from benchmarks.instances.routing.vrplib import read_vrplib, read_vrplib_solution


@pytest.fixture
def three_on_a_line() -> RoutingInstance:
    """Two days, two vehicles; customers 1, 2, 3 at 10, 20, 30; the third on day 2 only and by vehicle 2 only."""
    xy = np.array([[0.0, 0], [10, 0], [20, 0], [30, 0]])
    allowed = np.ones((4, 2), dtype=np.bool_)
    allowed[3, 0] = False
    return RoutingInstance(
        name="line",
        family="pvrp",
        num_days=2,
        vehicles=(Vehicle(home=0, shift=(0.0, 100.0), max_duration=75.0, capacity=10.0),) * 2,
        num_homes=1,
        labels=("0", "1", "2", "3"),
        xy=xy,
        cost=straight(xy),
        scale=1,
        service=np.array([0.0, 5, 5, 5]),
        demand=np.array([0.0, 5, 5, 5]),
        window=np.array([[0.0, 100], [0, 40], [15, 60], [30, 90]]),
        patterns=((), ((0,), (1,)), ((0, 1),), ((1,),)),
        allowed=allowed,
        score=np.array([0.0, 1, 2, 4]),
    )


LEGAL = (
    Route(vehicle=0, day=0, customers=(1, 2)),
    Route(vehicle=1, day=1, customers=(2, 3)),
)


def test_legal_routes_break_nothing_and_cost_what_they_travel(three_on_a_line):
    counted = recount(three_on_a_line, (*LEGAL, Route(vehicle=0, day=1, customers=())))
    assert counted.violations == ()
    assert (counted.objective, counted.unvisited) == (100, 0)


@pytest.mark.parametrize(
    ("rule", "amount", "routes"),
    [
        ("fleet", 1, (*LEGAL, Route(vehicle=2, day=0, customers=(1,)))),
        ("fleet", 1, (Route(vehicle=0, day=0, customers=(1,)), Route(vehicle=0, day=0, customers=(2,)), LEGAL[1])),
        ("customer", 1, (*LEGAL, Route(vehicle=1, day=0, customers=(0,)))),
        ("customer", 1, (*LEGAL, Route(vehicle=1, day=0, customers=(4,)))),
        ("twice", 1, (*LEGAL, Route(vehicle=1, day=0, customers=(1,)))),
        ("missing", 1, (Route(vehicle=0, day=0, customers=(2,)), LEGAL[1])),
        ("pattern", 1, (Route(vehicle=0, day=0, customers=(1,)), LEGAL[1])),
        ("window", 5, (Route(vehicle=0, day=0, customers=(2, 1)), LEGAL[1])),
        ("vehicle", 1, (LEGAL[0], Route(vehicle=0, day=1, customers=(2, 3)))),
    ],
)
def test_one_fault_in_the_routes_is_one_violation(three_on_a_line, rule, amount, routes):
    # 2 before 1 arrives at 1 at 35; the window is closed early for it
    instance = three_on_a_line
    if rule == "window":
        window = instance.window.copy()
        window[1, 1] = 30
        instance = replace(instance, window=window)
    found = recount(instance, routes).violations
    assert [(violation.rule, violation.amount) for violation in found] == [(rule, amount)]


@pytest.mark.parametrize(
    ("rule", "amount", "change"),
    [
        ("capacity", 1, {"capacity": 9.0}),
        ("return", 2, {"shift": (0.0, 68.0)}),
        ("duration", 1, {"max_duration": 69.0}),
    ],
)
def test_a_tighter_limit_is_one_violation(three_on_a_line, rule, amount, change):
    second = replace(three_on_a_line.vehicles[1], **change)
    instance = replace(three_on_a_line, vehicles=(three_on_a_line.vehicles[0], second))
    found = recount(instance, LEGAL).violations
    assert [(violation.rule, violation.amount) for violation in found] == [(rule, amount)]


def test_waiting_that_a_later_departure_saves_is_no_duration(three_on_a_line):
    window = three_on_a_line.window.copy()
    window[2], window[3] = [0, 90], [55, 90]
    instance = replace(three_on_a_line, window=window)
    # leaves at 20 for a route of 10 + 10 + 10 driving out, 10 service and 30 back, ending at 90
    assert recount(instance, LEGAL).violations == ()
    window[2] = [0, 25]
    held = replace(three_on_a_line, window=window)
    found = recount(held, LEGAL).violations
    assert [(violation.rule, violation.amount) for violation in found] == [("duration", 10)]


def test_scores_are_collected_once_and_nobody_is_missing(three_on_a_line):
    instance = replace(three_on_a_line, is_mandatory=False)
    counted = recount(instance, LEGAL[1:])
    assert counted.objective == 2 + 4
    assert [violation.rule for violation in counted.violations] == ["pattern"]


def published(folder: str) -> Path:
    """A folder of published routing instances."""
    data = os.environ.get("TERRITORY_DATA")
    if data is None:
        pytest.skip("TERRITORY_DATA names no folder with the published instances")
    return Path(data) / "routing" / folder


def test_published_periodic_solutions_come_to_their_cost():
    files = instance_files(published("pvrp_cordeau"), (".txt",))
    for name, path in files.items():
        instance = read_cordeau(path)
        cost, routes = read_cordeau_solution(beside(path, "solutions") / f"{name}.res", instance)
        counted = recount(instance, routes)
        assert counted.cost == pytest.approx(cost, abs=0.0051), name
        assert counted.violations == (), name


@pytest.mark.parametrize("folder", ["vrptw_gh1000", "sdvrptw", "mdvrptw"])
def test_published_solutions_with_time_windows_come_to_their_cost(folder):
    for name, path in instance_files(published(folder), (".vrp",)).items():
        instance = read_vrplib(path)
        cost, routes = read_vrplib_solution(beside(path, "solutions") / f"{name}.sol")
        counted = recount(instance, routes)
        assert counted.cost == cost, name
        assert counted.violations == (), name
        assert instance.is_exact


def test_published_permutations_of_salesmen_come_to_their_value():
    replayed = 0
    for name, path in instance_files(published("tsptw"), (".txt", ".tw", "")).items():
        row = table(beside(path, "bks.csv"), "instance")[path.name]
        if not row["bks_cost"]:
            continue
        counted = recount(read_tsptw(path), tour([int(word) for word in row["permutation_after_depot0"].split()]))
        assert counted.cost == pytest.approx(float(row["bks_cost"]), abs=0.0051), name
        assert counted.violations == (), name
        replayed += 1
    assert replayed > 200
