"""`scenario.toml`: its model, its JSON Schema, and reading it with every mistake at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from territory.domain.calendar import LEGAL_VISITS
from territory.domain.policy_rules import PolicyRules, YearRules
from territory.domain.rules import DefaultRules, EffortRules, LabRules, Rules, SplitRules, TravelRules, VisitRules
from territory.domain.sheet_rules import SheetLinks
from territory.io.crs import Crs
from territory.io.hours import HoursError, parse_days, parse_shift, parse_windows
from territory.io.issues import IssueLog
from territory.io.policy_checks import PolicyChecks
from territory.io.setting_errors import known_keys, row_of_key
from territory.io.toml_models import read_model, toml_data, toml_text
from territory.io.zones import DEFAULT_ZONE, is_zone
from territory.language import Text
from territory.units import parse_clock

FILE = "scenario.toml"
SCHEMA = "territory/scenario@1"


class TableFiles(Rules):
    """`[tables]`: file names inside the folder; absent ones are looked for under their usual names."""

    outlets: str | None = None
    reps: str | None = None
    teams: str | None = None
    flows: str | None = None
    adjacency: str | None = None
    travel: str | None = None
    affinities: str | None = None
    targets: str | None = None
    outlet_facts: str | None = None
    barriers: str | None = None


class SheetSettings(Rules):
    """`[sheet]`: the weekly sheet."""

    rules: str | None = Field(
        None,
        description="file in the folder with the sheet's rules and texts; absent: sheet_rules.toml, if it is there",
    )
    links: SheetLinks = Field(default_factory=SheetLinks, description="where panel 6 leads")


class Region(Rules):
    """`[region]`: the box all points must lie in, degrees in the scenario's crs."""

    min_lat: Annotated[float, Field(ge=-90, le=90)]
    max_lat: Annotated[float, Field(ge=-90, le=90)]
    min_lon: Annotated[float, Field(ge=-180, le=180)]
    max_lon: Annotated[float, Field(ge=-180, le=180)]


def _section(model: type[BaseModel]) -> Any:
    """A section that may be absent: every key then stands at its default."""
    return Field(default_factory=lambda: model.model_validate({}))


class ScenarioFile(Rules):
    """One scenario's settings."""

    schema_name: Literal["territory/scenario@1"] = Field(alias="schema", description="version of this file's layout")
    name: str | None = Field(None, description="name of the business case; the folder's name when absent")
    crs: Crs = Field(description="coordinates of everything in the folder: wgs84 (GPS), gcj02 (Amap) or bd09 (Baidu)")
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")] = Field(
        "CNY", description="the sales column is sales_<currency in lower case>, per week"
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="IANA name of the zone of all clock times, for calendars and GPS files"
    )
    seed: Annotated[int, Field(ge=0)] = Field(1, description="root of every random draw")
    tables: TableFiles = _section(TableFiles)
    region: Region | None = None
    defaults: DefaultRules = _section(DefaultRules)
    travel: TravelRules = _section(TravelRules)
    split: SplitRules = _section(SplitRules)
    visits: VisitRules = _section(VisitRules)
    policy: dict[str, PolicyRules] = Field(
        default_factory=dict, description="policies by name; the first is the baseline the others are compared with"
    )
    year: YearRules = _section(YearRules)
    lab: LabRules = _section(LabRules)
    effort: EffortRules = _section(EffortRules)
    sheet: SheetSettings = _section(SheetSettings)
    source: dict[str, Any] | None = Field(
        None, description="where the tables are prepared from; absent in a finished folder"
    )


def scenario_json_schema() -> dict[str, Any]:
    """JSON Schema of `scenario.toml`, for editors."""
    return ScenarioFile.model_json_schema(by_alias=True)


def read_settings(content: bytes, *, log: IssueLog) -> ScenarioFile | None:
    """The settings; None when the file is not TOML at all. Wrong keys are logged and stand at their defaults."""
    text = toml_text(content, file=FILE, log=log)
    data = None if text is None else toml_data(text, file=FILE, log=log)
    if text is None or data is None:
        return None
    known = known_keys(ScenarioFile)
    settings = read_model(ScenarioFile, data, known=known, fillers=_FILLERS, text=text, file=FILE, log=log)
    _check_meaning(settings, text=text, log=log)
    region = settings.region
    if region is not None and (region.min_lat >= region.max_lat or region.min_lon >= region.max_lon):
        return settings.model_copy(update={"region": None})
    return settings


_FILLERS = {"schema": SCHEMA, "crs": "wgs84"}


def _check_meaning(settings: ScenarioFile, *, text: str, log: IssueLog) -> None:
    """What types cannot say: clock times, weekdays, Mondays, visit numbers, an ordered box."""

    def wrong(key: str, value: object, reason: Text, wanted: Text) -> None:
        row = row_of_key(text, tuple(key.split(".")))
        log.add("wrong_value", file=FILE, row=row, column=key, value=str(value), reason=reason, wanted=wanted)

    visits, defaults = settings.visits, settings.defaults
    if visits.start.weekday() != 0:
        wrong("visits.start", visits.start, Text("the day is not a Monday", "该日不是周一"), _MONDAY)
    clocks: dict[str, int] = {}
    for name in ("lunch_from", "lunch_until"):
        try:
            clocks[name] = parse_clock(getattr(visits, name))
        except ValueError:
            wrong(f"visits.{name}", getattr(visits, name), _NO_TIME, Text("a time such as 11:30", "如 11:30 的时间"))
    if len(clocks) == 2 and clocks["lunch_until"] < clocks["lunch_from"]:
        later = Text(f"a time from {visits.lunch_from} on", f"不早于 {visits.lunch_from} 的时间")
        wrong(
            "visits.lunch_until", visits.lunch_until, Text("lunch ends before it starts", "午餐时段结束早于开始"), later
        )
    for name, parse, wanted in (
        ("open", parse_windows, Text("hours such as Mon-Fri 08:00-18:00", "如“周一-周五 08:00-18:00”的时间")),
        ("shift", parse_shift, Text("a shift such as 08:30-17:30", "如 08:30-17:30 的班次")),
        ("days", parse_days, Text("weekdays such as Mon-Fri", "如“周一-周五”的星期")),
    ):
        try:
            parse(getattr(defaults, name))
        except HoursError as error:
            reason = Text(f"'{error.part}' is not understood", f"无法理解“{error.part}”")
            wrong(f"defaults.{name}", getattr(defaults, name), reason, wanted)
    numbers = {"visits_per_cycle": defaults.visits_per_cycle} | {
        f"visits_per_cycle_by_tier.{tier}": visits_due for tier, visits_due in defaults.visits_per_cycle_by_tier.items()
    }
    legal = ", ".join(map(str, LEGAL_VISITS))
    for key, number in numbers.items():
        if number not in LEGAL_VISITS:
            wrong(f"defaults.{key}", number, _NO_PATTERN, Text(f"one of {legal}", f"{legal} 之一"))
    _check_region(settings, wrong)
    if settings.time_zone != DEFAULT_ZONE and not is_zone(settings.time_zone):
        wrong(
            "time_zone",
            settings.time_zone,
            _NO_ZONE,
            Text(f"a name such as {DEFAULT_ZONE}", f"如 {DEFAULT_ZONE} 的名称"),
        )
    PolicyChecks(text=text, file=FILE, log=log).names(settings.policy)


def _check_region(settings: ScenarioFile, wrong: Callable[[str, object, Text, Text], None]) -> None:
    region = settings.region
    if region is None:
        return
    for low, high in (("min_lat", "max_lat"), ("min_lon", "max_lon")):
        if getattr(region, low) >= getattr(region, high):
            reason = Text(f"it is not above {low}", f"不大于 {low}")
            wanted = Text(f"a number above {low}", f"大于 {low} 的数")
            wrong(f"region.{high}", getattr(region, high), reason, wanted)


_MONDAY = Text("the Monday the four-week cycle starts on", "四周周期开始的周一")
_NO_ZONE = Text("there is no such time zone", "没有这个时区")
_NO_TIME = Text("this is not a time of day", "不是一天中的时间")
_NO_PATTERN = Text("there is no visit pattern for this frequency", "没有对应该频次的拜访模式")
