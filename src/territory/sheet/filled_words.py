"""What may be wrong with a filled-in sheet, in both languages, and how a place on the form is called."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from territory.language import Text
from territory.sheet import words
from territory.sheet.form_words import LABELS, day_name


@dataclass(frozen=True, slots=True)
class Fault:
    """Problem and remedy; words in braces are filled in; `{place}` says where on the form."""

    problem: Text
    remedy: Text
    severity: str


def _error(en: str, zh: str, remedy_en: str, remedy_zh: str) -> Fault:
    return Fault(Text(en, zh), Text(remedy_en, remedy_zh), "error")


def _warning(en: str, zh: str, remedy_en: str, remedy_zh: str) -> Fault:
    return Fault(Text(en, zh), Text(remedy_en, remedy_zh), "warning")


FAULTS = {
    "sheet_schema": _error(
        "this is not a sheet of a version that can be read ({found})",
        "不是可读取版本的一张纸（{found}）",
        "Fill in a form printed by this version: {wanted}",
        "请填写本版本生成的表格：{wanted}",
    ),
    "sheet_head": _error(
        "the form does not say whose week it is: {name} is missing or does not fit",
        "表格未说明属于谁的哪一周：{name} 缺失或不符",
        "Take the form as it was printed; its hidden head must not be changed",
        "请使用原表；其隐藏的表头不可改动",
    ),
    "sheet_empty": _warning(
        "nothing is filled in; the sheet is not recorded",
        "未填写任何内容；该表不予登记",
        "Fill it in, or leave the file out",
        "请填写，或不提交该文件",
    ),
    "sheet_rows_missing": _warning(
        "{missing} of the form's {wanted} places are missing",
        "表格应有 {wanted} 处，缺 {missing} 处",
        "Nothing is known of what stood there; take the form as it was printed, with all its rows",
        "缺失处的内容无从得知；请使用完整的原表",
    ),
    "sheet_printed_changed": _warning(
        "printed entries or keys were changed since printing",
        "原表的印刷内容或编号被改动",
        "What is written is recorded; compare outlet ids and goals with the plan",
        "已按现有内容登记；请核对客户编号和目标",
    ),
    "sheet_twice": _error(
        "{place} stands twice with different entries",
        "{place}出现两次且内容不同",
        "The first one counts; keep only the right one",
        "以第一处为准；请只保留正确的一处",
    ),
    "sheet_unknown_place": _error(
        "the form has no such place",
        "表格没有此处",
        "Write it into a place of the form; it is not recorded",
        "请写入表格中的位置；此内容未登记",
    ),
    "sheet_not_a_number": _error(
        "{place}: this is not a number",
        "{place}：不是数字",
        "Write a number such as 318000 or 6.5, in {unit}; it is not recorded",
        "请填写数字，如 318000 或 6.5，单位为 {unit}；此内容未登记",
    ),
    "sheet_not_a_choice": _error(
        "{place}: this is none of the choices",
        "{place}：不在可选项内",
        "Choose {wanted}; it is not recorded",
        "请选择：{wanted}；此内容未登记",
    ),
    "sheet_ambiguous_mark": _error(
        "{place}: the mark may mean yes or no",
        "{place}：该记号含义不明",
        "Choose {wanted}; it is not recorded",
        "请选择：{wanted}；此内容未登记",
    ),
    "sheet_not_a_date": _error(
        "{place}: this is not a day",
        "{place}：不是日期",
        "Write a day such as 2026-12-02, 12-02 or a weekday; it is not recorded",
        "请填写日期，如 2026-12-02、12月2日或周三；此内容未登记",
    ),
    "sheet_far_date": _error(
        "{place}: the day is more than {days} days away from the sheet's week",
        "{place}：日期与本周相差超过 {days} 天",
        "Check year and month; it is not recorded",
        "请检查年份和月份；此内容未登记",
    ),
    "sheet_made_after_all": _warning(
        "{place}: not done, but a day is written on which it was made",
        "{place}：标为未完成，却写了改日完成的日期",
        "It is recorded as done on that day; clear the day if it was not made",
        "已按该日完成登记；若未完成请删去日期",
    ),
    "sheet_made_without_outcome": _warning(
        "{place}: a day is written on which it was made, but no outcome",
        "{place}：写了改日完成的日期，但未选完成情况",
        "It is recorded as done on that day; clear the day if it was not made",
        "已按该日完成登记；若未完成请删去日期",
    ),
    "sheet_note_alone": _error(
        "{place}: a note without an outcome",
        "{place}：有备注但未填完成情况",
        "Choose {wanted}; the note is not recorded",
        "请选择：{wanted}；备注未登记",
    ),
    "sheet_extra_incomplete": _error(
        "{place}: an extra visit needs an outlet and a day",
        "{place}：计划外拜访须填客户编号和日期",
        "Write both; it is not recorded",
        "请补全两项；此行未登记",
    ),
    "sheet_line_incomplete": _error(
        "{place}: the line has entries but no {wanted}",
        "{place}：该行有内容但缺少{wanted}",
        "Write it; the line's other entries are not recorded",
        "请补全；该行其他内容未登记",
    ),
}

_DATED = re.compile(r"(visit|day)\.(\d{4}-\d{2}-\d{2})\.(?:(\d+)\.)?(\w+)\Z")
_NUMBERED = re.compile(r"(extra|task|problem|carried|own_goal)\.(\d+)\.(\w+)\Z")
_GOAL = re.compile(r"goal\.(.+)\.(goal|actual)\Z")
_CHANNEL = re.compile(r"channel\.(\w+)\.(.+)\Z")
_PARTS = dict(zip(("supervisor", "monopoly", "customers"), words.CHANNEL_PARTS, strict=True))
_LINES = {
    "extra": Text("extra visit", "计划外拜访"),
    "task": Text("task", "任务"),
    "problem": Text("problem", "问题"),
    "carried": Text("problem carried in", "上周问题"),
    "own_goal": Text("own goal", "自定指标"),
}


def place_of(key: str) -> Text:
    """How the place with this key is called; the key itself where it has no better name."""
    match = _DATED.match(key)
    if match and (date := _parsed(match[2])) is not None:
        name, part = day_name(date), LABELS.get(match[4], Text(match[4], match[4]))
        if match[3]:
            return Text(f"{name.en}, visit {match[3]}, {part.en}", f"{name.zh} 第 {match[3]} 户 {part.zh}")
        return Text(f"{name.en}, {part.en}", f"{name.zh} {part.zh}")
    match = _NUMBERED.match(key)
    if match:
        line, part = _LINES[match[1]], LABELS.get(match[3], Text(match[3], match[3]))
        return Text(f"{line.en} {match[2]}, {part.en}", f"{line.zh} {match[2]} {part.zh}")
    if match := _GOAL.match(key):
        part, goal = LABELS[match[2]], words.GOAL_LABELS.get(match[1], Text(match[1], match[1]))
        return Text(f"goal {goal.en}, {part.en}", f"指标“{goal.zh}”{part.zh}")
    if (match := _CHANNEL.match(key)) and match[1] in _PARTS:
        part = _PARTS[match[1]]
        return Text(f"{part.en}, {match[2]}", f"{part.zh} {match[2]}")
    if key == "worst_gap":
        return words.WORST_GAP
    if key == "work":
        return words.MEASURE_BLOCKS[0]
    return Text(key, key)


def _parsed(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
