"""Built-in cases: a grid whose best cut is known, a road whose best visit plan is known, and a small town."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import scipy.sparse as sp

from benchmarks.instances.graph import GraphInstance
from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.outlets import Outlets, always_open
from territory.domain.policy_rules import PolicyRules
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, SplitRules, TravelRules, VisitRules
from territory.domain.scenario import Scenario
from territory.roads.great_circle import GreatCircleTravel
from territory.streams import Streams
from territory.units import EARTH_RADIUS_KM, FloatArray, IntArray

KM_PER_DEGREE = EARTH_RADIUS_KM * math.pi / 180.0
ROAD_STEP_KM = 5.0
ROAD_STEP_S = 432  # 5 km x 1.2 at 50 km/h: whole seconds, so legs add up exactly


def grid(side: int, *, flow_seed: int | None = None) -> GraphInstance:
    """
    A square of `side` x `side` units with borders to the four sides.

    `flow_seed` gives it flow between all pairs closer than four steps, falling with distance.
    """
    unit = np.arange(side * side).reshape(side, side)
    across = np.column_stack([unit[:, :-1].ravel(), unit[:, 1:].ravel()])
    down = np.column_stack([unit[:-1].ravel(), unit[1:].ravel()])
    edges = np.concatenate([across, down])
    row, column = np.divmod(unit.ravel(), side)
    flows, weight = np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    if flow_seed is not None:
        far = np.hypot(row[:, None] - row[None, :], column[:, None] - column[None, :])
        noise = Streams(flow_seed).rng("benchmarks.grid", side).lognormal(0.0, 0.5, far.shape)
        flows = np.argwhere(far < 4.0)
        weight = (np.exp(-far) * noise)[flows[:, 0], flows[:, 1]]
    return GraphInstance(
        name=f"grid_{side}x{side}",
        unit_names=tuple(f"{r}-{c}" for r, c in zip(row.tolist(), column.tolist(), strict=True)),
        weight=np.ones(side * side),
        edges=edges,
        edge_weight=np.ones(len(edges)),
        flows=flows,
        flow_weight=weight,
        xy=np.column_stack([column, row]).astype(np.float64),
    )


def best_grid_cut(side: int, parts_per_side: int) -> float:
    """
    Fewest borders between parts_per_side squared parts of equal size.

    The edge-isoperimetric inequality gives a part of s x s units a rim of at least 4 s; all rims together count
    every inner border twice and the grid's own rim (4 side) once. Squares reach it.
    """
    rim = 4 * side / parts_per_side
    return (parts_per_side**2 * rim - 4 * side) / 2


def road(num_outlets: int) -> Scenario:
    """Weekly outlets every 5 km along the equator, one rep at the western end, no price on balance, no lunch."""
    step = ROAD_STEP_KM / KM_PER_DEGREE
    lon = step * np.arange(1, num_outlets + 1, dtype=np.float64)
    return _scenario(
        "road",
        lat=np.zeros(num_outlets),
        lon=lon,
        visits=np.full(num_outlets, 4),
        sales=np.full(num_outlets, 100.0),
        rep_idx=np.zeros(num_outlets, dtype=np.int64),
        homes=np.zeros((1, 2)),
        flow=sp.csr_matrix((num_outlets, num_outlets)),
        travel=TravelRules(town_km=0.0, rural_circuity=1.2, rural_kmh=50.0),
        visit_rules=VisitRules(price_balance=0.0, lunch_min=0.0),
    )


def best_road_drive_min(num_outlets: int) -> float:
    """Drive minutes of the best plan for `road`: once a week to the far end and back, calling everywhere."""
    return 4 * 2 * num_outlets * ROAD_STEP_S / 60.0


def town(num_outlets: int = 120, num_reps: int = 3, *, seed: int = 1) -> Scenario:
    """Outlets scattered over 24 x 24 km, flow between near ones, today's split in stripes from north to south."""
    rng = Streams(seed).rng("benchmarks.town", num_outlets, num_reps)
    km = rng.uniform(0.0, 24.0, (num_outlets, 2))
    far = np.hypot(km[:, None, 0] - km[None, :, 0], km[:, None, 1] - km[None, :, 1])
    weight = np.exp(-0.3 * far) * rng.lognormal(0.0, 0.5, far.shape)
    weight[far > 12.0] = 0.0
    return _scenario(
        "town",
        lat=30.0 + km[:, 1] / KM_PER_DEGREE,
        lon=100.0 + km[:, 0] / KM_PER_DEGREE,
        visits=rng.choice([4, 2, 1], num_outlets, p=[0.2, 0.45, 0.35]),
        sales=rng.lognormal(6.0, 1.1, num_outlets),
        rep_idx=np.minimum((km[:, 1] / 24.0 * num_reps).astype(np.int64), num_reps - 1),
        homes=np.column_stack(
            [30.0 + rng.uniform(6.0, 18.0, num_reps) / KM_PER_DEGREE, 100.0 + rng.uniform(6.0, 18.0, num_reps) / 111.0]
        ),
        flow=sp.csr_matrix(weight),
        travel=TravelRules(),
        visit_rules=VisitRules(),
    )


def _scenario(
    name: str,
    *,
    lat: FloatArray,
    lon: FloatArray,
    visits: IntArray,
    sales: FloatArray,
    rep_idx: IntArray,
    homes: FloatArray,
    flow: sp.csr_matrix,
    travel: TravelRules,
    visit_rules: VisitRules,
) -> Scenario:
    """A scenario in which every outlet is a market area; `homes` are [lat, lon]."""
    n, k = len(lat), len(homes)
    ids = tuple(f"A{i:04d}" for i in range(n))
    return Scenario(
        name=name,
        currency="CNY",
        seed=1,
        outlets=Outlets(
            outlet_ids=ids,
            names=ids,
            lat=lat,
            lon=lon,
            district=Labels.of(["one"] * n),
            area=Labels.of(ids),
            segment=Labels.of(["shop"] * n),
            tier=Labels.of([{4: "A", 2: "B", 1: "C"}[int(count)] for count in visits]),
            sales_per_week=sales,
            service_min=np.full(n, 15.0),
            visits_per_cycle=visits,
            windows_min=always_open(n),
            priority=np.full(n, 50.0),
            skill=Labels.empty(n),
            rep_idx=rep_idx,
            locked=np.zeros(n, dtype=np.bool_),
            group=Labels.empty(n),
            team=Labels.empty(n),
        ),
        reps=Reps(
            rep_ids=tuple(f"R{rep + 1}" for rep in range(k)),
            names=tuple(f"rep {rep + 1}" for rep in range(k)),
            lat=homes[:, 0],
            lon=homes[:, 1],
            team_idx=np.full(k, -1),
            shift_min=np.tile([510, 1050], (k, 1)),
            works=np.tile([True] * 5 + [False] * 2, (k, 1)),
            capacity_min=np.full(k, 9600.0),
            skills=tuple(frozenset[str]() for _ in range(k)),
            grade=Labels.of(["mid"] * k),
            contract=Labels.of(["contract"] * k),
            step=np.ones(k, dtype=np.int64),
            star=np.full(k, 3),
            tenure_years=np.full(k, 2.0),
            ability=np.ones(k),
        ),
        teams=Teams(team_ids=(), names=(), pooled=np.zeros(0, dtype=np.bool_)),
        flow=Flow(level="area", weight=flow),
        travel=GreatCircleTravel(travel),
        calendar=Calendar(start=dt.date(2026, 11, 30)),
        split=SplitRules(potential_tolerance="unlimited"),
        visits=visit_rules,
        policies={"ordinary": PolicyRules()},
        effort=EffortRules(split_iterations=600_000, visit_iterations=4_000),
    )
