"""The columns of every table and the headers they may stand under, English or Chinese.

A header is matched without regard to case, spaces, underscores and the width of brackets; `sales_{currency}`
takes the scenario's currency in lower case. The first name of each column is the one the documentation uses.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from territory.language import Text


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, other headers it is read under, and whether the table is refused without it."""

    name: str
    aliases: tuple[str, ...]
    is_required: bool = False


def _column(*headers: str) -> Column:
    return Column(headers[0], headers[1:])


def _required(*headers: str) -> Column:
    return Column(headers[0], headers[1:], is_required=True)


_LAT = _required("lat", "latitude", "纬度")
_LON = _required("lon", "lng", "longitude", "经度")

COLUMNS: dict[str, tuple[Column, ...]] = {
    "outlets": (
        _required("outlet_id", "客户编码", "零售户编码", "客户编号", "零售户编号", "许可证号"),
        _required("name", "outlet_name", "客户名称", "零售户名称", "名称", "店名"),
        _LAT,
        _LON,
        _column("district", "行政区", "行政区划", "区县"),
        _column("area", "market_area", "商圈", "市场区域"),
        _column("segment", "业态", "经营业态"),
        _column("tier", "客户档位", "档位", "等级", "客户等级"),
        _column("sales", "周销售额(元)", "周销售额", "周均销售额", "周均销售额(元)"),
        _column("service_min", "服务分钟", "服务时间(分钟)", "服务时长(分钟)"),
        _column("visits_per_cycle", "每周期拜访次数", "拜访次数", "四周拜访次数"),
        _column("cadence", "拜访频率", "拜访频次"),
        _column("open", "opening_hours", "营业时间"),
        _column("priority", "优先级"),
        _column("skill", "技能", "所需技能"),
        _column("rep_id", "客户经理编码", "客户经理编号", "客户经理"),
        _column("locked", "锁定", "是否锁定"),
        _column("group", "分组", "组"),
        _column("territory", "片区", "团队编码"),
        _column("apart", "keep_apart", "分开", "互斥组", "不同片区"),
        _column("last_visit", "上次拜访日期", "上次拜访"),
        _column("opened", "开业日期", "新增日期"),
        _column("delivery_days", "送货日", "配送日"),
        _column("fixed_day", "约定拜访日", "约定日"),
        _column("fixed_time", "约定时间", "约定拜访时间"),
        _column("promotion_weeks", "促销周"),
    ),
    "reps": (
        _required("rep_id", "客户经理编码", "客户经理编号", "编号", "工号"),
        _column("name", "rep_name", "姓名", "客户经理姓名", "名称", "客户经理"),
        _LAT,
        _LON,
        _column("team_id", "team", "团队编码", "团队", "班组", "片区"),
        _column("shift", "班次", "上班时间", "工作时间"),
        _column("days", "工作日"),
        _column("capacity_min", "工作能力(分钟)", "周期工作分钟", "可用分钟"),
        _column("skills", "skill", "技能"),
        _column("grade", "职级", "等级"),
        _column("step", "档次", "薪档", "职级档"),
        _column("star", "星级"),
        _column("hired", "hire_date", "入职日期"),
        _column("contract", "用工形式", "合同类型", "用工性质"),
        _column("ability", "能力系数", "能力"),
        _column("role_communication", "客户沟通", "沟通能力"),
        _column("role_analysis", "市场分析", "市场分析能力"),
        _column("role_key_account", "重点客户指导", "重点客户指导能力"),
        _column("seed_outlet", "seed", "种子客户", "种子点", "核心客户"),
        _column("leave", "休假", "休假日期", "请假"),
    ),
    "teams": (
        _required("team_id", "团队编码", "团队编号", "班组编码", "片区"),
        _column("name", "team_name", "团队名称", "名称"),
        _column("pooled", "共同服务", "是否共同服务"),
    ),
    "flows": (
        _required("from", "frm", "origin", "起点", "来源"),
        _required("to", "destination", "终点", "去向"),
        _required("weight", "flow", "流量", "权重"),
    ),
    "adjacency": (
        _required("area_a", "from", "商圈a", "商圈1", "商圈甲"),
        _required("area_b", "to", "商圈b", "商圈2", "商圈乙"),
    ),
    "travel": (
        _required("from", "frm", "起点"),
        _required("to", "终点"),
        _required("minutes", "min", "分钟", "行车分钟"),
    ),
    "affinities": (
        _required("outlet_id", "客户编码", "零售户编码", "客户编号", "零售户编号"),
        _required("rep_id", "客户经理编码", "客户经理编号", "客户经理"),
        _required("affinity", "亲和度", "熟悉度", "客情"),
    ),
    "targets": (
        _required("month", "月份", "年月", "考核月份"),
        _required("rep_id", "客户经理编码", "客户经理编号", "客户经理", "工号"),
        _column("measure", "指标", "考核指标", "指标名称"),
        _column("category", "品类", "类别", "价类"),
        _column("brand", "品牌", "规格", "品规"),
        _required("target", "目标", "月目标", "目标值", "任务量"),
        _column("unit", "单位", "计量单位"),
        _column("actual", "实际完成", "累计完成", "完成值", "已完成"),
        _column("as_of", "截至日期", "统计截止日", "截止日期"),
    ),
    "outlet_facts": (
        _required("outlet_id", "客户编码", "零售户编码", "客户编号", "零售户编号", "许可证号"),
        _column("sales_last_4w", "近四周销售额(元)", "近四周销售额", "近4周销售额"),
        _column("sales_before_4w", "前四周销售额(元)", "前四周销售额", "前4周销售额", "上期四周销售额"),
        _column("stock_days", "库存天数", "可销天数", "存销天数"),
        _column("complaints_open", "未结投诉", "未处理投诉", "投诉件数"),
        _column("complaint", "投诉内容", "投诉事项"),
        _column("last_display_check", "上次陈列检查", "上次陈列检查日期", "陈列检查日期"),
        _column("focus", "服务重点", "本周服务重点"),
    ),
    "assignment": (
        _required("outlet_id", "客户编码", "零售户编码", "客户编号", "零售户编号"),
        _required("rep_id", "客户经理编码", "客户经理编号", "客户经理"),
    ),
    "panel": (
        _required("month", "月份", "考核月份"),
        _required("rep_id", "客户经理编码", "客户经理编号", "编号", "工号"),
        _column("rep_name", "name", "姓名", "客户经理姓名", "客户经理"),
        _column("team_id", "team", "团队编码", "团队", "班组", "片区"),
        _column("grade", "职级", "等级"),
        _column("step", "档次", "薪档", "职级档"),
        _column("star", "星级"),
        _column("contract", "用工形式", "合同类型", "用工性质"),
        _column("tenure_years", "工龄", "工龄(年)", "司龄(年)"),
        _column("is_closed", "已结", "是否月结"),
        _column("days_planned", "计划天数"),
        _required("visits_planned", "计划拜访", "计划拜访次数"),
        _required("visits_made", "完成拜访", "完成拜访次数"),
        _column("visits_made_up", "补访", "补访次数"),
        _column("visits_pending", "未上报", "未上报次数"),
        _column("sales_target", "销售目标"),
        _column("sales_actual", "实际销售", "销售完成"),
        _column("capacity_min", "工作能力(分钟)", "可用分钟"),
        _column("drive_min_planned", "计划行车分钟"),
        _column("service_min_planned", "计划服务分钟"),
    ),
    "judgements": (
        _required("rep_id", "客户经理编码", "客户经理编号", "编号", "工号"),
        _required("month", "月份", "考核月份"),
        _column("judge", "考核人", "评价人"),
        _column("quality", "服务质量", "管理指标得分"),
        _column("inspection", "督查组", "检查组", "督查得分"),
        _column("service_centre", "service_center", "服务中心", "服务中心得分"),
        _column("head", "部门负责人", "部门主任", "负责人得分"),
        _column("peers", "同事互评", "互评得分"),
        _column("days_present", "出勤天数", "在岗天数"),
    ),
    "committee": (
        _required("rep_id", "客户经理编码", "客户经理编号", "编号", "工号"),
        _required("year", "年度", "年份"),
        _column("monopoly", "专卖", "专卖得分"),
        _column("sales", "营销", "营销得分"),
        _column("logistics", "物流", "物流得分"),
        _column("call_centre", "call_center", "呼叫中心", "客服中心", "呼叫中心得分"),
    ),
    "pairs": (
        _required("mentor_id", "帮扶人编码", "师傅编码", "帮扶人", "师傅"),
        _required("mentee_id", "被帮扶人编码", "徒弟编码", "被帮扶人", "徒弟"),
        _required("since", "起始月份", "开始月份"),
        _column("until", "截止月份", "终止月份"),
        _column("score_at_start", "起始得分", "结对前得分"),
    ),
    "desk_scores": (
        *(_required(name) for name in ("month", "rep_id", "is_assessed")),
        *(_column(f"{name}_points") for name in ("baseline", "marketing", "management", "behaviour")),
        *(_column(name) for name in ("plain", "forced", "award_team", "award_pairs", "score", "rank")),
    ),
    "desk_year": (
        _required("rep_id"),
        *(_column(name) for name in ("annual", "committee", "stars", "standing", "place", "grade_next", "step_next")),
        *(_column(name) for name in ("held_back", "replaced", "promoted_out")),
    ),
    "supply": (
        _required("month", "月份"),
        _required("supply", "货源供应", "供应比例"),
    ),
    "visit_plan": (
        _required("kind", "类型"),
        _required("rep_id", "客户经理编码", "客户经理编号"),
        _required("date", "日期"),
        _required("outlet_id", "客户编码", "零售户编码"),
        _required("start", "开始"),
        _required("drive", "行车"),
        _required("service", "服务"),
        _required("visits", "次数"),
        _required("reason", "原因"),
    ),
}


def normalised(header: str) -> str:
    """A header without what people vary: width, case, spaces, underscores."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", header)).casefold()


@dataclass(frozen=True, slots=True)
class Headers:
    """The columns of one table under one currency, ready for look-ups."""

    table: str
    currency: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The table's columns, in the order of the documentation."""
        return COLUMNS[self.table]

    @property
    def may_be_empty(self) -> bool:
        """True: a table without records is none to complain about."""
        return False

    def shown(self, name: str) -> str:
        """The documented header of a column."""
        return f"sales_{self.currency.lower()}" if name == "sales" and self.table == "outlets" else name

    def by_header(self) -> dict[str, str]:
        """Column name by normalised header."""
        found: dict[str, str] = {}
        for column in self.columns:
            for header in (self.shown(column.name), *column.aliases):
                if "元" in header and self.currency.upper() != "CNY":
                    continue
                found.setdefault(normalised(header), column.name)
        return found

    def hint(self, header: str) -> Text:
        """' (did you mean X?)' for a header that looks like a typing mistake, else nothing."""
        shown = {normalised(text): text for column in self.columns for text in self._texts(column)}
        return did_you_mean(normalised(header), shown)

    def is_other_currency(self, header: str) -> bool:
        """True for a sales column in a currency that is not the scenario's."""
        text = normalised(header)
        return self.table == "outlets" and (
            re.fullmatch(r"sales[a-z]{3}", text) is not None or re.fullmatch(r"周均?销售额\(.{1,4}\)", text) is not None
        )

    def _texts(self, column: Column) -> tuple[str, ...]:
        return (self.shown(column.name), *column.aliases)


def did_you_mean(text: str, known: dict[str, str], *, cutoff: float = 0.7) -> Text:
    """A hint naming the nearest of `known` (shown text by comparable text), or an empty text."""
    nearest = difflib.get_close_matches(text, list(known), n=1, cutoff=cutoff)
    if not nearest:
        return Text("", "")
    shown = known[nearest[0]]
    return Text(f" (did you mean '{shown}'?)", f"（是否应为“{shown}”？）")
