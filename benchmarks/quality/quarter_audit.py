"""Independent accounting of a simulated quarter: plans, sheets and written tables only, nothing of `territory.review`.

Every visit that a cycle's first plan promised must be made, made up, or stand in a list; and every outlet that a sheet
shows as missed must stand in the list of debts of its week, unless somebody was there again.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quality.quarter_robot import FilledSheet

Key = tuple[str, dt.date]
_MADE = ("made", "made_up")
_STANDINGS = ("waiting", "overtaken", "gone")


@dataclass(kw_only=True)
class Books:
    """
    What the accountant writes down while the quarter runs.

    Attributes
    ----------
    until
        Last day that was lived through.
    cycle
        First day of the running cycle.
    promised
        Outlet and day of every visit of the first plan of each cycle.
    latest
        Of each sheet the one handed in last.
    printed
        Outlet and day of every visit on a sheet.
    ahead
        Outlet and day of every visit of the newest plan.
    debts
        How many debts each outlet had in the list of the last closing.
    dropped
        Outlets of which that list had a visit that a plan had dropped.
    known
        The visits known at the last closing.
    """

    until: dt.date = dt.date.max
    cycle: dt.date = dt.date.min
    promised: list[Key] = field(default_factory=list)
    latest: dict[str, FilledSheet] = field(default_factory=dict)
    printed: set[Key] = field(default_factory=set)
    ahead: set[Key] = field(default_factory=set)
    debts: Counter[str] = field(default_factory=Counter)
    dropped: set[str] = field(default_factory=set)
    known: set[Key] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def plan(self, visits: Path) -> None:
        """A cycle begins with these visits."""
        stops = _stops(visits)
        first = min(day for _, day in stops)
        self.cycle = first - dt.timedelta(days=first.weekday())
        self.promised += sorted(stops)
        self.ahead = stops

    def handed_in(self, sheets: Iterable[FilledSheet]) -> None:
        """Sheets came back and were recorded."""
        for sheet in sheets:
            self.latest[sheet.sheet_id] = sheet

    def visited(self) -> dict[str, list[dt.date]]:
        """Days on which some sheet says that somebody was at the outlet, as known now."""
        found: dict[str, set[dt.date]] = defaultdict(set)
        for sheet in self.latest.values():
            for outlet_id, day in sheet.visited:
                found[outlet_id].add(day)
        return {outlet_id: sorted(days) for outlet_id, days in found.items()}

    def week_closed(self, iso_week: str, printed: Iterable[Key], debts: Path, visits: Path) -> None:
        """
        The week's list of debts must hold every outlet of the week that nobody was at, and all that it held before.

        A visit made on another day of the same week, or later, settles the outlet in either way of counting. Nothing is
        owed to an outlet that has had as many visits as its cycle had promised by now: its printed visit was to make up
        for one that a late sheet has shown as made. A debt leaves the list only when a sheet that came since shows that
        somebody was there; one that a plan had dropped ahead of its time also when the plan (`visits`) has it again.
        """
        waiting = rows_of(debts)
        listed = Counter(row["outlet_id"] for row in waiting)
        visited = self.visited()
        known = {(outlet_id, on) for outlet_id, days in visited.items() for on in days}
        ahead = _stops(visits)
        printed = set(printed)
        self.printed |= printed
        for outlet_id, day in sorted(printed):
            monday = day - dt.timedelta(days=day.weekday())
            sunday = monday + dt.timedelta(days=6)
            was_there = any(on >= monday for on in visited.get(outlet_id, ()))
            promised = sum(name == outlet_id and self.cycle <= on <= sunday for name, on in self.promised)
            had = sum(on >= self.cycle for on in visited.get(outlet_id, ()))
            if not was_there and promised > had and not listed[outlet_id]:
                self.faults.append(f"{iso_week}: {outlet_id} was missed on {day} and is not listed")
        news = {outlet_id for outlet_id, _ in known - self.known}
        news |= {outlet_id for outlet_id, _ in ahead - self.ahead} & self.dropped
        for outlet_id in sorted((self.debts - listed).keys() - news):
            self.faults.append(f"{iso_week}: {outlet_id} has left the list of debts, and nobody was there")
        self.debts, self.known, self.ahead = listed, known, ahead
        self.dropped = {row["outlet_id"] for row in waiting if row["cause"] == "dropped"}

    def close(self, reviews: Sequence[Path], debts: Path, visits: Path) -> Mapping[str, int]:
        """
        Add everything up at the end.

        Parameters
        ----------
        reviews
            Tables of the owed visits, one per month, so that each visit stands in exactly one.
        debts
            The list of debts that was made with them.
        visits
            The plan in force.
        """
        everything = [row for path in reviews for row in rows_of(path)]
        self.ahead = _stops(visits)
        rows = [row for row in everything if _date(row["first_date"]) <= self.until]
        self.promised = [key for key in self.promised if key[1] <= self.until]
        self._promised_once(rows)
        used: Counter[Key] = Counter()
        visited = self.visited()
        for row in rows:
            self._row(row, visited, used)
        for key, count in used.items():
            if count > 1:
                self.faults.append(f"{key[0]} on {key[1]}: one visit stands for {count}")
        counts = Counter(row["fate"] for row in rows)
        standings = Counter(row["standing"] for row in rows if row["fate"] == "missed")
        total = sum(counts[name] for name in _MADE) + sum(standings[name] for name in _STANDINGS) + counts["pending"]
        waiting = Counter(row["outlet_id"] for row in rows if row["standing"] == "waiting")
        listed = Counter(row["outlet_id"] for row in rows_of(debts))
        for outlet_id in sorted((waiting - listed).keys()):
            self.faults.append(f"{outlet_id} waits and is not in the last list of debts")
        if total != len(rows):
            self.faults.append(f"{len(rows)} owed visits, of which {total} are made, made up, waiting or explained")
        return {
            "planned": len(self.promised),
            "added": len(rows) - len(self.promised),
            "made": counts["made"],
            "made_up": counts["made_up"],
            **{name: standings[name] for name in _STANDINGS},
            "moved_beyond_the_end": counts["pending"],
        }

    def _promised_once(self, rows: Sequence[Mapping[str, str]]) -> None:
        owed = Counter((row["outlet_id"], _date(row["first_date"])) for row in rows)
        for key in (Counter(self.promised) - owed).elements():
            self.faults.append(f"{key[0]}, promised for {key[1]}, is in no list")

    def _row(self, row: Mapping[str, str], visited: Mapping[str, list[dt.date]], used: Counter[Key]) -> None:
        outlet_id, day = row["outlet_id"], _date(row["date"])
        there = visited.get(outlet_id, [])
        if row["fate"] in _MADE:
            on = _date(row["made_on"])
            used[outlet_id, on] += 1
            if on not in there:
                self.faults.append(f"{outlet_id}: counted as made on {on}, and no sheet says so")
            return
        if row["fate"] == "pending" and day > self.until:
            if (outlet_id, day) not in self.ahead:
                self.faults.append(f"{outlet_id}: put off to {day}, when no visit is planned")
            return
        if row["fate"] != "missed":
            self.faults.append(f"{outlet_id} on {day}: {row['fate']} although every week is closed")
            return
        again = _date(row["planned_on"] or row["date"])
        if (outlet_id, again) in self.printed | self.ahead:  # an agreed day that some plan did have
            day = max(day, again)
        if row["standing"] == "waiting" and any(on > day for on in there):
            self.faults.append(f"{outlet_id}: waits since {day}, although somebody was there")
        if row["standing"] == "overtaken" and _date(row["overtaken_on"]) not in [on for on in there if on > day]:
            self.faults.append(f"{outlet_id}: overtaken on a day on which nobody was there")
        if row["standing"] == "waiting" and not row["due"]:
            self.faults.append(f"{outlet_id}: waits without a due day")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _stops(visits: Path) -> set[Key]:
    """Outlet and day of every visit of a plan."""
    return {(row["outlet_id"], _date(row["date"])) for row in rows_of(visits) if row["kind"] == "stop"}


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
