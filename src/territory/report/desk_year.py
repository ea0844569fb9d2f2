"""The year on the page of an assessment: the months so far, stars, grades under their caps, steps, and who moves."""

from __future__ import annotations

from territory.desk.words import GRADE_WORDS, MEMBER_WORDS
from territory.domain.levers_assessment import COMMITTEE
from territory.domain.policy_rules import GRADES
from territory.language import Lang, Text
from territory.policy.ladder_rules import NO_STEP_SHARE
from territory.report.amounts import DASH
from territory.report.blocks import Block, Bullets, Heading, Paragraph, Table, table
from territory.report.desk_view import DeskView, grade_word, number, share

_SO_FAR = Text("The year so far", "本年累计")
_YEAR = Text("The year {year}", "{year} 年度")
_PREVIEW = Text(
    "A preview: {months} of 12 months are there. Nothing is decided before the year has ended.",
    "预览:12 个月中已有 {months} 个月。年度结束前不作决定。",
)
_LADDER = Text("Stars, grades and steps", "星级、职级与档次")
_CAPS = Text("Places under the caps", "职级比例与名额")
_MOVES = Text("Proposed changes and why", "建议调整及理由")
PROPOSALS = Text(
    "These are proposals by the rules of the policy; people decide.", "以下为按政策规则得出的建议,由人作出决定。"
)


def year_blocks(view: DeskView, lang: Lang) -> list[Block]:
    """Months and mean of everybody ranked; stars, grades, caps and changes where the year is shown."""
    year = view.result.year
    if not year.is_ranked.any():
        return []
    if not view.shows_year:
        return [Heading(_SO_FAR.in_(lang)), months_table(view, lang)]
    blocks: list[Block] = [Heading(_YEAR.in_(lang).format(year=year.year))]
    if year.is_preview:
        blocks.append(Paragraph(_PREVIEW.in_(lang).format(months=len(year.months)), "warning"))
    blocks += [months_table(view, lang), Heading(_LADDER.in_(lang), 3)]
    if view.committee_note is not None:
        blocks.append(Paragraph(view.committee_note.in_(lang), "warning"))
    blocks += [
        Paragraph(ranking_words(view, lang), "soft"),
        ladder_table(view, lang),
        Heading(_CAPS.in_(lang), 3),
        caps_table(view, lang),
        Heading(_MOVES.in_(lang), 3),
        Paragraph(PROPOSALS.in_(lang), "soft"),
    ]
    told = [text for person in view.by_place() for text in reasons(view, person)]
    nothing = Text("No change is proposed.", "没有建议调整。")
    blocks.append(Bullets(tuple(text.in_(lang) for text in told)) if told else Paragraph(nothing.in_(lang)))
    return blocks


def months_table(view: DeskView, lang: Lang) -> Table:
    """Score by month and the mean, by place."""
    problem, year = view.problem, view.result.year
    head = ["account manager", "by score"] if lang == "en" else ["客户经理", "得分名次"]
    head += [problem.months[month][5:] for month in year.months]
    head += ["mean"] if lang == "en" else ["平均"]
    rows = []
    for at, person in enumerate(sorted(view.by_place(), key=lambda s: -float(year.annual[s])), start=1):
        row = [view.short(person), str(at)]
        for month in year.months:
            scores = view.result.months[month]
            row.append(number(scores.score[person], 1) if scores.is_assessed[person] else DASH)
        rows.append([*row, number(year.annual[person])])
    return table(head, rows, numeric=range(1, len(head)))


def ranking_words(view: DeskView, lang: Lang) -> str:
    """What stars, grades and steps go by."""
    lever, year = view.problem.policy.ladder, view.result.year
    merit = year.merit
    if lang == "zh":
        by = (
            "排名依据年度得分。"
            if merit == 1
            else f"排名依据:{share(merit)} 按得分名次,{share(1 - merit)} 按司龄名次。"
        )
        return (
            f"{by}晋档:多数人一档,前 {share(lever.jump_share)} 两档,后 {share(NO_STEP_SHARE)} 不晋;"
            "进入新职级者从一档起。"
            "星级按评审委员会得分名次:五星 10 %、四星 20 %、三星 40 %、二星 20 %、一星 10 %。"
        )
    by = (
        "The ranking goes by the year's score."
        if merit == 1
        else f"The ranking goes {share(merit)} by the place in score and {share(1 - merit)} by the place in service."
    )
    return (
        f"{by} Steps: one up for most, two for the best {share(lever.jump_share)}, none for the last "
        f"{share(NO_STEP_SHARE)}; the first step in a new grade. Stars go by places in the committee's points: five "
        "for 10 %, four for 20 %, three for 40 %, two for 20 %, one for 10 %."
    )


def ladder_table(view: DeskView, lang: Lang) -> Table:
    """Everybody's stars, grade and step before and after."""
    problem, year = view.problem, view.result.year
    head = ["account manager", "place", "score"] if lang == "en" else ["客户经理", "名次", "年度得分"]
    if year.has_member.any():
        head += [MEMBER_WORDS[name].in_(lang) for name in COMMITTEE]
        head += ["committee", "stars"] if lang == "en" else ["评审得分", "星级"]
    head += ["grade", "step", "proposal"] if lang == "en" else ["职级", "档次", "建议"]
    rows = []
    for person in view.by_place():
        row = [view.short(person), str(int(year.place[person])), number(year.annual[person])]
        if year.has_member.any():
            row += [number(problem.committee[-1, person, at], 1) for at in range(len(COMMITTEE))]
            row += [number(year.committee[person]), "★" * int(year.stars[person])]
        grade, after = int(year.grade[person]), int(year.grade_next[person])
        before = grade_word(grade, lang)
        row.append(before if grade == after else f"{before} → {grade_word(after, lang)}")
        step, step_next = int(year.step[person]), int(year.step_next[person])
        row.append(str(step) if step == step_next and grade == after else f"{step} → {step_next}")
        rows.append([*row, _proposal(view, person, lang)])
    return table(head, rows, numeric=(1, 2, *(range(3, 8) if year.has_member.any() else ())))


def _proposal(view: DeskView, person: int, lang: Lang) -> str:
    year = view.result.year
    grade, after = int(year.grade[person]), int(year.grade_next[person])
    words = []
    if after > grade:
        words.append(Text("promoted", "晋级") if after == grade + 1 else Text("promoted two grades", "越级晋升"))
    if after < grade:
        words.append(Text("down a grade", "降级"))
    if year.is_held_back[person]:
        words.append(Text("held back by the cap", "受名额限制"))
    if after == grade and year.step_next[person] >= year.step[person] + 2:
        words.append(Text("jumps a step", "跳档"))
    if year.is_replaced[person]:
        words.append(Text("to be replaced", "末位淘汰"))
    if year.is_promoted_out[person]:
        words.append(Text("management track", "管理通道"))
    return (", " if lang == "en" else "、").join(word.in_(lang) for word in words)


def caps_table(view: DeskView, lang: Lang) -> Table:
    """Cap, quota, places, and who is in a grade before and after."""
    year = view.result.year
    ranked = int(year.is_ranked.sum())
    head = (
        ("grade", "cap", "cap times those ranked", "places", "today", "last one in", "first one out")
        if lang == "en"
        else ("职级", "比例", "比例×排名人数", "名额", "现有", "最后入围", "首位落选")
    )
    order = view.by_place()
    rows = []
    ahead = 0
    for code in reversed(range(len(GRADES))):
        places = int(year.places[code])
        ahead += places
        within = order[ahead - 1] if places else None
        beyond = order[ahead] if ahead < len(order) and code else None
        rows.append(
            [
                grade_word(code, lang),
                share(year.caps[code]),
                number(year.caps[code] * ranked, 1),
                str(places),
                str(int((year.grade == code).sum())),
                DASH if within is None else view.short(within),
                DASH if beyond is None else view.short(beyond),
            ]
        )
    return table(head, rows, numeric=(1, 2, 3, 4))


def reasons(view: DeskView, person: int) -> list[Text]:
    """Why a rep moves, or would but for a cap; nothing for who stays as most do."""
    year, order = view.result.year, view.by_place()
    ranked, place = len(order), int(year.place[person])
    grade, after = int(year.grade[person]), int(year.grade_next[person])
    en, zh = view.who(person, "en"), view.who(person, "zh")
    found = []
    if after != grade:
        found.append(_grade_reason(view, person, ranked))
    if year.is_held_back[person]:
        higher = after + 1
        ahead = int(year.places[higher:].sum())
        name = GRADE_WORDS[GRADES[higher]]
        today = sum(int(year.grade[other]) >= higher for other in order)
        more = Text(f" ({today} people are there today)", f"(现有 {today} 人)") if today > ahead else Text("", "")
        need = share(_cap_needed(place, ranked))
        found.append(
            Text(
                f"{en} would be {name.en} but for the cap: place {place} of {ranked}, and {_from(view, higher, 'en')} "
                f"{_have(higher)} {_places(ahead)}{more.en}; {need} would be needed.",
                f"若非名额限制,{zh}可任{name.zh}:排第 {place},共 {ranked} 人,而{_from(view, higher, 'zh')}"
                f"名额为 {ahead}{more.zh};合计比例达到 {need} 方可入围。",
            )
        )
    if after == grade and int(year.step_next[person]) >= int(year.step[person]) + 2:
        jump = share(view.problem.policy.ladder.jump_share)
        steps = f"{int(year.step[person])} → {int(year.step_next[person])}"
        found.append(
            Text(
                f"{en} jumps a step ({steps}): among the best {jump}.",
                f"{zh}跳档({steps}):位列前 {jump}。",
            )
        )
    if year.is_replaced[person]:
        cut = share(view.problem.policy.ladder.bottom_elimination)
        found.append(
            Text(
                f"{en} is among the lowest {cut} by the year's score ({number(year.annual[person])}): proposed for "
                "replacement.",
                f"{zh}年度得分 {number(year.annual[person])},位列末 {cut}:建议末位淘汰。",
            )
        )
    if year.is_promoted_out[person]:
        track = share(view.problem.policy.ladder.management_track)
        found.append(
            Text(
                f"{en} is among the best {track} of the seniors: proposed for the management track.",
                f"{zh}位列高级客户经理前 {track}:建议进入管理通道。",
            )
        )
    return found


def _grade_reason(view: DeskView, person: int, ranked: int) -> Text:
    year, place = view.result.year, int(view.result.year.place[person])
    grade, after = int(year.grade[person]), int(year.grade_next[person])
    en, zh = view.who(person, "en"), view.who(person, "zh")
    new = GRADE_WORDS[GRADES[after]]
    if after > grade:
        ahead = int(year.places[after:].sum())
        jump = Text("", "") if after == grade + 1 else Text(", two grades at once", ",越级")
        return Text(
            f"{en} becomes {new.en}{jump.en}: place {place} of {ranked}, within the {_places(ahead)} of "
            f"{_from(view, after, 'en')}.",
            f"{zh}晋升为{new.zh}{jump.zh}:排第 {place},共 {ranked} 人,在{_from(view, after, 'zh')}的 {ahead} 名之内。",
        )
    ahead = int(year.places[grade:].sum())
    return Text(
        f"{en} goes down to {new.en}: place {place} of {ranked}, beyond the {_places(ahead)} of "
        f"{_from(view, grade, 'en')}.",
        f"{zh}降为{new.zh}:排第 {place},共 {ranked} 人,超出{_from(view, grade, 'zh')}的 {ahead} 个名额。",
    )


def _from(view: DeskView, code: int, lang: Lang) -> str:
    """A grade and those above it, with their caps: what a place has to lie within."""
    caps = view.result.year.caps
    names = [f"{grade_word(at, lang)} {share(caps[at])}" for at in reversed(range(code, len(GRADES)))]
    return " and ".join(names) if lang == "en" else "与".join(names)


def _have(code: int) -> str:
    return "has" if code == len(GRADES) - 1 else "together have"


def _places(count: int) -> str:
    return f"{count} place{'' if count == 1 else 's'}"


def _cap_needed(place: int, ranked: int) -> float:
    """The share of all that has to be in a grade or above for a place to lie within, rounded up to a thousandth."""
    return -(-1000 * place // ranked) / 1000
