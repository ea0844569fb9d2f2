"""A model report after STRESS-DES: twenty items in six sections, none of which may be empty.

References
----------
monks-2019: Monks, Currie, Onggo, Robinson, Kunc and Taylor, Strengthening the reporting of empirical simulation
studies, Journal of Simulation 13 (2019) 55-67.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Table

SECTIONS: tuple[Text, ...] = (
    Text("Objectives", "目标"),
    Text("Logic", "逻辑"),
    Text("Data", "数据"),
    Text("Experimentation", "实验"),
    Text("Implementation", "实现"),
    Text("Code access", "代码获取"),
)
ITEMS: dict[str, Text] = {
    "1.1": Text("Purpose of the model", "模型目的"),
    "1.2": Text("Model outputs", "模型输出"),
    "1.3": Text("Experimentation aims", "实验目的"),
    "2.1": Text("Base model overview diagram", "基础模型示意图"),
    "2.2": Text("Base model logic", "基础模型逻辑"),
    "2.3": Text("Scenario logic", "情景逻辑"),
    "2.4": Text("Algorithms", "算法"),
    "2.5": Text("Components", "组成要素"),
    "3.1": Text("Data sources", "数据来源"),
    "3.2": Text("Input parameters", "输入参数"),
    "3.3": Text("Pre-processing", "预处理"),
    "3.4": Text("Assumptions", "假设"),
    "4.1": Text("Initialisation", "初始化"),
    "4.2": Text("Run length", "运行长度"),
    "4.3": Text("Estimation approach", "估计方法"),
    "5.1": Text("Software and programming language", "软件与编程语言"),
    "5.2": Text("Random sampling", "随机抽样"),
    "5.3": Text("Model execution", "模型运行"),
    "5.4": Text("System specification", "系统配置"),
    "6.1": Text("Computer model sharing statement", "模型共享声明"),
}
_TITLE = Text("Model report · {scenario}", "模型报告 · {scenario}")
_INTRO = Text(
    "After the STRESS guidelines for discrete-event simulation (Monks et al. 2019): twenty items in six sections, "
    "filled from the problem, the policies and the run card of this run.",
    "依据离散事件仿真报告规范 STRESS-DES(Monks 等,2019):六个部分二十项,由本次运行的问题、政策与运行卡生成。",
)

Content = Mapping[Lang, Sequence[Block]]


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelReport:
    """
    The filled report.

    Attributes
    ----------
    items
        By number, all of `ITEMS`; the blocks below each heading, in both languages.
    """

    scenario: str
    items: Mapping[str, Content]

    def __post_init__(self) -> None:
        missing = [number for number in ITEMS if number not in self.items]
        if missing or len(self.items) != len(ITEMS):
            raise ValueError(f"missing items: {missing}; there are {len(self.items)}, not {len(ITEMS)}")
        empty = [
            f"{number} ({lang})"
            for number, content in self.items.items()
            for lang in ("en", "zh")
            if is_empty(content.get(lang, ()))
        ]
        if empty:
            raise ValueError(f"empty items: {', '.join(empty)}")


def is_empty(blocks: Sequence[Block]) -> bool:
    """True when the blocks say nothing."""
    return not any(_words(block).strip() for block in blocks)


def _words(block: Block) -> str:
    if isinstance(block, Heading | Paragraph):
        return block.text
    if isinstance(block, Bullets):
        return "".join(block.items)
    if isinstance(block, Table):
        return "".join(cell for row in block.rows for cell in row.cells)
    assert isinstance(block, Picture)
    return block.alt


def stress_blocks(report: ModelReport, lang: Lang) -> list[Block]:
    """The whole report in one language."""
    blocks: list[Block] = [
        Heading(_TITLE.in_(lang).format(scenario=report.scenario), 1),
        Paragraph(_INTRO.in_(lang), "soft"),
    ]
    for place, section in enumerate(SECTIONS, start=1):
        blocks.append(Heading(f"{place} {section.in_(lang)}"))
        for number, title in ITEMS.items():
            if number.startswith(f"{place}."):
                blocks.append(Heading(f"{number} {title.in_(lang)}", 3))
                blocks += report.items[number][lang]
    return blocks
