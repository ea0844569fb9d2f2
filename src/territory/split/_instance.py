"""The search's own picture of a split problem: arrays over basic units, costs in points."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE
from territory.split._neighbours import plane_km
from territory.split.model import SplitProblem
from territory.units import BoolArray, FloatArray, IntArray

# While annealing, sales moved above the cap cost as much as imbalance: 10 % of all sales like one whole target.
MOVED_WEIGHT = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """
    A split problem over n units and k territories.

    Attributes
    ----------
    graph, flow
        Neighbourhood (0/1) and symmetric flow in points without diagonal; CSR, shape (n, n).
    amount, lower, upper, target
        Loads (n, m) and bands (k, m) of the limited measures.
    linear
        Points when a unit goes to a territory, shape (n, k); (0, k) when that costs nothing anywhere.
    moved, moved_cap
        Share of sales moved, weighted as the cap is, shape (n, k); (0, k) when there is no cap (infinite).
    allowed
        Permission, shape (n, k); (0, k) when everything is allowed.
    exempt
        The unit need not touch its territory; shape (n,).
    apart
        Pairs of units that may not share a territory; symmetric 0/1 CSR, shape (n, n).
    moments
        Columns weight, weight x, weight y, weight (x^2 + y^2), in points per square kilometre, so that a territory's
        inertia about its centroid is S[3] - (S[1]^2 + S[2]^2) / S[0] points; shape (n, 4), (0, 4) when not priced.
        x and y are kilometres from the region's centroid, as in `spot`, so that squares stay small.
    spot, unit_of_spot
        Points of the outlets (num_outlets, 2), the candidates for a territory's centre, and their units; empty when
        compactness is not priced.
    centre, home, territory_of_home
        Unit centres (n, 2) and homes (h, 2) on the plane, kilometres; only order the growth of starts.
    """

    graph: sp.csr_matrix
    flow: sp.csr_matrix
    amount: FloatArray
    lower: FloatArray
    upper: FloatArray
    target: FloatArray
    linear: FloatArray
    moved: FloatArray
    moved_cap: float
    allowed: BoolArray
    exempt: BoolArray
    centre: FloatArray
    home: FloatArray
    territory_of_home: IntArray
    apart: sp.csr_matrix
    moments: FloatArray = field(default_factory=lambda: np.zeros((0, 4)))
    spot: FloatArray = field(default_factory=lambda: np.zeros((0, 2)))
    unit_of_spot: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def num_units(self) -> int:
        """Number of units."""
        return len(self.exempt)

    @property
    def num_territories(self) -> int:
        """Number of territories."""
        return len(self.target)

    def may_serve(self, units: IntArray | slice) -> BoolArray:
        """Permission of some units, shape (number of units, k)."""
        if len(self.allowed):
            return np.asarray(self.allowed[units], dtype=np.bool_)
        return np.ones((len(self.exempt[units]), self.num_territories), dtype=np.bool_)

    def costs(self, units: IntArray | slice) -> FloatArray:
        """Linear points of some units, shape (number of units, k)."""
        if len(self.linear):
            return np.asarray(self.linear[units], dtype=np.float64)
        return np.zeros((len(self.exempt[units]), self.num_territories))


def instance_of(problem: SplitProblem) -> Instance:
    """The search's picture of a problem."""
    n, k, unit = problem.num_units, problem.num_territories, problem.unit_of_outlet
    onto = sp.csr_matrix((np.ones(len(unit)), (unit, np.arange(len(unit)))), shape=(n, len(unit)))
    limited = [measure for measure in problem.measures if measure.is_limited]
    amount = (
        np.column_stack([np.asarray(onto @ measure.amount) for measure in limited]) if limited else np.zeros((n, 0))
    )
    target = np.column_stack([measure.target for measure in limited]) if limited else np.zeros((k, 0))
    tolerance = np.array([measure.tolerance for measure in limited])
    is_capped = problem.max_moved_share < 1.0
    points = plane_km(np.r_[problem.lat, problem.rep_lat], np.r_[problem.lon, problem.rep_lon])
    spot = points[: problem.num_outlets]
    centred = _centred(problem) if problem.price_compactness > 0 else np.zeros((0, 2))
    count = np.maximum(np.bincount(unit, minlength=n), 1)
    return Instance(
        graph=sp.csr_matrix(problem.neighbours, dtype=np.float64),
        flow=unit_flow(problem),
        amount=np.ascontiguousarray(amount),
        lower=np.ascontiguousarray(target * (1.0 - tolerance)),
        upper=np.ascontiguousarray(target * (1.0 + tolerance)),
        target=np.ascontiguousarray(target),
        linear=_linear(problem, onto),
        moved=_moved_share(problem, onto) * MOVED_WEIGHT if is_capped else np.zeros((0, k)),
        moved_cap=problem.max_moved_share * MOVED_WEIGHT if is_capped else np.inf,
        allowed=_allowed(problem, onto),
        exempt=problem.is_exempt,
        centre=np.column_stack([np.bincount(unit, weights=spot[:, axis], minlength=n) / count for axis in (0, 1)]),
        home=points[problem.num_outlets :],
        territory_of_home=problem.territory_of_rep,
        apart=_apart(problem, onto),
        moments=_moments(problem, onto, centred),
        spot=centred,
        unit_of_spot=unit if len(centred) else np.zeros(0, dtype=np.int64),
    )


def unit_flow(problem: SplitProblem) -> sp.csr_matrix:
    """Flow between units in points, both directions added, no diagonal: what parting two units costs."""
    share = sp.csr_matrix(
        (problem.share_of_place, (problem.unit_of_outlet, problem.place_of_outlet)),
        shape=(problem.num_units, problem.flow.shape[0]),
    )
    between = sp.csr_matrix(share @ problem.flow @ share.T)
    both = sp.csr_matrix(between + between.T)
    both = sp.csr_matrix(both - sp.diags(both.diagonal()))
    both.eliminate_zeros()
    both.sort_indices()
    return sp.csr_matrix(both * (100.0 / problem.flow_between))


def unit_today(problem: SplitProblem) -> IntArray:
    """The territory with most of a unit's sales today (ties: the smaller position); -1 where it has none."""
    today = problem.today_territory()
    has_rep = np.flatnonzero(today != NONE)
    label = np.full(problem.num_units, NONE, dtype=np.int64)
    if not len(has_rep):
        return label
    k = problem.num_territories
    key, at = np.unique(problem.unit_of_outlet[has_rep] * k + today[has_rep], return_inverse=True)
    weight = np.bincount(at.ravel(), weights=problem.sales[has_rep] + 1e-9)
    order = np.lexsort((-key, weight))  # the last entry of a unit wins: most sales, then the smaller territory
    label[key[order] // k] = key[order] % k
    return label


def _linear(problem: SplitProblem, onto: sp.csr_matrix) -> FloatArray:
    n, k = problem.num_units, problem.num_territories
    linear = np.zeros((n, k))
    if problem.price_moved > 0:
        linear += 100.0 * problem.price_moved * _moved_share(problem, onto)
    if problem.price_travel > 0:
        home = np.asarray(onto @ problem.home_min.astype(np.float64))
        linear += 100.0 * problem.price_travel * home / problem.home_travel_today()
    if problem.price_affinity > 0 and problem.affinity is not None:
        kept = np.asarray((onto @ sp.diags(problem.sales) @ problem.affinity).todense())
        lost = np.asarray(onto @ problem.sales)[:, None] - kept
        linear += 100.0 * problem.price_affinity * lost / max(float(problem.sales.sum()), 1e-12)
    return linear if linear.any() else np.zeros((0, k))


def _moved_share(problem: SplitProblem, onto: sp.csr_matrix) -> FloatArray:
    """Share of the served sales that changes rep when a unit goes to a territory, shape (n, k)."""
    n, k, unit = problem.num_units, problem.num_territories, problem.unit_of_outlet
    today = problem.today_territory()
    has_rep = today != NONE
    sales_at = sp.csr_matrix(
        (problem.sales[has_rep], (unit[has_rep], today[has_rep])), shape=(n, k), dtype=np.float64
    ).toarray()
    served = np.bincount(unit[has_rep], weights=problem.sales[has_rep], minlength=n)
    return np.asarray((served[:, None] - sales_at) / problem.served_sales)


def _allowed(problem: SplitProblem, onto: sp.csr_matrix) -> BoolArray:
    """Who may serve a unit: all its outlets allowed, locks and seed points kept."""
    k, unit = problem.num_territories, problem.unit_of_outlet
    bound = np.where(problem.locked, problem.today_territory(), NONE)
    bound = np.where(bound == NONE, problem.seed_territory, bound)
    pinned = np.unique(unit[bound != NONE])
    if not len(pinned) and bool(problem.allowed.all()):
        return np.zeros((0, k), dtype=np.bool_)
    allowed = np.asarray((onto @ (~problem.allowed).astype(np.float64)) == 0)
    for territory_of_outlet in (np.where(problem.locked, problem.today_territory(), NONE), problem.seed_territory):
        rows = np.flatnonzero(territory_of_outlet != NONE)
        for u, t in zip(unit[rows].tolist(), territory_of_outlet[rows].tolist(), strict=True):
            allowed[u] &= np.arange(k) == t
    return allowed


def _apart(problem: SplitProblem, onto: sp.csr_matrix) -> sp.csr_matrix:
    """Units with outlets that must be kept apart; a unit that holds two of them marks itself on the diagonal."""
    n = problem.num_units
    rows = np.flatnonzero(problem.apart != NONE)
    if not len(rows):
        return sp.csr_matrix((n, n))
    _, label = np.unique(problem.apart[rows], return_inverse=True)
    label = np.asarray(label).ravel()
    holds = sp.csr_matrix((np.ones(len(rows)), (problem.unit_of_outlet[rows], label)), shape=(n, int(label.max()) + 1))
    twice = np.asarray(holds.max(axis=1).todense()).ravel() > 1
    both = sp.csr_matrix(holds @ holds.T)
    both = sp.csr_matrix(both - sp.diags(both.diagonal()) + sp.diags(twice.astype(np.float64)))
    both.eliminate_zeros()
    both.data[:] = 1.0
    return both


def _centred(problem: SplitProblem) -> FloatArray:
    """Points of the outlets as the checker has them, kilometres from the centroid of all workload."""
    weight, spot = problem.measures[0].amount, plane_km(problem.lat, problem.lon)
    return np.asarray(spot - weight @ spot / max(float(weight.sum()), 1e-12))


def _moments(problem: SplitProblem, onto: sp.csr_matrix, spot: FloatArray) -> FloatArray:
    if not len(spot):
        return np.zeros((0, 4))
    weight = problem.measures[0].amount
    columns = np.column_stack([weight, weight * spot[:, 0], weight * spot[:, 1], weight * (spot**2).sum(axis=1)])
    scale = 100.0 * problem.price_compactness / problem.inertia_scale()
    return np.ascontiguousarray(np.asarray(onto @ columns) * scale)
