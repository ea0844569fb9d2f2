"""Small split problems with every side rule at random, drawn from a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import Labels
from territory.domain.reps import Teams
from territory.domain.rules import SplitRules
from territory.domain.scenario import Scenario
from territory.split import SplitProblem
from tests.towns import KM, scenario_of, some_outlets, some_reps

MOST_UNITS = 12
MOST_LABELLINGS = 200_000


def random_problem(number: int) -> SplitProblem:
    """The problem of a number: 2 to 4 territories, up to 12 units, all side rules at random."""
    for attempt in range(50):
        rng = np.random.default_rng([number, attempt])
        problem = SplitProblem.of(_scenario(rng))
        n, k = problem.num_units, problem.num_territories
        if k >= 2 and n <= MOST_UNITS and k**n <= MOST_LABELLINGS:
            return problem
    raise AssertionError(f"no small problem for number {number}")


def _scenario(rng: np.random.Generator) -> Scenario:
    num_reps = int(rng.choice([2, 2, 2, 3, 3, 4]))
    num_areas = int(rng.integers(max(3, num_reps), {2: 13, 3: 11, 4: 8}[num_reps]))
    n = num_areas + int(rng.choice([0, 0, 2, 4]))
    area = np.r_[np.arange(num_areas), rng.integers(0, num_areas, n - num_areas)]
    cell = rng.permutation(20)[:num_areas]
    east, north = cell % 5 + 0.0, cell // 5 + 0.0
    lat = 30.0 + (north[area] + rng.uniform(-0.3, 0.3, n)) * KM
    lon = 100.0 + (east[area] + rng.uniform(-0.3, 0.3, n)) * KM

    def sometimes(share: float) -> bool:
        return bool(rng.random() < share)

    # today's split: mostly by longitude, sometimes anyhow
    order = np.argsort(np.argsort(east[area] + rng.normal(0, 0.7, n)))
    today = np.where(rng.random(n) < 0.1, -1, order * num_reps // n)
    marks = ["", "", "", "", "a", "b"] if sometimes(0.3) else [""]
    outlets = some_outlets(
        list(lat),
        list(lon),
        area=Labels.of([f"area {a:02d}" for a in area]),
        rep_idx=today,
        service_min=rng.choice([10.0, 20.0, 20.0, 45.0], n),
        visits_per_cycle=rng.choice([1, 2, 4], n),
        sales_per_week=rng.choice([0.0, 50.0, 100.0, 180.0], n, p=[0.1, 0.4, 0.3, 0.2]),
        locked=(rng.random(n) < (0.2 if sometimes(0.3) else 0.0)) & (today >= 0),
        group=Labels.of(rng.choice(["", "", "", "g"] if sometimes(0.25) else [""], n).tolist()),
        apart=Labels.of(rng.choice(marks, n).tolist()),
        skill=Labels.of(rng.choice(["", "", "", "", "wine"] if sometimes(0.25) else [""], n).tolist()),
        team=Labels.of(rng.choice(["", "", "", "", "T1"] if sometimes(0.2) else [""], n).tolist()),
    )
    seeds = np.where(rng.random(num_reps) < (0.5 if sometimes(0.35) else 0.0), rng.permutation(n)[:num_reps], -1)
    homes = rng.integers(0, n, num_reps)
    reps = some_reps(
        list(lat[homes]),
        list(lon[homes]),
        team_idx=rng.integers(-1, 2, num_reps),
        capacity_min=rng.choice([9600.0, 9600.0, 7200.0], num_reps),
        skills=tuple(frozenset(["wine"]) if rng.random() < 0.5 else frozenset() for _ in range(num_reps)),
        seed_outlet_idx=seeds,
    )
    flow = rng.random((num_areas, num_areas)) * (rng.random((num_areas, num_areas)) < 0.4)
    affinity = np.round(rng.random((n, num_reps)), 2) * (rng.random((n, num_reps)) < 0.5)
    wall = np.array([[29.9, 100.0 + 2.5 * KM], [30.0 + rng.uniform(0, 4) * KM, 100.0 + 2.5 * KM]])
    return scenario_of(
        outlets,
        reps,
        flow,
        teams=Teams(team_ids=("T0", "T1"), names=("zero", "one"), pooled=np.array([sometimes(0.2), sometimes(0.2)])),
        affinity=sp.csr_matrix(affinity) if sometimes(0.3) else None,
        barriers=(wall,) if sometimes(0.2) else (),
        adjacency=_given_neighbours(east, north) if sometimes(0.2) else None,
        split=SplitRules(
            workload_tolerance=float(rng.choice([0.2, 0.4, 0.6, 0.9])),
            potential_tolerance="unlimited" if sometimes(0.6) else float(rng.choice([0.5, 0.9])),
            count_tolerance="unlimited" if sometimes(0.7) else float(rng.choice([0.3, 0.6])),
            max_area_share=float(rng.choice([0.6, 10.0])),
            max_moved_share=float(rng.choice([0.2, 0.5, 1.0, 1.0])),
            price_moved=float(rng.choice([0.0, 0.3])),
            price_travel=float(rng.choice([0.0, 0.1])),
            price_compactness=float(rng.choice([0.0, 0.0, 0.05, 1.0])),
            price_affinity=float(rng.choice([0.0, 0.2])),
            homes="free" if sometimes(0.2) else "fixed",
            basic_unit="outlet" if sometimes(0.2) else "auto",
        ),
    )


def _given_neighbours(east: np.ndarray, north: np.ndarray) -> sp.csr_matrix:
    """Areas of the grid that lie next to one another, in eight directions or two cells apart in a row."""
    far_east, far_north = np.abs(east[:, None] - east), np.abs(north[:, None] - north)
    near = (np.maximum(far_east, far_north) <= 1) | ((far_north == 0) & (far_east <= 2))
    np.fill_diagonal(near, False)
    return sp.csr_matrix(near.astype(np.float64))


def with_tolerance(problem: SplitProblem, tolerance: float) -> SplitProblem:
    """The problem with all limited measures at another tolerance."""
    measures = tuple(
        replace(measure, tolerance=tolerance) if measure.is_limited else measure for measure in problem.measures
    )
    return replace(problem, measures=measures)
