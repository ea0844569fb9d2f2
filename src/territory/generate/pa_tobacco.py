"""Pennsylvania tobacco licences as a scenario: real outlets and segments; modelled sales and flow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from territory.generate.cadence import PRIORITY_BY_TIER, TIERS, VISITS_BY_TIER, tiers_of
from territory.generate.geometry import FlatMap, centres, joined, neighbours, totals
from territory.generate.homes import place_reps, teams_of
from territory.generate.huff import huff_flow
from territory.generate.incumbent import split_along_borders
from territory.generate.names import english_people
from territory.generate.public_data import find_data, read_public
from territory.generate.sales import PA_TOBACCO, draw_sales
from territory.generate.settings import PaTobaccoSource
from territory.generate.staff import reps_table, team_id, teams_table
from territory.generate.tables import STAGE, Tables, flow_facts, flow_table, kept_between, load_facts
from territory.generate.workload import ServiceTimes, model_workload
from territory.io.scenario_file import ScenarioFile
from territory.language import Text
from territory.progress import Progress
from territory.streams import Streams
from territory.units import FloatArray, IntArray

FOLDER = "pa_tobacco"
FILES = ("outlets.csv", "county_adjacency.csv")
ORIGIN = Text(
    "Pennsylvania Department of Revenue open data 'Tobacco Products Tax Licenses Current (Monthly) County' "
    "(data.pa.gov), licence year 2023/24",
    "美国宾夕法尼亚州税务局公开数据 Tobacco Products Tax Licenses Current (Monthly) County(data.pa.gov),"
    "2023/24 许可年度",
)
_SERVICE = ServiceTimes(usual_min=(24.0, 19.0, 14.0), least_min=8.0, most_min=25.0)
_INSIDE_FROM_REPS = 1.5  # a county with this many reps' work or more is divided inside, by ZIP area
_NEIGHBOUR_KM = 25.0
_COLUMNS = {
    "store_id": "str",
    "county": "str",
    "county_fips": "str",
    "zip": "str",
    "lat": "float64",
    "lon": "float64",
    "segment": "str",
    "chain": "str",
    "lic2023": "int64",
    "lic2024": "int64",
}


def pa_tobacco_tables(source: PaTobaccoSource, settings: ScenarioFile, data: Path | None, progress: Progress) -> Tables:
    """The tables of the Pennsylvania scenario.

    Raises
    ------
    ConfigError
        When the data folder is missing, lacks a file or names a segment that is not known.
    """
    folder = find_data(data, name=FOLDER, files=FILES, origin=ORIGIN)
    progress.started(STAGE, 3)
    streams = Streams(source.seed)
    shops = _shops(folder)
    lat, lon = shops["lat"].to_numpy(), shops["lon"].to_numpy()
    flat = FlatMap.around(lat, lon)
    xy_km = flat.km(lat, lon)
    sales = draw_sales(shops["kind"].to_numpy(), PA_TOBACCO, mean_per_week=source.mean_sales_per_week, streams=streams)
    tier = tiers_of(sales)
    visits = VISITS_BY_TIER[tier]
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
    zip_names, zip_of = np.unique(shops["zip"].to_numpy(dtype=object), return_inverse=True)
    num_zips = len(zip_names)
    zip_km = centres(xy_km, zip_of, num_zips, load)
    homes = place_reps(
        xy_km=zip_km,
        load=totals(zip_of, load, len(zip_names)),
        town=np.arange(num_zips),
        town_km=zip_km,
        num_reps=source.num_reps,
        streams=streams,
    )
    progress.stepped(STAGE, 1, 3)
    rep = _today(shops, folder, xy_km=xy_km, load=load, zip_of=zip_of, home_km=homes.xy_km)
    flow = huff_flow(
        lat=flat.lat_of(zip_km),
        lon=flat.lon_of(zip_km),
        population=np.bincount(zip_of).astype(np.float64),
        attraction=totals(zip_of, sales, num_zips),
        decay_per_km=source.flow_decay_per_km,
        reach_km=source.flow_reach_km,
        partners=source.flow_partners,
        total=float(sales.sum()),
        streams=streams,
    )
    progress.stepped(STAGE, 2, 3)
    outlets = pd.DataFrame(
        {
            "outlet_id": shops["store_id"],
            "name": shops["label"],
            "lat": lat,
            "lon": lon,
            "district": shops["county"],
            "area": shops["zip"],
            "segment": shops["segment"],
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
        team=teams_of(homes.xy_km, source.num_teams),
        capacity_min=source.capacity_min,
        start=settings.visits.start,
        streams=streams,
    )
    kept = kept_between(
        frm=flow.frm, to=flow.to, weight=flow.weight, area=zip_of, rep=rep, sales=sales, num_reps=len(reps)
    )
    return Tables(
        outlets=outlets,
        reps=reps,
        teams=teams_table([f"Team {team_id(t)}" for t in range(source.num_teams)], [False] * source.num_teams),
        flows=flow_table(zip_names.tolist(), frm=flow.frm, to=flow.to, weight=flow.weight),
        facts=load_facts(load=load, rep=rep, num_reps=len(reps), capacity_min=source.capacity_min)
        | flow_facts(frm=flow.frm, to=flow.to, weight=flow.weight, kept_today=kept)
        | {"flow_in_table": flow.kept_share},
    )


def _shops(folder: Path) -> pd.DataFrame:
    """Outlets licensed in the licence year 2023/24, by id, with the position of their segment.

    The register's names are not public here; an outlet is named after its chain or segment and the end of its id.
    """
    shops = read_public(folder / "outlets.csv", _COLUMNS)
    licensed = (shops["lic2023"] == 1) | (shops["lic2024"] == 1)
    shops = shops[licensed].sort_values("store_id").reset_index(drop=True)
    kinds = list(PA_TOBACCO)
    shops["kind"] = [kinds.index(name) if name in kinds else kinds.index("other") for name in shops["segment"]]
    kind_name = shops["segment"].str.replace("_", " ")
    shops["label"] = shops["chain"].fillna(kind_name) + " " + shops["store_id"].str[-4:]
    return shops


def _today(
    shops: pd.DataFrame,
    folder: Path,
    *,
    xy_km: FloatArray,
    load: FloatArray,
    zip_of: IntArray,
    home_km: FloatArray,
) -> IntArray:
    """Today's rep of each outlet: whole counties; counties with the work of several reps are divided by ZIP area."""
    fips, county_of = np.unique(shops["county_fips"].to_numpy(dtype=object), return_inverse=True)
    county_load = totals(county_of, load, len(fips))
    county_km = centres(xy_km, county_of, len(fips), load)
    num_zips = np.array([len(np.unique(zip_of[county_of == county])) for county in range(len(fips))])
    inside = _reps_inside(county_load, num_zips, len(home_km))
    free = np.ones(len(home_km), dtype=bool)
    rep = np.full(len(load), -1, dtype=np.int64)
    for county in np.argsort(-county_load, kind="stable").tolist():
        if not inside[county]:
            continue
        away = np.hypot(*(home_km - county_km[county]).T)
        team = np.argsort(np.where(free, away, np.inf), kind="stable")[: inside[county]]
        free[team] = False
        here = np.flatnonzero(county_of == county)
        rep[here] = team[_divide(xy_km[here], load[here], zip_of[here], home_km[team])]
    rural = np.flatnonzero(inside == 0)
    if not len(rural):
        return rep
    place = np.full(len(fips), -1, dtype=np.int64)
    place[rural] = np.arange(len(rural))
    team = np.flatnonzero(free)
    rep_of_county = split_along_borders(
        load=county_load[rural],
        adjacency=_borders(folder, fips)[rural][:, rural],
        centre_km=county_km[rural],
        home_km=home_km[team],
    )
    whole = np.flatnonzero(inside[county_of] == 0)
    rep[whole] = team[rep_of_county[place[county_of[whole]]]]
    return rep


def _reps_inside(county_load: FloatArray, num_zips: IntArray, num_reps: int) -> IntArray:
    """
    Reps who work inside one large county, shape (num_counties,); 0 for counties that are handed out whole.

    At most one rep per ZIP area of the county, and for the other counties no more reps than counties, and one at least.
    """
    fair = county_load.sum() / num_reps
    inside = np.where(county_load >= _INSIDE_FROM_REPS * fair, np.round(county_load / fair), 0).astype(np.int64)
    inside = np.where(num_zips > 1, np.minimum(inside, num_zips), 0)
    while num_reps - inside.sum() > (inside == 0).sum():
        divisible = np.maximum(inside, 1) < num_zips
        fullest = int(np.argmax(np.where(divisible, county_load / np.maximum(inside, 1), -1.0)))
        inside[fullest] = max(int(inside[fullest]), 1) + 1
    while inside.sum() > num_reps - bool((inside == 0).any()):
        emptiest = int(np.argmin(np.where(inside > 0, county_load / np.maximum(inside, 1), np.inf)))
        inside[emptiest] -= 1
    return inside


def _divide(xy_km: FloatArray, load: FloatArray, zip_of: IntArray, home_km: FloatArray) -> IntArray:
    """One county among several reps, by whole ZIP areas."""
    codes, unit = np.unique(zip_of, return_inverse=True)
    return split_along_borders(
        load=totals(unit, load, len(codes)),
        adjacency=neighbours(xy_km, unit, len(codes), longest_km=_NEIGHBOUR_KM),
        centre_km=centres(xy_km, unit, len(codes), load),
        home_km=home_km,
    )[unit]


def _borders(folder: Path, fips: np.ndarray) -> sp.csr_matrix:
    pairs = read_public(folder / "county_adjacency.csv", {"fips_a": "str", "fips_b": "str"})
    pairs = pairs[pairs["fips_a"].isin(fips) & pairs["fips_b"].isin(fips)]
    a, b = np.searchsorted(fips, pairs["fips_a"]), np.searchsorted(fips, pairs["fips_b"])
    return joined(a, b, len(fips))
