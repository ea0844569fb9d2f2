"""Checks across tables: ids that must exist, locks that must agree, distances and totals that must be possible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from territory.domain.columns import NONE
from territory.io.column_reader import ColumnReader
from territory.io.issues import IssueLog
from territory.io.outlets_table import OutletRows
from territory.io.reps_table import Staff
from territory.units import EARTH_RADIUS_KM, MIN_PER_HOUR, FloatArray, IntArray

FARTHEST_KM = 300.0
"""An outlet farther than this from every rep is taken for a mistake: no day trip reaches it."""


@dataclass(frozen=True, slots=True)
class CrossChecks:
    """The outlets and the staff, looked at together."""

    rows: OutletRows
    staff: Staff
    log: IssueLog

    @property
    def _outlets(self) -> ColumnReader:
        return ColumnReader(self.rows.table, self.log)

    def run(self, *, access_min: float) -> IntArray:
        """Make every check; returns today's rep of each outlet, -1 where there is none."""
        rep_idx = self._rep_idx()
        self._ids_apart()
        self._teams_known()
        self._locks(rep_idx)
        self._groups(rep_idx)
        self._skills()
        self._reachable()
        self._load(access_min)
        return rep_idx

    def _rep_idx(self) -> IntArray:
        place = {rep_id: idx for idx, rep_id in enumerate(self.staff.reps.rep_ids) if rep_id}
        found = np.full(len(self.rows), NONE, dtype=np.int64)
        for position, cell in enumerate(self.rows.rep_ids):
            if cell in place:
                found[position] = place[cell]
            elif cell:
                self._outlets.add_unknown("unknown_rep", position, "rep_id", place)
        return found

    def _ids_apart(self) -> None:
        """Travel times look places up by id, so reps and outlets need different ones."""
        table = self.rows.table
        row_of = dict(zip(self.rows.outlet_ids, table.rows, strict=True))
        reader = ColumnReader(self.staff.table, self.log)
        for position, rep_id in enumerate(self.staff.reps.rep_ids):
            if rep_id and rep_id in row_of:
                reader.add("id_clash", position, "rep_id", file_of_other=table.file, first=row_of[rep_id])

    def _teams_known(self) -> None:
        place = {team_id: idx for idx, team_id in enumerate(self.staff.teams.team_ids) if team_id}
        staffed = {self.staff.teams.team_ids[idx] for idx in self.staff.reps.team_idx.tolist() if idx != NONE}
        for position, cell in enumerate(self.rows.texts("territory")):
            if cell and cell not in place:
                self._outlets.add_unknown("unknown_team", position, "territory", place)
            elif cell and cell not in staffed:
                self._outlets.add("team_without_reps", position, "territory")

    def _team_of(self, rep: int) -> str:
        team = int(self.staff.reps.team_idx[rep])
        return "" if team == NONE else self.staff.teams.team_ids[team]

    def _locks(self, rep_idx: IntArray) -> None:
        wanted = self.rows.texts("territory")
        for position in np.flatnonzero(self.rows.locked).tolist():
            rep = int(rep_idx[position])
            if not self.rows.rep_ids[position]:
                self._outlets.add("lock_without_rep", position, "locked")
            elif rep != NONE and wanted[position] and self._team_of(rep) != wanted[position]:
                self._outlets.add(
                    "lock_team",
                    position,
                    "territory",
                    rep=self.staff.reps.rep_ids[rep],
                    team=self._team_of(rep),
                    wanted=wanted[position],
                )

    def _groups(self, rep_idx: IntArray) -> None:
        """A group goes to one rep, so its locks must name one rep and its teams must be one team."""
        rep_ids = self.staff.reps.rep_ids
        table_rows = self.rows.table.rows
        wanted = self.rows.texts("territory")
        lock_of: dict[str, tuple[int, int]] = {}
        team_of: dict[str, tuple[str, int]] = {}
        for position, group in enumerate(self.rows.texts("group")):
            if not group:
                continue
            rep = int(rep_idx[position]) if self.rows.locked[position] else NONE
            if rep != NONE:
                other, row = lock_of.setdefault(group, (rep, table_rows[position]))
                if other != rep:
                    self._outlets.add(
                        "group_locks", position, "group", group=group, rep=rep_ids[rep], other=rep_ids[other], first=row
                    )
            team = wanted[position] or (self._team_of(rep) if rep != NONE else "")
            if team:
                other_team, row = team_of.setdefault(group, (team, table_rows[position]))
                if other_team != team and (rep == NONE or lock_of[group][0] == rep):
                    self._outlets.add(
                        "group_teams", position, "group", group=group, team=team, other=other_team, first=row
                    )

    def _skills(self) -> None:
        have = frozenset().union(*self.staff.reps.skills)
        for position, skill in enumerate(self.rows.texts("skill")):
            if skill and skill not in have:
                self._outlets.add("skill_missing", position, "skill")

    def _reachable(self) -> None:
        reps, points = self.staff.reps, self.rows.points
        homes = np.flatnonzero(np.isfinite(reps.lat))
        places = np.flatnonzero(np.isfinite(points.lat))
        if not len(homes) or not len(places):
            return
        tree = cKDTree(_on_unit_sphere(reps.lat[homes], reps.lon[homes]))
        found = tree.query(_on_unit_sphere(points.lat[places], points.lon[places]))
        distance_km, nearest = _chord_km(np.asarray(found[0])), np.asarray(found[1])
        for at in np.flatnonzero(distance_km > FARTHEST_KM).tolist():
            position = int(places[at])
            lat, lon = float(points.lat[position]), float(points.lon[position])
            turned = tree.query(_on_unit_sphere(np.array([lon]), np.array([lat])))[0]
            if abs(lon) <= 90 and _chord_km(np.asarray(turned))[0] <= FARTHEST_KM:
                self._outlets.add("swapped", position, "lat", lat=f"{lon:g}", lon=f"{lat:g}")
                continue
            self._outlets.add(
                "unreachable",
                position,
                "lat",
                distance=f"{distance_km[at]:.0f}",
                rep=reps.rep_ids[int(homes[nearest[at]])],
                most=f"{FARTHEST_KM:g}",
            )

    def _load(self, access_min: float) -> None:
        rows = self.rows
        work_min = float((rows.visits_per_cycle * (rows.service_min + access_min)).sum())
        capacity_min = float(self.staff.reps.capacity_min.sum())
        if capacity_min > 0 and work_min > capacity_min:
            mean_min = capacity_min / len(self.staff.reps)
            self.log.add(
                "overload",
                file=self.staff.table.file,
                column=self.staff.table.header("capacity_min"),
                work=f"{work_min / MIN_PER_HOUR:.1f}",
                capacity=f"{capacity_min / MIN_PER_HOUR:.1f}",
                missing=int(np.ceil((work_min - capacity_min) / mean_min)),
            )


def check_areas_complete(rows: OutletRows, log: IssueLog) -> None:
    """Every outlet has an area: needed where the scenario works with areas."""
    reader = ColumnReader(rows.table, log)
    for position in np.flatnonzero(rows.area.codes == NONE).tolist():
        reader.add("missing_area", position, "area")


def _on_unit_sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _chord_km(chord: FloatArray) -> FloatArray:
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1)), dtype=np.float64)
