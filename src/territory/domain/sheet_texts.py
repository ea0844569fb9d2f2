"""What the rules of a weekly sheet are made of: texts in both languages with placeholders, and kinds of rules."""

from __future__ import annotations

import string
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from territory.domain.levers import Misfit, Section
from territory.domain.rules import Rules
from territory.language import Text

ItemName = Literal[
    "serving_customers",
    "market_analysis",
    "information",
    "outlet_building",
    "integrity_group",
    "industry_info",
    "other",
]
TaskName = Literal[
    "make_up",
    "complaints",
    "take_over",
    "catch_up",
    "falling",
    "understocked",
    "overstocked",
    "display_due",
    "new_outlets",
    "key_outlets",
    "border_flow",
    "hand_over",
    "once_a_cycle",
]
TASK_NAMES: tuple[TaskName, ...] = TaskName.__args__  # type: ignore[attr-defined]
ITEM_NAMES: tuple[ItemName, ...] = ItemName.__args__  # type: ignore[attr-defined]
MOST_SUB_ITEMS = 3
LONGEST_TEXT = 160

SubItem = Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)]
Phrase = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class Words(Rules):
    """One text in both languages: `{ zh = "...", en = "..." }`."""

    en: Phrase
    zh: Phrase

    @property
    def text(self) -> Text:
        """As the rest of the package holds it."""
        return Text(self.en, self.zh)

    def filled(self, **values: Text) -> Text:
        """The text with its placeholders replaced."""
        return Text(
            self.en.format_map({name: value.en for name, value in values.items()}),
            self.zh.format_map({name: value.zh for name, value in values.items()}),
        )


def placeholder_misfits(key: str, words: Words, known: frozenset[str]) -> list[Misfit]:
    """The misfit of a text whose braces hold something else than a known placeholder, if they do."""
    wanted = " ".join(f"{{{name}}}" for name in sorted(known)) or "-"
    odd: list[str] = []
    for template in (words.en, words.zh):
        try:
            parts = list(string.Formatter().parse(template))
        except ValueError:
            odd.append(template)
            continue
        odd += [
            f"{{{name}}}"
            for _, name, form, conversion in parts
            if name is not None and (name not in known or form or conversion)
        ]
    if not odd:
        return []
    shown = ", ".join(dict.fromkeys(odd))
    return [
        Misfit(
            keys=(key,),
            reason=Text(f"{shown} is no placeholder of this text", f"{shown} 不是此处可用的占位符"),
            wanted=Text(
                f"a text with these placeholders at most: {wanted} (a brace itself is written twice)",
                f"只含以下占位符的文本:{wanted}(花括号本身须写两次)",
            ),
        )
    ]


class TaskRule(Section):
    """What every rule has: where it is ticked, from how many outlets it is a task, what it says."""

    about: ClassVar[Text]
    texts: ClassVar[tuple[str, ...]] = ("what", "how")
    placeholders: ClassVar[frozenset[str]] = frozenset({"count", "outlets", "named", "days"})

    item: ItemName = Field(description="checklist item that is ticked / 勾选的清单大项")
    sub_item: SubItem = Field(description="which of the item's sub-items, from 1 / 大项下的第几小项,从 1 起")
    least: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="outlets from which on it is a task; fewer leave it unticked / 满多少户才列为任务;不足则不勾选",
    )
    what: Words = Field(description="the task / 任务")
    how: Words = Field(description="how to do it / 具体做法")

    def misfits(self) -> list[Misfit]:
        """Texts with placeholders that the rule does not have."""
        return [
            misfit for key in self.texts for misfit in placeholder_misfits(key, getattr(self, key), self.placeholders)
        ]


class FocusRule(TaskRule):
    """A rule about outlets that are visited: its focus stands at every such visit."""

    focus: Words = Field(description="service focus of a visit; no placeholders / 拜访的服务重点;不含占位符")

    def misfits(self) -> list[Misfit]:
        """Also a focus with placeholders."""
        return [*super().misfits(), *placeholder_misfits("focus", self.focus, frozenset())]


class FiguredRule(FocusRule):
    """A focus rule with a figure of the outlet's own behind the focus."""

    figures: ClassVar[frozenset[str]] = frozenset()

    figure: Words = Field(description="the outlet's own figure, after the focus / 服务重点之后该户自己的数字")

    def misfits(self) -> list[Misfit]:
        """Also a figure with other placeholders than the outlet has."""
        return [*super().misfits(), *placeholder_misfits("figure", self.figure, self.figures)]


class GapRule(FiguredRule):
    """A rule whose outlets have a gap in money, which competes for the day's single worst one."""

    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"amount", "limit"}

    gap: Words = Field(description="the day's single worst gap when this outlet has it / 该户为当日最大差距时的文字")

    def misfits(self) -> list[Misfit]:
        """Also a gap text with other placeholders than {amount}."""
        return [*super().misfits(), *placeholder_misfits("gap", self.gap, frozenset({"amount"}))]
