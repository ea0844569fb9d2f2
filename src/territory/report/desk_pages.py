"""The page of a month's assessment: scores, how they are made, teams, mentoring, and the year."""

from __future__ import annotations

import numpy as np

from territory.desk.model import month_after
from territory.desk.words import END_WORDS, GRADE_WORDS, RULE_WORDS, SHORT_COMPONENTS, SHORT_ITEMS
from territory.domain.policy_rules import GRADES
from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Table, table
from territory.report.desk_view import DeskView, grade_word, number, share
from territory.report.desk_year import year_blocks

_TITLE = Text("Assessment of {month} · {scenario}", "{month} 月度考核 · {scenario}")
_SHORT = Text("In short", "摘要")
_CARE = Text("Read with care", "阅读须知")
_SCORES = Text("Scores", "得分")
_SCORES_NOTE = Text(
    "Points from 0 to 100. Together: outcome and behaviour by their weights. Added: award points, and what a forced "
    "distribution adds or takes. Equal scores share a place.",
    "分值 0 至 100。合计:结果与行为加权之和;加分:奖励分与强制分布的调整。同分同名次。",
)
_MADE = Text("How a score is made", "得分的构成")
_MADE_NOTE = Text(
    "Outcome is visits, sales and quality by the weights of the grade; behaviour is what the evaluators judged. "
    "Weights as applied this month, in per cent; in brackets what has no source.",
    "结果由拜访、销售、服务质量按职级权重构成,行为由各考核主体评定。以下为本月实际采用的权重,单位为百分比;括号内为无数据的部分。",
)
_TEAMS = Text("Teams", "团队")
_PAIRS = Text("Mentoring", "结对帮扶")
_JUDGED = Text("Last month's pairs", "本月结对评定")
_NEXT = Text("Pairs proposed for {month}", "{month} 建议结对")
_CARD = Text("To repeat this", "复现所需信息")


def company_blocks(view: DeskView, lang: Lang) -> list[Block]:
    """All blocks of the page in one language."""
    return [
        Heading(_TITLE.in_(lang).format(month=view.month, scenario=view.scenario), 1),
        Paragraph(setting(view, lang), "soft"),
        Heading(_SHORT.in_(lang)),
        Bullets(tuple(in_short(view, lang))),
        *_care(view, lang),
        Heading(_SCORES.in_(lang)),
        Paragraph(_SCORES_NOTE.in_(lang), "soft"),
        score_table(view, lang),
        Heading(_MADE.in_(lang)),
        Paragraph(_MADE_NOTE.in_(lang), "soft"),
        weight_table(view, lang),
        *_teams(view, lang),
        *pair_blocks(view, lang),
        *year_blocks(view, lang),
        Heading(_CARD.in_(lang)),
        table(
            ("what", "value") if lang == "en" else ("项目", "值"),
            [(label.in_(lang), value.in_(lang)) for label, value in view.facts],
        ),
    ]


def setting(view: DeskView, lang: Lang) -> str:
    """Policy, month, people, supply."""
    problem, scores = view.problem, view.result.latest
    assessed = int(scores.is_assessed.sum())
    there = int(scores.is_there.sum())
    number_of_month = problem.policy_month(problem.last) + 1
    why = view.why.rstrip(".。")
    if lang == "zh":
        kind = "货源异常月份" if scores.is_abnormal else "货源正常月份"
        policy = f"政策 {problem.policy_name}(第 {number_of_month} 个月)"
        policy = f"{policy}:{why}。" if why else f"{policy}。"
        return f"{policy}\n在岗 {there} 人,考核 {assessed} 人。货源为正常的 {share(problem.supply[-1])}:{kind}。"
    kind = "abnormal" if scores.is_abnormal else "normal"
    policy = f"Policy {problem.policy_name}, month {number_of_month}"
    policy = f"{policy}: {why}." if why else f"{policy}."
    return (
        f"{policy}\n{there} account managers, {assessed} assessed. Supply {share(problem.supply[-1])} of normal: "
        f"a month with {kind} supply."
    )


def in_short(view: DeskView, lang: Lang) -> list[str]:
    """What a manager takes along."""
    scores, problem = view.result.latest, view.problem
    assessed = [person for person in view.by_rank() if scores.is_assessed[person]]
    if not assessed:
        return ["nobody is assessed" if lang == "en" else "无人参加考核"]
    first, last = assessed[0], assessed[-1]
    mean = number(float(scores.score[scores.is_assessed].mean()))
    best, worst = number(scores.score[first]), number(scores.score[last])
    found = [
        f"Mean score {mean}; from {view.who(first, lang)} {best} to {view.who(last, lang)} {worst}."
        if lang == "en"
        else f"平均 {mean} 分;最高 {view.who(first, lang)} {best} 分,最低 {view.who(last, lang)} {worst} 分。"
    ]
    if view.winner >= 0:
        team, bonus = problem.team_ids[view.winner], problem.policy.team_award.score_bonus_points
        more = Text(f"; its members get {bonus:g} points more next month", f",成员下月加 {bonus:g} 分")
        more = more if bonus else Text("", "")
        found.append(Text(f"Red flag: team {team}{more.en}.", f"流动红旗:{team} 团队{more.zh}。").in_(lang))
    named = [view.who(person, lang) for person in np.flatnonzero(scores.is_recognised).tolist()]
    if named:
        found.append(f"Named: {', '.join(named)}." if lang == "en" else f"通报表扬:{'、'.join(named)}。")
    told = [verdict for verdict in view.result.pairs.verdicts if verdict.month == problem.last]
    if told:
        reached, goes_on = sum(v.has_reached for v in told), sum(not v.end for v in told)
        found.append(
            f"Mentoring: of {len(told)} pair{'' if len(told) == 1 else 's'} {reached} reached the target, {goes_on} "
            f"go{'es' if goes_on == 1 else ''} on."
            if lang == "en"
            else f"结对帮扶:{len(told)} 对中 {reached} 对达标,{goes_on} 对继续。"
        )
    if view.result.pairs.proposed:
        count = len(view.result.pairs.proposed)
        pairs = f"{count} new pair{'' if count == 1 else 's'}"
        found.append(f"Proposed for next month: {pairs}." if lang == "en" else f"下月建议新结 {count} 对。")
    return found


def _care(view: DeskView, lang: Lang) -> list[Block]:
    told = tuple(note.in_(lang) for note in (*view.score_notes, *view.notes))
    return [Heading(_CARE.in_(lang)), Bullets(told, "warning")] if told else []


def score_table(view: DeskView, lang: Lang) -> Table:
    """Everybody by rank."""
    head = ["account manager", "place", "team", "grade"] if lang == "en" else ["客户经理", "名次", "团队", "职级"]
    head += [SHORT_COMPONENTS[name].in_(lang) for name in SHORT_COMPONENTS]
    head += ["together", "added", "score"] if lang == "en" else ["合计", "加分", "得分"]
    scores, rows = view.result.latest, []
    for person in view.by_rank():
        grade = grade_word(int(view.problem.grade[-1, person]), lang)
        row = [view.short(person), "", view.team(person), grade]
        if not scores.is_assessed[person]:
            rows.append([*row, *[""] * 6, "not assessed" if lang == "en" else "未考核"])
            continue
        row[1] = str(int(scores.rank[person]))
        row += [number(scores.judged[person, at] if scores.has_component[at] else None) for at in range(3)]
        row.append(number(scores.judged[person, 3] if scores.has_group.any() else None))
        added = scores.shift[person] + scores.award_team[person] + scores.award_pairs[person]
        row += [
            number(scores.plain[person]),
            number(added, signed=True) if added else "",
            number(scores.score[person]),
        ]
        rows.append(row)
    return table(head, rows, numeric=(1, *range(4, 11)))


def weight_table(view: DeskView, lang: Lang) -> Table:
    """Weights as applied, a row for everybody to whom the same apply."""
    scores, grade = view.result.latest, view.problem.grade[-1]
    kinds: dict[tuple[float, ...], int] = {}
    for person in np.flatnonzero(scores.is_assessed).tolist():
        weights = (*scores.weights[person], *scores.group_weights[person], scores.outcome[person])
        key = (-float(grade[person]), *(round(float(weight), 6) for weight in weights))
        kinds[key] = kinds.get(key, 0) + 1
    head = ["grade", "people"] if lang == "en" else ["职级", "人数"]
    head += [SHORT_COMPONENTS[name].in_(lang) for name in ("baseline", "marketing", "management")]
    head += (
        ["inspection", "service centre", "head", "colleagues"]
        if lang == "en"
        else ["督查", "服务中心", "负责人", "互评"]
    )
    head += ["outcome", "behaviour"] if lang == "en" else ["结果占比", "行为占比"]
    rows = []
    for key in sorted(kinds):
        shown = [_percent(weight, has) for weight, has in zip(key[1:4], scores.has_component, strict=True)]
        shown += [_percent(weight, has) for weight, has in zip(key[4:8], scores.has_group, strict=True)]
        rows.append(
            [
                grade_word(int(-key[0]), lang),
                str(kinds[key]),
                *shown,
                _percent(key[8], True),
                _percent(1 - key[8], True),
            ]
        )
    return table(head, rows, numeric=range(1, len(head)))


def _percent(weight: float, has_source: bool) -> str:
    """The weight; in brackets where there was no source."""
    text = f"{100 * weight:.1f}".rstrip("0").rstrip(".")
    return text if has_source or weight == 0 else f"({text})"


def _teams(view: DeskView, lang: Lang) -> list[Block]:
    problem, scores = view.problem, view.result.latest
    teams = [
        (team, [s for s in np.flatnonzero(scores.is_assessed).tolist() if problem.team_idx[-1, s] == team])
        for team in range(len(problem.team_ids))
    ]
    told = [(team, members) for team, members in teams if members]
    if len(told) < 2:
        return []
    rows = []
    for team, members in sorted(told, key=lambda pair: -float(scores.score[pair[1]].mean())):
        flag = "" if team != view.winner else "red flag" if lang == "en" else "流动红旗"
        mean = number(float(scores.score[members].mean()))
        rows.append([problem.team_ids[team], str(len(members)), mean, flag])
    head = ("team", "assessed", "mean score", "") if lang == "en" else ("团队", "考核人数", "平均得分", "")
    lever = problem.policy.team_award
    notes: list[Block] = []
    if lever.period_months > 1 and scores.winner < 0 and lever.score_bonus_points > 0:
        notes = [
            Paragraph(
                f"The contest looks at {lever.period_months} months together; it is not decided this month."
                if lang == "en"
                else f"评比以 {lever.period_months} 个月为周期,本月尚未评出。",
                "soft",
            )
        ]
    return [Heading(_TEAMS.in_(lang)), *notes, table(head, rows, numeric=(1, 2))]


def pair_blocks(view: DeskView, lang: Lang) -> list[Block]:
    """Verdicts of the month, and proposals."""
    problem, found = view.problem, view.result.pairs
    told = [verdict for verdict in found.verdicts if verdict.month == problem.last]
    if not told and found.reason == "lever":
        return []
    blocks: list[Block] = [Heading(_PAIRS.in_(lang))]
    if told:
        blocks += [Heading(_JUDGED.in_(lang), 3), verdict_table(view, lang)]
    return [*blocks, Heading(_NEXT.in_(lang).format(month=next_month(view)), 3), *proposal_blocks(view, lang)]


def next_month(view: DeskView) -> str:
    """The month to come."""
    return month_after(view.month)


def verdict_table(view: DeskView, lang: Lang) -> Table:
    """Each pair judged this month."""
    problem = view.problem
    target = problem.policy.mentoring.target_gain_points
    head = (
        ("mentor", "mentee", "month", "score before", "score now", f"gained (target {target:g})", "verdict")
        if lang == "en"
        else ("帮扶人", "被帮扶人", "第几月", "结对前得分", "本月得分", f"提高(目标 {target:g})", "评定")
    )
    rows = [
        [
            view.short(problem.pairs[verdict.pair].mentor),
            view.short(problem.pairs[verdict.pair].mentee),
            str(verdict.renewals + 1),
            number(verdict.score_at_start),
            number(verdict.score),
            number(verdict.gained, signed=True),
            END_WORDS[verdict.end].in_(lang),
        ]
        for verdict in view.result.pairs.verdicts
        if verdict.month == problem.last
    ]
    return table(head, rows, numeric=(2, 3, 4, 5))


def proposal_blocks(view: DeskView, lang: Lang) -> list[Block]:
    """How pairs were chosen, and which."""
    problem, found = view.problem, view.result.pairs
    lever, rules = problem.policy.mentoring, problem.pair_rules
    reasons = {
        "lever": Text("The policy has no pairs next month.", "下月政策没有结对。"),
        "enough": Text("The pairs that go on are as many as the policy asks for.", "继续的结对已达到政策要求的数量。"),
    }
    if found.reason in reasons:
        return [Paragraph(reasons[found.reason].in_(lang))]
    grades = [GRADE_WORDS[grade].in_(lang) for grade in lever.grades]
    if lang == "en":
        whom = "" if len(grades) == len(GRADES) else f" Mentees: {', '.join(grades)}."
        how = (
            f"{found.wanted} new pair{'' if found.wanted == 1 else 's'} wanted ({share(lever.pairs_share)} of "
            f"{problem.num_positions} positions, less those that go on); {RULE_WORDS[lever.rule].en}; "
            f"{found.hours_per_week:g} hours a week.{whom} "
            f"Worth: points by which the mentor leads on the item, less {rules.points_per_km:g} for each kilometre and "
            f"{rules.points_per_load:g} for each 100 % of load above the mean. "
        )
        how += (
            "Drawn by chance, as the policy says."
            if lever.rule == "random"
            else "No other choice is worth more together."
        )
    else:
        whom = "" if len(grades) == len(GRADES) else f"被帮扶人限{'、'.join(grades)}。"
        how = (
            f"需新结 {found.wanted} 对(岗位 {problem.num_positions} 个的 {share(lever.pairs_share)},减去继续的结对);"
            f"{RULE_WORDS[lever.rule].zh};每周 {found.hours_per_week:g} 小时。{whom}"
            f"价值:帮扶人在该单项上领先的分数,每公里减 {rules.points_per_km:g} 分,负荷每超出平均 100 % 减 "
            f"{rules.points_per_load:g} 分。"
        )
        how += "按政策随机抽取。" if lever.rule == "random" else "没有总价值更高的其他组合。"
    blocks: list[Block] = [Paragraph(how, "soft")]
    if found.reason == "nobody":
        short = found.wanted - len(found.proposed)
        blocks.append(
            Paragraph(
                f"{short} fewer than wanted: nobody else is free, covered, assessed and ahead on the item."
                if lang == "en"
                else f"少于需要 {short} 对:没有其他空闲、适用、已考核且在该单项上领先的人选。",
                "warning",
            )
        )
    if found.proposed:
        blocks.append(proposal_table(view, lang))
    return blocks


def proposal_table(view: DeskView, lang: Lang) -> Table:
    """Each proposed pair with what speaks for it."""
    head = (
        ("mentor", "mentee", "item", "mentor", "mentee", "gap", "km", "mentor's load", "worth")
        if lang == "en"
        else ("帮扶人", "被帮扶人", "单项", "帮扶人得分", "被帮扶人得分", "差距", "公里", "帮扶人负荷", "价值")
    )
    found = view.result.pairs
    rows = [
        [
            view.short(pair.mentor),
            view.short(pair.mentee),
            SHORT_ITEMS[found.items[pair.item]].in_(lang),
            number(pair.mentor_points, 1),
            number(pair.mentee_points, 1),
            number(pair.gap, 1, signed=True),
            number(pair.distance_km, 1),
            share(round(pair.load, 2)),
            number(pair.worth, 1, signed=True),
        ]
        for pair in sorted(found.proposed, key=lambda pair: -pair.worth)
    ]
    return table(head, rows, numeric=range(3, 9))
