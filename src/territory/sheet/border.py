"""Flow across territory borders, seen from each rep: where goods and customers come and go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.units import FloatArray

MOST_PLACES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class BorderPlace:
    """One market area (or outlet) of a rep with strong flow to and from other territories.

    `weight` is flow per week across the border, both ways; `share` is its part of all flow between this
    place's part and other places; `other_rep_idx` is the rep on the other side of most of it.
    """

    place: int
    weight: float
    share: float
    other_rep_idx: int


@dataclass(frozen=True, eq=False)
class BorderFlow:
    """
    Flow between each place and each territory.

    With `P[a, r]` the share of place a's sales that rep r serves and `B` the flow between two different
    places, both ways: rep r's part of place a sends and receives `P[a, r] * sum_b B[a, b] (1 - P[b, r])`
    across the border.
    """

    shares: sp.csc_matrix
    to_rep: sp.csr_matrix
    totals: FloatArray

    @classmethod
    def of(cls, scenario: Scenario, assignment: Assignment) -> BorderFlow:
        """Computed once for all reps."""
        outlets, flow = scenario.outlets, scenario.flow
        num_reps = len(scenario.reps)
        reps = assignment.rep_of_outlet
        place = np.arange(len(outlets)) if flow.level == "outlet" else outlets.area.codes
        served = (reps >= 0) & (place >= 0)
        weight = outlets.sales_per_week if flow.level == "area" else np.ones(len(outlets))
        by_place = np.bincount(place[served], weights=weight[served], minlength=flow.num_places)
        silent = by_place == 0  # an area whose outlets sell nothing is shared out by their number
        weight = np.where(served & silent[np.maximum(place, 0)], 1.0, weight)
        table = sp.csr_matrix(
            (weight[served], (place[served], reps[served])), shape=(flow.num_places, num_reps), dtype=np.float64
        )
        sums = np.asarray(table.sum(axis=1)).ravel()
        shares = sp.csr_matrix(sp.diags(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)) @ table)
        both = flow.both_ways()
        return cls(
            shares=sp.csc_matrix(shares),
            to_rep=sp.csr_matrix(both @ shares),
            totals=np.asarray(both.sum(axis=1), dtype=np.float64).ravel(),
        )

    def strongest(self, rep_idx: int, *, strong_share: float) -> list[BorderPlace]:
        """
        The rep's border places, strongest first: at most `MOST_PLACES`, each with at least `strong_share`
        of its flow crossing the border.
        """
        start, stop = self.shares.indptr[rep_idx], self.shares.indptr[rep_idx + 1]
        found = []
        for place, share in zip(
            self.shares.indices[start:stop].tolist(), self.shares.data[start:stop].tolist(), strict=True
        ):
            row = self.to_rep.getrow(place)
            by_rep = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
            total = float(self.totals[place])
            across = share * (total - by_rep.pop(rep_idx, 0.0))
            others = [(weight, -rep) for rep, weight in by_rep.items() if weight > 0]
            if total <= 0 or not others or across < strong_share * share * total:
                continue
            found.append(
                BorderPlace(place=place, weight=across, share=across / (share * total), other_rep_idx=-max(others)[1])
            )
        found.sort(key=lambda place: (-place.weight, place.place))
        return found[:MOST_PLACES]
