"""Fewest territories that can mend a plan when load passes between neighbours only: an integer program.

A territory that keeps some of its units and stays connected changes only together with a territory, or unserved
units, beside it; so within every connected cluster of changed territories the load must lie within their bands. The
bound holds wherever the solver stops.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from territory.split._room import Rooms
from territory.units import IntArray

_NODES = 2_000
_NEARNESS = 0.3


@dataclass(frozen=True, kw_only=True, eq=False)
class Cluster:
    """A smallest set of territories that the neighbour argument allows, and the bound on its size."""

    territories: IntArray
    least: int


def by_neighbours(rooms: Rooms) -> Cluster | None:
    """
    The neighbour argument: fewest territories that can take what must be placed, passing load to neighbours only.

    Supposes that every territory keeps some of its units. None when no set of territories can.
    """
    scale = np.maximum(rooms.upper.mean(axis=0), 1e-12)
    return _Program(
        replace(
            rooms,
            load=rooms.load / scale,
            lower=rooms.lower / scale,
            upper=rooms.upper / scale,
            hole=rooms.hole / scale,
            loose=rooms.loose / scale,
            movable=rooms.movable / scale,
        )
    ).solved()


_STDOUT = 1
_one_at_a_time = threading.Lock()


@contextmanager
def _quiet() -> Iterator[None]:
    """HiGHS prints a line of its own when it repairs a rounded solution; keep it out of what the user reads."""
    with _one_at_a_time:
        try:
            kept = os.dup(_STDOUT)
        except OSError:  # a program without standard output
            yield
            return
        try:
            with Path(os.devnull).open("wb") as nowhere:
                sys.stdout.flush()
                os.dup2(nowhere.fileno(), _STDOUT)
                yield
        finally:
            os.dup2(kept, _STDOUT)
            os.close(kept)


class _Program:
    """
    Minimise changed territories y over flows f between changed neighbours.

    (1) load + inflow - outflow within the band, for each measure, where nothing flows through an unchanged territory;
    (2) holes are emptied; (3) units that may lie anywhere go through a common pool; (4) a changed territory has a
    changed neighbour or hole, or takes or gives up part of a group. A little is added per load x step so that near sets
    win; the bound takes it off.
    """

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        k, h, m = rooms.num_territories, len(rooms.hole), rooms.load.shape[1]
        self.k, self.num_nodes = k, k + h
        pairs = rooms.touching
        bare = np.flatnonzero(rooms.is_bare)
        if len(bare):  # where nothing is held, a territory can begin anywhere
            anywhere = np.column_stack([np.repeat(bare, self.num_nodes), np.tile(np.arange(self.num_nodes), len(bare))])
            anywhere = np.sort(anywhere[anywhere[:, 0] != anywhere[:, 1]], axis=1)
            pairs = np.unique(np.concatenate([pairs, anywhere]), axis=0)
        self.pairs = pairs
        self.arcs = np.concatenate([pairs, pairs[:, ::-1]])
        over = np.maximum(rooms.load - rooms.upper, 0.0).sum(axis=0)
        under = np.maximum(rooms.lower - rooms.load, 0.0).sum(axis=0)
        # any bound on the flow will do; a floor keeps the numbers of the program within reach of one another
        self.supply = np.maximum(rooms.unserved + over + under, 1e-2)
        self.num_measures = m
        # columns: y, then per measure arcs, pool out (k), pool in (k)
        self.width = len(self.arcs) + 2 * k
        self.num_columns = k + m * self.width

    def solved(self) -> Cluster | None:
        rooms, k = self.rooms, self.k
        if not self.num_measures:
            return self._without_measures()
        step = _NEARNESS / ((self.num_nodes + 2) * self.num_measures)
        cost = np.ones(self.num_columns)
        low, high = np.zeros(self.num_columns), np.full(self.num_columns, np.inf)
        high[:k] = 1.0
        low[:k] = rooms.must
        rows: list[LinearConstraint] = [self._has_company()]
        for m in range(self.num_measures):
            at = k + m * self.width
            cost[at : at + self.width] = step / self.supply[m]
            rows += self._carried(m)
        with _quiet():
            found = milp(
                cost,
                integrality=np.r_[np.ones(k), np.zeros(self.num_columns - k)],
                bounds=Bounds(low, high),
                constraints=rows,
                options={"node_limit": _NODES, "mip_rel_gap": 0.0},
            )
        if found.x is None:
            return None
        bound = float(found.mip_dual_bound) if found.mip_dual_bound is not None else 0.0
        least = max(int(rooms.must.sum()), int(np.ceil(bound - _NEARNESS - 1e-6)))
        return Cluster(territories=np.flatnonzero(found.x[:k] > 0.5), least=least)

    def _without_measures(self) -> Cluster | None:
        """Nothing is balanced: what must change, and for every hole the first territory beside it."""
        chosen = self.rooms.must.copy()
        for hole in range(self.k, self.num_nodes):
            beside = np.unique(self.pairs[(self.pairs == hole).any(axis=1)])
            beside = beside[beside < self.k]
            if not len(beside):
                return None
            if not chosen[beside].any():
                chosen[beside[0]] = True
        least = max(int(self.rooms.must.sum()), 1 if self.rooms.has_trouble else 0)
        return Cluster(territories=np.flatnonzero(chosen), least=least)

    def _has_company(self) -> LinearConstraint:
        """(4): y_t <= sum of y over its neighbours, unless holes, loose units or parts of its groups change it."""
        k = self.k
        inner = self.arcs[(self.arcs < k).all(axis=1)]
        free = self.rooms.regrouped.copy()
        at_hole = self.arcs[(self.arcs[:, 0] < k) & (self.arcs[:, 1] >= k), 0]
        free[at_hole] = True
        free |= bool((self.rooms.loose > 0).any()) | bool((self.rooms.movable > 0).any())
        matrix = sp.csr_matrix((np.ones(len(inner)), (inner[:, 0], inner[:, 1])), shape=(k, self.num_columns))
        matrix = sp.csr_matrix(matrix - sp.eye(k, self.num_columns))
        return LinearConstraint(matrix, np.where(free, -np.inf, 0.0), np.inf)

    def _carried(self, m: int) -> list[LinearConstraint]:
        """(1) to (3) for one measure."""
        rooms, k, n, arcs = self.rooms, self.k, self.num_nodes, self.arcs
        at, num_arcs = k + m * self.width, len(self.arcs)
        out_at, in_at = at + num_arcs, at + num_arcs + k
        total = float(self.supply[m])
        ids = np.arange(num_arcs)
        net = sp.csr_matrix(
            (
                np.r_[np.ones(num_arcs), -np.ones(num_arcs), -np.ones(k), np.ones(k)],
                (
                    np.r_[arcs[:, 1], arcs[:, 0], np.arange(k), np.arange(k)],
                    np.r_[at + ids, at + ids, out_at + np.arange(k), in_at + np.arange(k)],
                ),
            ),
            shape=(n, self.num_columns),
        )
        marks = sp.csr_matrix(sp.eye(k, self.num_columns))
        room, spare = rooms.upper[:, m] - rooms.load[:, m], rooms.load[:, m] - rooms.lower[:, m]
        inside = net[:k]
        found = [
            LinearConstraint(sp.csr_matrix(inside - sp.diags(room) @ marks), -np.inf, 0.0),
            LinearConstraint(sp.csr_matrix(inside + sp.diags(spare) @ marks), 0.0, np.inf),
        ]
        if n > k:
            found.append(LinearConstraint(net[k:], -rooms.hole[:, m], -rooms.hole[:, m]))
        for end in (
            0,
            1,
        ):  # nothing flows through an unchanged territory; no more than everything through a changed one
            real = np.flatnonzero(arcs[:, end] < k)
            through = sp.csr_matrix((np.ones(len(real)), (arcs[real, end], at + real)), shape=(k, self.num_columns))
            found.append(LinearConstraint(sp.csr_matrix(through - total * marks), -np.inf, 0.0))
        pool = sp.csr_matrix(
            (
                np.r_[np.ones(k), -np.ones(k)],
                (np.zeros(2 * k, dtype=np.int64), np.r_[in_at + np.arange(k), out_at + np.arange(k)]),
            ),
            shape=(1, self.num_columns),
        )
        loose = float(rooms.loose[m])
        found.append(LinearConstraint(pool, loose, loose))
        leaves = sp.csr_matrix((np.ones(k), (np.arange(k), out_at + np.arange(k))), shape=(k, self.num_columns))
        enters = sp.csr_matrix((np.ones(k), (np.arange(k), in_at + np.arange(k))), shape=(k, self.num_columns))
        most_in = total + float(rooms.movable[:, m].sum())
        found.append(LinearConstraint(sp.csr_matrix(leaves - sp.diags(rooms.movable[:, m]) @ marks), -np.inf, 0.0))
        found.append(LinearConstraint(sp.csr_matrix(enters - most_in * marks), -np.inf, 0.0))
        return found
