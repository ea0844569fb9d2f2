"""The rules that pick the key tasks of a weekly sheet: checklist place, thresholds, texts in both languages.

Each rule is a section `[task.NAME]` of the rules file. Its texts may hold placeholders in {braces}; which ones, the
rule's class says. A manager's file names only what it changes.
"""

from __future__ import annotations

import string
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from territory.domain.levers import Misfit, Section
from territory.domain.rules import NotNegative, Rules, Share
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
MOST_SUB_ITEMS = 3
LONGEST_TEXT = 160

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

    texts: ClassVar[tuple[str, ...]] = ("what", "how")
    placeholders: ClassVar[frozenset[str]] = frozenset({"count", "outlets", "named", "days"})

    item: ItemName = Field(description="checklist item that is ticked")
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = Field(
        description="which of the item's sub-items, from 1"
    )
    least: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="outlets from which on it is a task; fewer leave it unticked"
    )
    what: Words = Field(description="the task")
    how: Words = Field(description="how to do it")

    def misfits(self) -> list[Misfit]:
        """Texts with placeholders that the rule does not have."""
        return [
            misfit for key in self.texts for misfit in placeholder_misfits(key, getattr(self, key), self.placeholders)
        ]


class FocusRule(TaskRule):
    """A rule about outlets that are visited: its focus stands at every such visit."""

    texts: ClassVar[tuple[str, ...]] = ("what", "how")

    focus: Words = Field(description="service focus of a visit; no placeholders")

    def misfits(self) -> list[Misfit]:
        """Also a focus with placeholders."""
        return [*super().misfits(), *placeholder_misfits("focus", self.focus, frozenset())]


class FiguredRule(FocusRule):
    """A focus rule with a figure of the outlet's own behind the focus."""

    figures: ClassVar[frozenset[str]] = frozenset()

    figure: Words = Field(description="the outlet's own figure, after the focus")

    def misfits(self) -> list[Misfit]:
        """Also a figure with other placeholders than the outlet has."""
        return [*super().misfits(), *placeholder_misfits("figure", self.figure, self.figures)]


class GapRule(FiguredRule):
    """A rule whose outlets have a gap in money, which competes for the day's single worst one."""

    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"amount", "limit"}

    gap: Words = Field(description="the day's single worst gap when this outlet has it")

    def misfits(self) -> list[Misfit]:
        """Also a gap text with other placeholders than {amount}."""
        return [*super().misfits(), *placeholder_misfits("gap", self.gap, frozenset({"amount"}))]


class MakeUp(FocusRule):
    """`[task.make_up]`: visits missed in the weeks before and not made up yet."""

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"unplanned", "unplanned_named"}
    texts: ClassVar[tuple[str, ...]] = ("what", "how", "how_unplanned")

    item: ItemName = "serving_customers"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(en="Make up missed visits at {outlets}", zh="补访 {count} 户(上期漏访)")
    how: Words = Words(
        en="All stand in this week's plan: {days}. Ask what they missed; settle it on the spot. First {named}.",
        zh="均已排入本周:{days}。问清漏访期间的订货和诉求,当场解决;首先 {named}。",
    )
    how_unplanned: Words = Field(
        default=Words(
            en="Fit in {unplanned} not in this week's plan: {unplanned_named}. In the plan: {days}.",
            zh="本周未排的 {unplanned} 户顺路加访:{unplanned_named}。已排入:{days}。",
        ),
        description="how, when some of them are not in this week's plan",
    )
    focus: Words = Words(en="Make up", zh="补访")


class Complaints(FiguredRule):
    """`[task.complaints]`: outlets with open complaints, visited this week or not."""

    figures: ClassVar[frozenset[str]] = frozenset({"open"})
    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"complaints", "first"}

    item: ItemName = "serving_customers"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 3
    what: Words = Words(en="Settle {complaints} at {outlets}", zh="{count} 户 {complaints}处理回复")
    how: Words = Words(
        en="Call back today, settle on the visit, note the reply. First: {first}. Visits: {days}.",
        zh="当天电话回应,上门解决并记录答复;首先 {first}。拜访:{days}。",
    )
    focus: Words = Words(en="Complaint", zh="投诉处理")
    figure: Words = Words(en="{open} open", zh="{open} 件")


class TakeOver(FocusRule):
    """`[task.take_over]`: outlets that came from another rep, on their first visit of the cycle."""

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"former"}

    item: ItemName = "serving_customers"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 1
    what: Words = Words(en="Introduce yourself at {outlets} taken over", zh="{count} 户新接客户上门介绍")
    how: Words = Words(
        en="Ask {former} for notes first; agree order day and contact. {days}.",
        zh="先向{former}了解情况;上门自我介绍,确认订货日和联系方式。{days}。",
    )
    focus: Words = Words(en="Introduce", zh="交接介绍")


class CatchUp(TaskRule):
    """`[task.catch_up]`: outlets with visits the plan has no room for."""

    placeholders: ClassVar[frozenset[str]] = TaskRule.placeholders - {"days"} | {"visits", "reason"}

    item: ItemName = "serving_customers"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(en="Catch up {visits} at {outlets}", zh="补访 {count} 户(未排入 {visits})")
    how: Words = Words(
        en="Phone, or call in when a visit falls out ({reason}): {named}.",
        zh="电话回访,或有空档时顺路补访({reason}):{named}。",
    )


class Falling(GapRule):
    """`[task.falling]`: outlets whose sales of the last four weeks fell against the four before."""

    figures: ClassVar[frozenset[str]] = frozenset({"share"})

    fall_share: Share = Field(default=0.2, description="a fall by this share or more counts")
    item: ItemName = "market_analysis"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 1
    what: Words = Words(en="Win back sales at {outlets} ({amount} a week)", zh="{count} 户销量下滑挽回(周降 {amount})")
    how: Words = Words(
        en="Ask why: rival goods, stock-outs, footfall? Agree next order. First {named}. {days}.",
        zh="问清原因(缺货、窜货、客流),当面商定订单;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Falling", zh="销量下滑")
    figure: Words = Words(en="−{share}", zh="降 {share}")
    gap: Words = Words(en="Down {amount}/week", zh="周销降 {amount}")


class Understocked(GapRule):
    """`[task.understocked]`: outlets whose stock lasts for less than so many days."""

    figures: ClassVar[frozenset[str]] = frozenset({"stock"})

    low_stock_days: NotNegative = Field(default=3.0, description="stock for less than so many days of sales counts")
    item: ItemName = "market_analysis"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(en="Restock {outlets} (under {limit} days left)", zh="{count} 户库存不足补货(不足 {limit} 天)")
    how: Words = Words(
        en="Phone the order in before the visit; check best sellers on the shelf. First {named}. {days}.",
        zh="拜访前电话催单,到店查畅销规格是否断货;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Low stock", zh="库存不足")
    figure: Words = Words(en="{stock} d", zh="{stock} 天")
    gap: Words = Words(en="Short {amount}", zh="缺货 {amount}")


class Overstocked(GapRule):
    """`[task.overstocked]`: outlets whose stock lasts for more than so many days."""

    figures: ClassVar[frozenset[str]] = frozenset({"stock"})

    high_stock_days: NotNegative = Field(default=30.0, description="stock for more than so many days of sales counts")
    item: ItemName = "market_analysis"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(
        en="Bring down stock at {outlets} (over {limit} days)", zh="{count} 户库存积压疏导(超过 {limit} 天)"
    )
    how: Words = Words(
        en="Count slow sellers, cut the next order, move them to the front. First {named}. {days}.",
        zh="清点滞销规格,压减下次订单,调整陈列促销;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Overstock", zh="库存积压")
    figure: Words = Words(en="{stock} d", zh="{stock} 天")
    gap: Words = Words(en="Over by {amount}", zh="积压 {amount}")


class DisplayDue(FiguredRule):
    """`[task.display_due]`: outlets whose last display check is so many days ago at the end of the week."""

    figures: ClassVar[frozenset[str]] = frozenset({"since"})
    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"limit"}

    display_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=28, description="days from one display check to the next"
    )
    item: ItemName = "outlet_building"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(en="Check the display at {outlets} (due)", zh="{count} 户陈列到期检查")
    how: Words = Words(
        en="Shelf, price tags, permit, posters: take a photo, mend on the spot. First {named}. {days}.",
        zh="查柜台陈列、明码标价、亮证经营,拍照并当场整改;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Display", zh="陈列检查")
    figure: Words = Words(en="{since} d ago", zh="{since} 天未查")


class NewOutlets(FocusRule):
    """`[task.new_outlets]`: outlets opened less than so many weeks ago (column `opened` of the outlets)."""

    new_weeks: Annotated[int, Field(ge=1, le=520)] = Field(default=8, description="weeks an outlet counts as new")
    item: ItemName = "outlet_building"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 3
    what: Words = Words(en="Guide {outlets} newly opened", zh="{count} 户新开户辅导")
    how: Words = Words(
        en="Teach ordering, the rules and the display; set up the file. First {named}. {days}.",
        zh="教会网上订货、讲清规则、帮做陈列并建档;首先 {named}。{days}。",
    )
    focus: Words = Words(en="New outlet", zh="新户辅导")


class KeyOutlets(FocusRule):
    """`[task.key_outlets]`: outlets of the first tier; without tiers, the share of outlets with the most sales."""

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"worth"}

    key_share: Share = Field(default=0.2, description="share of the outlets that are key where there are no tiers")
    item: ItemName = "outlet_building"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 1
    what: Words = Words(en="Look after {outlets} of the first rank{worth}", zh="{count} 户重点户维护{worth}")
    how: Words = Words(
        en="Check stock, display and price tags at each; start with {named}.",
        zh="逐户查库存、陈列和明码标价;首先 {named}。",
    )
    focus: Words = Words(en="Key outlet", zh="重点维护")


class BorderFlow(FocusRule):
    """`[task.border_flow]`: outlets in places with strong flow across the territory's border."""

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"place", "share", "other"}

    strong_share: Share = Field(default=0.25, description="share of a place's flow from which on it is strong")
    item: ItemName = "information"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 1
    what: Words = Words(en="Watch border flow at {outlets}", zh="{count} 户边界客户跨区流动采集")
    how: Words = Words(
        en="{place}: {share} of its flow crosses the border, mostly to {other}. Note origin, price, amount.",
        zh="{place}:{share} 流动跨界,主要与{other}辖区;记来源、价格、数量。",
    )
    focus: Words = Words(en="Border flow", zh="跨区信息")


class HandOver(TaskRule):
    """`[task.hand_over]`: outlets that went to another rep, in the first week of the cycle."""

    placeholders: ClassVar[frozenset[str]] = TaskRule.placeholders - {"days"} | {"to"}

    item: ItemName = "other"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 1
    what: Words = Words(en="Hand over {outlets}", zh="移交 {count} 户")
    how: Words = Words(
        en="Give {to} contacts, credit and open promises; start with {named}.",
        zh="向{to}移交联系方式、信用情况和未了事项;首先 {named}。",
    )


class OnceACycle(FocusRule):
    """`[task.once_a_cycle]`: outlets whose only visit of the cycle is this week."""

    item: ItemName = "market_analysis"
    sub_item: Annotated[int, Field(ge=1, le=MOST_SUB_ITEMS)] = 2
    what: Words = Words(en="Four weeks' stock at {outlets}", zh="{count} 户月访客户四周备货")
    how: Words = Words(
        en="Count stock and agree the order until the next call in four weeks. {days}.",
        zh="盘点库存,商定到四周后下次拜访的订货量。{days}。",
    )
    focus: Words = Words(en="4-week stock", zh="四周备货")


class Tasks(Rules):
    """`[task.*]`: the rules by name."""

    make_up: MakeUp = MakeUp()
    complaints: Complaints = Complaints()
    take_over: TakeOver = TakeOver()
    catch_up: CatchUp = CatchUp()
    falling: Falling = Falling()
    understocked: Understocked = Understocked()
    overstocked: Overstocked = Overstocked()
    display_due: DisplayDue = DisplayDue()
    new_outlets: NewOutlets = NewOutlets()
    key_outlets: KeyOutlets = KeyOutlets()
    border_flow: BorderFlow = BorderFlow()
    hand_over: HandOver = HandOver()
    once_a_cycle: OnceACycle = OnceACycle()

    def rule(self, name: TaskName) -> TaskRule:
        """The rule of that name."""
        found: TaskRule = getattr(self, name)
        return found
