"""Is it good? Measures of a simulated year, computed from its recorded facts."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import MONTHS_PER_YEAR
from territory.language import Text
from territory.measure import Direction, Measure
from territory.policy.model import DAYS_PER_MONTH, PolicyProblem
from territory.policy.result import ACTIVITIES, MINUTE_KINDS, YearResult
from territory.units import FloatArray

PERCENT = 100.0


def monthly_margin(problem: PolicyProblem, result: YearResult) -> FloatArray:
    """Margin on goods sold, the leak included, less the discount on dumped ones and the cost of late money, (M,)."""
    year = problem.year
    dumped, late = result.dumped_out.sum(axis=1), result.overdue.sum(axis=1)
    sold = result.true_sales.sum(axis=(1, 2)) + year.leak_share * dumped
    given = problem.behaviour.dump_discount * dumped + year.overdue_cost_share * late
    return np.asarray(year.margin_share * sold - given, dtype=np.float64)


def monthly_payroll(result: YearResult) -> FloatArray:
    """All pay of reps and of their supervisors, shape (M,), currency."""
    return np.asarray(result.pay.sum(axis=(1, 2)) + result.supervisor_pay.sum(axis=1), dtype=np.float64)


def gross_margin(problem: PolicyProblem, result: YearResult) -> float:
    """Margin of the year, see `monthly_margin`; currency."""
    return float(monthly_margin(problem, result).sum())


def payroll(result: YearResult) -> float:
    """All pay of the year, of reps and of their supervisors; currency."""
    return float(monthly_payroll(result).sum())


def programme_cost(result: YearResult) -> float:
    """Costs of levers and of hiring in the year, currency."""
    return float(result.costs.sum())


def gini(amounts: FloatArray) -> float:
    """Gini coefficient of amounts that are not negative, 0 (equal) to 1; 0 when there is nothing to share."""
    if amounts.size == 0 or amounts.sum() <= 0:
        return 0.0
    ordered = np.sort(amounts)
    place = np.arange(1, ordered.size + 1)
    return float((2 * place - ordered.size - 1) @ ordered / (ordered.size * ordered.sum()))


def measures(problem: PolicyProblem, result: YearResult) -> tuple[Measure, ...]:
    """All measures of one year, each with unit and direction, in a fixed order that depends on the problem alone."""
    money = problem.currency
    true, recorded = float(result.true_sales.sum()), float(result.recorded_sales.sum())
    due, done = result.due_visits.sum(axis=(0, 1)), result.done_visits.sum(axis=(0, 1))
    minutes = result.minutes.sum(axis=(0, 1))
    drive, service = (float(minutes[MINUTE_KINDS.index(kind)]) for kind in ("drive", "service"))
    filled_days = int(result.is_filled_day.sum())
    headcount = filled_days / (DAYS_PER_MONTH * MONTHS_PER_YEAR)  # person-years
    holders = result.is_filled[-1]
    skill = result.skill[-1][holders].mean(axis=1)
    target = result.target.sum(axis=0)
    sold = result.true_sales.sum(axis=(0, 2))
    sells = (target > 0) & (sold > 0)
    log_sales = np.log(sold[sells] / target[sells])
    known = result.annual_score > 0
    worked = result.is_filled_day.reshape(-1, DAYS_PER_MONTH, problem.num_slots).any(axis=1)
    effort = result.effort[worked].mean(axis=0) if worked.any() else np.zeros(len(ACTIVITIES))
    reported = float(result.reported_visits.sum())
    potential = result.potential.sum(axis=2)
    normal = float(potential.sum())
    all_year = result.is_filled_day.all(axis=0)
    spent = payroll(result) + programme_cost(result)
    found = [
        _measure("true_sales", true, money, "up", "True sales", "真实销售额"),
        _measure("recorded_sales", recorded, money, "none", "Recorded sales", "账面销售额"),
        _measure(
            "attainment",
            _share(true, float(target.sum())),
            "%",
            "up",
            "True sales against target",
            "真实销售目标完成率",
        ),
        _measure("gross_margin", gross_margin(problem, result), money, "up", "Gross margin", "毛利"),
        _measure("payroll", payroll(result), money, "none", "Payroll", "薪酬总额"),
        _measure(
            "supervisor_pay",
            float(result.supervisor_pay.sum()),
            money,
            "none",
            "of which supervisors",
            "其中主管薪酬",
        ),
        _measure("programme_cost", programme_cost(result), money, "down", "Programmes and hiring", "项目与招聘费用"),
        _measure(
            "profit",
            gross_margin(problem, result) - spent,
            money,
            "up",
            "Profit after pay and programmes",
            "扣除薪酬与项目后的利润",
        ),
        _measure(
            "visits_done",
            _share(float(done.sum()), float(due.sum())),
            "%",
            "up",
            "Planned visits made",
            "计划拜访完成率",
        ),
        *(
            _measure(
                f"visits_done_{name}",
                _share(float(done[k]), float(due[k])),
                "%",
                "up",
                f"Planned visits made, class {name}",
                f"计划拜访完成率({name} 类)",
            )
            for k, name in enumerate(problem.classes)
        ),
        _measure(
            "drive_share",
            _share(drive, drive + service),
            "%",
            "down",
            "Drive share of field time",
            "路途占外勤时间比例",
        ),
        _measure(
            "core_share",
            _share(service, float(minutes.sum())),
            "%",
            "up",
            "Service share of working time",
            "服务占工作时间比例",
        ),
        _measure(
            "skill", float(skill.mean()) if skill.size else 0.0, "", "up", "Mean skill at year end", "年末平均技能"
        ),
        _measure(
            "skill_sd",
            float(skill.std()) if skill.size else 0.0,
            "",
            "none",
            "Spread of skill at year end",
            "年末技能离散度",
        ),
        _measure(
            "sales_spread",
            float(log_sales.std()) if log_sales.size else 0.0,
            "",
            "none",
            "Spread of log sales per rep",
            "人均销售对数离散度",
        ),
        _measure(
            "turnover", _share(float(result.quits.sum()), headcount), "%", "down", "Turnover per year", "年离职率"
        ),
        _measure(
            "vacant_days",
            PERCENT - _share(filled_days, float(result.is_filled_day.size)),
            "%",
            "down",
            "Position days vacant",
            "岗位空缺天数占比",
        ),
        _measure(
            "exam_failures",
            float(result.exam_failures.sum()),
            "people",
            "none",
            "Newcomers who failed the exam",
            "考试未通过的新人",
        ),
        _measure(
            "pay_gini", gini(result.pay.sum(axis=(0, 2))[all_year]), "", "none", "Gini of yearly pay", "年薪基尼系数"
        ),
        _measure(
            "score",
            float(result.annual_score[known].mean()) if known.any() else 0.0,
            "points",
            "none",
            "Mean yearly score",
            "年度平均得分",
        ),
        _measure(
            "gaming_index",
            _share(float(result.dumped_out.sum() + result.pulled.sum()), true),
            "%",
            "down",
            "Dumped or pulled forward, of true sales",
            "窜货与压货占真实销售比例",
        ),
        _measure(
            "goodwill",
            float((result.goodwill * result.potential).sum() / result.potential.sum()) if normal else 1.0,
            "",
            "up",
            "Outlets' goodwill (1: normal)",
            "客户好感度(1 为正常)",
        ),
        _measure(
            "cost_share",
            _share(spent, true),
            "%",
            "down",
            "Pay and programmes, of true sales",
            "薪酬与项目占真实销售比例",
        ),
        _measure(
            "overdue",
            _share(float(result.overdue.sum()), recorded),
            "%",
            "down",
            "Sales paid late",
            "逾期货款占账面销售比例",
        ),
        _measure(
            "lapsed",
            PERCENT * float((result.lapsed * potential).sum()) / normal if normal else 0.0,
            "%",
            "down",
            "Normal sales lost to outlets that lapsed",
            "因维护不足流失的正常销售",
        ),
        _measure("ideas", float(result.ideas.sum()), "ideas", "none", "Ideas taken up", "采纳的创新建议"),
        _measure(
            "influence_share",
            _share(float(effort[ACTIVITIES.index("court")]), float(effort.sum())),
            "%",
            "down",
            "Effort spent on courting assessors",
            "讨好考核者的精力占比",
        ),
        _measure(
            "padded_visits",
            _share(reported - float(done.sum()), reported),
            "%",
            "down",
            "Reported visits that were not made",
            "虚报拜访占比",
        ),
        _measure(
            "harm",
            PERCENT * float(effort[ACTIVITIES.index("sabotage")]),
            "%",
            "down",
            "Effort spent against colleagues",
            "互相拆台的精力",
        ),
        _measure(
            "admin_share",
            _share(float(minutes[MINUTE_KINDS.index("admin")]), float(minutes.sum())),
            "%",
            "down",
            "Administration share of working time",
            "事务工作占工作时间比例",
        ),
        _measure(
            "quality",
            float(result.quality[worked].mean()) if worked.any() else 0.0,
            "",
            "up",
            "Worth of a visit",
            "单次拜访成效",
        ),
        _measure(
            "pay_per_rep",
            float(result.pay.sum()) / headcount if headcount else 0.0,
            money,
            "none",
            "Pay per rep and year",
            "人均年薪",
        ),
        _measure(
            "eliminated", float(result.eliminated.sum()), "people", "none", "Replaced by the ranking", "末位淘汰人数"
        ),
        _measure("pairs", float(len(result.pair_start)), "pairs", "none", "Mentoring pairs", "结对数"),
        _measure(
            "pairs_succeeded",
            _share(float(result.pair_success.sum()), float(len(result.pair_start))),
            "%",
            "none",
            "Pairs that reached their target",
            "结对达标率",
        ),
        _measure(
            "promotions",
            float((result.grade_next > result.grade)[(result.grade >= 0) & (result.annual_score > 0)].sum()),
            "people",
            "none",
            "Promotions at year end",
            "年末晋升人数",
        ),
    ]
    return tuple(found)


def _share(part: float, whole: float) -> float:
    """Per cent, 0 of nothing."""
    return PERCENT * part / whole if whole else 0.0


def _measure(name: str, value: float, unit: str, direction: Direction, en: str, zh: str) -> Measure:
    return Measure(name=name, value=value, unit=unit, direction=direction, label=Text(en=en, zh=zh))
