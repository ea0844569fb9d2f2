"""Brute force over every labelling of a small split problem: no search, no checker, its own formulas.

Everything but the move cap is a property of one territory and the set of units it holds, so tables over all sets
(bit masks of units) are filled first; then all labellings look their territories up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from territory.split import SplitProblem

_FORGIVEN = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Everything:
    """Every labelling: which are within all rules, and what each costs (in points)."""

    num_units: int
    num_territories: int
    is_valid: np.ndarray
    points: np.ndarray

    @property
    def best(self) -> float:
        """Points of the best split; infinite when there is none."""
        return float(self.points[self.is_valid].min()) if self.is_valid.any() else float("inf")

    def label(self, position: int) -> np.ndarray:
        """The labelling at a position: territory of each unit."""
        k = self.num_territories
        return np.array([position // k**u % k for u in range(self.num_units)])


def every_split(problem: SplitProblem) -> Everything:
    """All labellings of a problem with few units (k ** n of them)."""
    n, k = problem.num_units, problem.num_territories
    masks = _masks(n, k)
    holds = (np.arange(2**n)[:, None] >> problem.unit_of_outlet) & 1 == 1  # a set of units holds an outlet
    everywhere = _fits_anywhere(problem, holds)
    today = np.array([-1 if r < 0 else problem.territory_of_rep[r] for r in problem.today])
    kept = _kept_flow(problem)
    inertia = _inertia(problem, holds) if problem.price_compactness > 0 else np.zeros(2**n)
    is_valid, points, moved = np.ones(k**n, dtype=bool), np.zeros(k**n), np.zeros(k**n)
    served = problem.sales[today >= 0].sum() or 1.0
    for t in range(k):
        is_valid &= (everywhere & _fits(problem, holds, today, t))[masks[t]]
        leaves = holds @ (problem.sales * ((today >= 0) & (today != t)))
        cost = -100.0 * kept / problem.flow_between + problem.price_moved * 100.0 * leaves / served
        cost = cost + problem.price_compactness * 100.0 * inertia / _scale(problem)
        home = holds @ problem.home_min[:, t].astype(np.float64)
        cost = cost + problem.price_travel * 100.0 * home / problem.home_travel_today()
        if problem.affinity is not None and problem.sales.sum() > 0:
            lost = problem.sales * (1.0 - problem.affinity.toarray()[:, t])
            cost = cost + problem.price_affinity * 100.0 * (holds @ lost) / problem.sales.sum()
        points += cost[masks[t]]
        moved += leaves[masks[t]]
    is_valid &= moved / served <= problem.max_moved_share + _FORGIVEN
    points += 100.0 * problem.flow.sum() / problem.flow_between
    return Everything(num_units=n, num_territories=k, is_valid=is_valid, points=points)


@lru_cache(maxsize=8)
def _masks(n: int, k: int) -> list[np.ndarray]:
    """For each territory, the units it holds in every labelling, as bit masks; unit u is digit u in base k."""
    masks = [np.zeros(1, dtype=np.int32) for _ in range(k)]
    for u in range(n):
        masks = [
            np.concatenate([mask + (2**u if digit == t else 0) for digit in range(k)]) for t, mask in enumerate(masks)
        ]
    return masks


def _fits_anywhere(problem: SplitProblem, holds: np.ndarray) -> np.ndarray:
    """Not empty, in one piece, groups together, labels apart."""
    fits = holds.any(axis=1) & _in_one_piece(problem)
    for group in set(problem.group.tolist()) - {-1}:
        inside = holds[:, problem.group == group]
        fits &= inside.all(axis=1) | ~inside.any(axis=1)
    for label in set(problem.apart.tolist()) - {-1}:
        fits &= holds[:, problem.apart == label].sum(axis=1) <= 1
    return fits


def _fits(problem: SplitProblem, holds: np.ndarray, today: np.ndarray, t: int) -> np.ndarray:
    """Allowed, locked and seed outlets where they belong, loads within the band."""
    fits = ~holds[:, ~problem.allowed[:, t]].any(axis=1)
    for wanted in (np.where(problem.locked, today, -1), problem.seed_territory):
        fits &= holds[:, wanted == t].all(axis=1)
        fits &= ~holds[:, (wanted >= 0) & (wanted != t)].any(axis=1)
    for measure in problem.measures:
        off = np.abs(holds @ measure.amount - measure.target[t])
        fits &= off <= (measure.tolerance + _FORGIVEN) * measure.target[t]
    return fits


def _in_one_piece(problem: SplitProblem) -> np.ndarray:
    """For every set: its units that need to touch do, by flooding from the first of them."""
    n = problem.num_units
    edges = problem.neighbours.toarray() != 0
    regular = ~problem.is_exempt
    near = [int(sum(1 << v for v in range(n) if edges[u, v])) for u in range(n)]
    needed = np.arange(2**n) & sum(1 << u for u in range(n) if regular[u])
    reached = needed & -needed
    for _ in range(n):
        for u in range(n):
            reached |= np.where(reached >> u & 1 == 1, near[u], 0) & needed
    return reached == needed


def _kept_flow(problem: SplitProblem) -> np.ndarray:
    """Flow that stays inside every set of units, each direction once."""
    n = problem.num_units
    between = np.zeros((n, n))
    flow = problem.flow.toarray()
    for i, (u, a) in enumerate(zip(problem.unit_of_outlet, problem.place_of_outlet, strict=True)):
        for j, (v, b) in enumerate(zip(problem.unit_of_outlet, problem.place_of_outlet, strict=True)):
            between[u, v] += problem.share_of_place[i] * flow[a, b] * problem.share_of_place[j]
    bits = ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(float)
    return ((bits @ between) * bits).sum(axis=1)


def _points_km(problem: SplitProblem) -> np.ndarray:
    scale = np.pi / 180.0 * 6371.0088
    return np.column_stack([problem.lon * scale * np.cos(np.radians(problem.lat.mean())), problem.lat * scale])


def _inertia(problem: SplitProblem, holds: np.ndarray) -> np.ndarray:
    """Workload x squared km about the best of the outlets in every set; 0 for the empty one."""
    spot, weight = _points_km(problem), problem.measures[0].amount
    squared = ((spot[:, None] - spot[None, :]) ** 2).sum(axis=2)
    about = (holds * weight) @ squared
    best = np.where(holds, about, np.inf).min(axis=1)
    return np.where(np.isfinite(best), best, 0.0)


def _scale(problem: SplitProblem) -> float:
    spot, weight = _points_km(problem), problem.measures[0].amount
    centre = np.average(spot, axis=0, weights=weight) if weight.sum() > 0 else spot.mean(axis=0)
    whole = float((weight * ((spot - centre) ** 2).sum(axis=1)).sum()) / problem.num_territories
    return whole if whole > 0 else 1.0
