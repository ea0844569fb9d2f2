"""A lower bound on compactness, contiguity left out: Hess' model, relaxed, and branched on numbers of centres.

The relaxation (see `_ascent`) may use fractions of a centre: two hundredths of a second centre near a town that holds
two hundredths too many people. A cluster of chosen centres whose shares add up to no whole number therefore splits the
problem: at most the number below, or at least the number above. The lower of the two bounds holds. The leaf with the
lowest bound is split next, so the bound rises as long as there is effort.

References
----------
Hess, Lagrange-districting (docs/sources.md). Departs from them by the screening of centres, by continuous knapsacks,
and by branching on the number of centres in a region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial import cKDTree

from territory.effort import CancelToken, Effort, Meter
from territory.split._ascent import Ascent, Each, Region, first_prices, one_by_one
from territory.split._centre_problem import CentreProblem, centroids
from territory.split._instance import Instance
from territory.units import BoolArray, FloatArray, IntArray

# A leaf is climbed until so many rounds raise its bound by less than this share, at most so many rounds.
_WINDOW, _GAIN, _MOST_ROUNDS = 100, 2e-4, 3000
_LEAF_WINDOW, _MOST_LEAF_ROUNDS = 200, 400
# Rounds between long strides.
_STRIDES = 50
# Rounds between centres that are remembered as hints, and how many are handed out.
_HINT_EVERY, _HINTS = 20, 24
# Shares of centres below this are noise; a cluster must be so far from a whole number to be split on.
_SHARE, _FRACTION, _ALIKE = 2e-3, 4e-3, 0.97


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreBound:
    """
    What is known at the end.

    Attributes
    ----------
    value
        No choice of centres and units within the band costs less; infinite when there is none.
    centres
        Positions of the centres of some relaxations, each ascending, shape (parts,): hints where to start a search.
    price
        Price of each unit, shape (n,): where a later ascent may go on.
    rounds, leaves
        Relaxations solved, and leaves of the tree.
    is_proved
        The bound has met `known`: nothing cheaper exists.
    """

    value: float
    centres: tuple[IntArray, ...]
    price: FloatArray
    rounds: int
    leaves: int
    is_proved: bool


def compactness_points(
    instance: Instance,
    *,
    effort: Effort,
    known: float = np.inf,
    price: FloatArray | None = None,
    threads: int = 1,
    on_bound: Callable[[float], None] | None = None,
    cancel: CancelToken | None = None,
) -> CentreBound:
    """
    Points that compactness costs at least, whatever the split; 0 when it has no price.

    See `compactness_bound`; `known` are points of compactness that every plan worth looking for stays below.
    """
    if not len(instance.moments):
        nothing = np.zeros(instance.num_units)
        return CentreBound(value=0.0, centres=(), price=nothing, rounds=0, leaves=0, is_proved=True)
    model = CentreProblem.of_instance(instance)
    return compactness_bound(
        model, effort=effort, known=known, price=price, threads=threads, on_bound=on_bound, cancel=cancel
    )


def compactness_bound(
    model: CentreProblem,
    *,
    effort: Effort,
    known: float = np.inf,
    price: FloatArray | None = None,
    threads: int = 1,
    on_bound: Callable[[float], None] | None = None,
    cancel: CancelToken | None = None,
) -> CentreBound:
    """
    A lower bound on the inertia about the best centres, contiguity left out.

    Parameters
    ----------
    effort
        Rounds (an iteration is one relaxation; repeats exactly) or seconds.
    known
        Cost of a known plan. What cannot be in a cheaper one is left out, which also tightens the bound; it then never
        exceeds `known`.
    price
        Unit prices to begin with, shape (n,), from an earlier bound of the same units.
    threads
        1 or 2 for the screening of centres; the answer does not depend on it.
    on_bound
        Told every better bound.
    """
    meter = Meter(effort)
    with _each(threads) as each:
        root = Ascent(model, known=known, start=first_prices(model) if price is None else price.copy(), each=each)
        tree = _Tree(root, meter=meter, cancel=cancel, on_bound=on_bound)
        tree.climb(root, window=_WINDOW, most=_MOST_ROUNDS)
        while not tree.is_over:
            tree.split()
    lowest = tree.leaves[0]
    return CentreBound(
        value=tree.value,
        centres=tree.hints(),
        price=lowest.best_at.unit,
        rounds=meter.iterations,
        leaves=len(tree.leaves),
        is_proved=bool(tree.value >= known),
    )


class _Tree:
    """Leaves of the search, the one with the lowest bound first."""

    def __init__(
        self, root: Ascent, *, meter: Meter, cancel: CancelToken | None, on_bound: Callable[[float], None] | None
    ) -> None:
        self.leaves = [root]
        self._known = root.known
        self._meter, self._cancel, self._on_bound = meter, cancel, on_bound
        self._told = 0.0
        self._seen: list[list[int]] = []

    @property
    def value(self) -> float:
        """The bound so far: costs are not negative, and nothing below `known` is left when it is met."""
        lowest = min(leaf.best for leaf in self.leaves)
        return min(self._known, max(0.0, lowest))

    @property
    def is_stopped(self) -> bool:
        """No effort left."""
        return self._meter.is_spent or (self._cancel is not None and self._cancel.is_cancelled)

    @property
    def is_over(self) -> bool:
        """Nothing left to do or to do it with."""
        return self.is_stopped or self.leaves[0].is_over

    def climb(self, leaf: Ascent, *, window: int, most: int) -> None:
        """Raise the bound of a leaf until it rises no more; tell of a better bound."""
        before, number = leaf.best, 0
        for count in range(1, most + 1):
            if self.is_stopped or leaf.is_over:
                break
            if leaf.regions and count % _STRIDES == 1:
                self._meter.iterations += leaf.stride((len(leaf.regions) - 1 - number) % len(leaf.regions))
                number += 1
            else:
                self._meter.iterations += 1
                leaf.climb()
            if count % _HINT_EVERY == 0:
                self._seen.append(sorted(leaf.last.tolist()))
            self.tell()
            if count % window == 0:
                if leaf.best <= before + _GAIN * abs(before):
                    break
                before = leaf.best

    def hints(self) -> tuple[IntArray, ...]:
        """Sets of centres, the oldest first, from the whole climb but its beginning; the best one last."""
        late = self._seen[len(self._seen) // 4 :]
        some = late[:: max(1, len(late) // _HINTS)]
        return tuple({tuple(hint): np.array(hint) for hint in [*some, sorted(self.leaves[0].hint.tolist())]}.values())

    def tell(self) -> None:
        """Say when the bound has risen."""
        value = self.value
        if value > self._told:
            self._told = value
            if self._on_bound is not None:
                self._on_bound(value)

    def split(self) -> None:
        """Split the lowest leaf, or climb it further where its shares say nothing."""
        leaf = self.leaves[0]
        regions = _regions(leaf)
        if regions is None:
            self.climb(leaf, window=_WINDOW, most=_MOST_ROUNDS)
        else:
            # The parent stays until both children are climbed: its bound holds for them.
            children = [leaf.under(region) for region in regions]
            for child in children:
                self.climb(child, window=_LEAF_WINDOW, most=_MOST_LEAF_ROUNDS)
            self.leaves = [*children, *self.leaves[1:]]
        self.leaves.sort(key=lambda ascent: ascent.best)
        self.tell()


def _regions(leaf: Ascent) -> tuple[Region, Region] | None:
    """The two sides of the cluster of chosen centres that is furthest from a whole number, and from the others."""
    some = np.flatnonzero(leaf.share > _SHARE)
    if len(some) < 2:
        return None
    spot = leaf.model.centre[some]
    for members, total in _clusters(spot, leaf.share[some]):
        inside = np.zeros(len(some), dtype=np.bool_)
        inside[members] = True
        if any(_is_like(region, some, inside, total, leaf.model.parts) for region in leaf.regions):
            continue
        here, there = cKDTree(spot[inside]), cKDTree(spot[~inside])

        def nearer(points: FloatArray, here: cKDTree = here, there: cKDTree = there) -> BoolArray:
            return np.asarray(here.query(points)[0] < there.query(points)[0], dtype=np.bool_)

        centre, unit = nearer(leaf.model.centre), nearer(centroids(leaf.model.moments)[1])
        below = int(np.floor(total + 1e-9))
        return (
            Region(centre=centre, unit=unit, count=below, is_most=True),
            Region(centre=centre, unit=unit, count=below + 1, is_most=False),
        )
    return None


def _clusters(spot: FloatArray, share: FloatArray) -> list[tuple[IntArray, float]]:
    """
    Clusters by single linkage whose shares add up to no whole number, and what they add up to.

    First the one that promises most: the fraction times the squared distance to the nearest centre outside.
    """
    members = [np.array([i]) for i in range(len(spot))]
    found: list[tuple[float, IntArray, float]] = []
    for a, b, distance, _ in linkage(spot, "single"):
        for part in (int(a), int(b)):
            total = float(share[members[part]].sum())
            fraction = min(total - np.floor(total), np.ceil(total) - total)
            if fraction > _FRACTION:
                found.append((float(fraction * distance**2), members[part], total))
        members.append(np.concatenate([members[int(a)], members[int(b)]]))
    found.sort(key=lambda cluster: -cluster[0])
    return [(cluster, total) for _, cluster, total in found]


def _is_like(region: Region, some: IntArray, inside: BoolArray, total: float, parts: int) -> bool:
    """Does the region already say this about these centres, or about all others?"""
    alike = float((region.centre[some] == inside).mean())
    return (alike > _ALIKE and abs(total - region.count) < 1) or (
        alike < 1.0 - _ALIKE and abs(parts - total - region.count) < 1
    )


@contextmanager
def _each(threads: int) -> Iterator[Each]:
    if threads <= 1:
        yield one_by_one
        return
    with ThreadPoolExecutor(threads) as pool:

        def side_by_side(job: Callable[[tuple[int, int]], None], spans: Sequence[tuple[int, int]]) -> None:
            for _ in pool.map(job, spans):
                pass

        yield side_by_side
