"""Readers of routing instances: what is in the file is what the instance holds; a wrong file is named with its line."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contract import BenchmarkError
from benchmarks.instances.routing.cordeau import read_cordeau, read_cordeau_solution
from benchmarks.instances.routing.folders import instance_files
from benchmarks.instances.routing.intermediate import read_intermediate
from benchmarks.instances.routing.recount import Route, recount
from benchmarks.instances.routing.solomon import read_solomon
from benchmarks.instances.routing.toptw import read_toptw
from benchmarks.instances.routing.tsptw import read_tsptw
from benchmarks.instances.routing.vrplib import read_vrplib, read_vrplib_solution

# three days; customer 1 on day 1 and one of the others, customer 2 on day 3
PERIODIC = "1 2 2 3\n0 10\n0 10\n0 10\n0 0 0 0 0 0 0\n1 3 4 1.5 6 2 2 6 5\n2 0 1 0 4 1 1 1\n"
TSPTW = "3\n0 1.25 2\n1.25 0 3\n2 4 0\n# services: 0\n0 20\n1 5\n2 9.5\n"
SOLOMON = """C1

VEHICLE
NUMBER     CAPACITY
  2         50

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       100          0
    1      1         1         10         20        30          5
    2      3         4         20          0        90         10
"""
TOPTW = "4 1 2 1\n0 200\n0 0 0 0 0 0 0 0 50\n1 1 1 5 7 1 1 1 10 20\n2 3 4 6 8 1 2 1 2 0 40\n"
MULTI = """NAME: M
TYPE: MDVRPTW
DIMENSION: 4
VEHICLES: 2
CAPACITY: 9
VEHICLES_MAX_DURATION: 8
NODE_COORD_SECTION
1 0 0
2 10 0
3 0 1
4 9 1
DEMAND_SECTION
1 0
2 0
3 4
4 5
SERVICE_TIME_SECTION
1 0
2 0
3 2
4 3
TIME_WINDOW_SECTION
1 0 100
2 0 100
3 10 20
4 0 50
VEHICLES_DEPOT_SECTION
1 2
2 1
DEPOT_SECTION
1
2
EOF
"""
SITES = """NAME: S
TYPE: SDVRPTW
DIMENSION: 3
VEHICLES: 2
NODE_COORD_SECTION
1 0 0
2 1 0
3 0 1
DEMAND_SECTION
1 0
2 4
3 5
SERVICE_TIME_SECTION
1 0
2 2
3 3
TIME_WINDOW_SECTION
1 0 100
2 0 20
3 0 50
CAPACITY_SECTION
1 7
2 9
VEHICLES_ALLOWED_CLIENTS_SECTION
1 2
2 2 3
EOF
"""


def put(path: Path, text: str) -> Path:
    """Write a file, its folders first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_most_significant_bit_of_a_periodic_code_is_day_one(tmp_path):
    found = read_cordeau(put(tmp_path / "p.txt", PERIODIC))
    assert found.patterns == ((), ((0, 1), (0, 2)), ((2,),))
    assert (found.num_days, len(found.vehicles), found.num_homes) == (3, 2, 1)


def test_periodic_distances_are_not_rounded_but_the_units_are_rounded_up(tmp_path):
    found = read_cordeau(put(tmp_path / "p.txt", PERIODIC))
    assert found.cost[1, 2] == math.sqrt(18)
    assert found.travel_units[1, 2] == math.ceil(math.sqrt(18) * found.scale)
    assert not found.is_exact
    assert found.service.tolist() == [0, 1.5, 0]
    assert found.vehicles[0].max_duration is None
    assert found.vehicles[0].capacity == 10


def test_the_customer_on_the_depot_who_fills_a_vehicle_is_left_out_and_said_so(tmp_path):
    text = PERIODIC.replace("1 2 2 3\n", "1 2 3 3\n", 1) + "3 0 0 0 10 1 1 4\n"
    found = read_cordeau(put(tmp_path / "p.txt", text))
    assert found.labels == ("0", "1", "2")
    assert "without the customer on the depot" in found.note


def test_a_periodic_solution_is_read_by_day_and_vehicle(tmp_path):
    found = read_cordeau(put(tmp_path / "p.txt", PERIODIC))
    text = "12.0\n1 2 10 6 0 1 0\n3 1 9.2 10 0 2 1 0"
    cost, routes = read_cordeau_solution(put(tmp_path / "p.res", text), found)
    assert cost == 12
    assert routes == (Route(vehicle=1, day=0, customers=(1,)), Route(vehicle=0, day=2, customers=(2, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1 2 2 3\n", "2 2 2 3\n", "p.txt line 1: type 1 is a periodic instance"),
        ("0 10\n0 10\n0 10\n", "0 10\n0 11\n0 10\n", "p.txt line 3: all days must have the same limits"),
        ("2 0 1 0 4 1 1 1\n", "", "p.txt line 7: the file ends where place 2"),
        ("4 1 1 1\n", "4 1 1 9\n", "p.txt line 7: 9 is no set of 3 days"),
        ("4 1 1 1\n", "4 1 1 3\n", "p.txt line 7: combination 3 has 2 days, the frequency is 1"),
        ("4 1 1 1\n", "4 1 2 1\n", "p.txt line 7: 2 combinations of days are promised, 1 are there"),
        ("3 4 1.5", "3 x 1.5", "p.txt line 6: only numbers belong here"),
        ("3 4 1.5", "3 nan 1.5", "p.txt line 6: numbers are finite"),
    ],
)
def test_a_wrong_periodic_file_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(BenchmarkError, match=said):
        read_cordeau(put(tmp_path / "p.txt", PERIODIC.replace(old, new, 1)))


def test_a_salesman_keeps_all_decimals_of_the_file(tmp_path):
    found = read_tsptw(put(tmp_path / "n3w1.001.txt", TSPTW))
    assert (found.name, found.scale, found.is_exact) == ("n3w1.001", 100, True)
    assert found.travel_units[0].tolist() == [0, 125, 200]
    assert (found.cost[1, 2], found.cost[2, 1]) == (3, 4)
    assert found.window.tolist() == [[0, 20], [1, 5], [2, 9.5]]
    assert found.vehicles[0].shift == (0, 20)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1.25 0 3", "1.25 0", "t line 3: 3 numbers belong here, 2 are there"),
        ("1 5\n", "6 5\n", "t line 7: the window closes before it opens"),
        ("2 9.5\n", "", "t line 8: the file ends where window 3"),
        ("2 9.5\n", "2 9.5\n1 2\n", "t line 9: more lines"),
        ("2 4 0", "2 -4 0", "t line 4: travel times are not negative"),
    ],
)
def test_a_wrong_salesman_file_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(BenchmarkError, match=said):
        read_tsptw(put(tmp_path / "t", TSPTW.replace(old, new, 1)))


def test_solomon_distances_are_cut_after_one_decimal(tmp_path):
    found = read_solomon(put(tmp_path / "C1.txt", SOLOMON))
    assert found.cost[0].tolist() == [0, 1.4, 5]
    assert found.travel_units[0].tolist() == [0, 14, 50]
    assert found.is_exact
    assert [vehicle.capacity for vehicle in found.vehicles] == [50, 50]
    assert found.window.tolist() == [[0, 100], [20, 30], [0, 90]]
    assert (found.demand.tolist(), found.service.tolist()) == ([0, 10, 20], [0, 5, 10])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("VEHICLE\n", "WAGON\n", "C1.txt line 3: VEHICLE should stand here"),
        ("  2         50", "  2", "C1.txt line 5: 2 numbers belong here"),
        ("20        30 ", "20        3 ", "C1.txt line 11: the window closes before it opens"),
        ("    2      3   ", "    2      ", "C1.txt line 12: 7 numbers belong here"),
    ],
)
def test_a_wrong_solomon_file_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(BenchmarkError, match=said):
        read_solomon(put(tmp_path / "C1.txt", SOLOMON.replace(old, new, 1)))


def test_scores_and_windows_of_orienteering_are_read_past_the_codes(tmp_path):
    found = read_toptw(put(tmp_path / "c1.txt", TOPTW), tours=3)
    assert found.score.tolist() == [0, 7, 8]
    assert found.window.tolist() == [[0, 50], [10, 20], [0, 40]]
    assert found.service.tolist() == [0, 5, 6]
    assert [vehicle.shift for vehicle in found.vehicles] == [(0, 50)] * 3
    assert not found.is_mandatory


@pytest.mark.parametrize(("name", "metres"), [("r1.txt", 1.4), ("pr1.txt", 1.41)])
def test_orienteering_distances_are_cut_after_one_decimal_or_two_in_cordeaus_files(tmp_path, name, metres):
    assert read_toptw(put(tmp_path / name, TOPTW), tours=1).cost[0, 1] == metres


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("4 1 2 1", "4 1 7 1", "c1.txt line 1: the number of customers is promised here; 2 are there"),
        ("\n2 3 4", "\n3 3 4", "c1.txt line 5: place 2 belongs here"),
        ("10 20\n", "30 20\n", "c1.txt line 4: the window closes before it opens"),
    ],
)
def test_a_wrong_orienteering_file_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(BenchmarkError, match=said):
        read_toptw(put(tmp_path / "c1.txt", TOPTW.replace(old, new, 1)), tours=1)


def test_vehicles_of_several_depots_have_their_own_home_and_numbers_count_thousandths(tmp_path):
    found = read_vrplib(put(tmp_path / "M.vrp", MULTI))
    assert [vehicle.home for vehicle in found.vehicles] == [1, 0]
    assert {vehicle.max_duration for vehicle in found.vehicles} == {8000}
    assert (found.num_homes, list(found.customers)) == (2, [2, 3])
    assert found.cost[0, 3] == round(1000 * math.sqrt(82))
    assert found.window[2].tolist() == [10_000, 20_000]
    assert found.service.tolist() == [0, 0, 2000, 3000]
    assert found.demand.tolist() == [0, 0, 4, 5]
    assert found.is_exact


def test_customers_for_some_vehicles_only_are_for_nobody_else(tmp_path):
    found = read_vrplib(put(tmp_path / "S.vrp", SITES))
    assert found.allowed[1:].tolist() == [[True, True], [False, True]]
    assert [vehicle.capacity for vehicle in found.vehicles] == [7, 9]
    assert found.vehicles[0].max_duration is None


def test_routes_of_a_solution_belong_to_the_vehicle_of_their_number(tmp_path):
    found = read_vrplib(put(tmp_path / "M.vrp", MULTI))
    text = f"Route #1: 3\nRoute #2: 2\nCost: {2 * 1414 + 2000}\n"
    cost, routes = read_vrplib_solution(put(tmp_path / "M.sol", text))
    assert recount(found, routes).cost == cost
    assert not recount(found, routes).violations


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TYPE: MDVRPTW", "TYPE: CVRP", "M.vrp line 2: CVRP is none of"),
        ("CAPACITY: 9\n", "", "M.vrp line 1: there is no CAPACITY:"),
        ("VEHICLES: 2", "VEHICLES: many", "M.vrp line 4: VEHICLES is a number"),
        ("4 9 1\n", "", "M.vrp line 7: 4 rows belong here, 3 are there"),
        ("3 4\n4 5\n", "4 5\n3 4\n", "M.vrp line 15: row 3 of DEMAND_SECTION should begin with 3"),
        ("\n1 2\n2 1\n", "\n1 2\n2 3\n", "M.vrp line 30: a vehicle's depot is not among these"),
        ("DEPOT_SECTION\n1\n2\n", "DEPOT_SECTION\n2\n3\n", "M.vrp line 30: the depots must be the first places"),
    ],
)
def test_a_wrong_vrplib_file_is_named_with_its_line(tmp_path, old, new, said):
    text = MULTI.replace(old, new, 1) if "DEPOT_SECTION\n2" not in new else new.join(MULTI.rsplit(old, 1))
    with pytest.raises(BenchmarkError, match=said):
        read_vrplib(put(tmp_path / "M.vrp", text))


def collection(*, capacity: float, frequency: float = 2) -> str:
    """One depot, two customers, two facilities; from customer 1 the second facility is the shorter way home."""
    kinds = ["depot", "customer", "customer", "intermediateFacility", "intermediateFacility"]
    features = [
        {
            "properties": {
                "id": place,
                "type": kind,
                "frequency": frequency if kind == "customer" else 0.0,
                "demand": 10.0 * (kind == "customer"),
                "service": 3.0 * (kind == "customer"),
            },
            "geometry": {"coordinates": [9.0 + place, 45.0]},
        }
        for place, kind in enumerate(kinds)
    ]
    minutes = np.full((5, 5), 20.0)
    minutes[1, 4], minutes[4, 0] = 5, 4
    minutes[2, 3], minutes[3, 0] = 6, 7
    info = {"numVehicles": 1, "planningHorizon": 4, "maxDuration": 99, "maxCapacity": capacity}
    return json.dumps({"info": info, "features": features, "duration": minutes.tolist()})


def test_the_way_home_leads_through_the_nearest_facility(tmp_path):
    found = read_intermediate(put(tmp_path / "R.geojson", collection(capacity=20)))
    assert found.cost[1:, 0].tolist() == [9, 13]
    assert found.patterns[1:] == (((0, 2), (1, 3)),) * 2
    assert found.vehicles[0].max_duration == 99


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (collection(capacity=9), "R.geojson line 1: 4.44 loads and 4 days of vehicles"),
        (collection(capacity=90, frequency=3), "R.geojson line 1: customer 1 has 3 visits in 4 days"),
        ("{\n,}", "R.geojson line 2"),
        ("{}", "R.geojson line 1: KeyError"),
    ],
)
def test_a_collection_that_cannot_be_said_in_our_words_is_refused(tmp_path, text, said):
    with pytest.raises(BenchmarkError, match=said):
        read_intermediate(put(tmp_path / "R.geojson", text))


def test_instances_are_found_below_a_folder_and_named_without_their_ending(tmp_path):
    for name in ("Dumas/instances/n20w20.001.txt", "AFG/instances/rbg021.3.tw", "SP/instances/rc201.0"):
        put(tmp_path / name, TSPTW)
    put(tmp_path / "AFG" / "bks.csv", "instance\n")
    assert list(instance_files(tmp_path, (".txt", ".tw", ""))) == ["AFG/rbg021.3", "Dumas/n20w20.001", "SP/rc201.0"]
    assert list(instance_files(tmp_path / "AFG", (".tw",))) == ["rbg021.3"]
    with pytest.raises(BenchmarkError, match="holds no instance"):
        instance_files(tmp_path, (".vrp",))
