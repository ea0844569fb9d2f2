"""The words of a review, in both languages: remarks, fates, causes, columns."""

from __future__ import annotations

from collections.abc import Mapping

from territory.language import Text
from territory.review.result import Cause, Fate, Standing

REMARKS: Mapping[str, Text] = {
    "replaced": Text(
        "a later sheet of the same week (event {number}) counts instead", "同一周后来的表单(记录 {number})已取代本表"
    ),
    "unknown_week": Text(
        "no plan in the store covers week {week}; kept, and counted once there is one",
        "方案库中没有覆盖 {week} 周的计划;已保存,有计划后即计入",
    ),
    "late": Text("came after week {week} was closed", "在 {week} 周结算之后才交回"),
    "older_plan": Text(
        "printed from an earlier version of the plan ({plan}); visits are matched by outlet and day",
        "按较早版本的计划({plan})打印;按客户和日期匹配",
    ),
    "unknown_plan": Text(
        "printed from a plan ({plan}) that the store does not know; visits are matched by outlet and day",
        "打印所用计划({plan})不在方案库中;按客户和日期匹配",
    ),
    "unknown_rep": Text("no rep {rep} in the plan; kept", "计划中没有客户经理 {rep};已保存"),
    "unknown_outlet": Text("no outlet {outlet} in any plan; kept", "各计划中都没有客户 {outlet};已保存"),
    "other_week": Text(
        "{outlet}: {day} is not a day of week {week}; matched by outlet and day",
        "{outlet}:{day} 不在 {week} 周内;按客户和日期匹配",
    ),
    "far_day": Text(
        "{outlet}: made on {on}, more than four weeks from {day}; please check the date",
        "{outlet}:完成日期 {on} 与 {day} 相差超过四周,请核对日期",
    ),
    "twice": Text(
        "{outlet}, {day}: reported already by {other}; counted once", "{outlet} {day}:{other} 已上报;只计一次"
    ),
    "same_visit": Text(
        "{outlet}: the visit on {on} counts for the one planned on {other}; that of {day} is not made yet",
        "{outlet}:{on} 的拜访计入 {other} 的计划;{day} 的拜访仍未完成",
    ),
    "made_before": Text(
        "{outlet}, {day}: this visit had been made on {on} already; counted as one more",
        "{outlet} {day}:该次拜访已于 {on} 完成;按多一次计",
    ),
    "not_planned": Text(
        "{outlet}: no visit is planned on {day}; counted as an extra visit",
        "{outlet}:{day} 没有安排拜访;按计划外拜访计",
    ),
    "not_planned_missed": Text(
        "{outlet}: no visit is planned on {day}, so none was missed", "{outlet}:{day} 没有安排拜访,不算漏访"
    ),
}

FATES: Mapping[Fate, Text] = {
    Fate.MADE: Text("made", "按日完成"),
    Fate.MADE_UP: Text("made up", "改日补访"),
    Fate.MISSED: Text("missed", "未访"),
    Fate.PENDING: Text("not reported yet", "待上报"),
}

STANDINGS: Mapping[Standing, Text] = {
    Standing.WAITING: Text("waiting", "待补访"),
    Standing.OVERTAKEN: Text("overtaken", "已被下次拜访替代"),
    Standing.GONE: Text("no longer in the plan", "已不在计划内"),
    Standing.NONE: Text("", ""),
}

CAUSES: Mapping[Cause, Text] = {
    Cause.MISSED: Text("missed", "未访"),
    Cause.CLOSED: Text("closed door", "客户关门"),
    Cause.NOT_REPORTED: Text("left blank on the sheet", "表单未填"),
    Cause.NO_SHEET: Text("no sheet came back", "未交表单"),
    Cause.DROPPED: Text("dropped by a new plan", "重排时取消"),
    Cause.NONE: Text("", ""),
}


REASONS: Mapping[str, Text] = {
    "closed": Text("no day left for it", "无可用日期"),
    "no_time": Text("every day is full", "各日已排满"),
    "window": Text("not within opening hours", "营业时间内无法安排"),
    "too_far": Text("too far for one day", "路途过远"),
    "skill": Text("nobody has the skill", "无人具备所需技能"),
}
"""Why a plan has no place for a visit."""


def remark(code: str, words_of: Mapping[str, str]) -> Text:
    """The text of a remark."""
    text = REMARKS[code]
    return Text(text.en.format(**words_of), text.zh.format(**words_of))
