"""What a manager may change about the weekly sheet: which tasks count, in which order, from when on, in which words.

The rules file (`sheet_rules.toml`) has these sections; whatever it leaves out stays as it is here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from territory.domain.levers import Misfit, Section, twice
from territory.domain.rules import Rules
from territory.domain.sheet_checklist import ChannelWords, Checklist
from territory.domain.sheet_tasks import Tasks
from territory.domain.sheet_texts import LONGEST_TEXT, TASK_NAMES, TaskName, Words, placeholder_misfits
from territory.language import Text

SCHEMA = "territory/sheet-rules@1"
LINK_KEYS = ("area", "customers", "history", "archive")
MOST_BYTES_ON_PAPER = 106
"""The longest address whose QR code is coarse enough for panel 6."""

LINK_PLACEHOLDERS = frozenset({"key", "rep_id", "iso_week", "sheet_id"})

Address = Annotated[str, Field(max_length=LONGEST_TEXT)]


class GoalRules(Rules):
    """`[goals]`: how a month's target becomes a week's goal."""

    split: Literal["working_days", "visits"] = Field(
        default="working_days",
        description="what the rest of the month's target is shared out by: the rep's working days, or the visits "
        "planned on them (days outside of the cycle count as its mean day) / 月目标余额按什么分到周:客户经理的工作日 "
        "working_days,或各日计划拜访数 visits(周期外的日子按平均日计)",
    )


class SheetRules(Section):
    """The rules file."""

    schema_name: Literal["territory/sheet-rules@1"] = Field(default="territory/sheet-rules@1", alias="schema")
    order: tuple[TaskName, ...] = Field(
        default=TASK_NAMES,
        description="rules that count, most urgent first: the first five that find something are the week's tasks, "
        "and the first that an outlet meets is its service focus; a rule that is left out is off / "
        "生效的规则,急者在前:最先有结果的五条列为本周任务,客户符合的第一条为其服务重点;未列出的规则停用",
    )
    named_outlets: Annotated[int, Field(ge=1, le=5)] = Field(
        default=2,
        description="outlets that {named} names, those with the greatest amount first "
        "/ {named} 列出的客户数,金额大者在前",
    )
    routine: Words = Field(
        default=Words(en="Routine", zh="常规服务"),
        description="service focus of a visit that no rule is about / 不符合任何规则时的服务重点",
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
