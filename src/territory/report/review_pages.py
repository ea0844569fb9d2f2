"""The review of a day, week or month as blocks: planned against done, debts, goals, problems, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence

from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Picture, Table, table
from territory.report.review_parts import (
    MOST_ROWS,
    changes_block,
    days_block,
    goals_block,
    made_up_block,
    messages_block,
    of_all,
    outlet_of,
    percent,
    problems_block,
    remarks_block,
    short_block,
    tiers_block,
    unplaced_block,
    why,
)
from territory.report.review_svg import VisitBar, visits_svg
from territory.review import Review, Totals

_TITLES = {
    "day": Text("Day review · {label}", "日清 · {label}"),
    "week": Text("Week review · {label}", "周结 · {label}"),
    "month": Text("Month review · {label}", "月结 · {label}"),
}
_PARTS = {
    "all": Text("all", "合计"),
    "made": Text("Planned against done", "计划与完成"),
    "picture": Text("Visits by account manager", "各客户经理的拜访"),
    "tiers": Text("By class of outlet", "按客户档位"),
    "debts": Text("Waiting for a visit", "待补访客户"),
    "short": Text("Missed, and overtaken by the next regular visit", "漏访,已被下次例行拜访替代"),
    "made_up": Text("Made on another day", "改日完成"),
    "goals": Text("Goals", "目标完成"),
    "days": Text("Day by day", "逐日情况"),
    "problems": Text("Problems", "问题清单"),
    "messages": Text("Messages", "沟通信息"),
    "sheets": Text("Sheets that have not come back", "未交回的表单"),
    "remarks": Text("To look at", "需要核对"),
    "changes": Text("Changed since closing", "结算后的变化"),
    "unplaced": Text("Not in the plan", "计划未排"),
    "counted": Text("How it is counted", "计算口径"),
}
_COUNTED = (
    Text(
        "Made: on the day of the plan in force. Made up: on another day. Missed: not made so far, although the sheet "
        "reaches as far as that day or its week is closed. Not reported: neither.",
        "按日完成:在现行计划的当日完成。改日补访:在其他日期完成。未访:表单已填到该日或该周已结算,仍未完成。"
        "待上报:两者都不是。",
    ),
    Text(
        "A missed visit waits until somebody is at the outlet again. An extra visit makes up for it; the next regular "
        "one only overtakes it, and the count stays one short.",
        "漏访在再次到访之前一直为待补。计划外拜访可补上;下次例行拜访只是替代,次数仍少一次。",
    ),
    Text(
        "Due is the day it is planned again, else the day before the outlet's next planned visit.",
        "期限为重新安排的日期,否则为该客户下次计划拜访的前一天。",
    ),
    Text(
        "Goals, tasks and problems of a week belong to the month in which its Thursday lies; visits to the month of "
        "their day.",
        "每周的目标、任务和问题计入其星期四所在的月份;拜访计入其日期所在的月份。",
    ),
)


def review_blocks(review: Review, lang: Lang) -> list[Block]:
    """All blocks of the page in one language."""
    zh = lang == "zh"
    title = _TITLES[review.period.kind].in_(lang).format(label=review.period.label.in_(lang))
    return [
        Heading(title, 1),
        Paragraph(_standing(review, zh), "soft"),
        Bullets(tuple(headlines(review, lang))),
        *_outstanding(review, lang),
        Heading(_PARTS["made"].in_(lang)),
        totals_table(review, lang),
        *_picture(review, lang),
        *_section("tiers", tiers_block(review, lang), lang),
        *_debts(review, lang),
        *_section("goals", goals_block(review, lang), lang),
        *_section("problems", problems_block(review, lang), lang),
        *_section("days", days_block(review, lang), lang),
        *_section("made_up", made_up_block(review, lang), lang),
        *_section("short", short_block(review, lang), lang),
        *_section("messages", messages_block(review, lang), lang),
        *_section("changes", changes_block(review, lang), lang),
        *_section("unplaced", unplaced_block(review, lang), lang),
        *_section("remarks", remarks_block(review, lang), lang),
        Heading(_PARTS["counted"].in_(lang)),
        Bullets(tuple(text.in_(lang) for text in _COUNTED)),
    ]


def _section(name: str, content: Block | None, lang: Lang) -> list[Block]:
    return [] if content is None else [Heading(_PARTS[name].in_(lang)), content]


def _standing(review: Review, zh: bool) -> str:
    closing = review.closing
    if closing is None:
        judged = f"期限按 {review.today} 判断" if zh else f"debts judged on {review.today}"
        return f"未结算;{judged}" if zh else f"not closed; {judged}"
    when = f"{closing.when.astimezone():%Y-%m-%d %H:%M}"
    why = f":{closing.why}" if closing.why and zh else f": {closing.why}" if closing.why else ""
    return f"{closing.who} 于 {when} 结算{why}" if zh else f"closed by {closing.who} on {when}{why}"


def headlines(review: Review, lang: Lang) -> list[str]:
    """The answer in a few sentences."""
    zh = lang == "zh"
    row, visits = review.everybody, review.everybody.visits
    done = visits.made + visits.made_up
    found = [
        f"计划 {visits.planned:,} 次,完成 {done:,} 次({percent(visits.compliance)}),其中改日补访 {visits.made_up:,} 次;"
        f"未访 {visits.missed:,} 次,待上报 {visits.pending:,} 次"
        if zh
        else f"{visits.planned:,} visits planned, {done:,} made ({percent(visits.compliance)}), {visits.made_up:,} of "
        f"them on another day; {visits.missed:,} missed, {visits.pending:,} not reported yet"
    ]
    overdue = sum(review.is_overdue(debt) for debt in review.debts)
    found.append(
        f"待补访 {len(review.debts):,} 户次,其中超期 {overdue:,};本期漏访中 {row.overtaken:,} 次已被下次拜访替代"
        if zh
        else f"{len(review.debts):,} missed visits still wait, {overdue:,} of them past their due day; "
        f"{row.overtaken:,} of this period's were overtaken by the next regular visit"
    )
    if review.period.kind != "day":
        late = row.sheets_late
        found.append(
            f"交回表单 {row.sheets_received}/{row.sheets_due},迟交 {late};目标完成率 {percent(row.goal_completion)},"
            f"重点任务完成 {row.tasks_done}/{row.tasks_set}"
            if zh
            else f"sheets back {row.sheets_received} of {row.sheets_due}, late {late}; goals reached "
            f"{percent(row.goal_completion)}, key tasks done {row.tasks_done} of {row.tasks_set}"
        )
    found.append(
        f"新问题 {row.problems_opened},解决 {row.problems_closed},期末未解决 {row.problems_open}"
        if zh
        else f"problems: {row.problems_opened} new, {row.problems_closed} settled, {row.problems_open} open at the end"
    )
    return found


def name_of(review: Review, row: Totals, lang: Lang) -> str:
    """What a row of totals is called."""
    if row.rep_id:
        return f"{row.rep_id} {row.name}".strip() if row.name != row.rep_id else row.rep_id
    return row.name or row.team_id or _PARTS["all"].in_(lang)


def totals_table(review: Review, lang: Lang) -> Table:
    """Everybody, teams and reps: visits by fate, compliance, goals, tasks, sheets, problems."""
    zh, is_day = lang == "zh", review.period.kind == "day"
    head = ["", "计划", "完成", "补访", "未访", "待补", "待报", "完成率"] if zh else [
        "", "planned", "made", "made up", "missed", "waiting", "not rep.", "made %",
    ]  # fmt: skip
    if not is_day:
        head += ["目标", "任务", "表单", "未决问题"] if zh else ["goals", "tasks", "sheets", "problems open"]
    rows = []
    for row in review.rows:
        visits = row.visits
        counts = [visits.planned, visits.made, visits.made_up, visits.missed, row.waiting, visits.pending]
        cells = [name_of(review, row, lang), *(f"{count:,}" for count in counts), percent(visits.compliance)]
        if not is_day:
            cells += [percent(row.goal_completion), of_all(row.tasks_done, row.tasks_set)]
            late = f" ({row.sheets_late})" if row.sheets_late else ""
            cells += [of_all(row.sheets_received, row.sheets_due) + late, str(row.problems_open)]
        rows.append(cells)
    return table(head, rows, numeric=range(1, len(head)))


def _picture(review: Review, lang: Lang) -> list[Block]:
    bars = [
        VisitBar(label=name_of(review, row, lang), visits=row.visits, waiting=row.waiting)
        for row in review.rows
        if row.rep_id and row.visits.planned
    ]
    if not bars:
        return []
    title = _PARTS["picture"].in_(lang)
    return [Picture(name="visits", svg=visits_svg(title, bars[:MOST_ROWS], lang), alt=title)]


def _debts(review: Review, lang: Lang) -> list[Block]:
    zh = lang == "zh"
    heading = Heading(_PARTS["debts"].in_(lang))
    if not review.debts:
        return [heading, Paragraph("没有待补访的客户。" if zh else "No outlet waits for a missed visit.")]
    head = ["客户", "档位", "客户经理", "应访日", "原因", "期限", "重排到"] if zh else [
        "outlet", "class", "account manager", "owed on", "why", "due", "planned again",
    ]  # fmt: skip
    rows = []
    for debt in review.debts[:MOST_ROWS]:
        late = ("超期 " if zh else "overdue ") if review.is_overdue(debt) else ""
        again = "" if debt.planned_on is None or debt.planned_on <= debt.date else debt.planned_on.isoformat()
        due = "" if debt.due is None else f"{late}{debt.due}"
        cells = [outlet_of(review, debt.outlet_id), debt.tier, review.rep_name(debt.rep_id)]
        rows.append([*cells, debt.date.isoformat(), why(debt, lang), due, again])
    return [heading, table(head, rows), *_cut(len(review.debts), "debts.csv", lang)]


def _cut(count: int, file: str, lang: Lang) -> list[Block]:
    if count <= MOST_ROWS:
        return []
    more = f"另 {count - MOST_ROWS:,} 行见 {file}" if lang == "zh" else f"{count - MOST_ROWS:,} more in {file}"
    return [Paragraph(more, "soft")]


def _outstanding(review: Review, lang: Lang) -> list[Block]:
    if not review.outstanding:
        return []
    weeks: dict[str, list[str]] = {}
    for rep_id, week in review.outstanding:
        weeks.setdefault(week, []).append(f"{rep_id} {review.rep_name(rep_id)}")
    joint, colon = ("、", ":") if lang == "zh" else (", ", ": ")
    items = tuple(f"{week}{colon}{joint.join(_shortened(people, lang))}" for week, people in weeks.items())
    return [Paragraph(_PARTS["sheets"].in_(lang), "strong"), Bullets(items, "warning")]


def _shortened(people: Sequence[str], lang: Lang, most: int = 30) -> list[str]:
    if len(people) <= most:
        return list(people)
    more = len(people) - most
    return [*people[:most], f"另 {more} 人" if lang == "zh" else f"{more} more"]
