"""The month's pay slip, part by part."""

from __future__ import annotations

import numpy as np

from territory.policy._world.assess import attained
from territory.policy._world.state import GAME, MOST_DELAY, PAD, World
from territory.policy.model import DAYS_PER_MONTH
from territory.policy.result import PAY_PARTS
from territory.units import BoolArray, FloatArray

PAY_LEVEL_KEPT = 0.7
LEAST_OVERDUE = 1e-3
_STARS = PAY_PARTS.index("stars")


def pay_out(world: World, won: BoolArray) -> None:
    """
    The month's pay by part, shape (S, 14), and the pool that was shared out.

    Notes
    -----
    (1) fixed = (1 - pool share) * (1 - part replaced by commission) * base, for the days present. (2) The pool,
    pool share * sum of base, is handed out whole: phi of it by presence, the rest by score times presence.
    (3) commission = rate * base * (attainment above the floor, up to the cap), and more above the accelerator.
    (4) The guarantee fills fixed, pool and commission up. (5) The bonus is settled at the end of its period.
    (6) Visits made and reports written. (7) Goods for sales, delayed. (8) Prize of the winning team. (9) Stars, at
    year's end (`pay_stars`). (10) Money that came in time, ideas taken up. (11) Taken off: for outlets that lapsed, a
    bonus paid in advance and not reached, and the penalty for gaming that an audit found.
    """
    people, levers, facts = world.people, world.levers, world.facts.arrays
    base, filled = world.base_pay, people.is_filled
    present = world.now.days_filled / DAYS_PER_MONTH
    earned = base * present
    pool_share = levers.number("egalitarian_pool", "pool_share")
    fixed = (1 - pool_share) * (1 - levers.number("commission", "replaces_fixed")) * earned
    shared, pool = _pool(world, pool_share * earned, present)
    reached = attained(world)
    commission = _commission(world, reached) * earned
    guarantee = np.maximum(0.0, levers.number("commission", "guarantee_share") * earned - fixed - shared - commission)
    bonus, repaid = _bonus(world, base * filled, reached)
    found = filled & (world.draws.uniforms("audit", world.month) < levers.number("anti_gaming", "audit_rate"))
    game = np.minimum(1.0, people.effort[:, GAME] + people.effort[:, PAD] + world.pull_share)
    by_part = {
        "fixed": fixed,
        "pool": shared,
        "commission": commission,
        "guarantee": guarantee,
        "bonus": bonus,
        "activity": _activity(world) * earned,
        "receivables": levers.number("activity_pay", "receivables_share") * _collected(world) * earned,
        "innovation": levers.number("activity_pay", "innovation_share") * facts["ideas"][world.month] * base,
        "noncash": _goods(world, np.maximum(0.0, reached) * earned) * filled,
        "prize": levers.number("team_award", "prize_per_member") * won,
        "stars": np.zeros_like(base),
        "churn": -levers.number("commission", "churn_penalty_share") * facts["lapsed"][world.month] * earned,
        "repaid": repaid,
        "penalty": -levers.number("anti_gaming", "penalty_share") * game * base * found,
    }
    parts = np.stack([by_part[name] for name in PAY_PARTS], axis=1)
    fresh = parts.sum(axis=1) / np.where(present > 0, world.outside_pay * present, 1.0)
    people.pay_level = np.where(
        present > 0, PAY_LEVEL_KEPT * people.pay_level + (1 - PAY_LEVEL_KEPT) * fresh, people.pay_level
    )
    world.facts.write(world.month, pool=pool, pay=parts, audited=found, base_pay=base * filled)


def _pool(world: World, given: FloatArray, present: FloatArray) -> tuple[FloatArray, float]:
    """Everybody's part of the pool that all `given` make up, and its size; nobody present, no pool."""
    total = float(given.sum())
    if total == 0.0:
        return np.zeros_like(given), 0.0
    phi = world.levers.number("egalitarian_pool", "egalitarian_share")
    equal = phi * present
    merit = (1 - phi) * world.facts.arrays["score"][world.month] * present
    equal_fund, merit_fund = float((phi * given).sum()), float(((1 - phi) * given).sum())
    by_presence = present / present.sum()
    equal_share = equal / equal.sum() if equal.sum() > 0 else by_presence
    merit_share = merit / merit.sum() if merit.sum() > 0 else by_presence
    return equal_fund * equal_share + merit_fund * merit_share, equal_fund + merit_fund


def _commission(world: World, reached: FloatArray) -> FloatArray:
    """Commission as a share of base pay."""
    levers = world.levers
    share, accelerated = levers.number("commission", "share"), levers.number("commission", "accelerator_share")
    capped = np.minimum(reached, levers.number("commission", "cap"))
    counted = np.maximum(0.0, capped - levers.number("commission", "floor"))
    above = np.maximum(0.0, reached - levers.number("commission", "accelerator_from"))
    return np.asarray(share * counted + accelerated * above)


def _activity(world: World) -> FloatArray:
    """Pay for visits made and for reports, as a share of base pay; what is padded counts."""
    levers, facts = world.levers, world.facts.arrays
    planned = world.month_plan.sum(axis=1)
    made = world.now.done.sum(axis=1)
    world.facts.write(world.month, reported_visits=np.floor(made * (1.0 + world.people.effort[:, PAD]) + 0.5))
    asked = np.maximum(1, planned)
    done = np.where(planned > 0, made / asked, 1.0)
    reported = np.where(planned > 0, facts["reported_visits"][world.month] / asked, 1.0)
    return np.asarray(
        levers.number("activity_pay", "visits_share") * done + levers.number("activity_pay", "reports_share") * reported
    )


def _goods(world: World, sold: FloatArray) -> FloatArray:
    """Goods given this month: those earned `delay_months` ago, currency; `sold` is attainment times base pay."""
    queue = world.noncash_due
    delay = np.round(world.levers.number("noncash", "delay_months")).astype(np.int64)
    earned = world.levers.number("noncash", "share") * sold
    for months in range(MOST_DELAY + 1):
        queue[months] += np.where(delay == months, earned, 0.0)
    given = queue[0].copy()
    queue[:-1] = queue[1:]
    queue[-1] = 0.0
    return np.asarray(given, dtype=np.float64)


def _collected(world: World) -> FloatArray:
    """How much of the pay for money in time is due, shape (S,): 1 when nothing is late, 0 at twice the ordinary."""
    facts, month = world.facts.arrays, world.month
    sold = facts["true_sales"][month].sum(axis=1) + facts["dumped_out"][month] + facts["pulled"][month]
    late = facts["overdue"][month] / np.where(sold > 0, sold, 1.0)
    allowed = 2 * max(LEAST_OVERDUE, world.problem.year.overdue_share)
    return np.asarray(np.maximum(0.0, 1.0 - late / allowed), dtype=np.float64)


def _bonus(world: World, base: FloatArray, reached: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Bonus paid this month and, as a negative amount, what of an advance is taken back; shape (S,) each, currency.

    Notes
    -----
    Framed as a gain it is paid at the end of the period; framed as a penalty the whole is paid in the first month and
    what was not reached is taken back at the end. Who leaves before keeps it; so do all when the horizon ends first.
    """
    levers, period, rules = world.levers, world.period, world.policy.bonus
    months = rules.period_months
    paid, repaid = np.zeros_like(base), np.zeros_like(base)
    first = world.month - world.month % months
    if rules.frame == "penalty" and world.month == first:
        paid = months * levers.number("bonus", "share") * base
        period.advance = paid
    if levers.acts("bonus").any():
        period.target = period.target + world.target
        period.recorded = period.recorded + reached * world.target
        period.months += 1
    if world.month == first + months - 1:
        settled = _bonus_earned(world) * base - period.advance
        paid, repaid = paid + np.maximum(0.0, settled), np.minimum(0.0, settled)
        period.target, period.recorded, period.advance = (np.zeros_like(base) for _ in range(3))
        period.months = 0
    return paid, repaid


def _bonus_earned(world: World) -> FloatArray:
    """The bonus of the period that ends, in monthly base pays, shape (S,)."""
    levers, period = world.levers, world.period
    share, over = levers.number("bonus", "share"), levers.number("bonus", "over_share")
    ratio = np.where(period.target > 0, period.recorded / np.where(period.target > 0, period.target, 1.0), 0.0)
    threshold = levers.number("bonus", "threshold")
    stayed = np.minimum(period.months, np.floor(world.people.tenure_months) + 1)
    due = share * (ratio >= threshold) + over * np.maximum(0.0, ratio - threshold) * (ratio > 0)
    return np.asarray(due * stayed, dtype=np.float64)


def pay_stars(world: World) -> None:
    """Year's end: each star above three is worth months of base pay."""
    prize = world.levers.number("stars", "prize_share") * np.maximum(0, world.people.star - 3)
    due = prize * world.base_pay * world.people.is_filled
    world.facts.arrays["pay"][world.month][:, _STARS] += due
