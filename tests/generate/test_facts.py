"""The generator is held to the figures measured on real outlets, in a county and in a city."""

from __future__ import annotations

import numpy as np
import pytest

from territory.domain.legs import nearest_points
from territory.domain.rules import TravelRules
from territory.generate.cadence import GAP_DAYS, GAP_SHARES, VISITS_BY_TIER, tiers_of
from territory.generate.region import Region, annual_turnover, make_region
from territory.generate.sales import GENERATED, PA_TOBACCO, SegmentSales, draw_sales, gini, top_share
from territory.generate.settings import GeneratedSource
from territory.generate.workload import leg_minutes
from territory.roads.great_circle import GreatCircleTravel
from territory.streams import Streams
from territory.units import great_circle_km


def nearest_km(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Kilometres from each outlet to the nearest other point with outlets."""
    first, site, near = nearest_points(lat, lon, count=1)
    other = first[near[:, 0]]
    return great_circle_km(lat[first], lon[first], lat[other], lon[other])[site]


def test_sales_inequality(region: Region) -> None:
    assert np.log(region.sales).std() == pytest.approx(1.1, abs=0.05)
    assert gini(region.sales) == pytest.approx(0.66, abs=0.03)
    assert top_share(region.sales) == pytest.approx(0.71, abs=0.03)


def test_pennsylvania_sales_have_the_same_inequality() -> None:
    shares = {"grocery_general": 28, "fuel_convenience": 26, "other": 24, "tobacco_vape": 9, "beverage_news": 5,
              "bar_club": 5, "pharmacy": 4}  # fmt: skip
    segment = np.repeat(np.arange(len(PA_TOBACCO)), [50 * shares[name] for name in PA_TOBACCO])
    sales = draw_sales(segment, PA_TOBACCO, mean_per_week=4000.0, streams=Streams(1))
    assert np.log(sales).std() == pytest.approx(1.1, abs=0.05)
    assert gini(sales) == pytest.approx(0.66, abs=0.03)
    assert top_share(sales) == pytest.approx(0.71, abs=0.03)


def test_one_log_normal_would_not_do() -> None:
    sales = draw_sales(np.zeros(5000, dtype=np.int64), {"all": SegmentSales(log_median=0.0, log_sd=1.1)},
                       mean_per_week=1.0e6, streams=Streams(1))  # fmt: skip
    assert gini(sales) == pytest.approx(0.56, abs=0.02)


def test_mean_sales_are_as_asked(region: Region, source: GeneratedSource) -> None:
    assert region.sales.mean() == pytest.approx(source.mean_sales_per_week, rel=1e-3)
    assert set(np.unique(region.segment).tolist()) == set(range(len(GENERATED)))


def test_gini_and_top_share_of_known_amounts() -> None:
    assert gini(np.array([3.0, 3.0, 3.0])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert top_share(np.array([1.0, 1.0, 1.0, 1.0, 6.0])) == pytest.approx(0.6)


def test_order_gaps_cluster_at_whole_weeks(region: Region) -> None:
    for days, share in zip(GAP_DAYS, GAP_SHARES, strict=True):
        assert (region.order_gap_days == days).mean() == pytest.approx(share, abs=0.025)
    assert region.order_gap_days.min() >= 3


def test_nearest_neighbour_in_towns(region: Region) -> None:
    nearest_m = 1000 * nearest_km(region.lat, region.lon)
    assert 80 <= np.median(nearest_m[region.in_town]) <= 250


def test_outlets_per_market_area(region: Region, source: GeneratedSource) -> None:
    counts = np.bincount(region.area, minlength=len(region.area_names))
    assert len(counts) == source.num_areas
    assert counts.min() >= 1
    assert np.log(counts).std() == pytest.approx(1.1, abs=0.08)


def test_exact_duplicate_points(region: Region, source: GeneratedSource) -> None:
    points = np.column_stack([region.lat, region.lon])
    _, place, count = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    assert (count[np.ravel(place)] > 1).mean() == pytest.approx(source.duplicate_share, abs=0.005)


def test_market_areas_straddle_administrative_borders(region: Region) -> None:
    pairs = np.unique(np.column_stack([region.area, region.district]), axis=0)
    districts_of_area = np.bincount(pairs[:, 0])
    assert (districts_of_area > 1).mean() > 0.15
    outlets_in_such = (districts_of_area > 1)[region.area].mean()
    assert outlets_in_such > 0.25


def test_classes_and_visits(region: Region) -> None:
    visits = VISITS_BY_TIER[tiers_of(region.sales)]
    assert (visits == 4).mean() == pytest.approx(0.20, abs=0.001)
    assert (visits == 2).mean() == pytest.approx(0.45, abs=0.001)
    assert region.sales[visits == 4].min() >= region.sales[visits == 2].max()


def test_annual_turnover(region: Region, source: GeneratedSource) -> None:
    year = annual_turnover(region, source)
    assert (year.closing_month > 0).mean() == pytest.approx(0.10, abs=0.025)
    assert len(year.opening_month) == pytest.approx(0.10 * region.num_outlets, abs=1)
    assert year.closing_month.max() <= 12
    assert year.opening_month.min() >= 1
    assert year.opening_area.max() < len(region.area_names)
    assert abs(year.opening_lat - source.center_lat).max() < 1.0
    assert abs(year.opening_lon - source.center_lon).max() < 1.0


def test_points_lie_in_the_region(region: Region, source: GeneratedSource) -> None:
    assert np.abs(region.xy_km[:, 0]).max() < source.width_km * 0.6
    assert np.abs(region.xy_km[:, 1]).max() < source.height_km * 0.6
    assert region.num_outlets == source.num_outlets


def test_same_seed_same_region_other_seed_another(source: GeneratedSource, region: Region) -> None:
    again = make_region(source)
    assert np.array_equal(again.lat, region.lat)
    assert np.array_equal(again.area, region.area)
    assert np.array_equal(again.sales, region.sales)
    other = make_region(source.model_copy(update={"seed": source.seed + 1}))
    assert not np.array_equal(other.lat, region.lat)


def test_facts_hold_for_other_seeds(source: GeneratedSource) -> None:
    for seed in (1, 2, 3):
        region = make_region(source.model_copy(update={"seed": seed}))
        assert np.log(region.sales).std() == pytest.approx(1.1, abs=0.05)
        assert gini(region.sales) == pytest.approx(0.66, abs=0.03)
        counts = np.bincount(region.area, minlength=source.num_areas)
        assert np.log(counts).std() == pytest.approx(1.1, abs=0.08)
        nearest_m = 1000 * nearest_km(region.lat, region.lon)
        assert 80 <= np.median(nearest_m[region.in_town]) <= 250


def test_leg_is_the_mean_way_to_the_four_nearest_points() -> None:
    lat = np.array([30.0, 30.0, 30.01, 30.02, 30.03, 30.04])
    lon = np.full(6, 112.0)
    travel = GreatCircleTravel(TravelRules.model_validate({}))
    leg = leg_minutes(lat, lon, travel)
    step_km = 6371.0088 * np.radians(0.01)
    assert leg[0] == pytest.approx(travel.minutes_for(step_km * np.array([1.0, 2.0, 3.0, 4.0])).mean(), rel=1e-6)
    assert leg[1] == leg[0]  # the duplicate is the same point
    assert leg[3] == pytest.approx(travel.minutes_for(step_km * np.array([1.0, 1.0, 2.0, 2.0])).mean(), rel=1e-6)


def test_leg_of_a_lone_point_is_nothing() -> None:
    travel = GreatCircleTravel(TravelRules.model_validate({}))
    assert leg_minutes(np.array([30.0, 30.0]), np.array([112.0, 112.0]), travel).tolist() == [0.0, 0.0]
