"""The checklist of panel 2 and the ticks of panel 5, in words that a manager may change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from territory.domain.levers import Misfit, Section
from territory.domain.rules import Rules
from territory.domain.sheet_texts import ITEM_NAMES, MOST_SUB_ITEMS, Phrase, Words, placeholder_misfits
from territory.language import Text

SubItems = Annotated[tuple[Words, ...], Field(min_length=1, max_length=MOST_SUB_ITEMS)]


class ChecklistItem(Section):
    """`[checklist.NAME]`: one of the seven items with up to three sub-items."""

    label: Words = Field(description="the item; no placeholders / 大项;不含占位符")
    short_en: Phrase = Field(
        description="its English name where both languages share the line / 中英文同列时的英文简称"
    )
    sub_items: SubItems = Field(
        description="its sub-items, one to three: [{ zh = ..., en = ... }, ...] / 小项,一到三个"
    )

    def misfits(self) -> list[Misfit]:
        """Placeholders, which a label does not have."""
        own = [("label", self.label), *(("sub_items", words) for words in self.sub_items)]
        return [misfit for key, words in own for misfit in placeholder_misfits(key, words, frozenset())]


class ServingCustomers(ChecklistItem):
    """`[checklist.serving_customers]`."""

    label: Words = Words(en="Serving customers", zh="服务客户")
    short_en: Phrase = "Customers"
    sub_items: SubItems = (
        Words(en="Take over", zh="交接介绍"),
        Words(en="Make up", zh="补访回访"),
        Words(en="Complaints", zh="投诉处理"),
    )


class MarketAnalysis(ChecklistItem):
    """`[checklist.market_analysis]`."""

    label: Words = Words(en="Market analysis", zh="市场分析")
    short_en: Phrase = "Market"
    sub_items: SubItems = (
        Words(en="Falling", zh="销量下滑"),
        Words(en="Stock", zh="库存订单"),
        Words(en="Prices", zh="价格走势"),
    )


class Information(ChecklistItem):
    """`[checklist.information]`."""

    label: Words = Words(en="Information gathering", zh="信息采集")
    short_en: Phrase = "Information"
    sub_items: SubItems = (
        Words(en="Border flow", zh="跨区流动"),
        Words(en="Shop data", zh="客户资料"),
    )


class OutletBuilding(ChecklistItem):
    """`[checklist.outlet_building]`."""

    label: Words = Words(en="Outlet building", zh="终端建设")
    short_en: Phrase = "Outlets"
    sub_items: SubItems = (
        Words(en="Key outlets", zh="重点维护"),
        Words(en="Display", zh="陈列标价"),
        Words(en="New outlets", zh="新户辅导"),
    )


class IntegrityGroup(ChecklistItem):
    """`[checklist.integrity_group]`."""

    label: Words = Words(en="Integrity mutual-aid group", zh="诚信互助小组")
    short_en: Phrase = "Integrity"
    sub_items: SubItems = (
        Words(en="Meeting", zh="小组活动"),
        Words(en="Rules", zh="自律公约"),
    )


class IndustryInfo(ChecklistItem):
    """`[checklist.industry_info]`."""

    label: Words = Words(en="Industry-commerce collaboration information", zh="获取工商协同信息")
    short_en: Phrase = "Industry info"
    sub_items: SubItems = (
        Words(en="Brands", zh="品牌培育"),
        Words(en="Supply", zh="货源信息"),
    )


class Other(ChecklistItem):
    """`[checklist.other]`."""

    label: Words = Words(en="Other and ad-hoc work", zh="其他及临时工作")
    short_en: Phrase = "Other work"
    sub_items: SubItems = (
        Words(en="Hand over", zh="移交客户"),
        Words(en="Ad hoc", zh="临时工作"),
    )


class Checklist(Rules):
    """`[checklist.*]`: the trade's seven items."""

    serving_customers: ServingCustomers = ServingCustomers()
    market_analysis: MarketAnalysis = MarketAnalysis()
    information: Information = Information()
    outlet_building: OutletBuilding = OutletBuilding()
    integrity_group: IntegrityGroup = IntegrityGroup()
    industry_info: IndustryInfo = IndustryInfo()
    other: Other = Other()

    def items(self) -> tuple[ChecklistItem, ...]:
        """The seven, in the trade's order."""
        return tuple(getattr(self, name) for name in ITEM_NAMES)


class ChannelWords(Section):
    """`[channel]`: what is ticked in panel 5."""

    market: Words = Field(default=Words(en="Market", zh="市场状态"), description="first tick / 第一个勾选项")
    ideas: Words = Field(default=Words(en="Ideas", zh="意见建议"), description="second tick / 第二个勾选项")
    anomaly: Words = Field(default=Words(en="Anomaly", zh="异常情况"), description="third tick / 第三个勾选项")
    notice: Words = Field(default=Words(en="Notice", zh="通知事项"), description="fourth tick / 第四个勾选项")
    talk: Words = Field(default=Words(en="Talk", zh="面谈"), description="first means / 第一种方式")
    phone: Words = Field(default=Words(en="Phone", zh="电话"), description="second means / 第二种方式")
    chat: Words = Field(default=Words(en="Chat", zh="微信"), description="third means / 第三种方式")

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
