"""The arithmetic of one score, line by line: what was measured, its points, its weight, and what that makes."""

from __future__ import annotations

from dataclasses import dataclass

from territory.desk.model import JUDGEMENTS, DeskProblem
from territory.desk.result import DeskResult, MonthScores
from territory.desk.words import COMPONENT_WORDS, GROUP_WORDS, percent
from territory.domain.levers_assessment import EVALUATORS
from territory.domain.policy_rules import COMPONENTS
from territory.language import Text
from territory.policy.scoring import BEST_RATIO, MAX_POINTS, MIN_DAYS_ASSESSED, POINTS_AT_PAR

PAR = Text(
    f"{POINTS_AT_PAR:g} points for 100 %, {MAX_POINTS:g} from {100 * BEST_RATIO:g} %",
    f"100 % 得 {POINTS_AT_PAR:g} 分,{100 * BEST_RATIO:g} % 及以上得 {MAX_POINTS:g} 分",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """
    One step.

    Attributes
    ----------
    key
        For programs: a component, a group, outcome, behaviour, plain, forced, award_team, award_pairs, score.
    how
        The measure in words and numbers.
    points, weight, product
        None where a step has none; `product` is points times weight, or what is added.
    is_sum
        Adds up the lines above it.
    """

    key: str
    label: Text
    how: Text
    points: float | None = None
    weight: float | None = None
    product: float | None = None
    is_sum: bool = False


def statement(problem: DeskProblem, result: DeskResult, month: int, person: int) -> tuple[Line, ...]:
    """All steps of a person's score in a month; one line that says why, for whoever was not assessed."""
    scores = result.months[month]
    if not scores.is_assessed[person]:
        days = int(problem.days_present[month, person])
        how = (
            Text(
                f"{days} working days present; {MIN_DAYS_ASSESSED} are needed for an assessment",
                f"出勤 {days} 天;满 {MIN_DAYS_ASSESSED} 天方予考核",
            )
            if problem.is_there[month, person]
            else Text("not in this month's panel", "不在当月面板中")
        )
        return (Line(key="score", label=Text("Not assessed", "未考核"), how=how, is_sum=True),)
    return (
        *_outcome(problem, scores, month, person),
        *_behaviour(problem, scores, month, person),
        *_total(problem, result, month, person),
    )


def _outcome(problem: DeskProblem, scores: MonthScores, month: int, person: int) -> list[Line]:
    hows = (
        _visits_how(problem, month, person),
        _sales_how(problem, scores, month, person),
        _judged_how(problem, month, person, 0),
    )
    lines = []
    for at, name in enumerate(COMPONENTS):
        weight, asked = float(scores.weights[person, at]), float(scores.asked_weights[person, at])
        if asked == 0.0:
            continue
        lines.append(
            _part(
                name,
                COMPONENT_WORDS[name],
                hows[at],
                points=float(scores.judged[person, at]),
                weight=weight,
                asked=asked,
                has_source=bool(scores.has_component[at]),
                is_shared=problem.redistribute,
            )
        )
    points = sum(float(line.product or 0.0) for line in lines)
    outcome = float(scores.outcome[person])
    kind = (
        Text("month with abnormal supply", "货源异常月份")
        if scores.is_abnormal
        else Text("month with normal supply", "货源正常月份")
    )
    how = Text(
        f"{kind.en} ({percent(problem.supply[month])} of normal)",
        f"{kind.zh}(为正常的 {percent(problem.supply[month])})",
    )
    total = Line(
        key="outcome",
        label=Text("Outcome", "结果"),
        how=how,
        points=points,
        weight=outcome,
        product=outcome * points,
        is_sum=True,
    )
    return [*lines, total]


def _part(
    key: str, label: Text, how: Text, *, points: float, weight: float, asked: float, has_source: bool, is_shared: bool
) -> Line:
    """One part; what has no source is told with the weight that the policy gives it."""
    if has_source:
        return Line(key=key, label=label, how=how, points=points, weight=weight, product=weight * points)
    missing = (
        Text(
            f"no source this month; its {percent(asked)} are shared out among the others",
            f"本月无数据,其权重 {percent(asked)} 已分摊给其余各项",
        )
        if is_shared
        else Text(
            f"no source this month; its {percent(asked)} are not shared out: nobody can have these points",
            f"本月无数据,其权重 {percent(asked)} 不分摊,该部分分数无从取得",
        )
    )
    return Line(key=key, label=label, how=missing, weight=weight, product=0.0)


def _visits_how(problem: DeskProblem, month: int, person: int) -> Text:
    asked, done = int(problem.visits_asked[month, person]), int(problem.visits_done[month, person])
    pending = int(problem.visits_pending[month, person])
    more = Text("", "")
    if pending:
        more = Text(f" ({pending} not reported on yet, left out)", f"(另有 {pending} 次尚未上报,不计)")
    if asked == 0:
        return Text(f"no visit was asked for: counts as 100 %{more.en}", f"无计划拜访,按 100 % 计{more.zh}")
    ratio = done / asked
    return Text(
        f"{done} of {asked} visits{more.en} = {percent(ratio, 2)}; {PAR.en}",
        f"{done}/{asked} 次{more.zh} = {percent(ratio, 2)};{PAR.zh}",
    )


def _sales_how(problem: DeskProblem, scores: MonthScores, month: int, person: int) -> Text:
    sold, target = float(problem.sales[month, person]), float(problem.target[month, person])
    own, together = float(scores.own_attained[person]), float(scores.attained[person])
    if target <= 0:
        text = Text("no target: counts as 100 %", "无目标,按 100 % 计")
    else:
        money = f" {problem.currency}" if problem.currency else ""
        unit = " 元" if problem.currency == "CNY" else money
        text = Text(
            f"sold {sold:,.0f} of {target:,.0f}{money} = {percent(own, 2)}",
            f"销售 {sold:,.0f} / 目标 {target:,.0f}{unit} = {percent(own, 2)}",
        )
    if own != together:
        text = Text(
            f"{text.en}; with the team's part of the target {percent(together, 2)}",
            f"{text.zh};计入团队目标后 {percent(together, 2)}",
        )
    return Text(f"{text.en}; {PAR.en}", f"{text.zh};{PAR.zh}")


def _judged_how(problem: DeskProblem, month: int, person: int, at: int) -> Text:
    number = int(problem.num_judges[month, person, at])
    if number > 1:
        return Text(f"mean of {number} judgements", f"{number} 份评价的平均")
    return Text("as judged", "按评价得分")


def _behaviour(problem: DeskProblem, scores: MonthScores, month: int, person: int) -> list[Line]:
    lines = []
    for at, name in enumerate(EVALUATORS):
        weight, asked = float(scores.group_weights[person, at]), float(scores.asked_group_weights[person, at])
        if asked == 0.0:
            continue
        how = _judged_how(problem, month, person, JUDGEMENTS.index(name))
        if name == "service_centre" and scores.is_service_centre_counted:
            how = Text("counted: as many points as for the visits made", "按拜访完成计分(本月无人评价)")
        lines.append(
            _part(
                name,
                GROUP_WORDS[name],
                how,
                points=float(scores.seen[person, at]),
                weight=weight,
                asked=asked,
                has_source=bool(scores.has_group[at]),
                is_shared=problem.redistribute,
            )
        )
    points, weight = float(scores.judged[person, 3]), 1.0 - float(scores.outcome[person])
    total = Line(
        key="behaviour",
        label=Text("Behaviour", "行为"),
        how=Text("what the evaluators saw", "各考核主体评价"),
        points=points,
        weight=weight,
        product=weight * points,
        is_sum=True,
    )
    return [*lines, total]


def _total(problem: DeskProblem, result: DeskResult, month: int, person: int) -> list[Line]:
    scores = result.months[month]
    lines = []
    extra = []
    if scores.forced[person] > 0:
        extra.append(
            Line(
                key="forced",
                label=Text("Forced distribution", "强制分布"),
                how=Text(
                    f"the company's mean {scores.company_mean:.2f} less the team's {scores.team_mean[person]:.2f}, "
                    f"times {scores.forced[person]:g}",
                    f"(公司平均 {scores.company_mean:.2f} − 团队平均 {scores.team_mean[person]:.2f})× "
                    f"{scores.forced[person]:g}",
                ),
                product=float(scores.shift[person]),
            )
        )
    if scores.award_team[person] > 0:
        before = problem.months[month - 1]
        extra.append(
            Line(
                key="award_team",
                label=Text("Red flag", "流动红旗"),
                how=Text(f"the team was the best in {before}", f"团队在 {before} 获流动红旗"),
                product=float(scores.award_team[person]),
            )
        )
    if scores.award_pairs[person] > 0:
        before = problem.months[month - 1]
        extra.append(
            Line(
                key="award_pairs",
                label=Text("Mentoring", "结对帮扶"),
                how=Text(f"the pair reached its target in {before}", f"结对在 {before} 达标"),
                product=float(scores.award_pairs[person]),
            )
        )
    if extra:
        how = Text("outcome and behaviour", "结果与行为之和")
        lines.append(
            Line(key="plain", label=Text("Together", "合计"), how=how, product=float(scores.plain[person]), is_sum=True)
        )
    number = int(scores.is_assessed.sum())
    lines += extra
    lines.append(
        Line(
            key="score",
            label=Text("Score", "得分"),
            how=Text(
                f"place {scores.rank[person]} of {number}; between 0 and {MAX_POINTS:g}",
                f"第 {scores.rank[person]} 名,共 {number} 人;0 至 {MAX_POINTS:g} 分",
            ),
            product=float(scores.score[person]),
            is_sum=True,
        )
    )
    return lines
