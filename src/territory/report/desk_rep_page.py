"""One rep's page, to be handed to the rep: the arithmetic of the month's score, the year so far, the pair."""

from __future__ import annotations

from territory.desk.statement import Line, statement
from territory.desk.words import END_WORDS, MEMBER_WORDS, SHORT_ITEMS
from territory.domain.levers_assessment import COMMITTEE
from territory.language import Lang, Text
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Table, table
from territory.report.desk_pages import next_month
from territory.report.desk_view import DeskView, grade_word, number, share
from territory.report.desk_year import PROPOSALS, reasons

_TITLE = Text("Assessment of {month} · {who}", "{month} 月度考核 · {who}")
_ARITHMETIC = Text("How the score came about", "得分计算过程")
_ROUNDED = Text(
    "Computed with all decimals, shown with two; product = points × weight.",
    "按全部小数计算,显示两位;得分 = 分值 × 权重。",
)
_MONTHS = Text("The year so far", "本年各月")
_YEAR = Text("The year {year}", "{year} 年度")
_PAIR = Text("Mentoring", "结对帮扶")
_CARE = Text("Read with care", "阅读须知")


def rep_blocks(view: DeskView, person: int, lang: Lang) -> list[Block]:
    """All blocks of a rep's page in one language."""
    blocks: list[Block] = [
        Heading(_TITLE.in_(lang).format(month=view.month, who=view.who(person, lang)), 1),
        Paragraph(_frame(view, person, lang), "soft"),
        Paragraph(headline(view, person, lang), "strong"),
        Heading(_ARITHMETIC.in_(lang)),
        arithmetic_table(statement(view.problem, view.result, view.problem.last, person), lang),
        Paragraph(_ROUNDED.in_(lang), "soft"),
    ]
    blocks += _months(view, person, lang)
    blocks += _pair(view, person, lang)
    if view.score_notes:
        blocks += [Heading(_CARE.in_(lang)), Bullets(tuple(note.in_(lang) for note in view.score_notes))]
    return blocks


def _frame(view: DeskView, person: int, lang: Lang) -> str:
    problem = view.problem
    team, grade = view.team(person), grade_word(int(problem.grade[-1, person]), lang)
    step = int(problem.step[person])
    if lang == "zh":
        parts = [
            view.scenario,
            f"团队 {team}" if team else "",
            f"{grade}客户经理 {step} 档",
            f"政策 {problem.policy_name}",
        ]
        return " · ".join(part for part in parts if part)
    parts = [view.scenario, f"team {team}" if team else "", f"{grade}, step {step}", f"policy {problem.policy_name}"]
    return " · ".join(part for part in parts if part)


def headline(view: DeskView, person: int, lang: Lang) -> str:
    """Score and place in a sentence."""
    scores = view.result.latest
    if not scores.is_assessed[person]:
        return "Not assessed this month." if lang == "en" else "本月未考核。"
    score, place, count = number(scores.score[person]), int(scores.rank[person]), int(scores.is_assessed.sum())
    return f"{score} points, place {place} of {count}" if lang == "en" else f"{score} 分,第 {place} 名(共 {count} 人)"


def arithmetic_table(lines: tuple[Line, ...], lang: Lang) -> Table:
    """Step by step; sums are marked by an equals sign."""
    head = (
        ("step", "how measured", "points", "weight", "product")
        if lang == "en"
        else ("项目", "依据", "分值", "权重", "得分")
    )
    rows = []
    for line in lines:
        mark = "= " if line.is_sum else ""
        weight = "" if line.weight is None else share(line.weight)
        points = "" if line.points is None else number(line.points)
        product = "" if line.product is None else number(line.product, signed=line.key in _ADDED)
        rows.append((mark + line.label.in_(lang), line.how.in_(lang), points, weight, product))
    return table(head, rows, numeric=(2, 3, 4))


_ADDED = {"forced", "award_team", "award_pairs"}


def _months(view: DeskView, person: int, lang: Lang) -> list[Block]:
    """Scores of the year's months and their mean; stars, grade and step where the year is shown."""
    year, problem = view.result.year, view.problem
    if not year.is_ranked[person]:
        return []
    told = [month for month in year.months if view.result.months[month].is_assessed[person]]
    head = ["", *(problem.months[month][5:] for month in told), "mean" if lang == "en" else "平均"]
    row = ["score" if lang == "en" else "得分"]
    row += [number(view.result.months[month].score[person], 1) for month in told]
    blocks: list[Block] = []
    if len(told) > 1 or view.shows_year:
        title = _YEAR.in_(lang).format(year=year.year) if view.shows_year else _MONTHS.in_(lang)
        months = table(head, [[*row, number(year.annual[person])]], numeric=range(1, len(head)))
        blocks = [Heading(title), months]
    if not view.shows_year:
        return blocks
    if year.has_member.any():
        names = [MEMBER_WORDS[name].in_(lang) for name in COMMITTEE]
        points = [number(problem.committee[-1, person, at], 1) for at in range(len(COMMITTEE))]
        weights = [share(float(weight)) for weight in year.committee_weights[person]]
        sides = ("points", "weight") if lang == "en" else ("分值", "权重")
        total = ("committee", "stars") if lang == "en" else ("评审得分", "星级")
        blocks.append(
            table(
                ("", *names, *total),
                [
                    (sides[0], *points, number(year.committee[person]), "★" * int(year.stars[person])),
                    (sides[1], *weights, "", ""),
                ],
                numeric=range(1, 6),
            )
        )
    if view.committee_note is not None:
        blocks.append(Paragraph(view.committee_note.in_(lang), "soft"))
    blocks.append(Bullets(tuple(text.in_(lang) for text in _year_words(view, person))))
    blocks.append(Paragraph(PROPOSALS.in_(lang), "soft"))
    return blocks


def _year_words(view: DeskView, person: int) -> list[Text]:
    """Place, grade and step after the year, and why."""
    year = view.result.year
    place, count = int(year.place[person]), int(year.is_ranked.sum())
    grade = [grade_word(int(year.grade_next[person]), "en"), grade_word(int(year.grade_next[person]), "zh")]
    step = int(year.step_next[person])
    preview = Text(" if the year ended now", "(若现在截止)") if year.is_preview else Text("", "")
    first = Text(
        f"Place {place} of {count} in the ranking{preview.en}; proposed: {grade[0]}, step {step}.",
        f"年度排名第 {place},共 {count} 人{preview.zh};建议:{grade[1]} {step} 档。",
    )
    return [first, *reasons(view, person)]


def _pair(view: DeskView, person: int, lang: Lang) -> list[Block]:
    """What became of the rep's pair, and the one proposed."""
    problem, found = view.problem, view.result.pairs
    told = []
    for verdict in found.verdicts:
        pair = problem.pairs[verdict.pair]
        if verdict.month != problem.last or person not in (pair.mentor, pair.mentee):
            continue
        gained, target = number(verdict.gained, signed=True), problem.policy.mentoring.target_gain_points
        ends = END_WORDS[verdict.end]
        told.append(
            f"{view.who(pair.mentor, lang)} with {view.who(pair.mentee, lang)}, month {verdict.renewals + 1}: from "
            f"{number(verdict.score_at_start)} to {number(verdict.score)}, {gained} of {target:g} points: {ends.en}."
            if lang == "en"
            else f"{view.who(pair.mentor, lang)}帮扶{view.who(pair.mentee, lang)},第 {verdict.renewals + 1} 个月:由 "
            f"{number(verdict.score_at_start)} 到 {number(verdict.score)},{gained} 分(目标 {target:g} 分):{ends.zh}。"
        )
    for proposal in found.proposed:
        if person not in (proposal.mentor, proposal.mentee):
            continue
        item = SHORT_ITEMS[found.items[proposal.item]]
        points = (number(proposal.mentor_points, 1), number(proposal.mentee_points, 1))
        told.append(
            f"Proposed for {next_month(view)}: {view.who(proposal.mentor, lang)} helps "
            f"{view.who(proposal.mentee, lang)} with {item.en} ({points[0]} against {points[1]} points), "
            f"{found.hours_per_week:g} hours a week."
            if lang == "en"
            else f"{next_month(view)} 建议:{view.who(proposal.mentor, lang)}帮扶{view.who(proposal.mentee, lang)}的"
            f"{item.zh}({points[0]} 对 {points[1]} 分),每周 {found.hours_per_week:g} 小时。"
        )
    return [Heading(_PAIR.in_(lang)), Bullets(tuple(told))] if told else []
