"""PyVRP and VROOM beside ours: the same numbers go in, the same recount judges what comes out."""

import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.harness import rows
from benchmarks.instances.routing.model import RoutingInstance, Vehicle
from benchmarks.instances.routing.recount import recount
from benchmarks.peers import installed
from benchmarks.peers import routes as peers
from benchmarks.peers.beside import compared, peers_table
from benchmarks.peers.one_day import one_day
from benchmarks.peers.routes import require_router
from benchmarks.quality.routing_problem import problem_of
from territory.effort import Effort
from tests.benchmarks.test_routing_families import star
from tests.benchmarks.test_routing_readers import SOLOMON, put

SECOND = Effort(cpu_seconds=0.3)
BOTH = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(importlib.util.find_spec(module) is None, reason=f"{package} is not installed"),
    )
    for name, (module, package) in installed.PROGRAMS.items()
    if name in peers.ROUTERS
]


def team() -> RoutingInstance:
    """The star with three vehicles that carry two each; the second may not visit customer 1; one has a short shift."""
    instance = star(vehicles=3, capacity=2.0)
    allowed = instance.allowed.copy()
    allowed[1, 1] = False
    short = Vehicle(home=0, shift=(0.0, 50.0), capacity=2.0)
    return replace(instance, vehicles=(instance.vehicles[0], instance.vehicles[1], short), allowed=allowed)


def test_other_programs_get_the_whole_numbers_that_the_planner_gets():
    instance = team()
    problem = problem_of(instance)
    day = one_day(instance, problem)
    assert np.array_equal(day.travel[1:, 1:], problem.drive_s()[:4, :4])
    assert np.array_equal(day.travel[0, 1:], problem.drive_s()[4, :4])
    assert np.array_equal(day.service, problem.service_s)
    assert day.window.tolist() == [[0, 60_000]] * 4
    assert (day.value == problem.missing_price_s).all()
    assert day.score.tolist() == [1, 2, 4, 8]


def test_vehicles_that_are_alike_are_one_kind_and_routes_come_back_to_one_of_them():
    instance = replace(star(vehicles=3), vehicles=(*team().vehicles[:2], team().vehicles[0]))
    instance = replace(instance, allowed=team().allowed)
    day = one_day(instance, problem_of(instance))
    assert [kind.members for kind in day.kinds] == [(0, 2), (1,)]
    assert [kind.allowed for kind in day.kinds] == [None, frozenset({1, 2, 3})]
    found = day.routes([(1, [1]), (0, [0]), (0, [3, 2])])
    assert [(route.vehicle, route.customers) for route in found] == [(1, (2,)), (0, (1,)), (2, (4, 3))]


def test_a_longest_day_counts_only_where_it_is_shorter_than_the_shift():
    long, short = (Vehicle(home=0, shift=(0.0, 60.0), max_duration=most) for most in (60.0, 45.0))
    instance = replace(star(vehicles=2), vehicles=(long, short))
    assert [kind.longest for kind in one_day(instance, problem_of(instance)).kinds] == [None, 45_000]


def test_what_a_program_does_not_know_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda _name: object())
    instance = star()
    short = replace(instance, vehicles=(Vehicle(home=0, shift=(0.0, 60.0), max_duration=45.0),))
    large = replace(instance, is_mandatory=False, score=100 * instance.score)
    for name, wrong, why in (
        ("pyvrp", replace(instance, num_days=2), "2 days; pyvrp plans one"),
        ("vroom", short, "star: VROOM knows no longest day"),
        ("vroom", large, "star: VROOM knows priorities up to 100"),
    ):
        with pytest.raises(BenchmarkError, match=why):
            require_router(name, wrong)
    for name, right in (("pyvrp", short), ("pyvrp", large), ("vroom", instance), (None, replace(instance, num_days=2))):
        require_router(name, right)


def test_an_effort_in_iterations_is_refused():
    with pytest.raises(BenchmarkError, match="effort in seconds"):
        peers.peer_measures("pyvrp", star(), problem_of(star()), Effort(iterations=10), 1)


@pytest.mark.parametrize("name", peers.ROUTERS)
def test_a_program_that_is_not_there_is_named_with_what_brings_it(name, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda _name: None)
    put(tmp_path / "instances" / "C1.txt", SOLOMON)
    assert main(["vrptw", str(tmp_path), "--peer", name]) == 2
    assert f"pip install {installed.PROGRAMS[name][1]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ours", "theirs", "sense", "verdict"),
    [
        (10.0, 11.0, "min", 1),
        (10.0, 11.0, "max", -1),
        (10.0, 10.0, "min", 0),
        (None, 11.0, "min", -1),
        (10.0, None, "max", 1),
        (None, None, "min", 0),
    ],
)
def test_who_is_better(ours, theirs, sense, verdict):
    assert compared({"objective": ours, "peer_objective": theirs, "sense": sense}) == verdict


def test_the_table_counts_runs_and_means_the_gaps_where_both_have_a_solution():
    common = {"peer": "pyvrp", "sense": "min", "reference": 100.0}
    found = peers_table(
        [
            {**common, "objective": 101.0, "peer_objective": 103.0},
            {**common, "objective": 110.0, "peer_objective": 100.0},
            {**common, "objective": 150.0, "peer_objective": None},
            {"objective": 1.0},
        ]
    )
    cells = {column.header: list(column.cells) for column in found.columns}
    assert cells == {
        "peer": ["pyvrp"],
        "runs": ["3"],
        "better": ["2"],
        "alike": ["0"],
        "worse": ["1"],
        "unsolved": ["0"],
        "peer unsolved": ["1"],
        "mean gap %": ["5.50"],
        "peer mean gap %": ["1.50"],
    }
    assert peers_table([{"objective": 1.0}]) is None


def test_a_peer_runs_after_the_case_with_its_effort_and_seed():
    told = []
    outcome = Outcome(objective=1.0, bound=None, violations=0, status="FEASIBLE")

    def run(_effort: Effort, seed: int) -> Outcome:
        told.append(("ours", seed))
        return outcome

    def peer(effort: Effort, seed: int) -> dict[str, object]:
        told.append(("peer", seed, effort.cpu_seconds))
        return {"peer": "x", "peer_objective": 2.0}

    case = Case(instance="i", sense="min", unit="m", run=run, peer=peer)
    (row,) = rows("f", [case], seeds=1, seconds=0.5, clock="cpu")
    assert told == [("ours", 1), ("peer", 1, 0.5)]
    assert (row["peer"], row["peer_objective"]) == ("x", 2.0)


@pytest.mark.parametrize("name", BOTH)
def test_a_team_with_rules_is_planned_by_each_and_counted_like_ours(name):
    found = peers.peer_measures(name, team(), problem_of(team()), SECOND, 1)
    assert (found["peer"], found["peer_violations"], found["peer_unvisited"]) == (name, 0, 0)
    # two routes of two neighbours
    assert found["peer_objective"] == pytest.approx(40 + 2 * np.sqrt(200))


@pytest.mark.parametrize("name", BOTH)
def test_the_largest_score_is_what_each_is_asked_for(name):
    instance = star(vehicles=1, capacity=3.0, is_mandatory=False)
    assert peers.peer_measures(name, instance, problem_of(instance), SECOND, 1)["peer_objective"] == 2 + 4 + 8


@pytest.mark.parametrize("name", BOTH)
def test_what_cannot_be_visited_leaves_no_objective(name):
    instance = star(vehicles=1, capacity=3.0)
    found = peers.peer_measures(name, instance, problem_of(instance), SECOND, 1)
    assert found["peer_objective"] is None
    assert found["peer_unvisited"] + found["peer_violations"] >= 1


@pytest.mark.parametrize("name", BOTH)
def test_the_command_writes_both_and_shows_the_table(name, tmp_path, capsys):
    put(tmp_path / "instances" / "C1.txt", SOLOMON)
    out = tmp_path / "out.jsonl"
    assert main(["vrptw", str(tmp_path), "--seconds", "0.3", "--peer", name, "--json", str(out)]) == 0
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert row["peer_objective"] == row["objective"]
    assert row["cpu_s"] < 0.3 + 0.3
    assert "beside other programs" in capsys.readouterr().out


def test_recount_is_the_judge(monkeypatch):
    instance = star(vehicles=1)
    instance = replace(instance, vehicles=(Vehicle(home=0, shift=(0.0, 70.0)),))
    day = one_day(instance, problem_of(instance))
    late = day.routes([(0, [0, 2, 1, 3])])  # across the middle twice
    monkeypatch.setattr(peers, "pyvrp_routes", lambda *_args, **_options: late)
    found = peers.peer_measures("pyvrp", instance, problem_of(instance), SECOND, 1)
    assert found["peer_violations"] == len(recount(instance, late).violations) > 0
    assert found["peer_objective"] is None
