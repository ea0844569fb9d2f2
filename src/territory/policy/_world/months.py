"""What a month begins and ends with: supply, plan, targets, levers in force; costs and conditions."""

from __future__ import annotations

import numpy as np

from territory.domain.policy_rules import LEVERS, MONTHS_PER_YEAR
from territory.policy._world.market import month_season
from territory.policy._world.state import Month, World
from territory.policy.in_force import InForce
from territory.policy.model import WEEKS_PER_MONTH, PolicyProblem, spread_over_days
from territory.policy.scoring import supply_of_month
from territory.units import FloatArray, IntArray

FREE_SUPPLY = 1e6
MOST_MOVED_TO_A = 0.5


def turn_page(world: World, month: int) -> None:
    """Morning of a month's first day."""
    world.month = month
    world.now = Month.blank(world.problem)
    world.backlog = np.zeros_like(world.backlog)
    strength = world.programme.strengths(world.people, month)
    world.levers = InForce(world.policy, strength, before=world.levers)
    if month % MONTHS_PER_YEAR == 0:
        _rebalance(world)
        if month:
            _raise_targets(world)
    _plan(world)
    _supply(world)
    growth = (1.0 + world.levers.number("targets", "growth_per_year")) ** (month // MONTHS_PER_YEAR)
    normal = world.potential.sum(axis=1) * WEEKS_PER_MONTH
    world.target = (
        month_season(world, month) * normal * world.levers.number("targets", "level") * growth * world.target_growth
    )
    world.people.changes += 1
    world.facts.write(month, strength=strength, target=world.target, potential=world.potential)


def _supply(world: World) -> None:
    """Supply of the month, and whether it counts as abnormal."""
    year, policy, month = world.problem.year, world.policy.supply, world.month
    supply = supply_of_month(year, policy, month=month, strength=float(world.levers.of("supply").max()))
    if not year.supply_limited:
        supply = FREE_SUPPLY
    limit = world.levers.company("outcome_weight", "abnormal_below")
    world.facts.write(month, is_abnormal=supply < limit, supply=supply)


def _plan(world: World) -> None:
    """Visits planned per day under the visit rules; as long as those stay, so do the visits."""
    levers = world.levers
    rules = np.stack([levers.number("visit_rules", name) for name in ("frequency_factor", "class_weight")])
    if not np.array_equal(rules, world.visit_rules):
        world.visit_rules = rules
        world.day_plan = _plan_of(world.problem, factor=rules[0], weight=rules[1])
        world.month_plan = np.asarray(world.day_plan.sum(axis=0))


def _plan_of(problem: PolicyProblem, *, factor: FloatArray, weight: FloatArray) -> IntArray:
    """Visits planned per day, shape (21, S, K), where all come `factor` times and `weight` moves some to class A."""
    if (factor == 1.0).all() and not weight.any():
        return problem.day_plan
    planned = problem.planned_visits * factor[:, None]
    if planned.shape[1] > 1 and weight.any():
        # From the other classes to the first one or back, their number kept.
        others = planned[:, 1:].sum(axis=1)
        moved = MOST_MOVED_TO_A * np.where(weight > 0, weight * others, weight * planned[:, 0])
        shrunk = np.where(others > 0, (others - moved) / np.where(others > 0, others, 1.0), 1.0)
        planned = np.column_stack([planned[:, 0] + np.where(others > 0, moved, 0.0), planned[:, 1:] * shrunk[:, None]])
    return spread_over_days(planned, rows=problem.stream_row)


def _rebalance(world: World) -> None:
    """Potential moves towards an equal share of the team's, class by class; what moves has to be known anew."""
    share = world.levers.number("territory", "rebalance_share")
    if not share.any():
        return
    groups, behaviour = world.problem.groups, world.problem.behaviour
    everyone = np.ones(world.problem.num_slots, dtype=np.bool_)
    before = world.potential
    after = np.empty_like(before)
    for outlet_class in range(before.shape[1]):
        column = before[:, outlet_class]
        moved = column + share * (groups.mean(column, everyone) - column)
        # Who does not take part keeps the territory; the team's sum stays.
        after[:, outlet_class] = _sum_kept(groups.total(column), groups.total(moved), moved)
    gained = np.maximum(0.0, after - before).sum(axis=1) / np.maximum(1e-9, after.sum(axis=1))
    world.goodwill = world.goodwill * (1.0 - (1.0 - behaviour.relationship_kept) * gained)[:, None]
    world.potential = after


def _sum_kept(wanted: FloatArray, found: FloatArray, values: FloatArray) -> FloatArray:
    return np.asarray(values * np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 1.0), dtype=np.float64)


def _raise_targets(world: World) -> None:
    """The ratchet: part of last year's over-achievement is asked for from now on."""
    ratchet = world.levers.number("targets", "ratchet")
    if not ratchet.any():
        return
    year = slice(world.month - MONTHS_PER_YEAR, world.month)
    target = world.facts.arrays["target"][year].sum(axis=0)
    recorded = world.facts.arrays["recorded_sales"][year].sum(axis=0)
    over = np.where(target > 0, np.maximum(0.0, recorded / np.where(target > 0, target, 1.0) - 1.0), 0.0)
    world.target_growth = world.target_growth * (1.0 + ratchet * over)


def count_costs(world: World) -> None:
    """Month's end: fixed costs of levers in force, per person, and what is paid by the piece."""
    month, facts, force = world.month, world.facts, world.levers
    fixed, per_person = world.programme.cost_rates
    covered = force.strength.sum(axis=1)
    facts.arrays["costs"][month, : len(LEVERS)] += np.where(covered > 0, fixed + per_person * covered, 0.0)
    filled = world.people.is_filled
    audits = facts.arrays["audited"][month] * force.number("anti_gaming", "cost_per_audit")
    facts.cost(month, "anti_gaming", float(audits.sum()))
    days = force.number("field_visits", "followup_per_month")
    days = days + force.number("field_visits", "observation_per_quarter") / 3.0
    facts.cost(month, "field_visits", float((days * force.number("field_visits", "cost_per_visit") * filled).sum()))
    world.programme.spent += float(facts.arrays["costs"][month, : len(LEVERS)].sum())


def look_back(world: World) -> None:
    """Month's end: the measures that conditions of levers go by."""
    facts, month = world.facts.arrays, world.month
    asked, due = float(world.target.sum()), float(facts["due_visits"][month].sum())
    true = float(facts["true_sales"][month].sum())
    staff = float(world.people.is_filled.sum() + facts["quits"][month].sum())
    world.programme.look_back(
        sales=float(facts["recorded_sales"][month].sum()) / asked if asked else 1.0,
        visits=float(facts["done_visits"][month].sum()) / due if due else 1.0,
        turnover=MONTHS_PER_YEAR * float(facts["quits"][month].sum()) / staff if staff else 0.0,
        gaming=float(facts["dumped_out"][month].sum() + facts["pulled"][month].sum()) / true if true else 0.0,
    )
