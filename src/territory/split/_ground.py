"""The ground a split problem stands on, read from the scenario: workload, territories, neighbourhood, travel."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE
from territory.domain.legs import neighbour_leg_min
from territory.domain.outlets import Outlets
from territory.domain.scenario import Scenario
from territory.domain.travel import Places
from territory.split._neighbours import joined_units, neighbour_pairs, plane_km, unit_graph
from territory.split._units import Units
from territory.units import SECONDS_PER_MIN, BoolArray, FloatArray, IntArray


def workload_min(scenario: Scenario) -> FloatArray:
    """
    Estimated minutes of work per cycle for each outlet, shape (num_outlets,).

    Visits x (service + access + leg); the leg is the mean travel time to the nearest four other points that have
    outlets (docs/semantics.md). Commuting from home is not in it.
    """
    outlets = scenario.outlets
    leg = neighbour_leg_min(Places.of_outlets(outlets, np.arange(len(outlets))), scenario.travel)
    return np.asarray(
        outlets.visits_per_cycle * (outlets.service_min + scenario.visits.access_min + leg), dtype=np.float64
    )


def territories_of(scenario: Scenario) -> tuple[tuple[str, ...], IntArray, tuple[tuple[int, ...], ...]]:
    reps, teams = scenario.reps, scenario.teams
    ids: list[str] = []
    members: list[list[int]] = []
    pool_at: dict[int, int] = {}
    for rep in range(len(reps)):
        team = int(reps.team_idx[rep])
        if team != NONE and teams.pooled[team]:
            if team not in pool_at:
                pool_at[team] = len(ids)
                ids.append(teams.team_ids[team])
                members.append([])
            members[pool_at[team]].append(rep)
        else:
            ids.append(reps.rep_ids[rep])
            members.append([rep])
    territory_of_rep = np.full(len(reps), NONE, dtype=np.int64)
    for territory, group in enumerate(members):
        territory_of_rep[group] = territory
    return tuple(ids), territory_of_rep, tuple(tuple(group) for group in members)


def who_may_serve(scenario: Scenario, territory_of_rep: IntArray, num: int) -> tuple[BoolArray, BoolArray]:
    """Which territory may serve which outlet; and which outlets need a skill that only some territories have."""
    outlets, reps = scenario.outlets, scenario.reps
    allowed = np.ones((len(outlets), num), dtype=np.bool_)
    for code, team_id in enumerate(outlets.team.names):
        rows = outlets.team.codes == code
        in_team = np.array(
            [team != NONE and scenario.teams.team_ids[team] == team_id for team in reps.team_idx.tolist()]
        )
        ok = np.zeros(num, dtype=np.bool_)
        ok[territory_of_rep[in_team]] = True
        allowed[rows] &= ok
    rare = np.zeros(len(outlets), dtype=np.bool_)
    for code, skill in enumerate(outlets.skill.names):
        able = np.zeros(num, dtype=np.bool_)
        able[territory_of_rep[[skill in skills for skills in reps.skills]]] = True
        if able.any() and not able.all():
            rows = outlets.skill.codes == code
            allowed[rows] &= able
            rare |= rows
    return allowed, rare


def unit_neighbours(scenario: Scenario, units: Units, by_area: bool) -> sp.csr_matrix:
    """The graph that contiguity is judged on, symmetric 0/1 CSR, shape (num_units, num_units)."""
    outlets, unit, is_exempt, num_units = scenario.outlets, units.unit_of_outlet, units.is_exempt, len(units.names)
    pairs = neighbour_pairs(outlets.lat, outlets.lon, scenario.barriers)
    graph = unit_graph(pairs, unit, num_units, is_exempt)
    if scenario.adjacency is not None and by_area:
        graph = _within_given(graph, scenario.adjacency, outlets, unit, is_exempt)
    graph = _with_ties(graph, units.ties)
    if not scenario.barriers:
        count = np.bincount(unit, minlength=num_units)
        points = plane_km(outlets.lat, outlets.lon)
        centre = np.column_stack([np.bincount(unit, weights=points[:, k], minlength=num_units) / count for k in (0, 1)])
        graph = joined_units(graph, centre, is_exempt) if scenario.adjacency is None else graph
    return graph


def _within_given(
    graph: sp.csr_matrix, adjacency: sp.csr_matrix, outlets: Outlets, unit: IntArray, is_exempt: BoolArray
) -> sp.csr_matrix:
    """The given area adjacency decides between areas; points decide between the pieces of cut areas."""
    num_units = graph.shape[0]
    area_of_unit = np.zeros(num_units, dtype=np.int64)
    area_of_unit[unit] = outlets.area.codes
    coo = graph.tocoo()
    a, b = area_of_unit[coo.row], area_of_unit[coo.col]
    # scipy gives a sparse answer to an empty question
    given = np.asarray(adjacency[a, b]).ravel() != 0 if len(a) else np.zeros(0, dtype=np.bool_)
    keep = (a == b) | given
    frm, to = coo.row[keep].astype(np.int64), coo.col[keep].astype(np.int64)
    touched = {(int(x), int(y)) for x, y in zip(area_of_unit[frm], area_of_unit[to], strict=True)}
    members: dict[int, list[int]] = {}
    for u in np.flatnonzero(~is_exempt).tolist():
        members.setdefault(int(area_of_unit[u]), []).append(u)
    extra_frm: list[int] = []
    extra_to: list[int] = []
    pairs = adjacency.tocoo()
    for x, y in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if x < y and (x, y) not in touched and x in members and y in members:
            # neighbours on the given map whose points do not touch: every piece may be the one at the border
            for u in members[x]:
                for v in members[y]:
                    extra_frm += [u, v]
                    extra_to += [v, u]
    frm, to = np.r_[frm, extra_frm].astype(np.int64), np.r_[to, extra_to].astype(np.int64)
    ones = np.ones(len(frm), dtype=np.int8)
    joined = sp.csr_matrix((ones, (frm, to)), shape=graph.shape)
    joined.sum_duplicates()
    joined.data[:] = 1
    return joined


def _with_ties(graph: sp.csr_matrix, ties: IntArray) -> sp.csr_matrix:
    """The neighbourhood with some pairs of units, shape (num_ties, 2), made neighbours."""
    if not len(ties):
        return graph
    frm, to = ties[:, 0], ties[:, 1]
    ones = np.ones(2 * len(ties), dtype=np.int8)
    joined = sp.csr_matrix(graph + sp.csr_matrix((ones, (np.r_[frm, to], np.r_[to, frm])), shape=graph.shape))
    joined.data[:] = 1
    return joined


def seed_territories(scenario: Scenario, territory_of_rep: IntArray) -> IntArray:
    """The territory whose seed point each outlet is, -1 for none, shape (num_outlets,)."""
    seeds = scenario.reps.seed_outlet_idx
    found = np.full(len(scenario.outlets), NONE, dtype=np.int64)
    named = np.flatnonzero(seeds != NONE)
    found[seeds[named]] = territory_of_rep[named]
    return found


def territory_affinity(scenario: Scenario, members: tuple[tuple[int, ...], ...]) -> sp.csr_matrix | None:
    """Affinity of outlets to territories, shape (num_outlets, num_territories): of a pooled team, the largest."""
    if scenario.affinity is None:
        return None
    by_rep = sp.csc_matrix(scenario.affinity)
    columns = [sp.csc_matrix(by_rep[:, list(group)].max(axis=1)) for group in members]
    return sp.csr_matrix(sp.hstack(columns))


def place_share(place: IntArray, sales: FloatArray, num_places: int) -> FloatArray:
    """Each outlet's share of its place's sales; equal shares where a place sells nothing."""
    total = np.bincount(place, weights=sales, minlength=num_places)
    count = np.bincount(place, minlength=num_places)
    dead = total[place] <= 0
    return np.where(dead, 1.0 / count[place], sales / np.where(dead, 1.0, total[place]))


def home_minutes(
    scenario: Scenario, members: tuple[tuple[int, ...], ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    outlets, reps = scenario.outlets, scenario.reps
    everywhere = Places.of_outlets(outlets, np.arange(len(outlets)))
    minutes = np.empty((len(outlets), len(members)), dtype=np.float32)
    for territory, group in enumerate(members):
        best = np.full(len(outlets), np.inf)
        for rep in group:
            home = Places.of_reps(reps, np.array([rep]))
            best = np.minimum(best, scenario.travel.seconds(home, everywhere)[0] / SECONDS_PER_MIN)
        minutes[:, territory] = best * outlets.visits_per_cycle
    minutes.setflags(write=False)
    return minutes
