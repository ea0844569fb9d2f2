"""`outlets.csv|xlsx` into columns, cell by cell; ties to other tables are left as ids for `cross_checks`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import CADENCE_VISITS, LEGAL_VISITS, Calendar
from territory.domain.columns import Labels
from territory.domain.outlets import MAX_WINDOWS, Outlets, always_open
from territory.domain.promises import Promises
from territory.domain.rules import DefaultRules
from territory.io.column_reader import ColumnReader
from territory.io.coordinates import read_points
from territory.io.crs import Points
from territory.io.hours import HoursError, parse_windows
from territory.io.issues import IssueLog
from territory.io.promise_columns import read_promises
from territory.io.scenario_file import ScenarioFile
from territory.io.tables import Table
from territory.language import Text
from territory.units import BoolArray, FloatArray, IntArray

CADENCE_WORDS = {
    **{name.replace("_", ""): visits for name, visits in CADENCE_VISITS.items()},
    "每天": 20,
    "每日": 20,
    "每个工作日": 20,
    "每工作日": 20,
    "每周五次": 20,
    "每周三次": 12,
    "一周三次": 12,
    "每周3次": 12,
    "每周两次": 8,
    "每周二次": 8,
    "一周两次": 8,
    "每周2次": 8,
    "每周": 4,
    "每周一次": 4,
    "一周一次": 4,
    "每周1次": 4,
    "biweekly": 2,
    "两周": 2,
    "每两周": 2,
    "两周一次": 2,
    "每两周一次": 2,
    "双周": 2,
    "隔周": 2,
    "每月": 1,
    "每月一次": 1,
    "月": 1,
    "每四周": 1,
    "四周一次": 1,
    "不拜访": 0,
    "无": 0,
}
_SHOWN_CADENCES = ", ".join((*CADENCE_VISITS, "每天", "每周三次", "每周两次", "每周", "每两周", "每月", "不拜访"))


@dataclass(frozen=True, kw_only=True, eq=False)
class OutletRows:
    """The outlet table cell by cell: everything that can be judged without the other tables."""

    table: Table
    outlet_ids: list[str]
    names: list[str]
    points: Points
    area: Labels
    district: Labels
    sales_per_week: FloatArray
    service_min: FloatArray
    visits_per_cycle: IntArray
    windows_min: IntArray
    priority: FloatArray
    rep_ids: list[str]
    locked: BoolArray
    promises: Promises

    def __len__(self) -> int:
        return len(self.outlet_ids)

    def texts(self, name: str) -> list[str]:
        """A column kept as text (segment, tier, skill, group, territory, apart)."""
        return self.table.column(name)

    def outlets(self, rep_idx: IntArray) -> Outlets:
        """The domain's columns, once today's reps are known."""
        return Outlets(
            outlet_ids=tuple(self.outlet_ids),
            names=tuple(self.names),
            lat=self.points.lat,
            lon=self.points.lon,
            district=self.district,
            area=self.area,
            segment=Labels.of(self.texts("segment")),
            tier=Labels.of(self.texts("tier")),
            sales_per_week=self.sales_per_week,
            service_min=self.service_min,
            visits_per_cycle=self.visits_per_cycle,
            windows_min=self.windows_min,
            priority=self.priority,
            skill=Labels.of(self.texts("skill")),
            rep_idx=rep_idx,
            locked=self.locked,
            group=Labels.of(self.texts("group")),
            team=Labels.of(self.texts("territory")),
            apart=Labels.of(self.texts("apart")),
            promises=self.promises,
        )


def read_outlets(table: Table, settings: ScenarioFile, calendar: Calendar, log: IssueLog) -> OutletRows:
    """Every column of the outlet table; cells that cannot be used have an issue and a harmless stand-in."""
    reader = ColumnReader(table, log)
    defaults = settings.defaults
    outlet_ids = reader.ids("outlet_id")
    names = [name or outlet_id for name, outlet_id in zip(table.column("name"), outlet_ids, strict=True)]
    districts = table.column("district")
    areas = [area or district for area, district in zip(table.column("area"), districts, strict=True)]
    if "sales" not in table:
        wanted = f"sales_{settings.currency.lower()}"
        log.add("no_sales", file=table.file, row=1, column=wanted, wanted=wanted)
    windows_min = _windows(reader, defaults)
    return OutletRows(
        table=table,
        outlet_ids=outlet_ids,
        names=names,
        points=read_points(reader, crs=settings.crs, region=settings.region),
        area=Labels.of(areas),
        district=Labels.of(districts),
        sales_per_week=_usable(reader.numbers("sales", default=0.0, at_least=0)),
        service_min=_usable(reader.numbers("service_min", default=defaults.service_min, at_least=0)),
        visits_per_cycle=_visits(reader, defaults),
        windows_min=windows_min,
        priority=_usable(
            reader.numbers("priority", default=defaults.priority, at_least=0, at_most=100, wanted=_PERCENT)
        ),
        rep_ids=reader.references("rep_id"),
        locked=reader.yes_or_no("locked"),
        promises=read_promises(reader, calendar, windows_min),
    )


def _usable(values: FloatArray) -> FloatArray:
    """Zero in place of cells that have an issue already."""
    return np.where(np.isfinite(values), values, 0.0)


def _visits(reader: ColumnReader, defaults: DefaultRules) -> IntArray:
    """Visits per cycle: the number given, else the cadence, else by tier, else the default."""
    table = reader.table
    legal = ", ".join(map(str, LEGAL_VISITS))
    by_tier = defaults.visits_per_cycle_by_tier
    tiers = table.column("tier")
    numbers = reader.numbers("visits_per_cycle", at_least=0)
    given = [bool(cell) for cell in table.column("visits_per_cycle")]
    cadences = [unicodedata.normalize("NFKC", cell) for cell in table.column("cadence")]
    visits = np.zeros(len(table), dtype=np.int64)
    for position, number in enumerate(numbers.tolist()):
        cadence = CADENCE_WORDS.get(cadences[position].casefold().replace(" ", "").replace("_", "").replace("-", ""))
        if cadences[position] and cadence is None:
            reader.add("bad_word", position, "cadence", wanted=_SHOWN_CADENCES)
        if not given[position]:
            by_rule = by_tier.get(tiers[position], defaults.visits_per_cycle)
            visits[position] = by_rule if cadence is None else cadence
        elif number in LEGAL_VISITS:
            visits[position] = int(number)
            if cadence is not None and cadence != number:
                reader.add("cadence_conflict", position, "cadence", cadence=cadence, visits=int(number))
        elif np.isfinite(number):
            reader.add("bad_visits", position, "visits_per_cycle", wanted=legal)
    return visits


def _windows(reader: ColumnReader, defaults: DefaultRules) -> IntArray:
    """Opening windows, shape (num_outlets, 7, MAX_WINDOWS, 2); each different text is parsed once."""
    try:
        standard = parse_windows(defaults.open)
    except HoursError:  # reported with scenario.toml
        standard = always_open(1)[0]
    parsed: dict[str, IntArray | HoursError] = {"": standard}
    weeks: list[IntArray] = []
    for position, cell in enumerate(reader.table.column("open")):
        if cell not in parsed:
            try:
                parsed[cell] = parse_windows(cell)
            except HoursError as error:
                parsed[cell] = error
        found = parsed[cell]
        if isinstance(found, HoursError):
            reader.add(found.code, position, "open", part=found.part, most=MAX_WINDOWS)
            found = standard
        weeks.append(found)
    return np.stack(weeks)


_PERCENT = Text("a number from 0 to 100", "0 到 100 之间的数")
