"""The desk's words: components, evaluator groups, committee, grades, in both languages."""

from __future__ import annotations

from territory.language import Text

COMPONENT_WORDS = {
    "baseline": Text("Baseline: visits made", "基础指标:拜访完成"),
    "marketing": Text("Marketing: sales against target", "营销指标:销售完成"),
    "management": Text("Management: quality of service", "管理指标:服务质量"),
}
SHORT_COMPONENTS = {
    "baseline": Text("visits", "基础"),
    "marketing": Text("sales", "营销"),
    "management": Text("quality", "管理"),
    "behaviour": Text("behaviour", "行为"),
}
GROUP_WORDS = {
    "inspection": Text("Inspection group", "督查组"),
    "service_centre": Text("Service centre", "服务中心"),
    "head": Text("Department head", "部门负责人"),
    "peers": Text("Colleagues", "同事互评"),
}
ITEM_WORDS = COMPONENT_WORDS | GROUP_WORDS
SHORT_ITEMS = {
    "baseline": Text("visits made", "拜访完成"),
    "marketing": Text("sales against target", "销售完成"),
    "management": Text("quality of service", "服务质量"),
    "inspection": Text("judgement of the inspection group", "督查组评价"),
    "service_centre": Text("judgement of the service centre", "服务中心评价"),
    "head": Text("judgement of the department head", "部门负责人评价"),
    "peers": Text("judgement of colleagues", "同事互评"),
}
MEMBER_WORDS = {
    "monopoly": Text("Monopoly office", "专卖"),
    "sales": Text("Sales", "营销"),
    "logistics": Text("Logistics", "物流"),
    "call_centre": Text("Call centre", "呼叫中心"),
}
GRADE_WORDS = {
    "junior": Text("junior", "初级"),
    "mid": Text("mid", "中级"),
    "senior": Text("senior", "高级"),
}
END_WORDS = {
    "": Text("target missed, goes on", "未达标,继续结对"),
    "reached": Text("target reached, ends", "达标,结对结束"),
    "renewals": Text("target missed, no renewal left, ends", "未达标,续期次数用完,结束"),
    "left": Text("target missed, ends: one of the two is gone", "未达标,一方离岗,结束"),
    "uncovered": Text(
        "target missed, ends: the policy does not cover the mentee next month", "未达标,下月政策不再覆盖被帮扶人,结束"
    ),
    "ended": Text("target missed, ended by hand", "未达标,人为终止"),
}
RULE_WORDS = {
    "strong_weak": Text(
        "the best scores of last month with the lowest, anywhere", "上月得分最高者与最低者结对,不限团队"
    ),
    "strong_weak_in_team": Text(
        "the best scores of last month with the lowest of the same team", "同一团队内上月得分最高者与最低者结对"
    ),
    "random": Text("any two, drawn by chance", "随机结对"),
    "skill_gap": Text("where the two differ most on a single item", "按单项差距最大者结对"),
}


def joined(parts: list[Text], *, en: str = "; ", zh: str = ";") -> Text:
    """Several texts in one."""
    return Text(en.join(part.en for part in parts), zh.join(part.zh for part in parts))


def percent(value: float, digits: int = 0) -> str:
    """A share as a percentage with so many decimals."""
    return f"{100 * value:.{digits}f} %"
