"""What a reader of an assessment must know: sources that are missing, what was assumed, who is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from territory.desk import DeskProblem, DeskResult
from territory.desk.result import MonthScores
from territory.desk.words import COMPONENT_WORDS, GRADE_WORDS, GROUP_WORDS, MEMBER_WORDS, percent
from territory.domain.levers_assessment import COMMITTEE, EVALUATORS
from territory.domain.policy_rules import COMPONENTS, GRADES
from territory.domain.scenario import Scenario
from territory.language import Text
from territory.pipeline.desk_building import Tables
from territory.policy.scoring import MIN_DAYS_ASSESSED


def score_notes(problem: DeskProblem, result: DeskResult, tables: Tables) -> Iterator[Text]:
    """What everybody should know who reads a score."""
    yield from missing_sources(problem, result.latest, problem.months[-1])
    yield from _earlier_sources(problem, result)
    yield from _not_closed(problem, tables)
    yield from _supply(problem)
    yield from _before(problem)
    yield from _months_without(problem)


def other_notes(scenario: Scenario, problem: DeskProblem, result: DeskResult) -> Iterator[Text]:
    """Who is left out, and which rules the desk does not apply."""
    yield from _not_assessed(problem, result.latest)
    yield from _people(scenario, problem)
    if problem.policy.budget_per_year is not None:
        yield Text(
            "budget_per_year is not applied at the desk: levers that it would suspend act.",
            "考核不执行 budget_per_year:预算本会暂停的杠杆仍视为生效。",
        )


def missing_sources(problem: DeskProblem, scores: MonthScores, month: str) -> Iterator[Text]:
    """Components and groups without a source, with the weight they have and what becomes of it."""
    if not scores.is_assessed.any():
        yield Text(f"Nobody is assessed in {month}.", f"{month} 无人参加考核。")
        return
    fate = (
        Text("their weight is shared out among the others", "其权重已分摊给其余各项")
        if problem.redistribute
        else Text("their weight is not shared out: nobody can have these points", "其权重不分摊,该部分分数无从取得")
    )
    missing = [
        _weighed(problem, COMPONENT_WORDS[name], f"component_weights.{name}")
        for at, name in enumerate(COMPONENTS)
        if not scores.has_component[at] and _component_weight(problem, at) > 0
    ]
    missing += [
        _weighed(problem, GROUP_WORDS[name], f"evaluators.{name}")
        for at, name in enumerate(EVALUATORS)
        if not scores.has_group[at] and getattr(problem.policy.evaluators, name) > 0
    ]
    if missing:
        low, high = _highest(scores)
        yield Text(
            f"{month}: no source for {_and(t.en for t in missing)}; {fate.en}.{_most(low, high).en}",
            f"{month}:以下各项无数据:{'、'.join(t.zh for t in missing)};{fate.zh}。{_most(low, high).zh}",
        )
    if scores.is_service_centre_counted and (scores.group_weights[:, EVALUATORS.index("service_centre")] > 0).any():
        yield Text(
            f"{month}: nobody judged for the service centre; its points are those of the visits, as in the simulation.",
            f"{month}:服务中心未作评价,按拜访完成计分(与模拟一致)。",
        )


def _most(low: float, high: float) -> Text:
    """What can be had at most, where that is not everything."""
    if round(low, 6) == 100.0:
        return Text("", "")
    if round(high - low, 6) == 0.0:
        return Text(f" The most anybody can have is {low:.1f} points.", f"最高可得 {low:.1f} 分。")
    return Text(
        f" The most is {low:.1f} to {high:.1f} points, by grade.", f"按职级最高可得 {low:.1f} 至 {high:.1f} 分。"
    )


def _highest(scores: MonthScores) -> tuple[float, float]:
    found = scores.highest[scores.is_assessed]
    return float(found.min()), float(found.max())


def _component_weight(problem: DeskProblem, at: int) -> float:
    return max(float(getattr(problem.policy.component_weights, grade)[at]) for grade in GRADES)


def _weighed(problem: DeskProblem, label: Text, setting: str) -> Text:
    """A part and its weight by the policy file."""
    lever, name = setting.split(".")
    if lever == "evaluators":
        share = float(getattr(problem.policy.evaluators, name))
        return Text(f"{label.en} ({percent(share)} of behaviour)", f"{label.zh}(占行为 {percent(share)})")
    at = COMPONENTS.index(name)
    shares = {grade: float(getattr(problem.policy.component_weights, grade)[at]) for grade in GRADES}
    en = ", ".join(f"{GRADE_WORDS[g].en} {percent(share)}" for g, share in shares.items())
    zh = "、".join(f"{GRADE_WORDS[g].zh} {percent(share)}" for g, share in shares.items())
    return Text(f"{label.en} (of outcome: {en})", f"{label.zh}(占结果:{zh})")


def _and(parts: Iterable[str]) -> str:
    found = list(parts)
    return found[0] if len(found) == 1 else f"{'; '.join(found[:-1])}; and {found[-1]}"


def _earlier_sources(problem: DeskProblem, result: DeskResult) -> Iterator[Text]:
    """Months before with other sources than the last one: their scores enter the year's mean as they are."""
    latest = (*result.latest.has_component, *result.latest.has_group)
    other = [
        month
        for month, scores in zip(problem.months[:-1], result.months[:-1], strict=True)
        if scores.is_assessed.any() and (*scores.has_component, *scores.has_group) != latest
    ]
    if other:
        yield Text(
            f"Other sources than in {problem.months[-1]} were there in {', '.join(other)}: scores of these months are "
            "made of other parts, and the year's mean mixes them.",
            f"{'、'.join(other)} 的数据来源与 {problem.months[-1]} 不同:得分构成不同,年度平均将其混合。",
        )


def _not_closed(problem: DeskProblem, tables: Tables) -> Iterator[Text]:
    month = problem.months[-1]
    rows = [row for row in tables.panel.rows if row.month == month]
    pending = sum(row.visits_pending for row in rows)
    if pending:
        reps = sum(row.visits_pending > 0 for row in rows)
        yield Text(
            f"{pending} visits of {reps} reps in {month} are not reported on yet and do not count; scores may change.",
            f"{month} 有 {reps} 名客户经理的 {pending} 次拜访尚未上报,不计入;得分可能变动。",
        )
    elif not all(row.is_closed for row in rows):
        yield Text(f"Not every week of {month} is closed; scores may change.", f"{month} 尚有未结的周,得分可能变动。")


def _not_assessed(problem: DeskProblem, scores: MonthScores) -> Iterator[Text]:
    short = np.flatnonzero(scores.is_there & ~scores.is_assessed).tolist()
    if short and scores.is_assessed.any():
        en = ", ".join(f"{problem.rep_ids[s]} ({problem.days_present[-1, s]} days)" for s in short)
        zh = "、".join(f"{problem.rep_ids[s]}({problem.days_present[-1, s]} 天)" for s in short)
        yield Text(
            f"Not assessed, as there for fewer than {MIN_DAYS_ASSESSED} working days: {en}.",
            f"在岗不足 {MIN_DAYS_ASSESSED} 天,未考核:{zh}。",
        )


def _supply(problem: DeskProblem) -> Iterator[Text]:
    if not problem.is_supply_given[-1]:
        yield Text(
            f"Supply of {problem.months[-1]} is not given; by [year] of the scenario and the policy it is "
            f"{percent(problem.supply[-1])} of normal.",
            f"未提供 {problem.months[-1]} 的货源;按场景 [year] 与政策为正常的 {percent(problem.supply[-1])}。",
        )


def _before(problem: DeskProblem) -> Iterator[Text]:
    """Award points that were won before the panel begins."""
    first, number = problem.months[0], problem.policy_month(0)
    lever = problem.policy.team_award
    if number > 0 and lever.score_bonus_points > 0 and lever.is_in_force(number):
        yield Text(
            f"Who won the contest before {first} is not known: its award points are missing in {first}.",
            f"{first} 之前的流动红旗归属不明,{first} 未计相应加分。",
        )
    if lever.period_months > 1 and number % lever.period_months and lever.is_in_force(number + 1):
        yield Text(
            f"The contest that runs in {first} began before the panel: only its months in the panel count.",
            f"{first} 所在的评比周期早于面板开始,仅计面板中的月份。",
        )


def _months_without(problem: DeskProblem) -> Iterator[Text]:
    empty = [month for month, there in zip(problem.months, problem.is_there, strict=True) if not there.any()]
    if empty:
        yield Text(
            f"The panel has no rows for {', '.join(empty)}: these months do not count.",
            f"面板中没有 {'、'.join(empty)},这些月份不计。",
        )


def _people(scenario: Scenario, problem: DeskProblem) -> Iterator[Text]:
    there = {problem.rep_ids[s] for s in np.flatnonzero(problem.is_there[-1]).tolist()}
    strangers = sorted(there - set(scenario.reps.rep_ids))
    if strangers:
        yield Text(
            f"In the panel but not in the scenario, so scored and neither ranked for the year nor paired: "
            f"{', '.join(strangers)}.",
            f"在面板中而不在场景中,只计月度得分,不参加年度排名与结对:{'、'.join(strangers)}。",
        )
    absent = sorted(set(scenario.reps.rep_ids) - there)
    if absent:
        shown = ", ".join(absent[:12]) + (f" and {len(absent) - 12} more" if len(absent) > 12 else "")
        shown_zh = "、".join(absent[:12]) + (f" 等 {len(absent)} 人" if len(absent) > 12 else "")
        yield Text(
            f"In the scenario but not in the panel of {problem.months[-1]}, so without a score: {shown}.",
            f"在场景中而不在 {problem.months[-1]} 面板中,没有得分:{shown_zh}。",
        )


def committee_note(problem: DeskProblem, result: DeskResult) -> Text | None:
    """What is missing of the committee, None where everybody gave points."""
    has = result.year.has_member
    lever = problem.policy.stars
    missing = [name for at, name in enumerate(COMMITTEE) if not has[at] and getattr(lever, name) > 0]
    if not missing:
        return None
    shares = {name: float(getattr(lever, name)) for name in missing}
    en = ", ".join(f"{MEMBER_WORDS[name].en} {percent(share)}" for name, share in shares.items())
    zh = "、".join(f"{MEMBER_WORDS[name].zh} {percent(share)}" for name, share in shares.items())
    if not has.any():
        return Text(
            f"No points of the committee for {result.year.year}: no stars. Its members' weights: {en}.",
            f"{result.year.year} 年没有评审委员会打分,不评星级。各委员权重:{zh}。",
        )
    if problem.redistribute:
        return Text(
            f"No points of {en}; this weight is shared out among the other members.",
            f"{zh} 未打分,其权重已分摊给其他委员。",
        )
    return Text(
        f"No points of {en}; this weight is not shared out, so nobody can have these points. "
        "Stars go by places and are not changed by what all lack.",
        f"{zh} 未打分,权重不分摊,该部分分数无从取得。星级按名次评定,不受共同缺项影响。",
    )


def first_month(problem: DeskProblem) -> int:
    """Month of the policy, from 1, that is assessed."""
    return problem.policy_month(problem.last) + 1
