"""Words of the form to fill in: what is asked, what may be chosen, and how a day is named, in both languages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from territory.language import Text
from territory.sheet import words
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the answers a field allows: the value that is stored, the words that are shown."""

    value: str
    label: Text


OUTCOMES = (
    Choice(value="done", label=Text("Done", "完成")),
    Choice(value="missed", label=Text("Missed", "未访")),
    Choice(value="closed", label=Text("Closed", "关门")),
)
DONE_TASK = (Choice(value="yes", label=Text("Done", "完成")), Choice(value="no", label=Text("Not done", "未完成")))
CLOSED_PROBLEM = (
    Choice(value="yes", label=Text("Settled", "已解决")),
    Choice(value="no", label=Text("Open", "未解决")),
)

LABELS = {
    "name": Text("Name", "名称"),
    "goal": Text("Goal", "目标"),
    "unit": Text("Unit", "单位"),
    "actual": Text("Actual", "实际完成"),
    "problem": Text("Problem", "问题"),
    "measure": Text("Measure", "措施"),
    "closed": Text("Settled?", "是否解决"),
    "note": Text("Note", "备注"),
    "rule": Text("Rule", "规则"),
    "item": Text("Checklist item", "清单项目"),
    "what": Text("Task", "任务内容"),
    "done": Text("Done?", "完成情况"),
    "outlet": Text("Outlet id", "客户编号"),
    "outcome": Text("Outcome", "完成情况"),
    "made_on": Text("Made on", "改日完成"),
    "date": Text("Day", "日期"),
    "indicators": words.TRACKING_COLUMNS[3],
    "adhoc": words.TRACKING_COLUMNS[4],
    "improvement": words.TRACKING_COLUMNS[6],
}


def day_name(date: dt.date) -> Text:
    """Weekday and date without the year: Mon 11-30."""
    short = f"{date:%m-%d}"
    return Text(f"{WEEKDAYS_EN[date.weekday()]} {short}", f"{WEEKDAYS_ZH[date.weekday()]} {short}")
