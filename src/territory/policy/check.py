"""Check: do the recorded facts of a year hold together? Recomputed from problem, policy and records alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from territory.domain.policy_rules import GRADES, MONTHS_PER_YEAR
from territory.policy.model import DAYS_PER_MONTH, PolicyProblem
from territory.policy.result import ACTIVITIES, COST_KINDS, JUDGED, MINUTE_KINDS, PAY_PARTS, YearResult
from territory.units import BoolArray, FloatArray
from territory.verify import CheckReport, Violation

MONEY = 1e-9
MINUTES = 1e-6
POINTS = 1e-9
MAX_POINTS = 100.0

Rule = Callable[[PolicyProblem, YearResult], Iterator[tuple[str, float, str]]]


def check(problem: PolicyProblem, result: YearResult) -> CheckReport:
    """Every rule of `RULES` that the records break, with subject, amount and unit."""
    violations = [
        Violation(rule=name, subject=subject, amount=amount, unit=unit)
        for name, rule in RULES.items()
        for subject, amount, unit in rule(problem, result)
    ]
    return CheckReport(violations=tuple(violations), terms=())


def _where(problem: PolicyProblem, excess: FloatArray, unit: str) -> Iterator[tuple[str, float, str]]:
    """One violation per positive entry of `excess`, shape (M, S, ...) or (M,)."""
    for place in np.argwhere(excess > 0):
        subject = f"month {place[0] + 1}"
        if len(place) > 1:
            subject += f" {problem.slot_ids[place[1]]}"
        yield subject, float(excess[tuple(place)]), unit


def _off(difference: FloatArray, scale: FloatArray | float, tolerance: float) -> FloatArray:
    """Absolute difference where it exceeds the tolerance (relative to `scale`, at least absolute), else 0."""
    size = np.abs(difference)
    return np.where(size > tolerance * np.maximum(1.0, np.abs(scale)), size, 0.0)


def _over(amount: FloatArray, limit: FloatArray | float, tolerance: float) -> FloatArray:
    """By how much `amount` exceeds `limit`, beyond the tolerance, else 0."""
    beyond = amount - limit
    return np.where(beyond > tolerance * np.maximum(1.0, np.abs(limit)), beyond, 0.0)


def _by_month(days: FloatArray | BoolArray) -> FloatArray:
    """Sums of daily records over months, shape (M, S)."""
    return np.asarray(days.reshape(MONTHS_PER_YEAR, DAYS_PER_MONTH, -1).sum(axis=1), dtype=np.float64)


def _headcount(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(1) Holders at month's end = holders before - quits - failed exams + hires."""
    before = np.vstack([np.ones((1, problem.num_slots), dtype=np.int64), result.is_filled[:-1].astype(np.int64)])
    expected = before - result.quits - result.exam_failures + result.hires
    yield from _where(problem, np.abs(expected - result.is_filled).astype(np.float64), "people")


def _last_day(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(2) Who holds a position on the last day of a month either stays or quits that evening."""
    evening = result.is_filled_day[DAYS_PER_MONTH - 1 :: DAYS_PER_MONTH].astype(np.int64)
    yield from _where(problem, np.abs(evening - result.is_filled - result.quits).astype(np.float64), "people")


def _visits(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(3) Due visits are those of the plan, made visits lie between 0 and due."""
    off_plan = np.abs(result.due_visits - problem.month_plan[None])
    outside = np.maximum(result.done_visits - result.due_visits, -result.done_visits)
    yield from _where(problem, np.maximum(off_plan, outside).astype(np.float64), "visits")


def _budget(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(4) Driving and service stay within the day's minutes for visits."""
    beyond = _over(result.used_min_day, result.budget_min_day, MINUTES)
    yield from _where(problem, _by_month(beyond), "min")


def _minutes(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(5) Minutes by kind add up to the working time of the days present, and none is negative."""
    worked = problem.workday_min * _by_month(result.is_filled_day)
    total = result.minutes.sum(axis=2)
    negative = np.maximum(0.0, -result.minutes.min(axis=2) - MINUTES)
    yield from _where(problem, np.maximum(_off(total - worked, worked, MINUTES), negative), "min")


def _field_time(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(6) Drive and service of holders plus cover by neighbours are the minutes used day by day."""
    in_field = result.minutes[:, :, [MINUTE_KINDS.index("drive"), MINUTE_KINDS.index("service")]].sum(axis=2)
    used = _by_month(result.used_min_day)
    yield from _where(problem, _off(in_field + result.cover_min - used, used, MINUTES), "min")


def _dumping(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(7) Dumped goods displace sales elsewhere, apart from the leak: company consumption stays as it is."""
    out, taken_in = result.dumped_out.sum(axis=1), result.dumped_in.sum(axis=1)
    kept = (1 - problem.year.leak_share) * out
    yield from _where(problem, _off(taken_in - kept, kept, MONEY), problem.currency)


def _dumping_limits(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(8) Nobody dumps more than the border-crossing share of own sales, nor takes in more than the limit."""
    true = result.true_sales.sum(axis=2)
    out = _over(result.dumped_out, true * problem.cross_flow.sum(axis=1), MONEY)
    taken_in = _over(result.dumped_in, true * problem.behaviour.dump_inflow_limit, MONEY)
    negative = np.maximum(0.0, -np.minimum(result.dumped_out, result.dumped_in))
    yield from _where(problem, np.maximum(np.maximum(out, taken_in), negative), problem.currency)


def _pull(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(9) Orders pulled forward are not negative and within the limit."""
    limit = problem.behaviour.pull_limit * result.true_sales.sum(axis=2)
    outside = np.maximum(_over(result.pulled, limit, MONEY), -result.pulled)
    yield from _where(problem, outside, problem.currency)


def _recorded(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(10) Recorded = true + dumped out - displaced + pulled forward - pulled the month before."""
    before = np.vstack([np.zeros((1, problem.num_slots)), result.pulled[:-1]])
    expected = result.true_sales.sum(axis=2) + result.dumped_out - result.dumped_in + result.pulled - before
    yield from _where(problem, _off(result.recorded_sales - expected, expected, MONEY), problem.currency)


def _supply(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(11) Abnormal months are those of `[year]`, with their supply."""
    abnormal = np.isin(np.arange(1, MONTHS_PER_YEAR + 1), problem.year.abnormal_months)
    supply = np.where(abnormal, problem.year.abnormal_supply, 1 + problem.year.max_uplift)
    wrong = (result.is_abnormal != abnormal) + np.abs(result.supply - supply)
    yield from _where(problem, wrong, "of normal sales")


def _effort(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(12) No negative effort; gaming at most 1."""
    game = result.effort[:, :, ACTIVITIES.index("game")]
    outside = np.maximum(-result.effort.min(axis=2), game - 1.0)
    yield from _where(problem, np.maximum(0.0, outside), "units of effort")


def _judged(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(13) Judged parts and scores lie between 0 and 100 points, and are 0 for whoever is not assessed."""
    everything = np.concatenate([result.judged, result.score[:, :, None]], axis=2)
    outside = np.maximum(everything.max(axis=2) - MAX_POINTS, -everything.min(axis=2))
    uninvited = np.where(result.is_assessed, 0.0, np.abs(everything).max(axis=2))
    yield from _where(problem, np.maximum(np.where(outside > POINTS, outside, 0.0), uninvited), "points")


def _score(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(14) Score = outcome weight * weighted components + rest * behaviour + award points, at most 100."""
    expected = np.zeros_like(result.score)
    for month in range(MONTHS_PER_YEAR):
        rules = result.policy.in_month(month + 1).assessment
        outcome = rules.outcome_weight_abnormal if result.is_abnormal[month] else rules.outcome_weight_normal
        weights = np.array([rules.component_weights[grade] for grade in GRADES])[result.holder_grade[month]]
        judged = result.judged[month]
        plain = outcome * (weights * judged[:, :3]).sum(axis=1) + (1 - outcome) * judged[:, JUDGED.index("behaviour")]
        expected[month] = np.minimum(MAX_POINTS, plain + result.award_points[month])
    expected = np.where(result.is_assessed, expected, 0.0)
    yield from _where(problem, _off(result.score - expected, expected, POINTS), "points")


def _award(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(15) Award points are those of last month's rule, and only one team has them."""
    for month in range(MONTHS_PER_YEAR):
        due = result.policy.in_month(month).team_award.score_bonus_points if month else 0.0
        given = result.award_points[month]
        wrong = np.where(given > 0, np.abs(given - due), 0.0)
        teams = np.unique(problem.team_idx[given > 0])
        for slot in np.flatnonzero(wrong > POINTS).tolist():
            yield f"month {month + 1} {problem.slot_ids[slot]}", float(wrong[slot]), "points"
        if len(teams) > 1:
            yield f"month {month + 1}", float(len(teams) - 1), "teams"


def _pool(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(16) Shares of the pool add up to the pool, and the pool is its share of all base pay."""
    paid = result.pay[:, :, PAY_PARTS.index("pool")].sum(axis=1)
    fixed = result.pay[:, :, PAY_PARTS.index("fixed")].sum(axis=1)
    share = np.array([result.policy.in_month(month + 1).pay.pool_share for month in range(MONTHS_PER_YEAR)])
    size = share / (1 - share) * fixed
    handed_out = _off(paid - result.pool, result.pool, MONEY)
    yield from _where(problem, np.maximum(handed_out, _off(result.pool - size, size, MONEY)), problem.currency)


def _pay(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(17) No negative part but the penalty, which is not positive; nobody is paid who was not there."""
    penalty = PAY_PARTS.index("penalty")
    rewards = np.delete(result.pay, penalty, axis=2)
    wrong = np.maximum(-rewards.min(axis=2), result.pay[:, :, penalty])
    absent = _by_month(result.is_filled_day) == 0
    unearned = np.where(absent, np.abs(result.pay).max(axis=2), 0.0)
    yield from _where(problem, np.maximum(np.maximum(0.0, wrong), unearned), problem.currency)


def _audits(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(18) Audits happen only where the policy has them, penalties only where an audit happened."""
    rates = np.array([result.policy.in_month(month + 1).anti_gaming.audit_rate for month in range(MONTHS_PER_YEAR)])
    uncalled = result.audited & (rates == 0)[:, None]
    unproved = (result.pay[:, :, PAY_PARTS.index("penalty")] < 0) & ~result.audited
    yield from _where(problem, (uncalled | unproved).astype(np.float64), "audits")


def _ladder(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(19) After the ranking the grades fill their caps, and no lower score has the higher grade."""
    ranked = (result.annual_score > 0) & (result.grade_next >= 0)
    number = int(ranked.sum())
    for grade, cap in enumerate(problem.year.grade_caps):
        count = int((result.grade_next[ranked] == grade).sum())
        beyond = abs(count - cap * number) - 1
        if beyond > POINTS:
            yield GRADES[grade], beyond, "people"
    for grade in range(1, len(GRADES)):
        upper = result.annual_score[ranked & (result.grade_next >= grade)]
        lower = result.annual_score[ranked & (result.grade_next < grade)]
        if upper.size and lower.size and lower.max() > upper.min():
            yield GRADES[grade], float(lower.max() - upper.min()), "points"
    for slot in np.flatnonzero((result.grade_next >= 0) != result.is_filled[-1]).tolist():
        yield problem.slot_ids[slot], 1.0, "people"


def _pairs(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(20) Pairs are of two, one pair a month each, in the months of the lever, renewed at most as often as allowed."""
    lever = result.policy.mentoring
    load = np.zeros((MONTHS_PER_YEAR, problem.num_slots))
    for pair in range(len(result.pair_start)):
        mentor, mentee = int(result.pair_mentor[pair]), int(result.pair_mentee[pair])
        start, end = int(result.pair_start[pair]), int(result.pair_end[pair])
        load[start : end + 1, mentor] += 1
        load[start : end + 1, mentee] += 1
        subject = f"pair {problem.slot_ids[mentor]} {problem.slot_ids[mentee]}"
        renewals = int(result.pair_renewals[pair])
        if renewals != end - start or renewals > lever.max_renewals:
            yield subject, float(max(abs(renewals - (end - start)), renewals - lever.max_renewals)), "renewals"
        if not (lever.is_in_force(start + 1) and lever.is_in_force(end + 1)):
            yield subject, float(end - start + 1), "months"
    yield from _where(problem, np.maximum(0.0, load - 1), "pairs")


def _costs(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(21) No cost is negative; hiring and onboarding are charged per hire."""
    hires = result.hires.sum(axis=1)
    levers = [result.policy.in_month(month + 1).onboarding for month in range(MONTHS_PER_YEAR)]
    hiring = hires * problem.year.hire_cost
    onboarding = np.array([lever.cost_per_month for lever in levers])
    onboarding += hires * np.array([lever.cost_per_hire for lever in levers])
    wrong = _off(result.costs[:, COST_KINDS.index("hiring")] - hiring, hiring, MONEY)
    wrong += _off(result.costs[:, COST_KINDS.index("onboarding")] - onboarding, onboarding, MONEY)
    yield from _where(problem, np.maximum(wrong, -result.costs.min(axis=1)), problem.currency)


RULES: dict[str, Rule] = {
    "headcount": _headcount,
    "last_day": _last_day,
    "visits": _visits,
    "budget": _budget,
    "minutes": _minutes,
    "field_time": _field_time,
    "dumping": _dumping,
    "dumping_limits": _dumping_limits,
    "pull": _pull,
    "recorded": _recorded,
    "supply": _supply,
    "effort": _effort,
    "judged": _judged,
    "score": _score,
    "award": _award,
    "pool": _pool,
    "pay": _pay,
    "audits": _audits,
    "ladder": _ladder,
    "pairs": _pairs,
    "costs": _costs,
}
