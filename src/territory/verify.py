"""What an independent checker says: violations with subject, amount and unit, and the recomputed objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from territory.errors import VerificationError
from territory.language import Lang
from territory.standing import Term

RULES_ZH = {
    "known_rep": "客户经理须存在",
    "one_rep": "须有客户经理",
    "locked": "锁定",
    "group": "同组",
    "allowed": "许可",
    "balance": "均衡",
    "contiguity": "连片",
    "moved_cap": "调动上限",
    "empty_territory": "空区域",
    "apart": "须分开",
    "seed": "种子点",
    "assessed": "考核对象",
    "sources": "数据来源",
    "measures": "完成比例",
    "components": "指标得分",
    "behaviour": "行为得分",
    "weights": "权重",
    "plain": "合计得分",
    "forced": "强制分布",
    "award_team": "流动红旗加分",
    "award_pairs": "结对加分",
    "score": "得分",
    "rank": "名次",
    "winner": "流动红旗",
    "recognised": "通报表扬",
    "ranked": "年度排名对象",
    "annual": "年度得分",
    "committee": "评审得分",
    "stars": "星级",
    "standing": "排名依据",
    "places": "年度名次",
    "caps": "职级比例",
    "grades": "职级次序",
    "steps": "档次",
    "held_back": "名额限制",
    "replaced": "末位淘汰",
    "promoted_out": "管理通道",
    "verdicts": "结对评定",
    "pairs_number": "结对数量",
    "pairs_allowed": "结对资格",
    "pairs_numbers": "结对数值",
    "pairs_best": "结对最优",
    "unknown_rep": "客户经理不存在",
    "unknown_outlet": "客户不存在",
    "day_range": "日期超出周期",
    "row_order": "行序不对",
    "route_rows": "线路行与拜访不符",
    "wrong_rep": "非其客户经理",
    "several_reps": "由多人拜访",
    "skill": "缺少技能",
    "twice_a_day": "一天多次拜访",
    "holiday": "节假日",
    "closed_day": "当天不营业",
    "day_off": "客户经理不上班",
    "weekday_pattern": "拜访日期不合规律",
    "spacing": "间隔过短",
    "visit_missing": "缺少拜访",
    "visit_surplus": "拜访过多",
    "false_reason": "未排原因不实",
    "service_time": "服务时长不对",
    "drive_time": "行车时间不对",
    "window": "不在营业时间内",
    "time_order": "时间来不及",
    "return_drive": "返程行车时间不对",
    "return_time": "返回时间不对",
    "shift_start": "早于上班时间",
    "shift_end": "晚于下班时间",
    "longest_day": "在外时间过长",
    "carry_limit": "超出携带量",
    "lunch_missing": "没有午餐",
    "lunch_time": "午餐时间不对",
    "lunch_overlap": "午餐与拜访或行车冲突",
}
UNITS_ZH = {
    "per week": "每周",
    "min/cycle": "分钟/周期",
    "min km²/cycle": "分钟·平方公里/周期",
    "CNY/week": "元/周",
    "USD/week": "美元/周",
    "outlet": "家客户",
    "outlets": "家客户",
    "rep missing": "家客户无人服务",
    "moved outlet": "家客户被调动",
    "territories too many": "个多余区域",
    "pieces too many": "个多余片段",
    "territory": "个区域",
    "% of sales": "% 销售额",
    "outlets too many": "家多余客户",
    "outlet in another territory": "家客户在其他区域",
    "points": "分",
    "people": "人",
    "places": "名",
    "stars": "星",
    "steps": "档",
    "grades": "级",
    "pairs": "对",
    "pairs too few": "对,数量不足",
    "points to gain": "分可提高",
    "verdicts": "条评定",
    "of weight": "权重",
    "of what was asked": "完成比例",
    "of standing": "排名值",
    "min": "分钟",
    "visits": "次拜访",
    "rows": "行",
    "routes": "条线路",
    "day": "天",
    "units": "件",
    "rep position": "号位置",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """One broken rule: `amount` says by how much, in `unit`."""

    rule: str
    subject: str
    amount: float
    unit: str
    subject_zh: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject} by {self.amount:.6g} {self.unit}"

    def in_(self, lang: Lang) -> str:
        """The broken rule for the user, in `lang`; Chinese keeps the rule's name, which programs know it by."""
        if lang == "en":
            return str(self)
        rule = f"{RULES_ZH[self.rule]}({self.rule})" if self.rule in RULES_ZH else self.rule
        return f"{rule}:{self.subject_zh or self.subject},{self.amount:,.6g} {UNITS_ZH.get(self.unit, self.unit)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """The checker's whole verdict on one plan."""

    violations: tuple[Violation, ...]
    terms: tuple[Term, ...]

    @property
    def is_clean(self) -> bool:
        """True when no rule is broken."""
        return not self.violations

    @property
    def objective(self) -> float:
        """Sum of the terms' points."""
        return float(sum(term.points for term in self.terms))


def require_agreement(report: CheckReport, *, claimed: float, tolerance: float = 1e-6) -> None:
    """Raise when the checker found a violation or another objective than the search claims.

    Raises
    ------
    VerificationError
        On any violation, or when the objectives differ by more than `tolerance` (relative, at least absolute).
    """
    if report.violations:
        raise VerificationError(f"the search returned a plan that breaks rules: {listed(report.violations)}")
    if abs(report.objective - claimed) > tolerance * max(1.0, abs(claimed)):
        raise VerificationError(f"search claims objective {claimed!r}, the checker computes {report.objective!r}")


def listed(violations: Sequence[Violation], most: int = 5, lang: Lang = "en") -> str:
    """The first few violations on one line."""
    shown = "; ".join(violation.in_(lang) for violation in violations[:most])
    more = len(violations) - most
    if more <= 0:
        return shown
    return shown + (f";另有 {more} 处" if lang == "zh" else f"; and {more} more")
