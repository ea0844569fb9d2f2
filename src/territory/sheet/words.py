"""The fixed words of the form: panels, steps, checklist, tick lists, in both languages."""

from __future__ import annotations

from typing import NamedTuple

from territory.domain.sheet_rules import SheetRules
from territory.language import Text

TITLE = Text("Account manager's one-page sheet", "客户经理一张纸")

GOALS = Text("Marketing goals", "营销目标")
TASKS = Text("Work tasks", "工作任务")
TRACKING = Text("Execution tracking", "执行跟踪")
MEASURES = Text("Improvement measures", "改进措施")
CHANNEL = Text("Communication green channel", "沟通绿色通道")
LINKS = Text("Information-system links", "信息系统链接区")


class Panel(NamedTuple):
    """One of the four large and two small panels; `pdca` is empty for the small ones."""

    heading: Text
    pdca: str


PANELS = (
    Panel(GOALS, "P"),
    Panel(TASKS, "P/D"),
    Panel(TRACKING, "C"),
    Panel(MEASURES, "A"),
    Panel(CHANNEL, ""),
    Panel(LINKS, ""),
)

STEPS = (
    (Text("Confirm goals", "确认营销目标"), "P"),
    (Text("Clarify tasks", "明确工作任务"), "P/D"),
    (Text("Track execution", "跟踪执行痕迹"), "C"),
    (Text("Record messages", "填写沟通信息"), ""),
    (Text("Propose measures", "提出改进措施"), "A"),
    (Text("Link systems", "链接信息系统"), ""),
)


class Item(NamedTuple):
    """One of the seven checklist items with its sub-items; `short` is the English for narrow places."""

    label: Text
    short: str
    sub_items: tuple[Text, ...]


def checklist_of(rules: SheetRules) -> tuple[Item, ...]:
    """The seven items in the words of the rules."""
    return tuple(
        Item(
            label=item.label.text,
            short=item.short_en,
            sub_items=tuple(sub_item.text for sub_item in item.sub_items),
        )
        for item in rules.checklist.items()
    )


CHECKLIST = checklist_of(SheetRules())

GOAL_COLUMNS = (
    Text("This week", "本周工作指标"),
    Text("Goal", "目标"),
    Text("Actual", "实际完成"),
    Text("Gap", "差距"),
)
WORST_GAP = Text("The single worst gap", "问最执一 · 最大差距")

MONTH_TARGET = Text("Month", "月目标")
LAST_ACTUAL = Text("Last done", "上周完成")
PART_OF_WEEK = Text("part of the week", "非整周")
LAST_GAP = Text("Last gap", "上周差距")
DAY_WORST_GAP = Text("Worst gap", "问最执一")
OVERFLOW_RULE = Text(
    "Days over 12 visits: the most urgent in full, the rest as codes (-0123: end of the outlet id), counted.",
    "一天超过 12 户时:急要户写全,其余只列编码(-0123 为客户编码尾号)并计数。",
)

CARRIED_IN = Text("Problems carried in", "上周问题带入")
TOP_TASK = Text("Top-priority task this week", "本周首要任务")
HOW = Text("How", "具体做法")
AT_MOST_FIVE = Text("at most 5", "最多勾选 5 项")
SETTLED = Text("tick: settled", "勾选 = 已解决")
CHECKLIST_TITLE = Text("Checklist", "任务清单")
NO_VISITS = Text("No visits planned", "无拜访安排")
DAY_OFF = Text("Day off", "休息")
HOLIDAY = Text("Holiday", "节假日")

TRACKING_COLUMNS = (
    Text("Day", "日期"),
    Text("Planned", "计划"),
    Text("Done", "完成"),
    Text("Main indicators", "主要指标完成"),
    Text("Ad-hoc work", "临时工作"),
    Text("Main problem", "当日主要问题"),
    Text("Improvement", "改进办法"),
)

MEASURE_BLOCKS = (
    Text("Main work and completion", "主要工作及完成情况"),
    Text("Main problems", "存在的主要问题"),
    Text("Measures", "改进措施"),
)

CHANNEL_PARTS = (
    Text("Marketing supervisor", "营销主任"),
    Text("Monopoly staff", "专卖人员"),
    Text("Retail customers", "零售客户"),
)
CHANNEL_TICKS = SheetRules().channel.ticks()
CHANNEL_CONTENT = Text("Content", "内容")
CHANNEL_MEANS = SheetRules().channel.means()


def more_visits(count: int) -> Text:
    """The count of visits printed as codes."""
    return Text(f"{count} more", f"另 {count} 户")


def more_goals(count: int) -> Text:
    """The count of the month's targets that have no line."""
    return Text(f"{count} more target{'' if count == 1 else 's'}", f"另 {count} 项目标")


def more_problems(count: int) -> Text:
    """The count of last week's problems that have no line."""
    return Text(f"{count} more", f"另 {count} 条")


def not_listed(count: int) -> Text:
    """The count of visits for whose codes there was no room."""
    return Text(f"{count} of them not listed", f"其中 {count} 户未列")


def plan_name(plan_id: str) -> Text:
    """Which plan the sheet was printed from."""
    return Text(f"plan {plan_id}", f"计划 {plan_id}")


GOAL_LABELS = {
    "sales": Text("Sales, territory", "辖区销售额"),
    "sales_visited": Text("Sales, visited", "拜访客户销售额"),
    "visits": Text("Visits", "拜访次数"),
    "outlets_visited": Text("Outlets visited", "拜访户数"),
    "drive_hours": Text("Driving", "行车时间"),
}
"""Goals that need no table of targets, by key."""
