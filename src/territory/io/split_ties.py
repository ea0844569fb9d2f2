"""Checks of what binds outlets to territories and to one another: seed points, and outlets kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.columns import NONE
from territory.io.column_reader import ColumnReader
from territory.io.issues import IssueLog
from territory.io.outlets_table import OutletRows
from territory.io.reps_table import Staff
from territory.units import IntArray


@dataclass(frozen=True, slots=True)
class SplitTies:
    """The outlets, the staff and today's reps (`rep_idx`, -1 for none), looked at together."""

    rows: OutletRows
    staff: Staff
    rep_idx: IntArray
    log: IssueLog

    @property
    def _outlets(self) -> ColumnReader:
        return ColumnReader(self.rows.table, self.log)

    def run(self) -> IntArray:
        """Make every check; returns the seed outlet of each rep, shape (num_reps,), -1 where there is none."""
        seed_outlet_idx = self._seeds()
        bound = self._bound(seed_outlet_idx)
        self._seeds_in_groups(bound)
        self._apart(bound)
        return seed_outlet_idx

    def _seeds(self) -> IntArray:
        """Seed points are known outlets, each of one rep, free of locks and teams that say otherwise."""
        reader = ColumnReader(self.staff.table, self.log)
        place = {outlet_id: idx for idx, outlet_id in enumerate(self.rows.outlet_ids) if outlet_id}
        wanted = self.rows.texts("territory")
        found = np.full(len(self.staff.reps), NONE, dtype=np.int64)
        first: dict[str, int] = {}
        for rep, cell in enumerate(reader.references("seed_outlet")):
            if not cell:
                continue
            if cell not in place:
                reader.add_unknown("unknown_seed", rep, "seed_outlet", place)
                continue
            if cell in first:
                reader.add("seed_twice", rep, "seed_outlet", first=self.staff.table.rows[first[cell]])
                continue
            first[cell] = rep
            outlet = found[rep] = place[cell]
            holder = int(self.rep_idx[outlet]) if self.rows.locked[outlet] else NONE
            if holder != NONE and self._territory(holder) != self._territory(rep):
                reader.add("seed_locked", rep, "seed_outlet", rep=self.staff.reps.rep_ids[holder])
            if wanted[outlet] and wanted[outlet] != self._team(rep):
                reader.add("seed_team", rep, "seed_outlet", team=self._team(rep), wanted=wanted[outlet])
        return found

    def _team(self, rep: int) -> str:
        team = int(self.staff.reps.team_idx[rep])
        return "" if team == NONE else self.staff.teams.team_ids[team]

    def _territory(self, rep: int) -> tuple[str, str]:
        """What a lock or a seed point binds to: the rep, or the rep's pooled team."""
        team = int(self.staff.reps.team_idx[rep])
        if team != NONE and self.staff.teams.pooled[team]:
            return ("team", self.staff.teams.team_ids[team])
        return ("rep", self.staff.reps.rep_ids[rep])

    def _bound(self, seed_outlet_idx: IntArray) -> dict[int, int]:
        """The rep that an outlet is locked to or is the seed point of, by outlet."""
        bound = {int(outlet): rep for rep, outlet in enumerate(seed_outlet_idx.tolist()) if outlet != NONE}
        held = np.flatnonzero(self.rows.locked & (self.rep_idx != NONE))
        return bound | {outlet: int(self.rep_idx[outlet]) for outlet in held.tolist()}

    def _seeds_in_groups(self, bound: dict[int, int]) -> None:
        """A group goes to one territory, so its seed points and locks must name one; two locks are told elsewhere."""
        groups, table_rows = self.rows.texts("group"), self.rows.table.rows
        first: dict[str, int] = {}
        for outlet in sorted(bound):
            group = groups[outlet]
            if not group:
                continue
            other = first.setdefault(group, outlet)
            both_locked = self.rows.locked[outlet] and self.rows.locked[other]
            if not both_locked and self._territory(bound[outlet]) != self._territory(bound[other]):
                self._outlets.add(
                    "group_seeds",
                    outlet,
                    "group",
                    group=group,
                    rep=self.staff.reps.rep_ids[bound[outlet]],
                    other=self.staff.reps.rep_ids[bound[other]],
                    first=table_rows[other],
                )

    def _apart(self, bound: dict[int, int]) -> None:
        """Outlets with one label need different territories: enough of them, no common group, no common binding."""
        groups, table_rows = self.rows.texts("group"), self.rows.table.rows
        members: dict[str, list[int]] = {}
        for position, label in enumerate(self.rows.texts("apart")):
            if label:
                members.setdefault(label, []).append(position)
        most = len({self._territory(rep) for rep in range(len(self.staff.reps))})
        for label, outlets in members.items():
            if len(outlets) == 1:
                self._outlets.add("apart_alone", outlets[0], "apart", label=label)
            if len(outlets) > most:
                self._outlets.add("apart_too_many", outlets[most], "apart", label=label, count=len(outlets), most=most)
            group_at: dict[str, int] = {}
            bound_at: dict[tuple[str, str], int] = {}
            for outlet in outlets:
                other = group_at.setdefault(groups[outlet], outlet) if groups[outlet] else outlet
                if other != outlet:
                    self._outlets.add(
                        "apart_group", outlet, "apart", label=label, group=groups[outlet], first=table_rows[other]
                    )
                if outlet not in bound:
                    continue
                holder = self._territory(bound[outlet])
                other = bound_at.setdefault(holder, outlet)
                if other != outlet:
                    self._outlets.add(
                        "apart_bound", outlet, "apart", label=label, holder=holder[1], first=table_rows[other]
                    )
