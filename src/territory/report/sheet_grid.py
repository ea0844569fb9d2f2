"""A worksheet as a grid of printed texts and boxes to fill in; knows how a box is named, locked and restricted."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from territory.language import Text
from territory.sheet.form import FORM_MARK, Field, FieldKind, Form, text_mark
from territory.sheet.form_words import Choice, day_name

BOX_NAME = "tf_"  # names of boxes
WEB = ("https://", "http://")
COMPUTED_NAME = "tc_"  # names of cells with a formula
TICK = "√"

_CHUNK = 30_000  # characters; a cell holds 32,767
_MADE = dt.datetime(2000, 1, 1)  # written into every workbook, so that a rerun gives the same bytes
_HIDDEN = 2  # hidden columns on the left: description, choices
_FONT = "Microsoft YaHei"
_ROOM = 1.2  # narrow letters of small type in the width of one of the default type


def new_workbook(made: io.BytesIO) -> Any:
    """An empty workbook in memory that takes every text as text."""
    workbook = xlsxwriter.Workbook(
        made,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    workbook.set_properties({"title": "客户经理一张纸", "author": "territory", "created": _MADE})
    workbook.set_calc_mode("auto")
    return workbook


class Styles:
    """The looks of cells, each made once per workbook. Black and white first: tints only tell boxes from print."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._workbook.add_format(_BASE | _STYLES[name])
        return self._made[name]


_BASE = {"font_name": _FONT, "font_size": 8, "valign": "vcenter", "text_wrap": True}
_EDGE = {"border": 1, "border_color": "#8C8C8C"}
_BOX = {"locked": False, "bg_color": "#FFFBE8", **_EDGE}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 15, "bold": True, "text_wrap": False},
    "who": {"font_size": 10, "bold": True, "align": "right"},
    "small": {"font_size": 7, "font_color": "#555555"},
    "small right": {"font_size": 7, "font_color": "#555555", "align": "right"},
    "panel": {"font_size": 10, "bold": True, "bg_color": "#E4E4E4", "border": 1, "text_wrap": False},
    "steps": {"font_size": 8, "align": "center", "border": 1},
    "head": {"font_size": 7, "font_color": "#555555", "align": "center", **_EDGE},
    "label": {**_EDGE},
    "strong": {"bold": True, **_EDGE},
    "strong small": {"bold": True, "font_size": 7, **_EDGE},
    "count": {"align": "center", **_EDGE},
    "number": {"align": "right", "num_format": "#,##0", **_EDGE},
    "fraction": {"align": "right", "num_format": "#,##0.0##", **_EDGE},
    "gap": {"align": "right", **_EDGE},
    "day": {"bold": True, "font_size": 9, "align": "center", "bg_color": "#3C3C3C", "font_color": "#FFFFFF", **_EDGE},
    "day off": {"bold": True, "font_size": 9, "align": "center", "bg_color": "#E4E4E4", **_EDGE},
    "fact": {"font_size": 7, "valign": "top", **_EDGE},
    "visit": {"font_size": 8, "valign": "top", **_EDGE},
    "link": {"font_size": 8, "underline": 1, **_EDGE},
    "text box": {**_BOX, "num_format": "@"},
    "small box": {**_BOX, "num_format": "@", "font_size": 7},
    "choice box": {**_BOX, "num_format": "@", "align": "center", "font_size": 8},
    "number box": {**_BOX, "align": "right"},
}
_BOX_STYLES = {
    FieldKind.TEXT: "text box",
    FieldKind.NUMBER: "number box",
    FieldKind.CHOICE: "choice box",
    FieldKind.TICK: "choice box",
    FieldKind.DATE: "choice box",
}

_WRONG = Text("Not one of the choices", "不在可选项内")
_CHOOSE = Text("Choose from the list, or clear the cell.", "请从下拉列表选择,或清空单元格。")
_NOT_A_NUMBER = Text("Not a number", "不是数字")
_WRITE_NUMBER = Text("Write a number without its unit, such as 318000.", "请只填数字,不带单位,如 318000。")
_ANOTHER_DAY = Text("A day that is not on the list", "不在列表中的日期")
_KEEP_DAY = Text("Days of this week are on the list. Keep what you wrote?", "列表为本周日期。保留所填内容吗?")


class Grid:
    """
    One worksheet being drawn. Columns count from 0 at the first visible one.

    Attributes
    ----------
    form
        The form it holds.
    """

    def __init__(self, workbook: Any, sheet: Any, form: Form, styles: Styles) -> None:
        self.form = form
        self._workbook, self._sheet, self._styles = workbook, sheet, styles
        self._lists: dict[tuple[str, ...], str] = {}
        self._boxes: list[str] = []
        self._printed: set[int] = set()
        self._num_computed, self._width = 0, 8.0
        self._last_row = self._last_column = self._list_row = 0

    # -- words -------------------------------------------------------------------------------------------------
    def say(self, text: Text, joint: str = " ") -> str:
        """The text in the form's language, Chinese first where there are two."""
        lang = self.form.head.lang
        if lang == "both":
            return text.zh if text.zh == text.en else f"{text.zh}{joint}{text.en}"
        return text.zh if lang == "zh" else text.en

    def say_day(self, date: dt.date) -> str:
        """A day in the form's language: 周一 Mon 11-30."""
        name = day_name(date)
        return f"{name.zh.split()[0]} {name.en}" if self.is_both else self.say(name)

    @property
    def is_both(self) -> bool:
        """Whether the form shows both languages."""
        return self.form.head.lang == "both"

    # -- cells -------------------------------------------------------------------------------------------------
    def widths(self, num_columns: int, width: float) -> None:
        """All visible columns alike, `width` in characters."""
        self._last_column, self._width = num_columns - 1, width
        self._sheet.set_column(_HIDDEN, _HIDDEN + num_columns - 1, width, self._styles["small"])

    def height(self, row: int, points: float) -> None:
        """The height of one row."""
        self._sheet.set_row(row, points)

    def print_text(self, row: int, columns: Sequence[int], text: str, style: str, *, rows: int = 1) -> None:
        """A printed text over some columns (first, last) and rows."""
        self._span(row, columns, rows, style)
        self._sheet.write_string(row, columns[0] + _HIDDEN, text, self._styles[style])
        if text:
            self._printed.add(text_mark(text))

    def print_link(self, row: int, columns: Sequence[int], text: str, url: str) -> None:
        """A printed text that leads to an address; text alone where the address is none of the web."""
        if not url.startswith(WEB):
            self.print_text(row, columns, text, "fact")
            return
        self._span(row, columns, 1, "link")
        done = self._sheet.write_url(row, columns[0] + _HIDDEN, url, self._styles["link"], text)
        if done != 0:  # longer than a spreadsheet takes
            self._sheet.write_string(row, columns[0] + _HIDDEN, text, self._styles["label"])
        self._printed.add(text_mark(text))

    def print_number(self, row: int, columns: Sequence[int], number: float) -> str:
        """A printed number; returns the address of its cell."""
        style = "number" if float(number).is_integer() else "fraction"
        self._span(row, columns, 1, style)
        self._sheet.write_number(row, columns[0] + _HIDDEN, number, self._styles[style])
        self._printed.add(text_mark(number_text(number)))
        return str(xl_rowcol_to_cell(row, columns[0] + _HIDDEN))

    def compute(self, row: int, columns: Sequence[int], formula: str, value: str | int, style: str) -> None:
        """A cell that the spreadsheet works out."""
        self._span(row, columns, 1, style)
        self._sheet.write_formula(row, columns[0] + _HIDDEN, formula, self._styles[style], value)
        self._num_computed += 1
        self._name(f"{COMPUTED_NAME}{self._num_computed}", row, columns[0])

    def box(
        self, row: int, columns: Sequence[int], key: str, *, rows: int = 1, small: bool = False, ask: bool = False
    ) -> str:
        """
        The box of one field over some columns and rows; returns the address of its cell.

        Parameters
        ----------
        ask
            Say what is asked when the cell is chosen, where nothing beside it does.
        """
        field = self.form.by_key[key]
        style = "small box" if small else _BOX_STYLES[field.kind]
        self._span(row, columns, rows, style)
        self._sheet.write_blank(row, columns[0] + _HIDDEN, None, self._styles[style])
        self._boxes.append(key)
        self._name(f"{BOX_NAME}{len(self._boxes)}", row, columns[0])
        self._restrict(row, columns[0] + _HIDDEN, field, ask=ask)
        return str(xl_rowcol_to_cell(row, columns[0] + _HIDDEN))

    def lines_of(self, text: str, columns: Sequence[int]) -> int:
        """About how many lines a text takes over some columns."""
        room = max(1, int((columns[1] - columns[0] + 1) * self._width * _ROOM))
        wide = (sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line) for line in text.split("\n"))
        return sum(max(1, -(-width // room)) for width in wide)

    def address(self, row: int, column: int) -> str:
        """How formulas call a cell."""
        return str(xl_rowcol_to_cell(row, column + _HIDDEN))

    def shown_choice(self, choice: Choice) -> str:
        """A choice as it stands in the drop-down."""
        return self.say(choice.label)

    def _shown_choices(self, field: Field) -> tuple[str, ...]:
        if field.kind is FieldKind.DATE:
            return tuple(self.say_day(dt.date.fromisoformat(choice.value)) for choice in field.choices)
        return tuple(self.shown_choice(choice) for choice in field.choices)

    def _span(self, row: int, columns: Sequence[int], rows: int, style: str) -> None:
        first, last = columns[0] + _HIDDEN, columns[1] + _HIDDEN
        self._last_row = max(self._last_row, row + rows - 1)
        if last > first or rows > 1:
            self._sheet.merge_range(row, first, row + rows - 1, last, "", self._styles[style])

    def _name(self, name: str, row: int, column: int) -> None:
        cell = xl_rowcol_to_cell(row, column + _HIDDEN, row_abs=True, col_abs=True)
        self._workbook.define_name(f"'{self._sheet.name}'!{name}", f"='{self._sheet.name}'!{cell}")

    def _restrict(self, row: int, column: int, field: Field, *, ask: bool) -> None:
        rule: dict[str, Any] = {"validate": "any"}
        if field.kind is FieldKind.TICK:
            rule = {"validate": "list", "source": self._list((TICK,)), **self._refusal("stop", _WRONG, _CHOOSE)}
        elif field.kind is FieldKind.NUMBER:
            refusal = self._refusal("stop", _NOT_A_NUMBER, _WRITE_NUMBER)
            rule = {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, **refusal}
        elif field.choices:
            is_date = field.kind is FieldKind.DATE
            told = ("warning", _ANOTHER_DAY, _KEEP_DAY) if is_date else ("stop", _WRONG, _CHOOSE)
            rule = {"validate": "list", "source": self._list(self._shown_choices(field)), **self._refusal(*told)}
        if ask:
            rule["input_message"] = self.say(field.label)[:255]
        if len(rule) > 1:
            self._sheet.data_validation(row, column, row, column, rule)

    def _refusal(self, kind: str, title: Text, message: Text) -> dict[str, str]:
        return {"error_type": kind, "error_title": self.say(title)[:32], "error_message": self.say(message)[:255]}

    def _list(self, shown: tuple[str, ...]) -> str:
        """The choices in the second hidden column, each list once."""
        if shown not in self._lists:
            first = self._list_row
            for text in shown:
                self._sheet.write_string(self._list_row, 1, text)
                self._printed.add(text_mark(text))
                self._list_row += 1
            self._lists[shown] = f"=$B${first + 1}:$B${self._list_row}"
        return self._lists[shown]

    # -- the end -----------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Describe the form in the hidden column, lock, freeze the title, set up one A4 page."""
        wanted = [field.key for field in self.form.fields if field.kind is not FieldKind.FIXED]
        if sorted(wanted) != sorted(self._boxes):
            raise ValueError(f"the worksheet's boxes differ from the form: {set(wanted) ^ set(self._boxes)}")
        self._describe()
        sheet = self._sheet
        sheet.set_column(0, _HIDDEN - 1, None, None, {"hidden": True})
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.hide_gridlines(2)
        sheet.freeze_panes(2, 0)
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.25, right=0.25, top=0.3, bottom=0.3)
        sheet.center_horizontally()
        sheet.print_area(0, _HIDDEN, self._last_row, _HIDDEN + self._last_column)

    def _describe(self) -> None:
        fixed = {field.key: field.printed for field in self.form.fields if field.kind is FieldKind.FIXED}
        description = {
            "head": self.form.head.rows(),
            "boxes": self._boxes,
            "fixed": fixed,
            "printed": "".join(f"{mark:08x}" for mark in sorted(self._printed)),
        }
        text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
        text = text.replace("_x", "\\u005fx")  # which a workbook takes for the code of a character
        chunks = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
        for n, chunk in enumerate(chunks, start=1):
            self._sheet.write_string(n - 1, 0, f"{FORM_MARK} {n}/{len(chunks)} {chunk}")


def number_text(number: float) -> str:
    """A number as it is read back."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))
