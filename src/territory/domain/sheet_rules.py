"""What a manager may change about the weekly sheet: which tasks count, in which order, from when on, in which words.

The rules file (`sheet_rules.toml`) has these sections; whatever it leaves out stays as it is here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from territory.domain.levers import Misfit, Section, twice
from territory.domain.rules import Rules
from territory.domain.sheet_tasks import (
    LONGEST_TEXT,
    MOST_SUB_ITEMS,
    TASK_NAMES,
    ItemName,
    TaskName,
    Tasks,
    Words,
    placeholder_misfits,
)
from territory.language import Text

SCHEMA = "territory/sheet-rules@1"
LINK_KEYS = ("area", "customers", "history", "archive")
LINK_PLACEHOLDERS = frozenset({"key", "rep_id", "iso_week", "sheet_id"})

Address = Annotated[str, Field(max_length=LONGEST_TEXT)]
SubItems = Annotated[tuple[Words, ...], Field(min_length=1, max_length=MOST_SUB_ITEMS)]


class ChecklistItem(Section):
    """`[checklist.NAME]`: one of the seven items with up to three sub-items."""

    label: Words = Field(description="the item; no placeholders")
    short: Words = Field(description="the item where both languages share the line")
    sub_items: SubItems = Field(description="its sub-items, one to three: [{ zh = ..., en = ... }, ...]")

    def misfits(self) -> list[Misfit]:
        """Placeholders, which a label does not have."""
        own = [("label", self.label), ("short", self.short), *(("sub_items", words) for words in self.sub_items)]
        return [misfit for key, words in own for misfit in placeholder_misfits(key, words, frozenset())]


def _item(label: Words, short: Words, *sub_items: Words) -> ChecklistItem:
    return ChecklistItem(label=label, short=short, sub_items=sub_items)


class Checklist(Rules):
    """`[checklist.*]`: the trade's seven items."""

    serving_customers: ChecklistItem = _item(
        Words(en="Serving customers", zh="服务客户"),
        Words(en="Customers", zh="服务客户"),
        Words(en="Take over", zh="交接介绍"),
        Words(en="Make up", zh="补访回访"),
        Words(en="Complaints", zh="投诉处理"),
    )
    market_analysis: ChecklistItem = _item(
        Words(en="Market analysis", zh="市场分析"),
        Words(en="Market", zh="市场分析"),
        Words(en="Falling", zh="销量下滑"),
        Words(en="Stock", zh="库存订单"),
        Words(en="Prices", zh="价格走势"),
    )
    information: ChecklistItem = _item(
        Words(en="Information gathering", zh="信息采集"),
        Words(en="Information", zh="信息采集"),
        Words(en="Border flow", zh="跨区流动"),
        Words(en="Shop data", zh="客户资料"),
    )
    outlet_building: ChecklistItem = _item(
        Words(en="Outlet building", zh="终端建设"),
        Words(en="Outlets", zh="终端建设"),
        Words(en="Key outlets", zh="重点维护"),
        Words(en="Display", zh="陈列标价"),
        Words(en="New outlets", zh="新户辅导"),
    )
    integrity_group: ChecklistItem = _item(
        Words(en="Integrity mutual-aid group", zh="诚信互助小组"),
        Words(en="Integrity", zh="诚信互助小组"),
        Words(en="Meeting", zh="小组活动"),
        Words(en="Rules", zh="自律公约"),
    )
    industry_info: ChecklistItem = _item(
        Words(en="Industry-commerce collaboration information", zh="获取工商协同信息"),
        Words(en="Industry info", zh="获取工商协同信息"),
        Words(en="Brands", zh="品牌培育"),
        Words(en="Supply", zh="货源信息"),
    )
    other: ChecklistItem = _item(
        Words(en="Other and ad-hoc work", zh="其他及临时工作"),
        Words(en="Other, ad hoc", zh="其他及临时工作"),
        Words(en="Hand over", zh="移交客户"),
        Words(en="Ad hoc", zh="临时工作"),
    )

    def items(self) -> tuple[ChecklistItem, ...]:
        """The seven, in the trade's order."""
        return tuple(getattr(self, name) for name in ITEM_NAMES)


ITEM_NAMES: tuple[ItemName, ...] = ItemName.__args__  # type: ignore[attr-defined]


class ChannelWords(Section):
    """`[channel]`: what is ticked in panel 5."""

    market: Words = Field(default=Words(en="Market", zh="市场状态"), description="first tick")
    ideas: Words = Field(default=Words(en="Ideas", zh="意见建议"), description="second tick")
    anomaly: Words = Field(default=Words(en="Anomaly", zh="异常情况"), description="third tick")
    notice: Words = Field(default=Words(en="Notice", zh="通知事项"), description="fourth tick")
    talk: Words = Field(default=Words(en="Talk", zh="面谈"), description="first means")
    phone: Words = Field(default=Words(en="Phone", zh="电话"), description="second means")
    chat: Words = Field(default=Words(en="Chat", zh="微信"), description="third means")

    def misfits(self) -> list[Misfit]:
        """Placeholders, which none of them has."""
        return [
            misfit
            for key in ChannelWords.model_fields
            for misfit in placeholder_misfits(key, getattr(self, key), frozenset())
        ]

    def ticks(self) -> tuple[Text, ...]:
        """The four things that are ticked."""
        return (self.market.text, self.ideas.text, self.anomaly.text, self.notice.text)

    def means(self) -> tuple[Text, ...]:
        """The three ways to speak."""
        return (self.talk.text, self.phone.text, self.chat.text)


class GoalRules(Rules):
    """`[goals]`: how a month's target becomes a week's goal."""

    split: Literal["working_days", "visits"] = Field(
        default="working_days",
        description="what the rest of the month's target is shared out by: the rep's working days, or the visits "
        "planned on them (days outside of the cycle count as its mean day)",
    )


class SheetRules(Section):
    """The rules file."""

    schema_name: Literal["territory/sheet-rules@1"] = Field(default="territory/sheet-rules@1", alias="schema")
    order: tuple[TaskName, ...] = Field(
        default=TASK_NAMES,
        description="rules that count, most urgent first: the first five that find something are the week's tasks, "
        "and the first that an outlet meets is its service focus; a rule that is left out is off",
    )
    named_outlets: Annotated[int, Field(ge=1, le=5)] = Field(
        default=3, description="outlets that {named} names, those with the greatest amount first"
    )
    routine: Words = Field(
        default=Words(en="Routine", zh="常规服务"), description="service focus of a visit that no rule is about"
    )
    goals: GoalRules = Field(default_factory=GoalRules)
    task: Tasks = Field(default_factory=Tasks)
    checklist: Checklist = Field(default_factory=Checklist)
    channel: ChannelWords = Field(default_factory=ChannelWords)

    def misfits(self) -> list[Misfit]:
        """A rule listed twice, a task ticked at a sub-item that is not there, placeholders in `routine`."""
        found = [*twice("order", self.order), *placeholder_misfits("routine", self.routine, frozenset())]
        for name in TASK_NAMES:
            rule = self.task.rule(name)
            have = len(getattr(self.checklist, rule.item).sub_items)
            if rule.sub_item > have:
                found.append(
                    Misfit(
                        keys=("task",),
                        reason=Text(
                            f"task.{name} is ticked at sub-item {rule.sub_item} of {rule.item}, which has {have}",
                            f"task.{name} 勾选 {rule.item} 的第 {rule.sub_item} 小项,而它只有 {have} 项",
                        ),
                        wanted=Text(
                            f"sub_item from 1 to {have} in [task.{name}], or one sub-item more in "
                            f"[checklist.{rule.item}]",
                            f"在 [task.{name}] 中 sub_item 取 1 到 {have},或在 [checklist.{rule.item}] 中增加小项",
                        ),
                    )
                )
        return found


class SheetLinks(Section):
    """`[sheet.links]` of scenario.toml: where panel 6 leads; without an address the paper shows the sheet's id."""

    base: Address | None = Field(
        default=None, description="address of the information system; each entry then leads to BASE/KEY/SHEET_ID"
    )
    area: Address | None = Field(default=None, description="address of the area's basics, instead of BASE/area/...")
    customers: Address | None = Field(default=None, description="the same of customer operations")
    history: Address | None = Field(default=None, description="the same of historical statistics")
    archive: Address | None = Field(default=None, description="the same of the archive of sheets")

    def misfits(self) -> list[Misfit]:
        """Addresses that are none, and placeholders that addresses do not have."""
        found = []
        for key in SheetLinks.model_fields:
            address = getattr(self, key)
            if address is None:
                continue
            if not address.startswith(("http://", "https://")) or any(c.isspace() for c in address):
                found.append(
                    Misfit(
                        keys=(key,),
                        reason=Text("this is not a web address", "不是网址"),
                        wanted=Text(
                            "an address without blanks that starts with http:// or https://",
                            "以 http:// 或 https:// 开头、不含空格的网址",
                        ),
                    )
                )
                continue
            found += placeholder_misfits(key, Words(en=address, zh=address), LINK_PLACEHOLDERS)
        return found
