"""Edits as people write them: options such as A0017:R03, or rows of a table; everything wrong with them at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from territory.domain.columns import NONE
from territory.domain.scenario import Scenario
from territory.errors import ScenarioError
from territory.io.headers import Column, Headers
from territory.io.issues import IssueLog
from territory.io.tables import read_table
from territory.language import Text
from territory.pipeline.faults import Faults
from territory.pipeline.names import nearest

KINDS = {
    **dict.fromkeys(("assign", "rep", "指派", "改派", "划给"), "assign"),
    **dict.fromkeys(("move", "改期", "移动", "调整"), "move"),
    **dict.fromkeys(("drop", "取消", "删除"), "drop"),
    **dict.fromkeys(("lock", "锁定"), "lock"),
    **dict.fromkeys(("unlock", "解锁"), "unlock"),
}
NOBODY = ("-", "无", "无人")
_COLUMNS = (
    Column("kind", ("edit", "类型", "操作"), is_required=True),
    Column("outlet_id", ("id", "客户编码", "零售户编码", "编码"), is_required=True),
    Column("rep_id", ("rep", "客户经理编码", "客户经理"), is_required=False),
    Column("date", ("from", "日期", "原日期"), is_required=False),
    Column("to", ("to_date", "新日期", "改到"), is_required=False),
)
_DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_FORMS = {
    "assign": (re.compile(r"(?P<outlet>.+):(?P<rep>[^:]+)\Z"), "OUTLET:REP"),
    "move": (
        re.compile(rf"(?P<outlet>.+):(?P<date>{_DATE})\.\.(?P<to>{_DATE})(?:@(?P<rep>.+))?\Z"),
        "OUTLET:DATE..DATE",
    ),
    "drop": (re.compile(rf"(?P<outlet>.+):(?P<date>{_DATE})\Z"), "OUTLET:DATE"),
    "lock": (re.compile(rf"(?P<outlet>.+?)(?::(?P<date>{_DATE}))?\Z"), "OUTLET or OUTLET:DATE"),
    "unlock": (re.compile(rf"(?P<outlet>.+?)(?::(?P<date>{_DATE}))?\Z"), "OUTLET or OUTLET:DATE"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """
    One edit that somebody wants.

    Attributes
    ----------
    kind
        `assign`, `move`, `drop`, `lock` or `unlock`.
    outlet, rep
        Positions in the scenario; `rep` is -1 for nobody, None where none is named.
    day, to_day
        Days of the cycle, where the kind has them.
    place
        Where it was written: an option, or a file and a row.
    """

    kind: str
    outlet: int
    rep: int | None = None
    day: int | None = None
    to_day: int | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    kind: str
    outlet: str
    rep: str
    date: str
    to: str
    file: str
    row: int | None = None


class _EditHeaders(Headers):
    @property
    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS


def read_orders(
    scenario: Scenario, *, options: Mapping[str, Sequence[str]], table: Path | None = None
) -> tuple[Order, ...]:
    """
    Edits from texts, those of the options first.

    Parameters
    ----------
    options
        By kind: OUTLET:REP for `assign`, OUTLET:DATE..DATE or OUTLET:DATE..DATE@REP for `move`, OUTLET:DATE for
        `drop`, OUTLET or OUTLET:DATE for `lock` and `unlock`.
    table
        CSV or Excel with the columns kind, outlet_id, rep_id, date, to; headers and words English or Chinese.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    reader = _Reader(scenario=scenario, faults=Faults("edit", scenario.calendar.start))
    written = [one for kind, texts in options.items() for text in texts if (one := reader.option(kind, text))]
    if table is not None:
        written += reader.table(table)
    orders = tuple(order for one in written if (order := reader.order(one)) is not None)
    if reader.faults.issues:
        raise ScenarioError(reader.faults.issues)
    return orders


@dataclass(kw_only=True)
class _Reader:
    """Turns what is written into orders; what is wrong is collected."""

    scenario: Scenario
    faults: Faults

    def option(self, kind: str, text: str) -> _Written | None:
        form, shown = _FORMS[kind]
        match = form.match(text.strip())
        if match is None:
            wrong = Text("this edit cannot be read", "无法读取该修改")
            self.faults.add(f"--{kind}", "bad_edit", text, wrong, Text(f"Write it as {shown}", f"请写成 {shown}"))
            return None
        cells = {name: (value or "").strip() for name, value in match.groupdict().items()}
        return _Written(
            kind=kind,
            outlet=cells["outlet"],
            rep=cells.get("rep", ""),
            date=cells.get("date", ""),
            to=cells.get("to", ""),
            file=f"--{kind}",
        )

    def table(self, path: Path) -> list[_Written]:
        if not path.is_file():
            self.faults.add(
                "--edits",
                "missing_file",
                str(path),
                Text("the file is not there", "找不到该文件"),
                Text("Name a table of edits, CSV or Excel", "请指定修改表(CSV 或 Excel)"),
            )
            return []
        log = IssueLog()
        headers = _EditHeaders("edits", self.scenario.currency)
        table = read_table(path.read_bytes(), file=path.name, headers=headers, log=log)
        self.faults.issues += [issue for issue in log.issues() if issue.severity == "error"]
        if table is None:
            return []
        columns = [table.column(column.name) for column in _COLUMNS]
        return [
            _Written(kind=kind, outlet=outlet, rep=rep, date=date, to=to, file=path.name, row=row)
            for kind, outlet, rep, date, to, row in zip(*columns, table.rows, strict=True)
        ]

    def order(self, one: _Written) -> Order | None:
        """The order, or None and its issues."""
        before = len(self.faults.issues)
        kind = KINDS.get(one.kind.strip().casefold())
        if kind is None:
            words = Text("Give one of: assign, move, drop, lock, unlock", "可选:改派、改期、取消、锁定、解锁")
            self.faults.reject(one, "kind", one.kind, Text("no such edit", "没有这种修改"), words)
            return None
        outlet = self._outlet(one)
        rep = self._rep(one, is_needed=kind == "assign")
        day = self._day(one, "date", one.date, is_needed=kind in ("move", "drop"))
        to_day = self._day(one, "to", one.to, is_needed=kind == "move")
        if len(self.faults.issues) > before:
            return None
        place = one.file if one.row is None else f"{one.file} {one.row}"
        return Order(kind=kind, outlet=outlet, rep=rep, day=day, to_day=to_day, place=place)

    def _outlet(self, one: _Written) -> int:
        known = self.scenario.outlets.outlet_ids
        if one.outlet in known:
            return known.index(one.outlet)
        same = [name for name in known if name.lstrip("0") == one.outlet.lstrip("0")]
        hint = Text(f"Did you mean {same[0]}?", f"是否应为 {same[0]}?") if same else nearest(one.outlet, known)
        self.faults.reject(one, "outlet_id", one.outlet, Text("no outlet has this id", "没有此编号的零售户"), hint)
        return NONE

    def _rep(self, one: _Written, *, is_needed: bool) -> int | None:
        known = self.scenario.reps.rep_ids
        if not one.rep and not is_needed:
            return None
        if one.rep in known:
            return known.index(one.rep)
        if is_needed and one.rep in NOBODY:
            return NONE
        hint = (
            nearest(one.rep, known) if one.rep else Text("Name a rep, or - for nobody", "请填写客户经理,无人服务填 -")
        )
        self.faults.reject(one, "rep_id", one.rep, Text("no rep has this id", "没有此编号的客户经理"), hint)
        return None

    def _day(self, one: _Written, column: str, text: str, *, is_needed: bool) -> int | None:
        if not text and not is_needed:
            return None
        date = self.faults.date(one, column, text)
        day = None if date is None else self.faults.day_of(date)
        if date is not None and day is None:
            self.faults.reject(one, column, text, *self.faults.outside())
        return day
