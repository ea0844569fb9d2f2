"""Check: do the recorded facts of a year hold together? Recomputed from problem, policy and records alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

import numpy as np

from territory.domain.policy_rules import COMPONENTS, GRADES, LEVERS, MONTHS_PER_YEAR
from territory.policy.in_force import InForce
from territory.policy.model import DAYS_PER_MONTH, PolicyProblem
from territory.policy.result import ACTIVITIES, COST_KINDS, JUDGED, MINUTE_KINDS, PAY_PARTS, REWARDS, YearResult
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


def _largest(columns: FloatArray) -> FloatArray:
    """Largest of the last axis, column by column: ten times as fast as asking numpy for it where there are few."""
    return np.asarray(reduce(np.maximum, np.moveaxis(columns, -1, 0)), dtype=np.float64)


def _smallest(columns: FloatArray) -> FloatArray:
    """Smallest of the last axis."""
    return np.asarray(reduce(np.minimum, np.moveaxis(columns, -1, 0)), dtype=np.float64)


def _by_month(days: FloatArray | BoolArray) -> FloatArray:
    """Sums of daily records over months, shape (M, S)."""
    return np.asarray(days.reshape(len(days) // DAYS_PER_MONTH, DAYS_PER_MONTH, -1).sum(axis=1), dtype=np.float64)


def _in_force(result: YearResult) -> InForce:
    """The policy as the records say it stood, month by month one slot after the other: M x S of them."""
    return InForce(result.policy, result.strength.transpose(1, 0, 2).reshape(len(LEVERS), -1))


def _monthly(result: YearResult, lever: str, setting: str) -> FloatArray:
    """A setting month by month, shape (M, S)."""
    return _in_force(result).number(lever, setting).reshape(len(result.pool), -1)


def _headcount(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(1) Holders at month's end = holders before - quits - failed exams - replaced - promoted away + hires."""
    before = np.vstack([np.ones((1, problem.num_slots), dtype=np.int64), result.is_filled[:-1].astype(np.int64)])
    gone = result.quits + result.exam_failures + result.eliminated + result.promoted_out
    expected = before - gone + result.hires
    yield from _where(problem, np.abs(expected - result.is_filled).astype(np.float64), "people")


def _last_day(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(2) Who holds a position on the last day of a month either stays or quits that evening."""
    left = result.quits + result.eliminated + result.promoted_out
    evening = result.is_filled_day[DAYS_PER_MONTH - 1 :: DAYS_PER_MONTH].astype(np.int64)
    yield from _where(problem, np.abs(evening - result.is_filled - left).astype(np.float64), "people")


def _visits(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(3) Due visits are those of the plan where no visit rule changes it, made visits lie between 0 and due."""
    changed = np.asarray(result.strength[:, LEVERS.index("visit_rules")].any(axis=1))[:, None, None]
    off_plan = np.where(changed, 0, np.abs(result.due_visits - problem.month_plan[None]))
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
    negative = np.maximum(0.0, -_smallest(result.minutes) - MINUTES)
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
    limit = problem.year.movable_share * result.true_sales.sum(axis=2)
    outside = np.maximum(_over(result.pulled, limit, MONEY), -result.pulled)
    yield from _where(problem, outside, problem.currency)


def _recorded(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(10) Recorded = true + dumped out - displaced + pulled forward - pulled the month before."""
    before = np.vstack([np.zeros((1, problem.num_slots)), result.pulled[:-1]])
    expected = result.true_sales.sum(axis=2) + result.dumped_out - result.dumped_in + result.pulled - before
    yield from _where(problem, _off(result.recorded_sales - expected, expected, MONEY), problem.currency)


def _supply(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(11) Nobody sells more than supply allows in a month that is short; without the lever those are `[year]`'s."""
    year = problem.year
    if not year.supply_limited:
        return
    months = np.arange(len(result.pool)) % MONTHS_PER_YEAR + 1
    usual = np.where(np.isin(months, year.abnormal_months), year.abnormal_supply, 1 + year.max_uplift)
    free = ~result.strength[:, LEVERS.index("supply")].any(axis=1)
    yield from _where(problem, np.where(free, np.abs(result.supply - usual), 0.0), "of normal sales")
    yield from _where(problem, _over(result.supply, usual, MONEY), "of normal sales")


def _effort(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(12) No negative effort; gaming, padding and sabotage at most 1."""
    harmful = [ACTIVITIES.index(name) for name in ("game", "pad", "sabotage")]
    outside = np.maximum(-_smallest(result.effort), _largest(result.effort[:, :, harmful]) - 1.0)
    yield from _where(problem, np.maximum(0.0, outside), "units of effort")


def _judged(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(13) Judged parts and scores lie between 0 and 100 points, and are 0 for whoever is not assessed."""
    everything = np.concatenate([result.judged, result.score[:, :, None]], axis=2)
    outside = np.maximum(_largest(everything) - MAX_POINTS, -_smallest(everything))
    uninvited = np.where(result.is_assessed, 0.0, _largest(np.abs(everything)))
    yield from _where(problem, np.maximum(np.where(outside > POINTS, outside, 0.0), uninvited), "points")


def _score(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(14) Plain score = outcome weight * weighted components + rest * behaviour; + award points it is the score."""
    force, shape = _in_force(result), result.score.shape
    outcome = np.where(
        result.is_abnormal[:, None],
        force.number("outcome_weight", "abnormal").reshape(shape),
        force.number("outcome_weight", "normal").reshape(shape),
    )
    weights = np.zeros((*shape, len(COMPONENTS)))
    for code, grade in enumerate(GRADES):
        mine = result.holder_grade == code
        weights[mine] = force.numbers("component_weights", grade).reshape(weights.shape)[mine]
    components = (weights * result.judged[:, :, : len(COMPONENTS)]).sum(axis=2)
    expected = outcome * components + (1 - outcome) * result.judged[:, :, JUDGED.index("behaviour")]
    expected = np.where(result.is_assessed, expected, 0.0)
    wrong = _off(result.plain_score - expected, expected, POINTS)
    forced = np.asarray(_monthly(result, "ladder", "forced_distribution").any(axis=1))[:, None]
    final = np.where(result.is_assessed, np.clip(expected + result.award_points, 0.0, MAX_POINTS), 0.0)
    wrong = wrong + np.where(forced, 0.0, _off(result.score - final, final, POINTS))
    yield from _where(problem, wrong, "points")


def _award(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(15) Award points come from a team award or a mentoring pair; without both levers there are none."""
    rows = [LEVERS.index("team_award"), LEVERS.index("mentoring")]
    sources = np.asarray(result.strength[:, rows].any(axis=(1, 2)))
    before = np.append(False, sources[:-1])
    wrong = np.where((sources | before)[:, None], 0.0, np.abs(result.award_points))
    yield from _where(problem, np.maximum(wrong, -result.award_points), "points")


def _pool(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(16) Shares of the pool add up to the pool, and the pool is its share of all base pay of the days present."""
    paid = result.pay[:, :, PAY_PARTS.index("pool")].sum(axis=1)
    present = _by_month(result.is_filled_day) / DAYS_PER_MONTH
    fixed = result.pay[:, :, PAY_PARTS.index("fixed")]
    share = _monthly(result, "egalitarian_pool", "pool_share")
    kept = (1 - share) * (1 - _monthly(result, "commission", "replaces_fixed"))
    stayed = result.base_pay > 0
    earned = result.base_pay * present
    size = np.where(stayed, share * earned, 0.0).sum(axis=1)
    handed_out = _off(paid - result.pool, result.pool, MONEY)
    wrong = np.where(stayed.all(axis=1), _off(result.pool - size, size, MONEY), 0.0)
    yield from _where(problem, np.maximum(handed_out, wrong), problem.currency)
    off = np.where(stayed, _off(fixed - kept * earned, earned, MONEY), 0.0)
    yield from _where(problem, off, problem.currency)


def _pay(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(17) Rewards are not negative and deductions not positive; nobody is paid who was not there."""
    rewards, deductions = result.pay[:, :, : len(REWARDS)], result.pay[:, :, len(REWARDS) :]
    wrong = np.maximum(-_smallest(rewards), _largest(deductions))
    absent = _by_month(result.is_filled_day) == 0
    unearned = np.where(absent, _largest(np.abs(result.pay)), 0.0)
    yield from _where(problem, np.maximum(np.maximum(0.0, wrong), unearned), problem.currency)


def _linked_pay(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(23) Ideas are paid one by one, lapsed customers cost their share; an advance comes back where there was one."""
    present = _by_month(result.is_filled_day) / DAYS_PER_MONTH
    idea = _monthly(result, "activity_pay", "innovation_share") * result.ideas
    lost = -_monthly(result, "commission", "churn_penalty_share") * result.lapsed * present
    for part, expected in (("innovation", idea), ("churn", lost)):
        stayed = np.where(result.base_pay > 0, expected * result.base_pay, result.pay[:, :, PAY_PARTS.index(part)])
        off = _off(result.pay[:, :, PAY_PARTS.index(part)] - stayed, stayed, MONEY)
        yield from _where(problem, off, problem.currency)
    given = np.cumsum(np.maximum(0.0, result.pay[:, :, PAY_PARTS.index("bonus")]), axis=0)
    back = -np.cumsum(result.pay[:, :, PAY_PARTS.index("repaid")], axis=0)
    yield from _where(problem, _over(back, given, MONEY), problem.currency)


def _late_and_lapsed(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(24) Nothing is late that was not sold; outlets lapse only below their normal goodwill, and at most all do."""
    sold = result.true_sales.sum(axis=2) + result.dumped_out + result.pulled
    outside = np.maximum(_over(result.overdue, sold, MONEY), -result.overdue)
    yield from _where(problem, np.maximum(0.0, outside), problem.currency)
    neglected = ((result.goodwill < 1.0) & (result.potential > 0)).any(axis=2)
    most = np.where(neglected, 1.0, 0.0)
    wrong = np.maximum(_over(result.lapsed, most, MONEY), -result.lapsed)
    yield from _where(problem, np.maximum(0.0, wrong), "of normal sales")


def _ideas(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(25) Ideas come where they are paid, one a month and rep at most."""
    paid = _monthly(result, "activity_pay", "innovation_share") > 0
    yield from _where(problem, np.where(paid, np.maximum(0, result.ideas - 1), result.ideas).astype(float), "ideas")


def _supervisors(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(26) Supervisors are paid as many as the span asks for, as far as it follows the team's results by these."""
    full = problem.year.supervisor_pay * problem.year.base_pay_per_month
    span, follows, visits = (
        _monthly(result, lever, setting)
        for lever, setting in (
            ("supervisor", "span_factor"),
            ("supervisor", "incentive_share"),
            ("activity_pay", "supervisor_share"),
        )
    )
    member = (problem.team_idx == np.arange(len(problem.team_ids))[:, None]).astype(np.float64)
    size = np.maximum(1.0, member.sum(axis=1))

    def total(per_slot: FloatArray) -> FloatArray:
        """Sums over the members of each team, shape (M, T)."""
        return np.asarray(np.einsum("ts,ms->mt", member, per_slot), dtype=np.float64)

    sold = _done_of(total(result.recorded_sales), total(result.target))
    made = _done_of(total(result.done_visits.sum(axis=2)), total(result.due_visits.sum(axis=2)))
    by_result = total(follows) / size * (sold - 1.0) + total(visits) / size * made
    heads = np.where(total(span) > 0, size / np.where(total(span) > 0, total(span), 1.0), 0.0)
    expected = full * heads * (1.0 + by_result)
    off = _off(result.supervisor_pay - expected, expected, MONEY)
    for month, team in np.argwhere(off > 0).tolist():
        yield f"month {month + 1} {problem.team_ids[team]}", float(off[month, team]), problem.currency


def _done_of(done: FloatArray, asked: FloatArray) -> FloatArray:
    """Share done of what was asked, 1 where nothing was."""
    return np.where(asked > 0, np.maximum(0.0, done) / np.where(asked > 0, asked, 1.0), 1.0)


def _audits(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(18) Audits happen only where the policy has them, penalties only where an audit happened."""
    uncalled = result.audited & (_monthly(result, "anti_gaming", "audit_rate") == 0)
    unproved = (result.pay[:, :, PAY_PARTS.index("penalty")] < 0) & ~result.audited
    yield from _where(problem, (uncalled | unproved).astype(np.float64), "audits")


def _ladder(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(19) After each ranking the grades fill their caps; nobody moves in grade and up in step at once."""
    for year in range(len(result.grade)):
        month = (year + 1) * MONTHS_PER_YEAR - 1
        if month >= len(result.pool):
            continue
        ranked = (result.star[year] > 0) & (result.grade_next[year] >= 0)  # stars go to whoever is ranked
        number = int(ranked.sum())
        force = InForce(result.policy, result.strength[month])
        for grade, name in enumerate(GRADES):
            count = int((result.grade_next[year][ranked] == grade).sum())
            beyond = abs(count - force.company("ladder", name) * number) - 1
            if beyond > POINTS:
                yield f"year {year + 1} {name}", beyond, "people"
        moved = ranked & (result.grade_next[year] != result.grade[year])
        for slot in np.flatnonzero(moved & (result.step_next[year] != 1)).tolist():
            yield problem.slot_ids[slot], float(result.step_next[year][slot] - 1), "steps"


def _pairs(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(20) Pairs are of two, one pair a month each, begun in months of the lever, renewed no oftener than allowed."""
    mentor, mentee, start, end = result.pair_mentor, result.pair_mentee, result.pair_start, result.pair_end
    # Of every slot one more pair from the month it starts, one fewer from the month after its end.
    change = np.zeros((len(result.pool) + 1, problem.num_slots))
    for slot in (mentor, mentee):
        np.add.at(change, (start, slot), 1.0)
        np.add.at(change, (end + 1, slot), -1.0)
    yield from _where(problem, np.maximum(0.0, change.cumsum(axis=0)[:-1] - 1), "pairs")
    renewals, most = result.pair_renewals, result.policy.mentoring.max_renewals
    off = np.maximum(np.abs(renewals - (end - start)), renewals - most)
    uncalled = np.where(result.strength[start, LEVERS.index("mentoring"), mentee] > 0, 0, end - start + 1)
    for amount, unit in ((off, "renewals"), (uncalled, "months")):
        for pair in np.flatnonzero(amount > 0).tolist():
            subject = f"pair {problem.slot_ids[mentor[pair]]} {problem.slot_ids[mentee[pair]]}"
            yield subject, float(amount[pair]), unit


def _costs(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(21) No cost is negative, hiring is charged per hire, and levers never cost more than the year's budget."""
    recruiting = result.hires.sum(axis=1) * problem.year.hire_cost
    wrong = _off(result.costs[:, COST_KINDS.index("recruiting")] - recruiting, recruiting, MONEY)
    yield from _where(problem, np.maximum(wrong, -result.costs.min(axis=1)), problem.currency)
    if result.policy.budget_per_year is not None:
        for first in range(0, len(result.pool), MONTHS_PER_YEAR):
            spent = float(result.costs[first : first + MONTHS_PER_YEAR, : len(LEVERS)].sum())
            if spent > result.policy.budget_per_year * (1 + MONEY):
                yield f"year {first // MONTHS_PER_YEAR + 1}", spent - result.policy.budget_per_year, problem.currency


def _strength(problem: PolicyProblem, result: YearResult) -> Iterator[tuple[str, float, str]]:
    """(22) A lever acts only in its months, at most with its strength, and only on its grades."""
    months = range(len(result.pool))
    levers = [result.policy.lever(name) for name in LEVERS]
    allowed = np.array([[lever.strength * lever.is_in_force(month + 1) for lever in levers] for month in months])
    most, least = result.strength.max(axis=2, initial=0.0), result.strength.min(axis=2, initial=0.0)
    for month, row in np.argwhere((most > allowed) | (least < 0.0)).tolist():
        amount = abs(float(most[month, row] - allowed[month, row]))
        yield f"month {month + 1} {LEVERS[row]}", amount, "of full strength"


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
    "linked_pay": _linked_pay,
    "late_and_lapsed": _late_and_lapsed,
    "ideas": _ideas,
    "supervisors": _supervisors,
    "audits": _audits,
    "ladder": _ladder,
    "pairs": _pairs,
    "costs": _costs,
    "strength": _strength,
}
