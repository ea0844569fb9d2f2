"""A seeded robot that fills in weekly sheets: most visits made, some missed, with the surprises of a quarter."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from territory.io.sheet_csv import write_sheet_csv
from territory.sheet import SheetContent
from territory.sheet.form import NUM_EXTRA_VISITS, FieldKind, Form, sheet_form
from territory.streams import Streams

Arrival = Literal["on time", "late", "lost"]
UNKNOWN_OUTLET = "99999999"

# shares of visits (of reps not ill), and of sheets
_MISSED, _CLOSED, _ANOTHER_DAY, _LEFT_BLANK = 0.03, 0.02, 0.02, 0.01
_LATE, _LOST, _TWICE, _ILL = 0.07, 0.02, 0.05, 0.06
_PROBLEMS = ("断货", "陈列不到位", "Prices differ next door", "客户要求换货", "Door closed for repairs")


@dataclass(frozen=True, kw_only=True)
class FilledSheet:
    """
    One sheet as the robot hands it in.

    Attributes
    ----------
    printed
        Outlet and day of every visit on the sheet.
    visited
        Outlet and day of every visit that it says was made.
    arrival
        Before its week is closed, in the week after, or never.
    """

    sheet_id: str
    rep_id: str
    iso_week: str
    form: Form
    values: Mapping[str, str]
    printed: frozenset[tuple[str, dt.date]]
    visited: frozenset[tuple[str, dt.date]]
    arrival: Arrival


@dataclass(frozen=True, kw_only=True)
class Robot:
    """
    Fills in sheets; the same seed fills the same sheet in the same way.

    Attributes
    ----------
    outlets_of
        The outlets that each rep serves, for visits that nobody planned.
    """

    seed: int
    outlets_of: Mapping[str, Sequence[str]]

    def fill(self, content: SheetContent, missed: Sequence[str]) -> list[FilledSheet]:
        """
        What comes back of a sheet: nothing else than one, but now and then first one of half the week.

        Parameters
        ----------
        missed
            Outlets that the sheet tells the rep to catch up with.
        """
        rng = Streams(self.seed).rng("quarter.sheet", content.rep_id, content.iso_week)
        drawn = rng.random(3)
        arrival: Arrival = "lost" if drawn[0] < _LOST else "late" if drawn[0] < _LOST + _LATE else "on time"
        week = _Week(content=content, rng=rng, missed=missed, own=self.outlets_of.get(content.rep_id, ()))
        whole = week.filled(arrival)
        if arrival == "on time" and drawn[1] < _TWICE:
            return [_first_half(whole, content), whole]
        return [whole]


@dataclass(kw_only=True)
class _Week:
    """One sheet being filled in."""

    content: SheetContent
    rng: np.random.Generator
    missed: Sequence[str]
    own: Sequence[str]
    values: dict[str, str] = field(default_factory=dict)
    visited: set[tuple[str, dt.date]] = field(default_factory=set)

    def filled(self, arrival: Arrival) -> FilledSheet:
        form = sheet_form(self.content, lang="zh")
        self._visits()
        self._extra()
        self._goals(form)
        self._texts(form)
        return FilledSheet(
            sheet_id=self.content.sheet_id,
            rep_id=self.content.rep_id,
            iso_week=self.content.iso_week,
            form=form,
            values=dict(self.values),
            printed=frozenset((v.outlet_id, day.date) for day in self.content.days for v in day.visits),
            visited=frozenset(self.visited),
            arrival=arrival,
        )

    def _visits(self) -> None:
        working = [day for day in self.content.days if day.visits]
        ill: set[dt.date] = set()
        if working and self.rng.random() < _ILL:
            first, long = int(self.rng.integers(len(working))), int(self.rng.integers(1, 4))
            ill = {day.date for day in working[first : first + long]}
        for day in working:
            is_told = self.rng.random() < 0.6
            for visit in day.visits:
                root, drawn = f"visit.{day.date.isoformat()}.{visit.order}", float(self.rng.random())
                if day.date in ill:
                    if is_told:
                        self.values |= {f"{root}.outcome": "missed", f"{root}.note": "病假"}
                    continue
                self._visit(root, visit.outlet_id, day.date, drawn, [d.date for d in working if d.date not in ill])

    def _visit(self, root: str, outlet_id: str, date: dt.date, drawn: float, days: Sequence[dt.date]) -> None:
        limits = np.cumsum([_MISSED, _CLOSED, _ANOTHER_DAY, _LEFT_BLANK]).tolist()
        later = [day for day in days if day > date]
        if drawn < limits[0]:
            self.values |= {f"{root}.outcome": "missed", f"{root}.note": "时间不够"}
        elif drawn < limits[1]:
            self.values[f"{root}.outcome"] = "closed"
            if later and self.rng.random() < 0.3 and (outlet_id, later[0]) not in self.visited:
                self._say(f"{root}.made_on", outlet_id, later[0])
        elif drawn < limits[2] and later:
            self.values[f"{root}.outcome"] = "done"
            self._say(f"{root}.made_on", outlet_id, later[-1])
        elif drawn < limits[3] and drawn >= limits[2]:
            return
        else:
            self.values[f"{root}.outcome"] = "done"
            self.visited.add((outlet_id, date))

    def _say(self, key: str, outlet_id: str, on: dt.date) -> None:
        self.values[key] = on.isoformat()
        self.visited.add((outlet_id, on))

    def _extra(self) -> None:
        """Outlets that wait, a few nobody asked for, and once in a while an id that does not exist."""
        days = [day.date for day in self.content.days if day.visits]
        if not days:
            return
        wanted = [outlet for outlet in self.missed if self.rng.random() < 0.5]
        if self.own and self.rng.random() < 0.3:
            wanted.append(self.own[int(self.rng.integers(len(self.own)))])
        if self.rng.random() < 0.01:
            wanted.append(UNKNOWN_OUTLET)
        for n, outlet_id in enumerate(wanted[:NUM_EXTRA_VISITS], start=1):
            on = days[int(self.rng.integers(len(days)))]
            self.values |= {f"extra.{n}.outlet": outlet_id, f"extra.{n}.date": on.isoformat()}
            self.visited.add((outlet_id, on))

    def _goals(self, form: Form) -> None:
        for each in form.fields:
            if each.key.startswith("goal.") and each.key.endswith(".goal") and each.kind is FieldKind.FIXED:
                actual = float(each.printed) * float(self.rng.uniform(0.85, 1.1))
                self.values[each.key.removesuffix("goal") + "actual"] = f"{actual:.0f}"

    def _texts(self, form: Form) -> None:
        for task in range(1, len(self.content.tasks) + 1):
            self.values[f"task.{task}.done"] = "yes" if self.rng.random() < 0.7 else "no"
        for day in self.content.days:
            if day.visits and self.rng.random() < 0.1:
                root = f"day.{day.date.isoformat()}"
                self.values[f"{root}.problem"] = _PROBLEMS[int(self.rng.integers(len(_PROBLEMS)))]
                if self.rng.random() < 0.6:
                    self.values[f"{root}.improvement"] = "当场处理"
        if self.rng.random() < 0.3:
            self.values |= {
                "problem.1.text": _PROBLEMS[int(self.rng.integers(len(_PROBLEMS)))],
                "problem.1.measure": "下周跟进",
            }
        for n in range(1, len(self.content.carried) + 1):
            if f"carried.{n}.closed" in form.by_key:
                self.values[f"carried.{n}.closed"] = "yes" if self.rng.random() < 0.5 else "no"
        if self.rng.random() < 0.2:
            self.values["channel.customers.content"] = "希望增加畅销品规"


def _first_half(whole: FilledSheet, content: SheetContent) -> FilledSheet:
    """The sheet as it stood on the second day."""
    days = [day.date for day in content.days if day.visits][:2]
    kept = {}
    for key, value in whole.values.items():
        parts = key.split(".")
        if parts[0] in ("visit", "day") and dt.date.fromisoformat(parts[1]) in days and not key.endswith("made_on"):
            kept[key] = value
    made = {
        (visit.outlet_id, day.date)
        for day in content.days
        for visit in day.visits
        if kept.get(f"visit.{day.date.isoformat()}.{visit.order}.outcome") == "done"
    }
    return FilledSheet(
        sheet_id=whole.sheet_id,
        rep_id=whole.rep_id,
        iso_week=whole.iso_week,
        form=whole.form,
        values=kept,
        printed=whole.printed,
        visited=frozenset(made),
        arrival=whole.arrival,
    )


def write_filled(sheet: FilledSheet, folder: Path, number: int) -> Path:
    """The sheet as a file, by turns as what the page exports and as a CSV form."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:03d}_{sheet.rep_id}"
    if number % 2:
        export = {
            "head": sheet.form.head.rows(),
            "fixed": {each.key: each.printed for each in sheet.form.fields if each.kind is FieldKind.FIXED},
            "values": dict(sheet.values),
        }
        return _written(path.with_suffix(".json"), json.dumps(export, ensure_ascii=False))
    target = write_sheet_csv([sheet.form.content], path.with_suffix(".csv"), lang="zh")
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows[1:]:
        row[-1] = sheet.values.get(row[1], row[-1])
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return _written(target, "\ufeff" + out.getvalue())


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path
