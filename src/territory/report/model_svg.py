"""The overview picture of the policy year: what comes in, what a month does, what comes out."""

from __future__ import annotations

from territory.language import Lang, Text
from territory.report.svg import ACCENT, BAND, INK, SOFT, lines_of, path, picture, text

_TITLE = Text("How a policy year runs", "政策年如何运行")
_INPUTS = (
    Text("split: sales, borders, workload", "划分:销售、边界、工作量"),
    Text("visit plan: drive, visits by class", "拜访计划:路途、各类拜访"),
    Text("people: grade, tenure, ability, team", "人员:职级、司龄、能力、团队"),
    Text("policy: 25 levers, month by month", "政策:25 个杠杆,逐月"),
)
_MONTH = (
    Text("effort: what this month's rules make worth doing", "努力:当月规则下值得做什么"),
    Text("days: visits made until the minutes run out", "每日:在可用时间内完成的拜访"),
    Text("market: goodwill, sales, supply, gaming", "市场:客情、销售、供货、窜货与压货"),
    Text("assessment: score, contest, stars", "考核:得分、竞赛、星级"),
    Text("pay: fixed, pool, commission, bonus, prizes", "薪酬:固定、绩效、提成、奖金、奖励"),
    Text("learning: practice, colleagues, mentors, courses", "学习:实践、同事、师傅、培训"),
    Text("people: who leaves, vacancies, hires, ladder", "人员:离职、空缺、招聘、晋升"),
)
_OUTPUTS = (
    Text("true and recorded sales", "真实与账面销售"),
    Text("profit, pay, cost, return", "利润、薪酬、成本、回报"),
    Text("visits, quality, time use", "拜访、质量、时间利用"),
    Text("turnover, skill, who gains", "离职、技能、谁得谁失"),
)
_MONTH_TITLE = Text("every month (SimPy clock; each day inside it)", "每月循环(SimPy 时钟,内含每个工作日)")
_INPUT_TITLE = Text("what comes in", "输入")
_OUTPUT_TITLE = Text("facts, measured afterwards", "记录事实,事后计量")
_BOX, _STEP, _TOP = 46.0, 56.0, 74.0


def model_svg(lang: Lang = "en") -> str:
    """Inputs on the left, the month's loop in the middle, outputs on the right."""
    parts = [text(12, 28, _TITLE.in_(lang), size=18, bold=True)]
    parts += _column(12, 190, _INPUTS, _INPUT_TITLE, lang, first=_TOP + 1.5 * _STEP)
    parts += _column(270, 320, _MONTH, _MONTH_TITLE, lang, first=_TOP)
    parts += _column(660, 188, _OUTPUTS, _OUTPUT_TITLE, lang, first=_TOP + 1.5 * _STEP)
    middle = _TOP + 3 * _STEP + _BOX / 2
    parts += [_arrow(206, 262, middle), _arrow(594, 652, middle)]
    last = _TOP + 6 * _STEP + _BOX
    loop = f"M590 {last - 23:.0f}h14v{-(6 * _STEP):.0f}h-10"
    parts += [
        path(loop, stroke=ACCENT, wide=1.8),
        path(f"M601 {_TOP + 17:.0f}l-8 6l8 6", stroke=ACCENT, wide=1.8),
    ]
    return picture(height=last + 20, title=_TITLE.in_(lang), parts=parts)


def _column(left: float, wide: float, boxes: tuple[Text, ...], title: Text, lang: Lang, *, first: float) -> list[str]:
    parts = [text(left, first - 10, title.in_(lang), size=12.5, fill=SOFT)]
    for place, words in enumerate(boxes):
        top = first + place * _STEP
        parts.append(
            f'<rect x="{left:.0f}" y="{top:.1f}" width="{wide:.0f}" height="{_BOX:.0f}" rx="6" fill="#ffffff" '
            f'stroke="{SOFT}" stroke-width="1.2"/><rect x="{left:.0f}" y="{top:.1f}" width="5" height="{_BOX:.0f}" '
            f'fill="{BAND}"/>'
        )
        lines = lines_of(words.in_(lang), width=wide - 24, size=13)
        y = top + _BOX / 2 + 5 - 8 * (len(lines) - 1)
        parts += [text(left + 14, y + 16 * at, line, fill=INK) for at, line in enumerate(lines)]
        if place and boxes is _MONTH:
            parts.append(path(f"M{left + wide / 2:.0f} {top - _STEP + _BOX:.1f}v{_STEP - _BOX:.0f}", stroke=SOFT))
    return parts


def _arrow(frm: float, to: float, y: float) -> str:
    return path(f"M{frm:.0f} {y:.0f}H{to:.0f}m-7 -6l7 6l-7 6", stroke=ACCENT, wide=1.8)
