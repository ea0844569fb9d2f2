"""Why an outlet changes rep: flow, balance and travel in numbers, per moved outlet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from territory.domain.assignment import Assignment
from territory.domain.columns import NONE
from territory.split import kpi
from territory.split.model import SplitProblem
from territory.units import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Moves:
    """
    Outlets that change rep, as columns of length num_moved, largest sales first.

    Attributes
    ----------
    outlet_idx, from_rep, to_rep
        Positions.
    sales
        Sales per week.
    flow_gain
        Flow per week between the outlet and its new territory, less that with its old one, both in the new split.
    overload_relief
        By how much the old territory's workload stood above target today, share of the target (negative: below).
    travel_saved_min
        Minutes per cycle of one-way home travel saved (negative: more travel).
    """

    outlet_idx: IntArray
    from_rep: IntArray
    to_rep: IntArray
    sales: FloatArray
    flow_gain: FloatArray
    overload_relief: FloatArray
    travel_saved_min: FloatArray

    def __len__(self) -> int:
        return len(self.outlet_idx)


def moved_outlets(problem: SplitProblem, assignment: Assignment) -> Moves:
    """Every outlet whose territory differs from today's, with the reasons in numbers."""
    territory, today = problem.territories(assignment), problem.today_territory()
    rows = np.flatnonzero((today != NONE) & (territory != NONE) & (territory != today))
    rows = rows[np.lexsort((rows, -problem.sales[rows]))]
    shares = kpi.place_shares(problem, territory)
    both = sp.csr_matrix(problem.flow + problem.flow.T)
    pull = np.asarray((both @ shares)[problem.place_of_outlet[rows]].todense()) if len(rows) else np.zeros((0, 1))
    mine = problem.share_of_place[rows]
    own = np.asarray(both.diagonal())[problem.place_of_outlet[rows]]
    at = np.arange(len(rows))
    # the outlet's own share sits in its new territory: take its flow with itself out
    to_new = mine * (pull[at, territory[rows]] - own * mine) if len(rows) else mine
    to_old = mine * pull[at, today[rows]] if len(rows) else mine
    workload = problem.measures[0]
    load = kpi.loads(problem, workload, today) / workload.target - 1.0
    home = problem.home_min
    return Moves(
        outlet_idx=rows,
        from_rep=problem.today[rows],
        to_rep=assignment.rep_of_outlet[rows],
        sales=problem.sales[rows],
        flow_gain=to_new - to_old,
        overload_relief=load[today[rows]],
        travel_saved_min=(home[rows, today[rows]] - home[rows, territory[rows]]).astype(np.float64),
    )
