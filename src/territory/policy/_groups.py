"""Sums and means over teams, spread back to their members."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from territory.units import BoolArray, FloatArray, IntArray


class Groups:
    """
    Slots by team.

    Parameters
    ----------
    team_idx
        Team of each slot, -1 for none, shape (S,). A slot without a team is a group of its own.
    """

    def __init__(self, team_idx: IntArray) -> None:
        alone = team_idx < 0
        self.num_teams = int(team_idx.max(initial=-1)) + 1
        self.of_slot = np.where(alone, self.num_teams + np.arange(len(team_idx)), team_idx)
        self.in_team = ~alone

    def total(self, values: FloatArray) -> FloatArray:
        """Sum over the slot's team, shape (S,)."""
        return np.asarray(np.bincount(self.of_slot, values)[self.of_slot], dtype=np.float64)

    def size(self, counted: BoolArray) -> FloatArray:
        """Members of the slot's team that count, at least 1, shape (S,)."""
        return np.asarray(np.maximum(1.0, self.total(counted.astype(np.float64))), dtype=np.float64)

    def mean(self, values: FloatArray, counted: BoolArray) -> FloatArray:
        """Mean over the members that count, 0 for a team without any, shape (S,)."""
        return np.asarray(self.total(np.where(counted, values, 0.0)) / self.size(counted), dtype=np.float64)

    def others(self, values: FloatArray, counted: BoolArray) -> FloatArray:
        """Mean over the other members that count, 0 where there is none, shape (S,)."""
        held = counted.astype(np.float64)
        number = self.total(held) - held
        total = self.total(np.where(counted, values, 0.0)) - np.where(counted, values, 0.0)
        return np.where(number > 0, total / np.maximum(1.0, number), 0.0)

    def best(self, values: FloatArray, counted: BoolArray) -> FloatArray:
        """Highest value of each column among the members that count, shape (S, n); the own where nobody does."""
        order, first, group = self._sorted
        known = np.where(counted[:, None], values, -np.inf)[order]
        best = np.maximum.reduceat(known, first, axis=0)[group]
        return np.where(np.isfinite(best), best, values)

    @cached_property
    def _sorted(self) -> tuple[IntArray, IntArray, IntArray]:
        """Slots group by group, where each group begins among them, and each slot's place among the groups."""
        order = np.argsort(self.of_slot, kind="stable")
        _, first, group = np.unique(self.of_slot[order], return_index=True, return_inverse=True)
        place = np.empty_like(group)
        place[order] = group
        return order, first, place
