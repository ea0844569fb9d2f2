"""Tables of a generated region: who serves it today, how often, and what flows through it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.generate.cadence import PRIORITY_BY_TIER, TIERS, VISITS_BY_TIER, tiers_of
from territory.generate.geometry import centres, neighbours, totals
from territory.generate.homes import place_reps, teams_of
from territory.generate.huff import HuffFlow, huff_flow
from territory.generate.incumbent import split_along_borders
from territory.generate.names import chinese_people, outlet_names, windows_of
from territory.generate.region import SEGMENTS, Region, make_region
from territory.generate.settings import GeneratedSource
from territory.generate.staff import reps_table, team_id, teams_table
from territory.generate.tables import STAGE, Tables, flow_facts, flow_table, kept_between, load_facts
from territory.generate.workload import ServiceTimes, model_workload
from territory.io.scenario_file import ScenarioFile
from territory.progress import Progress
from territory.streams import Streams
from territory.units import BoolArray, FloatArray, IntArray

KEY_ACCOUNT = "key_account"
_SERVICE = ServiceTimes(usual_min=(24.0, 19.0, 14.0), least_min=8.0, most_min=25.0)
_BORDER_EDGE_KM = 9.0


def generated_tables(source: GeneratedSource, settings: ScenarioFile, progress: Progress) -> Tables:
    """The tables of the region that `source` describes."""
    progress.started(STAGE, 3)
    streams = Streams(source.seed)
    region = make_region(source)
    progress.stepped(STAGE, 1, 3)
    tier = tiers_of(region.sales)
    visits = VISITS_BY_TIER[tier]
    work = model_workload(
        lat=region.lat,
        lon=region.lon,
        tier=tier,
        visits=visits,
        times=_SERVICE,
        total_min=source.target_load * source.capacity_min * source.num_reps,
        settings=settings,
        streams=streams,
    )
    load = work.load_min
    num_areas = len(region.area_names)
    town_of_area = region.town[np.unique(region.area, return_index=True)[1]]
    homes = place_reps(
        xy_km=region.area_km,
        load=totals(region.area, load, num_areas),
        town=town_of_area,
        town_km=region.settlements.town_km,
        num_reps=source.num_reps,
        streams=streams,
    )
    rep = _today(region, load, homes.xy_km)
    team, pooled = _teams(homes.xy_km, homes.town, source)
    flow = _flow(region, source, streams)
    progress.stepped(STAGE, 2, 3)
    needs_key = (tier == 0) & region.is_chain & (region.segment == SEGMENTS.index("supermarket"))
    outlets = _outlets_table(region, tier=tier, service_min=work.service_min, visits=visits, rep=rep, streams=streams)
    if source.pooled_teams:
        outlets["skill"] = np.where(needs_key, KEY_ACCOUNT, "")
    reps = reps_table(
        names=chinese_people(source.num_reps, streams),
        lat=region.flat.lat_of(homes.xy_km),
        lon=region.flat.lon_of(homes.xy_km),
        team=team,
        capacity_min=source.capacity_min,
        start=settings.visits.start,
        streams=streams,
        skills=_skills(team, pooled) if source.pooled_teams else None,
    )
    names = [_team_name(position, bool(pooled[position])) for position in range(source.num_teams)]
    kept = kept_between(
        frm=flow.frm, to=flow.to, weight=flow.weight, area=region.area, rep=rep, sales=region.sales, num_reps=len(reps)
    )
    return Tables(
        outlets=outlets,
        reps=reps,
        teams=teams_table(names, pooled.tolist()),
        flows=flow_table(list(region.area_names), frm=flow.frm, to=flow.to, weight=flow.weight),
        facts=load_facts(load=load, rep=rep, num_reps=len(reps), capacity_min=source.capacity_min)
        | flow_facts(frm=flow.frm, to=flow.to, weight=flow.weight, kept_today=kept)
        | {"flow_in_table": flow.kept_share},
    )


def _today(region: Region, load: FloatArray, home_km: FloatArray) -> IntArray:
    """Today's rep of each outlet: whole townships and street districts."""
    num_districts = len(region.district_names)
    rep_of_district = split_along_borders(
        load=totals(region.district, load, num_districts),
        adjacency=neighbours(region.xy_km, region.district, num_districts, longest_km=_BORDER_EDGE_KM),
        centre_km=centres(region.xy_km, region.district, num_districts, load),
        home_km=home_km,
    )
    return rep_of_district[region.district]


def _teams(home_km: FloatArray, home_town: IntArray, source: GeneratedSource) -> tuple[IntArray, BoolArray]:
    """Team of each rep, and which teams are pooled: small groups of neighbours in the largest towns."""
    pooled = np.arange(source.num_teams) >= source.num_teams - source.pooled_teams
    team = np.full(len(home_km), -1, dtype=np.int64)
    for position in np.flatnonzero(pooled).tolist():
        free = np.flatnonzero(team < 0)
        middle = home_km[free[np.argmin(home_town[free])]]
        away = np.hypot(*(home_km[free] - middle).T)
        team[free[np.argsort(away, kind="stable")[: source.pooled_team_reps]]] = position
    others = np.flatnonzero(team < 0)
    team[others] = teams_of(home_km[others], source.num_teams - source.pooled_teams)
    return team, pooled


def _skills(team: IntArray, pooled: BoolArray) -> list[str]:
    """Everybody outside pooled teams serves key accounts; inside, every second rep."""
    turn: dict[int, int] = {}
    cells = []
    for code in team.tolist():
        turn[code] = turn.get(code, 0) + 1
        cells.append(KEY_ACCOUNT if not pooled[code] or turn[code] % 2 else "")
    return cells


def _team_name(position: int, pooled: bool) -> str:
    return f"{team_id(position)} {'联合服务组' if pooled else '客户服务部'}"


def _flow(region: Region, source: GeneratedSource, streams: Streams) -> HuffFlow:
    """Currency per week between market areas; what is bought in the region is what it sells."""
    return huff_flow(
        lat=region.area_lat,
        lon=region.area_lon,
        population=region.area_population,
        attraction=totals(region.area, region.sales, len(region.area_names)),
        decay_per_km=source.flow_decay_per_km,
        reach_km=source.flow_reach_km,
        partners=source.flow_partners,
        total=float(region.sales.sum()),
        noise_sd=source.flow_noise_sd,
        streams=streams,
    )


def _outlets_table(
    region: Region, *, tier: IntArray, service_min: FloatArray, visits: IntArray, rep: IntArray, streams: Streams
) -> pd.DataFrame:
    """Outlets as in the data contract, in the order of districts; ids keep their leading zeros."""
    segment = [SEGMENTS[code] for code in region.segment.tolist()]
    place = [region.town_names[code] for code in region.town.tolist()]
    table = pd.DataFrame(
        {
            "name": outlet_names(segment, region.is_chain.tolist(), place, streams),
            "lat": region.lat,
            "lon": region.lon,
            "district": np.array(region.district_names, dtype=object)[region.district],
            "area": np.array(region.area_names, dtype=object)[region.area],
            "segment": segment,
            "tier": np.array(TIERS, dtype=object)[tier],
            "sales_cny": region.sales,
            "service_min": service_min,
            "visits_per_cycle": visits,
            "open": windows_of(segment, streams),
            "priority": PRIORITY_BY_TIER[tier],
            "rep_id": [f"R{code + 1:03d}" for code in rep.tolist()],
        }
    )
    order = np.argsort(region.district, kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "outlet_id", [f"{position + 1:08d}" for position in range(len(table))])
    return table
