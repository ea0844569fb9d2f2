"""The public Iowa liquor wholesale data as a scenario: real stores, sales and order rhythm; modelled flow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from territory.generate.cadence import PRIORITY_BY_TIER, TIERS, tiers_of, visits_by_rhythm
from territory.generate.geometry import FlatMap, centres, joined, totals
from territory.generate.homes import place_reps, teams_of
from territory.generate.incumbent import split_along_borders
from territory.generate.names import english_people
from territory.generate.public_data import find_data, read_public
from territory.generate.settings import IowaSource
from territory.generate.staff import reps_table, team_id, teams_table
from territory.generate.tables import STAGE, Tables, flow_facts, flow_table, kept_between, load_facts
from territory.generate.workload import ServiceTimes, model_workload
from territory.io.scenario_file import ScenarioFile
from territory.language import Text
from territory.progress import Progress
from territory.streams import Streams
from territory.units import FloatArray, IntArray, great_circle_km

FOLDER = "iowa"
FILES = ("stores.csv", "flows_zip_short.csv", "flows_zip_wide.csv", "county_adjacency.csv")
ORIGIN = Text(
    "State of Iowa open data 'Iowa Liquor Sales' and 'Iowa Liquor Stores' (data.iowa.gov), 2021-01 to 2022-10",
    "美国艾奥瓦州公开数据 Iowa Liquor Sales 与 Iowa Liquor Stores(data.iowa.gov),2021-01 至 2022-10",
)
WEEKS_PER_MONTH = 365.25 / 12 / 7
FLOW_WEEKS = 22 * WEEKS_PER_MONTH
_SERVICE = ServiceTimes(usual_min=(32.0, 26.0, 20.0), least_min=8.0, most_min=60.0)
_STORE_COLUMNS = {
    "store_id": "str",
    "name": "str",
    "city": "str",
    "county": "str",
    "county_fips": "str",
    "zip": "str",
    "lat": "float64",
    "lon": "float64",
    "segment": "str",
    "months_active": "float64",
    "median_gap_days": "float64",
    "dollars": "float64",
}


def iowa_tables(source: IowaSource, settings: ScenarioFile, data: Path | None, progress: Progress) -> Tables:
    """The tables of the Iowa scenario.

    Raises
    ------
    ConfigError
        When the data folder is missing or lacks a file.
    """
    folder = find_data(data, name=FOLDER, files=FILES, origin=ORIGIN)
    progress.started(STAGE, 3)
    streams = Streams(source.seed)
    stores = _stores(folder)
    flat = FlatMap.around(stores["lat"].to_numpy(), stores["lon"].to_numpy())
    lat, lon = stores["lat"].to_numpy(), stores["lon"].to_numpy()
    xy_km = flat.km(lat, lon)
    sales = np.round(stores["dollars"].to_numpy() / (stores["months_active"].to_numpy() * WEEKS_PER_MONTH), 2)
    tier = tiers_of(sales)
    visits = visits_by_rhythm(tier, stores["median_gap_days"].to_numpy())
    work = model_workload(
        lat=lat,
        lon=lon,
        tier=tier,
        visits=visits,
        times=_SERVICE,
        total_min=source.target_load * source.capacity_min * source.num_reps,
        settings=settings,
        streams=streams,
    )
    load = work.load_min
    progress.stepped(STAGE, 1, 3)
    zip_names, zip_of = np.unique(stores["zip"].to_numpy(dtype=object), return_inverse=True)
    city_names, city_of = np.unique(stores["city"].to_numpy(dtype=object), return_inverse=True)
    area_km = centres(xy_km, zip_of, len(zip_names), load)
    homes = place_reps(
        xy_km=area_km,
        load=totals(zip_of, load, len(zip_names)),
        town=_main_town(zip_of, city_of, load, len(zip_names), len(city_names)),
        town_km=centres(xy_km, city_of, len(city_names), load),
        num_reps=source.num_reps,
        streams=streams,
    )
    rep = _today(stores, folder, xy_km=xy_km, load=load, home_km=homes.xy_km)
    team = teams_of(homes.xy_km, source.num_teams)
    frm, to, weight = _flows(folder, source, zip_names)
    progress.stepped(STAGE, 2, 3)
    outlets = pd.DataFrame(
        {
            "outlet_id": stores["store_id"],
            "name": stores["name"],
            "lat": lat,
            "lon": lon,
            "district": stores["county"],
            "area": stores["zip"],
            "segment": stores["segment"],
            "tier": np.array(TIERS, dtype=object)[tier],
            "sales_usd": sales,
            "service_min": work.service_min,
            "visits_per_cycle": visits,
            "priority": PRIORITY_BY_TIER[tier],
            "rep_id": [f"R{code + 1:03d}" for code in rep.tolist()],
        }
    )
    reps = reps_table(
        names=english_people(source.num_reps, streams),
        lat=flat.lat_of(homes.xy_km),
        lon=flat.lon_of(homes.xy_km),
        team=team,
        capacity_min=source.capacity_min,
        start=settings.visits.start,
        streams=streams,
    )
    kept = kept_between(
        frm=frm, to=to, weight=weight, area=zip_of, rep=rep, sales=np.maximum(sales, 0.01), num_reps=len(reps)
    )
    return Tables(
        outlets=outlets,
        reps=reps,
        teams=teams_table([f"Team {team_id(t)}" for t in range(source.num_teams)], [False] * source.num_teams),
        flows=flow_table(zip_names.tolist(), frm=frm, to=to, weight=weight),
        facts=load_facts(load=load, rep=rep, num_reps=len(reps), capacity_min=source.capacity_min)
        | flow_facts(frm=frm, to=to, weight=weight, kept_today=kept),
    )


def _stores(folder: Path) -> pd.DataFrame:
    """All stores by id; a store without a ZIP code gets the one of the nearest store that has one."""
    stores = read_public(folder / "stores.csv", _STORE_COLUMNS).sort_values("store_id").reset_index(drop=True)
    missing = np.flatnonzero(stores["zip"].isna().to_numpy())
    known = np.flatnonzero(stores["zip"].notna().to_numpy())
    lat, lon = stores["lat"].to_numpy(), stores["lon"].to_numpy()
    for store in missing.tolist():
        nearest = known[int(np.argmin(great_circle_km(lat[known], lon[known], lat[store], lon[store])))]
        stores.loc[store, "zip"] = stores.loc[nearest, "zip"]
    return stores


def _main_town(area_of: IntArray, town_of: IntArray, load: FloatArray, num_areas: int, num_towns: int) -> IntArray:
    """The town with most of each area's workload."""
    table = np.zeros((num_areas, num_towns))
    np.add.at(table, (area_of, town_of), load)
    return np.asarray(np.argmax(table, axis=1), dtype=np.int64)


def _today(stores: pd.DataFrame, folder: Path, *, xy_km: FloatArray, load: FloatArray, home_km: FloatArray) -> IntArray:
    """Today's rep of each store: whole counties that share a border."""
    fips, county_of = np.unique(stores["county_fips"].to_numpy(dtype=object), return_inverse=True)
    pairs = read_public(folder / "county_adjacency.csv", {"fips_a": "str", "fips_b": "str", "contact": "str"})
    pairs = pairs[(pairs["contact"] == "edge") & pairs["fips_a"].isin(fips) & pairs["fips_b"].isin(fips)]
    a, b = np.searchsorted(fips, pairs["fips_a"]), np.searchsorted(fips, pairs["fips_b"])
    rep_of_county = split_along_borders(
        load=totals(county_of, load, len(fips)),
        adjacency=joined(a, b, len(fips)),
        centre_km=centres(xy_km, county_of, len(fips), load),
        home_km=home_km,
    )
    return rep_of_county[county_of]


def _flows(folder: Path, source: IowaSource, zip_names: np.ndarray) -> tuple[IntArray, IntArray, FloatArray]:
    """Litres per week between ZIP areas that have stores."""
    flows = read_public(
        folder / f"flows_zip_{source.flows}.csv", {"home_zip": "str", "store_zip": "str", "liters": "float64"}
    )
    flows = flows[flows["home_zip"].isin(zip_names) & flows["store_zip"].isin(zip_names)]
    frm = np.searchsorted(zip_names, flows["home_zip"]).astype(np.int64)
    to = np.searchsorted(zip_names, flows["store_zip"]).astype(np.int64)
    return frm, to, flows["liters"].to_numpy() / FLOW_WEEKS
