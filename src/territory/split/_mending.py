"""Finding few territories that can mend a plan: sets of them tried one after the other, the rest standing still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from territory.domain.columns import NONE
from territory.effort import CancelToken, Effort, Meter
from territory.progress import Progress
from territory.split._annealing import Found
from territory.split._instance import Instance
from territory.split._local import searched, started, with_leaving_price
from territory.split._part import part_of
from territory.split._room import Rooms
from territory.streams import Streams
from territory.units import BoolArray, FloatArray, IntArray

TRY_SHARE = 0.7  # of the effort at most goes into finding few territories, the rest into their points
_STEPS_PER_UNIT = 250
_FEWEST_STEPS = 20_000
_ROUNDING = 1e-9
# First near the given plan; where that fails, hot enough to spread load through a crowd of full territories.
_COOL = 0.12
_HEATS = (_COOL, 0.8, 1.6, 0.8, 1.6)
_SMALL = 3
_ALTERNATIVES = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Attempt:
    """A labelling of all units that keeps all rules; None: not found, and these territories were too tight."""

    label: IntArray | None
    tight: IntArray


@dataclass(frozen=True, kw_only=True)
class Mending:
    """
    One plan being mended.

    Attributes
    ----------
    label
        The given plan: territory of each unit, -1 for none.
    rooms
        Its territories as vessels.
    leaving
        Points when a unit leaves its territory of the given plan, shape (num_units,).
    """

    instance: Instance
    label: IntArray
    rooms: Rooms
    leaving: FloatArray
    meter: Meter
    streams: Streams
    progress: Progress
    cancel: CancelToken | None

    def fewest(self, cluster: IntArray, *, least: int, most: int) -> IntArray | None:
        """
        A labelling that keeps all rules and changes few territories.

        Parameters
        ----------
        cluster
            Territories to try first.
        least, most
            Stop at `least` changed territories; never change more than `most`.
        """
        found = self._first(np.unique(cluster), most)
        while found is not None:
            leaner = self._without_one(found, least)
            if leaner is None:
                break
            found = leaner
        return found

    def _first(self, cluster: IntArray, most: int) -> IntArray | None:
        """The first labelling found: of the cluster, other small sets, or sets that grow where it is too tight."""
        small = _small_sets(self.rooms, len(cluster)) if len(cluster) <= _SMALL else []
        others = [chosen for chosen in small if not np.array_equal(chosen, cluster)]
        tight = cluster
        for chosen in [chosen for chosen in (cluster, *others) if 0 < len(chosen) <= most]:
            attempt = self.tried(chosen)
            if attempt.label is not None or self._is_spent():
                return attempt.label
            tight = attempt.tight if chosen is cluster else tight
        chosen, stride = cluster, 1
        while len(chosen) < min(most, self.rooms.num_territories):
            for _ in range(min(stride, most - len(chosen))):
                chosen = larger(self.rooms, chosen, tight)
            attempt = self.tried(chosen)
            if attempt.label is not None or self._is_spent():
                return attempt.label
            tight, stride = attempt.tight, stride + 1
        return None

    def tried(self, chosen: IntArray, heats: Sequence[float] = _HEATS) -> Attempt:
        """An attempt to keep all rules by changing chosen territories only."""
        part = with_leaving_price(part_of(self.instance, self.label, chosen), self.leaving)
        start = started(part)
        nearest: Found | None = None
        for heat in heats if start is not None else ():
            steps = max(_FEWEST_STEPS, _STEPS_PER_UNIT * len(part.units))
            if self.meter.effort.iterations is not None:
                steps = max(1, min(steps, int(TRY_SHARE * self.meter.effort.iterations) - self.meter.iterations))
            seed = self.streams.child("replan", self.meter.iterations)
            self.meter.iterations += steps
            assert start is not None
            found = searched(
                part.instance, start, effort=Effort(iterations=steps), seed=seed, heat=heat, cancel=self.cancel
            )
            self.progress.stepped("replan", int(100 * self.meter.share_spent()), 100)
            nearest = found if nearest is None or found.is_better_than(nearest) else nearest
            if np.isfinite(found.cost) or self._is_spent():
                break
        if nearest is None:
            return Attempt(label=None, tight=np.zeros(0, dtype=np.int64))
        if np.isfinite(nearest.cost):
            return Attempt(label=part.whole(self.label, nearest.label), tight=np.zeros(0, dtype=np.int64))
        return Attempt(label=None, tight=chosen[outside(part.instance, nearest.label)])

    def improved(self, label: IntArray, chosen: IntArray) -> IntArray:
        """A labelling, searched on in the chosen territories for points with what is left of the effort."""
        whole = self.meter.effort
        if whole.iterations is not None:
            rest = Effort(iterations=max(1, whole.iterations - self.meter.iterations))
        else:
            rest = Effort(seconds=max(0.0, (whole.seconds or 0.0) - self.meter.elapsed_s))
        part = with_leaving_price(part_of(self.instance, self.label, chosen), self.leaving)
        place = np.full(self.instance.num_territories, NONE, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        seed = self.streams.child("replan", "improve")
        found = searched(
            part.instance, place[label[part.units]], effort=rest, seed=seed, heat=_COOL, cancel=self.cancel
        )
        return part.whole(self.label, found.label) if np.isfinite(found.cost) else label

    def touched(self, label: IntArray) -> IntArray:
        """Territories whose units differ from the given plan's and those that must change, ascending."""
        differs = label != self.label
        both = np.union1d(np.union1d(label[differs], self.label[differs]), np.flatnonzero(self.rooms.must))
        return np.asarray(both[both != NONE], dtype=np.int64)

    def _without_one(self, label: IntArray, least: int) -> IntArray | None:
        """A labelling that changes one territory fewer; those that change least are left out first."""
        touched = self.touched(label)
        k = self.instance.num_territories
        differs = label != self.label
        size = np.bincount(label[differs], minlength=k) + np.bincount(
            self.label[differs & (self.label != NONE)], minlength=k
        )
        if len(touched) <= max(least, 1):
            return None
        for out in sorted(touched[~self.rooms.must[touched]].tolist(), key=lambda t: (int(size[t]), t)):
            if self._is_spent():
                return None
            rest = touched[touched != out]
            fewer = self.tried(rest, _HEATS[:2]).label if fits(self.rooms, rest) else None
            if fewer is not None:
                return fewer
        return None

    def _is_spent(self) -> bool:
        is_cancelled = self.cancel is not None and self.cancel.is_cancelled
        return is_cancelled or self.meter.share_spent() >= TRY_SHARE


def fits(rooms: Rooms, chosen: IntArray) -> bool:
    """Could these territories hold, together, what they have and what nobody serves?"""
    if not np.isin(np.flatnonzero(rooms.must), chosen).all():
        return False
    held = rooms.load[chosen].sum(axis=0) + rooms.unserved
    return bool((held <= rooms.upper[chosen].sum(axis=0)).all() and (held >= rooms.lower[chosen].sum(axis=0)).all())


def beside(rooms: Rooms, chosen: IntArray, *, with_holes: bool = True) -> BoolArray:
    """Territories beside the chosen ones or (`with_holes`) beside unserved units, shape (num_territories,)."""
    k, pairs = rooms.num_territories, rooms.touching
    is_core = np.zeros(k + len(rooms.hole), dtype=np.bool_)
    is_core[chosen] = True
    is_core[k:] = with_holes
    near = np.zeros(len(is_core), dtype=np.bool_)
    near[pairs[is_core[pairs[:, 0]], 1]] = True
    near[pairs[is_core[pairs[:, 1]], 0]] = True
    near[chosen] = False
    return near[:k]


def larger(rooms: Rooms, chosen: IntArray, tight: IntArray) -> IntArray:
    """One more territory: the roomiest beside those that are too tight, else beside any of the chosen ones."""
    k = rooms.num_territories
    if len(chosen) == k:
        return chosen
    rank = _slack(rooms, np.arange(k))
    rank = rank + 1e6 * beside(rooms, chosen) + 1e9 * (beside(rooms, tight, with_holes=False) if len(tight) else 0.0)
    rank[chosen] = -np.inf
    return np.union1d(chosen, [int(np.argmax(rank))])


def outside(instance: Instance, label: IntArray) -> BoolArray:
    """Territories whose load lies outside a band, shape (num_territories,)."""
    load = np.zeros_like(instance.target)
    np.add.at(load, label, instance.amount)
    slack = _ROUNDING * instance.target
    return np.asarray(((load > instance.upper + slack) | (load < instance.lower - slack)).any(axis=1))


def _slack(rooms: Rooms, territories: IntArray) -> FloatArray:
    """What each territory can take, or give where too little is there: the worst measure's share of its band."""
    if not rooms.load.shape[1]:
        return np.zeros(len(territories))
    load, lower, upper = rooms.load[territories], rooms.lower[territories], rooms.upper[territories]
    held = rooms.load[rooms.must]
    needs = rooms.unserved + (held - np.clip(held, rooms.lower[rooms.must], rooms.upper[rooms.must])).sum(axis=0)
    spare = np.where(needs >= 0, upper - load, load - lower) / (upper - lower)
    return np.asarray(spare.min(axis=1))


def _small_sets(rooms: Rooms, size: int) -> list[IntArray]:
    """Sets of `size` territories around the trouble that could hold everything, the roomiest first."""
    core = np.flatnonzero(rooms.must)
    free = size - len(core)
    if free <= 0:
        return []
    ring = np.flatnonzero(beside(rooms, core))
    if free > 1:
        ring = np.flatnonzero(beside(rooms, np.union1d(core, ring)) | np.isin(np.arange(rooms.num_territories), ring))
    ring = np.setdiff1d(ring, core)
    sets = [np.union1d(core, extra) for extra in combinations(ring.tolist(), free)]
    sets = [found.astype(np.int64) for found in sets if fits(rooms, found)]
    sets.sort(key=lambda found: (-float(_slack(rooms, found).sum()), tuple(found.tolist())))
    return sets[:_ALTERNATIVES]
