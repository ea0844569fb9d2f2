"""The rules that pick the key tasks of a weekly sheet: checklist place, thresholds, texts in both languages.

Each rule is a section `[task.NAME]` of the rules file. Its texts may hold placeholders in {braces}; which ones, the
rule's class says. A manager's file names only what it changes.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from territory.domain.rules import NotNegative, Rules, Share
from territory.domain.sheet_texts import (
    FiguredRule,
    FocusRule,
    GapRule,
    ItemName,
    SubItem,
    TaskName,
    TaskRule,
    Words,
)
from territory.language import Text


class MakeUp(FocusRule):
    """`[task.make_up]`: visits missed in the weeks before and not made up yet."""

    about: ClassVar[Text] = Text(
        "visits missed in the weeks before and not made up yet",
        "上期漏访、尚未补上的客户",
    )

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"unplanned", "unplanned_named"}
    texts: ClassVar[tuple[str, ...]] = ("what", "how", "how_unplanned")

    item: ItemName = "serving_customers"
    sub_item: SubItem = 2
    what: Words = Words(en="Make up missed visits at {outlets}", zh="补访 {count} 户(上期漏访)")
    how: Words = Words(
        en="In this week's plan: {days}. Ask what they missed, settle it on the spot. First {named}.",
        zh="已排入本周:{days}。问清漏访期间订货和诉求;首先 {named}。",
    )
    how_unplanned: Words = Field(
        default=Words(
            en="Fit in {unplanned} outside of the plan: {unplanned_named}. Planned: {days}.",
            zh="未排入的 {unplanned} 户顺路加访:{unplanned_named}。已排入:{days}。",
        ),
        description="how, when some of them are not in this week's plan / 其中有未排入本周的客户时的做法",
    )
    focus: Words = Words(en="Make up", zh="补访")


class Complaints(FiguredRule):
    """`[task.complaints]`: outlets with open complaints, visited this week or not."""

    about: ClassVar[Text] = Text(
        "outlets with open complaints, visited this week or not", "有未结投诉的客户,不论本周是否拜访"
    )

    figures: ClassVar[frozenset[str]] = frozenset({"open"})
    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"complaints", "first"}

    item: ItemName = "serving_customers"
    sub_item: SubItem = 3
    what: Words = Words(en="Settle {complaints} at {outlets}", zh="{count} 户 {complaints}处理回复")
    how: Words = Words(
        en="Call back today, settle it on the visit. First: {first}. Visits: {days}.",
        zh="当天电话回应,上门解决并记录;首先 {first}。拜访:{days}。",
    )
    focus: Words = Words(en="Complaint", zh="投诉处理")
    figure: Words = Words(en="{open} open", zh="{open} 件")


class TakeOver(FocusRule):
    """`[task.take_over]`: outlets that came from another rep, on their first visit of the cycle."""

    about: ClassVar[Text] = Text(
        "outlets that came from another rep, on their first visit of the cycle",
        "从其他客户经理接手、周期内首次拜访的客户",
    )

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"former"}

    item: ItemName = "serving_customers"
    sub_item: SubItem = 1
    what: Words = Words(en="Introduce yourself at {outlets} taken over", zh="{count} 户新接客户上门介绍")
    how: Words = Words(
        en="Ask {former} for notes first; agree order day and contact. {days}.",
        zh="先向{former}了解情况;上门自我介绍,确认订货日和联系方式。{days}。",
    )
    focus: Words = Words(en="Introduce", zh="交接介绍")


class CatchUp(TaskRule):
    """`[task.catch_up]`: outlets with visits the plan has no room for."""

    about: ClassVar[Text] = Text("outlets with visits the plan has no room for", "计划中排不下的拜访")

    placeholders: ClassVar[frozenset[str]] = TaskRule.placeholders - {"days"} | {"visits", "reason"}

    item: ItemName = "serving_customers"
    sub_item: SubItem = 2
    what: Words = Words(en="Catch up {visits} at {outlets}", zh="补访 {count} 户(未排入 {visits})")
    how: Words = Words(
        en="Phone, or call in when a visit falls out ({reason}): {named}.",
        zh="电话回访,或有空档时顺路补访({reason}):{named}。",
    )


class Falling(GapRule):
    """`[task.falling]`: outlets whose sales of the last four weeks fell against the four before."""

    about: ClassVar[Text] = Text(
        "outlets whose sales of the last four weeks fell against the four before", "近四周销售额比前四周下降的客户"
    )

    figures: ClassVar[frozenset[str]] = frozenset({"share"})

    fall_share: Share = Field(default=0.2, description="a fall by this share or more counts / 降幅达到此比例即计入")
    item: ItemName = "market_analysis"
    sub_item: SubItem = 1
    what: Words = Words(en="Win back sales at {outlets} ({amount} a week)", zh="{count} 户销量下滑挽回(周降 {amount})")
    how: Words = Words(
        en="Ask why: rival goods, stock-outs, footfall? Agree next order. First {named}. {days}.",
        zh="问清原因(缺货、窜货、客流),当面商定订单;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Falling", zh="销量下滑")
    figure: Words = Words(en="−{share}", zh="降 {share}")
    gap: Words = Words(en="Down {amount}/wk", zh="周销降 {amount}")


class Understocked(GapRule):
    """`[task.understocked]`: outlets whose stock lasts for less than so many days."""

    about: ClassVar[Text] = Text(
        "outlets whose stock lasts for less than so many days",
        "库存不足若干天的客户",
    )

    figures: ClassVar[frozenset[str]] = frozenset({"stock"})

    low_stock_days: NotNegative = Field(
        default=3.0, description="stock for less than so many days of sales counts / 库存不足此天数即计入"
    )
    item: ItemName = "market_analysis"
    sub_item: SubItem = 2
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

    about: ClassVar[Text] = Text(
        "outlets whose stock lasts for more than so many days",
        "库存超过若干天的客户",
    )

    figures: ClassVar[frozenset[str]] = frozenset({"stock"})

    high_stock_days: NotNegative = Field(
        default=30.0, description="stock for more than so many days of sales counts / 库存超过此天数即计入"
    )
    item: ItemName = "market_analysis"
    sub_item: SubItem = 2
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

    about: ClassVar[Text] = Text(
        "outlets whose last display check is so many days ago at the end of the week",
        "到周末时距上次陈列检查已满若干天的客户",
    )

    figures: ClassVar[frozenset[str]] = frozenset({"since"})
    placeholders: ClassVar[frozenset[str]] = FiguredRule.placeholders | {"limit"}

    display_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=28, description="days from one display check to the next / 两次陈列检查的间隔天数"
    )
    item: ItemName = "outlet_building"
    sub_item: SubItem = 2
    what: Words = Words(en="Check the display at {outlets} (due)", zh="{count} 户陈列到期检查")
    how: Words = Words(
        en="Shelf, price tags, permit, posters: take a photo, mend on the spot. First {named}. {days}.",
        zh="查柜台陈列、明码标价、亮证经营,拍照并当场整改;首先 {named}。{days}。",
    )
    focus: Words = Words(en="Display", zh="陈列检查")
    figure: Words = Words(en="{since} d ago", zh="{since} 天未查")


class NewOutlets(FocusRule):
    """`[task.new_outlets]`: outlets opened less than so many weeks ago (column `opened` of the outlets)."""

    about: ClassVar[Text] = Text(
        "outlets opened less than so many weeks ago (column `opened` of the outlets)",
        "开业不足若干周的客户(零售户表的开业日期列)",
    )

    new_weeks: Annotated[int, Field(ge=1, le=520)] = Field(
        default=8, description="weeks an outlet counts as new / 开业后多少周内算新户"
    )
    item: ItemName = "outlet_building"
    sub_item: SubItem = 3
    what: Words = Words(en="Guide {outlets} newly opened", zh="{count} 户新开户辅导")
    how: Words = Words(
        en="Teach ordering, the rules and the display; set up the file. First {named}. {days}.",
        zh="教会网上订货、讲清规则、帮做陈列并建档;首先 {named}。{days}。",
    )
    focus: Words = Words(en="New outlet", zh="新户辅导")


class KeyOutlets(FocusRule):
    """`[task.key_outlets]`: outlets of the first tier; without tiers, the share of outlets with the most sales."""

    about: ClassVar[Text] = Text(
        "outlets of the first tier; without tiers, the share of outlets with the most sales",
        "第一档客户;没有档位时为销售最多的一部分客户",
    )

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"worth"}

    key_share: Share = Field(
        default=0.2,
        description="share of the outlets that are key where there are no tiers "
        "/ 没有档位时,按销售取多大比例的客户为重点户",
    )
    item: ItemName = "outlet_building"
    sub_item: SubItem = 1
    what: Words = Words(en="Key outlets: look after {count}{worth}", zh="{count} 户重点户维护{worth}")
    how: Words = Words(
        en="Check stock, display and price tags at each; start with {named}.",
        zh="逐户查库存、陈列和明码标价;首先 {named}。",
    )
    focus: Words = Words(en="Key outlet", zh="重点维护")


class BorderFlow(FocusRule):
    """`[task.border_flow]`: outlets in places with strong flow across the territory's border."""

    about: ClassVar[Text] = Text(
        "outlets in places with strong flow across the territory's border", "与其他辖区流动强的商圈内的客户"
    )

    placeholders: ClassVar[frozenset[str]] = FocusRule.placeholders | {"place", "share", "other"}

    strong_share: Share = Field(
        default=0.25, description="share of a place's flow from which on it is strong / 跨界流动占比达到多少算强"
    )
    item: ItemName = "information"
    sub_item: SubItem = 1
    what: Words = Words(en="Watch border flow at {outlets}", zh="{count} 户边界客户跨区流动采集")
    how: Words = Words(
        en="{place}: {share} of its flow crosses the border, mostly to {other}. Note origin, price, amount.",
        zh="{place}:{share} 流动跨界,主要与{other}辖区;记来源、价格、数量。",
    )
    focus: Words = Words(en="Border flow", zh="跨区信息")


class HandOver(TaskRule):
    """`[task.hand_over]`: outlets that went to another rep, in the first week of the cycle."""

    about: ClassVar[Text] = Text(
        "outlets that went to another rep, in the first week of the cycle", "移交给其他客户经理的客户,仅周期第一周"
    )

    placeholders: ClassVar[frozenset[str]] = TaskRule.placeholders - {"days"} | {"to"}

    item: ItemName = "other"
    sub_item: SubItem = 1
    what: Words = Words(en="Hand over {outlets}", zh="移交 {count} 户")
    how: Words = Words(
        en="Give {to} contacts, credit and open promises; start with {named}.",
        zh="向{to}移交联系方式、信用情况和未了事项;首先 {named}。",
    )


class OnceACycle(FocusRule):
    """`[task.once_a_cycle]`: outlets whose only visit of the cycle is this week."""

    about: ClassVar[Text] = Text(
        "outlets whose only visit of the cycle is this week",
        "整个周期只在本周拜访一次的客户",
    )

    item: ItemName = "market_analysis"
    sub_item: SubItem = 2
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
