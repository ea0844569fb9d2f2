"""The tables of an exported plan: their columns, what kind of value stands in them, and their two headers.

Every format carries the same tables. Import reads the columns marked `is_read`; the others are there for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory.io.headers import Column, Headers, normalised
from territory.language import Lang, Text

Kind = Literal["id", "text", "whole", "number", "date", "time", "duration"]
Cell = str | int | float | None
"""Dates are ISO text; times (seconds after midnight) and durations (seconds) are whole numbers."""
Row = dict[str, Cell]

SCHEMA = "territory/plan@1"
ALL = "all"
"""In the table `meta`: every rep, every week."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanColumn:
    """One column; `width` in characters of a spreadsheet."""

    name: str
    zh: str
    kind: Kind
    width: int
    is_read: bool = False
    is_needed: bool = False
    aliases: tuple[str, ...] = ()

    def header(self, lang: Lang) -> str:
        """What stands above the column."""
        return self.zh if lang == "zh" else self.name

    @property
    def key(self) -> str:
        """Its name in JSON and GeoJSON, where durations are seconds."""
        return f"{self.name}_s" if self.kind == "duration" else self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTable:
    """One table; `zh` is the Chinese name of its sheet."""

    name: str
    zh: str
    columns: tuple[PlanColumn, ...]

    def title(self, lang: Lang) -> str:
        """The name of its sheet."""
        return self.zh if lang == "zh" else self.name

    @property
    def titles(self) -> tuple[str, str]:
        """Both names, as a reader compares them."""
        return self.name.casefold(), self.zh

    def column(self, name: str) -> PlanColumn:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


def _info(name: str, zh: str, kind: Kind, width: int) -> PlanColumn:
    return PlanColumn(name=name, zh=zh, kind=kind, width=width)


def _read(name: str, zh: str, kind: Kind, width: int, *aliases: str, needed: bool = True) -> PlanColumn:
    return PlanColumn(name=name, zh=zh, kind=kind, width=width, is_read=True, is_needed=needed, aliases=aliases)


_REP = _read("rep_id", "客户经理编码", "id", 13, "客户经理编号")
_REP_NAME = _info("rep_name", "客户经理", "text", 12)
_OUTLET = _read("outlet_id", "客户编码", "id", 14, "零售户编码", "客户编号", "零售户编号")
_OUTLET_NAME = _info("outlet_name", "客户名称", "text", 28)
_DATE = _read("date", "日期", "date", 12)
_WEEKDAY = _info("weekday", "星期", "text", 9)
_WEEK = _info("iso_week", "周次", "text", 11)

ASSIGNMENT = PlanTable(
    name="assignment",
    zh="客户分配",
    columns=(
        _OUTLET,
        _OUTLET_NAME,
        _info("district", "行政区", "text", 12),
        _info("area", "商圈", "text", 14),
        _info("tier", "档位", "text", 7),
        _info("lat", "纬度", "number", 11),
        _info("lon", "经度", "number", 11),
        _info("sales_per_week", "周销售额", "number", 14),
        _info("visits_per_cycle", "四周拜访次数", "whole", 14),
        _REP,
        _REP_NAME,
        _info("rep_id_today", "原客户经理编码", "id", 15),
        _info("moved", "是否调整", "text", 10),
    ),
)
VISITS = PlanTable(
    name="visits",
    zh="拜访",
    columns=(
        _REP,
        _REP_NAME,
        _DATE,
        _WEEKDAY,
        _WEEK,
        _read("order", "顺序", "whole", 7, needed=False),
        _OUTLET,
        _OUTLET_NAME,
        _read("start", "开始", "time", 10, "到店"),
        _info("end", "结束", "time", 10),
        _read("drive", "行车", "duration", 10),
        _read("service", "服务", "duration", 10),
    ),
)
ROUTES = PlanTable(
    name="routes",
    zh="线路",
    columns=(
        _REP,
        _REP_NAME,
        _DATE,
        _WEEKDAY,
        _WEEK,
        _read("leave", "出发", "time", 10),
        _read("lunch", "午餐", "time", 10),
        _read("return", "返回", "time", 10),
        _read("return_drive", "返程行车", "duration", 13),
        _info("visits", "拜访次数", "whole", 10),
        _info("drive_total", "行车合计", "duration", 12),
        _info("service_total", "服务合计", "duration", 14),
    ),
)
UNPLACED = PlanTable(
    name="unplaced",
    zh="未排",
    columns=(
        _OUTLET,
        _OUTLET_NAME,
        _info("rep_id", "客户经理编码", "id", 13),
        _REP_NAME,
        _read("visits", "次数", "whole", 8),
        _read("reason", "原因", "text", 14),
        _info("why", "说明", "text", 60),
    ),
)
REPS = PlanTable(
    name="reps",
    zh="客户经理",
    columns=(
        _info("rep_id", "客户经理编码", "id", 13),
        _info("rep_name", "姓名", "text", 12),
        _info("team_id", "团队编码", "id", 11),
        _info("team", "团队", "text", 16),
        _info("lat", "纬度", "number", 11),
        _info("lon", "经度", "number", 11),
        _info("outlets", "客户数", "whole", 9),
        _info("sales_per_week", "周销售额", "number", 14),
        _info("visits", "拜访次数", "whole", 10),
        _info("days", "出勤天数", "whole", 10),
        _info("drive_total", "行车合计", "duration", 12),
        _info("service_total", "服务合计", "duration", 14),
    ),
)
META = PlanTable(
    name="meta",
    zh="说明",
    columns=(
        _read("key", "项目", "id", 26),
        _read("value", "值", "text", 40),
        _info("meaning", "含义", "text", 70),
    ),
)
TABLES = (ASSIGNMENT, VISITS, ROUTES, UNPLACED, REPS, META)
READ_TABLES = (ASSIGNMENT, VISITS, ROUTES, UNPLACED, META)
"""The tables that import reads."""

_CLOCKLESS = {"start", "drive", "service"}


@dataclass(frozen=True, slots=True)
class PlanHeaders(Headers):
    """
    The headers of one table of a plan, English and Chinese; a table without rows is none to complain about.

    Attributes
    ----------
    plan_table
        Which.
    needs_clock
        False: clock times are computed anew, so that visits need none.
    """

    plan_table: PlanTable
    needs_clock: bool = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column, also those that are not read, so that none counts as unknown."""
        return tuple(
            Column(
                name=column.name,
                aliases=(*({column.zh} - {column.name}), *column.aliases),
                is_required=column.is_needed and (self.needs_clock or column.name not in _CLOCKLESS),
            )
            for column in self.plan_table.columns
        )

    @property
    def may_be_empty(self) -> bool:
        """A plan may have no visits, and usually has none that are unplaced."""
        return True

    def fit(self, header: tuple[str, ...]) -> int:
        """How many columns are needed, when the header row has every one of them; else 0."""
        known, names = self.by_header(), {normalised(text) for text in header}
        there = {known[name] for name in names if name in known}
        needed = [column.name for column in self.columns if column.is_required]
        return len(needed) if there.issuperset(needed) else 0


def headers_of(table: PlanTable, *, currency: str, needs_clock: bool = True) -> PlanHeaders:
    """The headers that a table is read under."""
    return PlanHeaders(table.name, currency, table, needs_clock)


META_TEXTS = {
    "schema": Text("layout of these tables", "表格版本"),
    "scenario": Text("name of the scenario", "场景名称"),
    "first_day": Text("first day of the cycle", "周期第一天"),
    "last_day": Text("last day of the cycle", "周期最后一天"),
    "time_zone": Text("zone of all clock times", "所有时刻的时区"),
    "crs": Text("coordinates of all points", "坐标系"),
    "currency": Text("currency of sales", "销售额货币"),
    "reps": Text("account managers in these tables; all: the whole plan", "所含客户经理;all 为全部"),
    "weeks": Text("weeks in these tables; all: the whole cycle", "所含周次;all 为整个周期"),
    "outlets": Text("number of outlets", "客户数"),
    "visits": Text("number of visits", "拜访次数"),
    "unplaced": Text("number of visits without a place", "未排拜访次数"),
    "territory": Text("version that wrote these tables", "生成软件的版本"),
    "read_back": Text(
        "import reads the columns with a dark heading; the others are for reading only",
        "导入时只读取深色表头的列,其余列仅供阅读",
    ),
}
