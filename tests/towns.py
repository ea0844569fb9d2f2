"""Small towns one can draw: scenarios for tests, built from a few numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from territory.domain.calendar import Calendar
from territory.domain.columns import Labels
from territory.domain.flow import Flow
from territory.domain.outlets import Outlets, always_open
from territory.domain.reps import Reps, Teams
from territory.domain.rules import EffortRules, SplitRules, TravelRules, VisitRules
from territory.domain.scenario import Scenario
from territory.roads.great_circle import GreatCircleTravel

KM = 1.0 / 111.2


def some_outlets(lat: Sequence[float], lon: Sequence[float], **columns: object) -> Outlets:
    """Outlets at given points; every outlet its own area unless `area` is given."""
    n = len(lat)
    ids = tuple(f"A{i:03d}" for i in range(n))
    base: dict[str, object] = {
        "outlet_ids": ids,
        "names": tuple(f"shop {i}" for i in range(n)),
        "lat": np.asarray(lat, dtype=np.float64),
        "lon": np.asarray(lon, dtype=np.float64),
        "district": Labels.of(["north"] * n),
        "area": Labels.of(ids),
        "segment": Labels.of(["shop"] * n),
        "tier": Labels.of(["B"] * n),
        "sales_per_week": np.full(n, 100.0),
        "service_min": np.full(n, 20.0),
        "visits_per_cycle": np.full(n, 2),
        "windows_min": always_open(n),
        "priority": np.full(n, 50.0),
        "skill": Labels.empty(n),
        "rep_idx": np.zeros(n, dtype=np.int64),
        "locked": np.zeros(n, dtype=np.bool_),
        "group": Labels.empty(n),
        "team": Labels.empty(n),
    }
    return Outlets(**(base | columns))  # type: ignore[arg-type]


def some_reps(lat: Sequence[float], lon: Sequence[float], **columns: object) -> Reps:
    """Reps with homes at given points, Monday to Friday 08:30 to 17:30, no team, no skills."""
    k = len(lat)
    base: dict[str, object] = {
        "rep_ids": tuple(f"R{i}" for i in range(k)),
        "names": tuple(f"rep {i}" for i in range(k)),
        "lat": np.asarray(lat, dtype=np.float64),
        "lon": np.asarray(lon, dtype=np.float64),
        "team_idx": np.full(k, -1),
        "shift_min": np.tile([510, 1050], (k, 1)),
        "works": np.tile([True] * 5 + [False] * 2, (k, 1)),
        "capacity_min": np.full(k, 9600.0),
        "skills": tuple(frozenset[str]() for _ in range(k)),
        "grade": Labels.of(["junior"] * k),
        "contract": Labels.of(["contract"] * k),
        "step": np.ones(k, dtype=np.int64),
        "star": np.zeros(k, dtype=np.int64),
        "tenure_years": np.full(k, 2.0),
        "ability": np.ones(k),
    }
    return Reps(**(base | columns))  # type: ignore[arg-type]


def scenario_of(outlets: Outlets, reps: Reps, flow: np.ndarray | None = None, **columns: object) -> Scenario:
    """A scenario; `flow` is a dense matrix over areas (none: flow between neighbours in the list of areas)."""
    num_areas = len(outlets.area.names)
    if flow is None:
        flow = np.eye(num_areas, k=1) * 10.0
    base: dict[str, object] = {
        "name": "town",
        "currency": "CNY",
        "seed": 1,
        "outlets": outlets,
        "reps": reps,
        "teams": Teams(team_ids=(), names=(), pooled=np.zeros(0, dtype=np.bool_)),
        "flow": Flow(level="area", weight=sp.csr_matrix(flow)),
        "travel": GreatCircleTravel(TravelRules()),
        "calendar": Calendar(start=dt.date(2026, 11, 30)),
        "split": SplitRules(workload_tolerance=0.25, potential_tolerance="unlimited", max_area_share=10.0),
        "visits": VisitRules(),
        "policies": {},
        "effort": EffortRules(split_iterations=20_000, visit_iterations=500),
    }
    return Scenario(**(base | columns))  # type: ignore[arg-type]


def line_of_shops(num: int, num_reps: int, **split_rules: object) -> Scenario:
    """Shops 1 km apart on a line from west to east, reps evenly along it; today split alternates (badly)."""
    lon = [100.0 + i * KM for i in range(num)]
    homes = [100.0 + (num - 1) * KM * (r + 0.5) / num_reps for r in range(num_reps)]
    outlets = some_outlets([30.0] * num, lon, rep_idx=np.arange(num) % num_reps)
    rules = {"workload_tolerance": 0.25, "potential_tolerance": "unlimited", "max_area_share": 10.0} | split_rules
    return scenario_of(outlets, some_reps([30.0] * num_reps, homes), split=SplitRules(**rules))  # type: ignore[arg-type]


def grid_of_shops(rows: int, columns: int, num_reps: int, *, seed: int = 0, **split_rules: object) -> Scenario:
    """A grid of shops, random flow between all pairs that falls with distance, today's split in row stripes."""
    rng = np.random.default_rng(seed)
    r, c = np.divmod(np.arange(rows * columns), columns)
    lat, lon = 30.0 + r * KM, 100.0 + c * KM
    far = np.hypot(r[:, None] - r[None, :], c[:, None] - c[None, :])
    flow = np.exp(-far) * rng.uniform(0.5, 2.0, far.shape)
    outlets = some_outlets(
        list(lat),
        list(lon),
        rep_idx=r * num_reps // rows,
        sales_per_week=rng.uniform(50, 150, len(lat)),
    )
    homes = rng.choice(len(lat), num_reps, replace=False)
    rules = {"workload_tolerance": 0.3, "potential_tolerance": "unlimited", "max_area_share": 10.0} | split_rules
    return scenario_of(
        outlets,
        some_reps(list(lat[homes]), list(lon[homes])),
        flow,
        split=SplitRules(**rules),  # type: ignore[arg-type]
    )


def with_outlets(scenario: Scenario, **columns: object) -> Scenario:
    """The same scenario with some outlet columns replaced."""
    return replace(scenario, outlets=replace(scenario.outlets, **columns))  # type: ignore[arg-type]
