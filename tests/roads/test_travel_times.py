"""Laws of travel times."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.rules import TravelRules
from territory.domain.travel import Places
from territory.roads import GreatCircleTravel, TableTravel, TravelTable, build_travel

degrees = st.floats(-0.5, 0.5)
points = st.lists(st.tuples(degrees, degrees), min_size=1, max_size=8)


def places(points: list[tuple[float, float]], prefix: str = "p") -> Places:
    lat, lon = np.array([31.0 + p[0] for p in points]), np.array([121.0 + p[1] for p in points])
    return Places(ids=tuple(f"{prefix}{i}" for i in range(len(points))), lat=lat, lon=lon)


@given(points)
def test_great_circle_times_are_symmetric_and_zero_to_itself(drawn: list[tuple[float, float]]) -> None:
    town = places(drawn)
    times = build_travel(TravelRules(), None).seconds(town, town)
    assert np.array_equal(times, times.T)
    assert not np.diag(times).any()


@given(points, points)
def test_pair_minutes_are_the_matrix_before_rounding(
    first: list[tuple[float, float]], second: list[tuple[float, float]]
) -> None:
    size = min(len(first), len(second))
    frm, to = places(first[:size]), places(second[:size], "q")
    table = TravelTable.of(frm=["p0"], to=["q0"], minutes=[12.34])
    for travel in (build_travel(TravelRules(), None), build_travel(TravelRules(), table)):
        matrix = travel.seconds(frm, to)
        assert np.abs(np.diag(matrix) - 60 * travel.pair_minutes(frm, to)).max() <= 0.5 + 1e-6


@given(st.floats(0, 200), st.floats(0, 200))
def test_a_longer_way_never_takes_less_time(first_km: float, second_km: float) -> None:
    travel = GreatCircleTravel(TravelRules())
    near, far = sorted((first_km, second_km))
    assert travel.minutes_for(np.array(near)) <= travel.minutes_for(np.array(far))


def test_town_and_country_pace_meet_at_the_edge_of_town() -> None:
    rules = TravelRules(town_km=5, town_circuity=1.4, town_kmh=42, rural_circuity=1.2, rural_kmh=48)
    travel = GreatCircleTravel(rules)
    assert travel.minutes_for(np.array([3.0, 5.0, 25.0])) == pytest.approx([6.0, 10.0, 40.0])
    assert travel.minutes_for(np.array(5.0 + 1e-9)) == pytest.approx(10.0)


def test_duplicate_points_are_zero_seconds_apart() -> None:
    two = Places(ids=("a", "b"), lat=np.array([31.2, 31.2]), lon=np.array([121.4, 121.4]))
    assert not build_travel(TravelRules(), None).seconds(two, two).any()


def test_the_table_overrides_each_direction_apart() -> None:
    town = places([(0.0, 0.0), (0.1, 0.0), (0.2, 0.0)])
    computed = build_travel(TravelRules(), None).seconds(town, town)
    travel = build_travel(
        TravelRules(), TravelTable.of(frm=["p0", "p1", "x"], to=["p1", "p0", "p0"], minutes=[7, 9, 1])
    )
    times = travel.seconds(town, town)
    assert times[0, 1] == 7 * 60
    assert times[1, 0] == 9 * 60
    untouched = np.ones((3, 3), dtype=bool)
    untouched[[0, 1], [1, 0]] = False
    assert np.array_equal(times[untouched], computed[untouched])


def test_a_table_time_of_zero_minutes_counts() -> None:
    town = places([(0.0, 0.0), (0.3, 0.0)])
    travel = build_travel(TravelRules(), TravelTable.of(frm=["p0"], to=["p1"], minutes=[0.0]))
    times = travel.seconds(town, town)
    assert times[0, 1] == 0
    assert times[1, 0] > 0


def test_a_table_row_from_a_place_to_itself_counts_for_nothing() -> None:
    town = places([(0.0, 0.0), (0.1, 0.0)])
    travel = build_travel(TravelRules(), TravelTable.of(frm=["p0"], to=["p0"], minutes=[5.0]))
    assert travel.seconds(town, town)[0, 0] == 0


@pytest.mark.parametrize("minutes", [-1.0, np.nan, np.inf])
def test_the_table_refuses_times_that_are_none(minutes: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        TravelTable.of(frm=["a"], to=["b"], minutes=[minutes])


def test_the_table_refuses_a_pair_that_stands_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        TravelTable.of(frm=["a", "a"], to=["b", "b"], minutes=[1, 1])


def test_no_places_give_an_empty_matrix() -> None:
    nobody, town = Places(ids=(), lat=np.zeros(0), lon=np.zeros(0)), places([(0.0, 0.0)])
    travel = build_travel(TravelRules(), TravelTable.of(frm=["p0"], to=["b"], minutes=[1]))
    assert travel.seconds(nobody, town).shape == (0, 1)
    assert travel.pair_minutes(nobody, nobody).shape == (0,)


def test_models_survive_pickling_for_worker_processes() -> None:
    town = places([(0.0, 0.0), (0.1, 0.1)])
    table = TravelTable.of(frm=["p0"], to=["p1"], minutes=[3.5])
    for travel in (build_travel(TravelRules(), None), build_travel(TravelRules(), table)):
        again = pickle.loads(pickle.dumps(travel))
        assert np.array_equal(again.seconds(town, town), travel.seconds(town, town))
        assert again.describe() == travel.describe()


def test_the_run_card_tells_tables_apart() -> None:
    fallback = GreatCircleTravel(TravelRules())
    first = TableTravel(TravelTable.of(frm=["a"], to=["b"], minutes=[1]), fallback)
    second = TableTravel(TravelTable.of(frm=["a"], to=["b"], minutes=[2]), fallback)
    assert first.describe() != second.describe()


def test_three_hundred_places_take_milliseconds() -> None:
    rng = np.random.default_rng(1)
    town = places([(a, b) for a, b in rng.uniform(-0.3, 0.3, (300, 2)).tolist()])
    travel = build_travel(TravelRules(), TravelTable.of(frm=["p0"], to=["p1"], minutes=[3]))
    best_s = min(_timed(lambda: travel.seconds(town, town)) for _ in range(3))
    assert best_s < 0.1


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
