"""A few territories on their own: an instance of their units alone, while the rest of the map stands still."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from territory.domain.columns import NONE
from territory.split._instance import Instance
from territory.units import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """
    Some territories of an instance with all their units and the units that nobody serves.

    Attributes
    ----------
    instance
        Over `units` and `territories` alone; its cap on moved sales is what the rest of the map leaves.
    units, territories
        Positions in the whole instance, ascending.
    label
        Territory of each unit, a position in `territories`, -1 for none, shape (num_units,).
    """

    instance: Instance
    units: IntArray
    territories: IntArray
    label: IntArray

    def whole(self, label: IntArray, inside: IntArray) -> IntArray:
        """A labelling of all units with the part's own labels replaced."""
        joined = label.copy()
        joined[self.units] = self.territories[inside]
        return joined


def part_of(instance: Instance, label: IntArray, territories: IntArray, *, share_of_slack: float = 1.0) -> Part:
    """
    The part of an instance that `territories` and the unserved units make, under a labelling of all units.

    Flow to the rest of the map is lost either way and left out. Of the sales that may still move under the cap the
    part gets `share_of_slack`, beside what it has moved already.
    """
    k = instance.num_territories
    place = np.full(k + 1, NONE, dtype=np.int64)  # the last entry answers for -1
    place[territories] = np.arange(len(territories))
    inside = (label == NONE) | (place[label] != NONE)
    units = np.flatnonzero(inside)
    cap = instance.moved_cap
    if len(instance.moved):
        rest, held = np.flatnonzero(~inside), np.flatnonzero(inside & (label != NONE))
        elsewhere = float(instance.moved[rest, label[rest]].sum())
        slack = max(0.0, cap - elsewhere - float(instance.moved[held, label[held]].sum()))
        cap -= elsewhere + (1.0 - share_of_slack) * slack
    homes = np.flatnonzero(place[instance.territory_of_home] != NONE)
    spots = np.flatnonzero(inside[instance.unit_of_spot])
    unit_place = np.cumsum(inside) - 1

    def rows(length: int) -> IntArray:
        """A matrix without rows means "the same everywhere", and stays without."""
        return units if length else units[:0]

    return Part(
        instance=replace(
            instance,
            graph=sp.csr_matrix(instance.graph[units][:, units]),
            flow=sp.csr_matrix(instance.flow[units][:, units]),
            amount=np.ascontiguousarray(instance.amount[units]),
            lower=np.ascontiguousarray(instance.lower[territories]),
            upper=np.ascontiguousarray(instance.upper[territories]),
            target=np.ascontiguousarray(instance.target[territories]),
            linear=np.ascontiguousarray(instance.linear[np.ix_(rows(len(instance.linear)), territories)]),
            moved=np.ascontiguousarray(instance.moved[np.ix_(rows(len(instance.moved)), territories)]),
            moved_cap=cap,
            allowed=np.ascontiguousarray(instance.allowed[np.ix_(rows(len(instance.allowed)), territories)]),
            exempt=instance.exempt[units],
            centre=instance.centre[units],
            home=instance.home[homes],
            territory_of_home=place[instance.territory_of_home[homes]],
            apart=sp.csr_matrix(instance.apart[units][:, units]),
            moments=instance.moments[rows(len(instance.moments))],
            spot=instance.spot[spots],
            unit_of_spot=unit_place[instance.unit_of_spot[spots]],
        ),
        units=units,
        territories=territories,
        label=place[label[units]],
    )
