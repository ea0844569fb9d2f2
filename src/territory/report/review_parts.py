"""Parts of a review's page: tables of tiers, goals, problems, days, visits, messages and remarks."""

from __future__ import annotations

from territory.domain.panel import NO_TIER, VisitCounts
from territory.language import Lang, Text
from territory.report.amounts import DASH, MINUS
from territory.report.blocks import Block, Bullets, Row, Table, table
from territory.review import OwedVisit, Review
from territory.review.goals import label_of
from territory.review.words import CAUSES, REASONS, STANDINGS
from territory.units import WEEKDAYS_EN, WEEKDAYS_ZH

MOST_ROWS = 60
_CHANNEL = {
    "supervisor": Text("marketing supervisor", "营销主任"),
    "monopoly": Text("monopoly staff", "专卖人员"),
    "customers": Text("retail customers", "零售客户"),
}
_TICKS = {
    "market": Text("market", "市场状态"),
    "ideas": Text("ideas", "意见建议"),
    "anomaly": Text("anomaly", "异常情况"),
    "notice": Text("notice", "通知事项"),
}


def percent(share: float | None) -> str:
    """A share in per cent; a dash for None; what is short of all is not shown as all."""
    if share is None:
        return DASH
    shown = f"{100 * share:.1f}"
    return f"{99.9 if share < 1 and shown == '100.0' else float(shown):.1f} %"


def of_all(done: int, total: int) -> str:
    """Done of all; a dash where there is nothing."""
    return f"{done}/{total}" if total or done else DASH


def why(visit: OwedVisit, lang: Lang) -> str:
    """The cause of a missed visit, the reason that a new plan gives, the rep's own words."""
    parts = [CAUSES[visit.cause].in_(lang)]
    if visit.reason:
        reason = reason_of(visit.reason, lang)
        parts.append(f"重排:{reason}" if lang == "zh" else f"new plan: {reason}")
    return ("。" if lang == "zh" else ". ").join(part for part in (*parts, visit.note) if part)


def reason_of(code: str, lang: Lang) -> str:
    """Why a plan has no place for a visit."""
    return REASONS.get(code, Text(code, code)).in_(lang)


def outlet_of(review: Review, outlet_id: str) -> str:
    """Id and name."""
    name = review.outlet_name(outlet_id)
    return outlet_id if name == outlet_id else f"{outlet_id} {name}"


def tiers_block(review: Review, lang: Lang) -> Block | None:
    """Visits by class of outlet."""
    zh, tiers = lang == "zh", review.everybody.by_tier
    if not tiers:
        return None
    head = ["档位", "计划", "完成", "补访", "未访", "待报", "完成率"] if zh else [
        "class", "planned", "made", "made up", "missed", "not reported", "made %",
    ]  # fmt: skip
    none = "无档位" if zh else "none"
    rows = [[none if tier == NO_TIER else tier, *_counts(visits)] for tier, visits in tiers.items()]
    return table(head, rows, numeric=range(1, len(head)))


def _counts(visits: VisitCounts) -> list[str]:
    counts = (visits.planned, visits.made, visits.made_up, visits.missed, visits.pending)
    return [*(f"{count:,}" for count in counts), percent(visits.compliance)]


def goals_block(review: Review, lang: Lang) -> Block | None:
    """Goals by key."""
    zh = lang == "zh"
    if review.period.kind == "day" or not review.everybody.goals:
        return None
    head = ["目标", "目标值", "实际", "差距", "完成率", "已报/已定"] if zh else [
        "goal", "goal", "actual", "gap", "reached", "reported of set",
    ]  # fmt: skip
    rows = []
    for goal in review.everybody.goals:
        label = label_of(goal.key).in_(lang)
        if goal.num_reported:
            gap = goal.actual - goal.goal
            numbers = [amount(goal.goal), amount(goal.actual), ("+" if gap > 0 else "") + amount(gap)]
        else:
            numbers = [DASH, DASH, DASH]
        rows.append([label, *numbers, percent(goal.completion), of_all(goal.num_reported, goal.num_set)])
    return table(head, rows, numeric=range(1, len(head)))


def amount(value: float) -> str:
    """A number with the decimals that matter."""
    shown = f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.1f}"
    return shown.replace("-", MINUS)


def problems_block(review: Review, lang: Lang) -> Block | None:
    """The list of problems."""
    zh = lang == "zh"
    if not review.problems:
        return None
    head = ["问题", "措施", "客户经理", "提出", "解决"] if zh else [
        "problem", "measure", "account manager", "opened", "settled",
    ]  # fmt: skip
    still = "未解决" if zh else "open"
    rows = [
        [
            one.text,
            one.measure,
            review.rep_name(one.rep_id),
            one.opened_week if one.date is None else one.date.isoformat(),
            one.closed_week or still,
        ]
        for one in review.problems[:MOST_ROWS]
    ]
    return table(head, rows)


def days_block(review: Review, lang: Lang) -> Block | None:
    """Panel 3, day by day."""
    zh = lang == "zh"
    if review.period.kind == "month" or not review.days:
        return None
    head = ["客户经理", "计划", "完成", "指标", "临时工作", "主要问题", "改进办法"] if zh else [
        "account manager", "planned", "done", "indicators", "ad-hoc work", "main problem", "improvement",
    ]  # fmt: skip
    rows: list[Row] = []
    weekdays, before = WEEKDAYS_ZH if zh else WEEKDAYS_EN, None
    for line in review.days:
        if line.said is None and review.period.kind == "week":
            continue
        if line.date != before:
            before = line.date
            rows.append(Row(cells=(f"{weekdays[before.weekday()]} {before}", *[""] * (len(head) - 1)), is_group=True))
        said = line.said
        texts = ("", "", "", "") if said is None else (said.indicators, said.adhoc, said.problem, said.improvement)
        done = line.visits.made + line.visits.made_up
        rows.append(Row(cells=(review.rep_name(line.rep_id), str(line.visits.planned), str(done), *texts)))
    return Table(head=tuple(head), rows=tuple(rows), numeric=(1, 2)) if rows else None


def made_up_block(review: Review, lang: Lang) -> Block | None:
    """Visits made on another day."""
    zh = lang == "zh"
    if not review.made_up:
        return None
    head = ["客户", "客户经理", "计划日", "完成日", "原因"] if zh else [
        "outlet", "account manager", "planned", "made on", "why",
    ]  # fmt: skip
    rows = [
        [
            outlet_of(review, visit.outlet_id),
            review.rep_name(visit.rep_id),
            visit.date.isoformat(),
            "" if visit.made_on is None else visit.made_on.isoformat(),
            why(visit, lang),
        ]
        for visit in review.made_up[:MOST_ROWS]
    ]
    return table(head, rows)


def short_block(review: Review, lang: Lang) -> Block | None:
    """Missed visits that wait no more."""
    zh = lang == "zh"
    if not review.short:
        return None
    head = ["客户", "客户经理", "应访日", "原因", "结果"] if zh else [
        "outlet", "account manager", "owed on", "why", "standing",
    ]  # fmt: skip
    rows = []
    for visit in review.short[:MOST_ROWS]:
        on = "" if visit.overtaken_on is None else f" {visit.overtaken_on}"
        cells = [outlet_of(review, visit.outlet_id), review.rep_name(visit.rep_id)]
        rows.append([*cells, visit.date.isoformat(), why(visit, lang), STANDINGS[visit.standing].in_(lang) + on])
    return table(head, rows)


def messages_block(review: Review, lang: Lang) -> Block | None:
    """The communication channel."""
    zh = lang == "zh"
    if not review.messages:
        return None
    head = (
        ["内容", "勾选", "渠道", "客户经理", "周"] if zh else ["content", "ticked", "with", "account manager", "week"]
    )
    joint = "、" if zh else ", "
    rows = [
        [
            one.said.content,
            joint.join(_TICKS.get(tick, Text(tick, tick)).in_(lang) for tick in one.said.ticks),
            _CHANNEL.get(one.said.part, Text(one.said.part, one.said.part)).in_(lang),
            review.rep_name(one.rep_id),
            one.iso_week,
        ]
        for one in review.messages[:MOST_ROWS]
    ]
    return table(head, rows)


def changes_block(review: Review, lang: Lang) -> Block | None:
    """What late sheets changed after closing."""
    zh = lang == "zh"
    if not review.changes:
        return None
    head = ["客户经理", "结算时完成率", "现在", "结算时未访", "现在"] if zh else [
        "account manager", "made % as closed", "now", "missed as closed", "now",
    ]  # fmt: skip
    rows = [
        [
            review.rep_name(one.rep_id),
            percent(one.closed.compliance),
            percent(one.now.compliance),
            str(one.closed.missed),
            str(one.now.missed),
        ]
        for one in review.changes
    ]
    return table(head, rows, numeric=(1, 2, 3, 4))


def unplaced_block(review: Review, lang: Lang) -> Block | None:
    """Visits the plan has no place for."""
    zh = lang == "zh"
    if not review.unplaced:
        return None
    head = ["客户", "客户经理", "次数", "计划给出的原因"] if zh else [
        "outlet", "account manager", "visits", "the plan's reason",
    ]  # fmt: skip
    rows = [
        [
            outlet_of(review, one.outlet_id),
            review.rep_name(one.rep_id),
            str(one.visits),
            reason_of(one.reason, lang),
        ]
        for one in review.unplaced[:MOST_ROWS]
    ]
    return table(head, rows, numeric=(2,))


def remarks_block(review: Review, lang: Lang) -> Block | None:
    """Remarks on records."""
    if not review.remarks:
        return None
    joint = ":" if lang == "zh" else ": "
    items = [f"{one.sheet_id} ({one.source or one.entry}){joint}{one.text.in_(lang)}" for one in review.remarks]
    return Bullets(tuple(items[:MOST_ROWS]))
